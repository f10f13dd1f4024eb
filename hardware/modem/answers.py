"""The doctor's questions to a modem, and what the answers mean.

All questions can be asked on-hook and change nothing. Answers are compared with what is known of the kind of modem
(`dialects`): what a modem does not tell of itself is taken from there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from appliance.signals.countries import Country
from hardware.modem.advice import HOST_TIMED
from hardware.modem.dialects import LONGEST_TONE_MS, Dialect, FlashMethod
from hardware.modem.identify import ASK_FORMATS, IDENTIFY
from hardware.modem.report import NAMES, Callers, Duplex, FlashWay, Report, State, Wire

ASK_VOLTAGE, ASK_COUNTRY, ASK_COUNTRIES, ASK_FLASH, ASK_TONES = "AT-TRV", "AT+GCI?", "AT+GCI=?", "ATS29?", "AT+VTS=?"
QUESTIONS = (ASK_VOLTAGE, ASK_COUNTRY, ASK_COUNTRIES, ASK_FLASH, "ATI7", *IDENTIFY[:-1], ASK_TONES, IDENTIFY[-1])
"""All that is asked, in this order: some answers are given in voice mode only, which the last but one leaves."""
NO_LINE_BELOW_V, FREE_FROM_V = 3.0, 18.0
"""`AT-TRV` (CX102184B p.3-55) tells 1.4 V without a line; a telephone in use leaves 6 to 12 V of 24 to 48."""
HOST_FLASH_FROM_MS = 300
BLIND = frozenset({"usr5637", "usr5637-old", "mt9234mu", "agere-v253"})
"""They report no interruption of the loop, by which others notice that the far end has hung up (Q11)."""
_RESULTS = ("", "OK", "ERROR")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CODE = re.compile(r"[0-9A-F]{2}", re.IGNORECASE)
_CODES = re.compile(r"([0-9A-F]{2})(?:-([0-9A-F]{2}))?", re.IGNORECASE)
_FORMAT_NAMES = re.compile(r'^\D*(\d+)\s*,\s*"([^"]*)"', re.MULTILINE)


def told_by(
    begun: Report, answers: Mapping[str, str], dialect: Dialect, callers: bool, country: Country | None
) -> Report:
    """The report that the answers make."""
    volts = _volts(answers)
    code = _CODE.findall(_answer(answers, ASK_COUNTRY).rpartition(":")[2])
    return replace(
        begun,
        state=State.VOICE if dialect.voice else State.DATA,
        dialect=dialect.name,
        name=_name(answers, dialect),
        firmware=_answer(answers, "ATI3").partition("\n")[0],
        caller_id=_callers(dialect, callers, begun),
        formats=tuple(f"{number} {name}" for number, name in _FORMAT_NAMES.findall(_answer(answers, ASK_FORMATS))),
        sample_format=dialect.sample_format if dialect.voice else "",
        hook="AT" + dialect.seize[0] if dialect.voice else "",
        duplex=Duplex.UNKNOWN if dialect.duplex and dialect.voice else Duplex.NO,
        tells_hang_up=dialect.voice and dialect.name not in BLIND,
        line=_wire(volts),
        line_volts=volts,
        flash=_flash_ways(dialect, _answer(answers, ASK_FLASH)) if dialect.voice else (),
        country_code=code[0].upper() if code else "",
        country_listed=_listed(_answer(answers, ASK_COUNTRIES), country),
        answers=answers,
    )


def _answer(answers: Mapping[str, str], question: str) -> str:
    """What it said besides a bare result."""
    answer = answers.get(question, "")
    return "" if answer in _RESULTS else answer


def _name(answers: Mapping[str, str], dialect: Dialect) -> str:
    """What the modem is, in words; one that has no voice says itself who made it."""
    if dialect.voice:
        return NAMES.get(dialect.name, dialect.name)
    made = " ".join(dict.fromkeys(filter(None, (_answer(answers, each) for each in ("AT+GMI", "AT+GMM")))))
    return f"{NAMES['no-voice']} ({made})" if made else NAMES["no-voice"]


def _callers(dialect: Dialect, accepted: bool, begun: Report) -> Callers:
    if not accepted:
        return Callers.REFUSED
    if dialect.name != "cx-rd02":
        return Callers.ACCEPTED
    switched_on = any(command.upper().startswith("AT!4886") for command in begun.modem_setup)
    return Callers.SWITCHED_ON if switched_on else Callers.FACTORY_OFF


def _volts(answers: Mapping[str, str]) -> float | None:
    found = _NUMBER.search(_answer(answers, ASK_VOLTAGE))
    return None if found is None else float(found[0])


def _wire(volts: float | None) -> Wire:
    if volts is None:
        return Wire.UNTOLD
    if volts < NO_LINE_BELOW_V:
        return Wire.NONE
    return Wire.IN_USE if volts < FREE_FROM_V else Wire.CONNECTED


def _listed(answer: str, country: Country | None) -> bool | None:
    """Is the country among the codes and ranges that the modem lists?"""
    ranges = _CODES.findall(answer.rpartition(":")[2])
    if country is None or not ranges:
        return None
    return any(int(first, 16) <= country.t35 <= int(last or first, 16) for first, last in ranges)


def _flash_ways(dialect: Dialect, register: str) -> tuple[FlashWay, ...]:
    """The ways to flash that this modem should have, and how long each can be."""
    method = dialect.flash_method
    ways = []
    if method is FlashMethod.TONE_LIST:
        ways.append(FlashWay("the modem times it (AT+VTS)", 10, LONGEST_TONE_MS, True))
    if method is FlashMethod.DIAL:
        ways.append(FlashWay("in a dial string, its length in a register", 10, LONGEST_TONE_MS, True))
    elif units := _NUMBER.search(register):
        length_ms = int(float(units[0]) * 10)
        ways.append(FlashWay("in a dial string, its length fixed by the country", length_ms, length_ms, False))
    ways.append(FlashWay(f"{HOST_TIMED} (hook)", HOST_FLASH_FROM_MS, LONGEST_TONE_MS, method is FlashMethod.HOOK))
    return tuple(ways)
