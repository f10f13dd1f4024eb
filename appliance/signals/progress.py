"""Hear how a call fares: dial tone, ringback, busy, congestion, the special information tone, or a voice.

Every 20 ms the last 40 ms (a window) are projected on an orthonormal basis for each *pitch*, a set of frequencies
that some tone of the country has. A pitch is on when its basis holds nearly all the energy; it stays on until more
than half of a window is without it, measured against the burst's own level, however loud the noise between bursts is.
A window that is only partly filled tells by how much, so bursts and pauses are measured to a few milliseconds,
although windows begin only every 20.

Their lengths are then laid against the cadences of the country (+-15 %):

* continuous for 1.8 s: dial tone (no ringback of that pitch is on for so long);
* three lengths in a row (burst, pause, burst, or pause, burst, pause) that fit: that tone;
* the end of a first burst whose length fits ringback and nothing else of its pitch: ringback;
* three pitches in turn: the special information tone.

Sound that is no tone and rises and falls, 300 ms out of 500, is a voice. Steady noise is none, nor are pure tones of
other pitch (keys, fax, a foreign PBX).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.acts import Heard
from appliance.signals.countries import Cadence, Country, Tone
from appliance.signals.levels import FLOOR_DBM0, RATE_HZ, Block, Samples, level, power
from appliance.signals.steps import Steps

_WINDOW: Final = 320
_HOP: Final = 160
_HOP_S: Final = _HOP / RATE_HZ
_WINDOW_S: Final = _WINDOW / RATE_HZ

_SHARE: Final = 0.7
_SHARE_KEPT: Final = 0.3
_BALANCE: Final = 0.1
"""Of two frequencies the weaker has at least this part of the stronger's power, or it is another tone."""
_DROP_WIDE: Final = 0.33
_DROP_PAIR: Final = 0.15
"""Off is when the energy falls below this part of the burst's: a window 0.4 filled. A hole of 20 ms leaves more."""
_MOSTLY: Final = 0.9
_HALF: Final = 0.5
_LEAST_ENERGY: Final = _WINDOW * power(-42.0)

_DETUNE_HZ: Final = 12.0
_SIT_DETUNE_HZ: Final = 25.0
_NARROW_HZ: Final = 35.0
"""Frequencies so close (Australia, Japan) are one pitch, which beats; 40 ms always hold some of it."""

_SHORTEST_S: Final = 0.06
"""Shorter bursts are speech."""
_TOLERANCE: Final = 0.15
_SLACK_S: Final = 0.03
_DIAL_S: Final = 1.8
_SIT_BURST_S: Final = (0.22, 0.45)
_SIT_GAP_S: Final = 0.1
_FORGET_S: Final = 9.0
"""After a pause longer than any cadence has, what comes is a new tone."""

_VOICE_POWER: Final = power(-38.0)
_SOUND_POWER: Final = power(-45.0)
_VOICE_OF: Final = 25
_VOICE_LEAST: Final = 15
_VOICE_TRIM: Final = 3
_VOICE_SPREAD_DB: Final = 2.5
"""A voice rises and falls; the level of white noise, in pieces of 20 ms, has a deviation of 0.5 dB."""
_PURE: Final = 0.9
"""A window in which two spectral lines hold this much is a pair of tones, not a voice."""
_HANN: Final = np.hanning(_WINDOW + 2)[1:-1]


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """What the far end sounds like from now on. `at`: when that was certain, in samples since the start."""

    heard: Heard
    at: int


