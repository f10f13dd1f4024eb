"""A rehearsal: the real program on emulated modems in a simulated world, as fast as the processor can."""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from appliance.board import Board
from appliance.call import CallRecord
from appliance.cards import Card
from appliance.clock import ScaledClock
from appliance.main import box_of
from appliance.settings import (
    CallbackSettings,
    GroupSettings,
    HandoverSettings,
    LineSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)
from appliance.store.ledger import open_for_reading
from hardware.fxo.board import is_board
from hardware.simulated.fakehat import HatFaults
from hardware.simulated.modemfaults import Faults
from hardware.simulated.modemrecord import ModemRecord
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.people import Caller, Staff
from hardware.simulated.plugs import hats_of, site_of
from hardware.simulated.profiles import PROFILES, Profile
from hardware.simulated.story import CallerStory
from hardware.simulated.world import PlannedHat, PlannedModem, World

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LONGEST_S = 900.0
SETUPS = {"cx-rd02": ("AT!4886=00",)}
"""What the owner of such a modem has to write into the settings (quirk Q5)."""

ANNA = Staff("Anna", "11", answers_after_s=3.0, talks_s=20.0, says="Hello, this is Anna.")
OFFICE = Settings(
    company="Northwind",
    country="pl",
    people=(PersonSettings("Anna", "11", "sales"), PersonSettings("Bartek", "12")),
    groups=(GroupSettings("sales", ("11",)), GroupSettings("service", ("12",))),
    menu=MenuSettings((("1", "sales"), ("2", "service")), "sales"),
    pbx=PbxSettings(flash_proven=True),
    handover=HandoverSettings(way="answered"),
    waiting=WaitingSettings(talk_s=15.0, retry_s=5.0),
    callbacks=CallbackSettings(in_queue=False),
)


@dataclass(frozen=True)
class LineCall:
    """One caller on one line: what they lived through, and what the office's books say of it."""

    kind: str
    round: int
    """The first caller of a line is 1."""
    line: str
    story: CallerStory
    records: list[CallRecord]
    cards: list[Card]
    modem: ModemRecord

    @property
    def record(self) -> CallRecord:
        """The only record."""
        (record,) = self.records
        return record


