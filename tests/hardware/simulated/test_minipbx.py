"""A hand-driven telephone on the mini-PBX: flashes, digits, hand-overs, and what everybody hears meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest

from appliance.call import CallerId, Presentation
from appliance.signals.callerid import CallerIdMessage, FskReceiver
from appliance.signals.countries import country
from appliance.signals.generate import dtmf, tone
from appliance.signals.levels import dbm0
from hardware.simulated.exchange import Exchange, PublicCall, Release
from hardware.simulated.loop import BLOCK, BLOCK_S, Loop, Samples
from hardware.simulated.minipbx import MiniPbx, PbxProfile, Where
from hardware.simulated.sounds import SILENCE, Player

US = country("us")
VOICE_HZ = 1000.0
"""Outside callers whistle; nothing else on these lines does at that pitch."""


class Handset:
    """A telephone that does exactly what the test does."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.bursts: list[float] = []
        self.breaks: list[float] = []
        self.heard: list[Samples] = []
        self.mouth = Player()
        self.receiver = FskReceiver(US.caller_id)
        self.caller_ids: list[CallerIdMessage] = []
        loop.terminal = self

    def ring_changed(self, on: bool, at: float) -> None:
        if on:
            self.bursts.append(at)

    def battery_changed(self, volts: float, at: float) -> None:
        if volts == 0:
            self.breaks.append(at)

    def hear(self, block: Samples, at: float) -> None:
        self.heard.append(block)
        if not self.loop.off_hook:
            self.caller_ids += self.receiver.feed(block)

    def speak(self, at: float) -> Samples:
        block = self.mouth.block(at)
        return SILENCE if block is None else block


class Whistler:
    """A caller outside who whistles all the time."""

    def __init__(self, number: str = "5550100") -> None:
        self.caller_id = CallerId(number, "", Presentation.SHOWN)
        self.heard: list[Samples] = []
        self.alone = self.refused_at = False
        self._whistle = tone((VOICE_HZ,), 60, -15)
        self._place = 0

    def take_turn(self, call: PublicCall, at: float) -> None:
        pass

    def speak(self, at: float) -> Samples:
        self._place += BLOCK
        return np.resize(self._whistle[self._place : self._place + BLOCK], BLOCK)

    def hear(self, block: Samples, at: float) -> None:
        self.heard.append(block)

    def answered(self, at: float) -> None:
        pass

    def refused(self, at: float) -> None:
        self.refused_at = True

    def left_alone(self, at: float) -> None:
        self.alone = True


class Office:
    """A PBX with the box at 31, Anna at 11 and Bert at 12; time moves only when a test lets it."""

    def __init__(self, **habits: object) -> None:
        self.pbx = MiniPbx(US, lambda: datetime(2026, 11, 24, 9, 30), PbxProfile(**habits))  # type: ignore[arg-type]
        self.exchange = Exchange(US, [self.pbx])
        self.box = self._phone("31", in_hunt_group=True)
        self.anna, self.bert = self._phone("11"), self._phone("12")
        self.blocks = 0

    def _phone(self, extension: str, *, in_hunt_group: bool = False) -> Handset:
        loop = Loop(extension)
        self.pbx.connect_extension(extension, loop, in_hunt_group=in_hunt_group)
        return Handset(loop)

    @property
    def now(self) -> float:
        return self.blocks * BLOCK_S

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / BLOCK_S)):
            self.blocks += 1
            self.exchange.block(self.now)

    def wait_until(self, there: Callable[[], bool], seconds: float = 60.0) -> float:
        began = self.now
        while not there():
            assert self.now < began + seconds
            self.wait(BLOCK_S)
        return self.now - began

    def flash(self, ms: float = 100) -> None:
        opened_at = self.now
        self.box.loop.open(opened_at)
        self.wait(ms / 1000)
        self.box.loop.close(opened_at + ms / 1000)
        self.wait(0.04)

    def dial(self, digits: str) -> None:
        self.wait(0.6)
        self.box.mouth.add(dtmf(digits), self.now)
        self.wait(len(digits) * 0.2 + 0.6)

    def call_in(self, number: str = "5550100") -> tuple[Whistler, PublicCall]:
        """A caller who is talking with the box."""
        caller = Whistler(number)
        call = self.exchange.call(caller, self.now)
        self.wait(1)
        self.box.loop.close(self.now)
        self.wait(0.5)
        return caller, call

    def consult(self, digits: str) -> tuple[Whistler, PublicCall]:
        """The same caller on hold, and that number dialled."""
        caller, call = self.call_in()
        self.flash()
        self.dial(digits)
        return caller, call

    def hears(self, who: Handset | Whistler, seconds: float = 2.0) -> str:
        """What that is which they hear in the next seconds."""
        began = len(who.heard)
        self.wait(seconds)
        sound = np.concatenate([*who.heard[began:], np.zeros(BLOCK)])
        blocks = sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK)
        loud = np.array([dbm0(block) > -40 for block in blocks])
        changes = int(np.count_nonzero(np.diff(loud.astype(int))))
        spectrum = np.square(np.abs(np.fft.rfft(sound)))
        hz = np.fft.rfftfreq(len(sound), 1 / 8000)
        share = {at: spectrum[np.abs(hz - at) < 8].sum() / spectrum.sum() for at in (350, 440, 480, 620, VOICE_HZ)}
        if not loud.any():
            return "nothing"
        if share[VOICE_HZ] > 0.8:
            return "caller"
        present = tuple(at for at in (350, 440, 480, 620) if share[at] > 0.4)
        busy = "congestion" if changes > 5 * seconds / 2 else "busy"
        return {(350, 440): "dial tone", (440, 480): "ringback", (480, 620): busy}.get(present, "music")


