"""Sound on the simulated wires: line noise, sounds that begin at a moment, hold music.

A `Sound` is anything that gives the next samples whenever it is asked; a `Player` plays sounds at moments of the clock.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Protocol

import numpy as np

from appliance.signals.levels import power
from hardware.simulated.loop import BLOCK, RATE_HZ, Samples

SILENCE: Samples = np.zeros(BLOCK)
SILENCE.flags.writeable = False


class Sound(Protocol):
    """Something that can be listened to for as long as one likes."""

    def pull(self, count: int) -> Samples:
        """The next `count` samples."""


def rms(dbm0: float) -> float:
    """Root mean square, in units of int16, of a signal of that level."""
    return math.sqrt(power(dbm0))


def gain(db: float) -> float:
    """The factor of a gain in decibels."""
    return float(10 ** (db / 20))


class Round:
    """A stretch of sound played round and round, without a seam if it was made without one."""

    def __init__(self, stretch: Samples, offset: int = 0) -> None:
        # The beginning once more at the end, so that a block can be a plain view.
        self._stretch = np.concatenate([stretch, stretch[:RATE_HZ]])
        self._length = len(stretch)
        self._at = offset % self._length

    def pull(self, count: int) -> Samples:
        """The next `count` samples, at most one second of them."""
        block: Samples = self._stretch[self._at : self._at + count]
        self._at = (self._at + count) % self._length
        return block


class Late:
    """A sound that begins after so many samples of silence."""

    def __init__(self, sound: Sound, wait: int) -> None:
        self._sound = sound
        self._wait = wait

    def pull(self, count: int) -> Samples:
        """The next `count` samples."""
        silent = min(self._wait, count)
        self._wait -= silent
        if not silent:
            return self._sound.pull(count)
        return np.concatenate([np.zeros(silent), self._sound.pull(count - silent)])


class Overlaid:
    """Two sounds at once."""

    def __init__(self, sound: Sound, other: Sound) -> None:
        self._sounds = (sound, other)

    def pull(self, count: int) -> Samples:
        """The next `count` samples."""
        sound, other = self._sounds
        return sound.pull(count) + other.pull(count)


class Player:
    """Plays sounds from given moments on; they may overlap."""

    def __init__(self) -> None:
        self._sounds: list[tuple[float, Samples]] = []

    def add(self, sound: Samples, start: float) -> None:
        """Play `sound` from `start`, in seconds of the clock."""
        self._sounds.append((start, sound))

    def clear(self) -> None:
        """Forget everything not yet played."""
        self._sounds.clear()

    @property
    def ends(self) -> float:
        """When the last sound will be over; minus infinity when there is none."""
        return max((start + len(sound) / RATE_HZ for start, sound in self._sounds), default=-np.inf)

    def block(self, at: float) -> Samples | None:
        """The `BLOCK` samples that end at `at`, or `None` where nothing plays."""
        mixed: Samples | None = None
        for entry in list(self._sounds):
            start, sound = entry
            offset = round((at - start) * RATE_HZ) - BLOCK
            if offset >= len(sound):
                self._sounds.remove(entry)
            elif offset > -BLOCK:
                mixed = np.zeros(BLOCK) if mixed is None else mixed
                piece = sound[max(0, offset) : offset + BLOCK]
                first = max(0, -offset)
                mixed[first : first + len(piece)] += piece
        return mixed


@cache
def _noise(dbm0: float) -> Samples:
    noise: Samples = np.random.default_rng(5).normal(0, rms(dbm0), 12 * RATE_HZ)
    noise.flags.writeable = False
    return noise


def line_noise(dbm0: float, seed: int) -> Sound:
    """White noise of that level. Lines share one stretch of it and begin at places of their own."""
    return Round(_noise(dbm0), seed * 7919)


MELODY = (0, 4, 7, 12, 9, 7, 4, 7, 5, 9, 12, 17, 12, 9, 5, 2, 7, 11, 14, 11, 7, 4, 2, 4)
"""Semitones above middle C: broken chords of C, F and G, so that it never offends."""
_NOTE_S = 0.35
_MUSIC_DBM0 = -19.0


def hold_music(offset: int = 0) -> Sound:
    """A small tune on a soft chord, near -19 dBm0 and never quiet."""
    return Round(_tune(), offset)


@cache
def _tune() -> Samples:
    note_length = int(_NOTE_S * RATE_HZ)
    length = note_length * len(MELODY)
    tune = np.zeros(length)
    for place, semitones in enumerate(MELODY):
        note = _note(261.6 * 2 ** (semitones / 12), 3 * note_length)
        index = (place * note_length + np.arange(len(note))) % length
        tune[index] += note
    tune *= rms(_MUSIC_DBM0) / np.sqrt(np.mean(tune**2))
    tune.flags.writeable = False
    return tune


def _note(pitch_hz: float, count: int) -> Samples:
    """A plucked string that rings on under the notes that follow."""
    seconds = np.arange(count) / RATE_HZ
    fade_in, fade_out = np.minimum(1, seconds / 0.01), np.minimum(1, (seconds[-1] - seconds) / 0.05)
    overtones = sum(np.sin(2 * np.pi * pitch_hz * k * seconds) / k**1.5 for k in (1, 2, 3))
    note: Samples = overtones * np.exp(-2.5 * seconds) * fade_in * fade_out
    return note
