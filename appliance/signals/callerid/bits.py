"""From the sound of one message to its bytes, each bit with its margin.

The sound is read twice. At first each moment is judged by itself and its two neighbours, to find where bytes begin: at
every fall from mark to space after a stop bit. From this first reading we learn the message's own clock, how loud its
two tones are, and how the phase goes on from bit to bit; it is continuous, but the line's filters may shift one tone
against the other. With that each byte is judged again, by all its bits together and by each alone (`closest`).
"""

from __future__ import annotations

import cmath
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.signals.callerid.clicks import vectors_without_clicks
from appliance.signals.callerid.closest import AROUND, Reading, closest_bytes, each_bit_alone, gaps
from appliance.signals.callerid.front import DELAY, Vectors
from appliance.signals.callerid.modulate import BIT_HZ
from appliance.signals.levels import RATE_HZ, Samples, level

BIT: Final = RATE_HZ / BIT_HZ
"""In samples."""
_PER_BYTE: Final = 10
_WEIGHTS: Final = np.array([5.0, 6.0, 6.0, 6.0, 6.0, 6.0, 5.0]) / 6.0
"""They add up 6 2/3 samples around one: a bit."""
_STEP: Final = len(_WEIGHTS)
"""From a moment to its neighbours in the first reading: about a bit, in whole samples."""
_CENTRES: Final = np.arange(_PER_BYTE) + 0.5
_VALUES: Final = 1 << np.arange(8)
_SPACE, _MARK = 0, 1
_BITS: Final = (_SPACE, _MARK)
_LONGEST_MARK_BITS: Final = 60
_LEAST_FALL: Final = 0.2
"""How far into space the start bit must reach; the usual margin is ten times that, but mark in noise seldom does."""
_SPACES: Final = 0.8
"""Space is at least a fifth of a message: every byte has a start bit, and a date and a number are mostly zeros."""
_TWIST: Final = (0.3, 4.0)
_FRAME_SLACK: Final = 0.8
"""By how much a start or stop bit may miss its side in the first reading; the usual margin is three times that."""
_FRAME_MARGIN: Final = 0.7
"""The same in the second reading, as a part of the usual margin."""
_CLEARLY: Final = 5.0
_CLOCK_OFF: Final = 0.02
_CLOCK_JITTER: Final = 0.12
_LEAST_STARTS: Final = 4
_LEAST_EXAMPLES: Final = 6

LengthOf = Callable[[bytes], int]
"""How many bytes a message has that begins so, as far as that can be known; raises `BadMessage` if none does."""


class Broken(Exception):
    """There is no message, or its frame is damaged."""


@dataclass(frozen=True, slots=True)
class Tones:
    """The pitch of mark and space, in Hz."""

    mark_hz: float
    space_hz: float


@dataclass(frozen=True, slots=True)
class More:
    """The message goes on: read it again when there are so many `samples` of sound."""

    samples: int


@dataclass(frozen=True, slots=True)
class Whole:
    """All bytes of a message.

    `doubts`: byte and bit of every bit that may be wrong. `end`: where the last stop bit ends, in samples from the
    begin of the sound.
    """

    data: bytes
    doubts: tuple[tuple[int, int], ...]
    end: int
    dbm0: float


def read(sound: Samples, tones: Tones, mark_end: int, length_of: LengthOf, gap_bits: int) -> Whole | More:
    """Read a message whose first start bit comes about where the mark ends, or a little later.

    `gap_bits`: the most mark between two bytes. Raises `Broken`, and what `length_of` raises.
    """
    line = _Line(*vectors_without_clicks(sound), tones, mark_end - DELAY)
    starts: list[float] = []
    data = bytearray()
    wanted = 1
    soonest = None
    edge = mark_end - DELAY - 3.0 * BIT
    limit = edge + _LONGEST_MARK_BITS * BIT
    while len(data) < wanted:
        start = line.next_start(edge, limit, soonest)
        if start is None or start + (_PER_BYTE + 1) * BIT > line.end:
            if start is None and limit < line.end:
                raise Broken("no further byte comes")
            begin = max(edge, line.end) if start is None else start
            return More(int(begin + (wanted - len(data)) * _PER_BYTE * BIT + _STEP * 2) + 2 * DELAY + 1)
        start, byte = line.byte_at(start, last=len(data) + 1 == wanted > 1)
        starts.append(start)
        data.append(byte)
        wanted = length_of(bytes(data))
        soonest = start + _PER_BYTE * BIT
        edge = soonest - 0.4 * BIT
        limit = edge + gap_bits * BIT
    return line.read_again(np.array(starts), data)


