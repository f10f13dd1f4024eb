"""A modem's voice streams: samples and codes divided by DLE shielding (ITU-T V.253), buffers and sample formats.

Both directions carry 8-bit samples; the byte DLE (0x10) announces a code, and a sample of that value is sent twice.
"""

from __future__ import annotations

import random

import numpy as np

from appliance.signals import codec
from hardware.simulated.loop import BLOCK, Samples
from hardware.simulated.modemprofile import Sample

DLE, ETX, CAN, SUB, ESC = 0x10, 0x03, 0x18, 0x1A, 0x1B
STEP = 256.0
"""One step of an 8-bit sample in units of int16."""
VOLUME_STEP_DB = 3.0
_ALL_BYTES = bytes(range(256))
_VALUES = {
    Sample.UNSIGNED: codec.from_unsigned8(_ALL_BYTES).astype(np.float64),
    Sample.SIGNED: codec.from_signed8(_ALL_BYTES).astype(np.float64),
    Sample.MULAW: codec.from_mulaw(_ALL_BYTES).astype(np.float64),
}
"""What each byte stands for."""


class Shielded:
    """The host's side of a stream, divided into samples and codes at any byte boundary.

    A code is what follows a DLE that is not the second one of a pair. Where the modem wants `code_dles` of them for a
    code, fewer are overlooked together with what follows; a pair is a sample in any case.
    """

    def __init__(self, code_dles: int = 1) -> None:
        self._code_dles = code_dles
        self._after_dle = False
        self._dles = 0

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
                enough, self._dles = self._dles >= self._code_dles, self._dles + 1 if byte == DLE else 0
                if byte in (DLE, SUB):
                    samples += b"\x10" if byte == DLE else b"\x10\x10"
                elif enough:
                    return bytes(samples), chr(byte), position
            elif byte == DLE:
                self._after_dle = True
                self._dles += 1
                position += 1
            elif len(samples) >= room:
                break
            else:
                self._dles = 0
                end = data.find(DLE, position)
                end = min(end if end >= 0 else len(data), position + room - len(samples))
                samples += data[position:end]
                position = end
        return bytes(samples), "", position


class SampleClock:
    """How many samples of the modem make a block of the line, if its crystal is `ratio` times as fast as it should."""

    def __init__(self, ratio: float) -> None:
        self._exact = BLOCK * ratio
        self._owed = 0.0

    def due(self) -> int:
        """Samples in this block."""
        if self._exact == BLOCK:
            return BLOCK
        self._owed += self._exact
        count = int(self._owed)
        self._owed -= count
        return count


def stretched(samples: Samples, count: int) -> Samples:
    """The same sound in `count` samples."""
    if len(samples) == count:
        return samples
    return np.interp(np.linspace(0, len(samples) - 1, count), np.arange(len(samples)), samples)


class Loss:
    """Takes away a share of the bytes that pass, at random places."""

    def __init__(self, share: float, seed: int) -> None:
        self._share = share
        self._rng = random.Random(seed)

    def leave(self, samples: bytes) -> bytes:
        """What is left of `samples`."""
        if not self._share or not samples:
            return samples
        return bytes(sample for sample in samples if self._rng.random() >= self._share)


class Playback:
    """The transmit buffer: filled by the host at its pace, emptied by the line at 8000 samples a second."""

    def __init__(self, size: int, sample: Sample, clock: SampleClock) -> None:
        self._size = size
        self._clock = clock
        self._values = _VALUES[sample]
        self._bytes = bytearray()
        self._gain_db = 0.0
        self._flowing = False
        self._begun = False
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
        self._flowing = self._begun = False

    def volume(self, steps: int) -> None:
        """Louder or softer by `steps` of 3 dB."""
        self._gain_db += VOLUME_STEP_DB * steps

    def next_block(self) -> tuple[Samples, bool]:
        """The next `BLOCK` samples, and whether the sound ran dry in this very block."""
        if self.paused:
            return np.zeros(BLOCK), False
        due = self._clock.due()
        part = bytes(self._bytes[:due])
        del self._bytes[:due]
        block = np.zeros(due)
        if part:
            block[: len(part)] = self._values[np.frombuffer(part, np.uint8)]
            if self._gain_db:
                block *= 10 ** (self._gain_db / 20)
        # The first sound may come over a slow port in the middle of a block: that is no gap.
        ran_dry = (self._flowing or (self._begun and bool(part))) and len(part) < due and not self.draining
        self._begun = self._begun or bool(part)
        self._flowing = len(part) == due
        return stretched(block, BLOCK), ran_dry


# Silence alternates between the two middle steps, 0x7F and 0x80, as on the real chips.
_DITHER = 128.0 + 0.25 * np.where(np.arange(2 * BLOCK) % 2, 1.0, -1.0)


def recorded(block: Samples, sample: Sample) -> bytes:
    """At most two blocks of samples as the modem records them, not yet shielded."""
    if sample is Sample.MULAW:
        return codec.to_mulaw(block)
    steps = np.clip(np.floor(block / STEP + _DITHER[: len(block)]), 0, 255).astype(np.uint8)
    return (steps if sample is Sample.UNSIGNED else steps ^ np.uint8(0x80)).tobytes()


def shield(samples: bytes) -> bytes:
    """What is sent to the host for these samples."""
    return samples.replace(b"\x10", b"\x10\x10")
