"""Who is calling: caller-ID messages, and the modem signal that carries them between two rings.

A message is `type, length, body, checksum`; the checksum makes the sum of all bytes zero modulo 256 (Bellcore GR-30,
ETSI EN 300 659-3). Single-data messages (SDMF) hold date and number; multiple-data messages (MDMF) hold parameters,
each `type, length, value`, of which an unknown one is skipped. On the line come channel seizure, mark, then each byte
between a start bit and a stop bit, 1200 bit/s by frequency shift keying with continuous phase.

The receiver believes a message only if it began after a stretch of mark, every byte had its start and stop bit, the
checksum was right, and the body makes sense.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.signals.countries import CallerIdStandard
from appliance.signals.generate import soften
from appliance.signals.levels import RATE_HZ, Block, Samples, amplitude, power
from appliance.signals.steps import Steps

BIT_HZ: Final = 1200
SEIZURE_BITS: Final = 300
MARK_BITS: Final = 180

# ---------------------------------------------------------------- messages


class Format(IntEnum):
    """The type byte of a message that says who calls."""

    SDMF = 0x04
    MDMF = 0x80


SDMF: Final = Format.SDMF
MDMF: Final = Format.MDMF

_DATE, _NUMBER, _NO_NUMBER, _NAME, _NO_NAME = 0x01, 0x02, 0x04, 0x07, 0x08
_REASONS: Final = ("P", "O")
_DATE_LENGTH: Final = 8
_HEAD: Final = 2
_LONGEST_BODY: Final = 255


class BadMessage(ValueError):
    """These bytes are not a caller-ID message: cut off, altered on the way, or of another kind."""


@dataclass(frozen=True, slots=True)
class CallerIdMessage:
    """What the network told; an empty string is: not told.

    `reason` why there is no number: `P` withheld (private), `O` unavailable. `datetime` is `MMDDhhmm`.
    """

    number: str = ""
    name: str = ""
    reason: str = ""
    datetime: str = ""


def encode(message: CallerIdMessage, format: Format = MDMF) -> bytes:
    """The bytes of a message from type to checksum; a name outside ASCII goes as UTF-8.

    Raises `ValueError` for what the format cannot carry: SDMF needs a date and has no name; 255 bytes are the most.
    """
    body = _sdmf_body(message) if format is SDMF else _mdmf_body(message)
    if len(body) > _LONGEST_BODY:
        raise ValueError(f"a caller-ID message of {len(body)} bytes is too long; {_LONGEST_BODY} is the most")
    whole = bytes((format, len(body))) + body
    return whole + bytes((-sum(whole) % 256,))


def _sdmf_body(message: CallerIdMessage) -> bytes:
    if not _is_date(message.datetime):
        raise ValueError(f"a single-data message needs a date MMDDhhmm, not {message.datetime!r}")
    if message.name:
        raise ValueError("a single-data message has no room for a name")
    return (message.datetime + (message.number or message.reason)).encode("ascii")


def _mdmf_body(message: CallerIdMessage) -> bytes:
    parameters: list[tuple[int, bytes]] = []
    if message.datetime:
        parameters.append((_DATE, message.datetime.encode("ascii")))
    if message.number:
        parameters.append((_NUMBER, message.number.encode("ascii")))
    elif message.reason:
        parameters.append((_NO_NUMBER, message.reason.encode("ascii")))
    if message.name:
        parameters.append((_NAME, message.name.encode()))
    if any(len(value) > _LONGEST_BODY for _, value in parameters):
        raise ValueError(f"a part of a caller-ID message is longer than {_LONGEST_BODY} bytes")
    return b"".join(bytes((kind, len(value))) + value for kind, value in parameters)


def parse(data: bytes) -> CallerIdMessage:
    """The message in `data`, which goes from type to checksum. Raises `BadMessage`, and nothing else."""
    if len(data) <= _HEAD or len(data) != _HEAD + data[1] + 1:
        raise BadMessage(f"{len(data)} bytes are not the length that the message tells")
    if sum(data) % 256:
        raise BadMessage("the checksum is wrong")
    return _parse_body(data[0], data[_HEAD:-1])


def parse_unchecked(data: bytes) -> CallerIdMessage:
    """A message as modems print it after `AT+VCID=2`: the checksum may be missing; if it is there it must be right.

    Raises `BadMessage`, and nothing else.
    """
    if len(data) >= _HEAD and len(data) == _HEAD + data[1]:
        return _parse_body(data[0], data[_HEAD:])
    return parse(data)


def _parse_body(kind: int, body: bytes) -> CallerIdMessage:
    if kind == SDMF:
        if len(body) < _DATE_LENGTH:
            raise BadMessage("a single-data message must have a date")
        number, reason = _read_number(body[_DATE_LENGTH:])
        return CallerIdMessage(number, "", reason, _read_date(body[:_DATE_LENGTH]))
    if kind == MDMF:
        return _from_parameters(_parameters(body))
    raise BadMessage(f"a message of type {kind:#04x} does not say who calls")


def _parameters(body: bytes) -> dict[int, bytes]:
    """The parameters of a multiple-data message; the first of a kind counts."""
    found: dict[int, bytes] = {}
    place = 0
    while place < len(body):
        value = body[place + _HEAD : place + _HEAD + body[place + 1]] if place + 1 < len(body) else b""
        if place + 1 >= len(body) or len(value) != body[place + 1]:
            raise BadMessage("the last part is cut off")
        found.setdefault(body[place], value)
        place += _HEAD + len(value)
    return found


def _from_parameters(found: dict[int, bytes]) -> CallerIdMessage:
    number, reason = _read_number(found.get(_NUMBER, b""))
    absent = found.get(_NO_NUMBER, found.get(_NO_NAME, b"")) if not number else b""
    return CallerIdMessage(
        number=number,
        name=_read_name(found.get(_NAME, b"")),
        reason=reason or _read_reason(absent),
        datetime=_read_date(found.get(_DATE, b"")),
    )


def _read_number(raw: bytes) -> tuple[str, str]:
    """Number and reason of its absence; some networks put the letter of the reason where the number goes."""
    text = raw.decode("latin-1").strip()
    if text in _REASONS:
        return "", text
    number = "".join(sign for sign in text if sign not in " -.()")
    if not all(sign in "0123456789*#+ABCD" for sign in number):
        raise BadMessage("the number has signs that no telephone number has")
    return number, ""


def _read_reason(raw: bytes) -> str:
    """`P`, or `O` for every other reason that a network may give."""
    return raw[:1].decode("latin-1") if raw[:1] in (b"P", b"O") else "O" if raw else ""


def _read_date(raw: bytes) -> str:
    """`MMDDhhmm`, or nothing if it is garbled: a wrong date is no reason to lose the caller."""
    text = raw.decode("latin-1")
    return text if _is_date(text) else ""


def _is_date(text: str) -> bool:
    return len(text) == _DATE_LENGTH and text.isascii() and text.isdigit()


def _read_name(raw: bytes) -> str:
    """Adapters send UTF-8, exchanges Latin-1. A lone `P` or `O` is a reason, not a name."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    name = "".join(sign for sign in text if sign.isprintable()).strip()
    return "" if name in _REASONS else name


