"""The list of `AT+VTS`: keys, tones, pauses and hook flashes, as written by hosts (ITU-T V.253, CX102184B p. 5-7)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.signals import generate
from hardware.simulated.loop import Samples
from hardware.simulated.modemprofile import Profile
from hardware.simulated.modemsettings import Refused

UNIT_S = 0.01
FLASH = "!"
LEVEL_DBM0 = -10.0
"""Of each frequency."""

_ELEMENT = re.compile(
    r"""
      (?P<key>[0-9A-D*\#!])
    | \{ (?P<timed>[0-9A-D*\#!]?) (?: , (?P<key_length>\d*) )? \}
    | \[ (?P<first>\d*) (?: , (?P<second>\d*) )? (?: , (?P<tone_length>\d*) )? \]
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Element:
    """One of the list: a key or `!` for a flash, or else two frequencies of which either may be 0."""

    key: str
    hz: tuple[int, int]
    seconds: float

    def sound(self) -> Samples:
        """What it puts on the line."""
        frequencies = generate.KEYS[self.key] if self.key else tuple(hz for hz in self.hz if hz)
        return generate.tone(frequencies, self.seconds, LEVEL_DBM0) if frequencies else generate.silence(self.seconds)


def key(name: str, seconds: float) -> Element:
    """A DTMF key, also for dialling."""
    return Element(name, (0, 0), seconds)


def elements_of(text: str, default_units: int, profile: Profile) -> list[Element]:
    """Read the list; `default_units` is what `+VTD` says.

    Raises:
        Refused: it is not such a list, or this modem cannot send one of its elements.
    """
    found: list[Element] = []
    position = 0
    while position <= len(text):
        match = _ELEMENT.match(text, position)
        if match is None or text[match.end() : match.end() + 1] not in ("", ","):
            raise Refused(text)
        if profile.vts_whole and match["first"] is not None and not all(match.group("first", "second", "tone_length")):
            raise Refused(text)
        found.append(_element(match, default_units))
        position = match.end() + 1
    if not all(_possible(element, profile) for element in found):
        raise Refused(text)
    return found


def _element(match: re.Match[str], default_units: int) -> Element:
    if match["key"]:
        return key(match["key"], default_units * UNIT_S)
    if match["timed"] is not None:
        return key(match["timed"] or "*", int(match["key_length"] or default_units) * UNIT_S)
    hz = int(match["first"] or 0), int(match["second"] or 0)
    return Element("", hz, int(match["tone_length"] or default_units) * UNIT_S)


def _possible(element: Element, profile: Profile) -> bool:
    low, high = profile.vts_hz
    return (
        element.key not in profile.vts_refuses
        and element.seconds <= 255 * UNIT_S
        and all(hz == 0 or low <= hz <= high for hz in element.hz)
        and (profile.vts_single_tones or (element.hz[0] == 0) == (element.hz[1] == 0))
    )
