"""The tray for contacts beside a running box: a command leaves them there, and the box takes them up (R5).

Only the box writes in its book while it runs, so a command that brings contacts does not touch it, but puts what it has
understood of a file into `incoming` in the home folder. The box looks there every other second, brings the contacts in
a few at a time, so that no caller waits for that, and empties the tray when they are safely in the ledger: after a
power cut it begins again, which changes nothing.
"""

from __future__ import annotations

import json
import logging
import os
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from appliance.addressbook.found import Found
from appliance.addressbook.merging import Change, Merged
from appliance.contacts import MOST_CONTACTS, Contact, Importance, Relation
from appliance.faults import Fault
from appliance.plain import plain

FOLDER, SUFFIX = "incoming", ".contacts"
AT_ONCE = 100
"""Contacts that are brought in between two events of the engine: a few milliseconds of its time."""
MOST_BYTES = 200_000_000
ABOUT = "incoming contacts"

log = logging.getLogger(__name__)


class Tray:
    """The tray of one home folder."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER
        self._refused: set[Path] = set()

    def leave(self, found: Sequence[Found]) -> Path:
        """Put contacts into the tray; gives the file that will vanish when the box has them. Raises `OSError`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{os.getpid()}-{len(os.listdir(self._folder))}"
        unfinished, path = self._folder / f"{name}.unfinished", self._folder / f"{name}{SUFFIX}"
        with unfinished.open("w", encoding="utf-8") as opened:
            os.fchmod(opened.fileno(), 0o600)  # they are personal
            for each in found:
                opened.write(json.dumps(plain(each) | {"said": sorted(each.said)}, ensure_ascii=False) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.rename(path)
        return path

    def take_up(self, bring_in: Callable[[tuple[Found, ...]], Merged | None], flush: Callable[[], bool]) -> list[Fault]:
        """Bring in what lies in the tray, the oldest first; called again and again, from one thread.

        `bring_in` has the engine take a few contacts, and waits until it has; `None`: the box is being stopped. `flush`
        waits until all is on disk; `False`: it could not be written, so it stays in the tray. Gives what is wrong.
        """
        for path in self._waiting():
            count = Counter[Change]()
            try:
                found = _read(path)
            except (OSError, ValueError, KeyError, TypeError) as problem:
                self._refuse(path, problem)
                continue
            for at in range(0, len(found), AT_ONCE):
                merged = bring_in(tuple(found[at : at + AT_ONCE]))
                if merged is None:
                    return []
                count.update(merged.count)
            if flush():
                log.info("contacts were brought in: %s", told(count))
                self._empty(path)
        return [_unusable(path) for path in sorted(self._refused)][:1]

    def _empty(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as problem:
            self._refuse(path, problem)

    def _refuse(self, path: Path, problem: Exception) -> None:
        """Look at this file no more until somebody has taken it away."""
        self._refused.add(path)
        log.warning("%s cannot be used: %s", path.name, type(problem).__name__)

    def _waiting(self) -> list[Path]:
        """The files in the tray that were not refused before."""
        if not self._folder.is_dir():
            return []
        files = set(self._folder.glob(f"*{SUFFIX}"))
        self._refused &= files
        return sorted(files - self._refused, key=lambda path: (path.stat().st_mtime_ns, path.name))


def told(count: Counter[Change]) -> str:
    """How many contacts there were of each kind, in words."""
    return ", ".join(f"{count[change]} {change.value}" for change in Change if count[change]) or "nobody"


def _read(path: Path) -> list[Found]:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError("it is larger than any that we write")
    with path.open(encoding="utf-8") as opened:
        return [_found(json.loads(line)) for line in islice(opened, MOST_CONTACTS)]


def _found(stored: dict[str, Any]) -> Found:
    fields = stored["contact"]
    changed = {
        "numbers": tuple(fields["numbers"]),
        "importance": Importance(fields["importance"]),
        "relation": Relation(fields["relation"]),
    }
    contact = Contact(**(fields | changed))
    return Found(stored["place"], contact, frozenset(stored["said"]), stored["alone"])


def _unusable(path: Path) -> Fault:
    advice = f"Delete {path.name} in the folder {FOLDER} of the box, and import as the user who runs Frontdesk."
    return Fault(ABOUT, "contacts that were to be brought in cannot be read or taken away", advice)
