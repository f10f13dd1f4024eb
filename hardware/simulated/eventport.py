"""A port of the event-level PBX: its state, what it hears, and the habits in which makes of PBX differ.

Whatever is plugged into it is told of rings, numbers, keys and broken loops; what it hears is in `Port.sound`.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from appliance.acts import Heard
from appliance.call import CallerId, HangUpSign
from appliance.settings import StatusDigits
from hardware.simulated.eventpeople import Caller, Extension
from hardware.simulated.pbxprofile import RecallShows


@dataclass(frozen=True, slots=True)
class Habits:
    """What differs between makes.

    `back` is the recipe that fetches the held caller (see `appliance.toll.Recipe`); with "hang up" a flash does nothing
    once one is held. Where a flash `joins_after_answer`, another one drops the colleague (facts, 6.6).
    """

    flash_min_ms: int = 50
    flash_max_ms: int = 250
    back: str = "flash"
    joins_after_answer: bool = False
    hold_code: str = ""
    recall_tone: bool = True
    camp_on: bool = False
    recall_s: float = 30.0
    recall_shows: RecallShows = RecallShows.CALLER
    status: StatusDigits = field(default_factory=StatusDigits)
    tones: bool = True
    """Are there tones too where it sends status digits?"""
    ringback_after_s: float = 0.0
    do_not_disturb: Heard = Heard.BUSY
    colleague_left: HangUpSign = HangUpSign.BUSY


class PortState(Enum):
    """What a port of the box is doing."""

    ON_HOOK = "on-hook"
    DIALLING = "has dial tone"
    ROUTING = "has dialled"
    CALLING = "hears ringback"
    REFUSED = "hears busy or congestion"
    TALKING = "talking"
    LEFT = "the other party has gone"


class Listener(Protocol):
    """What is plugged into a port."""

    def rang(self) -> None:
        """A burst of ringing began."""

    def told_caller_id(self, caller_id: CallerId) -> None:
        """Caller ID came."""

    def sound_changed(self) -> None:
        """The port hears something else than before; it is in `Port.sound`."""

    def key_came(self, key: str) -> None:
        """Whoever is connected pressed a key."""

    def status_came(self, heard: Heard) -> None:
        """The PBX said by its keys what happened."""

    def dropped(self, sign: HangUpSign) -> None:
        """The loop was broken, or the code for a party that has gone came."""


@dataclass(slots=True, eq=False)
class Port:
    """One port to which the box is connected. `sound` is what it hears, since `sound_since`."""

    name: str
    listener: Listener
    state: PortState = PortState.ON_HOOK
    peer: Caller | Extension | None = None
    rung_by: Caller | None = None
    last: Caller | None = None
    """With whom it talked last."""
    held: Caller | None = None
    held_gone: bool = False
    held_desk: Extension | None = None
    """A colleague whom the box has called, on hold while it dials for them."""
    calls_out: bool = False
    """The box has taken this line to call somebody itself."""
    joined: bool = False
    """Whoever is held, the colleague who has answered and this port hear one another."""
    target: Extension | None = None
    """The extension that was dialled and has not answered, or was busy."""
    sound: Heard = Heard.SILENCE
    sound_since: float = 0.0
    free_from: float = 0.0
    rang_in_vain_at: float = -math.inf
    empty_since: float = math.inf
    """Off-hook with nobody there and nothing under way since then; infinite otherwise."""
    digits: str = ""
    on_hold_code: bool = False
    flashed_at: float = -math.inf
    moves: int = 0
    wanted_by: deque[Caller] = field(default_factory=deque)
    """Callers who come back to this port as soon as it is free."""

    @property
    def caller(self) -> Caller | None:
        """The caller who hears this port, if there is one."""
        if self.joined:
            return self.held
        return self.peer if isinstance(self.peer, Caller) else None
