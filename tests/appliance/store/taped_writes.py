"""A tape of everything that is written to disk, in its order, to be cut at any place.

SQLite's writes are told from its files, looked at after each transaction: in its write-ahead log a frame of 24 bytes
and then its page, one after the other from the last valid one on, or from the start behind a new head of 32 bytes; in
the database itself, when the log is copied into it, whole pages from the first to the last. (So `strace` shows them.)
The writes of recordings are noted as they happen.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from appliance.store.ledger import LEDGER_NAME

PAGE, FRAME_HEAD, LOG_HEAD = 4096, 24, 32
LOG = LEDGER_NAME + "-wal"


@dataclass(frozen=True, slots=True)
class Write:
    """One write: into `file` (below the home folder) at `offset`; or its new name, when `renamed`."""

    file: str
    offset: int = 0
    content: bytes = b""
    renamed: str = ""


class Disk:
    """Files as they are after some of the writes."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = {name: bytearray(content) for name, content in files.items()}

    def take(self, write: Write, torn: bool = False) -> Disk:
        """Do one write; `torn`: only its first half came to the disk."""
        if write.renamed:
            if not torn:
                self.files[write.renamed] = self.files.pop(write.file)
            return self
        content = write.content[: len(write.content) // 2] if torn else write.content
        file = self.files.setdefault(write.file, bytearray())
        file.extend(bytes(max(0, write.offset - len(file))))
        file[write.offset : write.offset + len(content)] = content
        return self

    def copy(self) -> Disk:
        return Disk({name: bytes(content) for name, content in self.files.items()})

    def lay_out(self, home: Path) -> None:
        """Make the folder `home` what the disk is after the power has come back."""
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for name, content in self.files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes(content)


class Tape:
    """All writes below `home` since it was made. `at_first` are the files as they were then."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.writes: list[Write] = []
        self.at_first = {name: self._read(name) for name in (LEDGER_NAME, LOG)}
        self._seen = dict(self.at_first)
        self._listen(monkeypatch)

    def look(self) -> int:
        """Note what SQLite has written since the last look; how many writes there are now."""
        log, book = self._read(LOG), self._read(LEDGER_NAME)
        self.writes += _log_writes(self._seen[LOG], log)
        self.writes += _page_writes(self._seen[LEDGER_NAME], book)
        self._seen = {LOG: log, LEDGER_NAME: book}
        return len(self.writes)

    def _read(self, name: str) -> bytes:
        path = self.home / name
        return path.read_bytes() if path.exists() else b""

    def _listen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real_write, real_rename = os.pwrite, Path.rename

        def pwrite(descriptor: int, content: bytes, offset: int) -> int:
            path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
            self.writes.append(Write(path.relative_to(self.home).as_posix(), offset, bytes(content)))
            return real_write(descriptor, content, offset)

        def rename(path: Path, target: Any) -> Path:
            old, new = (Path(one).relative_to(self.home).as_posix() for one in (path, target))
            self.writes.append(Write(old, renamed=new))
            return real_rename(path, target)

        monkeypatch.setattr(os, "pwrite", pwrite)
        monkeypatch.setattr(Path, "rename", rename)


def _log_writes(before: bytes, after: bytes) -> Iterator[Write]:
    if before == after:
        return
    if before[:LOG_HEAD] != after[:LOG_HEAD]:
        yield Write(LOG, 0, after[:LOG_HEAD])
    starts = range(LOG_HEAD, len(after), FRAME_HEAD + PAGE)
    changed = [at for at in starts if before[at : at + FRAME_HEAD + PAGE] != after[at : at + FRAME_HEAD + PAGE]]
    assert not changed or len(changed) == 1 + (changed[-1] - changed[0]) // (FRAME_HEAD + PAGE), "frames in a row"
    for at in changed:
        yield Write(LOG, at, after[at : at + FRAME_HEAD])
        yield Write(LOG, at + FRAME_HEAD, after[at + FRAME_HEAD : at + FRAME_HEAD + PAGE])


def _page_writes(before: bytes, after: bytes) -> Iterator[Write]:
    for at in range(0, len(after), PAGE):
        if before[at : at + PAGE] != after[at : at + PAGE]:
            yield Write(LEDGER_NAME, at, after[at : at + PAGE])
