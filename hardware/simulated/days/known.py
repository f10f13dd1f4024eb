"""The days that ship with the product, and those that somebody has written: TOML files."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

from appliance.faults import BadSettings
from hardware.simulated.days.day import Day, day_of

LARGEST_FILE = 100_000


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
        return day_of(tomllib.loads(text))
    except BadSettings:
        raise
    except tomllib.TOMLDecodeError as problem:
        raise BadSettings(f"the day {name_or_path} is not well-formed TOML: {problem}") from problem
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
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
