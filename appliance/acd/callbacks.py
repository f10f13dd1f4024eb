"""Callbacks that keep their place in the queue (R12, R14).

Whoever chose to be called back has hung up, but their ticket stays where it was. When it is their turn and a colleague
is free, the box rings that colleague on an idle line, says whom to call back, and connects the two, or leaves it to the
colleague. The rules:

* one attempt at a time for one number, each with a colleague of its own, so that there are never more than free staff;
* a caller who waits and came before is not jumped, nor is a callback for which there is a line;
* so many lines stay free for callers as the owner wants;
* who calls again takes their old place with them into the new call; who was served needs no callback any more;
* after closing time, after too many attempts, and when the program is started again, a callback is only its card.
"""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from appliance.acd.decision import ANSWERED_AFTER_S
from appliance.acd.distribution import Distribution
from appliance.acd.queue import Callback, Queue, Ticket
from appliance.acd.staff import Person
from appliance.call import Call, CallerId, Outcome, Presentation, Wait
from appliance.callbackacts import CallbackAct, CallbackResult, KeepsPlace, ReportCallback, StillWanted
from appliance.cardbox import CardBox
from appliance.dialling import as_dialled
from appliance.settings import HandoverSettings, PbxSettings, Settings
from appliance.signals.countries import country
from appliance.toll import TollRule, callback_digits

log = logging.getLogger(__name__)

SOON = "as soon as possible"
"""Only these keep their place: who wants to be called tomorrow has a card."""
MOST_UNANSWERED = 10
"""So many colleagues are rung for one callback in vain; then it is only a card."""
LINE_AGAIN_S = 60.0
"""How soon a line is used again that gave no dial tone, and a callback tried again that was broken off."""

OUTCOME = {
    CallbackResult.CONNECTED: Outcome.CALLED_BACK,
    CallbackResult.TAKEN: Outcome.COLLEAGUE_CALLS,
    CallbackResult.SETTLED: Outcome.SETTLED,
}
"""How a call of the box counts after these; then nobody has to be called back by the box any more."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What the box is to tell a colleague, and to do: call `person`, then perhaps `digits`, which may be dialled.

    `digits` are empty where the colleague has to dial. `waited_s` is how long ago the caller began to wait.
    """

    person: Person
    number: str
    name: str
    matter: str
    waited_s: float
    digits: str
    pbx: PbxSettings
    handover: HandoverSettings
    ringback_over_s: float


