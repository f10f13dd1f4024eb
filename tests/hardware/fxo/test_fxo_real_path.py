"""The very code path of the Raspberry Pi, all parts at once: gpiozero, the hook process, PortAudio on real ALSA.

Only the ends are not real: the pins are gpiozero's mock pins, which the test drives as the exchange would, and the
sound card is made of two pipes, whose clock is the test.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from appliance.clock import SystemClock
from appliance.settings import LineSettings
from appliance.signals.generate import dtmf, tone
from appliance.signals.levels import dbm0
from bench.pipedcard import PipedCard, missing
from hardware.fxo import hat as hat_module
from hardware.fxo import soundlink
from hardware.fxo.hat import Hat
from hardware.instrument import KeyPressed, LoopBroken, RingBurst, Signal, Sound
from hardware.outgoing import Outgoing

BOARD = """
[pins.offhook]
gpio = 17
[pins.ring]
gpio = 27
active = "low"
pull = "up"
[pins.loop]
gpio = 22
pull = "down"
[sound]
card = "codec"
"""
STEP = 160
"""Samples of 20 ms."""
LONGEST_S = 30.0


class Pi:
    """A Raspberry Pi with a line module, and the driver on it."""

    def __init__(self, folder: Path, factory: MockFactory) -> None:
        (folder / "mine.toml").write_text(BOARD, encoding="utf-8")
        self.card = PipedCard(folder)
        self.ring, self.loop = factory.pin(27), factory.pin(22)
        self.clock = SystemClock()
        self.waiter = self.clock.waiter("line")
        self.outgoing = Outgoing(np.zeros(8000, np.int16))
        self.hat = Hat(LineSettings("Line 1", f"fxo:{folder}/mine.toml"), self.clock, self.waiter, self.outgoing)
        self.signals: list[Signal] = []

    def step(self, hears: np.ndarray | None = None) -> np.ndarray:
        """Twenty milliseconds; what the card said in them."""
        block = np.zeros(STEP, np.int16) if hears is None else hears.astype(np.int16)
        ends = self.clock.now() + 0.02
        while not self._let_hear(block):
            self.signals += self.hat.wait(self.clock.now() + 0.02)
        said = self.card.take(STEP)
        while self.clock.now() < ends:
            self.signals += self.hat.wait(ends)
        return said

    def _let_hear(self, block: np.ndarray) -> bool:
        """`False` while the card has not fetched what it was given before."""
        try:
            self.card.hear(block)
        except BlockingIOError:
            return False
        return True

    def until(self, kind: type[Signal], each: Callable[[], object]) -> Signal:
        """Go on until the driver tells of something."""
        longest = self.clock.now() + LONGEST_S
        while self.clock.now() < longest:
            each()
            found = [signal for signal in self.signals if isinstance(signal, kind)]
            if found:
                self.signals.clear()
                return found[0]
        raise AssertionError(f"{kind.__name__} was not told")

    def wave(self) -> None:
        """Half a wave of ringing."""
        (self.ring.drive_high if not self.ring.state else self.ring.drive_low)()
        self.step()

    def close(self) -> None:
        self.hat.close()
        self.waiter.close()
        self.card.close()


@pytest.fixture
def pi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pi]:
    if missing():
        pytest.skip(f"this machine lacks PortAudio: sudo apt-get install {missing()}")
    before, factory = Device.pin_factory, MockFactory()
    Device.pin_factory = factory
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")  # for the hook process
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    for module, name in ((soundlink, "GONE_S"), (hat_module, "SOUND_GONE_S")):
        monkeypatch.setattr(module, name, 60.0)  # this card stands still whenever the test does
    made = Pi(tmp_path, factory)
    yield made
    made.close()
    Device.pin_factory = before
    factory.close()


def test_it_rings_answers_hears_a_key_speaks_flashes_and_notices_the_end(pi: Pi) -> None:
    pi.hat.open()
    pi.until(RingBurst, pi.wave)
    pi.ring.drive_high()
    pi.hat.off_hook()
    pi.loop.drive_high()
    for _ in range(25):
        pi.step()
    pi.outgoing.say(np.rint(tone([440.0], 1.0, -16.0)).astype(np.int16))
    pi.hat.talk()
    said = np.concatenate([pi.step() for _ in range(40)])
    assert dbm0(said[-8 * STEP :].astype(np.float64)) == pytest.approx(-16.0, abs=1.0)
    key = itertools.chain(np.split(dtmf("7", 100, 100), 10), itertools.repeat(None))
    assert pi.until(KeyPressed, lambda: pi.step(next(key))) == KeyPressed("7")
    assert pi.until(Sound, pi.step)
    pi.hat.flash(120)
    assert pi.hat.last_flash_ms >= 120
    pi.loop.drive_low()
    pi.until(LoopBroken, pi.step)
    pi.hat.on_hook()
    assert pi.hat.answers
