"""The dividers of the card box, what is due, and a caller's wish brought into opening hours (R21, R24)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from appliance.cards import Card, CardKind, Promise
from appliance.duetimes import Wish, agreed, in_open_hours, next_working_day
from appliance.schedule import Schedule
from appliance.settings import Hours
from appliance.tickler import DAYS, MONTHS, dividers, due

WARSAW = ZoneInfo("Europe/Warsaw")
WEEKDAYS = ((time(8), time(12)), (time(13), time(16)))
OFFICE = Schedule(Hours((*(WEEKDAYS,) * 5, (), ())))
ALWAYS = Schedule(Hours())
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=WARSAW)
TWO_HOURS_S = 7200.0


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=WARSAW)


def card(id: int, due_at: datetime, kind: CardKind = CardKind.CALLBACK, **more: object) -> Card:
    return Card(id, kind, TUESDAY, "+48225550101", id=id, due=due_at, **more)  # type: ignore[arg-type]


def test_there_are_thirty_one_days_and_twelve_months_and_no_gap_between_them() -> None:
    found = dividers(TUESDAY)
    assert [one.name for one in found[:8]] == ["24", "25", "26", "27", "28", "29", "30", "01"]
    assert [one.name for one in found[DAYS : DAYS + 3]] == ["December", "January", "February"]
    assert len(found) == DAYS + MONTHS
    assert all(one.ends == other.begins for one, other in pairwise(found))


@pytest.mark.parametrize("zone", ["Europe/Warsaw", "America/New_York", "UTC"])
def test_every_card_of_the_coming_years_lies_behind_exactly_one_divider(zone: str) -> None:
    now = datetime(2026, 10, 20, 9, tzinfo=ZoneInfo(zone))
    found = dividers(now)
    for hours in range(0, 24 * 800, 7):
        moment = datetime.fromtimestamp(now.timestamp() + hours * 3600, now.tzinfo)
        behind = [one for one in found if one.holds(moment)]
        assert len(behind) == 1
        if (moment.date() - now.date()).days < DAYS:
            assert behind[0].name == f"{moment:%d}"


def test_what_has_come_due_is_first_a_promise_then_what_was_asked_for_then_the_rest() -> None:
    """The priority of a promise over an abandoned call."""
    promise = card(1, TUESDAY - timedelta(minutes=1), promised=TUESDAY + timedelta(minutes=5), promise=Promise.GIVEN)
    abandoned = card(2, TUESDAY - timedelta(hours=2), CardKind.ABANDONED)
    asked = card(3, TUESDAY - timedelta(minutes=30))
    urgent = card(4, TUESDAY, CardKind.UNANSWERED, urgent=True)
    later, tomorrow = card(5, TUESDAY + timedelta(hours=1)), card(6, TUESDAY + timedelta(days=1))
    found = due([tomorrow, later, abandoned, asked, promise, urgent], TUESDAY)
    assert [one.id for one in found.now] == [4, 1, 3, 2]
    assert [one.id for one in found.today] == [5] and [one.id for one in found.later] == [6]


def test_a_card_due_in_the_hour_that_comes_twice_is_due_in_the_one_it_was_meant_for() -> None:
    second = datetime(2026, 10, 25, 2, 30, tzinfo=WARSAW, fold=1)
    first = datetime(2026, 10, 25, 2, 45, tzinfo=WARSAW)
    assert due([card(1, second)], first).now == (), "none early"
    assert len(due([card(1, second)], second).now) == 1


@pytest.mark.parametrize(
    ("moment", "wish", "when", "due_at", "until"),
    [
        (at(24, 10), Wish.SOON, "as soon as possible", at(24, 10), at(24, 12)),
        (at(24, 11), Wish.SOON, "as soon as possible", at(24, 11), at(24, 14)),  # an hour of it after lunch
        (at(24, 19), Wish.SOON, "as soon as possible", at(25, 8), at(25, 10)),
        (at(27, 15), Wish.SOON, "as soon as possible", at(27, 15), at(30, 9)),  # over the weekend
        (at(24, 10), Wish.AFTERNOON, "this afternoon", at(24, 13), at(24, 16)),
        (at(24, 14), Wish.AFTERNOON, "this afternoon", at(24, 14), at(24, 16)),
        (at(24, 10), Wish.MORNING, "tomorrow morning", at(25, 8), at(25, 12)),
        (at(27, 10), Wish.MORNING, "Monday morning", at(30, 8), at(30, 12)),
    ],
)
def test_a_wish_is_fulfilled_in_opening_hours(
    moment: datetime, wish: Wish, when: str, due_at: datetime, until: datetime
) -> None:
    found = agreed(wish, OFFICE, moment, TWO_HOURS_S)
    assert found is not None and (found.when, found.due, found.until) == (when, due_at, until)


@pytest.mark.parametrize("moment", [at(24, 16), at(28, 10), at(24, 23)])
def test_this_afternoon_is_not_offered_when_nobody_would_call(moment: datetime) -> None:
    assert agreed(Wish.AFTERNOON, OFFICE, moment, TWO_HOURS_S) is None


def test_an_hour_that_was_keyed_in_is_the_next_one_at_which_the_office_is_open() -> None:
    today = agreed(Wish.HOUR, OFFICE, at(24, 10), TWO_HOURS_S, time(15, 30))
    tomorrow = agreed(Wish.HOUR, OFFICE, at(24, 10), TWO_HOURS_S, time(9, 30))
    after_weekend = agreed(Wish.HOUR, OFFICE, at(27, 15), TWO_HOURS_S, time(14))
    assert [one and one.due for one in (today, tomorrow, after_weekend)] == [at(24, 15, 30), at(25, 9, 30), at(30, 14)]
    assert agreed(Wish.HOUR, OFFICE, at(24, 10), TWO_HOURS_S, time(12, 30)) is None, "they are at lunch"


def test_without_hours_a_working_day_begins_at_nine() -> None:
    assert next_working_day(ALWAYS, at(28, 15)) == at(29, 9)
    assert in_open_hours(ALWAYS, at(28, 15), TWO_HOURS_S) == at(28, 17)


def test_nine_in_the_morning_stays_nine_when_summer_time_begins() -> None:
    saturday = datetime(2027, 3, 27, 15, tzinfo=WARSAW)
    morning = next_working_day(ALWAYS, saturday)
    assert (morning.hour, morning.timestamp() - saturday.timestamp()) == (9, 17 * 3600.0)
