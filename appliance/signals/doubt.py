"""Was it a finger? How much a burst of two tones looks like a key, and how much like a voice.

A key begins at once, its two tones stand still in strength and frequency, and there is nothing else that was not there
before: noise, hum and dial tone go on underneath, while a voice brings its own harmonics. What a voice holds so still
is short. Each thing that a key does not do adds to the doubt. The weights were found on the corpora of `bench`: in 18
hours of synthetic speech in five languages nothing has less than 1.2; of keys at the limits of ITU-T Q.24, 99 % or
more have less than 1 in noise 15 dB below them, over a dial tone, or with an echo.

A key too loud for the line is cut off at top and bottom, which makes other tones between and above its two. They are
no voice: what was cut off is put back first.

`seen` are the samples that `tones` were made of; both end now.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from appliance.signals.burst import HOP, SHORTLY_BEFORE, TONES_HZ, Burst, Tones, centre, off_tune_hz, unbroken
from appliance.signals.levels import RATE_HZ, Samples

_NEAR_HZ: Final = 0.015 * TONES_HZ + 2.0
"""What Q.24 wants taken."""
_FAR_HZ: Final = 0.025 * TONES_HZ + 1.0
"""Half way to what must not be taken."""

_REACH: Final = 36


def _above_dial_tone() -> Samples:
    """A filter of 2 * `_REACH` + 1 taps: 450 Hz and less weaker by 40 dB, 480 Hz by 23 dB; 680 Hz and more pass."""
    place = np.arange(-_REACH, _REACH + 1)
    low = np.sinc(2.0 * 575.0 / RATE_HZ * place) * np.kaiser(len(place), 3.4)
    whole = np.zeros(len(place))
    whole[_REACH] = 1.0
    return np.asarray(whole - low / low.sum())


_FILTER: Final = _above_dial_tone()
_TRIM: Final = 0.9
"""The loudest tenth of what is left over does not count: clicks are short."""
_TRIMMED_SINE: Final = 0.8
"""What remains of the power of a sine then."""
_BEFORE: Final = 60
_BACKGROUND: Final = 200
"""Samples: the background is measured over 25 ms that end 7.5 ms before the burst. It may be a little weak there."""
_LEAST_BACKGROUND: Final = 80
_CHANCE: Final = 1.5
_MOST_NOISE: Final = 0.2
"""Of the key's power, 7 dB below it: what was louder before is no noise, and excuses nothing beyond that."""
_MOST_SOUND: Final = 480
"""Samples that are enough to tell a key by, 60 ms."""
_LEAST_SOUND: Final = 80
"""Samples: less than 10 ms between two holes tells nothing."""

_CUT_EDGE: Final = 0.02
"""Of all from the lowest to the highest sample: so close to either, one may have been cut off."""
_MOST_AT_EDGES: Final = 0.08
"""Of the samples: two tones spend 3 % of their time there, tones that are cut off by 3 dB some 20 %."""
_LEAST_WHOLE: Final = 0.2
"""Of the samples: less tells nothing about the rest."""

_PER_LEFT_OVER: Final = 10.0
_PER_NEW: Final = 4.0
_PER_LOW: Final = 8.0
_PER_LOUD_BEFORE: Final = 1.2
_LOUD: Final = 0.25
_PER_DECADE_OF_LOW: Final = 0.3
_PER_EARLY: Final = 5.0
_PER_FAR_OFF: Final = 1.0
_PER_RARE_KEY: Final = 0.2
"""No telephone has the fourth column."""
_PER_TWIST_DB: Final = 0.3
_PER_MS_SHORT: Final = 0.09
_LONG_MS: Final = 36.0
"""What looks like a key in speech seldom lasts so long; until then only a pure one is believed."""
_VERY_LONG_MS: Final = 56.0
_EXCUSED: Final = 3.5
"""So much less counts then what is left over, if the noise before was stronger: keys of 60 ms are heard at 8 dB."""
_FOURTH: Final = len(TONES_HZ) - 1
_USUAL_TWIST_DB: Final = (-8.5, 6.0)
"""Column over row. Q.24 wants -8 ... +4 dB; an echo makes that a little more."""
_UNSEEN_BEGIN: Final = 0.2
"""As if a fifth of the burst's strength had been there before it began."""
IMPOSSIBLE: Final = 99.0


def doubt(
    burst: Burst, tones: Tones, seen: Samples, key: tuple[int, int], *, began: int = 0, echo: bool = False
) -> float:
    """How little the burst looks like a key: 0 if it could not be purer; a voice seldom has less than 1.5.

    `key` is row and column as places in `TONES_HZ`; the line is known from sample `began` of `seen` on. When a key
    went up a moment ago, its `echo` may still be there.
    """
    places = list(key)
    off_hz = off_tune_hz(burst, tones, TONES_HZ[places])
    if (np.abs(off_hz) > _FAR_HZ[places]).any():
        return IMPOSSIBLE
    far = np.clip(2.0 * (np.abs(off_hz) - _NEAR_HZ[places]) / (_FAR_HZ[places] - _NEAR_HZ[places]), 0.0, 1.0)
    twist_db = 20.0 * float(np.log10(burst.strength[1] / burst.strength[0]))
    twisted = max(_USUAL_TWIST_DB[0] - twist_db, twist_db - _USUAL_TWIST_DB[1], 0.0)
    return (
        _PER_FAR_OFF * float(far.sum())
        + _PER_RARE_KEY * (key[1] == _FOURTH)
        + _PER_TWIST_DB * twisted
        + _PER_MS_SHORT * max(_LONG_MS - burst.lasted_ms, 0.0)
        + _PER_EARLY * (0.0 if echo else _early(burst, tones))
        + _impurity(burst, tones, seen, TONES_HZ[places] + off_hz, began)
    )


