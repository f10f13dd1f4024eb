"""How many lines and people an office needs, in sentences (R30)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.acd.hourly import Hour
from appliance.acd.planning import Waiting, busy, lines_for, patient_queue, people_for, queue

HEARS_BUSY = 0.01
"""Enough lines are those on which at most so many callers hear busy: the custom of trunks to the public network."""
ANSWERED_WITHIN_S, ANSWERED = 20.0, 0.8
"""Enough people are those who take four of five calls within twenty seconds: the custom of call centres."""
LONG_WAIT_S = 60.0
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
MORE = 2
"""So many lines or people more than there are are told of, if more are needed."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What comes in an hour: `calls`, each on a line for `on_line_s`; `for_people` of them want to talk, for `talk_s`
    with all that belongs to it. `patience_s` is how long they wait on average before they give up; `None`: unknown.
    """

    when: str
    calls: float
    on_line_s: float
    for_people: float
    talk_s: float
    patience_s: float | None = None

    @property
    def line_load(self) -> float:
        """In erlangs."""
        return self.calls * self.on_line_s / 3600

    @property
    def outside_load(self) -> float:
        """The same of the lines to the outside, which a call keeps until the conversation is over, in erlangs."""
        return self.line_load + self.people_load

    @property
    def people_load(self) -> float:
        """In erlangs."""
        return self.for_people * self.talk_s / 3600

    def waiting(self, people: int) -> Waiting:
        """What callers meet with so many people."""
        if self.patience_s is None:
            return queue(people, self.people_load, self.talk_s)
        return patient_queue(people, self.people_load, self.talk_s, self.patience_s)


@dataclass(frozen=True, slots=True)
class Lines:
    """With so many lines this share of callers hears busy."""

    lines: int
    hear_busy: float


@dataclass(frozen=True, slots=True)
class People:
    """With so many people: the shares of callers who are answered within `ANSWERED_WITHIN_S`, who would wait longer
    than `LONG_WAIT_S`, and who give up, and the mean wait; `None` where the queue would grow for ever.
    """

    people: int
    in_time: float
    long_wait: float
    gives_up: float
    mean_wait_s: float | None


@dataclass(frozen=True, slots=True)
class Advice:
    """Lines and people for the traffic of an hour."""

    traffic: Traffic
    lines: tuple[Lines, ...]
    outside: tuple[Lines, ...]
    people: tuple[People, ...]
    enough_lines: int
    enough_outside: int
    enough_people: int

    def sentences(self) -> list[str]:
        """The same for whoever decides how many lines the office rents, and who works when."""
        when = f" {self.traffic.when}" if self.traffic.when else ""
        people = [f"{_count(one.people, 'person', 'people')}: {self._met(one)}" for one in self.people]
        return [
            f"Lines of the box{when}: {self._hear_busy(self.lines)}.",
            f"Lines of the PBX to the outside{when}, kept until the conversation is over:"
            f" {self._hear_busy(self.outside)}.",
            f"Staff{when}: {'; '.join(people)}.",
            f"Enough are {_count(self.enough_lines, 'line')} of the box and"
            f" {_count(self.enough_outside, 'line')} to the outside, on which at most {_of(HEARS_BUSY)} hears busy,"
            f" and {_count(self.enough_people, 'person', 'people')}, who take four of five calls within"
            f" {ANSWERED_WITHIN_S:.0f} seconds.",
        ]

    @staticmethod
    def _hear_busy(lines: Sequence[Lines]) -> str:
        return "; ".join(f"{_count(one.lines, 'line')}: {_of(one.hear_busy)} hears busy" for one in lines)

    @staticmethod
    def _met(one: People) -> str:
        if one.mean_wait_s is None:
            return "more work than they can do, so the queue grows"
        gives_up = f", {_of(one.gives_up)} gives up" if one.gives_up > 0 else ""
        return f"{_of(one.long_wait)} waits longer than a minute{gives_up}"


def advise(traffic: Traffic, lines: int = 0, people: int = 0) -> Advice:
    """What so many lines and people (0: unknown) mean for callers, and how many would be enough.

    Raises:
        ValueError: more would be needed than anybody has.
    """
    enough_lines, enough_outside = lines_for(traffic.line_load, HEARS_BUSY), lines_for(traffic.outside_load, HEARS_BUSY)
    enough_people = people_for(
        lambda met: met.within(ANSWERED_WITHIN_S) >= ANSWERED, traffic.people_load, traffic.talk_s, traffic.patience_s
    )
    return Advice(
        traffic,
        tuple(Lines(number, busy(number, traffic.line_load)) for number in _around(lines, enough_lines)),
        tuple(Lines(number, busy(number, traffic.outside_load)) for number in _around(0, enough_outside)),
        tuple(_people(number, traffic.waiting(number)) for number in _around(people, enough_people)),
        enough_lines,
        enough_outside,
        enough_people,
    )


def _people(number: int, met: Waiting) -> People:
    mean_wait_s = met.mean_s if math.isfinite(met.mean_s) else None
    return People(number, met.within(ANSWERED_WITHIN_S), 1.0 - met.within(LONG_WAIT_S), met.gives_up, mean_wait_s)


def _around(there: int, enough: int) -> range:
    """Of how many it is told what they mean: those there are and a few more, or up to what would be enough."""
    if there == 0:
        return range(max(1, enough - MORE), enough + 1)
    return range(there, max(there + 1, min(enough, there + MORE)) + 1)


def traffic_of(found: Sequence[Hour], talk_s: float) -> Traffic:
    """The traffic of these hours, taken together; conversations last `talk_s`, hand-over and wrap-up included."""
    calls, put_through = (sum(hour.calls for hour in found), sum(hour.put_through for hour in found))
    gave_up, waited_s = sum(hour.gave_up for hour in found), sum(hour.waited_s for hour in found)
    offered = sum(hour.offered for hour in found)
    for_people = (put_through + gave_up) * offered / calls
    return Traffic(
        f"between {found[0].hour} and {found[-1].hour + 1}",
        offered / len(found),
        sum(hour.on_line_s * hour.calls for hour in found) / calls,
        for_people / len(found),
        talk_s,
        waited_s / gave_up if gave_up else None,
    )


def _of(share: float) -> str:
    """A share as "1 caller in 11", as far as that can be said."""
    if share >= 0.95:
        return "nearly everybody"
    if share > 0.4:
        return f"{share * 10:.0f} callers in 10"
    if share < 0.0005:
        return "hardly anybody"
    return f"1 caller in {1 / share:.0f}"


def _count(number: int, one: str, several: str = "") -> str:
    told = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{told} {one if number == 1 else several or one + 's'}"