class _Line:
    """What is heard, seen through one filter for each tone. Places are those of `heard`."""

    def __init__(self, heard: Vectors, clicks: NDArray[np.bool_], tones: Tones, mark_end: int) -> None:
        around = np.arange(_STEP) - _STEP // 2
        self._turn = 2.0 * np.pi / RATE_HZ * np.array([tones.space_hz, tones.mark_hz])
        self._tone = [np.convolve(heard, _WEIGHTS * np.exp(1j * turn * around), mode="same") for turn in self._turn]
        before, after = slice(max(0, mark_end - 160), max(1, mark_end - _STEP)), slice(max(0, mark_end), None)
        loud_mark = float(np.median(np.abs(self._tone[_MARK][before]))) / BIT
        spaces = np.abs(self._tone[_SPACE][after])
        loud_space = float(np.partition(spaces, int(_SPACES * len(spaces)))[int(_SPACES * len(spaces))]) / BIT
        self._loud = (min(max(loud_space, _TWIST[0] * loud_mark), _TWIST[1] * loud_mark) + 1e-9, loud_mark + 1e-9)
        self._spoilt = np.convolve(clicks, np.ones(_STEP), mode="same") > 0.0
        self.end = len(heard) - _STEP
        self._judge()

    def _judge(self) -> None:
        """How much more mark than space there is at each sample, as a part of the whole way."""
        advances = np.add.outer(self._turn, self._turn) * (_STEP / 2.0)
        weighed = [loud * tone for loud, tone in zip(self._loud, self._tone, strict=True)]
        energy = [loud * loud * BIT for loud in self._loud]
        fits = []
        for bit in _BITS:
            here = weighed[bit][_STEP:-_STEP]
            best = np.full(len(here), -np.inf)
            for before, after in product(_BITS, _BITS):
                whole = here + weighed[before][: -2 * _STEP] * cmath.exp(1j * advances[before, bit])
                whole += weighed[after][2 * _STEP :] * cmath.exp(-1j * advances[bit, after])
                np.maximum(best, 2.0 * np.abs(whole) - energy[bit] - energy[before] - energy[after], out=best)
            fits.append(best)
        more = fits[_MARK] - fits[_SPACE]
        more = np.where(more < 0.0, more / energy[_SPACE], more / energy[_MARK])
        self._more_mark = np.pad(more, _STEP)
        self._in_space = np.flatnonzero(self._more_mark < -_LEAST_FALL)
        self._in_mark = np.flatnonzero(self._more_mark > 0.0)

    def next_start(self, edge: float, limit: float, soonest: float | None) -> float | None:
        """Where the first start bit from `edge` (in mark) to `limit` begins; `soonest`, if there is no mark."""
        place = int(np.searchsorted(self._in_space, edge))
        if place == len(self._in_space) or self._in_space[place] > limit:
            return None
        last = int(np.searchsorted(self._in_mark, self._in_space[place])) - 1
        if last < 0 or self._in_mark[last] < edge - BIT / 2.0:
            if soonest is None:
                raise Broken("there is no mark")
            return soonest
        fall = int(self._in_mark[last])
        high, low = self._more_mark[fall : fall + 2].tolist()
        return float(fall + high / (high - low))

    def byte_at(self, start: float, last: bool) -> tuple[float, int]:
        """The byte whose start bit begins about there, and where it begins by the evidence of all its edges.

        Sound may end with the last byte, and fade out in its stop bit.
        """
        bits = self._bits_at(start)
        edges = start + np.arange(1, _PER_BYTE) * BIT
        place = edges.astype(np.intp)
        part = edges - place
        at_edges = self._more_mark[place] * (1.0 - part) + self._more_mark[place + 1] * part
        is_mark = (bits > 0.0).astype(np.float64)
        rise = is_mark[1:] - is_mark[:-1]
        whole_way = 2.0 * float(np.abs(bits).mean()) / BIT
        late = float(-(at_edges * rise).sum() / whole_way / (1.0 + np.abs(rise).sum()))
        start += min(max(late, -BIT / 4.0), BIT / 4.0)
        bits = self._bits_at(start)
        if bits[0] > _FRAME_SLACK or (bits[-1] < -_FRAME_SLACK and not last):
            raise Broken("a byte lacks its start or stop bit")
        return start, int((bits[1:9] > 0.0) @ _VALUES)

    def _bits_at(self, start: float) -> Samples:
        return np.asarray(self._more_mark[np.rint(start + _CENTRES * BIT).astype(np.intp)])

    def read_again(self, starts: Samples, data: bytearray) -> Whole:
        """The same bytes by the second, better reading."""
        starts, bit = _by_one_clock(starts)
        seen = [self._around(b, starts, bit) for b in _BITS]
        first = np.ones((len(data), _PER_BYTE), dtype=np.intp)
        first[:, 0] = _SPACE
        first[:, 1:9] = (np.frombuffer(bytes(data), dtype=np.uint8)[:, None] & _VALUES) != 0
        inside = [one[:, AROUND:-AROUND] for one in seen]
        loud = [_typical(np.abs(inside[b][first == b]), self._loud[b] * BIT) for b in _BITS]
        advances = _advances(inside, first, self._turn * bit)
        together = closest_bytes(seen, first, gaps(starts, bit), loud, advances)
        # Noise is overcome by looking at many bits together, an echo by looking at each alone: the eye tells which.
        margins = each_bit_alone(seen, loud)
        places = np.rint(starts[:, None] + _CENTRES * bit).astype(np.intp)
        spoilt = self._spoilt[np.clip(places, 0, len(self._spoilt) - 1)]
        _check_frame(margins, spoilt)
        alone, spoilt = Reading(margins[:, 1:9]), spoilt[:, 1:9]
        reading = alone if _CLEARLY * alone.closed(spoilt) < together.closed(spoilt) else together
        power = (loud[_MARK] ** 2 + loud[_SPACE] ** 2) / (4.0 * BIT * BIT)
        return Whole(
            data=reading.data,
            doubts=reading.doubts(spoilt),
            end=int(starts[-1] + _PER_BYTE * bit) + DELAY,
            dbm0=level(power),
        )

    def _around(self, tone: int, starts: Samples, bit: float) -> Vectors:
        """(bytes, bits): one tone in the middle of each bit of the bytes, and of `AROUND` bits to either side."""
        places = starts[:, None] + (np.arange(-AROUND, _PER_BYTE + AROUND) + 0.5) * bit
        return self._between(self._tone[tone], self._turn[tone], places)

    def _between(self, tone: Vectors, turn: float, places: Samples) -> Vectors:
        """The vectors at places between samples."""
        low = np.clip(places.astype(np.intp), 0, len(tone) - 2)
        part = places - low
        ahead = np.exp(1j * turn * part)
        return np.asarray(ahead * (tone[low] * (1.0 - part) + tone[low + 1] * cmath.exp(-1j * turn) * part))


