"""How often somebody has called today (R17)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from appliance.acd.callstoday import CallsToday
from appliance.call import CallerId, CallRecord, Presentation

MORNING = datetime(2026, 11, 24, 8, tzinfo=UTC)


def record(number: str, started: datetime) -> CallRecord:
    return CallRecord(1, "Line 1", started, CallerId(number, "", Presentation.SHOWN), 1)


def test_every_call_of_the_day_counts_however_many_others_came_between() -> None:
    others = [record(f"22555{place:04}", MORNING + timedelta(minutes=place)) for place in range(60)]
    today = CallsToday([record("601", MORNING), *others, record("601", MORNING + timedelta(hours=2))])
    assert (today.of("601", MORNING.date()), today.of("602", MORNING.date())) == (2, 0)


def test_calls_of_yesterday_do_not_count_in_whatever_order_they_are_told() -> None:
    today = CallsToday([record("601", MORNING), record("601", MORNING - timedelta(days=1))])
    assert today.of("601", MORNING.date()) == 1
    assert today.of("601", MORNING.date() + timedelta(days=1)) == 0


def test_callers_without_a_number_are_not_taken_for_one_another() -> None:
    assert CallsToday([record("", MORNING), record("", MORNING)]).of("", MORNING.date()) == 0
