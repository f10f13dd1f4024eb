"""How long a caller will still wait, told so that it comes true (R11).

A few dozen futures are played through, always with the same dice. In each of them every conversation that is going on
lasts as long as one of those that the box has learned of (`talks`), and no shorter than is known of it; the box notices
its end when it tries again, as it does; whoever is ahead takes the colleague who is free first, unless they lose
patience before; then it is this caller's turn. What is told is the range that four of five of these futures end in, in
whole minutes. Neither its upper end nor its width ever grows from one announcement to the next.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from appliance.acd.queue import Place, Queue, Ticket
from appliance.acd.staff import Belief, Colleague
from appliance.acd.talks import Mean, Talks, shape
from appliance.acd.told import served
from appliance.call import Announced, CallRecord, TransferResult
from appliance.settings import WaitingSettings

FUTURES = 32
HELD = 0.82
"""The share of the futures that the range holds which is told: a little more than it must."""
USUAL_PATIENCE_S = 600.0
MOST_PAUSES = 20
"""After so many doublings a pause is longer than any conversation."""
SHAPES = tuple(shape((number + 0.5) / 64) for number in range(64))
"""So many lengths, in means, stand for all conversations: each is as likely as the others."""
DICE = tuple(map(Random(11).uniform, itertools.repeat(0.0, 997), itertools.repeat(1.0)))

Helpers = Sequence[tuple[Colleague, float]]
"""Everybody who could be given a caller, were they free, and from which moment of the clock on."""
CouldServe = Callable[[Ticket], Helpers]


@dataclass(frozen=True, slots=True)
class _Busy:
    """What is known of one colleague. Seconds from now.

    They take no call before `first_s`. If they talk, they do so since `began_s` (below 0), and it is one of the lengths
    from number `shortest` on. Who is still talking when they are tried is tried again after `pause_s`.
    """

    first_s: float
    began_s: float = -math.inf
    shortest: int = 0
    pause_s: float = 0.0


class Estimate:
    """What the box knows of waiting in this office."""

    def __init__(self, waiting: WaitingSettings) -> None:
        self._waiting = waiting
        self._talks = Talks(waiting.talk_s)
        self._leaving = Mean(1.0 / USUAL_PATIENCE_S, weight=USUAL_PATIENCE_S, most=40 * USUAL_PATIENCE_S)

    def take_up(self, waiting: WaitingSettings) -> None:
        """Other settings; what has been learned stays."""
        self._waiting = waiting
        self._talks.take_up(waiting.talk_s)

    # ------------------------------------------------------------ learning

    def tried(self, extension: str, result: TransferResult, seconds: float, now: float, moment: datetime) -> None:
        """An attempt to put somebody through to this extension has just ended, after `seconds`."""
        self._talks.tried(extension, result, seconds, now, moment)

    def left(self, waited_s: float, served: bool) -> None:
        """A caller has left the queue after `waited_s`: they were served, or they would wait no longer."""
        if waited_s > 0:
            self._leaving.add(0.0 if served else 1.0 / waited_s, waited_s)

    def learn(self, calls: Sequence[CallRecord], now: float, today: datetime) -> None:
        """Learn again from calls of the past, as the ledger keeps them; clock and wall show `now` and `today`."""
        attempts = sorted((attempt for call in calls for attempt in call.transfers), key=lambda attempt: attempt.at)
        for one in attempts:
            then = now - (today - one.at).total_seconds()
            self.tried(one.extension, one.result, one.seconds, then, one.at)
        for call in sorted(calls, key=lambda call: call.started):
            for wait in call.waits:
                self.left(wait.seconds, served(call) is not None and wait is call.waits[-1])

    @property
    def call_s(self) -> float:
        """How long one call keeps a colleague at work on average: hand-over, conversation, wrap-up."""
        return self._talks.usual_s + self._talks.handover_s + self._waiting.wrap_up_s

    # ------------------------------------------------------------ telling

    def place(self, ticket: Ticket, queue: Queue, could_serve: CouldServe, now: float, moment: datetime) -> Place:
        """Position and range of the wait of `ticket` from now on; what was told is kept on the ticket."""
        futures = self._futures(line_of(ticket, queue, could_serve), now, moment)
        waits_s = sorted(min(wait_s, self._waiting.longest_s) for wait_s in futures)  # longer than that nobody waits
        low, high = minutes(waits_s, ticket.told[-1] if ticket.told else None)
        ticket.told.append(Announced(now - ticket.since, low, high))
        return Place(ticket.group, queue.position(ticket), low, high)

    def _futures(self, line: Sequence[Helpers], now: float, moment: datetime) -> Iterator[float]:
        """How long the last one in `line` waits, in each of the futures."""
        mean_s = self._talks.mean_s(moment)
        people = {who.person.extension: who for helpers in line for who, _ in helpers}
        there = [extension for extension in people if not self._talks.seems_gone(extension)] or list(people)
        number = {extension: index for index, extension in enumerate(there)}
        busy = [self._busy(people[extension], mean_s, now) for extension in there]
        chances = [
            [(number[who.person.extension], at - now) for who, at in helpers if who.person.extension in number]
            for helpers in line
        ]
        dice, patience_s = itertools.cycle(DICE), 1.0 / max(self._leaving.value, 1e-9)
        for _ in range(FUTURES):
            free = [self._found_free_s(one, mean_s, next(dice)) for one in busy]
            soonest_s = len(line) * mean_s  # where there is nobody at all
            for chance in chances:
                soonest_s, taken = min(
                    ((max(free[who], from_s), who) for who, from_s in chance), default=(soonest_s, -1)
                )
                if taken >= 0 and patience_s * -math.log(1.0 - next(dice)) > soonest_s:
                    free[taken] = soonest_s + self._from_call_to_call_s(mean_s, next(dice))
            yield soonest_s

    def _busy(self, colleague: Colleague, mean_s: float, now: float) -> _Busy:
        """What is known of somebody."""
        handover_s = self._talks.handover_s
        if colleague.belief is Belief.OFFERED:
            return _Busy(handover_s / 2)
        until_s = max(colleague.until - now, 0.0) if math.isfinite(colleague.until) else 0.0
        if colleague.belief is not Belief.TALKING:
            return _Busy(until_s + handover_s)
        extension = colleague.person.extension
        began, longer_s = self._talks.began(extension), self._talks.longer_s(extension)
        began_s = -mean_s / 2 if began is None else began - now
        shortest = min(bisect_right(SHAPES, longer_s / mean_s), len(SHAPES) - 1)
        return _Busy(
            until_s + handover_s,
            began_s,
            shortest,
            self._waiting.retry_s * 2 ** min(colleague.busy_in_a_row, MOST_PAUSES),
        )

    def _found_free_s(self, busy: _Busy, mean_s: float, dice: float) -> float:
        """When somebody takes the next call, if their conversation lasts as long as the `dice` (0 to 1) say."""
        handover_s = self._talks.handover_s
        lasts_s = mean_s * SHAPES[busy.shortest + int(dice * (len(SHAPES) - busy.shortest))]
        return self._noticed_s(busy.first_s - handover_s, busy.began_s + lasts_s, busy.pause_s) + handover_s

    def _from_call_to_call_s(self, mean_s: float, dice: float) -> float:
        """From one call that somebody takes to the next, if there is always somebody who waits."""
        believed_s = self._waiting.talk_s + self._waiting.wrap_up_s
        over_s = mean_s * SHAPES[int(dice * len(SHAPES))]
        return self._noticed_s(believed_s, over_s, self._waiting.retry_s) + self._talks.handover_s

    def _noticed_s(self, tried_s: float, over_s: float, pause_s: float) -> float:
        """When the end of a conversation is noticed, which is first tried at `tried_s`: each pause is twice the last,
        and none is longer than a conversation is believed to be (see `Staff.tried`).
        """
        while tried_s < over_s:
            pause_s = min(pause_s, self._waiting.talk_s)
            tried_s += pause_s
            pause_s *= 2
        return tried_s


def minutes(waits_s: Sequence[float], before: Announced | None = None) -> tuple[int, int]:
    """The whole minutes to tell of futures in which the wait ends so: `waits_s`, the shortest first.

    Of the shortest ranges that hold `HELD` of them, or one minute longer, it is the one whose middle is nearest to
    that of the futures; or what comes nearest to it, where something was told `before` that must not grow.
    """
    could = list(_ranges(waits_s, before))
    most = max(held for _, _, held in could)
    good = [one for one in could if one[2] >= min(HELD, most)]
    shortest = min(high - low for low, high, _ in good)
    middle_s = waits_s[len(waits_s) // 2]
    low, high, _ = min(
        (one for one in good if one[1] - one[0] <= shortest + 1),
        key=lambda one: (abs(30.0 * (one[0] + one[1]) - middle_s), one[1]),
    )
    return low, high


def _ranges(waits_s: Sequence[float], before: Announced | None) -> Iterator[tuple[int, int, float]]:
    """Every range of whole minutes that could be told, and the share of the futures that end in it."""
    last = math.ceil(waits_s[-1] / 60) + 1
    highest = last if before is None else before.high_min
    widest = highest if before is None else before.high_min - before.low_min
    for high in range(1, min(highest, last) + 1):
        for low in range(max(0, high - widest), high):
            held = bisect_right(waits_s, 60.0 * high) - bisect_left(waits_s, 60.0 * low)
            yield low, high, held / len(waits_s)


def line_of(ticket: Ticket, queue: Queue, could_serve: CouldServe) -> list[Helpers]:
    """Who could serve each caller who comes before `ticket` for some of the same people, and then who serves it."""
    mine = could_serve(ticket)
    who = {colleague.person.extension for colleague, _ in mine}
    before = [could_serve(other) for other in itertools.takewhile(lambda other: other is not ticket, queue)]
    return [*(one for one in before if any(colleague.person.extension in who for colleague, _ in one)), mine]
