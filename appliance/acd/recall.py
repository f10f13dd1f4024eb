"""Callers whom we left before anybody answered, and who may come back: the PBX rings the same line again (T7).

What rings is taken for that caller if its number is theirs or that of the extension where it rang. A PBX that sends no
number leaves only the time: about as long after we left as this PBX lets it ring, and then the line must have heard the
ringing from its beginning. Any other number is somebody new, and so is one that is withheld, unless theirs was.
"""

from __future__ import annotations

from dataclasses import dataclass

from appliance.acd.staff import Person
from appliance.call import CallerId, Presentation

LATEST, MARGIN_S = 1.5, 15.0
"""Who shows their number is known until this multiple of the recall time, and so much more: a camped-on caller rings
elsewhere first."""
ABOUT, RING_S = 0.25, 5.0
"""Without a number it is the caller only as near to the recall time as this share of it, or one ring later: somebody
new, whose caller ID the modem has lost, must not become somebody else."""


@dataclass(frozen=True, slots=True)
class Left:
    """A caller who was left ringing. `at` and `since` (the beginning of their wait) are seconds of the clock."""

    call: int
    caller_id: CallerId
    person: Person
    group: str
    since: float
    at: float
    recall_s: float
    language: str = ""

    def expected(self, now: float) -> bool:
        """May they still come back?"""
        return now <= self.at + LATEST * self.recall_s + MARGIN_S

    def is_back(self, told: CallerId, now: float, late: bool = False) -> bool:
        """Is it they who ring at `now`, with this caller ID? `late`: there may have been one that nobody heard."""
        if not self.expected(now):
            return False
        if told.number:
            return told.number in (self.caller_id.number, self.person.extension)
        if told.presentation not in (Presentation.NOT_SENT, self.caller_id.presentation):
            return False
        after_s = now - self.at - self.recall_s
        return not late and -ABOUT * self.recall_s <= after_s <= ABOUT * self.recall_s + RING_S


class Recalls:
    """Those who may come back, by line: a line may leave one caller while it takes the next."""

    def __init__(self) -> None:
        self._left: dict[str, list[Left]] = {}

    def leave(self, line: str, left: Left) -> None:
        """The caller on `line` was left ringing."""
        others = self._left.get(line, [])
        self._left[line] = [*(other for other in others if other.expected(left.at)), left]

    def take(self, line: str, told: CallerId, now: float, late: bool = False) -> Left | None:
        """Whoever is back on `line`, if it is one of them (see `Left.is_back`); they are expected no longer."""
        waited_for = self._left.get(line, [])
        left = next((left for left in waited_for if left.is_back(told, now, late)), None)
        if left is not None:
            waited_for.remove(left)
        return left
