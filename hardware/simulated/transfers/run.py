"""Running the hand-overs: office after office, each with its own dice, so that one of them can be looked at alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from appliance.acts import LineAct
from appliance.clock import VirtualClock
from appliance.commands import SetPresence
from hardware.simulated.eventline import EventLine
from hardware.simulated.eventoffice import EventOffice
from hardware.simulated.transfers.drawing import Drawn, Going, Misfortune, draw
from hardware.simulated.transfers.judge import Judge
from hardware.simulated.transfers.report import Report

MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
CALLS_IN_AN_OFFICE = 100
EVENING_S = 2 * 3600.0
"""How long the office is watched after the last caller has come."""
LOOK_EVERY_S = 15.0


def simulate_transfers(count: int, seed: int, progress: Callable[[float], None] | None = None) -> Report:
    """Have `count` callers handed over; the same seed gives the same report. `progress` is told the share done."""
    report = Report(seed)
    for first in range(0, count, CALLS_IN_AN_OFFICE):
        rng = Random(f"{seed}:{first}")
        drawn = draw(rng, min(CALLS_IN_AN_OFFICE, count - first))
        live(drawn, rng, report)
        if progress is not None:
            progress(min(1.0, (first + CALLS_IN_AN_OFFICE) / count))
    return report


def live(drawn: Drawn, rng: Random, report: Report) -> EventOffice:
    """Live through the hour of one office, and put what came of it into the report."""
    clock = VirtualClock(MORNING)
    office = EventOffice(drawn.settings, clock, drawn.desks, rng, drawn.habits, UnluckyLine)
    report.offices += 1
    judge = Judge(drawn, office, report)
    for moment, visitor in drawn.arrivals:
        clock.at(moment, partial(office.pbx.arrive, visitor))
    for going in drawn.goings:
        clock.at(going.at, partial(_goes, office, going))
    for misfortune in drawn.misfortunes:
        line = office.lines[misfortune.line]
        assert isinstance(line, UnluckyLine)
        clock.at(misfortune.at, partial(line.awaits.append, misfortune))
    end = drawn.ends_s + EVENING_S
    for look in range(1, int(end / LOOK_EVERY_S) + 1):
        clock.run(look * LOOK_EVERY_S)
        judge.look()
    judge.close()
    return office


def _goes(office: EventOffice, going: Going) -> None:
    until = office.clock.today() + timedelta(seconds=going.for_s)
    office.post(SetPresence(going.extension, going.presence, until))


class UnluckyLine(EventLine):
    """A line whose device fails in the middle of what it was drawn for."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.awaits: list[Misfortune] = []

    def perform(self, number: int, act: LineAct[Any]) -> None:
        super().perform(number, act)
        misfortune = next((awaited for awaited in self.awaits if isinstance(act, awaited.act)), None)
        if misfortune is None or self.dead:
            return
        self.awaits.remove(misfortune)
        if misfortune.lasts_s:
            now = self._clock.now()
            self._clock.at(now + misfortune.after_s, lambda: self._breaks(misfortune))
        else:
            self.loses_done = True

    def _breaks(self, misfortune: Misfortune) -> None:
        if not self.dead:
            self._pbx.happened[f"failed in {misfortune.act.__name__}"] += 1
            self.fail()
            self._clock.at(self._clock.now() + misfortune.lasts_s, self.heal)
