"""Writes one document over another and is killed on the way, at every point in turn.

    cut_writes.py FOLDER OLD NEW

Each attempt is a process of its own, in a folder of its own: one is killed by the kernel at each byte that the new
document has, one at each file operation that Python does. Prints the number of attempts that were killed.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from appliance.store.storage import AtomicStorage


def die_at_byte(count: int) -> None:
    """The kernel kills whoever writes more than `count` bytes into a file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, count))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def die_at_operation(count: int) -> None:
    """Kill this process before its file operation number `count`."""
    operations = itertools.count()

    def before(event: str, _: object) -> None:
        if event in ("open", "os.rename", "os.remove") and next(operations) == count:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(before)


def attempt(folder: Path, arrange: Callable[[int], None], count: int, old: str, new: str) -> bool:
    """Write `old`, then `new` while `arrange(count)` threatens. Was the writer killed?"""
    folder.mkdir(parents=True)
    storage = AtomicStorage(folder / "settings.json")
    if old != "null":
        storage.write(json.loads(old))
    child = os.fork()
    if child == 0:
        arrange(count)
        storage.write(json.loads(new))
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def main(folder: Path, old: str, new: str) -> None:
    killed = 0
    for arrange in (die_at_byte, die_at_operation):
        for count in itertools.count():
            if not attempt(folder / f"{arrange.__name__}-{count}", arrange, count, old, new):
                break
            killed += 1
    sys.stdout.write(f"{killed}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
