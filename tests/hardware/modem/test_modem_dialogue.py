"""The driver against modems that read the standards in their own way: a small scripted peer on a pseudo-terminal."""

from __future__ import annotations

import contextlib
import os
import threading
import tty
from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from appliance.clock import ScaledClock, SystemClock, Waiter
from appliance.faults import LineFault
from appliance.settings import LineSettings
from appliance.signals.countries import country
from hardware.instrument import LoopBroken
from hardware.modem.dialects import V253
from hardware.modem.modem import Modem
from hardware.outgoing import Outgoing
from hardware.wires import read_arrived, serial_wires

OK, CONNECT, NO_CARRIER = b"\r\nOK\r\n", b"\r\nCONNECT\r\n", b"\r\nNO CARRIER\r\n"
ENDED = b"\x10\x03" + OK
STREAMS = ("AT+VTX", "AT+VRX", "AT+VTR")

Answer = tuple[tuple[float, bytes], ...]
"""What is said, and how many seconds after the command, or after what was said before."""


class Peer:
    """A modem that says OK to all commands but those in `answers`, and ends a stream at the codes in `stops`."""

    def __init__(self, clock: ScaledClock, answers: Mapping[str, Answer], stops: Mapping[bytes, bytes]) -> None:
        self.commands: list[str] = []
        self.interrupted: list[str] = []
        """Commands that came while another one was not yet answered, or in the middle of a stream."""
        self.streaming = False
        self.obeys_tails = True
        """Does it obey what follows the first `;` of a line?"""
        self.obeyed: list[str] = []
        self._clock = clock
        self._answers = {command: ((0.01, CONNECT),) for command in STREAMS} | dict(answers)
        self._stops = stops
        self._due: list[tuple[float, bytes]] = []
        self._text = b""
        self._after_dle = False
        self._closing = False
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._wires = serial_wires(clock, self.path)
        self._seat = clock.waiter("peer")
        self._wires.to_modem.ends_at(self._seat)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._closing = True
        self._seat.ring()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)

    def answer_again(self, command: str) -> None:
        """From now on this command is answered by OK."""
        self._answers[command] = ((0.01, OK),)

    def say(self, *answer: tuple[float, bytes]) -> None:
        """Say this, as soon as its time has come."""
        moment = self._due[-1][0] if self._due else self._clock.now()
        for delay_s, words in answer:
            moment += delay_s
            self._due.append((moment, words))
        self._seat.ring()

    def _run(self) -> None:
        try:
            while not self._closing:
                self._seat.wait(self._due[0][0] if self._due else self._clock.now() + 1.0)
                for byte in read_arrived(self._master, self._wires.to_modem):
                    self._byte(bytes((byte,)))
                while self._due and self._due[0][0] <= self._clock.now():
                    _, words = self._due.pop(0)
                    os.write(self._master, words)
                    self._wires.to_host.sent(len(words))
        finally:
            self._seat.close()

    def _byte(self, byte: bytes) -> None:
        if self._after_dle or byte == b"\x10":
            self._after_dle = not self._after_dle
            if not self._after_dle and byte in self._stops and self.streaming:
                self.streaming, self._text = False, b""
                self.say((0.01, self._stops[byte]))
        elif byte == b"\r":
            _, prefix, body = self._text.decode("latin-1").rpartition("AT")
            self._text = b""
            if prefix:
                self._command(prefix + body)
        else:
            self._text = (self._text + byte)[-60:]
            if self.streaming and self._text.endswith(b"AT+V"):
                self.interrupted.append("a command in the stream")

    def _command(self, command: str) -> None:
        if self.streaming:
            return
        if self._due:
            self.interrupted.append(command)
        self.commands.append(command)
        self.obeyed += command[2:].split(";") if self.obeys_tails else [command[2:].partition(";")[0]]
        self.streaming = command in STREAMS and CONNECT in b"".join(words for _, words in self._answers[command])
        if command == "AT+FCLASS?" and command not in self._answers:
            classes = [body[-1] for body in self.obeyed if body.startswith("+FCLASS=")]
            self.say((0.01, f"\r\n{classes[-1]}\r\n".encode() + OK))
        else:
            self.say(*self._answers.get(command, ((0.01, OK),)))


