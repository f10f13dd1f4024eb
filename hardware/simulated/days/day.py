"""The description of an office day: what may stand in its file, and what cannot be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, time
from typing import Any

from appliance.acd.staff import Presence
from appliance.faults import BadSettings
from appliance.settings import STRATEGIES

MOST_CALLS = 20_000
MOST_PEOPLE = 200
MONDAY = date(2026, 11, 23)
"""A day without a date of its own is this one."""


@dataclass(frozen=True, slots=True)
class Away:
    """From when to when somebody is not at their desk, and what they have told the box of it; `None`: nothing."""

    since: time
    until: time
    told: Presence | None

    @classmethod
    def read(cls, text: str) -> Away:
        """One of "12:00-12:45 at lunch", "09:00-10:00 in a meeting", "14:00-16:00 logged out", "08:00-16:00 untold".

        Raises:
            ValueError: it is none of these.
        """
        span, _, words = text.partition(" ")
        since, _, until = span.partition("-")
        away = cls(time.fromisoformat(since), time.fromisoformat(until), None if words == "untold" else Presence(words))
        if away.since >= away.until or away.told is Presence.IN:
            raise ValueError(f"{text!r} is not a time when somebody is away")
        return away


@dataclass(frozen=True, slots=True)
class DayPerson:
    """One of the staff.

    `no_answer` is how often they let it ring, `own_calls` the share of the day they telephone on their own, both 0 to
    1; `away` are the times when they are not there, and their telephone rings in vain.
    """

    name: str
    extension: str
    no_answer: float = 0.0
    own_calls: float = 0.0
    away: tuple[Away, ...] = ()


@dataclass(frozen=True, slots=True)
class DayGroup:
    """People who share calls, by extension; `share` weighs how many callers want this group."""

    name: str
    people: tuple[str, ...]
    share: float = 1.0
    strategy: str = STRATEGIES[0]
    overflow: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day. Times in seconds are means (of patience: half have more); shares are 0 to 1.

    `hourly` is how many callers an hour there are, from `opens` on, in as many equal parts of the day; they come
    independently of one another. Where `calls` says how many come in all, `hourly` only weighs the parts. Without
    `groups` everybody is in one. Where a day is said to be `closed`, the office must know that from the public holidays
    of its `country`: nobody may be put through on it.
    """

    title: str
    lines: int
    opens: time
    closes: time
    hourly: tuple[float, ...]
    patience_s: float
    talk_s: float
    people: tuple[DayPerson, ...]
    calls: int = 0
    groups: tuple[DayGroup, ...] = ()
    strategy: str = STRATEGIES[0]
    country: str = "pl"
    date: date = MONDAY
    closed: bool = False
    talk_spread: float = 0.5
    """Standard deviation of the logarithm of how long they talk."""
    withheld: float = 0.05
    wants_callback: float = 0.1
    leaves_message: float = 0.05

    @property
    def open_s(self) -> float:
        """How long the office is open."""
        return (self.closes.hour - self.opens.hour) * 3600.0 + (self.closes.minute - self.opens.minute) * 60.0

    def after_opening_s(self, moment: time) -> float:
        """How long after the opening that is; below 0 where it is before."""
        return (moment.hour - self.opens.hour) * 3600.0 + (moment.minute - self.opens.minute) * 60.0


def day_of(table: Mapping[str, Any]) -> Day:
    """The day that a TOML table describes.

    Raises:
        BadSettings: it says something that cannot be.
        KeyError, TypeError, ValueError: something is missing, or is of another kind than it should be.
    """
    unknown = set(table) - {field.name for field in fields(Day)}
    if unknown:
        raise BadSettings(f"a day has no key called {', '.join(sorted(unknown))}")
    read = dict(table)
    read["people"] = tuple(_person(person) for person in read["people"])
    read["groups"] = tuple(DayGroup(**group | {"people": tuple(group["people"])}) for group in read.get("groups", ()))
    read |= {name: time.fromisoformat(read[name]) for name in ("opens", "closes")}
    if "date" in read:
        read["date"] = date.fromisoformat(str(read["date"]))
    day = Day(**read | {"hourly": tuple(read["hourly"])})
    for sentence, holds in _limits(day).items():
        if not holds:
            raise BadSettings(f"a day cannot be so: {sentence}")
    return day


def _person(table: Mapping[str, Any]) -> DayPerson:
    return DayPerson(**{**table, "away": tuple(map(Away.read, table.get("away", ())))})


def _limits(day: Day) -> dict[str, bool]:
    """What must hold, in sentences."""
    extensions = {person.extension for person in day.people}
    names = {group.name for group in day.groups}
    shares = [day.withheld, day.wants_callback, day.leaves_message, day.wants_callback + day.leaves_message]
    shares += [share for person in day.people for share in (person.no_answer, person.own_calls)]
    weights = (*day.hourly, *(group.share for group in day.groups))
    expected = sum(day.hourly) / max(1, len(day.hourly)) * day.open_s / 3600
    return {
        f"calls must be 0 to {MOST_CALLS}": 0 <= day.calls <= MOST_CALLS and expected <= MOST_CALLS,
        "lines must be 1 to 100": 1 <= day.lines <= 100,
        f"a day needs people, at most {MOST_PEOPLE}": 1 <= len(day.people) <= MOST_PEOPLE,
        "two people have one extension": len(extensions) == len(day.people),
        "a group has nobody, or somebody who is not among the people": all(
            group.people and extensions.issuperset(group.people) for group in day.groups
        ),
        "two groups have one name, or there are more than nine": len(names) == len(day.groups) < 10,
        "a group overflows into one that is none": names.issuperset(filter(None, (g.overflow for g in day.groups))),
        f"a strategy is one of {', '.join(STRATEGIES)}": {day.strategy, *(g.strategy for g in day.groups)}
        <= set(STRATEGIES),
        "it must open before it closes": day.opens < day.closes,
        "hourly needs numbers, none below zero": bool(day.hourly) and all(0 <= n < math.inf for n in weights),
        "somebody must call, and want some group": sum(day.hourly) > 0
        and (not day.groups or sum(group.share for group in day.groups) > 0),
        "shares must be 0 to 1": all(0 <= share <= 1 for share in shares),
        "patience_s and talk_s must be 1 to 36000": all(1 <= s <= 36000 for s in (day.patience_s, day.talk_s)),
        "talk_spread must be 0 to 2": 0 <= day.talk_spread <= 2,
    }
