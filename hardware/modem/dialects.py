"""How each kind of modem wants to be spoken to.

`V253` states what ITU-T V.253 says and what a modem we know nothing about most likely does; every other dialect
states only its differences, each with the reason. A new modem is a new `replace(V253, ...)` at the end of this file,
and a line in `identify.py` if it can be told from others. The numbers Q1 to Q22 are the quirks of voice modems that
the tests cite, too (`tests/hardware/modem/test_quirks.py`).

A *body* is a command without its `AT`; bodies are joined by `;` into one command line of at most `LONGEST_BODY`.
What takes time on the line (a flash, a key) comes as `Step`s, so that the driver need not know the method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from appliance.faults import BadSettings
from appliance.signals.countries import Country
from hardware.modem import at
from hardware.modem.at import LineSign

LONGEST_BODY = 50
"""Characters after `AT` that every modem takes in one line (Conexant CX102752, chapter 2)."""
LONGEST_TONE_MS = 2550
"""`AT+VTS` counts in 10 ms and up to 255."""


class FlashMethod(Enum):
    """How a hook flash is made."""

    TONE_LIST = "AT+VTS={!,n}: the modem times it, in steps of 10 ms"
    DIAL = "ATD!; : the length stands in a register of the modem"
    HOOK = "on-hook, wait, off-hook: the host times it, some 10 to 50 ms too long"


class DtmfMethod(Enum):
    """How keys are sent."""

    DIGITS = "several in one list of digits and pauses"
    PAIRS = "one in a command, as its pair of frequencies; the host makes the pauses"


@dataclass(frozen=True, slots=True)
class Step:
    """A command line, how long the modem is busy with it, and how long to wait after its OK.

    While one that `presses_hook` is not over the line is open: if its OK does not come, the next step must come anyway.
    """

    command: str
    lasts_s: float = 0.0
    then_wait_s: float = 0.0
    presses_hook: bool = False


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of modem. The defaults are V.253's.

    `setup` must be answered by OK, an ERROR to `wishes` and `voice_wishes` is normal. A reset (`ATZ`) and every hang-up
    make modems forget `caller_id` and all voice settings; ATZ also forgets the rest.
    """

    name: str
    voice: bool = True
    """Can it answer at all? A modem for data and fax only still tells who rings."""

    setup: tuple[str, ...] = ("ATE0V1Q0", "ATS0=0")
    wishes: tuple[str, ...] = ("AT&D2", "ATM0", "AT+IFC=2,2")
    """`&D2` is in every dialect: when the program dies its port closes, DTR drops, and the modem hangs up (R37)."""
    caller_id: tuple[str, ...] = ("AT+VCID=1",)
    caller_id_kinds: Mapping[str, str] = field(default_factory=dict)
    """What must be said before it where a country's caller ID is sent in a way of its own, by country code."""
    hang_up_signs: str = ""
    """The command that lets the modem report what the voltage of the line tells;"""
    hang_up_signs_without_reversal: str = ""
    """the one for PBXs that reverse the polarity when a call is answered (Q21)."""

    sample_format: str = "+VSM=1,8000"
    """8-bit unsigned linear samples, 8000 in a second."""
    voice_wishes: tuple[str, ...] = ("AT+VIT=0", "AT+VSD=128,0", "AT+VTD=10")
    """After off-hook: no time limit without data, no silence detector (we have our own), a default for tones."""
    seize: tuple[str, ...] = ("+VLS=1",)
    """The bodies that take the line."""
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
        {LineSign.LOOP_BREAK, LineSign.BUSY, LineSign.EXTENSION_UP, LineSign.EXTENSION_DOWN, LineSign.HANDSET_UP}
    )
    """Signs believed without a second witness. Silence is none: only we know whether it means anything."""

    @property
    def off_hook(self) -> tuple[str, ...]:
        """The bodies that, in one command line, take the line in voice mode."""
        return ("+FCLASS=8", self.sample_format, *self.seize)

    def caller_id_of(self, country: Country) -> tuple[str, ...]:
        """The commands that switch caller ID on in that country."""
        kind = self.caller_id_kinds.get(country.code)
        return self.caller_id if kind is None else (kind, *self.caller_id)

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
                return (Step(f"AT:U4F,{units * 10:04X}"), Step("ATD!;", lasts_s=units / 100))
            case FlashMethod.HOOK:
                take = (Step(f"AT{body}") for body in reversed(self.seize))
                return (Step("AT+VLS=0", then_wait_s=units / 100, presses_hook=True), *take)

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
    wishes=("AT&D2", "ATM0", "AT&K3"),
    # Notice a telephone lifted on the same line, and the far end hanging up; some units refuse it.
    hang_up_signs="AT-STE=7",
    hang_up_signs_without_reversal="AT-STE=3",
    sample_format="+VSM=1,8000,0,0",
    # Its silence detector is told by 0,0 to be quiet (Q15). Gain is automatic: any other value is an ERROR (Q8).
    voice_wishes=("AT+VIT=0", "AT+VSD=0,0", "AT+VTD=10"),
    # It never reports ringback; of dial tones that are not there, as from others, nobody has told.
    trusts=V253.trusts | {LineSign.DIAL_TONE},
)
"""Conexant CX93001 and CX93010: StarTech USB56KEMH2 and most sticks without a name."""

