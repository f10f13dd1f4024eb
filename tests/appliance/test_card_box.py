"""The card box of the engine: one card a caller, each due time told of once, promises counted down (R23 to R26)."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.cardbox import CARDS_SHOWN, CardBox
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
from appliance.cards import Action, Card, CardKind, Entry, Promise, Reminder, Repeat, Result, State, Unit
from appliance.clock import VirtualClock
from appliance.schedule import Schedule
from appliance.settings import Hours

WARSAW = ZoneInfo("Europe/Warsaw")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=WARSAW)
OFFICE = Schedule(Hours((*(((time(8), time(16)),),) * 5, (), ())))
JAN, OLA = "+48225550101", "+48501600700"


class Book:
    """A box, and what it has written down."""

    def __init__(self, at: datetime = TUESDAY) -> None:
        self.clock = VirtualClock(at)
        self.cards: dict[int, Card] = {}
        self.history: list[Entry] = []
        self.reminders: list[Reminder] = []
        self.box = CardBox(self, self.clock, OFFICE, "pl")

    def keep_card(self, card: Card, *entries: Entry) -> None:
        self.cards[card.id] = card
        self.history += entries

    def keep_reminder(self, reminder: Reminder) -> None:
        self.reminders.append(reminder)
        self.cards[reminder.card] = replace(self.cards[reminder.card], reminded=reminder.at)

    def file(self, call: int, kind: CardKind = CardKind.CALLBACK, number: str = JAN, **more: object) -> Card:
        return self.box.add(Card(call, kind, self.clock.today(), number, **more))  # type: ignore[arg-type]

    def wait(self, seconds: float) -> tuple[Card, ...]:
        self.clock.run(self.clock.now() + seconds)
        return self.box.tick()

    def started_again(self) -> Book:
        """The same office after a restart."""
        again = Book(self.clock.today())
        again.cards, again.history = dict(self.cards), list(self.history)
        left = [card for card in self.cards.values() if not card.done]
        again.box = CardBox(again, again.clock, OFFICE, "pl", left, max(self.cards) + 1)
        return again


def test_a_caller_who_tries_three_times_has_one_card_with_three_lines() -> None:
    """R23: merged per caller, however the network writes their number."""
    book = Book()
    for call, number in enumerate(("225550101", "+48225550101", "0048225550101"), 1):
        book.file(call, CardKind.ABANDONED, number)
    (card,) = book.box.open
    assert (card.calls, card.entries) == ((1, 2, 3), 3)
    assert [entry.action for entry in book.history] == [Action.MADE, Action.CALLED_AGAIN, Action.CALLED_AGAIN]


def test_callers_of_whom_nothing_is_known_have_a_card_each() -> None:
    book = Book()
    for call in (1, 2):
        book.file(call, CardKind.ABANDONED, "")
    assert [card.calls for card in book.box.open] == [(1,), (2,)]


def test_a_promise_says_more_than_how_its_call_ended() -> None:
    book = Book()
    book.file(1)
    book.file(1, CardKind.INTERRUPTED)
    assert [card.kind for card in book.box.open] == [CardKind.CALLBACK] and len(book.history) == 1


def test_a_message_that_was_recorded_once_more_is_one_message() -> None:
    book = Book()
    for name in ("messages/call-000001.wav", "messages/call-000001-2.wav"):
        book.file(1, CardKind.MESSAGE, recording=name)
    assert [card.recording for card in book.box.messages_for("101")] == ["messages/call-000001-2.wav"]


def test_who_is_served_from_the_telephone_they_called_from_needs_no_callback_on_another() -> None:
    book = Book()
    book.file(1, number=OLA, called_from=JAN)
    book.file(2, CardKind.ABANDONED, number="+48225550199")
    book.box.served("225550101", "put through to Anna", 3)
    assert (book.cards[1].state, book.cards[1].reason) == (State.DONE, "put through to Anna")
    assert [card.id for card in book.box.open] == [2]
    book.box.served("", "somebody without a number")
    assert len(book.box) == 1


def test_each_due_time_is_told_of_once_and_again_when_it_was_put_off() -> None:
    book = Book()
    card = book.file(1, due=TUESDAY + timedelta(minutes=10))
    assert book.box.next_due() == 600.0
    assert book.wait(599.0) == () and [one.id for one in book.wait(1.0)] == [card.id]
    assert book.wait(3600.0) == ()
    book.box.obey(SnoozeCard(card.id, "101", 300.0))
    assert [one.id for one in book.wait(300.0)] == [card.id]
    assert [reminder.due for reminder in book.reminders] == [TUESDAY + timedelta(seconds=s) for s in (600, 4500)]
    assert book.box.next_due() == math.inf


def test_after_a_restart_nothing_is_told_twice_and_what_came_due_meanwhile_is_told() -> None:
    book = Book()
    book.file(1)
    book.wait(0.0)
    book.file(2, number=OLA, due=TUESDAY + timedelta(hours=1))
    book.clock.run(7200.0)
    again = book.started_again()
    assert [card.id for card in again.box.tick()] == [2]
    assert again.box.tick() == ()


def test_a_promise_of_forty_minutes_is_broken_at_the_forty_first_and_stays_to_be_done() -> None:
    """R26: stored, counted down, told."""
    book = Book()
    card = book.box.obey(NewCard("101", JAN, "Jan", matter="find out the price", promise_min=40))
    assert card is not None and card.promised == TUESDAY + timedelta(minutes=40)
    assert book.box.counts.promised == 1
    assert [one.id for one in book.wait(40 * 60.0)] == [card.id], "it is due when the time is up"
    book.wait(1.0)
    assert (book.box.counts.promised, book.box.counts.broken) == (0, 1)
    assert book.history[-1].action is Action.BROKEN
    book.box.obey(CardDone(card.id, "101"))
    assert book.cards[card.id].promise is Promise.BROKEN and len(book.box) == 0


def test_every_command_does_what_it_says() -> None:
    book = Book()
    card = book.file(1)
    noon = TUESDAY + timedelta(hours=2)
    after: list[tuple[CardCommand, Action]] = [
        (NoteCard(card.id, "101", "wants blue lamps"), Action.NOTED),
        (TakeCard(card.id, "101"), Action.TAKEN),
        (HandCard(card.id, "101", "102"), Action.HANDED),
        (MoveCard(card.id, "102", noon), Action.MOVED),
        (PromiseBy(card.id, "102", 90.0), Action.PROMISED),
        (RepeatCard(card.id, "102", Repeat(2, Unit.WEEKS)), Action.REPEATS),
        (CallResult(card.id, "102", Result.NOT_REACHED), Action.CALLED),
        (CardDone(card.id, "102", "no longer wanted", for_good=True), Action.DONE),
        (ReopenCard(card.id, "101"), Action.REOPENED),
    ]
    for command, action in after:
        assert book.box.obey(command) is not None
        assert (book.history[-1].action, book.history[-1].by) == (action, command.by)
    left = book.cards[card.id]
    assert (left.person, left.matter, left.entries) == ("102", "wants blue lamps", 1 + len(after))
    assert [entry.number for entry in book.history] == list(range(1, 2 + len(after)))


@pytest.mark.parametrize(
    "command",
    [CardDone(99, "101"), ReopenCard(1, "101"), PromiseBy(1, "101", 0.0), SnoozeCard(1, "101", math.inf)],
)
def test_what_cannot_be_done_changes_nothing(command: CardCommand) -> None:
    book = Book()
    book.file(1)
    lines = len(book.history)
    assert book.box.obey(command) is None and len(book.history) == lines


def test_everybody_sees_their_own_cards_and_those_that_are_nobodys() -> None:
    book = Book()
    book.file(1, number="+48225550102", person="101")
    book.file(2, number="+48225550103", group="sales")
    book.file(3, number="+48225550104", group="service")
    book.file(4, number="+48225550105")
    book.file(5, number="+48225550106", person="101", due=TUESDAY + timedelta(days=1))
    assert [card.id for card in book.box.of_person("101", {"sales"})] == [1, 2, 4]


def test_the_board_shows_fifty_and_counts_all() -> None:
    book = Book()
    for number in range(100):
        hours = number - 60
        book.file(number + 1, number=f"+4822555{number:04}", due=TUESDAY + timedelta(hours=hours))
    assert len(book.box.open) == CARDS_SHOWN
    assert all(card.due_at <= TUESDAY for card in book.box.open)
    counts = book.box.counts
    assert (counts.open, counts.due, counts.today) == (100, 61, 13)
    book.clock.run(3600.0)
    assert book.box.counts.due == 62


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["call", "message", "serve", "later", "done", "again", "wait", "restart"]), st.integers(0, 5)
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_whatever_happens_nobody_has_two_cards_and_every_due_time_is_told_of_once(steps: list[tuple[str, int]]) -> None:
    """R23, R25: with restarts in between."""
    book, told = Book(), []
    for number, (step, which) in enumerate(steps, 1):
        caller = f"+4822555010{which}"
        book.clock.run(book.clock.now() + 1.0)
        match step:
            case "call":
                book.file(number, CardKind.ABANDONED, caller)
            case "message":
                book.file(number, CardKind.CALLBACK, caller)
            case "serve":
                book.box.served(caller)
            case "later":
                book.box.obey(CallResult(which, "101", Result.NOT_REACHED))
            case "done":
                book.box.obey(CardDone(which, "101"))
            case "again":
                book.box.obey(ReopenCard(which, "101"))
            case "wait":
                book.clock.run(book.clock.now() + which * 20_000.0)
            case "restart" if book.cards:
                reminders = book.reminders
                book = book.started_again()
                book.reminders = reminders
        told += book.box.tick()
        callers = [card.number for card in book.box.open]
        assert len(callers) == len(set(callers))
        left = {card.id for card in book.cards.values() if not card.done}
        assert left == {card.id for card in book.box.open}
    once = [(reminder.card, reminder.due.timestamp()) for reminder in book.reminders]
    assert len(once) == len(set(once)) == len(told)
    assert all(reminder.at.timestamp() >= reminder.due.timestamp() for reminder in book.reminders), "none early"
