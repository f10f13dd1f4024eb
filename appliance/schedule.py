"""When the office is open: hours of the week, lunch, public holidays, special days, seasons (R3).

For each day one thing decides, in this order: a special day, a public holiday, a season, the hours of the week. Who has
no hours at all is always open, but for special days. A gap between two openings is told as lunch when it is short and
around noon.

All times are those on the wall of the office: a moment has the date and hour that its clock shows, so neither summer
time nor a clock that is set makes another of "08:00". Public holidays are those of the package `holidays`, loaded when
they are asked for the first time and kept for each year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from appliance.acd.routing import Closed
from appliance.settings import Hours, Settings
from appliance.times import DAY_S, Days, Span, WeekSpan, at_second, read_days, read_opening, read_when, second_of

OFFICE = "office"
"""What the office's own hours are called where schedules are named."""
LOOK_AHEAD_DAYS = 366
"""How far the next opening is looked for."""
LUNCH_FROM_S, LUNCH_TO_S = 11 * 3600, 15 * 3600 + 1800
LONGEST_LUNCH_S = 2 * 3600
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


# ---------------------------------------------------------------- public holidays


@lru_cache(maxsize=32)
def public_holidays(country: str, region: str, year: int) -> Mapping[date, str]:
    """The public holidays of that year, with their English names; none where nobody knows the country.

    Raises:
        LookupError: the country is known, but not the region.
    """
    import holidays  # 16 MB, which an office without holidays need not have

    code = {"UK": "GB"}.get(country.upper(), country.upper())
    regions = holidays.list_supported_countries(include_aliases=True).get(code)
    if regions is None:
        return {}
    if region and region not in regions:
        raise LookupError(", ".join(regions) or "none")
    found = holidays.country_holidays(code, subdiv=region or None, years=year, language="en_US")
    return dict(found.items())


# ---------------------------------------------------------------- a schedule


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """What holds on one day: when it is open, why it is closed at other times, and what decided that, in words."""

    spans: tuple[Span, ...]
    because: Closed
    told: str

    def closed_at(self, second: int) -> Closed | None:
        """Why it is closed at this second of the day; `None`: it is open."""
        before = after = None
        for start_s, end_s in self.spans:
            if start_s <= second < end_s:
                return None
            before = end_s if end_s <= second else before
            after = start_s if start_s > second and after is None else after
        return Closed.LUNCH if before is not None and after is not None and _lunch(before, after) else self.because


def _lunch(start_s: int, end_s: int) -> bool:
    """Is a gap like this for lunch?"""
    return start_s >= LUNCH_FROM_S and end_s <= LUNCH_TO_S and end_s - start_s <= LONGEST_LUNCH_S


class Schedule:
    """One set of opening hours and all that changes them. `holiday` tells the name of a public holiday, or ""."""

    def __init__(
        self,
        hours: Hours,
        seasons: Sequence[tuple[Days, str, Hours]] = (),
        special: Sequence[tuple[Days, str, tuple[Span, ...]]] = (),
        holiday: Callable[[date], str] = lambda day: "",
    ) -> None:
        self._hours = hours
        self._seasons = seasons
        self._special = special
        self._holiday = holiday
        self._days: dict[date, OfficeDay] = {}

    def day(self, day: date) -> OfficeDay:
        """What holds on this day."""
        known = self._days.get(day)
        if known is None:
            if len(self._days) > 2 * LOOK_AHEAD_DAYS:
                self._days.clear()
            known = self._days[day] = self._decided(day)
        return known

    def _decided(self, day: date) -> OfficeDay:
        for days, name, spans in self._special:
            if days.hold(day):
                return OfficeDay(spans, Closed.SPECIAL_DAY, f"{_spoken(day)} is {name or 'a special day'}")
        if self._hours.always:
            return OfficeDay(((0, DAY_S),), Closed.AFTER_HOURS, "no hours are set")
        holiday = self._holiday(day)
        if holiday:
            return OfficeDay((), Closed.HOLIDAY, f"{_spoken(day)} is {holiday}")
        for days, name, hours in self._seasons:
            if days.hold(day):
                told = f"these are the hours of {DAY_NAMES[day.weekday()]} in the season {name}"
                return OfficeDay(spans_of(hours, day.weekday()), Closed.AFTER_HOURS, told)
        told = f"these are the hours of {DAY_NAMES[day.weekday()]}"
        return OfficeDay(spans_of(self._hours, day.weekday()), Closed.AFTER_HOURS, told)

    def closed_because(self, moment: datetime) -> Closed | None:
        """Why it is closed at this local moment; `None`: it is open."""
        return self.day(moment.date()).closed_at(second_of(moment))

    def open_at(self, moment: datetime) -> bool:
        """Is it open at this local moment?"""
        return self.closed_because(moment) is None

    def next_opening(self, moment: datetime) -> datetime | None:
        """The next moment after this at which it opens, within a year; `None` where it does not.

        It has the zone of `moment`; what counts is the time on the wall.
        """
        second, today = second_of(moment), moment.date()
        for number in range(LOOK_AHEAD_DAYS + 1):
            day = today + timedelta(days=number)
            for start_s, _ in self.day(day).spans:
                if number or start_s > second:
                    return at_second(moment, day, start_s)
        return None

    def next_closing(self, moment: datetime) -> datetime | None:
        """The end of the opening in which this moment lies; `None`: it is closed, or open for days on end."""
        second, today = second_of(moment), moment.date()
        for number in range(8):
            day = today + timedelta(days=number)
            end_s = next((end for start, end in self.day(day).spans if start <= second < end), None)
            if end_s is None:
                return at_second(moment, day, 0) if number else None
            if end_s < DAY_S:
                return at_second(moment, day, end_s)
            second = 0
        return None

    def told(self, moment: datetime) -> str:
        """Why it is open or closed at this moment, as the end of a sentence that begins with "because"."""
        day = self.day(moment.date())
        match day.closed_at(second_of(moment)):
            case None:
                return day.told
            case Closed.LUNCH:
                return f"it is lunch time; {day.told}"
            case Closed.AFTER_HOURS if not day.spans:
                return f"it is closed all day; {day.told}"
            case Closed.AFTER_HOURS:
                return f"it is {moment:%H:%M}; {day.told}: {' and '.join(map(_written, day.spans))}"
            case _:
                return day.told + (f", open {' and '.join(map(_written, day.spans))}" if day.spans else "")


