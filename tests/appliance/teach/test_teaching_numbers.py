"""Toll safety while teaching (R35): the numbers on the command line, a short list of codes, and nothing else."""

from __future__ import annotations

import pytest

from appliance.faults import BadSettings, NotAllowed
from appliance.settings import PbxSettings
from appliance.signals.countries import country
from appliance.teach.ear import Ear
from appliance.teach.hands import Hands
from appliance.teach.phones import Phones, teaching_rule

PHONES = Phones("101", "102", "199", "103")


class Line:
    """A line that writes down what is dialled."""

    def __init__(self) -> None:
        self.dialled: list[str] = []

    def lift(self) -> None:
        """Nothing to hear."""

    def put_down(self) -> None:
        """Nothing to hear."""

    def flash(self, length_ms: int) -> None:
        """Nothing to hear."""

    def dial(self, digits: str, on_ms: int, off_ms: int) -> None:
        """Write it down."""
        self.dialled.append(digits)

    def pause(self, seconds: float) -> None:
        """Nothing to hear."""

    def listen(self, seconds: float, ear: Ear) -> None:
        """Nothing to hear."""

    def await_ring(self, seconds: float) -> float | None:
        """Nobody calls."""
        return None


@pytest.mark.parametrize(
    "bad", ["", "10!", "1,2", "W101", "T101", "101;", "10 1", "123456789", "１０１", "0", "0048", "112"]
)
@pytest.mark.parametrize("place", ["free", "busy", "wrong"])
def test_what_is_no_extension_is_refused_before_the_line_is_touched(bad: str, place: str) -> None:
    numbers = {"free": "101", "busy": "102", "wrong": "199", place: bad}
    with pytest.raises(BadSettings) as problem:
        teaching_rule(Phones(**numbers), PbxSettings())
    assert "\n" not in problem.value.problem


def test_a_number_that_gets_an_outside_line_on_this_pbx_is_refused() -> None:
    with pytest.raises(BadSettings, match="outside"):
        teaching_rule(Phones("91", "102", "199"), PbxSettings(outside_prefix="9"))


def test_two_telephones_cannot_have_one_number() -> None:
    with pytest.raises(BadSettings, match="same number"):
        teaching_rule(Phones("101", "102", "199", "102"), PbxSettings())


@pytest.mark.parametrize("digits", ["100", "1011", "011", "20102", "3", "9", "#9", "112", ""])
def test_nothing_else_can_be_dialled(digits: str) -> None:
    line = Line()
    hands = Hands(line, teaching_rule(PHONES, PbxSettings()), PbxSettings(), country("pl"))
    with pytest.raises(NotAllowed):
        hands.dial(digits)
    assert line.dialled == []


def test_a_code_that_gets_an_outside_line_is_not_tried() -> None:
    rule = teaching_rule(PHONES, PbxSettings(outside_prefix="0"))
    assert not rule.allows("0")
    assert rule.allows("1")
    assert rule.allows("103")
