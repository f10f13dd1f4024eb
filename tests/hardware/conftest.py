"""A rehearsal: the real program on emulated modems in a simulated world, as fast as the processor can."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from appliance.call import CallRecord
from appliance.cards import Card
from appliance.clock import ScaledClock
from appliance.main import Box
from appliance.settings import (
    GroupSettings,
    LineSettings,
    MenuSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)
from appliance.store.ledger import open_for_reading
from hardware.simulated.minipbx import PbxProfile
from hardware.simulated.modemfaults import Faults
from hardware.simulated.people import Caller, Staff
from hardware.simulated.plugs import site_of
from hardware.simulated.profiles import PROFILES
from hardware.simulated.story import CallerStory
from hardware.simulated.world import PlannedModem, World

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
    waiting=WaitingSettings(talk_s=15.0, retry_s=5.0),
)


@dataclass
class Rehearsal:
    """What came of it: the callers' stories, the office's books, and the world for a closer look."""

    world: World
    stories: tuple[CallerStory, ...] = ()
    records: list[CallRecord] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    faults_seen: list[str] = field(default_factory=list)

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


Rehearse = Callable[..., Rehearsal]


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where sentences are kept that one test has had spoken, for the others."""
    return tmp_path_factory.mktemp("prompts")


@pytest.fixture
def rehearse(tmp_path: Path, spoken: Path) -> Iterator[Rehearse]:
    """Run the program with these callers until all of them have a story and every line is free again."""
    (tmp_path / "prompts").symlink_to(spoken)

    def run(
        *callers: Caller,
        profile: str = "cx93001",
        profiles: Sequence[str] = (),
        lines: int = 1,
        faults: Faults = Faults(),  # noqa: B008 - frozen
        staff: Sequence[Staff] = (ANNA,),
        their_pbx: PbxProfile = PbxProfile(),  # noqa: B008 - frozen
        after_s: float = 1.0,
        **settings: Any,
    ) -> Rehearsal:
        clock = ScaledClock(math.inf, TUESDAY)
        office = replace(OFFICE, **settings)
        kinds = list(profiles) or [profile] * lines
        modems = [PlannedModem(PROFILES[kind], faults=faults) for kind in kinds]
        world = World(clock, country=office.country, modems=modems, staff=staff, callers=callers, pbx=their_pbx)
        told = tuple(
            LineSettings(f"Line {n}", port, modem_setup=SETUPS.get(kind, ()))
            for n, (port, kind) in enumerate(zip(world.lines, kinds, strict=True), 1)
        )
        seat = clock.waiter("test")
        world.start()
        box = Box(replace(office, lines=told), tmp_path, clock, site_of(world))
        box.start()
        outcome = Rehearsal(world)
        try:
            while not (world.done and not box.busy) and clock.now() < LONGEST_S:
                seat.wait(clock.now() + 0.25)
                outcome.faults_seen += [fault.problem for fault in box.board.faults]
            seat.wait(clock.now() + after_s)
        finally:
            seat.close()
            box.stop()
            world.stop()
        outcome.stories = tuple(sorted(world.stories, key=lambda story: story.order))
        ledger = open_for_reading(tmp_path)
        outcome.records, outcome.cards = list(reversed(ledger.calls())), ledger.cards()
        ledger.close()
        return outcome

    yield run
