"""Has people told what they should know, and the engine woken when a card falls due: the part of a box that does it.

Secretary and outbox belong to the engine's thread, like this. The two helpers, who carry notices and watch the clock on
the wall, work in threads of their own; what they have to say they put into the engine's inbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from appliance.board import Board
from appliance.cardbox import CardBox
from appliance.clock import Clock
from appliance.commands import RingUp
from appliance.faults import Fault
from appliance.notices import Notice, Parcel, Post, PostReport, Shelf
from appliance.outbox import Outbox
from appliance.secretary import Secretary
from appliance.settings import Settings


class Messenger(Post, Protocol):
    """Carries notices, in a thread of its own."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End; what is under way is sent after the next start."""


class AlarmClock(Protocol):
    """Wakes at a moment of the wall clock, in a thread of its own."""

    def start(self) -> None:
        """Begin."""

    def set(self, moment: datetime | None) -> None:
        """Wake then, and not when it was said before."""

    def stop(self) -> None:
        """Wake no more."""


@dataclass(frozen=True, slots=True)
class Helpers:
    """Who works for a box: each is made with what they are to call, from their own thread."""

    messenger: Callable[[Callable[[PostReport], object]], Messenger]
    alarm: Callable[[Callable[[], object]], AlarmClock]


class _Nobody:
    """Carries nothing."""

    def start(self) -> None:
        """There is nothing to begin."""

    def stop(self) -> None:
        """Nothing is under way."""

    def send(self, parcels: Sequence[Parcel], settings: Settings) -> None:
        """They stay in the outbox."""


class Telling:
    """One office's. `kept` are the notices in the ledger, `report` and `wake` what the helpers call.

    Without helpers, as in a simulated office, no notice leaves it, and cards that fall due are noticed a little later.
    """

    def __init__(
        self,
        helpers: Helpers | None,
        settings: Settings,
        clock: Clock,
        shelf: Shelf,
        kept: Iterable[Notice],
        report: Callable[[PostReport], object],
        wake: Callable[[], object],
    ) -> None:
        self._messenger = helpers.messenger(report) if helpers else _Nobody()
        self._alarm = helpers.alarm(wake) if helpers else None
        self._outbox = Outbox(settings, clock, shelf, self._messenger, tuple(kept))
        self._secretary = Secretary(settings, clock, self._outbox)

    def start(self) -> None:
        """Begin to work."""
        self._messenger.start()
        if self._alarm is not None:
            self._alarm.start()

    def stop(self) -> None:
        """End both helpers; before the engine ends."""
        self._messenger.stop()
        if self._alarm is not None:
            self._alarm.stop()

    def take_up(self, settings: Settings) -> None:
        """Go on with other settings."""
        self._outbox.take_up(settings)
        self._secretary.take_up(settings)

    def look(self, board: Board, cards: CardBox) -> list[RingUp]:
        """Tell what is to be told now, and set the alarm to the next card; who may be rung up, too, comes back."""
        told = self._secretary.look(board, cards)
        if self._alarm is not None:
            self._alarm.set(cards.comes_next)
        return [RingUp(one.to, tuple(card.id for card in one.cards)) for one in told]

    def reported(self, report: PostReport) -> None:
        """What became of a notice."""
        self._outbox.reported(report)

    def next_due(self) -> float:
        """When to look again without an event, in seconds of the clock."""
        return self._secretary.next_due()

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with notices."""
        return self._outbox.faults()
