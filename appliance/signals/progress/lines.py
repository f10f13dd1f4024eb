"""Which frequencies a stretch of sound consists of, to about 2 Hz.

A tone of an exchange is one, two or three *lines*: frequencies that stand still. The spectrum of a whole burst shows
them as narrow as the burst is long, so that 413 + 438 Hz, 425 Hz and 400 Hz modulated by 25 Hz are three different
things, and so that voices and noise, which move, do not look like lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from appliance.signals.levels import RATE_HZ, Samples

_LOW_HZ: Final = 290.0
_HIGH_HZ: Final = 3400.0
_MOST_LINES: Final = 4
_WEAKEST: Final = 10.0 ** (-16.0 / 10.0)
"""Of the strongest line: weaker ones are not looked for."""
_LONGEST: Final = 4096
_TRIMMED: Final = 64
"""Samples at each end that are left out: edges are round."""
SHORTEST_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Line:
    """One frequency and its mean square."""

    hz: float
    power: float


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a stretch, strongest first, and the mean square of all that was in it from 290 to 3400 Hz."""

    lines: tuple[Line, ...]
    total: float

    @property
    def purity(self) -> float:
        """The part of the power that its strongest three lines have, 0 to 1."""
        return min(1.0, sum(line.power for line in self.lines[:3]) / self.total) if self.total > 0.0 else 0.0


@cache
def _window(count: int) -> Samples:
    window = np.hanning(count + 2)[1:-1]
    return np.asarray(window / np.sqrt(np.square(window).sum()))


def lines(samples: Samples) -> Lines:
    """The lines of a burst, of its last half second if it is longer."""
    inner = samples[_TRIMMED : len(samples) - _TRIMMED]
    count = min(_LONGEST, len(inner)) // 80 * 80
    if count < SHORTEST_S * RATE_HZ - 2 * _TRIMMED:
        return Lines((), 0.0)
    inner = inner[len(inner) - count :]
    size = max(1024, 1 << (2 * count - 1).bit_length())
    spectrum = np.fft.rfft(inner * _window(count), size)
    power = (np.square(spectrum.real) + np.square(spectrum.imag)) * (2.0 / size)
    bin_hz = RATE_HZ / size
    first, last = round(_LOW_HZ / bin_hz), round(_HIGH_HZ / bin_hz)
    band = power[first:last]
    total = float(band.sum())
    lobe = int(2.0 * size / count) + 1
    found: list[Line] = []
    for _ in range(_MOST_LINES):
        peak = int(band.argmax())
        height = float(band[peak])
        if height <= 0.0:
            break
        low, high = max(0, peak - lobe), peak + lobe + 1
        strength = float(band[low:high].sum())
        if found and strength < _WEAKEST * found[0].power:
            break
        found.append(Line((first + peak + _vertex(band, peak)) * bin_hz, strength))
        band[low:high] = 0.0
    return Lines(tuple(sorted(found, key=lambda line: -line.power)), total)


def _vertex(band: Samples, peak: int) -> float:
    """Where between the bins the top lies, by a parabola through the logarithms."""
    if not 0 < peak < len(band) - 1:
        return 0.0
    left, top, right = (float(np.log(max(1e-9, value))) for value in band[peak - 1 : peak + 2])
    bend = left - 2.0 * top + right
    return 0.5 * (left - right) / bend if bend < 0.0 else 0.0
