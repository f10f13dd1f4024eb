"""Tells voices from music, and both from noise, keys and silence.

A voice does what nothing else on a line does at once: its level rises and falls with the syllables, and its harmonics
do not stand still. Half a second is looked at every 80 ms; a sum of the two, fitted to the corpus in
`bench/corpus/progress.py`, is the evidence for a voice, or against it. It is added up, and a voice is named when there
is enough, about 0.4 s after it began. Music is the opposite: for three seconds most of its power is in lines that stand
still, but not always the same ones.

What tones leave is not counted, and what was there already under the bursts of a tone, a call that is heard faintly
through another, is no answer.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from appliance.signals.generate import COLUMNS_HZ, ROWS_HZ
from appliance.signals.levels import FLOOR_DBM0, RATE_HZ, Samples, level, power
from appliance.signals.progress.frames import BATCH_S, HIGH, HOP, HOP_S, LOW, TOGETHER, WINDOW, Batch, Frames
from appliance.signals.progress.machines import is_clicks, keyed_part

_HALF_S: Final = 0.512
_FRAMES: Final = 48
"""In half a second."""
_RANGE_DB: Final = 20.0
_SOFTEST_DBM0: Final = -45.0
"""A frame sounds if it is louder than this, and within that range of the loudest."""
_SOFTEST_VOICE_DBM0: Final = -41.0
"""Softer is crosstalk; a voice of -35 dBm0 must be heard."""
_SHORTEST: Final = 5
"""Frames in a row with sound: a click fills fewer."""
_APART: Final = 3
"""Levels 30 ms apart are compared: neighbours overlap."""
_LINES: Final = 24
"""Bins of the half second's spectrum that eight lines fill."""
_SIZE: Final = 4096
_BIN_HZ: Final = RATE_HZ / _SIZE
_FIRST: Final = round(280.0 / _BIN_HZ)
_LAST: Final = round(3400.0 / _BIN_HZ)
_WINDOW: Final = np.hanning(_SIZE + 1)[:-1]
_NOTCH: Final = round(30.0 / _BIN_HZ)
"""What is taken out of the spectrum on both sides of the frequencies of a tone."""

_STEADY: Final = 0.6
_MOVES_MOST_DB: Final = 4.0
_EDGE_DB: Final = 5.0
"""An edge of noise or of a tone moves the level, too, but only once."""
_STEP: Final = 2.0
_ENOUGH: Final = 4.0
"""The most that one look adds to the evidence, and when it is enough."""
_LEAST_ACTIVE: Final = 0.2
"""Of half a second with sound in it: 100 ms."""
_DOUBT: Final = 3.0
_LIKE_NOISE: Final = 0.18
"""Evidence so weak is doubtful, unless white noise (0.1 of which stands still) explains it."""
_CLEAR: Final = -1.0
_OLDEST_PIECE: Final = 320
_LEAST_PIECES: Final = 5
_LAGS: Final = (27, 101)
"""Samples: 300 and 80 Hz."""
_REPEATS: Final = 0.68
_REPEATS_NOT: Final = 0.55
"""Voiced speech repeats itself to 0.7 ... 0.97, noise of any colour to 0.25 ... 0.5."""
_CALM_VOICE: Final = 1.5
_HOARSE: Final = 1.5
_PIECE: Final = np.hanning(WINDOW + 1)[:-1]
_OF_PIECE: Final = np.fft.irfft(np.square(np.abs(np.fft.rfft(_PIECE, 2 * WINDOW))))[: _LAGS[1]]
_PIECE_LIKE: Final = _OF_PIECE[0] / _OF_PIECE
"""So a piece of sound that repeats itself for ever is as like itself later as at once, though the window fades."""
_AS_LOUD_DB: Final = 6.0
_ABOVE: Final = 5.0
"""A voice has so many times the power of what was heard under the tone before (7 dB)."""
_STEADY_NOISE: Final = 2.5
"""Between its softest and its loudest 40 ms, noise differs by less than this."""
_FADES: Final = 0.998
"""A batch: what was heard under a tone is forgotten by 1 dB in four seconds."""

