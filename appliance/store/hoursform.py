"""Opening hours as people write them: a line for each day, one span or several (R3)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from datetime import time

from appliance.settings import Hours
from appliance.store.problems import Place, Problems, inner, shown
from appliance.store.values import refuse_unknown

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
END_OF_DAY = time.max
"""Stands for "24:00", which `datetime.time` cannot say."""

Span = tuple[time, time]

_SPAN = re.compile(r"(\d{1,2}):(\d{2}) *[-\u2013] *(\d{1,2}):(\d{2})")
_ADVICE = 'write for example "08:00-16:00", or ["08:00-12:00", "13:00-17:00"], or "closed"'


def hours_from(plain: object, place: Place, problems: Problems) -> Hours:
    """Read the opening hours of a week: a day not named is closed; no day at all means always open."""
    name, of = inner(place)
    here = Place(f"[{name}]{of}")
    if not isinstance(plain, Mapping):
        place.wrong(f'hours must be a table: write [{name}] on a line of its own, below it monday = "08:00-16:00".')
    refuse_unknown(plain, DAYS, here, problems)
    hours = Hours(tuple(_day(plain.get(day, "closed"), here.at(day), problems) for day in DAYS))
    if plain and hours.always:
        places = [here.at(day) for day in DAYS]
        problems.tell(
            here, f"every day is closed: open one day at least, or take out [{name}] to be always open.", *places
        )
    return hours


def _day(plain: object, place: Place, problems: Problems) -> tuple[Span, ...]:
    """Read one day; every span that cannot be is told."""
    if plain == "closed":
        return ()
    spans = []
    for written in plain if isinstance(plain, list) else [plain]:
        with problems.noting(written):
            spans.append(_span(written, place))
    spans.sort()
    for earlier, later in itertools.pairwise(spans):
        if later[0] < earlier[1]:
            both = f"{_written(*earlier)} and {_written(*later)}"
            problems.misread(place, f"{place.key} has hours that overlap, {both}: {_ADVICE}.")
    return tuple(spans)


def _span(plain: object, place: Place) -> Span:
    match = _SPAN.fullmatch(plain.strip()) if isinstance(plain, str) else None
    if match is None:
        place.wrong(f"{place.key} = {shown(plain)} does not fit: {_ADVICE}.")
    start, end = _time(match[1], match[2]), _time(match[3], match[4])
    if start is None or end is None:
        place.wrong(f"{place.key} = {shown(plain)} names a time that does not exist: {_ADVICE}.")
    if start >= end:
        place.wrong(
            f"{place.key} = {shown(plain)} ends before it begins: hours over midnight are written on two days, "
            'until "24:00" on the first and from "00:00" on the next.'
        )
    return start, end


def _time(hour: str, minute: str) -> time | None:
    if (int(hour), int(minute)) == (24, 0):
        return END_OF_DAY
    try:
        return time(int(hour), int(minute))
    except ValueError:
        return None


def plain_hours(hours: Hours) -> dict[str, object]:
    """Write the hours again."""
    if hours.always:
        return {}
    week = zip(DAYS, hours.week, strict=True)
    return {day: [_written(*span) for span in spans] or "closed" for day, spans in week}


def _written(start: time, end: time) -> str:
    return f"{start:%H:%M}-{'24:00' if end == END_OF_DAY else format(end, '%H:%M')}"
