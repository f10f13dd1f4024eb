"""The emulated modem on its telephone line: ringing, caller ID, keys, tones, flashes, dialling, how calls end."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from appliance.signals.callerid import CallerIdMessage, encode, modulate
from appliance.signals.countries import country
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.generate import ToneSource, dtmf, silence, tone
from hardware.simulated.loop import RATE_HZ, Samples

DLE = b"\x10"
ANNA = CallerIdMessage(number="601234567", name="ANNA NOWAK", datetime="11240930")


def codes(stream: bytes) -> str:
    """The codes in a stream without sound."""
    return b"".join(re.findall(rb"\x10(.)", stream, re.DOTALL)).decode("latin-1")


def told(desk: Any, message: CallerIdMessage = ANNA) -> bytes:
    """What the host gets of a caller ID that comes after the first ring."""
    rung = desk.ring()
    desk.far = np.concatenate((silence(0.5), modulate(encode(message), country("pl").caller_id), silence(0.3)))
    return rung + desk.run(2.0)


def keys_in(line: Samples) -> str:
    return "".join(event.key for event in DtmfReceiver().feed(line) if event.down)


# ---------------------------------------------------------------- ringing


def test_every_ring_is_reported_once_and_soon(bench: Any) -> None:
    desk = bench()
    desk.loop.ring(True, desk.clock.shows)
    assert desk.run(0.06) == b"\r\nRING\r\n"
    desk.run(0.94)
    desk.loop.ring(False, desk.clock.shows)
    assert desk.run(4.0) == b""
    assert desk.ring() == b"\r\nRING\r\n"
    assert b"\r\n002\r\n" in desk.ask("ATS1?")


def test_a_double_ring_is_one_ring(bench: Any) -> None:
    desk = bench(code="uk")
    assert desk.ring(0.4) + desk.run(0.2) + desk.ring(0.4) == b"\r\nRING\r\n"


def test_in_voice_mode_ringing_is_a_code(bench: Any) -> None:
    desk = bench()
    desk.ask("AT+FCLASS=8")
    assert desk.ring() == DLE + b"R"


def test_ringing_stops_when_the_modem_answers(bench: Any) -> None:
    desk = bench()
    desk.ring()
    desk.voice()
    assert desk.loop.off_hook
    assert [off_hook for _, off_hook in desk.record.hooks] == [True]


def test_cadences_are_told_where_that_is_asked_for(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0+VDR=1,2")
    got = desk.ring(2.0) + desk.run(4.0) + desk.ring(2.0) + desk.run(1.0)
    assert got.split() == [b"DRON=20", b"RING", b"DROF=40", b"DRON=20", b"RING"]


# ---------------------------------------------------------------- caller ID


@pytest.mark.parametrize(("profile", "equals"), [("cx93001", b" = "), ("usr5637", b"=")])
def test_the_caller_is_reported_with_the_blanks_of_the_chip(bench: Any, profile: str, equals: bytes) -> None:
    desk = bench(profile)
    desk.ask("ATE0+VCID=1")
    lines = [b"DATE%b1124", b"TIME%b0930", b"NMBR%b601234567", b"NAME%bANNA NOWAK"]
    report = b"".join(b"\r\n" + line.replace(b"%b", equals) + b"\r\n" for line in lines)
    assert told(desk) == b"\r\nRING\r\n" + report


def test_the_unformatted_report_is_the_message_without_checksum(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0+VCID=2")
    assert told(desk).split()[1] == encode(ANNA)[:-1].hex().upper().encode()


def test_nobody_is_told_who_did_not_ask(bench: Any) -> None:
    assert told(bench()) == b"\r\nRING\r\n"


def test_a_withheld_number_is_a_letter(bench: Any) -> None:
    desk = bench()
    desk.ask("AT+VCID=1")
    assert b"NMBR = P\r\n" in told(desk, CallerIdMessage(reason="P", datetime="11240930"))


def test_a_damaged_message_is_not_reported(bench: Any) -> None:
    desk = bench()
    desk.ask("AT+VCID=1")
    desk.ring()
    damaged = bytearray(encode(ANNA))
    damaged[5] ^= 1
    desk.far = np.concatenate((silence(0.5), modulate(bytes(damaged), country("pl").caller_id), silence(0.3)))
    assert desk.run(2.0) == b""


@pytest.mark.parametrize(
    ("fault", "there", "missing"),
    [
        ("no_name", b"NMBR", b"NAME"),
        ("no_number", b"NAME", b"NMBR"),
        ("garbled_date", b"NMBR", b"DATE = 1124"),
        ("no_caller_id", b"RING", b"NMBR"),
        ("caller_id_before_ring", b"NMBR", b"RING"),
    ],
)
def test_caller_id_can_be_partly_wrong(bench: Any, fault: str, there: bytes, missing: bytes) -> None:
    desk = bench(**{fault: True})
    desk.ask("AT+VCID=1")
    report = told(desk)
    assert there in report
    assert missing not in report


# ---------------------------------------------------------------- what the far end does


@pytest.mark.parametrize("profile", ["cx93001", "usr5637", "v253"])
def test_a_key_of_the_caller_is_reported_from_begin_to_end(bench: Any, profile: str) -> None:
    desk = bench(profile)
    desk.voice()
    desk.far = np.concatenate((silence(0.1), dtmf("5", on_ms=250)))
    assert re.fullmatch(r"/5{3,4}~", codes(desk.run(0.6)))


def test_keys_are_reported_while_a_prompt_is_playing(bench: Any) -> None:
    desk = bench()
    desk.voice("+VTX")
    prompt = np.random.default_rng(5).integers(0x60, 0xA0, 1600, dtype=np.uint8).tobytes()
    desk.far = np.concatenate((silence(0.05), dtmf("#", on_ms=80)))
    desk.send(prompt)
    assert codes(desk.run(0.2)).startswith("/#")


def test_a_key_held_at_the_end_of_a_call_does_not_haunt_the_next_one(bench: Any) -> None:
    desk = bench()
    desk.voice()
    desk.far = dtmf("5", on_ms=300)
    desk.run(0.2)
    desk.far = np.zeros(0)
    desk.ask("ATH")
    desk.voice()
    assert codes(desk.run(1.0)) == ""


@pytest.mark.parametrize(
    ("fault", "report"),
    [({"del_for_end": True}, "/5\x7f"), ({"no_digit_end": True}, "/5"), ({"repeated_digits": 3}, "/555~")],
)
def test_keys_can_be_reported_wrongly(bench: Any, fault: dict[str, Any], report: str) -> None:
    desk = bench(**fault)
    desk.voice()
    desk.far = dtmf("5", on_ms=60)
    assert codes(desk.run(0.3)) == report


def test_busy_tone_is_told_again_every_four_seconds(bench: Any) -> None:
    desk = bench()
    desk.voice()
    desk.far = ToneSource(country("pl").busy).pull(12 * RATE_HZ)
    desk.run(12.0)
    moments = [at for at, code in desk.record.events if code == "b"]
    assert len(moments) == 3
    assert np.diff(moments) == pytest.approx([4.0, 4.0], abs=0.05)


def test_dial_tone_is_told_and_ringback_is_not(bench: Any) -> None:
    desk = bench()
    desk.voice()
    desk.far = ToneSource(country("pl").ringback).pull(10 * RATE_HZ)
    assert codes(desk.run(10.0)) == ""
    desk.far = ToneSource(country("pl").dial).pull(4 * RATE_HZ)
    assert codes(desk.run(4.0)).startswith("d")


def test_a_busy_tone_can_go_unreported(bench: Any) -> None:
    desk = bench(no_busy_report=True)
    desk.voice()
    desk.far = ToneSource(country("pl").busy).pull(5 * RATE_HZ)
    assert codes(desk.run(5.0)) == ""


@pytest.mark.parametrize(
    ("profile", "break_s", "faults", "report"),
    [
        ("cx93001", 0.3, {}, "l"),
        ("v253", 0.3, {}, "l"),
        ("usr5637", 0.3, {}, ""),
        ("cx93001", 0.02, {}, ""),
        ("cx93001", 0.3, {"no_loop_report": True}, ""),
    ],
)
def test_a_break_of_the_loop_is_reported_by_those_who_can(
    bench: Any, profile: str, break_s: float, faults: dict[str, Any], report: str
) -> None:
    desk = bench(profile, **faults)
    desk.voice()
    desk.loop.feed(0.0, desk.clock.shows)
    got = desk.run(break_s)
    desk.loop.feed(48.0, desk.clock.shows)
    assert codes(got + desk.run(0.3)) == report


def test_a_reversal_is_a_hang_up_only_where_that_is_asked_for(bench: Any) -> None:
    desk = bench()
    desk.voice()
    desk.loop.feed(-48.0, desk.clock.shows)
    assert desk.run(0.1) == b""
    desk.ask("AT-STE=7")
    desk.loop.feed(48.0, desk.clock.shows)
    assert desk.run(0.1) == DLE + b"l"


def test_the_robotics_hears_itself_when_it_goes_off_hook(bench: Any) -> None:
    desk = bench("usr5637")
    assert desk.ask("AT+FCLASS=8;+VLS=1").endswith(b"OK\r\n")
    assert desk.run(0.3) == DLE + b"H"


def test_a_spurious_code_comes_when_it_was_ordered(bench: Any) -> None:
    desk = bench(spurious=((101.0, "d"), (101.5, "b")))
    desk.voice()
    desk.run(2.0)
    assert list(desk.record.events) == [(101.0, "d"), (101.5, "b")]


# ---------------------------------------------------------------- tones and flashes


def test_a_flash_is_as_long_as_ordered(bench: Any) -> None:
    desk = bench()
    desk.voice()
    assert desk.ask("AT+VTS={!,12}") == b"\r\nOK\r\n"
    assert [length_ms for _, length_ms in desk.record.flashes_ms] == [pytest.approx(120.0)]
    opened, closed = (at for at, _ in list(desk.record.hooks)[-2:])
    assert closed - opened == pytest.approx(0.12)
    assert desk.loop.off_hook


def test_a_list_of_keys_and_pauses_is_exact_on_the_line(bench: Any) -> None:
    desk = bench()
    desk.voice()
    desk.line.clear()
    begun = desk.clock.shows
    desk.ask("AT+VTS={1,8},[,,7],{7,8},[,,7],{7,8}")
    assert desk.clock.shows - begun == pytest.approx(0.38 + 0.02, abs=0.04)
    assert keys_in(np.concatenate((desk.spoken(), silence(0.1)))) == "177"
    loud = np.flatnonzero(desk.spoken())
    assert loud[-1] - loud[0] == pytest.approx(0.38 * RATE_HZ, abs=2)
    assert "".join(key for _, key in desk.record.digits) == "177"


def test_plain_keys_last_as_long_as_vtd_says(bench: Any) -> None:
    desk = bench("v253")
    desk.voice()
    desk.ask("AT+VTD=7")
    desk.line.clear()
    desk.ask("AT+VTS=*,5,5,#")
    assert keys_in(np.concatenate((desk.spoken(), silence(0.1)))) == "*55#"


def test_tones_by_frequency_reach_the_line(bench: Any) -> None:
    desk = bench()
    desk.voice()
    desk.line.clear()
    desk.ask("AT+VTS=[440,0,20]")
    line = desk.spoken()
    sounding = line[np.flatnonzero(line)[0] :][:1600]
    assert np.argmax(np.abs(np.fft.rfft(sounding))) * RATE_HZ / 1600 == pytest.approx(440, abs=5)


def test_the_robotics_never_answers_a_digit_refuses_single_tones_and_takes_pairs(bench: Any) -> None:
    desk = bench("usr5637")
    desk.voice()
    desk.send(b"AT+VTS=9\r")
    assert desk.run(3.0) == b""
    assert desk.ask("AT+VTS=[440,0,20]") == b"\r\nERROR\r\n"
    desk.line.clear()
    assert desk.ask("AT+VTS=[852,1477,8]") == b"\r\nOK\r\n"
    assert keys_in(np.concatenate((desk.spoken(), silence(0.1)))) == "9"


@pytest.mark.parametrize("tones", ["X", "5;5,", "{5", "[100,0,5]", "{5,300}", ""])
def test_a_wrong_list_is_an_error(bench: Any, tones: str) -> None:
    desk = bench()
    desk.voice()
    assert desk.ask("AT+VTS=" + tones).endswith(b"ERROR\r\n")


def test_any_key_breaks_off_a_list_and_the_line_stays_off_hook(bench: Any) -> None:
    desk = bench()
    desk.voice()
    desk.send(b"AT+VTS={!,200},{5,100}\r")
    desk.run(0.2)
    assert not desk.loop.off_hook
    desk.send(b"x")
    assert desk.run(0.06) == b"\r\nOK\r\n"
    assert desk.loop.off_hook
    assert desk.ask("AT") == b"\r\nOK\r\n"


# ---------------------------------------------------------------- dialling


def test_a_flash_by_dialling_keeps_voice_mode_and_the_length_of_the_country(bench: Any) -> None:
    desk = bench()
    desk.voice()
    assert desk.ask("ATD!;") == b"\r\nOK\r\n"
    assert [length_ms for _, length_ms in desk.record.flashes_ms] == [pytest.approx(700.0)]
    assert b"\r\n8\r\n" in desk.ask("AT+FCLASS?")


def test_dialling_waits_for_dial_tone_and_sends_the_digits(bench: Any) -> None:
    desk = bench()
    desk.far = ToneSource(country("pl").dial).pull(3 * RATE_HZ)
    assert desk.ask("ATE0DT112;", within_s=6.0).endswith(b"OK\r\n")
    assert desk.loop.off_hook
    assert "".join(key for _, key in desk.record.digits) == "112"
    assert keys_in(np.concatenate((desk.spoken(), silence(0.1)))) == "112"


def test_without_dial_tone_nothing_is_dialled(bench: Any) -> None:
    desk = bench()
    assert desk.ask("ATDT112", within_s=8.0).endswith(b"NO DIALTONE\r\n")
    assert not desk.loop.off_hook
    assert not desk.record.digits


def test_blind_dialling_and_a_busy_number(bench: Any) -> None:
    desk = bench()
    desk.far = np.concatenate((silence(3.0), ToneSource(country("pl").busy).pull(4 * RATE_HZ)))
    assert desk.ask("ATX3DT1", within_s=8.0).endswith(b"BUSY\r\n")
    assert not desk.loop.off_hook


def test_in_voice_mode_an_answer_is_ringback_that_has_gone(bench: Any) -> None:
    desk = bench()
    desk.ask("ATX3+FCLASS=8")
    desk.far = np.concatenate((silence(3.0), ToneSource(country("pl").ringback).pull(7 * RATE_HZ)))
    begun = desk.clock.shows
    assert desk.ask("ATDT1", within_s=30.0).endswith(b"OK\r\n")
    assert desk.clock.shows - begun > 10.0
    assert desk.loop.off_hook


def test_nobody_answers_the_data_call_that_a_key_breaks_off(bench: Any) -> None:
    desk = bench()
    desk.send(b"ATA\r")
    desk.run(1.0)
    assert desk.loop.off_hook
    desk.send(b" ")
    assert desk.run(0.1).endswith(b"NO CARRIER\r\n")
    assert not desk.loop.off_hook


def test_the_second_ring_is_answered_by_itself_when_s0_says_so(bench: Any) -> None:
    desk = bench()
    desk.ask("ATS0=2")
    desk.ring()
    desk.run(4.0)
    assert not desk.loop.off_hook
    desk.ring()
    assert desk.loop.off_hook


def test_everything_sent_is_there_for_the_bench_to_see(bench: Any) -> None:
    desk = bench()
    seen: list[tuple[float, float]] = []
    desk.record.on_transmit = lambda at, block: seen.append((at, float(np.abs(block).max())))
    desk.voice("+VTX")
    desk.send(np.clip(tone((800.0,), 0.1, -6.0) / 256 + 128, 0x11, 255).astype(np.uint8).tobytes())
    desk.run(0.2)
    assert sum(peak > 1000 for _, peak in seen) == 5
    assert [text for _, text in desk.record.commands][-1] == "+VTX"
