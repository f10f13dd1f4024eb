"""Which modem the emulator pretends to be: each chip's commands, answers, events and habits, as data.

A profile is written as its differences from another one (`Profile.but`), the oldest ancestor being a modem that follows
ITU-T V.253 to the letter. To add a modem, add such a statement and its name to `PROFILES`: no code asks for a name.

Where the manuals are silent the value is a guess on the strict side, so that a driver which works here does not lean on
a kindness that the real chip may not have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from functools import lru_cache
from typing import Any


class Kept(Enum):
    """How long a setting lives."""

    VOICE = "until voice mode is left, and only in voice mode is it known"
    SESSION = "until a reset (ATZ)"
    STORED = "until changed"


@dataclass(frozen=True, slots=True)
class Parameter:
    """An extended command that only remembers numbers.

    `default` is written as `?` answers it, `takes` as `=?` answers it: one bracket for each number, `(0,127-129)`.
    `test` replaces the answer to `=?` where that is a table.
    """

    default: str
    takes: str
    kept: Kept = Kept.STORED
    labelled: bool = False
    base: int = 10
    test: tuple[str, ...] = ()

    def allows(self, values: tuple[int, ...]) -> bool:
        """Whether every number is within its bracket."""
        brackets = _brackets(self.takes, self.base)
        return len(values) <= len(brackets) and all(
            any(low <= value <= high for low, high in ranges) for value, ranges in zip(values, brackets, strict=False)
        )


@lru_cache
def _brackets(takes: str, base: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """`(0,127-129),(0-255)` as ranges: `(((0, 0), (127, 129)), ((0, 255),))`."""

    def bounds(item: str) -> tuple[int, int]:
        low, _, high = item.partition("-")
        return int(low, base), int(high or low, base)

    return tuple(tuple(bounds(item) for item in bracket.split(",")) for bracket in re.findall(r"\(([^)]*)\)", takes))


class Sample(Enum):
    """The sample formats that the emulator can play and record, 8 bits each at 8000 Hz."""

    UNSIGNED = 0x00
    SIGNED = 0x80

    @property
    def flip(self) -> int:
        """What the bytes are XORed with to become unsigned ones."""
        return self.value


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of modem.

    * `texts`: what it says when asked, by command as typed (`"I3"`, `"+GMI"`, `"+FCLASS=?"`); lines are divided by
      `\\n`, an empty text is answered by `OK` alone.
    * `parameters`, `actions`: the extended commands it knows, `unknown` takes some of them away again.
    * `basic`: factory setting and highest value of each basic command; `registers` likewise the S-registers.
    * `samples`: formats of `+VSM` that can be used; the others in its table are listed but refused.
    * `off_hook`: labels of `+VLS` that close the loop.
    * `reports`: the codes it can send after DLE.
    """

    name: str
    product: str
    texts: Mapping[str, str]
    parameters: Mapping[str, Parameter]
    actions: frozenset[str]
    unknown: frozenset[str]
    basic: Mapping[str, tuple[int, int]]
    registers: Mapping[int, int]
    fixed_registers: frozenset[int]
    pokes: bool
    samples: Mapping[int, Sample]
    off_hook: frozenset[int]
    reports: frozenset[str]
    blanks: str = ""
    ring_in_voice: bytes = b"\x10R"
    latency_s: tuple[float, float] = (0.005, 0.05)
    line_limit: int = 80
    tx_buffer_bytes: int = 2048
    vts_digits: bool = True
    vts_single_tones: bool = True
    vts_hz: tuple[int, int] = (200, 3000)
    digit_gap_s: float = 0.05
    handset_echo_s: float | None = None
    echo_db: float = -12.0
    canceller_db: float = 20.0
    key_every_s: float = 0.07
    busy_every_s: float = 4.0
    dial_tone_every_s: float = 3.0
    loop_break_s: float = 0.05

    def knows(self, command: str) -> bool:
        """Whether it has the extended command `command`."""
        return command not in self.unknown and (command in self.parameters or command in self.actions)

    def but(self, **differences: Any) -> Profile:
        """A profile with these differences; tables are extended, everything else is replaced."""
        for known in fields(self):
            mine, change = getattr(self, known.name), differences.get(known.name)
            if isinstance(mine, Mapping) and change is not None:
                differences[known.name] = {**mine, **change}
        return replace(self, **differences)


