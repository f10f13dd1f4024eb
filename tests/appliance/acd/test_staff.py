"""What is believed of the staff, and how attempts to reach them change it."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from appliance.acd.staff import Belief, Presence, Staff
from appliance.acd.strategy import longest_idle
from appliance.call import TransferResult
from appliance.settings import PersonSettings, WaitingSettings

MOMENT = datetime(2026, 11, 24, tzinfo=UTC)
WAITING = WaitingSettings(talk_s=180.0, retry_s=20.0, wrap_up_s=5.0)


def staff() -> Staff:
    return Staff([PersonSettings("Anna", "11"), PersonSettings("Bartek", "12")], WAITING)


def test_who_took_a_call_is_believed_to_talk_and_then_to_be_free() -> None:
    people = staff()
    people.tried("11", TransferResult.TAKEN, 7, 100.0, MOMENT)
    anna = people["11"]
    assert (anna.belief, anna.evidence) == (Belief.TALKING, "took call 7")
    assert not anna.free_at(284.9)
    assert anna.free_at(285.0)
    assert people.next_change(100.0, lambda: MOMENT) == 285.0


def test_a_busy_extension_is_tried_again_soon() -> None:
    people = staff()
    people.tried("11", TransferResult.BUSY, 7, 100.0, MOMENT)
    assert not people["11"].free_at(119.0)
    assert people["11"].free_at(120.0)


def test_an_extension_that_stays_busy_is_tried_less_and_less_often_but_within_a_conversation() -> None:
    people, now = staff(), 0.0
    pauses = []
    for _ in range(6):
        people.tried("11", TransferResult.BUSY, 7, now, MOMENT)
        pauses.append(people["11"].until - now)
        now = people["11"].until
    assert pauses == [20.0, 40.0, 80.0, 160.0, 180.0, 180.0]
    people.tried("11", TransferResult.TAKEN, 7, now, MOMENT)
    people.tried("11", TransferResult.BUSY, 8, now + 500.0, MOMENT)
    assert people["11"].until == now + 520.0


def test_who_does_not_answer_is_left_alone_longer_than_who_is_busy() -> None:
    people = staff()
    people.tried("11", TransferResult.NO_ANSWER, 7, 0.0, MOMENT)
    assert not people["11"].free_at(WAITING.retry_s)
    assert people["11"].free_at(3 * WAITING.retry_s)


def test_nobody_is_offered_two_calls_at_once() -> None:
    people = staff()
    people.offer("11", 7, MOMENT)
    assert not people["11"].free_at(math.inf)
    people.withdraw("11", MOMENT)
    assert people["11"].free_at(0.0)


def test_who_is_away_is_not_offered_calls() -> None:
    people = staff()
    people["11"].presence = Presence.AWAY
    assert not people["11"].free_at(0.0)


def test_the_longest_idle_gets_the_call() -> None:
    people = staff()
    assert longest_idle(people.everybody()).person.extension == "11"
    people.tried("11", TransferResult.TAKEN, 1, 0.0, MOMENT)
    people.tried("12", TransferResult.TAKEN, 2, 50.0, MOMENT)
    assert longest_idle(people.everybody()).person.extension == "11"
    people.tried("11", TransferResult.TAKEN, 3, 300.0, MOMENT)
    assert longest_idle(people.everybody()).person.extension == "12"
