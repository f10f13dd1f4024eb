"""Listening to a line as it is, on an emulated modem that hangs on the mini-PBX."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from appliance.acts import Heard
from appliance.clock import ScaledClock, Waiter
from appliance.faults import LineFault
from appliance.settings import LineSettings
from appliance.signals.countries import country
from appliance.signals.levels import RATE_HZ
from appliance.signals.progress import ProgressReceiver
from hardware.live import live_sound
from hardware.modem.modem import Modem
from hardware.outgoing import Outgoing
from hardware.simulated.plugs import site_of
from hardware.simulated.profiles import PROFILES
from hardware.simulated.world import PlannedModem, World

POLAND = country("pl")


class Listener:
    """Somebody who listens to the only line of a world."""

    def __init__(self, profile: str) -> None:
        self._clock = ScaledClock(math.inf)
        self._waiter: Waiter = self._clock.waiter("listener")
        self.world = World(self._clock, country="pl", modems=[PlannedModem(PROFILES[profile])])
        self.world.start()
        self._outgoing = Outgoing(np.zeros(160, np.int16))
        self.seconds = 0.0

    def listen(self, port: str, seconds: float) -> list[Heard]:
        """What is heard in so many seconds of sound."""
        line = LineSettings("this line", port)
        modem = Modem(line, POLAND, self._clock, self._waiter, self._outgoing, site_of(self.world))
        receiver = ProgressReceiver(POLAND)
        heard: list[Heard] = []
        sound = live_sound(
            modem, self._outgoing, self._clock, off_hook=True, ended=lambda: self.seconds >= seconds
        )  # fmt: skip
        for samples in sound:
            self.seconds += len(samples) / RATE_HZ
            heard += [event.heard for event in receiver.feed(samples)]
        return heard

    def close(self) -> None:
        """Leave the world."""
        self._waiter.close()
        self.world.stop()


@pytest.fixture(params=["cx93001", "usr5637"])
def listener(request: pytest.FixtureRequest) -> Iterator[Listener]:
    somebody = Listener(request.param)
    yield somebody
    somebody.close()


def test_the_dial_tone_of_the_pbx_is_heard(listener: Listener) -> None:
    assert listener.listen(listener.world.lines[0], 4.0) == [Heard.DIAL_TONE]


def test_afterwards_the_line_is_on_hook_again_and_nothing_was_dialled(listener: Listener) -> None:
    listener.listen(listener.world.lines[0], 2.0)
    record = listener.world.modems[0].record
    assert [off_hook for _, off_hook in record.hooks] == [True, False]
    assert not any("VTS" in command or "ATD" in command for _, command in record.commands)


def test_a_port_that_is_not_there_is_told_in_a_sentence(listener: Listener) -> None:
    with pytest.raises(LineFault) as problem:
        listener.listen("/dev/ttyNOWHERE", 1.0)
    assert "/dev/ttyNOWHERE" in problem.value.problem
