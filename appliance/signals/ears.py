"""Everything that one line can say, heard together: keys, caller IDs, and what the far end sounds like.

Each receiver answers with events of its own; they come out in the order in which they were decided. Whoever needs only
some of them saves the processor the others.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from operator import attrgetter
from typing import Final

import numpy as np

from appliance.signals.callerid import CallerIdEvent, CallerIdReceiver
from appliance.signals.countries import Country
from appliance.signals.dtmf import DtmfReceiver, KeyEvent
from appliance.signals.levels import RATE_HZ, Block
from appliance.signals.progress import ProgressEvent, ProgressReceiver

Told = KeyEvent | CallerIdEvent | ProgressEvent
"""`at` is where on the line it was, `decided` how much sound had to be given; both in samples since the start."""

_AFTER_THE_END: Final = np.zeros(RATE_HZ // 4, dtype=np.int16)
"""More silence than any key waits for after its last sample."""
_decided = attrgetter("decided")


class Hearing(Enum):
    """What can be listened for."""

    KEYS = "dtmf"
    CALLERS = "callerid"
    TONES = "tone"


class Ears:
    """Feed it what a line says. `country` says whose tones; `None`: any of those we know."""

    def __init__(self, country: Country | None, only: Collection[Hearing] = tuple(Hearing)) -> None:
        self.keys = DtmfReceiver() if Hearing.KEYS in only else None
        self.callers = CallerIdReceiver() if Hearing.CALLERS in only else None
        self.tones = ProgressReceiver(country) if Hearing.TONES in only else None

    @property
    def countries(self) -> tuple[str, ...]:
        """Whose tones those fit that were heard, the best first."""
        return self.tones.countries if self.tones else ()

    def feed(self, block: Block) -> list[Told]:
        """What `block`, of any length, made certain."""
        keys = self.keys.feed(block) if self.keys else None
        told: list[Told] = [*keys] if keys else []
        if self.callers:
            told += self.callers.feed(block, keys)  # some networks tell the caller by keys
        if self.tones:
            told += self.tones.feed(block)
        return sorted(told, key=_decided) if len(told) > 1 else told

    def finish(self) -> list[Told]:
        """The recording is over: what only silence would have made certain.

        Nothing is said of tones, whose last burst was cut, not ended.
        """
        keys = self.keys.feed(_AFTER_THE_END) if self.keys else None
        told: list[Told] = [*keys] if keys else []
        if self.callers:
            told += self.callers.finish(keys)
        return sorted(told, key=_decided)
