"""Callbacks keep their place in the queue (R14): the real engine on event-level lines in virtual time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from itertools import pairwise
from random import Random

import pytest

from appliance.call import CallerId, CallRecord, Outcome, Presentation, TransferResult
from appliance.cards import CardKind
from appliance.clock import VirtualClock
from appliance.settings import (
    CallbackSettings,
    GroupSettings,
    Hours,
    LineSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)
from hardware.simulated.eventoffice import EventOffice
from hardware.simulated.eventpeople import Extension, Kind, Reaction, Visitor

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
JAN, OLA, EWA = "225550101", "501600700", "225550303"
MOBILE_AND_FIXED = ("XXXXXXXXX",)
SETTINGS = Settings(
    company="Northwind",
    lines=tuple(LineSettings(f"Line {n}", f"simulated:{n}") for n in (1, 2, 3)),
    people=(PersonSettings("Anna", "11"),),
    groups=(GroupSettings("sales", ("11",)),),
    menu=MenuSettings((("1", "sales"),), "sales"),
    pbx=PbxSettings(flash_proven=True, outside_prefix="0"),
    waiting=WaitingSettings(talk_s=60.0, retry_s=5.0, log_out_after=0),
    callbacks=CallbackSettings(may_dial=MOBILE_AND_FIXED),
)
HOURS = Hours((((time(9), time(10, 5)),),) * 5 + ((),) * 2)


class Scene:
    """An office of three lines and Anna, who takes what she is told of unless she is busy."""

    def __init__(self, settings: Settings = SETTINGS, key: str = "1") -> None:
        rng = Random(1)
        self.clock = VirtualClock(TUESDAY)
        self.desks = {who.extension: Extension(who.extension, 0.0, rng) for who in settings.people}
        for desk in self.desks.values():
            desk.called_reactions = ((1.0, Reaction(key, 6.0) if key else None),)
        self.office = EventOffice(settings, self.clock, self.desks, rng)
        self.phones = {f"0{number}": Extension(f"0{number}", 0.0, rng) for number in (JAN, OLA, EWA)}
        self.office.pbx.outside = self.phones

    @property
    def anna(self) -> Extension:
        return self.desks["11"]

    def call(self, number: str = JAN, line: int = 1, talk_s: float = 50.0, **keys: str) -> None:
        pressed = {"menu-choice": "1"} | {key.replace("_", "-"): keyed for key, keyed in keys.items()}
        caller_id = CallerId(number, "", Presentation.SHOWN)
        self.office.lines[f"Line {line}"].ring(Visitor(caller_id, 3000.0, talk_s, pressed))

    def asks_for_a_callback(self, number: str = JAN, line: int = 1) -> None:
        self.call(number, line, come_back_choices="2", callback_confirm_number="1", callback_when="1")

    def run(self, seconds: float) -> None:
        self.clock.run(self.clock.now() + seconds)

    def own_calls(self) -> list[CallRecord]:
        return [record for record in self.office.finished if record.outgoing]

    def connected(self) -> list[tuple[str, str]]:
        return [(one.colleague.number, one.other.number) for one in self.office.pbx.out.connected]

    def all_is_well(self) -> None:
        assert all(line.free for line in self.office.lines.values())
        assert self.office.pbx.offered_twice == []
        assert self.office.pbx.astray == []


def test_who_chose_a_callback_is_called_when_a_colleague_is_free_and_the_two_talk_without_the_box() -> None:
    scene = Scene()
    scene.anna.busy_until = 200.0
    scene.asks_for_a_callback()
    scene.run(600.0)
    assert scene.connected() == [("11", "0225550101")]
    (own,) = [record for record in scene.own_calls() if record.outcome is Outcome.CALLED_BACK]
    assert (own.caller_id.number, own.transfers[-1].result) == (JAN, TransferResult.TAKEN)
    assert own.waits[0].seconds > 150.0  # since they began to wait, not since they hung up
    assert scene.office.closed == [JAN]
    assert [card.kind for card in scene.office.cards] == [CardKind.CALLBACK]
    scene.all_is_well()


def test_a_number_that_the_box_may_not_dial_is_told_to_the_colleague_who_takes_the_card() -> None:
    scene = Scene(replace(SETTINGS, callbacks=CallbackSettings()))
    scene.anna.busy_until = 200.0
    scene.asks_for_a_callback()
    scene.run(600.0)
    assert scene.connected() == []
    assert scene.own_calls()[-1].outcome is Outcome.COLLEAGUE_CALLS
    assert [card.taken_by for card in scene.office.box.values()] == ["11"]
    assert scene.office.closed == []
    scene.all_is_well()


def test_a_colleague_may_put_it_off_and_after_some_attempts_it_is_only_a_card() -> None:
    rules = CallbackSettings(may_dial=MOBILE_AND_FIXED, attempts=3, retry_s=60.0)
    scene = Scene(replace(SETTINGS, callbacks=rules), key="2")
    scene.anna.busy_until = 200.0
    scene.asks_for_a_callback()
    scene.run(1500.0)
    told = [record for record in scene.own_calls() if record.transfers[-1].result is TransferResult.REFUSED]
    assert [record.outcome for record in told] == [Outcome.NOT_CALLED_BACK] * 3
    pauses_s = [(late.started - early.started).total_seconds() for early, late in pairwise(told)]
    assert pauses_s[0] == pytest.approx(75.0, abs=20.0)
    assert pauses_s[1] == pytest.approx(135.0, abs=20.0)  # twice as long
    assert scene.office.closed == []  # the card stays
    scene.all_is_well()


def test_what_a_colleague_calls_done_is_closed() -> None:
    scene = Scene(key="3")
    scene.anna.busy_until = 200.0
    scene.asks_for_a_callback()
    scene.run(900.0)
    assert scene.own_calls()[-1].outcome is Outcome.SETTLED
    assert scene.office.closed == [JAN]
    assert len([record for record in scene.own_calls() if record.outcome is Outcome.SETTLED]) == 1


@pytest.mark.parametrize("why", ["busy", "no answer"])
def test_a_caller_who_cannot_be_reached_is_tried_again_and_the_colleague_is_told(why: str) -> None:
    scene = Scene(replace(SETTINGS, callbacks=CallbackSettings(may_dial=MOBILE_AND_FIXED, retry_s=120.0)))
    scene.anna.busy_until = 200.0
    phone = scene.phones[f"0{JAN}"]
    if why == "busy":
        phone.busy_until = 400.0
    else:
        phone.busy_until, phone.do_not_disturb = 0.0, False
        phone._no_answer = 1.0
    scene.asks_for_a_callback()
    scene.run(360.0)
    failed = [record for record in scene.own_calls() if record.transfers[-1].result is TransferResult.NOT_REACHED]
    assert [record.outcome for record in failed] == [Outcome.NOT_CALLED_BACK]
    assert scene.office.pbx.out.left_alone == []  # Anna was fetched back and told, not dropped
    phone._no_answer = 0.0
    scene.run(600.0)
    assert scene.connected() == [("11", f"0{JAN}")]


def test_nobody_at_the_desk_is_as_for_any_call_and_the_callback_waits() -> None:
    scene = Scene(key="")
    scene.anna.busy_until = 200.0
    scene.asks_for_a_callback()
    scene.run(420.0)
    assert scene.own_calls()[-1].transfers[-1].result is TransferResult.NO_ANSWER
    assert scene.own_calls()[-1].outcome is Outcome.NOT_CALLED_BACK
    scene.anna.called_reactions = ((1.0, Reaction("1", 6.0)),)
    scene.run(600.0)
    assert scene.connected() == [("11", f"0{JAN}")]


def test_an_answering_machine_on_the_colleagues_desk_takes_no_callback() -> None:
    scene = Scene()
    scene.anna.busy_until, scene.anna.kind = 200.0, Kind.MACHINE
    scene.asks_for_a_callback()
    scene.run(900.0)
    assert scene.connected() == []
    assert scene.office.closed == []
    scene.all_is_well()


def test_who_calls_again_has_their_old_place_and_the_callback_is_withdrawn() -> None:
    scene = Scene()
    scene.anna.busy_until = 600.0
    scene.asks_for_a_callback()
    scene.run(100.0)
    scene.call(OLA, line=2)
    scene.run(30.0)
    scene.call(f"+48{JAN}", line=1)  # this time the network sends the country, too
    scene.run(900.0)
    taken = [record for record in scene.office.finished if record.transfers and not record.outgoing]
    served = [
        (record.caller_id.number, record.waits[-1].seconds)
        for record in taken
        if record.transfers[-1].result is TransferResult.TAKEN
    ]
    assert [number for number, _ in served] == [f"+48{JAN}", OLA]  # Jan came before Ola
    assert served[0][1] > 550.0  # counted from his first call
    assert scene.connected() == []
    tried = {attempt.result for record in scene.own_calls() for attempt in record.transfers}
    assert tried <= {TransferResult.BUSY}


def test_who_calls_while_the_colleague_is_being_told_is_put_through_instead() -> None:
    scene = Scene()
    scene.anna.busy_until = 200.0
    scene.anna.called_reactions = ((1.0, Reaction("1", 12.0)),)
    scene.asks_for_a_callback()
    while not any(line._port.peer is scene.anna for line in scene.office.lines.values()):
        scene.run(1.0)
    scene.call(JAN, line=1)
    scene.run(300.0)
    assert scene.connected() == []
    last = [record for record in scene.office.finished if not record.outgoing][-1]
    assert last.transfers[-1].result is TransferResult.TAKEN
    scene.all_is_well()


def test_a_caller_who_came_before_is_not_jumped_and_neither_is_the_callback() -> None:
    lines = tuple(LineSettings(f"Line {n}", f"simulated:{n}") for n in (1, 2, 3, 4))
    scene = Scene(replace(SETTINGS, lines=lines))
    scene.anna.busy_until = 300.0
    scene.call(OLA, line=2)
    scene.run(20.0)
    scene.asks_for_a_callback(JAN, line=1)
    scene.run(100.0)
    scene.call(EWA, line=3)
    scene.run(1200.0)
    served = {
        record.caller_id.number: record.transfers[-1].at
        for record in scene.office.finished
        if record.transfers and record.transfers[-1].result is TransferResult.TAKEN
    }
    assert sorted(served, key=lambda number: served[number]) == [OLA, JAN, EWA]
    scene.all_is_well()


def test_lines_stay_free_for_callers() -> None:
    scene = Scene(replace(SETTINGS, callbacks=CallbackSettings(may_dial=MOBILE_AND_FIXED, keep_free=2)))
    scene.anna.busy_until = 260.0
    scene.asks_for_a_callback(JAN, line=1)
    scene.run(90.0)
    scene.call(OLA, line=2)  # after Jan: with her there are only two free lines
    scene.run(120.0)
    scene.anna.busy_until = 0.0
    scene.run(600.0)
    (own,) = [record for record in scene.own_calls() if record.outcome is Outcome.CALLED_BACK]
    assert own.line == "Line 3"
    calls = [record for record in scene.office.finished if not record.outgoing]
    ola = next(record for record in calls if record.caller_id.number == OLA)
    assert ola.transfers[-1].at < own.transfers[-1].at  # there was no line for Jan, and nobody waits for nothing


def test_an_office_of_one_line_calls_back_when_it_is_idle() -> None:
    scene = Scene(replace(SETTINGS, lines=SETTINGS.lines[:1]))
    scene.anna.busy_until = 200.0
    scene.asks_for_a_callback()
    scene.run(600.0)
    assert scene.connected() == [("11", f"0{JAN}")]


def test_after_closing_time_a_callback_is_only_a_card() -> None:
    scene = Scene(replace(SETTINGS, hours=HOURS))
    scene.anna.busy_until = 330.0  # the office closes after five minutes
    scene.asks_for_a_callback()
    scene.run(3600.0)
    assert scene.own_calls() == [] or all(
        record.outcome is Outcome.NOT_CALLED_BACK and record.started < TUESDAY.replace(minute=5)
        for record in scene.own_calls()
    )
    assert scene.connected() == []
    assert [card.number for card in scene.office.cards] == [JAN]


@pytest.mark.parametrize(("when", "in_queue"), [("2", True), ("3", True), ("1", False)])
def test_who_wants_it_later_and_offices_that_do_not_want_it_have_a_card_only(when: str, in_queue: bool) -> None:
    scene = Scene(replace(SETTINGS, callbacks=CallbackSettings(in_queue=in_queue, may_dial=MOBILE_AND_FIXED)))
    scene.anna.busy_until = 200.0
    scene.call(JAN, come_back_choices="2", callback_confirm_number="1", callback_when=when)
    scene.run(900.0)
    assert scene.own_calls() == []
    assert [card.number for card in scene.office.cards] == [JAN]


@pytest.mark.parametrize("late_s", [0.0, 0.5])
@pytest.mark.parametrize("offset_s", [-0.1, -0.03, 0.0, 0.03, 0.1])
def test_whoever_rings_when_the_box_takes_the_line_goes_first(offset_s: float, late_s: float) -> None:
    """Glare, on an office with one line; `late_s`: the ring is not told before the line is off-hook."""
    first = Scene(replace(SETTINGS, lines=SETTINGS.lines[:1]))
    first.anna.busy_until = 200.0
    first.asks_for_a_callback()
    first.run(600.0)
    seized_at = (first.own_calls()[0].started - TUESDAY).total_seconds() + 0.06
    scene = Scene(replace(SETTINGS, lines=SETTINGS.lines[:1]))
    scene.anna.busy_until = 200.0
    scene.office.lines["Line 1"].tells_rings_after_s = late_s
    scene.asks_for_a_callback()
    caller_id = CallerId(OLA, "", Presentation.SHOWN)
    visitor = Visitor(caller_id, 3000.0, 50.0, {"menu-choice": "1"})
    scene.clock.at(seized_at + late_s + offset_s, lambda: scene.office.pbx.arrive(visitor))
    scene.run(900.0)
    ola = next(caller for caller in scene.office.pbx.callers if caller.visitor is visitor)
    assert [desk.number for desk in ola.reached] == ["11"]
    assert scene.connected() == [("11", f"0{JAN}")]
    incoming = [record for record in scene.office.finished if not record.outgoing]
    assert [record.outcome for record in incoming] == [Outcome.CALLBACK, Outcome.TRANSFERRED]
    scene.all_is_well()
