"""The caller's keys, as the modem reports them, and whether they can be believed.

A modem's key detector is sometimes deceived by our own voice, or the caller's (*talk-off*, quirk Q16): a prompt would
be cut short and a choice made by nobody. Where we hear the line while we speak there is a second witness: a key that
was really pressed leaves its two frequencies in the sound. Some modems keep the tones of keys out of that sound, so a
key without a witness is only put off: the same modem is believed as soon as it reports another one, or one while we
were not speaking.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from appliance.signals.generate import KEYS as PAIRS_HZ
from appliance.signals.levels import RATE_HZ
from hardware.instrument import Samples

REMEMBERED_S = 0.3
"""A modem reports a key within this time after its beginning."""
WINDOW = RATE_HZ // 50
LEAST_SHARE = 0.15
"""Of the power of 20 ms, what lies in the key's two frequencies; a key 6 dB beneath the echo of our voice has more."""
LEAST_POWER = 40.0**2
"""Below that (-48 dBm0) there is no key, only noise."""
STILL_TO_COME_S = 0.15
"""A modem may report a key so much earlier than its sound comes."""
SECOND_WITHIN_S = 15.0
MOST_WAITING = 32


class Keys:
    """The keys of one call that nobody has taken yet. Times are seconds of the line's clock."""

    def __init__(self) -> None:
        self._pressed: deque[str] = deque(maxlen=MOST_WAITING)
        self._sound: deque[Samples] = deque()
        self._length = 0
        self._doubted_at = -SECOND_WITHIN_S
        self._clamped = False
        self._doubted = ""
        self._may_come = 0

    def start_over(self) -> None:
        """Another call: no key has been pressed, nothing is known of the sound."""
        self.clear()
        self._sound.clear()
        self._length = 0
        self._doubted_at, self._clamped, self._may_come = -SECOND_WITHIN_S, False, 0

    def hear(self, samples: Samples) -> None:
        """Sound came from the line."""
        self._sound.append(samples)
        self._length += len(samples)
        while self._length - len(self._sound[0]) > REMEMBERED_S * RATE_HZ:
            self._length -= len(self._sound.popleft())
        if self._may_come > 0 and self._was_heard(self._doubted):
            self._pressed.append(self._doubted)
            self._may_come = 0
        self._may_come -= len(samples)

    def press(self, key: str, now: float, *, speaking: bool, hearing: bool) -> None:
        """The modem reports `key`, pressed while we were `speaking`, and while we were `hearing` the line, or not."""
        if hearing and not self._clamped and not self._was_heard(key):
            if speaking and now - self._doubted_at > SECOND_WITHIN_S:
                self._doubted_at, self._doubted, self._may_come = now, key, round(STILL_TO_COME_S * RATE_HZ)
                return
            self._clamped = True
        self._pressed.append(key)

    def take(self) -> str:
        """The next key; raises `IndexError` when there is none."""
        return self._pressed.popleft()

    def clear(self) -> None:
        """Forget what was pressed."""
        self._pressed.clear()

    def __len__(self) -> int:
        return len(self._pressed)

    def _was_heard(self, key: str) -> bool:
        """Is there a moment in which the two frequencies of `key` make up a good part of the sound?"""
        if self._length < WINDOW:
            return True  # too little to tell
        sound = np.concatenate(list(self._sound)).astype(np.float64)
        windows = sound[: len(sound) - len(sound) % WINDOW].reshape(-1, WINDOW)
        angles = 2 * np.pi * np.outer(PAIRS_HZ[key], np.arange(WINDOW)) / RATE_HZ
        amplitudes = np.abs(windows @ np.exp(-1j * angles).T) * 2 / WINDOW
        in_pair = np.sum(np.square(amplitudes), axis=1) / 2
        power = np.mean(np.square(windows), axis=1)
        return bool(np.any((power > LEAST_POWER) & (in_pair > LEAST_SHARE * power)))
