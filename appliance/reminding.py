"""Who is reminded of which card, and when: pure rules over cards, people and the moment (R25).

* A card is told once for each time it falls due, to who keeps it; several that are due at the same look in one notice.
* Nobody is reminded outside their hours, and nobody of two things at once: a reminder is followed by some peace. What
  falls due outside them is told when they begin; where they do not within a day, whoever stands in is told.
* Who is away is not reminded: whoever stands in is. Who is in a meeting or at lunch is reminded when they are back.
* What is still open after a while is told to whoever stands in: the card's deputy, then those of the person, at last
  the office. Each of them is told once, and each gets as long for it.

A card that is put off has another due time, and so begins anew. What was told to whom is remembered by whoever asks.
A time in the future, written down while the clock was wrong, leaves nobody in peace, and counts as now for those who
stand in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Generic, Protocol, TypeVar

from appliance.notices import OFFICE

MOST_IN_ONE = 10
"""Cards in one reminder: nobody does more at a time, and the sheet lists all of them."""
OFF_S = 86_400.0
"""How long a card waits for the hours of who keeps it."""
PEACE_S = 120.0
"""How long after a reminder the next one to the same person comes at the earliest."""


class DueCard(Protocol):
    """What the rules need of a card; see `appliance.cards.Card`."""

    @property
    def id(self) -> int: ...
    @property
    def person(self) -> str: ...
    @property
    def deputy(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...


class Whereabouts(Enum):
    """Can somebody be reminded?"""

    HERE = "here"
    BACK_SOON = "in a meeting or at lunch"
    OFF = "outside their hours"
    AWAY = "away"


class People(Protocol):
    """What the rules need of the staff."""

    def where(self, extension: str, moment: datetime) -> Whereabouts:
        """Can the person at this extension be reminded at this local moment? The office is asked as `OFFICE`."""

    def deputies(self, extension: str) -> Sequence[str]:
        """Who stands in for them, in order."""


class Told(Protocol):
    """What was told already."""

    def when(self, card: DueCard, to: str) -> datetime | None:
        """When this card, with its present due time, was told to them; `None`: it was not."""

    def last(self, to: str) -> datetime | None:
        """When they were last reminded of anything."""


C = TypeVar("C", bound=DueCard)


@dataclass(frozen=True, slots=True)
class Reminding(Generic[C]):
    """Remind `to` of these cards, of which there is one at least. `instead_of` should have seen to them."""

    to: str
    cards: tuple[C, ...]
    instead_of: str = ""


def remindings(
    due: Iterable[C], people: People, told: Told, moment: datetime, deputy_after_s: float
) -> Iterator[Reminding[C]]:
    """Who is to be reminded of which of these cards, all of which are due, at this moment: one reminder for each."""
    wanted: dict[str, list[C]] = {}
    for card in due:
        to = _next(card, people, told, moment, deputy_after_s)
        if to is not None and not _in_peace(told.last(to), moment):
            wanted.setdefault(to, []).append(card)
    for to, cards in wanted.items():
        own = [card for card in cards if card.person == to]
        if own or to == OFFICE:  # what they were asked to do for others comes after their peace
            yield Reminding(to, tuple(own or cards)[:MOST_IN_ONE])
            continue
        first = cards[0].person
        yield Reminding(to, tuple(card for card in cards if card.person == first)[:MOST_IN_ONE], first)


def _next(card: C, people: People, told: Told, moment: datetime, deputy_after_s: float) -> str | None:
    """Who is to be told of this card now; `None`: nobody, for the present."""
    if not card.person:
        fresh = told.when(card, OFFICE) is None
        return OFFICE if fresh and people.where(OFFICE, moment) is Whereabouts.HERE else None
    patience_began = card.due_at
    for to in _line_of(card, people):
        at = told.when(card, to)
        if at is not None:
            if _since(at, moment) < deputy_after_s:
                return None
            patience_began = at
            continue
        where = people.where(to, moment)
        if where is Whereabouts.HERE:
            return to
        if where is Whereabouts.OFF and to == card.person and _since(card.due_at, moment) < OFF_S:
            return None  # their day begins with it
        if where is Whereabouts.BACK_SOON and _since(patience_began, moment) < deputy_after_s:
            return None
    return None


def _line_of(card: DueCard, people: People) -> list[str]:
    """Who sees to the card, and then who stands in, each once; at last the office."""
    line = dict.fromkeys((card.person, card.deputy, *people.deputies(card.person)))
    return [*(to for to in line if to), OFFICE]


def everybody_knows(card: DueCard, people: People, told: Told) -> bool:
    """Has this card, with its present due time, been told to everybody who may see to it?"""
    return all(told.when(card, to) is not None for to in _line_of(card, people))


def _in_peace(last: datetime | None, moment: datetime) -> bool:
    return last is not None and 0 <= moment.timestamp() - last.timestamp() < PEACE_S


def _since(then: datetime, now: datetime) -> float:
    """Seconds from then to now; a time in the future counts as now."""
    return max(0.0, now.timestamp() - then.timestamp())