@dataclass(frozen=True, slots=True)
class _Pitch:
    """A set of frequencies and the columns of the receiver's basis that span it; a balance is asked of true pairs."""

    frequencies: tuple[float, ...]
    basis: Samples
    solve: Samples | None

    @staticmethod
    def of(frequencies: tuple[float, ...], detune_hz: float) -> _Pitch:
        """A pair as it is; one frequency, or a narrow pair, with room for exchanges that are out of tune."""
        if max(frequencies) - min(frequencies) > _NARROW_HZ:
            waves = _waves(frequencies)
            return _Pitch(frequencies, _orthonormal(waves), np.asarray(np.linalg.pinv(waves).T, dtype=np.float64))
        middle = sum(frequencies) / len(frequencies)
        around = tuple(middle + part * detune_hz for part in (-1.0, 0.0, 1.0))
        return _Pitch(frequencies, _orthonormal(_waves(around)), None)

    def near(self, frequencies: tuple[float, ...]) -> bool:
        """Would a receiver hear these frequencies as this pitch?"""
        narrow = max(frequencies) - min(frequencies) <= _NARROW_HZ
        if self.solve is not None or not narrow:
            return self.frequencies == frequencies
        return abs(sum(self.frequencies) / len(self.frequencies) - sum(frequencies) / len(frequencies)) < _DETUNE_HZ

    @property
    def drop(self) -> float:
        """The part of the burst's energy below which the pitch is off."""
        return _DROP_WIDE if self.solve is None else _DROP_PAIR

    def filled(self, part: float) -> float:
        """How much of a window is filled whose energy is `part` of a full one's.

        The projection on a pair goes with the length, its energy with the square. The wide basis of a single frequency
        follows the edge, so its energy goes with the length.
        """
        return min(1.0, part if self.solve is None else part**0.5)

    def balanced(self, window: Samples) -> bool:
        """Does each of a pair have its part?"""
        if self.solve is None:
            return True
        parts = np.square(window @ self.solve).reshape(2, -1).sum(axis=0)
        return bool(parts.min() > _BALANCE * parts.max())


def _waves(frequencies: tuple[float, ...]) -> Samples:
    """(window, 2n): all the cosines, then all the sines."""
    turns = np.multiply.outer(np.arange(_WINDOW), 2.0 * np.pi / RATE_HZ * np.asarray(frequencies))
    return np.hstack((np.cos(turns), np.sin(turns)))


