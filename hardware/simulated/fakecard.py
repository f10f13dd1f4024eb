"""The sound card of a simulated HAT: a `SoundCard` whose other side is the line of the world.

It lives in the time of the clock: what the line's thread hands over is said in the blocks that follow. While the line
is on-hook and carries nothing, its sound is silence, which is made up only when somebody asks.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from appliance.clock import Clock, Waiter
from appliance.faults import LineFault
from hardware.fxo.card import CardTally
from hardware.instrument import Samples as Heard
from hardware.simulated.loop import BLOCK, BLOCK_S, RATE_HZ, Samples
from hardware.simulated.modemstreams import SampleClock, stretched
from hardware.simulated.saved import to_int16

LEAD = 2 * BLOCK
"""What is under way to the line: 40 ms."""
MOST_HEARD = RATE_HZ
"""What nobody fetches for a second is lost."""
UNPLUGGED = "the sound card is not there"
PLUG = "Check the USB plug of the sound card."


class FakeCard:
    """One card; `ran_dry` is told when the line was silent because nothing had been handed over.

    `late_s` is how much later than it was heard a sound can be fetched; `sample_ratio` how many times 8000 samples its
    second has.
    """

    def __init__(
        self, clock: Clock, ran_dry: Callable[[], None], late_s: float = 0.0, sample_ratio: float = 1.0
    ) -> None:
        self._clock = clock
        self._ran_dry = ran_dry
        self._late = round(late_s / BLOCK_S)
        self._lock = threading.Lock()
        self._waiter: Waiter | None = None
        self._plugged_in = True
        self._frozen = False
        self._hearing, self._saying = SampleClock(sample_ratio), SampleClock(sample_ratio)
        self._heard: deque[Heard] = deque()
        self._heard_until = 0.0
        self._unspoken = np.zeros(0, np.int16)
        self._flowing = False
        self._overruns = self._underruns = 0

    # ------------------------------------------------------------ for the driver

    def open(self, waiter: Waiter) -> None:
        with self._lock:
            self._check()
            self._waiter = waiter
            self._overruns = self._underruns = 0
            self._forget()

    def close(self) -> None:
        with self._lock:
            self._waiter = None
            self._forget()

    def heard(self) -> Heard:
        with self._lock:
            self._check()
            if self._frozen:
                return np.zeros(0, np.int16)
            self._be_silent_until(self._clock.now() - BLOCK_S)
            ready = [self._heard.popleft() for _ in range(max(0, len(self._heard) - self._late))]
            return np.concatenate(ready) if ready else np.zeros(0, np.int16)

    def room(self) -> int:
        with self._lock:
            self._check()
            return max(0, LEAD - len(self._unspoken))

    def speak(self, samples: Heard) -> None:
        with self._lock:
            self._check()
            self._unspoken = np.concatenate((self._unspoken, samples))

    def flush(self) -> None:
        with self._lock:
            self._check()
            self._unspoken, self._flowing = self._unspoken[:0], False

    def unspoken(self) -> int:
        with self._lock:
            self._check()
            return len(self._unspoken)

    @property
    def tally(self) -> CardTally:
        return CardTally(self._overruns, self._underruns, 0.0, BLOCK_S * (1 + self._late), LEAD / RATE_HZ)

    def _check(self) -> None:
        if not self._plugged_in:
            raise LineFault(UNPLUGGED, PLUG)

    def _forget(self) -> None:
        self._heard.clear()
        self._heard_until = self._clock.now()
        self._unspoken, self._flowing = np.zeros(0, np.int16), False

    def _be_silent_until(self, moment: float) -> None:
        """Nothing came from the line up to then; rounding must not add up to another block."""
        missing = round((moment - self._heard_until) * RATE_HZ)
        if missing > 0:
            self._heard.append(np.zeros(min(missing, MOST_HEARD), np.int16))
            self._heard_until = moment

    # ------------------------------------------------------------ for the world

    def plug(self, plugged_in: bool) -> None:
        """Pull it out, or push it in again."""
        with self._lock:
            self._plugged_in = plugged_in
            waiter = self._waiter
            self._forget()
        if waiter is not None:
            waiter.ring()

    def freeze(self, frozen: bool) -> None:
        """Bring nothing any more, without a word."""
        self._frozen = frozen

    def overrun(self) -> None:
        """Lose what was heard and not yet fetched."""
        with self._lock:
            self._heard.clear()
            self._overruns += 1

    def starve(self) -> None:
        """Lose what was handed over and is not said yet."""
        with self._lock:
            self._unspoken = self._unspoken[:0]

    def hear(self, block: Samples, at: float) -> None:
        """The line sounded like this in the block that ended at `at`."""
        with self._lock:
            if self._waiter is None or not self._plugged_in:
                return
            self._be_silent_until(at - BLOCK_S)
            self._heard.append(to_int16(stretched(block, self._hearing.due())))
            self._heard_until = at
            while sum(map(len, self._heard)) > MOST_HEARD + self._late * BLOCK:
                self._heard.popleft()
                self._overruns += 1
            waiter = self._waiter
        waiter.ring()

    def say(self) -> Samples:
        """What it says in the next block; silence for what is missing."""
        with self._lock:
            due = self._saying.due()
            spoken, self._unspoken = self._unspoken[:due], self._unspoken[due:]
            dry = self._flowing and len(spoken) < due
            self._flowing = len(spoken) == due
            self._underruns += dry
            waiter = self._waiter
        if dry:
            self._ran_dry()
        if waiter is not None:
            waiter.ring()
        said = np.zeros(due)
        said[: len(spoken)] = spoken
        return stretched(said, BLOCK)
