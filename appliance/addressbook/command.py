"""`frontdesk contacts`: bringing contacts in, writing them out, looking them up (R5)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from appliance.addressbook.csvfile import in_order
from appliance.addressbook.files import read_contacts, write_contacts
from appliance.addressbook.found import Premises, Reading
from appliance.addressbook.incoming import Tray, told
from appliance.addressbook.merging import Merged, merge
from appliance.contactbook import MOST_SERVED, ContactBook
from appliance.contacts import Contact, Importance, Relation
from appliance.faults import FrontdeskError
from appliance.numbers import for_people, read_number
from appliance.plain import plain
from appliance.store.ledger import LEDGER_NAME, Ledger, LedgerReader, open_for_reading

TAKEN_UP_S = 10.0
"""How long the command waits for a running box to take up what it has left there."""

Tell = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a command works: the home folder, what files are understood by, and how it speaks."""

    home: Path
    premises: Premises
    tell: Tell
    complain: Tell


def import_contacts(desk: Desk, path: Path) -> bool:
    """Bring the contacts of a file into the book of a box that does not run; `True`: nothing was left out."""
    reading = read_contacts(path, desk.premises)
    ledger = Ledger(desk.home / LEDGER_NAME)
    try:
        merged = merge(_book(desk, ledger), reading.found)
        ledger.keep_contacts(merged.to_keep)
    finally:
        ledger.close()
    desk.tell(_sentence(path, merged))
    return _complained(desk, reading)


def hand_over_contacts(desk: Desk, path: Path, wait: Callable[[float], bool]) -> bool:
    """Leave the contacts of a file for the running box; `True`: nothing was left out.

    `wait` waits so many seconds; `True`: the person at the terminal has had enough.
    """
    reading = read_contacts(path, desk.premises)
    expected = _expected(desk, reading)
    try:
        left = Tray(desk.home).leave(reading.found)
    except OSError as problem:
        advice = "Look whether the disk is full, and run this command as the user who runs Frontdesk."
        raise FrontdeskError(f"nothing can be left for the box: {problem.strerror}", advice) from problem
    desk.tell(_sentence(path, expected))
    waited_s = 0.0
    while left.exists() and waited_s < TAKEN_UP_S and not wait(0.1):
        waited_s += 0.1
    desk.tell("The box has not taken them up yet; it will." if left.exists() else "The running box has taken them up.")
    return _complained(desk, reading)


def check_contacts(desk: Desk, path: Path) -> bool:
    """Tell what bringing in the contacts of a file would do; `True`: nothing would be left out."""
    reading = read_contacts(path, desk.premises)
    desk.tell(_sentence(path, _expected(desk, reading)))
    desk.tell("Nothing was changed.")
    return _complained(desk, reading)


def export_contacts(desk: Desk, path: Path) -> None:
    """Write all contacts into a file."""
    contacts = _read(desk, LedgerReader.contacts)
    write_contacts(path, contacts)
    desk.tell(f"{path}: {len(contacts)} contacts")


def list_contacts(desk: Desk, as_json: bool) -> None:
    """Tell of all contacts, in the order of their names."""
    contacts = _read(desk, LedgerReader.contacts)
    _tell_all(desk, in_order(contacts), as_json)
    if not contacts and not as_json:
        desk.tell(f"There are no contacts in {desk.home} yet.")


def find_contacts(desk: Desk, text: str, as_json: bool) -> None:
    """Tell who calls from a number, and of everybody in whom a text or a part of a number is found."""
    book = _read(desk, lambda ledger: _book(desk, ledger))
    caller = book.find(text)
    if caller is not None and not as_json:
        desk.tell(f"A call from {text} is taken for {caller.known_as}.")
    last = book.last_served(text)
    if last is not None and not as_json:
        names = {extension: name for name, extension in desk.premises.people.items()}
        who = names.get(last.extension, "extension")
        desk.tell(f"Whoever calls from there was served last by {who} {last.extension}, {last.at:%d.%m.%Y %H:%M}.")
    found = in_order(contact for contact in book if _has(contact, text, desk.premises.country))
    _tell_all(desk, found, as_json)
    if not found and caller is None and not as_json:
        desk.tell(f"Nobody was found for {text}.")


def _has(contact: Contact, text: str, country: str) -> bool:
    """Is this text, or this part of a number, in what is known of a contact?"""
    texts = (contact.known_as, contact.email, contact.customer_number, contact.notes)
    if any(text.casefold() in each.casefold() for each in texts):
        return True
    digits = re.sub(r"[^0-9]", "", text)
    numbers = (read_number(text, country).normal, digits if len(digits) >= 3 else "")
    return any(part and part in number for part in numbers for number in contact.numbers)


def _tell_all(desk: Desk, contacts: Iterable[Contact], as_json: bool) -> None:
    for contact in contacts:
        desk.tell(json.dumps(plain(contact), ensure_ascii=False) if as_json else _line(contact))


def _line(contact: Contact) -> str:
    """One contact in one line."""
    numbers = ", ".join(for_people(number) for number in contact.numbers) or "no number"
    return "; ".join([f"{contact.id:6}  {contact.known_as}: {numbers}", *_particulars(contact)])


def _particulars(contact: Contact) -> Iterator[str]:
    if contact.relation is not Relation.NONE:
        yield contact.relation.value
    if contact.importance is not Importance.NORMAL:
        yield contact.importance.value
    if contact.language:
        yield f"speaks {contact.language}"
    if contact.operator:
        yield f"looked after at extension {contact.operator}"
    if contact.customer_number:
        yield f"customer number {contact.customer_number}"


def _sentence(path: Path, merged: Merged) -> str:
    return f"{path}: {merged.count.total()} contacts: {told(merged.count)}"


def _complained(desk: Desk, reading: Reading) -> bool:
    """Tell what was left out of a file; `True`: nothing."""
    for complaint in reading.complaints:
        desk.complain(complaint)
    if reading.untold:
        desk.complain(f"and {reading.untold} more like these")
    return not reading.complaints


def _expected(desk: Desk, reading: Reading) -> Merged:
    """What bringing in these contacts would do; a book in memory is changed, and thrown away."""
    return merge(_read(desk, lambda ledger: _book(desk, ledger)), reading.found)


def _book(desk: Desk, ledger: LedgerReader) -> ContactBook:
    served = ledger.served(MOST_SERVED)
    return ContactBook(desk.premises.country, ledger.contacts(), served, ledger.next_contact())


def _read(desk: Desk, what: Callable[[LedgerReader], T]) -> T:
    """Read in the ledger, be it that of a running box."""
    ledger = open_for_reading(desk.home)
    try:
        return what(ledger)
    finally:
        ledger.close()
