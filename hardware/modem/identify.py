"""Finding out which modem this is: by its USB plug, by what it says, and above all by what it can do.

Names prove little. `56000` to `ATI0` is a speed that many chips answer, sticks of one product have had different
chips, and a voice modem whose firmware was replaced has lost its voice mode but not its name. So the name only
chooses where to begin; the sample format and the label of the line are then taken from the modem's own lists, and a
modem that does not enter voice mode is treated as one without voice, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from hardware.modem import dialects
from hardware.modem.dialects import Dialect

ASK_CLASSES, TRY_VOICE, ASK_FORMATS, ASK_LABELS = "AT+FCLASS=?", "AT+FCLASS=8", "AT+VSM=?", "AT+VLS=?"
IDENTIFY = (
    "ATI3", "AT+GMI9", "ATI0", "ATI7", "AT+GMI", "AT+GMM", "AT+FMI?", ASK_CLASSES,
    TRY_VOICE, ASK_FORMATS, ASK_LABELS, "AT+FCLASS=0",
)  # fmt: skip
"""What to ask an unknown modem, in this order: formats and labels are told in voice mode only. ERROR is a normal
answer."""

Answers = Mapping[str, str]
"""Question to answer: its lines of information joined by newlines, or the bare result (`OK`, `ERROR`)."""

USB_IDS = {
    "0572:1340": dialects.CX93001,
    "0572:1321": dialects.CX93001,
    "0572:1324": dialects.CX_RD02,
    "0572:1328": dialects.CX93001,
    "0572:1329": dialects.CX93001,
    "0572:1349": dialects.CX93001,
    "0803:3095": dialects.ZOOM3095,
    "0baf:0303": dialects.USR5637,
}
"""Vendor and product of modems whose kind is known by them (Linux' cdc-acm table, lsusb listings)."""
SOFT_MODEMS = {"047e:2892": "USR5639"}
"""Sold as voice modems, but only half of one: the rest is a driver for another system."""

_NAMES = (
    (re.compile(r"\bCX930|\bCONEXANT", re.I), dialects.CX93001),
    (re.compile(r"U\.?S\.? ?ROBOTICS", re.I), dialects.USR5637),
    (re.compile(r"MT9234|MULTI-?TECH.*9234", re.I | re.S), dialects.MT9234MU),
    (re.compile(r"\bSI24\d\d|SILICON LAB|SKYWORKS", re.I), dialects.SI24XX),
    (re.compile(r"^24(?:94|93|57|39|34|15|04)\b", re.I | re.M), dialects.SI24XX),
    (re.compile(r"\bAGERE|\bLUCENT|\bLSI\b|MT5634", re.I), dialects.AGERE_V253),
    (re.compile(r"\bIS-?101\b", re.I), dialects.IS101),
)
_USR_FIRMWARE = re.compile(r"V?(\d+)\.(\d+)\.(\d+)")
_USR_VOICE_SINCE = (1, 2, 23)
_FORMAT = re.compile(r'^\D*(\d+)\s*,\s*"', re.MULTILINE)
"""A line of the answer to `AT+VSM=?`: `1,"UNSIGNED PCM",8,0,8000,0,0`."""
_FORMATS = ("+VSM=1,8000,0,0", "+VSM=130,8000,0,0", "+VSM=128,8000")
"""8-bit unsigned linear: V.253's own number, Conexant's other one, US Robotics' and MultiTech's."""
_LABEL = re.compile(r'^\D*(\d+)\s*,\s*"T"', re.MULTILINE)
"""The line, and nothing but the line, in the answer to `AT+VLS=?`."""


def recognise(answers: Answers, usb_id: str = "") -> Dialect:
    """Choose the dialect by the answers to `IDENTIFY` and the USB id. Questions that were not asked may be missing."""
    named = _by_name("\n".join(answers.values()), usb_id)
    if not does_voice(answers):
        return replace(dialects.NO_VOICE, caller_id=named.caller_id)
    return _with_line_label(_with_format(named, answers), answers)


def does_voice(answers: Answers) -> bool:
    """Did it enter voice mode, or, if that was not tried, does it list class 8 (`0,1,1.0,2,8`)?"""
    if TRY_VOICE in answers and answers[TRY_VOICE] == "ERROR":
        return False
    if TRY_VOICE not in answers and "8" not in re.findall(r"[\d.]+", answers.get(ASK_CLASSES, "")):
        return False
    listed = formats(answers)
    return not listed or any(_number(each) in listed for each in _FORMATS)


def formats(answers: Answers) -> list[str]:
    """The numbers of the sample formats that it lists."""
    return _FORMAT.findall(answers.get(ASK_FORMATS, ""))


def _with_format(named: Dialect, answers: Answers) -> Dialect:
    listed = formats(answers)
    if not listed or _number(named.sample_format) in listed:
        return named
    return replace(named, sample_format=next(each for each in _FORMATS if _number(each) in listed))


def _with_line_label(named: Dialect, answers: Answers) -> Dialect:
    """The line is label 1 in V.253 and 2 in IS-101; where the modem lists its labels, it says so itself."""
    labels = _LABEL.findall(answers.get(ASK_LABELS, ""))
    first, *others = named.seize
    if not labels or first.removeprefix("+VLS=") in labels:
        return named
    return replace(named, seize=(f"+VLS={labels[0]}", *others))


def _number(sample_format: str) -> str:
    return sample_format.removeprefix("+VSM=").partition(",")[0]


def _by_name(told: str, usb_id: str) -> Dialect:
    """The dialect by the USB id, else by what the modem says it is."""
    known = USB_IDS.get(usb_id)
    if known is None:
        known = next((dialect for name, dialect in _NAMES if name.search(told)), dialects.V253)
    if known is dialects.USR5637:
        version = _USR_FIRMWARE.search(told)
        if version and tuple(map(int, version.groups())) < _USR_VOICE_SINCE:
            return dialects.USR5637_OLD
    return known