@pytest.fixture
def office() -> Office:
    return Office()


def where(office: Office, call: PublicCall) -> Where:
    return office.pbx.segments(call)[-1].where


def test_an_outside_call_rings_the_box_with_the_callers_number(office: Office) -> None:
    caller = Whistler("5550123")
    office.exchange.call(caller, office.now)
    assert office.hears(caller, 2) == "ringback"
    office.wait(4)
    assert office.box.bursts == pytest.approx([0.0, 6.0])
    assert office.box.caller_ids == [CallerIdMessage("5550123", "", "", "11240930")]
    assert office.anna.bursts == []


def test_box_and_caller_hear_each_other_after_the_answer(office: Office) -> None:
    caller, _ = office.call_in()
    assert office.hears(office.box) == "caller"
    office.box.mouth.add(tone((350.0, 440.0), 3, -15), office.now)
    assert office.hears(caller) == "dial tone"  # played by the box itself


def test_a_second_caller_waits_until_the_port_is_free(office: Office) -> None:
    office.call_in()
    second = Whistler()
    call = office.exchange.call(second, office.now)
    assert office.hears(second) == "ringback"
    office.box.loop.open(office.now)
    rang_before = len(office.box.bursts)
    office.wait(1.5)
    assert len(office.box.bursts) == rang_before + 1
    office.box.loop.close(office.now)
    assert call.answered_at is not None


def test_a_caller_hears_busy_when_all_trunks_are_taken() -> None:
    office = Office(trunks=1)
    office.call_in()
    second = Whistler()
    office.exchange.call(second, office.now)
    assert second.refused_at
    assert office.hears(second) == "busy"


@pytest.mark.parametrize("ms", [20, 40])
def test_a_flash_that_is_too_short_is_ignored(office: Office, ms: int) -> None:
    _caller, call = office.call_in()
    office.flash(ms)
    assert office.hears(office.box) == "caller"
    assert call.trace.flashes_ms == pytest.approx([ms])


@pytest.mark.parametrize("ms", [300, 600])
def test_a_flash_that_is_too_long_hangs_up(office: Office, ms: int) -> None:
    caller, _ = office.call_in()
    office.flash(ms)
    assert caller.alone
    assert office.hears(caller) == "busy"
    assert office.hears(office.box) == "dial tone"


def test_a_flash_gives_recall_dial_tone_and_music_to_the_caller(office: Office) -> None:
    caller, call = office.call_in()
    office.flash()
    assert office.hears(office.box) == "dial tone"
    began = len(caller.heard)
    assert office.hears(caller, 10) == "music"
    tune = np.concatenate(caller.heard[began:])
    assert all(dbm0(tune[start : start + 4000]) > -30 for start in range(0, len(tune) - 4000, 800))
    assert where(office, call) is Where.HOLD
    assert call.trace.flashes_ms == pytest.approx([100])


