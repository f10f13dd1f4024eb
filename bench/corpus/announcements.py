"""What networks announce: calls of all kinds, drawn at random, and the bytes or keys that say so.

The bytes are built here by the tables of the standards, not by the project's own `encode`, so that a mistake there
cannot hide itself.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from appliance.signals.callerid import CallerIdMessage, Kind

_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NAMES: Final = (
    "Anna Nowak",
    "J. P. O'Neill",
    "SMITH JOHN",
    "A",
    "Sixteen letters!",
    "WIRELESS CALLER",
    "Zażółć gęślą",
    "Müller & Söhne",
    "Łódź, Zakład 2",
    "Çelik Dış Tic.",
    "Société Générale",
    "Brown-Jones, Mary Ann and Partners, Solicitors",
)
_MOST_LATIN: Final = 0x100


def _date(rng: np.random.Generator) -> str:
    month = int(rng.integers(1, 13))
    return f"{month:02}{rng.integers(1, _DAYS[month - 1] + 1):02}{rng.integers(24):02}{rng.integers(60):02}"


def number(rng: np.random.Generator, least: int = 3, most: int = 15) -> str:
    """Any number of `least` to `most` digits."""
    return "".join(str(digit) for digit in rng.integers(0, 10, rng.integers(least, most + 1)))


def call(rng: np.random.Generator) -> CallerIdMessage:
    """A call as a network with names and dates announces it; one in eight is withheld."""
    reason = str(rng.choice(("P", "O"))) if rng.uniform() < 0.125 else ""
    name = str(rng.choice(_NAMES)) if not reason and rng.uniform() < 0.7 else ""
    sign = "+" if rng.uniform() < 0.1 else ""
    return CallerIdMessage(
        number="" if reason else sign + number(rng),
        name=name,
        reason=reason,
        datetime=_date(rng) if rng.uniform() < 0.9 else "",
    )


def checked(data: bytes) -> bytes:
    """With its checksum."""
    return data + bytes((-sum(data) & 0xFF,))


def mdmf(message: CallerIdMessage, rng: np.random.Generator) -> bytes:
    """Type 0x80 with the parts of `message`, in the order some network has them, and perhaps others besides."""
    parts = [(0x01, message.datetime.encode("ascii"))] if message.datetime else []
    parts += [(0x04, message.reason.encode("ascii"))] if message.reason else [(0x02, message.number.encode("ascii"))]
    if message.name:
        latin = all(ord(sign) < _MOST_LATIN for sign in message.name) and rng.uniform() < 0.5
        parts.append((0x07, message.name.encode("latin-1" if latin else "utf-8")))
    if rng.uniform() < 0.3:
        parts.insert(0, (0x11, b"\x01"))
    if rng.uniform() < 0.2:
        parts.append((int(rng.choice((0x20, 0x23, 0xE0))), bytes(rng.integers(0, 256, rng.integers(1, 6)).tolist())))
    return _framed(0x80, parts)


def _framed(kind: int, parts: list[tuple[int, bytes]]) -> bytes:
    body = b"".join(bytes((part, len(value))) + value for part, value in parts)
    return checked(bytes((kind, len(body))) + body)


def sdmf(message: CallerIdMessage) -> bytes:
    """Type 0x04: date, and number or reason."""
    body = message.datetime.encode("ascii") + (message.number or message.reason).encode("ascii")
    return checked(bytes((0x04, len(body))) + body)


def any_call(rng: np.random.Generator) -> tuple[CallerIdMessage, bytes]:
    """A call in either format."""
    message = call(rng)
    if message.datetime and not message.name and not message.number.startswith("+") and rng.uniform() < 0.5:
        return message, sdmf(message)
    return message, mdmf(message, rng)


def lamp(rng: np.random.Generator) -> tuple[CallerIdMessage, bytes]:
    """Messages wait at the network's voice mail, or no longer."""
    on = bool(rng.integers(2))
    kind = Kind.MESSAGES_WAITING if on else Kind.NO_MESSAGES
    if rng.integers(2):
        return CallerIdMessage(kind=kind), checked(bytes((0x06, 3)) + (b"\x42" if on else b"\x6f") * 3)
    waiting = int(rng.integers(1, 20)) if on else 0
    parts = [(0x0B, b"\xff" if on else b"\x00"), (0x13, bytes((waiting,)))]
    return CallerIdMessage(kind=kind, messages=waiting), _framed(0x82, parts)


def _parity(byte: int) -> int:
    return byte | (byte.bit_count() % 2) << 7


def japan(rng: np.random.Generator) -> tuple[CallerIdMessage, bytes]:
    """A call as Japan frames it: parity in bit 7, DLE doubled, 16 bits of checksum.

    A length of 16 is DLE as well; there are senders that double it, and perhaps some that do not.
    """
    withheld = rng.uniform() < 0.15
    told = str(rng.choice(("P", "O"))) if withheld else number(rng, 3, 16)
    called = number(rng, 4, 16) if rng.uniform() < 0.4 else ""
    body = bytes((0x04 if withheld else 0x02, len(told))) + told.encode("ascii")
    if called:
        body += bytes((0x09, len(called))) + called.encode("ascii")
    body = body.replace(b"\x10", b"\x10\x10")
    length = bytes((len(body),)) * (2 if len(body) == 0x10 and rng.uniform() < 0.7 else 1)
    plain = b"\x10\x01\x07\x10\x02\x40" + length + body + b"\x10\x03"
    sent = bytes(_parity(byte) for byte in plain)
    remainder = 0
    for byte in sent[2:]:
        for place in range(8):
            feedback = (remainder ^ byte >> place) & 1
            remainder = remainder >> 1 ^ 0x8408 * feedback
    message = CallerIdMessage("" if withheld else told, reason=told if withheld else "", called=called)
    return message, sent + bytes((remainder & 0xFF, remainder >> 8))


def keyed(form: str, rng: np.random.Generator) -> tuple[CallerIdMessage, str]:
    """A call by DTMF: `AC`, `full`, `A#`, `D#`, `DC`, `BC` or `#`, with the keys that say it.

    `full` has one of its parts missing, `BC` all but the reason and perhaps who sent the call on.
    """
    told = number(rng, 6, 14)
    if form == "D#":
        digit, reason = ("1", "P") if rng.integers(2) else (str(rng.integers(2, 4)), "O")
        return CallerIdMessage(reason=reason), f"D{digit}#"
    if form == "full":
        redirecting, withheld = number(rng, 6, 10), bool(rng.integers(2))
        if withheld:
            return CallerIdMessage(reason="P", redirecting=redirecting), f"AD{redirecting}B10C"
        return CallerIdMessage(told, redirecting=redirecting), f"A{told}D{redirecting}C"
    if form == "BC":
        info, reason = ("10", "P") if rng.integers(2) else ("00", "O")
        redirecting = number(rng, 1, 10) if rng.integers(2) else ""
        return CallerIdMessage(reason=reason, redirecting=redirecting), f"{redirecting and 'D'}{redirecting}B{info}C"
    start, end = ("", "#") if form == "#" else (form[0], form[1])
    return CallerIdMessage(told), start + told + end
