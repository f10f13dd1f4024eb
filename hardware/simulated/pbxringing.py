"""Who rings where in the mini-PBX: the hunt group, hand-overs before an answer, camp-on, and callers who come back."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime

from appliance.call import CallerId
from appliance.signals.countries import Cadence
from hardware.simulated.legs import Leg, Trunk, Where
from hardware.simulated.pbxport import Port, PortState
from hardware.simulated.pbxprofile import PbxProfile, RecallShows
from hardware.simulated.pbxsounds import PbxSounds

BEEP_EVERY_S = 10.0


class Ringing:
    """Finds a free port for whoever waits, and rings it."""

    def __init__(self, profile: PbxProfile, sounds: PbxSounds, today: Callable[[], datetime]) -> None:
        self.hunt_group: list[Port] = []
        self._profile = profile
        self._sounds = sounds
        self._today = today
        self._queue: list[Trunk] = []
        self._on_their_way: list[Leg] = []
        """Those on their way to a port: handed over, camped on, or coming back."""

    def queue(self, trunk: Trunk, at: float) -> None:
        """An outside caller for the hunt group: first come, first served."""
        self._queue.append(trunk)
        self.ring_the_free(at)

    def give_up(self, trunk: Trunk) -> None:
        """This caller waits no longer."""
        if trunk in self._queue:
            self._queue.remove(trunk)

    def is_free(self, port: Port, at: float) -> bool:
        """Can it be rung?"""
        idle = port.state is PortState.IDLE and port.rung_by is None and not port.loop.off_hook
        return idle and at >= port.free_from

    def ring(self, leg: Leg, target: Port, at: float) -> None:
        """Ring `target` on behalf of `leg`."""
        ring = self._profile.internal_ring if isinstance(leg, Port) else ()
        self._ring(leg, target, leg.caller_id, ring, at)

    def hand_over(self, leg: Leg, sender: Port, target: Port, at: float) -> None:
        """`sender` has hung up while `target` rang for them; from now on it rings for `leg`."""
        self._send_away(leg, sender, target, at)
        leg.rings, target.rung_by = target, leg
        leg.hears = self._sounds.ringback()
        leg.moved(Where.RINGING_COLLEAGUE, target.extension, at)

    def camp_on(self, leg: Leg, sender: Port, target: Port | None, at: float) -> None:
        """Let `leg` wait for the busy `target`; without one for the way back to the `sender`."""
        self._send_away(leg, sender, target, at)
        leg.wants = target or sender
        leg.moved(Where.WAITING, leg.wants.extension, at)

    def settle(self, leg: Leg) -> None:
        """`leg` is on its way no longer."""
        if leg in self._on_their_way:
            self._on_their_way.remove(leg)
        leg.wants, leg.recall_to, leg.left_at, leg.recall_at = None, None, None, math.inf

    def stop_for(self, leg: Leg, at: float) -> None:
        """Whatever rings on behalf of `leg` rings no longer."""
        target, leg.rings = leg.rings, None
        if target is not None:
            target.rung_by = None
            target.trace = None
            target.stop_ringing(at)

    def pass_time(self, at: float) -> None:
        """Bring back those whom nobody answered, ring what has become free, beep where nothing is."""
        for leg in [leg for leg in self._on_their_way if leg.recall_at <= at]:
            self.stop_for(leg, leg.recall_at)
            leg.wants, leg.recall_at = leg.recall_to, math.inf
        self.ring_the_free(at)
        if self._queue and self._profile.call_waiting:
            self.beep(self.hunt_group, at)

    def beep(self, ports: Sequence[Port], at: float) -> None:
        """Tell the first of these ports that talks: another call waits."""
        port = next((port for port in ports if port.state is PortState.TALKING), None)
        if port is not None and at >= port.beeps_at + BEEP_EVERY_S:
            port.beeps_at = at
            port.aside.add(self._sounds.beep(), at)

    def ring_the_free(self, at: float) -> None:
        """Those who want one port get it when it is free; the others share the hunt group, first come, first served."""
        for leg in list(self._on_their_way):
            if leg.wants is not None and self.is_free(leg.wants, at):
                target, leg.wants = leg.wants, None
                back = target is leg.recall_to
                leg.recall_at = math.inf if back else at + self._profile.recall_s
                leg.hears = self._sounds.ringback()
                leg.moved(Where.RINGING if target.for_box else Where.RINGING_COLLEAGUE, target.extension, at)
                shown, ring = (self._shown(leg), self._profile.recall_ring) if back else (leg.caller_id, ())
                self._ring(leg, target, shown, ring, at)
        while self._queue and (port := next((p for p in self.hunt_group if self.is_free(p, at)), None)):
            self.ring(self._queue.pop(0), port, at)

    def _send_away(self, leg: Leg, sender: Port, target: Port | None, at: float) -> None:
        leg.left_at, leg.recall_to, leg.recall_at = target, sender, at + self._profile.recall_s
        self._on_their_way.append(leg)

    def _shown(self, leg: Leg) -> CallerId:
        """The number that comes with a caller who is back."""
        match self._profile.recall_shows:
            case RecallShows.TARGET if leg.left_at is not None:
                return leg.left_at.caller_id
            case RecallShows.NOBODY:
                return CallerId()
        return leg.caller_id

    def _ring(self, leg: Leg, target: Port, shown: CallerId, ring: Cadence, at: float) -> None:
        leg.rings, target.rung_by = target, leg
        if isinstance(leg, Trunk) and target.for_box:
            target.trace = leg.call.trace
        target.start_ringing(shown if self._profile.caller_id else CallerId(), self._today(), at, ring)
