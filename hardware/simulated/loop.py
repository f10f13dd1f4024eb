"""The two wires of an analog line: on one end a line circuit that feeds it, on the other a terminal.

The line circuit (a port of the exchange or of the mini-PBX) gives battery, ringing and tones; the terminal (a modem
or a telephone) closes the loop. What happens on the wires at a moment is told at once, by method calls that carry the
exact time; sound travels in blocks of `BLOCK` samples, 20 ms, in both directions. All of it is moved by one thread,
the world's.

Samples are float64 in units of int16 (full scale ±32768), 8000 a second, so that levels in dBm0 are those of
`appliance.signals`.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
BLOCK = 160
BLOCK_S = BLOCK / RATE_HZ

Samples = NDArray[np.float64]


class Terminal(Protocol):
    """What hangs at the subscriber's end. All times are seconds of the clock."""

    def ring_changed(self, on: bool, at: float) -> None:
        """Ringing voltage came or went."""

    def battery_changed(self, volts: float, at: float) -> None:
        """The feeding voltage changed: 0 is a break of the loop, a negative value a reversal."""

    def hear(self, block: Samples, at: float) -> None:
        """Take the `BLOCK` samples that ended at `at`, on-hook too (caller ID comes that way)."""

    def speak(self, at: float) -> Samples:
        """Give the `BLOCK` samples that end at `at`; silence when on-hook."""


class LineCircuit(Protocol):
    """What feeds the line: a port of an exchange or a PBX."""

    def hook_changed(self, off_hook: bool, at: float) -> None:
        """The terminal closed (`off_hook`) or opened the loop, at exactly `at`."""


class Loop:
    """One pair of wires. The circuit rings and feeds it; the terminal closes and opens it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.off_hook = False
        self.ringing = False
        self.battery_v = 48.0
        self.terminal: Terminal | None = None
        self.circuit: LineCircuit | None = None

    # From the terminal.

    def close(self, at: float) -> None:
        """Go off-hook; a second time changes nothing."""
        self._hook(True, at)

    def open(self, at: float) -> None:
        """Go on-hook; a second time changes nothing."""
        self._hook(False, at)

    def _hook(self, off_hook: bool, at: float) -> None:
        if self.off_hook is not off_hook:
            self.off_hook = off_hook
            if self.circuit is not None:
                self.circuit.hook_changed(off_hook, at)

    # From the circuit.

    def ring(self, on: bool, at: float) -> None:
        """Switch ringing voltage on or off."""
        if self.ringing is not on:
            self.ringing = on
            if self.terminal is not None:
                self.terminal.ring_changed(on, at)

    def feed(self, volts: float, at: float) -> None:
        """Change the feeding voltage: 0 for a loop break, the negative for a reversal."""
        if self.battery_v != volts:
            self.battery_v = volts
            if self.terminal is not None:
                self.terminal.battery_changed(volts, at)
