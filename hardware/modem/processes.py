"""Which programs are running and who has a port open, where the kernel tells (`/proc`).

Without the right to look into another user's programs they are not told; nobody is asked anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
PSEUDO = "/dev/pts/"


def holders(path: str, proc: Path = PROC) -> tuple[str, ...]:
    """The programs that have the port at `path` open, as `name (process 123)`.

    Of a pseudo-terminal nobody is told: its number is given anew while a former holder may still have the old one.
    """
    real = os.path.realpath(path)
    if real.startswith(PSEUDO):
        return ()
    return tuple(f"{_name(folder)} (process {folder.name})" for folder in _folders(proc) if real in _open_files(folder))


def is_running(name: str, proc: Path = PROC) -> bool:
    """Is there a program of that name?"""
    return any(_name(folder) == name for folder in _folders(proc))


def _folders(proc: Path) -> Iterator[Path]:
    try:
        yield from (folder for folder in proc.iterdir() if folder.name.isdecimal())
    except OSError:
        return


def _name(folder: Path) -> str:
    """What the program is called; the kernel keeps fifteen letters of it."""
    try:
        return (folder / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "a program"  # it has ended meanwhile


def _open_files(folder: Path) -> Iterator[str]:
    try:
        for link in (folder / "fd").iterdir():
            yield os.readlink(link)
    except OSError:
        return  # it has ended, or belongs to somebody else
