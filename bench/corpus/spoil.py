"""What a line does to sound on its way: noise, hum, clicks, echo, a second sound underneath, codecs, wrong clocks.

Everything takes and gives float samples in units of int16 at 8000 a second; `to_int16` is the last step. Ratios are
against the level of the sound itself where it is not silent, so that pauses do not count.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.signals.generate import noise
from appliance.signals.levels import RATE_HZ, Samples, dbm0

_HARMONICS_DB: Final = ((1, 0.0), (2, -8.0), (3, -4.0), (5, -10.0), (7, -16.0))
"""Of hum: the odd ones are strong, as of a rectifier near the cable."""


def loudness(sound: Samples) -> float:
    """The level in dBm0 of those 10 ms pieces that are within 20 dB of the loudest."""
    pieces = sound[: len(sound) // 80 * 80].reshape(-1, 80)
    powers = np.square(pieces).mean(axis=1)
    return dbm0(pieces[powers > powers.max(initial=0.0) / 100.0].ravel())


def at_level(sound: Samples, level_dbm0: float) -> Samples:
    """The same sound at this loudness; silence stays silent."""
    return sound * 10.0 ** ((level_dbm0 - loudness(sound)) / 20.0) if sound.any() else sound


def white(sound: Samples, ratio_db: float, rng: np.random.Generator) -> Samples:
    """With noise over the whole band."""
    return sound + noise(len(sound), loudness(sound) - ratio_db, rng)


def coloured(sound: Samples, ratio_db: float, rng: np.random.Generator) -> Samples:
    """With noise of 300 to 3400 Hz that loses up to 6 dB an octave, as subscriber lines have it."""
    spectrum = np.fft.rfft(rng.normal(0.0, 1.0, len(sound)))
    hz = np.fft.rfftfreq(len(sound), 1.0 / RATE_HZ)
    spectrum *= ((hz > 300.0) & (hz < 3400.0)) * (np.maximum(hz, 1.0) / 300.0) ** -rng.uniform(0.0, 1.0)
    return sound + at_level(np.fft.irfft(spectrum, len(sound)), loudness(sound) - ratio_db)


def hum(sound: Samples, level_dbm0: float, rng: np.random.Generator) -> Samples:
    """With the hum of the mains (50 or 60 Hz) and its harmonics."""
    mains = float(rng.choice((50.0, 60.0))) * (1.0 + rng.uniform(-0.004, 0.004))
    at = np.arange(len(sound)) / RATE_HZ
    waves = [10.0 ** (db / 20.0) * np.sin(2 * np.pi * (mains * n * at + rng.uniform())) for n, db in _HARMONICS_DB]
    return sound + at_level(np.sum(waves, axis=0), level_dbm0)


def clicks(sound: Samples, each_s: float, over_db: float, rng: np.random.Generator) -> Samples:
    """With a click about every `each_s` seconds: 0.2 to 2 ms long, its peak up to `over_db` above the sound's RMS."""
    spoilt = sound.copy()
    rms = np.sqrt(np.square(sound).mean()) if len(sound) else 0.0
    for start in np.flatnonzero(rng.uniform(size=len(sound)) < 1.0 / (each_s * RATE_HZ)).tolist():
        count = min(int(rng.integers(2, 16)), len(sound) - start)
        peak = rms * 10.0 ** (rng.uniform(over_db - 10.0, over_db) / 20.0)
        spoilt[start : start + count] += peak * rng.normal(0.0, 1.0, count) * np.exp(-np.arange(count) / 4.0)
    return spoilt


def echo(sound: Samples, late_ms: float, below_db: float) -> Samples:
    """With its own echo."""
    late = round(late_ms * RATE_HZ / 1000)
    copy = np.concatenate((np.zeros(late), sound))[: len(sound)]
    return np.asarray(sound + 10.0 ** (-below_db / 20.0) * copy)


def under(sound: Samples, other: Samples, ratio_db: float) -> Samples:
    """With another sound underneath, `ratio_db` below; it is repeated as often as needed."""
    return sound + at_level(np.resize(other, len(sound)), loudness(sound) - ratio_db)


def telephone_band(sound: Samples, rng: np.random.Generator) -> Samples:
    """Through a line's filters: 300 to 3400 Hz, with a little slope, and edges that arrive late."""
    count = 1 << (len(sound) + 400).bit_length()
    hz = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    # Second-order sections, so that the delay near both edges is that of real filters.
    s = 1j * np.maximum(hz, 1.0)
    high = (s / 250.0) ** 2 / ((s / 250.0) ** 2 + 1.2 * s / 250.0 + 1.0)
    low = 1.0 / ((s / 3500.0) ** 2 + 1.2 * s / 3500.0 + 1.0)
    slope = (np.maximum(hz, 300.0) / 1000.0) ** (rng.uniform(-2.0, 1.0) / 6.02)
    return np.fft.irfft(np.fft.rfft(sound, count) * high * low * slope, count)[: len(sound)]


def skewed(sound: Samples, percent: float) -> Samples:
    """As a sound card whose clock is `percent` fast records it: longer and lower."""
    count = round(len(sound) * (1.0 + percent / 100.0))
    return resample(sound, count)


def resample(sound: Samples, count: int) -> Samples:
    """The whole of a sound as `count` samples, band-limited to what both rates carry."""
    if not len(sound) or not count:
        return np.zeros(count)
    # Zeros behind it, so that the end does not wrap into the beginning.
    longer = len(sound) + 2048
    longer_count = round(longer * count / len(sound))
    spectrum = np.fft.rfft(sound, longer)
    keep = min(len(spectrum), longer_count // 2 + 1)
    return np.fft.irfft(spectrum[:keep], longer_count)[:count] * (longer_count / longer)


def alaw(sound: Samples) -> Samples:
    """Through A-law and back (ITU-T G.711, table 1a)."""
    size = np.minimum(np.abs(sound), 32767.0)
    step = 2.0 ** np.maximum(np.floor(np.log2(np.maximum(size, 1.0))) - 4.0, 4.0)
    return np.sign(sound) * (np.floor(size / step) + 0.5) * step


def mulaw(sound: Samples) -> Samples:
    """Through mu-law and back (ITU-T G.711, table 2a)."""
    size = np.minimum(np.abs(sound), 32635.0) + 132.0
    step = 2.0 ** (np.floor(np.log2(size)) - 4.0)
    return np.sign(sound) * (np.floor(size / step) * step + step / 2.0 - 132.0)


def eight_bits(sound: Samples) -> Samples:
    """Through a voice modem that carries linear 8-bit samples."""
    return np.clip(np.rint(sound / 256.0), -128.0, 127.0) * 256.0


def to_int16(sound: Samples) -> NDArray[np.int16]:
    """Rounded, and clipped where too loud."""
    return np.clip(np.rint(sound), -32768.0, 32767.0).astype(np.int16)
