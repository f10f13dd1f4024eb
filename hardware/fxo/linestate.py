"""What the pins of an FXO HAT tell of the line: ringing, current, voltage, polarity, another telephone.

Pure logic on levels and moments: it is given changes of pins and answers with what they mean once they have lasted
long enough (`board.DEBOUNCE_MS`). What it means for a call is for the driver to judge (`hat`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hardware.fxo.board import INPUTS, Board, Wire
from hardware.fxo.pins import Change
from hardware.fxo.ringing import Cadence, RingRhythm, detector

BACK_S = 0.1
"""How long current or voltage must be there to be believed that it is back."""


@dataclass(frozen=True, slots=True)
class RingBegan:
    """Another ring, the first or a later one; `cadence` is that of the ring before it."""

    at: float
    cadence: Cadence


@dataclass(frozen=True, slots=True)
class RingEnded:
    """That ring is over, and this was its rhythm."""

    cadence: Cadence


@dataclass(frozen=True, slots=True)
class LevelLasted:
    """A pin is active, or inactive, since so long that it counts."""

    wire: Wire
    active: bool


Sign = RingBegan | RingEnded | LevelLasted


class Steady:
    """A level that counts only when it has lasted: `on_s` to become active, `off_s` to become inactive."""

    def __init__(self, level: bool, on_s: float, off_s: float) -> None:
        self.level = level
        self._on_s, self._off_s = on_s, off_s
        self._raw = level
        self.due = math.inf

    def change(self, level: bool, at: float) -> None:
        """The pin has changed."""
        if level is not self._raw:
            self._raw = level
            lasts_s = self._on_s if level else self._off_s
            self.due = math.inf if level is self.level else at + lasts_s

    def turn(self, now: float) -> bool:
        """Has another level come to count?"""
        if now < self.due:
            return False
        self.level, self.due = self._raw, math.inf
        return True


class LineState:
    """All that the pins of one board tell; `levels` are those at the beginning."""

    def __init__(self, board: Board, levels: dict[Wire, bool], now: float) -> None:
        self.rhythm = RingRhythm()
        self._ring = detector(board.ringing)
        self._steady: dict[Wire, Steady] = {}
        for wire in INPUTS:
            if wire is not Wire.RING and wire in board.pins:
                lasts_s = board.pins[wire].debounce_ms / 1000
                back_s = min(BACK_S, lasts_s) if wire in (Wire.LOOP, Wire.LINE_PRESENT) else lasts_s
                self._steady[wire] = Steady(levels[wire], back_s, lasts_s)
        if levels.get(Wire.RING):
            self._ring.level(True, now)

    def level(self, wire: Wire) -> bool | None:
        """The level that counts; `None` if this board has no such pin."""
        steady = self._steady.get(wire)
        return None if steady is None else steady.level

    def take(self, change: Change) -> list[Sign]:
        """A pin has changed; what had come to count before that is told first."""
        signs = self.turn(change.at)
        if change.wire is Wire.RING:
            self._ring.level(change.active, change.at)
        else:
            self._steady[change.wire].change(change.active, change.at)
        return signs

    def turn(self, now: float) -> list[Sign]:
        """What has come to count by now."""
        signs: list[Sign] = [
            LevelLasted(wire, steady.level) for wire, steady in self._steady.items() if steady.turn(now)
        ]
        if now >= self.rhythm.due:
            self.rhythm.close()
            signs.append(RingEnded(self.rhythm.cadence))
        for burst in self._ring.turn(now):
            if self.rhythm.take(burst):
                signs.append(RingBegan(burst.at, self.rhythm.cadence))
        return signs

    @property
    def due(self) -> float:
        """When `turn` is wanted, if no pin changes."""
        return min(self._ring.due, self.rhythm.due, *(steady.due for steady in self._steady.values()), math.inf)
