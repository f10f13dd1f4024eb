"""Bringing contacts of a file into the book: who is new, who has changed, who is the same (R5).

What the file says counts; what it does not say stays, and so do numbers that it does not have. Nobody is taken out. So
the same file, brought in twice, changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

from appliance.addressbook.found import Found
from appliance.contactbook import ContactBook
from appliance.contacts import MOST_NUMBERS, Contact


class Change(Enum):
    """What a contact of a file is to the book."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "as they were"
    NO_ROOM = "left out, for the book is full"


@dataclass(slots=True)
class Merged:
    """How many of each there were, and the contacts that have to be written down."""

    count: Counter[Change] = field(default_factory=Counter)
    to_keep: list[Contact] = field(default_factory=list)


def merge(book: ContactBook, found: Iterable[Found]) -> Merged:
    """Bring these contacts into `book`."""
    merged, to_keep = Merged(), dict[int, Contact]()
    for each in found:
        known = book.same_as(each.contact, renamed=each.alone)
        wanted = each.contact if known is None else updated(known, each)
        if known is None and book.full:
            change = Change.NO_ROOM
        elif wanted == known:
            change = Change.SAME
        else:
            change = Change.NEW if known is None else Change.CHANGED
            kept = book.keep(wanted)
            to_keep[kept.id] = kept
        merged.count[change] += 1
    merged.to_keep = list(to_keep.values())
    return merged


def updated(known: Contact, found: Found) -> Contact:
    """A contact of the book with what a file says of them."""
    said = {name: getattr(found.contact, name) for name in found.said}
    numbers = tuple(dict.fromkeys((*known.numbers, *found.contact.numbers)))[:MOST_NUMBERS]
    return replace(known, **(said | {"numbers": numbers}))