def _early(burst: Burst, tones: Tones) -> float:
    """How much of both tones there was shortly before the burst, against their strength: a finger does not fade in."""
    if burst.first - burst.offset < SHORTLY_BEFORE:
        return 0.0 if burst.begin_seen else _UNSEEN_BEGIN
    return float((np.abs(tones[burst.first - SHORTLY_BEFORE]) / burst.strength).min())


def _impurity(burst: Burst, tones: Tones, seen: Samples, hz: Samples, began: int) -> float:
    """What else there is within the burst, against the power of its two tones, which are `hz`."""
    seen = _restored(seen, centre(burst.first, tones, seen), centre(burst.last, tones, seen), hz)
    power, left, low = _rest(burst, tones, seen, hz)
    if not power:
        return IMPOSSIBLE
    before, low_before = _before(seen, centre(burst.first, tones, seen) - _BEFORE, began, low)
    noise = min(before, _MOST_NOISE * power)
    new = max(0.0, left - _CHANCE * noise)
    new_low = max(0.0, min(now - _CHANCE * then for now, then in zip(low, low_before, strict=True)))
    long = min(max(burst.lasted_ms - _LONG_MS, 0.0) / (_VERY_LONG_MS - _LONG_MS), 1.0)
    left_over = (_PER_LEFT_OVER - _EXCUSED * long * (noise > left)) * left
    found = (left_over + _PER_NEW * new + _PER_LOW * new_low) / power
    return (
        found
        + _PER_LOUD_BEFORE * min(before / power, _LOUD)
        + _PER_DECADE_OF_LOW * float(np.log10(1.0 + min(low) / power))
    )


def _rest(burst: Burst, tones: Tones, seen: Samples, hz: Samples) -> tuple[float, float, tuple[float, float]]:
    """The power of two sines that stand still, of what is left over of their band, and of what lies low."""
    power = 0.0
    left, low = [], []
    for piece in unbroken(burst):
        begin = centre(int(piece[0]), tones, seen) + HOP // 2
        end = centre(int(piece[-1]), tones, seen) - HOP // 2
        begin = max(begin, end - _MOST_SOUND)
        if end - begin < _LEAST_SOUND:
            continue
        high, below = _split(seen, begin, end)
        waves = np.exp(2j * np.pi / RATE_HZ * np.multiply.outer(hz, np.arange(end - begin)))
        base = np.vstack((waves.real, waves.imag))
        fit = np.linalg.solve(base @ base.T, base @ high) @ base
        power += float(fit @ fit)
        left.append(np.square(high - fit))
        low.append(np.square(below))
    if not left:
        return 0.0, 0.0, (0.0, 0.0)
    squares = np.concatenate(left)
    return power / len(squares), _trimmed(squares), _powers(np.concatenate(low))


def _restored(seen: Samples, begin: int, end: int, hz: Samples) -> Samples:
    """The same sound, but where too loud a key was cut off, what its two sines are there, by the rest of them."""
    sound = seen[begin:end]
    top, bottom = float(sound.max()), float(sound.min())
    edge = _CUT_EDGE * (top - bottom)
    high, low = sound > top - edge, sound < bottom + edge
    whole = ~(high | low)
    share = np.count_nonzero(whole) / len(sound)
    if not _LEAST_WHOLE < share < 1.0 - _MOST_AT_EDGES:
        return seen
    waves = np.exp(2j * np.pi / RATE_HZ * np.multiply.outer(hz, np.arange(len(sound))))
    base = np.vstack((waves.real, waves.imag, np.ones(len(sound))))
    known = base[:, whole]
    try:
        fit = np.linalg.solve(known @ known.T, known @ sound[whole]) @ base
    except np.linalg.LinAlgError:
        return seen
    restored = seen.copy()
    restored[begin:end] = np.where(high, np.maximum(sound, fit), np.where(low, np.minimum(sound, fit), sound))
    return restored


def _trimmed(squares: Samples) -> float:
    """The power of a sound by its squared samples, without its clicks."""
    return float(np.sort(squares)[: int(_TRIM * len(squares))].sum()) / (len(squares) * _TRIMMED_SINE)


def _powers(squares: Samples) -> tuple[float, float]:
    """Two powers of what lies low, by its squared samples: the mean; and the median, which a click does not change."""
    return float(squares.sum()) / len(squares), float(np.partition(squares, len(squares) // 2)[len(squares) // 2])


def _before(seen: Samples, end: int, began: int, low_powers: tuple[float, float]) -> tuple[float, tuple[float, float]]:
    """The power in the keys' band before a burst, and the powers below it.

    Where the line begins with a burst, it may begin with a dial tone too: as if that had been there before.
    """
    begin = max(end - _BACKGROUND, began + _REACH)
    if end - begin < _LEAST_BACKGROUND:
        return 0.0, low_powers
    high, low = _split(seen, begin, end)
    return float(high @ high) / len(high), _powers(np.square(low))


def _split(seen: Samples, begin: int, end: int) -> tuple[Samples, Samples]:
    """These samples, parted at 575 Hz; without a constant offset."""
    high = np.convolve(seen[begin - _REACH : end + _REACH], _FILTER, "valid")
    low = seen[begin:end] - high
    return high, low - low.mean()