_CHECKS_AFTER_MUSIC: Final = 15
"""Looks (1.2 s) that a voice must convince when there was music."""
_MUSIC_CHECKS: Final = 38
_MUSIC_ACTIVE: Final = 0.5
_MUSIC_SHARE: Final = 0.8
"""Of the looks of three seconds, so many have so much sound."""
_MUSIC_STEADY: Final = 0.62
"""Music has 0.75 and more on average, speech 0.4."""
_MUSIC_NOTES: Final = 3
_MUSIC_S: Final = 3.0
_DIALLED: Final = 0.38
"""So many of the frames of dialling are keys, and more; of speech hardly ever 0.25."""
_NOTE: Final = 0.5
_ANOTHER_NOTE: Final = 1.03
"""Half a semitone."""

_SILENCE: Final = power(-42.0)
_SILENCE_S: Final = 2.5
_SILENCE_AFTER_TONE_S: Final = 6.5
"""No pause of a cadence is so long."""
_KEY_OFF: Final = 0.022
_KEY_SHARE: Final = 0.5
"""A key is pressed where a row and a column, so near to nominal, have this part of the power."""
_KEY_LOBE: Final = 12
_ROW_BAND: Final = (round(660.0 / _BIN_HZ) - _FIRST, round(1000.0 / _BIN_HZ) - _FIRST)
_COLUMN_BAND: Final = (round(1150.0 / _BIN_HZ) - _FIRST, round(1720.0 / _BIN_HZ) - _FIRST)


@dataclass(frozen=True, slots=True)
class _Half:
    """Half a second: the part of it with sound, how much of the power stands still (0 to 1), the evidence for a voice
    (negative: against it), the strongest frequency, whether that is a key being pressed, the level of what sounds."""

    active: float
    steady: float
    voiced: float
    strongest_hz: float
    keyed: bool
    level_dbm0: float


def _voiced(steady: float, moves_db: float) -> float:
    """The evidence for a voice by how much of the power stands still, and how much the level moves."""
    moves = min(moves_db, _MOVES_MOST_DB)
    standing = 2.1 * min(steady, _STEADY) + 13.4 * max(0.0, steady - _STEADY)
    return 3.9 * moves - 0.7 * min(moves, 1.5) - standing - 3.7


class Sounds:
    """Feed it every batch, and say which of its frames belong to a tone."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque([FLOOR_DBM0] * _FRAMES, maxlen=_FRAMES)
        self._halves: deque[_Half | None] = deque(maxlen=_MUSIC_CHECKS)
        self._evidence = 0.0
        self._under = 0.0
        self._under_newest = 0.0
        self._under_most = 0.0
        self._under_least = 0.0
        self._quiet_s = 0.0
        self._odd = False
        self._repeated = False
        self._lasting = 0
        self._voice_dbm0 = FLOOR_DBM0
        self.fresh = False
        """Has something been decided about the newest half second in this batch?"""

    def feed(self, batch: Batch, in_tone: bool, under: float, tone: tuple[float, ...], frames: Frames) -> None:
        """Take four frames. `in_tone`: they are a tone, `under` which there is so much power; `tone`: the frequencies
        of the last one."""
        self._listen_under(under)
        for power_of_frame in batch.band:
            self._levels.append(FLOOR_DBM0 if in_tone else level(power_of_frame))
        loud = in_tone or sum(batch.band) > TOGETHER * _SILENCE
        self._quiet_s = 0.0 if loud else self._quiet_s + BATCH_S
        self._odd = not self._odd
        self.fresh = False
        if self._odd:
            return
        self.fresh = True
        before = self._halves[-1] if self._halves else None
        self._repeated = not (in_tone or self._repeated or self._evidence or before is None or before.voiced > _CLEAR)
        if self._repeated:  # Steady noise and music need not be looked at so often.
            self._halves.append(before)
            return
        half = None if in_tone else self._half(tone, frames)
        self._halves.append(half)
        if half is None:
            self._evidence = max(0.0, self._evidence - 0.5)
        else:
            step = max(-2.0 * _STEP, min(_STEP, half.voiced))
            certain = self._evidence >= _ENOUGH
            self._evidence = max(0.0, min(2.0 * _ENOUGH, self._evidence + step))
            if self._evidence >= _ENOUGH and not certain and _is_machine(frames):
                self._evidence = 0.0
        self._lasting = self._lasting + 1 if self._evidence >= _ENOUGH else 0

    def _listen_under(self, under: float) -> None:
        """Under a tone noise stays as loud as it is, a voice does not. The last piece before an end is not counted."""
        self._under *= _FADES
        counted, self._under_newest = (self._under_newest if under > 0.0 else 0.0), under
        if counted <= 0.0:
            self._under_most = self._under_least = 0.0
            return
        self._under_most = max(self._under_most, counted)
        self._under_least = min(self._under_least or counted, counted)
        if self._under_most > _STEADY_NOISE * self._under_least:
            self._under = max(self._under, self._under_most)

    def mask(self, seconds: float) -> None:
        """The last so many seconds were a tone after all."""
        for number in range(1, min(_FRAMES, round(seconds / HOP_S)) + 1):
            self._levels[-number] = FLOOR_DBM0

    def _half(self, tone: tuple[float, ...], frames: Frames) -> _Half | None:
        """The last half second, unless there is hardly anything in it."""
        floor = max(max(self._levels) - _RANGE_DB, _SOFTEST_DBM0)
        if sum(each > floor for each in self._levels) < _LEAST_ACTIVE * _FRAMES:
            return None
        levels = np.array(self._levels)
        active = _without_clicks(levels > floor)
        count = int(np.count_nonzero(active))
        if count < _LEAST_ACTIVE * _FRAMES:
            return None
        both = active[_APART:] & active[:-_APART]
        moves = np.minimum(np.abs(levels[_APART:] - levels[:-_APART]), _EDGE_DB)
        samples = frames.cut(frames.taped_s - _HALF_S, frames.taped_s)
        steady, hz, keyed = _steadiness(samples, tone)
        moves_db = float(moves @ both) / max(1, int(np.count_nonzero(both)))
        voiced = -_STEP if keyed else _voiced(steady, moves_db)
        doubtful = abs(voiced) < _DOUBT and (voiced > 0.0 or steady > _LIKE_NOISE)
        if doubtful and steady < _STEADY and not keyed:
            voiced = _by_harmonics(voiced, active, samples)
        return _Half(
            active=count / _FRAMES,
            steady=steady,
            voiced=voiced,
            strongest_hz=hz,
            keyed=keyed,
            level_dbm0=float(levels @ active) / count,
        )

    # ---------------------------------------------------------------- what it is

    def is_voice(self, *, after_music: bool = False) -> bool:
        """Is there enough evidence, and is it new? Drums sound like syllables, but not for long."""
        half = self._halves[-1] if self._halves else None
        if half is None or self._lasting < (_CHECKS_AFTER_MUSIC if after_music else 1):
            return False
        self._voice_dbm0 = half.level_dbm0
        return half.level_dbm0 > max(_SOFTEST_VOICE_DBM0, level(_ABOVE * self._under))

    @property
    def is_doubtful(self) -> bool:
        """Does what goes on as loud as the voice was look less like one?"""
        half = self._halves[-1] if self._halves else None
        return half is not None and self._evidence < _ENOUGH and half.level_dbm0 > self._voice_dbm0 - _AS_LOUD_DB

    def is_music(self, frames: Frames) -> bool:
        """Three seconds of lines that stand still, and are replaced by others?"""
        halves = [half for half in self._halves if half is not None and half.active > _MUSIC_ACTIVE]
        if len(halves) < _MUSIC_SHARE * _MUSIC_CHECKS or self._evidence > 0.5 * _ENOUGH:
            return False
        if sum(half.steady for half in halves) < _MUSIC_STEADY * len(halves):
            return False
        softest_dbm0 = min(half.level_dbm0 for half in halves)
        if _notes(halves) < _MUSIC_NOTES or softest_dbm0 < level(_ABOVE * self._under):
            return False
        return keyed_part(frames.cut(frames.taped_s - _MUSIC_S, frames.taped_s)) < _DIALLED

    def is_silence(self, since_tone_s: float) -> bool:
        """Nothing for longer than any pause?"""
        return self._quiet_s > _SILENCE_S and since_tone_s > _SILENCE_AFTER_TONE_S


def _is_machine(frames: Frames) -> bool:
    """Is what moves like a voice somebody dialling, or clicks?"""
    samples = frames.cut(frames.taped_s - _HALF_S, frames.taped_s)
    return is_clicks(samples) or keyed_part(samples) > _DIALLED


def _by_harmonics(voiced: float, active: NDArray[np.bool_], samples: Samples) -> float:
    """In doubt, what repeats itself 80 to 300 times a second is a voice that is calm, and what does not is noise."""
    if len(samples) < _SIZE:
        return voiced
    # The tape ends a little before the newest frame; every other frame that sounds is taken from it.
    pieces = sliding_window_view(samples, WINDOW)[_OLDEST_PIECE :: 2 * HOP][active[1 : _FRAMES - 1 : 2]]
    if len(pieces) < _LEAST_PIECES:
        return voiced
    spectra = np.fft.rfft(pieces * _PIECE, 2 * WINDOW)
    power_of_bins = np.square(spectra.real) + np.square(spectra.imag)
    power_of_bins[:, : 2 * LOW] = 0.0
    power_of_bins[:, 2 * HIGH :] = 0.0
    like = np.fft.irfft(power_of_bins)[:, : _LAGS[1]] * _PIECE_LIKE
    repeats = float((like[:, _LAGS[0] :].max(axis=1) / np.maximum(1e-9, like[:, 0])).mean())
    if repeats > _REPEATS:
        return _CALM_VOICE
    return voiced - _HOARSE if repeats < _REPEATS_NOT else voiced


def _without_clicks(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Only what lasts."""
    padded = np.zeros(len(active) + 2, dtype=np.bool_)
    padded[1:-1] = active
    edges = np.flatnonzero(padded[1:] != padded[:-1]).tolist()
    for began, ended in zip(edges[::2], edges[1::2], strict=True):
        if ended - began < _SHORTEST:
            active[began:ended] = False
    return active


def _steadiness(samples: Samples, tone: tuple[float, ...]) -> tuple[float, float, bool]:
    """The part of the power that stands still in a few lines, without those of a tone; the strongest frequency; and
    whether most of it is a row and a column of the keys."""
    spectrum = np.fft.rfft(samples * _WINDOW[_SIZE - len(samples) :], _SIZE)[_FIRST:_LAST]
    band = np.square(spectrum.real) + np.square(spectrum.imag)
    for hz in tone:
        place = round(hz / _BIN_HZ) - _FIRST
        band[max(0, place - _NOTCH) : max(0, place + _NOTCH)] = 0.0
    total = float(band.sum())
    if total <= 0.0:
        return 0.0, 0.0, False
    strongest = int(band.argmax())
    keyed = _is_key(band, strongest, total)
    band.partition(len(band) - _LINES)
    return float(band[-_LINES:].sum()) / total, (_FIRST + strongest) * _BIN_HZ, keyed


def _is_key(band: Samples, strongest: int, total: float) -> bool:
    """Are a row and a column most of it?"""
    if not _near(strongest, ROWS_HZ) and not _near(strongest, COLUMNS_HZ):
        return False
    row = _ROW_BAND[0] + int(band[slice(*_ROW_BAND)].argmax())
    column = _COLUMN_BAND[0] + int(band[slice(*_COLUMN_BAND)].argmax())
    if not _near(row, ROWS_HZ) or not _near(column, COLUMNS_HZ):
        return False
    lobes = band[row - _KEY_LOBE : row + _KEY_LOBE].sum() + band[column - _KEY_LOBE : column + _KEY_LOBE].sum()
    return bool(lobes > _KEY_SHARE * total)


def _near(place: int, keys: tuple[float, ...]) -> bool:
    hz = (_FIRST + place) * _BIN_HZ
    return any(abs(hz / key - 1.0) < _KEY_OFF for key in keys)


def _notes(halves: list[_Half]) -> int:
    """How many different strongest frequencies there are, the keys of a telephone not counted."""
    found: list[float] = []
    for half in halves:
        hz = half.strongest_hz
        if half.steady < _NOTE or half.keyed:
            continue
        if all(not 1.0 / _ANOTHER_NOTE < hz / other < _ANOTHER_NOTE for other in found):
            found.append(hz)
    return len(found)