class Callbacks:
    """All callbacks that are in the queue. Moments are seconds of the clock; `callers` the numbers that call us now."""

    def __init__(
        self, settings: Settings, queue: Queue, distribution: Distribution, toll: TollRule, cards: CardBox
    ) -> None:
        self._settings = settings
        self._rules = settings.callbacks
        self._queue = queue
        self._distribution = distribution
        self._toll = toll
        self._cards = cards
        self._left: dict[int, Ticket] = {}
        self._reported: set[int] = set()
        """The calls of our own of which it is known how they ended; they may not be over yet."""
        self._no_line_until: dict[str, float] = {}
        self._ringback_over_s = _ringback_over_s(settings)

    def take_up(self, settings: Settings, toll: TollRule) -> None:
        """Go on with other settings; who waits to be called back goes on waiting."""
        self._settings, self._rules, self._toll = settings, settings.callbacks, toll
        self._ringback_over_s = _ringback_over_s(settings)

    def _all(self) -> Iterator[tuple[Ticket, Callback]]:
        """All of them, in the order of the queue."""
        return ((ticket, ticket.callback) for ticket in self._queue if ticket.callback is not None)

    @property
    def any(self) -> bool:
        """Does anybody wait to be called back?"""
        return self._queue.callers < len(self._queue)

    def callers(self) -> dict[int, CallerId]:
        """Who waits to be called back, by the calls in which they asked for it."""
        return {ticket.call: _caller(callback) for ticket, callback in self._all()}

    # ------------------------------------------------------------ how a ticket becomes a callback, and how it ends

    def may_want_back(self, ticket: Ticket | None) -> None:
        """A caller has given up this place, perhaps for a callback; until their call ends it can be had again."""
        if ticket is not None and ticket.callback is None:
            self._left[ticket.call] = ticket

    def promise(self, call: Call, number: str, when: str) -> bool:
        """A callback was promised in `call`: keep its place. `False`: it is only a card."""
        ticket = self._left.pop(call.number, None)
        if ticket is None or not self._rules.in_queue or not number or when != SOON:
            return False
        for other, callback in self._of(number):
            if callback.call is not None:
                return False  # they are being called already
            ticket.since = min(ticket.since, other.since)
            self._queue.leave(other.call)
        ticket.callback = Callback(number, call.caller_id.name, call.matter or "")
        self._queue.keep(ticket)
        log.info("%s: the callback keeps its place", call.log_name())
        return True

    def called_again(self, call: Call) -> int | None:
        """If whoever calls waits for a callback, their place is theirs in this call; the box's own call for it."""
        for ticket, callback in self._of(call.caller_id.number):
            self._queue.leave(ticket.call)
            call.since = ticket.since if call.since is None else min(call.since, ticket.since)
            call.head_start_s = max(call.head_start_s, ticket.head_start_s)
            log.info("%s: has the place of the callback of call %d", call.log_name(), ticket.call)
            return callback.call
        return None

    def served(self, number: str, reason: str, call: int) -> None:
        """Somebody has talked with whoever has this number, in this call: their callback and their cards are closed."""
        for ticket, _ in self._of(number):
            self._queue.leave(ticket.call)
        self._cards.served(number, reason, call)

    def close(self) -> None:
        """The office is closed: no callback is begun any more, their cards remain."""
        for ticket, callback in list(self._all()):
            if callback.call is None:
                self._queue.leave(ticket.call)

    def _of(self, number: str) -> list[tuple[Ticket, Callback]]:
        """The callbacks on this number, however it is written."""
        if not number or not self.any:
            return []
        return [(ticket, callback) for ticket, callback in self._all() if self._is_one_of(callback, {number})]

    def _is_one_of(self, callback: Callback, numbers: Collection[str]) -> bool:
        return self._plain(callback.number) in {self._plain(number) for number in numbers if number}

    def _plain(self, number: str) -> str:
        return as_dialled(number, self._settings.country) or number

    # ------------------------------------------------------------ whose turn it is

    def ready(self, idle: list[str], callers: Collection[str], now: float) -> set[int]:
        """The callbacks that may be made now, if there is a colleague, by the calls in which they were asked for."""
        if self.line(idle, now) is None:
            return set()
        return {
            ticket.call
            for ticket, callback in self._all()
            if callback.call is None and now >= callback.not_before and not self._is_one_of(callback, callers)
        }

    def jumps(self, ticket: Ticket, person: Person, waiting: Collection[int], now: float) -> bool:
        """Would `person` be taken from somebody who came before? `waiting` are the calls to which nobody is offered."""
        for other in itertools.takewhile(lambda other: other is not ticket, self._queue):
            could = self._distribution.could_serve(other, now) if other.call in waiting else []
            if any(who.person.extension == person.extension for who in could):
                return True
        return False

    def line(self, idle: list[str], now: float) -> str | None:
        """The last idle line, for callers ring the first; none if those that are left are for the callers."""
        keep = min(self._rules.keep_free, len(self._settings.lines) - 1)
        usable = [line for line in idle if now >= self._no_line_until.get(line, -math.inf)]
        return usable[-1] if usable and len(idle) > keep else None

    def next_change(self, now: float) -> float:
        """When a callback that was put off is due, or a line may be tried again."""
        if not self.any:
            return math.inf
        moments = [*(callback.not_before for _, callback in self._all()), *self._no_line_until.values()]
        return min((moment for moment in moments if moment > now), default=math.inf)

    # ------------------------------------------------------------ an attempt

    def begin(self, ticket: Ticket, person: Person, call: Call, now: float) -> Errand:
        """The box calls `person` about this callback, in its own `call`."""
        callback = ticket.callback
        assert callback is not None
        callback.call, call.caller_id = call.number, _caller(callback)
        log.info("%s: on %s, the callback that call %d asked for", call.log_name(), call.line, ticket.call)
        return Errand(
            person,
            callback.number,
            callback.name,
            callback.matter,
            now - ticket.since,
            callback_digits(callback.number, self._settings, self._toll),
            self._settings.pbx,
            self._settings.handover,
            self._ringback_over_s,
        )

    def answer(self, call: Call, act: CallbackAct[Any], callers: Collection[str], now: float) -> Any:
        """Answer one act of the script that calls back."""
        match act:
            case KeepsPlace():
                return any(ticket.call == call.number for ticket, _ in self._all())
            case StillWanted():
                own = self._own(call.number)
                return own is not None and not self._is_one_of(own[1], callers)
            case ReportCallback(result):
                self._tried(call, result, now)
            case _:
                raise TypeError(f"the office does not know the act {act!r}")
        return None

    def _own(self, call: int) -> tuple[Ticket, Callback] | None:
        """The callback for which the box's own `call` is made."""
        return next(((ticket, callback) for ticket, callback in self._all() if callback.call == call), None)

    def _tried(self, call: Call, result: CallbackResult, now: float) -> None:
        if result is CallbackResult.NO_LINE:
            self._no_line_until[call.line] = now + LINE_AGAIN_S
        own = self._own(call.number)
        if own is None:
            return
        self._reported.add(call.number)
        ticket, callback = own
        match result:
            case CallbackResult.CONNECTED | CallbackResult.SETTLED:
                self.served(callback.number, result.value, call.number)
            case CallbackResult.TAKEN:
                self._cards.taken(ticket.call, call.transfers[-1].extension)
            case CallbackResult.NO_COLLEAGUE:
                callback.unanswered += 1
            case CallbackResult.LATER | CallbackResult.NOT_REACHED:
                callback.not_before = now + self._rules.retry_s * 2**callback.attempts
                callback.attempts += 1
        over = result in OUTCOME
        if over:
            call.waits.append(Wait(ticket.group, now - ticket.since))
        if over or callback.attempts >= self._rules.attempts or callback.unanswered >= MOST_UNANSWERED:
            self._queue.leave(ticket.call)

    def call_over(self, call: Call, outcome: Outcome, now: float) -> Outcome:
        """A call has ended, and counts as `outcome`; one of our own that was broken off counts for nothing."""
        self._left.pop(call.number, None)
        if not call.outgoing:
            return outcome
        if own := self._own(call.number):
            callback = own[1]
            callback.call = None
            if outcome is not Outcome.GAVE_WAY and call.number not in self._reported:
                callback.not_before = now + LINE_AGAIN_S
        self._reported.discard(call.number)
        return Outcome.NOT_CALLED_BACK if outcome is Outcome.ABANDONED else outcome


def _caller(callback: Callback) -> CallerId:
    return CallerId(callback.number, callback.name, Presentation.SHOWN)


def _ringback_over_s(settings: Settings) -> float:
    """Ringback of this country that has been missing for so long has been answered."""
    return max(off_ms for _, off_ms in country(settings.country).ringback.cadence) / 1000 + ANSWERED_AFTER_S
