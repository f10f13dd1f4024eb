"""Is there a tone, whosever it is? Teaching meets tones that no table knows yet.

A burst is a tone when three lines have most of its power and it stands still for longer than a vowel does: of spoken
sentences (espeak-ng, eight voices) no burst that pure was longer than 0.32 s. Shorter ones count when they repeat
themselves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from appliance.signals.generate import COLUMNS_HZ, ROWS_HZ
from appliance.signals.levels import Block
from appliance.signals.progress.bursts import Burst, Cutter
from appliance.signals.progress.frames import BATCH_S, Frames
from appliance.signals.progress.lines import lines

_PURE: Final = 0.75
_SHORTEST_S: Final = 0.09
_CERTAIN_S: Final = 0.4
"""So long a burst is no vowel."""
_RECENT_S: Final = 1.2
_ENOUGH_S: Final = 0.6
"""Of the last `_RECENT_S`, when pieces of a stutter tone are put together."""
_LOOK_EVERY_S: Final = 0.16
_DOUBTFUL_S: Final = 0.235
"""Shorter ones are keys, or vowels; no busy tone that does not repeat itself before long is shorter (240 ms)."""
_SAME_HZ: Final = 10.0
_SAME_LENGTH: Final = 0.15
_ALIKE: Final = 3
"""So many bursts alike in a row are a cadence."""
_KEPT: Final = 64
_OFF_KEY: Final = 0.02


@dataclass(frozen=True, slots=True)
class PureBurst:
    """A stretch of tone; its strongest line first. Seconds since listening began."""

    began_s: float
    ended_s: float
    frequencies: tuple[float, ...]

    @property
    def length_s(self) -> float:
        """How long it was."""
        return self.ended_s - self.began_s

    def has(self, frequency_hz: float) -> bool:
        """Is this one of its frequencies?"""
        return any(abs(hz - frequency_hz) < _SAME_HZ for hz in self.frequencies)

    def like(self, other: PureBurst) -> bool:
        """Has it the same frequencies? Of two that are equally strong either may come first."""
        return self.has(other.frequencies[0]) and other.has(self.frequencies[0])


class ToneWatch:
    """Feed it what the line says, from one thing that was done to the next."""

    def __init__(self) -> None:
        self._frames = Frames()
        self._cutter = Cutter()
        self._ended: deque[PureBurst] = deque(maxlen=_KEPT)
        self._ongoing: PureBurst | None = None
        self._look_at_s = 0.0
        self._now_s = 0.0

    def feed(self, block: Block) -> None:
        """Take a block of any length."""
        for batch, _ in self._frames.feed(block):
            self._now_s = batch.began_s + BATCH_S
            for burst in self._cutter.feed(batch):
                self._ongoing = None
                if pure := self._pure(burst):
                    self._ended.append(pure)
            if (burst_now := self._cutter.ongoing) is None:
                self._ongoing = None
            elif self._now_s >= self._look_at_s:
                self._look_at_s = self._now_s + _LOOK_EVERY_S
                self._ongoing = self._pure(burst_now)

    def _pure(self, burst: Burst) -> PureBurst | None:
        if burst.length_s < _SHORTEST_S:
            return None
        found = lines(self._frames.cut(burst.began_s, burst.ended_s))
        frequencies = tuple(line.hz for line in found.lines[:3])
        if found.purity < _PURE or _is_key(frequencies):
            return None
        return PureBurst(burst.began_s, burst.ended_s, frequencies)

    @property
    def bursts(self) -> Sequence[PureBurst]:
        """All that are kept, the newest last, and the one that goes on."""
        return [*self._ended, *([self._ongoing] if self._ongoing else [])]

    @property
    def began_s(self) -> float:
        """When the tone began that is the newest, if its bursts are all that is kept of it."""
        bursts = self.bursts
        return next((burst.began_s for burst in bursts if burst.like(bursts[-1])), self._now_s)

    @property
    def certain(self) -> bool:
        """Is there, or was there just now, a tone?"""
        return self.steady_s > 0.0 or self._repeats()

    @property
    def steady_s(self) -> float:
        """For how long of the last moments the same frequency has stood still; 0 where that may be a vowel."""
        recent = [burst for burst in self.bursts if burst.ended_s > self._now_s - _RECENT_S]
        if not recent or max(burst.length_s for burst in recent) < _CERTAIN_S:
            return 0.0
        total_s = sum(burst.length_s for burst in recent if burst.like(recent[-1]))
        return total_s if total_s >= _ENOUGH_S else 0.0

    def _repeats(self) -> bool:
        lately = [burst for burst in self._ended if burst.length_s > _SHORTEST_S][-_ALIKE:]
        if len(lately) < _ALIKE or self._now_s - lately[-1].ended_s > 2.0 * _RECENT_S:
            return False
        first = lately[0]
        return all(
            burst.like(first) and abs(burst.length_s - first.length_s) < _SAME_LENGTH * first.length_s
            for burst in lately
        )

    def heard_within(self, seconds: float) -> bool:
        """Was there something in the last `seconds` that may well be a tone?"""
        if self._repeats():
            return True
        return any(burst.ended_s > self._now_s - seconds and burst.length_s > _DOUBTFUL_S for burst in self.bursts)

    def has(self, frequency_hz: float) -> bool:
        """Has the newest burst this frequency?"""
        bursts = self.bursts
        return bool(bursts) and bursts[-1].has(frequency_hz)


def _is_key(frequencies: tuple[float, ...]) -> bool:
    """Is it a key of a telephone: one frequency of the rows, and one of the columns?"""
    if len(frequencies) < 2:
        return False
    low, high = sorted(frequencies[:2])
    return _near(low, ROWS_HZ) and _near(high, COLUMNS_HZ)


def _near(hz: float, keys: tuple[float, ...]) -> bool:
    return any(abs(hz / key - 1.0) < _OFF_KEY for key in keys)