# ---------------------------------------------------------------- sending


def modulate(
    data: bytes,
    standard: CallerIdStandard,
    dbm0: float = -13.5,
    *,
    seizure_bits: int = SEIZURE_BITS,
    mark_bits: int = MARK_BITS,
) -> Samples:
    """The signal of a message: seizure, mark, the bytes, ten bits of mark.

    A bit lasts 6 2/3 samples; phase is kept at the exact edges of the bits, so that no timing error adds up.
    """
    bits = [place % 2 for place in range(seizure_bits)] + [1] * mark_bits
    for byte in data:
        bits += [0, *((byte >> place) & 1 for place in range(8)), 1]
    bits += [1] * 10
    turns_per_bit = np.where(np.array(bits) == 1, standard.mark_hz, standard.space_hz) / BIT_HZ
    edges = np.concatenate(([0.0], np.cumsum(turns_per_bit)))
    positions = np.arange(len(bits) * RATE_HZ // BIT_HZ)
    bit, part = np.divmod(positions * BIT_HZ, RATE_HZ)
    turns = edges[bit] + turns_per_bit[bit] * part / RATE_HZ
    return soften(amplitude(dbm0) * np.sin(2.0 * np.pi * turns))


# ---------------------------------------------------------------- hearing

_STEP: Final = 160
_FILTER: Final = 8
"""A little longer than a bit (6 2/3 samples): the best for both pairs of frequencies by trial in noise."""
_BIT: Final = RATE_HZ / BIT_HZ
_MIDDLES: Final = (np.arange(10) + 0.5) * _BIT
"""The middles of start bit, data bits and stop bit, in samples after the edge of the start bit."""
_BYTE: Final = float(_MIDDLES[-1])
_LEAST_MARK: Final = 25 * _BIT
"""More than the 20 bits of mark that may lie between two bytes, less than any mark before a message (55)."""
_LEAST_POWER: Final = power(-45.0)
"""Below what a receiver must take (-36 ... -38 dBm), above what it must ignore (-48)."""
_WEIGHTS: Final = 1 << np.arange(8)


class FskReceiver:
    """Feed it what an on-hook line says, from before the first ring on; it answers with messages, none wrong."""

    def __init__(self, standard: CallerIdStandard) -> None:
        self._steps = Steps(_STEP + _FILTER - 1, _STEP)
        place = np.arange(_FILTER)
        window = np.hanning(_FILTER + 2)[1:-1] ** 0.5
        turns = np.multiply.outer(place, [standard.mark_hz, standard.space_hz]) / RATE_HZ
        waves: NDArray[np.complex128] = np.exp(-2j * np.pi * turns) * window[:, None]
        self._bases = np.ascontiguousarray(waves).view(np.float64)
        self._taps = np.arange(_STEP)[:, None] + place
        self._forget()

    def _forget(self) -> None:
        """Wait for the next carrier."""
        self._mark_over_space: Samples = np.zeros(0)
        self._searched = 0.0
        self._mark_since = 0.0
        self._message = bytearray()
        self._quiet_steps = 0

    def feed(self, block: Block) -> list[CallerIdMessage]:
        """The messages that `block`, of any length, completes."""
        messages: list[CallerIdMessage] = []
        for step in self._steps.feed(block):
            self._quiet_steps = self._quiet_steps + 1 if step @ step < _LEAST_POWER * len(step) else 0
            if self._quiet_steps > 1:  # the last bits of a message may lie in the first quiet step
                self._forget()
                self._quiet_steps = 2
                continue
            self._hear(step)
            messages += self._read_bytes()
        return messages

    def _hear(self, step: Samples) -> None:
        """Append how much more mark than space there is at each sample."""
        parts = np.square(step[self._taps] @ self._bases)
        more = parts[:, 0] + parts[:, 1] - parts[:, 2] - parts[:, 3]
        self._mark_over_space = np.concatenate((self._mark_over_space, more))

    def _read_bytes(self) -> list[CallerIdMessage]:
        """Take every byte that has come in completely."""
        signal = self._mark_over_space
        messages: list[CallerIdMessage] = []
        falls = np.flatnonzero((signal[1:] <= 0.0) & (signal[:-1] > 0.0))
        for fall in falls.tolist():
            edge = fall + signal[fall] / (signal[fall] - signal[fall + 1])
            if edge < self._searched:
                continue
            if edge + _BYTE + 1.0 > len(signal):
                self._keep_from(fall)
                return messages
            bits = signal[np.rint(edge + _MIDDLES).astype(np.intp)] > 0.0
            self._take_byte(edge, bits, messages)
        self._keep_from(len(signal) - 1)
        return messages

    def _keep_from(self, place: int) -> None:
        """Drop what has been read; positions are counted from the begin of what is kept."""
        self._mark_over_space = self._mark_over_space[place:]
        self._searched -= place
        self._mark_since -= place

    def _take_byte(self, edge: float, bits: NDArray[np.bool_], messages: list[CallerIdMessage]) -> None:
        """Ten bits whose start bit begins at `edge`."""
        after_mark = edge - self._mark_since >= _LEAST_MARK
        if bits[0] or not bits[-1]:  # not a byte: noise, or the middle of one
            self._message.clear()
            self._searched = self._mark_since = edge + 1.0
            return
        self._searched = self._mark_since = edge + _BYTE
        if after_mark:
            self._message.clear()
        elif not self._message:
            return
        self._message.append(int(bits[1:9] @ _WEIGHTS))
        if len(self._message) > 1 and len(self._message) == _HEAD + self._message[1] + 1:
            with suppress(BadMessage):
                messages.append(parse(bytes(self._message)))
            self._message.clear()
