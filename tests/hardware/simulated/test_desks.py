"""What else can answer at a desk than a person, and the calls that colleagues make to the box (R17, R31)."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from appliance.acts import Heard
from appliance.signals.countries import country
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.levels import dbm0
from appliance.signals.progress import ProgressReceiver
from hardware.simulated.exchange import Exchange
from hardware.simulated.loop import BLOCK_S, Loop, Samples
from hardware.simulated.minipbx import MiniPbx
from hardware.simulated.pbxport import Port, PortState
from hardware.simulated.people import Answers, Desk, DeskCall, Staff
from tests.hardware.simulated.byhand import Handset

POLAND = country("pl")


class House:
    """The box at 31 by hand, and one colleague with their desk; the rest is as in the world."""

    def __init__(self, staff: Staff) -> None:
        self.pbx = MiniPbx(POLAND, lambda: datetime(2026, 11, 24, 9, 30))
        box = Loop("box")
        self.pbx.connect_extension("31", box, in_hunt_group=True)
        self.box = Handset(box)
        loop = Loop(staff.name)
        self.port: Port = self.pbx.connect_extension(staff.extension, loop)
        self.desk = Desk(staff, loop)
        self.exchange = Exchange(POLAND, [self.pbx])
        self.blocks = 0

    @property
    def now(self) -> float:
        return self.blocks * BLOCK_S

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / BLOCK_S)):
            self.blocks += 1
            alone = self.port.state is PortState.LEFT or (self.desk.is_calling and self.port.state is PortState.REFUSED)
            talking = self.port.state is PortState.TALKING
            self.desk.take_turn(self.port.is_ringing, alone, self.now, is_talking=talking)
            self.exchange.block(self.now)

    def call_the_desk(self) -> None:
        """The box dials the colleague, without any caller."""
        self.box.loop.close(self.now)
        self.wait(0.6)
        for digit in self.desk.staff.extension:
            self.pbx.dialled(self.pbx.ports["31"], digit, self.now)
        self.wait(0.5)

    def heard(self, seconds: float) -> Samples:
        """What the box hears in the next seconds."""
        began = len(self.box.heard)
        self.wait(seconds)
        return np.concatenate(self.box.heard[began:])


def test_an_answering_machine_greets_beeps_and_is_silent() -> None:
    house = House(Staff("Anna", "11", answers_after_s=1.0, talks_s=30.0, answers=Answers.MACHINE))
    house.call_the_desk()
    house.wait(1.5)
    greeting = len(house.desk._greeting) / 8000
    house.wait(greeting - 2.0)
    heard = house.heard(4.0)
    spectra = np.abs(np.fft.rfft(heard.reshape(-1, 1600)))
    purity = spectra[:, 200] / spectra.sum(axis=1)
    assert np.count_nonzero(purity > 0.5) in (2, 3), "0.6 s of 1000 Hz"
    assert dbm0(heard[-8000:]) < -50.0
    assert house.desk._loop.off_hook, "it records"


def test_a_fax_answers_with_its_tone() -> None:
    house = House(Staff("Fax", "11", answers_after_s=1.0, talks_s=60.0, answers=Answers.FAX))
    house.call_the_desk()
    named = [event.heard for event in ProgressReceiver(POLAND).feed(house.heard(8.0))]
    assert Heard.FAX in named
    assert Heard.VOICE not in named


def test_a_colleague_calls_the_box_presses_keys_and_hangs_up() -> None:
    call = DeskCall(at_s=2.0, digits="31", presses=((1.0, "4"), (2.0, "7")), talks_s=5.0)
    house = House(Staff("Anna", "11", calls=(call,)))
    house.wait(1.9)
    assert not house.desk._loop.off_hook
    house.wait(4.0)
    assert len(house.box.bursts) == 1
    assert not house.desk.has_called
    house.box.loop.close(house.now)
    answered = house.now
    began = len(house.box.heard)
    house.wait(4.0)
    pressed = DtmfReceiver().feed(np.concatenate(house.box.heard[began:]))
    assert [event.key for event in pressed if event.down] == ["4", "7"]
    assert house.desk.called == [pytest.approx(answered, abs=0.05)]
    house.wait(1.5)
    assert not house.desk._loop.off_hook
    assert house.desk.has_called


def test_what_a_colleague_says_to_the_box_is_heard() -> None:
    speech = np.full(8000, 3000.0) * np.sign(np.sin(np.arange(8000)))
    house = House(Staff("Anna", "11", calls=(DeskCall(0.5, "31", says=((1.0, speech),)),)))
    house.wait(3.0)
    house.box.loop.close(house.now)
    house.wait(1.1)
    assert dbm0(house.heard(0.5)) > -20.0


def test_a_colleague_who_reaches_nobody_gives_up() -> None:
    house = House(Staff("Anna", "11", calls=(DeskCall(0.5, "31", ring_patience_s=8.0),)))
    house.wait(8.0)
    assert len(house.box.bursts) == 2
    house.wait(2.0)
    assert not house.desk._loop.off_hook
    assert not house.box.loop.ringing


def test_a_colleague_who_dials_a_wrong_number_puts_the_handset_down() -> None:
    house = House(Staff("Anna", "11", calls=(DeskCall(0.5, "99", ring_patience_s=60.0),)))
    house.wait(8.0)
    assert house.desk.called == []
    assert not house.desk._loop.off_hook


def test_a_colleague_who_is_on_the_phone_calls_later() -> None:
    staff = Staff("Anna", "11", on_the_phone=((0.0, 6.0),), calls=(DeskCall(1.0, "31"),))
    house = House(staff)
    house.wait(6.0)
    assert house.box.bursts == []
    house.wait(3.0)
    assert len(house.box.bursts) == 1


def test_a_colleague_can_be_called_again_after_their_own_call() -> None:
    staff = Staff("Anna", "11", answers_after_s=1.0, calls=(DeskCall(0.5, "31", talks_s=2.0),))
    house = House(staff)
    house.wait(3.0)
    house.box.loop.close(house.now)
    house.wait(3.0)
    house.box.loop.open(house.now)
    house.wait(2.0)
    house.call_the_desk()
    house.wait(2.0)
    assert len(house.desk.answered) == 1
