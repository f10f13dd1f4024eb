"""Change the rate of a stream of sound: most sound cards and recorders know nothing of 8000 samples a second.

Every output sample is a weighted sum of the input around its moment. The weights are a low-pass filter, kept for 256
places between two input samples; for a moment between two places they are mixed from both (-96 dB of difference).
Moments are counted in whole 2^-32 parts of an input sample, so that the same sound gives the same output in any
chunking, and nothing adds up over days. The ratio can be bent while sound flows, to follow another card's clock:
sound is stretched by that much and nothing is cut.

numpy only: the compiled resamplers in the Python index are no better at this rate, and one more thing to build on a Pi.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from appliance.signals.levels import Block

PASSED: Final = 0.425
"""Of the slower rate, the part up to which everything goes through as it is, within 0.1 dB: of 8000 a second 3400 Hz,
the telephone band (ITU-T G.712)."""
STOPPED: Final = 0.525
"""From here on everything is at least `REJECTION_DB` down; what lies in between may fold, but of 8000 a second only to
above 3800 Hz."""
REJECTION_DB: Final = 60.0
_BETA: Final = 0.1102 * (REJECTION_DB - 8.7)
"""Kaiser's rule for the window that rejects so much, as is the one for its length."""

_PLACES: Final = 256
_ONE: Final = 1 << 32
_PLACE_BITS: Final = 24
"""2^32 parts of a sample make 256 places of 2^24 parts."""
_AT_ONCE: Final = 1024
"""Output samples computed in one go: bounds the memory that a long block takes."""


class Resampler:
    """One direction of one stream, from `from_hz` to `to_hz` samples a second: above zero, else `ValueError`."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        if min(from_hz, to_hz) < 1:
            raise ValueError(f"sound of {from_hz} samples a second cannot be made into {to_hz}")
        self._ratio = from_hz / to_hz
        self._step = -(-from_hz * _ONE // to_hz)
        self._weights = _weights(from_hz, min(from_hz, to_hz))
        self._slopes = np.diff(self._weights, axis=0)
        taps = self._weights.shape[1]
        self._kept = np.zeros(taps // 2 - 1)
        self._at = 0
        self.delay_s = taps / 2 / from_hz
        """How long a sample waits for those after it."""

    def bend(self, ppm: float) -> None:
        """From now on, make so many millionths more output than the two rates would."""
        self._step = round(self._ratio / (1.0 + ppm * 1e-6) * _ONE)

    def feed(self, samples: Block) -> NDArray[np.int16]:
        """The output that `samples`, of any length, made possible: int16, clipped where it is too loud."""
        self._kept = np.concatenate((self._kept, samples))
        parts = []
        while (count := min(self._possible(), _AT_ONCE)) > 0:
            parts.append(self._compute(count))
        used = min(self._at >> 32, len(self._kept))
        self._kept, self._at = self._kept[used:], self._at - (used << 32)
        return np.concatenate(parts) if parts else np.zeros(0, np.int16)

    def finish(self) -> NDArray[np.int16]:
        """The last samples, as if silence followed: no more than the sound was long."""
        return self.feed(np.zeros(self._weights.shape[1] // 2))

    def _possible(self) -> int:
        """How many output samples have all their input."""
        end = len(self._kept) - self._weights.shape[1] + 1
        return max(0, int((end << 32) - self._at + self._step - 1) // self._step)

    def _compute(self, count: int) -> NDArray[np.int16]:
        moments = self._at + self._step * np.arange(count, dtype=np.int64)
        self._at += self._step * count
        around = sliding_window_view(self._kept, self._weights.shape[1])[moments >> 32]
        fractions = moments & (_ONE - 1)
        if not fractions.any():
            exact = np.einsum("ij,j->i", around, self._weights[0])
        else:
            places = fractions >> _PLACE_BITS
            beyond = (fractions & ((1 << _PLACE_BITS) - 1)) / (1 << _PLACE_BITS)
            exact = np.einsum("ij,ij->i", around, self._weights[places])
            if beyond.any():
                exact += beyond * np.einsum("ij,ij->i", around, self._slopes[places])
        rounded: NDArray[np.int16] = np.clip(np.rint(exact), -32768, 32767).astype(np.int16)
        return rounded


def _weights(from_hz: int, slower_hz: int) -> NDArray[np.float64]:
    """One row for each place between two input samples, and the first of the next; each row's sum is one."""
    edge = 2.0 * np.pi * (STOPPED - PASSED) * slower_hz / from_hz
    taps = 2 * round(((REJECTION_DB - 8.0) / (2.285 * edge) + 1.0) / 2.0)
    cutoff = (PASSED + STOPPED) * slower_hz / from_hz
    places = np.arange(_PLACES + 1) / _PLACES
    distances = np.arange(taps) - (taps // 2 - 1) - places[:, None]
    inside = np.clip(1.0 - np.square(2.0 * distances / taps), 0.0, None)
    rows = np.sinc(cutoff * distances) * np.i0(_BETA * np.sqrt(inside))
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))
