"""Who talks with whom inside the mini-PBX, and how everybody learns that the other one has answered or gone."""

from __future__ import annotations

import math
from collections.abc import Mapping

from hardware.simulated.conference import Conference
from hardware.simulated.exchange import Release
from hardware.simulated.legs import Leg, Trunk, Where
from hardware.simulated.loop import RATE_HZ
from hardware.simulated.pbxport import Port, PortState
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.pbxringing import Ringing
from hardware.simulated.pbxsounds import PbxSounds, keys, music, ring_trip_click
from hardware.simulated.sounds import Late, Sound

KEYS_AFTER_S = 0.06
"""The PBX sends keys so soon after what they tell."""


class Switch:
    """Joins legs and parts them."""

    def __init__(self, profile: PbxProfile, sounds: PbxSounds, ringing: Ringing, ports: Mapping[str, Port]) -> None:
        self._profile = profile
        self._sounds = sounds
        self._ringing = ringing
        self._ports = ports

    def connect(self, leg: Leg, port: Leg, at: float) -> None:
        """They talk with one another; one of them may be a conference."""
        for one, other in ((leg, port), (port, leg)):
            if isinstance(one, Conference):
                self._join(one, other)
                one.tell(at)
                return
        for one, other in ((leg, port), (port, leg)):
            if isinstance(one, Port):
                one.enter(PortState.TALKING)
            one.peer, one.hears = other, other
            if isinstance(other, Port):
                one.moved(Where.OFFICE if other.for_box else Where.COLLEAGUE, other.extension, at)
        if isinstance(leg, Trunk):
            leg.call.answer(at)

    def hold(self, port: Port, other: Leg, at: float) -> None:
        """Let `other` wait for `port`."""
        other.peer = None
        port.held, other.held_by = other, port
        port.flash_ended_at = -math.inf
        other.hears = music(at) if self._profile.music else None
        other.moved(Where.HOLD, port.extension, at)

    def gone(self, leg: Leg, release: Release, at: float) -> None:
        """`leg` has hung up, and everybody who had to do with it learns of it."""
        self._ringing.stop_for(leg, at)
        self._ringing.settle(leg)
        other, leg.peer = leg.peer, None
        if isinstance(other, Conference):
            other.remove(leg)
            self.settle(other, release, at)
        elif other is not None:
            self.leave_alone(other, release, at)
        if leg.held_by is not None:
            leg.held_by.held, leg.held_by.held_has_gone = None, True
            leg.held_by = None
        for port in self._ports.values():
            if port.put_aside is leg:
                port.put_aside = None

    def leave_alone(self, leg: Leg, release: Release, at: float) -> None:
        """The party that `leg` talked with has gone."""
        leg.peer = None
        if isinstance(leg, Trunk):
            leg.hears = None
            leg.close_segment(at)
            leg.call.release(at)
        elif isinstance(leg, Port):
            self.left(leg, release, at)
        elif isinstance(leg, Conference):
            for member in tuple(leg.members):
                leg.remove(member)
                self.leave_alone(member, release, at)

    def let_go(self, leg: Leg | None, at: float) -> None:
        """The one who talked with this colleague has gone."""
        if leg is not None:
            self.leave_alone(leg, self._profile.colleague_left, at)

    def left(self, port: Port, release: Release, at: float) -> None:
        """The sign of this PBX that the other one has gone."""
        consulted, port.put_aside = port.put_aside, None
        port.enter(PortState.LEFT, self.told(port, self._profile.status.released, self._sounds.of(release), at))
        if release.breaks_loop:
            port.break_loop(self._profile.loop_break_ms / 1000, at)
        if self._profile.reversal_on_release:
            port.reverse(at)
        self.let_go(consulted, at)

    # Three and more.

    def confer(self, port: Port, first: Leg, second: Leg, at: float) -> None:
        """`port` talks with both at once from now on."""
        port.held = port.put_aside = first.held_by = None
        if isinstance(port.peer, Conference):
            port.peer.remove(port)
        conference = first if isinstance(first, Conference) else Conference()
        for leg in (first, second, port):
            leg.peer = None
            if leg is not conference:
                self._join(conference, leg)
        conference.tell(at)

    def _join(self, conference: Conference, leg: Leg) -> None:
        if isinstance(leg, Port):
            leg.enter(PortState.TALKING)
        conference.add(leg)

    def drop_last(self, port: Port, conference: Conference, at: float) -> None:
        """The one who came last, other than `port` itself, is let go."""
        if others := [leg for leg in conference.members if leg is not port]:
            conference.remove(others[-1])
            self.let_go(others[-1], at)
        self.settle(conference, self._profile.colleague_left, at)

    def settle(self, conference: Conference, release: Release, at: float) -> None:
        """Somebody has left. Two go on as in any call, one cannot go on at all."""
        on_its_way = conference.rings is not None or conference.wants is not None
        match conference.members:
            case []:
                self.gone(conference, release, at)
            case [last] if conference.held_by is not None:
                conference.remove(last)
                self.hold(conference.held_by, last, at)
            case [last] if not on_its_way:
                conference.remove(last)
                self.leave_alone(last, release, at)
            case [one, other] if conference.held_by is None and not on_its_way:
                conference.remove(one)
                conference.remove(other)
                self.connect(one, other, at)
            case _:
                conference.tell(at)

    # What a port is told.

    def told(self, port: Port, code: str, tone: Sound | None, at: float) -> Sound | None:
        """Tell a port of the box by keys; what it hears then."""
        if not code or not port.for_box:
            return tone
        sent = keys(code)
        port.aside.add(sent, at + KEYS_AFTER_S)
        if tone is None or not self._profile.status_with_tones:
            return None
        return Late(tone, len(sent) + round(2 * KEYS_AFTER_S * RATE_HZ))

    def tell_of_answer(self, leg: Leg, port: Port, at: float) -> None:
        """What an answer brings to either side, besides the other's voice."""
        if self._profile.ring_trip_click:
            port.aside.add(ring_trip_click(), at)
        if not isinstance(leg, Port) or port.outside:
            return
        self.told(leg, self._profile.status.answered, None, at)
        if self._profile.reversal_on_answer:
            leg.reverse(at)
        if port.for_box and not math.isinf(self._profile.follow_on_s):
            port.aside.add(keys(leg.extension), at + self._profile.follow_on_s)