def _by_one_clock(starts: Samples) -> tuple[Samples, float]:
    """The starts as one clock tells them, and its bit; the gaps between bytes are whole bits as a rule."""
    if len(starts) < _LEAST_STARTS:
        return starts, BIT
    bits = np.concatenate(([0.0], np.cumsum(np.rint(np.diff(starts) / BIT))))
    bit, begin = np.polyfit(bits, starts, 1)
    fitted = begin + bit * bits
    even = np.sqrt(np.square(fitted - starts).mean()) < _CLOCK_JITTER * BIT
    return (fitted, float(bit)) if even and abs(bit / BIT - 1.0) < _CLOCK_OFF else (starts, BIT)


def _check_frame(margins: Samples, spoilt: NDArray[np.bool_]) -> None:
    """Raises `Broken` if a start or stop bit is clearly not what it must be; the last one may fade out."""
    limit = _FRAME_MARGIN * float(np.median(np.abs(margins)))
    no_start = (margins[:, 0] > limit) & ~spoilt[:, 0]
    no_stop = (margins[:-1, -1] < -limit) & ~spoilt[:-1, -1]
    if no_start.any() or no_stop.any():
        raise Broken("a byte lacks its start or stop bit")


def _typical(lengths: Samples, otherwise: float) -> float:
    return float(np.median(lengths)) if len(lengths) else otherwise


def _advances(seen: list[Vectors], bits: NDArray[np.intp], turn: Samples) -> Samples:
    """(2, 2): by how much the phase advances from the middle of a bit to that of the next, as this message tells."""
    advances = np.add.outer(turn, turn) / 2.0
    for before, after in product(_BITS, _BITS):
        here = (bits[:, :-1] == before) & (bits[:, 1:] == after)
        if here.sum() >= _LEAST_EXAMPLES:
            advances[before, after] = np.angle((seen[after][:, 1:][here] * seen[before][:, :-1][here].conj()).sum())
    return advances
