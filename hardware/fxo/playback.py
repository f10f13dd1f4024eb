"""What a sound card says next: the sound that was handed over, and silence where that runs dry.

It works in the card's own thread, between the card and everything else that may be late, so it only copies. Where sound
ends in the middle, because it was thrown away or did not come in time, it glides to what follows within 5 ms; a step
would be a click.

Mono int16 in the machine's byte order, at the rate of the card.
"""

from __future__ import annotations

from array import array
from typing import Final

GLIDE_S: Final = 0.005
MOST_S: Final = 1.0
"""More is never kept, whoever hands it over."""


class Playback:
    """The queue between those who speak and the card that says it. Used by the card's thread only."""

    def __init__(self, rate_hz: int) -> None:
        self._waiting = bytearray()
        self._most_bytes = round(MOST_S * rate_hz) * 2
        self._glide = round(GLIDE_S * rate_hz)
        self._gliding = 0
        self._step = 0
        self._last = 0
        self._speaking = False
        self._cut = False
        self.done = 0
        """Samples handed over that are not waiting any more."""
        self.underruns = 0
        """How many times sound was expected and did not come; after `flush`, and at first, none is expected."""

    def add(self, sound: bytes) -> None:
        """Hand over sound to be said after all that waits."""
        room = self._most_bytes - len(self._waiting)
        self._waiting += sound[:room]
        self.done += max(0, len(sound) - room) // 2
        self._speaking = True

    def flush(self) -> None:
        """Throw away what waits; nothing is expected from now on."""
        self.done += len(self._waiting) // 2
        self._waiting.clear()
        self._speaking, self._cut = False, True

    def take(self, count: int) -> array[int]:
        """The next `count` samples."""
        block = array("h", self._waiting[: 2 * count])
        del self._waiting[: 2 * count]
        said = len(block)
        self.done += said
        dry = said < count
        if dry:
            block.frombytes(bytes(2 * (count - said)))
        if self._gliding or self._cut:
            self._soften(block, 0, self._last - block[0] if self._cut else None)
            self._cut = False
        if dry and self._speaking:
            self.underruns += 1
            self._speaking = False
            self._soften(block, said, block[said - 1] if said else self._last)
        self._last = block[-1]
        return block

    def _soften(self, block: array[int], at: int, step: int | None) -> None:
        """Spread a step at `at` over what follows, or go on with one of the block before."""
        if step is not None:
            self._step, self._gliding = step, self._glide
        for place in range(at, min(len(block), at + self._gliding)):
            self._gliding -= 1
            block[place] = max(-32768, min(32767, block[place] + self._step * self._gliding // self._glide))
