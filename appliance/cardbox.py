"""The card box: all that is open, what becomes of it, and who is to be told when (R21 to R26).

Only open cards are held here; the ledger has all of them, with their histories. Each step is handed to the keeper
together with the line of history that it adds, so a power cut leaves a card either before the step or after it.

One caller has one card (R23): whoever calls again adds to it, and when they are served it is done. Of each due time
somebody is told once: `tick` says which have come, and marks them in the same breath.
"""

from __future__ import annotations

import bisect
import heapq
import itertools
import logging
import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, time, tzinfo
from typing import Protocol

from appliance import cardsteps
from appliance.cardcommands import (
    CallResult,
    CardCommand,
    CardDone,
    HandCard,
    MoveCard,
    NewCard,
    NoteCard,
    PromiseBy,
    ReopenCard,
    RepeatCard,
    SnoozeCard,
    TakeCard,
)
from appliance.cards import OF_CALLERS, Card, CardKind, Entry, Promise, Reminder
from appliance.cardsteps import Step
from appliance.clock import Clock
from appliance.duetimes import OpenTimes, at_time, soon
from appliance.numbers import read_number
from appliance.tickler import CardCounts, Urgency, urgency

log = logging.getLogger(__name__)

CARDS_SHOWN = 50
CLOSED_REMEMBERED = 200
"""So many of the cards that were closed last can be opened again without looking into the ledger."""
LONGEST_PROMISE_MIN = 10_000.0
SHORTEST_SNOOZE_S = 60.0
MOST_LETTERS = 120
JUST_AFTER_S = 0.001
"""A promise is broken when its time has passed, not when it comes."""


class CardKeeper(Protocol):
    """Who writes cards down; the keeper in the real program."""

    def keep_card(self, card: Card, *entries: Entry) -> None:
        """A card was made, or something was done about it."""

    def keep_reminder(self, reminder: Reminder) -> None:
        """Somebody is told that a card is due."""


