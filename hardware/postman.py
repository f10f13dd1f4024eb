"""The postman: has notices carried by a process of its own, one errand after the other (R25).

`carried` does one errand and waits for it; `Postman` does so in its own thread, for the engine, which waits for
nothing. A process that hangs is ended: what it told until then counts, the rest is tried again.
"""

from __future__ import annotations

import json
import logging
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.notices import Missed, Parcel, PostReport, Trouble, service_of
from appliance.settings import Settings

log = logging.getLogger(__name__)

START_S, ADDRESS_S = 60.0, 40.0
"""How long the process may take to begin (on a busy Raspberry Pi), and then for each address."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What one process is to do: carry these parcels of an office with these settings, whose memory is in `home`."""

    home: Path
    settings: Settings
    parcels: tuple[Parcel, ...]


def carried(
    errand: Errand, began: Callable[[subprocess.Popen[bytes]], object] = lambda process: None
) -> list[PostReport]:
    """Do an errand; a report for each of its parcels. `began` is given the process as soon as there is one."""
    addresses = sum(len(parcel.addresses) for parcel in errand.parcels)
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-m", "hardware.posting"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C at a terminal ends the program first, and that ends this
        )
    except OSError as problem:
        log.warning("notices cannot be sent at present: %s", problem.strerror)
        return [_report(parcel, {}) for parcel in errand.parcels]
    with process:
        began(process)
        try:
            told, _ = process.communicate(pickle.dumps(errand), START_S + ADDRESS_S * addresses)
        except subprocess.TimeoutExpired:
            process.kill()
            told, _ = process.communicate()
        except BaseException:
            process.kill()
            raise
    known = dict(_told(told))
    return [_report(parcel, known) for parcel in errand.parcels]


def _told(output: bytes) -> Iterator[tuple[tuple[str, str], list[tuple[int, Trouble]]]]:
    """What the process told of each parcel; the last line is cut off where it was ended."""
    for line in output.splitlines(keepends=True):
        if line.endswith(b"\n"):
            told = json.loads(line)
            yield (told["key"], told["to"]), [(place, Trouble[name]) for place, name in told["missed"]]


def _report(parcel: Parcel, told: dict[tuple[str, str], list[tuple[int, Trouble]]]) -> PostReport:
    notice = parcel.notice
    unsent = [(place, Trouble.UNSENT) for place, _ in parcel.addresses]
    missed = dict(told.get((notice.key, notice.to), unsent))
    services = [(place, service_of(address)) for place, address in parcel.addresses if place in missed]
    return PostReport(
        notice.key, notice.to, tuple(Missed(place, service, missed[place]) for place, service in services)
    )


class Postman:
    """Does the errands of one office. `post` is given the reports, in the postman's thread."""

    def __init__(self, home: Path, post: Callable[[PostReport], object]) -> None:
        self._home = home
        self._post = post
        self._errands: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._stopping = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="post", daemon=True)

    def start(self) -> None:
        """Begin to carry."""
        self._thread.start()

    def send(self, parcels: Sequence[Parcel], settings: Settings) -> None:
        """Carry these for an office with these settings; returns at once."""
        self._errands.put(Errand(self._home, settings, tuple(parcels)))

    def stop(self) -> None:
        """End what is under way, and the thread: what did not come to its end is sent after the next start."""
        with self._lock:
            self._stopping = True
            if self._process is not None:
                self._process.kill()
        self._errands.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while (errand := self._errands.get()) is not None and not self._stopping:
            try:
                reports = carried(errand, self._began)
            except Exception:  # the postman must outlive whatever happens
                log.exception("an errand of the postman failed")
                reports = [_report(parcel, {}) for parcel in errand.parcels]
            for report in reports:
                self._post(report)

    def _began(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._process = process
            if self._stopping:
                process.kill()
