"""Other settings are stored beside a running box: calls go on, the next one follows them, and no ring is lost."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.board import Board
from appliance.box import PAGE, WAITING
from appliance.call import CallRecord, Outcome
from appliance.clock import ScaledClock
from appliance.main import box_of
from appliance.settings import (
    GroupSettings,
    HandoverSettings,
    LineSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
    WebSettings,
)
from appliance.store.ledger import open_for_reading
from appliance.store.settings import ABOUT, SettingsStore
from appliance.store.watch import SettingsWatch
from hardware.linecheck import CHECKS
from hardware.simulated.people import Caller, Staff
from hardware.simulated.plugs import hats_of, site_of
from hardware.simulated.profiles import PROFILES
from hardware.simulated.world import PlannedModem, World

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
STAFF = (
    Staff("Anna", "11", answers_after_s=3.0, talks_s=10.0, says="Hello, this is Anna."),
    Staff("Bartek", "12", answers_after_s=3.0, talks_s=10.0, says="Hello, this is Bartek."),
)
TO_ANNA = Settings(
    company="Northwind",
    people=(PersonSettings("Anna", "11"), PersonSettings("Bartek", "12")),
    groups=(GroupSettings("sales", ("11",)), GroupSettings("service", ("12",))),
    menu=MenuSettings((("1", "sales"),), "sales"),
    pbx=PbxSettings(flash_proven=True),
    handover=HandoverSettings(way="answered"),
    waiting=WaitingSettings(talk_s=15.0, retry_s=5.0),
)
TO_BARTEK = replace(TO_ANNA, menu=MenuSettings((("1", "service"),), "service"))

Happening = Callable[[SettingsStore, tuple[LineSettings, ...]], None]
"""What somebody does to the stored settings of a box with these lines."""


def calls_at(at_s: float, number: str) -> Caller:
    return Caller(number, "Jan", at_s=at_s, presses=((6.0, "1"),), chat_s=5.0)


def stored(settings: Settings, department: str = "") -> Happening:
    def save(store: SettingsStore, lines: tuple[LineSettings, ...]) -> None:
        store.save(replace(settings, lines=tuple(replace(line, department=department) for line in lines)))

    return save


def by_hand(old: str, new: str) -> Happening:
    def spoil(store: SettingsStore, lines: tuple[LineSettings, ...]) -> None:
        text = store.path.read_text(encoding="utf-8")
        assert old in text
        store.path.write_text(text.replace(old, new), encoding="utf-8")

    return spoil


@dataclass
class Day:
    """What came of it: the calls by the number that called, and every board with its moment."""

    records: dict[str, CallRecord]
    boards: list[tuple[float, Board]]

    def told_at(self, at_s: float) -> list[str]:
        """What the board told of the settings."""
        board = [board for at, board in self.boards if at <= at_s][-1]
        return [fault.problem for fault in board.faults if fault.about == ABOUT]

    def out_of_order(self, since_s: float) -> bool:
        """Was a line opened anew after that?"""
        return any(view.state == "out of order" for at, board in self.boards if at > since_s for view in board.lines)


@pytest.fixture
def live(tmp_path: Path, spoken: Path) -> Callable[..., Day]:
    """Live through a day with these callers, on which things happen to the stored settings."""

    def run(*callers: Caller, happenings: dict[float, Happening], until_s: float, modems: int = 1) -> Day:
        clock = ScaledClock(math.inf, TUESDAY)
        planned = [PlannedModem(PROFILES["cx93001"]) for _ in range(modems)]
        world = World(clock, country="pl", modems=planned, staff=STAFF, callers=callers, keep_audio=False)
        lines = tuple(LineSettings(f"Line {number}", modem.path) for number, modem in enumerate(world.modems, 1))
        (tmp_path / "prompts").symlink_to(spoken)
        store, somebody = SettingsStore(tmp_path, CHECKS), SettingsStore(tmp_path)
        store.save(replace(TO_ANNA, lines=lines))
        settings = store.load_good()
        assert settings is not None
        seat, left, boards = clock.waiter("test"), sorted(happenings), []
        world.start()
        box = box_of(settings, tmp_path, clock, site_of(world), hats_of(world), watch=SettingsWatch(store))
        box.start()
        try:
            while clock.now() < until_s:
                seat.wait(clock.now() + 0.25)
                boards.append((clock.now(), box.board))
                while left and clock.now() >= left[0]:
                    happenings[left.pop(0)](somebody, lines)
        finally:
            seat.close()
            box.stop()
            world.stop()
        assert not box.crashed
        ledger = open_for_reading(tmp_path)
        records = ledger.calls()
        ledger.close()
        assert sorted(record.caller_id.number for record in records) == sorted(caller.number for caller in callers)
        return Day({record.caller_id.number: record for record in records}, boards)

    return run


def served_by(record: CallRecord) -> str:
    """Who took the call."""
    assert record.outcome is Outcome.TRANSFERRED
    return record.transfers[-1].extension


def test_a_call_goes_on_as_it_began_and_the_next_one_follows_the_new_settings(live: Callable[..., Day]) -> None:
    other = replace(TO_BARTEK, company="Southwind", web=WebSettings(port=8081))
    day = live(calls_at(2.0, "1"), calls_at(45.0, "2"), happenings={8.0: stored(other, "Repairs")}, until_s=85.0)
    assert [served_by(day.records[number]) for number in "12"] == ["11", "12"]
    assert day.told_at(15.0) == [WAITING.problem]
    assert day.told_at(44.0) == []
    assert not day.out_of_order(since_s=5.0), "nothing was changed that its modem must know"
    assert day.boards[-1][1].faults == (PAGE,), "the page cannot move while it is served"


def test_settings_that_cannot_be_are_told_while_the_last_good_ones_stay_in_force(live: Callable[..., Day]) -> None:
    happenings = {5.0: by_hand('"default": "sales"', '"default": "sails"'), 45.0: by_hand('"sails"', '"sales"')}
    day = live(calls_at(12.0, "1"), happenings=happenings, until_s=52.0)
    for at_s in (11.0, 44.0):
        (problem,) = day.told_at(at_s)
        assert 'In [menu], "default" leads to "sails", which is not in [[groups]]: did you mean "sales".' in problem
    assert day.told_at(51.0) == []
    assert served_by(day.records["1"]) == "11"


@pytest.mark.parametrize("rings_s", [11.9, 12.1, 13.0])
def test_no_ring_is_lost_while_a_line_is_opened_anew(rings_s: float, live: Callable[..., Day]) -> None:
    """They are found at the second look, 12 s after the start, and the modem takes another second (R37)."""
    slower = replace(TO_BARTEK, pbx=replace(TO_BARTEK.pbx, dtmf_on_ms=120))
    day = live(calls_at(rings_s, "1"), happenings={8.5: stored(slower)}, until_s=50.0)
    assert served_by(day.records["1"]) in ("11", "12")
    assert day.records["1"].rings <= 2
    assert day.out_of_order(since_s=5.0)


def test_lines_can_change_their_names_and_modems(live: Callable[..., Day]) -> None:
    def crossed(store: SettingsStore, lines: tuple[LineSettings, ...]) -> None:
        first, second = (line.port for line in lines)
        store.save(replace(TO_ANNA, lines=(LineSettings("Line 1", second), LineSettings("Front door", first))))

    day = live(calls_at(20.0, "1"), calls_at(22.0, "2"), happenings={4.0: crossed}, until_s=30.0, modems=2)
    assert [day.records[number].line for number in "12"] == ["Front door", "Line 1"]
    assert [line.name for line in day.boards[-1][1].lines] == ["Line 1", "Front door"]
    assert day.boards[-1][1].faults == ()
