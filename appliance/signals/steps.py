"""Cut a stream of blocks of any length into equal, overlapping steps.

Every receiver looks only at whole steps, so that it computes exactly the same numbers however the sound was delivered.
What is no number in a block of floats counts as silence, and nothing is louder than `LOUDEST`.
"""

from __future__ import annotations

from math import isnan
from typing import Final

import numpy as np

from appliance.signals.levels import FULL_SCALE, Block, Samples

LOUDEST: Final = 4.0 * FULL_SCALE
"""Two tones at the limit of the line, and as much again: more than that is no sound of a telephone line."""


def cleaned(block: Block) -> Samples:
    """The block as floats, all of them numbers within `LOUDEST`. Raises `ValueError` unless it is one-dimensional."""
    if block.ndim != 1:
        raise ValueError(f"a block of sound has one dimension, not {block.ndim}")
    if block.dtype == np.int16:
        return block.astype(np.float64)
    samples = np.clip(np.asarray(block, dtype=np.float64), -LOUDEST, LOUDEST)
    return np.nan_to_num(samples, nan=0.0) if isnan(samples @ samples) else samples


class Steps:
    """Steps of `length` samples, each `hop` samples after the one before (`hop` <= `length`).

    With `lead`, the stream counts as having been silent for so many samples before it began: a receiver that looks far
    back then has its first step after `length - lead` samples, at a negative `position`.
    """

    def __init__(self, length: int, hop: int, lead: int = 0) -> None:
        self._length = length
        self._hop = hop
        self._rest: Samples = np.zeros(lead)
        self.position = -lead
        """Where the next step begins, in samples since the start."""

    def feed(self, block: Block) -> list[Samples]:
        """The steps that `block` completes. Raises `ValueError` unless it is one-dimensional."""
        stream = np.concatenate((self._rest, cleaned(block)))
        count = max(0, (len(stream) - self._length) // self._hop + 1)
        steps = [stream[start : start + self._length] for start in range(0, count * self._hop, self._hop)]
        self._rest = stream[count * self._hop :]
        self.position += count * self._hop
        return steps
