"""Callers being put through: who is offered whom, how every attempt ended, and what that says (R16, R19).

The scripts do the flashing and listening; here is what the office remembers of it. Nobody is offered two calls at once.
A caller who was left ringing somewhere is expected back (T7). How attempts end is learned from: what is believed of the
staff, how long a hook flash must be, who does not answer any more, which extension the PBX does not know.
"""

from __future__ import annotations

import logging
from collections.abc import MutableMapping, Sequence
from typing import Any

from appliance import acts
from appliance.acd.distribution import Distribution
from appliance.acd.estimate import Estimate
from appliance.acd.queue import Queue, Ticket
from appliance.acd.recall import LATEST, MARGIN_S, Left, Recalls
from appliance.acd.routing import Returning
from appliance.acd.staff import Belief, Colleague, Person, Presence, Staff
from appliance.acd.threeway import NOT_JOINED, UNCONFIRMED, CallsOfThree
from appliance.acd.willing import Willingness
from appliance.arranged import KeptPresence, Notes
from appliance.call import Call, FlashResult, HangUpSign, TransferAttempt, TransferResult, Wait
from appliance.clock import Clock
from appliance.faults import Fault
from appliance.flashes import Flashes
from appliance.settings import Settings

log = logging.getLogger(__name__)


class Handovers:
    """Every attempt to put a caller through. `faults` is the office's own table."""

    def __init__(
        self,
        settings: Settings,
        staff: Staff,
        queue: Queue,
        distribution: Distribution,
        willingness: Willingness,
        estimate: Estimate,
        clock: Clock,
        notes: Notes,
        faults: MutableMapping[str, Fault],
    ) -> None:
        self._staff = staff
        self._queue = queue
        self._distribution = distribution
        self._willingness = willingness
        self._estimate = estimate
        self._clock = clock
        self._notes = notes
        self._faults = faults
        self._recalls = Recalls()
        self._flashes = Flashes(settings)
        self.take_up(settings)

    def take_up(self, settings: Settings) -> None:
        """Other settings: callers who may come back are still expected."""
        self._operator = settings.operator
        self._recall_s = settings.pbx.recall_s
        self._threes = CallsOfThree(settings, self._staff)
        for line in self._flashes.take_up(settings):
            self._faults.pop(self._flashes.about(line), None)

    # ------------------------------------------------------------ what a script asks

    def answer(self, call: Call, act: acts.HandoverAct[Any]) -> Any:
        """Answer one act of a script that puts `call` through."""
        now = self._clock.now()
        match act:
            case acts.AskOperator():
                return self._operator_for(call)
            case acts.WhoIsThere(group, extensions):
                who = self._staff.of(extensions) if extensions else self._distribution.everybody_in(group)
                return tuple(self._willingness.standing(colleague, call, group) for colleague in who)
            case acts.AskFor(extensions):
                return self._offer_one_of(call, extensions)
            case acts.ReportTransfer(person, result, seconds):
                self._tried(call, person, result, seconds)
            case acts.AskParties(extension):
                return self._threes.free_at(now, extension)
            case acts.AskThird(extension):
                return self._threes.wanted(call, extension)
            case acts.Invite(person, wherever):
                return self._invite(call, person, wherever)
            case acts.AskFlash():
                return self._flashes.plan(call.line)
            case acts.ReportFlash(length_ms, flash_result):
                self._flash_tried(call.line, length_ms, flash_result)
            case _:
                raise TypeError(f"the office does not know the act {act!r}")
        return None

    # ------------------------------------------------------------ offers

    def offer(self, colleague: Colleague, call: Call) -> acts.Offer:
        """From now on nobody else is offered this colleague (R8)."""
        call.offered.append(colleague.person.extension)
        self._staff.offer(colleague.person.extension, call.number, self._clock.today())
        return acts.Offer(colleague.person)

    def leave_queue(self, call: Call, served: bool = False) -> Ticket | None:
        """This caller waits no more; whoever was offered them is free for others. The ticket they had."""
        ticket = self._queue.get(call.number)
        if ticket is not None and ticket.callback is None:
            self._queue.leave(call.number)
            waited_s = self._clock.now() - ticket.since
            call.waits.append(Wait(ticket.group, waited_s, tuple(ticket.told)))
            self._estimate.left(waited_s, served)
        self._withdraw_offers(call)
        return ticket

    def _withdraw_offers(self, call: Call) -> None:
        while call.offered:
            self._staff.withdraw(call.offered.pop(), self._clock.today())

    def _offer_one_of(self, call: Call, extensions: Sequence[str]) -> acts.Offer | None:
        """The first of these people to whom a call may be offered now, who is offered this one."""
        for colleague in self._staff.of(extensions):
            if self._willingness.standing(colleague, call).free:
                return self.offer(colleague, call)
        return None

    def _operator_for(self, call: Call) -> Person | None:
        """Who takes a call when all else fails, unless they are not there, or are being given another call."""
        self._withdraw_offers(call)
        if not self._staff.knows(self._operator):
            return Person("a colleague", self._operator) if self._operator else None
        colleague = self._staff[self._operator]
        if colleague.belief is Belief.OFFERED or colleague.presence is not Presence.IN:
            return None
        return self.offer(colleague, call).person

    def want_third(self, call: Call | None, third: str) -> None:
        """The office wants a third party in this call; what is in the way of it is told on the board (R19)."""
        obstacle = self._threes.obstacle(third)
        self._faults.pop(NOT_JOINED.about, None)
        if obstacle is not None:
            self._faults[obstacle.about] = obstacle
        elif call is not None:
            call.third = third

    def _invite(self, call: Call, person: Person, wherever: bool) -> bool:
        """Ring a third party, or who is on call, for this call, if nobody else is being put through to them."""
        known = self._staff.knows(person.extension)
        if wherever and known:
            free = self._staff[person.extension].belief is not Belief.OFFERED
        else:
            free = self._threes.is_free(person, self._clock.now())
        if free and known:
            self.offer(self._staff[person.extension], call)
        return free

    # ------------------------------------------------------------ how attempts end

    def _tried(self, call: Call, person: Person, result: TransferResult, seconds: float) -> None:
        now, moment = self._clock.now(), self._clock.today()
        call.transfers.append(TransferAttempt(moment, person.extension, person.name, result, seconds))
        known = self._staff.knows(person.extension)
        whom = person.extension if known else "a number that is nobody's extension"
        log.info("%s: transfer to %s: %s", call.log_name(), whom, result.value)
        if person.extension in call.offered:
            call.offered.remove(person.extension)
        if result is TransferResult.LEFT:
            self._may_come_back(call, person)
        if result in (TransferResult.TAKEN, TransferResult.LEFT, TransferResult.JOINED):
            self.leave_queue(call, served=True)
        if known:
            self._staff.tried(person.extension, result, call.number, now, moment)
            self._estimate.tried(person.extension, result, seconds, now, moment)
            self._log_out_unanswered(person)
        self._judge(person, result)

    def _log_out_unanswered(self, person: Person) -> None:
        """Who can log in again by telephone stays logged out even when the program is started again."""
        if self._staff.log_out_unanswered(person.extension, self._clock.today()) and person.has_pin:
            self._notes.keep_presence(KeptPresence(person.extension, Presence.OUT, None))

    def _judge(self, person: Person, result: TransferResult) -> None:
        """Raise or clear the faults that show in how attempts end."""
        if result in (TransferResult.NOT_JOINED, TransferResult.UNCONFIRMED):
            fault = NOT_JOINED if result is TransferResult.NOT_JOINED else UNCONFIRMED
            self._faults[fault.about] = fault
            return
        if result is TransferResult.JOINED:
            self._faults.pop(NOT_JOINED.about, None)
        extension = f"extension {person.extension}"
        if result is TransferResult.UNOBTAINABLE:
            advice = f"Check the extension of {person.name} in the settings."
            self._faults[extension] = Fault(extension, "the PBX says this number cannot be obtained", advice)
        else:
            self._faults.pop(extension, None)

    def _flash_tried(self, line: str, length_ms: int, result: FlashResult) -> None:
        fault = self._flashes.tried(line, length_ms, result)
        self._faults.pop(self._flashes.about(line), None)
        if fault is not None:
            self._faults[fault.about] = fault

    # ------------------------------------------------------------ callers who may come back (T7)

    @property
    def back_within_s(self) -> float:
        """How long a caller who was left ringing may still come back."""
        return LATEST * self._recall_s + MARGIN_S

    def returning(self, call: Call) -> Returning | None:
        """Is this the PBX that brings back a caller? Then they go on where they were; `None`: it is a new call."""
        left = self._recalls.take(call.line, call.caller_id, call.began, call.late)
        if left is None:
            return None
        log.info("%s: is call %d, back from %s", call.log_name(), left.call, left.person.extension)
        call.caller_id, call.since, call.language = left.caller_id, left.since, left.language
        if self._staff.knows(left.person.extension):
            self._staff.came_back(left.person.extension, left.call, self._clock.now(), self._clock.today())
            self._log_out_unanswered(left.person)
        return Returning(left.person, left.group)

    def left_on_hold(self, call: Call) -> None:
        """The line went on-hook in the middle of a hand-over: the PBX may ring there on, or bring the caller back."""
        known = [extension for extension in call.offered if self._staff.knows(extension)]
        if not known:
            return
        self._may_come_back(call, self._staff[known[-1]].person)
        if call.hung_up in (None, HangUpSign.LINE_FAILED, HangUpSign.LIMIT):  # it was not the far end that ended it
            now, moment = self._clock.now(), self._clock.today()
            self._staff.tried(known[-1], TransferResult.LEFT, call.number, now, moment)

    def _may_come_back(self, call: Call, person: Person) -> None:
        """This caller stays in the PBX without us: whoever rings here next may be them."""
        ticket, now = self._queue.get(call.number), self._clock.now()
        group, since = (ticket.group, ticket.since) if ticket is not None else ("", call.answered_at or now)
        left = Left(call.number, call.caller_id, person, group, since, now, self._recall_s, call.language)
        self._recalls.leave(call.line, left)
