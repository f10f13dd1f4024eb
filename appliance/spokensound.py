"""Sound that was spoken once and is kept on disk, so that it need not be spoken again after a restart."""

from __future__ import annotations

import contextlib
import os
import tempfile
import zlib
from pathlib import Path

import numpy as np

from appliance.speech import Samples


def read_sound(path: Path) -> Samples | None:
    """Sound kept on disk, or `None` where there is none or it is damaged: a checksum goes before the samples."""
    try:
        kept = path.read_bytes()
    except OSError:
        return None
    checksum, sound = kept[:4], kept[4:]
    if len(checksum) < 4 or zlib.crc32(sound).to_bytes(4, "little") != checksum:
        return None
    return np.frombuffer(sound, "<i2").astype(np.int16)


def write_sound(path: Path, sound: Samples) -> None:
    """Keep sound on disk, whole or not at all; a full or broken disk must not silence the office."""
    pcm = sound.astype("<i2").tobytes()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent)
        try:
            with open(number, "wb") as file:
                file.write(zlib.crc32(pcm).to_bytes(4, "little") + pcm)
            os.replace(name, path)
        except OSError:
            os.unlink(name)
