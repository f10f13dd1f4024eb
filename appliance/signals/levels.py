"""How loud: between samples and dBm0.

A full-scale sine (peak 32768) is +3.14 dBm0, as ITU-T G.711 defines for A-law; the level of anything else is that of
the sine with the same power.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 8000
FULL_SCALE_DBM0: Final = 3.14
FLOOR_DBM0: Final = -99.0
FULL_SCALE: Final = 32768.0

Samples = NDArray[np.float64]
"""One-dimensional, 8000 a second, in units of int16."""
Block = NDArray[np.float64] | NDArray[np.int16]
"""What receivers take: `Samples`, or the same as int16."""


def amplitude(dbm0: float) -> float:
    """The peak of a sine of this level, in units of int16."""
    return float(FULL_SCALE * 10.0 ** ((dbm0 - FULL_SCALE_DBM0) / 20.0))


def power(dbm0: float) -> float:
    """The mean square of a signal of this level: half the squared peak of the sine."""
    return amplitude(dbm0) ** 2 / 2.0


def level(mean_square: float) -> float:
    """The level in dBm0 of a mean square, never below `FLOOR_DBM0`."""
    ratio = mean_square * 2.0 / FULL_SCALE**2
    return max(FLOOR_DBM0, 10.0 * math.log10(ratio) + FULL_SCALE_DBM0) if ratio > 0.0 else FLOOR_DBM0


def dbm0(samples: Block) -> float:
    """The RMS level of a block; `FLOOR_DBM0` for silence and for an empty block."""
    if len(samples) == 0:
        return FLOOR_DBM0
    wide = np.asarray(samples, dtype=np.float64)
    return level(float(wide @ wide) / len(wide))
