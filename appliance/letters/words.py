"""The words of letters, in the language of the office: from a key and its values to a sentence.

They stand in `<language>.toml` beside this file. Where a number decides the form of a word, the language has a rule for
it: English has "one" and "many", Polish "few", too (Unicode CLDR, plural rules of cardinals).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

FALLBACK = "en"
"""For an office whose language has no letters yet."""


class Words:
    """The words of one language; of one that nobody has written yet, the English ones."""

    def __init__(self, language: str) -> None:
        self.language = language if language in known_languages() else FALLBACK
        self._words = _words_of(self.language)

    def say(self, key: str, **values: object) -> str:
        """The sentence "card.since", filled in. Raises `LookupError` for a key or a value that is not there."""
        found: Any = self._words
        for name in key.split("."):
            found = found[name]
        return str(found).format(**values)

    def counted(self, key: str, n: int) -> str:
        """ "1 call", "5 calls"."""
        forms: Mapping[str, str] = self._words["counted"][key]
        return forms.get(self._form(n), forms["many"]).format(n=n)

    def kind(self, name: str) -> str:
        """Why there is a card, by the name of its `CardKind`."""
        kinds: Mapping[str, str] = self._words["kinds"]
        return kinds.get(name, kinds["other"])

    def date(self, moment: datetime) -> str:
        """Monday, 23 November"""
        month = self._words["months"][moment.month - 1]
        return self.say("date", weekday=self.weekday(moment), day=moment.day, month=month)

    def day(self, moment: datetime) -> str:
        """23 November"""
        return self.say("day", day=moment.day, month=self._words["months"][moment.month - 1])

    def weekday(self, moment: datetime) -> str:
        """Monday"""
        return str(self._words["weekdays"][moment.weekday()])

    def time(self, moment: datetime) -> str:
        """9:05"""
        return self.say("time", hour=moment.hour, minute=moment.minute)

    def moment(self, moment: datetime) -> str:
        """Monday, 23 November at 9:05"""
        return self.say("moment", date=self.date(moment), time=self.time(moment))

    def duration(self, seconds: float) -> str:
        """40 seconds, 3 minutes: always rounded up."""
        whole = -int(-seconds // 1)
        return self.counted("seconds", whole) if whole < 60 else self.counted("minutes", -(-whole // 60))

    def _form(self, n: int) -> str:
        if n == 1:
            return "one"
        few = self.language == "pl" and 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14
        return "few" if few else "many"


@cache
def known_languages() -> frozenset[str]:
    """Languages in which letters can be written."""
    files = resources.files("appliance.letters").iterdir()
    return frozenset(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


@cache
def _words_of(language: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("appliance.letters").joinpath(f"{language}.toml").read_text("utf-8"))
