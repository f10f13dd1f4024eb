"""Keeping what was heard: tapes that run with the clock, and WAV files that any program can play.

A `Tape` takes blocks with the time at which they ended, so that sample `n` was on the wire at `began + n / RATE_HZ`; a
stretch in which nobody recorded is silence on it. It holds int16 (16 kB a second), because a rehearsal may last hours.
"""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hardware.simulated.loop import BLOCK_S, RATE_HZ, Samples

FULL_SCALE = 32767.0


class Tape:
    """What went over one direction of a line, aligned with the clock."""

    def __init__(self) -> None:
        self.began: float | None = None
        self._bytes = bytearray()

    def add(self, block: Samples, at: float) -> None:
        """Keep a block that ended at `at`; times must not go back."""
        start = at - len(block) / RATE_HZ
        if self.began is None:
            self.began = start
        gap = round((start - self.began) * RATE_HZ) - len(self._bytes) // 2
        if gap > 0:
            self._bytes.extend(bytes(2 * gap))
        self._bytes.extend(to_int16(block).tobytes())

    def sound(self) -> NDArray[np.int16]:
        """Everything so far, as a copy."""
        return np.frombuffer(bytes(self._bytes), dtype=np.int16)

    def between(self, since: float, until: float) -> NDArray[np.int16]:
        """What was on the wire from `since` to `until`, in seconds of the clock; shorter where the tape is."""
        if self.began is None:
            return np.zeros(0, dtype=np.int16)
        first, last = (max(0, round((moment - self.began) * RATE_HZ)) for moment in (since, until))
        return np.frombuffer(bytes(self._bytes[2 * first : 2 * last]), dtype=np.int16)

    @property
    def seconds(self) -> float:
        """Length of the tape."""
        return len(self._bytes) / 2 / RATE_HZ


class NoTape(Tape):
    """Runs without recording, where memory matters more than the sound."""

    def add(self, block: Samples, at: float) -> None:
        if self.began is None:
            self.began = at - BLOCK_S


def to_int16(block: Samples) -> NDArray[np.int16]:
    """Round to whole steps; what is louder than full scale is clipped."""
    return np.clip(np.rint(block), -FULL_SCALE - 1, FULL_SCALE).astype(np.int16)


def write_wav(path: Path, sound: NDArray[np.int16]) -> None:
    """Write 16-bit mono, 8000 samples a second.

    Raises:
        OSError: the file cannot be written.
    """
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(sound.astype("<i2").tobytes())
