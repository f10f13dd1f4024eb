"""The office's mini-PBX: outside calls come in on trunks, and move between extensions by hook flash and DTMF.

What a person at an extension does, and what the PBX makes of it:

* *flash while talking*: the other party is put on hold with music, and there is recall dial tone;
* *an extension's number*: ringback, busy tone, or congestion tone where there is no such extension;
* *hang up while it rings, or after it answered*: the held party is handed over. If nobody answers within the recall
  time they ring here again, with their own number;
* *hang up on busy tone*: camp-on where the PBX has it, otherwise the held party rings here again;
* *flash again* (twice, on some makes): back to the held party. Has that one gone meanwhile: congestion tone.

A loop that is open for less than `flash_min_ms` is contact bounce, up to `flash_max_ms` a flash, longer a hang-up. This
follows the behaviour of small Panasonic and Slican exchanges; every time and habit that differs between makes is in the
`PbxProfile`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from appliance.call import CallerId, Presentation
from appliance.signals.countries import Country
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.generate import ToneSource
from hardware.simulated.circuit import Circuit
from hardware.simulated.exchange import PublicCall, Release
from hardware.simulated.loop import BLOCK, Loop, Samples
from hardware.simulated.sounds import Sound, hold_music


@dataclass(frozen=True, slots=True)
class PbxProfile:
    """The habits of one make of PBX. The defaults suit the short flash of most of Europe."""

    flash_min_ms: float = 50
    flash_max_ms: float = 250
    hang_up_ms: float = 400
    """A loop that stays open is known to be a hang-up after this time."""
    flashes_to_retrieve: int = 1
    second_flash_min_ms: float = 300
    second_flash_max_ms: float = 1000
    """The pause between the two flashes, where two are needed."""
    dial_tone_after_ms: float = 150
    route_ms: float = 300
    """From the last digit to ringback or busy tone."""
    unobtainable_ms: float = 800
    """From a digit that leads nowhere to congestion tone."""
    digit_wait_s: float = 10.0
    """Without a digit for that long, dialling ends in congestion tone."""
    do_not_disturb: Release = Release.BUSY
    """What is heard from an extension that wants no calls."""
    camp_on: bool = False
    recall_s: float = 30.0
    free_after_s: float = 0.5
    """A port rings no sooner after its last call."""
    colleague_left: Release = Release.BUSY
    held_caller_left: Release = Release.CONGESTION
    loop_break_ms: float = 500
    trunks: int = 30


class Where(Enum):
    """Where an outside caller is."""

    RINGING = "ringing"
    OFFICE = "with the box"
    HOLD = "on hold"
    RINGING_COLLEAGUE = "ringing a colleague"
    WAITING = "waiting for a colleague or for the way back"
    COLLEAGUE = "with a colleague"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a call: where the caller was, and at or with which extension. `ended` is infinite while it lasts."""

    where: Where
    extension: str
    began: float
    ended: float = math.inf


class PortState(Enum):
    """What an extension port is doing, apart from being rung."""

    IDLE = "idle"
    DIALLING = "dialling"
    ROUTING = "dialled"
    CALLING = "hears ringback"
    REFUSED = "hears busy or congestion"
    TALKING = "talking"
    LEFT = "the other party has gone"


class Leg(ABC):
    """One end of a conversation inside the PBX: a trunk or an extension port."""

    caller_id: CallerId
    hears: Sound | None = None
    peer: Leg | None = None
    """Whom it talks with."""
    held_by: Port | None = None
    rings: Port | None = None
    """The port that rings on its behalf."""
    wants: Port | None = None
    """The port that shall ring on its behalf as soon as it is free: camp-on, and recall."""
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
        self.close_segment(at)
        self.segments.append(Segment(where, extension, at))

    def close_segment(self, at: float) -> None:
        """End the last part of the diary."""
        last = self.segments[-1]
        self.segments[-1] = Segment(last.where, last.extension, last.began, min(last.ended, at))


