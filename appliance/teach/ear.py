"""What was heard on the line after one thing was done to it: somebody, a tone, keys, a broken loop, or nothing.

The box's own receiver listens, with the tables of the country and what was learned so far, so that what it would make
of this PBX is found out. Beside it a watch looks for tones that it does not know: a voice is only believed where there
is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from appliance.acts import Heard
from appliance.signals.countries import Country
from appliance.signals.learn import LearnedTone
from appliance.signals.levels import RATE_HZ, Block, Samples
from appliance.signals.progress import ProgressReceiver
from appliance.teach.tonewatch import ToneWatch

LONGEST_S: Final = 120.0
"""More than that is not kept."""
_NO_TONE_S: Final = 1.2
_VOICE_LASTS_S: Final = 0.45
"""So long a voice must have kept its name, for a tone that nobody knows is taken for one at first."""
_TOGETHER_S: Final = 0.4
"""Keys of one code come at least so fast (`hardware.statusdigits`)."""
_MOST_KEYS: Final = 40
_KEY_S: Final = 0.3
"""A key is told while it sounds; so much later it has ended."""
_SOMEBODY: Final = (Heard.VOICE, Heard.MUSIC)


class Ear:
    """Hears until `enough` says so. Seconds are those of the sound since it began to listen."""

    def __init__(
        self, country: Country, learned: Sequence[LearnedTone] = (), enough: Callable[[Ear], bool] | None = None
    ) -> None:
        self._receiver = ProgressReceiver(country, learned)
        self.watch = ToneWatch()
        self._enough = enough
        self._pieces: list[Block] = []
        self._given = 0
        self._named: Heard | None = None
        self._named_at_s = 0.0
        self.tone_named: Heard | None = None
        """What the receiver called the newest tone."""
        self.first_tone_s: float | None = None
        """When the first tone began that is certainly one."""
        self.keys: list[tuple[float, str]] = []
        self.loop_broken_s: float | None = None

    # ------------------------------------------------------------ as it comes

    def hear(self, samples: Block) -> None:
        """Sound came."""
        if self._given < LONGEST_S * RATE_HZ:
            self._pieces.append(samples)
        self._given += len(samples)
        self.watch.feed(samples)
        for event in self._receiver.feed(samples):
            self._named, self._named_at_s = event.heard, self.seconds
            if event.heard not in (*_SOMEBODY, Heard.SILENCE):
                self.tone_named = event.heard
        if self.first_tone_s is None and self.watch.certain:
            self.first_tone_s = self.watch.began_s

    def press(self, key: str) -> None:
        """A key came from the far end."""
        if len(self.keys) < _MOST_KEYS:
            self.keys.append((self.seconds, key))

    def break_loop(self) -> None:
        """The loop current was interrupted from the far end."""
        if self.loop_broken_s is None:
            self.loop_broken_s = self.seconds

    @property
    def enough(self) -> bool:
        """Is there no need to listen on?"""
        return self._enough is not None and self._enough(self)

    # ------------------------------------------------------------ what it was

    @property
    def seconds(self) -> float:
        """How much was heard."""
        return self._given / RATE_HZ

    @property
    def somebody(self) -> bool:
        """Is there a voice, or a radio?"""
        lasts = self._named in _SOMEBODY and self.seconds - self._named_at_s >= _VOICE_LASTS_S
        return lasts and not self.watch.heard_within(_NO_TONE_S)

    @property
    def tone_s(self) -> float:
        """For how long a tone has been on that the receiver has in its tables."""
        return self._receiver.tone_s

    @property
    def tone(self) -> bool:
        """Is there a tone?"""
        return self.watch.certain

    @property
    def had_tone(self) -> bool:
        """Was there one at any time?"""
        return self.first_tone_s is not None

    @property
    def codes(self) -> tuple[tuple[float, str], ...]:
        """Keys that came together, each group with the moment of its first."""
        groups: list[tuple[float, float, str]] = []
        for at_s, key in self.keys:
            if groups and at_s - groups[-1][1] <= _TOGETHER_S:
                began_s, _, code = groups[-1]
                groups[-1] = (began_s, at_s, code + key)
            else:
                groups.append((at_s, at_s, key))
        return tuple((began_s, code) for began_s, _, code in groups)

    @property
    def keys_until_s(self) -> float:
        """When the last key was over."""
        return self.keys[-1][0] + _KEY_S if self.keys else 0.0

    def sound(self, since_s: float = 0.0, until_s: float = LONGEST_S) -> Samples:
        """What was heard between two moments."""
        whole = np.concatenate(self._pieces).astype(np.float64) if self._pieces else np.zeros(0)
        return whole[round(max(0.0, since_s) * RATE_HZ) : round(max(0.0, until_s) * RATE_HZ)]
