"""The engine with the real scripts, on event-level lines in virtual time: what callers and office live through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from random import Random
from typing import Any

import pytest

from appliance.acd.staff import Belief
from appliance.acts import HangUp, LineAct, Play
from appliance.board import Board
from appliance.call import CallerId, CallRecord, HangUpSign, Outcome, Presentation, TransferResult
from appliance.cards import Card, CardKind, Entry, Reminder
from appliance.clock import VirtualClock
from appliance.commands import ClearFault, Command, RaiseFault, Stored
from appliance.events import Armed, CallerIdHeard, Failed, LineEvent, Ring, RingingStopped
from appliance.faults import Fault
from appliance.office import Office
from appliance.scripts.verbs import answer
from appliance.settings import (
    GroupSettings,
    Hours,
    LineSettings,
    MenuSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)
from hardware.simulated.eventline import EventLine
from hardware.simulated.eventoffice import filed_for_calls
from hardware.simulated.eventpbx import EventPbx
from hardware.simulated.eventpeople import Extension, Visitor

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SETTINGS = Settings(
    company="Northwind",
    operator="11",
    lines=(LineSettings("Line 1", "a"), LineSettings("Line 2", "b")),
    people=(PersonSettings("Anna", "11", "sales"), PersonSettings("Bartek", "12")),
    groups=(GroupSettings("sales", ("11",), "service"), GroupSettings("service", ("12",))),
    menu=MenuSettings((("1", "sales"), ("2", "service")), "sales"),
)
JAN = CallerId("225550101", "Jan", Presentation.SHOWN)
QUIET = Fault("Line 1", "the modem has vanished", "Plug it in.")


class Scene:
    """An office of two lines, its books, and the extensions of its PBX."""

    def __init__(self, settings: Settings = SETTINGS, at: datetime = TUESDAY) -> None:
        self.clock = VirtualClock(at)
        self.begun: dict[int, CallRecord] = {}
        self.records: list[CallRecord] = []
        self.cards: list[Card] = []
        self.closed: list[str] = []
        self.office = Office(settings, self.clock, self)
        self.said: list[str] = []
        rng = Random(1)
        self.desks = {who.extension: Extension(who.extension, 0.0, rng) for who in settings.people}
        self.pbx = EventPbx(self.clock, self.desks)
        self.lines = {
            line.name: _Overheard(line.name, self.clock, self.pbx, self.post, rng, self.said) for line in settings.lines
        }
        self.office.connect(self.lines)
        for line in self.lines.values():
            line.arm()

    def begin(self, record: CallRecord) -> None:
        self.begun[record.number] = record

    def finish(self, record: CallRecord) -> None:
        self.records.append(record)

    def keep_card(self, card: Card, *entries: Entry) -> None:
        self.cards += filed_for_calls(card, entries)

    def keep_reminder(self, reminder: Reminder) -> None:
        """Nobody is told of anything here."""

    def post(self, event: LineEvent | Command) -> None:
        self.office.receive(event)
        self._appoint()

    def _appoint(self) -> None:
        due = self.office.next_due()
        if due < self.clock.next_appointment():
            self.clock.at(due, self._tick)

    def _tick(self) -> None:
        self.office.tick()
        self._appoint()

    def call(self, line: str = "Line 1", caller_id: CallerId = JAN, patience_s: float = 3000.0, **keys: str) -> None:
        pressed = {key.replace("_", "-"): keyed for key, keyed in keys.items()}
        self.lines[line].ring(Visitor(caller_id, patience_s, 100.0, pressed))

    def run(self, seconds: float) -> Board:
        self.clock.run(self.clock.now() + seconds)
        return self.office.board()


class _Overheard(EventLine):
    """An event-level line that also writes down which sentences were spoken."""

    def __init__(self, *arguments: Any) -> None:
        *rest, self._said = arguments
        super().__init__(*rest)

    def perform(self, number: int, act: LineAct[Any]) -> None:
        if isinstance(act, Play):
            self._said += [sentence.key for sentence in act.sentences]
        super().perform(number, act)


def busy(extension: str) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        scene.desks[extension].busy_until = 1e9

    return make


def engaged(extension: str) -> Callable[[Scene], None]:
    """The office believes that this person talks, and goes on talking."""

    def make(scene: Scene) -> None:
        scene.office._staff[extension].believe(Belief.TALKING, "a long conversation", TUESDAY)

    return make


def test_a_caller_is_greeted_asked_and_put_through() -> None:
    scene = Scene()
    scene.call(menu_choice="1")
    scene.run(60.0)
    record = scene.records[0]
    assert record.outcome is Outcome.TRANSFERRED
    assert record.transfers[0].person == "Anna"
    assert scene.said == ["greeting", "menu-choice", "menu-choice", "please-hold", "putting-through"]
    assert scene.cards == []


def test_the_call_is_answered_when_the_number_is_in_and_by_the_second_ring_without_one() -> None:
    scene = Scene()
    scene.call("Line 1")
    scene.call("Line 2", CallerId())
    assert [line.doing for line in scene.run(6.0).lines][1] == "being greeted"
    scene.run(3000.0)
    by_line = {record.line: record for record in scene.records}
    assert (by_line["Line 1"].rings, by_line["Line 2"].rings) == (1, 2)
    assert by_line["Line 1"].answer_s == pytest.approx(2.06)
    assert by_line["Line 2"].answer_s == pytest.approx(5.06)


def test_without_caller_id_everything_else_is_the_same() -> None:
    scene = Scene()
    scene.call(caller_id=CallerId(), menu_choice="2")
    scene.run(120.0)
    assert scene.records[0].outcome is Outcome.TRANSFERRED
    assert scene.records[0].transfers[0].person == "Bartek"


def test_a_busy_colleague_brings_the_caller_back_to_the_old_place() -> None:
    scene = Scene()
    busy("11")(scene)
    scene.call(menu_choice="1")
    scene.run(40.0)
    scene.call("Line 2", menu_choice="1")
    board = scene.run(60.0)
    assert [view.call for view in board.waiting] == [1, 2]
    assert "person-busy" in scene.said
    scene.desks["11"].busy_until = 0.0
    scene.run(60.0)
    assert scene.records[0].number == 1
    assert [attempt.result for attempt in scene.records[0].transfers][-1] is TransferResult.TAKEN
    assert TransferResult.BUSY in {attempt.result for attempt in scene.records[0].transfers}


def test_the_waiting_caller_is_told_their_place_every_forty_seconds() -> None:
    scene = Scene()
    engaged("11")(scene)
    scene.call(menu_choice="1")
    scene.run(200.0)
    assert 3 <= scene.said.count("position") <= 4


def test_somebody_else_moves_the_caller_to_the_group_that_helps_out() -> None:
    scene = Scene()
    engaged("11")(scene)
    scene.call(menu_choice="1", come_back_choices="4")
    scene.run(150.0)
    assert scene.records[0].transfers[0].person == "Bartek"


def test_a_callback_is_stored_with_number_and_time() -> None:
    scene = Scene()
    engaged("11")(scene)
    scene.call(menu_choice="1", come_back_choices="2", callback_confirm_number="1", callback_when="3")
    scene.run(200.0)
    assert [(card.kind, card.number, card.when) for card in scene.cards] == [
        (CardKind.CALLBACK, "225550101", "tomorrow morning")
    ]
    assert scene.records[0].outcome is Outcome.CALLBACK


def test_a_withheld_caller_keys_in_the_number_for_the_callback() -> None:
    scene = Scene()
    engaged("11")(scene)
    scene.call(
        caller_id=CallerId(presentation=Presentation.WITHHELD),
        menu_choice="1",
        come_back_choices="2",
        callback_enter_number="501600700",
        callback_number_readback="1",
    )
    scene.run(300.0)
    assert [card.number for card in scene.cards] == ["501600700"]


def test_who_hangs_up_while_leaving_a_callback_still_leaves_a_card() -> None:
    scene = Scene()
    engaged("11")(scene)
    scene.call(patience_s=75.0, menu_choice="1", come_back_choices="2")
    scene.run(200.0)
    assert [(card.kind, card.number) for card in scene.cards] == [(CardKind.CALLBACK, "225550101")]


def test_a_message_is_recorded_and_carded() -> None:
    scene = Scene()
    engaged("11")(scene)
    scene.call(menu_choice="1", come_back_choices="3")
    scene.run(300.0)
    assert [(card.kind, card.recording) for card in scene.cards] == [(CardKind.MESSAGE, "messages/call-000001.wav")]


def test_a_caller_who_hangs_up_waiting_becomes_a_card() -> None:
    scene = Scene()
    engaged("11")(scene)
    scene.call(patience_s=30.0, menu_choice="1")
    board = scene.run(60.0)
    assert scene.records[0].outcome is Outcome.ABANDONED
    assert scene.records[0].hung_up is HangUpSign.LOOP_BREAK
    assert [card.kind for card in board.cards] == [CardKind.ABANDONED]
    assert board.waiting == ()


def test_a_caller_who_leaves_while_flashed_is_not_lost() -> None:
    scene = Scene()
    busy("11")(scene)
    scene.call(patience_s=19.5, menu_choice="1")
    scene.run(120.0)
    assert scene.records[0].outcome is Outcome.ABANDONED
    assert [card.number for card in scene.cards] == ["225550101"]


def test_a_caller_who_gives_up_while_it_rings_becomes_a_card() -> None:
    scene = Scene()
    line = scene.lines["Line 1"]
    line.ring(Visitor(CallerId(), 1.0, 1.0, {}, rings_for_s=2.0))
    scene.run(10.0)
    assert [(record.outcome, record.rings) for record in scene.records] == [(Outcome.UNANSWERED, 1)]
    assert [card.kind for card in scene.cards] == [CardKind.UNANSWERED]


def test_nobody_waits_longer_than_the_limit() -> None:
    scene = Scene(replace(SETTINGS, waiting=WaitingSettings(longest_s=100.0)))
    engaged("11")(scene)
    scene.call(menu_choice="1")
    scene.run(400.0)
    assert "nobody-free" in scene.said
    assert scene.records[0].outcome is Outcome.CALLBACK


def test_no_call_is_longer_than_the_limit() -> None:
    scene = Scene(replace(SETTINGS, waiting=WaitingSettings(longest_call_s=60.0)))
    engaged("11")(scene)
    scene.call(menu_choice="1")
    scene.run(70.0)
    assert scene.records[0].hung_up is HangUpSign.LIMIT
    assert scene.lines["Line 1"].free


def test_a_closed_office_says_so_and_takes_a_callback() -> None:
    week = (((time(12), time(16)),),) * 7
    scene = Scene(replace(SETTINGS, hours=Hours(week)))
    scene.call(closed_choices="1", callback_confirm_number="1")
    board = scene.run(120.0)
    assert scene.said[:3] == ["greeting", "closed", "closed-choices"]
    assert scene.records[0].outcome is Outcome.CALLBACK
    assert not board.open


def test_a_line_that_fails_during_a_call_leaves_a_card_and_a_fault_until_it_is_armed_again() -> None:
    scene = Scene()
    scene.call(menu_choice="1")
    scene.run(10.0)
    scene.post(Failed("Line 1", QUIET))
    board = scene.office.board()
    assert board.faults == (QUIET,)
    assert board.lines[0].state == "out of order"
    assert scene.records[0].outcome is Outcome.BROKEN
    assert [card.kind for card in scene.cards] == [CardKind.INTERRUPTED]
    scene.post(Armed("Line 1"))
    assert scene.office.board().faults == ()
    assert scene.office.board().lines[0].state == "free"


def test_a_call_is_shown_as_finished_only_when_it_is_on_disk() -> None:
    scene = Scene()
    scene.call(menu_choice="1")
    assert scene.run(120.0).calls == ()
    scene.post(Stored(1))
    assert [record.number for record in scene.office.board().calls] == [1]


def test_the_ledger_knows_the_number_before_the_call_is_over() -> None:
    """A power failure during the call must leave a card that somebody can call back."""
    scene = Scene()
    scene.call(menu_choice="1")
    scene.run(10.0)
    assert scene.begun[1].caller_id == JAN
    assert scene.begun[1].answer_s is not None
    assert scene.begun[1].outcome is None


def test_an_extension_the_pbx_does_not_know_is_a_fault_with_advice() -> None:
    scene = Scene()
    del scene.desks["11"]
    scene.call(menu_choice="1")
    board = scene.run(40.0)
    assert [fault.about for fault in board.faults] == ["extension 11"]
    assert "Anna" in board.faults[0].advice


def test_two_callers_are_never_given_the_same_colleague() -> None:
    scene = Scene()
    scene.call("Line 1", menu_choice="1")
    scene.call("Line 2", menu_choice="1")
    scene.run(25.0)
    offered = [person for person in scene.office.board().staff if person.name == "Anna"]
    assert "call" in offered[0].belief
    assert [record.number for record in scene.records] in ([], [1])
    assert len(scene.office.board().waiting) >= 1


def test_the_version_of_the_board_grows_with_every_change() -> None:
    scene = Scene()
    before = scene.office.board().version
    scene.post(RaiseFault(QUIET))
    assert scene.office.board().faults == (QUIET,)
    scene.post(ClearFault("Line 1"))
    assert scene.office.board().faults == ()
    assert scene.office.board().version > before


def test_the_board_changes_when_a_belief_lapses_and_only_then() -> None:
    scene = Scene()
    scene.call(menu_choice="1")
    talking = scene.run(60.0)
    assert "talking" in talking.staff[0].belief
    assert scene.run(60.0) == talking
    free = scene.run(120.0)
    assert free.staff[0].belief == "free"
    assert free.version == talking.version + 1


def test_every_call_ends_with_the_line_put_on_hook() -> None:
    scene = Scene()
    ended: list[str] = []
    for line in scene.lines.values():
        original = line.perform

        def watch(number: int, act: LineAct[Any], line: EventLine = line, original: Any = original) -> None:
            if isinstance(act, HangUp):
                ended.append(line.name)
            original(number, act)

        line.perform = watch  # type: ignore[method-assign]
    scene.call("Line 1", menu_choice="1")
    scene.call("Line 2", patience_s=12.0)
    scene.run(600.0)
    assert sorted(ended) == ["Line 1", "Line 2"]
    assert all(line.free for line in scene.lines.values())


# ---------------------------------------------------------------- lines that only tell who rings

ONLY_TELLS = Fault("Line 1", "this modem has no voice mode, so it only tells who rings", "Use another modem.")


def test_a_line_that_cannot_answer_lets_it_ring_and_makes_a_card() -> None:
    """R37: the office's own telephones ring; R23: whoever was not answered is known."""
    scene = Scene()
    scene.post(Armed("Line 1", False, ONLY_TELLS))
    scene.post(Ring("Line 1"))
    scene.post(CallerIdHeard("Line 1", JAN))
    for _ in range(3):
        scene.clock.run(scene.clock.now() + 5.0)
        scene.post(Ring("Line 1"))
    board = scene.office.board()
    assert [line.state for line in board.lines] == ["in a call", "free"]
    assert ONLY_TELLS in board.faults
    scene.post(RingingStopped("Line 1"))
    assert [(record.outcome, record.rings) for record in scene.records] == [(Outcome.UNANSWERED, 4)]
    assert [(card.kind, card.number) for card in scene.cards] == [(CardKind.UNANSWERED, "225550101")]
    assert scene.office.board().lines[0].state == "cannot answer"


