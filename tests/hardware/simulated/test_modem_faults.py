"""What goes wrong with an emulated modem while it works, seen from the host's side of its port."""

from __future__ import annotations

import math
import os
import re
import tty
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.clock import ScaledClock, VirtualClock, Wire
from appliance.faults import LineFault
from appliance.signals.callerid import CallerIdMessage, encode, modulate
from appliance.signals.countries import country
from appliance.signals.generate import silence, tone
from appliance.signals.levels import dbm0
from hardware.modem.port import SerialPort
from hardware.simulated.fakemodem import FakeModem
from hardware.simulated.loop import RATE_HZ, Loop, Samples
from hardware.simulated.modemfaults import Faults
from hardware.simulated.people import Caller
from hardware.simulated.profiles import PROFILES
from hardware.simulated.world import PlannedModem, World
from hardware.wires import read_arrived, serial_wires

DLE = b"\x10"
END_RECEIVE = DLE + b"!"
ANNA = CallerIdMessage(number="601234567", name="ANNA NOWAK", datetime="11240930")
START = datetime(2026, 11, 24, 9, 30).astimezone()


def told(desk: Any) -> bytes:
    """What the host gets of a caller ID that comes after the first ring."""
    desk.ring()
    desk.far = np.concatenate((silence(0.5), modulate(encode(ANNA), country("pl").caller_id), silence(0.3)))
    report: bytes = desk.run(2.0)
    return report


def heard_of(stream: bytes) -> Samples:
    """The unsigned samples of a received stream, its codes taken out."""
    plain = re.sub(rb"\x10(.)", lambda pair: DLE if pair[1] == DLE else b"", stream, flags=re.DOTALL)
    return (np.frombuffer(plain, np.uint8) - 128.0) * 256.0


def pitch_hz(sound: Samples) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound))))) * RATE_HZ / len(sound))


# ---------------------------------------------------------------- caller ID


def test_the_caller_can_be_told_from_end_to_beginning(bench: Any) -> None:
    desk = bench(bad_order=True)
    desk.ask("AT+VCID=1")
    assert re.findall(rb"[A-Z]{4} =", told(desk)) == [b"NAME =", b"NMBR =", b"TIME =", b"DATE ="]


@pytest.mark.parametrize(("forgets", "left"), [(False, b"1"), (True, b"0")])
def test_a_hang_up_can_switch_caller_id_off(bench: Any, forgets: bool, left: bytes) -> None:
    desk = bench(forgets_vcid=forgets)
    desk.ask("ATE0+VCID=1")
    desk.voice()
    desk.ask("ATH")
    assert desk.ask("AT+VCID?") == b"\r\n" + left + b"\r\n\r\nOK\r\n"


# ---------------------------------------------------------------- streams


def test_a_voice_is_taken_for_a_key_in_so_many_streams(bench: Any) -> None:
    desk = bench(talk_off="5", talk_offs=2)
    desk.voice("+VRX")
    assert DLE + b"5" not in desk.run(2.5), "nothing plays"
    desk.send(END_RECEIVE)
    desk.run(0.1)
    for expected in (rb"(\x10/(\x105)+\x10~)", rb"(\x10/(\x105)+\x10~)", rb""):
        desk.ask("AT+VTX")
        assert desk.run(1.9) == b""
        assert re.fullmatch(expected, desk.run(0.3), re.DOTALL)
        desk.send(DLE + b"\x03")
        desk.run(0.1)


def test_a_voice_taken_for_a_key_is_told_as_the_chip_tells_keys(bench: Any) -> None:
    desk = bench("is101", talk_off="#")
    desk.ask("ATE0+FCLASS=8;+VIT=0")
    desk.send(b"AT+VTX\r")
    assert desk.run(2.5).endswith(b"CONNECT\r\n" + DLE + b"#")


def test_no_key_is_made_up_after_the_stream_has_ended(bench: Any) -> None:
    desk = bench(talk_off="5")
    desk.voice("+VTX")
    desk.run(1.5)
    desk.send(DLE + b"\x03")
    desk.run(0.1)
    assert desk.run(1.0) == b""
    desk.ask("AT+VTX")
    assert DLE + b"5" not in desk.run(1.5)
    assert DLE + b"5" in desk.run(0.6)


