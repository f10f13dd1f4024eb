"""How each kind of modem wants to be spoken to.

`V253` states what ITU-T V.253 says and what a modem we know nothing about most likely does; every other dialect
states only its differences, each with the reason. A new modem is a new `replace(V253, ...)` at the end of this file.

A *body* is a command without its `AT`; bodies are joined by `;` into one command line of at most `LONGEST_BODY`.
What takes time on the line (a flash, a key) comes as `Step`s, so that the driver need not know the method.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from appliance.faults import BadSettings, ModemRefused
from hardware.modem import at
from hardware.modem.at import LineSign

LONGEST_BODY = 50
"""Characters after `AT` that every modem takes in one line (Conexant CX102752, chapter 2)."""
LONGEST_TONE_MS = 2550
"""`AT+VTS` counts in 10 ms and up to 255."""

ASK_CLASSES, TRY_VOICE, ASK_FORMATS, LEAVE_VOICE = "AT+FCLASS=?", "AT+FCLASS=8", "AT+VSM=?", "AT+FCLASS=0"
IDENTIFY = ("ATI3", "AT+GMI9", "ATI0", "AT+FMI?", ASK_CLASSES, TRY_VOICE, ASK_FORMATS, LEAVE_VOICE)
"""What to ask an unknown modem, in this order: formats are told only in voice mode. ERROR is a normal answer."""


class FlashMethod(Enum):
    """How a hook flash is made."""

    TONE_LIST = "AT+VTS={!,n}: the modem times it, in steps of 10 ms"
    DIAL = "ATD!; : a length that the modem or its country setting decides"
    HOOK = "on-hook, wait, off-hook: the host times it, some 10 to 50 ms too long"


class DtmfMethod(Enum):
    """How keys are sent."""

    DIGITS = "several in one list of digits and pauses"
    PAIRS = "one in a command, as its pair of frequencies; the host makes the pauses"


@dataclass(frozen=True, slots=True)
class Step:
    """A command line, how long the modem is busy with it, and how long to wait after its OK."""

    command: str
    lasts_s: float = 0.0
    then_wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of modem. The defaults are V.253's.

    `setup` must be answered by OK, an ERROR to `wishes` and `voice_wishes` is normal. A reset (`ATZ`) and every hang-up
    make modems forget `caller_id` and all voice settings; ATZ also forgets the rest.
    """

    name: str

    setup: tuple[str, ...] = ("ATE0V1Q0", "ATS0=0")
    wishes: tuple[str, ...] = ("ATM0", "AT+IFC=2,2")
    caller_id: tuple[str, ...] = ("AT+VCID=1",)

    sample_format: str = "+VSM=1,8000"
    """8-bit unsigned linear samples, 8000 in a second."""
    voice_wishes: tuple[str, ...] = ("AT+VIT=0", "AT+VSD=128,0", "AT+VTD=10")
    """After off-hook: no time limit without data, no silence detector (we have our own), a default for tones."""
    receive: str = "AT+VRX"
    on_hook: tuple[str, ...] = ("ATH", "AT+FCLASS=0")
    """Followed by `caller_id`."""

    duplex: bool = True
    """Worth trying `AT+VTR`; a modem that cannot says ERROR."""
    stop_transmit: bytes = at.END_TRANSMIT
    stop_receive: bytes = at.END_RECEIVE
    stop_duplex: bytes = at.END_DUPLEX
    flush: bytes = at.FLUSH

    flash_method: FlashMethod = FlashMethod.TONE_LIST
    dtmf_method: DtmfMethod = DtmfMethod.DIGITS

    trusts: frozenset[LineSign] = frozenset(
        {LineSign.LOOP_BREAK, LineSign.BUSY, LineSign.EXTENSION_UP, LineSign.HANDSET_UP}
    )
    """Signs believed without a second witness. Silence is none: only we know whether it means anything."""
    handset_guard_s: float = 0.0
    """After off-hook, how long HANDSET_UP is only the modem hearing itself."""

    @property
    def off_hook(self) -> tuple[str, ...]:
        """The bodies that, in one command line, take the line in voice mode."""
        return ("+FCLASS=8", self.sample_format, "+VLS=1")

    def flash(self, length_ms: int) -> tuple[Step, ...]:
        """A hook flash of `length_ms`.

        Raises:
            BadSettings: no modem can make one of that length.
        """
        units = _units(length_ms)
        match self.flash_method:
            case FlashMethod.TONE_LIST:
                return (Step(f"AT+VTS={{!,{units}}}", lasts_s=units / 100),)
            case FlashMethod.DIAL:
                return (Step("ATD!;", lasts_s=1.0),)
            case FlashMethod.HOOK:
                return (Step("AT+VLS=0", then_wait_s=units / 100), Step("AT+VLS=1"))

    def dtmf(self, digits: str, on_ms: int, off_ms: int) -> tuple[Step, ...]:
        """Keys `0-9*#A-D`, each `on_ms` long and followed by `off_ms` of silence.

        Raises:
            BadSettings: there is no such key, or a modem cannot send it for that long.
        """
        keys, on, off = digits.upper(), _units(on_ms), _units(off_ms)
        for key in keys:
            if key not in PAIRS_HZ:
                raise BadSettings(f"There is no key {key!r} on a telephone.")
        return _pairs(keys, on, off) if self.dtmf_method is DtmfMethod.PAIRS else _lists(keys, on, off)


