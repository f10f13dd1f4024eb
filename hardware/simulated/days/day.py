"""The description of an office day, read from TOML."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import time
from importlib import resources
from pathlib import Path
from typing import Any

from appliance.faults import BadSettings

MOST_CALLS = 20_000
LARGEST_FILE = 100_000


@dataclass(frozen=True, slots=True)
class DayPerson:
    """One of the staff: how often they let it ring (`no_answer`), and the share of the day they telephone on their
    own.
    """

    name: str
    extension: str
    no_answer: float = 0.0
    own_calls: float = 0.0


@dataclass(frozen=True, slots=True)
class Day:
    """One day. `hourly` weighs the hours from `opens` on; shares are 0 to 1; times in seconds are means."""

    title: str
    calls: int
    lines: int
    opens: time
    closes: time
    hourly: tuple[float, ...]
    patience_s: float
    talk_s: float
    people: tuple[DayPerson, ...]
    withheld: float = 0.05
    wants_callback: float = 0.1
    leaves_message: float = 0.05


def known_days() -> tuple[str, ...]:
    """The names of the days that ship with the product."""
    names = [entry.name for entry in resources.files(__package__).iterdir()]
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_day(name_or_path: str) -> Day:
    """A day that ships with the product, by name, or one of your own, by the path of its TOML file.

    Raises:
        BadSettings: there is no such day, or its file says something that cannot be.
    """
    if name_or_path in known_days():
        text = resources.files(__package__).joinpath(f"{name_or_path}.toml").read_text(encoding="utf-8")
    else:
        text = _read(Path(name_or_path))
    try:
        return _day(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise BadSettings(f"the day {name_or_path} is not well-formed TOML: {problem}") from problem
    except (KeyError, TypeError, ValueError) as problem:
        if isinstance(problem, BadSettings):
            raise
        raise BadSettings(f"the day {name_or_path} cannot be understood: {problem}") from problem


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadSettings(f"{path} is too large for the description of a day")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as problem:
        raise BadSettings(f"there is no day called {path}; known are: {', '.join(known_days())}") from problem
    except (OSError, UnicodeDecodeError) as problem:
        raise BadSettings(f"{path} cannot be read: {problem}") from problem


def _day(table: dict[str, Any]) -> Day:
    unknown = set(table) - {field.name for field in fields(Day)}
    if unknown:
        raise BadSettings(f"a day has no key called {', '.join(sorted(unknown))}")
    people = tuple(DayPerson(**person) for person in table.pop("people"))
    opens, closes = time.fromisoformat(table.pop("opens")), time.fromisoformat(table.pop("closes"))
    day = Day(people=people, opens=opens, closes=closes, hourly=tuple(table.pop("hourly")), **table)
    shares = [day.withheld, day.wants_callback, day.leaves_message]
    shares += [share for person in people for share in (person.no_answer, person.own_calls)]
    limits = {
        f"calls must be 1 to {MOST_CALLS}": 1 <= day.calls <= MOST_CALLS,
        "lines must be 1 to 100": 1 <= day.lines <= 100,
        "a day needs people": bool(people),
        "two people have one extension": len({person.extension for person in people}) == len(people),
        "it must open before it closes": opens < closes,
        "hourly needs weights, none below zero": bool(day.hourly) and min(day.hourly) >= 0 and sum(day.hourly) > 0,
        "shares must be 0 to 1": all(0 <= share <= 1 for share in shares),
        "patience_s and talk_s must be 1 to 36000": all(1 <= s <= 36000 for s in (day.patience_s, day.talk_s)),
    }
    for sentence, holds in limits.items():
        if not holds:
            raise BadSettings(f"a day cannot be so: {sentence}")
    return day
