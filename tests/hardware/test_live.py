"""Listening to a line as it is, on an emulated modem and on a HAT that hang on the mini-PBX."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from appliance.acts import Heard
from appliance.clock import ScaledClock, Waiter
from appliance.faults import LineFault
from appliance.settings import LineSettings
from appliance.signals.callerid import CallerIdReceiver
from appliance.signals.countries import country
from appliance.signals.levels import RATE_HZ
from appliance.signals.progress import ProgressReceiver
from hardware.fxo.hat import Hat
from hardware.instrument import Instrument, Samples
from hardware.live import live_sound
from hardware.modem.modem import Modem
from hardware.outgoing import Outgoing
from hardware.simulated.people import Caller
from hardware.simulated.plugs import hats_of, site_of
from hardware.simulated.profiles import PROFILES
from hardware.simulated.world import PlannedHat, PlannedModem, World

POLAND = country("pl")


class Listener:
    """Somebody who listens to the only line of a world."""

    def __init__(self, planned: PlannedModem | PlannedHat, *callers: Caller) -> None:
        self._clock = ScaledClock(math.inf)
        self._waiter: Waiter = self._clock.waiter("listener")
        self.world = World(self._clock, country="pl", modems=[planned], callers=callers)
        self.world.start()
        self._outgoing = Outgoing(np.zeros(160, np.int16))
        self.seconds = 0.0

    def listen(self, port: str, seconds: float) -> list[Heard]:
        """What is heard in so many seconds of sound after the line was taken by a modem."""
        line = LineSettings("this line", port)
        modem = Modem(line, POLAND, self._clock, self._waiter, self._outgoing, site_of(self.world))
        receiver = ProgressReceiver(POLAND)
        sound = self._sound(modem, seconds, off_hook=True)
        return [event.heard for samples in sound for event in receiver.feed(samples)]

    def overhear(self, port: str, seconds: float) -> list[str]:
        """The numbers of those who call meanwhile, as a HAT hears them without taking the line."""
        line = LineSettings("this line", port)
        hats = hats_of(self.world)
        hat = Hat(line, self._clock, self._waiter, self._outgoing, hats, overhears=True)
        receiver = CallerIdReceiver()
        sound = self._sound(hat, seconds, off_hook=False)
        return [event.message.number for samples in sound for event in receiver.feed(samples)]

    def _sound(self, instrument: Instrument, seconds: float, *, off_hook: bool) -> Iterator[Samples]:
        sound = live_sound(
            instrument, self._outgoing, self._clock, off_hook=off_hook, ended=lambda: self.seconds >= seconds
        )
        for samples in sound:
            self.seconds += len(samples) / RATE_HZ
            yield samples

    def close(self) -> None:
        """Leave the world."""
        self._waiter.close()
        self.world.stop()


@pytest.fixture(params=["cx93001", "usr5637"])
def listener(request: pytest.FixtureRequest) -> Iterator[Listener]:
    somebody = Listener(PlannedModem(PROFILES[request.param]))
    yield somebody
    somebody.close()


def test_the_dial_tone_of_the_pbx_is_heard(listener: Listener) -> None:
    assert listener.listen(listener.world.lines[0], 4.0) == [Heard.DIAL_TONE]


def test_afterwards_the_line_is_on_hook_again_and_nothing_was_dialled(listener: Listener) -> None:
    listener.listen(listener.world.lines[0], 2.0)
    record = listener.world.modems[0].record
    assert [off_hook for _, off_hook in record.hooks] == [True, False]
    assert not any("VTS" in command or "ATD" in command for _, command in record.commands)


def test_a_hat_overhears_who_calls_and_leaves_the_line_alone() -> None:
    listener = Listener(PlannedHat("fxo:ch1817-usb"), Caller("225550101", "Jan", at_s=2.0, ring_patience_s=6.0))
    try:
        assert listener.overhear("fxo:ch1817-usb", 12.0) == ["225550101"]
        assert not any(off_hook for _, off_hook in listener.world.modems[0].record.hooks)
    finally:
        listener.close()


def test_a_port_that_is_not_there_is_told_in_a_sentence(listener: Listener) -> None:
    with pytest.raises(LineFault) as problem:
        listener.listen("/dev/ttyNOWHERE", 1.0)
    assert "/dev/ttyNOWHERE" in problem.value.problem
