"""The emulated modem's voice streams: what is played, what is recorded, how they begin and end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from appliance.signals.generate import tone
from appliance.signals.levels import dbm0
from hardware.simulated.loop import BLOCK, Samples

DLE = b"\x10"
END, FLUSH = DLE + b"\x03", DLE + b"\x18"


def samples_of(data: bytes) -> Samples:
    """What the line should carry for these unsigned bytes."""
    return (np.frombuffer(data, np.uint8) - 128.0) * 256.0


def heard_of(stream: bytes) -> Samples:
    """The samples of a received stream, its codes taken out."""
    plain = bytearray()
    position = 0
    while position < len(stream):
        if stream[position] != DLE[0]:
            plain.append(stream[position])
        elif stream[position + 1] == DLE[0]:
            plain.append(DLE[0])
            position += 1
        else:
            position += 1
        position += 1
    return samples_of(bytes(plain))


def without_edges(line: Samples) -> Samples:
    """The line's sound from the first to the last sample that is not zero."""
    loud = np.flatnonzero(line)
    return line[loud[0] : loud[-1] + 1]


# ---------------------------------------------------------------- playing


def test_every_sample_is_played_once_and_in_order_whatever_its_value(bench: Any) -> None:
    desk = bench()
    assert desk.voice("+VTX") == b"\r\nCONNECT\r\n"
    played = bytes(range(1, 128)) + bytes(range(129, 256)) + bytes(range(1, 128))
    desk.send(played.replace(DLE, DLE + DLE) + END)
    assert desk.until((b"OK\r\n",)) == b"\r\nOK\r\n"
    assert np.array_equal(without_edges(desk.spoken()), samples_of(played))


def test_the_shield_may_be_cut_anywhere(bench: Any) -> None:
    desk = bench()
    desk.voice("+VTX")
    for byte in b"\x20" + DLE + DLE + b"\x21" + DLE + b"\x1a" + b"\x22" + END:
        desk.send(bytes((byte,)))
    desk.until((b"OK\r\n",))
    assert np.array_equal(without_edges(desk.spoken()), samples_of(b"\x20\x10\x21\x10\x10\x22"))


def test_signed_samples_are_played_as_such(bench: Any) -> None:
    desk = bench("v253")
    desk.ask("ATE0+FCLASS=8;+VSM=0,8000;+VLS=1")
    desk.ask("AT+VTX")
    desk.send(bytes((0x01, 0x7F, 0x81, 0xFF)) + END)
    desk.until((b"OK\r\n",))
    assert np.array_equal(without_edges(desk.spoken()), np.array([1.0, 127.0, -127.0, -1.0]) * 256)


def test_ok_comes_when_all_is_played_and_not_before(bench: Any) -> None:
    desk = bench()
    desk.voice("+VTX")
    desk.send(b"\xa0" * 1600 + END)
    assert desk.run(0.18) == b""
    assert desk.run(0.06) == b"\r\nOK\r\n"
    assert not desk.record.underruns


def test_a_gap_is_reported_once_and_the_end_of_a_prompt_is_none(bench: Any) -> None:
    desk = bench()
    desk.voice("+VTX")
    assert desk.run(0.5) == b""
    desk.send(b"\xa0" * 400)
    assert desk.run(0.5) == DLE + b"u"
    desk.send(b"\xa0" * 320)
    assert desk.run(0.5) == DLE + b"u"
    desk.send(b"\xa0" * 320 + END)
    assert desk.run(0.5) == b"\r\nOK\r\n"
    assert len(desk.record.underruns) == 2


def test_a_flush_silences_the_line_at_once_and_the_stream_goes_on(bench: Any) -> None:
    desk = bench()
    desk.voice("+VTX")
    desk.send(b"\xa0" * 1600)
    desk.run(0.04)
    desk.send(FLUSH)
    desk.line.clear()
    assert desk.run(0.1) == b""
    assert not desk.spoken().any()
    desk.send(b"\xc0" * BLOCK)
    desk.run(0.02)
    assert np.array_equal(desk.spoken()[-BLOCK:], samples_of(b"\xc0" * BLOCK))


def test_a_flush_and_an_end_stop_a_prompt_within_two_blocks(bench: Any) -> None:
    desk = bench()
    desk.voice("+VTX")
    desk.send(b"\xa0" * 2000)
    desk.run(0.1)
    desk.send(FLUSH + END)
    assert desk.run(0.04) == b"\r\nOK\r\n"


def test_a_host_that_floods_the_port_is_held_back_and_loses_nothing(bench: Any) -> None:
    desk = bench()
    desk.voice("+VTX")
    message = bytes(np.random.default_rng(1).integers(0x20, 0x7F, 40_000, dtype=np.uint8))
    rest, blocked = message, 0
    while rest:
        taken = desk.send(rest)
        rest = rest[taken:]
        blocked += taken == 0
        desk.run(0.02)
    assert blocked > 100, "the host was never made to wait"
    while not desk.send(END):
        desk.run(0.02)
    desk.until((b"OK\r\n",), 5.0)
    assert np.array_equal(without_edges(desk.spoken()), samples_of(message))
    assert not desk.record.underruns and not desk.record.dropped_bytes


def test_a_pause_keeps_what_was_sent(bench: Any) -> None:
    desk = bench()
    desk.voice("+VTX")
    desk.send(DLE + b"p" + b"\xa0" * 320)
    desk.run(0.1)
    assert not desk.spoken().any()
    desk.send(DLE + b"r" + END)
    desk.until((b"OK\r\n",))
    assert np.array_equal(without_edges(desk.spoken()), samples_of(b"\xa0" * 320))