def _orthonormal(waves: Samples) -> Samples:
    """A basis of what the waves span, without the directions in which they differ by next to nothing."""
    vectors, sizes, _ = np.linalg.svd(waves, full_matrices=False)
    return np.asarray(vectors[:, sizes > 0.03 * sizes[0]])


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A tone with a cadence, in seconds: burst, pause, burst, pause ... of one period."""

    heard: Heard
    pitch: int
    lengths: tuple[float, ...]

    @property
    def needed(self) -> int:
        """How many lengths in a row must fit."""
        return max(3, len(self.lengths) - 1)

    def fits(self, measured: list[float], ends_in_burst: bool) -> bool:
        """Do the last lengths fit this cadence, wherever in it they begin?"""
        recent = measured[-self.needed :]
        if len(recent) < self.needed:
            return False
        begins_in_burst = ends_in_burst == (len(recent) % 2 == 1)
        period = len(self.lengths)
        return any(
            all(_close(length, self.lengths[(first + place) % period]) for place, length in enumerate(recent))
            for first in range(0 if begins_in_burst else 1, period, 2)
        )


def _close(length: float, nominal: float) -> bool:
    return abs(length - nominal) <= max(_TOLERANCE * nominal, _SLACK_S)


class _Ear:
    """What to listen for in one country: pitches, cadences, and which pitches can be a continuous dial tone."""

    def __init__(self, country: Country) -> None:
        self.pitches: list[_Pitch] = []
        self.patterns: list[_Pattern] = []
        self.continuous: set[int] = set()
        for heard, tone in (
            (Heard.BUSY, country.busy),
            (Heard.CONGESTION, country.congestion),
            (Heard.RINGBACK, country.ringback),
            (Heard.DIAL_TONE, country.dial),
            (Heard.DIAL_TONE, country.recall_dial),
        ):
            self._add(heard, tone)
        self.sit: tuple[int, ...] = ()
        if country.sit.in_turn:
            self.sit = tuple(self._pitch((hz,), _SIT_DETUNE_HZ) for hz in country.sit.frequencies)
        else:
            self._add(Heard.SIT, country.sit)
        # The simplest explanation first; sorting keeps the order above among equals.
        self.patterns.sort(key=lambda pattern: len(pattern.lengths))
        self.basis = np.hstack([pitch.basis for pitch in self.pitches])
        self.firsts = np.cumsum([0, *(pitch.basis.shape[1] for pitch in self.pitches[:-1])])

    def _add(self, heard: Heard, tone: Tone) -> None:
        pitch = self._pitch(tone.frequencies, _DETUNE_HZ)
        cadence = _repeating(tone.cadence)
        if not cadence or cadence != tone.cadence:
            self.continuous.add(pitch)
        lengths = tuple(ms / 1000.0 for pair in cadence for ms in pair)
        # Poland, Australia, Japan: busy and congestion are one cadence; the first, busy, is what we say.
        if lengths and not any(known.pitch == pitch and known.lengths == lengths for known in self.patterns):
            self.patterns.append(_Pattern(heard, pitch, lengths))

    def _pitch(self, frequencies: tuple[float, ...], detune_hz: float) -> int:
        for number, known in enumerate(self.pitches):
            if known.near(frequencies):
                return number
        self.pitches.append(_Pitch.of(frequencies, detune_hz))
        return len(self.pitches) - 1

    def only_ringback(self, pitch: int, length: float) -> bool:
        """Is a burst of this length and pitch ringback, and cannot be anything else?"""
        fitting = {
            pattern.heard
            for pattern in self.patterns
            if pattern.pitch == pitch and any(_close(length, burst) for burst in pattern.lengths[::2])
        }
        single = any(
            pattern.heard is Heard.RINGBACK and pattern.pitch == pitch and len(pattern.lengths) == 2
            for pattern in self.patterns
        )
        return single and fitting == {Heard.RINGBACK}


def _repeating(cadence: Cadence) -> Cadence:
    """The part of a cadence that tells it: of bursts that lead to a continuous tone, one burst and pause."""
    return cadence[:1] if cadence and cadence[-1][1] == 0 else cadence


class ProgressReceiver:
    """Feed it what the line says. An event comes when something is first named and whenever that changes.

    `reset()` when the question changes, as after dialling: what was heard before says nothing about the answer.
    """

    def __init__(self, country: Country) -> None:
        self._ear = _Ear(country)
        self._steps = Steps(_WINDOW, _HOP)
        self._now = 0
        self.reset()

    def reset(self) -> None:
        """Forget everything that was heard; positions go on."""
        self._named: Heard | None = None
        self._since = self._now
        self._last_sound = self._now
        self._last_tone = self._now
        self._level_dbm0 = FLOOR_DBM0
        self._voiced: deque[float | None] = deque(maxlen=_VOICE_OF)
        self._energies: NDArray[np.float64] | None = None
        self._pitch: int | None = None
        self._full = 0.0
        self._first_energies = (0.0, 0.0)
        self._first_s = 0.0
        self._began_s = 0.0
        self._confirmed = False
        self._whole = False
        self._lengths: list[float] = []
        self._bursts: list[tuple[int, float]] = []
        self._ended_s: float | None = None
        self._ended_pitch: int | None = None

    # ---------------------------------------------------------------- what the line's listening asks

    @property
    def tone_s(self) -> float:
        """How long the present call-progress tone has been on without a break; 0.0 when none is."""
        return max(0.0, self._now_s - self._began_s) if self._pitch is not None else 0.0

    @property
    def tone_frequencies(self) -> tuple[float, ...]:
        """The frequencies in Hz of the present tone; empty when none is on."""
        return self._ear.pitches[self._pitch].frequencies if self._pitch is not None else ()

    @property
    def quiet_s(self) -> float:
        """How long no call-progress tone has been on, counted from the last reset at most."""
        return 0.0 if self._confirmed else (self._now - self._last_tone) / RATE_HZ

    @property
    def silent_s(self) -> float:
        """How long nothing above -45 dBm0 has been heard, counted from the last reset at most."""
        return (self._now - self._last_sound) / RATE_HZ

    @property
    def level_dbm0(self) -> float:
        """The level of the last 20 ms."""
        return self._level_dbm0

    @property
    def _now_s(self) -> float:
        return self._now / RATE_HZ

    # ---------------------------------------------------------------- window by window

    def feed(self, block: Block) -> list[ProgressEvent]:
        """What `block`, of any length, made certain."""
        events: list[ProgressEvent] = []
        position = self._steps.position + _WINDOW
        for window in self._steps.feed(block):
            self._now = position
            position += _HOP
            heard = self._hear(window)
            if heard is not None and heard is not self._named:
                self._named = heard
                events.append(ProgressEvent(heard, self._now))
        return events

    def _hear(self, window: Samples) -> Heard | None:
        """Take one window; name what has become certain in it."""
        newest = window[-_HOP:]
        loudness = float(newest @ newest) / _HOP
        self._level_dbm0 = level(loudness)
        if loudness > _SOUND_POWER:
            self._last_sound = self._now
        total = float(window @ window)
        energies = np.add.reduceat(np.square(window @ self._ear.basis), self._ear.firsts)
        heard = self._follow(window, total, energies)
        self._energies = energies
        voiced = loudness > _VOICE_POWER and self._pitch is None and not _pure(window)
        self._voiced.append(self._level_dbm0 if voiced else None)
        if voiced and heard is None and self._is_voice():
            self._lengths.clear()  # no cadence goes on through a voice
            self._ended_s = None
            return Heard.VOICE
        return heard

    def _is_voice(self) -> bool:
        """Has there been enough sound lately, and did its level move?"""
        levels = sorted(level_dbm0 for level_dbm0 in self._voiced if level_dbm0 is not None)
        if len(levels) < _VOICE_LEAST:
            return False
        return levels[-1 - _VOICE_TRIM] - levels[_VOICE_TRIM] > _VOICE_SPREAD_DB

    def _follow(self, window: Samples, total: float, energies: NDArray[np.float64]) -> Heard | None:
        """Begin, continue or end a burst."""
        heard: Heard | None = None
        pitch = self._pitch_in(window, total, energies)
        if self._pitch is not None:
            own = float(energies[self._pitch])
            kept = own >= self._ear.pitches[self._pitch].drop * self._full and own >= _SHARE_KEPT * total
            if kept and pitch in (None, self._pitch):
                return self._during(own)
            ended = self._pitch
            heard = self._end(own)
            if pitch == ended:  # what is left of it still looks pure
                return heard
        if pitch is not None:
            self._begin(pitch, float(energies[pitch]))
        return heard

    def _pitch_in(self, window: Samples, total: float, energies: NDArray[np.float64]) -> int | None:
        """The pitch that holds nearly all of a window, if one does."""
        best = int(energies.argmax())
        energy = float(energies[best])
        if energy < _LEAST_ENERGY or energy < _SHARE * total:
            return None
        order = [best] if self._ear.pitches[best].solve is None else np.argsort(-energies).tolist()
        for number in order:
            if energies[number] < _SHARE * total:
                return None
            if self._ear.pitches[number].balanced(window):
                return int(number)
        return None

    def _begin(self, pitch: int, energy: float) -> None:
        """A burst may have begun, somewhere in the last window or the one before."""
        before = float(self._energies[pitch]) if self._energies is not None else energy
        self._pitch, self._full, self._confirmed = pitch, energy, False
        self._first_energies = (before, energy)
        self._first_s = self._now_s
        self._began_s = self._begun()

    def _begun(self) -> float:
        """When the burst began: the first window is filled from there to its end, and so was the one 20 ms before."""
        filled = self._ear.pitches[self._pitch or 0].filled
        before, first = (filled(energy / self._full) for energy in self._first_energies)
        self._whole = before < _MOSTLY
        return self._first_s - (first * _WINDOW_S if first < _HALF else _HOP_S + before * _WINDOW_S)

    def _during(self, energy: float) -> Heard | None:
        """The burst goes on."""
        self._full = max(self._full, energy)
        if not self._confirmed:
            self._began_s = self._begun()
            if self.tone_s < _SHORTEST_S:
                return None
            self._confirmed = True
            heard = self._pause_ended()
            if heard is not None:
                return heard
        if self._pitch in self._ear.continuous and self.tone_s >= _DIAL_S:
            return Heard.DIAL_TONE
        return self._third_of_sit()

    def _end(self, own: float) -> Heard | None:
        """The burst has ended, somewhere in the last window."""
        pitch, confirmed = self._pitch, self._confirmed
        assert pitch is not None
        self._pitch, self._confirmed = None, False
        if not confirmed:
            return None
        filled = self._ear.pitches[pitch].filled(own / self._full)
        self._ended_s = self._now_s - _WINDOW_S + filled * _WINDOW_S
        self._ended_pitch = pitch
        self._last_tone = self._now
        length = self._ended_s - self._began_s
        self._bursts.append((pitch, length))
        del self._bursts[:-3]
        if not self._whole:  # we came in the middle of it
            self._lengths.clear()
            return None
        self._lengths.append(length)
        named = self._named_by_cadence(pitch, ends_in_burst=True)
        if named is None and self._ear.only_ringback(pitch, length):
            return Heard.RINGBACK
        return named

    def _pause_ended(self) -> Heard | None:
        """A burst is certain, so the pause before it is over."""
        if self._ended_s is None:
            return None
        pause = self._began_s - self._ended_s
        if self._ended_pitch != self._pitch or pause > _FORGET_S:
            self._lengths.clear()
            if pause > _FORGET_S:
                self._bursts.clear()
            return None
        self._lengths.append(pause)
        del self._lengths[:-16]
        assert self._pitch is not None
        return self._named_by_cadence(self._pitch, ends_in_burst=False)

    def _named_by_cadence(self, pitch: int, *, ends_in_burst: bool) -> Heard | None:
        """What the last lengths fit: what was named already if it still fits, else the simplest."""
        fitting = [
            pattern.heard
            for pattern in self._ear.patterns
            if pattern.pitch == pitch and pattern.fits(self._lengths, ends_in_burst)
        ]
        if self._named in fitting:
            return self._named
        return fitting[0] if fitting else None

    def _third_of_sit(self) -> Heard | None:
        """The special information tone is certain when its third part has begun."""
        sit = self._ear.sit
        if not sit or self._pitch != sit[-1] or len(self._bursts) < len(sit) - 1:
            return None
        earlier = self._bursts[1 - len(sit) :]
        in_turn = tuple(pitch for pitch, _ in earlier) == sit[:-1]
        shortest, longest = _SIT_BURST_S
        lengths_fit = all(shortest < length < longest for _, length in earlier)
        soon = self._ended_s is not None and self._began_s - self._ended_s < _SIT_GAP_S
        return Heard.SIT if in_turn and lengths_fit and soon else None


def _pure(window: Samples) -> bool:
    """Are two spectral lines nearly all of it?"""
    spectrum = np.square(np.abs(np.fft.rfft(window * _HANN)))
    total = float(spectrum.sum())
    lines = 0.0
    for _ in range(2):
        peak = int(spectrum.argmax())
        line = spectrum[max(0, peak - 2) : peak + 3]
        lines += float(line.sum())
        line[:] = 0.0
    return lines > _PURE * total
