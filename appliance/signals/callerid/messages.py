"""What a caller-ID message says, and its bytes.

A message is `type, length, body, checksum`; the checksum makes the sum of all bytes zero modulo 256 (Bellcore GR-30,
ETSI EN 300 659-3). Single-data messages (SDMF) hold date and number; multiple-data messages (MDMF) hold parameters,
each `type, length, value`, of which an unknown one is skipped. Besides calls, the same messages switch the lamp for
messages waiting at the network's own voice mail.

The sum does not notice two bits that were altered in opposite ways. What no network sends - a day that does not exist,
a plus within a number - is therefore taken as damage, and nothing of such a message is believed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final, TypeVar


class Format(IntEnum):
    """The type byte of a message."""

    SDMF = 0x04
    SDMF_WAITING = 0x06
    MDMF = 0x80
    MDMF_WAITING = 0x82


SDMF: Final = Format.SDMF
MDMF: Final = Format.MDMF


class Kind(Enum):
    """What a message is about."""

    CALL = "call"
    MESSAGES_WAITING = "messages waiting"
    NO_MESSAGES = "no messages waiting"


class CallType(IntEnum):
    """What kind of call is announced (parameter 0x11)."""

    VOICE = 0x01
    RING_BACK = 0x02
    NAME_DELIVERY = 0x03
    MESSAGE_WAITING = 0x81


class CallerType(IntEnum):
    """What the caller calls from (parameter 0x16)."""

    VOICE = 1
    MOBILE = 4
    FAX = 6
    OPERATOR = 9
    PAYPHONE = 0x0F


class Forwarding(IntEnum):
    """Why the call was sent on to us (parameter 0x15)."""

    UNKNOWN = 0
    BUSY = 1
    NO_REPLY = 2
    UNCONDITIONAL = 3


class BadMessage(ValueError):
    """These bytes are not a caller-ID message: cut off, altered on the way, or of another kind."""


@dataclass(frozen=True, slots=True)
class CallerIdMessage:
    """What the network told; an empty string or `None` is: not told.

    `reason` why there is no number: `P` withheld (private), `O` unavailable. `datetime` is `MMDDhhmm`. `called` is the
    number that was dialled, `redirecting` that of the telephone which sent the call on, `messages` how many wait.
    """

    number: str = ""
    name: str = ""
    reason: str = ""
    datetime: str = ""
    kind: Kind = Kind.CALL
    called: str = ""
    second_number: str = ""
    redirecting: str = ""
    forwarding: Forwarding | None = None
    call_type: CallType | None = None
    caller_type: CallerType | None = None
    long_distance: bool = False
    text: str = ""
    messages: int = 0


class _Part(IntEnum):
    """The type byte of a parameter."""

    DATE = 0x01
    NUMBER = 0x02
    CALLED = 0x03
    NO_NUMBER = 0x04
    LONG_DISTANCE = 0x06
    NAME = 0x07
    NO_NAME = 0x08
    LAMP = 0x0B
    SECOND_NUMBER = 0x10
    CALL_TYPE = 0x11
    MESSAGES = 0x13
    FORWARDING = 0x15
    CALLER_TYPE = 0x16
    REDIRECTING = 0x1A
    TEXT = 0x50


_REASONS: Final = ("P", "O")
_PAYPHONE: Final = "C"
_NUMBER: Final = re.compile(r"\+?[0-9*#A-D]*")
_DATE_LENGTH: Final = 8
_NO_CLOCK: Final = "0 "
"""Adapters whose clock is not set send a date of nothing else."""
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_HEAD: Final = 2
_LONGEST_BODY: Final = 255
_LAMP_ON, _LAMP_OFF = 0xFF, 0x00
_WAITING: Final = {b"\x42\x42\x42": Kind.MESSAGES_WAITING, b"\x6f\x6f\x6f": Kind.NO_MESSAGES}
"""The bodies of a single-data message about messages waiting."""
_IS_CODE: Final = range(0x80, 0x90)
"""Types with the same frame: call set-up, message waiting, charge, short message, and more to come (EN 300 659-3)."""

# ---------------------------------------------------------------- writing


def encode(message: CallerIdMessage, format: Format | None = None) -> bytes:
    """The bytes of a message from type to checksum; a name outside ASCII goes as UTF-8.

    Without `format` it is the multiple-data format of the message's kind. Raises `ValueError` for what the format
    cannot carry: SDMF needs a date and has no name; 255 bytes are the most.
    """
    if format is None:
        format = Format.MDMF if message.kind is Kind.CALL else Format.MDMF_WAITING
    if (message.kind is Kind.CALL) is not (format in (Format.SDMF, Format.MDMF)):
        raise ValueError(f"a message of format {format.name} is not about {message.kind.value}")
    if format is Format.SDMF:
        body = _sdmf_body(message)
    elif format is Format.SDMF_WAITING:
        body = next(body for body, kind in _WAITING.items() if kind is message.kind)
    else:
        body = _mdmf_body(message)
    return sealed(bytes((format, len(body))) + body if len(body) <= _LONGEST_BODY else _too_long(len(body)))


def sealed(data: bytes) -> bytes:
    """The same bytes and their checksum."""
    return data + bytes((-sum(data) % 256,))


def _too_long(length: int) -> bytes:
    raise ValueError(f"a caller-ID message of {length} bytes is too long; {_LONGEST_BODY} is the most")


def _sdmf_body(message: CallerIdMessage) -> bytes:
    if not _is_date(message.datetime):
        raise ValueError(f"a single-data message needs a date MMDDhhmm, not {message.datetime!r}")
    if message.name:
        raise ValueError("a single-data message has no room for a name")
    return (message.datetime + (message.number or message.reason)).encode("ascii")


def _mdmf_body(message: CallerIdMessage) -> bytes:
    parts: list[tuple[_Part, bytes]] = []
    if message.call_type is not None:
        parts.append((_Part.CALL_TYPE, bytes((message.call_type,))))
    if message.datetime:
        parts.append((_Part.DATE, message.datetime.encode("ascii")))
    if message.number:
        parts.append((_Part.NUMBER, message.number.encode("ascii")))
    elif message.reason:
        parts.append((_Part.NO_NUMBER, message.reason.encode("ascii")))
    if message.name:
        parts.append((_Part.NAME, message.name.encode()))
    parts += _further_parts(message)
    if any(len(value) > _LONGEST_BODY for _, value in parts):
        raise ValueError(f"a part of a caller-ID message is longer than {_LONGEST_BODY} bytes")
    return b"".join(bytes((kind, len(value))) + value for kind, value in parts)


def _further_parts(message: CallerIdMessage) -> list[tuple[_Part, bytes]]:
    """What few networks send."""
    numbers = (
        (_Part.CALLED, message.called),
        (_Part.SECOND_NUMBER, message.second_number),
        (_Part.REDIRECTING, message.redirecting),
    )
    parts = [(part, number.encode("ascii")) for part, number in numbers if number]
    for part, code in ((_Part.FORWARDING, message.forwarding), (_Part.CALLER_TYPE, message.caller_type)):
        if code is not None:
            parts.append((part, bytes((code,))))
    if message.long_distance:
        parts.append((_Part.LONG_DISTANCE, b"L"))
    if message.text:
        parts.append((_Part.TEXT, message.text.encode()))
    if message.kind is not Kind.CALL:
        lamp = _LAMP_ON if message.kind is Kind.MESSAGES_WAITING else _LAMP_OFF
        parts += [(_Part.LAMP, bytes((lamp,))), (_Part.MESSAGES, bytes((message.messages,)))]
    return parts


# ---------------------------------------------------------------- reading


def length_of(start: bytes) -> int:
    """How many bytes the message has that begins with `start`, as far as that can be known yet.

    Raises `BadMessage` if no message begins so.
    """
    if start and start[0] not in (Format.SDMF, Format.SDMF_WAITING) and start[0] not in _IS_CODE:
        raise BadMessage(f"no message begins with {start[0]:#04x}")
    return _HEAD + start[1] + 1 if len(start) >= _HEAD else _HEAD


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
    match kind:
        case Format.SDMF:
            if len(body) < _DATE_LENGTH:
                raise BadMessage("a single-data message must have a date")
            number, reason = read_number(body[_DATE_LENGTH:])
            return CallerIdMessage(number, "", reason, read_date(body[:_DATE_LENGTH]))
        case Format.SDMF_WAITING:
            if body not in _WAITING:
                raise BadMessage("this does not say whether messages wait")
            return CallerIdMessage(kind=_WAITING[body])
        case Format.MDMF | Format.MDMF_WAITING:
            return _from_parts(split_parts(body), waiting=kind == Format.MDMF_WAITING)
        case _:
            raise BadMessage(f"a message of type {kind:#04x} does not say who calls")


def split_parts(body: bytes) -> dict[int, bytes]:
    """The parameters of a multiple-data message; the first of a kind counts. Raises `BadMessage` if one is cut off."""
    found: dict[int, bytes] = {}
    place = 0
    while place < len(body):
        value = body[place + _HEAD : place + _HEAD + body[place + 1]] if place + 1 < len(body) else b""
        if place + 1 >= len(body) or len(value) != body[place + 1]:
            raise BadMessage("the last part is cut off")
        found.setdefault(body[place], value)
        place += _HEAD + len(value)
    return found


def _from_parts(found: Mapping[int, bytes], waiting: bool) -> CallerIdMessage:
    number, reason = read_number(found.get(_Part.NUMBER, b""))
    absent = found.get(_Part.NO_NUMBER, found.get(_Part.NO_NAME, b"")) if not number else b""
    call_type = _code(CallType, found.get(_Part.CALL_TYPE))
    # Some networks mark every message so; one with a number announces a call nevertheless.
    waiting = waiting or (call_type is CallType.MESSAGE_WAITING and not number)
    payphone = CallerType.PAYPHONE if absent == _PAYPHONE.encode() else None
    return CallerIdMessage(
        number=number,
        name=_read_name(found.get(_Part.NAME, b"")),
        reason=reason or read_reason(absent),
        datetime=read_date(found.get(_Part.DATE, b"")),
        kind=_kind(found) if waiting else Kind.CALL,
        called=_read_other_number(found.get(_Part.CALLED, b"")),
        second_number=_read_other_number(found.get(_Part.SECOND_NUMBER, b"")),
        redirecting=_read_other_number(found.get(_Part.REDIRECTING, b"")),
        forwarding=_code(Forwarding, found.get(_Part.FORWARDING)),
        call_type=call_type,
        caller_type=_code(CallerType, found.get(_Part.CALLER_TYPE)) or payphone,
        long_distance=found.get(_Part.LONG_DISTANCE, b"") == b"L",
        text=_read_text(found.get(_Part.TEXT, b"")),
        messages=int.from_bytes(found.get(_Part.MESSAGES, b"")[:1]),
    )


def _kind(found: Mapping[int, bytes]) -> Kind:
    """Do messages wait? The lamp tells; without it their number; a message that tells neither is about some."""
    told = found.get(_Part.LAMP, found.get(_Part.MESSAGES, b"\xff"))
    return Kind.MESSAGES_WAITING if any(told) else Kind.NO_MESSAGES


Code = TypeVar("Code", bound=IntEnum)


def _code(codes: type[Code], raw: bytes | None) -> Code | None:
    """The first byte as one of `codes`; a code that is not among them is as good as none."""
    return codes(raw[0]) if raw and raw[0] in set(codes) else None


def read_number(raw: bytes) -> tuple[str, str]:
    """Number and reason of its absence; some networks put the letter of the reason where the number goes.

    Raises `BadMessage` if that is no telephone number.
    """
    text = raw.decode("latin-1").strip()
    if text in _REASONS:
        return "", text
    number = "".join(sign for sign in text if sign not in " -.()")
    if not _NUMBER.fullmatch(number) or text.count("(") != text.count(")"):
        raise BadMessage("no telephone number is written so")
    return number, ""


def _read_other_number(raw: bytes) -> str:
    """A number that is good to know; a strange one is no reason to lose the caller."""
    try:
        return read_number(raw)[0]
    except BadMessage:
        return ""


def read_reason(raw: bytes) -> str:
    """`P`, or `O` for every other reason that a network may give."""
    return raw[:1].decode("latin-1") if raw[:1] in (b"P", b"O") else "O" if raw else ""


def read_date(raw: bytes) -> str:
    """`MMDDhhmm`, or nothing if the sender knows no date or writes it otherwise.

    Raises `BadMessage` if there is no such moment.
    """
    text = raw.decode("latin-1")
    if len(text) != _DATE_LENGTH or not text.strip(_NO_CLOCK):
        return ""
    if not _is_date(text):
        raise BadMessage("there is no such moment")
    return text


def _is_date(text: str) -> bool:
    if len(text) != _DATE_LENGTH or not text.isascii() or not text.isdigit():
        return False
    month, day, hour, minute = (int(text[place : place + 2]) for place in range(0, _DATE_LENGTH, 2))
    return 1 <= month <= len(_DAYS) and 1 <= day <= _DAYS[month - 1] and hour < 24 and minute < 60


def _read_text(raw: bytes) -> str:
    """Adapters send UTF-8, exchanges Latin-1."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return "".join(sign for sign in text if sign.isprintable()).strip()


def _read_name(raw: bytes) -> str:
    """A lone `P` or `O` is a reason, not a name."""
    name = _read_text(raw)
    return "" if name in _REASONS else name
