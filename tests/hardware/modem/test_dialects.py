"""Every command of every dialect is one its modem can take, and every modem gets the right dialect."""

from __future__ import annotations

import re

import pytest

from appliance.faults import BadSettings
from appliance.settings import PbxSettings
from hardware.modem import at, dialects
from hardware.modem.at import LineSign
from hardware.modem.dialects import (
    CX93001,
    DIALECTS,
    LONGEST_BODY,
    SI24XX,
    USR5637,
    USR5637_OLD,
    Dialect,
    Step,
)
from hardware.modem.identify import IDENTIFY

EVERY = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
KEYS = "1234567890*#ABCD"


def lines(dialect: Dialect) -> list[str]:
    """Every command line that this dialect can say."""
    return [
        *IDENTIFY,
        *dialect.setup,
        *dialect.wishes,
        *dialect.caller_id,
        "AT" + ";".join(dialect.off_hook),
        *dialect.voice_wishes,
        dialect.receive,
        *dialect.on_hook,
        *(step.command for ms in (80, 100, 600, 2550) for step in dialect.flash(ms)),
        *(step.command for ms in (50, 100, 2550) for step in dialect.dtmf(KEYS, ms, ms)),
    ]


@EVERY
def test_every_line_is_short_enough_for_any_modem(dialect: Dialect) -> None:
    for line in lines(dialect):
        assert line.startswith("AT")
        assert len(line.removeprefix("AT")) <= LONGEST_BODY


@EVERY
def test_a_dialect_is_found_by_its_name(dialect: Dialect) -> None:
    assert dialects.dialect(dialect.name) is dialect


def test_an_unknown_name_is_refused_and_the_advice_lists_the_known_ones() -> None:
    with pytest.raises(BadSettings, match="hayes") as caught:
        dialects.dialect("hayes")
    assert "cx93001" in caught.value.advice


@EVERY
def test_the_line_is_taken_in_voice_mode_and_in_that_order(dialect: Dialect) -> None:
    voice_mode, sample_format, off_hook, *more = dialect.off_hook
    assert voice_mode == "+FCLASS=8"
    assert re.fullmatch(r"\+VSM=\d+(,8000(,0,0)?)?", sample_format)
    assert off_hook == ("+VLS=2" if dialect.name == "is101" else "+VLS=1")
    assert more == (["H1"] if dialect.name == "usr5637-old" else [])


@EVERY
def test_going_on_hook_leaves_voice_mode_so_that_ring_is_a_word_again(dialect: Dialect) -> None:
    assert dialect.on_hook == ("ATH", "AT+FCLASS=0")


@EVERY
def test_the_streams_are_ended_by_the_codes_of_v253(dialect: Dialect) -> None:
    """Quirk Q3: to the Zoom 3095 with three DLE, which a modem that needs only one takes for a sample and the code."""
    before = b"\x10\x10" if dialect.name == "zoom3095" else b""
    assert dialect.stop_transmit == before + b"\x10\x03"
    assert dialect.stop_receive == before + b"\x10!"
    assert dialect.stop_duplex == before + b"\x10^"
    assert dialect.flush == before + b"\x10\x18"


@EVERY
def test_receiving_is_understood_by_the_parser(dialect: Dialect) -> None:
    parser = at.Parser()
    parser.command_sent(dialect.receive)
    parser.feed(b"\r\nCONNECT\r\n")
    assert parser.receiving


def test_the_silence_detector_of_the_modem_is_off() -> None:
    assert "AT+VSD=0,0" in CX93001.voice_wishes
    assert "AT+VSD=128,0" in USR5637.voice_wishes


def test_no_modem_is_believed_about_silence_and_each_about_busy() -> None:
    for dialect in DIALECTS.values():
        assert LineSign.BUSY in dialect.trusts
        assert not dialect.trusts & {LineSign.SILENCE, LineSign.QUIET}