def _voice(default: str, takes: str, test: tuple[str, ...] = ()) -> Parameter:
    return Parameter(default, takes, Kept.VOICE, test=test)


V253 = Profile(
    name="v253",
    product="a modem that follows ITU-T V.253, from no maker in particular",
    texts={
        "I0": "33600",
        **{f"I{number}": "" for number in range(1, 10)},
        "+GMI": "GENERIC",
        "+GMM": "V.253 VOICE MODEM",
        "+GMR": "1.0",
        "+FMI?": "GENERIC",
        "+FMM?": "V.253 VOICE MODEM",
        "+FMR?": "1.0",
        "+FCLASS=?": "0,8",
        "+VTS=?": "(200-3000),(200-3000),(0-255)",
    },
    parameters={
        "+VSM": _voice(
            "1,8000,0,0",
            "(0-1,4-5),(8000),(0),(0)",
            (
                '0,"SIGNED PCM",8,0,8000,0,0',
                '1,"UNSIGNED PCM",8,0,8000,0,0',
                '4,"G.711U",8,0,8000,0,0',
                '5,"G.711A",8,0,8000,0,0',
            ),
        ),
        "+VLS": _voice(
            "0",
            "(0-7)",
            (
                '0,"",B084008000,B084008000,B084008000',
                *(
                    f'{label},"{way}",0B8418E000,0FE418E000,0B8419E000'
                    for label, way in ((1, "T"), (3, "LT"), (5, "ST"))
                ),
                *(f'{label},"{way}",0884008000,0CE4008000,0884008000' for label, way in ((2, "L"), (4, "S"), (6, "M"))),
                '7,"MST",0B8418E000,0FE418E000,0B8419E000',
            ),
        ),
        "+VSD": _voice("128,50", "(127-129),(0-255)"),
        "+VTD": _voice("100", "(0-255)"),
        "+VGT": _voice("128", "(121-134)"),
        "+VGR": _voice("128", "(121-134)"),
        "+VIT": _voice("0", "(0-255)"),
        "+VNH": _voice("0", "(0-2)"),
        "+VRA": _voice("50", "(0-255)"),
        "+VRN": _voice("10", "(0-255)"),
        "+VSP": _voice("0", "(0-1)"),
        "+VPR": _voice("0", "(0,48,96,144,192,288,384,576,1152)"),
        "+VCID": Parameter("0", "(0-2)", Kept.SESSION),
        "+VDR": Parameter("0,0", "(0-1),(0-255)", Kept.SESSION),
        "+GCI": Parameter("B5", "(00-FE)", labelled=True, base=16),
        "+IFC": Parameter("2,2", "(0-2),(0-2)", labelled=True),
        "+ICF": Parameter("3,3", "(0-6),(0-3)", labelled=True),
        "+IPR": Parameter("0", "(0-921600)", labelled=True),
    },
    actions=frozenset({"+FCLASS", "+VTX", "+VRX", "+VTR", "+VTS", "+VIP"}),
    unknown=frozenset(),
    basic={
        "B": (1, 16),
        "E": (1, 1),
        "L": (2, 3),
        "M": (1, 3),
        "N": (0, 1),
        "P": (0, 0),
        "Q": (0, 1),
        "T": (0, 0),
        "V": (1, 1),
        "W": (0, 2),
        "X": (4, 4),
        "Y": (0, 1),
        "&C": (1, 1),
        "&D": (2, 3),
        "&G": (0, 2),
        "&J": (0, 1),
        "&K": (3, 6),
        "&Q": (5, 6),
        "&R": (1, 1),
        "&S": (0, 1),
        "&T": (5, 5),
        "&X": (0, 0),
    },
    registers={
        **{0: 0, 1: 0, 2: 43, 3: 13, 4: 10, 5: 8, 6: 2, 7: 50, 8: 2, 9: 6, 10: 14},
        **{11: 95, 12: 50, 18: 0, 25: 5, 26: 1, 29: 70, 30: 0},
    },
    fixed_registers=frozenset({1}),
    pokes=False,
    samples={0: Sample.SIGNED, 1: Sample.UNSIGNED},
    off_hook=frozenset({1, 3, 5, 7}),
    reports=frozenset("0123456789*#ABCD/~Rbdrsqluo"),
)

