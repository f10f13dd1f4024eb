"""Find the mark that comes before every message: a steady tone of 1200 Hz (Bell 202) or 1300 Hz (V.23).

Every 5 ms one number tells how much of the sound between 600 and 2800 Hz lies near 1250 Hz, and how its phase steps
from one stretch to the next tells the pitch to a few hertz. Three stretches in a row are mark: 15 ms, less than the 30
bits (25 ms) that the shortest mark before a message may have. Speech and music seldom do that; data never does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from appliance.signals.callerid.front import vectors
from appliance.signals.countries import CallerIdStandard
from appliance.signals.levels import RATE_HZ, Samples, power

STRETCH: Final = 40
PER_STEP: Final = 8
STEP: Final = STRETCH * PER_STEP
"""40 ms are looked at in one go; `DELAY` samples more are needed on either side."""
_MIDDLE_HZ: Final = 1250.0
_OFF_HZ: Final = (14.0, 86.0)
"""Mark is 50 Hz from the middle; 1.5 % of tolerance are 20 Hz, and noise takes the rest."""
_WAVE: Final = np.exp(-2j * np.pi * _MIDDLE_HZ / RATE_HZ * np.arange(STRETCH))
_TURN: Final = np.exp(-2j * np.pi * _MIDDLE_HZ / RATE_HZ * STRETCH)
_SHARE: Final = 0.45
"""A pure mark has 0.81, which noise of the same power as the tone (over the whole band) brings to this."""
_RUN: Final = 2
"""Steps of phase, each between two stretches."""
_LEAST_POWER: Final = power(-50.0) * STRETCH


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of mark that has ended: where (give or take 5 ms), and its pitch in Hz."""

    standard: CallerIdStandard
    end: int
    hz: float


class Marks:
    """Feed it steps that follow each other."""

    def __init__(self) -> None:
        self._last = 0j
        self._run = 0
        self._sum = 0j

    def find(self, sound: Samples, position: int) -> Mark | None:
        """The first mark that ends in the step which begins at `position`; `sound` has its margins too."""
        if float(sound @ sound) < _LEAST_POWER:
            self._last, self._run = 0j, 0
            return None
        seen = vectors(sound).reshape(PER_STEP, STRETCH)
        near = seen @ _WAVE
        energy = np.square(np.abs(seen)).sum(axis=1)
        strong = np.square(np.abs(near)) > _SHARE * STRETCH * np.maximum(energy, 2.0 * _LEAST_POWER)
        near = np.where(strong, near, 0.0)
        if not self._run and np.count_nonzero(strong) < 2:
            self._last = complex(near[-1])
            return None
        step = near * np.concatenate(([self._last], near[:-1])).conj() * _TURN
        self._last = complex(near[-1])
        off_hz = np.angle(step) * (RATE_HZ / (2.0 * np.pi * STRETCH))
        steady = (step != 0.0) & (np.abs(off_hz) > _OFF_HZ[0]) & (np.abs(off_hz) < _OFF_HZ[1])
        return self._follow(step.tolist(), steady.tolist(), position)

    def _follow(self, steps: list[complex], steady: list[bool], position: int) -> Mark | None:
        for number, (step, good) in enumerate(zip(steps, steady, strict=True)):
            same = good and (not self._run or (step.imag > 0.0) is (self._sum.imag > 0.0))
            if not same and self._run >= _RUN:
                ended = self._ended(position + number * STRETCH)
                self._run = 0
                return ended
            if not same:
                self._run, self._sum = 0, 0j
            if good:
                self._run += 1
                self._sum += step
        return None

    def _ended(self, at: int) -> Mark:
        hz = _MIDDLE_HZ + float(np.angle(self._sum)) * RATE_HZ / (2.0 * np.pi * STRETCH)
        standard = CallerIdStandard.V23 if hz > _MIDDLE_HZ else CallerIdStandard.BELL202
        return Mark(standard, at, hz)
