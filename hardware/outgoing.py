"""What we say into a line: one endless stream made of speech, hold music and, when there is neither, a soft breath of
noise.

The line pulls blocks from it at the pace of its samples; the stream never runs dry, so the caller never hears dead
air, a gap or a click (R10). Speech fades the music out and in again; the music goes on where it was, not from its
start.

Samples are int16 at 8000 a second.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from appliance.signals.generate import noise
from appliance.signals.levels import FLOOR_DBM0, RATE_HZ, dbm0

Samples = NDArray[np.int16]

COMFORT_DBM0 = -36.0
"""Loud enough to be heard as a living line after some decibels of loss, soft enough to be forgotten."""
FADE_S = 0.25
FADE_STEP = 1.0 / (FADE_S * RATE_HZ)
BEAT_S = 0.25
CUT_SAMPLES = 40
"""A prompt that is cut short ends in 5 ms instead of a click."""
ECHO_S = 0.6
"""What we hand over comes back as an echo within this time: the lead of the stream, and the way there and back."""
NOTHING: Samples = np.zeros(0, np.int16)


class Outgoing:
    """The stream of one line. `music` is what callers on hold hear, an endless loop."""

    def __init__(self, music: Samples, seed: int = 0) -> None:
        self._music = music
        self._music_at = 0
        self._wants_music = False
        self._gain = 0.0
        self._speech = NOTHING
        self._rest = 0
        self._comfort = np.rint(noise(2 * RATE_HZ, COMFORT_DBM0, np.random.default_rng(seed))).astype(np.int16)
        self._comfort_at = 0
        self._mute = False
        self._levels_dbm0: deque[float] = deque()
        self._lengths: deque[int] = deque()

    def start_over(self) -> None:
        """A new call: no speech, no music yet."""
        self._levels_dbm0.clear()
        self._lengths.clear()
        self._speech, self._wants_music, self._mute, self._gain, self._rest = NOTHING, False, False, 0.0, 0

    def say(self, samples: Samples) -> None:
        """Speak; what was being said is given up."""
        if self._rest:
            samples = np.concatenate((np.zeros(self._rest, np.int16), samples))
            self._rest = 0
        self.hush()
        self._mute = False
        self._speech = np.concatenate((self._speech, samples))

    def interrupt(self) -> None:
        """The caller has pressed a key: stop speaking within 5 ms, and leave a beat before anything else is said."""
        self.hush()
        self._rest = len(self._speech) + round(BEAT_S * RATE_HZ)

    def hush(self) -> None:
        """Stop speaking within 5 ms."""
        ramp = np.linspace(1.0, 0.0, min(CUT_SAMPLES, len(self._speech)))
        self._speech = (self._speech[: len(ramp)] * ramp).astype(np.int16)

    def hold(self, music: bool) -> None:
        """Play music whenever nothing is said, or no longer."""
        self._wants_music, self._mute = music, False

    def mute(self) -> None:
        """Send silence: somebody else than the caller is on the line, and we listen."""
        self._speech, self._wants_music, self._mute, self._gain = NOTHING, False, True, 0.0

    @property
    def speaking(self) -> bool:
        """Is there speech that has not been pulled yet?"""
        return bool(len(self._speech))

    def loudest_dbm0(self) -> float:
        """The loudest of what was pulled within the last `ECHO_S`: our own echo is weaker than that."""
        return max(self._levels_dbm0, default=FLOOR_DBM0)

    def pull(self, count: int) -> Samples:
        """The next `count` samples."""
        samples = np.zeros(count, np.int16) if self._mute else self._mixed(count)
        self._levels_dbm0.append(dbm0(samples))
        self._lengths.append(count)
        while sum(self._lengths) - self._lengths[0] > ECHO_S * RATE_HZ:
            self._levels_dbm0.popleft()
            self._lengths.popleft()
        return samples

    def _mixed(self, count: int) -> Samples:
        """Speech over music or breath."""
        speech, self._speech = self._speech[:count], self._speech[count:]
        wanted_gain = 1.0 if self._wants_music and not len(speech) and not self._rest else 0.0
        self._rest = max(0, self._rest - count)
        music = self._gain > 0.0 or wanted_gain > 0.0
        background = self._tune(count, wanted_gain) if music else self._breath(count)
        if not len(speech):
            return background
        mixed = background.astype(np.int32)
        mixed[: len(speech)] += speech
        return np.clip(mixed, -32768, 32767).astype(np.int16)

    def _tune(self, count: int, wanted_gain: float) -> Samples:
        """The music, its gain moving towards `wanted_gain` by the fade."""
        music = _cut_from_loop(self._music, self._music_at, count)
        self._music_at = (self._music_at + count) % len(self._music)
        if self._gain == wanted_gain:
            return music
        step = FADE_STEP if wanted_gain > self._gain else -FADE_STEP
        gains = np.clip(self._gain + step * np.arange(1, count + 1), 0.0, 1.0)
        self._gain = float(gains[-1])
        faded: Samples = (music * gains).astype(np.int16)
        return faded

    def _breath(self, count: int) -> Samples:
        breath = _cut_from_loop(self._comfort, self._comfort_at, count)
        self._comfort_at = (self._comfort_at + count) % len(self._comfort)
        return breath


def _cut_from_loop(loop: Samples, start: int, count: int) -> Samples:
    """`count` samples of an endless repetition of `loop`, from `start` on."""
    if start + count <= len(loop):
        return loop[start : start + count]
    wrapped: Samples = np.take(loop, np.arange(start, start + count), mode="wrap")
    return wrapped
