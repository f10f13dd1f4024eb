"""What we say into the line comes back from the hybrid: taken out, so that soft keys are heard during our own prompts.

A sound card speaks and hears by one clock, so what was handed over to be said is counted off as sound comes in. How
late the echo then is, the canceller finds out by itself.
"""

from __future__ import annotations

import numpy as np

from appliance.signals.echo import EchoCanceller
from hardware.instrument import Samples
from hardware.outgoing import NOTHING


class OwnEcho:
    """One for each open card: what it has learned of the line holds for the next call, too."""

    def __init__(self) -> None:
        self._canceller = EchoCanceller()
        self._said = NOTHING

    def say(self, samples: Samples) -> None:
        """This was handed over, to be said next."""
        self._said = np.concatenate((self._said, samples))

    def unsay(self, count: int) -> None:
        """The last so many samples will not be said after all."""
        self._said = self._said[: max(0, len(self._said) - count)]

    def fall_silent(self) -> None:
        """Nothing more is said: the call is over."""
        self._said = NOTHING

    def take_out(self, heard: Samples) -> Samples:
        """What was heard, without our own voice, in whole steps of 20 ms: what does not fill one comes later."""
        said = self._said[: len(heard)]
        self._said = self._said[len(heard) :]
        if len(said) < len(heard):
            said = np.concatenate((said, np.zeros(len(heard) - len(said), np.int16)))
        cleared = self._canceller.feed(heard, said)
        return np.clip(np.rint(cleared), -32768, 32767).astype(np.int16)
