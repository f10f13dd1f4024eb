"""What callers were told of their wait, and what came of it (R11, R29)."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from appliance.call import Announced, CallRecord, Outcome, TransferResult, Wait
from appliance.plain import plain

COUNTED = (TransferResult.TAKEN, TransferResult.JOINED, TransferResult.LEFT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One announcement, and how long the caller still waited until a colleague took the call."""

    at: datetime
    announced: Announced
    followed_s: float

    @property
    def holds(self) -> bool:
        """Did the wait end between the first and the last minute that were told?"""
        return 60.0 * self.announced.low_min <= self.followed_s <= 60.0 * self.announced.high_min

    @property
    def error_s(self) -> float:
        """How far the middle of the range was from what followed: above 0 where it took less time than that."""
        return 30.0 * (self.announced.low_min + self.announced.high_min) - self.followed_s

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        told: dict[str, Any] = plain(self)
        return told | {"holds": self.holds, "error_s": self.error_s}


def served(record: CallRecord) -> tuple[Wait, datetime] | None:
    """The wait that a colleague ended, and when; `None` where none did."""
    if record.outcome is not Outcome.TRANSFERRED or not record.waits:
        return None
    ends = [attempt.at for attempt in record.transfers if attempt.result in COUNTED]
    return (record.waits[-1], ends[-1]) if ends else None


def verdicts(record: CallRecord) -> Iterator[Verdict]:
    """All announcements to a caller who was put through."""
    if (ended := served(record)) is not None:
        wait, end = ended
        for announced in wait.announced:
            followed_s = wait.seconds - announced.after_s
            yield Verdict(end - timedelta(seconds=followed_s), announced, followed_s)


def share_held(record: CallRecord) -> float | None:
    """The share of the announcements of one call that held; `None` where nothing can be said of it.

    A caller who hung up after the last minute that they had been told counts, too: for them it did not hold.
    """
    found = [verdict.holds for verdict in verdicts(record)]
    if found:
        return statistics.fmean(found)
    wait = record.waits[-1] if record.waits else Wait("", 0.0)
    too_late = any(wait.seconds - one.after_s > 60.0 * one.high_min for one in wait.announced)
    return 0.0 if too_late else None


@dataclass(frozen=True, slots=True)
class Truth:
    """How true announcements were: of how many callers, the share of them for whom they held, the mean error of the
    middle of the range.
    """

    callers: int
    held: float
    error_s: float


def truth(records: Iterable[CallRecord]) -> Truth | None:
    """How true the announcements in these calls were; `None` where there were none to judge."""
    kept = list(records)
    shares = [share for record in kept if (share := share_held(record)) is not None]
    errors_s = [abs(verdict.error_s) for record in kept for verdict in verdicts(record)]
    if not shares or not errors_s:
        return None
    return Truth(len(shares), statistics.fmean(shares), statistics.fmean(errors_s))
