"""The office's mini-PBX: outside calls come in on trunks, and move between extensions by hook flash and DTMF.

What a person at an extension does, and what the PBX makes of it:

* *flash while talking*: the other party is put on hold with music, and there is recall dial tone;
* *an extension's number*: ringback, busy tone, or congestion tone where there is no such extension;
* *hang up while it rings, or after it answered*: the held party is handed over. If nobody answers within the recall
  time they ring here again, with their own number;
* *hang up on busy tone*: camp-on where the PBX has it, otherwise the held party rings here again;
* *flash again* (twice, or with a code, on some makes): back to the held party. Has that one gone meanwhile: congestion
  tone;
* *flash and the conference code* after somebody answered: all three hear one another, and so on for a fourth. Who hangs
  up leaves the others talking.

A loop that is open for less than `flash_min_ms` is contact bounce, up to `flash_max_ms` a flash, longer a hang-up. This
follows the behaviour of small Panasonic and Slican exchanges; every time and habit that differs between makes is in the
`PbxProfile`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

from appliance.signals.countries import Country
from hardware.simulated.conference import Conference
from hardware.simulated.exchange import PublicCall, Release
from hardware.simulated.legs import Segment, Trunk
from hardware.simulated.loop import BLOCK, Loop
from hardware.simulated.outside import ROUTE_MS, OutsideTelephone
from hardware.simulated.pbxport import Port, PortState
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.pbxringing import Ringing
from hardware.simulated.pbxsounds import PbxSounds, music
from hardware.simulated.pbxswitch import Switch
from hardware.simulated.sounds import Sound


class MiniPbx:
    """Trunks on one side, extension ports on the other; outside calls go to the first free port of the hunt group."""

    def __init__(self, country: Country, today: Callable[[], datetime], profile: PbxProfile | None = None) -> None:
        self.profile = profile or PbxProfile()
        self.country = self.profile.tones.of(country)
        self.ports: dict[str, Port] = {}
        self.trunks: dict[PublicCall, Trunk] = {}
        self._sounds = PbxSounds(self.country, self.profile.tones)
        self._ringing = Ringing(self.profile, self._sounds, today)
        self._switch = Switch(self.profile, self._sounds, self._ringing, self.ports)

    def connect_extension(self, extension: str, loop: Loop, *, in_hunt_group: bool = False) -> Port:
        """Wire a loop to extension number `extension`; those in the hunt group are rung in the order they came."""
        port = Port(self, loop, extension, for_box=in_hunt_group, seed=len(self.ports) + 11)
        self.ports[extension] = port
        if in_hunt_group:
            self._ringing.hunt_group.append(port)
        return port

    def connect_outside(self, number: str, loop: Loop) -> Port:
        """A telephone on the public network, which extensions reach by the prefix for outside and its number."""
        dialled = self.profile.outside_prefix + number
        port = OutsideTelephone(self, loop, dialled, for_box=False, seed=len(self.ports) + 11)
        self.ports[dialled] = port
        return port

    def segments(self, call: PublicCall) -> tuple[Segment, ...]:
        """Where this caller has been so far."""
        return tuple(self.trunks[call].segments)

    def forget(self, call: PublicCall) -> None:
        """Drop the diary of a call that is over."""
        self.trunks.pop(call, None)

    # As the destination of public calls.

    def take(self, call: PublicCall, at: float) -> bool:
        if not self._has_trunk():
            return False
        trunk = self.trunks[call] = Trunk(call, at)
        self._ringing.queue(trunk, at)
        return True

    def _has_trunk(self) -> bool:
        """Is a trunk free?"""
        called = sum(port.outside and port.state is PortState.TALKING for port in self.ports.values())
        return called + sum(other.ended_at is None for other in self.trunks) < self.profile.trunks

    def caller_left(self, call: PublicCall, release: Release, at: float) -> None:
        trunk = self.trunks[call]
        trunk.close_segment(at)
        self._ringing.give_up(trunk)
        self._switch.gone(trunk, self.profile.caller_left or release, at)

    def listen(self, at: float) -> None:
        for port in self.ports.values():
            port.listen(at)
        self._ringing.pass_time(at)

    def deliver(self, at: float) -> None:
        for port in self.ports.values():
            port.deliver(at)
        for call, trunk in self.trunks.items():
            if call.ended_at is None and trunk.hears is not None:
                call.inbound = trunk.hears.pull(BLOCK)

    # What people at the ports do.

    def lifted(self, port: Port, at: float) -> None:
        """Off-hook: an answer if the port rings, otherwise dial tone."""
        if port.rung_by is None:
            self._dial_tone(port, self._sounds.dial(), at)
            return
        leg, port.rung_by = port.rung_by, None
        leg.rings = None
        self._ringing.settle(leg)
        self._switch.connect(leg, port, at)
        self._switch.tell_of_answer(leg, port, at)

    def flashed(self, port: Port, opened_at: float, at: float) -> None:
        """A hook flash that began at `opened_at` has ended."""
        if port.held is not None or port.held_has_gone:
            self._flashed_in_consultation(port, opened_at, at)
        elif isinstance(port.peer, Conference) and self.profile.flash_joins:
            self._switch.drop_last(port, port.peer, at)
        elif port.peer is not None:
            self._hold(port, at)
        elif port.state is not PortState.ROUTING:
            self._ringing.stop_for(port, at)
            self._dial_tone(port, self._sounds.dial(), at)

    def dialled(self, port: Port, digit: str, at: float) -> None:
        """One more key of an extension's number, or of a code."""
        port.digits += digit
        if port.trace is not None:
            port.trace.digits.append(digit)
        if port.takes_codes and self._takes_code(port, at):
            return
        if port.state is not PortState.DIALLING:
            return
        port.hears = None
        if port.hold_code_due:
            self._check_hold_code(port, at)
        elif target := self._extension(port.digits, at):
            self._let_consulted_go(port, at)
            port.enter(PortState.ROUTING)
            route_ms = ROUTE_MS if target.outside else self.profile.route_ms
            port.later(at + route_ms / 1000, lambda moment: self._route(port, target, moment))
        elif any(number.startswith(port.digits) for number in (*self.ports, self.profile.hunt_number)):
            port.later(at + self.profile.digit_wait_s, lambda moment: self._unobtainable(port, moment))
        else:
            port.enter(PortState.ROUTING)
            port.later(at + self.profile.unobtainable_ms / 1000, lambda moment: self._unobtainable(port, moment))

    def hung_up(self, port: Port, at: float) -> None:
        """On-hook for good: what is held is handed over, or comes back."""
        held, target, busy = port.held, port.rings, port.refused_by
        peer = port.peer
        if port.put_aside is not None:
            held, port.put_aside = port.put_aside, None
        port.enter(PortState.IDLE)
        port.aside.clear()
        port.straighten(at)
        port.free_from = at + self.profile.free_after_s
        port.trace = None
        port.held, port.held_has_gone, port.refused_by, port.hold_code_due = None, False, None, ""
        if held is None:
            self._switch.gone(port, self.profile.colleague_left, at)
            return
        port.peer = port.rings = held.held_by = None
        if peer is not None:
            self._switch.connect(held, peer, at)
        elif target is not None:
            self._ringing.hand_over(held, port, target, at)
        elif isinstance(held, Conference):
            self._switch.settle(held, self.profile.colleague_left, at)
        else:
            self._ringing.camp_on(held, port, busy if self.profile.camp_on else None, at)

    # Consulting a colleague.

    def _dial_tone(self, port: Port, tone: Sound | None, at: float) -> None:
        port.enter(PortState.DIALLING)
        begins = at + self.profile.dial_tone_after_ms / 1000
        port.deaf_until = begins + self.profile.digits_from_ms / 1000

        def give(moment: float) -> None:
            port.hears = tone
            port.later(moment + self.profile.digit_wait_s, lambda later: self._unobtainable(port, later))

        port.later(begins, give)

    def _recall_dial_tone(self, port: Port, at: float) -> None:
        self._dial_tone(port, self._sounds.recall_dial() if self.profile.recall_tone else None, at)

    def _hold(self, port: Port, at: float) -> None:
        """Put the other party of `port` on hold, or leave the conference that the others go on with."""
        consulted, port.put_aside = port.put_aside, None
        self._switch.let_go(consulted, at)
        other = port.peer
        assert other is not None
        if isinstance(other, Conference):
            other.remove(port)
            if len(other.members) == 1:
                conference, other = other, other.members[0]
                conference.remove(other)
        port.peer = None
        self._switch.hold(port, other, at)
        self._recall_dial_tone(port, at)
        port.hold_code_due = self.profile.hold_code

    def _extension(self, digits: str, at: float) -> Port | None:
        """The port of that number; that of the hunt group is the first of its ports that is free."""
        if digits and digits == self.profile.hunt_number:
            group = self._ringing.hunt_group
            return next((port for port in group if self._ringing.is_free(port, at)), group[0])
        return self.ports.get(digits)

    def _check_hold_code(self, port: Port, at: float) -> None:
        if port.digits == port.hold_code_due:
            self._recall_dial_tone(port, at)
            port.hold_code_due = ""
        elif not port.hold_code_due.startswith(port.digits):
            port.enter(PortState.ROUTING)
            port.later(at + self.profile.unobtainable_ms / 1000, lambda moment: self._unobtainable(port, moment))

    def _flashed_in_consultation(self, port: Port, opened_at: float, at: float) -> None:
        """Back to the held party, where that takes one flash; otherwise perhaps the first half of it."""
        profile = self.profile
        if profile.flash_joins and port.peer is not None and port.held is not None:
            self._switch.confer(port, port.held, port.peer, at)
        elif profile.retrieve_code:
            self._dial_tone(port, self._sounds.recall_dial() if profile.recall_tone else None, at)
            port.await_code()
        elif self._flashes_suffice(port, opened_at, at):
            self._retrieve(port, at)
        elif profile.conference_code and port.peer is not None:
            port.await_code()

    def _flashes_suffice(self, port: Port, opened_at: float, at: float) -> bool:
        pause_ms = (opened_at - port.flash_ended_at) * 1000
        port.flash_ended_at = at
        in_time = self.profile.second_flash_min_ms <= pause_ms <= self.profile.second_flash_max_ms
        return self.profile.flashes_to_retrieve == 1 or (self.profile.flashes_to_retrieve == 2 and in_time)

    def _retrieve(self, port: Port, at: float) -> None:
        """The held party is back; a colleague who had answered waits for the code that joins the three, if any."""
        held, port.held, port.held_has_gone, port.refused_by = port.held, None, False, None
        self._ringing.stop_for(port, at)
        consulted, port.peer = port.peer, None
        port.straighten(at)
        if held is None:
            self._switch.let_go(consulted, at)
            self._switch.left(port, self.profile.held_caller_left, at)
            return
        held.held_by = None
        self._switch.connect(held, port, at)
        if consulted is None or not self.profile.conference_code or self.profile.retrieve_code:
            self._switch.let_go(consulted, at)
        else:
            port.put_aside = consulted
            consulted.peer, consulted.hears = None, music(at)
            port.await_code()
            port.later(at + self.profile.code_wait_s, lambda moment: self._code_missed(port, moment))

    def _code_missed(self, port: Port, at: float) -> None:
        consulted, port.put_aside = port.put_aside, None
        port.await_code_no_longer()
        self._switch.let_go(consulted, at)

    def _let_consulted_go(self, port: Port, at: float) -> None:
        """Another number is dialled instead of the colleague who rings or talks."""
        self._ringing.stop_for(port, at)
        consulted, port.peer = port.peer, None
        self._switch.let_go(consulted, at)

    def _route(self, port: Port, target: Port, at: float) -> None:
        status = self.profile.status
        if target.outside and not self._has_trunk():
            self._unobtainable(port, at)
        elif target.do_not_disturb:
            self._refuse(port, self.profile.do_not_disturb, status.do_not_disturb, at)
        elif self._ringing.is_free(target, at):
            heard = self._switch.told(port, status.ringing, self._sounds.ringback(self.profile.ringback_after_s), at)
            port.enter(PortState.CALLING, heard)
            self._ringing.ring(port, target, at)
        else:
            port.refused_by = target
            if self.profile.call_waiting:
                self._ringing.beep([target], at)
            self._refuse(port, Release.BUSY, status.busy, at)

    def _unobtainable(self, port: Port, at: float) -> None:
        self._refuse(port, Release.CONGESTION, self.profile.status.reorder, at)

    def _refuse(self, port: Port, tone: Release, code: str, at: float) -> None:
        port.enter(PortState.REFUSED, self._switch.told(port, code, self._sounds.of(tone), at))
        if port.held is not None and not math.isinf(self.profile.returns_by_itself_s):
            port.later(at + self.profile.returns_by_itself_s, lambda moment: self._retrieve(port, moment))

    def _takes_code(self, port: Port, at: float) -> bool:
        """Do what the code wants if it is complete; `False` when these keys begin none."""
        consulted = port.put_aside or port.peer
        first = port.held or port.peer
        if port.digits == self.profile.conference_code and consulted is not None and first is not None:
            self._switch.confer(port, first, consulted, at)
            return True
        if port.digits == self.profile.retrieve_code:
            self._retrieve(port, at)
            return True
        codes = (self.profile.conference_code, self.profile.retrieve_code)
        return any(code.startswith(port.digits) for code in codes)
