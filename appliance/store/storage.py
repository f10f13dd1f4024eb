"""One readable document on disk that survives a power cut at any moment.

TinyDB rewrites its document in place; cut in the middle, that leaves half a document. This storage writes the new
document beside the old one and puts it in its place only when all of it is on disk:

1. write `settings.json.new`, and wait until the disk has it;
2. rename `settings.json` to `settings.json.previous`;
3. rename `settings.json.new` to `settings.json`, and wait until the disk has the names.

Cut before 3 there is the old document (after 2 under its second name), cut later the new one. A document that was
damaged afterwards, by a dying memory card say, is kept as `settings.json.damaged-1` and the previous one is used.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from tinydb import Storage

from appliance.faults import DamagedStore, Fault

Tables = dict[str, dict[str, Any]]


class AtomicStorage(Storage):
    """The storage behind TinyDB: after every cut, `read` gives the document before or after the `write`, whole.

    `faults` tells what had to be set right while reading.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self._new = path.with_name(path.name + ".new")
        self._previous = path.with_name(path.name + ".previous")

    def read(self) -> Tables | None:
        """Return the document, or `None` where none was ever written.

        Raises `DamagedStore` when neither the document nor the one before it can be read, and `OSError` when the disk
        refuses.
        """
        try:
            return document_at(self.path)
        except FileNotFoundError:
            return self._read_previous()
        except ValueError:
            previous = self._read_previous()
            if previous is None:
                raise self._lost() from None
        kept = set_aside(self.path)
        self.faults.append(
            Fault(
                self.path.name,
                f"{self.path.name} was damaged; the version before it is used now.",
                f"Look whether your last change is still there. The damaged file was kept as {kept.name}.",
            )
        )
        return previous

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Put `data` in the place of the document; returns when it is on disk.

        Raises `OSError` when the disk is full or refuses; the old document stays.
        """
        _write(self._new, data)
        if self.path.exists():
            self.path.replace(self._previous)
        self._new.replace(self.path)
        sync_folder(self.path.parent)

    def _read_previous(self) -> Tables | None:
        try:
            return document_at(self._previous)
        except FileNotFoundError:
            return None
        except ValueError:
            raise self._lost() from None

    def _lost(self) -> DamagedStore:
        return DamagedStore(
            f"{self.path} is damaged, and there is no readable version before it.",
            f"Restore the newest backup; or move {self.path.name} and {self._previous.name} away and start anew.",
        )


def put_document(path: Path, data: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a document of which no version before is kept; cut at any moment, there is the old one or the new one.

    Raises `OSError` when the disk is full or refuses; the old document stays.
    """
    new = path.with_name(path.name + ".new")
    _write(new, data)
    new.replace(path)
    sync_folder(path.parent)


def _write(path: Path, data: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a new file, and wait until the disk has it; where it has no room, nothing of it stays."""
    document = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    try:
        with open(path, "wb", opener=_for_us_alone) as file:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _for_us_alone(path: str, flags: int) -> int:
    """Opens a file that nobody else may read: there are passwords of mail boxes in it."""
    return os.open(path, flags, 0o600)


def set_aside(path: Path, word: str = "damaged") -> Path:
    """Rename `path` to the first free `<name>.<word>-1`, `-2`, … and return the new name: nothing is thrown away."""
    names = (path.with_name(f"{path.name}.{word}-{number}") for number in count(1))
    kept = next(name for name in names if not name.exists())
    return path.rename(kept)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in `folder`: a renamed file is safe only then."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def document_at(path: Path) -> Tables:
    """Read one document of TinyDB's form, table over number over fields; nothing is set right.

    Raises `ValueError` where it is not one, `OSError` where it is not there or the disk refuses.
    """
    try:
        tables = json.loads(path.read_bytes())
    except RecursionError:
        raise ValueError("brackets in brackets without end") from None
    rows = tables.values() if isinstance(tables, dict) else [None]
    if not all(isinstance(row, dict) and all(isinstance(fields, dict) for fields in row.values()) for row in rows):
        raise ValueError("not a document of tables")
    return dict(tables)
