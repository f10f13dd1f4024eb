"""Caller ID as Japan sends it: `DLE SOH 07 DLE STX 40 length ... DLE ETX` and a checksum of 16 bits.

The bytes go as V.23 with several stop bits and without seizure, after the terminal has picked up. Bit 7 of every byte
is even parity, but for the two of the checksum, which is the CRC of ITU-T X.25 from the third byte on. A body byte
that equals DLE is doubled, and so is the length byte of a body of 16 bytes; the length counts doubled bytes twice. Not
every sender doubles the length, so both ways are read: the end of a message is told by `DLE ETX`, and the checksum
decides. (Nippon Telegraph and Telephone, as spandsp's `adsi` frames it.)
"""

from __future__ import annotations

from typing import Final

from appliance.signals.callerid.messages import (
    BadMessage,
    CallerIdMessage,
    CallerType,
    read_number,
    read_reason,
    split_parts,
)

_DLE, _STX, _ETX = 0x10, 0x02, 0x03
_HEAD: Final = bytes((_DLE, 0x01, 0x07, _DLE, _STX, 0x40))
_LENGTH: Final = len(_HEAD)
_BODY: Final = _LENGTH + 1
_END: Final = 4
"""DLE, ETX, and the checksum."""
_LONGEST_BODY: Final = 0x7F
_NUMBER, _NO_NUMBER, _CALLED = 0x02, 0x04, 0x09
_PAYPHONE: Final = b"C"


def _with_parity(byte: int) -> int:
    return byte | (byte.bit_count() & 1) << 7


FIRST: Final = _with_parity(_DLE)
"""The byte every message begins with; no message of another network does."""
_SENT_HEAD: Final = bytes(_with_parity(byte) for byte in _HEAD)


def encode(message: CallerIdMessage) -> bytes:
    """The bytes of a message from the first DLE to the checksum; it carries numbers and the reason of their absence.

    Raises `ValueError` for what this format cannot carry.
    """
    if message.name:
        raise ValueError("a Japanese message has no room for a name")
    reason = "C" if message.caller_type is CallerType.PAYPHONE and not message.number else message.reason
    told = ((_NUMBER, message.number), (_NO_NUMBER, "" if message.number else reason), (_CALLED, message.called))
    parts = [bytes((kind, len(value))) + value.encode("ascii") for kind, value in told if value]
    body = _doubled(b"".join(parts))
    if len(body) > _LONGEST_BODY:
        raise ValueError(f"a Japanese message of {len(body)} bytes is too long; {_LONGEST_BODY} is the most")
    plain = _HEAD + _doubled(bytes((len(body),))) + body + bytes((_DLE, _ETX))
    sent = bytes(_with_parity(byte) for byte in plain)
    return sent + _crc(sent[2:]).to_bytes(2, "little")


def _doubled(plain: bytes) -> bytes:
    return plain.replace(bytes((_DLE,)), bytes((_DLE, _DLE)))


def _single(doubled: bytes) -> bytes:
    return doubled.replace(bytes((_DLE, _DLE)), bytes((_DLE,)))


def length_of(start: bytes) -> int:
    """How many bytes the message has that begins with `start`, as far as that can be known yet.

    Raises `BadMessage` if no message begins so.
    """
    if not _SENT_HEAD.startswith(start[: len(_SENT_HEAD)]):
        raise BadMessage("no Japanese message begins so")
    if len(start) < _BODY:
        return _BODY
    end = _end_of_body(bytes(byte & 0x7F for byte in start))
    return max(len(start) + 1, _BODY + (start[_LENGTH] & 0x7F) + _END) if end is None else end + _END


def _end_of_body(plain: bytes) -> int | None:
    """Where the DLE of the end stands; a DLE before anything else is a byte of the body, doubled or not."""
    place = _BODY + (plain[_LENGTH : _BODY + 1] == bytes((_DLE, _DLE)))
    while place < len(plain) - 1:
        if plain[place] == _DLE and plain[place + 1] == _ETX:
            return place
        place += 2 if plain[place] == plain[place + 1] == _DLE else 1
    return None


def parse(data: bytes) -> CallerIdMessage:
    """The message in `data`, from the first DLE to the checksum. Raises `BadMessage`, and nothing else."""
    if length_of(data) != len(data) or len(data) < _BODY + _END:
        raise BadMessage(f"{len(data)} bytes are not a whole message")
    if _crc(data[2:]):
        raise BadMessage("the checksum is wrong")
    if any(byte.bit_count() & 1 for byte in data[:-2]):
        raise BadMessage("a byte has wrong parity")
    length_and_body = bytes(byte & 0x7F for byte in data[_LENGTH:-_END])
    parts = split_parts(_single(length_and_body)[1:])
    number, reason = read_number(parts.get(_NUMBER, b""))
    absent = parts.get(_NO_NUMBER, b"") if not number else b""
    return CallerIdMessage(
        number=number,
        reason=reason or read_reason(absent),
        called=read_number(parts.get(_CALLED, b""))[0],
        caller_type=CallerType.PAYPHONE if absent == _PAYPHONE else None,
    )


def _crc(data: bytes) -> int:
    """The remainder by x^16 + x^12 + x^5 + 1, least significant bit first, from zero; zero of data with its own."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc
