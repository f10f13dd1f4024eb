"""Toll safety: the one place that decides whether a string of digits may be dialled (R35).

Whatever a caller keys or sends, whatever stands on a card or in a file: nothing is dialled but the extensions of the
staff, the codes of this PBX, the outside numbers that the owner has listed, and those that fit a pattern of the owner's
for callbacks. Everything that dials asks here, with the digits as they will be dialled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.dialling import Pattern, as_dialled
from appliance.faults import NotAllowed
from appliance.settings import PbxSettings, Settings

DIALABLE = re.compile(r"[0-9*#]{1,32}")
"""All that a telephone has keys for. Letters are commands to a modem: W waits, T changes to tones, ! flashes, a comma
pauses, a semicolon ends."""
RECIPE = re.compile(r"(flash)(?: (flash))?(?: ([0-9*#]{1,4}))?|(hang up)")
"""A way back to the caller, as the settings name it."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A way back to the caller: so many flashes and then a code, or hanging up."""

    flashes: int = 1
    code: str = ""
    hang_up: bool = False

    @classmethod
    def read(cls, text: str) -> Recipe:
        """Read "flash", "flash flash", "flash 1" or "hang up".

        Raises:
            ValueError: it is none of these.
        """
        found = RECIPE.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return cls(0, "", hang_up=True) if found[4] else cls(2 if found[2] else 1, found[3] or "")


@dataclass(frozen=True, slots=True)
class TollRule:
    """What may be dialled in this office: whole strings of digits, or, after `prefix`, what fits one of `patterns`."""

    numbers: frozenset[str] = frozenset()
    patterns: tuple[Pattern, ...] = ()
    prefix: str = ""

    def allows(self, digits: str) -> bool:
        """May these digits be dialled, exactly as they stand?"""
        if DIALABLE.fullmatch(digits) is None:
            return False
        return digits in self.numbers or self._fits(digits)

    def _fits(self, digits: str) -> bool:
        outside = digits.removeprefix(self.prefix)
        return digits.startswith(self.prefix) and any(pattern.allows(outside) for pattern in self.patterns)

    def check(self, digits: str) -> None:
        """Let only pass what may be dialled.

        Raises:
            NotAllowed: these digits may not; the sentence does not repeat them, for it may be logged.
        """
        if not self.allows(digits):
            raise NotAllowed("a number that is not in the settings would have been dialled")


def toll_rule(settings: Settings) -> TollRule:
    """What the settings allow: extensions, the codes of the PBX, listed outside numbers, patterns for callbacks."""
    people = {person.extension for person in settings.people} | {settings.operator}
    outside = {settings.pbx.outside_prefix + number for number in settings.outside_numbers}
    patterns = tuple(Pattern.read(text, settings.country) for text in settings.callbacks.may_dial)
    numbers = frozenset(people | outside | codes(settings.pbx)) - {""}
    return TollRule(numbers, patterns, settings.pbx.outside_prefix)


def callback_digits(number: str, settings: Settings, rule: TollRule) -> str:
    """What the box dials to call `number` back; empty where it may not, so that a colleague has to do it."""
    if any(person.extension == number for person in settings.people):
        return number if rule.allows(number) else ""
    outside = as_dialled(number, settings.country)
    digits = settings.pbx.outside_prefix + outside
    return digits if outside and rule.allows(digits) else ""


def codes(pbx: PbxSettings) -> set[str]:
    """The codes of the PBX that we dial after a flash."""
    return ({pbx.hold_code, pbx.conference_code} | {recipe.code for recipe in ways_back(pbx)}) - {""}


def ways_back(pbx: PbxSettings) -> tuple[Recipe, ...]:
    """All ways back to the caller, that from no answer first."""
    texts = (pbx.back_from_no_answer, pbx.back_from_busy, pbx.back_from_reorder, pbx.back_from_refusal)
    return tuple(Recipe.read(text) for text in texts)
