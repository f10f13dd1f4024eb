"""The one who empties the tray of incoming contacts while the box runs, in a thread of their own (R5).

They read what a command has left, hand it to the engine a few contacts at a time, and wait each time until it has
them: so events of the lines are never far behind, and nothing on the engine's thread touches a disk.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from appliance.addressbook.found import Found
from appliance.addressbook.incoming import Tray
from appliance.addressbook.merging import Merged
from appliance.commands import BringIn, ClearFault, Command, RaiseFault
from appliance.faults import Fault

LOOK_S = 2.0
"""How often they look into the tray."""
PATIENCE_S = 1.0
"""How long they wait for the engine or the disk before they look whether the box is being stopped."""

log = logging.getLogger(__name__)


class Clerk:
    """Takes up contacts for the office at `home`.

    `post` hands a command to the engine; `flush` waits so many seconds until all is on disk, `False`: it is not.
    """

    def __init__(self, home: Path, post: Callable[[Command], None], flush: Callable[[float], bool]) -> None:
        self._tray = Tray(home)
        self._post = post
        self._flush = flush
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clerk")

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Leave what is not in yet for the next start, and end the thread."""
        self._stopping.set()
        if self._thread.ident is not None:  # it was started
            self._thread.join()

    def _run(self) -> None:
        shown: list[Fault] = []
        while not self._stopping.wait(LOOK_S):
            try:
                faults = self._tray.take_up(self._bring_in, lambda: self._flush(PATIENCE_S))
            except OSError as refused:
                log.warning("the folder of incoming contacts cannot be used: %s", refused.strerror)
                continue
            for fault in set(shown) - set(faults):
                self._post(ClearFault(fault.about))
            for fault in set(faults) - set(shown):
                self._post(RaiseFault(fault))
            shown = faults

    def _bring_in(self, found: tuple[Found, ...]) -> Merged | None:
        """Have the engine take these contacts; `None`: the box is being stopped."""
        told: queue.SimpleQueue[Merged] = queue.SimpleQueue()
        self._post(BringIn(found, told.put))
        while not self._stopping.is_set():
            with contextlib.suppress(queue.Empty):
                return told.get(timeout=PATIENCE_S)
        return None
