"""Hear the keys that a caller presses.

Every 5 ms a stretch of 16 ms is taken, under a Hann window. In it a key is the strongest row and the strongest
column, if

* both are loud enough, and neither drowns the other (twist, ITU-T Q.24),
* together they are nearly all the sound there is: speech, with its many harmonics, seldom passes,
* both turn at the right speed: the step of phase from one stretch to the next gives the frequency to about 1 Hz.

A burst of L ms gives about (L - 3)/5 such stretches and a pause of G ms lacks about (G + 3)/5 of them. Six in a row
make a key, so that 40 ms are enough and 23 ms are not; five lacking end it, so that 30 ms part two keys and a hole of
10 ms does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.signals.generate import COLUMNS_HZ, KEYS, ROWS_HZ
from appliance.signals.levels import RATE_HZ, Block, Samples, power
from appliance.signals.steps import Steps

_STRETCH: Final = 128
_HOP: Final = 40
_PER_STEP: Final = 4
"""Stretches computed in one go: 20 ms of sound."""

_HITS: Final = 6
_MISSES: Final = 5
_LEAST_POWER: Final = power(-38.0)
"""Q.24 wants -29 dBm0 taken; the ends of a burst and the edges of the band look up to 5 dB weaker."""
_SHARE: Final = 0.7
_PURE: Final = 0.8
_PURE_LEAST: Final = 3
"""The ends of a burst fill a stretch only partly; three within it must be purer. Speech seldom is for so long."""
_TWIST_LEAST: Final = 10.0 ** (-10.0 / 10.0)
_TWIST_MOST: Final = 10.0 ** (6.0 / 10.0)
"""Column over row. -8 ... +4 dB must pass, and a frequency at its limit looks 1 dB weaker."""

_HZ: Final = np.array(ROWS_HZ + COLUMNS_HZ)
_OFF_LIMIT_HZ: Final = 0.025 * _HZ + 1.0
"""Half way between what must pass (1.5 % + 2 Hz) and what must not (3.5 %)."""
_KEY_OF: Final = {(ROWS_HZ.index(row), COLUMNS_HZ.index(column)): key for key, (row, column) in KEYS.items()}

_WINDOW: Final = np.hanning(_STRETCH + 2)[1:-1] * 2.0 / (_STRETCH + 1)
"""Its sum is one, so that a projection on it is half the amplitude of a sine."""
_WAVES: Final = np.exp(-2j * np.pi / RATE_HZ * np.multiply.outer(np.arange(_STRETCH), _HZ)) * _WINDOW[:, None]
_BASES: Final = np.ascontiguousarray(_WAVES.view(np.float64))
"""(128, 16): for each of the eight frequencies, the real and the imaginary part."""
_TURN: Final = np.exp(-2j * np.pi / RATE_HZ * _HOP * _HZ)
_STRETCHES: Final = _HOP * np.arange(_PER_STEP)[:, None] + np.arange(_STRETCH)
_EACH: Final = np.arange(_PER_STEP)

_BEGINS: Final = 30
_ENDS: Final = 98
"""From the begin of its first and last stretch to the begin and end of a key's sound, on average, in samples."""


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """A key went down or up. `at`: where on the line that was (within 5 ms), in samples since the start."""

    key: str
    down: bool
    at: int


class DtmfReceiver:
    """Feed it what the line says; it answers with keys. A key is told 45 to 65 ms after it went down."""

    def __init__(self) -> None:
        self._steps = Steps(_HOP * (_PER_STEP - 1) + _STRETCH, _HOP * _PER_STEP)
        self._before: NDArray[np.complex128] = np.zeros(len(_HZ), dtype=np.complex128)
        self._before_good = False
        self._run = ""
        self._run_length = 0
        self._run_pure = 0
        self._run_start = 0
        self._down = ""
        self._lacking = 0
        self._last_hit = 0

    def feed(self, block: Block) -> list[KeyEvent]:
        """What `block`, of any length, brought to an end or made certain."""
        events: list[KeyEvent] = []
        position = self._steps.position
        for step in self._steps.feed(block):
            for number, (key, pure) in enumerate(self._keys(step)):
                self._take(key, pure, position + number * _HOP, events)
            position += _HOP * _PER_STEP
        return events

    def _keys(self, step: Samples) -> list[tuple[str, bool]]:
        """The key in each stretch of a step, or an empty string, and whether there is hardly anything else."""
        stretches = step[_STRETCHES]
        total = np.square(stretches) @ _WINDOW
        if total.max() < _LEAST_POWER:
            self._before_good = False
            return [("", False)] * _PER_STEP
        found = (stretches @ _BASES).view(np.complex128)
        powers = 2.0 * (np.square(found.real) + np.square(found.imag))
        row = powers[:, :4].argmax(axis=1)
        column = powers[:, 4:].argmax(axis=1)
        of_row, of_column = powers[_EACH, row], powers[_EACH, column + 4]
        share = (of_row + of_column) / np.maximum(total, 1.0)
        good = (
            (share > _SHARE)
            & (np.minimum(of_row, of_column) > _LEAST_POWER)
            & (of_column > _TWIST_LEAST * of_row)
            & (of_column < _TWIST_MOST * of_row)
        )
        hits = good
        if good.any():
            in_tune = self._in_tune(found)
            # The first stretch of a burst has nothing to be compared with.
            first = ~np.concatenate(([self._before_good], good[:-1]))
            hits = good & ((in_tune[_EACH, row] & in_tune[_EACH, column + 4]) | first)
        self._before, self._before_good = found[-1], bool(good[-1])
        each = zip(hits.tolist(), (share > _PURE).tolist(), row.tolist(), column.tolist(), strict=True)
        return [(_KEY_OF[r, c] if hit else "", pure) for hit, pure, r, c in each]

    def _in_tune(self, found: NDArray[np.complex128]) -> NDArray[np.bool_]:
        """Which of the frequencies (stretches, 8) are as near to nominal as their step of phase tells."""
        earlier = np.vstack((self._before, found[:-1]))
        # e^(-jwn) counts from the begin of each stretch, so a nominal tone advances by w times the hop.
        slip_hz = np.angle(found * earlier.conj() * _TURN) * (RATE_HZ / (2.0 * np.pi * _HOP))
        return np.asarray(np.abs(slip_hz) < _OFF_LIMIT_HZ)

    def _take(self, key: str, pure: bool, position: int, events: list[KeyEvent]) -> None:
        """Count one stretch, which begins at `position`."""
        if not key or key != self._run:
            self._run, self._run_length, self._run_pure, self._run_start = key, 0, 0, position
        self._run_length += 1
        self._run_pure += pure
        if self._down:
            self._still_down(key, position, events)
        if key and not self._down and self._run_length >= _HITS and self._run_pure >= _PURE_LEAST:
            self._down, self._lacking, self._last_hit = key, 0, position
            events.append(KeyEvent(key, True, self._run_start + _BEGINS))

    def _still_down(self, key: str, position: int, events: list[KeyEvent]) -> None:
        """Is the key that went down still there?"""
        if key == self._down:
            self._lacking, self._last_hit = 0, position
            return
        self._lacking += 1
        if self._lacking >= _MISSES:
            events.append(KeyEvent(self._down, False, self._last_hit + _ENDS))
            self._down = ""
