"""How the driver works the hook: by the hook process (`hook`), or, where time is a clock's, by itself.

Both do the same and are used alike by the line's own thread: a command is given, and `busy` until it has been done.
What the process does not do any more, be it dead, stopped or without its pin, is a `LineFault`.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from appliance.clock import Clock
from appliance.faults import LineFault
from hardware.fxo.board import Pin
from hardware.fxo.switch import Switch, hook_pin

log = logging.getLogger(__name__)

ANSWER_S = 2.0
"""A hook process that does not answer within this time, beyond the length of a flash, is replaced."""
START_S = 10.0
"""gpiozero alone takes a second to load on a small Raspberry Pi."""
SIGN_OF_LIFE_S = 1.0
"""So often an off-hook process is told that we are alive; it waits for `hook.FORGOTTEN_S`."""
END_S = 1.0
NO_PIN = "Check the pins in the file of the board; they need a Raspberry Pi, the package lgpio, and the group 'gpio'."
BROKEN = "The line is released and tried again by itself. If this stays, restart the box."

Moved = Callable[[bool, float], None]


class HookControl(Protocol):
    """The hook in the hands of the driver. Everything but `close` may raise `LineFault`."""

    @property
    def fd(self) -> int | None:
        """Readable when `attend` has something to do; `None` if `due` says it all."""

    @property
    def flash_ms(self) -> float:
        """How long the last flash was, as measured."""

    @property
    def busy(self) -> bool:
        """Has the last command not been done yet?"""

    @property
    def due(self) -> float:
        """The moment of the clock at which `attend` is wanted."""

    def attend(self) -> None:
        """Do what is due, and take in what was answered."""

    def off_hook(self) -> None:
        """Begin to close the loop."""

    def on_hook(self) -> None:
        """Begin to open it."""

    def flash(self, length_ms: int) -> None:
        """Begin a flash."""

    def close(self) -> None:
        """Be on-hook, and let go of the pin. Raises nothing."""


class HookOnClock:
    """The hook worked by the driver's own thread, as exactly as that one sleeps: in simulated time."""

    fd = None

    def __init__(self, pin: Pin, clock: Clock, factory: Any = None) -> None:
        self._output = hook_pin(pin, factory)
        self._switch = Switch(self._output, clock.now, lambda off_hook, at: None)

    @property
    def flash_ms(self) -> float:
        return self._switch.flash_ms

    @property
    def busy(self) -> bool:
        return not math.isinf(self._switch.due)

    @property
    def due(self) -> float:
        return self._switch.due

    def attend(self) -> None:
        self._switch.turn()

    def off_hook(self) -> None:
        self._switch.lift()

    def on_hook(self) -> None:
        self._switch.hang_up()

    def flash(self, length_ms: int) -> None:
        self._switch.flash(length_ms)

    def close(self) -> None:
        self._switch.hang_up()
        self._output.close()


class HookProcess:
    """The hook worked by a process of its own.

    `moved` is told of changes that the process has reported; `extra` and `environment` are for tests and the bench.
    """

    def __init__(
        self,
        pin: Pin,
        clock: Clock,
        moved: Moved = lambda off_hook, at: None,
        extra: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.flash_ms = 0.0
        self._clock = clock
        self._moved = moved
        self._command = [
            sys.executable, "-m", "hardware.fxo.hook", str(pin.gpio), "high" if pin.active_high else "low", *extra,
        ]  # fmt: skip
        self.helpers: list[list[str]] = []
        """What had to be started to make sure of the hook, as command lines."""
        self._environment = None if environment is None else {**os.environ, **environment}
        self._process = self._start(subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._from, False)
        self.fd: int | None = self._from
        self._rest = b""
        self._off_hook = False
        self._awaited = "ready"
        self._answer_by = clock.now() + START_S
        self._sign_of_life_at = math.inf

    def _start(self, stdin: int) -> subprocess.Popen[bytes]:
        """In a session of its own, so that Ctrl-C at a terminal ends the program first, which then hangs up."""
        return subprocess.Popen(
            self._command, stdin=stdin, stdout=subprocess.PIPE, env=self._environment, start_new_session=True
        )

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def busy(self) -> bool:
        return bool(self._awaited)

    @property
    def due(self) -> float:
        return min(self._answer_by, self._sign_of_life_at)

    # ------------------------------------------------------------ commands

    def off_hook(self) -> None:
        self._ask("off-hook")

    def on_hook(self) -> None:
        self._ask("on-hook")

    def flash(self, length_ms: int) -> None:
        self._ask("flash", f" {length_ms}", length_ms / 1000)

    def _ask(self, command: str, value: str = "", takes_s: float = 0.0) -> None:
        self._write(command + value)
        self._awaited = command
        self._answer_by = self._clock.now() + takes_s + ANSWER_S

    def _write(self, command: str) -> None:
        try:
            os.write(self._to, command.encode() + b"\n")
        except OSError as problem:
            raise self._broken("the process that works the hook has ended") from problem

    # ------------------------------------------------------------ answers

    def attend(self) -> None:
        self._read()
        now = self._clock.now()
        if now >= self._answer_by:
            raise self._broken("the process that works the hook does not answer")
        if now >= self._sign_of_life_at:
            self._sign_of_life_at = now + SIGN_OF_LIFE_S
            if not self._awaited:
                self._answer_by = now + ANSWER_S
            self._write("alive")

    def _read(self) -> None:
        """Take in answers.

        Raises:
            LineFault: the process has ended, has no pin, or did not do what it was told.
        """
        try:
            told = os.read(self._from, 4096)
        except BlockingIOError:
            return
        if not told:
            raise self._broken("the process that works the hook has ended")
        *lines, self._rest = (self._rest + told).split(b"\n")
        for line in lines:
            self._answer(line.decode("ascii", "replace"))

    def _answer(self, answer: str) -> None:
        word, _, value = answer.partition(" ")
        if word == "no":
            raise LineFault(f"the hook cannot be worked: {value.removeprefix('pin: ')}", NO_PIN)
        if word == "not":
            raise self._broken(f"the hook did not do what it was told: {value.removeprefix('done: ')}")
        if word in ("off-hook", "on-hook"):
            self._off_hook = word == "off-hook"
            self._sign_of_life_at = self._clock.now() + SIGN_OF_LIFE_S if self._off_hook else math.inf
            self._moved(self._off_hook, float(value))
        if word == "ready":
            self._moved(False, self._clock.now())
        if word == "flash":
            self.flash_ms = float(value)
        if word == self._awaited:
            self._awaited = ""
        if not self._awaited:
            self._answer_by = math.inf

    def _broken(self, what: str) -> LineFault:
        log.warning("hook process %d: %s", self.pid, what)
        return LineFault(what, BROKEN)

    # ------------------------------------------------------------ the end

    def close(self) -> None:
        """End it, which hangs up. One that does not end is killed, and another one makes sure of the hook: Linux leaves
        the pin of a killed process as it was, unless `strict_gpiod` is set (docs/fxo.md)."""
        with contextlib.suppress(OSError):
            os.write(self._to, b"on-hook\n")
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with contextlib.suppress(OSError):
                stream.close()
        try:
            clean = self._process.wait(END_S) == 0
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            clean = False
        if not clean and self._off_hook:
            self._make_sure()
        self._off_hook = False

    def _make_sure(self) -> None:
        self.helpers.append(self._command)
        with self._start(subprocess.DEVNULL) as other:
            try:
                other.communicate(timeout=START_S)
            except subprocess.TimeoutExpired:
                other.kill()
                log.error("the hook could not be released")
