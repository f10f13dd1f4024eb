"""A recording that can be listened to at every moment, even while the caller still speaks and after a power cut.

It is a WAV file, 16 bit, one channel, 8000 samples a second. The sound is written first and the two lengths in the
header after it, so that the header never promises more than there is. Writing the same place twice does no harm:
a write that failed on a full disk is simply repeated.
"""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.store.storage import set_aside, sync_folder

RATE_HZ = 8000
HEADER_BYTES = 44
LONGEST_S = 600.0
"""Ten minutes: five times what the longest message may take."""

SPOKEN_S = 0.3
"""Less is no word."""

_NAME = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9_-]{0,40}/)?[A-Za-z0-9][A-Za-z0-9_.-]{0,80}\.wav")


def recording_path(home: Path, name: str) -> Path:
    """Where below `home` the recording `name` lies: one file, at most one folder deep, ending in `.wav`.

    Raises `ValueError` for any other name, so that no name leads out of the home folder.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a recording, such as 'messages/call-7.wav'")
    return home / name


def read_recording(path: Path) -> NDArray[np.int16]:
    """Return what has been written so far of the recording at `path`: samples, 8 kHz.

    Raises `OSError` if there is none, `ValueError` if it is damaged.
    """
    content = path.read_bytes()
    if len(content) < HEADER_BYTES:
        return np.zeros(0, np.int16)
    if content[:4] != b"RIFF" or content[8 : HEADER_BYTES - 4] != _header(0)[8 : HEADER_BYTES - 4]:
        raise ValueError(f"{path.name} is not a recording any more")
    (promised,) = struct.unpack_from("<I", content, HEADER_BYTES - 4)
    sound = content[HEADER_BYTES : HEADER_BYTES + promised]
    return np.frombuffer(sound, "<i2", len(sound) // 2).astype(np.int16)


def left_behind(home: Path, call: int) -> tuple[str, float]:
    """The recording in which the caller of this call, which was cut off, had said most, and its seconds; "" for none.

    What they left as a message comes before what they said of their matter. A file without a beginning is put away.
    """
    found: list[tuple[bool, float, str]] = []
    for folder in ("messages", "matters"):
        for path in sorted((home / folder).glob(f"call-{call:06d}*.wav*")):
            if path.suffix == ".part":
                path.unlink()
            elif path.suffix == ".wav" and not path.stem.endswith("-who"):
                found.append((folder == "messages", _seconds_in(path), f"{folder}/{path.name}"))
    _, seconds, name = max((one for one in found if one[1] >= SPOKEN_S), default=(False, 0.0, ""))
    return name, seconds


def _seconds_in(path: Path) -> float:
    try:
        return len(read_recording(path)) / RATE_HZ
    except ValueError:
        return 0.0


class RecordingFile:
    """One recording being written. An older file of the same name is kept as `<name>.kept-1`.

    All methods raise `OSError` when the disk is full or refuses; what was recorded before stays, and the call may be
    repeated.
    """

    def __init__(self, path: Path, longest_s: float = LONGEST_S) -> None:
        self.path = path
        self.unsynced = False
        self._limit = int(longest_s * RATE_HZ) * 2
        self._bytes = 0
        self._descriptor = _create(path)

    @property
    def seconds(self) -> float:
        """The length of what has been kept so far."""
        return self._bytes / (2 * RATE_HZ)

    def append(self, sound: bytes) -> None:
        """Write `sound`, little-endian 16-bit samples, to the end; what goes past the longest length is left out."""
        sound = sound[: self._limit - self._bytes]
        _write_all(self._descriptor, sound, HEADER_BYTES + self._bytes)
        _write_all(self._descriptor, _header(self._bytes + len(sound)), 0)
        self._bytes += len(sound)
        self.unsynced = self.unsynced or bool(sound)

    def sync(self) -> None:
        """Wait until the disk has what was written."""
        if self.unsynced:
            os.fdatasync(self._descriptor)
            self.unsynced = False

    def close(self) -> None:
        """Sync, and let go of the file."""
        self.sync()
        os.close(self._descriptor)


def _create(path: Path) -> int:
    """Open a new recording; the file gets its name only when its header is in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        set_aside(path, "kept")
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
    try:
        _write_all(descriptor, _header(0), 0)
        part.rename(path)
        sync_folder(path.parent)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _header(sound_bytes: int) -> bytes:
    """The 44 bytes before the sound: RIFF, "fmt " for PCM (format 1) with one channel, and "data" with its length."""
    form = struct.pack("<HHIIHH", 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16)
    riff = struct.pack("<4sI4s", b"RIFF", HEADER_BYTES - 8 + sound_bytes, b"WAVE")
    return riff + struct.pack("<4sI", b"fmt ", len(form)) + form + struct.pack("<4sI", b"data", sound_bytes)


def _write_all(descriptor: int, content: bytes, offset: int) -> None:
    while content:
        written = os.pwrite(descriptor, content, offset)
        content, offset = content[written:], offset + written
