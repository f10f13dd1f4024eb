"""`frontdesk privacy`: what is forgotten when, all that is known of one caller as a zip, and forgetting them (R36)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from appliance.cardsettings import PrivacySettings
from appliance.contacts import Contact
from appliance.faults import BadSettings
from appliance.numbers import read_number, same_as
from appliance.plain import plain
from appliance.privacy import EraseCaller, Forgetting
from appliance.store.ledger import LedgerReader
from appliance.store.recordings import recording_path

LONGEST_WHO = 80
DAYS_SHOWN = 14


def told(settings: PrivacySettings, done: list[Forgetting]) -> Iterator[str]:
    """How long things are kept, and what was forgotten on the last days, in sentences."""
    kept = (
        ("What callers have said", settings.recordings_days),
        ("Numbers and names in the list of calls", settings.numbers_days),
        ("Closed cards", settings.cards_days),
    )
    for what, days in kept:
        yield f"{what}: kept for {days:g} days." if days else f"{what}: kept for ever."
    if not done:
        yield "Nothing was looked for yet; a running box does so once a day."
    for day in done[:DAYS_SHOWN]:
        gone = day.what
        counts = f"{gone.recordings} recordings, {gone.numbers} numbers of calls, {gone.cards} closed cards"
        yield f"{day.at:%d.%m.%Y %H:%M}: {counts} were forgotten."


def who_is(text: str, ledger: LedgerReader, country: str) -> tuple[EraseCaller, Contact | None]:
    """Whom a telephone number, or the name of a contact, means.

    Raises:
        BadSettings: it is no number and nobody's name, or that of several.
    """
    text = text.strip()[:LONGEST_WHO]
    contacts = ledger.contacts()
    number = read_number(text, country).normal
    if number:
        same = same_as((number,), country)
        found = [contact for contact in contacts if any(map(same, contact.numbers))]
    else:
        found = [contact for contact in contacts if contact.name.casefold() == text.casefold()]
    if len(found) > 1 and not number:
        theirs = ", ".join(one for contact in found for one in contact.numbers)
        raise BadSettings(f"{len(found)} contacts are called {text}", f"Write a number instead: {theirs}.")
    if not found and not number:
        raise BadSettings(f"nobody is called {text}", "Write the whole name of a contact, or a telephone number.")
    contact = found[0] if len(found) == 1 else None  # of a number that several share only its own calls are meant
    known = contact.numbers if contact else ()
    numbers = tuple(dict.fromkeys((*known, *((number,) if number else ()))))
    return EraseCaller(contact.id if contact else 0, numbers), contact


def export(home: Path, ledger: LedgerReader, text: str, country: str, to: Path, now: datetime) -> str:
    """Write everything that is known of somebody into the zip file `to`; what was written, in a sentence.

    Raises:
        BadSettings: nobody is meant, or the file cannot be written.
    """
    who, contact = who_is(text, ledger, country)
    call_numbers, card_numbers = ledger.of_caller(who, country)
    calls = [plain(call) for number in call_numbers if (call := ledger.call(number))]
    cards = [_card(ledger, number) for number in card_numbers]
    recordings = sorted({name for card in cards for name in card["recordings"]} | set(_said(home, call_numbers)))
    about: dict[str, Any] = {"written": now.isoformat(), "numbers": who.numbers, "contact": plain(contact)}
    try:
        with zipfile.ZipFile(to, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, what in (("about.json", about), ("calls.json", calls), ("cards.json", cards)):
                archive.writestr(name, json.dumps(what, indent=2, ensure_ascii=False))
            for name in recordings:
                if recording_path(home, name).exists():
                    archive.write(recording_path(home, name), name)
    except OSError as problem:
        advice = "Choose another file, one that is not there yet, in a folder that this user may write."
        raise BadSettings(f"{to} cannot be written: {problem.strerror}", advice) from problem
    return f"{len(calls)} calls, {len(cards)} cards and {len(recordings)} recordings are in {to}."


def _card(ledger: LedgerReader, number: int) -> dict[str, Any]:
    found = ledger.card(number)
    assert found is not None
    card, history = found
    names = {card.recording, *(entry.recording for entry in history)} - {""}
    return {**plain(card), "history": plain(history), "recordings": sorted(names)}


def _said(home: Path, calls: list[int]) -> Iterator[str]:
    for call in calls:
        for folder in ("messages", "matters"):
            yield from (f"{folder}/{path.name}" for path in (home / folder).glob(f"call-{call:06d}*.wav"))
