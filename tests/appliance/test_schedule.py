"""When the office is open, why it is closed, and when it opens again (R3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from appliance.acd.routing import Closed
from appliance.routingsettings import HolidaySettings
from appliance.schedule import Calendar, Schedule, public_holidays
from appliance.settings import Hours, ScheduleSettings, SeasonSettings, Settings, SpecialDaySettings
from appliance.times import read_days, read_span, read_when

WARSAW = ZoneInfo("Europe/Warsaw")
DAY, EVERY = (time(8), time(16)), ()
WORKDAYS = Hours((((time(8), time(12)), (time(13), time(16))),) * 5 + ((), ()))
SUMMER = Hours((((time(7), time(15)),),) * 5 + ((), ()))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW)


def calendar(**changes: object) -> Calendar:
    return Calendar(Settings("Northwind", hours=WORKDAYS, **changes))  # type: ignore[arg-type]


def office(**changes: object) -> Schedule:
    return calendar(**changes).schedule()


# ---------------------------------------------------------------- hours of the week


def test_the_beginning_is_open_and_the_end_is_closed() -> None:
    assert office().open_at(at("2026-11-24T08:00"))
    assert not office().open_at(at("2026-11-24T16:00"))


def test_a_short_gap_at_noon_is_lunch_and_other_gaps_are_not() -> None:
    assert office().closed_because(at("2026-11-24T12:30")) is Closed.LUNCH
    evenings = Schedule(Hours((((time(8), time(10)), (time(17), time(20))),) * 7))
    assert evenings.closed_because(at("2026-11-24T12:30")) is Closed.AFTER_HOURS
    assert office().closed_because(at("2026-11-24T17:00")) is Closed.AFTER_HOURS


def test_friday_evening_opens_on_monday() -> None:
    assert office().next_opening(at("2026-11-27T18:00")) == at("2026-11-30T08:00")


def test_without_hours_it_is_always_open_even_on_holidays() -> None:
    always = Calendar(Settings("A")).schedule()
    assert always.open_at(at("2026-12-25T03:00"))
    assert "no hours" in always.told(at("2026-12-25T03:00"))


def test_until_midnight_is_open_to_its_last_second() -> None:
    late = Schedule(Hours((((time(8), time.max),),) * 7))
    assert late.open_at(datetime(2026, 11, 24, 23, 59, 59, 999_999, tzinfo=UTC))


# ---------------------------------------------------------------- holidays, special days, seasons


def test_a_public_holiday_is_closed_and_told_by_its_name() -> None:
    moment = at("2026-11-11T10:00")
    assert office().closed_because(moment) is Closed.HOLIDAY
    assert office().told(moment) == "11 November is National Independence Day"
    assert office().next_opening(moment) == at("2026-11-12T08:00")
    assert office(holidays=HolidaySettings(closed=False)).open_at(moment)


def test_a_holiday_of_one_region_is_none_in_another() -> None:
    corpus_christi = at("2026-06-04T10:00")
    bavaria = office(country="de", holidays=HolidaySettings(region="BY"))
    assert bavaria.closed_because(corpus_christi) is Closed.HOLIDAY
    assert office(country="de", holidays=HolidaySettings(region="BE")).open_at(corpus_christi)


def test_of_a_country_whose_holidays_nobody_knows_there_are_none() -> None:
    assert public_holidays("xx", "", 2026) == {}
    assert date(2026, 12, 25) in public_holidays("uk", "", 2026)


def test_a_special_day_counts_more_than_holiday_and_season() -> None:
    opened = SpecialDaySettings("2026-11-11", "Open day", ("10:00-12:00",))
    special = office(special_days=(opened,))
    assert special.open_at(at("2026-11-11T11:00"))
    assert special.closed_because(at("2026-11-11T13:00")) is Closed.SPECIAL_DAY
    assert special.told(at("2026-11-11T13:00")) == "11 November is Open day, open 10:00-12:00"


def test_one_day_is_an_exception_from_a_longer_time_wherever_it_stands() -> None:
    days = (
        SpecialDaySettings("12-20 to 01-06", "Winter break"),
        SpecialDaySettings("2026-12-30", "Stocktaking", ("09:00-10:00",)),
    )
    for order in (days, days[::-1]):
        winter = office(special_days=order)
        assert winter.open_at(at("2026-12-30T09:30"))
        assert winter.closed_because(at("2027-01-05T09:30")) is Closed.SPECIAL_DAY
        assert winter.next_opening(at("2026-12-30T11:00")) == at("2027-01-07T08:00")


def test_a_season_has_hours_of_its_own_also_over_new_year() -> None:
    season = SeasonSettings("winter", "12-01 to 02-28", SUMMER)
    schedule = office(seasons=(season,))
    assert schedule.open_at(at("2027-01-05T07:30"))
    assert not schedule.open_at(at("2027-03-02T07:30"))
    assert "in the season winter" in schedule.told(at("2027-01-05T07:30"))


def test_a_schedule_of_its_own_has_its_own_seasons_and_may_ignore_holidays() -> None:
    settings = Settings(
        "A",
        hours=WORKDAYS,
        schedules=(ScheduleSettings("workshop", SUMMER, holidays=True), ScheduleSettings("shop", SUMMER)),
        seasons=(SeasonSettings("late", "11-01 to 11-30", WORKDAYS, schedule="shop"),),
        special_days=(SpecialDaySettings("2026-11-20", "Stocktaking", schedules=("shop",)),),
    )
    known = Calendar(settings)
    assert known.schedule("workshop").open_at(at("2026-11-11T07:30"))
    assert known.schedule("shop").closed_because(at("2026-11-11T07:30")) is Closed.HOLIDAY
    assert not known.schedule("shop").open_at(at("2026-11-24T07:30")), "its own season begins at eight"
    assert known.schedule("shop").closed_because(at("2026-11-20T09:00")) is Closed.SPECIAL_DAY
    assert known.schedule().open_at(at("2026-11-20T09:00"))


def test_an_office_closed_for_longer_than_a_year_does_not_say_when_it_opens() -> None:
    closed = SpecialDaySettings("01-01 to 12-31", "Given up")
    assert office(special_days=(closed,)).next_opening(at("2026-11-24T10:00")) is None


# ---------------------------------------------------------------- the clock on the wall


@pytest.mark.parametrize("moment", ["2026-03-28T18:00", "2026-10-24T18:00"])
def test_it_opens_at_eight_on_the_wall_over_a_change_of_the_clocks(moment: str) -> None:
    every_day = Schedule(Hours((((time(8), time(16)),),) * 7))
    opens = every_day.next_opening(at(moment))
    assert opens is not None and (opens.hour, opens.minute) == (8, 0)
    assert opens - at(moment) == timedelta(hours=14), "on the wall"
    assert every_day.open_at(opens)


@given(
    some.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=some.just(WARSAW)),
    some.lists(some.tuples(some.integers(0, 6), some.integers(0, 22)), min_size=1, max_size=5),
)
def test_the_next_opening_is_open_and_nothing_before_it_is(moment: datetime, hours: list[tuple[int, int]]) -> None:
    week = tuple(
        tuple((time(hour), time(hour + 1)) for hour in sorted({hour for day, hour in hours if day == number}))
        for number in range(7)
    )
    schedule = Schedule(Hours(week))
    opens = schedule.next_opening(moment)
    assert opens is not None and opens > moment and schedule.open_at(opens)
    if not schedule.open_at(moment):
        wall, step = moment.replace(tzinfo=None, fold=0), timedelta(minutes=60)
        assert (opens.replace(tzinfo=None) - wall) <= timedelta(days=8)
        while (wall := wall + step) < opens.replace(tzinfo=None):
            assert not schedule.open_at(wall.replace(tzinfo=WARSAW))


# ---------------------------------------------------------------- as people write it


def test_times_are_hours_of_the_week_schedules_open_or_closed() -> None:
    known = calendar(schedules=(ScheduleSettings("workshop", SUMMER),))
    wednesday = at("2026-11-25T10:30")
    for text, holds in {
        "wed 10:00-12:00": True,
        "mon-fri": True,
        "sat,sun": False,
        "fri-mon": False,
        "22:00-11:00": True,
        "tue 22:00-11:00": True,
        "wed 22:00-10:00": False,
        "open": True,
        "closed": False,
        "workshop": True,
    }.items():
        times = known.times([text])
        assert times is not None and times.hold(wednesday) is holds, text
    assert known.times([]) is None


def test_such_times_tell_when_they_end_and_begin() -> None:
    quiet = calendar().times(["mon-fri 13:00-14:00", "mon-fri 14:00-14:30"])
    assert quiet is not None
    assert quiet.end(at("2026-11-25T13:10")) == at("2026-11-25T14:30")
    assert quiet.begin(at("2026-11-27T15:00")) == at("2026-11-30T13:00")


@pytest.mark.parametrize("text", ["", "24", "13-01", "02-30", "2026-12-24 to 12-25", "2026-12-25 to 2026-12-24", "x"])
def test_days_that_cannot_be_are_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|is before"):
        read_days(text)


@pytest.mark.parametrize(
    "text", ["", "8", "25:00-26:00", "08:60-09:00", "08:00-08:00", "24:00-03:00", "xyz 08:00-09:00"]
)
def test_hours_that_cannot_be_are_told(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        read_when(text)


@given(some.text(max_size=40))
def test_whatever_is_written_is_read_or_told(text: str) -> None:
    for read in (read_days, read_span, read_when):
        try:
            read(text)
        except ValueError as told:
            assert str(told)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("12-20 to 01-06", "2027-01-01", True),
        ("12-20 to 01-06", "01-07 to 12-19", False),
        ("12-20 to 01-06", "01-06 to 01-08", True),
        ("2026-12-24", "2027-12-24", False),
        ("02-29", "2028-02-29", True),
    ],
)
def test_days_meet_or_do_not(one: str, other: str, meet: bool) -> None:
    assert read_days(one).overlap(read_days(other)) is meet
    assert read_days(other).overlap(read_days(one)) is meet
