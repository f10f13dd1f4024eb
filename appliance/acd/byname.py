"""Dialling by name: the letters on the keys of a telephone, from the digits that a caller presses to people.

The letters are those of ITU-T E.161: 2 ABC, 3 DEF, 4 GHI, 5 JKL, 6 MNO, 7 PQRS, 8 TUV, 9 WXYZ. Letters with marks count
as those without ("ł" is "l"); what Germans write in two letters may be keyed either way ("ü" as "ue" or as "u").
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from appliance.acd.staff import Person

LETTERS = {"2": "abc", "3": "def", "4": "ghi", "5": "jkl", "6": "mno", "7": "pqrs", "8": "tuv", "9": "wxyz"}
KEYS = {letter: key for key, letters in LETTERS.items() for letter in letters}
FEWEST_KEYS = 2
"""One key would find half of the office."""
MOST_KEYS = 20
_ALONE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})
_IN_TWO = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def find_by_name(keys: str, people: Iterable[Person]) -> tuple[Person, ...]:
    """The people whose first or last name, or whole name in either order, begins with these keys.

    Those of whom a whole name was keyed in come first; otherwise the order of `people` is kept. Too few keys, too many
    and other keys than 2 to 9 find nobody.
    """
    if not FEWEST_KEYS <= len(keys) <= MOST_KEYS or set(keys) - LETTERS.keys():
        return ()
    ranked = [(_rank(keys, person.name), person) for person in people]
    return tuple(person for wanted in (0, 1) for rank, person in ranked if rank == wanted)


def _rank(keys: str, name: str) -> int | None:
    """0: they are a whole name; 1: they begin one; `None`: neither."""
    found = [spelled for spelled in _spellings(name) if spelled.startswith(keys)]
    return None if not found else 0 if keys in found else 1


def _spellings(name: str) -> set[str]:
    """Every way to key a name in: each of its words, and all of them, the last one first or last."""
    spelled = set()
    for plain in (name.casefold(), unicodedata.normalize("NFC", name.casefold()).translate(_IN_TWO)):
        words = [word for word in map(_keyed, plain.replace("-", " ").split()) if word]
        spelled |= {*words, "".join(words), "".join([*words[-1:], *words[:-1]])}
    return spelled - {""}


def _keyed(word: str) -> str:
    """A word as keys; what is on no key is left out."""
    plain = unicodedata.normalize("NFKD", word.translate(_ALONE))
    return "".join(KEYS.get(letter, "") for letter in plain)
