"""What a sound card's process and the line say to each other, through a socket that keeps messages apart.

The line sends its wish first, then sound and flushes. The process answers once, with what it has opened or why it
cannot, and then sends a report with every block that the card heard. All times are those of the machine's monotonic
clock, which both read.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

HEAR_BLOCK_S: Final = 0.01
SPEAK_BLOCK_S: Final = 0.005
"""How much a card hears or says at a time; the less it says at a time, the more may wait where we can reach it."""
LARGEST: Final = 1 << 16
"""No message is longer."""


class Channel(StrEnum):
    """Which channel of a card the line is on. `ONLY` opens a single one, which is the left one of a stereo card."""

    ONLY = "only"
    LEFT = "left"
    RIGHT = "right"


class Trouble(StrEnum):
    """Why a sound card could not be opened."""

    LIBRARY = "library"
    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    FORBIDDEN = "forbidden"
    BUSY = "busy"
    RATE = "rate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Wish:
    """What to open: names of cards, and rates in the order of preference."""

    speaks_on: str
    hears_from: str
    speak_channel: Channel
    hear_channel: Channel
    rates_hz: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """Both cards run, at these rates."""

    speak_hz: int
    hear_hz: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """The card `name` could not be opened. `detail` is for the log; `known` are the names of those that are there."""

    trouble: Trouble
    name: str
    detail: str
    known: tuple[str, ...]


class Report(NamedTuple):
    """How both cards fare; it comes before the block of sound that was heard last."""

    heard: int
    """Samples that came since the start, with those of this block and those that were lost."""
    heard_at: float
    """When the first sample of this block was on the line."""
    counted_at: float
    lost: int
    """Samples lost just before this block."""
    overruns: int
    underruns: int
    said: int
    """Samples that the speaking card has taken since the start, silence too, when that was counted at `said_at`."""
    said_at: float
    said_delay_s: float
    """How long after being taken a sample is on the line."""
    done: int
    """Samples handed over that do not wait any more."""
    flushes: int
    """How many flushes are behind those numbers."""


NO_REPORT: Final = Report(0, 0.0, 0.0, 0, 0, 0, 0, 0.0, 0.0, 0, 0)
"""Before the first one."""
_REPORT: Final = struct.Struct("=QddQIIQddQI")
WISH: Final = b"w"
REPORT: Final = b"h"
FLUSH: Final = b"f"
SOUND: Final = b"s"
OPENED: Final = b"o"
REFUSED: Final = b"r"
STOPPED: Final = b"e"
"""A card has stopped by itself."""


def pack_report(report: Report) -> bytes:
    """The message that a block of sound follows."""
    return REPORT + _REPORT.pack(*report)


def unpack_report(message: bytes) -> tuple[Report, bytes]:
    """A report, and the sound in the same message."""
    return Report(*_REPORT.unpack_from(message, 1)), message[1 + _REPORT.size :]


def pack(kind: bytes, value: Any) -> bytes:
    """A message with a dataclass in it."""
    return kind + json.dumps(asdict(value)).encode()


def unpack(message: bytes) -> dict[str, Any]:
    """The fields of that dataclass, as JSON has them."""
    fields: dict[str, Any] = json.loads(message[1:])
    return fields


def unpack_wish(message: bytes) -> Wish:
    """What to open."""
    fields = unpack(message)
    channels = {name: Channel(fields.pop(name)) for name in ("speak_channel", "hear_channel")}
    return Wish(rates_hz=tuple(fields.pop("rates_hz")), **channels, **fields)


def unpack_refusal(message: bytes) -> Refusal:
    """Why it could not be opened."""
    fields = unpack(message)
    return Refusal(Trouble(fields.pop("trouble")), known=tuple(fields.pop("known")), **fields)
