"""Whoever was not served has a card, and whoever is served has none left: whole calls at the engine (R23)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from random import Random

import pytest

from appliance.call import CallerId, HangUpSign, Outcome, Presentation
from appliance.cards import Action, Card, CardKind, State
from appliance.clock import VirtualClock
from appliance.events import Armed, CallerIdHeard, HungUp, Ring, RingingStopped
from appliance.settings import (
    GroupSettings,
    HandoverSettings,
    Hours,
    LineSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    Settings,
)
from hardware.simulated.eventoffice import EventOffice
from hardware.simulated.eventpeople import Extension, Visitor
from hardware.simulated.eventport import Habits

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SETTINGS = Settings(
    company="Northwind",
    lines=(LineSettings("Line 1", "a"), LineSettings("Line 2", "b")),
    people=(PersonSettings("Anna", "11", deputies=("12",)), PersonSettings("Bartek", "12")),
    groups=(GroupSettings("sales", ("11",)), GroupSettings("service", ("12",))),
    menu=MenuSettings((("1", "sales"), ("2", "service")), "sales"),
    pbx=PbxSettings(flash_proven=True, recall_s=20.0),
    handover=HandoverSettings(way="answered"),
)
JAN = CallerId("225550101", "Jan", Presentation.SHOWN)
HELD_UP = 1e9


class Day:
    """An office of Anna and Bartek, on a PBX, and its card box."""

    def __init__(self, settings: Settings = SETTINGS, at: datetime = TUESDAY, no_answer: float = 0.0) -> None:
        rng = Random(1)
        self.clock = VirtualClock(at)
        self.desks = {person.extension: Extension(person.extension, no_answer, rng) for person in settings.people}
        self.office = EventOffice(settings, self.clock, self.desks, rng, Habits(recall_s=settings.pbx.recall_s))

    def call(
        self, patience_s: float = 3000.0, seconds: float = 400.0, caller_id: CallerId = JAN, **more: str
    ) -> Outcome:
        """One whole call on the first line, and how it ended."""
        keys = {"menu-choice": "1"} | {key.replace("_", "-"): keyed for key, keyed in more.items()}
        self.office.lines["Line 1"].ring(Visitor(JAN, patience_s, 30.0, keys))
        self.clock.run(self.clock.now() + seconds)
        outcome = self.office.finished[-1].outcome
        assert outcome is not None
        return outcome

    def busy(self, *extensions: str, until: float = HELD_UP) -> None:
        for extension in extensions:
            self.desks[extension].busy_until = until

    @property
    def open(self) -> tuple[Card, ...]:
        return self.office.engine.board().cards


def test_who_gives_up_twice_has_one_card_and_none_when_they_reach_anna() -> None:
    day = Day()
    day.busy("11", "12")
    assert [day.call(patience_s=40.0) for _ in range(2)] == [Outcome.ABANDONED] * 2
    (card,) = day.open
    assert (card.kind, card.calls, card.person, card.group) == (CardKind.ABANDONED, (1, 2), "", "sales")
    day.busy("11", until=0.0)
    assert day.call() is Outcome.TRANSFERRED
    assert day.open == ()
    closed = day.office.box[card.id]
    assert (closed.state, closed.reason, closed.last_contact is not None) == (State.DONE, "put through to Anna", True)


def test_the_card_says_who_was_tried() -> None:
    day = Day()
    day.busy("11")
    day.call(patience_s=60.0)
    history = [entry for entry in day.office.history if entry.action is Action.MADE]
    assert [entry.text.split(";")[1].strip() for entry in history] == ["Anna: busy"]


def test_a_message_stays_to_be_heard_when_its_caller_has_reached_somebody() -> None:
    day = Day()
    day.busy("11")
    assert day.call(come_back_choices="3", what_now="3", seconds=900.0) is Outcome.MESSAGE
    day.busy("11", until=0.0)
    assert day.call() is Outcome.TRANSFERRED
    assert [card.kind for card in day.open] == [CardKind.MESSAGE]


@pytest.mark.parametrize(("comes_back", "left_open"), [(False, 0), (True, 1)])
def test_who_is_left_ringing_is_served_only_when_they_do_not_come_back(comes_back: bool, left_open: int) -> None:
    """Nobody knows whether a telephone that was left ringing was answered, until the PBX has brought nobody back."""
    day = Day(replace(SETTINGS, handover=HandoverSettings(way="ring")), no_answer=float(comes_back))
    day.busy("11", "12")
    day.call(patience_s=40.0)
    day.busy("11", "12", until=0.0)
    day.call(patience_s=60.0)
    day.clock.run(day.clock.now() + 300.0)
    assert len(day.open) == left_open


def test_a_line_that_only_tells_who_rings_leaves_a_card_for_each_caller_once() -> None:
    """Ports that were dead while ringing was seen, and ringing that nobody answered."""
    day = Day()
    day.office.post(Armed("Line 1", False))
    for _ in range(2):
        day.office.post(Ring("Line 1"))
        day.office.post(CallerIdHeard("Line 1", JAN))
        day.clock.run(day.clock.now() + 20.0)
        day.office.post(RingingStopped("Line 1"))
    assert [(card.kind, card.calls) for card in day.open] == [(CardKind.UNANSWERED, (1, 2))]


def test_a_call_that_a_line_breaks_off_is_more_urgent_than_one_that_was_given_up() -> None:
    day = Day()
    day.busy("11", "12")
    day.call(patience_s=40.0)
    day.office.lines["Line 1"].ring(Visitor(JAN, 3000.0, 30.0, {"menu-choice": "1"}))
    day.clock.run(day.clock.now() + 30.0)
    day.office.lines["Line 1"].fail()
    assert [(card.kind, card.calls) for card in day.open] == [(CardKind.INTERRUPTED, (1, 2))]


def test_who_is_answered_at_another_telephone_needs_no_callback() -> None:
    day = Day()
    day.busy("11", "12")
    day.call(patience_s=40.0)
    day.office.lines["Line 1"].ring(Visitor(JAN, 3000.0, 30.0, {"menu-choice": "1"}))
    day.clock.run(day.clock.now() + 20.0)
    day.office.post(HungUp("Line 1", HangUpSign.HANDSET))
    day.clock.run(day.clock.now() + 20.0)
    assert day.office.finished[-1].outcome is Outcome.TAKEN_OVER and day.open == ()


def test_a_callback_asked_for_at_night_is_due_when_the_office_opens_and_is_told_of_then() -> None:
    week = (((time(8), time(16)),),) * 5 + ((), ())
    night = TUESDAY.replace(hour=22)
    day = Day(replace(SETTINGS, hours=Hours(week)), night)
    assert day.call(closed_choices="1", callback_confirm_number="1") is Outcome.CALLBACK
    opens = night.replace(day=25, hour=8)
    assert [card.due_at for card in day.open] == [opens]
    assert day.office.reminders == []
    day.clock.run((opens - night).total_seconds())
    assert [(reminder.due, reminder.at) for reminder in day.office.reminders] == [(opens, opens)]
