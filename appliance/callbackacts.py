"""What the script of a callback asks of the office (R14); see `appliance.acts`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from appliance.acts import OfficeAct

R = TypeVar("R", covariant=True)


class CallbackResult(Enum):
    """What became of one attempt to call somebody back."""

    CONNECTED = "connected"
    TAKEN = "a colleague calls"
    SETTLED = "done, or not needed any more"
    LATER = "a colleague asked for later"
    NOT_REACHED = "busy, or no answer"
    NO_COLLEAGUE = "the colleague was not reached"
    NO_LINE = "no line"
    WITHDRAWN = "they are calling us"


class CallbackAct(OfficeAct[R]):
    """Answered by `appliance.acd.callbacks`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class StillWanted(CallbackAct[bool]):
    """Are they still waiting for this callback, and not calling us at this moment?"""


@dataclass(frozen=True, slots=True)
class ReportCallback(CallbackAct[None]):
    """How the attempt ended."""

    result: CallbackResult


@dataclass(frozen=True, slots=True)
class KeepsPlace(CallbackAct[bool]):
    """Does the callback that was promised in this call keep its place in the queue?"""
