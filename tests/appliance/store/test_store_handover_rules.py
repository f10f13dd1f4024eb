"""What the owner may write of refusals and of parties for calls of three (R18, R19, R35)."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.faults import BadSettings
from appliance.store.plainform import plain_from
from appliance.store.settings import settings_from
from appliance.toll import toll_rule

PEOPLE = [{"name": "Anna", "extension": "101"}, {"name": "Boris", "extension": "102"}]


def office(handover: dict[str, Any], **pbx: Any) -> dict[str, Any]:
    pbx = {"conference_code": "3", "outside_prefix": "0", **pbx}
    numbers = ["501600700"]
    return {"company": "A", "people": PEOPLE, "outside_numbers": numbers, "pbx": pbx, "handover": handover}


def test_parties_are_people_by_name_or_extension_or_listed_outside_numbers() -> None:
    settings = settings_from(office({"conference_parties": ["Anna", "102", "501600700"]}))
    assert settings.handover.conference_parties == ("101", "102", "501600700")
    assert settings_from(plain_from(settings)) == settings
    assert all(toll_rule(settings).allows(digits) for digits in ("101", "102", "0501600700", "3"))


@pytest.mark.parametrize(
    ("party", "told"),
    [
        ("103", "neither [[people]] nor outside_numbers"),
        ("0900123456", "neither [[people]] nor outside_numbers"),
        ("501600700,,1", "did you mean"),
        ("501600700;ATD0900", "neither [[people]] nor outside_numbers"),
        ("Ana", "did you mean"),
    ],
)
def test_nobody_else_can_be_a_party(party: str, told: str) -> None:
    """R35: whatever is written there, nothing comes to be dialled that may not be."""
    with pytest.raises(BadSettings) as refused:
        settings_from(office({"conference_parties": [party]}))
    assert told in refused.value.problem and refused.value.problem.startswith("In [handover], ")


@pytest.mark.parametrize("pbx", [{"conference_code": ""}, {"back_from_busy": "hang up"}])
def test_parties_need_a_pbx_that_can_join_three_and_that_is_read_beforehand(pbx: dict[str, str]) -> None:
    plain = office({"conference_parties": ["101"]}, **pbx)
    plain["pbx"] = {key: value for key, value in plain["pbx"].items() if value}
    with pytest.raises(BadSettings, match="this PBX cannot join three"):
        settings_from(plain)


@pytest.mark.parametrize(
    ("refusals", "told"),
    [
        ([], "refusals has 0 phrases"),
        (["meeting"] * 7, "refusals has 7 phrases"),
        (["metting"], "write one of meeting, email, unavailable, travelling"),
        ([""], "one of refusals is empty"),
        (["No, thank you. " * 14], "too long"),
    ],
)
def test_refusals_are_one_to_six_phrases(refusals: list[str], told: str) -> None:
    with pytest.raises(BadSettings, match=told):
        settings_from(office({"refusals": refusals}))


def test_the_owners_own_words_are_kept_as_they_stand() -> None:
    words = "Thank you, we have all we need this year."
    assert settings_from(office({"refusals": ["travelling", words]})).handover.refusals == ("travelling", words)


def test_two_parties_of_one_number_are_one_too_many() -> None:
    with pytest.raises(BadSettings, match="101 twice"):
        settings_from(office({"conference_parties": ["Anna", "101"]}))
