"""Collects what is to be corrected in the settings: every fault once, each in a sentence with its place.

A fault often shows twice: a person whose extension cannot be read is also unknown to the group that names them. Whoever
corrects the first has corrected both, so only the first is told. For this the reader says which places it could not
read (`misread`), and what was written there; a rule that looks at several values tells its sentence for all of them
(`tell`), and it is left out where one of them could not be read.

What is unwise but can be done is `advice`: it is shown, and refuses nothing.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from appliance.faults import BadSettings

MOST_TOLD = 50
"""So many faults are told of one file, and no more are looked for; whoever has corrected them learns of the rest."""
MOST_NAMES = 300
"""Among so many names we look for the one that may be meant."""
SHOWN = 40
"""Letters of a wrong value that a sentence repeats."""
SECRETS = ("pin", "notify", "urls")
"""Keys whose values no sentence repeats: PINs, and addresses with passwords."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the document, in the words of a sentence: its table ("" at the top) and its key ("" for all of it).

    `name` is whose row it is, as far as that could be read.
    """

    table: str
    key: str = ""
    name: str = field(default="", compare=False)

    def at(self, key: str) -> Place:
        """The place of another key of the same table."""
        return replace(self, key=key)

    def shown(self, plain: object) -> str:
        """The value as it was written, unless it is nobody's business."""
        return "…" if self.key in SECRETS else shown(plain)

    def told(self, words: str) -> str:
        """The whole sentence."""
        name = f" ({self.name})" if self.name else ""
        return f"In {self.table}{name}, {words}" if self.table else f"At the top of the file, {words}"

    def wrong(self, words: str) -> NoReturn:
        """Give up reading the value that stands here. Raises `Misread`, which `Problems.noting` takes."""
        raise Misread(self, words)


def row(table: str, number: int, name: object = None, key: str = "", of: str = "") -> Place:
    """The second of the people is "[[people]] number 2 (Anna)", so that it is found at once."""
    called = name.strip()[:SHOWN] if isinstance(name, str) and name.isprintable() else ""
    return Place(f"[[{table}]] number {number}{of}", key, called)


def inner(place: Place) -> tuple[str, str]:
    """The name of the table that is called `place.key`, and of which row it is."""
    if not place.table:
        return place.key, ""
    outer, row_at = place.table.lstrip("[").partition("]")[0], place.table.find("[[")
    return f"{outer}.{place.key}", f" of {place.table[row_at:]}" if row_at >= 0 else ""


class Misread(ValueError):
    """One value could not be read, for the reason that `words` tell."""

    def __init__(self, place: Place, words: str) -> None:
        super().__init__(words)
        self.place = place
        self.words = words


class Problems:
    """All that is to be corrected in one file, whose tables are in this order."""

    def __init__(self, tables: Iterable[str] = ()) -> None:
        self._order = {table: number for number, table in enumerate(tables)}
        self.advice: list[str] = []
        self._told: dict[str, str] = {}
        self._misread: set[Place] = set()
        self._written: set[str] = set()
        self._missing: list[tuple[Place, str]] = []

    # ------------------------------------------------------------ for who reads values

    def misread(self, place: Place, words: str, written: object = None) -> None:
        """The value that was `written` at `place` could not be read."""
        self._misread.add(place)
        self._written |= set(_texts(written))
        self._told.setdefault(place.told(words), place.table)

    @contextlib.contextmanager
    def noting(self, written: object = None) -> Iterator[None]:
        """Go on after this block even where a value in it could not be read."""
        try:
            yield
        except Misread as wrong:
            self.misread(wrong.place, wrong.words, written)

    def doubt(self, place: Place) -> None:
        """What stands at `place` may not be what was meant, as another sentence has told."""
        self._misread.add(place)

    def missing(self, place: Place, words: str) -> None:
        """Nothing is written at `place`; told by `note_missing`, unless it was written with a wrong name."""
        self._missing.append((place, words))

    def note_missing(self) -> None:
        """All is read: what is still missing is told now."""
        for place, words in self._missing:
            if self.sound(place):
                self.misread(place, words)
        self._missing.clear()

    # ------------------------------------------------------------ for who compares them

    def tell(self, place: Place, words: str, *also: Place) -> None:
        """The values at `place`, and `also` there, contradict one another; left out where one could not be read."""
        if self.sound(place, *also):
            self._told.setdefault(place.told(words), place.table)

    def advise(self, place: Place, words: str, *also: Place) -> None:
        """What is at `place` can be done, but somebody should think again."""
        if self.sound(place, *also) and (sentence := place.told(words)) not in self.advice:
            self.advice.append(sentence)

    def sound(self, *places: Place) -> bool:
        """Could all these places be read?"""
        return not any({place, place.at("")} & self._misread for place in places)

    def excuses(self, word: str, table: str, *places: Place) -> bool:
        """May `word` stand in `table`, where it could not be read? `places` are those in which it might stand."""
        return word in self._written or not self.sound(Place("", table), *places)

    # ------------------------------------------------------------ the end of it

    @property
    def told(self) -> tuple[str, ...]:
        """A sentence for each fault, from top to bottom."""
        found = sorted(self._told, key=lambda sentence: self._from_top(self._told[sentence]))
        return (*found[:MOST_TOLD], "There are more of this kind: correct these first.") if self.full else tuple(found)

    @property
    def full(self) -> bool:
        """Are there more faults than are told? Then nobody needs to look for others."""
        return len(self._told) > MOST_TOLD

    def _from_top(self, table: str) -> tuple[int, int]:
        """Where in the file this table comes, and which of its name it is."""
        found = re.match(r"\[*(\w*)[^\]]*\]*(?: number (\d+))?", table)
        name, number = found.groups() if found else ("", None)
        return (self._order.get(name, len(self._order)) if name else -1), int(number or 0)

    def refuse(self) -> None:
        """Raise `BadSettings` with all of them, if there are any."""
        if self._told:
            raise BadSettings(self.told)


# ---------------------------------------------------------------- words


def shown(plain: object) -> str:
    """Show a value as it was written, shortened."""
    if isinstance(plain, bool):
        return str(plain).lower()
    if isinstance(plain, int) and abs(plain) >= 10**15:
        return "a huge number"
    text = f'"{plain}"' if isinstance(plain, str) else str(plain)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def nearest(word: str, known: Sequence[str]) -> str:
    """Which of the known words may be meant; empty where none is like it."""
    known = known[:MOST_NAMES]
    close = difflib.get_close_matches(word.lower(), [one.lower() for one in known], n=1, cutoff=0.5)
    return next((one for one in known if [one.lower()] == close), "")


def known(table: str, word: str, names: Sequence[str]) -> str:
    """Say what could have been meant by a word that `table` does not have."""
    close = nearest(word, names)
    return f'did you mean "{close}"' if close else f"add a [[{table}]] of that name first"


def doubles(words: Iterable[str]) -> list[str]:
    """What is there more than once, each told once; empty words do not count."""
    words = [word for word in words if word]
    return list(dict.fromkeys(word for word in words if words.count(word) > 1))


def _texts(written: object) -> Iterator[str]:
    """All words that stand somewhere in a value."""
    left = [written]
    while left:
        match left.pop():
            case str() as text:
                yield text.strip()
            case bool():
                pass
            case int() as number if abs(number) < 10**15:
                yield str(number)
            case list() as items:
                left += items
            case Mapping() as table:
                left += table.values()
