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
from hardware.simulated.legs import Leg, Segment, Trunk, Where
from hardware.simulated.loop import BLOCK, Loop
from hardware.simulated.pbxport import Port, PortState
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.pbxringing import Ringing
from hardware.simulated.pbxsounds import PbxSounds, keys, music, ring_trip_click
from hardware.simulated.sounds import Late, Sound

KEYS_AFTER_S = 0.06
"""The PBX sends keys so soon after what they tell."""


class MiniPbx:
    """Trunks on one side, extension ports on the other; outside calls go to the first free port of the hunt group."""

    def __init__(self, country: Country, today: Callable[[], datetime], profile: PbxProfile | None = None) -> None:
        self.profile = profile or PbxProfile()
        self.country = self.profile.tones.of(country)
        self.ports: dict[str, Port] = {}
        self.trunks: dict[PublicCall, Trunk] = {}
        self._sounds = PbxSounds(self.country, self.profile.tones)
        self._ringing = Ringing(self.profile, self._sounds, today)

    def connect_extension(self, extension: str, loop: Loop, *, in_hunt_group: bool = False) -> Port:
        """Wire a loop to extension number `extension`; those in the hunt group are rung in the order they came."""
        port = Port(self, loop, extension, for_box=in_hunt_group, seed=len(self.ports) + 11)
        self.ports[extension] = port
        if in_hunt_group:
            self._ringing.hunt_group.append(port)
        return port

    def segments(self, call: PublicCall) -> tuple[Segment, ...]:
        """Where this caller has been so far."""
        return tuple(self.trunks[call].segments)

    def forget(self, call: PublicCall) -> None:
        """Drop the diary of a call that is over."""
        self.trunks.pop(call, None)

    # As the destination of public calls.

    def take(self, call: PublicCall, at: float) -> bool:
        if sum(other.ended_at is None for other in self.trunks) >= self.profile.trunks:
            return False
        trunk = self.trunks[call] = Trunk(call, at)
        self._ringing.queue(trunk, at)
        return True

    def caller_left(self, call: PublicCall, release: Release, at: float) -> None:
        trunk = self.trunks[call]
        trunk.close_segment(at)
        self._ringing.give_up(trunk)
        self._gone(trunk, self.profile.caller_left or release, at)

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
        self._connect(leg, port, at)
        self._tell_of_answer(leg, port, at)

    def flashed(self, port: Port, opened_at: float, at: float) -> None:
        """A hook flash that began at `opened_at` has ended."""
        if port.held is not None or port.held_has_gone:
            self._flashed_in_consultation(port, opened_at, at)
        elif isinstance(port.peer, Conference) and self.profile.flash_joins:
            self._drop_last(port, port.peer, at)
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
            port.later(at + self.profile.route_ms / 1000, lambda moment: self._route(port, target, moment))
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
            self._gone(port, self.profile.colleague_left, at)
            return
        port.peer = port.rings = held.held_by = None
        if peer is not None:
            self._connect(held, peer, at)
        elif target is not None:
            self._ringing.hand_over(held, port, target, at)
        elif isinstance(held, Conference):
            self._settle(held, self.profile.colleague_left, at)
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
        other = port.peer
        assert other is not None
        if isinstance(other, Conference):
            other.remove(port)
            if len(other.members) == 1:
                conference, other = other, other.members[0]
                conference.remove(other)
        port.peer = None
        self._hold_for(port, other, at)
        self._recall_dial_tone(port, at)
        port.hold_code_due = self.profile.hold_code

    def _hold_for(self, port: Port, other: Leg, at: float) -> None:
        other.peer = None
        port.held, other.held_by = other, port
        port.flash_ended_at = -math.inf
        other.hears = music(at) if self.profile.music else None
        other.moved(Where.HOLD, port.extension, at)

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
            self._confer(port, port.held, port.peer, at)
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
            self._let_go(consulted, at)
            self._hears_left(port, self.profile.held_caller_left, at)
            return
        held.held_by = None
        self._connect(held, port, at)
        if consulted is None or not self.profile.conference_code or self.profile.retrieve_code:
            self._let_go(consulted, at)
        else:
            port.put_aside = consulted
            consulted.peer, consulted.hears = None, music(at)
            port.await_code()
            port.later(at + self.profile.code_wait_s, lambda moment: self._code_missed(port, moment))

    def _code_missed(self, port: Port, at: float) -> None:
        consulted, port.put_aside = port.put_aside, None
        port.await_code_no_longer()
        self._let_go(consulted, at)

    def _let_consulted_go(self, port: Port, at: float) -> None:
        """Another number is dialled instead of the colleague who rings or talks."""
        self._ringing.stop_for(port, at)
        consulted, port.peer = port.peer, None
        self._let_go(consulted, at)

    def _let_go(self, leg: Leg | None, at: float) -> None:
        if leg is not None:
            self._leave_alone(leg, self.profile.colleague_left, at)

    def _route(self, port: Port, target: Port, at: float) -> None:
        status = self.profile.status
        if target.do_not_disturb:
            self._refuse(port, self.profile.do_not_disturb, status.do_not_disturb, at)
        elif self._ringing.is_free(target, at):
            heard = self._told(port, status.ringing, self._sounds.ringback(self.profile.ringback_after_s), at)
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
        port.enter(PortState.REFUSED, self._told(port, code, self._sounds.of(tone), at))
        if port.held is not None and not math.isinf(self.profile.returns_by_itself_s):
            port.later(at + self.profile.returns_by_itself_s, lambda moment: self._retrieve(port, moment))

    # Conferences.

    def _takes_code(self, port: Port, at: float) -> bool:
        """Do what the code wants if it is complete; `False` when these keys begin none."""
        consulted = port.put_aside or port.peer
        first = port.held or port.peer
        if port.digits == self.profile.conference_code and consulted is not None and first is not None:
            self._confer(port, first, consulted, at)
            return True
        if port.digits == self.profile.retrieve_code:
            self._retrieve(port, at)
            return True
        codes = (self.profile.conference_code, self.profile.retrieve_code)
        return any(code.startswith(port.digits) for code in codes)

    def _confer(self, port: Port, first: Leg, second: Leg, at: float) -> None:
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

    def _drop_last(self, port: Port, conference: Conference, at: float) -> None:
        """The one who came last, other than `port` itself, is let go."""
        last = [leg for leg in conference.members if leg is not port][-1]
        conference.remove(last)
        self._let_go(last, at)
        self._settle(conference, self.profile.colleague_left, at)

    def _settle(self, conference: Conference, release: Release, at: float) -> None:
        """Somebody has left. Two go on as in any call, one cannot go on at all."""
        on_its_way = conference.rings is not None or conference.wants is not None
        match conference.members:
            case []:
                self._gone(conference, release, at)
            case [last] if conference.held_by is not None:
                conference.remove(last)
                self._hold_for(conference.held_by, last, at)
            case [last] if not on_its_way:
                conference.remove(last)
                self._leave_alone(last, release, at)
            case [one, other] if conference.held_by is None and not on_its_way:
                conference.remove(one)
                conference.remove(other)
                self._connect(one, other, at)
            case _:
                conference.tell(at)

    # What follows.

    def _told(self, port: Port, code: str, tone: Sound | None, at: float) -> Sound | None:
        """Tell a port of the box by keys; what it hears then."""
        if not code or not port.for_box:
            return tone
        sent = keys(code)
        port.aside.add(sent, at + KEYS_AFTER_S)
        if tone is None or not self.profile.status_with_tones:
            return None
        return Late(tone, len(sent) + round(2 * KEYS_AFTER_S * 8000))

    def _tell_of_answer(self, leg: Leg, port: Port, at: float) -> None:
        """What an answer brings to either side, besides the other's voice."""
        if self.profile.ring_trip_click:
            port.aside.add(ring_trip_click(), at)
        if not isinstance(leg, Port):
            return
        self._told(leg, self.profile.status.answered, None, at)
        if self.profile.reversal_on_answer:
            leg.reverse(at)
        if port.for_box and not math.isinf(self.profile.follow_on_s):
            port.aside.add(keys(leg.extension), at + self.profile.follow_on_s)

    def _connect(self, leg: Leg, port: Leg, at: float) -> None:
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

    def _gone(self, leg: Leg, release: Release, at: float) -> None:
        """`leg` has hung up, and everybody who had to do with it learns of it."""
        self._ringing.stop_for(leg, at)
        self._ringing.settle(leg)
        other, leg.peer = leg.peer, None
        if isinstance(other, Conference):
            other.remove(leg)
            self._settle(other, release, at)
        elif other is not None:
            self._leave_alone(other, release, at)
        if leg.held_by is not None:
            leg.held_by.held, leg.held_by.held_has_gone = None, True
            leg.held_by = None
        for port in self.ports.values():
            if port.put_aside is leg:
                port.put_aside = None

    def _leave_alone(self, leg: Leg, release: Release, at: float) -> None:
        """The party that `leg` talked with has gone."""
        leg.peer = None
        if isinstance(leg, Trunk):
            leg.hears = None
            leg.close_segment(at)
            leg.call.release(at)
        elif isinstance(leg, Port):
            self._hears_left(leg, release, at)
        elif isinstance(leg, Conference):
            for member in tuple(leg.members):
                leg.remove(member)
                self._leave_alone(member, release, at)

    def _hears_left(self, port: Port, release: Release, at: float) -> None:
        """The sign of this PBX that the other one has gone."""
        consulted, port.put_aside = port.put_aside, None
        port.enter(PortState.LEFT, self._told(port, self.profile.status.released, self._sounds.of(release), at))
        if release.breaks_loop:
            port.break_loop(self.profile.loop_break_ms / 1000, at)
        if self.profile.reversal_on_release:
            port.reverse(at)
        self._let_go(consulted, at)
