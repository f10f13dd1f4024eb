"""The front end of the caller-ID modems: only what lies around their two tones, as a complex signal.

A receiver of caller ID listens to an idle line, where hum, the last of the ringing voltage and steps of direct current
may be a hundred times stronger than the message. One linear-phase filter keeps 600 to 2800 Hz, and only the positive
frequencies of it, so that a tone of amplitude A becomes a vector of length A that turns at the tone's pitch.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.signals.levels import RATE_HZ, Samples

Vectors = NDArray[np.complex128]
"""One for each sample: the length is the amplitude, the turning is the pitch."""

_CENTRE_HZ: Final = 1700.0
"""Half way between mark and space, of Bell 202 and of V.23."""
_HALF_WIDTH_HZ: Final = 1150.0
_TAPS: Final = 49
DELAY: Final = _TAPS // 2
"""The filter looks so many samples to either side."""


def _filter() -> tuple[Samples, Samples]:
    """Real and imaginary part of the taps; of Hann's windows, as its stopband falls fast towards direct current."""
    place = np.arange(_TAPS) - DELAY
    low = np.sinc(2.0 * _HALF_WIDTH_HZ / RATE_HZ * place) * np.hanning(_TAPS + 2)[1:-1]
    wave = 2.0 * low / low.sum() * np.exp(2j * np.pi * _CENTRE_HZ / RATE_HZ * place)
    return np.ascontiguousarray(wave.real), np.ascontiguousarray(wave.imag)


_REAL, _IMAGINARY = _filter()
PASSED: Final = _REAL
"""The taps for the real part alone: they pass the band as it is."""


def vectors(sound: Samples) -> Vectors:
    """The vector of each sample, but for the first and last `DELAY`, which have not enough neighbours."""
    found: Vectors = np.empty(len(sound) - _TAPS + 1, dtype=np.complex128)
    found.real = np.convolve(sound, _REAL, mode="valid")
    found.imag = np.convolve(sound, _IMAGINARY, mode="valid")
    return found