@dataclass
class Rehearsal:
    """What came of it: the callers' stories, the office's books, and the world for a closer look."""

    world: World
    home: Path
    stories: tuple[CallerStory, ...] = ()
    records: list[CallRecord] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    faults_seen: list[str] = field(default_factory=list)
    boards: list[tuple[float, Board]] = field(default_factory=list)
    """Every board that was seen, a quarter of a second apart, with its moment."""
    crashed: bool = False
    """Did the engine break?"""
    log: list[logging.LogRecord] = field(default_factory=list)
    """What the program logged, from INFO on."""

    @property
    def story(self) -> CallerStory:
        """The story of the only caller."""
        (story,) = self.stories
        return story

    @property
    def record(self) -> CallRecord:
        """The record of the only call."""
        (record,) = self.records
        return record

    def rounds(self) -> list[LineCall]:
        """The calls of callers who came one for each line, in the order of the lines, again and again.

        Each has the records and cards made on that line from its first ring to that of the next caller there.
        """
        lines = len(self.world.modems)
        calls = []
        for place, story in enumerate(self.stories):
            later = self.stories[place + lines].began if place + lines < len(self.stories) else math.inf
            line = f"Line {place % lines + 1}"
            records = [
                record
                for record in self.records
                if record.line == line and story.began <= (record.started - TUESDAY).total_seconds() < later
            ]
            numbers = {record.number for record in records}
            cards = [card for card in self.cards if numbers.intersection(card.calls)]
            modem = self.world.modems[place % lines]
            calls.append(LineCall(modem.profile.name, place // lines + 1, line, story, records, cards, modem.record))
        return calls

    def look_at(self, at: float, board: Board) -> None:
        """Remember what the board shows."""
        self.faults_seen += [fault.problem for fault in board.faults]
        if not self.boards or self.boards[-1][1].version != board.version:
            self.boards.append((at, board))

    def states_of(self, line: str) -> list[tuple[float, str]]:
        """The states of `line` on the board, each with the moment at which it was first seen."""
        states: list[tuple[float, str]] = []
        for at, board in self.boards:
            state = next(view.state for view in board.lines if view.name == line)
            if not states or states[-1][1] != state:
                states.append((at, state))
        return states


Rehearse = Callable[..., Rehearsal]


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where sentences are kept that one test has had spoken, for the others."""
    return tmp_path_factory.mktemp("prompts")


@pytest.fixture
def rehearse(tmp_path: Path, spoken: Path) -> Rehearse:
    """Run the program with these callers until all of them have a story and every line is free again."""
    return partial(_run, tmp_path, spoken)


@pytest.fixture(scope="module")
def rehearse_once(tmp_path_factory: pytest.TempPathFactory, spoken: Path) -> Rehearse:
    """The same for one rehearsal that many tests look at; each has a home folder of its own."""

    def run(*callers: Caller, **options: Any) -> Rehearsal:
        return _run(tmp_path_factory.mktemp("home"), spoken, *callers, **options)

    return run


def _run(
    home: Path,
    spoken: Path,
    *callers: Caller,
    profile: str = "cx93001",
    profiles: Sequence[str | Profile] = (),
    lines: int = 1,
    faults: Faults = Faults(),  # noqa: B008 - frozen
    hat_faults: HatFaults | None = None,
    staff: Sequence[Staff] = (ANNA,),
    outside: Sequence[Staff] = (),
    colleagues: int = 0,
    colleague: Staff = ANNA,
    their_pbx: PbxProfile = PbxProfile(),  # noqa: B008 - frozen
    after_s: float = 1.0,
    keep_audio: bool = True,
    setups: Mapping[str, tuple[str, ...]] = SETUPS,
    line: LineSettings = LineSettings("", ""),  # noqa: B008 - frozen
    **settings: Any,
) -> Rehearsal:
    clock = ScaledClock(math.inf, TUESDAY)
    office = replace(OFFICE, **settings)
    if colleagues:
        staff, office = _crowd(colleagues, colleague, office)
    kinds = profiles or [profile] * lines
    modems = [_planned(kind, faults, hat_faults) for kind in kinds]
    world = World(
        clock,
        country=office.country,
        modems=modems,
        staff=staff,
        outside=outside,
        callers=callers,
        pbx=their_pbx,
        keep_audio=keep_audio,
    )
    told = tuple(
        replace(
            line, name=f"Line {n}", port=modem.path, modem_setup=line.modem_setup or setups.get(modem.profile.name, ())
        )
        for n, modem in enumerate(world.modems, 1)
    )
    (home / "prompts").symlink_to(spoken)
    outcome = Rehearsal(world, home)
    seat = clock.waiter("test")
    with _log_kept_in(outcome.log):
        world.start()
        box = box_of(replace(office, lines=told), home, clock, site_of(world), hats_of(world))
        box.start()
        try:
            while not (world.done and not box.busy) and clock.now() < LONGEST_S:
                seat.wait(clock.now() + 0.25)
                outcome.look_at(clock.now(), box.board)
            until = clock.now() + after_s
            while clock.now() < until:
                seat.wait(min(until, clock.now() + 0.25))
                outcome.look_at(clock.now(), box.board)
        finally:
            seat.close()
            box.stop()
            world.stop()
    outcome.crashed = box.crashed
    outcome.stories = tuple(sorted(world.stories, key=lambda story: story.order))
    ledger = open_for_reading(home)
    outcome.records, outcome.cards = list(reversed(ledger.calls())), ledger.cards(open_only=False)
    ledger.close()
    return outcome


def _planned(kind: str | Profile, faults: Faults, hat_faults: HatFaults | None) -> PlannedModem | PlannedHat:
    """A modem by its profile or the name of it, or a HAT by its port; a HAT can have few of a modem's faults."""
    if isinstance(kind, str) and is_board(kind):
        return PlannedHat(kind, hat_faults or HatFaults(no_caller_id=faults.no_caller_id))
    return PlannedModem(PROFILES[kind] if isinstance(kind, str) else kind, faults=faults)


def _crowd(count: int, like: Staff, office: Settings) -> tuple[Sequence[Staff], Settings]:
    """So many colleagues for sales that every caller gets one, all with the habits of `like`."""
    extensions = tuple(str(number) for number in range(11, 11 + count))
    staff = [replace(like, name=f"Colleague {extension}", extension=extension) for extension in extensions]
    people = tuple(PersonSettings(person.name, person.extension, "sales") for person in staff)
    return staff, replace(office, people=people, groups=(GroupSettings("sales", extensions),))


@contextlib.contextmanager
def _log_kept_in(log: list[logging.LogRecord]) -> Iterator[None]:
    """Keep what the program logs meanwhile."""
    keeper = logging.Handler()
    keeper.emit = log.append  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.setLevel(level)
        root.removeHandler(keeper)
