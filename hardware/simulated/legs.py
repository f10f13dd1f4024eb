"""Whoever takes part in a call inside the mini-PBX, and the diary of where an outside caller has been."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from appliance.call import CallerId
from hardware.simulated.exchange import PublicCall
from hardware.simulated.loop import Samples
from hardware.simulated.sounds import Sound

if TYPE_CHECKING:
    from hardware.simulated.pbxport import Port


class Where(Enum):
    """Where an outside caller is."""

    RINGING = "ringing"
    OFFICE = "with the box"
    HOLD = "on hold"
    RINGING_COLLEAGUE = "ringing a colleague"
    WAITING = "waiting for a colleague or for the way back"
    COLLEAGUE = "with a colleague"
    CONFERENCE = "in a conference"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a call: where the caller was, and at or with which extension. `ended` is infinite while it lasts.

    The extensions of a conference stand with a + between them, "11+12".
    """

    where: Where
    extension: str
    began: float
    ended: float = math.inf


class Leg(ABC):
    """One end of a conversation inside the PBX: a trunk, an extension port, or a conference of these."""

    caller_id: CallerId
    hears: Sound | None = None
    peer: Leg | None = None
    """Whom it talks with."""
    held_by: Port | None = None
    rings: Port | None = None
    """The port that rings on its behalf."""
    wants: Port | None = None
    """The port that shall ring on its behalf as soon as it is free: camp-on, and recall."""
    left_at: Port | None = None
    """Where it was left ringing, or waiting for a busy one."""
    recall_to: Port | None = None
    recall_at: float = math.inf

    @abstractmethod
    def pull(self, count: int) -> Samples:
        """What it said in this block."""

    @abstractmethod
    def moved(self, where: Where, extension: str, at: float) -> None:
        """Write into its diary where it is now."""


class Trunk(Leg):
    """An outside call inside the PBX."""

    def __init__(self, call: PublicCall, at: float) -> None:
        self.call = call
        self.caller_id = call.caller_id
        self.segments = [Segment(Where.RINGING, "", at)]

    def pull(self, count: int) -> Samples:
        return self.call.outbound

    def moved(self, where: Where, extension: str, at: float) -> None:
        last = self.segments[-1]
        if (last.where, last.extension) == (where, extension) and math.isinf(last.ended):
            return
        self.close_segment(at)
        self.segments.append(Segment(where, extension, at))

    def close_segment(self, at: float) -> None:
        """End the last part of the diary."""
        last = self.segments[-1]
        self.segments[-1] = Segment(last.where, last.extension, last.began, min(last.ended, at))
