"""Days and hours as people write them in settings: "12-24", "06-15 to 08-31", "mon-fri 10:00-12:00" (R3, R7, R27).

What cannot be read raises `ValueError`, whose text says what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

DAY_S = 86_400
LEAP_YEAR = 2000
LONGEST_DAYS = 366
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Span = tuple[int, int]
"""From and to, in seconds of the day; the end is not in it."""


@dataclass(frozen=True, slots=True)
class Days:
    """Dates from `first` to `last`; `yearly` ones are kept as those of a leap year, and may go over New Year."""

    first: date
    last: date
    yearly: bool

    def hold(self, day: date) -> bool:
        """Is this day one of them?"""
        if not self.yearly:
            return self.first <= day <= self.last
        day = day.replace(year=LEAP_YEAR)
        if self.first <= self.last:
            return self.first <= day <= self.last
        return day >= self.first or day <= self.last

    def overlap(self, other: Days) -> bool:
        """Is there a day that is in both?"""
        if self.yearly and not other.yearly:
            return other.overlap(self)
        if self.yearly:  # two parts of a circle meet where one begins in the other
            return other.hold(self.first) or self.hold(other.first)
        span = min((self.last - self.first).days, LONGEST_DAYS)
        return any(other.hold(self.first + timedelta(days=number)) for number in range(span + 1))


_DATE = r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})"
_DAYS = re.compile(rf"{_DATE}(?: *(?:to|-|\u2013) *{_DATE})?")
_SPAN = re.compile(r"(\d{1,2}):(\d{2}) *[-\u2013] *(\d{1,2}):(\d{2})")
_WHEN = re.compile(rf"(?:({'|'.join(WEEKDAYS)})(?:-({'|'.join(WEEKDAYS)}))?)")


def read_days(text: str) -> Days:
    """Read "2026-12-24", "12-24" (every year), "06-15 to 08-31" or "2026-12-27 to 2027-01-06".

    Raises:
        ValueError: it is none of these, or there is no such day; its text is what to write instead.
    """
    found = _DAYS.fullmatch(text.strip())
    if found is None:
        raise ValueError('write for example "2026-12-24", "12-24" for every year, or "06-15 to 08-31"')
    year, month, day, last_year, last_month, last_day = found.groups()
    one = last_month is None
    if not one and (year is None) != (last_year is None):
        raise ValueError("write the year on both days, or on none of them")
    try:
        first = date(int(year or LEAP_YEAR), int(month), int(day))
        last = first if one else date(int(last_year or LEAP_YEAR), int(last_month), int(last_day))
    except ValueError:
        raise ValueError("there is no such day in the calendar: write month and day as 12-24") from None
    if year is not None and last < first:
        raise ValueError("the last day is before the first: write the earlier one first")
    return Days(first, last, year is None)


def read_span(text: str) -> Span:
    """Read "08:00-16:00"; "24:00" is the end of the day. One that ends before it begins goes over midnight.

    Raises:
        ValueError: it is no such thing; its text is what to write instead.
    """
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError('write for example "08:00-16:00"')
    numbers = [int(number) for number in found.groups()]
    start_s, end_s = (hour * 3600 + minute * 60 for hour, minute in (numbers[:2], numbers[2:]))
    if max(numbers[1], numbers[3]) > 59 or start_s >= DAY_S or end_s > DAY_S or start_s == end_s:
        raise ValueError('these are no times of a day: write for example "08:00-16:00"')
    return start_s, end_s


def read_opening(text: str) -> Span:
    """Read opening hours of one day, which end on that day.

    Raises:
        ValueError: they do not, or it is no such thing; its text is what to write instead.
    """
    start_s, end_s = read_span(text)
    if end_s <= start_s:
        raise ValueError('they end before they begin: write until "24:00", and from "00:00" on the next day')
    return start_s, end_s


@dataclass(frozen=True, slots=True)
class WeekSpan:
    """Hours on some days of the week, 0 for Monday. A span over midnight belongs to the day on which it begins."""

    days: frozenset[int]
    span: Span

    def holds(self, weekday: int, second: int) -> bool:
        """Is it now, on this day of the week and at this second of the day?"""
        start_s, end_s = self.span
        if start_s < end_s:
            return weekday in self.days and start_s <= second < end_s
        return (weekday in self.days and second >= start_s) or ((weekday - 1) % 7 in self.days and second < end_s)


def read_when(text: str) -> WeekSpan:
    """Read hours of the week: "13:00-15:00", "fri", "mon-fri 10:00-12:00", "sat,sun 22:00-06:00".

    Raises:
        ValueError: it is none of these; its text is what to write instead.
    """
    days, _, span = text.strip().lower().rpartition(" ")
    if not days and not span:
        raise ValueError('write for example "13:00-15:00", "fri 08:00-12:00" or "mon-fri"')
    if not days and ":" not in span:
        days, span = span, ""
    named = frozenset(_weekdays(days)) if days else frozenset(range(7))
    return WeekSpan(named, read_span(span) if span else (0, DAY_S))


def _weekdays(text: str) -> Iterator[int]:
    for part in text.replace(" ", "").split(","):
        found = _WHEN.fullmatch(part)
        if found is None:
            raise ValueError('write for example "13:00-15:00", "fri 08:00-12:00" or "mon-fri"')
        first = WEEKDAYS.index(found[1])
        last = WEEKDAYS.index(found[2]) if found[2] else first
        yield from (number % 7 for number in range(first, last + 1 if last >= first else last + 8))


def second_of(moment: datetime) -> int:
    """The second of the day that the clock on the wall shows."""
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def at_second(moment: datetime, day: date, second: int) -> datetime:
    """That second of `day` on the wall, in the zone of `moment`."""
    wall = datetime.combine(day, time()) + timedelta(seconds=second)
    return wall.replace(tzinfo=moment.tzinfo)
