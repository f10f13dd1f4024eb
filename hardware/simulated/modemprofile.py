"""What a kind of modem is described by: its commands, answers, events and habits, as data.

A profile is written as its differences from another one (`Profile.but`); the oldest ancestor, `V253`, is a modem that
follows ITU-T V.253 to the letter. The real kinds are in `chips`, all of them by name in `profiles`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
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

    UNSIGNED = "unsigned linear"
    SIGNED = "signed linear"
    MULAW = "G.711 mu-law"


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of modem.

    Who it is and what it knows:

    * `usb_id`, `product`: how it presents itself on USB (`0572:1340`); empty where nobody has told, or on a UART.
    * `texts`: what it says when asked, by command as typed (`"I3"`, `"+GMI"`, `"+FCLASS=?"`); lines are divided by
      `\\n`, an empty text is answered by `OK` alone.
    * `parameters`, `actions`: the extended commands it knows, `unknown` takes some of them away again.
    * `basic`: factory setting and highest value of each basic command; `registers` likewise the S-registers.
    * `pokes`: it takes `AT!4886=00`; `caller_id_pokes`: without one of these since the last reset it tells no caller.
    * `u_registers`: it has registers read by `AT:R` and written by `AT:U` in hexadecimal, with these values at first.

    The hook:

    * `off_hook`: labels of `+VLS` that close the loop; `vls_result`: what they are answered by.
    * `hook_commands`: which of `+VLS`, `H1`, `A` and `D` really close it; the others say OK all the same.
    * `flash_signs`: signs of a dial string that flash, for as long as register S29 says (in 10 ms), or where there is
      one `flash_u_register` (in ms).

    Tones: `vts_digits` is false where a key in `+VTS` is never answered, `vts_refuses` are the keys (`!` is a flash)
    that are refused; `vts_whole`: a tone must have all of its three numbers.

    Voice streams:

    * `samples`: formats of `+VSM` that can be used; the others in its table are listed but refused.
    * `code_dles`: how many DLE make what follows them a code; fewer are overlooked.
    * `end_marks`: what it sends before the result when a stream is ended by this code; `stream_result` is that result.
    * `vit_unit_s`: the unit of `+VIT`.

    Reports:

    * `reports`: the codes it can send after DLE; `reports_transmitting` and `reports_receiving` (duplex, too) the ones
      within a stream, where that differs (the three masks of `+VLS=?`).
    * `keys_bare`: a key is one code and no more, without `/`, repetition and `~`.
    * `voice_caller_id`: in voice mode the caller ID comes after the line `CIDM`, and within a stream as a report from
      DLE X to DLE full stop.

    On a `uart` no more bytes a second go over the port than a tenth of its baud rate; a reset takes `boots_s`.
    """

    name: str
    usb_id: str
    product: str
    texts: Mapping[str, str]
    parameters: Mapping[str, Parameter]
    actions: frozenset[str]
    unknown: frozenset[str]
    basic: Mapping[str, tuple[int, int]]
    registers: Mapping[int, int]
    fixed_registers: frozenset[int]
    samples: Mapping[int, Sample]
    off_hook: frozenset[int]
    reports: frozenset[str]
    reports_transmitting: frozenset[str] | None = None
    reports_receiving: frozenset[str] | None = None
    pokes: bool = False
    caller_id_pokes: frozenset[str] = frozenset()
    u_registers: Mapping[int, int] = field(default_factory=dict)
    vls_result: str = "OK"
    hook_commands: frozenset[str] = frozenset({"+VLS", "H1", "A", "D"})
    flash_signs: str = "!"
    flash_u_register: int | None = None
    blanks: str = ""
    ring_in_voice: bytes = b"\x10R"
    voice_caller_id: bool = False
    latency_s: tuple[float, float] = (0.005, 0.05)
    line_limit: int = 80
    tx_buffer_bytes: int = 2048
    code_dles: int = 1
    end_marks: Mapping[str, bytes] = field(
        default_factory=lambda: {"\x03": b"", **dict.fromkeys(("!", "\x1b", "^"), b"\x10\x03")}
    )
    stream_result: str = "OK"
    vit_unit_s: float = 1.0
    vts_digits: bool = True
    vts_refuses: frozenset[str] = frozenset()
    vts_single_tones: bool = True
    vts_whole: bool = False
    vts_hz: tuple[int, int] = (200, 3000)
    digit_gap_s: float = 0.05
    handset_echo_s: float | None = None
    echo_db: float = -12.0
    canceller_db: float = 20.0
    keys_bare: bool = False
    key_every_s: float = 0.07
    busy_every_s: float = 4.0
    dial_tone_every_s: float = 3.0
    loop_break_s: float = 0.05
    uart: bool = False
    boots_s: float = 0.0

    def knows(self, command: str) -> bool:
        """Whether it has the extended command `command`."""
        return command not in self.unknown and (command in self.parameters or command in self.actions)

    @property
    def line_label(self) -> int:
        """The label of `+VLS` that stands for the telephone line alone."""
        return min(self.off_hook)

    def but(self, **differences: Any) -> Profile:
        """A profile with these differences; tables are extended, everything else is replaced."""
        for known in fields(self):
            mine, change = getattr(self, known.name), differences.get(known.name)
            if isinstance(mine, Mapping) and change is not None:
                differences[known.name] = {**mine, **change}
        return replace(self, **differences)


def voice(default: str, takes: str, test: tuple[str, ...] = ()) -> Parameter:
    """A parameter of voice mode."""
    return Parameter(default, takes, Kept.VOICE, test=test)


V253 = Profile(
    name="v253",
    usb_id="",
    product="",
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
        "+VSM": voice(
            "1,8000,0,0",
            "(0-1,4-5),(8000),(0),(0)",
            (
                '0,"SIGNED PCM",8,0,8000,0,0',
                '1,"UNSIGNED PCM",8,0,8000,0,0',
                '4,"G.711U",8,0,8000,0,0',
                '5,"G.711A",8,0,8000,0,0',
            ),
        ),
        "+VLS": voice(
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
        "+VSD": voice("128,50", "(127-129),(0-255)"),
        "+VTD": voice("100", "(0-255)"),
        "+VGT": voice("128", "(121-134)"),
        "+VGR": voice("128", "(121-134)"),
        "+VIT": voice("0", "(0-255)"),
        "+VNH": voice("0", "(0-2)"),
        "+VRA": voice("50", "(0-255)"),
        "+VRN": voice("10", "(0-255)"),
        "+VSP": voice("0", "(0-1)"),
        "+VPR": voice("0", "(0,48,96,144,192,288,384,576,1152)"),
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
    samples={0: Sample.SIGNED, 1: Sample.UNSIGNED},
    off_hook=frozenset({1, 3, 5, 7}),
    # The standard has ringback (r), too, but no modem is known to report it in all states: not to be relied on.
    reports=frozenset("0123456789*#ABCD/~Rbdsqluo"),
)
"""A modem that follows ITU-T V.253, from no maker in particular."""
