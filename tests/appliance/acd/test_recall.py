"""Who rings? A caller whom we left ringing and who comes back is known (hand-over step T7)."""

from __future__ import annotations

import pytest

from appliance.acd.recall import Left, Recalls
from appliance.acd.staff import Person
from appliance.call import CallerId, Presentation

JAN = CallerId("225550101", "Jan", Presentation.SHOWN)
ANNA = Person("Anna", "11")


def left_at(moment: float) -> Recalls:
    recalls = Recalls()
    recalls.leave("Line 1", Left(7, JAN, ANNA, "sales", since=10.0, at=moment, recall_s=30.0))
    return recalls


def shown(number: str) -> CallerId:
    return CallerId(number, "", Presentation.SHOWN)


@pytest.mark.parametrize("number", ["225550101", "11"])
def test_the_pbx_tells_the_callers_number_or_that_of_the_extension(number: str) -> None:
    left = left_at(100.0).take("Line 1", shown(number), 104.0)
    assert left is not None and (left.call, left.group, left.since) == (7, "sales", 10.0)


def test_another_number_is_somebody_new_whatever_the_time() -> None:
    assert left_at(100.0).take("Line 1", shown("225550999"), 130.0) is None


@pytest.mark.parametrize(
    ("now", "is_back"), [(104.0, False), (122.0, False), (123.0, True), (131.0, True), (142.0, True), (143.0, False)]
)
def test_without_a_number_the_time_tells(now: float, is_back: bool) -> None:
    assert (left_at(100.0).take("Line 1", CallerId(), now) is not None) is is_back


def test_another_line_has_left_nobody() -> None:
    assert left_at(100.0).take("Line 2", JAN, 130.0) is None


def test_a_caller_comes_back_once() -> None:
    recalls = left_at(100.0)
    assert recalls.take("Line 1", JAN, 130.0) is not None
    assert recalls.take("Line 1", JAN, 131.0) is None


def test_who_calls_again_much_later_is_a_new_call() -> None:
    assert left_at(100.0).take("Line 1", JAN, 600.0) is None


def test_a_line_may_take_and_leave_the_next_caller_before_the_last_one_is_back() -> None:
    recalls = left_at(100.0)
    recalls.leave("Line 1", Left(8, shown("225550202"), ANNA, "sales", since=105.0, at=120.0, recall_s=30.0))
    first, second = (recalls.take("Line 1", shown(number), 131.0) for number in ("225550101", "225550202"))
    assert first is not None and second is not None
    assert (first.call, second.call) == (7, 8)


def test_who_hides_their_number_is_somebody_new_unless_the_one_who_was_left_does_so_too() -> None:
    withheld = CallerId(presentation=Presentation.WITHHELD)
    assert left_at(100.0).take("Line 1", withheld, 130.0) is None
    recalls = Recalls()
    recalls.leave("Line 1", Left(7, withheld, ANNA, "sales", since=10.0, at=100.0, recall_s=30.0))
    assert recalls.take("Line 1", withheld, 130.0) is not None


def test_without_a_number_only_a_line_that_heard_the_ringing_from_its_beginning_knows_them() -> None:
    """A modem that has just been restarted has missed the first rings, and the caller ID of somebody new with them."""
    assert left_at(100.0).take("Line 1", CallerId(), 130.0, late=True) is None
    assert left_at(100.0).take("Line 1", JAN, 130.0, late=True) is not None
    assert left_at(100.0).take("Line 1", CallerId(), 130.0) is not None
