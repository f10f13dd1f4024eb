"""R37 for the hook: whatever dies or hangs, the loop is open. The process is the real one, on gpiozero's mock pins."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.clock import SystemClock
from appliance.faults import LineFault
from hardware.fxo.board import Pin
from hardware.fxo.hook import FORGOTTEN_S
from hardware.fxo.hookcontrol import HookProcess

PIN = Pin(17)
MOCK = {"GPIOZERO_PIN_FACTORY": "mock"}
LONGEST_S = 30.0


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Wait on the wall clock until something has happened."""
    deadline = time.monotonic() + LONGEST_S
    while not true():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.01)  # the processes under test live on the wall clock


class Bench:
    """One hook process and the trace of its pin."""

    def __init__(self, folder: Path, environment: dict[str, str] = MOCK) -> None:
        self.trace = folder / "trace"
        self.clock = SystemClock()
        self.moves: list[bool] = []
        self.hook = HookProcess(
            PIN, self.clock, lambda off_hook, at: self.moves.append(off_hook), ("--trace", str(self.trace)), environment
        )

    def settle(self) -> None:
        """Until the last command has been done."""
        wait_until(self._settled, "the hook had answered")

    def _settled(self) -> bool:
        self.hook.attend()
        return not self.hook.busy

    def pin(self) -> list[tuple[float, bool]]:
        """How the pin has moved, with the moments."""
        lines = self.trace.read_text().splitlines() if self.trace.exists() else []
        return [(float(at), off_hook == "1") for at, off_hook in map(str.split, lines)]

    def off_hook(self) -> bool:
        """Is the loop closed?"""
        return bool(self.pin()) and self.pin()[-1][1]

    def take_the_line(self) -> None:
        self.settle()
        self.hook.off_hook()
        self.settle()
        assert self.off_hook()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.hook.close()


def test_it_takes_the_line_flashes_and_hangs_up(bench: Bench) -> None:
    bench.take_the_line()
    bench.hook.flash(80)
    bench.settle()
    bench.hook.on_hook()
    bench.settle()
    (_, closed), (opened_at, opened), (closed_at, again), (_, at_last) = bench.pin()
    assert (closed, opened, again, at_last) == (True, False, True, False)
    assert bench.hook.flash_ms == pytest.approx((closed_at - opened_at) * 1000, abs=1.0)
    assert bench.hook.flash_ms >= 80
    assert bench.moves == [False, True, False]


def test_before_anybody_asks_it_is_on_hook(bench: Bench) -> None:
    bench.settle()
    assert bench.pin() == []
    bench.hook.on_hook()
    bench.settle()
    assert not bench.off_hook()


def test_hanging_up_in_the_middle_of_a_flash_is_hanging_up(bench: Bench) -> None:
    bench.take_the_line()
    bench.hook.flash(2000)
    bench.hook.on_hook()
    bench.settle()
    bench.hook.close()
    assert [off_hook for _, off_hook in bench.pin()] == [True, False]


def test_a_flash_that_is_none_is_told_as_a_fault_and_leaves_the_line_alone(bench: Bench) -> None:
    bench.take_the_line()
    bench.hook.flash(5000)
    with pytest.raises(LineFault, match="did not do"):
        bench.settle()
    assert bench.off_hook()


def test_closing_it_hangs_up(bench: Bench) -> None:
    bench.take_the_line()
    bench.hook.close()
    assert not bench.off_hook()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_every_signal_hangs_up_and_is_noticed(number: int, bench: Bench) -> None:
    bench.take_the_line()
    os.kill(bench.hook.pid, number)
    with pytest.raises(LineFault, match="has ended"):
        wait_until(lambda: bench.hook.attend() is not None, "it was noticed")
    assert not bench.off_hook()


def test_a_hook_process_that_is_killed_is_noticed_and_another_one_hangs_up(bench: Bench, tmp_path: Path) -> None:
    """A killed process cannot touch its pin any more: closing makes sure of it by another one."""
    bench.take_the_line()
    os.kill(bench.hook.pid, signal.SIGKILL)
    with pytest.raises(LineFault) as told:
        wait_until(lambda: bench.hook.attend() is not None, "it was noticed")
    assert "by itself" in told.value.advice
    bench.hook.close()
    started = [command for command in bench.hook.helpers if "hardware.fxo.hook" in command]
    assert len(started) == 1
    assert str(PIN.gpio) in started[0]


def test_a_hook_process_that_has_been_stopped_is_noticed(bench: Bench) -> None:
    bench.take_the_line()
    os.kill(bench.hook.pid, signal.SIGSTOP)
    bench.hook.on_hook()
    with pytest.raises(LineFault, match="does not answer"):
        wait_until(lambda: bench.hook.attend() is not None, "it was noticed")
    bench.hook.close()
    assert bench.hook.helpers


def test_without_pins_the_fault_says_what_is_needed(tmp_path: Path) -> None:
    bench = Bench(tmp_path, {"GPIOZERO_PIN_FACTORY": "nothing"})
    with pytest.raises(LineFault) as told:
        bench.settle()
    assert "lgpio" in told.value.advice
    bench.hook.close()


# ---------------------------------------------------------------- the program dies

PARENT = """
import sys, time
from pathlib import Path
from appliance.clock import SystemClock
from hardware.fxo.board import Pin
from hardware.fxo.hookcontrol import HookProcess
hook = HookProcess(Pin(17), SystemClock(), extra=("--trace", sys.argv[1]))
def settle():
    while hook.busy:
        hook.attend()
settle()
hook.off_hook()
settle()
Path(sys.argv[2]).touch()
while True:
    hook.attend()
    time.sleep(0.02)
"""
"""A program that has taken the line, and cares for it until it dies."""


class Program:
    """That program, and what its hook does."""

    def __init__(self, folder: Path) -> None:
        self.trace, ready = folder / "trace", folder / "ready"
        self.process = subprocess.Popen(
            [sys.executable, "-c", PARENT, str(self.trace), str(ready)], env={**os.environ, **MOCK}
        )
        wait_until(ready.exists, "the line was taken")

    def on_hook_at(self) -> float:
        """Wait until the loop is open; when that was."""
        wait_until(lambda: self.trace.read_text().rstrip().endswith(" 0"), "the hook was released")
        return float(self.trace.read_text().splitlines()[-1].split()[0])


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path)
    yield made
    made.process.kill()
    made.process.wait()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_program_that_dies_leaves_the_line_on_hook_at_once(number: int, program: Program) -> None:
    """The end of the pipe is the sign."""
    killed = time.monotonic()
    program.process.send_signal(number)
    assert program.on_hook_at() - killed < 2.0


def test_a_program_that_hangs_loses_the_line_after_a_few_seconds(program: Program) -> None:
    stopped = time.monotonic()
    program.process.send_signal(signal.SIGSTOP)
    assert program.on_hook_at() - stopped <= FORGOTTEN_S + 2.0


def test_a_program_that_cares_keeps_the_line(program: Program) -> None:
    longer = time.monotonic() + FORGOTTEN_S + 1.5
    wait_until(lambda: time.monotonic() > longer, "a line that nobody cares for would be released")
    assert program.trace.read_text().count("\n") == 1
