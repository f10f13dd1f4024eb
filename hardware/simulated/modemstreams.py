"""A modem's voice streams: samples and codes divided by DLE shielding (ITU-T V.253), buffers and sample formats.

Both directions carry 8-bit samples; the byte DLE (0x10) announces a code, and a sample of that value is sent twice.
"""

from __future__ import annotations

import numpy as np

from hardware.simulated.loop import BLOCK, Samples
from hardware.simulated.profiles import Sample

DLE, ETX, CAN, SUB, ESC = 0x10, 0x03, 0x18, 0x1A, 0x1B
STEP = 256.0
"""One step of an 8-bit sample in units of int16."""
VOLUME_STEP_DB = 3.0
ALL_BYTES = bytes(range(256))


class Shielded:
    """The host's side of a stream, divided into samples and codes at any byte boundary."""

    def __init__(self) -> None:
        self._after_dle = False

    def take(self, data: bytes | bytearray, room: int) -> tuple[bytes, str, int]:
        """Read up to the next code, or until `room` samples were found.

        Returns the samples, the code (one character, empty if there was none) and how many bytes of `data` were used.
        """
        samples = bytearray()
        position = 0
        while position < len(data):
            byte = data[position]
            if self._after_dle:
                self._after_dle = False
                position += 1
                if byte not in (DLE, SUB):
                    return bytes(samples), chr(byte), position
                samples += b"\x10" if byte == DLE else b"\x10\x10"
            elif byte == DLE:
                self._after_dle = True
                position += 1
            elif len(samples) >= room:
                break
            else:
                end = data.find(DLE, position)
                end = min(end if end >= 0 else len(data), position + room - len(samples))
                samples += data[position:end]
                position = end
        return bytes(samples), "", position


class Playback:
    """The transmit buffer: filled by the host at its pace, emptied by the line at 8000 samples a second."""

    def __init__(self, size: int, sample: Sample) -> None:
        self._size = size
        self._table = bytes(byte ^ sample.flip for byte in ALL_BYTES)
        self._bytes = bytearray()
        self._gain_db = 0.0
        self._flowing = False
        self.paused = False
        self.draining = False

    @property
    def room(self) -> int:
        """Samples that may still be put in."""
        return self._size - len(self._bytes)

    def __len__(self) -> int:
        return len(self._bytes)

    def add(self, samples: bytes) -> None:
        """Put in what the host sent."""
        self._bytes += samples

    def flush(self) -> None:
        """Drop everything; what follows is not a gap."""
        self._bytes.clear()
        self._flowing = False

    def volume(self, steps: int) -> None:
        """Louder or softer by `steps` of 3 dB."""
        self._gain_db += VOLUME_STEP_DB * steps

    def next_block(self) -> tuple[Samples, bool]:
        """The next `BLOCK` samples, and whether the sound ran dry in this very block."""
        block = np.zeros(BLOCK)
        if self.paused:
            return block, False
        part = bytes(self._bytes[:BLOCK]).translate(self._table)
        del self._bytes[:BLOCK]
        block[: len(part)] = (np.frombuffer(part, np.uint8) - 128.0) * STEP * 10 ** (self._gain_db / 20)
        ran_dry = (self._flowing or bool(part)) and len(part) < BLOCK and not self.draining
        self._flowing = len(part) == BLOCK
        return block, ran_dry


# Silence alternates between the two middle steps, 0x7F and 0x80, as on the real chips.
_DITHER = 128.0 + 0.25 * np.where(np.arange(BLOCK) % 2, 1.0, -1.0)


def recorded(block: Samples, sample: Sample) -> bytes:
    """`BLOCK` samples as the modem sends them to the host, shielded."""
    steps = np.clip(np.floor(block / STEP + _DITHER), 0, 255).astype(np.uint8) ^ np.uint8(sample.flip)
    return steps.tobytes().replace(b"\x10", b"\x10\x10")
