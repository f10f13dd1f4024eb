"""The card: what came of teaching, a line for each check, for people, for programs and for the settings (R33)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any

from appliance.plain import plain
from appliance.settings import PbxSettings, Settings, StatusDigits

WIDTH = 110
INDENT = 38


class Mark(Enum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "FAILED"
    NOTED = "noted"
    """Nothing is wrong, but it is not as one would wish."""
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the card: what was looked at, what was measured, what to do where it failed."""

    name: str
    mark: Mark
    measured: str = ""
    advice: str = ""
    essential: bool = True
    """Without it nothing is saved."""


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that came of it. `pbx` is what the settings should say of the PBX now, `before` what they said."""

    line: str
    checks: tuple[Check, ...]
    before: PbxSettings
    pbx: PbxSettings

    @property
    def passed(self) -> bool:
        """Can the box transfer on this PBX, and fetch callers back?"""
        return all(check.mark is not Mark.FAILED for check in self.checks if check.essential) and not self.unfinished

    @property
    def unfinished(self) -> bool:
        """Was something essential not even tried?"""
        return any(check.mark is Mark.NOT_TRIED and check.essential for check in self.checks)

    @property
    def changes(self) -> tuple[str, ...]:
        """What is set, as lines of the settings file."""
        return (*_changes("", self.before, self.pbx), *_changes("status.", self.before.status, self.pbx.status))

    def settings(self, office: Settings) -> Settings:
        """The office's settings with what was found out; a line with a flash of its own gets it, too.

        What the line has of its own and what was left as it was do not become the PBX's.
        """
        found = {name: getattr(self.pbx, name) for name in _changed(self.before, self.pbx)}
        if self.pbx.flash_proven:
            found["flash_ms"] = self.pbx.flash_ms
        lines = tuple(
            replace(line, flash_ms=self.pbx.flash_ms) if line.name == self.line and line.flash_ms else line
            for line in office.lines
        )
        return replace(office, pbx=replace(office.pbx, **found), lines=lines)

    def told(self) -> str:
        """The card for a person at a terminal."""
        rows = [f"What was found out about the PBX on {self.line}:"]
        rows += [_row(check) for check in self.checks]
        rows.append("The settings that fit it, in [pbx]:" if self.changes else "The settings fit it as they are.")
        rows += [f"  {change}" for change in self.changes]
        verdict = "The box can transfer calls on this PBX, and fetch callers back."
        rows.append(verdict if self.passed else "The box cannot transfer calls safely on this PBX yet.")
        return "\n".join(rows)

    def as_json(self) -> dict[str, Any]:
        """The card for programs."""
        checks = [{**plain(check), "mark": check.mark.name.lower()} for check in self.checks]
        return {
            "line": self.line,
            "passed": self.passed,
            "checks": checks,
            "changes": list(self.changes),
            "pbx": plain(self.pbx),
        }


def _row(check: Check) -> str:
    first = f"  {check.mark.value:<10}{check.name:<{INDENT - 12}}"
    text = " ".join(part for part in (check.measured, check.advice) if part)
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=" " * INDENT) if text else first.rstrip()


def _changes(prefix: str, before: PbxSettings | StatusDigits, after: PbxSettings | StatusDigits) -> Sequence[str]:
    changed = [name for name in _changed(before, after) if name != "status"]
    return [f"{prefix}{name} = {_written(getattr(after, name))}" for name in changed]


def _changed(before: PbxSettings | StatusDigits, after: PbxSettings | StatusDigits) -> list[str]:
    names = [field.name for field in fields(before)]
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _written(value: object) -> str:
    """As TOML has it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case tuple():
            return f"[{', '.join(map(_written, value))}]"
    return str(value)
