"""Hear the keys that a caller presses (ITU-T Q.23 for the tones, Q.24 for what a receiver must take and leave).

Every 2.5 ms a stretch of 16 ms is taken, under a Hann window that keeps dial tones out. Where one row and one column
are loud enough, neither drowns the other and together they are half of what there is above dial tone, the stretch may
belong to that key. Half a dozen such stretches happen in speech all the time; from 30 ms of them on, the burst as a
whole is judged (`burst`, `doubt`): 40 ms are enough and 23 ms are not, whatever the level.

A key is up again when its tones have been less than half as strong for 20 ms: 30 ms part two keys, an echo 10 dB down
does not fill the pause, and a hole of 10 ms does not split a key. Whatever else is heard meanwhile does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from appliance.signals.burst import HOP, ROWS, STRETCH, TONES_HZ, Tones, last_burst
from appliance.signals.doubt import doubt
from appliance.signals.generate import COLUMNS_HZ, KEYS, ROWS_HZ
from appliance.signals.levels import RATE_HZ, Block, Samples, power
from appliance.signals.steps import Steps

_STEP: Final = 160
_PER_STEP: Final = _STEP // HOP
_SEEN: Final = 1600
"""Samples that are kept to look back on, 200 ms."""
_KEPT: Final = 72
"""Stretches that are kept; the filters of `doubt` have room before the first."""

LEAST_DBM0: Final = -47.0
"""Of one tone. Q.24 wants -29 dBm0 taken and -55 dBm0 left; far from the exchange some keys are below -38 dBm0."""
_SILENCE: Final = power(-56.0)
"""Not worth a look."""
_LEAST_SHARE: Final = 0.4
_LEAST_TWIST: Final = 10.0 ** (-14.0 / 10.0)
_MOST_TWIST: Final = 10.0 ** (10.0 / 10.0)
"""Column over row, by power; `doubt` looks closer."""

_LEAST_HITS: Final = 9
_LEAST_MS: Final = 30.5
_MOST_DOUBT: Final = 1.05
_SOON: Final = 2
"""More hits, and a burst that was not believed is judged again; when it is long, a quarter more."""
_MISSES: Final = 6
"""Stretches without the key that a burst bridges: a hole of 10 ms makes four or five."""

_RELEASED: Final = 8
"""Stretches, 20 ms."""
_EMPTY: Final = 6
"""Stretches after the last of a key, before which nothing belongs to another."""
_ECHO: Final = 20
"""Stretches from there for which an echo of the key may last: an exchange's comes within 30 ms."""
_GONE: Final = 0.5
_QUITE_GONE: Final = 0.25
_DROWNED: Final = 4.0
"""Against the strength of the key; what is 12 dB louder is something else."""
_FOLLOW: Final = 0.1
_STRAY: Final = (0.8, 1.25)
"""A held key may fade; what is stronger or weaker than this for a moment is something else."""

_KEY_OF: Final = {(ROWS_HZ.index(row), ROWS + COLUMNS_HZ.index(column)): key for key, (row, column) in KEYS.items()}
_NO_KEY: Final = (-1, -1)

_WINDOW: Final = np.hanning(STRETCH + 2)[1:-1] * 2.0 / (STRETCH + 1)
"""Its sum is one, so that a projection on it is half the amplitude of a sine."""
_LOW_HZ: Final = np.arange(10) * (RATE_HZ / STRETCH)
"""The lines of a Fourier transform that a dial tone of up to 480 Hz fills."""
_LOW_WEIGHTS: Final = np.array([1.0] + [2.0] * 9) / (2.0 * STRETCH * (_WINDOW @ _WINDOW))
"""By Parseval's theorem, so that powers on these lines add up to that of what is heard below 600 Hz."""
_POWER_WEIGHTS: Final = np.square(_WINDOW) / (_WINDOW @ _WINDOW)
_ALL_HZ: Final = np.concatenate((TONES_HZ, _LOW_HZ))
_WAVES: Final = np.exp(-2j * np.pi / RATE_HZ * np.multiply.outer(np.arange(STRETCH), _ALL_HZ)) * _WINDOW[:, None]
_BASES: Final = np.ascontiguousarray(_WAVES.view(np.float64))
"""(128, 36): for each of the 18 frequencies, the real and the imaginary part."""
_STRETCHES: Final = HOP * np.arange(_PER_STEP)[:, None] + np.arange(STRETCH)
_RECENT: Final = HOP * (_PER_STEP - 1) + STRETCH
_EACH: Final = np.arange(_PER_STEP)
_NOTHING: Final[Tones] = np.zeros((_PER_STEP, len(TONES_HZ)), dtype=np.complex128)


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """A key went down or up. `at`: where on the line that was (within 3 ms); `decided`: how much of the line had to be
    heard to tell. Both in samples since the start."""

    key: str
    down: bool
    at: int
    decided: int = 0


@dataclass(slots=True)
class _Run:
    """Stretches that seem to belong to one key."""

    key: tuple[int, int]
    start: int
    last: int
    hits: int = 1
    due: int = _LEAST_HITS
    """Hits at which it is worth judging, again."""


@dataclass(slots=True)
class _Held:
    """The key that is down, how strong its tones are, and for how many stretches they have been gone."""

    key: tuple[int, int]
    strength: Samples
    gone: int


