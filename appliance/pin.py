"""The PIN with which a colleague opens the box by telephone: kept as its hash, and not to be guessed (R31).

A PIN of a few digits is soon found by whoever may try as often as they like, so after three wrong ones the person is
shut out for a minute, and with every further one for twice as long. The hash is scrypt's (RFC 7914) with a salt of its
own, so that a copy of the settings does not show who has the same PIN as who; it costs 4 MB and some milliseconds.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from enum import Enum

PIN = re.compile(r"[0-9]{4,8}")
KEPT = re.compile(r"scrypt:(1[0-4]):([0-9a-f]{32}):([0-9a-f]{64})")
"""The form in which a PIN is kept: the cost (a power of two), salt and hash."""
COST = 12
BLOCK, PARALLEL = 8, 1
MOST_BYTES = 64 << 20

FREE_TRIES = 3
LOCK_S = 60.0
LONGEST_LOCK_S = 86_400.0
MOST_FAILURES = 64
"""More are not counted: by then the longest lock has long been reached."""


class PinVerdict(Enum):
    """What came of a PIN that was keyed in."""

    RIGHT = "right"
    WRONG = "not the PIN"
    LOCKED = "not looked at: there were too many wrong ones before"


def kept_form(pin: str) -> str:
    """The form in which `pin` is kept; another one at every asking, because the salt is drawn anew."""
    salt = secrets.token_bytes(16)
    return f"scrypt:{COST}:{salt.hex()}:{_hash(pin, salt, COST).hex()}"


def fits(pin: str, kept: str) -> bool:
    """Is this the PIN that is kept so? It takes as long whichever digit is the first that differs."""
    parts = KEPT.fullmatch(kept)
    if parts is None:  # who has no PIN has none to guess either: it takes as long
        _hash(pin, b"", COST)
        return False
    return hmac.compare_digest(_hash(pin, bytes.fromhex(parts[2]), int(parts[1])), bytes.fromhex(parts[3]))


def _hash(pin: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=2**cost, r=BLOCK, p=PARALLEL, maxmem=MOST_BYTES, dklen=32)


class Guard:
    """Who may try a PIN, by extension. Times are seconds of the clock."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}
        self._locked_until: dict[str, float] = {}

    def locked(self, extension: str, now: float) -> bool:
        """Is this person shut out at present, whatever they key in?"""
        return now < self._locked_until.get(extension, now)

    def failures(self, extension: str) -> int:
        """How many wrong PINs in a row."""
        return self._failures.get(extension, 0)

    def wrong(self, extension: str, now: float) -> None:
        """Another wrong one; from the third on the person is shut out, longer each time."""
        count = self._failures[extension] = min(self.failures(extension) + 1, MOST_FAILURES)
        if count >= FREE_TRIES:
            self._locked_until[extension] = now + min(LOCK_S * 2.0 ** (count - FREE_TRIES), LONGEST_LOCK_S)

    def right(self, extension: str) -> None:
        """All is forgotten."""
        self._failures.pop(extension, None)
        self._locked_until.pop(extension, None)
