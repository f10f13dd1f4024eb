"""Running a day: the real engine and scripts on event-level lines in virtual time."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from random import Random

from appliance.acd.staff import Presence
from appliance.call import CallerId, HangUpSign, Outcome, Presentation, TransferResult
from appliance.clock import VirtualClock
from appliance.commands import SetPresence
from appliance.settings import GroupSettings, Hours, LineSettings, MenuSettings, PersonSettings, Settings
from hardware.simulated.days.day import Away, Day, DayPerson
from hardware.simulated.days.report import Load, Report, broken_rules
from hardware.simulated.eventoffice import EventOffice
from hardware.simulated.eventpeople import Extension, Visitor

GROUP = "office"
EARLY_S = 60.0
"""The box runs for so long before the office opens."""
AFTER_WORK_S = 2 * 3600.0
"""and for so long after it has closed, when everybody has finished."""
LATE_S = 120.0
"""A caller whose time is up may still be in the middle of an attempt to put them through, and of a sentence."""


def simulate(day: Day, seed: int, progress: Callable[[float], None] | None = None) -> Report:
    """Live through `day`; the same seed gives the same report. `progress` is told the share done, 0 to 1."""
    rng = Random(seed)
    opens = datetime.combine(day.date, day.opens, UTC)
    clock = VirtualClock(opens - timedelta(seconds=EARLY_S))
    desks = {who.extension: Extension(who.extension, who.no_answer, rng) for who in day.people}
    office = EventOffice(settings_of(day), clock, desks, rng)
    run = _Run(day, office)
    for index, second in enumerate(sorted(_arrivals(day, rng))):
        visitor = _visitor(day, index, rng)
        clock.at(EARLY_S + second, lambda visitor=visitor: run.arrive(visitor))  # type: ignore[misc]
    run.plan_staff(rng)
    run.live(progress)
    return run.report(seed)


class _Run:
    """One day in progress."""

    def __init__(self, day: Day, office: EventOffice) -> None:
        self._turned_away = 0
        self._rings = 0
        self._day = day
        self._office = office
        self._own_calls_s: defaultdict[str, float] = defaultdict(float)

    def arrive(self, visitor: Visitor) -> None:
        """A caller dials the office: the first free line rings, or all are busy."""
        line = next((line for line in self._office.lines.values() if line.free), None)
        if line is None:
            self._turned_away += 1
        else:
            self._rings += 1
            line.ring(visitor)

    # ------------------------------------------------------------ the staff

    def plan_staff(self, rng: Random) -> None:
        """They telephone on their own, too, and go to lunch; some tell the box."""
        for who in self._day.people:
            moment = EARLY_S
            while who.own_calls and moment < self._day.open_s:
                length_s = rng.expovariate(1 / self._day.talk_s)
                moment += length_s / who.own_calls
                self._office.clock.at(
                    moment,
                    lambda who=who, length_s=length_s: self._own_call(who.extension, length_s),  # type: ignore[misc]
                )
            for away in who.away:
                self._plan_away(who, away)

    def _plan_away(self, who: DayPerson, away: Away) -> None:
        desk, clock = self._office.pbx.desks[who.extension], self._office.clock

        def goes() -> None:
            desk.attended = False
            if away.told is not None:
                until = datetime.combine(self._day.date, away.until, UTC)
                back = None if away.told is Presence.OUT else until
                self._office.post(SetPresence(who.extension, away.told, back))

        def comes() -> None:
            desk.attended = True
            if away.told is Presence.OUT:
                self._office.post(SetPresence(who.extension, Presence.IN, None))

        clock.at(max(0.0, self._second(away.since)), goes)
        clock.at(self._second(away.until), comes)

    def _second(self, moment: time) -> float:
        return EARLY_S + self._day.after_opening_s(moment)

    def _own_call(self, extension: str, length_s: float) -> None:
        desk, now = self._office.pbx.desks[extension], self._office.clock.now()
        if desk.is_free(now) and desk.attended:
            desk.busy_until = now + length_s
            self._own_calls_s[extension] += length_s

    # ------------------------------------------------------------ the day, and what came of it

    def live(self, progress: Callable[[float], None] | None) -> None:
        """Let the day pass, hour by hour."""
        end = self._day.open_s + AFTER_WORK_S
        for hour in range(1, math.ceil(end / 3600) + 1):
            self._office.clock.run(hour * 3600)
            if progress is not None:
                progress(min(1.0, hour * 3600 / end))

    def report(self, seed: int) -> Report:
        """What came of it."""
        office = self._office
        return Report(
            self._day.title,
            seed,
            tuple(office.finished),
            tuple(office.cards),
            self._turned_away,
            tuple(self._complaints()),
            {who.name: self._load(who) for who in self._day.people},
        )

    def _complaints(self) -> list[str]:
        """The invariants of every day, in words where they do not hold."""
        office = self._office
        said = [*office.pbx.offered_twice, *office.pbx.astray]
        rang = sum(1 for record in office.finished if not record.outgoing)
        if rang != self._rings:
            said.append(f"{self._rings} calls rang, but there are {rang} records")
        said += [f"{line.name} is not on-hook at the end of the day" for line in office.lines.values() if not line.free]
        if self._day.closed:
            through = [record.number for record in office.finished if record.outcome is Outcome.TRANSFERRED]
            said += [f"call {number} was put through, though nobody works today" for number in through]
        longest_s = office.engine.settings.waiting.longest_s + LATE_S
        return said + broken_rules(office.finished, office.cards, longest_s)

    def _load(self, who: DayPerson) -> Load:
        talks = [
            desk.talk_s(caller.visitor)
            for caller in self._office.pbx.callers
            for desk in caller.reached[-1:]
            if desk.number == who.extension
        ]
        away_s = sum(self._second(away.until) - self._second(away.since) for away in who.away)
        there_s = max(1.0, self._day.open_s - away_s)
        taken = sum(
            attempt.result is TransferResult.TAKEN and attempt.extension == who.extension
            for record in self._office.finished
            if not record.outgoing
            for attempt in record.transfers
        )
        return Load(taken, (sum(talks) + self._own_calls_s[who.extension]) / there_s)


def settings_of(day: Day) -> Settings:
    """The settings of an office that has such days."""
    extensions = tuple(person.extension for person in day.people)
    groups = tuple(
        GroupSettings(group.name, group.people, strategy=group.strategy, overflow=group.overflow)
        for group in day.groups
    ) or (GroupSettings(GROUP, extensions, strategy=day.strategy),)
    return Settings(
        company=day.title,
        country=day.country,
        operator=extensions[0],
        lines=tuple(LineSettings(f"Line {n}", f"simulated:{n}") for n in range(1, day.lines + 1)),
        people=tuple(PersonSettings(person.name, person.extension) for person in day.people),
        groups=groups,
        menu=MenuSettings(tuple((str(key), group.name) for key, group in enumerate(groups, 1)), groups[0].name),
        hours=Hours((((day.opens, day.closes),),) * 7),
    )


# ---------------------------------------------------------------- callers


def _arrivals(day: Day, rng: Random) -> list[float]:
    """The second of each call."""
    slot_s = day.open_s / len(day.hourly)
    if day.calls:
        slots = rng.choices(range(len(day.hourly)), day.hourly, k=day.calls)
        return [(slot + rng.random()) * slot_s for slot in slots]
    found = []
    for slot, rate in enumerate(day.hourly):
        second = rng.expovariate(rate / 3600) if rate else math.inf
        while second < slot_s:
            found.append(slot * slot_s + second)
            second += rng.expovariate(rate / 3600)
    return found


def _visitor(day: Day, index: int, rng: Random) -> Visitor:
    keys = {
        "menu-choice": _group_key(day, rng),
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
    talk_s = rng.lognormvariate(math.log(day.talk_s) - day.talk_spread**2 / 2, day.talk_spread)
    sign = rng.choice([HangUpSign.LOOP_BREAK, HangUpSign.BUSY])
    return Visitor(caller_id, patience_s, talk_s, keys, sign)


def _group_key(day: Day, rng: Random) -> str:
    """The key of the group that a caller wants; some press nothing where there is only one."""
    if not day.groups:
        return rng.choice(["1", "1", ""])
    return str(rng.choices(range(1, len(day.groups) + 1), [group.share for group in day.groups])[0])
