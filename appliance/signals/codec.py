"""Samples to and from the bytes that voice modems exchange.

8-bit linear PCM, unsigned (silence 0x80) or signed, carries the upper eight bits of a sample. Mu-law and A-law are
those of ITU-T G.711, whose scales of 14 and 13 bits are made to fill int16. What needs a memory is in `adpcm`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.signals.levels import Block


def _eighth_bit(samples: Block) -> NDArray[np.float64]:
    """Samples rounded and clipped to -128 ... 127."""
    return np.clip(np.rint(np.asarray(samples, dtype=np.float64) / 256.0), -128.0, 127.0)


def to_unsigned8(samples: Block) -> bytes:
    """One byte a sample, silence 0x80; rounded, and clipped where too loud."""
    return (_eighth_bit(samples) + 128.0).astype(np.uint8).tobytes()


def from_unsigned8(data: bytes) -> NDArray[np.int16]:
    """The samples of unsigned bytes."""
    return ((np.frombuffer(data, dtype=np.uint8).astype(np.int16) - 128) * 256).astype(np.int16)


def to_signed8(samples: Block) -> bytes:
    """One byte a sample, two's complement, silence 0x00; rounded, and clipped where too loud."""
    return _eighth_bit(samples).astype(np.int8).tobytes()


def from_signed8(data: bytes) -> NDArray[np.int16]:
    """The samples of signed bytes."""
    return (np.frombuffer(data, dtype=np.int8).astype(np.int16) * 256).astype(np.int16)


def _mulaw_values() -> NDArray[np.int16]:
    """The sample of each mu-law byte: sign, 3 bits of segment, 4 bits of step, all inverted (G.711, table 2a)."""
    code = ~np.arange(256) & 0xFF
    size = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -size, size).astype(np.int16)


def _alaw_values() -> NDArray[np.int16]:
    """The sample of each A-law byte: sign (set: positive), segment, step; every other bit inverted (table 1a)."""
    code = np.arange(256) ^ 0x55
    segment, step = (code & 0x70) >> 4, (code & 0x0F) << 4
    size = np.where(segment == 0, step + 8, (step + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


class _Companding:
    """A table of 256 samples, and the way back to the byte whose sample is the nearest."""

    def __init__(self, values: NDArray[np.int16]) -> None:
        self._values = values
        self._order = np.argsort(values, kind="stable").astype(np.uint8)
        self._borders = np.convolve(values[self._order].astype(np.float64), (0.5, 0.5), mode="valid")

    def encode(self, samples: Block) -> bytes:
        places = np.searchsorted(self._borders, np.asarray(samples, dtype=np.float64), side="right")
        return self._order[places].tobytes()

    def decode(self, data: bytes) -> NDArray[np.int16]:
        return self._values[np.frombuffer(data, dtype=np.uint8)]


_MULAW: Final = _Companding(_mulaw_values())
_ALAW: Final = _Companding(_alaw_values())


def to_mulaw(samples: Block) -> bytes:
    """One mu-law byte a sample, the nearest there is."""
    return _MULAW.encode(samples)


def from_mulaw(data: bytes) -> NDArray[np.int16]:
    """The samples of mu-law bytes."""
    return _MULAW.decode(data)


def to_alaw(samples: Block) -> bytes:
    """One A-law byte a sample, the nearest there is. A-law has no zero: silence is +-8."""
    return _ALAW.encode(samples)


def from_alaw(data: bytes) -> NDArray[np.int16]:
    """The samples of A-law bytes."""
    return _ALAW.decode(data)