def test_another_number_in_the_middle_of_ringing_is_another_caller() -> None:
    """The first one gave up and the PBX rang for the next without a pause: both have a record and a card."""
    scene = Scene()
    scene.post(Armed("Line 1", False, ONLY_TELLS))
    for number in ("225550101", "501600700"):
        scene.post(Ring("Line 1"))
        scene.post(CallerIdHeard("Line 1", CallerId(number, "", Presentation.SHOWN)))
        scene.clock.run(scene.clock.now() + 5.0)
    scene.post(RingingStopped("Line 1"))
    assert [record.caller_id.number for record in scene.records] == ["225550101", "501600700"]
    assert [card.number for card in scene.cards] == ["225550101", "501600700"]


def test_a_complaint_of_a_line_goes_when_it_is_armed_without_one() -> None:
    scene = Scene()
    scene.post(Armed("Line 1", False, ONLY_TELLS))
    scene.post(Armed("Line 1"))
    assert scene.office.board().faults == ()
    assert scene.office.board().lines[0].state == "free"


def test_a_number_that_came_before_the_ring_belongs_to_one_call_only() -> None:
    """The next caller, who sends no number, is not taken for the one who has just given up."""
    scene = Scene()
    scene.post(Armed("Line 1", False, ONLY_TELLS))
    scene.post(CallerIdHeard("Line 1", JAN))
    for _ in range(2):
        scene.post(Ring("Line 1"))
        scene.post(RingingStopped("Line 1"))
    assert [record.caller_id.number for record in scene.records] == ["225550101", ""]


# ---------------------------------------------------------------- a script that breaks


@pytest.mark.parametrize(("engaged_by", "outcome"), [(None, Outcome.TRANSFERRED), ("another call", Outcome.CALLBACK)])
def test_who_meets_a_fault_of_ours_gets_the_operator_unless_they_are_given_another_call(
    engaged_by: str | None, outcome: Outcome, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> Outcome:
        await answer()
        raise ZeroDivisionError

    monkeypatch.setattr("appliance.office.reception", broken)
    scene = Scene()
    if engaged_by:
        scene.office._staff["11"].believe(Belief.OFFERED, engaged_by, TUESDAY)
    scene.call(callback_confirm_number="1", callback_when="1")
    scene.run(120.0)
    assert scene.records[0].outcome is outcome
    assert scene.said[0] == ("trouble-callback" if engaged_by else "trouble")
    assert bool(scene.records[0].transfers) is not bool(engaged_by), "nobody is offered two calls at once (R8)"
    assert "the script broke" in caplog.text
