"""What each kind of emulated modem does differently, seen from the host's side of its port."""

from __future__ import annotations

import re
import termios
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from appliance.signals.callerid import CallerIdMessage, encode, modulate
from appliance.signals.codec import to_mulaw
from appliance.signals.countries import country
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.generate import ToneSource, dtmf, silence, tone
from hardware.simulated.loop import RATE_HZ, Samples
from hardware.simulated.profiles import PROFILES

DLE = b"\x10"
STEP = 256.0
ANNA = CallerIdMessage(number="601234567", name="ANNA NOWAK", datetime="11240930")
WITH_VOICE = sorted(set(PROFILES) - {"no-voice"})
RESULTS = (b"OK\r\n", b"ERROR\r\n", b"VCON\r\n", b"CONNECT\r\n")


@dataclass(frozen=True)
class Spoken:
    """How a host speaks with one kind of modem."""

    line: tuple[str, ...] = ("AT+VLS=1",)
    line_result: bytes = b"OK"
    sample: str = "1"
    code: bytes = DLE
    stop: bytes = b"!"
    transmit_ends: bytes = b"\r\nOK\r\n"
    receive_ends: bytes = DLE + b"\x03\r\nOK\r\n"


HOSTS = {
    "zoom3095": Spoken(code=DLE * 3),
    "usr5637": Spoken(sample="128"),
    "usr5637-old": Spoken(sample="128", line=("AT+VLS=1", "ATH1")),
    "mt9234mu": Spoken(sample="128"),
    "agere-v253": Spoken(sample="128"),
    "si24xx": Spoken(stop=b"\x1b", transmit_ends=DLE + b"\x03\r\nOK\r\n", receive_ends=DLE + b"\x1b\r\nOK\r\n"),
    "is101": Spoken(
        sample="128",
        line=("AT+VIT=0", "AT+VLS=2"),
        line_result=b"VCON",
        transmit_ends=b"\r\nVCON\r\n",
        receive_ends=DLE + b"\x03\r\nVCON\r\n",
    ),
}


def host_of(profile: str) -> Spoken:
    return HOSTS.get(profile, Spoken())


def set_baud(desk: Any, baud: int = termios.B115200) -> None:
    attributes = termios.tcgetattr(desk.port)
    attributes[4] = attributes[5] = baud
    termios.tcsetattr(desk.port, termios.TCSANOW, attributes)


def ask(desk: Any, line: str, within_s: float = 2.0) -> bytes:
    desk.send(line.encode() + b"\r")
    got: bytes = desk.until(RESULTS, within_s)
    return got


def answered(desk: Any, start: str = "") -> bytes:
    """Take the line by the modem's own commands; `start` is the stream to begin."""
    host = host_of(desk.modem.profile.name)
    set_baud(desk)
    ask(desk, "ATE0")
    ask(desk, "AT+FCLASS=8")
    assert ask(desk, f"AT+VSM={host.sample},8000") == b"\r\nOK\r\n"
    for command in host.line:
        got = ask(desk, command)
    desk.run(0.2)
    desk.read()
    return ask(desk, f"AT{start}") if start else got


def codes(stream: bytes) -> str:
    """The codes in a stream, its samples left out."""
    found = re.findall(rb"\x10([^\x10\x1a])", stream.replace(DLE + DLE, b""), re.DOTALL)
    return b"".join(found).decode("latin-1")


def heard_of(stream: bytes) -> Samples:
    """The unsigned samples of a received stream, its codes taken out."""
    plain = re.sub(rb"\x10(.)", lambda pair: DLE if pair[1] == DLE else b"", stream, flags=re.DOTALL)
    return (np.frombuffer(plain, np.uint8) - 128.0) * STEP


def told(desk: Any, message: CallerIdMessage = ANNA) -> bytes:
    """What the host gets of a caller ID that comes after the first ring."""
    rung: bytes = desk.ring()
    desk.far = np.concatenate((silence(0.5), modulate(encode(message), country("pl").caller_id), silence(0.3)))
    report: bytes = desk.run(2.0)
    return rung + report


