"""What people and the rest of the program tell the office; the same inbox as the lines' events takes them in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from appliance.acd.staff import Presence
from appliance.addressbook.found import Found
from appliance.addressbook.merging import Merged
from appliance.cardcommands import CardCommand, NewCard
from appliance.contacts import Contact
from appliance.faults import Fault
from appliance.privacy import EraseCaller


@dataclass(frozen=True, slots=True)
class SetPresence:
    """Somebody comes, or goes away, perhaps until a moment at which they are in again (R15)."""

    extension: str
    presence: Presence
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conference:
    """The colleague who takes call number `call` next shall have it together with the party at `number` (R19).

    `number` is an extension or an outside number that the settings list as a party for calls of three.
    """

    call: int
    number: str


@dataclass(frozen=True, slots=True)
class KeepContact:
    """Somebody is to be known from now on (without `id`), or otherwise than until now (R5)."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class ForgetContact:
    """The contact with this number in the book is to be known no longer."""

    id: int


@dataclass(frozen=True, slots=True)
class BringIn:
    """A part of an address book is to be brought into the contacts; `tell` is called when the office has done it."""

    found: tuple[Found, ...]
    tell: Callable[[Merged], None]


@dataclass(frozen=True, slots=True)
class RingUp:
    """Remind the person at extension `to` of these cards by telephone, if they want that (R25)."""

    to: str
    cards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """The keeper has written this call durably: from now on it is shown as finished."""

    call: int


@dataclass(frozen=True, slots=True)
class RaiseFault:
    """Something outside the lines is broken."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class ClearFault:
    """What was broken about `about` works again."""

    about: str


Command = (
    SetPresence
    | Conference
    | RingUp
    | CardCommand
    | NewCard
    | EraseCaller
    | KeepContact
    | ForgetContact
    | BringIn
    | Stored
    | RaiseFault
    | ClearFault
)
