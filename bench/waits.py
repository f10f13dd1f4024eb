"""How true the announced waits are on the named days, beside what Asterisk's rule would have said (R11).

Of every caller who was put through it is known how long they still waited after each announcement. Asterisk's rule is
asked at the same moments, about the same callers, after the same others had been put through.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from appliance.acd.told import Verdict, served, share_held, verdicts
from appliance.call import CallRecord
from bench.figures import Figure
from bench.peers.asterisk import AsteriskQueue
from hardware.simulated.days import load_day, simulate

DAYS: Final = ("quiet", "monday_morning", "storm", "lunch", "one_person_ill")
"""The named days on which callers wait; on a holiday nobody is put through."""
SEEDS: Final = range(20)
WAITS_HOW: Final = (
    "The named days in virtual time. Both announcements are whole minutes, for the same callers at the same moments:"
    " ours as a range, of which the middle counts, theirs as one number, `labs((holdtime + 30) - waited) / 60`. Callers"
    " who were not put through count where they hung up after the last minute they had been told: ours did not hold."
)
SHARE_HELD: Final = 0.8
AS_BAD: Final = 0.7
AS_BAD_IN_A_RUSH: Final = 0.5
RUSHES: Final = ("monday_morning", "storm")


@dataclass(slots=True)
class Told:
    """What came of the announcements of some days: how far each was from the wait that followed, in seconds, and for
    each caller the share of those that held.
    """

    ours_s: list[float] = field(default_factory=list)
    theirs_s: list[float] = field(default_factory=list)
    followed_s: list[float] = field(default_factory=list)
    held: list[float] = field(default_factory=list)


def waits_figures() -> Iterator[Figure]:
    """The figures of rule R11, on each of the days."""
    for day in DAYS:
        told = Told()
        for seed in SEEDS:
            listen(simulate(load_day(day), seed).records, told)
        yield from figures(day, told, len(SEEDS))


def figures(day: str, told: Told, days: int) -> list[Figure]:
    """What must be reached on a day, and was or was not."""
    ours_s, theirs_s = statistics.fmean(told.ours_s), statistics.fmean(told.theirs_s)
    limit, share = AS_BAD_IN_A_RUSH if day in RUSHES else AS_BAD, statistics.fmean(told.held)
    conditions = (
        f"`{day}`, {days} of them: {len(told.held)} callers, {len(told.ours_s)} announcements, after which they"
        f" waited {statistics.fmean(told.followed_s):.0f} s on average"
    )
    return [
        Figure(
            "error of the announced wait: middle of our range, and Asterisk's rule",
            f"≤ {limit} of theirs",
            f"{ours_s:.0f} s, and {theirs_s:.0f} s: {ours_s / theirs_s:.2f}",
            ours_s <= limit * theirs_s,
            conditions,
        ),
        Figure("callers whose range held", f"≥ {SHARE_HELD:.0%}", f"{share:.1%}", share >= SHARE_HELD, conditions),
    ]


def listen(records: Iterable[CallRecord], told: Told) -> None:
    """Add the announcements of one day, in the order in which they were made."""
    kept = list(records)
    queues: defaultdict[str, AsteriskQueue] = defaultdict(AsteriskQueue)
    for _, group, happening in sorted(happenings(kept), key=lambda one: one[0]):
        if isinstance(happening, Verdict):
            said_s = 60.0 * queues[group].announces_min(happening.announced.after_s)
            told.ours_s.append(abs(happening.error_s))
            told.theirs_s.append(abs(said_s - happening.followed_s))
            told.followed_s.append(happening.followed_s)
        else:
            queues[group].put_through(happening)
    told.held += [share for record in kept if (share := share_held(record)) is not None]


def happenings(records: Iterable[CallRecord]) -> Iterator[tuple[datetime, str, Verdict | float]]:
    """Every announcement to those who were put through, and after how long they were, by moment and group."""
    for record in records:
        if (ended := served(record)) is not None:
            wait, end = ended
            yield end, wait.group, wait.seconds
            yield from ((verdict.at, wait.group, verdict) for verdict in verdicts(record))