# ---------------------------------------------------------------- what all of them can


@pytest.mark.parametrize("profile", WITH_VOICE)
def test_each_takes_a_call_plays_records_and_hangs_up_by_its_own_commands(bench: Any, profile: str) -> None:
    desk, host = bench(profile), host_of(profile)
    assert desk.ring() == b"\r\nRING\r\n"
    assert host.line_result in answered(desk)
    assert desk.loop.off_hook

    assert ask(desk, "AT+VTX").endswith(b"CONNECT\r\n")
    prompt = np.random.default_rng(4).integers(0x01, 0x7F, 1600, dtype=np.uint8)
    desk.send(prompt.tobytes().replace(DLE, DLE + DLE) + host.code + b"\x03")
    assert desk.run(0.4) == host.transmit_ends
    loud = np.flatnonzero(desk.spoken())
    played = desk.spoken()[loud[0] : loud[-1] + 1]
    emphasis = [DLE[0]] * (len(host.code) // 2)  # the pair before a code said with emphasis is a sample
    assert np.array_equal(played / STEP + 128, np.append(prompt, emphasis))

    assert ask(desk, "AT+VRX").endswith(b"CONNECT\r\n")
    desk.read()
    said = tone((440.0,), 0.2, -3.0)
    desk.far = said.copy()
    assert np.abs(heard_of(desk.run(0.2)) + 128 - said).max() <= 192
    desk.send(host.code + host.stop)
    assert desk.run(0.06).endswith(host.receive_ends)

    assert ask(desk, "ATH") == b"\r\nOK\r\n"
    assert not desk.loop.off_hook


BUSY = {name: "b" for name in WITH_VOICE} | {"mt9234mu": ""}
LOOP = {name: "l" for name in WITH_VOICE} | dict.fromkeys(
    ("usr5637", "usr5637-old", "mt9234mu", "agere-v253", "si24xx"), ""
)


@pytest.mark.parametrize("profile", WITH_VOICE)
def test_a_busy_tone_while_recording_is_reported_by_those_who_can(bench: Any, profile: str) -> None:
    desk = bench(profile)
    answered(desk, "+VRX")
    desk.far = ToneSource(country("pl").busy).pull(3 * RATE_HZ)
    desk.run(3.0)
    assert "".join(code for _, code in desk.record.events if code in "bd") == BUSY[profile]


@pytest.mark.parametrize("profile", WITH_VOICE)
def test_a_broken_loop_while_recording_is_reported_by_those_who_can(bench: Any, profile: str) -> None:
    desk = bench(profile)
    answered(desk, "+VRX")
    desk.read()
    desk.loop.feed(0.0, desk.clock.shows)
    assert codes(desk.run(0.3)) == LOOP[profile]


@pytest.mark.parametrize("profile", WITH_VOICE)
def test_silence_is_reported_by_those_who_can_and_not_asked_to_be_quiet(bench: Any, profile: str) -> None:
    desk = bench(profile)
    answered(desk)
    ask(desk, "AT+VSD=128,20")
    ask(desk, "AT+VRX")
    desk.far = np.random.default_rng(3).normal(0, 3000, 4000)
    desk.run(3.5)
    silences = [code for _, code in desk.record.events if code in "qs"]
    assert silences == ([] if profile == "mt9234mu" else ["q"])


@pytest.mark.parametrize("profile", WITH_VOICE)
def test_a_key_is_reported_while_a_prompt_plays(bench: Any, profile: str) -> None:
    desk = bench(profile)
    answered(desk, "+VTX")
    desk.far = np.concatenate((silence(0.05), dtmf("5", on_ms=100)))
    desk.send(b"\x80" * 3000)
    report = codes(desk.run(0.3))
    assert report == "5" if profile == "is101" else re.fullmatch("/5+~", report)


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_each_can_be_told_from_the_others_by_what_a_computer_sees(bench: Any, profile: str) -> None:
    found = bench(profile).modem.found()
    known = {
        "cx93001": "0572:1340",
        "zoom3095": "0803:3095",
        "cx-rd02": "0572:1324",
        "usr5637": "0baf:0303",
        "usr5637-old": "0baf:0303",
    }
    assert found.usb_id == known.get(profile, "")
    assert bool(found.product) == (profile in known)


# ---------------------------------------------------------------- Conexant


@pytest.mark.parametrize(("dles", "obeyed"), [(1, False), (2, False), (3, True)])
def test_the_zoom_wants_codes_said_with_emphasis(bench: Any, dles: int, obeyed: bool) -> None:
    desk = bench("zoom3095")
    answered(desk, "+VRX")
    desk.send(DLE * dles + b"!")
    assert desk.run(0.2).endswith(b"\r\nOK\r\n") is obeyed


def test_the_zoom_overlooks_a_weak_code_and_plays_what_follows(bench: Any) -> None:
    desk = bench("zoom3095")
    answered(desk, "+VTX")
    desk.send(b"\xa0\xa0" + DLE + b"\x18" + b"\xb0" + DLE + DLE + b"\xc0")
    desk.run(0.1)
    loud = np.flatnonzero(desk.spoken())
    assert np.array_equal(desk.spoken()[loud[0] : loud[-1] + 1] / STEP + 128, [0xA0, 0xA0, 0xB0, 0x10, 0xC0])


@pytest.mark.parametrize("poke", ["AT!4886=00", "AT!4886=01"])
def test_the_oem_stick_tells_nobody_until_it_is_poked_and_again_after_a_reset(bench: Any, poke: str) -> None:
    desk = bench("cx-rd02")
    assert ask(desk, "AT+VCID=1").endswith(b"OK\r\n")
    assert told(desk) == b"\r\nRING\r\n"
    ask(desk, poke)
    assert b"NMBR = 601234567" in told(desk)
    ask(desk, "ATZ")
    ask(desk, "AT+VCID=1")
    assert b"NMBR" not in told(desk)


def test_another_poke_does_not_help_the_oem_stick(bench: Any) -> None:
    desk = bench("cx-rd02")
    ask(desk, "AT+VCID=1")
    ask(desk, "AT!4886=02")
    assert b"NMBR" not in told(desk)


# ---------------------------------------------------------------- US Robotics


def test_the_old_robotics_says_ok_and_rings_on(bench: Any) -> None:
    desk = bench("usr5637-old")
    assert b"V1.2.21" in ask(desk, "ATI3") + ask(desk, "AT+GMR")
    assert b"1.2.21" in ask(desk, "ATI7")
    desk.ring()
    assert ask(desk, "AT+FCLASS=8;+VLS=1").endswith(b"OK\r\n")
    assert not desk.loop.off_hook
    desk.run(4.0)
    assert desk.ring() == DLE + b"R"


@pytest.mark.parametrize("command", ["ATH1", "ATA"])
def test_the_old_robotics_can_be_helped_off_hook(bench: Any, command: str) -> None:
    desk = bench("usr5637-old")
    ask(desk, "AT+FCLASS=8;+VLS=1")
    assert ask(desk, command).endswith(b"OK\r\n")
    assert desk.loop.off_hook
    assert b"\r\n8\r\n" in ask(desk, "AT+FCLASS?")
    assert ask(desk, "AT+VTX").endswith(b"CONNECT\r\n")


def test_one_that_has_lost_its_relay_says_ok_to_everything(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No firmware is known to be so; a program must notice it all the same."""
    monkeypatch.setitem(PROFILES, "broken", PROFILES["usr5637-old"].but(hook_commands=frozenset()))
    desk = bench("broken")
    for command in ("AT+FCLASS=8;+VLS=1", "ATH1", "ATA"):
        assert ask(desk, command).endswith(b"OK\r\n")
    assert not desk.loop.off_hook


# ---------------------------------------------------------------- MultiTech, Agere


def test_the_multitech_takes_any_gain_and_its_own_format_only(bench: Any) -> None:
    desk = bench("mt9234mu")
    assert ask(desk, "AT+FCLASS=8;+VGT=255;+VGR=0").endswith(b"OK\r\n")
    assert ask(desk, "AT+VSM=1,8000").endswith(b"ERROR\r\n")
    assert b'\r\n128,"8-BIT LINEAR"' in ask(desk, "AT+VSM=?")
    assert ask(desk, "AT+VTR").endswith(b"ERROR\r\n")


def test_the_multitech_notices_the_busy_tone_when_it_does_not_record(bench: Any) -> None:
    desk = bench("mt9234mu")
    answered(desk)
    desk.far = ToneSource(country("pl").busy).pull(3 * RATE_HZ)
    assert codes(desk.run(3.0)) == "b"


@pytest.mark.parametrize(("start", "report"), [("", "r"), ("+VRX", ""), ("+VTX", "")])
def test_the_agere_hears_ringback_between_streams_only(bench: Any, start: str, report: str) -> None:
    desk = bench("agere-v253")
    answered(desk, start)
    desk.far = ToneSource(country("pl").ringback).pull(3 * RATE_HZ)
    desk.run(3.0)
    assert "".join(code for _, code in desk.record.events if code == "r") == report


def test_the_agere_knows_three_countries_and_lists_a_format_that_it_refuses(bench: Any) -> None:
    desk = bench("agere-v253")
    assert b"+GCI: (00,B4,B5)" in ask(desk, "AT+GCI=?")
    assert ask(desk, "AT+GCI=8A").endswith(b"ERROR\r\n")
    assert ask(desk, "AT+GCI=B4").endswith(b"OK\r\n")
    ask(desk, "ATE0+FCLASS=8")
    assert b'\r\n132,"' in ask(desk, "AT+VSM=?")
    assert ask(desk, "AT+VSM=132,8000") == b"\r\nERROR\r\n"
    assert ask(desk, "AT+VRA?") == b"\r\n50\r\n\r\nOK\r\n"
    assert ask(desk, "AT+VRN=11") == b"\r\nERROR\r\n"
    assert b'\r\n1,"T",0A00190000,0E60180000,1A80384000\r\n' in ask(desk, "AT+VLS=?")


# ---------------------------------------------------------------- Silicon Labs


def test_the_silicon_says_what_it_is_and_what_it_can(bench: Any) -> None:
    desk = bench("si24xx")
    ask(desk, "ATE0+FCLASS=8")
    assert ask(desk, "ATI0") == b"\r\n2494\r\n\r\nOK\r\n"
    assert ask(desk, "AT+VSD?") == b"\r\n128,50\r\n\r\nOK\r\n"
    for refused in ("AT+GCI=8A", "AT+VSM=131,8000", "AT+VGT=111", "AT+VSD=127,0", "AT+VLS=2", "AT+VTR", "AT+VCDT=8"):
        assert ask(desk, refused) == b"\r\nERROR\r\n"
    for taken in ("AT+VSM=4,8000", "AT+VGR=112", "AT+VSD=118,0", "AT+VCDT=2"):
        assert ask(desk, taken) == b"\r\nOK\r\n"


@pytest.mark.parametrize(("label", "off_hook"), [("0", False), ("1", True), ("14", False), ("15", True)])
def test_the_silicon_has_a_handset_on_hook_and_a_detector_off_hook(bench: Any, label: str, off_hook: bool) -> None:
    desk = bench("si24xx")
    assert ask(desk, f"AT+FCLASS=8;+VLS={label}").endswith(b"OK\r\n")
    assert desk.loop.off_hook is off_hook


def test_the_silicon_records_and_plays_mu_law(bench: Any) -> None:
    desk = bench("si24xx")
    set_baud(desk)
    ask(desk, "ATE0+FCLASS=8;+VSM=4,8000;+VLS=1")
    ask(desk, "AT+VRX")
    desk.read()
    said = tone((440.0,), 0.2, -3.0)
    desk.far = said.copy()
    recorded = desk.run(0.2).replace(DLE + DLE, DLE)
    assert recorded == to_mulaw(said)
    desk.send(DLE + b"\x1b")
    desk.run(0.1)
    ask(desk, "AT+VTX")
    desk.line.clear()
    desk.send(recorded.replace(DLE, DLE + DLE) + DLE + b"\x03")
    desk.run(0.4)
    assert np.corrcoef(desk.spoken()[np.flatnonzero(desk.spoken())[0] :][:1500], said[1:1501])[0, 1] > 0.999


@pytest.mark.parametrize("tones", ["5", "!", "{5,10}", "{!,10}", "[941,1336]", "[941,,10]", "[]"])
def test_the_silicon_takes_nothing_but_whole_tones(bench: Any, tones: str) -> None:
    desk = bench("si24xx")
    answered(desk)
    assert ask(desk, f"AT+VTS={tones}") == b"\r\nERROR\r\n"


def test_the_silicon_sends_keys_as_pairs(bench: Any) -> None:
    desk = bench("si24xx")
    answered(desk)
    desk.line.clear()
    assert ask(desk, "AT+VTS=[941,1336,10]") == b"\r\nOK\r\n"
    line = np.concatenate((desk.spoken(), silence(0.1)))
    assert [event.key for event in DtmfReceiver().feed(line) if event.down] == ["0"]


@pytest.mark.parametrize("dialled", ["ATD!;", "ATD&;"])
def test_the_silicon_flashes_by_dialling_for_as_long_as_its_register_says(bench: Any, dialled: str) -> None:
    desk = bench("si24xx")
    answered(desk)
    assert ask(desk, "AT:R4F") == b"\r\n01F4\r\n\r\nOK\r\n"
    assert ask(desk, dialled) == b"\r\nOK\r\n"
    assert ask(desk, "AT:U4F,0064") == b"\r\nOK\r\n"
    assert ask(desk, dialled) == b"\r\nOK\r\n"
    assert [length_ms for _, length_ms in desk.record.flashes_ms] == [pytest.approx(500), pytest.approx(100)]
    assert desk.loop.off_hook


def test_the_silicon_remembers_any_register_until_a_reset_and_others_have_none(bench: Any) -> None:
    desk = bench("si24xx")
    ask(desk, "ATE0")
    assert ask(desk, "AT:U53,BEEF,1") == b"\r\nOK\r\n"
    assert ask(desk, "AT:R53") == b"\r\nBEEF\r\n\r\nOK\r\n"
    assert ask(desk, "AT:R54") == b"\r\n0001\r\n\r\nOK\r\n"
    ask(desk, "ATZE0")
    assert ask(desk, "AT:R53") == b"\r\n0000\r\n\r\nOK\r\n"
    assert ask(bench("v253"), "AT:R53").endswith(b"ERROR\r\n")


def test_the_silicon_tells_the_caller_after_a_word_of_its_own_in_voice_mode(bench: Any) -> None:
    desk = bench("si24xx")
    ask(desk, "ATE0+VCID=1")
    assert told(desk).startswith(b"\r\nRING\r\n\r\nDATE=1124\r\n")
    desk.run(9.0)
    ask(desk, "AT+FCLASS=8")
    assert told(desk).startswith(DLE + b"R\r\nCIDM\r\n\r\nDATE=1124\r\n")
    assert ask(desk, "AT+VRID=0").startswith(b"\r\nDATE=1124\r\nTIME=0930\r\nNMBR=601234567\r\n")
    assert ask(desk, "AT+VRID=1") == b"\r\n" + encode(ANNA)[:-1].hex().upper().encode() + b"\r\n\r\nOK\r\n"


def test_the_silicon_wraps_the_caller_where_a_stream_runs(bench: Any) -> None:
    desk = bench("si24xx")
    ask(desk, "ATE0+VCID=1;+FCLASS=8")
    ask(desk, "AT+VTX")
    report = told(desk)
    assert re.search(rb"\x10X\r\nCIDM\r\nDATE=1124\r\n.*NMBR=601234567\r\n.*\x10\.", report, re.DOTALL)


def test_the_silicon_understands_no_caller_when_told_to_expect_keys(bench: Any) -> None:
    desk = bench("si24xx")
    ask(desk, "AT+VCID=1;+VCDT=4")
    assert b"NMBR" not in told(desk)


def test_a_slow_serial_line_starves_a_prompt_and_chokes_a_recording(bench: Any) -> None:
    desk = bench("si24xx")
    answered(desk)
    set_baud(desk, termios.B9600)
    ask(desk, "AT+VTX")
    desk.line.clear()
    desk.send(b"\xa0" * 2000 + DLE + b"\x03")
    report = desk.run(3.0)
    assert report.count(DLE + b"u") > 10
    assert report.endswith(DLE + b"\x03\r\nOK\r\n")
    assert np.count_nonzero(desk.spoken()) == 2000
    assert np.ptp(np.flatnonzero(desk.spoken())) / RATE_HZ == pytest.approx(2000 / 960, abs=0.1)
    ask(desk, "AT+VRX")
    assert len(desk.run(10.0)) == pytest.approx(9600, rel=0.02)
    assert desk.record.overruns


def test_a_fast_serial_line_is_fast_enough(bench: Any) -> None:
    desk = bench("si24xx")
    answered(desk, "+VRX")
    desk.read()
    desk.far = np.random.default_rng(2).normal(0, 8000, 3 * RATE_HZ)
    assert len(heard_of(desk.run(3.0))) == pytest.approx(3 * RATE_HZ, abs=200)
    assert not desk.record.overruns


def test_a_reset_of_the_silicon_takes_a_moment_and_its_port_stays(bench: Any) -> None:
    desk = bench("si24xx")
    answered(desk)
    desk.modem.power_cycle()
    desk.send(b"AT\r")
    assert desk.run(0.2) == b""
    assert not desk.loop.off_hook
    desk.run(0.2)
    assert ask(desk, "AT") == b"AT\r\r\nOK\r\n"


# ---------------------------------------------------------------- the oldest, and one without voice


def test_the_old_standard_takes_the_line_by_its_own_label(bench: Any) -> None:
    desk = bench("is101")
    ask(desk, "ATE0+FCLASS=8")
    assert ask(desk, "AT+VLS=1") == b"\r\nERROR\r\n"
    assert b'\r\n2,"T",' in ask(desk, "AT+VLS=?")
    assert ask(desk, "AT+VLS=2") == b"\r\nVCON\r\n"
    assert desk.loop.off_hook
    assert ask(desk, "AT+VLS=0") == b"\r\nOK\r\n"
    assert ask(desk, "AT+VTR") == b"\r\nERROR\r\n"
    assert ask(desk, "AT+IFC=2,2") == b"\r\nERROR\r\n"
    assert ask(desk, "AT+FLO=1") == b"\r\nOK\r\n"


def test_the_old_standard_ends_a_stream_after_seven_seconds_of_nothing(bench: Any) -> None:
    desk = bench("is101")
    ask(desk, "ATE0+FCLASS=8;+VLS=2")
    assert ask(desk, "AT+VIT?") == b"\r\n70\r\n\r\nOK\r\n"
    ask(desk, "AT+VRX")
    assert b"VCON" not in desk.run(6.5)
    assert desk.run(1.0).endswith(DLE + b"\x03\r\nVCON\r\n")


def test_one_without_voice_refuses_it_but_rings_and_names_the_caller(bench: Any) -> None:
    desk = bench("no-voice")
    ask(desk, "ATE0")
    assert ask(desk, "AT+FCLASS=?") == b"\r\n0,1,1.0\r\n\r\nOK\r\n"
    for refused in ("+FCLASS=8", "+VSM=?", "+VLS=1", "+VTX", "+VTS=5", "+VIT=0"):
        assert ask(desk, "AT" + refused) == b"\r\nERROR\r\n"
    assert ask(desk, "AT+VCID=1") == b"\r\nOK\r\n"
    assert b"NMBR=601234567" in told(desk)
