"""How long a caller will still wait, told so that it comes true (R11).

A few dozen futures are played through, always with the same dice: in each, every colleague becomes free after a time
drawn from those that the box has learned (`turnaround`), but no sooner than what is known of this conversation; whoever
is ahead takes the colleague who is free first, unless they lose patience before; then it is this caller's turn. What is
told is the range that most of these futures end in, in whole minutes. Neither its upper end nor its width ever grows
from one announcement to the next.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random
from statistics import NormalDist

from appliance.acd.queue import Place, Queue, Ticket
from appliance.acd.staff import Belief, Colleague
from appliance.acd.turnaround import Mean, TurnArounds
from appliance.call import Announced, TransferResult
from appliance.settings import WaitingSettings

FUTURES = 32
LEFT_OUT = 3
"""So many futures at either end are not told: the range holds four out of five."""
USUAL_PATIENCE_S = 600.0
SOONEST_S = 3.0
SHAPES = 64
"""So many lengths stand for all conversations, from the shortest to the longest."""
Helpers = Sequence[tuple[Colleague, float]]
"""Everybody who could be given a caller, were they free, and from which moment of the clock on."""
CouldServe = Callable[[Ticket], Helpers]
_DICE = tuple(map(Random(11).uniform, itertools.repeat(0.0, 997), itertools.repeat(1.0)))


class Estimate:
    """What the box knows of waiting in this office."""

    def __init__(self, waiting: WaitingSettings) -> None:
        self._turns = TurnArounds(waiting.talk_s, waiting.wrap_up_s)
        self._leaving = Mean(1.0 / USUAL_PATIENCE_S, weight=USUAL_PATIENCE_S, most=40 * USUAL_PATIENCE_S)
        self._shapes: tuple[float, ...] = ()
        self._shapes_of = 0.0

    # ------------------------------------------------------------ learning

    def tried(self, colleague: Colleague, result: TransferResult, seconds: float, now: float, moment: datetime) -> None:
        """An attempt to put somebody through to `colleague` has just ended; what is believed of them is already new."""
        self._turns.tried(colleague.person.extension, result, seconds, colleague.until, now, moment)

    def left(self, waited_s: float, served: bool) -> None:
        """A caller has left the queue after `waited_s`: they were served, or they would wait no longer."""
        if waited_s > 0:
            self._leaving.add(0.0 if served else 1.0 / waited_s, waited_s)

    # ------------------------------------------------------------ telling

    def place(self, ticket: Ticket, queue: Queue, could_serve: CouldServe, now: float, moment: datetime) -> Place:
        """Position and range of the wait of `ticket` from now on; what was told is kept on the ticket."""
        waits_s = sorted(self._futures(line_of(ticket, queue, could_serve), now, moment))
        low, high = math.floor(waits_s[LEFT_OUT] / 60), max(1, math.ceil(waits_s[-1 - LEFT_OUT] / 60))
        if ticket.told:
            last = ticket.told[-1]
            high = min(high, last.high_min)
            low = max(low, high - (last.high_min - last.low_min))
        low = min(low, high - 1)
        ticket.told.append(Announced(now - ticket.since, low, high))
        return Place(ticket.group, queue.position(ticket), low, high)

    def _futures(self, line: Sequence[Helpers], now: float, moment: datetime) -> list[float]:
        """How long the last one in `line` waits, in each of the futures."""
        mean_s, shapes = self._turns.mean_s(moment), self._all_shapes()
        people = {colleague.person.extension: colleague for helpers in line for colleague, _ in helpers}
        there = [who for extension, who in people.items() if not self._turns.seems_gone(extension)]
        index = {who.person.extension: number for number, who in enumerate(there or people.values())}
        if not index:
            return [len(line) * mean_s] * FUTURES
        chances = [
            [(index[who.person.extension], at - now) for who, at in helpers if who.person.extension in index]
            for helpers in line
        ]
        begun = [self._begun(people[extension], mean_s, shapes, now) for extension in index]
        patience_s = 1.0 / max(self._leaving.value, 1e-9)
        dice, waits = itertools.cycle(_DICE), []
        for _ in range(FUTURES):
            free = [
                max(first_s, mean_s * (shapes[shape + int(next(dice) * (SHAPES - shape))] - spent))
                for first_s, spent, shape in begun
            ]
            for chance in chances:
                soonest_s, taken = math.inf, -1
                for number, from_s in chance:
                    at_s = free[number] if free[number] > from_s else from_s
                    if at_s < soonest_s:
                        soonest_s, taken = at_s, number
                if taken >= 0 and patience_s * -math.log(1.0 - next(dice)) > soonest_s:
                    free[taken] = soonest_s + mean_s * shapes[int(next(dice) * SHAPES)]
            waits.append(soonest_s if taken >= 0 else len(line) * mean_s)
        return waits

    def _begun(
        self, colleague: Colleague, mean_s: float, shapes: Sequence[float], now: float
    ) -> tuple[float, float, int]:
        """When somebody takes the next call: seconds from now before which they surely do not; and of a conversation
        that goes on, how long it has lasted, in means, and the shortest of the `shapes` that it can have.
        """
        handover_s = self._turns.handover_s
        if colleague.belief is Belief.OFFERED:
            return handover_s / 2, math.inf, 0
        first_s = max(colleague.until - now, 0.0) + handover_s if math.isfinite(colleague.until) else handover_s
        if colleague.belief is not Belief.TALKING:
            return first_s, math.inf, 0
        since_s = self._turns.since_taken_s(colleague.person.extension, now)
        spent = (mean_s / 2 if since_s is None else since_s) / mean_s
        return first_s, spent, min(bisect_right(shapes, spent), SHAPES - 1)

    def _all_shapes(self) -> tuple[float, ...]:
        """Lengths of conversations in means, each as likely as the others."""
        spread = round(self._turns.spread, 1)
        if spread != self._shapes_of:
            deviation = math.sqrt(math.log1p(spread * spread))
            normal = NormalDist(-deviation * deviation / 2, deviation)
            self._shapes = tuple(math.exp(normal.inv_cdf((shape + 0.5) / SHAPES)) for shape in range(SHAPES))
            self._shapes_of = spread
        return self._shapes


def line_of(ticket: Ticket, queue: Queue, could_serve: CouldServe) -> list[Helpers]:
    """Who could serve each caller who comes before `ticket` for some of the same people, and then who serves it."""
    mine = could_serve(ticket)
    who = {colleague.person.extension for colleague, _ in mine}
    before = [could_serve(other) for other in itertools.takewhile(lambda other: other is not ticket, queue)]
    return [*(one for one in before if any(colleague.person.extension in who for colleague, _ in one)), mine]
