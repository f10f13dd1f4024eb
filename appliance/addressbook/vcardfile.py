"""Contacts as address books of telephones and mail programs have them: vCard 3 and 4, and the old 2.1 (R5).

The words of a card are read and written by the package `vobject`: folded lines, quoted-printable, escapes, groups. It
gives up at the first card that is broken, so every card is given to it alone; and it knows nothing of pictures that we
could use, which are the better part of most files, so they are left out before.
"""

from __future__ import annotations

import io
import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from appliance.addressbook.csvfile import in_order
from appliance.addressbook.found import Premises, Reading
from appliance.contacts import MOST_CONTACTS, Contact, Importance, Relation
from appliance.numbers import for_people

MOST_CARD_LINES = 2000
"""Lines of one card, without its pictures."""

_BEGIN, _END = re.compile(r"begin\s*:\s*vcard\s*", re.IGNORECASE), re.compile(r"end\s*:\s*vcard\s*", re.IGNORECASE)
_PICTURE = re.compile(r"(?:[\w-]+\.)?(?:photo|logo|sound|key|agent)\s*[;:]", re.IGNORECASE)
_NO_CALLER = {"fax", "pager", "bbs", "modem"}
"""Kinds of numbers from which nobody calls to speak."""

CUSTOMER_NUMBER, OPERATOR = "x-customer-number", "x-operator"
"""Properties of ours; other programs pass them over or keep them."""


def is_vcard(text: str) -> bool:
    """Is this a file of cards?"""
    return _BEGIN.match(text.lstrip()) is not None


def read_vcards(text: str, premises: Premises) -> Reading:
    """Read the contacts of cards; each is told by its place among them and the line on which it begins."""
    reading = Reading(premises)
    for at, (line, card) in enumerate(_cards(text), 1):
        place = f"card {at} (line {line})"
        if len(reading.found) == MOST_CONTACTS:
            reading.complain(f"{place}: there are more than {MOST_CONTACTS} contacts; the rest was not read")
            break
        if card is None:
            reading.complain(f"{place}: it has no end or is too long, so it was left out")
            continue
        try:
            reading.take(place, _fields(card))
        except Exception as problem:  # whatever the library makes of what it was never meant for
            logging.getLogger(__name__).info("%s: %s", place, type(problem).__name__)  # its text may be personal
            reading.complain(f"{place}: it cannot be understood, so it was left out")
    return reading


def _cards(text: str) -> Iterator[tuple[int, str | None]]:
    """Each card with its first line, without pictures; `None` for one that does not end."""
    begun, card, skipping = 0, list[str](), False
    for number, line in enumerate(io.StringIO(text), 1):
        if _BEGIN.fullmatch(line):
            if begun:
                yield begun, None
            begun, card, skipping = number, [line], False
        elif begun and _END.fullmatch(line):
            yield begun, "".join([*card, line])
            begun = 0
        elif begun and len(card) > MOST_CARD_LINES:
            yield begun, None
            begun = 0
        elif begun:
            skipping = _PICTURE.match(line) is not None or (skipping and line[:1] in (" ", "\t", "\n"))
            if not skipping and line.strip():
                card.append(line)
    if begun:
        yield begun, None


def _fields(card: str) -> dict[str, list[str]]:
    """The fields of one card, as `Reading.take` wants them."""
    raw: dict[str, list[str]] = defaultdict(list)
    for line in _library().readOne(card, ignoreUnreadable=True, allowQP=True).lines():
        kinds = [*line.singletonparams, *(kind for listed in line.params.get("TYPE", ()) for kind in listed.split(","))]
        _take_line(raw, line.name.lower(), line.value, {kind.strip().lower() for kind in kinds})
    return raw


def _take_line(raw: dict[str, list[str]], name: str, value: Any, kinds: set[str]) -> None:
    """Add what one line of a card says; `kinds` are its types, in small letters."""
    match name:
        case "fn":
            raw["name"].append(value)
        case "n":
            for part, text in (("first", value.given), ("middle", value.additional), ("last", value.family)):
                raw[part].append(text if isinstance(text, str) else " ".join(text))
        case "org":
            raw["company"].append(value if isinstance(value, str) else next(iter(value), ""))
        case "tel":
            if not kinds & _NO_CALLER:
                raw["number"].append(value)
        case "lang":
            raw["language"].append(value)
        case "email":
            raw["email"].append(value)
        case "note":
            raw["notes"].append(value)
        case "categories":
            raw["labels"] += value.split(",") if isinstance(value, str) else value
        case _ if name == CUSTOMER_NUMBER:
            raw["customer_number"].append(value)
        case _ if name == OPERATOR:
            raw["operator"].append(value)


def write_vcards(contacts: Iterable[Contact]) -> str:
    """All contacts as vCard 3, which everything can read, in the order of their names."""
    return "".join(_card(contact) for contact in in_order(contacts))


def _card(contact: Contact) -> str:
    library = _library()
    card = library.vCard()
    card.add("fn").value = contact.name
    first, _, last = contact.name.rpartition(" ")
    card.add("n").value = library.vcard.Name(family=last, given=first)
    if contact.company:
        card.add("org").value = [contact.company]
    for number in contact.numbers:
        card.add("tel").value = for_people(number)
    labels = [contact.relation.value] if contact.relation is not Relation.NONE else []
    labels += [contact.importance.value] if contact.importance is not Importance.NORMAL else []
    if labels:
        card.add("categories").value = labels
    plain = {
        "lang": contact.language,
        "email": contact.email,
        "note": contact.notes,
        CUSTOMER_NUMBER: contact.customer_number,
        OPERATOR: contact.operator,
    }
    for name, value in plain.items():
        if value:
            card.add(name).value = value
    return str(card.serialize())


def _library() -> Any:
    """The package, loaded when there are cards: 8 MB that a box does not need."""
    import vobject

    logging.getLogger("vobject.base").setLevel(logging.CRITICAL)  # it would tell of every line that it passes over
    return vobject
