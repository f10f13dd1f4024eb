"""How exact the hook flash of an FXO HAT is on a busy machine: `python -m bench.fxo [--flashes N] [--quiet]`.

All cores are kept busy by loops, and the program itself by two threads more, as a page in use would. Then the hook is
flashed by the hook process (`hardware.fxo.hook`, on one of gpiozero's mock pins, whose moves it traces), and, for
comparison, by a thread of this busy program that sleeps until the flash should end. What is measured is how much longer
or shorter than wished each flash was, from one move of the pin to the other.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gpiozero.pins.mock import MockFactory

from appliance.clock import SystemClock
from hardware.fxo.board import Pin
from hardware.fxo.hookcontrol import HookOnClock, HookProcess

LENGTHS_MS = (80, 100, 300, 600)
"""Of Europe and of North America (fxo-and-pbx 4.3), in turns."""
LIMIT_P99_MS, LIMIT_WORST_MS = 5.0, 10.0
BUSY_THREADS = 2


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How far flashes were from what was wished, in milliseconds."""

    median_ms: float
    p99_ms: float
    worst_ms: float

    @staticmethod
    def of(errors_ms: Sequence[float]) -> Accuracy:
        """From the error of each flash; the sign does not matter."""
        far = np.abs(errors_ms)
        return Accuracy(float(np.median(far)), float(np.percentile(far, 99)), float(far.max()))


@dataclass(frozen=True, slots=True)
class Measured:
    """Both ways, and whether the hook process had the right to real time."""

    process: Accuracy
    thread: Accuracy
    real_time: bool


def measure(flashes: int) -> Measured:
    """The hook process, and the thread of the program."""
    with tempfile.TemporaryDirectory() as folder:
        by_process, real_time = _flash_by_process(flashes, Path(folder) / "trace")
    return Measured(Accuracy.of(by_process), Accuracy.of(_flash_by_thread(flashes)), real_time)


def _lengths(flashes: int) -> list[int]:
    return [LENGTHS_MS[number % len(LENGTHS_MS)] for number in range(flashes)]


def _flash_by_process(flashes: int, trace: Path) -> tuple[list[float], bool]:
    """The errors, by the trace of the process, and whether it ran in real time."""
    hook = HookProcess(
        Pin(17), SystemClock(), extra=("--trace", str(trace)), environment={"GPIOZERO_PIN_FACTORY": "mock"}
    )
    lengths = _lengths(flashes)
    try:
        _obeyed(hook.attend, lambda: hook.busy)
        real_time = os.sched_getscheduler(hook.pid) == os.SCHED_FIFO
        hook.off_hook()
        _obeyed(hook.attend, lambda: hook.busy)
        for length_ms in lengths:
            hook.flash(length_ms)
            _obeyed(hook.attend, lambda: hook.busy)
    finally:
        hook.close()
    moments = [float(line.split()[0]) for line in trace.read_text(encoding="ascii").splitlines()][1:-1]
    opened, closed = moments[0::2], moments[1::2]
    errors = [(end - begin) * 1000 - length_ms for begin, end, length_ms in zip(opened, closed, lengths, strict=True)]
    return errors, real_time


def _flash_by_thread(flashes: int) -> list[float]:
    """The errors, as measured by the same switch in this program."""
    factory = MockFactory()
    clock = SystemClock()
    hook = HookOnClock(Pin(17), clock, factory)
    waiter = clock.waiter("bench")
    errors = []
    hook.off_hook()
    for length_ms in _lengths(flashes):
        hook.flash(length_ms)
        while hook.busy:
            waiter.wait(hook.due)
            hook.attend()
        errors.append(hook.flash_ms - length_ms)
    hook.close()
    waiter.close()
    factory.close()
    return errors


def _obeyed(attend: Callable[[], None], busy: Callable[[], bool]) -> None:
    while busy():
        attend()
        time.sleep(0.005)


# ---------------------------------------------------------------- a busy machine


@contextlib.contextmanager
def busy_machine(cores: int, threads: int) -> Iterator[None]:
    """Keep every core busy with a process, and this program with threads, while the block runs."""
    stop = threading.Event()
    loops = [multiprocessing.Process(target=_loop, daemon=True) for _ in range(cores)]
    own = [threading.Thread(target=_compute, args=(stop,), daemon=True) for _ in range(threads)]
    for process in loops:
        process.start()
    for thread in own:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for process in loops:
            process.terminate()
            process.join()
        for thread in own:
            thread.join()


def _loop() -> None:
    while True:
        sum(range(10_000))


def _compute(stop: threading.Event) -> None:
    """Like a page that is made, and sent in pieces."""
    while not stop.is_set():
        json.dumps([{"number": number} for number in range(2000)])
        time.sleep(0.001)


def main() -> int:
    """Measure, print, and say by the exit code whether the limits were kept."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--flashes", type=int, default=500, help="how many, each way (500)")
    options.add_argument("--quiet", action="store_true", help="on a machine with nothing else to do")
    chosen = options.parse_args()
    cores = os.cpu_count() or 1
    with busy_machine(0 if chosen.quiet else cores, 0 if chosen.quiet else BUSY_THREADS):
        found = measure(chosen.flashes)
    load = "nothing else to do" if chosen.quiet else f"{cores} cores busy"
    hook = f"hook process, {'' if found.real_time else 'not '}real time"
    for who, accuracy in ((hook, found.process), ("thread of the program", found.thread)):
        sys.stdout.write(
            f"{who:<28} {load}, {chosen.flashes} flashes: median {accuracy.median_ms:.3f} ms,"
            f" 99 % within {accuracy.p99_ms:.3f} ms, worst {accuracy.worst_ms:.3f} ms\n"
        )
    sys.stdout.write(f"ratio of the 99th percentiles: {found.thread.p99_ms / max(found.process.p99_ms, 1e-3):.0f}\n")
    kept = found.process.p99_ms <= LIMIT_P99_MS and found.process.worst_ms <= LIMIT_WORST_MS
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
