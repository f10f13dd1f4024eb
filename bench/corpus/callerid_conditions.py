"""The conditions of the corpus of caller IDs: how they are sent, and what the line does to them on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

from appliance.signals.callerid import CallerIdMessage, Scheme, alert, modulate
from appliance.signals.countries import CallerIdStandard
from appliance.signals.generate import dtmf
from appliance.signals.levels import RATE_HZ, Samples
from bench.corpus import announcements, spoil

Range: TypeAlias = tuple[float, float]
Layer: TypeAlias = Callable[[Samples, np.random.Generator], Samples]
"""What a line does to the whole recording (`spoil`)."""
Sent: TypeAlias = tuple[tuple[CallerIdMessage, ...], Samples]
BELL202: Final = CallerIdStandard.BELL202
V23: Final = CallerIdStandard.V23


@dataclass(frozen=True, slots=True)
class Fsk:
    """How an exchange sends by FSK; of each range every recording draws its own value."""

    standard: CallerIdStandard
    announced: Callable[[np.random.Generator], tuple[CallerIdMessage, bytes]] = announcements.any_call
    seizure_bits: Range = (300, 300)
    mark_bits: Range = (155, 205)
    gap_bits: Range = (0, 0)
    """Mark after each byte, drawn for each."""
    tail_bits: Range = (2, 20)
    twist_db: Range = (-2.0, 2.0)
    bit_rate: Range = (-0.2, 0.2)
    """Per cent off; so is `pitch`."""
    pitch: Range = (-0.2, 0.2)
    dbm0: Range = (-28.0, -9.0)
    lead_s: Range = (0.1, 0.6)
    trail_s: Range = (0.1, 0.5)
    times: int = 1

    def __call__(self, rng: np.random.Generator) -> Sent:
        """The messages, and their sound with quiet before and after."""
        level_dbm0 = rng.uniform(*self.dbm0)
        messages, pieces = [], [quiet(rng.uniform(*self.lead_s))]
        for _ in range(self.times):
            message, data = self.announced(rng)
            messages.append(message)
            pieces += [self._sound(data, level_dbm0, rng), quiet(rng.uniform(*self.trail_s))]
        return tuple(messages), np.concatenate(pieces)

    def _sound(self, data: bytes, level_dbm0: float, rng: np.random.Generator) -> Samples:
        return modulate(
            data,
            self.standard,
            level_dbm0,
            seizure_bits=_whole(self.seizure_bits, rng),
            mark_bits=_whole(self.mark_bits, rng),
            gap_bits=[_whole(self.gap_bits, rng) for _ in data],
            tail_bits=_whole(self.tail_bits, rng),
            twist_db=rng.uniform(*self.twist_db),
            bit_rate=1.0 + rng.uniform(*self.bit_rate) / 100.0,
            pitch=1.0 + rng.uniform(*self.pitch) / 100.0,
        )


@dataclass(frozen=True, slots=True)
class Keyed:
    """How an exchange sends by DTMF."""

    form: str
    tone_ms: Range = (50.0, 90.0)
    dbm0: Range = (-22.0, -6.0)

    def __call__(self, rng: np.random.Generator) -> Sent:
        """The message, and its sound with quiet before and after."""
        message, keys = announcements.keyed(self.form, rng)
        ms = rng.uniform(*self.tone_ms)
        return (message,), np.concatenate((quiet(rng.uniform(0.1, 0.6)), dtmf(keys, ms, ms, rng.uniform(*self.dbm0))))


@dataclass(frozen=True, slots=True)
class Condition:
    """How caller IDs are sent, and through what; `scheme` is `None` where there is nothing to be told."""

    name: str
    scheme: Scheme | None
    sent: Callable[[np.random.Generator], Sent]
    layers: tuple[Layer, ...] = ()


def quiet(seconds: float) -> Samples:
    """Silence."""
    return np.zeros(round(seconds * RATE_HZ))


def _whole(limits: Range, rng: np.random.Generator) -> int:
    return int(rng.integers(int(limits[0]), int(limits[1]) + 1))


# ---------------------------------------------------------------- what a line does


def white(ratio_db: float) -> Layer:
    """Noise over the whole band."""
    return lambda sound, rng: spoil.white(sound, ratio_db, rng)


def coloured(ratio_db: float) -> Layer:
    """Noise of the telephone band."""
    return lambda sound, rng: spoil.coloured(sound, ratio_db, rng)


def hum(over_db: Range) -> Layer:
    """Hum of the mains, so far above the message."""
    return lambda sound, rng: spoil.hum(sound, spoil.loudness(sound) + rng.uniform(*over_db), rng)


def single(hz: Range, over_db: float) -> Layer:
    """One tone beside the message."""

    def layer(sound: Samples, rng: np.random.Generator) -> Samples:
        wave = np.sin(2 * np.pi * (rng.uniform(*hz) * np.arange(len(sound)) / RATE_HZ + rng.uniform()))
        return sound + spoil.at_level(wave, spoil.loudness(sound) + over_db)

    return layer


def clicks(each_s: float, over_db: float) -> Layer:
    """Bursts of 0.2 to 2 ms."""
    return lambda sound, rng: spoil.clicks(sound, each_s, over_db, rng)


def spikes(each_s: float, over_db: float) -> Layer:
    """Impulses of one or two samples."""

    def layer(sound: Samples, rng: np.random.Generator) -> Samples:
        hit = rng.uniform(size=len(sound)) < 1.0 / (each_s * RATE_HZ)
        hit[1:] |= hit[:-1] & (rng.uniform(size=len(sound) - 1) < 0.5)
        peak = 32768.0 * 10.0 ** ((spoil.loudness(sound) - 3.14 + over_db) / 20.0)
        return np.asarray(sound + hit * rng.choice((-1.0, 1.0), len(sound)) * peak * rng.uniform(0.5, 1.0, len(sound)))

    return layer


def echo(late_ms: Range, below_db: float) -> Layer:
    """The message once more."""
    return lambda sound, rng: spoil.echo(sound, rng.uniform(*late_ms), below_db)


def slope(db_per_khz: Range) -> Layer:
    """A cable that carries high tones worse than low ones, or better, and later or sooner (minimum phase)."""

    def layer(sound: Samples, rng: np.random.Generator) -> Samples:
        db = np.linspace(0.0, 4.0, 513) * rng.uniform(*db_per_khz)
        folded = np.fft.irfft(db / 20.0 * np.log(10.0))
        folded[1:512] *= 2.0
        folded[513:] = 0.0
        taps = np.fft.irfft(np.exp(np.fft.rfft(folded)))[:256]
        return np.asarray(np.convolve(sound, taps)[: len(sound)])

    return layer


def clipped(over_db: float) -> Layer:
    """Too loud for the converter."""
    return lambda sound, rng: np.clip(spoil.at_level(sound, 3.0 + over_db), -32768.0, 32767.0)


def offset(sound: Samples, rng: np.random.Generator) -> Samples:
    """Direct current, and a step of it somewhere before the last message ends."""
    step_at = int(rng.integers(len(sound) // 4))
    return sound + rng.uniform(-3000.0, 3000.0) + (np.arange(len(sound)) > step_at) * rng.uniform(-2000.0, 2000.0)


def skewed(percent: Range) -> Layer:
    """A card whose clock is wrong."""
    return lambda sound, rng: spoil.skewed(sound, rng.uniform(*percent))


def ring_before(sound: Samples, rng: np.random.Generator) -> Samples:
    """Ringing voltage as it leaks through, up to clipping, that ends 0.3 to 1 s before and swings out."""
    hz, count = rng.uniform(16.0, 50.0), round(rng.uniform(0.4, 1.2) * RATE_HZ)
    pause = round(rng.uniform(0.3, 1.0) * RATE_HZ)
    at = np.arange(count + pause) / RATE_HZ
    fade = np.exp(-np.maximum(at - count / RATE_HZ, 0.0) / rng.uniform(0.03, 0.15))
    ring = np.clip(np.sin(2 * np.pi * hz * at) * rng.uniform(0.1, 2.0), -1.0, 1.0) * 32000.0 * fade
    return np.concatenate((ring, sound))


def reversal_before(sound: Samples, rng: np.random.Generator) -> Samples:
    """A thump, as of the polarity that turns round."""
    thump = np.exp(-np.arange(1600) / rng.uniform(20.0, 300.0)) * rng.choice((-1.0, 1.0)) * rng.uniform(5e3, 3e4)
    thump *= np.cos(2 * np.pi * rng.uniform(20.0, 400.0) * np.arange(1600) / RATE_HZ)
    return np.concatenate((quiet(0.05), thump, quiet(rng.uniform(0.05, 0.3)), sound))


def alert_before(sound: Samples, rng: np.random.Generator) -> Samples:
    """The dual tone that tells a terminal to listen."""
    return np.concatenate((quiet(0.1), alert(rng.uniform(-30.0, -12.0)), quiet(rng.uniform(0.045, 0.5)), sound))


def starts_late(most_bits: int) -> Layer:
    """A recording that begins within the seizure or the mark."""
    return lambda sound, rng: sound[int(np.flatnonzero(sound)[0]) + int(rng.uniform(0, most_bits) * RATE_HZ / 1200) :]


def cut_to_the_sound(sound: Samples, rng: np.random.Generator) -> Samples:
    """No silence before and after."""
    there = np.flatnonzero(sound)
    return sound[there[0] : there[-1] + 1]


def alaw(sound: Samples, rng: np.random.Generator) -> Samples:
    """Through A-law."""
    return spoil.alaw(sound)


def mulaw(sound: Samples, rng: np.random.Generator) -> Samples:
    """Through mu-law."""
    return spoil.mulaw(sound)


def eight_bits(sound: Samples, rng: np.random.Generator) -> Samples:
    """Through eight linear bits."""
    return spoil.eight_bits(sound)


# ---------------------------------------------------------------- the list


def _of(standard: CallerIdStandard) -> list[Condition]:
    """What both modems must stand."""
    plain = Fsk(standard)
    scheme = Scheme[standard.name]
    pitch = 1.0 if standard is BELL202 else 1.5

    def take(name: str, sent: Callable[[np.random.Generator], Sent] = plain, *layers: Layer) -> Condition:
        return Condition(f"{scheme.value}: {name}", scheme, sent, layers)

    def at(dbm0: float) -> Fsk:
        return replace(plain, dbm0=(dbm0 - 0.5, dbm0 + 0.5))

    steep = (-6.0, 10.0) if standard is BELL202 else (-6.0, 6.0)
    return [
        take("clean"),
        *(take(f"noise {db} dB", plain, white(db)) for db in (25, 20, 15, 12, 10, 8, 6)),
        *(take(f"line noise {db} dB", plain, coloured(db)) for db in (20, 15, 10)),
        *(take(f"{dbm0} dBm0, 25 dB", at(dbm0), white(25)) for dbm0 in (-8, -20, -30, -36, -38)),
        *(take(f"clock {percent:+} %, 20 dB", plain, skewed((percent, percent)), white(20)) for percent in (-1, 1)),
        take("bit rate 1 % off", replace(plain, bit_rate=(-1.0, -1.0)), white(25)),
        take("bit rate 1 % fast", replace(plain, bit_rate=(1.0, 1.0)), white(25)),
        take("low pitch", replace(plain, pitch=(-pitch, -pitch)), white(25)),
        take("high pitch", replace(plain, pitch=(pitch, pitch)), white(25)),
        take("low pitch, fast bits", replace(plain, pitch=(-pitch, -pitch), bit_rate=(1.0, 1.0)), white(25)),
        *(take(f"twist {db:+} dB", replace(plain, twist_db=(db, db)), white(25)) for db in steep),
        take("twist, 15 dB", replace(plain, twist_db=steep), white(15)),
        take("sloping cable", plain, slope((-4.0, 2.0)), white(25)),
        take("gaps to 10 bits", replace(plain, gap_bits=(0, 10)), white(20)),
        take("gaps of 10 bits", replace(plain, gap_bits=(10, 10)), white(20)),
        take("gaps to 20 bits", replace(plain, gap_bits=(0, 20)), white(20)),
        take("short mark", replace(plain, mark_bits=(30, 55)), white(20)),
        take("short seizure", replace(plain, seizure_bits=(20, 96)), white(20)),
        take("no seizure", replace(plain, seizure_bits=(0, 0), mark_bits=(55, 105)), white(20)),
        take("off-hook, after CAS", replace(plain, seizure_bits=(0, 0), mark_bits=(55, 105)), alert_before, white(25)),
        take("starts late", plain, starts_late(430), white(25)),
        take("cut to the sound", replace(plain, tail_bits=(0, 3)), cut_to_the_sound),
        take("hum -6 to -18 dB", plain, hum((-18.0, -6.0)), white(25)),
        take("hum +10 dB", at(-20), hum((5.0, 10.0))),
        take("tone to 60 Hz, +18 dB", at(-24), single((20.0, 60.0), 18.0)),
        take("tone to 120 Hz, +12 dB", at(-20), single((60.0, 120.0), 12.0)),
        take("tone to 200 Hz, +6 dB", at(-15), single((120.0, 200.0), 6.0)),
        take("tone in the band, -25 dB", plain, single((200.0, 3200.0), -25.0)),
        take("tone in the band, -12 dB", plain, single((300.0, 3200.0), -12.0)),
        take("spikes, few", plain, white(25), spikes(0.5, 20.0)),
        take("spikes, many", plain, white(25), spikes(0.1, 15.0)),
        take("clicks, few", plain, white(25), clicks(1.0, 6.0)),
        take("clicks, many", plain, white(25), clicks(0.2, 12.0)),
        take("A-law", plain, alaw),
        take("A-law, -38 dBm0", at(-38), white(20), alaw),
        take("mu-law", plain, mulaw),
        take("eight bits, -30 dBm0", at(-30), white(25), eight_bits),
        take("telephone band", plain, spoil.telephone_band, white(25)),
        take("echo", plain, echo((0.5, 20.0), 10.0), white(25)),
        take("clipped", plain, clipped(6.0)),
        take("direct current", plain, offset, white(25)),
        take("after a ring", plain, white(30), ring_before),
        take("after a weak line's ring", at(-34), ring_before),
        take("after a reversal", plain, white(30), reversal_before),
        take("three in a row", replace(plain, times=3), white(25)),
        take("messages waiting", replace(plain, announced=announcements.lamp), white(20)),
        take(
            "a poor line",
            replace(plain, dbm0=(-34.0, -24.0), twist_db=(-4.0, 4.0), bit_rate=(-0.5, 0.5), pitch=(-0.7, 0.7)),
            spoil.telephone_band,
            hum((-15.0, -5.0)),
            coloured(18),
            alaw,
        ),
    ]


def _of_japan() -> list[Condition]:
    plain = Fsk(V23, announcements.japan, (0, 0), (75, 75), (3, 3), (3, 10))

    def take(name: str, sent: Fsk = plain, *layers: Layer) -> Condition:
        return Condition(f"Japan: {name}", Scheme.JAPAN, sent, layers)

    return [
        take("clean"),
        *(take(f"noise {db} dB", plain, white(db)) for db in (25, 20, 15, 12, 10)),
        take("-36 dBm0", replace(plain, dbm0=(-36.5, -35.5)), white(25)),
        take("clock slow", plain, skewed((1.0, 1.0)), white(25)),
        take("clock fast", plain, skewed((-1.0, -1.0)), white(25)),
        take("stop bits", replace(plain, gap_bits=(0, 8)), white(25)),
        take("A-law and hum", plain, hum((-10.0, -5.0)), alaw),
        take("telephone band", plain, spoil.telephone_band, white(20)),
        take("cut to the sound", replace(plain, tail_bits=(0, 3)), cut_to_the_sound),
        take("after a ring", plain, white(30), ring_before),
    ]


def _keyed() -> list[Condition]:
    def take(form: str, name: str = "clean", *layers: Layer, sent: Keyed | None = None) -> Condition:
        return Condition(f"DTMF {form}: {name}", Scheme.DTMF, sent or Keyed(form), layers)

    return [
        *(take(form) for form in ("AC", "full", "A#", "D#", "DC", "BC", "#")),
        *(take(form, "noise 20 dB", white(20)) for form in ("AC", "full", "A#", "D#", "DC", "BC", "#")),
        take("AC", "noise 15 dB", white(15)),
        take("AC", "quick", white(25), sent=Keyed("AC", (50.0, 52.0))),
        take("AC", "weak", white(25), sent=Keyed("AC", dbm0=(-26.0, -25.0))),
        take("AC", "hum and A-law", hum((-15.0, -10.0)), alaw),
        take("AC", "cut to the sound", cut_to_the_sound),
        take("BC", "cut to the sound", cut_to_the_sound),
        take("#", "cut to the sound", cut_to_the_sound),
        take("AC", "after a reversal", reversal_before),
        take("#", "after a ring", ring_before),
    ]


TAKEN: Final = (*_of(BELL202), *_of(V23), *_of_japan(), *_keyed())
