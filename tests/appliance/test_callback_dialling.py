"""What the box dials for a callback: the owner's patterns decide, on the digits as they go out (R35)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.dialling import Pattern, as_dialled
from appliance.faults import BadSettings
from appliance.settings import CallbackSettings, PbxSettings, PersonSettings, Settings
from appliance.store.settings import settings_from
from appliance.toll import callback_digits, toll_rule

POLISH = Settings(
    "Northwind",
    people=(PersonSettings("Anna", "11"), PersonSettings("Boris", "112")),
    pbx=PbxSettings(hold_code="20", conference_code="333", outside_prefix="0"),
    callbacks=CallbackSettings(may_dial=("XXXXXXXXX", "+49XXXXXXXXXX")),
)


def dialled(number: str, settings: Settings = POLISH) -> str:
    return callback_digits(number, settings, toll_rule(settings))


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("501600700", "0501600700"),
        ("+48 501 600 700", "0501600700"),
        ("0048501600700", "0501600700"),
        ("22 555 01 01", "0225550101"),
        ("+49 89 12345678", "000498912345678"),
        ("11", "11"),
    ],
)
def test_however_a_number_is_written_it_is_dialled_as_from_this_office(number: str, digits: str) -> None:
    assert dialled(number) == digits


@pytest.mark.parametrize(
    "number",
    [
        *("700123456", "0700123456", "801234567", "999", "998", "+4412345678901", "004412345678901", "+1 900 123 4567"),
        *("333", "20", "", "*72", "W501600700", "5016007001", "50160070", "٥٠١٦٠٠٧٠٠"),
        *("+", "unknown", "000000000", "+49", "118913", "0" * 40),
    ],
)
def test_services_strangers_abroad_codes_and_nonsense_are_left_to_a_colleague(number: str) -> None:
    assert dialled(number) == ""


def test_an_emergency_number_is_only_ever_the_extension_that_bears_it() -> None:
    assert dialled("112") == "112"  # Boris
    assert dialled("112", replace(POLISH, people=())) == ""


def test_without_a_pattern_the_box_dials_nobody_outside_but_the_listed_numbers() -> None:
    nobody = replace(POLISH, callbacks=CallbackSettings())
    assert dialled("501600700", nobody) == ""
    assert dialled("501600700", replace(nobody, outside_numbers=("501600700",))) == "0501600700"


def test_what_is_written_in_full_is_what_the_owner_wants_whatever_it_costs() -> None:
    costly = replace(POLISH, callbacks=CallbackSettings(may_dial=("700123456",)))
    assert dialled("700123456", costly) == "0700123456"
    assert dialled("700123457", costly) == ""


def test_a_pattern_means_the_same_in_countries_that_dial_otherwise() -> None:
    british = Settings("Northwind", country="uk", callbacks=CallbackSettings(may_dial=("+44XXXXXXXXXX",)))
    assert dialled("+44 20 7946 0123", british) == "02079460123"
    american = Settings("Northwind", country="us", callbacks=CallbackSettings(may_dial=("+1XXXXXXXXXX",)))
    assert dialled("(212) 555-0123", american) == "12125550123"
    assert dialled("+1 900 555 0123", american) == ""
    assert dialled("011482255501 01", american) == ""


KEYED = st.text("0123456789*#+", max_size=24) | st.from_regex(r"(00|\+|0)?(48|49|44|1)?[0-9]{6,10}", fullmatch=True)


@given(number=KEYED, pattern=st.from_regex(r"[0-9X]{3}X{6}", fullmatch=True))
def test_whatever_a_caller_keys_nothing_is_dialled_outside_the_patterns(number: str, pattern: str) -> None:
    settings = replace(POLISH, callbacks=CallbackSettings(may_dial=(pattern,)))
    digits = dialled(number, settings)
    if digits and digits not in ("11", "112"):
        outside = digits.removeprefix("0")
        assert len(outside) == len(pattern)
        assert all(wanted in ("X", digit) for wanted, digit in zip(pattern, outside, strict=True))
        assert not outside.startswith(("00", "70"))


@given(digits=st.text("0123456789", min_size=1, max_size=20))
def test_the_rule_itself_lets_no_digits_through_that_no_pattern_covers(digits: str) -> None:
    rule = toll_rule(POLISH)
    if rule.allows(digits) and digits not in rule.numbers:
        assert digits.startswith("0")
        assert any(Pattern.read(text, "pl").allows(digits[1:]) for text in POLISH.callbacks.may_dial)


@pytest.mark.parametrize("text", ["XXX", "+XXXXXXXXX", "+4XXXXXXXXXX", "12X4"])
def test_a_pattern_too_wide_to_be_meant_is_told_to_the_owner(text: str) -> None:
    with pytest.raises(BadSettings, match="would let too much through"):
        settings_from({"company": "Northwind", "callbacks": {"may_dial": [text]}})


@pytest.mark.parametrize("text", ["0900*", "W501600700", "", "5-0"])
def test_what_is_no_number_at_all_is_told_to_the_owner(text: str) -> None:
    with pytest.raises(BadSettings, match="may_dial"):
        settings_from({"company": "Northwind", "callbacks": {"may_dial": [text]}})


def test_numbers_in_every_form_lead_to_the_same_digits() -> None:
    forms: tuple[Any, ...] = ("225550101", "+48225550101", "0048225550101", "22 555-01-01", "48225550101")
    assert {as_dialled(form, "pl") for form in forms} == {"225550101"}
