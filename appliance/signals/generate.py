"""What exchanges, PBXs and telephones send: tones, keys, noise.

Every tone begins and ends with a raised-cosine edge of 2 ms, inside its length, so that nothing clicks and lengths are
exact to the sample. The frequencies of the keys are those of ITU-T Q.23.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.signals.countries import Tone
from appliance.signals.levels import RATE_HZ, Samples, amplitude, power

ROWS_HZ: Final = (697.0, 770.0, 852.0, 941.0)
COLUMNS_HZ: Final = (1209.0, 1336.0, 1477.0, 1633.0)
KEYS: Final[dict[str, tuple[float, float]]] = {
    key: (row, column)
    for row, keys in zip(ROWS_HZ, ("123A", "456B", "789C", "*0#D"), strict=True)
    for column, key in zip(COLUMNS_HZ, keys, strict=True)
}
"""Key to the frequencies of its row and column, in Hz."""

FAX_CALLING: Final = Tone((1100.0,), ((500, 3000),))

_EDGE: Final = RATE_HZ * 2 // 1000
_RISE: Final = 0.5 - 0.5 * np.cos(np.pi * np.arange(_EDGE + 1) / _EDGE)
"""Gain by distance from the nearer end of a burst, in samples."""


def _count(seconds: float) -> int:
    """Seconds as whole samples."""
    return round(seconds * RATE_HZ)


def soften(samples: Samples) -> Samples:
    """The same burst with both edges rounded off."""
    place = np.arange(1, len(samples) + 1)
    return samples * _RISE[np.minimum(np.minimum(place, place[::-1]), _EDGE)]


def sines(frequencies: Sequence[float], positions: Samples, dbm0: float) -> Samples:
    """The sum of sines at these sample positions, each of level `dbm0`, all of phase zero at position zero."""
    turns = np.multiply.outer(np.asarray(frequencies, dtype=np.float64) * (2.0 * np.pi / RATE_HZ), positions)
    return np.asarray(amplitude(dbm0) * np.sin(turns).sum(axis=0))


def tone(frequencies: Sequence[float], seconds: float, dbm0: float) -> Samples:
    """All `frequencies` (Hz) together for `seconds`, each of level `dbm0`."""
    return soften(sines(frequencies, np.arange(_count(seconds), dtype=np.float64), dbm0))


def silence(seconds: float) -> Samples:
    """Nothing, for `seconds`."""
    return np.zeros(_count(seconds))


def dtmf(digits: str, on_ms: float = 100, off_ms: float = 100, dbm0: float = -10.0) -> Samples:
    """Keys pressed one after the other, silence after each; every tone of level `dbm0`.

    Raises `ValueError` naming the first key that does not exist.
    """
    pieces: list[Samples] = []
    for key in digits:
        if key not in KEYS:
            raise ValueError(f"there is no key {key!r} on a telephone; the keys are {''.join(KEYS)}")
        pieces += [tone(KEYS[key], on_ms / 1000.0, dbm0), silence(off_ms / 1000.0)]
    return np.concatenate(pieces) if pieces else silence(0)


def noise(count: int, dbm0: float, rng: np.random.Generator) -> Samples:
    """`count` samples of white noise of level `dbm0` over the whole band of 4 kHz."""
    return rng.normal(0.0, np.sqrt(power(dbm0)), count)


def calling_fax(seconds: float, dbm0: float = -12.0) -> Samples:
    """The calling tone of a fax: 1100 Hz, half a second of it every three and a half (T.30)."""
    return ToneSource(FAX_CALLING, dbm0).pull(_count(seconds))


def answering_fax(seconds: float, dbm0: float = -12.0, *, modern: bool = False) -> Samples:
    """The answering tone of a fax, 2100 Hz (V.25); a `modern` one turns its phase every 450 ms and swells (V.8)."""
    positions = np.arange(_count(seconds), dtype=np.float64)
    sound = sines([2100.0], positions, dbm0)
    if modern:
        sound = sound * np.where(positions // (0.45 * RATE_HZ) % 2 == 0, 1.0, -1.0)
        sound = sound * (1.0 + 0.2 * np.sin(2.0 * np.pi * 15.0 / RATE_HZ * positions))
    return soften(sound)


class ToneSource:
    """A call-progress tone without end: pull as much of it as is needed, whenever it is needed.

    The oscillators never stop, so the phase goes on through the pauses and from one `pull` to the next.
    """

    def __init__(self, tone: Tone, dbm0: float = -12.0) -> None:
        self._tone = tone
        self._dbm0 = dbm0
        self._position = 0
        lengths = [ms * RATE_HZ // 1000 for pair in tone.cadence for ms in pair]
        borders = np.cumsum([0, *lengths])
        self._starts, self._ends, self._period = borders[:-1:2], borders[1::2], int(borders[-1])

    def pull(self, count: int) -> Samples:
        """The next `count` samples."""
        positions = np.arange(self._position, self._position + count)
        self._position += count
        if not self._tone.cadence:
            gain = _RISE[np.minimum(positions + 1, _EDGE)]
            return gain * self._sines(self._tone.frequencies, positions.astype(np.float64))
        within = positions % self._period
        burst = np.searchsorted(self._starts, within, side="right") - 1
        inside = np.minimum(within - self._starts[burst] + 1, self._ends[burst] - within)
        gain = _RISE[np.clip(inside, 0, _EDGE)]
        if self._tone.softer_db:
            gain = gain * 10.0 ** (-np.asarray(self._tone.softer_db)[burst] / 20.0)
        return np.asarray(gain * self._sound(positions.astype(np.float64), burst))

    def _sound(self, positions: Samples, burst: NDArray[np.intp]) -> Samples:
        """The oscillators before the gate; `burst` says in which burst of the cadence each sample lies."""
        tone = self._tone
        if tone.one_less:
            first = self._sines(tone.frequencies[:1], positions)
            return self._sines(tone.frequencies[1:], positions) + np.where(burst % 2 == 0, first, 0.0)
        if not tone.in_turn:
            return self._sines(tone.frequencies, positions)
        of_burst = np.asarray(tone.frequencies)[burst % len(tone.frequencies)]
        return np.asarray(amplitude(self._dbm0) * np.sin(2.0 * np.pi / RATE_HZ * of_burst * positions))

    def _sines(self, frequencies: Sequence[float], positions: Samples) -> Samples:
        """The oscillators that run together, swelling and fading if the tone does."""
        sound = sines(frequencies, positions, self._dbm0)
        by = self._tone.modulated_by_hz
        if not by:
            return sound
        # The swelling tone has the power of the steady one: the mean of (1 + sin)^2 is 1.5.
        return np.asarray(sound * (1.0 + np.sin(2.0 * np.pi * by / RATE_HZ * positions)) / np.sqrt(1.5))
