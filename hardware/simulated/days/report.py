"""What came of a day: every call and card, the totals (R29), and the rules that were broken."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from appliance.acd.told import served, truth
from appliance.call import CallRecord, Outcome
from appliance.cards import Card
from appliance.plain import plain

NEEDS_CARD = (Outcome.CALLBACK, Outcome.MESSAGE, Outcome.ABANDONED, Outcome.UNANSWERED, Outcome.BROKEN)
SERVICE_LEVEL_S = 20.0
"""The service level is the share of all callers who were put through within this time of waiting."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one of the staff did: calls taken, and the share of the time they were there in which they talked (their own
    calls too).
    """

    calls: int
    talking: float


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a day. `turned_away` callers met busy lines, so they never rang."""

    title: str
    seed: int
    records: tuple[CallRecord, ...]
    cards: tuple[Card, ...]
    turned_away: int
    complaints: tuple[str, ...]
    loads: Mapping[str, Load]

    @property
    def calls(self) -> list[CallRecord]:
        """The calls that came; `records` has those that the box made, too."""
        return [record for record in self.records if not record.outgoing]

    @property
    def outcomes(self) -> Counter[str]:
        """How many calls ended in which way."""
        return Counter(record.outcome.value for record in self.records if record.outcome is not None)

    @property
    def waits_s(self) -> list[float]:
        """How long everybody waited who was put through, the shortest first."""
        return sorted(ended[0].seconds for record in self.calls if (ended := served(record)) is not None)

    @property
    def totals(self) -> dict[str, Any]:
        """The statistics of the day; seconds are rounded to tenths, shares to thousandths."""
        waits_s, told = self.waits_s, truth(self.calls)
        gave_up = [record for record in self.calls if record.outcome is Outcome.ABANDONED and record.waits]
        quick = sum(1 for wait_s in waits_s if wait_s <= SERVICE_LEVEL_S)
        return {
            "put_through": len(waits_s),
            "wait_mean_s": round(statistics.fmean(waits_s), 1) if waits_s else None,
            "wait_median_s": round(statistics.median(waits_s), 1) if waits_s else None,
            "wait_longest_s": round(waits_s[-1], 1) if waits_s else None,
            "service_level": round(quick / len(self.calls), 3) if self.calls else None,
            "gave_up_waiting": len(gave_up),
            "told_a_wait": None if told is None else told.callers,
            "told_wait_held": None if told is None else round(told.held, 3),
            "told_wait_error_s": None if told is None else round(told.error_s, 1),
            "load": {
                name: {"calls": load.calls, "talking": round(load.talking, 3)} for name, load in self.loads.items()
            },
        }

    def as_json(self) -> dict[str, Any]:
        """The report as plain values, times in ISO 8601, for programs."""
        return {
            "day": self.title,
            "seed": self.seed,
            "calls": len(self.calls),
            "calls_out": len(self.records) - len(self.calls),
            "turned_away": self.turned_away,
            "outcomes": dict(sorted(self.outcomes.items())),
            "totals": self.totals,
            "complaints": list(self.complaints),
            "records": [plain(record) for record in self.records],
            "cards": [plain(card) for card in self.cards],
        }

    def sentences(self) -> list[str]:
        """The report for a person at a terminal."""
        totals, waits_s = self.totals, self.waits_s
        said = [f"{self.title}, seed {self.seed}: {len(self.calls)} calls, {self.turned_away} met busy lines"]
        said += [f"{count:6}  {outcome}" for outcome, count in self.outcomes.most_common()]
        if waits_s:
            said.append(
                f"waits of those put through: half under {totals['wait_median_s']:.0f} s, the longest"
                f" {totals['wait_longest_s']:.0f} s; {totals['service_level']:.0%} of all callers within"
                f" {SERVICE_LEVEL_S:.0f} s"
            )
        if totals["told_a_wait"]:
            said.append(
                f"{totals['told_a_wait']} callers were told how long it would take; that held for"
                f" {totals['told_wait_held']:.0%}, and was {totals['told_wait_error_s']:.0f} s off on average"
            )
        said += [f"{name}: {load.calls} calls, talking {load.talking:.0%}" for name, load in self.loads.items()]
        said.append(f"{len(self.cards)} cards were made")
        return said + [f"BROKEN RULE: {complaint}" for complaint in self.complaints]


def broken_rules(records: Sequence[CallRecord], cards: Sequence[Card], longest_s: float) -> list[str]:
    """What does not hold though it must on every day, in words. Nobody waits much longer than `longest_s`."""
    said, carded = [], {card.call for card in cards}
    for record in records:
        if record.outgoing:
            continue
        if record.outcome in NEEDS_CARD and record.number not in carded:
            said.append(f"call {record.number} ended as {record.outcome.value} and has no card")
        for wait in record.waits:
            if wait.seconds > longest_s:
                said.append(f"call {record.number} waited longer than {longest_s:.0f} s")
            for first, then in pairwise(wait.announced):
                wider = then.high_min - then.low_min > first.high_min - first.low_min
                if then.high_min > first.high_min or wider:
                    said.append(f"call {record.number} was told a longer wait than before")
    return said
