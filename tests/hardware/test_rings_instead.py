"""Where only hanging up brings a caller back, the line is free meanwhile: whoever rings then is told from them (T7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from appliance.call import TransferResult
from appliance.settings import PbxSettings, WaitingSettings
from hardware.simulated.makes import GENERIC_ETSI
from hardware.simulated.people import Caller, Staff

Rehearse = Callable[..., Any]

NEVER_THERE = Staff("Anna", "11", answers_after_s=900.0)
JAN = Caller("225550101", "Jan", at_s=2.0, presses=((6.0, "1"),), hangs_up_after_s=70.0)
PBX = PbxSettings(flash_proven=True, back_from_no_answer="hang up", no_answer_s=8.0, recall_s=25.0)
THEIRS = replace(GENERIC_ETSI, recall_s=25.0)
WAITING = WaitingSettings(talk_s=60.0, retry_s=60.0)


def test_who_is_brought_back_by_ringing_goes_on_in_the_same_call(rehearse: Rehearse) -> None:
    seen = rehearse(JAN, staff=[NEVER_THERE], pbx=PBX, their_pbx=THEIRS, waiting=WAITING)
    assert [tried.result for tried in seen.record.transfers] == [TransferResult.NO_ANSWER]
    assert seen.record.caller_id.number == JAN.number


def test_somebody_else_who_rings_meanwhile_is_a_call_of_their_own(rehearse: Rehearse) -> None:
    """The one who was left ringing is not taken for them, and is known when the PBX brings them back (R5, R16)."""
    ewa = Caller("225550202", "Ewa", at_s=42.0, hangs_up_after_s=9.0)
    seen = rehearse(JAN, ewa, staff=[NEVER_THERE], pbx=PBX, their_pbx=THEIRS, waiting=WAITING)
    numbers = [record.caller_id.number for record in seen.records]
    assert numbers == [JAN.number, ewa.number, JAN.number]
    assert seen.records[0].transfers[0].result is TransferResult.LEFT
