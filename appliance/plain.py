"""Records as the plain values that JSON knows, for programs that read what we tell."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum
from typing import Any


def plain(value: Any) -> Any:
    """`value` with dataclasses as objects, enums as their words, times in ISO 8601, tuples as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    match value:
        case Enum():
            return value.value
        case date() | time():
            return value.isoformat()
        case list() | tuple():
            return [plain(inner) for inner in value]
        case dict():
            return {key: plain(inner) for key, inner in value.items()}
    return value
