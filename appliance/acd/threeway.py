"""Calls of three: whom a colleague may have beside the caller, and what is in the way of it (R19).

The settings list the third parties: extensions, or outside numbers that may be dialled (R35). The PBX joins three by a
code after a hook flash; where it has none, or brings callers back only by ringing here again, there can be no such
call.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.acd.staff import Person, Staff
from appliance.call import Call
from appliance.faults import Fault
from appliance.settings import PbxSettings, Settings
from appliance.toll import ways_back

ABOUT = "calls of three"
"""What a fault is about that is in the way of them."""
NOT_JOINED = Fault(
    ABOUT,
    "the PBX did not join three by its code",
    "Ask the installer of your PBX for its conference code, and write it into [pbx].",
)
UNCONFIRMED = Fault(
    ABOUT,
    "the PBX had joined three by its code, and then nobody said that they were there",
    "Try it with a colleague: if you do not hear one another, the conference code in [pbx] is not the right one.",
)


def possible(pbx: PbxSettings) -> bool:
    """Can this PBX join three, and give the two back when the third cannot come?"""
    return bool(pbx.conference_code) and not any(recipe.hang_up for recipe in ways_back(pbx))


class CallsOfThree:
    """The third parties of this office, by the numbers under which the settings list them."""

    def __init__(self, settings: Settings, staff: Staff) -> None:
        self._pbx = settings.pbx
        self._staff = staff
        self._parties = dict(parties(settings))

    def obstacle(self, number: str) -> Fault | None:
        """Why the party at `number` cannot be added to a call; `None` where they can."""
        if not possible(self._pbx):
            advice = "Ask its installer for the code that joins three after a flash: conference_code in [pbx]."
            return Fault(ABOUT, "your PBX cannot join three, as far as its settings say", advice)
        if number not in self._parties:
            told = "somebody was to be added who is not among the parties for such calls"
            return Fault(ABOUT, told, "Write the number into conference_parties in [handover] first.")
        return None

    def wanted(self, call: Call, extension: str) -> Person | None:
        """Whom the office wanted in this call, beside the colleague at `extension`; no longer wanted from then on."""
        wanted, call.third = call.third, ""
        return self._parties.get(wanted) if wanted != extension else None

    def free_at(self, now: float, extension: str) -> tuple[Person, ...]:
        """Who could join the colleague at `extension` now, in the order of the settings."""
        return tuple(who for who in self._parties.values() if who.extension != extension and self.is_free(who, now))

    def is_free(self, person: Person, now: float) -> bool:
        """May this party be rung? Of outside numbers nothing is known, so they may."""
        return not self._staff.knows(person.extension) or self._staff[person.extension].free_at(now)


def parties(settings: Settings) -> Iterator[tuple[str, Person]]:
    """The listed parties by their numbers; an outside one is spoken digit by digit, and dialled with the prefix."""
    people = {who.extension: who.name for who in settings.people}
    for number in settings.handover.conference_parties:
        outside = Person(" ".join(number), settings.pbx.outside_prefix + number)
        yield number, Person(people[number], number) if number in people else outside
