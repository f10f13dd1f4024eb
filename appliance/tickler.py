"""The tickler file: which cards are due, and behind which divider each card lies (R24).

Thirty-one dividers for the days to come and twelve for the months: a card that is due within 31 days lies behind its
day, a later one behind its month. What is due is a pure function of the cards and the moment; everything that wakes
somebody is built on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from appliance.cards import OF_CALLERS, Card, CardKind, Promise
from appliance.duetimes import at_time

DAYS = 31
MONTHS = 12
FURTHEST_DAYS = 20 * 366


@dataclass(frozen=True, slots=True)
class Divider:
    """One divider: a day or a whole month. It holds what falls due from `begins` until before `ends`."""

    name: str
    begins: datetime
    ends: datetime

    def holds(self, due: datetime) -> bool:
        """Does a card that is due at this moment lie here?"""
        return self.begins.timestamp() <= due.timestamp() < self.ends.timestamp()


def dividers(now: datetime) -> tuple[Divider, ...]:
    """The thirty-one days from today on, and then twelve months: one after the other, without a gap.

    The first month is what is left of it after the days.
    """
    midnight = at_time(now, time())
    days = [at_time(midnight, time(), number) for number in range(DAYS + 1)]
    found = [Divider(f"{one:%d}", one, other) for one, other in pairwise(days)]
    begins = days[-1]
    for number in range(MONTHS):
        ends = at_time(begins, time(), _days_left(begins.date()))
        if number == MONTHS - 1:  # what lies further ahead waits behind the last one
            ends = at_time(begins, time(), FURTHEST_DAYS)
        found.append(Divider(f"{begins:%B}", begins, ends))
        begins = ends
    return tuple(found)


def _days_left(day: date) -> int:
    """How many days until the first of the next month."""
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (following - day).days


@dataclass(frozen=True, slots=True)
class Due:
    """The open cards at one moment, by when they fall due; each the most urgent first."""

    now: tuple[Card, ...]
    """Their time has come."""
    today: tuple[Card, ...]
    """Their time comes before midnight."""
    later: tuple[Card, ...]


def due(cards: Iterable[Card], now: datetime) -> Due:
    """Which of these cards are due at `now`, and which later today."""
    has_come: list[Card] = []
    today: list[Card] = []
    later: list[Card] = []
    now_s, tomorrow_s = now.timestamp(), at_time(now, time(), 1).timestamp()
    for card in sorted((card for card in cards if not card.done), key=urgency):
        due_s = card.due_at.timestamp()
        (has_come if due_s <= now_s else today if due_s < tomorrow_s else later).append(card)
    return Due(tuple(has_come), tuple(today), tuple(later))


@dataclass(frozen=True, slots=True)
class CardCounts:
    """How many cards are open, how many of them have come due, how many more will today, and the promises among them.

    `broken` promises are those whose time has passed and for which nothing was done yet.
    """

    open: int = 0
    due: int = 0
    today: int = 0
    promised: int = 0
    broken: int = 0


NO_CARDS = CardCounts()


_RANK = {kind: rank for rank, kind in enumerate((CardKind.CALLBACK, CardKind.MESSAGE, CardKind.TASK, *OF_CALLERS[1:]))}


Urgency = tuple[bool, bool, int, float]


def urgency(card: Card) -> Urgency:
    """What comes first: an emergency; a promise, the one that ends first; what was asked for, before what was not."""
    until = card.promised if card.promise in (Promise.GIVEN, Promise.BROKEN) else None
    return not card.urgent, until is None, 0 if until else _RANK[card.kind], (until or card.due_at).timestamp()
