"""Samples to and from the bytes that voice modems exchange.

8-bit linear PCM, unsigned (silence 0x80) or signed, carries the upper eight bits of a sample. Mu-law is ITU-T G.711,
with the 14-bit scale of that text doubled twice to fill int16.
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


_MULAW: Final = _mulaw_values()
_MULAW_ORDER: Final = np.argsort(_MULAW, kind="stable").astype(np.uint8)
_MULAW_BORDERS: Final = np.convolve(_MULAW[_MULAW_ORDER].astype(np.float64), (0.5, 0.5), mode="valid")


def to_mulaw(samples: Block) -> bytes:
    """One mu-law byte a sample, the nearest there is."""
    places = np.searchsorted(_MULAW_BORDERS, np.asarray(samples, dtype=np.float64))
    return _MULAW_ORDER[places].tobytes()


def from_mulaw(data: bytes) -> NDArray[np.int16]:
    """The samples of mu-law bytes."""
    return _MULAW[np.frombuffer(data, dtype=np.uint8)]