PAIRS_HZ = {
    key: (low, high)
    for low, row in zip((697, 770, 852, 941), ("123A", "456B", "789C", "*0#D"), strict=True)
    for high, key in zip((1209, 1336, 1477, 1633), row, strict=True)
}
"""The two frequencies of each key (ITU-T Q.23)."""


def _units(length_ms: int) -> int:
    """A length in the modem's steps of 10 ms."""
    if not 10 <= length_ms <= LONGEST_TONE_MS:
        raise BadSettings(f"{length_ms} ms: a modem can do 10 to {LONGEST_TONE_MS} ms.")
    return (length_ms + 5) // 10


def _pairs(keys: str, on: int, off: int) -> tuple[Step, ...]:
    """Each key as `[low,high,on]`; times in units of 10 ms."""
    return tuple(
        Step(f"AT+VTS=[{low},{high},{on}]", on / 100, off / 100) for low, high in (PAIRS_HZ[key] for key in keys)
    )


def _lists(keys: str, on: int, off: int) -> tuple[Step, ...]:
    """As many keys as fit into a line, `{5,on},[,,off],{6,on}`; times in units of 10 ms."""
    pause = f",[,,{off}],"
    key_length = len(f"{{0,{on}}}")
    most = 1 + (LONGEST_BODY - len("+VTS=") - key_length) // (len(pause) + key_length)
    steps = []
    for start in range(0, len(keys), most):
        some = keys[start : start + most]
        tones = pause.join(f"{{{key},{on}}}" for key in some)
        steps.append(Step(f"AT+VTS={tones}", (len(some) * (on + off) - off) / 100, off / 100))
    return tuple(steps)


V253 = Dialect(name="v253")

CX93001 = replace(
    V253,
    name="cx93001",
    # -STE=7: notice a telephone lifted on the same line, and the far end hanging up; some units refuse it.
    wishes=("ATM0", "AT&K3", "AT-STE=7"),
    sample_format="+VSM=1,8000,0,0",
    # Its silence detector is told by 0,0 to be quiet. Gain is automatic: any other value is an ERROR.
    voice_wishes=("AT+VIT=0", "AT+VSD=0,0", "AT+VTD=10"),
    # It never reports ringback; of dial tones that are not there, as from others, nobody has told.
    trusts=V253.trusts | {LineSign.DIAL_TONE},
)
"""Conexant CX93001 and CX93010: StarTech USB56KEMH2, Zoom 3095 and most sticks without a name."""

