"""What is decided about a caller, and when the office opens again (R2, R3, R6)."""

from __future__ import annotations

from datetime import UTC, datetime, time

from appliance.acd.routing import decide, next_opening
from appliance.call import CallerId
from appliance.settings import GroupSettings, Hours, LineSettings, MenuSettings, Settings

WORKDAYS = Hours((((time(8), time(12)), (time(13), time(16))),) * 5 + ((), ()))
TUESDAY_NOON = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
FRIDAY_EVENING = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)


def settings(**changes: object) -> Settings:
    return Settings(
        company="Northwind", groups=(GroupSettings("sales", ("11",), "service"),), hours=WORKDAYS, **changes
    )  # type: ignore[arg-type]


def plan(line: LineSettings, moment: datetime, **changes: object):  # type: ignore[no-untyped-def]
    return decide(settings(**changes), line, 1, CallerId(), moment)


def test_each_line_may_be_another_company() -> None:
    assert plan(LineSettings("1", "p"), TUESDAY_NOON).company == "Northwind"
    assert plan(LineSettings("2", "q", company="Southwind", department="repairs"), TUESDAY_NOON).company == "Southwind"


def test_lunch_is_closed_and_opens_after_it() -> None:
    told = plan(LineSettings("1", "p"), TUESDAY_NOON)
    assert not told.open
    assert told.opens == TUESDAY_NOON.replace(hour=13, minute=0)


def test_friday_evening_opens_on_monday() -> None:
    opens = next_opening(WORKDAYS, FRIDAY_EVENING)
    assert opens == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def test_an_office_without_hours_is_always_open_and_never_opens() -> None:
    assert Hours().open_at(FRIDAY_EVENING)
    assert next_opening(Hours(), FRIDAY_EVENING) is None


def test_the_end_of_the_hours_is_closed_and_their_beginning_open() -> None:
    assert WORKDAYS.open_at(TUESDAY_NOON.replace(hour=8, minute=0))
    assert not WORKDAYS.open_at(TUESDAY_NOON.replace(hour=12, minute=0))


def test_who_presses_nothing_goes_to_the_default_or_the_first_group() -> None:
    assert plan(LineSettings("1", "p"), TUESDAY_NOON).default == "sales"
    menu = MenuSettings((("1", "service"),), "service")
    assert plan(LineSettings("1", "p"), TUESDAY_NOON, menu=menu).default == "service"


def test_ringback_is_over_after_its_longest_pause_and_a_second() -> None:
    assert plan(LineSettings("1", "p"), TUESDAY_NOON).ringback_over_s == 5.0
