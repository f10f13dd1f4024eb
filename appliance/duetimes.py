"""When a card falls due: a caller's wish and "the next working day", brought into the hours of the office (R21, R24).

All times are those on the wall, in the zone of the moment they are counted from: nine o'clock stays nine o'clock when
summer time begins or ends. An office without hours is always open; then a day's work begins at nine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Protocol

from appliance.cards import SOON

DAY_BEGINS = time(9)
NOON, AFTERNOON, EVENING = time(12), time(13), time(18)
MORNING_FROM = time(5)
"""An opening before this is that of an office which is open at night."""
LATEST_AFTERNOON = time(16)
"""Who calls later is not asked about this afternoon."""
KEYED_DAYS = 8
"""A keyed hour is looked for on so many days."""
AROUND_S = 1800.0
"""Who names an hour is called within half an hour of it."""


class OpenTimes(Protocol):
    """When the office is open; see `appliance.schedule`."""

    def open_at(self, moment: datetime) -> bool:
        """Is it open at this local moment?"""

    def next_opening(self, moment: datetime) -> datetime | None:
        """The next moment after this at which it opens; `None` where it never does."""

    def next_closing(self, moment: datetime) -> datetime | None:
        """The end of the opening in which this moment lies; `None`: it is closed, or open for days on end."""


class Wish(Enum):
    """When a caller would like to be called; the words are those on the card."""

    SOON = SOON
    AFTERNOON = "this afternoon"
    MORNING = "tomorrow morning"
    """The morning of the next working day."""
    HOUR = "at the hour they keyed in"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with a caller: when they are called, and until when they can rely on it; `when` in words."""

    when: str
    due: datetime
    until: datetime


def at_time(moment: datetime, wall: time, days: int = 0) -> datetime:
    """This time of day on the wall, so many days after the day of `moment`."""
    return datetime.combine(moment.date() + timedelta(days=days), wall, moment.tzinfo)


def next_working_day(hours: OpenTimes, moment: datetime) -> datetime:
    """The beginning of the next working day after that of `moment`; the next day where the office never opens."""
    opens = hours.next_opening(at_time(moment, time.max))
    if opens is None:
        return at_time(moment, DAY_BEGINS, 1)
    if opens.time() < MORNING_FROM and hours.open_at(at_time(opens, DAY_BEGINS)):
        return at_time(opens, DAY_BEGINS)
    return opens


def soon(hours: OpenTimes, moment: datetime) -> datetime:
    """Now, or when the office opens next."""
    return moment if hours.open_at(moment) else hours.next_opening(moment) or moment


def in_open_hours(hours: OpenTimes, moment: datetime, seconds: float) -> datetime:
    """The moment at which the office has been open for so many seconds since `moment`; a week later at the latest."""
    limit = moment + timedelta(days=7)
    moment = soon(hours, moment)
    while moment.timestamp() < limit.timestamp():
        closes = hours.next_closing(moment)
        left_s = float("inf") if closes is None else closes.timestamp() - moment.timestamp()
        if seconds <= left_s:
            return datetime.fromtimestamp(moment.timestamp() + seconds, moment.tzinfo)
        seconds -= left_s
        moment = limit if closes is None else soon(hours, closes)
    return limit


def agreed(wish: Wish, hours: OpenTimes, moment: datetime, soon_s: float, hour: time | None = None) -> Agreed | None:
    """What a wish comes to at this moment; `None`: it cannot be fulfilled, and is not to be offered.

    `soon_s` is how long "as soon as possible" may take in opening hours; `hour` is the one that was keyed in.
    """
    match wish:
        case Wish.SOON:
            due = soon(hours, moment)
            return Agreed(wish.value, due, in_open_hours(hours, due, soon_s))
        case Wish.AFTERNOON:
            return _this_afternoon(hours, moment)
        case Wish.MORNING:
            due = next_working_day(hours, moment)
            until = max(at_time(due, NOON), due + timedelta(seconds=AROUND_S))
            return Agreed(_day_in_words(wish, due, moment), due, min(until, hours.next_closing(due) or until))
        case Wish.HOUR:
            return None if hour is None else _at_hour(hours, moment, hour)


def _this_afternoon(hours: OpenTimes, moment: datetime) -> Agreed | None:
    if moment.time() >= LATEST_AFTERNOON:
        return None
    due = max(moment, at_time(moment, AFTERNOON))
    if not hours.open_at(due):
        opens = hours.next_opening(due)
        if opens is None or opens.date() != moment.date() or opens.time() >= LATEST_AFTERNOON:
            return None
        due = opens
    evening = at_time(moment, EVENING)
    return Agreed(Wish.AFTERNOON.value, due, min(evening, hours.next_closing(due) or evening))


def _at_hour(hours: OpenTimes, moment: datetime, hour: time) -> Agreed | None:
    """The next time that the office is open at this hour, within about a week."""
    times = (at_time(moment, hour, days) for days in range(KEYED_DAYS))
    due = next((one for one in times if one > moment and hours.open_at(one)), None)
    if due is None:
        return None
    return Agreed(f"{due:%A} {due:%H:%M}", due, due + timedelta(seconds=AROUND_S))


def _day_in_words(wish: Wish, due: datetime, moment: datetime) -> str:
    tomorrow = due.date() == moment.date() + timedelta(days=1)
    return wish.value if tomorrow else f"{due:%A} morning"
