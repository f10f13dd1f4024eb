"""What the lines tell the office. Every event names its line; the office's one inbox takes them in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.call import CallerId, HangUpSign
from appliance.faults import Fault


@dataclass(frozen=True, slots=True)
class LineEvent:
    """Something that happened on the line called `line`."""

    line: str


@dataclass(frozen=True, slots=True)
class Armed(LineEvent):
    """The line is on-hook and waits for calls.

    A line that `answers` not only tells who rings: the office's own telephones must take the call. `complaint` is what
    is not as it should be.
    """

    answers: bool = True
    complaint: Fault | None = None


@dataclass(frozen=True, slots=True)
class Ring(LineEvent):
    """A ring has begun; `cadence_ms` is the rhythm of the one before it (burst, pause, burst ...), where known."""

    cadence_ms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RingingStopped(LineEvent):
    """The caller gave up before we answered."""


@dataclass(frozen=True, slots=True)
class CallerIdHeard(LineEvent):
    """Caller ID, or a part of it: a late name comes as a second event."""

    caller_id: CallerId


@dataclass(frozen=True, slots=True)
class OffHook(LineEvent):
    """The line has answered: this is the moment it went off-hook."""


@dataclass(frozen=True, slots=True)
class Done(LineEvent):
    """Act number `number` is finished; `reply` is what its `await` returns."""

    number: int
    reply: Any


@dataclass(frozen=True, slots=True)
class HungUp(LineEvent):
    """The far end has gone; the line waits to be put on-hook."""

    sign: HangUpSign


@dataclass(frozen=True, slots=True)
class OnHook(LineEvent):
    """The line is released after a call, in which sound was lost on its way so many times."""

    sound_lost: int = 0


@dataclass(frozen=True, slots=True)
class Failed(LineEvent):
    """The line cannot work at present. It is on-hook as far as that can be reached, and tries to heal by itself."""

    fault: Fault
