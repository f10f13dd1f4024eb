"""Whole calls through the engine: who gets whom when people are missing, many wait, or one of them matters more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from appliance.acd.staff import Presence
from appliance.acts import LineAct, Play
from appliance.call import CallerId, Outcome, Presentation
from appliance.clock import VirtualClock
from appliance.commands import SetPresence
from appliance.settings import (
    GroupSettings,
    HandoverSettings,
    LineSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)
from hardware.simulated.eventline import EventLine
from hardware.simulated.eventoffice import EventOffice
from hardware.simulated.eventpeople import Caller, Extension, Visitor, Where

ANNA, BOLEK = "11", "12"
SETTINGS = Settings(
    company="Northwind",
    lines=tuple(LineSettings(f"Line {n}", f"port {n}") for n in range(1, 5)),
    people=(PersonSettings("Anna", ANNA), PersonSettings("Bolek", BOLEK)),
    groups=(GroupSettings("sales", (ANNA,), "service", 100.0), GroupSettings("service", (BOLEK,))),
    menu=MenuSettings((), "sales"),
    pbx=PbxSettings(flash_proven=True),
    handover=HandoverSettings(way="answered"),
)


class Morning:
    """An office with four lines, of Anna in sales and Bolek in service."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        rng = Random(1)
        self.clock = VirtualClock(datetime(2026, 11, 24, 9, tzinfo=UTC))
        self.desks = {extension: Extension(extension, 0.0, rng) for extension in (ANNA, BOLEK)}
        self.said: list[str] = []

        class Overheard(EventLine):
            def perform(line, number: int, act: LineAct[object]) -> None:
                if isinstance(act, Play):
                    self.said += [sentence.key for sentence in act.sentences]
                super().perform(number, act)

        self.office = EventOffice(settings, self.clock, self.desks, rng, line_type=Overheard)

    def calls(self, line: int, **keys: str) -> Caller:
        caller_id = CallerId(f"22555010{line}", "", Presentation.SHOWN)
        pressed = {key.replace("_", "-"): keyed for key, keyed in keys.items()}
        return self.office.lines[f"Line {line}"].ring(Visitor(caller_id, 3000.0, 60.0, pressed))

    def run(self, seconds: float) -> None:
        self.clock.run(self.clock.now() + seconds)

    def wait(self, for_what: Callable[[], bool], most_s: float = 1200.0) -> None:
        end = self.clock.now() + most_s
        while not for_what():
            assert self.clock.now() < end
            self.run(0.5)


def test_the_group_that_helps_out_gets_a_caller_who_has_waited_long_enough() -> None:
    """R13: Anna is there, but talks and talks."""
    morning = Morning()
    morning.desks[ANNA].busy_until = 1e9
    jan = morning.calls(1)
    morning.wait(lambda: jan.where is Where.COLLEAGUE)
    assert jan.reached == [morning.desks[BOLEK]]
    [record] = [record for record in morning.office.finished if record.outcome is Outcome.TRANSFERRED]
    assert 100.0 <= record.waits[0].seconds < 140.0


def test_who_never_answers_is_logged_out_and_callers_are_served_by_others() -> None:
    """R8: four calls ring in vain at Anna's desk, then she is offered none; the board says so."""
    office = replace(SETTINGS, waiting=WaitingSettings(log_out_after=2))
    morning = Morning(office)
    morning.desks[ANNA] = morning.office.pbx.desks[ANNA] = Extension(ANNA, 1.0, Random(1))  # type: ignore[index]
    jan = morning.calls(1)
    morning.wait(lambda: jan.where is Where.COLLEAGUE)
    board = morning.office.engine.board()
    assert next(who.presence for who in board.staff if who.extension == ANNA) == Presence.OUT.value
    assert any("Anna did not answer 2 calls in a row" in fault.problem for fault in board.faults)
    morning.run(901.0)
    board = morning.office.engine.board()
    assert next(who.presence for who in board.staff if who.extension == ANNA) == Presence.IN.value
    assert board.faults == ()


def test_callers_are_served_in_the_order_of_their_arrival_and_the_board_shows_it() -> None:
    """R8: both are in line for one group."""
    morning = Morning()
    for extension in (ANNA, BOLEK):
        morning.desks[extension].busy_until = 50.0
    first, second = morning.calls(1), morning.calls(2)
    morning.wait(lambda: len(morning.office.engine.board().waiting) == 2)
    assert [view.line for view in morning.office.engine.board().waiting] == ["Line 1", "Line 2"]
    morning.wait(lambda: second.where is Where.COLLEAGUE)
    assert first.moved_at < second.moved_at


def test_presence_that_changes_meanwhile_brings_the_next_tier() -> None:
    """R13, R15: the last of the group goes home, and nobody waits for an empty room."""
    morning = Morning()
    morning.desks[ANNA].busy_until = 1e9
    jan = morning.calls(1)
    morning.run(40.0)
    assert jan.where is Where.OFFICE
    morning.office.post(SetPresence(ANNA, Presence.AWAY))
    morning.wait(lambda: jan.where is Where.COLLEAGUE, 30.0)
    assert jan.reached == [morning.desks[BOLEK]]