def test_a_stream_can_end_by_itself_and_the_next_one_lasts(bench: Any) -> None:
    desk = bench(vit_expires_s=1.5)
    desk.voice("+VTX")
    assert desk.run(1.4) == b""
    assert desk.run(0.2) == DLE + b"\x03\r\nOK\r\n"
    desk.ask("AT+VTX")
    assert desk.run(3.0) == b""


def test_a_share_of_the_samples_is_lost_both_ways(bench: Any) -> None:
    desk = bench(byte_loss=0.1)
    desk.voice("+VRX")
    desk.read()
    assert len(desk.run(2.0)) == pytest.approx(14_400, rel=0.03)
    desk.send(END_RECEIVE)
    desk.run(0.1)
    desk.ask("AT+VTX")
    desk.line.clear()
    desk.send(b"\xa0" * 2000 + DLE + b"\x03")
    desk.until((b"OK\r\n",))
    assert np.count_nonzero(desk.spoken()) == pytest.approx(1800, rel=0.05)


@pytest.mark.parametrize("ratio", [0.9, 0.98, 1.02])
def test_a_wrong_sample_clock_takes_and_gives_more_or_less_at_another_pitch(bench: Any, ratio: float) -> None:
    desk = bench(sample_ratio=ratio)
    desk.voice("+VTR")
    desk.read()
    desk.line.clear()
    desk.far = tone((1000.0,), 3.0, -6.0)
    ours = np.clip(np.rint(tone((1500.0,), 3.0, -6.0) / 256) + 128, 0, 255).astype(np.uint8).tobytes()
    stream, rest = b"", ours.replace(DLE, DLE + DLE)
    while len(desk.line) < 100:
        rest = rest[desk.send(rest[:4000]) :]
        stream += desk.run(0.02)
    heard = heard_of(stream)
    assert len(heard) == pytest.approx(16_000 * ratio, abs=170)
    assert pitch_hz(heard[-12_000:]) == pytest.approx(1000 / ratio, abs=3)
    assert pitch_hz(desk.spoken()[2000:14_000]) == pytest.approx(1500 * ratio, abs=3)


def test_a_gain_that_is_wrong_is_wrong_both_ways(bench: Any) -> None:
    desk = bench(gain_db=6.0)
    desk.voice("+VRX")
    desk.read()
    desk.far = tone((1000.0,), 0.5, -20.0)
    assert dbm0(heard_of(desk.run(0.5))[160:-160]) == pytest.approx(-14.0, abs=0.5)
    desk.send(END_RECEIVE)
    desk.run(0.1)
    desk.ask("AT+VTX")
    desk.line.clear()
    ours = tone((1000.0,), 0.2, -20.0)
    desk.send(np.rint(ours / 256 + 128).astype(np.uint8).tobytes().replace(DLE, DLE + DLE))
    desk.run(0.2)
    assert dbm0(desk.spoken()[160:-160]) == pytest.approx(-14.0, abs=0.5)


def test_the_echo_can_be_another_one_than_the_chips(bench: Any) -> None:
    desk = bench(echo_db=-6.0)
    desk.voice("+VTR")
    desk.read()
    ours = tone((1000.0,), 0.2, -3.0)
    desk.send(np.clip(np.rint(ours / 256) + 128, 0, 255).astype(np.uint8).tobytes().replace(DLE, DLE + DLE))
    assert dbm0(heard_of(desk.run(0.2))[160:-160]) == pytest.approx(-9.0, abs=0.5)


# ---------------------------------------------------------------- firmware


def test_settings_can_be_lost_without_a_word_and_the_call_goes_on(bench: Any) -> None:
    desk = bench(forgets_at=102.0)
    desk.ask("ATE0+VCID=1")
    desk.voice()
    desk.ask("AT+VTD=5")
    desk.run(2.0)
    assert desk.loop.off_hook
    assert desk.read() == b""
    assert desk.ask("AT+VTD?") == b"AT+VTD?\r\r\n100\r\n\r\nOK\r\n"
    assert b"\r\n0\r\n" in desk.ask("AT+VCID?")


@pytest.mark.parametrize("hang_ends", ["close", "power"])
def test_a_hung_modem_does_nothing_and_holds_the_line_until_it_is_helped(bench: Any, hang_ends: str) -> None:
    desk = bench(hangs_at=102.0, hang_ends=hang_ends)
    desk.voice("+VTR")
    desk.run(2.0)
    desk.read()
    desk.line.clear()
    desk.send(b"\xa0" * 800 + DLE + b"^" + b"ATH\r")
    assert desk.run(1.0) == b""
    assert desk.loop.off_hook
    assert not desk.spoken().any()

    desk.unplug_host()
    assert desk.loop.off_hook is (hang_ends == "power")
    desk.open()
    if hang_ends == "power":
        desk.send(b"AT\r")
        assert desk.run(1.0) == b""
        desk.modem.power_cycle()
        desk.run(0.02)
    assert not desk.loop.off_hook
    assert desk.ask("AT") == b"AT\r\r\nOK\r\n"


