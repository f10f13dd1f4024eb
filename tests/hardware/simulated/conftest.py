"""A host and a telephone line for an emulated modem, and a clock that moves when the test says so."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from appliance.clock import ScaledClock, Waiter, Wire
from appliance.signals.countries import country
from hardware.simulated.fakemodem import FakeModem
from hardware.simulated.loop import BLOCK, BLOCK_S, Loop, Samples
from hardware.simulated.modemfaults import Faults
from hardware.simulated.profiles import PROFILES
from hardware.wires import read_arrived, serial_wires

RESULTS = (b"OK\r\n", b"ERROR\r\n", b"CONNECT\r\n", b"NO CARRIER\r\n", b"NO DIALTONE\r\n", b"BUSY\r\n", b"ANSWER\r\n")


class HandClock:
    """Shows what it was set to. Its wires count bytes, so that nothing is looked for before it has come."""

    def __init__(self) -> None:
        self.shows = 100.0
        self._wires = ScaledClock()

    def now(self) -> float:
        return self.shows

    def today(self) -> datetime:
        return datetime(2026, 11, 24, 9, 30)

    def waiter(self, name: str) -> Waiter:
        raise AssertionError("a modem has no thread")

    def wire(self, name: str) -> Wire:
        return self._wires.wire(name)


class Bench:
    """A modem on the bench: the test is its host at the serial port and the exchange at its line."""

    def __init__(self, profile: str = "cx93001", code: str = "pl", *, latency_s: float = 0.01, **faults: Any) -> None:
        self.clock = HandClock()
        self.loop = Loop("bench")
        chip = PROFILES[profile].but(latency_s=(latency_s, latency_s))
        self.modem = FakeModem(chip, self.loop, self.clock, country=country(code), seed=7, faults=Faults(**faults))
        self.record = self.modem.record
        self.wires = serial_wires(self.clock, self.modem.path)
        self.far: Samples = np.zeros(0)
        """What the exchange will say."""
        self.line: list[Samples] = []
        """What the modem has said on the line, block by block while off-hook."""
        self._kept = b""
        self._blocks = 0
        self.port = -1
        self.open()

    # The host.

    def open(self) -> None:
        self.port = os.open(self.modem.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.modem.attend(self.clock.shows)

    def unplug_host(self) -> None:
        os.close(self.port)
        self.port = -1
        self.modem.attend(self.clock.shows)

    def send(self, data: bytes) -> int:
        """Write what the port takes now."""
        try:
            count = os.write(self.port, data)
        except BlockingIOError:
            return 0
        self.wires.to_modem.sent(count)
        self.modem.attend(self.clock.shows)
        return count

    def read(self) -> bytes:
        kept, self._kept = self._kept, b""
        return kept + read_arrived(self.port, self.wires.to_host)

    def ask(self, line: str, within_s: float = 2.0) -> bytes:
        """Type a command line; what comes back until a result code."""
        self.send(line.encode() + b"\r")
        return self.until(RESULTS, within_s)

    def until(self, ends: tuple[bytes, ...], within_s: float = 2.0) -> bytes:
        """What comes up to the first of `ends`, or until the time is over; the rest is for the next reader."""
        got = self.read()
        limit = self.clock.shows + within_s
        while not (found := [got.index(end) + len(end) for end in ends if end in got]) and self.clock.shows < limit:
            got += self.run(BLOCK_S)
        cut = min(found, default=len(got))
        self._kept = got[cut:]
        return got[:cut]

    # The exchange.

    def run(self, seconds: float) -> bytes:
        """Let time pass, block by block; returns what the host got meanwhile."""
        got = b""
        for _ in range(round(seconds / BLOCK_S)):
            self._blocks += 1
            at = 100.0 + self._blocks * BLOCK_S
            while (due := self.modem.next_due()) <= at:
                self.clock.shows = due
                self.modem.attend(due)
            self.clock.shows = at
            self.modem.attend(at)
            self._block(at)
            got += self.read() if self.port >= 0 else b""
        return got

    def _block(self, at: float) -> None:
        heard, self.far = self.far[:BLOCK], self.far[BLOCK:]
        if self.loop.off_hook:
            self.line.append(self.modem.speak(at).copy())
        if self.loop.off_hook or len(heard):
            self.modem.hear(np.concatenate((heard, np.zeros(BLOCK - len(heard)))), at)

    def ring(self, seconds: float = 1.0) -> bytes:
        """One burst of ringing."""
        self.loop.ring(True, self.clock.shows)
        got = self.run(seconds)
        self.loop.ring(False, self.clock.shows)
        return got

    def spoken(self) -> Samples:
        """All that the modem has said on the line."""
        return np.concatenate(self.line) if self.line else np.zeros(0)

    def voice(self, start: str = "") -> bytes:
        """Go off-hook in voice mode with the format of the chip; `start` is the stream to begin."""
        sample = "128" if "+VTR" not in self.modem.profile.actions else "1"
        got = self.ask(f"ATE0;+FCLASS=8;+VSM={sample},8000;+VLS=1")
        self.run(0.2)  # a chip that hears itself in this moment is done with it
        return self.ask(f"AT{start}") if start else got

    def close(self) -> None:
        if self.port >= 0:
            os.close(self.port)
        self.modem.close()


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    """Makes benches, and clears them away."""
    made: list[Bench] = []

    def make(*args: Any, **kwargs: Any) -> Bench:
        made.append(Bench(*args, **kwargs))
        return made[-1]

    yield make
    for each in made:
        each.close()
