"""Read a WAV file of any usual kind as a telephone hears it: one channel, 8000 samples a second, a piece at a time.

Linear samples of 8, 16, 24 and 32 bits, floating point, A-law and mu-law are known, at 4000 to 384000 samples a second;
what is no such file is refused in a sentence that says what to do. A file is read from its beginning to its end without
looking back, so that a pipe will do, and no more than a piece of it is ever in memory. (The layout is Microsoft's RIFF
specification of 1991 and its WAVE_FORMAT_EXTENSIBLE of 2001.)

On an analog line both directions lie on one pair of wires. A recorder that has parted them into two channels is undone:
channels are added up. Channels that are all the same are one, recorded twice.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from appliance.faults import FrontdeskError
from appliance.signals.codec import from_alaw, from_mulaw, from_unsigned8
from appliance.signals.levels import FULL_SCALE, RATE_HZ, Block
from appliance.signals.resample import Resampler

LONGEST_S: Final = 24 * 3600
"""Of what a recording holds, no more is read: a pipe need not end by itself."""

_PIECE: Final = 8192
"""Samples of a channel read at a time."""
_UNTIL_THE_END: Final = 0x7FFF0000
"""Programs that write into a pipe cannot know how long the sound will be; they promise this, or more, or nothing."""
_FORM_BYTES: Final = 40
_MOST_CHANNELS: Final = 16
_RATES_HZ: Final = (4000, 384_000)

_LINEAR, _FLOAT, _ALAW, _MULAW, _EXTENSIBLE = 0x0001, 0x0003, 0x0006, 0x0007, 0xFFFE


class BadRecording(FrontdeskError, ValueError):
    """A recording cannot be read, or not to its end."""

    advice = "Make a plain recording of it, for example with: sox OLD -r 8000 -b 16 -c 1 NEW.wav"


# ---------------------------------------------------------------- kinds of samples


def _from_16(data: bytes) -> NDArray[np.int16]:
    return np.frombuffer(data, dtype="<i2").astype(np.int16, copy=False)


def _from_24(data: bytes) -> NDArray[np.float64]:
    # Shifted up by a byte the sign is where 32 bits have it.
    wide = np.zeros((len(data) // 3, 4), dtype=np.uint8)
    wide[:, 1:] = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3)
    return _from_32(wide.tobytes())


def _from_32(data: bytes) -> NDArray[np.float64]:
    return np.frombuffer(data, dtype="<i4") / 65536.0


def _from_float(data: bytes, kind: str) -> NDArray[np.float64]:
    """A float file has full scale at 1.0, may go beyond it, and may hold what is no number: that is silence."""
    values = np.nan_to_num(np.frombuffer(data, dtype=kind).astype(np.float64), nan=0.0)
    return np.clip(values, -1.0, 1.0) * FULL_SCALE


_READERS: Final[dict[tuple[int, int], Callable[[bytes], Block]]] = {
    (_LINEAR, 1): from_unsigned8,
    (_LINEAR, 2): _from_16,
    (_LINEAR, 3): _from_24,
    (_LINEAR, 4): _from_32,
    (_FLOAT, 4): lambda data: _from_float(data, "<f4"),
    (_FLOAT, 8): lambda data: _from_float(data, "<f8"),
    (_ALAW, 1): from_alaw,
    (_MULAW, 1): from_mulaw,
}
"""By the format's number and the bytes of a sample: from the file to samples in units of int16."""
_NAMES: Final = {_LINEAR: "linear", _FLOAT: "float", _ALAW: "A-law", _MULAW: "mu-law"}


@dataclass(frozen=True, slots=True)
class Form:
    """How the samples of a file are written."""

    code: int
    channels: int
    rate_hz: int
    bytes_each: int

    @property
    def told(self) -> str:
        """In words, as in `16-bit linear, mono, 8000 Hz`."""
        channels = {1: "mono", 2: "stereo"}.get(self.channels, f"{self.channels} channels")
        return f"{8 * self.bytes_each}-bit {_NAMES[self.code]}, {channels}, {self.rate_hz} Hz"


