"""The performer drives one script on one line, and nothing else in the program touches a call in progress.

A script is a coroutine that yields one act at a time. An act of the line is handed to the line with a number, and the
script sleeps until `Done` comes back with the same number; a reply to an act that was given up meanwhile carries an
old number and is ignored. An act of the office is answered at once, or later by `reply`.

Three things may come between a script and the reply it waits for:

* *the far end hangs up*: `CallEnded` is thrown at the `await`. The script may still do acts of the office (write a
  card) on its way out; an act of the line throws `CallEnded` again;
* *an offer*: the office has found a colleague. It is the reply of a `Hold`; a prompt that allows offers is cut short,
  and the next `Hold` returns it;
* *a bug*: any other exception. The caller is told so and put through to the operator by the `trouble` script; if that
  fails too, the line is released and a card remains.

However a script ends, the performer puts the line on-hook and says so to the office, once.

    RINGING --script runs--> ACTING --script ends--> RELEASING --OnHook--> over
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Any, Protocol

from appliance.acts import Act, Collect, Dial, HangUp, Hold, LineAct, Offer, OfficeAct, Play
from appliance.call import Call, HangUpSign, Outcome
from appliance.events import Done
from appliance.faults import CallEnded, NotAllowed
from appliance.toll import TollRule

log = logging.getLogger(__name__)

Script = Coroutine[Act[Any], Any, Outcome]

MOST_ACTS = 20_000
"""More acts than any call of an hour needs: a script that reaches this runs in circles."""


class LATER(Enum):
    """The office's answer to an act whose reply comes by `Performer.reply`."""

    REPLY = "later"


class Port(Protocol):
    """What the performer needs of a line."""

    def perform(self, number: int, act: LineAct[Any]) -> None:
        """Begin an act; see `hardware.line.Line`."""


class Performer:
    """One script on one line, from its first act until the line is on-hook again."""

    def __init__(
        self,
        call: Call,
        port: Port,
        answer: Callable[[Performer, OfficeAct[Any]], Any],
        toll: TollRule,
        trouble: Callable[[], Script] | None,
    ) -> None:
        """Without a script for `trouble` a call whose script breaks is only released."""
        self.call = call
        self.outcome: Outcome | None = None
        self.releasing = False
        self.ends_as = Outcome.ABANDONED
        self.dialled = False
        """An extension has been dialled, and how that attempt ended has not been reported yet."""
        self._port = port
        self._answer = answer
        self._toll = toll
        self._trouble = trouble
        self._script: Script | None = None
        self._act: Act[Any] | None = None
        self._number = 0
        self._acts = 0
        self._offer: Offer | None = None
        self._ended = False

    @property
    def takes_offers(self) -> bool:
        """Could this caller be offered a colleague right now?"""
        if self._offer is not None:
            return False
        return isinstance(self._act, Hold) or (isinstance(self._act, Play | Collect) and self._act.offers)

    @property
    def act(self) -> Act[Any] | None:
        """What the script waits for."""
        return self._act

    # ------------------------------------------------------------ what happens to the script

    def begin(self, script: Script) -> None:
        """Run `script` to its first wait."""
        self._script = script
        self._go_on(lambda: script.send(None))

    def done(self, event: Done) -> None:
        """The line has finished an act."""
        if event.number == self._number and isinstance(self._act, LineAct):
            if self.releasing:
                self._act = None
            else:
                self.reply(event.reply)

    def reply(self, value: Any) -> None:
        """Resume the script with the reply it waits for."""
        script = self._script
        if script is not None and not self.releasing:
            self._go_on(lambda: script.send(value))

    def offer(self, offer: Offer) -> None:
        """Give the caller a colleague; only while `takes_offers`."""
        match self._act:
            case Hold():
                self.reply(offer)
            case Play():
                self._offer = offer
                self.reply(False)
            case Collect():
                self._offer = offer
                self.reply("")

    def withdraw_offer(self) -> None:
        """The offer is off: the caller chose something else meanwhile."""
        self._offer = None

    def hung_up(self, sign: HangUpSign) -> None:
        """The call is over at the far end (or by a limit)."""
        script = self._script
        if script is None or self.releasing or self._ended:
            return
        self._ended = True
        self.call.hung_up = sign
        log.info("%s: the far end has gone (%s)", self.call.log_name(), sign.value)
        self._go_on(lambda: script.throw(CallEnded()))

    def drop(self) -> None:
        """Give the script up before it has answered; the line was never off-hook."""
        if self._script is not None:
            self._script.close()
        self._script, self._act, self.releasing = None, None, True

    # ------------------------------------------------------------ the loop

    def _go_on(self, resume: Callable[[], Act[Any]]) -> None:
        """Resume the script, answering acts of the office on the spot, until it waits, ends or breaks."""
        self._act = None
        step: Callable[[], Act[Any]] | None = resume
        try:
            while step is not None:
                step = self._begin(step())
        except StopIteration as end:
            self._release(end.value)
        except CallEnded:
            self._release(self.ends_as)
        except Exception:
            self._broken()

    def _begin(self, act: Act[Any]) -> Callable[[], Act[Any]] | None:
        """Start `act`; the way to resume the script at once, or `None` when its reply comes later."""
        assert self._script is not None
        script = self._script
        self._acts += 1
        if self._acts > MOST_ACTS:
            raise RuntimeError(f"the script of {self.call.log_name()} runs in circles")
        if isinstance(act, OfficeAct):
            value = self._answer(self, act)
            if value is LATER.REPLY:
                self._act = act
                return None
            return lambda: script.send(value)
        if self._ended:
            return lambda: script.throw(CallEnded())
        if isinstance(act, Hold) and self._offer is not None:
            offer, self._offer = self._offer, None
            return lambda: script.send(offer)
        if isinstance(act, Play | Collect) and act.offers and self._offer is not None:
            return lambda: script.send(False if isinstance(act, Play) else "")  # nothing keeps them from the colleague
        if isinstance(act, Dial):
            try:
                self._toll.check(act.digits)
            except NotAllowed as refused:
                refusal = refused
                return lambda: script.throw(refusal)
            self.dialled = True
        if self.call.language and isinstance(act, Play) and not act.language:
            act = Play(act.sentences, act.barge_in, act.offers, self.call.language)
        assert isinstance(act, LineAct)
        self._number += 1
        self._act = act
        self._port.perform(self._number, act)
        return None

    def _broken(self) -> None:
        """The script has a bug: apologise and put the caller through to the operator, or at least hang up."""
        log.exception("%s: the script broke", self.call.log_name())
        trouble, self._trouble = self._trouble, None
        if trouble is None or self._ended:
            self._release(self.ends_as)
        else:
            self.begin(trouble())

    def _release(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.releasing = True
        self._number += 1
        self._act = act = HangUp()
        self._port.perform(self._number, act)
