"""The sound of an FXO HAT, as its driver sees it: blocks of samples that come, and room for blocks to say.

`hardware.fxo.soundcard` is the real one; the simulated world has another. Both are used by the line's own thread only,
and both ring that thread's waiter whenever something was heard or room was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from appliance.clock import Waiter
from hardware.instrument import Samples

LATENCY_LIMIT_S = 0.06
"""What is heard, and what is said, is under way for at most so long."""


@dataclass(frozen=True, slots=True)
class CardTally:
    """How a sound card has fared since it was opened: shown on the board and by the doctor."""

    overruns: int = 0
    """How many times something heard was lost because nobody fetched it in time."""
    underruns: int = 0
    """How many times the line was silent because nothing to say had been handed over in time."""
    drift_ppm: float = 0.0
    """How much faster than 8000 a second the card's samples come, in millionths; 0.0 until it is known."""
    heard_latency_s: float = 0.0
    spoken_latency_s: float = 0.0


class SoundCard(Protocol):
    """Both directions of a sound card: int16 at 8000 samples a second. Everything but `close` may raise `LineFault`."""

    def open(self, waiter: Waiter) -> None:
        """Start both directions; from now on silence is said where nothing else is handed over."""

    def close(self) -> None:
        """Stop both. Raises nothing; a second time changes nothing."""

    def heard(self) -> Samples:
        """All that was heard since the last call; empty if that is nothing. Never waits."""

    def room(self) -> int:
        """How many samples to hand over now, so that neither silence nor more than the latency limit arises."""

    def speak(self, samples: Samples) -> None:
        """Hand over samples to be said next; a card that has none says silence and counts it."""

    def flush(self) -> None:
        """Throw away what was handed over and is not said yet."""

    def unspoken(self) -> int:
        """Samples that were handed over and are not said yet."""

    @property
    def tally(self) -> CardTally:
        """How it has fared since it was opened."""
