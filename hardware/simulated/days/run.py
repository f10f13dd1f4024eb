"""Running a day: the real engine and scripts on event-level lines in virtual time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from appliance.call import CallerId, CallRecord, HangUpSign, Outcome, Presentation
from appliance.cards import Card
from appliance.clock import VirtualClock
from appliance.plain import plain
from appliance.settings import GroupSettings, Hours, LineSettings, MenuSettings, PersonSettings, Settings
from hardware.simulated.days.day import Day
from hardware.simulated.eventoffice import EventOffice
from hardware.simulated.eventpeople import Extension, Visitor

GROUP = "office"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
"""A day without date has this one; a Monday, so that opening hours are the same for every run."""

NEEDS_CARD = (Outcome.CALLBACK, Outcome.MESSAGE, Outcome.ABANDONED, Outcome.UNANSWERED, Outcome.BROKEN)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a day. `turned_away` callers met busy lines, so they never rang."""

    title: str
    seed: int
    records: tuple[CallRecord, ...]
    cards: tuple[Card, ...]
    turned_away: int
    complaints: tuple[str, ...]

    @property
    def outcomes(self) -> Counter[str]:
        """How many calls ended in which way."""
        return Counter(record.outcome.value for record in self.records if record.outcome is not None)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values, times in ISO 8601, for programs."""
        return {
            "day": self.title,
            "seed": self.seed,
            "calls": len(self.records),
            "turned_away": self.turned_away,
            "outcomes": dict(sorted(self.outcomes.items())),
            "complaints": list(self.complaints),
            "records": [plain(record) for record in self.records],
            "cards": [plain(card) for card in self.cards],
        }


def simulate(day: Day, seed: int, progress: Callable[[float], None] | None = None) -> Report:
    """Live through `day`; the same seed gives the same report. `progress` is told the share done, 0 to 1."""
    rng = Random(seed)
    opening = timedelta(hours=day.opens.hour, minutes=day.opens.minute)
    clock = VirtualClock(MONDAY + opening - timedelta(minutes=1))
    desks = {who.extension: Extension(who.extension, who.no_answer, rng) for who in day.people}
    office = EventOffice(_settings(day), clock, desks, rng)
    run = _Run(day, office)
    arrivals = sorted(60.0 + second for second in _arrivals(day, rng))
    for index, moment in enumerate(arrivals):
        visitor = _visitor(day, index, rng)
        clock.at(moment, lambda visitor=visitor: run.arrive(visitor))  # type: ignore[misc]
    run.plan_own_calls(rng)
    run.live(progress)
    return Report(day.title, seed, tuple(office.finished), tuple(office.cards), run.turned_away, run.complaints())


class _Run:
    """One day in progress."""

    def __init__(self, day: Day, office: EventOffice) -> None:
        self.turned_away = 0
        self._rings = 0
        self._day = day
        self._office = office

    def arrive(self, visitor: Visitor) -> None:
        """A caller dials the office: the first free line rings, or all are busy."""
        line = next((line for line in self._office.lines.values() if line.free), None)
        if line is None:
            self.turned_away += 1
        else:
            self._rings += 1
            line.ring(visitor)

    def plan_own_calls(self, rng: Random) -> None:
        """The staff telephone on their own, too: their extensions are busy then."""
        for who in self._day.people:
            moment = 60.0
            while who.own_calls and moment < _open_s(self._day):
                length_s = rng.expovariate(1 / self._day.talk_s)
                moment += length_s / who.own_calls
                self._office.clock.at(
                    moment,
                    lambda who=who, length_s=length_s: self._own_call(who.extension, length_s),  # type: ignore[misc]
                )

    def _own_call(self, extension: str, length_s: float) -> None:
        desk, now = self._office.pbx.desks[extension], self._office.clock.now()
        if desk.is_free(now):
            desk.busy_until = now + length_s

    def live(self, progress: Callable[[float], None] | None) -> None:
        """Let the day pass, hour by hour."""
        end = _open_s(self._day) + 2 * 3600
        for hour in range(1, math.ceil(end / 3600) + 1):
            self._office.clock.run(hour * 3600)
            if progress is not None:
                progress(min(1.0, hour * 3600 / end))

    def complaints(self) -> tuple[str, ...]:
        """The invariants of every day, in words where they do not hold."""
        office = self._office
        said = list(office.pbx.offered_twice)
        if len(office.finished) != self._rings:
            said.append(f"{self._rings} calls rang, but there are {len(office.finished)} records")
        said += [f"{line.name} is not on-hook at the end of the day" for line in office.lines.values() if not line.free]
        carded = {card.call for card in office.cards}
        limit_s = office.engine.settings.waiting.longest_s + 120
        for record in office.finished:
            if record.outcome in NEEDS_CARD and record.number not in carded:
                said.append(f"call {record.number} ended as {record.outcome.value} and has no card")
            if any(wait.seconds > limit_s for wait in record.waits):
                said.append(f"call {record.number} waited longer than {limit_s:.0f} s")
        return tuple(said)


def _settings(day: Day) -> Settings:
    extensions = tuple(person.extension for person in day.people)
    week = tuple(((day.opens, day.closes),) for _ in range(7))
    return Settings(
        company=day.title,
        operator=extensions[0],
        lines=tuple(LineSettings(f"Line {n}", f"simulated:{n}") for n in range(1, day.lines + 1)),
        people=tuple(PersonSettings(person.name, person.extension) for person in day.people),
        groups=(GroupSettings(GROUP, extensions),),
        menu=MenuSettings((("1", GROUP),), GROUP),
        hours=Hours(week),
    )


def _open_s(day: Day) -> float:
    return (day.closes.hour - day.opens.hour) * 3600.0 + (day.closes.minute - day.opens.minute) * 60.0


def _arrivals(day: Day, rng: Random) -> list[float]:
    """The second of each call, by the weights of the hours."""
    slot_s = _open_s(day) / len(day.hourly)
    slots = rng.choices(range(len(day.hourly)), day.hourly, k=day.calls)
    return [(slot + rng.random()) * slot_s for slot in slots]


def _visitor(day: Day, index: int, rng: Random) -> Visitor:
    keys = {
        "menu-choice": rng.choice(["1", "1", ""]),
        "callback-confirm-number": "1",
        "callback-when": rng.choice("123"),
    }
    choice = rng.random()
    if choice < day.wants_callback:
        keys["come-back-choices"] = "2"
    elif choice < day.wants_callback + day.leaves_message:
        keys["come-back-choices"] = "3"
    keys["closed-choices"] = rng.choice(["1", "2", ""])
    caller_id = CallerId(f"22555{index:04d}", "", Presentation.SHOWN)
    if rng.random() < day.withheld:
        caller_id = CallerId(presentation=rng.choice([Presentation.WITHHELD, Presentation.NOT_SENT]))
        keys["callback-enter-number"] = f"22777{index:04d}"
    patience_s = rng.lognormvariate(math.log(day.patience_s), 0.6)
    talk_s = rng.lognormvariate(math.log(day.talk_s), 0.5)
    sign = rng.choice([HangUpSign.LOOP_BREAK, HangUpSign.BUSY])
    return Visitor(caller_id, patience_s, talk_s, keys, sign)