class Bench:
    """Peers and the modems that drive them, all on one clock."""

    def __init__(self) -> None:
        self.clock = ScaledClock()
        self.seat: Waiter = self.clock.waiter("test")
        self._ends = contextlib.ExitStack()
        self._ends.callback(self.seat.close)

    def __call__(
        self,
        answers: Mapping[str, Answer] | None = None,
        stops: Mapping[bytes, bytes] | None = None,
        dialect: str = "cx93001",
    ) -> tuple[Peer, Modem]:
        usual = {b"^": ENDED, b"!": ENDED, b"\x03": OK}
        peer = Peer(self.clock, answers or {}, usual if stops is None else stops)
        self._ends.callback(peer.close)
        line = LineSettings("Line 1", peer.path, dialect=dialect)
        modem = Modem(line, country("pl"), self.clock, self.seat, Outgoing(np.zeros(8000, np.int16)))
        return peer, modem

    def pass_by(self, modem: Modem, seconds: float) -> None:
        until = self.clock.now() + seconds
        while self.clock.now() < until:
            modem.wait(self.clock.now() + 0.02)

    def close(self) -> None:
        self._ends.close()


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()


def call(modem: Modem) -> None:
    """Answer and open a stream for speaking."""
    modem.off_hook()
    modem.settle(0.0)
    modem.talk()


def test_commands_are_joined_where_the_modem_obeys_the_whole_line(bench: Bench) -> None:
    peer, modem = bench()
    modem.open()
    modem.off_hook()
    assert peer.commands[-1] == "AT+FCLASS=8;+VSM=1,8000,0,0;+VLS=1"


def test_a_modem_that_obeys_only_the_beginning_of_a_line_goes_off_hook_all_the_same(bench: Bench) -> None:
    peer, modem = bench()
    peer.obeys_tails = False
    modem.open()
    assert [body for body in peer.obeyed if body.startswith("+FCLASS=")][-1] == "+FCLASS=0"
    modem.off_hook()
    assert peer.obeyed[-3:] == ["+FCLASS=8", "+VSM=1,8000,0,0", "+VLS=1"]


def test_a_modem_that_was_forbidden_to_answer_is_woken(bench: Bench) -> None:
    peer, modem = bench({"ATZ": ()})  # its stored profile forbids it, too
    modem.open()
    assert peer.commands[0] == "ATE0V1Q0"
    assert peer.commands[-2:] == ["AT+VCID=1", "AT+VCID?"]


def test_a_modem_without_caller_id_can_hang_up(bench: Bench) -> None:
    peer, modem = bench({"AT+VCID=1": ((0.01, b"\r\nERROR\r\n"),)})
    modem.open()
    call(modem)
    modem.on_hook()
    assert peer.commands[-2:] == ["ATH", "AT+FCLASS=0"]


def test_a_wish_that_is_overlooked_does_not_keep_the_line_from_being_armed(bench: Bench) -> None:
    peer, modem = bench({"AT-STE=7": ()})
    modem.open()
    assert peer.commands[-2:] == ["AT+VCID=1", "AT+VCID?"]


def test_no_carrier_is_not_the_answer_to_a_command(bench: Bench) -> None:
    peer, modem = bench({"ATH": ((0.1, NO_CARRIER), (0.7, OK))})
    modem.open()
    call(modem)
    modem.on_hook()
    assert peer.interrupted == []


def test_no_carrier_does_not_end_the_stream(bench: Bench) -> None:
    peer, modem = bench({"AT+VTR": ((0.01, b"\r\nERROR\r\n"),)})
    modem.open()
    call(modem)
    peer.say((0.1, NO_CARRIER))
    bench.pass_by(modem, 1.0)
    assert peer.commands.count("AT+VTX") == 1
    assert peer.interrupted == []


def test_a_stream_that_the_modem_left_is_opened_again_though_its_ok_is_late(bench: Bench) -> None:
    peer, modem = bench({"AT+VTR": ((0.01, b"\r\nERROR\r\n"),), "AT+VTX": ((0.5, CONNECT),)})
    modem.open()
    call(modem)
    peer.streaming = False
    peer.say((0.1, b"\x10\x03"), (0.3, OK))
    bench.pass_by(modem, 2.0)
    assert peer.commands.count("AT+VTX") == 2
    assert peer.streaming
    assert "a command in the stream" not in peer.interrupted


@pytest.mark.parametrize(
    ("stops", "seconds"),
    [
        pytest.param({b"^": OK}, 0.2, id="without DLE ETX"),
        pytest.param({b"^": b"\x10\x03\r\nVCON\r\n"}, 0.2, id="VCON for OK"),
        pytest.param({b"\x03": ENDED}, 1.2, id="only DLE ETX is understood"),
        pytest.param({b"^": b"\x10\x03"}, 2.2, id="the OK got lost"),
        pytest.param({b"^": b""}, 2.2, id="no answer at all"),
    ],
)
def test_a_duplex_stream_is_ended_however_the_modem_answers(
    stops: Mapping[bytes, bytes], seconds: float, bench: Bench
) -> None:
    peer, modem = bench(stops=stops)
    modem.open()
    call(modem)
    peer.say((0.0, b"\x80" * 160))
    bench.pass_by(modem, 0.1)
    began = bench.clock.now()
    modem.on_hook()
    assert bench.clock.now() - began < seconds
    assert "ATH" in peer.commands
    assert peer.interrupted == []


