"""What the doctor tells about one port: values for programs, and a block of words to be read over the phone.

`frontdesk doctor --json` writes a list of these reports with the names of `Report`'s fields as keys; enums are their
words, lengths end in `_ms`, voltages in `_volts`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from appliance.plain import plain
from hardware.find import FoundPort

NAMES = {
    "v253": "a voice modem that follows the standard V.253",
    "cx93001": "Conexant CX93001 or its kin",
    "zoom3095": "Zoom 3095 (Conexant)",
    "cx-rd02": "Dell or Lenovo RD02-D400 (Conexant)",
    "usr5637": "US Robotics USR5637",
    "usr5637-old": "US Robotics USR5637 with old firmware",
    "mt9234mu": "MultiTech MT9234MU",
    "si24xx": "Silicon Labs Si24xx",
    "agere-v253": "Agere or LSI (MultiTech MT5634)",
    "is101": "a voice modem that follows the elder standard IS-101",
    "no-voice": "a modem without voice",
}
"""What each dialect is called."""
WIDTH = 13


class State(Enum):
    """What is at a port."""

    VOICE = "voice modem"
    DATA = "modem without voice"
    HAT = "line module (FXO HAT)"
    SILENT = "no modem answers"
    MISSING = "nothing there"
    FORBIDDEN = "not ours to open"
    TAKEN = "in use"
    VANISHED = "unplugged while we looked"
    UNUSABLE = "no serial port"


class Callers(Enum):
    """What a modem makes of caller ID."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FACTORY_OFF = "accepted, but known to be switched off in the factory"
    SWITCHED_ON = "accepted; the settings of the line switch it on again"
    UNKNOWN = "not asked"


class Wire(Enum):
    """The telephone line, as the voltage tells."""

    CONNECTED = "connected and free"
    IN_USE = "in use by another telephone"
    NONE = "no line"
    UNTOLD = "this modem cannot tell"


class Duplex(Enum):
    """Can it listen while it speaks?"""

    NO = "no, as far as is known"
    UNKNOWN = "not known before a call; see --survey"


@dataclass(frozen=True, slots=True)
class FlashWay:
    """One way to make a hook flash; `used` is the one that the program takes."""

    method: str
    shortest_ms: int
    longest_ms: int
    used: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """One sentence for the office; `quirk` is its number for the installer, `to_do` means that a person must act."""

    quirk: str
    sentence: str
    to_do: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Everything about one port. What was not found out is empty, or `None`.

    * `path`, `stable_name` (what to write into the settings), `usb_id`, `product`; `asked`: it was
      named by the person who asks, so its silence matters;
    * `state`, `held_by`: programs that have it open; `talks`: something is said there, though no modem answers;
    * `dialect`, `name`, `firmware`, `answers` to the questions, by command;
    * `caller_id`, `formats` it lists, `sample_format` and `hook` that we would use, `duplex`, `tells_hang_up`;
    * `line` and its on-hook voltage `line_volts`; `flash` ways;
    * `round_trip_ms` of a command; `chains`: obeys several commands in one line;
    * `country_code` now (T.35, hexadecimal), `country_wanted` by the settings and `country_listed`: does it know that?
    * `settings_line`, `modem_setup`: the line of the settings that has this port, and the owner's commands for it;
      `modem_manager` runs; `advice`.
    """

    path: str
    stable_name: str
    usb_id: str = ""
    product: str = ""
    asked: bool = False
    settings_line: str = ""
    state: State = State.SILENT
    held_by: tuple[str, ...] = ()
    talks: bool = False
    dialect: str = ""
    name: str = ""
    firmware: str = ""
    caller_id: Callers = Callers.UNKNOWN
    formats: tuple[str, ...] = ()
    sample_format: str = ""
    hook: str = ""
    duplex: Duplex = Duplex.UNKNOWN
    tells_hang_up: bool = False
    line: Wire = Wire.UNTOLD
    line_volts: float | None = None
    flash: tuple[FlashWay, ...] = ()
    round_trip_ms: int | None = None
    chains: bool | None = None
    country_code: str = ""
    country_wanted: str = ""
    country_listed: bool | None = None
    modem_setup: tuple[str, ...] = ()
    modem_manager: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    advice: tuple[Advice, ...] = ()

    @property
    def found(self) -> FoundPort:
        """The port that was looked at."""
        socket = self.stable_name.removeprefix("usb:") if self.stable_name.startswith("usb:") else ""
        return FoundPort(self.path, self.usb_id, socket, product=self.product)

    def facts(self) -> Iterator[tuple[str, str]]:
        """What is told of it, label by label."""
        return _facts(self)

    @property
    def answered(self) -> bool:
        """Is it a modem?"""
        return self.state in (State.VOICE, State.DATA)

    @property
    def to_do(self) -> bool:
        """Has a person to act?"""
        return any(each.to_do for each in self.advice)


def block(report: Report) -> str:
    """A report in words, one thing in a line."""
    lines = [report.path, *(f"  {label:<{WIDTH}}{text}" for label, text in report.facts())]
    for each in sorted(report.advice, key=lambda each: not each.to_do):
        number = f" ({each.quirk})" if each.quirk else ""
        lines.append(f"  {'TO DO' if each.to_do else 'Good to know':<{WIDTH}}{each.sentence}{number}")
    return "\n".join(lines)


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    yield "What it is", report.state.value
    if report.stable_name != report.path:
        yield "In settings", f'port = "{report.stable_name}"'
    if report.settings_line:
        yield "It is", report.settings_line
    if report.usb_id:
        yield "USB", f"{report.usb_id} {report.product}".strip()
    if report.held_by:
        yield "Used by", ", ".join(report.held_by)
    if report.answered:
        yield from _modem_facts(report)


def _modem_facts(report: Report) -> Iterator[tuple[str, str]]:
    firmware = f", firmware {report.firmware}" if report.firmware else ""
    yield "Modem", f"{report.name}{firmware}"
    yield "Dialect", report.dialect
    yield "Caller ID", report.caller_id.value
    if report.state is State.VOICE:
        listed = f"; it lists {', '.join(report.formats)}" if report.formats else ""
        yield "Sound", f"{report.sample_format}{listed}"
        yield "Both at once", report.duplex.value
        for way in report.flash:
            span = (
                f"{way.shortest_ms} ms"
                if way.shortest_ms == way.longest_ms
                else f"{way.shortest_ms} to {way.longest_ms} ms"
            )
            yield "Hook flash", f"{way.method}, {span}{', the one we use' if way.used else ''}"
    volts = "" if report.line_volts is None else f", {report.line_volts:.1f} V"
    yield "Line", f"{report.line.value}{volts}"
    if report.country_code:
        listed = {True: "; it knows ours, ", False: "; it does not know ours, ", None: ""}[report.country_listed]
        yield "Country", f"{report.country_code} now{listed}{report.country_wanted if listed else ''}"
    if report.round_trip_ms is not None:
        yield "Answers in", f"{report.round_trip_ms} ms"
    yield "Obeys", "several commands in one line" if report.chains else "one command in a line"


def as_json(reports: Sequence[Report]) -> str:
    """The reports as one JSON document, a list."""
    return json.dumps(plain(reports), indent=2, ensure_ascii=False) + "\n"
