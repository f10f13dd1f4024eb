"""spandsp 0.0.6, a C library of telephone signals (LGPL), asked through its public functions.

Prototypes are those of its headers dtmf.h, adsi.h, super_tone_rx.h and modem_connect_tones.h. It is fed blocks of 20
ms, as a program on a line would feed it.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_uint8, c_void_p
from functools import cache
from typing import Any, Final

import numpy as np

from appliance.acts import Heard
from appliance.signals.callerid import CallerIdMessage, Scheme
from appliance.signals.countries import Country, Tone
from bench.peers import NotInstalled, Peer, Recorded

Feed = Callable[[Recorded], None]

_BLOCK: Final = 160
_TAIL: Final = np.zeros(4000, dtype=np.int16)
"""Half a second of silence behind every recording, so that nothing is lost that is decided late."""

_DIGITS = CFUNCTYPE(None, c_void_p, c_char_p, c_int)
_MESSAGE = CFUNCTYPE(None, c_void_p, POINTER(c_uint8), c_int)
_TONE = CFUNCTYPE(None, c_void_p, c_int, c_int, c_int)

_STANDARDS: Final = {Scheme.BELL202: 1, Scheme.V23: 2, Scheme.JAPAN: 4, Scheme.DTMF: 5}
"""ADSI_STANDARD_CLASS, _CLIP, _JCLIP, _CLIP_DTMF."""
_KNOWN: Final = (0x04, 0x06, 0x80, 0x82, 0x40)
"""Types of messages; it also gives those that no program would know."""
_FAX_TONES: Final = (1, 2, 4)
"""MODEM_CONNECT_TONES_FAX_CNG, _ANS (CED) and _ANSAM."""


@cache
def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL("libspandsp.so.2")
    except OSError as problem:
        raise NotInstalled("libspandsp2 is not installed") from problem
    for name, takes in (
        ("dtmf_rx_init", (c_void_p, _DIGITS, c_void_p)),
        ("adsi_rx_init", (c_void_p, c_int, _MESSAGE, c_void_p)),
        ("super_tone_rx_make_descriptor", (c_void_p,)),
        ("super_tone_rx_init", (c_void_p, c_void_p, _TONE, c_void_p)),
        ("modem_connect_tones_rx_init", (c_void_p, c_int, _TONE, c_void_p)),
    ):
        function = getattr(library, name)
        function.argtypes, function.restype = takes, c_void_p
    library.dtmf_rx_parms.argtypes = (c_void_p, c_int, c_int, c_int, c_int)
    library.super_tone_rx_add_tone.argtypes = (c_void_p,)
    library.super_tone_rx_add_element.argtypes = (c_void_p, c_int, c_int, c_int, c_int, c_int)
    field = (c_void_p, c_char_p, c_int, c_int, POINTER(c_uint8), POINTER(POINTER(c_uint8)), POINTER(c_int))
    library.adsi_next_field.argtypes = field
    for name in ("dtmf_rx", "adsi_rx", "super_tone_rx", "modem_connect_tones_rx"):
        getattr(library, name).argtypes = (c_void_p, c_void_p, c_int)
        getattr(library, f"{name}_free").argtypes = (c_void_p,)
    library.super_tone_rx_free_descriptor.argtypes = (c_void_p,)
    return library


def installed() -> bool:
    """Is the library there?"""
    try:
        _library()
    except NotInstalled:
        return False
    return True


@contextmanager
def _receiver(kind: str, *arguments: Any, prepare: Callable[[int], object] = lambda state: None) -> Iterator[Feed]:
    """One receiver of a kind, prepared, as a function to feed."""
    library = _library()
    state = getattr(library, f"{kind}_init")(None, *arguments)
    prepare(state)
    receive = getattr(library, kind)
    try:
        yield lambda block: receive(state, block.ctypes.data, len(block))
    finally:
        getattr(library, f"{kind}_free")(state)


def _feed(samples: Recorded, *receivers: Feed) -> None:
    sound = np.concatenate((samples, _TAIL))
    for start in range(0, len(sound), _BLOCK):
        block = sound[start : start + _BLOCK]
        for receive in receivers:
            receive(block)


# ---------------------------------------------------------------- keys


def keys(samples: Recorded) -> str:
    """With its notches for dial tone, which do it more good than harm, and its own limits of twist and level."""
    found: list[str] = []
    told = _DIGITS(lambda _, digits, count: found.append(digits[:count].decode("ascii")))
    with _receiver("dtmf_rx", told, None, prepare=_with_notches) as receive:
        _feed(samples, receive)
    return "".join(found)


def _with_notches(state: int) -> None:
    _library().dtmf_rx_parms(state, 1, -1, -1, -99)  # what is negative stays as it is


# ---------------------------------------------------------------- callers


def callers(samples: Recorded, scheme: Scheme) -> list[CallerIdMessage]:
    """Messages of the standard that belongs to `scheme`. The library checks the checksums."""
    found: list[bytes] = []
    told = _MESSAGE(lambda _, message, count: found.append(bytes(message[:count])))
    with _receiver("adsi_rx", _STANDARDS[scheme], told, None) as receive:
        _feed(samples, receive)
    with _receiver_state(scheme) as state:
        fields = [list(_fields(state, message)) for message in found]
    read = _read_dtmf if scheme is Scheme.DTMF else _read_modem
    return [read(parts) for parts in fields if parts and (scheme is Scheme.DTMF or parts[0][0] in _KNOWN)]


@contextmanager
def _receiver_state(scheme: Scheme) -> Iterator[c_void_p]:
    """A receiver that only takes messages to pieces."""
    library = _library()
    state = library.adsi_rx_init(None, _STANDARDS[scheme], _MESSAGE(lambda *_: None), None)
    try:
        yield state
    finally:
        library.adsi_rx_free(state)


def _fields(state: c_void_p, message: bytes) -> Iterator[tuple[int, bytes]]:
    """The type and the body of each part; the first is the type of the message, without a body."""
    kind, body, length = c_uint8(), POINTER(c_uint8)(), c_int()
    place = -1
    while True:
        place = _library().adsi_next_field(state, message, len(message), place, byref(kind), byref(body), byref(length))
        if place <= 0:
            return
        yield kind.value, bytes(body[: length.value]) if body and length.value > 0 else b""


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _read_modem(parts: list[tuple[int, bytes]]) -> CallerIdMessage:
    kind, found = parts[0][0], dict(parts[1:])
    if kind == 0x04:
        body = _text(found.get(0, b""))
        number = body[8:]
        reason = number if number in ("P", "O") else ""
        return CallerIdMessage(number="" if reason else number, reason=reason, datetime=body[:8])
    absent = found.get(0x04, found.get(0x08, b""))
    return CallerIdMessage(
        number=_text(found.get(0x02, b"")),
        name=_text(found.get(0x07, b"")).strip(),
        reason=_text(absent)[:1],
        datetime=_text(found.get(0x01, b"")),
    )


def _read_dtmf(parts: list[tuple[int, bytes]]) -> CallerIdMessage:
    """`A` number, `D` (in the form with `#`, or B in the form with `C`) why there is none; no mark at all: a number."""
    end, found = chr(parts[0][0]), {chr(kind): body.decode("ascii") for kind, body in parts[1:]}
    number = found.get("A", "") or found.get("\0", "")
    if not number and end == "C" and "B" not in found:
        number = found.get("D", "")
    absent = found.get("B", "") if end == "C" else found.get("D", "")
    reason = "" if number else {"1": "P", "10": "P"}.get(absent, "O")
    return CallerIdMessage(number=number, reason=reason)


# ---------------------------------------------------------------- tones


def tones(samples: Recorded, country: Country) -> list[Heard]:
    """What the detector of supervisory tones, set up for `country`, and those of fax tones report."""
    found: list[Heard] = []
    with _tone_receivers(country, found.append) as receivers:
        _feed(samples, *receivers)
    return found


@contextmanager
def _tone_receivers(country: Country, heard: Callable[[Heard], None]) -> Iterator[list[Feed]]:
    """The detector of supervisory tones and one for each of the fax tones."""
    names, descriptor = _descriptor(country)
    told = _TONE(lambda _, code, level, delay: heard(names[code]) if code >= 0 else None)
    fax = _TONE(lambda _, code, level, delay: heard(Heard.FAX) if code > 0 else None)
    with ExitStack() as open_receivers:
        open_receivers.callback(_library().super_tone_rx_free_descriptor, descriptor)
        yield [
            open_receivers.enter_context(_receiver("super_tone_rx", descriptor, told, None)),
            *(
                open_receivers.enter_context(_receiver("modem_connect_tones_rx", tone, fax, None))
                for tone in _FAX_TONES
            ),
        ]


@contextmanager
def everything(country: Country) -> Iterator[Feed]:
    """All receivers of one line, to be fed together: keys, each caller-ID standard, tones."""
    nothing = _DIGITS(lambda *_: None), _MESSAGE(lambda *_: None)
    with ExitStack() as open_receivers, _tone_receivers(country, lambda _: None) as receivers:
        receivers.append(open_receivers.enter_context(_receiver("dtmf_rx", nothing[0], None)))
        for standard in _STANDARDS.values():
            receivers.append(open_receivers.enter_context(_receiver("adsi_rx", standard, nothing[1], None)))

        def feed(block: Recorded) -> None:
            for receive in receivers:
                receive(block)

        yield feed


def _descriptor(country: Country) -> tuple[list[Heard], c_void_p]:
    """The tones of a country as the library wants them, and what each of its numbers means."""
    library = _library()
    descriptor = library.super_tone_rx_make_descriptor(None)
    names: list[Heard] = []
    for heard, tone in _tones_of(country):
        names.append(heard)
        number = library.super_tone_rx_add_tone(descriptor)
        for first, second, least_ms, most_ms in _elements(tone):
            library.super_tone_rx_add_element(descriptor, number, first, second, least_ms, most_ms)
    return names, descriptor


def _tones_of(country: Country) -> list[tuple[Heard, Tone]]:
    """All but tones of other frequencies in parts of a country: near those of the rest they would do it harm."""
    tones = [
        (Heard.DIAL_TONE, country.dial),
        (Heard.RINGBACK, country.ringback),
        (Heard.BUSY, country.busy),
        (Heard.CONGESTION, country.congestion),
        (Heard.SIT, country.sit),
    ]
    if country.recall_dial != country.dial:
        tones.append((Heard.STUTTER, country.recall_dial))
    known = {tone.frequencies for _, tone in tones}
    return tones + [(also.heard, also.tone) for also in country.also if also.tone.frequencies in known]


def _elements(tone: Tone) -> Iterator[tuple[int, int, int, int]]:
    """Frequencies (0: none) and shortest and longest length in ms (0: any) of each burst and pause.

    Its blocks of 16 ms part neither frequencies within 40 Hz nor bursts within 40 ms of each other, so they are one.
    """
    frequencies = [round(hz) for hz in tone.frequencies]
    if not tone.in_turn and max(frequencies) - min(frequencies) < 40:
        frequencies = [round(sum(tone.frequencies) / len(frequencies))]
    for place, (on_ms, off_ms) in enumerate(tone.cadence or ((0, 0),)):
        pair = [frequencies[place % len(frequencies)]] if tone.in_turn else frequencies
        first, second = (*pair, 0)[:2]
        if not tone.in_turn and not off_ms:  # from here on it is steady
            yield (first, second, 300 if place else 1800, 0)
            return
        yield (first, second, *_about(on_ms))
        if off_ms >= 40:
            yield (0, 0, *_about(off_ms))


def _about(length_ms: int) -> tuple[int, int]:
    """Within 15 %, as our receiver, but at least two of its blocks."""
    slack_ms = max(32, round(length_ms * 0.15))
    return length_ms - slack_ms, length_ms + slack_ms


PEER: Final = Peer("spandsp", keys, callers, tuple(Scheme), tones=tones)
