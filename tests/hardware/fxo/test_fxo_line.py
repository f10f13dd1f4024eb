"""A line with a HAT: what its pins and its sound tell of a call, and how it heals.

What every kind of line must do is in `test_every_modem.py`, where the HAT is one of the kinds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.call import HangUpSign, Outcome, TransferResult
from appliance.settings import PbxSettings, Settings
from hardware.fxo.board import SHIPPED, Wire
from hardware.fxo.hold import REST_S
from hardware.simulated.exchange import Release
from hardware.simulated.fakehat import HatFaults
from hardware.simulated.people import Caller
from hardware.simulated.story import silences

WAITING = Settings(company="Northwind", country="pl")
USB, I2S = "fxo:ch1817-usb", "fxo:ch1817-wm8960"
JAN = Caller("225550101", "Jan", at_s=3.0)
OLA = Caller("501600700", "Ola", at_s=60.0)
PATIENT = replace(JAN, ring_patience_s=25.0)
BACK_WITHIN_S = 5.0
Play = Callable[..., Any]


def free(on: Any) -> Callable[[], bool]:
    return lambda: on.state() == "free"


def record(on: Any) -> Any:
    """The last call in the books, which are written at the pace of the disk and not of the line."""
    on.until(lambda: on.box.board.calls, 50_000.0)
    return on.box.board.calls[0]


# ---------------------------------------------------------------- a call


@pytest.mark.parametrize("port", [USB, I2S])
def test_a_whole_call_on_every_shipped_board(port: str, rehearse: Play) -> None:
    """R1, R16: answered with number and name, put through after a flash of the right length."""
    seen = rehearse(replace(JAN, presses=((2.0, "1"),), chat_s=3.0), profile=port)
    assert (seen.record.outcome, seen.record.caller_id.number) == (Outcome.TRANSFERRED, "225550101")
    assert [tried.result for tried in seen.record.transfers] == [TransferResult.TAKEN]
    ((_, flash_ms),) = seen.world.modems[0].record.flashes_ms
    assert flash_ms == pytest.approx(PbxSettings().flash_ms, abs=1.0)
    assert seen.story.digits == "11"
    assert silences(seen.story) == []
    assert seen.faults_seen == []


@pytest.mark.parametrize("country", ["us", "uk", "pl"])
def test_the_number_is_known_before_the_line_is_taken(country: str, rehearse: Play) -> None:
    """4.4: the sound between two rings is heard while the line is on-hook."""
    seen = rehearse(replace(JAN, chat_s=3.0, presses=((2.0, "1"),)), profile=USB, country=country)
    assert (seen.record.caller_id.number, seen.record.caller_id.name) == ("225550101", "Jan")
    assert seen.record.rings == 1


def test_a_module_that_is_deaf_on_hook_serves_unknown_callers_at_the_second_ring(rehearse: Play) -> None:
    seen = rehearse(replace(JAN, chat_s=3.0), profile=USB, hat_faults=HatFaults(no_caller_id=True))
    assert (seen.record.rings, seen.record.caller_id.told) == (2, False)
    assert seen.record.outcome is Outcome.TRANSFERRED


@pytest.mark.parametrize(("country", "rhythm"), [("pl", "single"), ("uk", "double")])
def test_the_rhythm_of_the_ring_is_told(country: str, rhythm: str, rehearse: Play) -> None:
    """8: rings from inside and outside differ; a double ring counts once."""
    caller = replace(PATIENT, number="", name="", hangs_up_after_s=2.0)
    seen = rehearse(caller, profile=USB, country=country, staff=(), people=(), pbx=PbxSettings())
    told = [record.getMessage() for record in seen.log if " ring, " in record.getMessage()]
    assert told
    assert all(f"a {rhythm} ring" in line for line in told)
    assert seen.record.rings == 2


def test_every_ringing_voltage_of_the_facts_rings(stage: Play) -> None:
    """4.2: 16.7 to 50 Hz."""
    for hz in (16.7, 20.0, 50.0):
        on = stage(JAN, faults=HatFaults(ringing_hz=hz))
        assert on.until(on.is_off_hook, 20.0) < 12.0


# ---------------------------------------------------------------- the far end leaves


@pytest.mark.parametrize("moment", [2.0, 30.0], ids=["greeting", "hold"])
def test_a_broken_loop_frees_the_line_within_half_a_second(moment: float, rehearse: Play) -> None:
    """4.2: a disconnect break of 250 to 800 ms, here 500; debounced for 80."""
    seen = rehearse(replace(JAN, release=Release.LOOP, hangs_up_after_s=moment), profile=USB, staff=(), people=())
    assert seen.record.hung_up is HangUpSign.LOOP_BREAK
    assert seen.story.line_free_at - seen.story.ended_at <= 0.5


def test_our_own_flash_and_dialling_are_no_loop_break(rehearse: Play) -> None:
    """The colleague is busy: two flashes a try, and the caller is still there."""
    seen = rehearse(
        replace(JAN, presses=((2.0, "1"),), hangs_up_after_s=45.0),
        profile=USB,
        pbx=PbxSettings(flash_ms=200, flash_proven=True),
        staff=(),
    )
    assert len(seen.world.modems[0].record.flashes_ms) >= 4
    assert [tried.result for tried in seen.record.transfers][:2] == [TransferResult.BUSY] * 2
    assert seen.record.hung_up is not HangUpSign.LOOP_BREAK


@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_reversal_means_that_they_have_gone_where_the_settings_say_so(
    hangs_up: bool, stage: Play, tmp_path: Path
) -> None:
    board = tmp_path / "reversal.toml"
    board.write_text(Path(SHIPPED / "ch1817-usb.toml").read_text() + "\n[pins.polarity]\ngpio = 25\n")
    settings = replace(WAITING, pbx=PbxSettings(reversal_hangs_up=hangs_up))
    on = stage(JAN, ports=[f"fxo:{board}"], settings=settings)
    on.until(on.is_off_hook)
    on.go_on(5.0)
    on.hat.reverse()
    on.go_on(1.0)
    assert on.is_off_hook() is not hangs_up


# ---------------------------------------------------------------- other telephones on the line (R34)


SENSES = pytest.mark.parametrize("port", [USB, I2S], ids=["by its current", "by a pin of its own"])


@SENSES
def test_a_handset_lifted_while_it_rings_has_answered_and_we_stay_out_of_it(port: str, stage: Play) -> None:
    on = stage(replace(JAN, number="", name="", hangs_up_after_s=20.0), ports=[port])
    on.until(lambda: on.hat.record.rings)
    on.go_on(1.0)
    on.hat.lift_handset()
    on.go_on(15.0)
    assert list(on.hat.record.hooks) == []
    assert record(on).outcome is Outcome.UNANSWERED


@SENSES
def test_while_somebody_talks_on_the_other_handset_nothing_is_answered_and_afterwards_it_is(
    port: str, stage: Play
) -> None:
    on = stage(replace(JAN, at_s=30.0), ports=[port])
    on.until(free(on))
    on.hat.lift_handset()
    on.go_on(20.0)
    assert on.faults() == []
    on.hat.put_down_handset()
    on.go_on(5.0)
    assert list(on.hat.record.hooks) == []
    assert on.until(on.is_off_hook, 20.0)


def test_a_handset_lifted_during_our_call_takes_it_over_where_the_board_can_tell(stage: Play, tmp_path: Path) -> None:
    board = tmp_path / "tells.toml"
    board.write_text("in_use_off_hook = true\n" + Path(SHIPPED / "ch1817-wm8960.toml").read_text())
    on = stage(JAN, ports=[f"fxo:{board}"])
    on.until(on.is_off_hook)
    on.go_on(4.0)
    on.hat.lift_handset()
    assert on.until(lambda: not on.is_off_hook(), 2.0) < 1.0
    assert record(on).hung_up is HangUpSign.HANDSET
    assert on.world.stories == (), "the caller talks on with whoever has lifted it"


# ---------------------------------------------------------------- cable and pins


def test_a_cut_cable_is_told_with_advice_and_forgotten_when_it_is_mended(stage: Play) -> None:
    on = stage(replace(JAN, at_s=30.0))
    on.until(free(on))
    on.hat.cut_cable()
    on.until(lambda: on.state() == "cannot answer", 3.0)
    (fault,) = on.box.board.faults
    assert (fault.problem, "grey cable" in fault.advice) == ("there is no voltage on the telephone line", True)
    on.hat.mend_cable()
    on.until(free(on), 3.0)
    assert on.faults() == []
    on.until(on.is_off_hook)


def test_a_cable_cut_in_a_call_ends_the_call(stage: Play) -> None:
    on = stage(JAN)
    on.until(on.is_off_hook)
    on.go_on(4.0)
    on.hat.cut_cable()
    on.until(lambda: not on.is_off_hook(), 1.0)
    on.until(lambda: on.state() == "cannot answer", 5.0)
    assert on.cards() == ["225550101"]


@pytest.mark.parametrize(
    ("faults", "problem"),
    [
        (HatFaults(stuck={Wire.LOOP: False}), "no current flows"),
        (HatFaults(hook_stuck=True), "no current flows"),
    ],
    ids=["the loop pin hangs", "the relay hangs"],
)
def test_a_line_that_cannot_be_taken_is_left_to_the_offices_own_telephones_for_a_while(
    faults: HatFaults, problem: str, stage: Play
) -> None:
    """R37: it does not pretend; the next caller just rings."""
    on = stage(PATIENT, replace(PATIENT, number="501600700", at_s=50.0), faults=faults)
    on.until(lambda: on.state() == "cannot answer", 30.0)
    assert any(problem in told for told in on.faults())
    assert any("own telephones ring" in fault.advice for fault in on.box.board.faults)
    on.until(lambda: len(on.world.stories) == 2)
    assert len([off_hook for _, off_hook in on.hat.record.hooks if off_hook]) <= 1
    on.until(lambda: "501600700" in on.cards())
    on.go_on(REST_S)
    assert on.state() == "free"


def test_a_relay_that_hangs_on_a_board_without_a_loop_pin_is_known_by_the_ringing(stage: Play, tmp_path: Path) -> None:
    board = tmp_path / "bare.toml"
    board.write_text("[pins.offhook]\ngpio = 5\n[pins.ring]\ngpio = 6\n[sound]\ncard = 'x'\n")
    on = stage(PATIENT, ports=[f"fxo:{board}"], faults=HatFaults(hook_stuck=True))
    on.until(lambda: on.state() == "cannot answer", 30.0)
    assert any("goes on ringing" in told for told in on.faults())
    on.until(lambda: on.cards() == ["225550101"])


def test_a_ring_pin_that_hangs_does_not_take_the_line(stage: Play) -> None:
    on = stage(faults=HatFaults(stuck={Wire.RING: True}))
    on.go_on(60.0)
    assert list(on.hat.record.hooks) == []


def test_a_bad_board_is_told_and_the_line_is_well_when_the_file_is(stage: Play, tmp_path: Path) -> None:
    board = tmp_path / "mine.toml"
    good = Path(SHIPPED / "ch1817-usb.toml").read_text()
    board.write_text(good)
    on = stage(ports=[f"fxo:{board}"], faults=HatFaults(unplug_at=5.0, back_after_s=3.0))
    on.until(free(on))
    board.write_text(good.replace("gpio = 17", "gpio = 77"))
    on.until(lambda: any("pins.offhook.gpio" in told for told in on.faults()), 20.0)
    board.write_text(good)
    on.until(free(on), 10.0)


# ---------------------------------------------------------------- the sound card


def test_a_card_that_is_unplugged_while_nobody_calls_is_used_again_when_it_is_back(stage: Play) -> None:
    on = stage(replace(JAN, at_s=30.0))
    on.until(free(on))
    on.hat.unplug()
    on.until(lambda: on.state() == "out of order", 3.0)
    assert any("USB plug" in fault.advice for fault in on.box.board.faults)
    on.go_on(5.0)
    on.hat.plug_in()
    assert on.until(free(on)) <= BACK_WITHIN_S
    on.until(on.is_off_hook)
    assert on.faults() == []


def test_a_card_that_is_unplugged_in_a_call_puts_the_line_on_hook_and_leaves_a_card(stage: Play) -> None:
    on = stage(JAN, OLA)
    on.until(on.is_off_hook)
    on.go_on(4.0)
    on.hat.unplug()
    assert on.until(lambda: not on.is_off_hook(), 2.0) <= 0.5
    on.hat.plug_in()
    assert on.until(free(on)) <= BACK_WITHIN_S
    assert on.cards() == ["225550101"]
    on.until(on.is_off_hook)


def test_a_card_that_falls_silent_is_opened_again(stage: Play) -> None:
    on = stage(JAN, faults=HatFaults(deaf_at=12.0))
    on.until(on.is_off_hook)
    on.until(lambda: on.state() == "out of order", 15.0)
    assert "the sound card brings no sound" in on.faults()
    assert not on.is_off_hook()
    on.hat.card.freeze(False)
    assert on.until(free(on)) <= BACK_WITHIN_S


def test_sound_that_was_lost_is_counted_and_the_call_goes_on(stage: Play, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    on = stage(replace(JAN, hangs_up_after_s=12.0), faults=HatFaults(overruns_at=(10.0, 11.0), underruns_at=(12.0,)))
    on.until(on.is_off_hook)
    on.until(lambda: on.clock.now() > 14.0)
    assert on.is_off_hook()
    assert "sound lost 2 times coming, 1 times going" in caplog.text
    on.until(free(on))
    assert on.box.board.lines[0].sound_lost == 3


def test_sound_that_comes_late_does_not_keep_a_key_from_being_heard(rehearse: Play) -> None:
    """The latency limit of a card, 60 ms."""
    seen = rehearse(replace(JAN, presses=((2.0, "1"),), chat_s=3.0), profile=USB, hat_faults=HatFaults(late_s=0.06))
    assert seen.record.outcome is Outcome.TRANSFERRED
    assert list(seen.world.modems[0].record.underruns) == []


@pytest.mark.parametrize("ratio", [0.995, 1.005])
def test_a_card_with_a_clock_of_its_own_leads_both_directions(ratio: float, rehearse: Play) -> None:
    seen = rehearse(
        replace(JAN, presses=((2.0, "1"),), chat_s=3.0), profile=USB, hat_faults=HatFaults(sample_ratio=ratio)
    )
    assert (seen.record.outcome, seen.record.caller_id.number) == (Outcome.TRANSFERRED, "225550101")
    assert list(seen.world.modems[0].record.underruns) == []


def test_the_other_line_does_not_notice(stage: Play) -> None:
    on = stage(JAN, replace(OLA, at_s=4.0, hangs_up_after_s=40.0), ports=[USB, I2S])
    on.until(lambda: all(on.state(line) == "in a call" for line in (1, 2)))
    on.go_on(8.0)
    on.hat.unplug()
    on.go_on(5.0)
    on.hat.plug_in()
    on.until(free(on))
    on.until(lambda: any(story.number == "501600700" for story in on.world.stories))
    story = next(story for story in on.world.stories if story.number == "501600700")
    assert silences(story) == []
    assert not on.world.modems[1].record.underruns


# ---------------------------------------------------------------- without a PBX


def test_on_a_line_of_the_exchange_itself_it_answers_too(stage: Play) -> None:
    on = stage(replace(JAN, hangs_up_after_s=10.0, release=Release.LOOP), pbx=None)
    on.until(on.is_off_hook)
    on.until(lambda: not on.is_off_hook(), 20.0)
    assert record(on).hung_up is HangUpSign.LOOP_BREAK
