"""The modems that can be emulated, each as its differences from another one.

What is known of them stands in manuals and field logs. Where these are silent the value is a guess on the strict side,
so that a driver which works here does not lean on a kindness that the real chip may not have.
"""

from __future__ import annotations

from hardware.simulated.modemprofile import V253, Kept, Parameter, Sample, voice

_KEYS = frozenset("0123456789*#ABCD/~")


def _line_label(label: int, name: str, transmit: set[int], receive: set[int], idle: set[int]) -> str:
    """A line of `+VLS=?`: the events that can be reported in each state, the first bit for event 0 (ITU-T V.253)."""
    masks = (f"{sum(1 << (39 - event) for event in events):010X}" for events in (transmit, receive, idle))
    return f'{label},"{name}",{",".join(masks)}'


# ---------------------------------------------------------------- Conexant

CX93001 = V253.but(
    name="cx93001",
    usb_id="0572:1340",
    product="CX93010-2x UCMxx",
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
        "+VSM": voice(
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
        "+VSD": voice("0,50", "(0,127-129),(0-255)"),
        "+VGR": voice("0", "(0)"),
        "+VDT": voice("0,0", "(0-1),(0-15)"),
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
    reports=frozenset("0123456789*#ABCD/~RbdsqlPpuo"),
    blanks=" ",
    digit_gap_s=0.0,
)
"""Conexant CX93001 and CX93010, in most unbranded USB sticks."""

ZOOM3095 = CX93001.but(
    name="zoom3095",
    usb_id="0803:3095",
    product="3095F",
    # Reported of one program (quirk Q3), and perhaps that program's fault; a host had better be prepared.
    code_dles=3,
)
"""Zoom 3095: it overlooks codes in streams that are not said with emphasis."""

CX_RD02 = CX93001.but(
    name="cx-rd02",
    usb_id="0572:1324",
    product="RD02-D400",
    caller_id_pokes=frozenset({"!4886=00", "!4886=01"}),
    registers={6: 3},
)
"""Dell and Lenovo RD02-D400: its makers have switched caller ID off; a poke allows it until the next reset (Q5)."""

# ---------------------------------------------------------------- US Robotics, MultiTech

USR5637 = V253.but(
    name="usr5637",
    usb_id="0baf:0303",
    product="56K Faxmodem",
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
        "+VSM": voice(
            "128,8000,0,0", "(128),(7200,8000,11025),(0),(0)", ('128,"8-BIT LINEAR",8,0,(7200,8000,11025),0,0',)
        ),
        "+VSD": voice("128,50", "(128),(0-255)"),
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
"""US Robotics USR5637 with firmware 1.2.23."""

USR5637_OLD = USR5637.but(
    name="usr5637-old",
    texts={
        "I3": "U.S. Robotics 56K FAX USB V1.2.21",
        "I7": USR5637.texts["I7"].replace("1.2.23", "1.2.21"),
        "+GMR": "V1.2.21",
        "+FMR?": "V1.2.21",
    },
    # That the older commands still reach the relay is what its owners hope; without them it is of no use (Q1).
    hook_commands=frozenset({"H1", "A", "D"}),
)
"""The same with older firmware: `+VLS=1` says OK and the line goes on ringing (Q1)."""

MT9234MU = V253.but(
    name="mt9234mu",
    # Of its texts only the name is sure; its USB id has not been told.
    texts={
        "I0": "33600",
        "I3": "MT9234MU-CDC",
        "+GMI": "MULTI-TECH SYSTEMS",
        "+GMM": "MT9234MU-CDC",
        "+FMI?": "MULTI-TECH SYSTEMS",
        "+FMM?": "MT9234MU-CDC",
        "+FCLASS=?": "0,1,2,2.0,8",
    },
    parameters={
        "+VSM": voice("128,8000,0,0", "(128),(8000),(0),(0)", ('128,"8-BIT LINEAR",8,0,8000,0,0',)),
        "+VSD": voice("128,50", "(128),(0-255)"),
        "+VGT": voice("128", "(0-255)"),
        "+VGR": voice("128", "(0-255)"),
    },
    actions=V253.actions - {"+VTR"},
    samples={128: Sample.UNSIGNED},
    # Nobody who hangs up is noticed while it records (Q11).
    reports_receiving=_KEYS | {"R", "o"},
)
"""MultiTech MT9234MU-CDC."""

# ---------------------------------------------------------------- Agere

AGERE = V253.but(
    name="agere-v253",
    # MultiTech's MT5634 has this chip; how it names itself is a guess.
    texts={
        "I0": "56000",
        "I3": "MT5634ZBA-V92 V.253",
        "+GMI": "AGERE",
        "+GMM": "MT5634ZBA-V92",
        "+FMI?": "AGERE",
        "+FMM?": "MT5634ZBA-V92",
        "+FCLASS=?": "0,1,2,8",
    },
    parameters={
        "+VSM": voice(
            "128,8000,0,0",
            "(128,132),(7200,8000,11025),(0),(0)",
            (
                '128,"8-BIT LINEAR",8,0,(7200,8000,11025),0,0',
                '132,"ADPCM",4,0,(7200,8000,11025),0,0',
            ),
        ),
        "+VLS": voice(
            "0",
            "(0-1,4-5)",
            (
                _line_label(0, "", set(), set(), {3, 8}),
                # What it reports while it plays is not in the manual's example: a guess.
                _line_label(1, "T", {4, 6, 19, 20, 23}, {4, 5, 6, 9, 10, 19, 20}, {3, 4, 6, 8, 18, 19, 20, 25}),
                _line_label(4, "S", set(), set(), {3, 8}),
                _line_label(5, "ST", {4, 6, 19, 20, 23}, {4, 5, 6, 9, 10, 19, 20}, {3, 4, 6, 8, 18, 19, 20, 25}),
            ),
        ),
        "+VRA": voice("50", "(0-50)"),
        "+VRN": voice("10", "(0-10)"),
        # As some makers have it: Japan, the United Kingdom, the United States, and nothing else.
        "+GCI": Parameter("B5", "(00,B4,B5)", labelled=True, base=16),
    },
    actions=V253.actions - {"+VTR"},
    samples={128: Sample.UNSIGNED},
    off_hook=frozenset({1, 5}),
    # Loop interruption (event 13) is in none of its masks, ringback (18) only in voice command state.
    reports=_KEYS | frozenset("Rbdr"),
    reports_transmitting=_KEYS | frozenset("bdu"),
    reports_receiving=_KEYS | frozenset("bdsqo"),
)
"""Agere, as in MultiTech's MT5634 family."""

# ---------------------------------------------------------------- Silicon Labs

SI24XX = V253.but(
    name="si24xx",
    # Which number is told by which question is not sure.
    texts={
        "I0": "2494",
        "I3": "D",
        "I6": "2494",
        "+GMI": "SILICON LABS",
        "+GMM": "SI2494",
        "+GMR": "D",
        "+FMI?": "SILICON LABS",
        "+FMM?": "SI2494",
        "+FMR?": "D",
        "+FCLASS=?": "0,1,8",
        "+VTS=?": "(200-3200),(200-3200),(0-255)",
    },
    parameters={
        "+VSM": voice(
            "1,8000,0,0",
            "(0-1,4-5,129,131),(8000),(0),(0)",
            (
                '0,"SIGNED PCM",8,0,8000,0,0',
                '1,"UNSIGNED PCM",8,0,8000,0,0',
                '4,"G.711U",8,0,8000,0,0',
                '5,"G.711A",8,0,8000,0,0',
                '129,"G.726",2,0,8000,0,0',
                '131,"G.726",4,0,8000,0,0',
            ),
        ),
        "+VLS": voice(
            "0",
            "(0-1,14-15)",
            (
                _line_label(0, "", set(), set(), {3}),
                _line_label(1, "T", {4, 19, 20, 23}, {4, 5, 10, 19, 20}, {3, 4, 19, 20}),
                _line_label(14, "H", {4, 23}, {4, 5}, {3, 4}),
                _line_label(15, "HT", {4, 19, 20, 23}, {4, 5, 10, 19, 20}, {3, 4, 19, 20}),
            ),
        ),
        "+VSD": voice("128,50", "(118,128,138),(0-255)"),
        "+VGT": voice("128", "(112-134)"),
        "+VGR": voice("128", "(112-134)"),
        "+VRN": voice("0", "(0-255)"),
        "+VCDT": Parameter("0", "(0-7)", Kept.SESSION),
    },
    actions=V253.actions - {"+VTR"} | {"+VRID"},
    # The country is a matter of its registers (AN93, chapter 6).
    unknown=frozenset({"+GCI"}),
    basic={"\\Q": (3, 4)},
    samples={4: Sample.MULAW},
    off_hook=frozenset({1, 15}),
    reports=_KEYS | frozenset("Rbdquo"),
    voice_caller_id=True,
    u_registers={0x4F: 500},
    flash_signs="!&",
    flash_u_register=0x4F,
    end_marks={"\x03": b"\x10\x03", "\x1b": b"\x10\x1b"},
    vts_refuses=frozenset("0123456789*#ABCD!"),
    vts_whole=True,
    vts_hz=(200, 3200),
    uart=True,
    boots_s=0.3,
)
"""Silicon Labs (Skyworks) Si2494 and Si2439 on a serial line, as on the Modem HAT (AN93)."""

# ---------------------------------------------------------------- others

IS101 = V253.but(
    name="is101",
    texts={"I0": "14400", "+GMM": "IS-101 VOICE MODEM", "+FMM?": "IS-101 VOICE MODEM", "+FCLASS=?": "0,1,2,8"},
    parameters={
        "+VSM": voice("128,8000,0,0", "(128),(8000),(0),(0)", ('128,"8-BIT LINEAR",8,0,8000,0,0',)),
        "+VLS": voice(
            "0",
            "(0,2-4)",
            (
                _line_label(0, "", set(), set(), {3, 8}),
                _line_label(2, "T", {4, 13, 19, 20, 23}, {4, 5, 9, 10, 13, 19, 20}, {3, 4, 13, 19, 20}),
                _line_label(3, "LT", {4, 13, 19, 20, 23}, {4, 5, 9, 10, 13, 19, 20}, {3, 4, 13, 19, 20}),
                _line_label(4, "S", set(), set(), {3, 8}),
            ),
        ),
        "+VIT": voice("70", "(0-255)"),
        "+FLO": Parameter("2", "(0-2)"),
    },
    actions=V253.actions - {"+VTR"},
    unknown=frozenset({"+IFC", "+ICF", "+VNH"}),
    samples={128: Sample.UNSIGNED},
    off_hook=frozenset({2, 3}),
    vls_result="VCON",
    stream_result="VCON",
    vit_unit_s=0.1,
    keys_bare=True,
    reports=frozenset("0123456789*#ABCDRbdsqluo"),
)
"""A modem from before V.253 (TIA/EIA IS-101, as ZyXEL's): label 2 is the line, and VCON often stands for OK."""

NO_VOICE = V253.but(
    name="no-voice",
    texts={"I0": "56000", "+GMM": "V.92 FAX MODEM", "+FMM?": "V.92 FAX MODEM", "+FCLASS=?": "0,1,1.0"},
    actions=frozenset({"+FCLASS"}),
    unknown=frozenset(name for name, parameter in V253.parameters.items() if parameter.kept is Kept.VOICE),
)
"""Data and fax only, or a voice modem that has lost its voice (Q1b): caller ID works, everything else is refused."""
