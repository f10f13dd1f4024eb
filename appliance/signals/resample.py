"""Sound of any rate as sound of another rate, as it comes: recordings made at 44100 a second are heard at 8000.

Each sample that goes out is a weighted sum of those that came in around its moment; the weights are a sinc under a
Kaiser window, one set for each of the places between two samples that can occur. From 44100 to 8000 a second the band
up to 3.4 kHz passes within 0.1 dB and what would fold back is at least 60 dB down. The moment of sample `n` is exactly
`n / rate`: nothing is late by the length of the filter.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from appliance.signals.levels import Samples

_CROSSINGS: Final = 32
"""Zeros of the sinc on either side: the length of the filter in samples of the slower rate."""
_KAISER_BETA: Final = 6.5
_PASSED: Final = 0.93
"""The middle of the filter's edge, as a part of half the slower rate."""
_PLACES: Final = 1024
"""Rates with more places between two samples than that (44101, say) use the nearest of so many, which leaves 55 dB."""


class Resampler:
    """From `from_hz` to `to_hz` samples a second: whole numbers above zero, else `ValueError`."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        if from_hz < 1 or to_hz < 1:
            raise ValueError(f"sound of {from_hz} samples a second cannot be made into {to_hz}")
        divisor = int(np.gcd(from_hz, to_hz))
        self._step, self._of = from_hz // divisor, to_hz // divisor
        """Each sample goes `step / of` samples further."""
        slower = min(1.0, to_hz / from_hz)
        self._half = int(np.ceil(_CROSSINGS / slower))
        self._places = min(self._of, _PLACES)
        self._weights = _weights(self._half, self._places, slower * _PASSED)
        self._rest: Samples = np.zeros(self._half - 1)
        self._first = 1 - self._half
        """The number of the first sample in `rest`."""
        self._made = 0

    def feed(self, block: NDArray[np.generic]) -> Samples:
        """What `block`, of any length, makes certain."""
        stream = np.concatenate((self._rest, np.asarray(block, dtype=np.float64)))
        known = self._first + len(stream) - self._half
        ends = max(self._made, -(-known * self._of // self._step))
        whole, part = np.divmod(np.arange(self._made, ends) * self._step, self._of)
        made: Samples = np.zeros(0)
        if len(whole):
            around = sliding_window_view(stream, 2 * self._half)[whole - self._half + 1 - self._first]
            made = np.einsum("ij,ij->i", around, self._weights[part * self._places // self._of])
        keep_from = ends * self._step // self._of - self._half + 1
        self._rest = stream[keep_from - self._first :]
        self._first, self._made = keep_from, ends
        return made

    def finish(self) -> Samples:
        """The last samples, as if silence followed: in all there are `ceil(count * to_hz / from_hz)`."""
        return self.feed(np.zeros(self._half))


def _weights(half: int, places: int, passed: float) -> Samples:
    """(places, 2 * half): for each place after a sample, the weights of the samples around it; their sum is one."""
    away = np.arange(1 - half, half + 1) - (np.arange(places) / places)[:, None]
    window = np.i0(_KAISER_BETA * np.sqrt(np.maximum(0.0, 1.0 - np.square(away / half))))
    weights = np.sinc(passed * away) * window
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
