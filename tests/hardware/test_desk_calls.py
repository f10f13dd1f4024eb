"""A colleague calls the box from their desk, through the PBX and the modem (R31, R23)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from appliance.settings import PersonSettings
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.people import DeskCall, Staff

Rehearse = Callable[..., Any]

ANNA = Staff("Anna", "11", calls=(DeskCall(2.0, "801", talks_s=6.0),))
PEOPLE = (PersonSettings("Anna", "11"),)


def test_a_call_from_a_desk_has_one_record_under_its_extension(rehearse: Rehearse) -> None:
    seen = rehearse(staff=[ANNA], people=PEOPLE)
    assert seen.record.caller_id.number == "11"
    assert seen.record.answer_s is not None
    assert len(seen.world.desks[0].called) == 1


def test_a_pbx_that_shows_no_numbers_may_send_the_extension_as_keys(rehearse: Rehearse) -> None:
    pbx = PbxProfile(caller_id=False, follow_on_s=0.4)
    seen = rehearse(staff=[ANNA], people=PEOPLE, their_pbx=pbx)
    assert not seen.record.caller_id.told
    keys = "".join(code for _, code in seen.world.modems[0].record.events if code.isdigit())
    assert keys == "11"
