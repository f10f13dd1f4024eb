"""The emulated modem in command state, byte by byte, as a host sees it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from appliance.clock import SystemClock
from appliance.faults import BadSettings
from appliance.signals.countries import country
from hardware.simulated.fakemodem import FakeModem
from hardware.simulated.loop import Loop
from hardware.simulated.profiles import CX93001, PROFILES


def test_a_fresh_modem_echoes_and_answers_as_the_field_log_shows(bench: Any) -> None:
    desk = bench()
    assert desk.ask("ATI0") == b"ATI0\r\r\n56000\r\n\r\nOK\r\n"
    assert desk.ask("ATE0") == b"ATE0\r\r\nOK\r\n"
    assert desk.ask("ATI3") == b"\r\nCX93001-EIS_V0.2013-V92\r\n\r\nOK\r\n"


def test_digits_replace_words_when_the_host_wants_them(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0V0")
    desk.send(b"ATI0\r")
    assert desk.run(0.1) == b"56000\r\n0\r"
    desk.send(b"AT+XYZ\r")
    assert desk.run(0.1) == b"4\r"


def test_a_quiet_modem_answers_questions_but_gives_no_results(bench: Any) -> None:
    desk = bench()
    desk.send(b"ATE0Q1\r")
    desk.run(0.1)
    desk.send(b"ATI0\r")
    assert desk.run(0.1) == b"\r\n56000\r\n"
    assert desk.ring() == b""


@pytest.mark.parametrize(
    "line", ["AT I 0", "at i0", "xyzATI0", "ATE0E1I0", "AT+VCID=1;I0", "AT+VCID=1;+GCI=8A;I0", "ATX\x08I0"]
)
def test_blanks_case_and_concatenation_are_as_free_as_v250_says(bench: Any, line: str) -> None:
    assert b"\r\n56000\r\n\r\nOK\r\n" in bench().ask(line)


@pytest.mark.parametrize(
    "line", ["AT+VCID=1I0", "AT+VLS=1", "AT+VTX", "AT+VCID=7", "ATX9", "AT=", "AT+FCLASS=9", "ATS200=1", "ATS7=256"]
)
def test_what_the_chip_does_not_know_or_allow_is_an_error(bench: Any, line: str) -> None:
    assert bench().ask(line).endswith(b"\r\nERROR\r\n")


def test_letters_of_different_case_do_not_begin_a_command(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0")
    desk.send(b"aTI0\r")
    assert desk.run(0.1) == b""


def test_a_slash_repeats_the_last_line_without_waiting_for_return(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0")
    desk.ask("ATI0")
    desk.send(b"A/")
    assert desk.run(0.1) == b"\r\n56000\r\n\r\nOK\r\n"


def test_a_line_that_is_too_long_is_refused_whole(bench: Any) -> None:
    desk = bench()
    assert desk.ask("AT+VCID=1;" + "X4" * 60).endswith(b"ERROR\r\n")
    assert b"\r\n0\r\n" in desk.ask("AT+VCID?")


def test_an_error_stops_the_line_but_does_not_undo_it(bench: Any) -> None:
    desk = bench()
    assert desk.ask("ATS8=9+NOPE;S8=3").endswith(b"ERROR\r\n")
    assert b"\r\n009\r\n" in desk.ask("ATS8?")


def test_registers_are_pointed_at_read_and_written(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0S7=60")
    assert desk.ask("ATS7?") == b"\r\n060\r\n\r\nOK\r\n"
    assert desk.ask("ATS?") == b"\r\n060\r\n\r\nOK\r\n"


def test_the_flash_register_of_the_conexant_cannot_be_changed(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0S29=10")
    assert desk.ask("ATS29?") == b"\r\n070\r\n\r\nOK\r\n"


def test_a_changed_return_character_ends_lines_and_answers(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0S3=59")
    desk.send(b"ATI0;")
    assert desk.run(0.1) == b";\n56000;\n;\nOK;\n"


def test_questions_are_answered_in_the_forms_that_the_manuals_show(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0+FCLASS=8")
    for question, answer in {
        "+VSM?": b"1,8000,0,0",
        "+VLS?": b"0",
        "+VSD?": b"0,50",
        "+GCI?": b"+GCI: B5",
        "+FCLASS?": b"8",
        "+FCLASS=?": b"0,1,1.0,2,8",
        "+VTS=?": b"(200-3000),(200-3000),(0-255)",
        "+GMI9": b"CONEXANT ACF",
        "-TRV": b"48.0",
    }.items():
        assert desk.ask("AT" + question) == b"\r\n" + answer + b"\r\n\r\nOK\r\n"
    assert b'\r\n130,"UNSIGNED PCM",8,0,8000,0,0\r\n131,"Mu-Law"' in desk.ask("AT+VSM=?")


def test_an_unconnected_line_shows_no_voltage(bench: Any) -> None:
    desk = bench()
    desk.loop.feed(0.0, desk.clock.shows)
    assert b"\r\n1.4\r\n" in desk.ask("AT-TRV")


def test_the_settings_view_looks_like_the_field_profile(bench: Any) -> None:
    view = bench().ask("AT&V").decode()
    assert "B1 E1 L2 M1 N0 Q0 T V1 W0 X4 Y0 &C1 &D2 &G0 &J0 &K3 &Q5 &R1 &S0 &T5 &X0" in view
    assert "S11:085" in view


def test_a_reset_brings_back_what_was_stored_and_forgets_caller_id_and_voice(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0S8=7&W")
    desk.ask("ATS8=9+VCID=1;+FCLASS=8;+VTD=5;+VLS=1")
    desk.ask("ATZ")
    assert not desk.loop.off_hook
    assert b"\r\n007\r\n" in desk.ask("ATS8?")
    assert desk.ask("AT+VCID?") == b"\r\n0\r\n\r\nOK\r\n"
    assert desk.ask("AT+FCLASS?") == b"\r\n0\r\n\r\nOK\r\n"
    desk.ask("AT&F")
    assert desk.ask("ATS8?") == b"ATS8?\r\r\n001\r\n\r\nOK\r\n"


def test_hanging_up_leaves_voice_mode_but_keeps_caller_id(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0+VCID=1;+FCLASS=8;+VTD=5;+VLS=1")
    desk.ask("ATH")
    assert not desk.loop.off_hook
    assert desk.ask("AT+VTD?") == b"\r\nERROR\r\n"
    assert desk.ask("AT+VCID?") == b"\r\n1\r\n\r\nOK\r\n"
    desk.ask("AT+FCLASS=8")
    assert desk.ask("AT+VTD?") == b"\r\n100\r\n\r\nOK\r\n"


def test_leaving_voice_mode_is_no_hanging_up(bench: Any) -> None:
    """A program that hands the call on to fax or data leaves voice mode first, and still has its caller."""
    desk = bench()
    desk.ask("ATE0+FCLASS=8;+VTD=5;+VLS=1")
    desk.ask("AT+FCLASS=0")
    assert desk.loop.off_hook
    desk.ask("AT+FCLASS=8")
    assert desk.ask("AT+VLS?") == b"\r\n1\r\n\r\nOK\r\n"
    assert desk.ask("AT+VTD?") == b"\r\n100\r\n\r\nOK\r\n"
    desk.ask("AT+FCLASS=0")
    desk.ask("ATH")
    assert not desk.loop.off_hook


@pytest.mark.parametrize("profile", PROFILES)
def test_every_class_that_is_listed_can_be_chosen_and_no_other(bench: Any, profile: str) -> None:
    desk = bench(profile)
    desk.ask("ATE0")
    classes = desk.ask("AT+FCLASS=?").decode().split()[0].split(",")
    for service in classes:
        assert desk.ask(f"AT+FCLASS={service}") == b"\r\nOK\r\n"
        assert desk.ask("AT+FCLASS?") == f"\r\n{service}\r\n\r\nOK\r\n".encode()
    assert desk.ask("AT+FCLASS=8.0") == b"\r\nERROR\r\n"
    desk.ask("AT+FCLASS")
    assert desk.ask("AT+FCLASS?") == b"\r\n0\r\n\r\nOK\r\n"


def test_a_line_setting_without_value_is_the_default_and_goes_on_hook(bench: Any) -> None:
    desk = bench()
    desk.ask("AT+FCLASS=8;+VLS=1")
    desk.ask("AT+VLS")
    assert not desk.loop.off_hook


def test_factory_settings_switch_caller_id_off_and_leave_the_call_alone(bench: Any) -> None:
    desk = bench()
    desk.ask("AT+VCID=1;+FCLASS=8;+VLS=1")
    desk.ask("AT&FE0")
    assert desk.ask("AT+VCID?") == b"\r\n0\r\n\r\nOK\r\n"
    assert desk.ask("AT+VLS?") == b"\r\n1\r\n\r\nOK\r\n"
    assert desk.loop.off_hook


def test_vnh_2_makes_hanging_up_a_formality(bench: Any) -> None:
    desk = bench()
    desk.ask("AT+FCLASS=8;+VNH=2;+VLS=1")
    desk.ask("ATH")
    assert desk.loop.off_hook


@pytest.mark.parametrize(("setting", "off_hook"), [("&D2", False), ("&D0", True)])
def test_closing_the_port_is_a_dropped_dtr(bench: Any, setting: str, off_hook: bool) -> None:
    desk = bench()
    desk.ask(f"AT{setting}+FCLASS=8;+VLS=1")
    assert desk.modem.connected
    desk.unplug_host()
    assert not desk.modem.connected
    assert desk.loop.off_hook is off_hook
    desk.open()
    assert desk.ask("AT") == b"AT\r\r\nOK\r\n"


def test_each_profile_says_what_it_is(bench: Any) -> None:
    told = {name: bench(name).ask("ATI3") + bench(name).ask("AT+GMI") for name in PROFILES}
    assert b"CONEXANT" in told["cx93001"]
    assert b"U.S. Robotics 56K FAX USB V1.2.23" in told["usr5637"]
    assert b"CONEXANT" not in told["v253"] + told["usr5637"]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_old_and_the_new_way_to_ask_who_it_is_have_the_same_answer(bench: Any, profile: str) -> None:
    desk = bench(profile)
    desk.ask("ATE0")
    for new, old in (("+GMI", "+FMI?"), ("+GMM", "+FMM?"), ("+GMR", "+FMR?")):
        assert desk.ask("AT" + new) == desk.ask("AT" + old)


def test_only_the_conexant_takes_pokes_and_only_the_robotics_has_no_duplex(bench: Any) -> None:
    assert bench("cx93001").ask("AT!4886=00").endswith(b"OK\r\n")
    assert bench("v253").ask("AT!4886=00").endswith(b"ERROR\r\n")
    assert bench("usr5637").ask("AT+FCLASS=8;+VTR").endswith(b"ERROR\r\n")
    assert bench("v253").ask("AT+FCLASS=8;+VTR").endswith(b"CONNECT\r\n")


def test_what_is_typed_ahead_waits_for_the_answer_before_it(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0")
    desk.send(b"ATI0\rATS7?\r")
    assert desk.run(0.2) == b"\r\n56000\r\n\r\nOK\r\n\r\n050\r\n\r\nOK\r\n"


def test_the_answer_takes_its_time(bench: Any) -> None:
    desk = bench(latency_s=0.05)
    desk.send(b"AT\r")
    assert desk.run(0.04) == b"AT\r"
    assert desk.run(0.04) == b"\r\nOK\r\n"


# ---------------------------------------------------------------- faults


def test_a_lost_result_is_lost_once(bench: Any) -> None:
    desk = bench(lost_ok="+VCID")
    desk.ask("ATE0")
    desk.send(b"AT+VCID=1\r")
    assert desk.run(3.0) == b""
    assert desk.ask("AT+VCID?") == b"\r\n1\r\n\r\nOK\r\n"


def test_a_late_result_is_four_seconds_late(bench: Any) -> None:
    desk = bench(late_ok="+VCID")
    desk.ask("ATE0")
    desk.send(b"AT+VCID=1\r")
    assert desk.run(3.9) == b""
    assert desk.run(0.2) == b"\r\nOK\r\n"


def test_a_chosen_command_is_refused_and_ringing_falls_between(bench: Any) -> None:
    desk = bench(error_to="+FCLASS=8", ring_between="I0")
    desk.ask("ATE0")
    assert desk.ask("AT+FCLASS=8") == b"\r\nERROR\r\n"
    desk.send(b"ATI0\r")
    assert desk.run(0.1) == b"\r\nRING\r\n\r\n56000\r\n\r\nOK\r\n"


def test_a_spontaneous_restart_says_nothing_and_forgets_all(bench: Any) -> None:
    desk = bench(reset_at=101.0)
    desk.ask("ATE0+VCID=1;+FCLASS=8;+VLS=1")
    assert desk.run(1.0) == b""
    assert not desk.loop.off_hook
    assert desk.ask("AT+VCID?") == b"AT+VCID?\r\r\n0\r\n\r\nOK\r\n"


def test_a_stalled_modem_makes_the_host_wait_and_loses_nothing(bench: Any) -> None:
    desk = bench(stall_at=101.0, write_stall_s=2.0)
    desk.ask("ATE0")
    desk.run(1.0)
    assert desk.send(b"ATI0\r") == 0
    desk.run(2.0)
    assert desk.ask("ATI0") == b"\r\n56000\r\n\r\nOK\r\n"


def test_an_answer_in_pieces_is_the_same_answer(bench: Any) -> None:
    desk = bench(split_bytes=True)
    assert desk.ask("ATI0") == b"ATI0\r\r\n56000\r\n\r\nOK\r\n"


# ---------------------------------------------------------------- the port's name


def plugged_in(link: Path) -> FakeModem:
    return FakeModem(CX93001, Loop("line"), SystemClock(), country=country("pl"), link=str(link))


def test_the_link_leads_to_the_port_and_goes_with_it(tmp_path: Path) -> None:
    link = tmp_path / "modem"
    link.symlink_to("left-behind-by-an-earlier-run")
    modem = plugged_in(link)
    assert os.readlink(link) == modem.path
    modem.close()
    assert not link.is_symlink()


def test_a_file_in_the_place_of_the_link_is_not_touched(tmp_path: Path) -> None:
    place = tmp_path / "modem"
    place.write_text("precious")
    with pytest.raises(BadSettings):
        plugged_in(place)
    assert place.read_text() == "precious"