class Port(Circuit, Leg):
    """An extension port: decodes the hook and the digits of the set on its loop."""

    def __init__(self, pbx: MiniPbx, loop: Loop, extension: str, *, seed: int) -> None:
        super().__init__(loop, pbx.country, seed=seed)
        self.extension = extension
        self.caller_id = CallerId(extension, "", Presentation.SHOWN)
        self.do_not_disturb = False
        self.state = PortState.IDLE
        self.rung_by: Leg | None = None
        self.held: Leg | None = None
        self.held_has_gone = False
        self.refused_by: Port | None = None
        self.digits = ""
        self.free_from = -math.inf
        self.flash_ended_at = -math.inf
        self._receiver: DtmfReceiver | None = None
        self._opened_at = math.inf
        self._timer: tuple[float, Callable[[float], None]] | None = None
        self._pbx = pbx

    def moved(self, where: Where, extension: str, at: float) -> None:
        """A port keeps no diary; that of the caller it talks with says it all."""

    def pull(self, count: int) -> Samples:
        return self.said

    def enter(self, state: PortState, hears: Sound | None = None) -> None:
        """Change state; digits are decoded only while dialling, and a pending timer is void."""
        self.state = state
        self.hears = hears
        self._timer = None
        self._receiver = DtmfReceiver() if state is PortState.DIALLING else None

    def later(self, at: float, action: Callable[[float], None]) -> None:
        """Do that at that moment, unless the state changes before."""
        self._timer = (at, action)

    def closed(self, was_ringing: bool, at: float) -> None:
        opened_at, self._opened_at = self._opened_at, math.inf
        open_ms = (at - opened_at) * 1000
        profile = self._pbx.profile
        if self.state is PortState.IDLE:
            self._pbx.lifted(self, at)
        elif open_ms > profile.flash_max_ms:
            self._note_flash(open_ms)
            self._pbx.hung_up(self, at)
            self._pbx.lifted(self, at)
        else:
            self._note_flash(open_ms)
            if open_ms >= profile.flash_min_ms:
                self._pbx.flashed(self, opened_at, at)

    def opened(self, at: float) -> None:
        self._opened_at = at

    def listen(self, at: float) -> None:
        super().listen(at)
        if at - self._opened_at > self._pbx.profile.hang_up_ms / 1000:
            self._opened_at = math.inf
            self._pbx.hung_up(self, at)
        if self._receiver is not None:
            for event in self._receiver.feed(self.said):
                if event.down and self._receiver is not None:
                    self._pbx.dialled(self, event.key, at)
        if self._timer is not None and self._timer[0] <= at:
            _, action = self._timer
            self._timer = None
            action(at)

    def _note_flash(self, open_ms: float) -> None:
        if self.trace is not None:
            self.trace.flashes_ms.append(open_ms)


