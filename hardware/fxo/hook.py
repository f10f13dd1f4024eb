"""The hook of an FXO HAT, in a process of its own: it is on-hook whenever nobody takes care of the line.

    python -m hardware.fxo.hook GPIO high|low [--trace FILE]

It does what its standard input says, a command a line, and answers on its standard output with the moment (seconds of
the monotonic clock) or the measured length:

    off-hook      off-hook 1234.567890
    on-hook       on-hook 1234.567890
    flash 100     flash 100.021
    alive         alive

It begins with `ready`, on-hook. It goes on-hook and ends when its input is closed (the program has died, however), when
no command came for `FORGOTTEN_S` while off-hook (the program hangs), and on every signal that can be noticed. So small
a process is late for nothing: the last two milliseconds of a flash it waits awake, and where it is allowed to it runs
before all ordinary programs.

With `--trace` every change of the pin is appended to a file, as `moment 1` (off-hook) or `moment 0`.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import select
import signal
import sys
import time

from hardware.fxo.switch import Switch, output

FORGOTTEN_S = 5.0
"""An off-hook line that nobody has spoken of for so long is released."""
AWAKE_S = 0.002
"""The end of a flash is not slept through."""
PRIORITY = 20
"""Of the real-time priorities 1 to 99, below what the kernel's own threads have (50)."""
NICE = -15
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
LONGEST_COMMAND = 200


def main(arguments: list[str]) -> int:
    """Work the hook until nobody wants it any more."""
    gpio, active = int(arguments[0]), arguments[1]
    traced = arguments[2:3] == ["--trace"]
    trace = os.open(arguments[3], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if traced else -1

    def moved(off_hook: bool, at: float) -> None:
        if traced:
            os.write(trace, f"{at:.6f} {int(off_hook)}\n".encode())

    signalled = notice_signals()
    with contextlib.suppress(BrokenPipeError):  # nobody listens any more: the end, as when nobody speaks
        try:
            pin = output(gpio, active == "high")
        except Exception as problem:  # whatever a driver of pins may raise, it is told to who can tell a person
            _say(f"no pin: {problem}")
            return 1
        switch = Switch(pin, time.monotonic, moved)
        hurry()
        try:
            _say("ready")
            _serve(switch, signalled)
        finally:
            switch.hang_up()
            pin.close()
    return 0


def notice_signals() -> int:
    """A file descriptor that can be read when a signal came. No exception: that could be lost in a destructor."""
    bell, ring = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
    for number in ENDING:
        signal.signal(number, lambda number, frame: None)
    return bell


def hurry() -> None:
    """Go before ordinary programs, as far as we may, and do not stop to clean up memory."""
    gc.disable()
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except OSError:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICE)


def _serve(switch: Switch, signalled: int) -> None:
    """Commands, until a signal comes, the input is closed, or nothing has come for too long."""
    poll = select.poll()
    for fd in (0, signalled):
        poll.register(fd, select.POLLIN)
    heard_at = time.monotonic()
    rest = b""
    while True:
        if switch.turn():
            _say(f"flash {switch.flash_ms:.3f}")
        off_hook = switch.off_hook or not math.isinf(switch.due)
        until = min(switch.due - AWAKE_S, heard_at + FORGOTTEN_S if off_hook else math.inf)
        ready = {fd for fd, _ in poll.poll(_milliseconds(until))}
        forgotten = off_hook and time.monotonic() >= heard_at + FORGOTTEN_S
        if signalled in ready or (forgotten and not ready):
            return
        if not ready:
            continue
        commands = os.read(0, 4096)
        if not commands:
            return
        heard_at = time.monotonic()
        *lines, rest = (rest + commands).split(b"\n")
        if len(rest) > LONGEST_COMMAND:
            return
        for line in lines:
            _obey(switch, line.decode("ascii", "replace"))


def _milliseconds(until: float) -> float | None:
    """What poll(2) wants to know; within the last moment of a flash it does not sleep at all."""
    return None if math.isinf(until) else max(0.0, (until - time.monotonic()) * 1000)


def _obey(switch: Switch, command: str) -> None:
    match command.split():
        case ["off-hook"]:
            _say(f"off-hook {switch.lift():.6f}")
        case ["on-hook"]:
            _say(f"on-hook {switch.hang_up():.6f}")
        case ["flash", length] if length.isdecimal() and switch.off_hook:
            try:
                switch.flash(int(length))
            except ValueError:
                _say(f"not done: {command}")
        case ["alive"]:
            _say("alive")
        case _:
            _say(f"not done: {command}")


def _say(answer: str) -> None:
    os.write(1, answer.encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
