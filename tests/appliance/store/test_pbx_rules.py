"""What must fit together around the PBX, and that no file can have anything dialled but digits (R20, R35)."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.faults import BadSettings
from appliance.store.migrations import migrate
from appliance.store.settings import settings_from
from appliance.toll import toll_rule

ANNA = {"name": "Anna", "extension": "101"}
BORIS = {"name": "Boris", "extension": "102"}


def refused(plain: dict[str, Any]) -> str:
    """The sentence with which these settings are refused."""
    with pytest.raises(BadSettings) as told:
        settings_from({"company": "Northwind", **plain})
    return told.value.problem


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "flash outside its window": (
        {"pbx": {"flash_ms": 600}},
        "In [pbx], flash_ms = 600 does not lie between flash_min_ms = 50 and flash_max_ms = 250: change these too",
    ),
    "window inside out": (
        {"pbx": {"flash_min_ms": 300, "flash_max_ms": 200}},
        "flash_min_ms = 300 is longer than flash_max_ms = 200",
    ),
    "rest as short as a flash": (
        {"pbx": {"profile": "generic-us", "on_hook_s": 1.0}},
        "on_hook_s = 1 is no longer than a hook flash can be: write more than 1.",
    ),
    "rest shorter than the flash of one line": (
        {"pbx": {"on_hook_s": 0.8}, "lines": [{"name": "L", "port": "p", "flash_ms": 900}]},
        "write more than 0.9",
    ),
    "extension that gets an outside line": (
        {"people": [ANNA, {"name": "Zoe", "extension": "901"}], "pbx": {"outside_prefix": "9"}},
        'In [[people]] number 2 (Zoe), 901 begins with outside_prefix = "9" of [pbx]',
    ),
    "operator who gets an outside line": (
        {"operator": "0", "pbx": {"outside_prefix": "0"}},
        'At the top of the file, 0 begins with outside_prefix = "0" of [pbx]',
    ),
    "code that gets an outside line": (
        {"pbx": {"outside_prefix": "2", "hold_code": "20"}},
        'In [pbx], the code "20" begins with outside_prefix = "2"',
    ),
    "way back that gets an outside line": (
        {"pbx": {"outside_prefix": "0", "back_from_busy": "flash 0"}},
        'the code "0" begins with',
    ),
    "extension of another house": (
        {"people": [ANNA, {"name": "Zoe", "extension": "301"}], "pbx": {"extension_pattern": "1XX 2XX"}},
        "In [[people]] number 2 (Zoe), 301 does not fit extension_pattern of [pbx]",
    ),
    "extension too long for the pattern": (
        {"people": [{"name": "Zoe", "extension": "1011"}], "pbx": {"extension_pattern": "1XX"}},
        "1011 does not fit",
    ),
    "outside number with spaces": ({"outside_numbers": ["22 555 01 00"]}, "the digits alone in quotation marks"),
    "deputy who is nobody": (
        {"people": [{**ANNA, "deputies": ["Bo"]}, BORIS]},
        'In [[people]] number 1 (Anna), deputies names "Bo", who is not in [[people]]',
    ),
    "deputy of oneself": ({"people": [{**ANNA, "deputies": ["101"]}]}, "deputies names Anna or somebody twice"),
    "deputy twice": ({"people": [{**ANNA, "deputies": ["102", "Boris"]}, BORIS]}, "somebody twice"),
    "assistant who is nobody": ({"people": [{**ANNA, "assistant": "103"}]}, 'assistant names "103", who is not in'),
    "assistant of oneself": ({"people": [{**ANNA, "assistant": "Anna"}]}, "assistant names the same person"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_does_not_fit_together_is_told_in_one_sentence(mistake: str) -> None:
    plain, sentence = MISTAKES[mistake]
    problem = refused(plain)
    assert sentence in problem
    assert problem.endswith((".", "?")) and len(problem) < 350 and "\n" not in problem


def test_helpers_are_named_by_name_or_extension() -> None:
    director = {"name": "Zoe", "extension": "100", "deputies": ["Boris", "101"], "assistant": "Anna"}
    people = settings_from({"company": "Northwind", "people": [director, ANNA, BORIS]}).people
    assert people[0].deputies == ("102", "101")
    assert people[0].assistant == "101"


# ---------------------------------------------------------------- nothing but digits (R35)


def pbx(**keys: Any) -> dict[str, Any]:
    return {"pbx": keys}


FIELDS = {
    "extension": lambda digits: {"people": [{"name": "Zoe", "extension": digits}]},
    "operator": lambda digits: {"operator": digits},
    "outside_numbers": lambda digits: {"outside_numbers": [digits]},
    "staff_code": lambda digits: {"staff_code": digits},
    "deputies": lambda digits: {"people": [{**ANNA, "deputies": [digits]}]},
    "assistant": lambda digits: {"people": [{**ANNA, "assistant": digits}]},
    "conference_parties": lambda digits: {"people": [ANNA], "handover": {"conference_parties": [digits]}},
    "group": lambda digits: {"people": [ANNA], "groups": [{"name": "sales", "people": [digits]}]},
    "hold_code": lambda digits: pbx(hold_code=digits),
    "conference_code": lambda digits: pbx(conference_code=digits),
    "outside_prefix": lambda digits: pbx(outside_prefix=digits),
    "extension_pattern": lambda digits: pbx(extension_pattern=digits),
    **{
        f"back_from_{reason}": lambda digits, reason=reason: pbx(**{f"back_from_{reason}": f"flash {digits}"})
        for reason in ("busy", "no_answer", "refusal", "reorder")
    },
    **{
        f"status {code}": lambda digits, code=code: pbx(status={code: digits})
        for code in ("ringing", "busy", "reorder", "do_not_disturb", "answered", "released")
    },
}
"""Every place of the settings in which digits stand that are dialled or compared with what is keyed."""


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("digits", ["1!", "1,", "1W", "1;", "1T", "1A", "1-2", "+1", "1\r2", "1\nATD1", "१", "1²"])
def test_a_settings_file_cannot_smuggle_anything_into_what_is_dialled(field: str, digits: str) -> None:
    problem = refused(FIELDS[field](digits))
    assert problem.startswith(("In [", "At the top of the file, "))
    assert not any(word in problem.lower() for word in ("error", "invalid", "null", "none"))


def test_numbers_that_are_listed_can_be_dialled_behind_the_prefix_and_nothing_else() -> None:
    settings = settings_from(
        {
            "company": "Northwind",
            "people": [ANNA],
            "outside_numbers": ["225550100"],
            "pbx": {"outside_prefix": "0", "hold_code": "20", "back_from_busy": "flash 1"},
        }
    )
    assert toll_rule(settings).numbers == {"101", "0225550100", "20", "1"}


# ---------------------------------------------------------------- settings of an older form


def test_a_long_flash_of_the_older_form_gets_its_window_and_its_rest() -> None:
    older = {"company": "Northwind", "pbx": {"flash_ms": 600, "flashes_to_retrieve": 2, "on_hook_s": 0.5}}
    settings = settings_from(migrate(older, 1))
    assert (settings.pbx.flash_min_ms, settings.pbx.flash_ms, settings.pbx.flash_max_ms) == (50, 600, 600)
    assert settings.pbx.back_from_busy == "flash flash"
    assert settings.pbx.on_hook_s == pytest.approx(0.7)


def test_the_rest_of_the_older_form_is_longer_than_the_flash_of_any_line() -> None:
    older = {"company": "A", "lines": [{"name": "L", "port": "p", "flash_ms": 1200}], "pbx": {"on_hook_s": 1.0}}
    assert settings_from(migrate(older, 1)).pbx.on_hook_s == pytest.approx(1.3)
