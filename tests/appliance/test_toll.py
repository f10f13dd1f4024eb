"""Toll safety: whatever a caller keys or sends, whatever stands in a file, nothing foreign is dialled (R35)."""

from __future__ import annotations

import string
from random import Random
from typing import Any

import pytest

from appliance.acts import Act, Dial, HangUp, LineAct, OfficeAct
from appliance.call import Call, Outcome
from appliance.faults import NotAllowed
from appliance.performer import Performer, Script
from appliance.settings import PbxSettings, PersonSettings, Settings
from appliance.toll import Recipe, TollRule, toll_rule
from tests.appliance.test_transfer_script import NOON

OFFICE = Settings(
    "Northwind",
    operator="100",
    people=(PersonSettings("Anna", "11"), PersonSettings("Boris", "12")),
    pbx=PbxSettings(hold_code="20", conference_code="3", back_from_busy="flash *1", outside_prefix="0"),
    outside_numbers=("225550100",),
)


def test_extensions_codes_and_listed_outside_numbers_are_all_that_can_be_dialled() -> None:
    assert toll_rule(OFFICE).numbers == {"11", "12", "100", "20", "3", "*1", "0225550100"}


def test_an_office_without_anything_dials_nothing() -> None:
    assert toll_rule(Settings("Northwind")).numbers == frozenset()


LOOK_ALIKES = (
    *("", "1", "110", "011", "11 ", "11\n", "11,0", "11;", "W11", "11W0900", "T11", "11!", "!11", "1١", "٢٠", "11#"),
    *("225550100", "00225550100", "0900123456", "*72", "112", "+4811", "AT", "11\x10\x03"),
)


@pytest.mark.parametrize("digits", LOOK_ALIKES)
def test_what_only_looks_like_a_listed_number_is_refused(digits: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        toll_rule(OFFICE).check(digits)
    assert digits.strip() not in refused.value.problem or not digits.strip()[1:], "it may be logged, so it is not told"


def test_a_listed_number_with_other_signs_in_it_is_refused_all_the_same() -> None:
    """Settings cannot hold such a number; should one come in otherwise, it still does not reach a modem (R35)."""
    for sign in "!,;@WwTtPp&^ \r\n\x10":
        assert not TollRule(frozenset({f"11{sign}0"})).allows(f"11{sign}0")


def test_no_random_string_of_keys_is_ever_dialled() -> None:
    rule, rng = toll_rule(OFFICE), Random(4)
    keyed = {"".join(rng.choices("0123456789*#ABCD", k=rng.randint(1, 12))) for _ in range(20_000)}
    keyed |= {"".join(rng.choices(string.printable, k=rng.randint(1, 8))) for _ in range(20_000)}
    assert {digits for digits in keyed if rule.allows(digits)} <= rule.numbers


@pytest.mark.parametrize(
    "text", ["flush", "flash  flash", "flash 12345", "flash W", "hang up 1", "flash,1", "", "Flash"]
)
def test_a_way_back_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Recipe.read(text)


class _Port:
    """A line that only writes down what it is given."""

    def __init__(self) -> None:
        self.acts: list[LineAct[Any]] = []

    def perform(self, number: int, act: LineAct[Any]) -> None:
        self.acts.append(act)


@pytest.mark.parametrize("digits", ["0900123456", "11;ATD0900", "ABC", "11,,0900"])
def test_a_script_that_would_dial_something_else_is_stopped_before_the_line_hears_of_it(digits: str) -> None:
    async def dials() -> Outcome:
        await Dial(digits)
        return Outcome.TRANSFERRED

    async def nothing() -> Outcome:
        return Outcome.INFORMED

    def office(performer: Performer, act: OfficeAct[Any]) -> None:
        raise AssertionError("the office is not asked")

    def trouble() -> Script:
        return nothing()

    port, script = _Port(), dials()
    call = Call(1, "Line 1", NOON, 0.0)
    Performer(call, port, office, toll_rule(OFFICE), trouble).begin(script)
    assert port.acts == [HangUp()]
    assert not any(isinstance(act, Dial) for act in port.acts)


def test_a_listed_extension_reaches_the_line() -> None:
    async def dials() -> Outcome:
        await Dial("11")
        return Outcome.TRANSFERRED

    def office(performer: Performer, act: Act[Any]) -> None:
        raise AssertionError("the office is not asked")

    port = _Port()
    Performer(Call(1, "Line 1", NOON, 0.0), port, office, toll_rule(OFFICE), dials).begin(dials())
    assert port.acts == [Dial("11")]
