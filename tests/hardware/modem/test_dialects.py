"""Every command of every dialect is one its modem can take, and every modem gets the right dialect."""

from __future__ import annotations

import dataclasses
import re

import pytest

from appliance.faults import BadSettings, ModemRefused
from appliance.settings import PbxSettings
from hardware.modem import at, dialects
from hardware.modem.at import LineSign
from hardware.modem.dialects import CX93001, DIALECTS, IDENTIFY, LONGEST_BODY, USR5637, V253, Dialect, FlashMethod, Step

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
    voice_mode, sample_format, off_hook = dialect.off_hook
    assert (voice_mode, off_hook) == ("+FCLASS=8", "+VLS=1")
    assert "8000" in sample_format


@EVERY
def test_going_on_hook_leaves_voice_mode_so_that_ring_is_a_word_again(dialect: Dialect) -> None:
    assert dialect.on_hook == ("ATH", "AT+FCLASS=0")


@EVERY
def test_the_streams_are_ended_by_the_codes_of_v253(dialect: Dialect) -> None:
    assert dialect.stop_transmit == b"\x10\x03"
    assert dialect.stop_receive == b"\x10!"
    assert dialect.stop_duplex == b"\x10^"
    assert dialect.flush == b"\x10\x18"


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


def test_the_us_robotics_is_not_believed_about_dial_tone_nor_at_once_about_its_handset() -> None:
    assert LineSign.DIAL_TONE not in USR5637.trusts
    assert USR5637.handset_guard_s == 1.0
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
    assert USR5637.flash(600) == (Step("AT+VLS=0", then_wait_s=0.6), Step("AT+VLS=1"))


def test_a_modem_that_flashes_by_dialling_gets_the_modifier_and_stays_in_command_state() -> None:
    dialer = dataclasses.replace(V253, name="dialer", flash_method=FlashMethod.DIAL)
    assert [step.command for step in dialer.flash(100)] == ["ATD!;"]


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


# ---------------------------------------------------------------- recognising

CX_FORMATS = (
    '0,"SIGNED PCM",8,0,8000,0,0\n1,"UNSIGNED PCM",8,0,8000,0,0\n129,"IMA ADPCM",4,0,8000,0,0\n'
    '130,"UNSIGNED PCM",8,0,8000,0,0\n131,"Mu-Law",8,0,8000,0,0'
)
CX_ANSWERS = {
    "ATI3": "CX93001-EIS_V0.2013-V92",
    "AT+GMI9": "CONEXANT ACF",
    "ATI0": "56000",
    "AT+FMI?": "CONEXANT",
    "AT+FCLASS=?": "0,1,1.0,2,8",
    "AT+FCLASS=8": "OK",
    "AT+VSM=?": CX_FORMATS,
}
USR_ANSWERS = {
    "ATI3": "U.S. Robotics 56K FAX USB V1.2.23",
    "AT+GMI9": "ERROR",
    "ATI0": "5601",
    "AT+FMI?": "U.S. Robotics",
    "AT+FCLASS=?": "0,1,1.0,2.0,8",
    "AT+FCLASS=8": "OK",
    "AT+VSM=?": '128,"8-BIT LINEAR",(7200,8000,11025)',
}


def test_the_known_modems_are_recognised() -> None:
    assert dialects.recognise(CX_ANSWERS) == CX93001
    assert dialects.recognise(USR_ANSWERS) == USR5637


def test_a_conexant_is_recognised_by_its_maker_alone() -> None:
    assert dialects.recognise({"AT+GMI9": "CONEXANT ACF", "AT+FCLASS=?": "(0,1,8)"}) == CX93001


def test_a_modem_that_only_says_56000_is_spoken_to_by_the_standard() -> None:
    assert dialects.recognise({"ATI0": "56000", "AT+FCLASS=8": "OK"}) == V253


def test_what_the_modem_can_do_overrules_its_name() -> None:
    stranger = {"ATI3": "MT9234MU", "AT+FCLASS=8": "OK", "AT+VSM=?": '+VSM: 128,"8-BIT LINEAR",(7200,8000,11025)'}
    assert dialects.recognise(stranger) == dataclasses.replace(V253, sample_format="+VSM=128,8000")
    odd = CX_ANSWERS | {"AT+VSM=?": '129,"IMA ADPCM",4,0,8000,0,0\n130,"UNSIGNED PCM",8,0,8000,0,0'}
    assert dialects.recognise(odd).sample_format == "+VSM=130,8000,0,0"


def test_a_modem_without_plain_sound_is_refused() -> None:
    with pytest.raises(ModemRefused, match="8-bit"):
        dialects.recognise(CX_ANSWERS | {"AT+VSM=?": '129,"IMA ADPCM",4,0,8000,0,0'})


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"AT+FCLASS=?": "0,1,1.0,2"},
        {"AT+FCLASS=?": "0,1,1.8,2"},
        {"AT+FCLASS=?": "0,1,8", "AT+FCLASS=8": "ERROR"},
    ],
)
def test_a_modem_without_voice_is_refused_in_clear_words(answers: dict[str, str]) -> None:
    with pytest.raises(ModemRefused, match="no voice mode"):
        dialects.recognise({"ATI3": "CX93001-EIS_V0.2013-V92"} | answers)


def test_a_us_robotics_with_old_firmware_is_refused_and_the_advice_says_which_it_needs() -> None:
    with pytest.raises(ModemRefused, match=r"V1\.2\.19") as caught:
        dialects.recognise(USR_ANSWERS | {"ATI3": "U.S. Robotics 56K FAX USB V1.2.19"})
    assert "1.2.23" in caught.value.advice
    assert dialects.recognise(USR_ANSWERS | {"ATI3": "U.S. Robotics 56K FAX USB V1.10.1"}) == USR5637
