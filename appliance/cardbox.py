"""The cards that are open: what was promised to callers and is not kept yet (R22, R23).

Everything is handed on to the keeper, who writes it down; here is what the board shows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from appliance.cards import Card, CardKind

CARDS_SHOWN = 50


class CardKeeper(Protocol):
    """Who writes cards down."""

    def add_card(self, card: Card) -> None:
        """Keep a promise, or what has become of it."""

    def close_cards(self, number: str) -> None:
        """Whoever has this number was served."""


class CardBox:
    """The newest cards first, so many of them as the board shows."""

    def __init__(self, keeper: CardKeeper, cards: tuple[Card, ...] = ()) -> None:
        self._keeper = keeper
        self._cards = list(cards[:CARDS_SHOWN])

    @property
    def open(self) -> tuple[Card, ...]:
        """Those that somebody has to see to."""
        return tuple(card for card in self._cards if not card.done)

    def add(self, card: Card) -> None:
        """Keep a promise; the first card of a call is the one that counts, but a message may be recorded again."""
        before = next((other for other in self._cards if other.call == card.call), None)
        if before is not None and not before.kind is card.kind is CardKind.MESSAGE:
            return
        if before is not None:
            self._cards.remove(before)
        self._keeper.add_card(card)
        self._cards.insert(0, card)
        del self._cards[CARDS_SHOWN:]

    def close(self, call: int, kind: CardKind) -> None:
        """One of them has been seen to."""
        self._cards = [card for card in self._cards if (card.call, card.kind) != (call, kind)]

    def served(self, number: str) -> None:
        """Somebody has talked with whoever has this number: what was promised to them is kept (R23).

        A message stays: it may be meant for somebody else. Without a number nothing is known of anybody.
        """
        if number:
            self._keeper.close_cards(number)
            kept = (card for card in self._cards if card.number == number and card.kind is not CardKind.MESSAGE)
            for card in list(kept):
                self.close(card.call, card.kind)

    def taken(self, call: int, extension: str) -> None:
        """A colleague says that they do what was promised in `call`."""
        for place, card in enumerate(self._cards):
            if card.call == call and not card.done:
                self._cards[place] = replace(card, taken_by=extension)
                self._keeper.add_card(self._cards[place])
