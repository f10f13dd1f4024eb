"""The most probable bytes, by comparing the sound of each with all 256 that it could be.

Of a byte we hear ten bits, and a few of its neighbours' to either side. The phase goes on from bit to bit, so the sound
of all these bits together is one long wave; whichever of the 256 waves fits best is the byte. A wave that differs in a
single bit slips in phase from there on, and a long stretch shows that even if the bit itself was drowned by noise.
(The theory is that of multiple-symbol detection of continuous-phase modulation, Osborne and Luntz 1974.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.signals.callerid.front import Vectors
from appliance.signals.levels import Samples

AROUND: Final = 2
"""Bits of the neighbours that are heard with a byte, on either side."""
_SPACE, _MARK = 0, 1
_PER_BYTE: Final = 10
_HALF: Final = 4
_VALUES: Final = 1 << np.arange(8)
_POOREST: Final = 10.0
"""How steeply a bit's weight falls: one without any margin weighs as much as 150 with half the usual margin."""
_DOUBTFUL: Final = 0.3
"""A bit whose margin is less than that, of the usual margin, may be wrong."""
_DOUBTFUL_IF_SPOILT: Final = 0.6
"""The same where a click was taken out."""
_NIBBLES: Final = np.arange(16)
_IN_NIBBLE: Final = (_NIBBLES[:, None] >> np.arange(_HALF)) & 1
_MIRRORED: Final = _IN_NIBBLE @ (8 >> np.arange(_HALF))
"""Each nibble with its bits in the opposite order."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Bytes, and (bytes, 8) the margin of each bit: above zero for mark, below for space."""

    margins: Samples

    @property
    def data(self) -> bytes:
        """The bytes."""
        return ((self.margins > 0.0) @ _VALUES).astype(np.uint8).tobytes()

    def closed(self, spoilt: NDArray[np.bool_]) -> float:
        """How far the eye is closed by what has no clicks in it; the poorest bits count most."""
        sizes = np.abs(self.margins)
        return float(np.exp(-_POOREST * sizes / np.median(sizes))[~spoilt].sum())

    def doubts(self, spoilt: NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
        """Byte and bit of every bit that may be wrong."""
        sizes = np.abs(self.margins)
        limit = np.median(sizes) * np.where(spoilt, _DOUBTFUL_IF_SPOILT, _DOUBTFUL)
        return tuple((byte, bit) for byte, bit in np.argwhere(sizes < limit).tolist())


def each_bit_alone(seen: list[Vectors], loud: list[float]) -> Samples:
    """(bytes, 10): the margin of every bit as its own sound tells, whatever its neighbours are."""
    fits = [2.0 * loud[b] * np.abs(seen[b][:, AROUND:-AROUND]) - loud[b] ** 2 for b in (_SPACE, _MARK)]
    return np.asarray(fits[_MARK] - fits[_SPACE])


def gaps(starts: Samples, bit: float) -> NDArray[np.intp]:
    """Bits of mark after each byte but the last."""
    return np.maximum(np.rint(np.diff(starts) / bit).astype(np.intp) - _PER_BYTE, 0)


def closest_bytes(
    seen: list[Vectors], first: NDArray[np.intp], after: NDArray[np.intp], loud: list[float], advances: Samples
) -> Reading:
    """The bytes that fit best, and by how much better than the best that differs in one given bit.

    `seen` for space and mark: (bytes, 10 + 2 * AROUND), the tone in each bit. `first`: (bytes, 10), the bits as first
    read, which the neighbours are taken to be; `after` the gaps between bytes; `loud` how long the vectors of both
    tones are; `advances` (2, 2) by how much the phase advances from a bit to the next.
    """
    weighed = np.array([loud[_SPACE] * seen[_SPACE], loud[_MARK] * seen[_MARK]])
    turn = np.exp(1j * advances)
    energy = np.square(loud)
    left = _up_to_start(weighed, _before(first, after), turn)
    last = np.zeros(1, dtype=np.intp)
    for place in range(_HALF):
        left, last = _one_more(left, last, weighed[:, :, AROUND + 1 + place], turn)
    right = _down_to_stop(weighed, *_behind(first, after), turn.conj())
    next_ = np.ones(1, dtype=np.intp)
    for place in range(_HALF):
        right, next_ = _one_more(right, next_, weighed[:, :, AROUND + 8 - place], turn.conj().T)
    # They stand in the order of their bits as these were put in: the right half has its last bit first.
    right = right[_MIRRORED]
    joint = turn.conj()[_IN_NIBBLE[:, -1][:, None], _IN_NIBBLE[:, 0]]
    cost = energy[_IN_NIBBLE].sum(axis=1)
    fit = 2.0 * np.abs(left[:, None] + joint[..., None] * right[None]) - np.add.outer(cost, cost)[..., None]
    return _best(fit)


def _one_more(
    waves: Vectors, bits: NDArray[np.intp], tones: Vectors, turn: Vectors
) -> tuple[Vectors, NDArray[np.intp]]:
    """Every wave, which ends with its bit, twice: gone on with a space and with a mark."""
    gone_on = [waves * turn[bits, bit][:, None] + tones[bit] for bit in (_SPACE, _MARK)]
    return np.concatenate(gone_on), np.repeat((_SPACE, _MARK), len(bits))


def _before(first: NDArray[np.intp], after: NDArray[np.intp]) -> NDArray[np.intp]:
    """(bytes, AROUND): the bits before each byte; mark before the first, and in the gaps."""
    place = np.arange(-AROUND, 0) + np.concatenate(([AROUND], after))[:, None]
    earlier = np.vstack((np.ones((1, _PER_BYTE), dtype=np.intp), first[:-1]))
    found = np.take_along_axis(earlier, np.minimum(place, -1) + _PER_BYTE, axis=1)
    return np.where(place >= 0, _MARK, found)


def _behind(first: NDArray[np.intp], after: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """(bytes, AROUND): the bits behind each byte, and whether they are known; nothing is behind the last."""
    place = np.arange(AROUND) - np.concatenate((after, [AROUND]))[:, None]
    later = np.vstack((first[1:], np.ones((1, _PER_BYTE), dtype=np.intp)))
    found = np.take_along_axis(later, np.maximum(place, 0), axis=1)
    known = np.ones(found.shape, dtype=np.bool_)
    known[-1] = False
    return np.where(place < 0, _MARK, found), known


def _up_to_start(weighed: Vectors, before: NDArray[np.intp], turn: Vectors) -> Vectors:
    """(1, bytes): the wave up to and with the start bit."""
    each = np.arange(len(before))
    wave = np.zeros(len(before), dtype=np.complex128)
    bits = np.column_stack((before, np.zeros(len(before), dtype=np.intp)))
    for place in range(AROUND):
        wave = (wave + weighed[bits[:, place], each, place]) * turn[bits[:, place], bits[:, place + 1]]
    return (wave + weighed[_SPACE, :, AROUND])[None]


def _down_to_stop(weighed: Vectors, behind: NDArray[np.intp], known: NDArray[np.bool_], turn: Vectors) -> Vectors:
    """(1, bytes): the wave from its far end back to the stop bit."""
    each = np.arange(len(behind))
    wave = np.zeros(len(behind), dtype=np.complex128)
    bits = np.column_stack((np.ones(len(behind), dtype=np.intp), behind))
    for place in range(AROUND, 0, -1):
        heard = weighed[bits[:, place], each, AROUND + _PER_BYTE - 1 + place] * known[:, place - 1]
        wave = (wave + heard) * turn[bits[:, place - 1], bits[:, place]]
    return (wave + weighed[_MARK, :, AROUND + _PER_BYTE - 1])[None]


def _best(fit: Samples) -> Reading:
    """The best of (16 low, 16 high, bytes)."""
    margins = []
    for best in (fit.max(axis=1), fit.max(axis=0)):
        for place in range(_HALF):
            is_mark = _IN_NIBBLE[:, place] == _MARK
            margins.append(best[is_mark].max(axis=0) - best[~is_mark].max(axis=0))
    return Reading(np.array(margins).T)
