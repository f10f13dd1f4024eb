"""How long conversations last: what the box can know of it.

After a transfer the box is blind: no PBX tells a port that has hung up when the two whom it joined have finished. It is
learned only by trying. Busy at one moment: it lasted longer than that; reached at another: it was over by then.
What is kept is the mean, and each pair of bounds moves it towards what conversations between these bounds last on
average (one step of the EM algorithm; A. Dempster, N. Laird, D. Rubin, 1977). Bounds between which nearly every
conversation lies say nothing.

The mean is kept by hour of the week: an hour of which little is known counts as the office at large, and this as the
settings say. The past fades, and the memory is bounded. It is not stored: the attempts to put somebody through, which
the ledger keeps of every call, are all it takes to learn it again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from statistics import NormalDist

from appliance.call import TransferResult

SPREAD = 0.6
"""Standard deviation of conversations as a share of their mean, which are taken to be log-normal (N. Brown et al.,
2005, found both for a bank, with 0.8 to 1.2 over all kinds of business). Bounds as wide as ours cannot tell it."""
USUAL_HANDOVER_S = 14.0
"""From the offer to the key by which a colleague takes the call, until it has been learned,"""
TOLD_S = 4.0
"""of which so much goes by before the attempt: the caller is told to whom they are being put through."""
TELLS_SOMETHING = 0.05
"""Bounds are looked at if at least so many conversations lie outside."""
LONGEST = 8.0
"""No conversation is taken to last longer than this multiple of the mean: they have gone home."""

_NORMAL = NormalDist()
_DEVIATION = math.sqrt(math.log1p(SPREAD * SPREAD))
_TAKES = (TransferResult.TAKEN, TransferResult.JOINED, TransferResult.LEFT)
_TALKS = (TransferResult.BUSY, TransferResult.DO_NOT_DISTURB)
_IN_VAIN = (TransferResult.NO_ANSWER, TransferResult.MACHINE)
_RANG = (*_TAKES, *_IN_VAIN, TransferResult.REFUSED, TransferResult.MESSAGE, TransferResult.PASSED_ON)
"""After these it is known that their telephone was free."""


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
class _Talk:
    """The conversation that somebody had last; it began `at` that moment of the clock."""

    at: float
    longer_s: float = 0.0
    """They were still talking after so long."""
    known: bool = False
    """Until when it may have lasted is known, too, and has been learned from."""


class Talks:
    """Conversations of an office; `talk_s` is how long they last by its settings."""

    def __init__(self, talk_s: float) -> None:
        self._hours: dict[tuple[int, int], Mean] = {}
        self._handover = Mean(USUAL_HANDOVER_S, weight=3.0, most=40.0)
        self._last: dict[str, _Talk] = {}
        self._in_vain: dict[str, int] = {}
        self.take_up(talk_s)

    def take_up(self, talk_s: float) -> None:
        """The settings say something else, which counts as long as nothing has been learned."""
        if not self._hours:
            self._overall = Mean(talk_s, weight=4.0, most=60.0)

    @property
    def handover_s(self) -> float:
        """From the offer to the key by which a colleague takes the call."""
        return self._handover.value

    @property
    def usual_s(self) -> float:
        """The mean of all conversations, at whatever hour."""
        return self._overall.value

    def mean_s(self, moment: datetime) -> float:
        """The mean at this local `moment`."""
        hour = self._hours.get((moment.weekday(), moment.hour))
        return self._overall.value if hour is None else hour.value

    def began(self, extension: str) -> float | None:
        """When their last conversation began, in seconds of the clock; `None` where they had none."""
        talk = self._last.get(extension)
        return None if talk is None else talk.at

    def longer_s(self, extension: str) -> float:
        """So long their last conversation lasted at least."""
        talk = self._last.get(extension)
        return 0.0 if talk is None else talk.longer_s

    def seems_gone(self, extension: str) -> bool:
        """Have several calls in a row rung there in vain?"""
        return self._in_vain.get(extension, 0) > 1

    def tried(self, extension: str, result: TransferResult, seconds: float, now: float, moment: datetime) -> None:
        """Learn from an attempt to put somebody through that ended at clock time `now`, after `seconds`."""
        talk, began = self._last.get(extension), now - seconds
        if result in _TALKS:
            if talk is not None:
                talk.longer_s = max(talk.longer_s, began - talk.at)
            return
        if result not in _RANG:
            return
        self._in_vain[extension] = self._in_vain.get(extension, 0) + 1 if result in _IN_VAIN else 0
        if talk is not None and not talk.known and began > talk.at:
            talk.known = True
            self._learn(talk.longer_s, began - talk.at, moment)
        if result in _TAKES:
            self._last[extension] = _Talk(now)
            if result is not TransferResult.LEFT:
                self._handover.add(min(seconds, 4 * USUAL_HANDOVER_S) + TOLD_S)

    def _learn(self, longer_s: float, shorter_s: float, moment: datetime) -> None:
        """A conversation was longer and shorter than that."""
        mean_s = self.mean_s(moment)
        expected_s, tells = between(mean_s, longer_s, shorter_s)
        if tells >= TELLS_SOMETHING and expected_s < LONGEST * mean_s:
            hour = (moment.weekday(), moment.hour)
            self._hours.setdefault(hour, Mean(self._overall.value, weight=4.0, most=30.0)).add(expected_s)
            self._overall.add(expected_s)


def shape(share: float) -> float:
    """The length that so large a share of conversations (0 to 1, neither included) does not reach, in means."""
    return math.exp(_DEVIATION * _NORMAL.inv_cdf(share) - _DEVIATION * _DEVIATION / 2)


def between(mean: float, low: float, high: float) -> tuple[float, float]:
    """The mean length of the conversations that last between `low` and `high`, where that of all is `mean`.

    The second value is the share of all that lies outside: 0 where the bounds say nothing, 1 where they meet.
    """
    middle = math.log(mean) - _DEVIATION * _DEVIATION / 2
    lower = -math.inf if low <= 0 else (math.log(low) - middle) / _DEVIATION
    upper = (math.log(high) - middle) / _DEVIATION
    inside = _below(upper) - _below(lower)
    if inside < 1e-6:
        return (low + high) / 2 if low > 0 else high, 1.0
    return mean * (_below(upper - _DEVIATION) - _below(lower - _DEVIATION)) / inside, 1.0 - inside


def _below(value: float) -> float:
    return 0.0 if math.isinf(value) else _NORMAL.cdf(value)
