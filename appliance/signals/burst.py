"""A burst of two tones: where it begins and ends, how strong and how much out of tune they are.

`tones` is what `dtmf` finds every 2.5 ms under its window of 16 ms, as complex half amplitudes; the last is now. Under
a symmetrical window a tone has half its strength exactly where it begins and where it ends, so that lengths are known
to a millisecond whatever the level. Measured over the burst as a whole, 30 ms tell a frequency to about half a hertz at
15 dB of noise, where ITU-T Q.24 leaves 12 Hz between what must be taken (1.5 % + 2 Hz) and what must not (3.5 %).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from appliance.signals.generate import COLUMNS_HZ, ROWS_HZ
from appliance.signals.levels import RATE_HZ, Samples

Tones: TypeAlias = NDArray[np.complex128]

STRETCH: Final = 128
"""Length of the window, 16 ms."""
HOP: Final = 20
"""From one stretch to the next, 2.5 ms."""
ROWS: Final = len(ROWS_HZ)
TONES_HZ: Final = np.array(ROWS_HZ + COLUMNS_HZ)

_HALF: Final = 0.5
_HOLE: Final = 7
"""Stretches: 17.5 ms below half strength part two bursts. Q.24 wants 10 ms bridged and 30 ms seen."""
_STEADY: Final = 0.7
_NOTHING: Final = 1.0
"""Of int16: weaker tones are not there."""
_BACK: Final = 24
"""Stretches: a burst that began 60 ms before it was the strongest of all did not begin at once."""
SHORTLY_BEFORE: Final = 5
"""Stretches: a tone that begins at once is not yet in a window 12.5 ms earlier, but for its last 4 ms."""
_LATELY: Final = 40
"""Stretches looked at, at most: 100 ms."""

_TWO_PI: Final = 2.0 * np.pi


@dataclass(frozen=True, slots=True)
class Burst:
    """Where a burst is among the stretches that were looked at, and how strong each of its tones is."""

    first: int
    last: int
    begins: float
    """In stretches too, where it had half its strength."""
    lasted_ms: float
    """So far, without holes."""
    strength: Samples
    """(2,) of row and column, as half amplitudes."""
    level: Samples
    """By stretch from `offset` on: the weaker tone against its full strength."""
    offset: int
    on: NDArray[np.intp]
    """The stretches at more than half strength."""
    begin_seen: bool
    """Is it known what was before? An earlier key counts."""


def last_burst(tones: Tones, start: int, last: int, floor: int) -> Burst | None:
    """The last burst of a row and a column (`tones` has one column each) between these stretches.

    It may have begun up to 60 ms before `start`, not before `floor`, where an earlier key ended; 0 if there is none.
    """
    offset = max(start - _BACK, floor)
    size = np.abs(tones[offset:])
    lately = size[max(start, last - _LATELY) - offset : last + 1 - offset]
    strength = np.maximum(np.sort(lately, axis=0)[len(lately) * 3 // 4], _NOTHING)
    level = (size / strength).min(axis=1)
    on = np.flatnonzero(level > _HALF)
    holes = np.flatnonzero(np.diff(on) > _HOLE)
    if len(holes):
        on = on[holes[-1] + 1 :]
    if not len(on):
        return None
    first, end = int(on[0]), int(on[-1])
    begins, ends = float(first), float(end)
    if first > 0:
        begins -= (level[first] - _HALF) / (level[first] - level[first - 1])
    if end + 1 < len(level):
        ends += (level[end] - _HALF) / (level[end] - level[end + 1])
    missing = end - first + 1 - len(on)
    lasted_ms = (ends - begins - missing) * HOP * 1000.0 / RATE_HZ
    begin_seen = first >= SHORTLY_BEFORE or offset == floor > 0
    return Burst(
        first + offset, end + offset, begins + offset, lasted_ms, strength, level, offset, on + offset, begin_seen
    )


def unbroken(burst: Burst) -> list[NDArray[np.intp]]:
    """The stretches of the burst in pieces without holes between them; behind a hole the phase may be another."""
    return np.split(burst.on, np.flatnonzero(np.diff(burst.on) > 1) + 1)


def off_tune_hz(burst: Burst, tones: Tones, nominal_hz: Samples) -> Samples:
    """(2,) How far its row and its column are from nominal, by the turning of their phases."""
    piece = max(unbroken(burst), key=len)[-_LATELY:]
    steady = burst.level[piece - burst.offset] > _STEADY
    turning = tones[piece] * steady[:, None]
    step = _TWO_PI / RATE_HZ * HOP * nominal_hz
    # From one stretch to the next for what cannot be mistaken, then over half the burst for precision.
    step = step + _turn(turning, 1, step)
    half = max(len(turning) // 2, 1)
    step = step + _turn(turning, half, half * step) / half
    return np.asarray(step * (RATE_HZ / _TWO_PI / HOP) - nominal_hz)


def _turn(tones: Tones, apart: int, expected: Samples) -> Samples:
    """By how much more than `expected` (radians) the phases turn between stretches so far `apart`."""
    return np.asarray(np.angle((tones[:-apart].conj() * tones[apart:]).sum(axis=0) * np.exp(-1j * expected)))


def centre(stretch: int, tones: Tones, seen: Samples) -> int:
    """The middle of a stretch as a place in the samples, where both end together."""
    return len(seen) - STRETCH // 2 - HOP * (len(tones) - 1 - stretch)