class MiniPbx:
    """Trunks on one side, extension ports on the other; outside calls go to the first free port of the hunt group."""

    def __init__(self, country: Country, today: Callable[[], datetime], profile: PbxProfile | None = None) -> None:
        self.country = country
        self.profile = profile or PbxProfile()
        self.ports: dict[str, Port] = {}
        self.trunks: dict[PublicCall, Trunk] = {}
        self._hunt_group: list[Port] = []
        self._queue: list[Trunk] = []
        self._on_their_way: list[Leg] = []
        """Those on their way to a port: handed over, camped on, or coming back."""
        self._today = today

    def connect_extension(self, extension: str, loop: Loop, *, in_hunt_group: bool = False) -> Port:
        """Wire a loop to extension number `extension`; those in the hunt group are rung in the order they came."""
        port = self.ports[extension] = Port(self, loop, extension, seed=len(self.ports) + 11)
        if in_hunt_group:
            self._hunt_group.append(port)
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
        self._queue.append(trunk)
        self._ring_the_free(at)
        return True

    def caller_left(self, call: PublicCall, release: Release, at: float) -> None:
        trunk = self.trunks[call]
        trunk.close_segment(at)
        if trunk in self._queue:
            self._queue.remove(trunk)
        self._gone(trunk, release, at)

    def listen(self, at: float) -> None:
        for port in self.ports.values():
            port.listen(at)
        for leg in [leg for leg in self._on_their_way if leg.recall_at <= at]:
            self._recall(leg)
        self._ring_the_free(at)

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
            self._dial_tone(port, ToneSource(self.country.dial), at)
            return
        leg, port.rung_by = port.rung_by, None
        leg.rings = None
        self._settle(leg)
        self._connect(leg, port, at)

    def flashed(self, port: Port, opened_at: float, at: float) -> None:
        """A hook flash that began at `opened_at` has ended."""
        if port.held is not None or port.held_has_gone:
            if self._flashes_suffice(port, opened_at, at):
                self._retrieve(port, at)
        elif port.peer is not None:
            self._hold(port, port.peer, at)
        elif port.state is not PortState.ROUTING:
            self._stop_ringing_for(port, at)
            self._dial_tone(port, ToneSource(self.country.dial), at)

    def dialled(self, port: Port, digit: str, at: float) -> None:
        """One more digit of an extension's number."""
        port.digits += digit
        port.hears = None
        if port.trace is not None:
            port.trace.digits.append(digit)
        if target := self.ports.get(port.digits):
            port.enter(PortState.ROUTING)
            port.later(at + self.profile.route_ms / 1000, lambda moment: self._route(port, target, moment))
        elif any(extension.startswith(port.digits) for extension in self.ports):
            port.later(at + self.profile.digit_wait_s, lambda _: self._refuse(port, Release.CONGESTION))
        else:
            port.enter(PortState.ROUTING)
            congestion_at = at + self.profile.unobtainable_ms / 1000
            port.later(congestion_at, lambda _: self._refuse(port, Release.CONGESTION))

    def hung_up(self, port: Port, at: float) -> None:
        """On-hook for good: what is held is handed over, or comes back."""
        held, peer, target, camp_on = port.held, port.peer, port.rings, port.refused_by
        port.enter(PortState.IDLE)
        port.free_from = at + self.profile.free_after_s
        port.trace = None
        port.held, port.held_has_gone, port.refused_by = None, False, None
        if held is None:
            self._gone(port, self.profile.colleague_left, at)
            return
        port.peer = port.rings = held.held_by = None
        if peer is not None:
            self._connect(held, peer, at)
            return
        held.recall_to, held.recall_at = port, at + self.profile.recall_s
        self._on_their_way.append(held)
        if target is not None:
            held.rings, target.rung_by = target, held
            held.hears = ToneSource(self.country.ringback)
            held.moved(Where.RINGING_COLLEAGUE, target.extension, at)
        else:
            held.wants = camp_on if self.profile.camp_on and camp_on is not None else port
            held.moved(Where.WAITING, held.wants.extension, at)

    # What follows.

    def _dial_tone(self, port: Port, tone: Sound, at: float) -> None:
        port.digits = ""
        port.enter(PortState.DIALLING)

        def give(moment: float) -> None:
            port.hears = tone
            port.later(moment + self.profile.digit_wait_s, lambda _: self._refuse(port, Release.CONGESTION))

        port.later(at + self.profile.dial_tone_after_ms / 1000, give)

    def _hold(self, port: Port, other: Leg, at: float) -> None:
        port.peer = other.peer = None
        port.held, other.held_by = other, port
        port.flash_ended_at = -math.inf
        other.hears = hold_music(int(at * 1000))
        other.moved(Where.HOLD, port.extension, at)
        self._dial_tone(port, ToneSource(self.country.recall_dial), at)

    def _flashes_suffice(self, port: Port, opened_at: float, at: float) -> bool:
        pause_ms = (opened_at - port.flash_ended_at) * 1000
        port.flash_ended_at = at
        in_time = self.profile.second_flash_min_ms <= pause_ms <= self.profile.second_flash_max_ms
        return self.profile.flashes_to_retrieve == 1 or in_time

    def _retrieve(self, port: Port, at: float) -> None:
        held, port.held, port.held_has_gone, port.refused_by = port.held, None, False, None
        self._stop_ringing_for(port, at)
        if port.peer is not None:
            self._leave_alone(port.peer, self.profile.colleague_left, at)
            port.peer = None
        if held is None:
            port.enter(PortState.LEFT, self.profile.held_caller_left.tone(self.country))
        else:
            held.held_by = None
            self._connect(held, port, at)

    def _route(self, port: Port, target: Port, at: float) -> None:
        if target.do_not_disturb:
            self._refuse(port, self.profile.do_not_disturb)
        elif self._is_free(target, at):
            port.enter(PortState.CALLING, ToneSource(self.country.ringback))
            self._ring(port, target, at)
        else:
            port.refused_by = target
            self._refuse(port, Release.BUSY)

    def _refuse(self, port: Port, tone: Release) -> None:
        port.enter(PortState.REFUSED, tone.tone(self.country))

    def _is_free(self, port: Port, at: float) -> bool:
        idle = port.state is PortState.IDLE and port.rung_by is None and not port.loop.off_hook
        return idle and at >= port.free_from

    def _ring(self, leg: Leg, target: Port, at: float) -> None:
        leg.rings, target.rung_by = target, leg
        if isinstance(leg, Trunk) and target in self._hunt_group:
            target.trace = leg.call.trace
        target.start_ringing(leg.caller_id, self._today(), at)

    def _ring_the_free(self, at: float) -> None:
        """Those who want one port get it when it is free; the others share the hunt group, first come, first served."""
        for leg in list(self._on_their_way):
            if leg.wants is not None and self._is_free(leg.wants, at):
                target, leg.wants = leg.wants, None
                leg.recall_at = math.inf if target is leg.recall_to else at + self.profile.recall_s
                leg.hears = ToneSource(self.country.ringback)
                leg.moved(self._where_ringing(target), target.extension, at)
                self._ring(leg, target, at)
        while self._queue and (port := next((p for p in self._hunt_group if self._is_free(p, at)), None)):
            self._ring(self._queue.pop(0), port, at)

    def _where_ringing(self, target: Port) -> Where:
        return Where.RINGING if target in self._hunt_group else Where.RINGING_COLLEAGUE

    def _recall(self, leg: Leg) -> None:
        """Nobody answered, or the busy one was not free in time: back to whoever sent this party away."""
        self._stop_ringing_for(leg, leg.recall_at)
        leg.wants, leg.recall_at = leg.recall_to, math.inf

    def _connect(self, leg: Leg, port: Leg, at: float) -> None:
        for one, other in ((leg, port), (port, leg)):
            if isinstance(one, Port):
                one.enter(PortState.TALKING)
            one.peer, one.hears = other, other
            if isinstance(other, Port):
                one.moved(Where.OFFICE if other in self._hunt_group else Where.COLLEAGUE, other.extension, at)
        if isinstance(leg, Trunk):
            leg.call.answer(at)

    def _gone(self, leg: Leg, release: Release, at: float) -> None:
        """`leg` has hung up, and everybody who had to do with it learns of it."""
        self._stop_ringing_for(leg, at)
        self._settle(leg)
        if leg.peer is not None:
            self._leave_alone(leg.peer, release, at)
            leg.peer = None
        if leg.held_by is not None:
            leg.held_by.held, leg.held_by.held_has_gone = None, True
            leg.held_by = None

    def _leave_alone(self, leg: Leg, release: Release, at: float) -> None:
        """The party that `leg` talked with has gone."""
        leg.peer = None
        if isinstance(leg, Trunk):
            leg.hears = None
            leg.close_segment(at)
            leg.call.release(at)
        elif isinstance(leg, Port):
            leg.enter(PortState.LEFT, release.tone(self.country))
            if release.breaks_loop:
                leg.break_loop(self.profile.loop_break_ms / 1000, at)

    def _settle(self, leg: Leg) -> None:
        """`leg` is on its way no longer."""
        if leg in self._on_their_way:
            self._on_their_way.remove(leg)
        leg.wants, leg.recall_to, leg.recall_at = None, None, math.inf

    def _stop_ringing_for(self, leg: Leg, at: float) -> None:
        target, leg.rings = leg.rings, None
        if target is not None:
            target.rung_by = None
            target.trace = None
            target.stop_ringing(at)
