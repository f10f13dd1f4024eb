"""What came of thousands of hand-overs: each caller in one of four, and what must never be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

MOST_COMPLAINTS = 20
NEVER = ("lost", "left_off_hook", "offered_twice", "forgotten", "mistaken", "said_astray")
"""The totals that must be zero."""


class Fate(Enum):
    """What became of a caller."""

    TRANSFERRED = "transferred"
    """They talked to a colleague."""
    SERVED_OTHERWISE = "served_otherwise"
    """They were promised something, or told and thanked; or we cut them off, and there was a card at once."""
    LEFT_BY_CALLER = "left_by_caller"
    """They hung up of their own will."""
    LOST = "lost"
    """Everything else."""


@dataclass(slots=True)
class Report:
    """Totals over all offices; the first of all complaints in words."""

    seed: int
    offices: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    by_make: dict[str, Counter[Fate]] = field(default_factory=dict)
    happened: Counter[str] = field(default_factory=Counter)
    left_off_hook: int = 0
    offered_twice: int = 0
    forgotten: int = 0
    """Callers who hung up while the box served them, and of whom there is no card (R23)."""
    mistaken: int = 0
    """Callers who were taken for somebody else."""
    said_astray: int = 0
    """Sentences for a caller who was on hold, and for a colleague that the caller heard."""
    complaints: list[str] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """How many callers there were."""
        return sum(self.fates.values())

    @property
    def went_well(self) -> bool:
        """Is there nothing of what must never be?"""
        return not any(self.totals[what] for what in NEVER)

    @property
    def totals(self) -> dict[str, int]:
        """What became of the callers, and how often something was that must never be."""
        return {
            **_in_order(self.fates),
            "left_off_hook": self.left_off_hook,
            "offered_twice": self.offered_twice,
            "forgotten": self.forgotten,
            "mistaken": self.mistaken,
            "said_astray": self.said_astray,
        }

    def complain(self, sentence: str) -> None:
        """Keep a complaint in words, if there are not too many already."""
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append(sentence)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values, for programs."""
        return {
            "scenario": "transfers",
            "seed": self.seed,
            "offices": self.offices,
            "calls": self.calls,
            **self.totals,
            "by_pbx": {make: _in_order(fates) for make, fates in sorted(self.by_make.items())},
            "happened": dict(sorted(self.happened.items())),
            "complaints": self.complaints,
        }


def _in_order(fates: Counter[Fate]) -> dict[str, int]:
    return {fate.value: fates[fate] for fate in Fate}