class CardBox:
    """The open cards of an office whose callers' numbers are those of `country`.

    `first_card` is the number of the next new card. All methods belong to the engine's thread.
    """

    def __init__(
        self,
        keeper: CardKeeper,
        clock: Clock,
        hours: OpenTimes,
        country: str,
        cards: Iterable[Card] = (),
        first_card: int = 1,
    ) -> None:
        self._keeper = keeper
        self._clock = clock
        self.hours = hours
        self._country = country
        self._open: dict[int, Card] = {}
        self._of_caller: dict[str, set[int]] = {}
        self._of_call: dict[int, int] = {}
        self._closed: dict[int, Card] = {}
        self._by_due: list[tuple[float, int]] = []
        self._urgency: dict[int, Urgency] = {}
        self._promises: dict[Promise, set[int]] = {Promise.GIVEN: set(), Promise.BROKEN: set()}
        self._coming: list[tuple[float, int]] = []
        self._shown: tuple[Card, ...] = ()
        self._counts = CardCounts()
        self._drawn_from_s, self._drawn_until_s = math.inf, -math.inf
        self._newest = 0
        zone = clock.today().tzinfo
        for card in cards:
            self._put(_in_zone(card, zone))
        self._numbers = itertools.count(max([first_card, *(number + 1 for number in self._open)]))

    def take_up(self, hours: OpenTimes, country: str) -> None:
        """Go on with other hours, or in another country; the cards stay."""
        self.hours = hours
        if country != self._country:
            cards = tuple(self._open.values())
            for card in cards:
                self._take_out(card.id)
            self._country = country
            for card in cards:
                self._put(card)

    def _normal(self, number: str) -> str:
        return read_number(number, self._country).normal or number

    # ------------------------------------------------------------ what is asked

    def __len__(self) -> int:
        return len(self._open)

    def get(self, id: int) -> Card | None:
        """An open card by its number."""
        return self._open.get(id)

    def of_caller(self, number: str) -> tuple[Card, ...]:
        """The open cards of whoever has this number, the oldest first; of an empty one there are none."""
        ids = self._of_caller.get(self._normal(number), ()) if number else ()
        return tuple(self._open[id] for id in sorted(ids))

    def of_person(self, extension: str, groups: Iterable[str] = ()) -> tuple[Card, ...]:
        """What this person has to see to now: their own cards, and those of their groups that are nobody's."""
        mine, found = {"", *groups}, []
        for due_s, id in self._by_due:
            if due_s > self._clock.today().timestamp():
                break
            card = self._open[id]
            if card.person == extension or (not card.person and card.group in mine):
                found.append(id)
        return tuple(self._open[id] for id in sorted(found, key=self._urgency.__getitem__))

    def come_due(self) -> Iterator[Card]:
        """The open cards whose time has come, the longest ago first; to be looked through before anything is done."""
        count = bisect.bisect_right(self._by_due, (self._clock.today().timestamp(), math.inf))
        return (self._open[id] for _, id in itertools.islice(self._by_due, count))

    def newer_than(self, number: int, most: int = 500) -> tuple[Card, ...]:
        """The open cards with a higher number, in their order; of a great many the newest."""
        first = max(number, self._newest - most) + 1
        return tuple(self._open[id] for id in range(first, self._newest + 1) if id in self._open)

    @property
    def comes_next(self) -> datetime | None:
        """When the next card falls due; `None` where nothing is open or all of it is due."""
        now = self._clock.today()
        coming = bisect.bisect_right(self._by_due, (now.timestamp(), math.inf))
        return self._open[self._by_due[coming][1]].due_at if coming < len(self._by_due) else None

    def messages_for(self, extension: str, groups: Iterable[str] = ()) -> tuple[Card, ...]:
        """The messages that this person may hear: theirs, their groups', or meant for nobody in particular."""
        mine = {"", extension, *groups}
        found = (card for card in self._open.values() if card.recording and card.kind is CardKind.MESSAGE)
        theirs = [card for card in found if extension in (card.person, card.group) or card.group in mine]
        return tuple(sorted(theirs, key=lambda card: card.id))

    @property
    def open(self) -> tuple[Card, ...]:
        """What the board shows: first what is due, the most urgent of it first, then what comes."""
        self._draw()
        return self._shown

    @property
    def counts(self) -> CardCounts:
        """The numbers on the board."""
        self._draw()
        return self._counts

    def soon(self) -> datetime:
        """When what is to be done at once falls due: now, or when the office opens."""
        return soon(self.hours, self._clock.today())

    def next_due(self) -> float:
        """The moment (seconds of the clock) at which `tick` should be called; the wall may be set in between."""
        if not self._coming:
            return math.inf
        return self._clock.now() + max(0.0, self._coming[0][0] - self._clock.today().timestamp())

    # ------------------------------------------------------------ what happens by itself

    def add(self, card: Card, by: str = "", told: str = "") -> Card:
        """File a card; for a caller who has one already it is a line in its history (R23).

        What was filed for a call first says more than how the call ended.
        """
        of_call = self._open.get(self._of_call.get(card.call, 0))
        if of_call is not None and card.kind in OF_CALLERS[1:]:
            return of_call
        if of_call is not None and card.kind is of_call.kind is CardKind.MESSAGE:  # recorded once more
            return self._take_in(cardsteps.joined(of_call, card, told))
        others = (of_call, *self.of_caller(card.called_from), *self.of_caller(card.number))
        same = next((old for old in others if old is not None and cardsteps.may_join(old, card)), None)
        if same is not None:
            return self._take_in(cardsteps.joined(same, card, told))
        return self._take_in(cardsteps.made(replace(card, id=next(self._numbers)), by, told))

    def served(self, number: str, reason: str = "was served", call: int = 0) -> None:
        """Somebody has talked with whoever has this number: what only waited for that is done (R23)."""
        for card in self.of_caller(number):
            self._take_in(cardsteps.served(card, self._clock.today(), reason, call))

    def taken(self, call: int, extension: str) -> None:
        """A colleague says that they do what was promised in `call`."""
        card = self._open.get(self._of_call.get(call, 0))
        if card is not None:
            self._take_in(cardsteps.taken(card, self._clock.today(), extension))

    def erase(self, contact: int, numbers: Iterable[str]) -> None:
        """Forget somebody's cards; the keeper does so in the ledger (R36)."""
        theirs = {card.id for number in numbers for card in self.of_caller(number)}
        theirs |= {card.id for card in self._open.values() if contact and card.contact == contact}
        for id in theirs:
            self._take_out(id)
        self._closed.clear()
        self._drawn_until_s = -math.inf

    def tick(self) -> tuple[Card, ...]:
        """The cards whose time has come since somebody looked last, each once for each due time."""
        now = self._clock.today()
        come = []
        while self._coming and self._coming[0][0] <= now.timestamp():
            card = self._open.get(heapq.heappop(self._coming)[1])
            if card is None:
                continue
            if card.promise is Promise.GIVEN and card.promised and card.promised.timestamp() < now.timestamp():
                card = self._take_in(cardsteps.broken(card, now))
            if card.reminded is None and card.due_at.timestamp() <= now.timestamp():
                card = replace(card, reminded=now)
                self._put(card)
                self._keeper.keep_reminder(Reminder(card.id, card.due_at, now))
                come.append(card)
        return tuple(come)

    # ------------------------------------------------------------ what people do

    def obey(self, command: CardCommand | NewCard) -> Card | None:
        """Do what somebody wants; the card as it is then, or `None` where it cannot be done."""
        now = self._clock.today()
        try:
            if isinstance(command, NewCard):
                return self._new(command, now)
            if isinstance(command, ReopenCard):
                closed = self._closed.pop(command.card, None)
                return None if closed is None else self._take_in(cardsteps.reopened(closed, now, command.by))
            card = self._open.get(command.card)
            return None if card is None else self._take_in(self._step(card, command, now))
        except (ValueError, OverflowError) as refused:
            log.info("a card was left as it is: %s", refused)
            return None

    def _step(self, card: Card, command: CardCommand, now: datetime) -> Step:
        match command:
            case CallResult(_, by, result, text):
                return cardsteps.called(card, now, by, result, text, self.hours)
            case CardDone(_, by, reason, for_good):
                return cardsteps.finished(card, now, by, reason, for_good=for_good)
            case SnoozeCard(_, by, seconds):
                return cardsteps.snoozed(card, now, by, max(seconds, SHORTEST_SNOOZE_S))
            case MoveCard(_, by, due):
                return cardsteps.moved(card, now, by, due.astimezone(now.tzinfo))
            case TakeCard(_, by):
                return cardsteps.taken(card, now, by)
            case HandCard(_, by, to):
                return cardsteps.handed(card, now, by, to)
            case NoteCard(_, by, text):
                return cardsteps.noted(card, now, by, text)
            case RepeatCard(_, by, repeat):
                return cardsteps.repeats(card, now, by, repeat)
            case PromiseBy(_, by, minutes):
                return cardsteps.promised(card, now, by, _in_minutes(now, minutes))
        raise TypeError(f"the card box does not know the command {command!r}")

    def _new(self, command: NewCard, now: datetime) -> Card:
        promised = _in_minutes(now, command.promise_min) if command.promise_min else None
        due = command.due.astimezone(now.tzinfo) if command.due else promised or now
        card = Card(
            0,
            CardKind.TASK,
            now,
            command.number[:MOST_LETTERS],
            command.name[:MOST_LETTERS],
            person=command.person or command.by,
            deputy=command.deputy,
            contact=command.contact,
            company=command.company[:MOST_LETTERS],
            matter=command.matter,
            due=due,
            promised=promised,
            repeat=command.repeat,
        )
        return self.add(card, command.by)

    # ------------------------------------------------------------ keeping them in order

    def _take_in(self, step: Step) -> Card:
        card, entry = step
        self._put(card)
        self._keeper.keep_card(card, entry)
        log.info("%s: %s", card.log_name(), entry.action.value)
        return card

    def _put(self, card: Card) -> None:
        self._take_out(card.id)
        self._drawn_until_s = -math.inf
        self._newest = max(self._newest, card.id)
        if card.done:
            self._closed[card.id] = card
            if len(self._closed) > CLOSED_REMEMBERED:
                del self._closed[next(iter(self._closed))]
            return
        due_s = card.due_at.timestamp()
        self._open[card.id] = card
        self._urgency[card.id] = urgency(card)
        bisect.insort(self._by_due, (due_s, card.id))
        for key in self._keys(card):
            self._of_caller.setdefault(key, set()).add(card.id)
        self._of_call.update(dict.fromkeys(card.calls, card.id))
        if card.promise in self._promises:
            self._promises[card.promise].add(card.id)
        if card.reminded is None:
            heapq.heappush(self._coming, (due_s, card.id))
        if card.promise is Promise.GIVEN and card.promised is not None:
            heapq.heappush(self._coming, (card.promised.timestamp() + JUST_AFTER_S, card.id))
        if len(self._coming) > 1000 + 4 * len(self._open):
            self._forget_what_does_not_come()

    def _take_out(self, id: int) -> None:
        """Take an open card out of all the lists in which it stands."""
        card = self._open.pop(id, None)
        if card is None:
            return
        del self._by_due[bisect.bisect_left(self._by_due, (card.due_at.timestamp(), id))]
        del self._urgency[id]
        for key in self._keys(card):
            of_caller = self._of_caller[key]
            of_caller.discard(id)
            if not of_caller:
                del self._of_caller[key]
        for call in card.calls:
            if self._of_call.get(call) == id:
                del self._of_call[call]
        for with_promise in self._promises.values():
            with_promise.discard(id)

    def _keys(self, card: Card) -> set[str]:
        """The numbers by which a caller is known, in normal form."""
        return {self._normal(number) for number in (card.number, card.called_from) if number}

    def _forget_what_does_not_come(self) -> None:
        """Cards that were moved have left their old moments behind."""
        cards = self._open.values()
        self._coming = [(card.due_at.timestamp(), card.id) for card in cards if card.reminded is None]
        given = (self._open[id] for id in self._promises[Promise.GIVEN])
        self._coming += [(card.promised.timestamp() + JUST_AFTER_S, card.id) for card in given if card.promised]
        heapq.heapify(self._coming)

    def _draw(self) -> None:
        """Sort what the board shows anew, when something has changed or another card has come due."""
        now = self._clock.today()
        now_s = now.timestamp()
        if self._drawn_from_s <= now_s < self._drawn_until_s:
            return
        tomorrow_s = at_time(now, time(), 1).timestamp()
        due = bisect.bisect_right(self._by_due, (now_s, math.inf))
        today = bisect.bisect_left(self._by_due, (tomorrow_s, 0))
        shown = heapq.nsmallest(CARDS_SHOWN, (id for _, id in self._by_due[:due]), key=self._urgency.__getitem__)
        shown += [id for _, id in self._by_due[due : due + CARDS_SHOWN - len(shown)]]
        self._shown = tuple(self._open[id] for id in shown)
        given, broken = len(self._promises[Promise.GIVEN]), len(self._promises[Promise.BROKEN])
        self._counts = CardCounts(len(self._open), due, today - due, given, broken)
        next_s = self._by_due[due][0] if due < len(self._by_due) else math.inf
        self._drawn_from_s, self._drawn_until_s = now_s, min(tomorrow_s, next_s)


def _in_minutes(now: datetime, minutes: float) -> datetime:
    """So many minutes later on the clock. `ValueError` where that is nothing to be promised."""
    if not 1.0 <= minutes <= LONGEST_PROMISE_MIN:
        raise ValueError("a promise is for 1 to 10,000 minutes")
    return datetime.fromtimestamp(now.timestamp() + 60.0 * minutes, now.tzinfo)


def _in_zone(card: Card, zone: tzinfo | None) -> Card:
    """The same moments in the zone of the office: the ledger keeps only how far they were from UTC."""
    return replace(
        card,
        made=card.made.astimezone(zone),
        due=card.due and card.due.astimezone(zone),
        promised=card.promised and card.promised.astimezone(zone),
    )