def test_the_us_robotics_is_not_believed_about_dial_tone() -> None:
    assert LineSign.DIAL_TONE not in USR5637.trusts
    assert LineSign.DIAL_TONE in CX93001.trusts


# ---------------------------------------------------------------- flash and keys


@EVERY
def test_the_usual_pbx_can_be_flashed_and_dialled(dialect: Dialect) -> None:
    pbx = PbxSettings()
    assert dialect.flash(pbx.flash_ms)
    assert dialect.dtmf("21", pbx.dtmf_on_ms, pbx.dtmf_off_ms)


@pytest.mark.parametrize(("length_ms", "units"), [(10, 1), (80, 8), (100, 10), (104, 10), (600, 60), (2550, 255)])
def test_a_conexant_times_the_flash_itself_in_steps_of_ten_milliseconds(length_ms: int, units: int) -> None:
    assert CX93001.flash(length_ms) == (Step(f"AT+VTS={{!,{units}}}", lasts_s=units / 100),)


def test_a_us_robotics_is_flashed_by_the_hook() -> None:
    assert USR5637.flash(600) == (Step("AT+VLS=0", then_wait_s=0.6, presses_hook=True), Step("AT+VLS=1"))


def test_a_modem_that_flashes_by_dialling_is_told_the_length_and_stays_in_command_state() -> None:
    assert [step.command for step in SI24XX.flash(100)] == ["AT:U4F,0064", "ATD!;"]


def test_a_flash_timed_by_the_host_takes_the_line_by_the_dialects_own_way() -> None:
    assert [step.command for step in USR5637.flash(300)] == ["AT+VLS=0", "AT+VLS=1"]
    assert [step.command for step in USR5637_OLD.flash(300)] == ["AT+VLS=0", "ATH1", "AT+VLS=1"]
    assert USR5637.flash(300)[0].then_wait_s == 0.3


@pytest.mark.parametrize("length_ms", [0, 9, 2551, -100])
def test_a_length_no_modem_can_do_is_refused(length_ms: int) -> None:
    with pytest.raises(BadSettings, match=str(length_ms)):
        CX93001.flash(length_ms)
    with pytest.raises(BadSettings):
        CX93001.dtmf("1", length_ms, 100)


def test_a_conexant_gets_keys_as_lists_of_digits_and_pauses() -> None:
    assert CX93001.dtmf("21", 100, 80) == (Step("AT+VTS={2,10},[,,8],{1,10}", lasts_s=0.28, then_wait_s=0.08),)


def test_a_us_robotics_gets_each_key_as_its_two_frequencies() -> None:
    assert USR5637.dtmf("1#", 100, 80) == (
        Step("AT+VTS=[697,1209,10]", lasts_s=0.1, then_wait_s=0.08),
        Step("AT+VTS=[941,1477,10]", lasts_s=0.1, then_wait_s=0.08),
    )


@pytest.mark.parametrize("on_ms", [50, 100, 1000, 2550])
@pytest.mark.parametrize("count", range(1, 17))
def test_a_long_number_is_sent_whole_and_in_order(on_ms: int, count: int) -> None:
    number = KEYS[:count]
    steps = CX93001.dtmf(number, on_ms, 100)
    assert "".join(re.findall(r"\{(.),", " ".join(step.command for step in steps))) == number
    assert sum(step.lasts_s + step.then_wait_s for step in steps) == pytest.approx(count * (on_ms + 100) / 1000)


def test_small_letters_are_keys_too_and_anything_else_is_not() -> None:
    assert CX93001.dtmf("a", 100, 100) == CX93001.dtmf("A", 100, 100)
    for digits in ("12,3", "!", "4 5", "6;+VLS=0"):
        with pytest.raises(BadSettings, match="key"):
            CX93001.dtmf(digits, 100, 100)


def test_no_digits_are_no_commands() -> None:
    assert CX93001.dtmf("", 100, 100) == USR5637.dtmf("", 100, 100) == ()
