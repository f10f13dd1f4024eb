"""How long it takes from one call that a colleague takes to the next: what the box can know of it.

After a transfer the box is blind: nobody tells it when a conversation ends. It learns of it only by trying. A colleague
who was tried as soon as they might have been free, and again and again until they took the next call, has shown the
whole time exactly: conversation, wrap-up, being found free, being told of the caller. Otherwise there are only bounds:
busy at one moment, so longer than that; reached at another, so shorter than that. What lies between counts as much as
it tells: bounds that hold for nearly every conversation say nearly nothing.

Times are kept by hour of the week: an hour of which little is known counts as the office at large, and this as the
settings say. The past fades, and the memory is bounded. It is not stored: what the ledger keeps of every attempt to
put somebody through is all it takes to learn it again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from statistics import NormalDist

from appliance.call import TransferResult

PROMPT_S = 8.0
"""Tried so soon after they were believed to be free: somebody was waiting for them."""
USUAL_HANDOVER_S = 20.0
"""From the offer to the key by which a colleague takes the call: until it has been learned."""
USUAL_SPREAD = 0.6
"""Standard deviation of conversations as a share of their mean: N. Brown et al. (2005) found 0.8 and more among all
calls of a bank, less within one kind of business."""
LONGEST = 8.0
"""Nothing is learned from more than this multiple of the mean: they had gone home."""

_NORMAL = NormalDist()
_TAKES = (TransferResult.TAKEN, TransferResult.JOINED, TransferResult.LEFT)
_TALKS = (TransferResult.BUSY, TransferResult.DO_NOT_DISTURB)


class Mean:
    """A mean that begins as if `weight` values of `prior` had been seen, and looks back over about `most` values."""

    def __init__(self, prior: float, weight: float, most: float) -> None:
        self.value = prior
        self._weight = weight
        self._most = most

    def add(self, value: float, weight: float = 1.0) -> None:
        """One more value, which counts as much as `weight` of them."""
        self._weight = min(self._weight, self._most) + weight
        self.value += (value - self.value) * weight / self._weight


@dataclass(slots=True)
class _Taken:
    """The call that somebody took last. Seconds of the clock; `in_demand`: they have been wanted ever since."""

    at: float
    in_demand: bool = True
    busy_s: float = 0.0
    """They were still talking so long after they took it."""


class TurnArounds:
    """Turn-around times of an office. `talk_s` and `wrap_up_s` are what its settings say."""

    def __init__(self, talk_s: float, wrap_up_s: float) -> None:
        self._overall = Mean(talk_s + wrap_up_s + USUAL_HANDOVER_S, weight=3.0, most=40.0)
        self._hours: dict[tuple[int, int], Mean] = {}
        self._variance = Mean(USUAL_SPREAD**2, weight=8.0, most=100.0)
        self._handover = Mean(USUAL_HANDOVER_S, weight=3.0, most=40.0)
        self._taken: dict[str, _Taken] = {}
        self._due: dict[str, float] = {}
        self._in_vain: dict[str, int] = {}

    @property
    def spread(self) -> float:
        """Standard deviation as a share of the mean."""
        return math.sqrt(self._variance.value)

    @property
    def handover_s(self) -> float:
        """From the offer to the key by which a colleague takes the call."""
        return self._handover.value

    def mean_s(self, moment: datetime) -> float:
        """The mean at this local `moment`."""
        hour = self._hours.get((moment.weekday(), moment.hour))
        return self._overall.value if hour is None else hour.value

    def since_taken_s(self, extension: str, now: float) -> float | None:
        """How long ago they took their last call, at clock time `now`; `None` if they took none."""
        taken = self._taken.get(extension)
        return None if taken is None else now - taken.at

    def seems_gone(self, extension: str) -> bool:
        """Have several calls in a row rung there in vain?"""
        return self._in_vain.get(extension, 0) > 1

    def tried(
        self, extension: str, result: TransferResult, seconds: float, until: float, now: float, moment: datetime
    ) -> None:
        """Learn from an attempt that ended at clock time `now` after `seconds`.

        `until` is the clock time from which this colleague is now believed to be free again.
        """
        began = now - seconds
        taken, due = self._taken.get(extension), self._due.get(extension, -math.inf)
        self._due[extension] = until if math.isfinite(until) else now
        if taken is not None:
            taken.in_demand &= began - due <= PROMPT_S
        if result in _TALKS:
            if taken is not None:
                taken.busy_s = began - taken.at
            return
        unanswered = result in (TransferResult.NO_ANSWER, TransferResult.MACHINE)
        self._in_vain[extension] = self._in_vain.get(extension, 0) + 1 if unanswered else 0
        if result not in _TAKES:
            return
        if result is not TransferResult.LEFT:
            self._handover.add(min(seconds, 4 * USUAL_HANDOVER_S))
        if taken is not None:
            self._learn(taken, began, now, moment)
        self._taken[extension] = _Taken(now)

    def _learn(self, taken: _Taken, began: float, now: float, moment: datetime) -> None:
        mean_s = self.mean_s(moment)
        whole_s = now - taken.at
        if taken.in_demand:
            if whole_s < LONGEST * mean_s:
                self._variance.add((whole_s / mean_s - 1.0) ** 2)
                self._add(whole_s, 1.0, moment)
            return
        shortest_s = taken.busy_s + self.handover_s if taken.busy_s else 0.0
        expected_s, tells = between(mean_s, self.spread, shortest_s, began - taken.at + self.handover_s)
        if shortest_s < LONGEST * mean_s and tells > 0.0:
            self._add(expected_s, tells, moment)

    def _add(self, seconds: float, weight: float, moment: datetime) -> None:
        hour = (moment.weekday(), moment.hour)
        self._hours.setdefault(hour, Mean(self._overall.value, weight=4.0, most=30.0)).add(seconds, weight)
        self._overall.add(seconds, weight)


def between(mean: float, spread: float, low: float, high: float) -> tuple[float, float]:
    """The mean of what lies between `low` and `high`, of a log-normal of this mean and spread, and what that tells.

    The second value is the share that lies outside: 0 where the bounds say nothing, nearly 1 where they lie close.
    """
    deviation = math.sqrt(math.log1p(spread * spread))
    middle = math.log(mean) - deviation * deviation / 2
    lower = -math.inf if low <= 0 else (math.log(low) - middle) / deviation
    upper = (math.log(high) - middle) / deviation
    inside = _below(upper) - _below(lower)
    if inside < 1e-6:
        return (low if lower > 0 else high), 1.0
    return mean * (_below(upper - deviation) - _below(lower - deviation)) / inside, 1.0 - inside


def _below(value: float) -> float:
    return 0.0 if math.isinf(value) else _NORMAL.cdf(value)
