"""Calls of the box's own at event level: colleagues whom it has called, handed over to whom it then dialled."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.clock import VirtualClock
from hardware.simulated.eventpeople import Extension
from hardware.simulated.eventport import Port, PortState

TALK_S = 120.0
"""How long a colleague talks with somebody whom they were connected with."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A colleague and somebody outside talk, from second `at` of the clock on."""

    at: float
    colleague: Extension
    other: Extension


class CallsOut:
    """Who was connected with whom, and which colleagues were left with nobody."""

    def __init__(self, clock: VirtualClock) -> None:
        self.connected: list[Connected] = []
        self.left_alone: list[Extension] = []
        self._clock = clock

    def hold(self, port: Port) -> bool:
        """A flash: put the colleague on hold whom the box has called; `False`: there is none.

        A colleague who was only asked about a caller, who has hung up on hold meanwhile, puts the telephone down.
        """
        desk = port.peer
        if not port.calls_out or not isinstance(desk, Extension) or desk.talks_with is not port:
            return False
        port.held_desk, port.peer = desk, None
        return True

    def leave(self, port: Port) -> bool:
        """The port hangs up with a colleague on hold: they talk with whoever answered, or hear it ring on."""
        desk, port.held_desk = port.held_desk, None
        if desk is None:
            return False
        other = port.peer if isinstance(port.peer, Extension) else port.target
        if other is not None and port.state is PortState.TALKING:
            self.talk(desk, other)
        elif other is not None and port.state is PortState.CALLING:
            desk.talks_with, other.rung_by = None, desk
            desk.busy_until = self._clock.now() + TALK_S
        else:
            desk.talks_with = None
            self.left_alone.append(desk)
        return True

    def talk(self, desk: Extension, other: Extension) -> None:
        """They talk with one another for a while."""
        now = self._clock.now()
        for who in (desk, other):
            who.rung_by = who.talks_with = None
            who.busy_until = now + TALK_S
        self.connected.append(Connected(now, desk, other))
