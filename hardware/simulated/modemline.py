"""The analog side of a modem: the hook relay, what it puts on the line, and what it hears there."""

from __future__ import annotations

from collections import deque

import numpy as np

from hardware.simulated.loop import BLOCK, BLOCK_S, RATE_HZ, Loop, Samples
from hardware.simulated.modemprofile import Profile
from hardware.simulated.modemrecord import ModemRecord

OFF_HOOK_V = 7.5
NO_LINE_V = 1.4


class LineSide:
    """Relay, tone generator and hybrid. Moments are seconds of the clock."""

    def __init__(
        self, profile: Profile, loop: Loop, record: ModemRecord, *, gain_db: float = 0.0, echo_db: float | None = None
    ) -> None:
        """`gain_db` is an error of both directions; `echo_db` is another hybrid than the profile's."""
        self._loop = loop
        self._ours = self._handset = False
        self._record = record
        self._tones: deque[tuple[float, Samples]] = deque()
        self._spoken_until = 0.0
        self._spoken = np.zeros(BLOCK)
        echo_db = profile.echo_db if echo_db is None else echo_db
        self._echo = 10 ** (echo_db / 20)
        self._rest = 10 ** ((echo_db - profile.canceller_db) / 20)
        self._gain = 10 ** (gain_db / 20)

    # The relay.

    @property
    def off_hook(self) -> bool:
        """Whether the loop is closed by us."""
        return self._ours

    def seize(self, at: float) -> None:
        """Close the loop."""
        if not self._ours:
            self._record.hooks.append((at, True))
            self._ours = True
            self._connect(at)

    def release(self, at: float) -> None:
        """Open the loop; tones not yet sent are forgotten."""
        self._tones.clear()
        if self._ours:
            self._record.hooks.append((at, False))
            self._ours = False
            self._connect(at)

    def lift_handset(self, lifted: bool, at: float) -> None:
        """Somebody lifts, or puts down, another telephone on the same wires."""
        self._handset = lifted
        self._connect(at)

    def _connect(self, at: float) -> None:
        """The loop is closed as long as anybody closes it."""
        if self._ours or self._handset:
            self._loop.close(at)
        else:
            self._loop.open(at)

    @property
    def volts(self) -> float:
        """What a voltmeter between tip and ring shows."""
        if self._loop.battery_v == 0:
            return NO_LINE_V
        return OFF_HOOK_V if self._loop.off_hook else abs(self._loop.battery_v)

    # Sound.

    def play(self, samples: Samples, at: float) -> float:
        """Send a tone from `at` on, or as soon after it as the line allows; returns when it will have ended."""
        start = max(at, self._spoken_until)
        self._tones.append((start, samples))
        return start + len(samples) / RATE_HZ

    def stop_tones(self) -> None:
        """Fall silent in the middle of a tone."""
        self._tones.clear()

    def speak(self, voice: Samples | None, at: float) -> Samples:
        """The block that ends at `at`: the host's voice, if any, and tones; silence on-hook."""
        block = np.zeros(BLOCK) if voice is None else voice * self._gain
        for start, samples in self._tones:
            offset = round((start - (at - BLOCK_S)) * RATE_HZ)
            first, last = max(offset, 0), min(offset + len(samples), BLOCK)
            if first < last:
                block[first:last] += samples[first - offset : last - offset]
        while self._tones and self._tones[0][0] + len(self._tones[0][1]) / RATE_HZ <= at:
            self._tones.popleft()
        self._spoken_until = at
        self._spoken = block if self._ours else np.zeros(BLOCK)
        if self._ours and self._record.on_transmit is not None:
            self._record.on_transmit(at, self._spoken)
        return self._spoken

    def hear(self, block: Samples) -> tuple[Samples, Samples]:
        """What the far end's `block` is to the recorder and to the detectors.

        The hybrid returns our own voice to the recorder; the detectors have an echo canceller before them.
        """
        return (block + self._spoken * self._echo) * self._gain, block + self._spoken * self._rest
