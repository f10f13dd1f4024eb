"""Cuts the sound of a line into bursts: stretches in which the same few neighbouring frequencies stay equally loud.

A burst has begun when five frames (50 ms) in a row have most of their power in one place, the same place. From then on
only its own bins are followed: it is over when they have fallen to half the burst's own amplitude, however loud noise
or a voice is in the pause. Where a frame that is only partly filled crosses that half lies the edge, so lengths are
good to about 2 ms. A hole of 10 ms, and the beat of two close frequencies, do not end a burst; a hole of 20 ms, as
Sweden's recall tone has it, does.

Vowels and notes make bursts, too; what a burst consists of is looked at afterwards (`lines`).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from appliance.signals.levels import Samples, power
from appliance.signals.progress.frames import BIN_HZ, HEAP, HOP_S, TOGETHER, WINDOW_S, Batch

_SHARE: Final = 0.4
"""Of the power that counts, in one place: white noise has 0.15 of it there, a tone as loud as the noise 0.55."""
_SOFTEST: Final = power(-48.0)
_CERTAIN: Final = 5
_STEADY_BINS: Final = 1.0
_OWN: Final = 0.06
"""Of the strongest bin: weaker ones do not belong to the burst."""
_OFF: Final = 0.25
"""Half the amplitude: a frame whose middle is the edge."""
_DEEP: Final = 0.12
"""A dip below this is a hole of 15 ms or more: one of 20 ms leaves 0.06 and less, one of 10 ms 0.18 and more."""
_SHORT_DIP: Final = 2
_PIECE_S: Final = 0.095
"""Dips closer together than that are the swelling of a modulated tone (15 Hz and more), no holes."""
_MISSES: Final = 2
"""Frames at the begin of a burst that a modulated tone may lack."""
_LOUDER: Final = 4.0
_EDGES_S: Final = 0.12
_SPREAD: Final = 4
"""Bins beside the burst's own into which the window spreads it."""
_UNSEEN: Final = 0.35
"""A burst whose begin we saw was softer than this part of its amplitude before."""


@dataclass(frozen=True, slots=True)
class Burst:
    """From `began_s` to `ended_s`; `whole` unless it had begun before we could hear it. `power`: its mean square."""

    began_s: float
    ended_s: float
    power: float
    whole: bool

    @property
    def length_s(self) -> float:
        """How long it was."""
        return self.ended_s - self.began_s


