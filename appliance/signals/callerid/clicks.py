"""Take clicks out of a message: they are short, but the filter in front of the modems would make them long.

A click is far higher than the rest of the sound. In its place is put what fits its neighbours best: the samples that
the filter would pass unchanged (the limit of the iteration of Papoulis and Gerchberg).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.signals.callerid.front import DELAY, PASSED, Vectors, vectors
from appliance.signals.levels import Samples

_SLOW: Final = np.full(7, 1.0 / 7.0)
"""The mean of so many samples follows hum and ringing, but has next to nothing of our tones."""
_COMMON: Final = 0.9
_HIGH: Final = 1.4
"""Times what one sample in ten reaches: neither tone is so high, whichever is the stronger."""
_LOUD: Final = 1.6
"""Times as high again: no noise in which a message can be read."""
_MOST: Final = 150
_DAMPING: Final = 1.1
"""Above one, so that a long hole is not filled with something large."""


def vectors_without_clicks(sound: Samples) -> tuple[Vectors, NDArray[np.bool_]]:
    """As `front.vectors`, of the sound without its clicks; and for each vector, whether a loud one was there."""
    slow = np.convolve(sound, _SLOW, mode="same")
    height = np.abs(sound - slow)
    common = int(_COMMON * len(height))
    limit = _HIGH * float(np.partition(height, common)[common])
    high = height > limit
    if not high.any():
        return vectors(sound), high[DELAY:-DELAY]
    # A click lifts the mean around it, so that its neighbours look high as well: take the mean of the others.
    others = np.maximum(np.convolve(~high, _SLOW, mode="same"), _SLOW[0])
    slow = np.convolve(np.where(high, 0.0, sound), _SLOW, mode="same") / others
    height = np.abs(sound - slow)
    places = np.flatnonzero(high & (height > limit))
    loud = (high & (height > _LOUD * limit))[DELAY:-DELAY]
    mended = sound.copy()
    mended[places] = slow[places]
    seen = vectors(mended)
    if not 0 < len(places) <= _MOST:
        return seen, loud
    mended[places] += _passed_unchanged(places, np.pad(seen.real, DELAY)[places])
    return vectors(mended), loud


def _passed_unchanged(places: NDArray[np.intp], by_others: Samples) -> Samples:
    """Samples for these places, where the filter passes `by_others` of all the other samples."""
    apart = places[:, None] - places
    passed = np.where(np.abs(apart) <= DELAY, PASSED[np.clip(apart + DELAY, 0, 2 * DELAY)], 0.0)
    return np.asarray(np.linalg.solve(_DAMPING * np.eye(len(places)) - passed, by_others))
