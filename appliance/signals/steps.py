"""Cut a stream of blocks of any length into equal, overlapping steps.

Every receiver looks only at whole steps, so that it computes exactly the same numbers however the sound was delivered.
"""

from __future__ import annotations

import numpy as np

from appliance.signals.levels import Block, Samples


class Steps:
    """Steps of `length` samples, each `hop` samples after the one before (`hop` <= `length`)."""

    def __init__(self, length: int, hop: int) -> None:
        self._length = length
        self._hop = hop
        self._rest: Samples = np.zeros(0)
        self.position = 0
        """Where the next step begins, in samples since the start."""

    def feed(self, block: Block) -> list[Samples]:
        """The steps that `block` completes. Raises `ValueError` unless it is one-dimensional."""
        if block.ndim != 1:
            raise ValueError(f"a block of sound has one dimension, not {block.ndim}")
        stream = np.concatenate((self._rest, np.asarray(block, dtype=np.float64)))
        count = max(0, (len(stream) - self._length) // self._hop + 1)
        steps = [stream[start : start + self._length] for start in range(0, count * self._hop, self._hop)]
        self._rest = stream[count * self._hop :]
        self.position += count * self._hop
        return steps
