"""A caller as rules and forms see them: the number in its one form, and what they are (R5, R7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from appliance.call import CallerId, Presentation
from appliance.contacts import Contact, Importance, Relation

EVERYBODY, INTERNAL, OUTSIDE, MOBILE = "everybody", "internal", "outside", "mobile"
WITHHELD, NO_NUMBER, KNOWN, UNKNOWN = "withheld", "no number", "known", "unknown"
OF_RELATION = {
    Relation.CUSTOMER: "customers",
    Relation.PROSPECT: "prospects",
    Relation.SELLER: "sellers",
}
OF_IMPORTANCE = {Importance.IMPORTANT: "important", Importance.VIP: "vip"}
KINDS = (
    EVERYBODY,
    INTERNAL,
    OUTSIDE,
    MOBILE,
    WITHHELD,
    NO_NUMBER,
    KNOWN,
    UNKNOWN,
    *OF_RELATION.values(),
    *OF_IMPORTANCE.values(),
)
"""What callers can be: "outside" is everybody but colleagues; "unknown": not in the contacts, with a number or without;
"no number": the network could not send one."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as rules and forms see them: the number in its one form, what they are, and the contact, if known."""

    number: str = ""
    kinds: frozenset[str] = frozenset({EVERYBODY})
    contact: Contact | None = None
    at_any_time: bool = False
    """A rule has them put through at any time."""

    @property
    def internal(self) -> bool:
        """Is it a colleague?"""
        return INTERNAL in self.kinds

    @property
    def mobile(self) -> bool:
        """Do they call from a mobile telephone (R12)?"""
        return MOBILE in self.kinds

    @property
    def spoken_of(self) -> str:
        """Who it is, in the words of a sentence."""
        if self.contact is not None:
            return self.contact.name or self.contact.company
        return self.number or ("a caller who withholds the number" if WITHHELD in self.kinds else "an unknown caller")


class Number(Protocol):
    """A telephone number in its one form, "+48225550100", or empty, and whether it is certainly a mobile one."""

    @property
    def normal(self) -> str: ...

    @property
    def mobile(self) -> bool: ...


def caller_of(caller_id: CallerId, number: Number, contact: Contact | None = None, *, internal: bool = False) -> Caller:
    """What rules know of the caller with this caller ID, whose `number` is empty where none was told."""
    kinds = {EVERYBODY, INTERNAL if internal else OUTSIDE, UNKNOWN if contact is None and not internal else KNOWN}
    if not caller_id.number:
        kinds.add(WITHHELD if caller_id.presentation is Presentation.WITHHELD else NO_NUMBER)
    if number.mobile and not internal:
        kinds.add(MOBILE)
    if contact is not None:
        kinds |= {OF_RELATION.get(contact.relation, EVERYBODY), OF_IMPORTANCE.get(contact.importance, EVERYBODY)}
    return Caller(caller_id.number if internal else number.normal, frozenset(kinds), contact)
