"""Bursts that belong together, in rows: what a tone with a cadence leaves, among voices and noise.

Every burst joins the newest row whose frequencies it shares, or begins one; a few rows are kept, so that a vowel in a
pause, which sounds like some tone for a moment, begins a row of its own and does not disturb the one of the tone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from appliance.signals.progress.bursts import Burst
from appliance.signals.progress.cadences import Length, Pattern, Pitches

_SAME_HZ: Final = 16.0
_SOFTER: Final = 0.03
_LOUDER: Final = 30.0
"""A burst of the same row has between these parts of the power of the one before (15 dB)."""
_KEPT: Final = 12
_ROWS: Final = 4
FORGET_S: Final = 7.0
"""After a pause longer than any cadence has, what comes is a new tone."""


@dataclass(slots=True)
class Row:
    """Lengths of bursts and pauses in turn, and the frequencies (`pitches`) of the tables that all bursts can have.

    `named`: the patterns that gave it its name, once it has one.
    """

    pitches: Pitches
    hz: float
    last: Burst
    isolated: bool
    lengths: list[Length] = field(default_factory=list)
    named: tuple[Pattern, ...] = ()

    def joins(self, pitches: Pitches, hz: float, burst: Burst) -> Pitches:
        """The pitches that are left if this burst is the next of the row; none if it is not."""
        if abs(hz - self.hz) > _SAME_HZ or burst.began_s - self.last.ended_s > FORGET_S:
            return {}
        if not _SOFTER < burst.power / self.last.power < _LOUDER:
            return {}
        return {pitch: max(off, self.pitches[pitch]) for pitch, off in pitches.items() if pitch in self.pitches}

    def add(self, burst: Burst, isolated: bool) -> None:
        """The next burst, after its pause."""
        if self.lengths:
            self.lengths.append(Length(burst.began_s - self.last.ended_s, False))
        self.lengths.append(Length(burst.length_s, True, burst.whole, burst.power))
        del self.lengths[:-_KEPT]
        self.last, self.isolated = burst, isolated

    def now(self, burst: Burst | None, now_s: float) -> list[Length]:
        """The lengths, with the burst that goes on, or else with the pause since the last burst."""
        pause = (burst.began_s if burst else now_s) - self.last.ended_s
        if burst is None:
            return [*self.lengths, Length(pause, False, exact=False)]
        return [*self.lengths, Length(pause, False), Length(burst.length_s, True, False, burst.power)]


class Rows:
    """The rows that may still go on, the newest last."""

    def __init__(self) -> None:
        self._rows: list[Row] = []

    def find(self, pitches: Pitches, hz: float, burst: Burst) -> tuple[Row, Pitches] | None:
        """The row that this burst joins, and the pitches that are left to both."""
        for row in reversed(self._rows):
            left = row.joins(pitches, hz, burst)
            if left:
                return row, left
        return None

    def add(self, pitches: Pitches, hz: float, burst: Burst, isolated: bool, alone: bool = False) -> Row:
        """Put a burst into its row; into a new one if there is none, or it shall be `alone`."""
        found = None if alone else self.find(pitches, hz, burst)
        if found is None:
            row = Row(pitches, hz, burst, isolated)
        else:
            row, row.pitches = found
            self._rows.remove(row)
        row.add(burst, isolated)
        self._rows = [*self._rows, row][-_ROWS:]
        return row

    @property
    def all(self) -> tuple[Row, ...]:
        """All that are kept, the newest last."""
        return tuple(self._rows)

    @property
    def newest(self) -> Row | None:
        """Of the row with the newest burst."""
        return self._rows[-1] if self._rows else None