CX93001 = V253.but(
    name="cx93001",
    product="Conexant CX93001, in most unbranded USB sticks",
    texts={
        "I0": "56000",
        "I3": "CX93001-EIS_V0.2013-V92",
        "+GMI": "CONEXANT",
        "+GMI9": "CONEXANT ACF",
        "+GMM": "V90",
        "+GMR": "CX93001-EIS_V0.2013-V92",
        "+FMI?": "CONEXANT",
        "+FMM?": "V90",
        "+FMR?": "CX93001-EIS_V0.2013-V92",
        "+FCLASS=?": "0,1,1.0,2,8",
        "-PV": "",
    },
    parameters={
        "+VSM": _voice(
            "1,8000,0,0",
            "(0-1,129-133),(8000),(0),(0)",
            (
                '0,"SIGNED PCM",8,0,8000,0,0',
                '1,"UNSIGNED PCM",8,0,8000,0,0',
                '129,"IMA ADPCM",4,0,8000,0,0',
                '130,"UNSIGNED PCM",8,0,8000,0,0',
                '131,"Mu-Law",8,0,8000,0,0',
                '132,"A-Law",8,0,8000,0,0',
                '133,"14 bit PCM",14,0,8000,0,0',
            ),
        ),
        "+VSD": _voice("0,50", "(0,127-129),(0-255)"),
        "+VGR": _voice("0", "(0)"),
        "+VDT": _voice("0,0", "(0-1),(0-15)"),
        "+VDR": Parameter("0,0", "(0-1),(0-6)", Kept.SESSION),
        "-STE": Parameter("0", "(0-7)", Kept.SESSION),
        "-TTE": Parameter("1000,200,500", "(0-2000),(0-2000),(0-2000)"),
        "-SCID": Parameter("0", "(0-1)", Kept.SESSION),
    },
    actions=V253.actions | {"-TRV"},
    registers={8: 1, 11: 85, 46: 138, 48: 7, 86: 0, 95: 0},
    fixed_registers=frozenset({1, 29, 86}),
    pokes=True,
    samples={130: Sample.UNSIGNED},
    reports=frozenset("0123456789*#ABCD/~RbdsqlPuo"),
    blanks=" ",
    digit_gap_s=0.0,
)

USR5637 = V253.but(
    name="usr5637",
    product="US Robotics USR5637 with firmware 1.2.23",
    texts={
        "I0": "5601",
        "I3": "U.S. Robotics 56K FAX USB V1.2.23",
        "I7": "Configuration Profile...\n\nProduct type           US/Canada USB\nProduct ID:            5637\n"
        "Fax Options            Class 1/Class 2.0\nFirmware Rev           1.2.23",
        "+GMI": "U.S. Robotics",
        "+GMM": "56K FAX USB",
        "+GMR": "V1.2.23",
        "+FMI?": "U.S. Robotics",
        "+FMM?": "56K FAX USB",
        "+FMR?": "V1.2.23",
        "+FCLASS=?": "0,1,2.0,8",
    },
    parameters={
        "+VSM": _voice(
            "128,8000,0,0", "(128),(7200,8000,11025),(0),(0)", ('128,"8-BIT LINEAR",8,0,(7200,8000,11025),0,0',)
        ),
        "+VSD": _voice("128,50", "(128),(0-255)"),
    },
    actions=V253.actions - {"+VTR"},
    unknown=frozenset({"+ICF", "+VPR"}),
    basic={"&A": (3, 3), "&B": (1, 2), "&H": (1, 3), "&I": (0, 5), "&M": (4, 5), "&N": (0, 34), "&P": (0, 3)},
    registers={8: 2, 11: 70},
    samples={128: Sample.UNSIGNED},
    reports=frozenset("0123456789*#ABCD/~RbdsqHuo"),
    vts_digits=False,
    vts_single_tones=False,
    handset_echo_s=0.1,
)

PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (CX93001, USR5637, V253)}
"""Every modem that can be emulated, by name."""
