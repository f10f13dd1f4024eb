"""Whom the office knows, as the engine looks them up while the telephone rings: by number, by customer number (R5).

Everything is held in memory, for the engine never waits for a disk: 20,000 contacts with two numbers each take about
20 MB. Numbers are compared in their normal form (`appliance.numbers`). One that the network sends without its area, or
that somebody wrote down without it, is compared by its last digits, if these are enough and belong to one number only.

Several contacts may have one number. If one of them is the company of another, it is the company that calls. People of
one company count as that company, with whatever they have in common; otherwise it is the contact that was added last.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from appliance.call import Call, CallRecord
from appliance.contacts import MOST_CONTACTS, MOST_NUMBERS, Contact, Importance, LastServed, Relation
from appliance.faults import Fault
from appliance.numbers import read_number

T = TypeVar("T")

LEAST_DIGITS = 7
"""Fewer last digits say too little: a stranger's seven are those of a contact once in 250 calls, with 40,000 numbers
in the book, their six once in 25."""
MOST_SERVED = 5000
"""Of so many callers, those served last, is kept in memory by whom: a year of a small office."""
_WIDTH = 18
"""Digits of a number turned round, as it stands in an array of 64 bits; E.164 has 15."""

BOOK_FULL = Fault(
    "contacts",
    f"there is no room for more than {MOST_CONTACTS:,} contacts, so a new one was not added",
    "Take out contacts that nobody needs any more.",
)
_BY_IMPORTANCE = tuple(Importance)


class ContactBook:
    """All contacts, and who dealt last with whom. Belongs to the engine's thread.

    `contacts` come from the ledger in the order of their numbers, `served` the oldest first; `next_id` is the number
    of the next new contact, 0: one more than the highest.
    """

    def __init__(
        self,
        country: str = "",
        contacts: Iterable[Contact] = (),
        served: Iterable[tuple[str, LastServed]] = (),
        next_id: int = 0,
    ) -> None:
        self._country = country
        self._contacts: dict[int, Contact] = {}
        self._numbers = _Index()
        self._customers = _Index()
        self._endings = _Endings()
        self._unnumbered = _Index()
        self._served: dict[str, LastServed] = {}
        for contact in contacts:
            self._write_in(contact)
        self._endings.sort()
        self._next_id = next_id or max(self._contacts, default=0) + 1
        for number, last in served:
            self._serve(number, last)

    def take_up(self, country: str) -> None:
        """From now on numbers are those of callers in this country."""
        self._country = country

    def __len__(self) -> int:
        return len(self._contacts)

    def __iter__(self) -> Iterator[Contact]:
        return iter(self._contacts.values())

    @property
    def full(self) -> bool:
        """Is there no room for somebody new?"""
        return len(self) >= MOST_CONTACTS

    def get(self, id: int) -> Contact | None:
        """The contact of that number in the book."""
        return self._contacts.get(id)

    # ------------------------------------------------------------ looking up

    def find(self, number: str) -> Contact | None:
        """Who calls from `number`, in whatever form the line told it; see above for numbers that several have."""
        for normal in self._same_as(number):
            if sharing := self._all(self._numbers.of(normal)):
                return speaks_for(sharing, (normal,))
        return None

    def by_customer_number(self, digits: str) -> Contact | None:
        """Who keys in this customer number; only its digits count, for a telephone has no letters."""
        sharing = self._all(self._customers.of(_keyed(digits)))
        return speaks_for(sharing, _common([contact.numbers for contact in sharing], ())) if sharing else None

    def last_served(self, number: str) -> LastServed | None:
        """Who dealt last with whoever calls from `number`, whichever of their numbers they called from then."""
        contact = self.find(number)
        normal = read_number(number, self._country).normal
        numbers = {normal, *(contact.numbers if contact is not None else ())}
        found = [self._served[each] for each in numbers if each in self._served]
        return max(found, key=lambda last: last.at, default=None)

    def same_as(self, contact: Contact, *, renamed: bool) -> Contact | None:
        """Who in the book is this contact of an address book, whose numbers are in normal form; `None`: somebody new.

        It is whoever has the same name, and the same customer number or one of the numbers. With `renamed` the name
        may be another one, if both customer number and a number are the same and nobody else has that customer number.
        Who has no numbers in the book is known by their name and company.
        """
        customers = self._all(self._customers.of(_keyed(contact.customer_number)))
        callers = [who for number in contact.numbers for who in self._all(self._numbers.of(number))]
        name = contact.name.casefold()
        found = [who for who in (*customers, *callers) if who.name.casefold() == name]
        if renamed and len(customers) == 1:
            found += [who for who in customers if who in callers]
        found += self._all(self._unnumbered.of(_label(contact)))
        return found[0] if found else None

    def recognise(self, call: Call) -> None:
        """Set the contact of `call` by its caller ID, which gets their name where the network sent none."""
        call.contact = self.find(call.caller_id.number)
        if call.contact is not None and not call.caller_id.name:
            call.caller_id = replace(call.caller_id, name=call.contact.known_as)

    def _same_as(self, number: str) -> Iterator[str]:
        """Numbers of the book that may be this one, the surest first."""
        read = read_number(number, self._country)
        if not read.normal:
            return
        yield read.normal
        if not read.complete:
            yield self._endings.only(read.normal)
        elif len(number) == LEAST_DIGITS:  # some countries also have whole numbers as short as that
            yield self._endings.only(number)
        elif self._endings.some_are_short:
            for length in range(len(read.normal) - 2, LEAST_DIGITS - 1, -1):
                yield read.normal[-length:]

    def _all(self, ids: Iterable[int]) -> list[Contact]:
        return [self._contacts[id] for id in ids]

    # ------------------------------------------------------------ writing

    def keep(self, contact: Contact) -> Contact:
        """Add a contact, or replace the one with its `id`; gives it as it stands in the book now.

        Its numbers are brought into normal form; what is no number is left out, and so are those beyond
        `MOST_NUMBERS`. A contact with an `id` that is not there any more was forgotten meanwhile, and comes back.
        """
        read = (read_number(number, self._country).normal for number in contact.numbers)
        numbers = tuple(dict.fromkeys(normal for normal in read if normal))[:MOST_NUMBERS]
        id = contact.id or self._next_id
        self._next_id = max(self._next_id, id + 1)
        self.forget(id)
        kept = replace(contact, id=id, numbers=numbers)
        self._write_in(kept)
        return kept

    def forget(self, id: int) -> bool:
        """Take a contact out of the book; `False`: there is none of that number."""
        contact = self._contacts.pop(id, None)
        if contact is None:
            return False
        for number in contact.numbers:
            if self._numbers.remove(number, id):
                self._endings.remove(number)
        self._customers.remove(_keyed(contact.customer_number), id)
        self._unnumbered.remove(_label(contact), id)
        return True

    def learn(self, record: CallRecord) -> None:
        """Remember who dealt with the caller of this call, if somebody did."""
        if (last := record.last_served) is not None:
            self._serve(record.caller_id.number, last)

    def _write_in(self, contact: Contact) -> None:
        self._contacts[contact.id] = contact
        for number in contact.numbers:
            if self._numbers.add(number, contact.id):
                self._endings.add(number)
        self._customers.add(_keyed(contact.customer_number), contact.id)
        if not contact.numbers:
            self._unnumbered.add(_label(contact), contact.id)

    def _serve(self, number: str, last: LastServed) -> None:
        normal = read_number(number, self._country).normal
        if normal:
            self._served.pop(normal, None)  # whoever was served last stands last
            self._served[normal] = last
            if len(self._served) > MOST_SERVED:
                del self._served[next(iter(self._served))]


def speaks_for(sharing: Sequence[Contact], numbers: tuple[str, ...]) -> Contact:
    """Whom a call is taken for that comes from one of `sharing`, in the order in which they were added.

    A company that stands for its people, without being a contact of its own, has no `id`, and only `numbers`.
    """
    newest = sharing[-1]
    if len(sharing) == 1:
        return newest
    companies = {contact.company.casefold() for contact in sharing}
    for contact in reversed(sharing):
        if contact.name.casefold() in companies:
            return contact
    if len(companies) > 1 or not newest.company:
        return newest
    return Contact(
        name=newest.company,
        numbers=numbers,
        language=_common([contact.language for contact in sharing], ""),
        importance=max((contact.importance for contact in sharing), key=_BY_IMPORTANCE.index),
        relation=_common([contact.relation for contact in sharing], Relation.NONE),
        operator=_common([contact.operator for contact in sharing], ""),
        customer_number=_common([contact.customer_number for contact in sharing], ""),
    )


def _common(values: Sequence[T], otherwise: T) -> T:
    """What all of them are, if they are the same."""
    return values[0] if all(value == values[0] for value in values) else otherwise


def _keyed(customer_number: str) -> str:
    """A customer number as it can be keyed in."""
    return "".join(character for character in customer_number if "0" <= character <= "9")


def _label(contact: Contact) -> str:
    """What somebody without numbers is known by."""
    return f"{contact.name}\n{contact.company}".casefold()


class _Index:
    """Which contacts have a key. Almost every key belongs to one contact, which is kept without a list."""

    def __init__(self) -> None:
        self._one: dict[str, int] = {}
        self._several: dict[str, tuple[int, ...]] = {}

    def of(self, key: str) -> tuple[int, ...]:
        """The contacts with this key, in the order in which they were added."""
        if key not in self._one:
            return ()
        return self._several.get(key) or (self._one[key],)

    def add(self, key: str, id: int) -> bool:
        """Note that `id` has this key; `True`: nobody had it before. An empty key is none."""
        if not key:
            return False
        before = self.of(key)
        if before:
            self._several[key] = tuple(sorted({*before, id}))
        else:
            self._one[key] = id
        return not before

    def remove(self, key: str, id: int) -> bool:
        """`id` has this key no longer; `True`: nobody has."""
        left = tuple(other for other in self.of(key) if other != id)
        self._several.pop(key, None)
        self._one.pop(key, None)
        if left:
            self._one[key] = left[0]
        if len(left) > 1:
            self._several[key] = left
        return not left


class _Endings:
    """The complete numbers of the book, sorted from their last digit on: eight bytes each, and found by an ending."""

    def __init__(self) -> None:
        self._turned = array("Q")
        self._sorted = False
        self._short = 0

    @property
    def some_are_short(self) -> bool:
        """Does the book have numbers without their area?"""
        return self._short > 0

    def add(self, number: str) -> None:
        """A number that was not there. Those that are added before `sort` need not be in order."""
        turned = _turned(number)
        if turned is None:
            self._short += 1
        elif self._sorted:
            self._turned.insert(bisect_left(self._turned, turned), turned)
        else:
            self._turned.append(turned)

    def sort(self) -> None:
        """Bring those that were added first into their order."""
        self._turned = array("Q", sorted(self._turned))
        self._sorted = True

    def remove(self, number: str) -> None:
        """A number that nobody has any more."""
        turned = _turned(number)
        if turned is None:
            self._short -= 1
        else:
            del self._turned[bisect_left(self._turned, turned)]

    def only(self, ending: str) -> str:
        """The only number with this ending; empty where there is none, or more than one, or it is too short."""
        if not LEAST_DIGITS <= len(ending) <= _WIDTH:
            return ""
        low = int(ending[::-1].ljust(_WIDTH, "0"))
        at = bisect_left(self._turned, low)
        found = self._turned[at : bisect_left(self._turned, low + 10 ** (_WIDTH - len(ending)))]
        return "+" + f"{found[0]:0{_WIDTH}}"[::-1].lstrip("0") if len(found) == 1 else ""


def _turned(number: str) -> int | None:
    """A complete number from its last digit to its first, as a whole number; `None` where it is not complete."""
    digits = number.removeprefix("+")
    if digits == number or len(digits) > _WIDTH:
        return None
    return int(digits[::-1].ljust(_WIDTH, "0"))
