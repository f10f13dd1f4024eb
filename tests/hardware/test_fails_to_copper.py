"""R37: whatever dies in the middle of a call, the line is on-hook and the next ring reaches the office's own phones.

The program is the real one, in a process of its own, on one emulated modem of every kind; time is the wall's.
"""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.clock import SystemClock
from hardware.simulated.fakemodem import FakeModem
from hardware.simulated.modemfaults import Faults
from hardware.simulated.people import Caller
from hardware.simulated.profiles import PROFILES
from hardware.simulated.world import PlannedModem, World
from hardware.watchdog import STOPPED

KINDS = sorted(PROFILES.keys() - {"no-voice"})
LONGEST_S = 40.0
ON_HOOK_WITHIN_S = 2.0
SETTINGS = """
company = "Northwind"
[[people]]
name = "Anna"
extension = "99"
[web]
port = 0
"""
LINE = """
[[lines]]
name = "{name}"
port = "{port}"
"""
PROGRAM = (sys.executable, "-c", "import sys; from appliance.main import main; sys.exit(main())")
HANGING = """
import sys, threading, time
from pathlib import Path
import hardware.line, hardware.watchdog
from appliance.main import main
hardware.watchdog.Watchdog.__init__.__defaults__ = (hardware.watchdog.end_at_once, 1.5)
take_in = hardware.line.LineThread._take_in
def hang_in_a_call(line, signals):
    while line._off_hook and Path(sys.argv[1]).exists():
        threading.Event().wait()
    take_in(line, signals)
hardware.line.LineThread._take_in = hang_in_a_call
sys.exit(main(sys.argv[2:]))
"""
"""The program, with a driver that hangs for ever as soon as it is in a call and a certain file is there."""


def until(true: Callable[[], bool], what: str) -> None:
    """Wait on the wall clock until something has happened."""
    deadline = time.monotonic() + LONGEST_S
    while not true():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)  # the processes under test live on the wall clock


def off_hook(modem: FakeModem) -> bool:
    return bool(modem.record.hooks) and modem.record.hooks[-1][1]


class Office:
    """The program at the modems of a world, and callers who wait patiently."""

    def __init__(self, home: Path, faults: Faults = Faults(), command: tuple[str, ...] = ()) -> None:  # noqa: B008 - frozen
        self.world = World(
            SystemClock(),
            country="pl",
            modems=[PlannedModem(PROFILES[kind], faults=faults) for kind in KINDS],
            keep_audio=False,
        )
        self.modems = self.world.modems
        self.world.start()
        self._home = home
        self._command = command or (
            sys.executable,
            "-c",
            "import sys; from appliance.main import main; sys.exit(main(sys.argv[1:]))",
        )
        self._processes: list[subprocess.Popen[bytes]] = []
        lines = (LINE.format(name=kind, port=port) for kind, port in zip(KINDS, self.world.lines, strict=True))
        (home / "office.toml").write_text(SETTINGS + "".join(lines), encoding="utf-8")

    def start(self) -> subprocess.Popen[bytes]:
        """Start the program, and wait until all its lines are armed."""
        asked = [len(modem.record.commands) for modem in self.modems]
        process = subprocess.Popen(
            [*self._command, "run", "--home", str(self._home / "home"), "--settings", str(self._home / "office.toml")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        for modem, before in zip(self.modems, asked, strict=True):
            until(
                lambda modem=modem, before=before: (  # type: ignore[misc]
                    "+VCID?" in [line for _, line in list(modem.record.commands)[before:]]
                ),
                f"{modem.profile.name} was armed",
            )
        return process

    def call_all(self) -> None:
        """One caller for each line, and all of them answered."""
        for number in range(len(KINDS)):
            self.world.place(Caller(f"22555010{number}", at_s=0.0, ring_patience_s=math.inf))
        for modem in self.modems:
            until(lambda modem=modem: off_hook(modem), f"{modem.profile.name} answered")  # type: ignore[misc]

    def all_on_hook_since(self, moment: float) -> None:
        """Wait until every line is on-hook, and say which was not in time, counted from `moment` of the clock."""
        for modem in self.modems:
            until(lambda modem=modem: not off_hook(modem), f"{modem.profile.name} was on-hook")  # type: ignore[misc]
        late = {modem.profile.name: modem.record.hooks[-1][0] - moment for modem in self.modems}
        assert max(late.values()) <= ON_HOOK_WITHIN_S, late

    def ringing_arrives(self) -> None:
        """Somebody calls: a line rings, as every telephone on it does, and the box does not answer."""
        self.world.place(Caller("501600700", ring_patience_s=2.0))
        until(lambda: any(story.number == "501600700" for story in self.world.stories), "the caller had given up")
        (story,) = (story for story in self.world.stories if story.number == "501600700")
        assert story.rings == 1
        assert (story.answered_at, story.ended_how) == (None, "gave up while it rang")

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self.world.stop()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Callable[..., Office]]:
    opened: list[Office] = []

    def open_office(**how: object) -> Office:
        opened.append(Office(tmp_path, **how))  # type: ignore[arg-type]
        return opened[-1]

    yield open_office
    for each in opened:
        each.close()


def test_a_killed_program_leaves_every_line_on_hook_and_serves_again_when_it_is_back(
    office: Callable[..., Office],
) -> None:
    its = office()
    process = its.start()
    its.call_all()
    killed = SystemClock().now()
    process.kill()
    its.all_on_hook_since(killed)
    its.ringing_arrives()
    its.start()
    its.call_all()


def test_modems_that_do_not_notice_a_closed_port_are_hung_up_when_the_program_is_back(
    office: Callable[..., Office],
) -> None:
    its = office(faults=Faults(ignores_dtr=True))
    process = its.start()
    its.call_all()
    process.kill()
    process.wait()
    assert all(off_hook(modem) for modem in its.modems)
    before = [len(modem.record.commands) for modem in its.modems]
    its.start()
    for modem, count in zip(its.modems, before, strict=True):
        acts_again, _ = list(modem.record.commands)[count]
        on_hook = next(at for at, off in reversed(modem.record.hooks) if not off)
        assert on_hook - acts_again <= ON_HOOK_WITHIN_S, modem.profile.name


def test_a_program_that_is_told_to_end_hangs_up_first(office: Callable[..., Office]) -> None:
    its = office(faults=Faults(ignores_dtr=True))
    process = its.start()
    its.call_all()
    process.send_signal(signal.SIGTERM)
    assert process.wait(LONGEST_S) == 0
    assert not any(off_hook(modem) for modem in its.modems)


def test_a_program_that_hangs_in_a_call_is_ended_so_that_the_lines_are_on_hook(
    office: Callable[..., Office], tmp_path: Path
) -> None:
    """The watchdog: nothing can be repaired from within a thread that does not come back."""
    switch = tmp_path / "hang"
    its = office(command=(sys.executable, "-c", HANGING, str(switch)))
    process = its.start()
    its.call_all()
    switch.touch()
    assert process.wait(LONGEST_S) == STOPPED
    its.all_on_hook_since(SystemClock().now())
    its.ringing_arrives()


def test_modems_that_lose_their_power_are_on_hook(office: Callable[..., Office]) -> None:
    """As when the whole box is unplugged."""
    its = office()
    its.start()
    its.call_all()
    unplugged = SystemClock().now()
    for modem in its.modems:
        modem.unplug()
    its.all_on_hook_since(unplugged)
    its.ringing_arrives()