# ---------------------------------------------------------------- the file


class WavSound:
    """The sound in an open file. Raises `BadRecording` when `file` does not begin as a WAV file does."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.form, self._promised = self._head()

    def pieces(self) -> Iterator[Block]:
        """The sound, once; then raises `BadRecording` if there was less of it than promised, or too much."""
        form = self.form
        read, frame = _READERS[form.code, form.bytes_each], form.channels * form.bytes_each
        resampler = None if form.rate_hz == RATE_HZ else Resampler(form.rate_hz, RATE_HZ)
        left = min(self._promised, LONGEST_S * form.rate_hz * frame)
        while left >= frame:
            data = self._file.read(min(_PIECE * frame, left))
            data = data[: len(data) // frame * frame]
            if not data:
                break
            left -= len(data)
            sound = _one_channel(read(data), form.channels)
            yield resampler.feed(sound) if resampler else sound
        if resampler:
            yield resampler.finish()
        if left >= frame and self._promised < _UNTIL_THE_END:
            raise BadRecording("it is cut off before its end; what there is was heard", "Copy it once more.")
        if left < frame and self._promised > LONGEST_S * form.rate_hz * frame:
            raise BadRecording(
                f"it is longer than {LONGEST_S // 3600} hours; what came before that was heard",
                "Cut it into shorter recordings.",
            )

    def _head(self) -> tuple[Form, int]:
        """What the file says of itself before the sound, and how many bytes of sound it promises."""
        head = self._file.read(12)
        if head[:4] not in (b"RIFF", b"RF64") or head[8:] != b"WAVE":
            raise BadRecording("it is not a WAV file" if head else "it is empty")
        form: Form | None = None
        while len(part := self._file.read(8)) == 8:
            name, length = part[:4], int.from_bytes(part[4:], "little")
            if name == b"data":
                if form is None:
                    raise BadRecording("it does not say how its sound is written")
                return form, length if 0 < length < _UNTIL_THE_END else 1 << 62
            read = 0
            if name == b"fmt ":
                told = self._file.read(min(length, _FORM_BYTES))
                form, read = _form(told), len(told)
            self._skip(length + length % 2 - read)
        raise BadRecording("there is no sound in it")

    def _skip(self, count: int) -> None:
        """Leave out what says nothing about the sound; a pipe cannot be wound forward."""
        while count > 0 and (skipped := len(self._file.read(min(count, 1 << 16)))):
            count -= skipped


def _form(told: bytes) -> Form:
    """From the part `fmt `: format, channels, rate, bytes a second, bytes of all channels, bits."""
    if len(told) < 16:
        raise BadRecording("it does not say how its sound is written")
    code, channels, rate_hz, _, frame, bits = struct.unpack_from("<HHIIHH", told)
    if code == _EXTENSIBLE and len(told) == _FORM_BYTES:
        (code,) = struct.unpack_from("<H", told, 24)
    if not 1 <= channels <= _MOST_CHANNELS:
        raise BadRecording(f"it has {channels} channels, where 1 to {_MOST_CHANNELS} can be heard")
    least_hz, most_hz = _RATES_HZ
    if not least_hz <= rate_hz <= most_hz:
        raise BadRecording(f"it has {rate_hz} samples a second, where {least_hz} to {most_hz} can be heard")
    bytes_each = -(-bits // 8)
    if frame != bytes_each * channels or (code, bytes_each) not in _READERS:
        raise BadRecording(f"its sound is written in a way that cannot be read here (format {code}, {bits} bits)")
    return Form(code, channels, rate_hz, bytes_each)


def _one_channel(sound: Block, channels: int) -> Block:
    """What a telephone would hear of all the channels."""
    if channels == 1:
        return sound
    parted = sound.reshape(-1, channels)
    first: Block = parted[:, 0]
    if (parted == first[:, None]).all():
        return first
    together: Block = parted.sum(axis=1, dtype=np.float64)
    return together
