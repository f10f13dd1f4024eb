"""The serial port: opened for us alone, never blocking, and clear words where that is not possible."""

from __future__ import annotations

import os
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import SystemClock
from appliance.faults import LineFault, PortMissing, PortTaken
from hardware.modem.port import MOST_QUEUED, SerialPort

Terminal = tuple[int, str]


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """The modem's end of a pseudo-terminal, and the path of ours."""
    master, slave = os.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)
    os.close(slave)
    yield master, path
    try:
        os.close(master)
    except OSError:
        return  # the test has unplugged it


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


def opened(path: str, clock: SystemClock) -> SerialPort:
    return SerialPort(path, clock, clock.waiter("test"))


def test_bytes_go_both_ways(terminal: Terminal, clock: SystemClock) -> None:
    master, path = terminal
    port = opened(path, clock)
    port.write(b"AT\r")
    assert os.read(master, 100) == b"AT\r"
    os.write(master, b"\r\nOK\r\n")
    assert port.wait(clock.now() + 5.0) == b"\r\nOK\r\n"
    port.close()


def test_waiting_in_vain_ends_at_the_moment_asked_for(terminal: Terminal, clock: SystemClock) -> None:
    port = opened(terminal[1], clock)
    until = clock.now() + 0.02
    assert port.wait(until) == b""
    assert clock.now() >= until
    port.close()


def test_a_port_that_is_not_there(tmp_path: Path, clock: SystemClock) -> None:
    with pytest.raises(PortMissing, match="no modem at") as raised:
        opened(str(tmp_path / "ttyACM0"), clock)
    assert "plugged in" in raised.value.advice
    assert isinstance(raised.value, FileNotFoundError)


def test_a_port_that_another_program_uses(terminal: Terminal, clock: SystemClock) -> None:
    first = opened(terminal[1], clock)
    with pytest.raises(PortTaken, match="another program") as raised:
        opened(terminal[1], clock)
    assert "ModemManager" in raised.value.advice
    first.close()


def test_a_port_that_we_may_not_open(terminal: Terminal, clock: SystemClock) -> None:
    """Root may open everything, so the attempt is made by a child that has put root's rights down."""
    os.chmod(terminal[1], 0o600)
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.setuid(65534) if os.getuid() == 0 else os.chmod(terminal[1], 0)
        try:
            opened(terminal[1], clock)
        except LineFault as problem:
            os.write(write_end, f"{type(problem).__name__}: {problem.advice}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write_end)
    said = os.read(read_end, 1000).decode()
    os.close(read_end)
    assert said.startswith("PortForbidden")
    assert "dialout" in said


def test_a_file_that_is_no_port(tmp_path: Path, clock: SystemClock) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir", encoding="ascii")
    with pytest.raises(LineFault, match=r"letter\.txt"):
        opened(str(path), clock)


def test_a_modem_that_is_unplugged_is_told(terminal: Terminal, clock: SystemClock) -> None:
    master, path = terminal
    port = opened(path, clock)
    os.close(master)
    with pytest.raises(LineFault, match="vanished"):
        port.wait(clock.now() + 5.0)
    with pytest.raises(LineFault, match="vanished"):
        port.write(b"AT\r")
    port.close()


def test_a_modem_that_takes_no_bytes_is_a_fault_before_memory_is_full(terminal: Terminal, clock: SystemClock) -> None:
    port = opened(terminal[1], clock)
    with pytest.raises(LineFault, match="takes no more bytes"):
        for _ in range(20):
            port.write(bytes(MOST_QUEUED // 8))
    assert 0 < port.unsent <= 2 * MOST_QUEUED
    port.forget_unsent()
    assert port.unsent == 0
    port.close()


def test_a_symbolic_link_leads_to_the_port(terminal: Terminal, clock: SystemClock, tmp_path: Path) -> None:
    link = tmp_path / "modem"
    link.symlink_to(terminal[1])
    port = opened(str(link), clock)
    port.write(b"ATI3\r")
    assert os.read(terminal[0], 100) == b"ATI3\r"
    port.close()


@pytest.mark.parametrize("before", [b"", b"x"])
def test_what_is_forgotten_never_leaves_half_a_pair(before: bytes, terminal: Terminal, clock: SystemClock) -> None:
    master, path = terminal
    os.set_blocking(master, False)
    port = opened(path, clock)
    port.write(before + b"\x10\x10" * 15_000)
    while not port.unsent:
        port.write(b"\x10\x10" * 15_000)
    port.forget_unsent()
    port.write(b"\x10\x18")
    arrived = b""
    while b"\x18" not in arrived:
        arrived += read_all(master)
        port.wait(clock.now())
    assert arrived.removeprefix(before).index(b"\x18") % 2 == 1
    port.close()


def read_all(master: int) -> bytes:
    data = b""
    try:
        while part := os.read(master, 65536):
            data += part
    except BlockingIOError:
        return data
    return data


def test_an_unplugged_modem_is_noticed_also_by_who_does_not_wait_for_bytes(
    terminal: Terminal, clock: SystemClock
) -> None:
    master, path = terminal
    port = opened(path, clock)
    os.close(master)
    with pytest.raises(LineFault):
        port.wait(clock.now(), for_bytes=False)
    port.close()
