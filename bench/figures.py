"""What is measured, and against which limit: one function for each figure of the table.

All of it runs the real program on emulated modems in another process, on the wall clock; a figure is what the far end
of the line saw, not what our program believes.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from appliance.settings import LineSettings, Settings, WaitingSettings, WebSettings
from appliance.store.settings import SettingsStore

COUNTRY = "pl"
CALLS = 16
PAUSE_S = 0.15
"""A pause so long is the beat after an interruption; pauses between words are shorter."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. `reached` is `None` where there is no limit to reach."""

    what: str
    limit: str
    measured: str
    reached: bool | None
    conditions: str


class FarEnd:
    """The process with the emulated modems."""

    def __init__(self, lines: int, profile: str = "cx93001", keep: bool = True) -> None:
        command = [sys.executable, "-m", "bench.far_end", str(lines), profile, COUNTRY, "keep" if keep else "drop"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ports: list[str] = self._answer()["ports"]

    def ask(self, what: str, **values: Any) -> dict[str, Any]:
        """Send one command and return its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **values}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)


def office(ports: Sequence[str], web_port: int = 0) -> Settings:
    """An office without people, so that every caller waits on hold."""
    return Settings(
        company="Northwind",
        country=COUNTRY,
        lines=tuple(LineSettings(f"Line {n}", port, "cx93001") for n, port in enumerate(ports, 1)),
        waiting=WaitingSettings(longest_s=3000.0),
        web=WebSettings(port=web_port),
    )


@contextlib.contextmanager
def program(settings: Settings, home: Path) -> Iterator[subprocess.Popen[str]]:
    """`frontdesk run` in a process of its own; all lines are armed when the block begins."""
    SettingsStore(home).save(settings)
    command = [sys.executable, "-m", "bench.program", "--home", str(home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        board = re.search(r"http://\S+", process.stdout.readline())
        assert board is not None
        with urllib.request.urlopen(board[0], timeout=10) as page:  # so that the page is in memory, too
            assert page.status == HTTPStatus.OK
        yield process
    finally:
        process.terminate()
        process.wait(30)


def wait_for(far: FarEnd, ready: Any, timeout_s: float = 60.0) -> dict[str, Any]:
    """Look at the modems until `ready` says yes."""
    deadline = time.monotonic() + timeout_s
    while True:
        seen = far.ask("seen")
        if ready(seen):
            return seen
        if time.monotonic() > deadline:
            raise TimeoutError("the bench waited in vain")
        time.sleep(0.05)


def armed(seen: dict[str, Any]) -> bool:
    """Has every modem got its last set-up command?"""
    return all(any("+VCID=1" in command for _, command in modem["commands"]) for modem in seen["modems"])


# ---------------------------------------------------------------- single calls


def call_figures() -> list[Figure]:
    """Off-hook, greeting, barge-in and release, each over several calls on one emulated line."""
    with tempfile.TemporaryDirectory() as home:
        far = FarEnd(1)
        try:
            with program(office(far.ports), Path(home)):
                wait_for(far, armed)
                plans: list[dict[str, Any]] = [{"number": "225550100", "name": "Jan"}] * CALLS + [{}] * 3
                for index, plan in enumerate(plans):
                    release = "loop" if index % 2 else "busy"
                    presses = [[1.5, "1"]] if index % 2 else [[2.0, "1"]]
                    far.ask("call", release=release, presses=presses, hangs_up_after_s=9.0, **plan)
                    ended = index + 1
                    wait_for_stories(far, ended)
                seen = far.ask("seen")
                stories = far.ask("stories")["stories"]
        finally:
            far.close()
    return [*answer_figures(seen, stories), *release_figures(stories, seen)]


def wait_for_stories(far: FarEnd, count: int) -> None:
    """Until so many calls are over."""
    deadline = time.monotonic() + 90
    while len(far.ask("stories")["stories"]) < count:
        if time.monotonic() > deadline:
            raise TimeoutError("a call of the bench did not end")
        time.sleep(0.2)


def answer_figures(seen: dict[str, Any], stories: list[dict[str, Any]]) -> list[Figure]:
    """From the last byte of the number to off-hook; from the second ring; from off-hook to the greeting; from key to
    silence.
    """
    modem = seen["modems"][0]
    off_hooks = [at for at, off in modem["hooks"] if off]
    numbers = [at for at, line in modem["lines"] if line.startswith("NMBR")]
    after_number = [next(at for at in off_hooks if at > told) - told for told in numbers]
    began = seen["began"]
    answers = [story["answered_s"] + began for story in stories if not story["number"]]
    after_ring = [answer - max(ring for ring in modem["rings"] if ring < answer) for answer in answers]
    greeting, silence = [], []
    keys = [at for at, code in modem["events"] if code == "/"]
    for story in stories:
        if story["answered_s"] is None:
            continue
        loud = [(a, b) for a, b in story["loud"] if a > story["answered_s"]]
        greeting.append(loud[0][0] - story["answered_s"])
    for key in keys:
        silence.append(silent_after(key - began, stories))
    return [
        within("off-hook after the last byte of the caller's number", after_number, 0.150),
        within("off-hook after the second ring begins, without caller ID", after_ring, 0.150),
        within("first sample of the greeting after off-hook (ring-trip guard 300 ms)", greeting, 0.500),
        within("prompt silent after a key is reported", [value for value in silence if value is not None], 0.100),
    ]


def silent_after(moment: float, stories: list[dict[str, Any]]) -> float | None:
    """How long what was being said at `moment` went on, up to the first pause of `PAUSE_S`; `None` if nothing was."""
    for story in stories:
        if not story["began_s"] <= moment <= story["ended_s"]:
            continue
        spoken = [(begins, ends) for begins, ends in story["loud"] if ends > moment - PAUSE_S]
        if not spoken or spoken[0][0] > moment:
            return None
        until = moment
        for begins, ends in spoken:
            if begins <= until + PAUSE_S:
                until = max(until, ends)
        return until - moment
    return None


def release_figures(stories: list[dict[str, Any]], seen: dict[str, Any]) -> list[Figure]:
    """From the caller's hanging up to the line being on-hook."""
    by_sign: dict[str, list[float]] = {"loop": [], "busy": []}
    for index, story in enumerate(stories):
        on_hook = max(hook["at_s"] for hook in story["hook"] if not hook["off_hook"])
        by_sign["loop" if index % 2 else "busy"].append(on_hook - story["ended_s"])
    return [
        within("caller hangs up → line free again, loop break", by_sign["loop"], 1.0),
        within("caller hangs up → line free again, busy tone", by_sign["busy"], 3.0),
    ]


def within(what: str, values: list[float], limit_s: float) -> Figure:
    """A figure whose worst value must keep the limit."""
    worst, median = max(values), statistics.median(values)
    measured = f"median {median * 1000:.0f} ms, worst {worst * 1000:.0f} ms"
    return Figure(what, f"≤ {limit_s * 1000:.0f} ms", measured, worst <= limit_s, f"{len(values)} calls, real time")


# ---------------------------------------------------------------- eight lines on hold


def hold_figures(minutes: float) -> list[Figure]:
    """Gaps, processor and memory with eight callers on hold while both cores are busy with other work."""
    lines = 8
    with tempfile.TemporaryDirectory() as home:
        far = FarEnd(lines)
        load = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
        try:
            with program(office(far.ports), Path(home)) as box:
                wait_for(far, armed)
                for index in range(lines):
                    far.ask("call", number=f"22555010{index}", hangs_up_after_s=minutes * 60 + 20)
                wait_for(far, lambda seen: all(modem["hooks"] for modem in seen["modems"]))
                time.sleep(15.0)
                before, began = processor_s(box.pid), time.monotonic()
                time.sleep(minutes * 60 - 15)
                share = (processor_s(box.pid) - before) / (time.monotonic() - began)
                memory_mb = resident_mb(box.pid)
                seen = far.ask("seen")
                wait_for_stories(far, lines)
                stories = far.ask("stories")["stories"]
        finally:
            for process in load:
                process.kill()
                process.wait()
            far.close()
    underruns = sum(len(modem["underruns"]) for modem in seen["modems"])
    gaps = [gap for story in stories for gap in gaps_in(story)]
    conditions = f"{lines} lines × {minutes:g} minutes, real time, {len(load)} busy loops on {os.cpu_count()} cores"
    return [
        Figure(
            "gaps in hold music",
            "none over 20 ms, no under-run",
            f"{len(gaps)} gaps, {underruns} under-runs",
            not gaps and not underruns,
            conditions,
        ),
        Figure(
            "processor for 8 lines on hold, all receivers included",
            "≤ 10 % of one core",
            f"{share:.1%}",
            share <= 0.10,
            conditions,
        ),
        Figure("resident memory, 8 lines and board", "≤ 100 MB", f"{memory_mb:.0f} MB", memory_mb <= 100, conditions),
    ]


def gaps_in(story: dict[str, Any]) -> list[tuple[float, float]]:
    """Spans of true silence over 20 ms between answer and hang-up: what we send is never quieter than a breath."""
    return [
        (a, b) for a, b in story["dead"] if story["answered_s"] + 1.0 < a and b < story["ended_s"] and b - a > 0.020
    ]


def processor_s(pid: int) -> float:
    """Processor time used by a process so far, in seconds (user and system)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Resident memory of a process, in units of 10^6 bytes."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


# ---------------------------------------------------------------- start, and a virtual day


def start_figure() -> Figure:
    """From the start of the program until the last of eight modems has got its last set-up command."""
    with tempfile.TemporaryDirectory() as home:
        far = FarEnd(8)
        try:
            SettingsStore(Path(home)).save(office(far.ports))
            began = time.monotonic()
            with program(office(far.ports), Path(home)):
                seen = wait_for(far, armed)
        finally:
            far.close()
    last = max(at for modem in seen["modems"] for at, command in modem["commands"] if "+VCID=1" in command)
    took = last - began
    return Figure("start of the program to all lines armed", "≤ 2 s", f"{took:.2f} s", took <= 2.0, "8 lines")


def day_figure() -> Figure:
    """A day of 500 calls in virtual time, twice with the same seed."""
    from hardware.simulated.days import load_day, simulate

    day = load_day("monday")
    times = []
    reports = []
    for _ in range(5):
        began = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        reports.append(simulate(day, 1).as_json())
        times.append(resource.getrusage(resource.RUSAGE_SELF).ru_utime - began)
    same = all(report == reports[0] for report in reports)
    measured = f"{min(times):.2f} s (best of 5; JSON included); same seed {'same' if same else 'DIFFERENT'} day"
    return Figure("virtual office day, 500 calls", "≤ 0.3 s", measured, min(times) <= 0.3 and same, "processor time")
