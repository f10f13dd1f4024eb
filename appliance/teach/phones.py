"""The telephones that help to teach, and toll safety while teaching (R35): nothing is dialled but what is named here.

The numbers come from the command line or the page. They must look like extensions, and a short fixed list of codes is
tried after a hook flash: the way back of PBXs that want a digit ("1", "2", "0"), and Panasonic's hold code "20" (facts
6.1, 6.4 to 6.6). "3", which joins three, is not tried. "0" is the last of them: where it gets an outside line instead,
nothing more is dialled, and the line hangs up. None is tried that is known to lead outside.
"""

from __future__ import annotations

from dataclasses import dataclass

from appliance.faults import BadSettings
from appliance.settings import PbxSettings
from appliance.toll import DIALABLE, TollRule, codes

LONGEST = 8
"""Digits of an extension, as in the settings."""
BACK_CODES = ("1", "2", "0")
HOLD_CODES = ("20",)
EMERGENCY = frozenset({"112", "911", "999"})
"""Where they are extensions, another telephone can help."""


@dataclass(frozen=True, slots=True)
class Phones:
    """Numbers inside the office: one where somebody answers, one that is busy, one that exists nowhere.

    `rings` is a telephone that may ring and is not answered, empty where there is none.
    """

    free: str
    busy: str
    wrong: str
    rings: str = ""

    @property
    def numbers(self) -> tuple[str, ...]:
        """All that are given."""
        return tuple(number for number in (self.free, self.busy, self.wrong, self.rings) if number)


def teaching_rule(phones: Phones, pbx: PbxSettings) -> TollRule:
    """What may be dialled while teaching.

    Raises:
        BadSettings: a number that is no extension, leads outside, or is given twice.
    """
    for number in (phones.free, phones.busy, phones.wrong, *phones.numbers):
        _check(number, pbx)
    if len(set(phones.numbers)) < len(phones.numbers):
        raise BadSettings("two telephones have the same number", "Name a different extension for each.")
    known = {code for code in (*BACK_CODES, *HOLD_CODES) if not pbx.outside_prefix or not _leads_outside(code, pbx)}
    return TollRule(frozenset({*phones.numbers, *known, *codes(pbx)}))


def _check(number: str, pbx: PbxSettings) -> None:
    if DIALABLE.fullmatch(number) is None or len(number) > LONGEST:
        raise BadSettings(f"{number[:20]!r} is no extension", f"Write one to {LONGEST} keys of a telephone, as in 101.")
    if number in EMERGENCY:
        raise BadSettings(f"{number} is an emergency number", "Choose another telephone.")
    if _leads_outside(number, pbx):
        raise BadSettings(f"{number} would get an outside line", "Name extensions inside the office only.")


def _leads_outside(number: str, pbx: PbxSettings) -> bool:
    """Where the prefix is not known, the one that most PBXs have is taken for it."""
    return number.startswith(pbx.outside_prefix or "0")