class DtmfReceiver:
    """Feed it what the line says; it answers with keys. A key is told 40 to 60 ms after it went down.

    What is weaker than `least_dbm0`, for each of its tones, is no key.
    """

    def __init__(self, least_dbm0: float = LEAST_DBM0) -> None:
        self._least_power = power(least_dbm0)
        self._steps = Steps(_SEEN, _STEP, lead=_SEEN - _STEP)
        self._tones: Tones = np.zeros((_KEPT, len(TONES_HZ)), dtype=np.complex128)
        self._number = 0
        """Of the first stretch in this step. Stretch n ends after sample 20 n + 20."""
        self._run: _Run | None = None
        self._held: _Held | None = None
        self._floor = 0
        """What came before this stretch belongs to a key that is up."""

    def feed(self, block: Block) -> list[KeyEvent]:
        """What `block`, of any length, brought to an end or made certain. Raises `ValueError` unless it is flat."""
        events: list[KeyEvent] = []
        for seen in self._steps.feed(block):
            keys = self._look(seen[-_RECENT:])
            if self._held:
                self._hold(self._held, events)
            self._follow(keys, seen, events)
            self._number += _PER_STEP
        return events

    def _look(self, recent: Samples) -> list[tuple[int, int]]:
        """The key that each stretch of a step may belong to, as places in `TONES_HZ`."""
        if recent @ recent < _SILENCE * _RECENT:
            self._tones = np.concatenate((self._tones[_PER_STEP:], _NOTHING))
            return []
        stretches = recent[_STRETCHES]
        found = (stretches @ _BASES).view(np.complex128)
        powers = 2.0 * (np.square(found.real) + np.square(found.imag))
        above = np.square(stretches) @ _POWER_WEIGHTS - powers[:, len(TONES_HZ) :] @ _LOW_WEIGHTS
        row = powers[:, :ROWS].argmax(axis=1)
        column = powers[:, ROWS : 2 * ROWS].argmax(axis=1) + ROWS
        of_row, of_column = powers[_EACH, row], powers[_EACH, column]
        good = (
            (np.minimum(of_row, of_column) > self._least_power)
            & (of_row + of_column > _LEAST_SHARE * above)
            & (of_column > _LEAST_TWIST * of_row)
            & (of_column < _MOST_TWIST * of_row)
        )
        self._tones = np.concatenate((self._tones[_PER_STEP:], found[:, : len(TONES_HZ)]))
        if not good.any():
            return []
        each = zip(good.tolist(), row.tolist(), column.tolist(), strict=True)
        return [(r, c) if yes else _NO_KEY for yes, r, c in each]

    def _follow(self, keys: list[tuple[int, int]], seen: Samples, events: list[KeyEvent]) -> None:
        """Put stretches of one key together, and judge them when they are enough."""
        for number, key in enumerate(keys, self._number):
            run = self._run
            if number < self._floor:
                continue
            if run and key == run.key:
                run.last = number
                run.hits += 1
            # A run of one or two is often but the splash of another key's beginning.
            elif run is None or number - run.last > min(_MISSES, run.hits):
                self._judge(seen, events)
                self._run = _Run(key, number, number) if key != _NO_KEY else None
        self._judge(seen, events)
        if self._run and self._number + _PER_STEP - self._run.last > 2 * _MISSES:
            self._run = None

    def _judge(self, seen: Samples, events: list[KeyEvent]) -> None:
        """Is the run a key by now? One that was not at first is asked again from time to time."""
        run = self._run
        if run is None or self._held or run.hits < run.due:
            return
        oldest = self._number + _PER_STEP - _KEPT
        tones = self._tones[:, run.key]
        burst = last_burst(tones, max(run.start - oldest, 0), run.last - oldest, max(self._floor - oldest, 0))
        if burst is None or burst.lasted_ms < _LEAST_MS:
            return
        run.due = run.hits + max(_SOON, run.hits // 4)
        end = (self._number + _PER_STEP) * HOP
        echo = self._floor > 0 and burst.first + oldest < self._floor + _ECHO
        if doubt(burst, tones, seen, run.key, began=max(0, _SEEN - end), echo=echo) < _MOST_DOUBT:
            self._run = None
            self._held = _Held(run.key, burst.strength, _KEPT - 1 - burst.last)
            at = max(0, round((oldest + burst.begins + 1.0) * HOP) - STRETCH // 2)
            events.append(KeyEvent(_KEY_OF[run.key], True, at, end))

    def _hold(self, held: _Held, events: list[KeyEvent]) -> None:
        """Is the key that went down still there?"""
        levels = np.abs(self._tones[-_PER_STEP:, held.key]) / held.strength
        for number, (row, column) in enumerate(levels.tolist(), self._number):
            if _GONE < max(row, column) < _DROWNED and min(row, column) > _QUITE_GONE:
                held.gone = 0
                held.strength = held.strength * np.clip((row, column), *_STRAY) ** _FOLLOW
                continue
            held.gone += 1
            if held.gone >= _RELEASED:
                last = number - held.gone
                at = (last + 1) * HOP + (HOP - STRETCH) // 2
                events.append(KeyEvent(_KEY_OF[held.key], False, at, (self._number + _PER_STEP) * HOP))
                self._held, self._floor = None, last + _EMPTY
                if self._run and self._run.start < self._floor:
                    self._run = None
                return
