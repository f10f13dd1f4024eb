"""What must fit together in schedules, seasons, special days and holidays (R3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from appliance.schedule import OFFICE, public_holidays
from appliance.settings import SeasonSettings, Settings, SpecialDaySettings
from appliance.store.placerules import check_schedule, check_text
from appliance.store.problems import Place, Problems, row, shown
from appliance.times import LONGEST_DAYS, Days, read_days, read_opening

RESERVED = ("open", "closed", OFFICE)
"""Words that mean the office's own hours."""


def check_schedules(settings: Settings, problems: Problems) -> None:
    """Each schedule has a name of its own, and whoever names one names one that is there."""
    names = [schedule.name for schedule in settings.schedules]
    for number, name in enumerate(names, 1):
        place = row("schedules", number, name, "name")
        if name in RESERVED:
            problems.tell(place, f"name = {shown(name)} is what the office's own hours are called: write another one.")
        if name and name in names[: number - 1]:
            problems.tell(place, "name is there twice: give each schedule a name of its own.")
    _check_named("lines", ((one.name, one.schedule) for one in settings.lines), settings, problems)
    _check_named("groups", ((one.name, one.schedule) for one in settings.groups), settings, problems)
    _check_named("people", ((one.name, one.schedule) for one in settings.people), settings, problems)


def _check_named(table: str, rows: Iterable[tuple[str, str]], settings: Settings, problems: Problems) -> None:
    for number, (name, schedule) in enumerate(rows, 1):
        check_schedule(schedule, settings, row(table, number, name, "schedule"), problems)


def check_seasons(settings: Settings, problems: Problems) -> None:
    """The days of every season can be read, and no day is in two seasons of one schedule."""
    earlier: list[tuple[str, Days, SeasonSettings]] = []
    for number, season in enumerate(settings.seasons, 1):
        place = row("seasons", number, season.name)
        check_schedule(season.schedule, settings, place.at("schedule"), problems, also=(OFFICE,))
        days = _days(season.days, place.at("days"), problems)
        if days is None:
            continue
        schedule = season.schedule or OFFICE
        for other, taken, of in earlier:
            if other == schedule and taken.overlap(days):
                words = (
                    f"days = {shown(season.days)} overlaps with the season {of.name} ({of.days}): change one of them."
                )
                problems.tell(place.at("days"), words)
        earlier.append((schedule, days, season))


def check_special_days(settings: Settings, problems: Problems) -> None:
    """Days and hours can be read, and no day is told in two ways.

    A single day within a longer time is an exception from it, and so is one with a year from one of every year.
    """
    earlier: list[tuple[int, Days, SpecialDaySettings]] = []
    for number, special in enumerate(settings.special_days, 1):
        place = row("special_days", number, special.name)
        _check_hours(special.hours, place.at("hours"), problems)
        for name in special.schedules:
            check_schedule(name, settings, place.at("schedules"), problems, also=(OFFICE,))
        days = _days(special.days, place.at("days"), problems)
        if days is None:
            continue
        for taken, other, of in earlier:
            if _as_particular(days, other) and other.overlap(days) and _share_schedule(special, of):
                words = (
                    f"days = {shown(special.days)} says again what number {taken} says ({of.days}): keep one of them."
                )
                problems.tell(place.at("days"), words)
        earlier.append((number, days, special))


def _days(text: str, place: Place, problems: Problems) -> Days | None:
    if not text:
        return None
    check_text(text, read_days, place, problems)
    try:
        days = read_days(text)
    except ValueError:
        return None
    if (days.last - days.first).days > LONGEST_DAYS:
        problems.tell(
            place, f"days = {shown(text)} is longer than a year: write days without a year, or fewer of them."
        )
    return days


def _check_hours(texts: Sequence[str], place: Place, problems: Problems) -> None:
    spans = []
    for text in texts:
        check_text(text, read_opening, place, problems)
        try:
            spans.append((read_opening(text), text))
        except ValueError:
            continue
    for (earlier, one), (later, other) in pairwise(sorted(spans)):
        if later[0] < earlier[1]:
            problems.tell(place, f"hours has {one} and {other}, which overlap: write hours that do not.")


def _as_particular(days: Days, other: Days) -> bool:
    """Is neither of them an exception from the other?"""
    return days.yearly == other.yearly and days.last - days.first == other.last - other.first


def _share_schedule(one: SpecialDaySettings, other: SpecialDaySettings) -> bool:
    return not one.schedules or not other.schedules or bool(set(one.schedules) & set(other.schedules))


def check_holidays(settings: Settings, problems: Problems) -> None:
    """The region is one of the country's."""
    if not settings.holidays.region or not settings.holidays.closed:
        return
    try:
        public_holidays(settings.country, settings.holidays.region, 2000)
    except LookupError as regions:
        words = (
            f'region = "{settings.holidays.region}" is not known in "{settings.country}": there are {regions.args[0]}.'
        )
        problems.tell(Place("[holidays]", "region"), words, Place("", "country"))
