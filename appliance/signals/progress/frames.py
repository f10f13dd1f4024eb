"""What is on the line, 100 times a second: short spectra, and a tape of the last seconds.

Every 10 ms a frame of 32 ms is taken under a Hann window; frames are computed four at a time. A spectrum is scaled so
that its bins (31.25 Hz apart) add up to the mean square of the frame. Only 280 to 3400 Hz count: hum lies below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.signals.levels import RATE_HZ, Block, Samples
from appliance.signals.steps import Steps

WINDOW: Final = 256
HOP: Final = 80
TOGETHER: Final = 4
"""Frames computed at once: 40 ms of sound."""
HOP_S: Final = HOP / RATE_HZ
WINDOW_S: Final = WINDOW / RATE_HZ
BATCH_S: Final = TOGETHER * HOP_S
BIN_HZ: Final = RATE_HZ / WINDOW
LOW: Final = 9
HIGH: Final = 109
"""The bins that count."""
HEAP: Final = 9
"""Bins that belong together: two frequencies of one tone are at most 140 Hz apart."""
_LOUDEST: Final = 1e5
"""What a damaged float stream says beyond this is cut off."""

_HANN: Final = np.hanning(WINDOW + 1)[:-1]
_SCALE: Final = 2.0 / (WINDOW * float(np.square(_HANN).sum()))
_INDEX: Final = HOP * np.arange(TOGETHER)[:, None] + np.arange(WINDOW)
_EACH: Final = np.arange(TOGETHER)
_BINS: Final = np.arange(LOW - 1, HIGH, dtype=np.float64)
_KEPT: Final = 3 * RATE_HZ


@dataclass(frozen=True, slots=True)
class Batch:
    """Four frames in a row. `began_s`: the middle of the first; `power`: (4, 129); the rest: a number a frame.

    `band` is the power that counts. `heap` is the first of the nine neighbouring bins that hold most of it, `heaped`
    their power, `middle` its centre of gravity in bins.
    """

    began_s: float
    power: Samples
    band: list[float]
    heap: list[int]
    heaped: list[float]
    middle: list[float]


class Frames:
    """Cuts the stream into batches, and remembers its last three seconds."""

    def __init__(self) -> None:
        self._steps = Steps(HOP * (TOGETHER - 1) + WINDOW, HOP * TOGETHER)
        self._tape = np.zeros(2 * _KEPT)
        self._end = 0
        self._taped = 0

    @property
    def taped_s(self) -> float:
        """Where the tape ends."""
        return self._taped / RATE_HZ

    def feed(self, block: Block) -> Iterator[tuple[Batch, int]]:
        """The batches that `block` completes, each with the samples that had to be given for it.

        The tape ends with the batch that was taken last. What is no number counts as silence. Raises `ValueError`
        unless the block is one-dimensional.
        """
        if block.dtype.kind == "f":
            block = np.clip(np.nan_to_num(block), -_LOUDEST, _LOUDEST)
        position = self._steps.position
        for step in self._steps.feed(block):
            self._keep(step[: HOP * TOGETHER])
            position += HOP * TOGETHER
            yield _batch(step, position - HOP * TOGETHER), position + WINDOW - HOP

    def _keep(self, samples: Samples) -> None:
        if self._end + len(samples) > len(self._tape):
            self._tape[:_KEPT] = self._tape[self._end - _KEPT : self._end]
            self._end = _KEPT
        self._tape[self._end : self._end + len(samples)] = samples
        self._end += len(samples)
        self._taped += len(samples)

    def cut(self, began_s: float, ended_s: float) -> Samples:
        """What was on the line then, as far as the tape still (or already) has it."""
        first = max(round(began_s * RATE_HZ), self._taped - min(self._end, _KEPT), 0)
        last = min(round(ended_s * RATE_HZ), self._taped)
        offset = self._end - self._taped
        return self._tape[first + offset : max(first, last) + offset]


def _batch(step: Samples, position: int) -> Batch:
    spectra = np.fft.rfft(step[_INDEX] * _HANN)
    power: NDArray[np.float64] = (np.square(spectra.real) + np.square(spectra.imag)) * _SCALE
    sums = power[:, LOW - 1 : HIGH].cumsum(axis=1)
    sums -= sums[:, :1]
    heaps = sums[:, HEAP:] - sums[:, :-HEAP]
    heap = heaps.argmax(axis=1)
    heaped = heaps[_EACH, heap]
    moments = (power[:, LOW - 1 : HIGH] * _BINS).cumsum(axis=1)
    middle = (moments[_EACH, heap + HEAP] - moments[_EACH, heap]) / np.maximum(heaped, 1e-9)
    return Batch(
        began_s=(position + WINDOW // 2) / RATE_HZ,
        power=power,
        band=sums[:, -1].tolist(),
        heap=(heap + LOW).tolist(),
        heaped=heaped.tolist(),
        middle=middle.tolist(),
    )
