"""The figures of a week, from its calls and cards (R29).

A share "of nine in ten" is the smallest value that is not exceeded by nine in ten of them (nearest rank; Hyndman and
Fan 1996, definition 1): it is one that was really measured, also in a week of three calls.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.call import CallRecord, Outcome, TransferResult

GOOD_RINGS = 3
"""Answered after more than these is too late (R1)."""
NINE_IN_TEN = 0.9
SERVED = (Outcome.TRANSFERRED, Outcome.TAKEN_OVER)
PROMISED = (Outcome.CALLBACK, Outcome.MESSAGE)
LOST = (Outcome.ABANDONED, Outcome.UNANSWERED, Outcome.BROKEN, Outcome.INTERRUPTED)
TOOK = (TransferResult.TAKEN, TransferResult.JOINED)


@dataclass(frozen=True, slots=True)
class Spread:
    """Half of them were at most `median`, nine in ten at most `most`."""

    median: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread | None:
        """`None` where there are none."""
        ordered = sorted(values)
        return cls(_rank(ordered, 0.5), _rank(ordered, NINE_IN_TEN)) if ordered else None


def _rank(ordered: Sequence[float], share: float) -> float:
    return ordered[math.ceil(share * len(ordered)) - 1]


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """The calls of one week from outside. `busiest` is the hour on one day that had most of them, and how many."""

    calls: int = 0
    answered: int = 0
    rings: Spread | None = None
    rang_too_long: int = 0
    waits_s: Spread | None = None
    waited: int = 0
    served: int = 0
    promised: int = 0
    lost: int = 0
    busiest: tuple[datetime, int] | None = None
    took: tuple[tuple[str, int], ...] = ()
    """Who took how many, by name, those with most first."""


def week_figures(records: Iterable[CallRecord]) -> WeekFigures:
    """Count the calls of a week. Calls of colleagues and those that still last are left out."""
    calls = [one for one in records if one.outcome is not None and one.outcome is not Outcome.STAFF]
    answered = [one for one in calls if one.answer_s is not None]
    waits = [total for one in calls if (total := sum(wait.seconds for wait in one.waits)) >= 1.0]
    hours = Counter(one.started.replace(minute=0, second=0, microsecond=0) for one in calls)
    took = Counter(attempt.person for one in calls for attempt in one.transfers if attempt.result in TOOK)
    return WeekFigures(
        calls=len(calls),
        answered=len(answered),
        rings=Spread.of(float(one.rings) for one in answered),
        rang_too_long=sum(one.rings > GOOD_RINGS for one in calls),
        waits_s=Spread.of(waits),
        waited=len(waits),
        served=sum(one.outcome in SERVED for one in calls),
        promised=sum(one.outcome in PROMISED for one in calls),
        lost=sum(one.outcome in LOST for one in calls),
        busiest=min(hours.items(), key=lambda hour: (-hour[1], hour[0])) if hours else None,
        took=tuple(sorted(took.items(), key=lambda one: (-one[1], one[0]))),
    )


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday; `end` is the Monday after."""

    start: datetime
    end: datetime

    @classmethod
    def before(cls, moment: datetime) -> Week:
        """The last week that was over at this moment, as the wall in the office shows it."""
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        monday = midnight - timedelta(days=midnight.weekday())
        return cls(monday - timedelta(days=7), monday)

    @property
    def earlier(self) -> Week:
        """The week before this."""
        return Week(self.start - timedelta(days=7), self.start)

    @property
    def last_day(self) -> datetime:
        """Its Sunday."""
        return self.end - timedelta(days=1)

    def holds(self, moment: datetime) -> bool:
        """Is this moment, by the wall of its own zone, in this week?"""
        return self.start.replace(tzinfo=None) <= moment.replace(tzinfo=None) < self.end.replace(tzinfo=None)


def of_week(records: Iterable[CallRecord], week: Week) -> list[CallRecord]:
    """Those that began in this week."""
    return [one for one in records if week.holds(one.started)]


def newest_until(pages: Iterable[Sequence[CallRecord]], start: datetime) -> list[CallRecord]:
    """Calls from the newest back to `start`; `pages` are read no further than a day before it.

    A clock that was set back has put a few calls out of order: the day takes care of those.
    """
    found: list[CallRecord] = []
    limit = (start - timedelta(days=1)).timestamp()
    for page in pages:
        found += page
        if page and max(one.started.timestamp() for one in page) < limit:
            break
    return found
