"""A hand-driven telephone on the mini-PBX: flashes, digits, hand-overs, and what everybody hears meanwhile."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.signals.callerid import CallerIdMessage
from appliance.signals.generate import tone
from appliance.signals.levels import dbm0
from hardware.simulated.exchange import Release
from hardware.simulated.legs import Where
from tests.hardware.simulated.byhand import Office, Whistler


@pytest.fixture
def office() -> Office:
    return Office()


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
    assert office.where(call) is Where.HOLD
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
    assert office.where(call) is Where.OFFICE


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