def test_a_modem_can_overlook_that_the_port_was_closed(bench: Any) -> None:
    desk = bench(ignores_dtr=True)
    desk.voice("+VRX")
    desk.read()
    desk.unplug_host()
    desk.run(1.0)
    assert desk.loop.off_hook
    desk.open()
    assert len(desk.run(0.2)) == 1600, "the stream goes on"
    desk.send(END_RECEIVE)
    assert desk.until((b"OK\r\n",)).endswith(b"OK\r\n")
    desk.ask("ATH")
    assert not desk.loop.off_hook


# ---------------------------------------------------------------- the plug


def test_an_unplugged_modem_leaves_the_line_and_the_port_is_dead(bench: Any) -> None:
    desk = bench(unplug_at=102.0)
    desk.voice("+VRX")
    desk.run(2.0)
    assert not desk.loop.off_hook
    assert desk.modem.found() is None
    assert os.read(desk.port, 100_000) is not None
    assert os.read(desk.port, 1) == b"", "an end of file"
    with pytest.raises(OSError):
        os.write(desk.port, b"AT\r")
    desk.run(5.0)
    assert desk.modem.found() is None


def test_it_comes_back_with_everything_forgotten(bench: Any) -> None:
    desk = bench(unplug_at=101.0, back_after_s=2.0)
    desk.ask("ATE0+VCID=1&W")
    desk.run(1.0)
    assert desk.ring() == b""
    desk.run(2.0)
    os.close(desk.port)
    desk.open()
    assert desk.ask("AT+VCID?") == b"AT+VCID?\r\r\n0\r\n\r\nOK\r\n"
    assert desk.ring() == b"\r\nRING\r\n"


@pytest.mark.parametrize("another_name", [False, True])
def test_the_link_follows_unless_the_port_got_another_name(tmp_path: Path, another_name: bool) -> None:
    clock = VirtualClock(START)
    link = tmp_path / "modem"
    modem = FakeModem(
        PROFILES["cx93001"],
        Loop("line"),
        clock,
        country=country("pl"),
        faults=Faults(unplug_at=1.0, back_after_s=1.0, another_name=another_name),
        link=str(link),
        socket="1-1.3",
    )
    try:
        former = modem.path
        assert link.resolve() == Path(former)
        modem.attend(1.0)
        assert not link.is_symlink()
        modem.attend(2.0)
        found = modem.found()
        assert found is not None
        assert (found.usb_id, found.socket) == ("0572:1340", "1-1.3")
        assert Path(found.path).exists()
        if another_name:
            assert found.path != former
            assert not link.is_symlink()
        else:
            assert link.resolve() == Path(found.path)
    finally:
        modem.close()


def test_a_test_may_unplug_it_and_plug_it_in_again(bench: Any) -> None:
    desk = bench()
    desk.voice()
    desk.modem.unplug()
    desk.modem.unplug()
    desk.run(0.02)
    assert not desk.loop.off_hook
    desk.modem.plug_in()
    desk.modem.plug_in()
    desk.run(0.02)
    os.close(desk.port)
    desk.open()
    assert desk.ask("AT") == b"AT\r\r\nOK\r\n"
    assert desk.modem.insertions == 2


# ---------------------------------------------------------------- the world around it


class CountingClock(VirtualClock):
    """Virtual time whose wires count bytes, so that nothing is looked for before it has come."""

    def __init__(self) -> None:
        super().__init__(START)
        self._wires = ScaledClock()

    def wire(self, name: str) -> Wire:
        return self._wires.wire(name)


