"""A box that wears HATs, in a simulated world, moved on by the test."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.clock import ScaledClock
from appliance.main import box_of
from appliance.settings import LineSettings, Settings
from hardware.simulated.fakehat import FakeHat, HatFaults
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.people import Caller
from hardware.simulated.plugs import hats_of, site_of
from hardware.simulated.world import PlannedHat, World

WAITING = Settings(company="Northwind", country="pl")
"""An office in which everybody waits: nobody is there to be put through to."""


class Stage:
    """The box, its HATs and their callers."""

    def __init__(
        self,
        home: Path,
        ports: Sequence[str],
        callers: Sequence[Caller],
        faults: HatFaults,
        settings: Settings,
        pbx: PbxProfile | None,
    ) -> None:
        self.clock = ScaledClock(math.inf)
        self._seat = self.clock.waiter("test")
        self.world = World(
            self.clock,
            country=settings.country,
            modems=[PlannedHat(port, faults if place == 0 else HatFaults()) for place, port in enumerate(ports)],
            callers=callers,
            pbx=pbx,
        )
        lines = tuple(LineSettings(f"Line {number}", port) for number, port in enumerate(ports, 1))
        self.world.start()
        self.box = box_of(replace(settings, lines=lines), home, self.clock, site_of(self.world), hats_of(self.world))
        self.box.start()

    @property
    def hat(self) -> FakeHat:
        """The first one."""
        hat = self.world.modems[0]
        assert isinstance(hat, FakeHat)
        return hat

    def state(self, line: int = 1) -> str:
        """What the board says of a line."""
        return next((view.state for view in self.box.board.lines if view.name == f"Line {line}"), "")

    def is_off_hook(self) -> bool:
        """Has the first line been taken?"""
        return bool(self.hat.record.hooks) and self.hat.record.hooks[-1][1]

    def faults(self) -> list[str]:
        """What the board says is wrong."""
        return [fault.problem for fault in self.box.board.faults]

    def until(self, true: Callable[[], bool], longest_s: float = 120.0) -> float:
        """Go on until something is true; how long that took."""
        began = self.clock.now()
        while not true():
            assert self.clock.now() < began + longest_s, self.box.board
            self._seat.wait(self.clock.now() + 0.05)
        return self.clock.now() - began

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        self._seat.wait(self.clock.now() + seconds)

    def cards(self) -> list[str]:
        """The numbers of all who should be called back."""
        return [card.number for card in self.box.board.cards]

    def close(self) -> None:
        self._seat.close()
        self.box.stop()
        self.world.stop()


@pytest.fixture
def stage(tmp_path: Path, spoken: Path) -> Iterator[Callable[..., Stage]]:
    """Puts a box and a world on: ports of HATs, callers, faults of the first HAT, settings."""
    stages: list[Stage] = []

    def put_on(
        *callers: Caller,
        ports: Sequence[str] = ("fxo:ch1817-usb",),
        faults: HatFaults = HatFaults(),  # noqa: B008 - frozen
        settings: Settings = WAITING,
        pbx: PbxProfile | None = PbxProfile(),  # noqa: B008 - frozen
    ) -> Stage:
        home = tmp_path / f"home {len(stages)}"
        home.mkdir()
        (home / "prompts").symlink_to(spoken)
        stages.append(Stage(home, ports, callers, faults, settings, pbx))
        return stages[-1]

    yield put_on
    for each in stages:
        each.close()
