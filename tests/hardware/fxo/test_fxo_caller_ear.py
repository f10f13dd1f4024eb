"""Who calls, heard on-hook before the first ring and after it (signals 3.3; fxo-and-pbx 4.4)."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.call import CallerId, Presentation
from appliance.signals import callerid
from appliance.signals.callerid import CallerIdMessage, Kind
from appliance.signals.countries import country
from appliance.signals.generate import noise
from appliance.signals.levels import RATE_HZ
from hardware.fxo.callerear import KEPT_S, LISTEN_S, CallerEar

JAN = CallerIdMessage("225550101", "Jan", datetime="11241000")
TOLD = CallerId("225550101", "Jan", Presentation.SHOWN)
BLOCK = 160


class Line:
    """An on-hook line with an ear at it, moved on in blocks of 20 ms."""

    def __init__(self) -> None:
        self.ear = CallerEar()
        self.now = 0.0
        self.told: list[CallerId] = []
        self._rng = np.random.default_rng(1)

    def hear(self, sound: np.ndarray) -> None:
        """Let it hear this, with the noise of a line."""
        noisy = np.rint(sound + noise(len(sound), -60.0, self._rng)).astype(np.int16)
        for place in range(0, len(noisy), BLOCK):
            self.now += BLOCK / RATE_HZ
            self.told += self.ear.hear(noisy[place : place + BLOCK], self.now)

    def quiet(self, seconds: float) -> None:
        """Nothing but noise."""
        self.hear(np.zeros(round(seconds * RATE_HZ)))

    def message(self, message: CallerIdMessage = JAN) -> None:
        """A caller ID as the country sends it."""
        self.hear(callerid.modulate(callerid.encode(message), country("us").caller_id))

    def rings(self) -> None:
        """A ring begins."""
        self.told += self.ear.call_comes(self.now)


def test_a_number_between_two_rings_is_heard() -> None:
    line = Line()
    line.rings()
    line.quiet(2.5)
    line.message()
    line.quiet(0.3)
    assert line.told == [TOLD]


@pytest.mark.parametrize("before_s", [0.1, 0.5, 1.2])
def test_a_number_that_came_before_the_first_ring_is_found_in_what_was_kept(before_s: float) -> None:
    line = Line()
    line.quiet(5.0)
    line.message()
    line.quiet(before_s)
    assert line.told == []
    line.rings()
    line.quiet(0.3)
    assert line.told == [TOLD]


def test_a_reversal_of_polarity_is_a_sign_to_listen_and_the_ring_after_it_tells_nobody_twice() -> None:
    """Britain and others: reversal, caller ID, then the first ring."""
    line = Line()
    line.quiet(2.0)
    line.rings()
    line.quiet(0.5)
    line.message()
    line.quiet(0.5)
    line.rings()
    line.quiet(4.0)
    line.rings()
    line.quiet(1.0)
    assert line.told == [TOLD]


def test_a_number_from_long_before_belongs_to_nobody_who_rings_now() -> None:
    line = Line()
    line.message()
    line.quiet(KEPT_S + 0.5)
    line.rings()
    line.quiet(LISTEN_S + 1.0)
    assert line.told == []


def test_what_was_heard_before_a_hang_up_is_forgotten() -> None:
    line = Line()
    line.message()
    line.ear.start_over()
    line.rings()
    line.quiet(1.0)
    assert line.told == []


def test_between_calls_nothing_is_listened_to() -> None:
    """A long window would cost a slow Raspberry Pi what it needs for callers."""
    line = Line()
    line.rings()
    line.quiet(LISTEN_S + 0.5)
    line.message()
    assert line.told == []


@pytest.mark.parametrize(("reason", "presentation"), [("P", Presentation.WITHHELD), ("O", Presentation.UNAVAILABLE)])
def test_why_there_is_no_number_is_told(reason: str, presentation: Presentation) -> None:
    line = Line()
    line.rings()
    line.quiet(0.5)
    line.message(CallerIdMessage(reason=reason, datetime="11241000"))
    line.quiet(0.3)
    assert line.told == [CallerId(presentation=presentation)]


def test_a_lamp_for_waiting_messages_is_no_caller() -> None:
    line = Line()
    line.rings()
    line.quiet(0.5)
    line.message(CallerIdMessage(kind=Kind.MESSAGES_WAITING))
    line.quiet(0.3)
    assert line.told == []
