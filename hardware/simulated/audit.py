"""Measuring what somebody heard on the telephone: how loud, and whether it clicked or was dead.

Sound is int16 at 8000 samples a second, and every moment is seconds from its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.signals.levels import FLOOR_DBM0, dbm0, power
from hardware.simulated.loop import BLOCK, BLOCK_S, RATE_HZ

Sound = NDArray[np.int16]
Span = tuple[float, float]

SILENT_DBM0 = -45.0
LOUD_DBM0 = -30.0
"""Speech is measured where it is louder than that."""
CLICK_STEP = 1500.0
"""A click bends the wave by this much in one sample (a jump of -27 dBm0) ..."""
CLICK_ALONE = 0.25
"""... and nothing near it bends it by more than this share: a voice does so again with its next vibration."""
NEAR, AT_IT = RATE_HZ // 50, 3


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found in one recording. Levels are dBm0, -inf where there was none."""

    seconds: float
    level_dbm0: float
    peak_dbm0: float
    clicks: tuple[float, ...]
    silences: tuple[Span, ...]


def audit(sound: Sound, heed: Sequence[Span], switched: Sequence[float], longer_than_s: float) -> Audit:
    """Judge `sound` within the spans of `heed`, where we are responsible for it.

    Near a moment of `switched` the PBX connects somebody with somebody else, which may click. Silences are told that
    are `longer_than_s`.
    """
    ours = mask(len(sound), heed)
    clicks = tuple(at for at in clicks_in(sound) if ours[round(at * RATE_HZ)] and not _near(at, switched))
    loud = [block for block in _blocks(np.where(ours, sound, 0)) if dbm0(block) > LOUD_DBM0]
    level = dbm0(np.concatenate(loud)) if loud else FLOOR_DBM0
    peak = float(np.max(np.abs(sound[ours].astype(np.float64)), initial=0.0))
    peak_dbm0 = dbm0(np.full(1, peak)) if peak else FLOOR_DBM0
    return Audit(len(sound) / RATE_HZ, level, peak_dbm0, clicks, tuple(silences_in(sound, ours, longer_than_s)))


def clicks_in(sound: Sound) -> list[float]:
    """Moments at which the wave jumps, and nothing in the 20 ms around explains it."""
    bend = np.abs(np.diff(sound.astype(np.float64), n=2))
    found: list[float] = []
    for place in np.flatnonzero(bend > CLICK_STEP):
        before, after = bend[max(0, place - NEAR) : max(0, place - AT_IT)], bend[place + AT_IT + 1 : place + NEAR + 1]
        around = max(before.max(initial=0.0), after.max(initial=0.0))
        if around < CLICK_ALONE * bend[place] and (not found or place / RATE_HZ - found[-1] > 0.005):
            found.append(float(place / RATE_HZ))
    return found


def silences_in(sound: Sound, ours: NDArray[np.bool_], longer_than_s: float) -> list[Span]:
    """Stretches in which nothing louder than line noise is heard."""
    quiet = np.array([dbm0(block) < SILENT_DBM0 for block in _blocks(sound)], dtype=bool)
    heeded = ours[: len(quiet) * BLOCK].reshape(-1, BLOCK).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet & heeded, [False])).astype(np.int8)))
    spans = [(float(first * BLOCK_S), float(last * BLOCK_S)) for first, last in edges.reshape(-1, 2)]
    return [span for span in spans if span[1] - span[0] > longer_than_s]


def mask(length: int, spans: Sequence[Span]) -> NDArray[np.bool_]:
    """Which of `length` samples lie within one of `spans`."""
    inside = np.zeros(length, dtype=bool)
    for since, until in spans:
        inside[max(0, round(since * RATE_HZ)) : max(0, round(min(until * RATE_HZ, length)))] = True
    return inside


def spoken_s(sound: Sound, spans: Sequence[Span]) -> float:
    """How long `sound` is louder than silence within these spans."""
    ours = mask(len(sound), spans)
    heard = [np.mean(np.square(block)) > power(SILENT_DBM0) for block in _blocks(np.where(ours, sound, 0))]
    return float(sum(heard)) * BLOCK_S


def _blocks(sound: NDArray[np.int16]) -> NDArray[np.float64]:
    whole = sound[: len(sound) - len(sound) % BLOCK].astype(np.float64)
    return whole.reshape(-1, BLOCK)


def _near(at: float, switched: Sequence[float]) -> bool:
    return any(abs(at - moment) < 0.06 for moment in switched)