def spans_of(hours: Hours, weekday: int) -> tuple[Span, ...]:
    """The opening hours on this day of the week, in seconds of the day."""
    return tuple(sorted((_second(start), _second(end)) for start, end in hours.week[weekday]))


def _second(moment: time) -> int:
    return DAY_S if moment == time.max else moment.hour * 3600 + moment.minute * 60 + moment.second


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B}"


def _written(span: Span) -> str:
    return "-".join(f"{second // 3600:02}:{second % 3600 // 60:02}" for second in span)


# ---------------------------------------------------------------- all schedules of the office


class Times:
    """Times at which something holds: hours of the week, or while a schedule is open or closed."""

    def __init__(self, spans: Sequence[WeekSpan], schedules: Sequence[tuple[Schedule, bool]] = ()) -> None:
        self._spans = tuple(spans)
        self._schedules = tuple(schedules)

    def hold(self, moment: datetime) -> bool:
        """Is it such a time?"""
        if self._spans:
            weekday, second = moment.weekday(), second_of(moment)
            if any(span.holds(weekday, second) for span in self._spans):
                return True
        return any(schedule.open_at(moment) is when_open for schedule, when_open in self._schedules)

    def end(self, moment: datetime) -> datetime | None:
        """When such a time, in which `moment` lies, is over; `None`: not within a week."""
        return next((edge for edge in self._edges(moment) if not self.hold(edge)), None)

    def begin(self, moment: datetime) -> datetime | None:
        """When it is such a time next; `None`: not within a week."""
        return next((edge for edge in self._edges(moment) if self.hold(edge)), None)

    def next_edge(self, moment: datetime) -> datetime | None:
        """When it may begin or end next."""
        return next(iter(self._edges(moment)), None)

    def _edges(self, moment: datetime) -> list[datetime]:
        """Every moment of the next week at which it may begin or end, in order."""
        edges = set()
        for number in range(9):
            day = moment.date() + timedelta(days=number)
            spans = [span.span for span in self._spans]
            spans += [span for schedule, _ in self._schedules for span in schedule.day(day).spans]
            edges |= {at_second(moment, day, second) for span in spans for second in (0, *span)}
        return sorted(edge for edge in edges if edge > moment)


class Calendar:
    """All schedules of these settings, by name.

    Raises `ValueError` for settings that the store would not have let pass.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        own = Schedule(
            settings.hours,
            self._seasons(""),
            self._special(OFFICE),
            self._holiday if settings.holidays.closed else lambda day: "",
        )
        self._schedules = {"": own, OFFICE: own} | {
            one.name: Schedule(
                one.hours,
                self._seasons(one.name),
                self._special(one.name),
                (lambda day: "") if one.holidays or not settings.holidays.closed else self._holiday,
            )
            for one in settings.schedules
        }

    def _seasons(self, schedule: str) -> list[tuple[Days, str, Hours]]:
        of_it = (season for season in self._settings.seasons if season.schedule in (schedule, schedule or OFFICE))
        return [(read_days(season.days), season.name, season.hours) for season in of_it]

    def _special(self, schedule: str) -> list[tuple[Days, str, tuple[Span, ...]]]:
        of_it = [day for day in self._settings.special_days if not day.schedules or schedule in day.schedules]
        found = [(read_days(day.days), day.name, tuple(sorted(map(read_opening, day.hours)))) for day in of_it]
        return sorted(found, key=lambda one: (one[0].yearly, one[0].last - one[0].first))  # the most particular first

    def _holiday(self, day: date) -> str:
        try:
            named = public_holidays(self._settings.country, self._settings.holidays.region, day.year)
        except LookupError:
            named = public_holidays(self._settings.country, "", day.year)
        return named.get(day, "")

    def knows(self, name: str) -> bool:
        """Is there a schedule of this name?"""
        return name in self._schedules

    def schedule(self, name: str = "") -> Schedule:
        """The schedule of this name; the office's own without one, and where there is none of that name."""
        return self._schedules.get(name, self._schedules[""])

    def times(self, texts: Iterable[str]) -> Times | None:
        """Read times as the owner wrote them; `None` where none are given.

        Raises:
            ValueError: one of them is neither hours of the week nor a schedule, "open" or "closed".
        """
        spans, schedules = [], []
        for text in texts:
            if text in ("open", "closed"):
                schedules.append((self._schedules[""], text == "open"))
            elif text and text in self._schedules:
                schedules.append((self._schedules[text], True))
            else:
                spans.append(read_when(text))
        return Times(spans, schedules) if spans or schedules else None