USR5637 = replace(
    V253,
    name="usr5637",
    wishes=("ATM0", "AT&H1&R2&I0"),
    sample_format="+VSM=128,8000",
    # Nobody has reported that +VTR works, nor that it does not.
    duplex=False,
    # A digit in AT+VTS is never answered, so neither keys nor the flash may be sent that way. Of the two other ways to
    # flash only this one has a length of our choosing; what the host adds matters little to a PBX that wants 300 ms.
    flash_method=FlashMethod.HOOK,
    dtmf_method=DtmfMethod.PAIRS,
    handset_guard_s=1.0,
)
"""US Robotics USR5637, firmware 1.2.23 or newer."""

DIALECTS = {each.name: each for each in (V253, CX93001, USR5637)}


def dialect(name: str) -> Dialect:
    """The dialect of that name.

    Raises:
        BadSettings: there is none.
    """
    try:
        return DIALECTS[name]
    except KeyError:
        raise BadSettings(
            f"No modem dialect is called {name!r}.", f"Write one of: auto, {', '.join(DIALECTS)}."
        ) from None


def recognise(answers: Mapping[str, str]) -> Dialect:
    """Choose the dialect by the answers to `IDENTIFY`: by name, then by what the modem can do.

    An answer is its lines of information joined by newlines, or the result if there were none (`OK`, `ERROR`).
    Questions that were not asked may be missing.

    Raises:
        ModemRefused: the modem cannot do voice.
    """
    if not _does_voice(answers):
        raise ModemRefused("This modem does data and fax but has no voice mode (class 8).")
    named = _by_name("\n".join(answers.values()))
    listed = _FORMAT.findall(answers.get(ASK_FORMATS, ""))
    if not listed or _number(named.sample_format) in listed:
        return named
    for candidate in _FORMATS:
        if _number(candidate) in listed:
            return replace(named, sample_format=candidate)
    raise ModemRefused("This modem's voice mode has no plain 8-bit sound.")


_FORMAT = re.compile(r'^\D*(\d+)\s*,\s*"', re.MULTILINE)
"""A line of the answer to `AT+VSM=?`: `1,"UNSIGNED PCM",8,0,8000,0,0`."""
_FORMATS = ("+VSM=1,8000,0,0", "+VSM=130,8000,0,0", "+VSM=128,8000")
"""8-bit unsigned linear: V.253's own number, Conexant's other one, US Robotics' and MultiTech's."""
_USR_FIRMWARE = re.compile(r"V(\d+)\.(\d+)\.(\d+)")
_USR_VOICE_SINCE = (1, 2, 23)


def _number(sample_format: str) -> str:
    return sample_format.removeprefix("+VSM=").partition(",")[0]


def _does_voice(answers: Mapping[str, str]) -> bool:
    """Did it enter voice mode, or, if that was not tried, does it list class 8 (`0,1,1.0,2,8`)?"""
    if TRY_VOICE in answers:
        return answers[TRY_VOICE] != "ERROR"
    return "8" in re.findall(r"[\d.]+", answers.get(ASK_CLASSES, ""))


def _by_name(told: str) -> Dialect:
    """The dialect by what the modem says it is. A bare `56000` proves nothing: many chips answer that."""
    if "CX930" in told.upper() or "CONEXANT" in told.upper():
        return CX93001
    if "U.S. ROBOTICS" not in told.upper():
        return V253
    version = _USR_FIRMWARE.search(told)
    if version and tuple(map(int, version.groups())) < _USR_VOICE_SINCE:
        raise ModemRefused(
            f"This US Robotics modem has firmware {version[0]}, which does not go off-hook in voice mode.",
            "Update the modem's firmware to 1.2.23 or newer, or use another modem.",
        )
    return USR5637
