"""A contact as it was found in a file: what the file says of them, and what could not be understood.

Files come from outside, so everything is bounded. One contact that makes no sense costs nobody else: it is left out and
told with its place, and so is any part of a contact that had to be left out.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from appliance.contacts import (
    LONGEST_CUSTOMER_NUMBER,
    LONGEST_EMAIL,
    LONGEST_NOTES,
    LONGEST_TEXT,
    MOST_NUMBERS,
    Contact,
    Importance,
    Relation,
)
from appliance.numbers import MOST_CHARACTERS, for_people, read_number

Word = TypeVar("Word", Importance, Relation)

MOST_TOLD = 200
"""So many complaints are told in words; of the rest only how many."""
MOST_LINES = 50
"""Notes keep so many lines, and have the rest in one."""
LEAST_NUMBER = 3
"""Digits of the shortest number that a caller can have: the extension of a neighbour."""

IMPORTANCES = {
    "normal": Importance.NORMAL,
    "normalny": Importance.NORMAL,
    "important": Importance.IMPORTANT,
    "ważny": Importance.IMPORTANT,
    "wichtig": Importance.IMPORTANT,
    "vip": Importance.VIP,
}
RELATIONS = {
    "none": Relation.NONE,
    "customer": Relation.CUSTOMER,
    "customers": Relation.CUSTOMER,
    "client": Relation.CUSTOMER,
    "clients": Relation.CUSTOMER,
    "klient": Relation.CUSTOMER,
    "klienci": Relation.CUSTOMER,
    "kunde": Relation.CUSTOMER,
    "kunden": Relation.CUSTOMER,
    "prospect": Relation.PROSPECT,
    "prospects": Relation.PROSPECT,
    "lead": Relation.PROSPECT,
    "leads": Relation.PROSPECT,
    "potencjalny klient": Relation.PROSPECT,
    "interessent": Relation.PROSPECT,
    "seller": Relation.SELLER,
    "sellers": Relation.SELLER,
    "supplier": Relation.SELLER,
    "suppliers": Relation.SELLER,
    "vendor": Relation.SELLER,
    "vendors": Relation.SELLER,
    "dostawca": Relation.SELLER,
    "dostawcy": Relation.SELLER,
    "lieferant": Relation.SELLER,
    "lieferanten": Relation.SELLER,
}
"""Words for what somebody is to the office, as they stand in a column of their own or among the labels of a contact."""


@dataclass(frozen=True, slots=True)
class Found:
    """One contact of a file. `place` is where they stand in it, as "line 5"; `said` names the fields that it tells.

    `alone`: nobody else in the file has their customer number, so it is theirs, and not that of their whole company.
    """

    place: str
    contact: Contact
    said: frozenset[str]
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Premises:
    """What a file is understood by: the country of its numbers, and the extensions of colleagues by their names."""

    country: str
    people: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """What came of reading a file. `unusable`: it is no address book at all."""

    premises: Premises
    found: list[Found] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    untold: int = 0
    unusable: bool = False

    def complain(self, sentence: str) -> None:
        """Tell of something that was left out, in a sentence with its place."""
        if len(self.complaints) < MOST_TOLD:
            self.complaints.append(sentence)
        else:
            self.untold += 1

    def take(self, place: str, raw: Mapping[str, Sequence[str]]) -> None:
        """Understand one contact from its fields as they stand in the file.

        `raw` has texts for the fields of `Contact` (`number` for each of the numbers), for `first`, `middle` and
        `last` names, and for `labels`.
        """
        told = _Told(self, place, raw)
        values = told.values()
        if not values.get("name"):
            if any(text.strip() for texts in raw.values() for text in texts):
                self.complain(f"{place}: there is neither a name nor a company, so it was left out")
            return
        self.found.append(Found(place, Contact(**values), frozenset(values)))


def with_customer_numbers_judged(found: Sequence[Found]) -> list[Found]:
    """The contacts of a whole file, with what their customer numbers are worth."""
    count = Counter(each.contact.customer_number for each in found)
    return [replace(each, alone=count[each.contact.customer_number] == 1) for each in found]


class _Told:
    """The fields of one contact, as they are understood one after the other."""

    def __init__(self, reading: Reading, place: str, raw: Mapping[str, Sequence[str]]) -> None:
        self._reading = reading
        self._place = place
        self._raw = raw

    def values(self) -> dict[str, Any]:
        """The fields of a `Contact` that are told."""
        name = self._text("name", LONGEST_TEXT) or self._whole_name()
        company = self._text("company", LONGEST_TEXT)
        told = {
            "name": name or company,
            "company": company if name and name != company else "",
            "numbers": self._numbers(),
            "language": self._language(),
            "importance": self._word("importance", IMPORTANCES),
            "relation": self._word("relation", RELATIONS),
            "operator": self._operator(),
            "customer_number": self._text("customer_number", LONGEST_CUSTOMER_NUMBER),
            "email": self._text("email", LONGEST_EMAIL),
            "notes": self._text("notes", LONGEST_NOTES, lines=True),
        }
        return {key: value for key, value in told.items() if value}

    def _complain(self, sentence: str) -> None:
        self._reading.complain(f"{self._place}: {sentence}")

    def _text(self, key: str, longest: int, *, lines: bool = False) -> str:
        """The first text that is told for this field."""
        texts = (tidy(text, lines=lines) for text in self._raw.get(key, ()))
        text = next((text for text in texts if text), "")
        if len(text) > longest:
            self._complain(f"the {key.replace('_', ' ')} was cut after {longest} characters")
        return text[:longest].rstrip()

    def _whole_name(self) -> str:
        parts = (self._text(part, LONGEST_TEXT) for part in ("first", "middle", "last"))
        return " ".join(part for part in parts if part)[:LONGEST_TEXT].rstrip()

    def _numbers(self) -> tuple[str, ...]:
        numbers: dict[str, None] = {}
        for text in self._raw.get("number", ()):
            written = tidy(text)
            if not written:
                continue
            normal = read_number(written, self._reading.premises.country).normal
            if len(normal) < LEAST_NUMBER:
                self._complain(f'"{shortened(written)}" is no telephone number and was left out')
            elif normal not in numbers and len(numbers) == MOST_NUMBERS:
                self._complain(f"there are more than {MOST_NUMBERS} numbers; {for_people(normal)} was left out")
            else:
                numbers[normal] = None
        return tuple(numbers)

    def _language(self) -> str:
        text = self._text("language", LONGEST_TEXT).lower()
        code = text.replace("_", "-").split("-")[0]
        if text and not (len(code) == 2 and code.isascii() and code.isalpha()):
            self._complain(f'the language "{shortened(text)}" was left out; write two letters, as pl or en')
            return ""
        return code

    def _word(self, key: str, words: Mapping[str, Word]) -> Word | None:
        text = self._text(key, LONGEST_TEXT).casefold()
        if text in words:
            return words[text]
        if text:
            known = ", ".join(value.value for value in dict.fromkeys(words.values()))
            self._complain(f'the {key} "{shortened(text)}" was left out; write one of {known}')
        return next((words[label] for label in self._labels() if label in words), None)

    def _labels(self) -> list[str]:
        return [tidy(label).strip("* ").casefold() for label in self._raw.get("labels", ())]

    def _operator(self) -> str:
        text = self._text("operator", LONGEST_TEXT)
        people = self._reading.premises.people
        extension = next((people[name] for name in people if name.casefold() == text.casefold()), text)
        if extension and not (extension.isascii() and extension.isdigit() and len(extension) <= 8):
            self._complain(f'"{shortened(text)}" is nobody of the staff; write the extension of who looks after them')
            return ""
        return extension


def tidy(text: str, *, lines: bool = False) -> str:
    """`text` without characters that cannot be seen, and with single spaces; `lines`: it keeps its first lines."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    if not plain.isprintable():
        plain = "".join(each if each.isprintable() else _seen(each) for each in plain)
    tidied = [" ".join(line.split()) for line in plain.split("\n")]
    kept = MOST_LINES if lines else 0
    rest = " ".join(filter(None, tidied[kept:]))
    return "\n".join([*tidied[:kept], rest]).strip()


def _seen(character: str) -> str:
    """What stands for a character that cannot be printed."""
    if character in "\n\r\u2028\u2029":
        return "\n"
    return " " if unicodedata.category(character) in ("Cc", "Zs") else ""


def shortened(text: str) -> str:
    """As much of a text as is told in a complaint."""
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"