class Cutter:
    """Feed it batches of frames; it answers with the bursts that have ended. `ongoing` is the one that has not."""

    def __init__(self) -> None:
        self._history: deque[Samples] = deque(maxlen=3)
        self._candidate = 0
        self._missed = 0
        self._middle = 0.0
        self._bins: slice | None = None
        self._began_s = 0.0
        self._whole = False
        self._level = 0.0
        self._before = 1.0
        self._dip: list[float] = []
        self._dipped_s = 0.0
        self._piece_s = 0.0
        self._else = 0
        self._louder = 0

    @property
    def waiting(self) -> bool:
        """Is there no burst, not even in a dip?"""
        return self._bins is None

    @property
    def hz(self) -> float | None:
        """Roughly the frequency of the burst, if there is one."""
        return None if self._bins is None else self._middle * BIN_HZ

    @property
    def age_s(self) -> float:
        """For how long there has been a burst."""
        return self._now_s - self._began_s

    @property
    def ongoing(self) -> Burst | None:
        """The burst that goes on, as far as it has come."""
        if self._bins is None:
            return None
        return Burst(self._began_s, self._dipped_s if self._dip else self._now_s, self._level, self._whole)

    def feed(self, batch: Batch) -> list[Burst]:
        """Take four frames; the bursts that ended in them."""
        self._history.append(batch.power)
        ended: list[Burst] = []
        own = self._own(batch)
        for number in range(TOGETHER):
            self._now_s = batch.began_s + number * HOP_S
            if self._bins is None:
                if self._wait(batch, number):
                    own = self._own(batch)
                continue
            burst = self._follow(batch, number, own[number])
            if burst is not None:
                ended.append(burst)
        return ended

    def under(self, batch: Batch) -> float:
        """The power in the batch that is not the burst's; 0 near its edges, which spread over all frequencies."""
        if self._bins is None or self._dip or self._now_s - self._began_s < _EDGES_S:
            return 0.0
        wide = batch.power[:, max(0, self._bins.start - _SPREAD) : self._bins.stop + _SPREAD]
        return max(0.0, sum(batch.band) - float(wide.sum())) / TOGETHER

    def _own(self, batch: Batch) -> list[float]:
        """The power of each frame in the bins of the burst."""
        if self._bins is None:
            return []
        own: list[float] = batch.power[:, self._bins].sum(axis=1).tolist()
        return own

    def _wait(self, batch: Batch, number: int) -> bool:
        """Between bursts: has one begun?"""
        heaped, middle = batch.heaped[number], batch.middle[number]
        if heaped < _SOFTEST or heaped < _SHARE * batch.band[number]:
            self._missed += 1
            self._candidate *= self._missed <= _MISSES
            return False
        if not self._candidate or abs(middle - self._middle) > _STEADY_BINS:
            self._candidate, self._middle, self._missed = 1, middle, 0
            return False
        self._candidate += 1
        self._middle += (middle - self._middle) / self._candidate
        if self._candidate < _CERTAIN:
            return False
        self._begin(batch, number)
        return True

    def _begin(self, batch: Batch, number: int) -> None:
        """Five like frames, of which this is the last: find the burst's bins, its level, and when it began."""
        frames = np.concatenate(self._history)
        last = len(frames) - TOGETHER + number
        heap = batch.heap[number]
        shape = frames[last - 3 : last + 1, heap : heap + HEAP].sum(axis=0)
        strong = np.flatnonzero(shape > _OWN * shape.max())
        self._bins = slice(heap + int(strong[0]), heap + int(strong[-1]) + 1)
        own = frames[: last + 1, self._bins].sum(axis=1)
        self._level = float(own[-3:].mean())
        amplitudes = np.sqrt(own / self._level).tolist()
        first = last - _CERTAIN + 1
        while first > 0 and amplitudes[first - 1] > 0.5 and first > last - _CERTAIN - 3:
            first -= 1
        while amplitudes[first] <= 0.5:
            first += 1
        at = self._now_s - (last - first) * HOP_S
        self._whole = first > 0 and min(amplitudes[max(0, first - 3) : first]) < _UNSEEN
        if self._whole:
            before, after = amplitudes[first - 1], amplitudes[first]
            self._began_s = at - (after - 0.5) / max(1e-9, after - before) * HOP_S
        else:
            self._began_s = max(0.0, at - WINDOW_S / 2)
        self._before, self._dip, self._else, self._louder = amplitudes[-1], [], 0, 0
        self._piece_s = self._began_s

    def _follow(self, batch: Batch, number: int, own: float) -> Burst | None:
        """Within a burst: is it still there?"""
        part = own / self._level
        amplitude = math.sqrt(part)
        ended: Burst | None = None
        if part < _OFF:
            if not self._dip:
                self._dipped_s = self._crossing(amplitude)
            self._dip.append(part)
            swelling = self._dipped_s - self._piece_s < _PIECE_S
            if len(self._dip) > _SHORT_DIP + swelling:
                return self._end(batch, number)
        else:
            if self._dip:
                back_s = self._crossing(amplitude)
                if min(self._dip) < _DEEP and self._dipped_s - self._piece_s > _PIECE_S:
                    ended = Burst(self._began_s, self._dipped_s, self._level, self._whole)
                    self._began_s, self._whole = back_s, True
                self._piece_s = back_s
            self._dip.clear()
            self._level += 0.1 * (own - self._level) if part < _LOUDER else 0.0
        self._before = amplitude
        self._louder = self._louder + 1 if part > _LOUDER else 0
        elsewhere = batch.heaped[number] > 2.0 * own and batch.heaped[number] > _SHARE * batch.band[number]
        self._else = self._else + 1 if elsewhere else 0
        if self._louder > 2 or self._else > 2:
            if not self._dip:
                self._dipped_s = self._now_s - 2.0 * HOP_S
            return self._end(batch, number)
        return ended

    def _crossing(self, amplitude: float) -> float:
        """When, between the last frame and this, the amplitude was half the burst's."""
        change = amplitude - self._before
        part = (0.5 - self._before) / change if change else 0.0
        return self._now_s - HOP_S * (1.0 - min(1.0, max(0.0, part)))

    def _end(self, batch: Batch, number: int) -> Burst:
        burst = Burst(self._began_s, self._dipped_s, self._level, self._whole)
        self._bins, self._dip = None, []
        self._candidate, self._middle = 0, 0.0
        # What ended it may be the begin of the next, whose first frames we have seen already.
        for earlier in range(max(0, number - 2), number + 1):
            self._wait(batch, earlier)
        return burst
