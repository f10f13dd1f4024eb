"""IMA ADPCM: four bits a sample, the difference from what both ends expect (Interactive Multimedia Association, 1992).

Conexant modems offer it as `+VSM=129`, and some recorders keep telephone calls in it. Encoder and decoder go on from
block to block, so one of each serves one stream. The earlier sample is in the lower half of a byte.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.signals.levels import Block

_STEPS: Final = (
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107,
    118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963,
    1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894,
    6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
    32767,
)  # fmt: skip
"""The quantiser's step sizes, each about 1.1 times the one before."""
_MOVES: Final = (-1, -1, -1, -1, 2, 4, 6, 8)
"""How the place in the table moves with the size of a difference."""
_SIGN: Final = 8


class _Expectation:
    """What both ends expect next: the sample, and how far off it will be."""

    def __init__(self, sample: int = 0, place: int = 0) -> None:
        self.sample = sample
        self.place = place

    def follow(self, code: int) -> int:
        """The sample that `code` means; expect the next one to be near it."""
        step = _STEPS[self.place]
        change = step >> 3
        if code & 4:
            change += step
        if code & 2:
            change += step >> 1
        if code & 1:
            change += step >> 2
        self.sample = min(max(self.sample - change if code & _SIGN else self.sample + change, -32768), 32767)
        self.place = min(max(self.place + _MOVES[code & 7], 0), len(_STEPS) - 1)
        return self.sample

    def code_for(self, sample: int) -> int:
        """The code that comes nearest to `sample` from below, in size."""
        code, rest = 0, sample - self.sample
        if rest < 0:
            code, rest = _SIGN, -rest
        step = _STEPS[self.place]
        for bit in (4, 2, 1):
            if rest >= step:
                code |= bit
                rest -= step
            step >>= 1
        return code


class AdpcmEncoder:
    """Samples to bytes, two samples in each; an odd one waits for the next block."""

    def __init__(self) -> None:
        self._expected = _Expectation()
        self._waiting: int | None = None

    def feed(self, samples: Block) -> bytes:
        """The bytes of a block of any length; what is too loud is clipped."""
        data = bytearray()
        for sample in np.clip(np.rint(np.asarray(samples, dtype=np.float64)), -32768, 32767).astype(int).tolist():
            code = self._expected.code_for(sample)
            self._expected.follow(code)
            if self._waiting is None:
                self._waiting = code
            else:
                data.append(self._waiting | code << 4)
                self._waiting = None
        return bytes(data)


class AdpcmDecoder:
    """Bytes to samples, two for each byte.

    A recording in blocks (WAV) tells at the begin of each what to expect: `sample`, and `place` in the table of steps
    (0 ... 88, else `ValueError`).
    """

    def __init__(self, sample: int = 0, place: int = 0) -> None:
        if not 0 <= place < len(_STEPS):
            raise ValueError(f"{place} is no place in the table of ADPCM steps; there are {len(_STEPS)}")
        self._expected = _Expectation(sample, place)

    def feed(self, data: bytes) -> NDArray[np.int16]:
        """The samples of these bytes."""
        follow = self._expected.follow
        return np.array([follow(code) for byte in data for code in (byte & 15, byte >> 4)], dtype=np.int16)