def test_digits_ring_a_free_extension_and_the_box_hears_ringback(office: Office) -> None:
    _, call = office.consult("11")
    assert len(office.anna.bursts) == 1
    assert office.hears(office.box, 6) == "ringback"
    assert call.trace.digits == ["1", "1"]
    assert office.anna.caller_ids[0].number == "31"


def test_hanging_up_after_the_answer_joins_caller_and_colleague(office: Office) -> None:
    caller, call = office.consult("11")
    office.anna.loop.close(office.now)
    office.anna.mouth.add(tone((350.0, 440.0), 30, -15), office.now)
    assert office.hears(office.box) == "dial tone"  # Anna's voice
    assert office.hears(office.anna) == "nothing"  # the caller is still on hold
    office.box.loop.open(office.now)
    office.wait(1)
    assert office.hears(office.anna) == "caller"
    assert office.hears(caller) == "dial tone"
    last = office.pbx.segments(call)[-1]
    assert (last.where, last.extension) == (Where.COLLEAGUE, "11")
    assert not caller.alone


def test_hanging_up_while_it_rings_hands_over_blindly(office: Office) -> None:
    caller, _ = office.consult("11")
    office.box.loop.open(office.now)
    assert office.hears(caller, 6) == "ringback"
    office.anna.loop.close(office.now)
    assert office.hears(office.anna) == "caller"


def test_a_blind_transfer_that_nobody_answers_rings_back_with_the_callers_number() -> None:
    office = Office(recall_s=10)
    _caller, call = office.consult("11")
    office.box.loop.open(office.now)
    rang_before = len(office.box.bursts)
    assert office.wait_until(lambda: len(office.box.bursts) > rang_before) == pytest.approx(10.4, abs=0.3)
    office.wait(5)
    assert office.box.caller_ids[-1].number == "5550100"
    assert not office.anna.loop.ringing
    office.box.loop.close(office.now)
    assert office.hears(office.box) == "caller"
    assert where(office, call) is Where.OFFICE


def test_one_flash_fetches_the_caller_back_while_it_rings(office: Office) -> None:
    _caller, _ = office.consult("11")
    office.flash()
    assert office.hears(office.box) == "caller"
    assert not office.pbx.ports["11"].is_ringing


def test_one_flash_fetches_the_caller_back_from_a_colleague_who_then_hears_busy(office: Office) -> None:
    office.consult("11")
    office.anna.loop.close(office.now)
    office.wait(1)
    office.flash()
    assert office.hears(office.box) == "caller"
    assert office.hears(office.anna) == "busy"


def test_where_two_flashes_are_needed_one_changes_nothing() -> None:
    office = Office(flashes_to_retrieve=2)
    caller, _ = office.consult("11")
    office.flash()
    assert office.hears(office.box, 6) == "ringback"
    assert office.hears(caller) == "music"
    office.flash()
    office.wait(0.4)
    office.flash()
    assert office.hears(office.box) == "caller"


def test_two_flashes_too_far_apart_do_not_fetch_the_caller_back() -> None:
    office = Office(flashes_to_retrieve=2)
    caller, _ = office.consult("12")
    office.flash()
    office.wait(1.5)
    office.flash()
    assert office.hears(caller) == "music"


def test_a_busy_extension_gives_busy_tone_and_a_flash_fetches_the_caller_back(office: Office) -> None:
    office.bert.loop.close(office.now)
    office.consult("12")
    assert office.hears(office.box) == "busy"
    office.flash()
    assert office.hears(office.box) == "caller"


def test_hanging_up_on_busy_brings_the_caller_back_where_there_is_no_camp_on(office: Office) -> None:
    office.bert.loop.close(office.now)
    caller, _ = office.consult("12")
    rang_before = len(office.box.bursts)
    office.box.loop.open(office.now)
    office.wait(2)
    assert len(office.box.bursts) == rang_before + 1
    office.box.loop.close(office.now)
    assert office.hears(office.box) == "caller"
    assert not caller.alone


