"""R37 on a HAT: whatever becomes of the program in the middle of a call, the line is on-hook within two seconds.

The program is the real `frontdesk run` with the real hook process, whose pin is one of gpiozero's mock pins and keeps a
trace; the HAT around it is simulated in the same process. Time is the wall's.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.watchdog import STOPPED

LONGEST_S = 60.0
ON_HOOK_WITHIN_S = 2.0
SETTINGS = """
company = "Northwind"
[[lines]]
name = "Line 1"
port = "fxo:ch1817-usb"
[web]
port = 0
"""
PROGRAM = """
import math, sys, threading
from pathlib import Path
import appliance.main, hardware.line, hardware.watchdog
from appliance.clock import SystemClock
from hardware.fxo.site import HatSite
from hardware.fxo.hookcontrol import HookProcess
from hardware.simulated.people import Caller
from hardware.simulated.plugs import hats_of
from hardware.simulated.world import PlannedHat, World

folder = Path(sys.argv[1])
callers = [Caller(f"22555010{n}", at_s=4.0 + n, ring_patience_s=math.inf) for n in range(5)]
world = World(SystemClock(), country="pl", modems=[PlannedHat("fxo:ch1817-usb")], callers=callers, keep_audio=False)
hats, hat = hats_of(world), world.modems[0]

def hook(settings, board, clock):
    return HookProcess(
        board.hook, clock, lambda off_hook, at: hat.hook_moved(off_hook),
        ("--trace", str(folder / "trace")), {"GPIOZERO_PIN_FACTORY": "mock"},
    )

appliance.main.HatSite = lambda: HatSite(hook, hats.card, hats.pins)
hardware.watchdog.Watchdog.__init__.__defaults__ = (hardware.watchdog.end_at_once, 1.5)
take_in = hardware.line.LineThread._take_in

def hang_in_a_call(line, signals):
    while line._off_hook and (folder / "hang").exists():
        threading.Event().wait()
    take_in(line, signals)

hardware.line.LineThread._take_in = hang_in_a_call
world.start()
sys.exit(appliance.main.main(["run", "--home", str(folder / "home"), "--settings", str(folder / "office.toml")]))
"""
"""The program at a simulated HAT, with a driver that hangs for ever in a call when a certain file is there."""


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Wait on the wall clock until something has happened."""
    deadline = time.monotonic() + LONGEST_S
    while not true():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.01)  # the processes under test live on the wall clock


class Office:
    """The program, and what its hook does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        (folder / "office.toml").write_text(SETTINGS, encoding="utf-8")

    def start_and_answer(self) -> subprocess.Popen[bytes]:
        """Start the program, and wait until it has answered somebody."""
        (self.folder / "trace").unlink(missing_ok=True)
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(self.folder)], stdout=subprocess.DEVNULL)
        self.processes.append(process)
        wait_until(lambda: self.moves()[-1:] == ["1"], "the line was taken")
        return process

    def moves(self) -> list[str]:
        """How the hook has moved."""
        trace = self.folder / "trace"
        return [line.split()[1] for line in trace.read_text().splitlines()] if trace.exists() else []

    def on_hook_at(self) -> float:
        """Wait until the line is on-hook; when that was."""
        wait_until(lambda: self.moves()[-1:] == ["0"], "the line was on-hook")
        return float((self.folder / "trace").read_text().splitlines()[-1].split()[0])


def hook_process_of(program: int) -> int:
    """The process that works the hook of a program."""
    for task in Path(f"/proc/{program}/task").iterdir():
        for child in (task / "children").read_text().split():
            if b"hardware.fxo.hook" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    raise AssertionError("there is no hook process")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    for process in made.processes:
        process.kill()
        process.wait()


def test_a_killed_program_leaves_the_line_on_hook_and_serves_again_when_it_is_back(office: Office) -> None:
    process = office.start_and_answer()
    killed = time.monotonic()
    process.kill()
    assert office.on_hook_at() - killed <= ON_HOOK_WITHIN_S
    office.start_and_answer()


def test_a_program_that_is_told_to_end_hangs_up_first(office: Office) -> None:
    process = office.start_and_answer()
    process.send_signal(signal.SIGTERM)
    assert process.wait(LONGEST_S) == 0
    assert office.moves() == ["1", "0"]


def test_a_program_that_hangs_in_a_call_is_ended_and_the_line_is_on_hook(office: Office) -> None:
    process = office.start_and_answer()
    (office.folder / "hang").touch()
    assert process.wait(LONGEST_S) == STOPPED
    ended = time.monotonic()
    assert office.on_hook_at() - ended <= ON_HOOK_WITHIN_S


def test_a_hook_process_that_is_killed_costs_the_call_and_not_the_line(office: Office) -> None:
    """Another one hangs up, and the next caller is answered without a restart of the program."""
    process = office.start_and_answer()
    os.kill(hook_process_of(process.pid), signal.SIGKILL)
    wait_until(lambda: office.moves().count("1") == 2, "the next caller was answered")
    assert process.poll() is None
