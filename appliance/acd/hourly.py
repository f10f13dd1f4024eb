"""How busy an office was at each hour of the day, out of the calls that its ledger keeps (R29, R30).

A box cannot count those who heard busy: they never rang. But callers do not know whether a line is free, so they come
as often while all lines are busy as while one is not (Poisson arrivals see time averages; R. Wolff, 1982). Calls
offered are therefore the calls seen, over the time in which at least one line was free. It is assumed that whoever
heard busy did not simply try again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appliance.call import CallRecord, Outcome

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of the day, as it was on average over so many `days`; counts are per day.

    `calls` were seen, `offered` would have been with lines enough, each kept a line for `on_line_s`. `put_through`
    found a colleague; `gave_up` did not wait for one, while all callers together waited for `waited_s`. `all_busy` is
    the share of the hour in which no line was free.
    """

    hour: int
    days: int
    calls: float
    offered: float
    on_line_s: float
    put_through: float
    gave_up: float
    waited_s: float
    all_busy: float


@dataclass(slots=True)
class _Sums:
    calls: int = 0
    seconds: float = 0.0
    put_through: int = 0
    gave_up: int = 0
    waited_s: float = 0.0
    all_busy_s: float = 0.0


def hours(calls: Iterable[CallRecord], lines: int) -> list[Hour]:
    """Every hour of the day in which somebody called, the first one first; days without any call do not count."""
    kept = [call for call in calls if call.outcome is not Outcome.STAFF]
    days = len({call.started.date() for call in kept})
    sums: defaultdict[int, _Sums] = defaultdict(_Sums)
    for call in kept:
        _add(sums[call.started.hour], call)
    for start, end in all_busy(kept, lines):
        for begins, ends in _by_hour(start, end):
            sums[begins.hour].all_busy_s += (ends - begins).total_seconds()
    return [_hour(number, days, of) for number, of in sorted(sums.items()) if of.calls]


def _add(sums: _Sums, call: CallRecord) -> None:
    sums.calls += 1
    sums.seconds += _seconds(call)
    sums.put_through += call.outcome is Outcome.TRANSFERRED
    sums.gave_up += call.outcome is Outcome.ABANDONED and bool(call.waits)
    sums.waited_s += call.waits[-1].seconds if call.waits else 0.0


def _hour(number: int, days: int, sums: _Sums) -> Hour:
    busy = min(sums.all_busy_s / (days * HOUR.total_seconds()), 0.99)  # somebody has called, so a line was free
    return Hour(
        number,
        days,
        sums.calls / days,
        sums.calls / days / (1.0 - busy),
        sums.seconds / sums.calls,
        sums.put_through / days,
        sums.gave_up / days,
        sums.waited_s / days,
        busy,
    )


def all_busy(calls: Sequence[CallRecord], lines: int) -> Iterator[tuple[datetime, datetime]]:
    """From when to when as many calls went on as there are lines."""
    changes = [(call.started, 1) for call in calls]
    changes += [(call.started + timedelta(seconds=_seconds(call)), -1) for call in calls]
    busy, since = 0, None
    for moment, change in sorted(changes):
        busy += change
        if busy >= lines and since is None:
            since = moment
        elif busy < lines and since is not None:
            yield since, moment
            since = None


def _seconds(call: CallRecord) -> float:
    """How long a call kept its line, from the first ring on."""
    return (call.answer_s or 0.0) + call.talk_s


def _by_hour(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The same span cut at full hours."""
    while start < end:
        full = start.replace(minute=0, second=0, microsecond=0) + HOUR
        yield start, min(full, end)
        start = full


def busiest(found: Sequence[Hour], together: int = 2) -> list[Hour]:
    """The hours that follow one another, so many `together`, in which most callers came; fewer where there are not."""
    runs = [run for first in range(len(found)) if (run := _run(found[first : first + together]))]
    return max(runs, key=lambda run: sum(hour.offered for hour in run), default=[])


def _run(some: Sequence[Hour]) -> list[Hour]:
    """As many of these hours as follow one another without a gap."""
    return [hour for number, hour in enumerate(some) if hour.hour == some[0].hour + number]


def last_days(calls: Sequence[CallRecord], days: int) -> list[CallRecord]:
    """The calls of the last so many days on which somebody called."""
    dates: set[date] = set(sorted({call.started.date() for call in calls})[-days:])
    return [call for call in calls if call.started.date() in dates]