class Visitor:
    """Somebody's program at whichever port it finds, in a world moved by hand."""

    def __init__(self, *modems: PlannedModem, callers: tuple[Caller, ...] = ()) -> None:
        self.clock = CountingClock()
        self.world = World(self.clock, country="pl", modems=modems, callers=callers)
        self.world.begin()
        self.fd = -1

    def wait(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        while self.clock.now() < until - 1e-9:
            self.clock.run(self.clock.now() + 0.01)
            self.world.move_to(self.clock.now())

    def type(self, path: str, *commands: str) -> bytes:
        if self.fd < 0:
            self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            tty.setraw(self.fd)
        wires = serial_wires(self.clock, path)
        answers = b""
        for command in commands:
            wires.to_modem.sent(os.write(self.fd, command.encode() + b"\r"))
            self.wait(0.3)
            answers += read_arrived(self.fd, wires.to_host)
        return answers

    def leave(self) -> None:
        os.close(self.fd)
        self.fd = -1
        self.wait(0.02)

    def close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
        self.world.stop()


@pytest.fixture
def visit() -> Iterator[Any]:
    made: list[Visitor] = []

    def make(*modems: PlannedModem, **kwargs: Any) -> Visitor:
        made.append(Visitor(*modems, **kwargs))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_the_world_lists_the_ports_that_are_plugged_in(visit: Any) -> None:
    unplugged = Faults(unplug_at=1.0, back_after_s=1.0, another_name=True)
    program = visit(
        PlannedModem(PROFILES["cx93001"], faults=unplugged),
        PlannedModem(PROFILES["usr5637"]),
        PlannedModem(PROFILES["si24xx"]),
    )
    world = program.world
    kinds = [("0572:1340", "1-1.1"), ("0baf:0303", "1-1.2"), ("", "")]
    assert [(port.usb_id, port.socket) for port in world.found_ports()] == kinds
    former = world.lines[0]
    program.wait(1.5)
    assert [port.socket for port in world.found_ports()] == ["1-1.2", ""]
    assert not world.power_cycle(former)
    program.wait(1.0)
    assert [(port.usb_id, port.socket) for port in world.found_ports()] == kinds
    assert world.lines[0] == world.found_ports()[0].path != former


def test_whoever_calls_meanwhile_rings_an_idle_line_and_is_answered_when_it_is_back(visit: Any) -> None:
    faults = Faults(unplug_at=1.0, back_after_s=10.0)
    program = visit(
        PlannedModem(PROFILES["cx93001"], faults=faults),
        callers=(Caller("1", at_s=2.0, hangs_up_after_s=3.0),),
    )
    program.type(program.world.lines[0], "ATE0+FCLASS=8", "AT+VLS=1")
    program.wait(10.0)
    assert not program.world.idle
    program.leave()
    program.wait(1.0)
    program.type(program.world.lines[0], "ATE0+FCLASS=8", "AT+VLS=1")
    program.wait(5.0)
    program.type(program.world.lines[0], "ATH")
    program.wait(1.0)
    [story] = program.world.stories
    assert story.answered_at is not None and 11.0 < story.answered_at < 14.0
    assert story.rings >= 2


def test_power_is_taken_away_by_the_name_of_a_port_or_of_a_link(visit: Any, tmp_path: Path) -> None:
    link = tmp_path / "modem"
    program = visit(PlannedModem(PROFILES["cx93001"], link))
    for name in (program.world.lines[0], str(link)):
        program.type(program.world.lines[0], "ATE0+FCLASS=8", "AT+VLS=1")
        assert program.world.power_cycle(name)
        program.wait(0.1)
        assert not program.world.modems[0].record.hooks[-1][1]
        assert program.type(name, "AT") == b"AT\r\r\nOK\r\n"
    assert not program.world.power_cycle("/dev/null")


def test_in_a_world_of_its_own_thread_the_program_hears_of_the_unplugging_at_once() -> None:
    clock = ScaledClock(math.inf)
    world = World(clock, country="pl", modems=[PlannedModem(PROFILES["cx93001"], faults=Faults(unplug_at=5.0))])
    seat = clock.waiter("program")
    world.start()
    try:
        port = SerialPort(world.lines[0], clock, seat)
        with pytest.raises(LineFault):
            while clock.now() < 60.0:
                port.wait(100.0)
        assert clock.now() == pytest.approx(5.0, abs=0.05)
        port.close()
        world.modems[0].plug_in()
        seat.wait(clock.now() + 0.1)
        again = SerialPort(world.lines[0], clock, seat)
        again.write(b"ATE0\r")
        answer = b""
        while b"OK" not in answer and clock.now() < 60.0:
            answer += again.wait(clock.now() + 1.0)
        assert clock.now() < 6.0
        again.close()
    finally:
        seat.close()
        world.stop()
