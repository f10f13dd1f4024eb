"""Each make of PBX that ships with the program, and its name in the settings is all that the box is told (R33, R16)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from appliance.call import Outcome, TransferResult
from appliance.pbx.profiles import known_profiles
from appliance.settings import GroupSettings, PbxSettings, WaitingSettings
from appliance.store.settings import settings_from
from hardware.simulated.legs import Where
from hardware.simulated.makes import DIFFICULT, MAKES
from hardware.simulated.people import Caller, Staff

Rehearse = Callable[..., Any]

JAN = Caller("225550101", "Jan", at_s=2.0, presses=((6.0, "1"),), chat_s=5.0, hangs_up_after_s=120.0)
BUSY = Staff("Anna", "11", on_the_phone=((0.0, math.inf),))
BARTEK = Staff("Bartek", "12", answers_after_s=3.0, talks_s=20.0, says="Hello, this is Bartek.")
GROUPS = (GroupSettings("sales", ("11", "12")), GroupSettings("service", ("12",)))
COUNTRY = {"generic-us": "us", "centrex": "us"}


def believed(pbx: Mapping[str, Any]) -> PbxSettings:
    """What the office knows of its PBX whose owner wrote these keys; the flash has been tried."""
    return settings_from({"company": "Northwind", "pbx": {"flash_proven": True, **pbx}}).pbx


def believed_ms(make: str) -> int:
    """How long a flash should be there."""
    return believed({"profile": make}).flash_ms


def busy_then_next(rehearse: Rehearse, **options: Any) -> Any:
    """One caller; the first colleague talks on the telephone, the second one answers."""
    waiting = WaitingSettings(talk_s=60.0, retry_s=60.0)
    return rehearse(JAN, staff=[BUSY, BARTEK], groups=GROUPS, waiting=waiting, keep_audio=False, **options)


@pytest.mark.parametrize("make", known_profiles())
def test_a_caller_is_back_from_busy_and_goes_to_the_next(make: str, rehearse: Rehearse) -> None:
    seen = busy_then_next(
        rehearse, pbx=believed({"profile": make}), their_pbx=MAKES[make], country=COUNTRY.get(make, "pl")
    )
    assert [tried.result for tried in seen.record.transfers] == [TransferResult.BUSY, TransferResult.TAKEN]
    assert seen.story.talked_to == ("Bartek",)
    assert seen.record.outcome is Outcome.TRANSFERRED
    places = [segment.where for segment in seen.story.segments]
    assert places == [Where.RINGING, Where.OFFICE, Where.HOLD, Where.OFFICE, Where.HOLD, Where.COLLEAGUE]
    assert all(believed_ms(make) == pytest.approx(length_ms, abs=25.0) for length_ms in seen.story.flashes_ms)


def test_where_the_pbx_tells_all_by_keys_silence_is_no_answer(rehearse: Rehearse) -> None:
    silent = DIFFICULT["keys instead of tones"]
    nobody = Staff("Anna", "11", answers_after_s=None)
    waiting = WaitingSettings(talk_s=60.0, retry_s=60.0)
    seen = rehearse(
        JAN,
        staff=[nobody, BARTEK],
        groups=GROUPS,
        waiting=waiting,
        pbx=believed(silent.owner_sets),
        their_pbx=silent.profile,
        keep_audio=False,
    )
    assert [tried.result for tried in seen.record.transfers] == [TransferResult.NO_ANSWER, TransferResult.TAKEN]
    assert seen.record.transfers[0].seconds > PbxSettings().no_answer_s
    assert seen.story.talked_to == ("Bartek",)


@pytest.mark.soak
@pytest.mark.parametrize("habit", DIFFICULT)
def test_a_pbx_with_a_bad_habit_loses_nobody(habit: str, rehearse: Rehearse) -> None:
    difficult = DIFFICULT[habit]
    seen = busy_then_next(rehearse, pbx=believed(difficult.owner_sets), their_pbx=difficult.profile)
    assert [tried.result for tried in seen.record.transfers] == [TransferResult.BUSY, TransferResult.TAKEN]
    assert seen.story.talked_to == ("Bartek",)
