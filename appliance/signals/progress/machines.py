"""Tells keys being dialled and clicks from the voice that they resemble: their level comes and goes like syllables.

It is asked only when a voice or music is about to be named, so that it may look closely.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from appliance.signals.generate import COLUMNS_HZ, ROWS_HZ
from appliance.signals.levels import Samples
from appliance.signals.progress.frames import BIN_HZ, HIGH, HOP, LOW, WINDOW

_KEY_OFF: Final = 0.03
"""How far off the frequencies of a key are found at most: 1.8 % and what a short frame adds."""
_KEY_SHARE: Final = 0.6
"""Of a frame's power, in one row and one column."""
_SOUNDS: Final = 0.03
"""Frames count that have this part of the loudest one's power (15 dB)."""
_WINDOW: Final = np.hanning(WINDOW + 1)[:-1]
_ROW_BINS: Final = slice(20, 32)
_COLUMN_BINS: Final = slice(36, 55)
_PIECE: Final = 20
"""2.5 ms: a click fills one or two."""
_CLICKS_FILL: Final = 20
_CLICKS_SHARE: Final = 0.97
"""A syllable of 100 ms has 0.9 of its power in its loudest 50 ms."""


def keyed_part(samples: Samples) -> float:
    """Of the frames with sound in them, the part (0 to 1) that is a row and a column of the keys and little else."""
    if len(samples) < WINDOW:
        return 0.0
    spectra = np.fft.rfft(sliding_window_view(samples, WINDOW)[::HOP] * _WINDOW)
    power = np.square(spectra.real) + np.square(spectra.imag)
    total = power[:, LOW:HIGH].sum(axis=1)
    sounding = total > _SOUNDS * total.max()
    row_hz, row_power = _strongest(power, _ROW_BINS)
    column_hz, column_power = _strongest(power, _COLUMN_BINS)
    keyed = (row_power + column_power > _KEY_SHARE * total) & _near(row_hz, ROWS_HZ) & _near(column_hz, COLUMNS_HZ)
    return float(np.count_nonzero(keyed & sounding)) / max(1, int(np.count_nonzero(sounding)))


def _strongest(power: Samples, among: slice) -> tuple[Samples, Samples]:
    """The strongest frequency of each frame among these bins, and its power."""
    each = np.arange(len(power))
    top = power[:, among].argmax(axis=1) + among.start
    below, at, above = (power[each, top + step] for step in (-1, 0, 1))
    # For a Hann window the amplitudes beside the top tell where between the bins it lies.
    left, middle, right = np.sqrt(below), np.sqrt(at), np.sqrt(above)
    beside = np.where(right > left, (2.0 * right - middle), -(2.0 * left - middle))
    where = beside / np.maximum(1e-9, middle + np.maximum(left, right))
    return (top + where) * BIN_HZ, below + at + above


def _near(hz: Samples, keys: tuple[float, ...]) -> NDArray[np.bool_]:
    near: NDArray[np.bool_] = (np.abs(hz[:, None] / np.array(keys) - 1.0) < _KEY_OFF).any(axis=1)
    return near


def is_clicks(samples: Samples) -> bool:
    """Is nearly all the power of half a second in a few instants?"""
    pieces = samples[: len(samples) // _PIECE * _PIECE].reshape(-1, _PIECE)
    power = np.sort(np.square(pieces).sum(axis=1))
    return bool(power[-_CLICKS_FILL:].sum() > _CLICKS_SHARE * power.sum())
