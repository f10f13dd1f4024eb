"""The habits in which makes of PBX differ, and the bad ones: each seen or heard at the box's port."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.settings import StatusDigits
from appliance.signals.countries import Tone
from appliance.signals.levels import dbm0
from hardware.simulated.exchange import Release
from hardware.simulated.legs import Where
from hardware.simulated.loop import BLOCK, Samples
from hardware.simulated.pbxprofile import PbxTones, RecallShows
from tests.hardware.simulated.byhand import Handset, Office, Whistler

STATUS = StatusDigits("1", "2", "3", "4", "5", "#9")


def peak_hz(office: Office, who: Handset) -> float:
    """The strongest frequency of the next second."""
    began = len(who.heard)
    office.wait(1.0)
    sound = np.concatenate(who.heard[began:])
    return float(np.argmax(np.abs(np.fft.rfft(sound)))) * 8000 / len(sound)


# ---------------------------------------------------------------- tones


def test_soft_tones_are_soft() -> None:
    office = Office(tones=PbxTones(dbm0=-30.0))
    office.consult("99")
    office.wait(1.0)
    began = len(office.box.heard)
    office.wait(2.0)
    loudest = max(dbm0(block) for block in office.box.heard[began:])
    assert loudest == pytest.approx(-27.0, abs=1.0), "two frequencies of -30 dBm0"


@pytest.mark.parametrize("off_by", [-0.02, 0.02])
def test_tones_may_be_off_pitch(off_by: float) -> None:
    office = Office(tones=PbxTones(dial=Tone((425.0,)), off_by=off_by))
    office.call_in()
    office.flash()
    office.wait(0.5)
    assert peak_hz(office, office.box) == pytest.approx(425 * (1 + off_by), abs=1.0)


def test_a_pbx_may_have_tones_of_its_own() -> None:
    office = Office(tones=PbxTones(busy=Tone((425.0,), ((510, 450),))))
    office.bert.loop.close(office.now)
    office.consult("12")
    assert peak_hz(office, office.box) == pytest.approx(425.0, abs=2.0)


def test_noise_is_on_the_line_whatever_else_is() -> None:
    office = Office(tones=PbxTones(noise_dbm0=-30.0))
    office.call_in()[1].hang_up(Release.SILENCE, office.now)
    began = len(office.box.heard)
    office.wait(1.0)
    assert dbm0(np.concatenate(office.box.heard[began:])) == pytest.approx(-30.0, abs=0.5)


def test_somebody_on_another_line_can_be_heard_under_the_tones_only() -> None:
    office = Office(tones=PbxTones(busy=Tone((425.0,), ((100, 900),)), voice_dbm0=-20.0))
    office.bert.loop.close(office.now)
    _, call = office.consult("12")
    office.wait(0.5)
    began = len(office.box.heard)
    office.wait(4.0)
    assert np.median([dbm0(block) for block in office.box.heard[began:]]) > -30, "the pauses are full of talk"
    office.flash()
    call.hang_up(Release.SILENCE, office.now)
    assert office.hears(office.box) == "nothing"


def test_where_no_recall_tone_comes_the_pbx_takes_digits_all_the_same() -> None:
    office = Office(recall_tone=False)
    office.call_in()
    office.flash()
    assert office.hears(office.box) == "nothing"
    office.dial("11")
    assert len(office.anna.bursts) == 1


def test_ringback_may_come_long_after_the_other_telephone_rings() -> None:
    office = Office(ringback_after_s=4.0)
    office.consult("11")
    assert len(office.anna.bursts) == 1
    assert office.hears(office.box, 3.0) == "nothing"
    assert office.hears(office.box, 4.0) == "ringback"


def test_somebody_who_answers_at_the_first_ring_is_heard_after_a_click() -> None:
    office = Office(ring_trip_click=True)
    office.consult("11")
    answered = office.now
    office.anna.loop.close(answered)
    began = len(office.anna.heard)
    office.wait(0.3)
    levels = [dbm0(block) for block in office.anna.heard[began:]]
    assert levels[1] > -25.0 and levels[-1] < -50.0


def test_without_music_a_held_caller_hears_nothing() -> None:
    office = Office(music=False)
    caller, _ = office.call_in()
    office.flash()
    assert office.hears(caller) == "nothing"


# ---------------------------------------------------------------- dialling


def test_keys_clipped_by_50_ms_are_understood_when_they_are_long_enough() -> None:
    office = Office(digits_clipped_ms=50)
    office.call_in()
    office.flash()
    office.dial("11", on_ms=70)
    assert office.anna.bursts == [], "20 ms are left of each"
    office.flash()
    office.flash()
    office.dial("11")
    assert len(office.anna.bursts) == 1


def test_keys_that_come_too_soon_are_lost_and_can_be_repeated() -> None:
    office = Office(digits_from_ms=1200)
    office.consult("11")
    assert office.anna.bursts == []
    office.dial("11")
    assert len(office.anna.bursts) == 1


def test_where_a_hold_code_is_due_nothing_else_is_dialled_first() -> None:
    office = Office(hold_code="20")
    office.consult("11")
    assert office.hears(office.box) == "congestion"
    assert office.anna.bursts == []
    office.flash()
    assert office.hears(office.box) == "caller"
    office.flash()
    office.dial("20")
    assert office.hears(office.box) == "dial tone"
    office.dial("11")
    assert len(office.anna.bursts) == 1


# ---------------------------------------------------------------- the way back


def test_a_code_after_the_flash_fetches_the_caller_back() -> None:
    office = Office(retrieve_code="*1")
    office.bert.loop.close(office.now)
    office.consult("12")
    office.flash()
    assert office.hears(office.box) == "dial tone"
    office.dial("*1")
    assert office.hears(office.box) == "caller"


def test_where_only_hanging_up_brings_the_caller_back_the_pbx_rings_at_once() -> None:
    office = Office(flashes_to_retrieve=0)
    office.consult("99")
    for _ in range(2):
        office.flash()
        office.wait(0.4)
    assert office.hears(office.box) == "congestion"
    rang_before = len(office.box.bursts)
    office.box.loop.open(office.now)
    office.wait(2.0)
    assert len(office.box.bursts) == rang_before + 1
    office.box.loop.close(office.now)
    assert office.hears(office.box) == "caller"


def test_some_bring_the_caller_back_by_themselves() -> None:
    office = Office(returns_by_itself_s=3.0)
    office.consult("99")
    assert office.hears(office.box) == "congestion"
    office.wait(2.0)
    assert office.hears(office.box) == "caller"


@pytest.mark.parametrize(
    ("shows", "number"), [(RecallShows.CALLER, "5550100"), (RecallShows.TARGET, "11"), (RecallShows.NOBODY, None)]
)
def test_who_is_shown_when_a_caller_comes_back(shows: RecallShows, number: str | None) -> None:
    office = Office(recall_s=8.0, recall_shows=shows, recall_ring=((400, 200), (400, 3000)))
    office.consult("11")
    office.box.loop.open(office.now)
    told, rang = len(office.box.caller_ids), len(office.box.bursts)
    office.wait(14.0)
    assert [message.number for message in office.box.caller_ids[told:]] == ([] if number is None else [number])
    rings = np.diff(office.box.bursts[rang:])
    assert rings[:2] == pytest.approx([0.6, 3.4]), "it rings otherwise than a new call"


def test_a_caller_who_camps_on_comes_back_under_the_number_of_the_busy_one() -> None:
    office = Office(camp_on=True, recall_s=4.0, recall_shows=RecallShows.TARGET)
    office.bert.loop.close(office.now)
    office.consult("12")
    office.box.loop.open(office.now)
    office.wait(9.0)
    assert office.box.caller_ids[-1].number == "12"


# ---------------------------------------------------------------- what a port is told


@pytest.mark.parametrize(
    ("digits", "expected"),
    [("11", "1"), ("12", "2"), ("13", "4"), ("99", "3")],
)
def test_a_voice_mail_port_is_told_by_keys(digits: str, expected: str) -> None:
    office = Office(status=STATUS)
    office.bert.loop.close(office.now)
    office.pbx.ports["13"].do_not_disturb = True
    office.consult(digits)
    office.wait(1.0)
    assert office.box.keys() == expected
    assert office.hears(office.box, 4.0) == (
        "congestion" if digits == "99" else "busy" if expected != "1" else "ringback"
    )


def test_keys_can_be_all_that_it_is_told() -> None:
    office = Office(status=STATUS, status_with_tones=False)
    office.consult("11")
    office.wait(1.0)
    assert office.hears(office.box, 6.0) == "nothing"
    assert office.box.keys() == "1"


def test_it_is_told_of_the_answer_and_of_the_end() -> None:
    office = Office(status=StatusDigits(answered="*65", released="#00"), colleague_left=Release.SILENCE)
    office.consult("11")
    office.anna.loop.close(office.now)
    office.wait(1.0)
    assert office.box.keys() == "*65"
    office.anna.loop.open(office.now)
    office.wait(2.0)
    assert office.box.keys() == "*65#00"
    assert office.anna.keys() == "", "an ordinary extension is told nothing"


def test_a_colleague_who_calls_is_named_by_keys_after_the_answer() -> None:
    office = Office(follow_on_s=0.5)
    office.anna.loop.close(office.now)
    office.dial("31", office.anna)
    office.wait(1.0)
    office.box.loop.close(office.now)
    office.wait(0.4)
    assert office.box.keys() == ""
    office.wait(1.0)
    assert office.box.keys() == "11"


def test_polarity_may_change_with_the_answer_and_is_as_before_after_the_call() -> None:
    office = Office(reversal_on_answer=True)
    office.consult("11")
    assert office.box.reversals == []
    office.anna.loop.close(office.now)
    assert len(office.box.reversals) == 1
    office.box.loop.open(office.now)
    office.wait(1.0)
    assert office.box.loop.battery_v > 0


def test_polarity_may_change_when_the_caller_has_gone() -> None:
    office = Office(reversal_on_release=True, caller_left=Release.SILENCE)
    _, call = office.call_in()
    call.hang_up(Release.BUSY, office.now)
    assert office.hears(office.box) == "nothing", "the PBX has a sign of its own"
    assert len(office.box.reversals) == 1


def test_whoever_talks_hears_a_beep_when_somebody_else_calls() -> None:
    office = Office(call_waiting=True)
    caller, _ = office.call_in()
    began = len(office.box.heard)
    office.wait(12.0)
    assert beeps(office.box.heard[began:]) == 0
    began = len(office.box.heard)
    office.exchange.call(Whistler("5550199"), office.now)
    office.wait(12.0)
    assert beeps(office.box.heard[began:]) == 2, "at once, and after ten seconds again"
    assert not caller.alone


def test_a_colleague_who_talks_hears_that_they_are_called() -> None:
    office = Office(call_waiting=True)
    office.bert.loop.close(office.now)
    office.dial("11", office.bert)
    office.anna.loop.close(office.now)
    office.wait(0.5)
    began = len(office.bert.heard)
    office.consult("12")
    assert office.hears(office.box) == "busy"
    assert beeps(office.bert.heard[began:]) == 1


def beeps(heard: list[Samples]) -> int:
    """How often a tone of 480 Hz begins in this, besides the whistling."""
    strengths = [abs(np.exp(-2j * np.pi * 480 / 8000 * np.arange(BLOCK)) @ block) / BLOCK for block in heard]
    there = np.array(strengths) > 500.0
    return int(np.count_nonzero(there[1:] & ~there[:-1]) + there[0])


def test_caller_id_can_be_missing_altogether() -> None:
    office = Office(caller_id=False)
    office.call_in()
    assert office.box.caller_ids == []


# ---------------------------------------------------------------- colleagues who call the box


def test_a_colleague_who_calls_the_box_rings_otherwise_and_is_heard() -> None:
    office = Office(internal_ring=((300, 300), (300, 2100)))
    office.anna.loop.close(office.now)
    office.dial("31", office.anna)
    office.wait(4.0)
    assert np.diff(office.box.bursts)[:3] == pytest.approx([0.6, 2.4, 0.6])
    assert office.box.caller_ids[0].number == "11"
    office.box.loop.close(office.now)
    office.wait(0.2)
    office.dial("4711", office.anna)
    assert office.box.keys() == "4711"


def test_the_number_of_the_hunt_group_leads_to_the_box() -> None:
    office = Office(hunt_number="500")
    office.anna.loop.close(office.now)
    office.dial("500", office.anna)
    office.wait(1.0)
    assert len(office.box.bursts) == 1


def test_a_colleague_who_dials_what_does_not_exist_hears_congestion() -> None:
    office = Office()
    office.anna.loop.close(office.now)
    office.dial("77", office.anna)
    assert office.hears(office.anna) == "congestion"


def test_a_colleague_who_called_the_box_can_be_transferred_like_anybody() -> None:
    office = Office()
    office.anna.loop.close(office.now)
    office.dial("31", office.anna)
    office.wait(1.0)
    office.box.loop.close(office.now)
    office.wait(0.5)
    office.flash()
    assert office.hears(office.anna) == "music"
    office.dial("12")
    office.bert.loop.close(office.now)
    office.wait(0.3)
    office.box.loop.open(office.now)
    office.wait(1.0)
    office.dial("5", office.anna)
    assert office.bert.keys() == "5"


def test_a_flash_that_is_much_too_long_loses_the_caller_and_gives_the_tone_of_an_idle_line() -> None:
    office = Office()
    caller, call = office.call_in()
    office.flash(500)
    assert caller.alone and office.hears(caller) == "busy"
    assert office.hears(office.box) == "dial tone"
    assert call.ended_at is not None and office.where(call) is Where.OFFICE
