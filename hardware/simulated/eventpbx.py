"""The office's PBX at event level: who is connected to whom, what each port hears, and nothing of the box's own mind.

It behaves as `minipbx` does with sound: outside calls come in on trunks and ring the ports of the box; a hook flash
puts the caller on hold, digits ring an extension, and hanging up hands over whoever is held. The truth of where each
caller is lives here. Ports, and every habit in which makes differ, stand in `eventport`.

Where nobody can take the held caller when the port hangs up, the PBX rings that port again (facts, 5.7 and 6.1).

The box may call, too: extensions, and people outside (`outside`). A colleague whom it called can be put on hold and
handed over like a caller (`eventcallout`).
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Mapping

from appliance.acts import Heard
from appliance.call import CallerId, HangUpSign, Presentation
from appliance.clock import VirtualClock
from appliance.toll import Recipe
from hardware.simulated.eventcallout import CallsOut
from hardware.simulated.eventpeople import Caller, End, Extension, Kind, Reaction, Visitor, Where
from hardware.simulated.eventport import Habits, Listener, Port, PortState
from hardware.simulated.pbxprofile import RecallShows

RING_PERIOD_S = 5.0
CALLER_ID_AFTER_S = 2.0
ROUTE_S = 0.3
"""From the last digit to ringback or busy tone."""
FREE_AFTER_S = 0.5
"""A port rings no sooner after its last call."""
LOOP_BREAK_AFTER_S = 0.5
STATUS_AFTER_S = 0.3
SECOND_FLASH_S = (0.3, 1.0)
"""The pause between two flashes, where two are needed (facts, 6.3: unverified)."""
UNNOTICED_S = 3.5
"""A tone takes so long to show what it is, with the length of a flash; who hangs up just before one goes unnoticed."""
TONES = {HangUpSign.BUSY: Heard.BUSY, HangUpSign.CONGESTION: Heard.CONGESTION, HangUpSign.DIAL_TONE: Heard.DIAL_TONE}


class EventPbx:
    """The PBX of one office. `desks` are its extensions by number, and may change under way."""

    def __init__(self, clock: VirtualClock, desks: Mapping[str, Extension], habits: Habits | None = None) -> None:
        self.habits = habits or Habits()
        self.desks = desks
        self.outside: dict[str, Extension] = {}
        """People outside who can be called, by what is dialled for it, the prefix of the PBX and all."""
        self.out = CallsOut(clock)
        self.ports: dict[str, Port] = {}
        self.callers: list[Caller] = []
        self.happened: Counter[str] = Counter()
        """How often each thing of interest has happened."""
        self.offered_twice: list[str] = []
        self.astray: list[str] = []
        """What was said to nobody, or to the wrong one."""
        self.connected: Callable[[Caller, Port], None] = lambda caller, port: None
        """Called when a caller and the box hear one another."""
        self.ended: Callable[[Caller], None] = lambda caller: None
        self._clock = clock
        self._back = Recipe.read(self.habits.back)
        self._queue: deque[Caller] = deque()

    def add_port(self, name: str, listener: Listener) -> Port:
        """Plug something into a new port, which belongs to the group that outside calls ring."""
        port = self.ports[name] = Port(name, listener)
        return port

    # ------------------------------------------------------------ time

    def _in(self, seconds: float, action: Callable[[], None]) -> None:
        self._clock.at(self._clock.now() + seconds, action)

    def _for_port(self, port: Port, seconds: float, action: Callable[[], None]) -> None:
        """Do it later, unless something else happens at the port before."""
        moves = port.moves
        self._in(seconds, lambda: action() if port.moves == moves else None)

    def _for_caller(self, caller: Caller, seconds: float, action: Callable[[], None]) -> None:
        """Do it later, unless the caller has been moved before."""
        moves = caller.moves
        self._in(seconds, lambda: action() if caller.moves == moves and caller.ended is None else None)

    # ------------------------------------------------------------ callers come

    def arrive(self, visitor: Visitor) -> Caller:
        """A call from outside: it rings the first free port, or waits for one."""
        caller = self._new_caller(visitor)
        self._queue.append(caller)
        self._ring_the_free()
        return caller

    def ring(self, port: Port, visitor: Visitor) -> Caller:
        """A call from outside for one port, which must be free."""
        caller = self._new_caller(visitor)
        self._ring_port(port, caller, visitor.caller_id)
        return caller

    def _new_caller(self, visitor: Visitor) -> Caller:
        caller = Caller(visitor, self._clock.now())
        self.callers.append(caller)
        self._in(visitor.rings_for_s, lambda: self.leaves(caller) if Where.OFFICE not in caller.way else None)
        self._wants_to_leave(caller, Where.RINGING.value)
        return caller

    def _is_free(self, port: Port) -> bool:
        idle = port.state is PortState.ON_HOOK and port.rung_by is None
        return idle and port.free_from <= self._clock.now()

    def _ring_the_free(self) -> None:
        for port in self.ports.values():
            if port.wanted_by and self._is_free(port):
                caller = port.wanted_by.popleft()
                self.happened["rang again"] += 1
                self._ring_port(port, caller, self._recall_id(caller))
            elif self._queue and self._is_free(port):
                caller = self._queue.popleft()
                self._ring_port(port, caller, caller.visitor.caller_id)

    def _recall_id(self, caller: Caller) -> CallerId:
        match self.habits.recall_shows:
            case RecallShows.TARGET if caller.desk is not None:
                return CallerId(caller.desk.number, "", Presentation.SHOWN)
            case RecallShows.NOBODY:
                return CallerId()
        return caller.visitor.caller_id

    def _ring_port(self, port: Port, caller: Caller, caller_id: CallerId) -> None:
        port.rung_by, caller.port = caller, port
        caller.without_pause = self._clock.now() - port.rang_in_vain_at < RING_PERIOD_S
        port.moves += 1
        self._burst(port, caller)
        if caller_id.told:
            self._for_port(port, CALLER_ID_AFTER_S, lambda: port.listener.told_caller_id(caller_id))

    def _burst(self, port: Port, caller: Caller) -> None:
        self._for_port(port, RING_PERIOD_S, lambda: self._burst(port, caller))
        port.listener.rang()

    # ------------------------------------------------------------ callers go

    def leaves(self, caller: Caller) -> None:
        """The caller hangs up, wherever they are."""
        if caller.ended is not None:
            return
        where, port, desk = caller.where, caller.port, caller.desk
        self.happened[f"hung up {where.value}"] += 1
        self._end(caller, End.TALKED if self._talks_to_somebody(caller) else End.LEFT)
        if caller in self._queue:
            self._queue.remove(caller)
        if port is not None and caller in port.wanted_by:
            port.wanted_by.remove(caller)
        if desk is not None and where in (Where.RINGING_COLLEAGUE, Where.COLLEAGUE):
            self._free(desk)
        elif port is not None and port.rung_by is caller:
            port.rung_by, port.moves, port.rang_in_vain_at = None, port.moves + 1, self._clock.now()
            port.free_from = self._clock.now() + FREE_AFTER_S
            self._in(FREE_AFTER_S, self._ring_the_free)
        elif port is not None and port.peer is caller:
            self._alone(port, caller.visitor.sign)
        elif port is not None and port.held is caller:
            port.held, port.held_gone = None, True
            if caller.visitor.sign is HangUpSign.CODE:
                self._in(LOOP_BREAK_AFTER_S, lambda: port.listener.dropped(HangUpSign.CODE) if port.held_gone else None)

    @staticmethod
    def _talks_to_somebody(caller: Caller) -> bool:
        return caller.where is Where.COLLEAGUE and caller.desk is not None and caller.desk.kind is Kind.PERSON

    def hears_sentence(self, caller: Caller, key: str) -> None:
        """The box speaks a sentence to a caller."""
        self._wants_to_leave(caller, key)

    def _wants_to_leave(self, caller: Caller, where: str) -> None:
        if caller.visitor.leaves == where:
            self._for_caller(caller, caller.visitor.leaves_after_s, lambda: self._leaves_as_planned(caller))

    def _leaves_as_planned(self, caller: Caller) -> None:
        self.happened[f"meant to hang up: {caller.visitor.leaves}"] += 1
        self.leaves(caller)

    def _end(self, caller: Caller, how: End) -> None:
        caller.ended, caller.ended_at = how, self._clock.now()
        caller.waited_s = caller.ended_at - caller.moved_at
        caller.moves += 1
        self.ended(caller)

    def _move(self, caller: Caller, where: Where) -> None:
        caller.where, caller.moved_at = where, self._clock.now()
        caller.way.append(where)
        caller.moves += 1
        self._wants_to_leave(caller, where.value)

    # ------------------------------------------------------------ what the box does at a port

    def lift(self, port: Port) -> None:
        """Off-hook: an answer where it rings, otherwise dial tone."""
        caller, port.rung_by = port.rung_by, None
        port.calls_out = caller is None
        if caller is None:
            self._enter(port, PortState.DIALLING, Heard.DIAL_TONE)
            return
        if Where.OFFICE not in caller.way:
            self._in(caller.visitor.patience_s, lambda: self._loses_patience(caller))
        self._connect(port, caller)

    def _loses_patience(self, caller: Caller) -> None:
        if caller.where is not Where.COLLEAGUE:
            self.leaves(caller)

    def _connect(self, port: Port, caller: Caller) -> None:
        caller.port, caller.desk = port, None
        port.peer = port.last = caller
        port.held, port.held_gone = None, False
        self._enter(port, PortState.TALKING, Heard.SILENCE)
        self._move(caller, Where.OFFICE)
        self.connected(caller, port)

    def flash(self, port: Port, length_ms: int) -> None:
        """The hook was pressed for so long: bounce, flash or hang-up."""
        if length_ms < self.habits.flash_min_ms:
            self.happened["flash too short"] += 1
        elif length_ms > self.habits.flash_max_ms:
            self.happened["flash too long"] += 1
            if isinstance(port.peer, Caller):
                port.peer.cut_by_flash = True
            self.hang_up(port)
            self.lift(port)
        elif port.held is not None or port.held_gone or port.held_desk is not None:
            self._flash_back(port)
        elif self.out.hold(port):
            self._dial_tone(port)
        else:
            caller = port.peer if isinstance(port.peer, Caller) else None
            self._release_far_end(port)
            if port.state is PortState.LEFT and port.last is not None:
                port.last.unnoticed |= self._clock.now() - port.last.ended_at < UNNOTICED_S
            if caller is not None:
                port.held, port.peer = caller, None
                self._move(caller, Where.HOLD)
            self._dial_tone(port)

    def _dial_tone(self, port: Port) -> None:
        port.digits, port.on_hold_code = "", False
        self._enter(port, PortState.DIALLING, Heard.DIAL_TONE if self.habits.recall_tone else Heard.SILENCE)

    def _flash_back(self, port: Port) -> None:
        pause_s, port.flashed_at = self._clock.now() - port.flashed_at, self._clock.now()
        in_time = SECOND_FLASH_S[0] <= pause_s <= SECOND_FLASH_S[1]
        if self._back.code:
            self._release_far_end(port)
            self._dial_tone(port)
        elif self.habits.joins_after_answer and isinstance(port.peer, Extension) and not port.joined:
            self._join_three(port, port.peer)
        elif port.joined or self._back.flashes == 1 or (self._back.flashes == 2 and in_time):
            self._retrieve(port)

    def _join_three(self, port: Port, desk: Extension) -> None:
        """Caller, colleague and box hear one another; another flash drops the colleague."""
        port.joined = True
        if port.held is None:
            return
        self._move(port.held, Where.OFFICE)
        if desk.kind is Kind.PERSON:
            port.held.reached.append(desk)

    def _retrieve(self, port: Port) -> None:
        caller, desk = port.held, port.held_desk
        self._release_far_end(port)
        if desk is not None:
            port.peer, port.held_desk = desk, None
            self._enter(port, PortState.TALKING, Heard.SILENCE)
        elif caller is not None:
            self._connect(port, caller)
        else:
            port.held_gone = False
            self._alone(port, HangUpSign.CONGESTION if self.habits.tones else HangUpSign.CODE)

    def dial(self, port: Port, digits: str) -> None:
        """Digits, all at once; what nobody waits for is only noise in somebody's ear."""
        if port.state is not PortState.DIALLING:
            return
        consulting = port.held is not None or port.held_gone or port.held_desk is not None
        if consulting and digits == self._back.code:
            self._retrieve(port)
        elif consulting and self.habits.hold_code == digits:
            port.on_hold_code = True
        else:
            known = not (consulting and self.habits.hold_code) or port.on_hold_code
            self._enter(port, PortState.ROUTING, Heard.SILENCE)
            desk = (self.desks.get(digits) or self.outside.get(digits)) if known else None
            port.target = desk
            self._watch_offers(port, desk)
            self._for_port(port, ROUTE_S, lambda: self._route(port, desk))

    def hang_up(self, port: Port) -> None:
        """On-hook for good: whoever is held is handed over, or comes back."""
        if port.state is PortState.ON_HOOK:
            return
        held, peer, target, state = port.held, port.peer, port.target, port.state
        if self.out.leave(port):
            pass  # a colleague whom the box called talks with whoever it dialled, or nobody does
        elif isinstance(peer, Caller):
            self._end(peer, End.DROPPED)
        elif held is None or state not in (PortState.TALKING, PortState.CALLING):
            self._release_far_end(port)
        port.peer = port.held = port.target = None
        port.held_gone, port.free_from = False, self._clock.now() + FREE_AFTER_S
        self._enter(port, PortState.ON_HOOK, Heard.SILENCE)
        if held is not None:
            self._hand_over(held, port, state, peer if isinstance(peer, Extension) else None, target)
        self._in(FREE_AFTER_S, self._ring_the_free)

    # ------------------------------------------------------------ extensions

    def _route(self, port: Port, desk: Extension | None) -> None:
        """The number has been looked up."""
        if desk is None:
            self.happened["unknown extension"] += 1
            self._refuse(port, Heard.CONGESTION)
        elif desk.do_not_disturb:
            self.happened["do not disturb"] += 1
            self._refuse(port, Heard.DO_NOT_DISTURB)
        elif not desk.is_free(self._clock.now()):
            self.happened["busy"] += 1
            self._refuse(port, Heard.BUSY)
        else:
            self._enter(port, PortState.CALLING, Heard.SILENCE)
            self._tell(port, Heard.RINGBACK)
            if self.habits.ringback_after_s >= 1.0:
                self.happened["late ringback"] += 1
            self._for_port(port, self.habits.ringback_after_s, lambda: self._sound(port, Heard.RINGBACK))
            self._ring_desk(desk, port)

    def _ring_desk(self, desk: Extension, rung_by: Port | Caller) -> None:
        desk.rung_by, desk.rings = rung_by, desk.rings + 1
        after_s, rings = desk.answers_after_s(), desk.rings
        if after_s is not None:
            self._in(after_s, lambda: self._picks_up(desk) if desk.rings == rings else None)

    def _refuse(self, port: Port, heard: Heard) -> None:
        tone = self.habits.do_not_disturb if heard is Heard.DO_NOT_DISTURB else heard
        self._enter(port, PortState.REFUSED, tone)
        self._tell(port, heard)

    def _picks_up(self, desk: Extension) -> None:
        """Somebody answers, if it still rings."""
        rung_by = desk.rung_by
        if rung_by is None:
            return
        desk.rung_by = None
        self.happened[f"answered by {desk.kind.value}"] += 1
        if isinstance(rung_by, Caller):
            self._join(rung_by, desk)
            return
        if isinstance(rung_by, Extension):
            self.out.talk(rung_by, desk)
            return
        port, desk.talks_with = rung_by, rung_by
        port.peer, port.target = desk, None
        self._enter(port, PortState.TALKING, Heard.FAX if desk.kind is Kind.FAX else Heard.SILENCE)
        self._tell(port, Heard.ANSWERED)
        if desk.kind is not Kind.FAX and desk.speaks_after_s is not None:
            self._for_port(port, desk.speaks_after_s, lambda: self._sound(port, Heard.VOICE))
        if port.held is not None:
            self._move(port.held, Where.WHISPER)
        reaction = desk.reaction(called=port.held is None)
        if reaction is not None:
            self._for_port(port, reaction.after_s, lambda: self._reacts(desk, port, reaction))

    def _reacts(self, desk: Extension, port: Port, reaction: Reaction) -> None:
        if reaction.key:
            self.happened[f"key {reaction.key} in the whisper"] += 1
            port.listener.key_came(reaction.key)
        else:
            self.happened["colleague hung up in the whisper"] += 1
            self._free(desk)
            self._alone(port, self.habits.colleague_left)

    def _hand_over(
        self, held: Caller, port: Port, state: PortState, answered: Extension | None, target: Extension | None
    ) -> None:
        """The port that held this caller has hung up."""
        if answered is not None:
            self._join(held, answered)
        elif state is PortState.ROUTING and target is not None and not target.do_not_disturb:
            self._ring_or_camp(held, target)
        elif state is PortState.CALLING and target is not None:
            self._rings_for(held, target)
        elif state is PortState.REFUSED and self.habits.camp_on and target is not None and not target.do_not_disturb:
            self._camp(held, target)
        else:
            self._come_back(held)

    def _ring_or_camp(self, held: Caller, desk: Extension) -> None:
        if desk.is_free(self._clock.now()):
            self._ring_desk(desk, held)
            self._rings_for(held, desk)
        elif self.habits.camp_on:
            self._camp(held, desk)
        else:
            self._come_back(held)

    def _rings_for(self, held: Caller, desk: Extension) -> None:
        held.desk, desk.rung_by = desk, held
        self._move(held, Where.RINGING_COLLEAGUE)
        self._for_caller(held, self.habits.recall_s, lambda: self._come_back(held))

    def _camp(self, held: Caller, desk: Extension) -> None:
        self.happened["camped on"] += 1
        held.desk = desk
        self._move(held, Where.CAMPED)
        self._for_caller(held, self.habits.recall_s, lambda: self._come_back(held))
        self._look_whether_free(held, desk)

    def _look_whether_free(self, held: Caller, desk: Extension) -> None:
        if desk.is_free(self._clock.now()):
            self._ring_or_camp(held, desk)
        else:
            self._for_caller(held, 1.0, lambda: self._look_whether_free(held, desk))

    def _come_back(self, caller: Caller) -> None:
        """Nobody has taken this caller: the port that sent them away shall ring."""
        port = caller.port
        if caller.desk is not None and caller.desk.rung_by is caller:
            self._free(caller.desk)
        self._move(caller, Where.RETURNING)
        if port is not None:
            port.wanted_by.append(caller)
            self._ring_the_free()

    def _join(self, caller: Caller, desk: Extension) -> None:
        """They talk; the caller hangs up when all is said."""
        caller.desk, caller.port = desk, None
        desk.rung_by, desk.talks_with = None, caller
        caller.reached.append(desk)
        self._move(caller, Where.COLLEAGUE)
        self._for_caller(caller, desk.talk_s(caller.visitor), lambda: self.leaves(caller))

    @staticmethod
    def _free(desk: Extension) -> None:
        desk.rung_by = desk.talks_with = None

    def _release_far_end(self, port: Port) -> None:
        """Whatever extension rings for this port, or talks with it, is left alone."""
        for desk in (port.target, port.peer):
            if isinstance(desk, Extension) and port in (desk.rung_by, desk.talks_with):
                self._free(desk)
        port.target = None
        if isinstance(port.peer, Extension):
            port.peer = None

    # ------------------------------------------------------------ what a port hears

    def _enter(self, port: Port, state: PortState, sound: Heard) -> None:
        port.state, port.moves, port.joined = state, port.moves + 1, False
        nobody = not (port.peer or port.held or port.held_desk or port.target)
        idle = state is PortState.ON_HOOK or not nobody
        port.empty_since = math.inf if idle else min(port.empty_since, self._clock.now())
        self._sound(port, sound)

    def _sound(self, port: Port, sound: Heard) -> None:
        if not self.habits.tones and sound not in (Heard.VOICE, Heard.FAX, Heard.DIAL_TONE):
            sound = Heard.SILENCE
        port.sound, port.sound_since = sound, self._clock.now()
        port.listener.sound_changed()

    def _tell(self, port: Port, heard: Heard) -> None:
        """Say it by keys too, where this PBX does."""
        status = self.habits.status
        sent = {
            Heard.RINGBACK: status.ringing,
            Heard.BUSY: status.busy,
            Heard.CONGESTION: status.reorder,
            Heard.DO_NOT_DISTURB: status.do_not_disturb,
            Heard.ANSWERED: status.answered,
        }
        if sent[heard]:
            self._for_port(port, STATUS_AFTER_S, lambda: port.listener.status_came(heard))

    def _alone(self, port: Port, sign: HangUpSign) -> None:
        """Whoever this port talked with has gone, and it learns of it by `sign`."""
        port.peer = None
        self._enter(port, PortState.LEFT, TONES.get(sign, Heard.SILENCE))
        if sign in (HangUpSign.LOOP_BREAK, HangUpSign.CODE):
            self._for_port(port, LOOP_BREAK_AFTER_S, lambda: port.listener.dropped(sign))

    # ------------------------------------------------------------ nobody is offered twice (R8)

    def _watch_offers(self, port: Port, desk: Extension | None) -> None:
        """Is this person being rung or consulted for another caller of the box at this moment?"""
        if desk is None:
            return
        others = [
            other
            for other in self.ports.values()
            if other is not port and desk in (other.target, other.peer, other.held_desk) and not other.joined
        ]
        if others or isinstance(desk.rung_by, Caller):
            who = others[0].name if others else "a caller who was left there"
            self.offered_twice.append(f"extension {desk.number} was rung from {port.name} and for {who} at once")
