"""What letters say of a card: whom to call, about what, since when, and what was promised (R22, R26)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from appliance.cards import CardKind
from appliance.letters.letter import Item
from appliance.letters.words import Words


class OpenCard(Protocol):
    """What letters need of a card; see `appliance.cards.Card`."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> CardKind: ...
    @property
    def made(self) -> datetime: ...
    @property
    def number(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def company(self) -> str: ...
    @property
    def matter(self) -> str: ...
    @property
    def recording(self) -> str: ...
    @property
    def person(self) -> str: ...
    @property
    def deputy(self) -> str: ...
    @property
    def promised(self) -> datetime | None: ...
    @property
    def due_at(self) -> datetime: ...


def who(card: OpenCard, words: Words) -> str:
    """Jan Kowalski (Acme), 501234567: all that is known of whom the card is about."""
    name = card.name or card.company
    if card.name and card.company:
        name = words.say("card.who-company", who=card.name, company=card.company)
    if name and card.number:
        return words.say("card.who-number", who=name, number=card.number)
    return name or card.number or words.say("card.nobody-known")


def to_do(card: OpenCard, words: Words) -> str:
    """Call Jan Kowalski, 501234567"""
    return words.say("card.call", who=who(card, words))


def item(card: OpenCard, words: Words, now: datetime) -> Item:
    """The card in a list, with everything that somebody needs who is going to call."""
    details = []
    if card.matter:
        details.append(words.say("card.matter", matter=card.matter))
    if card.recording:
        details.append(words.say("card.recording"))
    details.append(words.say("card.since", moment=words.moment(card.made), kind=words.kind(card.kind.name)))
    if card.due_at.timestamp() > card.made.timestamp():
        details.append(words.say("card.due", moment=words.moment(card.due_at)))
    if card.promised is not None:
        over = card.promised.timestamp() < now.timestamp()
        key = "card.promise-over" if over else "card.promised"
        details.append(words.say(key, moment=words.moment(card.promised)))
    return Item(to_do(card, words), tuple(details))
