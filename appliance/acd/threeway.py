"""Calls of three: whom a colleague may have beside the caller, and what is in the way of it (R19).

The settings list the third parties: extensions, or outside numbers that may be dialled (R35). The PBX joins three by a
code after a hook flash; where it has none, or brings callers back only by ringing here again, there can be no such
call.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.acd.staff import Person
from appliance.faults import Fault
from appliance.settings import PbxSettings, Settings
from appliance.toll import Recipe

ABOUT = "calls of three"


def possible(pbx: PbxSettings) -> bool:
    """Can this PBX join three, and give the two back when the third cannot come?"""
    ways = (pbx.back_from_busy, pbx.back_from_no_answer, pbx.back_from_refusal, pbx.back_from_reorder)
    return bool(pbx.conference_code) and not any(Recipe.read(way).hang_up for way in ways)


def parties(settings: Settings) -> Iterator[Person]:
    """The listed third parties, in the order of the settings. An outside number is spoken digit by digit."""
    people = {who.extension: who.name for who in settings.people}
    for number in settings.handover.conference_parties:
        if number in people:
            yield Person(people[number], number)
        else:
            yield Person(" ".join(number), settings.pbx.outside_prefix + number)


def obstacle(settings: Settings, number: str) -> Fault | None:
    """Why `number`, as the settings list it, cannot be added to a call; `None` where it can."""
    if not possible(settings.pbx):
        advice = (
            "Ask its installer for the code that joins three after a flash, and write it as conference_code in [pbx]."
        )
        return Fault(ABOUT, "your PBX cannot join three, as far as its settings say", advice)
    if number not in settings.handover.conference_parties:
        told = "somebody was to be added who is not among the parties for such calls"
        return Fault(ABOUT, told, "Write the number into conference_parties in [handover] first.")
    return None
