"""A rehearsal: the real program at the lines of a simulated world, until everybody there has hung up.

How a box is opened is not known here, for it knows the whole program: whoever rehearses says it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from appliance.call import CallRecord
from appliance.cards import Card
from appliance.clock import Clock, ScaledClock
from appliance.settings import LineSettings, Settings
from appliance.store.ledger import open_for_reading
from hardware.simulated.story import CallerStory
from hardware.simulated.world import World

LONGEST_S = 1800.0
LOOK_EVERY_S = 0.25


class OpenBox(Protocol):
    """The program, running on the lines of a world."""

    crashed: bool

    @property
    def busy(self) -> bool:
        """Is there a call?"""

    def start(self) -> None:
        """Open all lines and begin to answer."""

    def stop(self) -> None:
        """End everything."""


BoxOpener = Callable[[Settings, Path, Clock, World], OpenBox]
"""Makes a box of settings whose lines are those of the world, with its home folder."""


@dataclass(frozen=True, slots=True, eq=False)
class Rehearsed:
    """What came of it: the world with its tapes, the callers' stories in order, and the books of the office."""

    world: World
    stories: tuple[CallerStory, ...]
    records: tuple[CallRecord, ...]
    cards: tuple[Card, ...]
    crashed: bool


def rehearse(
    settings: Settings, build: Callable[[Clock], World], open_box: BoxOpener, home: Path, began: datetime | None = None
) -> Rehearsed:
    """Run the program with these settings in the world that `build` makes, as fast as the machine allows.

    Raises:
        Exception: what broke the world.
    """
    clock = ScaledClock(math.inf) if began is None else ScaledClock(math.inf, began)
    world = build(clock)
    seat = clock.waiter("rehearsal")
    world.start()
    box = open_box(replace(settings, lines=lines_of(settings.lines, world)), home, clock, world)
    box.start()
    try:
        until = clock.now() + LONGEST_S
        while not (world.done and not box.busy) and clock.now() < until and not box.crashed and not world.failure:
            seat.wait(clock.now() + LOOK_EVERY_S)
    finally:
        seat.close()
        box.stop()
        world.stop()
    ledger = open_for_reading(home)
    records, cards = tuple(reversed(ledger.calls(1_000_000))), tuple(ledger.cards(open_only=False))
    ledger.close()
    stories = tuple(sorted(world.stories, key=lambda story: story.order))
    return Rehearsed(world, stories, records, cards, box.crashed)


def lines_of(told: Sequence[LineSettings], world: World) -> tuple[LineSettings, ...]:
    """The lines of the settings at the ports of the world; where the settings name none, one for each port."""
    told = told or [LineSettings(f"Line {number}", "") for number in range(1, len(world.lines) + 1)]
    return tuple(replace(line, port=port) for line, port in zip(told, world.lines, strict=True))
