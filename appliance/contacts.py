"""People and companies the office knows, and what is known of them (R5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Relation(Enum):
    """What somebody is to the office."""

    NONE = "none"
    CUSTOMER = "customer"
    PROSPECT = "prospect"
    SELLER = "seller"


class Importance(Enum):
    """How long somebody should wait, beside others (R9)."""

    NORMAL = "normal"
    IMPORTANT = "important"
    VIP = "vip"


MOST_CONTACTS = 50_000
"""More than a small office will ever know; the book is held in memory (1 kB each)."""
MOST_NUMBERS = 10
LONGEST_TEXT = 100
"""Characters of a name or a company: more cannot be whispered to a colleague."""
LONGEST_NOTES = 2000
LONGEST_EMAIL = 254
LONGEST_CUSTOMER_NUMBER = 20


@dataclass(frozen=True, slots=True)
class Contact:
    """One person or company. The name of a company stands in `name`; that of a person's company in `company`.

    `numbers` are telephone numbers in international form, as "+48225550100". `language` is that of the prompts, empty
    where it is not known. `operator` is the extension of the colleague who looks after them, `customer_number` what
    they may key in to be known. `id` is the contact's number in the book; 0: not written down yet.
    """

    name: str
    company: str = ""
    numbers: tuple[str, ...] = ()
    language: str = ""
    importance: Importance = Importance.NORMAL
    relation: Relation = Relation.NONE
    operator: str = ""
    customer_number: str = ""
    email: str = ""
    notes: str = ""
    id: int = 0

    @property
    def known_as(self) -> str:
        """How colleagues are told who calls: name and company."""
        return f"{self.name}, {self.company}" if self.company and self.company != self.name else self.name


@dataclass(frozen=True, slots=True)
class LastServed:
    """Who dealt with a caller last: the extension of the colleague, and when (local time)."""

    extension: str
    at: datetime
