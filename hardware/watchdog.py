"""A program that has stopped moving must not keep a caller: it is ended, and every line falls on-hook (R37).

All threads of a box that matter sleep at its clock. `Watchdog` is such a clock: it passes everything on to the real
one and notes who is awake. Whoever is awake for longer than `LONGEST_AWAKE_S` hangs, in a driver, a lock or an
endless loop; no repair from inside is to be trusted then. The process is ended at once: the kernel closes its ports,
DTR drops, and the modems hang up. Whoever started the program (systemd) starts it again.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from appliance.clock import Clock, Waiter, Wire

log = logging.getLogger(__name__)

LONGEST_AWAKE_S = 20.0
"""No thread computes or speaks with a disk for so long."""
LOOKS_EVERY_S = 1.0
STOPPED = 70
"""The exit code (EX_SOFTWARE)."""


def end_at_once(name: str) -> None:
    """End this process without any cleaning up: what hangs would hang in that, too."""
    faulthandler.dump_traceback(sys.__stderr__ or 2)
    os._exit(STOPPED)


class Watchdog:
    """A clock that watches over those who sleep at it; `with` starts and ends the watch.

    `end` is called once, in the watchdog's thread, with the name of who hangs.
    """

    def __init__(
        self, clock: Clock, end: Callable[[str], None] = end_at_once, longest_awake_s: float = LONGEST_AWAKE_S
    ) -> None:
        self._clock = clock
        self._end = end
        self._longest_awake_s = longest_awake_s
        self._watched: list[_Watched] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    # As a clock.

    def now(self) -> float:
        """As the clock says."""
        return self._clock.now()

    def today(self) -> datetime:
        """As the clock says."""
        return self._clock.today()

    def waiter(self, name: str) -> Waiter:
        """A seat at the clock whose owner is watched from now on, until it closes it."""
        watched = _Watched(name, self._clock.waiter(name), self._watched.remove)
        self._watched.append(watched)
        return watched

    def wire(self, name: str) -> Wire:
        """As the clock says."""
        return self._clock.wire(name)

    # As a watchdog.

    def __enter__(self) -> Watchdog:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(min(LOOKS_EVERY_S, self._longest_awake_s / 4)):
            for watched in list(self._watched):
                if time.monotonic() - watched.awake_since > self._longest_awake_s:
                    log.critical("%s hangs; the program ends, so that all lines fall on-hook", watched.name)
                    self._end(watched.name)
                    return


class _Watched:
    """A seat that notes when its owner woke up."""

    def __init__(self, name: str, seat: Waiter, leave: Callable[[_Watched], None]) -> None:
        self.name = name
        self.awake_since = time.monotonic()
        self._seat = seat
        self._leave = leave

    def ring(self) -> None:
        self._seat.ring()

    def wait(self, until: float, fd: int | None = None) -> None:
        self.awake_since = float("inf")
        try:
            self._seat.wait(until, fd)
        finally:
            self.awake_since = time.monotonic()

    def close(self) -> None:
        self._leave(self)
        self._seat.close()