@pytest.mark.parametrize("dialect", ["cx93001", "usr5637", "v253"])
def test_a_loop_break_that_is_reported_is_believed(dialect: str, bench: Bench) -> None:
    peer, modem = bench(dialect=dialect)
    modem.open()
    call(modem)
    peer.say((0.0, b"\x10l"))
    heard = [signal for _ in range(5) for signal in modem.wait(bench.clock.now() + 0.02)]
    assert LoopBroken() in heard


def test_under_runs_reported_for_no_reason_do_not_flood_the_port() -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    clock = SystemClock()
    answering = threading.Event()

    def answer() -> None:
        while not answering.is_set():
            commands = os.read(master, 1000)
            if b"+VTX" in commands:
                answering.set()
            os.write(master, CONNECT if b"+VTX" in commands else OK)

    peer = threading.Thread(target=answer)
    peer.start()
    line = LineSettings("Line 1", os.ttyname(slave), dialect="usr5637")
    modem = Modem(line, country("pl"), clock, clock.waiter("test"), Outgoing(np.zeros(8000, np.int16)))
    modem.open()
    call(modem)
    peer.join()
    for _ in range(200):  # from here on nobody reads what we send
        os.write(master, b"\x10u")
        modem.wait(clock.now())
    os.close(master)
    os.close(slave)
    modem.close()
    assert modem.sound_lost == 200


# ---------------------------------------------------------------- results that get lost


def test_a_result_of_caller_id_that_got_lost_does_not_end_caller_id(bench: Bench) -> None:
    """The command is sent again after every call; only what is overlooked again and again is given up."""
    peer, modem = bench({"AT+VCID=1": ()})
    modem.open()
    peer.answer_again("AT+VCID=1")
    for _ in range(2):
        call(modem)
        modem.on_hook()
    assert peer.commands.count("AT+VCID=1") == 3


def test_a_flash_timed_by_us_is_no_longer_when_its_result_gets_lost(bench: Bench) -> None:
    """Otherwise the telephone system would take it for hanging up."""
    peer, modem = bench({"AT+VLS=0": ()}, dialect="usr5637")
    modem.open()
    modem.off_hook()
    began = bench.clock.now()
    modem.flash(100)
    assert bench.clock.now() - began < 0.5
    assert peer.commands[-2:] == ["AT+VLS=0", "AT+VLS=1"]


def test_a_flash_that_became_a_hang_up_is_told(bench: Bench) -> None:
    _, modem = bench({"AT+VLS=1": ((3.0, OK),)}, dialect="usr5637")
    modem.open()
    call(modem)
    with pytest.raises(LineFault, match="hanging up"):
        modem.flash(100)


def test_a_modem_that_says_it_ran_dry_after_it_was_told_to_forget_has_not(bench: Bench) -> None:
    """Else it would be given twice the lead, and everything would come later from then on."""
    peer, modem = bench()
    modem.open()
    call(modem)
    modem.flush()
    peer.say((0.05, b"\x10u" + b"\x80" * 160))
    bench.pass_by(modem, 0.2)
    assert modem.sound_lost == 0
    assert modem.unspoken_s() < 0.25


@pytest.mark.parametrize("way", ["ATH1", "ATA"])
def test_what_took_the_line_once_takes_it_after_a_flash_and_in_the_next_call(way: str, bench: Bench) -> None:
    """Quirk Q1: AT+VLS=1 alone does not."""
    peer, modem = bench(dialect="usr5637")
    modem.open()
    call(modem)
    for _ in range(("ATH1", "ATA").index(way) + 1):
        bench.pass_by(modem, 2.0)
        peer.say((0.0, b"\x10R"))
        bench.pass_by(modem, 0.5)
    assert peer.commands.count(way) == 1
    modem.flash(300)
    modem.on_hook()
    modem.off_hook()
    assert peer.commands.count(way) == 3


def test_keys_are_sent_as_sound_where_the_modem_refuses_them(bench: Bench) -> None:
    refusal = {command: ((0.01, b"\r\nERROR\r\n"),) for command in (step.command for step in V253.dtmf("11", 100, 100))}
    peer, modem = bench(refusal, dialect="v253")
    modem.open()
    modem.off_hook()
    for times in (1, 2):
        began = bench.clock.now()
        modem.dial("11", 100, 100)
        assert peer.streaming
        assert 0.4 <= bench.clock.now() - began < 1.0, "two keys and two pauses"
        assert sum(command.startswith("AT+VTS") for command in peer.commands) == 1, f"at dialling {times}"