def test_softer_is_three_decibels_softer(bench: Any) -> None:
    desk = bench()
    desk.voice("+VTX")
    desk.send(DLE + b"d" + b"\xc0" * 320 + END)
    desk.until((b"OK\r\n",))
    assert desk.spoken().max() == pytest.approx(0x40 * 256 * 10 ** (-3 / 20))


def test_sound_for_an_open_loop_goes_nowhere_but_in_real_time(bench: Any) -> None:
    desk = bench()
    desk.ask("ATE0+FCLASS=8;+VSM=1,8000")
    desk.ask("AT+VTX")
    desk.send(b"\xa0" * 1600 + END)
    assert desk.run(0.18) == b""
    assert desk.run(0.06) == b"\r\nOK\r\n"
    assert not desk.line


# ---------------------------------------------------------------- recording


@pytest.mark.parametrize("stop", [b"!", b"\x1b"])
def test_a_recording_ends_with_the_mark_of_its_end_and_ok(bench: Any, stop: bytes) -> None:
    desk = bench()
    desk.voice("+VRX")
    desk.read()
    sound = desk.run(0.2)
    assert len(sound) == 1600
    desk.send(DLE + stop)
    assert desk.run(0.04) == DLE + b"\x03" + b"\r\nOK\r\n"
    assert desk.run(0.2) == b""


def test_a_silent_line_alternates_between_the_middle_steps(bench: Any) -> None:
    desk = bench()
    desk.voice("+VRX")
    assert set(desk.run(0.2)) == {0x7F, 0x80}


def test_a_recording_is_what_the_line_said_to_a_step(bench: Any) -> None:
    desk = bench()
    desk.voice("+VRX")
    desk.read()
    said = tone((440.0,), 0.2, 3.0)
    desk.far = said.copy()
    heard = heard_of(desk.run(0.2))
    assert np.abs(heard + 128 - said).max() <= 192, "silence lies between 0x7F and 0x80"
    assert 0x10 in ((heard / 256) + 128), "the byte that has to be shielded never came"


def test_a_host_that_does_not_read_is_told_of_the_loss(bench: Any) -> None:
    desk = bench()
    desk.voice("+VRX")
    sending = desk.read
    desk.read = lambda: b""
    desk.run(4.0)
    desk.read = sending
    assert desk.record.dropped_bytes > 0
    assert desk.record.overruns
    assert DLE + b"o" in desk.run(2.0)


def test_duplex_carries_both_ways_and_returns_our_voice_twelve_decibels_down(bench: Any) -> None:
    desk = bench()
    assert desk.voice("+VTR") == b"\r\nCONNECT\r\n"
    ours = tone((1000.0,), 0.2, -3.0)
    desk.send(np.clip(np.rint(ours / 256) + 128, 0, 255).astype(np.uint8).tobytes().replace(DLE, DLE + DLE))
    echo = heard_of(desk.run(0.2))
    assert dbm0(echo[160:-160]) == pytest.approx(-15.0, abs=0.5)
    assert dbm0(desk.spoken()[-1440:-160]) == pytest.approx(-3.0, abs=0.2)
    desk.send(DLE + b"^")
    assert desk.run(0.04).endswith(DLE + b"\x03" + b"\r\nOK\r\n")


def test_an_idle_host_ends_the_stream_when_vit_says_so(bench: Any) -> None:
    desk = bench()
    desk.voice()
    desk.ask("AT+VIT=2")
    desk.ask("AT+VRX")
    desk.run(1.5)
    desk.send(DLE + b"\x00")
    assert b"OK" not in desk.run(1.5)
    assert desk.run(1.0).endswith(DLE + b"\x03" + b"\r\nOK\r\n")


@pytest.mark.parametrize(("voice_s", "code"), [(0.0, b"s"), (0.5, b"q")])
def test_silence_is_named_by_whether_a_voice_came_before(bench: Any, voice_s: float, code: bytes) -> None:
    desk = bench()
    desk.voice()
    desk.ask("AT+VSD=128,20")
    desk.ask("AT+VRX")
    desk.far = np.random.default_rng(3).normal(0, 3000, int(8000 * voice_s))
    assert DLE + code not in desk.run(1.9)
    assert DLE + code in desk.run(0.7)


def test_a_stuck_stream_ends_only_with_the_port(bench: Any) -> None:
    desk = bench(stuck_stream=True)
    desk.voice("+VRX")
    desk.send(DLE + b"!" + DLE + b"\x1b" + b"ATH\r")
    assert b"OK" not in desk.run(1.0)
    desk.unplug_host()
    assert not desk.loop.off_hook
    desk.open()
    assert desk.ask("AT") == b"\r\nOK\r\n"


def test_a_stream_in_pieces_is_the_same_stream(bench: Any) -> None:
    desk = bench(split_bytes=True)
    desk.voice("+VRX")
    said = tone((440.0,), 0.5, -6.0)
    desk.far = said.copy()
    heard = heard_of(desk.run(0.7))
    begin = int(np.argmax(np.abs(heard) > 1000) - np.argmax(np.abs(said) > 1000))
    assert abs(begin - BLOCK) <= BLOCK
    assert np.abs(heard[begin : begin + len(said)] - said).max() <= 512


@pytest.mark.parametrize("hook", ["1", "0"])
def test_no_sound_comes_before_connect_on_hook_either(bench: Any, hook: str) -> None:
    desk = bench()
    desk.ask(f"ATE0+FCLASS=8;+VLS={hook}")
    desk.send(b"AT+VRX\r")
    got = desk.run(0.3)
    assert got.startswith(b"\r\nCONNECT\r\n")
    assert heard_of(got.removeprefix(b"\r\nCONNECT\r\n")).size >= 10 * BLOCK
