"""The office: the engine that owns calls, queue and staff.

It is pure: events and commands go in by `receive`, acts go out to the lines, records go to the keeper, and `board` is
a frozen picture of it all. It never waits and never touches a disk; whoever runs it (the engine's thread, or a
virtual day) calls `tick` when `next_due` has come. All its methods belong to one thread.

Invariants, held by the day tests: one record for every ring; nobody is offered two calls at once; every line is on-hook
after its call; whoever was not served and did not choose to go has a card.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import math
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from appliance import acts
from appliance.acd.byname import find_by_name
from appliance.acd.byphone import ByPhone
from appliance.acd.callbacks import Callbacks
from appliance.acd.caller import Caller
from appliance.acd.callstoday import CallsToday
from appliance.acd.decision import Asked, Routing
from appliance.acd.distribution import Distribution
from appliance.acd.estimate import Estimate
from appliance.acd.handovers import Handovers
from appliance.acd.queue import Queue, Ticket
from appliance.acd.ringups import RingUps
from appliance.acd.routing import Plan
from appliance.acd.staff import Colleague, Presence, Staff
from appliance.acd.willing import Willingness
from appliance.addressbook.found import Found
from appliance.addressbook.merging import Change, Merged, merge
from appliance.arranged import Arranged, KeptPresence, Notes, Unwritten
from appliance.board import Board, LineView
from appliance.call import Briefing, Call, CallerId, CallRecord, HangUpSign, Outcome, TransferResult, Wait
from appliance.callbackacts import CallbackAct
from appliance.cardacts import CardAct
from appliance.cardbox import CardBox, CardKeeper
from appliance.cardcommands import CardCommand, NewCard
from appliance.cards import Card
from appliance.clock import Clock
from appliance.commands import (
    BringIn,
    ClearFault,
    Command,
    Conference,
    ForgetContact,
    KeepContact,
    RaiseFault,
    RingUp,
    SetPresence,
    Stored,
)
from appliance.contactbook import BOOK_FULL, ContactBook
from appliance.contacts import Contact
from appliance.events import (
    Armed,
    CallerIdHeard,
    Done,
    Failed,
    HungUp,
    LineEvent,
    OffHook,
    OnHook,
    Ring,
    RingingStopped,
)
from appliance.faults import Fault
from appliance.filing import Filing
from appliance.numbers import read_number, same_as
from appliance.performer import LATER, Performer, Port
from appliance.picture import Picture
from appliance.privacy import EraseCaller
from appliance.reminderacts import ReminderAct
from appliance.scripts.callout import call_back
from appliance.scripts.reception import reception
from appliance.scripts.reminder import remind
from appliance.scripts.trouble import trouble
from appliance.settings import LineSettings, Settings
from appliance.staffacts import StaffAct
from appliance.toll import toll_rule

log = logging.getLogger(__name__)

EARLY_CALLER_ID_S = 5.0
"""Caller ID that comes before the first ring belongs to the call that rings within this time."""
LATE_S = 8.0
"""A line that is armed in the middle of ringing hears the next ring within this time; with the first ones it has missed
the caller ID."""
IDLE_S = 4.0
"""A line has been on-hook for so long before a call of our own begins on it: the next caller may have been waiting for
it to become free."""
CALLS_SHOWN = 20

STANDS = (Outcome.CALLBACK, Outcome.MESSAGE, Outcome.STAFF, Outcome.TURNED_AWAY)
"""Outcomes that a line which fails does not change any more: what was to be done for the caller is done."""


class Records(CardKeeper, Protocol):
    """Where calls and cards are kept; the real one writes to disk in a thread of its own."""

    def begin(self, record: CallRecord) -> None:
        """A call has begun."""

    def finish(self, record: CallRecord) -> None:
        """The call is over; `Stored` comes back when its record is safe."""


class _LineState:
    """What the office knows of one line."""

    def __init__(self, settings: LineSettings) -> None:
        self.settings = settings
        self.armed = False
        self.armed_at = -math.inf
        self.answers = True
        self.performer: Performer | None = None
        self.idle_since = -math.inf
        self.caller_id = CallerId()
        self.caller_id_at = -math.inf
        self.sound_lost = 0


class Office:
    """The engine. `first_call` is the number of the next call; numbers are never used twice.

    Of `calls` and `cards` that there are already the newest come first.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        records: Records,
        *,
        first_call: int = 1,
        first_card: int = 1,
        calls: tuple[CallRecord, ...] = (),
        cards: tuple[Card, ...] = (),
        faults: tuple[Fault, ...] = (),
        notes: Notes = Unwritten(),  # noqa: B008 - it keeps nothing
        arranged: Arranged = Arranged(),  # noqa: B008 - frozen
        contacts: ContactBook | None = None,
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._records = records
        self._lines = {line.name: _LineState(line) for line in settings.lines}
        self._ports: Mapping[str, Port] = {}
        self._queue = Queue()
        self._estimate = Estimate(settings.waiting)
        self._estimate.learn(calls, clock.now(), clock.today())
        self._staff = Staff(settings.people, settings.waiting, settings.pbx.recall_s)
        self._toll = toll_rule(settings)
        self._staff.come_back(clock.today())
        self._staff.have_taken(attempt for record in calls for attempt in record.transfers)
        self._routing = self._routing_by(settings)
        self._willingness = Willingness(self._routing, clock)
        self._distribution = Distribution(settings, self._staff, self._queue, self._willingness.takes)
        self._numbers = itertools.count(first_call)
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._unstored: dict[int, CallRecord] = {}
        self._calls = list(calls[:CALLS_SHOWN])
        self._calls_today = CallsToday(calls)
        hours, country = self._routing.calendar.schedule(), settings.country
        self._cards = CardBox(records, clock, hours, country, cards, first_card)
        self._callbacks = Callbacks(settings, self._queue, self._distribution, self._toll, self._cards)
        self._filing = Filing(settings, self._cards, self._staff, clock, self._callbacks.served)
        self._ring_ups = RingUps(settings, self._staff, self._cards, self._toll, clock)
        self._faults = {fault.about: fault for fault in faults}
        self._notes = notes
        self._handovers = Handovers(
            settings,
            self._staff,
            self._queue,
            self._distribution,
            self._willingness,
            self._estimate,
            clock,
            notes,
            self._faults,
        )
        self._contacts = ContactBook(settings.country) if contacts is None else contacts
        self._by_phone = ByPhone(
            settings, self._staff, self._distribution, clock, notes, self._faults, arranged, self._cards
        )
        self._picture = Picture(clock)

    @property
    def idle(self) -> bool:
        """Is no line ringing or in a call?"""
        return all(line.performer is None for line in self._lines.values())

    def take_up(self, settings: Settings, opened_anew: Container[str] = ()) -> None:
        """Go on with other settings, between two calls; what is known of people, callers and cards stays.

        Lines of the names `opened_anew` are out of order until they say that they are armed. Raises `ValueError` while
        there is a call.
        """
        if not self.idle:
            raise ValueError("a call would go on with settings that it does not know")
        self.settings = settings
        before, self._lines = self._lines, self._line_states(settings, opened_anew)
        colleagues = {who.person.extension for who in self._staff.everybody()}
        self._toll = toll_rule(settings)
        self._staff.take_up(settings.people, settings.waiting, settings.pbx.recall_s)
        self._routing = self._routing_by(settings)
        self._willingness.take_up(self._routing)
        self._distribution.take_up(settings)
        self._estimate.take_up(settings.waiting)
        self._handovers.take_up(settings)
        self._by_phone.take_up(settings)
        self._contacts.take_up(settings.country)
        self._cards.take_up(self._routing.calendar.schedule(), settings.country)
        self._filing.take_up(settings)
        self._callbacks.take_up(settings, self._toll)
        self._ring_ups.take_up(settings, self._toll)
        for name in before:
            if self._lines.get(name) is not before[name]:
                self._faults.pop(name, None)
        for extension in colleagues:
            if not self._staff.knows(extension):
                self._faults.pop(f"extension {extension}", None)

    def _routing_by(self, settings: Settings) -> Routing:
        """Who goes where by these settings; the holidays of this year are loaded before the next call."""
        routing = Routing(settings, partial(read_number, country=settings.country))
        routing.open_at(self._clock.today())
        return routing

    def _line_states(self, settings: Settings, opened_anew: Container[str]) -> dict[str, _LineState]:
        """What is known of the lines of these settings; nothing of those that are new or `opened_anew`."""
        states = {}
        for line in settings.lines:
            known = None if line.name in opened_anew else self._lines.get(line.name)
            state = states[line.name] = known or _LineState(line)
            state.settings = line
        return states

    @property
    def cards(self) -> CardBox:
        """The card box: to be read."""
        return self._cards

    def connect(self, ports: Mapping[str, Port]) -> None:
        """Give the office its lines, by the names of the settings; before the first event."""
        self._ports = ports

    # ------------------------------------------------------------ in

    def receive(self, event: LineEvent | Command) -> None:
        """Take in one event or command, with everything that follows from it."""
        match event:
            case Ring(line, cadence_ms):
                self._ring(self._lines[line], cadence_ms)
            case CallerIdHeard(line, caller_id):
                self._caller_id(self._lines[line], caller_id)
            case Done(line):
                self._with_performer(line, lambda performer: performer.done(event))
            case OffHook(line):
                self._with_performer(line, self._off_hook)
            case HungUp(line, sign):
                self._with_performer(line, lambda performer: performer.hung_up(sign))
            case RingingStopped(line):
                self._ringing_stopped(self._lines[line])
            case OnHook(line, sound_lost):
                self._on_hook(self._lines[line], sound_lost)
            case Armed(line, answers, complaint):
                self._armed(self._lines[line], answers, complaint)
            case Failed(line, fault):
                self._failed(self._lines[line], fault)
            case Stored(call):
                self._stored(call)
            case SetPresence(extension, presence, until):
                self._set_presence(extension, presence, until)
            case Conference(number, third):
                self._handovers.want_third(self._call(number), third)
            case KeepContact(contact):
                self._keep_contact(contact)
            case ForgetContact(id):
                self._contacts.forget(id)
                self._notes.forget_contact(id)
            case BringIn(found, tell):
                tell(self._bring_in(found))
            case CardCommand() | NewCard():
                self._cards.obey(event)
            case EraseCaller(contact, numbers):
                self._erase(contact, numbers)
            case RingUp(to, due):
                self._ring_ups.want(to, due)
            case RaiseFault(fault):
                self._faults[fault.about] = fault
            case ClearFault(about):
                self._faults.pop(about, None)
        self._distribute()

    def next_due(self) -> float:
        """The moment (seconds of the clock) at which `tick` should be called even without an event."""
        now = self._clock.now()
        soonest = min(self._staff.next_change(now, self._clock.today), self._cards.next_due())
        if len(self._queue):
            waiting = self._distribution.next_change(now), self._callbacks.next_change(now)
            soonest = min(soonest, *waiting, self._willingness.next_change())
        if self._ring_ups.any:
            soonest = min(soonest, self._ring_ups.next_change(now))
        return min(self._agenda[0][0], soonest) if self._agenda else soonest

    def tick(self) -> None:
        """Do what is due by now."""
        while self._agenda and self._agenda[0][0] <= self._clock.now():
            heapq.heappop(self._agenda)[2]()
        self._staff.come_back(self._clock.today())
        self._cards.tick()
        self._distribute()

    def _at(self, moment: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (moment, next(self._order), action))

    def _with_performer(self, line: str, action: Callable[[Performer], None]) -> None:
        performer = self._lines[line].performer
        if performer is not None:
            action(performer)

    # ------------------------------------------------------------ a call, from ring to record

    def _ring(self, line: _LineState, cadence_ms: tuple[int, ...] = ()) -> None:
        if line.performer is not None and line.performer.call.outgoing and not line.performer.releasing:
            line.performer.drop()  # glare: whoever calls us goes first
            self._close(line, line.performer, Outcome.GAVE_WAY)
        performer = line.performer = line.performer or self._new_call(line)
        performer.call.rings += 1
        performer.call.internal |= self._by_phone.rings_inside(cadence_ms)
        self._caller_id_awaited(performer)

    def _new_call(self, line: _LineState) -> Performer:
        call = Call(next(self._numbers), line.settings.name, self._clock.today(), self._clock.now())
        if call.began - line.caller_id_at <= EARLY_CALLER_ID_S:
            call.caller_id = line.caller_id
        call.late = call.began - line.armed_at < LATE_S
        line.caller_id_at = -math.inf  # it belongs to this call and to no later one
        self._recognise(call)
        log.info("%s: rings on %s", call.log_name(), call.line)
        performer = self._performer_for(call)
        performer.begin(reception())
        return performer

    def _performer_for(self, call: Call) -> Performer:
        """Everything that a call needs but its script."""
        self._records.begin(CallRecord.of(call, None, call.began))
        in_trouble = None if call.outgoing else trouble
        performer = Performer(call, self._ports[call.line], self._answer, self._toll, in_trouble)
        longest_s = self.settings.waiting.longest_call_s
        self._at(call.began + longest_s, lambda: performer.hung_up(HangUpSign.LIMIT))
        return performer

    def _caller_id(self, line: _LineState, caller_id: CallerId) -> None:
        """Caller ID came: before the first ring in some networks, usually after it, a name perhaps later."""
        if line.performer is None or line.performer.call.outgoing:
            fresh = self._clock.now() - line.caller_id_at <= EARLY_CALLER_ID_S
            line.caller_id = line.caller_id.merged(caller_id) if fresh else caller_id
            line.caller_id_at = self._clock.now()
        elif self._is_another(line.performer, caller_id):
            self._ringing_stopped(line)  # they gave up, and the next one rings without a pause
            line.caller_id, line.caller_id_at = caller_id, self._clock.now()
            self._ring(line)
        else:
            call = line.performer.call
            call.caller_id = caller_id if self._corrects(call, caller_id) else call.caller_id.merged(caller_id)
            self._recognise(call)
            self._records.begin(CallRecord.of(call, None, call.answered_at or call.began))
            self._caller_id_awaited(line.performer)

    def _recognise(self, call: Call) -> None:
        """Know who calls by their number (R5); a colleague's extension is nobody else's number."""
        if not self._staff.knows(call.caller_id.number):
            self._contacts.recognise(call)

    @staticmethod
    def _is_another(performer: Performer, caller_id: CallerId) -> bool:
        """Does this number belong to somebody else than the one who has been ringing until now?"""
        known, told = performer.call.caller_id.number, caller_id.number
        return isinstance(performer.act, acts.AwaitCallerId) and bool(known and told) and known != told

    @staticmethod
    def _corrects(call: Call, told: CallerId) -> bool:
        """Was the number so far that of somebody who gave up just before this one rang?"""
        known = call.caller_id.number
        return call.answered_at is None and bool(known and told.number) and told.number != known

    def _caller_id_awaited(self, performer: Performer) -> None:
        """Answer as soon as the number is in, at the latest when the awaited ring begins (R1).

        A line that cannot answer lets the office's own telephones ring on; the caller becomes a card.
        """
        act, call = performer.act, performer.call
        if not self._lines[call.line].answers:
            return
        if isinstance(act, acts.AwaitCallerId) and call.rings and (call.caller_id.told or call.rings >= act.ring):
            performer.reply(call.caller_id)

    def _off_hook(self, performer: Performer) -> None:
        call = performer.call
        if call.answered_at is None:
            call.answered_at, call.rings_before_answer = self._clock.now(), call.rings
            self._records.begin(CallRecord.of(call, None, call.answered_at))
        if isinstance(performer.act, acts.AwaitCallerId):
            performer.reply(call.caller_id)  # they were taken unawares

    def _ringing_stopped(self, line: _LineState) -> None:
        performer = line.performer
        if performer is not None and isinstance(performer.act, acts.AwaitCallerId):
            performer.drop()
            performer.call.rings_before_answer = performer.call.rings
            self._close(line, performer, Outcome.UNANSWERED)

    def _on_hook(self, line: _LineState, sound_lost: int) -> None:
        line.sound_lost += sound_lost
        if line.performer is not None:
            if not line.performer.releasing:
                line.performer.drop()  # the line has hung up by itself: this script has no say on it any more
            self._close(line, line.performer, line.performer.outcome or Outcome.ABANDONED)

    def _armed(self, line: _LineState, answers: bool, complaint: Fault | None) -> None:
        if not line.armed:
            line.armed, line.armed_at = True, self._clock.now()
        line.answers = answers
        self._faults.pop(line.settings.name, None)
        if complaint is not None:
            self._faults[complaint.about] = complaint

    def _failed(self, line: _LineState, fault: Fault) -> None:
        line.armed = False
        self._faults[line.settings.name] = fault
        performer = line.performer
        if performer is not None:
            ended = performer.outcome if performer.releasing else None  # only hanging up failed: the call had its end
            performer.hung_up(HangUpSign.LINE_FAILED)
            if ended is None and performer.outcome in STANDS:
                ended = performer.outcome
            self._close(line, performer, ended or Outcome.BROKEN)

    def _close(self, line: _LineState, performer: Performer, outcome: Outcome) -> None:
        """The line is on-hook (or dead): the call becomes a record, and a card where somebody should call back."""
        line.performer, line.idle_since = None, self._clock.now()
        call = performer.call
        if performer.dialled and not call.outgoing:
            self._handovers.left_on_hold(call)
        self._leave_queue(call)
        outcome = self._callbacks.call_over(call, outcome, line.idle_since)
        self._ring_ups.call_over(call, outcome)
        if self._callbacks.any or self._ring_ups.any:
            self._at(line.idle_since + IDLE_S, lambda: None)  # and then the line may be used for one
        if call.hung_up is HangUpSign.HANDSET and outcome is Outcome.ABANDONED:
            outcome = Outcome.TAKEN_OVER
        self._by_phone.ended(call)
        record = CallRecord.of(call, outcome, self._clock.now())
        settled = None if call.outgoing else self._filing.ended(call, outcome, self._wanted(call), self._callers)
        if settled is not None:
            self._at(self._clock.now() + self._handovers.back_within_s, settled)
        self._unstored[call.number] = record
        if not call.outgoing:
            self._calls_today.add(record)
            self._contacts.learn(record)
        self._records.finish(record)
        log.info("%s: over, %s", call.log_name(), outcome.value)

    def _stored(self, number: int) -> None:
        record = self._unstored.pop(number, None)
        if record is not None:
            self._calls.insert(0, record)
            del self._calls[CALLS_SHOWN:]

    # ------------------------------------------------------------ acts of the office

    def _answer(self, performer: Performer, act: acts.OfficeAct[Any]) -> Any:
        """Answer one act of a script; `LATER` where its reply comes with an event."""
        call = performer.call
        match act:
            case acts.AwaitCallerId():
                return LATER.REPLY
            case acts.Doing(what):
                call.doing = what
            case acts.Moment():
                return self._clock.today()
            case acts.AskRoute():
                return self._route(call)
            case acts.FindByName(keys):
                return find_by_name(keys, (colleague.person for colleague in self._staff.everybody()))
            case acts.IdentifyCustomer(digits):
                return self._identify(call, digits)
            case acts.SpeakLanguage(code):
                call.language = code
            case acts.TakeTicket(group, prefers):
                return self._take_ticket(call, group, prefers)
            case acts.WhereAmI():
                ticket = self._ticket(call)
                now = self._clock.now()
                could = partial(self._distribution.could_ever_serve, now=now)
                return self._estimate.place(ticket, self._queue, could, now, self._clock.today())
            case acts.LeaveQueue():
                performer.withdraw_offer()
                self._leave_queue(call)
            case acts.HandoverAct():
                if isinstance(act, acts.ReportTransfer):
                    performer.dialled = False
                    self._was_served(call, act)
                return self._handovers.answer(call, act)
            case acts.KeepMatter(recording):
                call.matter = recording
            case acts.KeepWho(recording):
                call.who = recording
            case acts.AskBriefing():
                return self._briefing(call)
            case acts.MakeCard():
                return self._make_card(call, act)
            case CardAct():
                return self._filing.answer(act)
            case acts.Ending(outcome):
                performer.ends_as = outcome
            case CallbackAct():
                return self._callbacks.answer(call, act, self._callers(), self._clock.now())
            case ReminderAct():
                return self._ring_ups.answer(call, act, self._callers())
            case StaffAct():
                return self._by_phone.answer(call, act, self._who_waits())
            case _:
                raise TypeError(f"the office does not know the act {act!r}")
        return None

    def _route(self, call: Call) -> Plan:
        """What becomes of this caller; one whom the PBX brings back goes on where they were."""
        returning = self._handovers.returning(call)
        self._recognise(call)
        plan = self._decided(call, call.caller_id.number)
        colleague = None if returning else self._by_phone.colleague_in(call)
        return replace(plan, returning=returning, colleague=colleague)

    def _decided(self, call: Call, number: str) -> Plan:
        """The plan for this caller, whom somebody may have served when they called from `number`."""
        line, moment = self._lines[call.line].settings, self._clock.today()
        last_served = self._contacts.last_served(number)
        asked = Asked(line, call.number, call.caller_id, moment, call.contact, last_served, call.internal)
        plan = self._routing.decide(asked)
        call.caller, call.head_start_s = plan.caller, plan.head_start_s
        return replace(plan, greeting=self._by_phone.greeting_on(call.line).recording)

    def _identify(self, call: Call, digits: str) -> Plan | None:
        """The plan for the contact with this customer number, as whom the caller counts from now on (R6)."""
        contact = self._contacts.by_customer_number(digits)
        if contact is None:
            return None
        call.contact = contact
        if not call.caller_id.name:
            call.caller_id = replace(call.caller_id, name=contact.known_as)
        return self._decided(call, contact.numbers[0] if contact.numbers else call.caller_id.number)

    def _briefing(self, call: Call) -> Briefing:
        ticket, number = self._queue.get(call.number), call.caller_id.number
        began = call.since if call.since is not None else call.answered_at or call.began
        waited_s = self._clock.now() - (ticket.since if ticket is not None else began)
        calls_today = 1 + self._calls_today.of(number, call.started.date())
        return Briefing(call.caller_id, waited_s, calls_today, call.matter, call.who)

    def _take_ticket(self, call: Call, group: str, prefers: str) -> bool:
        """A place for this caller, unless there are none left (R13); a caller who has one moves with it.

        Some are sent on to another group, by its hours or the form of whom they want (R27).
        """
        caller = call.caller or Caller()
        group = self._routing.instead(group, caller, self._clock.today())
        ticket, now = self._queue.get(call.number), self._clock.now()
        if ticket is None:
            self._take_old_place(call)
        full = self._queue.callers >= self.settings.waiting.longest_queue
        if full and ticket is None and call.since is None:  # who has waited before has a place
            return False
        if ticket is not None and ticket.group != group:
            call.waits.append(Wait(ticket.group, now - ticket.since, tuple(ticket.told)))
        ticket = self._queue.take(call.number, group, now, call.since)
        ticket.head_start_s = call.head_start_s + self._routing.more_for(group)
        ticket.prefers, ticket.language, ticket.caller = prefers, call.language, caller
        call.doing = "waiting"
        return True

    def _ticket(self, call: Call) -> Ticket:
        ticket = self._queue.get(call.number)
        if ticket is None:
            raise LookupError(f"{call.log_name()} asks for its place but holds no ticket")
        return ticket

    def _wanted(self, call: Call) -> str:
        """The group, or the person, for whom this caller waited last."""
        ticket = self._queue.get(call.number)
        if ticket is not None:
            return ticket.group
        return call.waits[-1].group if call.waits else ""

    def _make_card(self, call: Call, act: acts.MakeCard) -> Card:
        """Keep a promise; a callback may keep its place in the queue, too (R14)."""
        card = self._filing.promised(call, act, self._wanted(call))
        if not act.recording:
            self._callbacks.promise(call, act.number, act.when)
        return card

    def _leave_queue(self, call: Call) -> None:
        self._callbacks.may_want_back(self._handovers.leave_queue(call))

    def _was_served(self, call: Call, told: acts.ReportTransfer) -> None:
        """A caller who talks with a colleague needs no callback any more (R23)."""
        if told.result in (TransferResult.TAKEN, TransferResult.JOINED) and not call.outgoing:
            self._callbacks.served(call.caller_id.number, f"put through to {told.person.name}", call.number)

    # ------------------------------------------------------------ who gets whom

    def _distribute(self) -> None:
        """Offer free colleagues to waiting callers (R8), and to those who wait to be called back (R14)."""
        if len(self._queue) and self._staff.anybody_idle(self._clock.now()):
            self._offer_to_those_in_line()
        self._ring_up()

    def _offer_to_those_in_line(self) -> None:
        waiting = self._who_can_be_offered()
        ready = waiting.keys() | self._who_can_be_called()
        for ticket, colleague in self._distribution.offers(ready.__contains__, self._clock.now()) if ready else ():
            ready.discard(ticket.call)
            if ticket.callback is None:
                performer = waiting[ticket.call]
                performer.offer(self._handovers.offer(colleague, performer.call))
            elif self._jumps(ticket, colleague):
                break  # whoever came first can be offered nobody at this moment: nobody passes the two
            else:
                self._call_back(ticket, colleague)

    def _who_can_be_offered(self) -> dict[int, Performer]:
        """The calls in which a colleague could be offered now, by number."""
        performers = [line.performer for line in self._lines.values() if line.performer is not None]
        return {
            performer.call.number: performer
            for performer in performers
            if performer.takes_offers and not performer.call.offered
        }

    def _calls_in_progress(self) -> list[Call]:
        return [line.performer.call for line in self._lines.values() if line.performer is not None]

    def _who_waits(self) -> dict[int, CallerId]:
        """Who is in a call, or waits to be called back, by the number of their call."""
        return {call.number: call.caller_id for call in self._calls_in_progress()} | self._callbacks.callers()

    # ------------------------------------------------------------ callbacks in the queue (R14)

    def _who_can_be_called(self) -> set[int]:
        """The callbacks that could be made if a colleague is free, by the calls that asked for them."""
        if not self._callbacks.any:
            return set()
        if not self._routing.open_at(self._clock.today()):
            self._callbacks.close()
        return self._callbacks.ready(self._idle_lines(), self._callers(), self._clock.now())

    def _callers(self) -> set[str]:
        """The numbers of those who have called us and are on a line."""
        return {call.caller_id.number for call in self._calls_in_progress() if not call.outgoing}

    def _idle_lines(self) -> list[str]:
        """Lines on which a call of our own could begin."""
        now = self._clock.now()
        idle = {name: line for name, line in self._lines.items() if line.performer is None and line.armed}
        return [name for name, line in idle.items() if line.answers and now >= line.idle_since + IDLE_S]

    def _jumps(self, ticket: Ticket, colleague: Colleague) -> bool:
        """Would this callback take the colleague from a caller who came before, and waits?"""
        waiting = {call.number for call in self._calls_in_progress() if not call.offered}
        return self._callbacks.jumps(ticket, colleague.person, waiting, self._clock.now())

    def _call_back(self, ticket: Ticket, colleague: Colleague) -> None:
        """Ring this colleague to have them connected with whoever waits for it."""
        now = self._clock.now()
        line = self._callbacks.line(self._idle_lines(), now)
        if line is None:
            return  # the one before it has taken the last
        call = Call(next(self._numbers), line, self._clock.today(), now, outgoing=True)
        errand = self._callbacks.begin(ticket, colleague.person, call, now)
        self._handovers.offer(colleague, call)
        performer = self._lines[line].performer = self._performer_for(call)
        performer.begin(call_back(errand))

    def _ring_up(self) -> None:
        """Remind somebody by telephone, if there is a line for it and nobody waits (R25)."""
        turn = self._ring_ups.next(self._idle_lines(), self._queue.callers) if self._ring_ups.any else None
        if turn is None:
            return
        call = Call(next(self._numbers), turn.line, self._clock.today(), self._clock.now(), outgoing=True)
        reading = self._ring_ups.begin(turn, call)
        self._handovers.offer(turn.colleague, call)
        performer = self._lines[turn.line].performer = self._performer_for(call)
        performer.begin(remind(reading))

    def _take_old_place(self, call: Call) -> None:
        """A caller who waits to be called back calls again: they take their old place."""
        under_way = self._callbacks.called_again(call)
        performer = next((line.performer for line in self._lines.values() if self._is(line.performer, under_way)), None)
        if performer is not None and not isinstance(performer.act, acts.Brief):
            performer.hung_up(HangUpSign.WITHDRAWN)  # the colleague has not answered yet

    @staticmethod
    def _is(performer: Performer | None, number: int | None) -> bool:
        return performer is not None and performer.call.number == number

    def _bring_in(self, found: Sequence[Found]) -> Merged:
        """Take up a part of an address book."""
        merged = merge(self._contacts, found)
        if merged.count[Change.NO_ROOM]:
            self._faults[BOOK_FULL.about] = BOOK_FULL
        self._notes.keep_contacts(merged.to_keep)
        return merged

    def _keep_contact(self, contact: Contact) -> None:
        """Know somebody from now on, or otherwise; the book on disk follows."""
        if self._contacts.full and self._contacts.get(contact.id) is None:
            self._faults[BOOK_FULL.about] = BOOK_FULL
            return
        self._notes.keep_contacts([self._contacts.keep(contact)])

    def _set_presence(self, extension: str, presence: Presence, until: datetime | None) -> None:
        """Somebody is in, or away; who said until when is in again then."""
        if not self._staff.knows(extension):
            return
        self._staff.set_presence(extension, presence, until)
        self._notes.keep_presence(KeptPresence(extension, presence, until))

    def board(self) -> Board:
        """A frozen picture of this moment; its version tells whether anything has changed since the last one."""
        picture, moment = self._picture, self._clock.today()
        return picture.board(
            Board(
                version=0,
                at=moment,
                company=self.settings.company,
                open=self._routing.open_at(moment),
                lines=tuple(self._line_view(name, line) for name, line in self._lines.items()),
                waiting=picture.waiting(self._queue, self._staff, self._call),
                staff=tuple(picture.person(who) for who in self._staff.everybody()),
                calls=tuple(self._calls),
                cards=self._cards.open,
                card_counts=self._cards.counts,
                faults=(*self._faults.values(), *self._staff.faults()),
            )
        )

    def _line_view(self, name: str, line: _LineState) -> LineView:
        state = "out of order" if not line.armed else "free" if line.answers else "cannot answer"
        call = None if line.performer is None else line.performer.call
        return self._picture.line(name, state, call, line.sound_lost, self._by_phone.greeting_on(name).by)

    def _erase(self, contact: int, numbers: Sequence[str]) -> None:
        """Somebody wants to be forgotten (R36): they leave the board, the book and the card box."""
        same = same_as(numbers, self.settings.country)
        self._contacts.forget(contact)
        self._cards.erase(contact, numbers)
        self._calls = [
            replace(record, caller_id=replace(record.caller_id, number="", name=""))
            if record.caller_id.number and same(record.caller_id.number)
            else record
            for record in self._calls
        ]

    def _call(self, number: int) -> Call | None:
        calls = (line.performer.call for line in self._lines.values() if line.performer is not None)
        return next((call for call in calls if call.number == number), None)