ZOOM3095 = replace(
    CX93001,
    name="zoom3095",
    # It was seen to overlook codes after one DLE and after two; to others three are a sample and the code (Q3).
    stop_transmit=at.insist(at.END_TRANSMIT),
    stop_receive=at.insist(at.END_RECEIVE),
    stop_duplex=at.insist(at.END_DUPLEX),
    flush=at.insist(at.FLUSH),
)
"""Zoom 3095: the same chip."""

CX_RD02 = replace(CX93001, name="cx-rd02")
"""Dell and Lenovo RD02-D400: the same chip, its caller ID switched off in the factory (Q5).

`AT!4886=00` switches it on again. That is an undocumented access to the modem's memory, so the owner has to ask for it:
`modem_setup = ["AT!4886=00"]` in the settings of the line.
"""

USR5637 = replace(
    V253,
    name="usr5637",
    wishes=("AT&D2", "ATM0", "AT&H1&R2&I0"),
    sample_format="+VSM=128,8000",
    # Nobody has reported that +VTR works, nor that it does not.
    duplex=False,
    # A digit in AT+VTS is never answered, so neither keys nor the flash may be sent that way. Of the two other ways to
    # flash only this one has a length of our choosing; what the host adds matters little to a PBX that wants 300 ms.
    flash_method=FlashMethod.HOOK,
    dtmf_method=DtmfMethod.PAIRS,
)
"""US Robotics USR5637, firmware 1.2.23 or newer."""

USR5637_OLD = replace(
    USR5637,
    name="usr5637-old",
    # Its AT+VLS=1 says OK and leaves the line on-hook (Q1); the ATH1 of data modems may help.
    seize=("+VLS=1", "H1"),
)
"""The same with older firmware, which should be updated."""

MT9234MU = replace(
    V253,
    name="mt9234mu",
    sample_format="+VSM=128,8000",
    duplex=False,
)
"""MultiTech MT9234MU-CDC."""

SI24XX = replace(
    V253,
    name="si24xx",
    # X1: dial at once, without waiting for a dial tone that nobody gives in the middle of a call.
    wishes=("AT&D2", "ATM0", "ATX1", "AT+IFC=2,2"),
    caller_id_kinds={"uk": "AT+VCDT=2", "jp": "AT+VCDT=3"},
    sample_format="+VSM=1",
    voice_wishes=("AT+VIT=0", "AT+VSD=128,0", "AT+VTD=10"),
    # Hook flash is not in its +VTS; the length of `!` in a dial string is register U4F, in ms (AN93).
    flash_method=FlashMethod.DIAL,
    # Its +VTS takes pairs of frequencies only (AN93, table 144).
    dtmf_method=DtmfMethod.PAIRS,
    duplex=False,
)
"""Silicon Labs Si2494 and Si2439; on a Pi as a HAT, with a reset pin. Its country is set in its U registers."""

AGERE_V253 = replace(V253, name="agere-v253", sample_format="+VSM=128,8000", duplex=False)
"""Agere and LSI chips: MultiTech MT5634ZBA and MT5634SMI."""

IS101 = replace(
    V253,
    name="is101",
    wishes=("AT&D2", "ATM0", "AT+FLO=2"),
    sample_format="+VSM=128,8000",
    # In this elder standard (TIA IS-101) label 2 is the line; V.253 calls the local handset so.
    seize=("+VLS=2",),
    duplex=False,
)
"""Modems from before V.253 that speak TIA IS-101."""

NO_VOICE = replace(V253, name="no-voice", voice=False)
"""Data and fax only, or a voice modem whose voice mode has broken (Q1b): it tells who rings, and answers nothing."""

DIALECTS = {
    each.name: each
    for each in (
        V253, CX93001, ZOOM3095, CX_RD02, USR5637, USR5637_OLD, MT9234MU, SI24XX, AGERE_V253, IS101, NO_VOICE,
    )
}  # fmt: skip


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
