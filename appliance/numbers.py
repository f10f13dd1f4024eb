"""Telephone numbers in one form, however the network sends them or a caller keys them in (R5).

The form is the international one of ITU-T E.164, as "+48225550100". What is in it, and which numbers are mobile ones,
comes from the tables of the package `phonenumbers` (Google's libphonenumber), of which only the countries that call
are loaded. Networks leave things out: some send the country without a plus, some the local number only. What cannot be
completed stays the digits it is, and is compared by its last digits (`appliance.contactbook`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

MOST_CHARACTERS = 40
"""Longer is no telephone number: E.164 has 15 digits, the rest is for spaces, brackets and an extension."""
MOST_DIGITS = 20
LEAST_WITH_COUNTRY = 10
"""Fewer digits without a plus are a local number, not one with its country; Iceland and Estonia have as few as that."""
REMEMBERED = 1024
"""Numbers that need not be worked out again (15 µs each): more than call in an hour, less than 1 MB."""

_BEFORE = re.compile(r"tel[.:]\s*")
_EXTENSION = re.compile(r"\s*(?:;|,|ext|x|wew|w\.|#).*", re.DOTALL)
_TRUNK_IN_BRACKETS = re.compile(r"(?<=[+0-9])\s*\(0\)")
_BETWEEN_DIGITS = re.compile(r"[\s().\-/\u2010-\u2015\u00ad]+")
_DIGITS = re.compile(rf"(\+?)([0-9]{{1,{MOST_DIGITS}}})")

_REGION = {"UK": "GB"}
"""Countries that telephone people call otherwise than ISO 3166 does."""


class NumberKind(Enum):
    """What kind of telephone a number belongs to (R12). In some countries, as in America, the number does not tell."""

    MOBILE = "mobile"
    FIXED = "fixed"
    UNKNOWN = "unknown"


_KIND = {PhoneNumberType.MOBILE: NumberKind.MOBILE, PhoneNumberType.FIXED_LINE: NumberKind.FIXED}
_ORDINARY = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.UAN,
    PhoneNumberType.PERSONAL_NUMBER,
}
"""What may be called back; premium rate numbers and those that exist nowhere may not."""


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number that was read.

    `normal` is "+" and digits where it is `complete`; else the digits as they were told, as of an extension or a local
    number; empty where nothing was told or it is no number at all. `ordinary`: such a number exists, and calling it
    costs what calls cost, so that a caller may leave it for a callback (R21).
    """

    normal: str = ""
    kind: NumberKind = NumberKind.UNKNOWN
    ordinary: bool = False

    @property
    def complete(self) -> bool:
        """Is it known to the last digit, country and all?"""
        return self.normal.startswith("+")

    @property
    def mobile(self) -> bool:
        """Is it certainly the number of a mobile telephone?"""
        return self.kind is NumberKind.MOBILE


NOTHING = Number()


@lru_cache(maxsize=REMEMBERED)
def read_number(text: str, country: str) -> Number:
    """The number that `text` says in `country` (two letters, as in the settings); `NOTHING` where it says none.

    Understood are national and international writing ("22 555 01 00", "+48 22...", "0048 22...", "+48 (0)22..."),
    separators, an extension behind it (left out), a trunk prefix which the country no longer has, and a country code
    without its plus where the digits are no number of this country.
    """
    written = _digits(text)
    if written is None:
        return NOTHING
    plus, digits = written
    region = _REGION.get(country.upper(), country.upper())
    for attempt in _readings(plus, digits):
        number = _parsed(attempt, region)
        kind = PhoneNumberType.UNKNOWN if number is None else phonenumbers.number_type(number)
        if number is not None and kind != PhoneNumberType.UNKNOWN:  # which is what makes a number a valid one
            return Number(_e164(number), _KIND.get(kind, NumberKind.UNKNOWN), kind in _ORDINARY)
    if plus or digits.startswith("00"):
        number = _parsed(plus + digits, region)
        if number is not None and phonenumbers.is_possible_number(number):
            return Number(_e164(number))  # of a range that our tables do not know yet
    return Number(digits)


def _digits(text: str) -> tuple[str, str] | None:
    """The plus, if there is one, and the digits; `None` where it is something else."""
    if len(text) > MOST_CHARACTERS:
        return None
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    plain = _TRUNK_IN_BRACKETS.sub("", _EXTENSION.sub("", _BEFORE.sub("", plain)))
    found = _DIGITS.fullmatch(_BETWEEN_DIGITS.sub("", plain))
    return None if found is None else (found[1], found[2])


def _readings(plus: str, digits: str) -> Iterator[str]:
    """What these digits can mean, likeliest first."""
    yield plus + digits
    if plus:
        return
    if digits.startswith("0"):
        yield digits[1:]
    if len(digits) >= LEAST_WITH_COUNTRY:
        yield "+" + digits
    yield "0" + digits  # as in Italy, where it belongs to the number


def _parsed(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    known = region if region in phonenumbers.SUPPORTED_REGIONS else None
    try:
        return phonenumbers.parse(text, known)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def for_people(normal: str) -> str:
    """A number in normal form as people write it, as "+48 22 555 01 00"; what is not complete stays as it is."""
    number = _parsed(normal, "") if normal.startswith("+") else None
    if number is None:
        return normal
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def same_as(numbers: Iterable[str], country: str) -> Callable[[str], bool]:
    """One of these numbers, however it is written in this country."""
    wanted = {read_number(number, country).normal or number for number in numbers}
    return lambda written: (read_number(written, country).normal or written) in wanted


def masked(number: str) -> str:
    """A number for the log: its last four digits at most, and never more than half of it (R36)."""
    digits = re.sub(r"[^0-9]", "", number)
    shown = min(4, len(digits) // 2)
    return f"…{digits[-shown:] if shown else ''}" if number else ""
