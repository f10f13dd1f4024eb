"""How fast a sound card's clock really is, and how hearing keeps step with speaking when they have different clocks.

A card's crystal is off by up to some hundred millionths. For most of what the line does that is nothing: what we say is
made when the card asks for it, and what it hears is taken when it comes, so that nothing piles up and nothing runs dry
however long a call is. Only the echo needs more: what was said comes back after a time that must stay the same, while
a USB codec that hears and an I2S codec that speaks drift apart by seconds in an hour. So the hearing is bent to the
clock of the speaking, by resampling; its error is a slow sway of pitch that no ear and no receiver can notice, where
samples dropped or doubled would be clicks in a recording and breaks of phase in a caller ID.

Pure arithmetic: times come from whoever counted the samples.
"""

from __future__ import annotations

import statistics
from collections import deque
from typing import Final

import numpy as np

from appliance.signals.levels import RATE_HZ

DRIFT_LIMIT_PPM: Final = 2500.0
"""Two cards at opposite ends of +-1000 ppm, and room to catch up."""

_SPAN_S: Final = 2.0
_SPANS_LEAST: Final = 10
_SPANS_MOST: Final = 150


class RateMeter:
    """How much faster than `rate_hz` samples come, seen by somebody who counts them, sometimes late, never early.

    The least late count of every two seconds stands on a straight line, whose slope is looked for over the last five
    minutes: within 50 ppm after 20 seconds, and within 2 ppm in the end, where counts are late by a millisecond.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._best: deque[tuple[float, float]] = deque(maxlen=_SPANS_MOST)
        self._began: float | None = None
        self._earliest: tuple[float, float] | None = None
        self.ppm = 0.0
        """Millionths; 0.0 until it is known."""

    def count(self, total: int, at_s: float) -> None:
        """At `at_s` there were `total` samples since the start."""
        lateness = at_s - total / self._rate_hz
        if self._began is None:
            self._began = at_s
        if self._earliest is None or lateness < self._earliest[1]:
            self._earliest = at_s, lateness
        if at_s >= self._began + _SPAN_S:
            self._best.append(self._earliest)
            self._began = self._earliest = None
            if len(self._best) >= _SPANS_LEAST:
                self.ppm = self._slope()

    def restart(self) -> None:
        """Samples were lost: what was counted before belongs to another line. The rate known so far stays."""
        self._best.clear()
        self._began = self._earliest = None

    def _slope(self) -> float:
        times, lateness = np.array(self._best).T
        times -= times.mean()
        slope = float(times @ lateness) / float(times @ times)
        return -slope / (1.0 + slope) * 1e6


_SWING: Final = 1.0 / 20.0
_PULL: Final = 2.0 * _SWING
"""1/s: a loop of the second order, as quick as it can be without overshooting much. An offset of 2000 ppm makes it
stray by 15 ms at most, and it is back within two minutes."""
_EVERY_S: Final = 1.0
"""Of all that was seen in so long the median counts: those who count are late at times."""
_LIMIT: Final = DRIFT_LIMIT_PPM * 1e-6 * RATE_HZ


class Follower:
    """Keeps what is heard in step with what is said, both counted in samples at 8000 a second."""

    def __init__(self) -> None:
        self.ppm = 0.0
        """By how much to bend the hearing: so many millionths more samples."""
        self._target: float | None = None
        self._steady = 0.0
        self._seen: list[float] = []
        self._since: float | None = None

    def saw(self, ahead: float, at_s: float) -> None:
        """At `at_s` the hearing was so many samples ahead of the speaking."""
        self._seen.append(ahead)
        if self._since is None:
            self._since = at_s
        passed_s = at_s - self._since
        if passed_s >= _EVERY_S:
            self._correct(statistics.median(self._seen), passed_s)
            self._since = at_s
            self._seen.clear()

    def _correct(self, ahead: float, passed_s: float) -> None:
        if self._target is None:
            self._target = ahead
        off = ahead - self._target
        self._steady = min(max(self._steady - _SWING * _SWING * off * passed_s, -_LIMIT), _LIMIT)
        self.ppm = min(max(self._steady - _PULL * off, -_LIMIT), _LIMIT) / RATE_HZ * 1e6

    def restart(self) -> None:
        """Samples were lost in either direction: keep in step from where they are now."""
        self._target = self._since = None
        self._seen.clear()