def test_camp_on_rings_the_busy_extension_when_it_becomes_free() -> None:
    office = Office(camp_on=True)
    office.bert.loop.close(office.now)
    caller, _ = office.consult("12")
    office.box.loop.open(office.now)
    assert office.hears(caller, 4) == "music"
    office.bert.loop.open(office.now)
    office.wait_until(lambda: bool(office.bert.bursts), 3)
    office.bert.loop.close(office.now)
    assert office.hears(office.bert) == "caller"


def test_camp_on_on_somebody_who_stays_busy_ends_in_a_recall() -> None:
    office = Office(camp_on=True, recall_s=5)
    office.bert.loop.close(office.now)
    office.consult("12")
    rang_before = len(office.box.bursts)
    office.box.loop.open(office.now)
    assert office.wait_until(lambda: len(office.box.bursts) > rang_before) == pytest.approx(5.4, abs=0.3)


@pytest.mark.parametrize(("setting", "heard"), [(Release.BUSY, "busy"), (Release.CONGESTION, "congestion")])
def test_do_not_disturb_sounds_as_the_pbx_is_set(setting: Release, heard: str) -> None:
    office = Office(do_not_disturb=setting)
    office.pbx.ports["11"].do_not_disturb = True
    office.consult("11")
    assert office.hears(office.box) == heard
    assert office.anna.bursts == []


@pytest.mark.parametrize("digits", ["99", "19", "#"])
def test_a_number_that_does_not_exist_gives_congestion(office: Office, digits: str) -> None:
    office.consult(digits)
    office.wait(0.5)
    assert office.hears(office.box) == "congestion"


def test_dialling_nothing_ends_in_congestion() -> None:
    office = Office(digit_wait_s=3)
    office.call_in()
    office.flash()
    office.wait(3.5)
    assert office.hears(office.box) == "congestion"


def test_no_answer_keeps_ringing(office: Office) -> None:
    office.consult("11")
    office.wait(60)
    assert office.hears(office.box, 6) == "ringback"
    assert len(office.anna.bursts) > 10


def test_a_caller_who_left_while_held_is_found_gone(office: Office) -> None:
    _, call = office.consult("11")
    call.hang_up(Release.LOOP, office.now)
    assert office.hears(office.box, 6) == "ringback"
    office.flash()
    assert office.hears(office.box) == "congestion"
    assert office.box.breaks == []


def test_a_colleague_who_answers_is_left_alone_when_the_held_caller_has_gone(office: Office) -> None:
    _, call = office.consult("11")
    office.anna.loop.close(office.now)
    call.hang_up(Release.BUSY, office.now)
    office.box.loop.open(office.now)
    office.wait(1)
    assert office.hears(office.anna) == "busy"


@pytest.mark.parametrize(
    ("release", "heard", "breaks"),
    [
        (Release.BUSY, "busy", 0),
        (Release.CONGESTION, "congestion", 0),
        (Release.DIAL_TONE, "dial tone", 0),
        (Release.LOOP, "nothing", 1),
        (Release.LOOP_BUSY, "busy", 1),
        (Release.SILENCE, "nothing", 0),
    ],
)
def test_the_box_learns_of_the_callers_hang_up(office: Office, release: Release, heard: str, breaks: int) -> None:
    _, call = office.call_in()
    call.hang_up(release, office.now)
    assert len(office.box.breaks) == breaks
    if breaks:
        assert office.box.loop.battery_v == 0
    office.wait(0.6)
    assert office.box.loop.battery_v == 48
    assert office.hears(office.box) == heard


def test_a_colleague_who_hangs_up_leaves_the_caller_with_busy_tone(office: Office) -> None:
    caller, _ = office.consult("11")
    office.anna.loop.close(office.now)
    office.box.loop.open(office.now)
    office.wait(2)
    office.anna.loop.open(office.now)
    office.wait(1)
    assert caller.alone
    assert office.hears(caller) == "busy"


def test_a_caller_who_gives_up_stops_the_ringing(office: Office) -> None:
    caller = Whistler()
    call = office.exchange.call(caller, office.now)
    office.wait(1)
    call.hang_up(Release.BUSY, office.now)
    assert not office.box.loop.ringing
    office.wait(10)
    assert len(office.box.bursts) == 1
