"""Files with contacts: which kind one is, in which letters it is written, and how it is written safely."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterable
from pathlib import Path

from appliance.addressbook.csvfile import read_csv, write_csv
from appliance.addressbook.found import Premises, Reading, with_customer_numbers_judged
from appliance.addressbook.vcardfile import is_vcard, read_vcards, write_vcards
from appliance.contacts import Contact
from appliance.faults import BadSettings

MOST_BYTES = 50_000_000
"""Thousands of cards with a picture each; it is read into memory."""

CENTRAL_EUROPE = {"pl", "cz", "sk", "hu", "si", "hr", "ro", "ba", "rs", "al"}
"""Countries whose older programs write in code page 1250; elsewhere it is 1252."""

SUFFIXES = {".csv": write_csv, ".txt": write_csv, ".vcf": write_vcards, ".vcard": write_vcards}


def read_contacts(path: Path, premises: Premises) -> Reading:
    """Read all contacts of a file, which tells by its content what it is.

    Raises:
        BadSettings: it cannot be read, or is no address book.
    """
    try:
        with path.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except OSError as problem:
        raise BadSettings(f"{path} cannot be read: {problem.strerror}", "Look whether the name is right.") from problem
    if len(raw) > MOST_BYTES:
        advice = "Export it without pictures, or in several parts."
        raise BadSettings(f"{path} is larger than {MOST_BYTES // 1_000_000} MB", advice)
    text = decoded(raw, premises.country)
    reading = read_vcards(text, premises) if is_vcard(text) else read_csv(text, premises)
    if reading.unusable:
        advice = "Export your contacts as CSV or vCard; frontdesk contacts export shows how such a file looks."
        raise BadSettings(f"{path}, {reading.complaints[0]}", advice)
    reading.found = with_customer_numbers_judged(reading.found)
    return reading


def write_contacts(path: Path, contacts: Iterable[Contact]) -> None:
    """Write all contacts as CSV or vCard, as the end of the name says; a file of that name is replaced as a whole.

    CSV begins with the mark of UTF-8, or spreadsheets would take it for an older code.

    Raises:
        BadSettings: the name does not say what is wanted, or the file cannot be written.
    """
    write = SUFFIXES.get(path.suffix.lower())
    if write is None:
        raise BadSettings(f"{path} is neither CSV nor vCard", "End the name with .csv or .vcf.")
    text = write(contacts)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as opened:
            os.fchmod(opened.fileno(), 0o600)  # they are personal
            opened.write(text.encode("utf-8-sig" if write is write_csv else "utf-8"))
        unfinished.replace(path)
    except OSError as problem:
        unfinished.unlink(missing_ok=True)
        advice = "Choose a folder that this user may write."
        raise BadSettings(f"{path} cannot be written: {problem.strerror}", advice) from problem


def decoded(raw: bytes, country: str) -> str:
    """The text of a file: UTF-8 or UTF-16, and what is neither in the code page of the country."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    if raw[:200].count(0) > len(raw[:200]) // 4:  # every other byte of Latin letters; without its mark
        return raw.decode("utf-16-be" if raw[0] == 0 else "utf-16-le", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1250" if country.lower() in CENTRAL_EUROPE else "cp1252", "replace")
