"""How a number that a caller left is dialled from this country, and what an owner may write to allow it (R35).

A caller's number comes in many forms: as the network sent it, as they keyed it in, with the code of the country or
without. What counts for toll safety are the digits that go out on the line, so number and pattern are both brought into
that form, on the public network, without the prefix of the PBX.

    a caller's +48 501 600 700     in Poland    501600700         abroad    0048501600700
    the pattern  XXXXXXXXX         any national number of nine digits; X stands for any digit
    the pattern  +49XXXXXXXXXX     numbers in Germany: the code of a country is always written out

Numbers that cost more than a call, or call for help, or that nobody has, are let through by no X: they must be written
in full. What kinds of numbers there are in each country is known to `appliance.numbers`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from appliance.numbers import REMEMBERED, read_number

SEPARATORS = str.maketrans("", "", " -()/.")
FORM = re.compile(r"\+?[0-9X]{3,20}")
SHORTEST_WILD = 6
"""A pattern with an X in it has so many digits at least: shorter numbers are services."""


def region_of(country: str) -> str:
    """The country as `phonenumbers` knows it (ISO 3166-1)."""
    return "GB" if country.lower() == "uk" else country.upper()


@lru_cache(maxsize=REMEMBERED)
def as_dialled(number: str, country: str) -> str:
    """The digits that reach `number` from this country; empty where nothing can be made of it."""
    told = read_number(number, country)
    if not told.complete:
        return told.normal
    known = phonenumbers.parse(told.normal)
    dialled = phonenumbers.format_out_of_country_calling_number(known, region_of(country))
    return "".join(sign for sign in dialled if sign in "0123456789")


@lru_cache(maxsize=REMEMBERED)
def is_ordinary(digits: str, country: str) -> bool:
    """Is this the number of somebody, in this country or abroad, and no service that costs more, or calls for help?"""
    if len(digits) < SHORTEST_WILD or phonenumbers.connects_to_emergency_number(digits, region_of(country)):
        return False
    return read_number(digits, country).ordinary


@dataclass(frozen=True, slots=True)
class Pattern:
    """Numbers that may be dialled: `form` is digits and X, as they are dialled in `country`."""

    form: str
    country: str

    @classmethod
    def read(cls, text: str, country: str) -> Pattern:
        """Read what the owner wrote.

        Raises:
            ValueError: it is no pattern, or so wide that nobody can have meant it.
        """
        plain = text.translate(SEPARATORS)
        if FORM.fullmatch(plain) is None:
            raise ValueError(text)
        form = _abroad(plain, country) if plain.startswith("+") else plain
        if "X" in form and len(form) < SHORTEST_WILD:
            raise ValueError(text)
        return cls(form, country)

    def allows(self, digits: str) -> bool:
        """Is this one of those numbers? An X never stands for the beginning of an international number."""
        if len(digits) != len(self.form):
            return False
        if any(wanted not in ("X", digit) for wanted, digit in zip(self.form, digits, strict=True)):
            return False
        if "X" not in self.form:
            return True
        abroad = international_prefix(self.country)
        if digits.startswith(abroad) and not self.form.startswith(abroad):
            return False
        return is_ordinary(digits, self.country)


def international_prefix(country: str) -> str:
    """What is dialled before the code of another country."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region_of(country), None)
    if metadata is None:
        return "00"
    return metadata.preferred_international_prefix or metadata.international_prefix or "00"


def _abroad(pattern: str, country: str) -> str:
    """A pattern that begins with +, as it is dialled here.

    Raises:
        ValueError: the code of the country is not written out.
    """
    digits = pattern[1:]
    lengths = (length for length in (1, 2, 3) if digits[:length].isdigit())
    code = next((digits[:n] for n in lengths if int(digits[:n]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), "")
    if not code:
        raise ValueError(pattern)
    region = region_of(country)
    if int(code) != phonenumbers.country_code_for_region(region):
        return international_prefix(country) + digits
    return (phonenumbers.ndd_prefix_for_region(region, True) or "") + digits.removeprefix(code)
