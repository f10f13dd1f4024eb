"""What the doctor advises: one sentence for each peculiarity of a modem that matters to the office.

The numbers are those of the quirks of voice modems (`hardware/modem/dialects.py`), for the installer. A rule looks at a
finished report and applies or not; a sentence may name fields of the report in braces.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.faults import PortForbidden, PortTaken
from hardware.modem.identify import ASK_CLASSES, SOFT_MODEMS, TRY_VOICE, USB_IDS
from hardware.modem.report import Advice, Callers, Report, State, Wire

SLOW_MS = 150
"""A modem answers within 50 ms; what takes longer is on the way."""
HOST_TIMED = "the program times it"
OURSELVES = "frontdesk"


@dataclass(frozen=True, slots=True)
class Rule:
    """`sentence` is told where `applies`; `to_do`: a person must act."""

    quirk: str
    to_do: bool
    applies: Callable[[Report], bool]
    sentence: str


def advice_for(report: Report) -> tuple[Advice, ...]:
    """The sentences that apply to a report, in the order of `RULES`."""
    words = {
        name: getattr(report, name) for name in ("path", "stable_name", "product", "country_wanted", "round_trip_ms")
    }
    words["holders"] = ", ".join(report.held_by) or "another program"
    return tuple(
        Advice(rule.quirk, rule.sentence.format_map(words), rule.to_do) for rule in RULES if rule.applies(report)
    )


def _dialect(*names: str) -> Callable[[Report], bool]:
    return lambda report: report.dialect in names


def _voice(report: Report) -> bool:
    return report.state is State.VOICE


def _lists_voice(report: Report) -> bool:
    return "8" in report.answers.get(ASK_CLASSES, "").replace(" ", "").split(",")


def _matters(report: Report) -> bool:
    """Should a modem have answered here?"""
    return report.asked or report.usb_id in USB_IDS


def _may_matter(report: Report) -> bool:
    """Could it be a modem?"""
    return report.asked or bool(report.usb_id)


def _ours(report: Report) -> bool:
    return any(OURSELVES in holder for holder in report.held_by)


def _host_timed(report: Report) -> bool:
    return any(way.used and way.method.startswith(HOST_TIMED) for way in report.flash)


CONEXANT = ("cx93001", "zoom3095", "cx-rd02")
USR = ("usr5637", "usr5637-old")

RULES = (
    # The port.
    Rule("", True, lambda r: r.state is State.MISSING,
         "Nothing is plugged in there: plug the modem in, or correct the port in the settings."),
    Rule("", True, lambda r: r.state is State.FORBIDDEN and _may_matter(r), PortForbidden.advice),
    Rule("", True, lambda r: r.state is State.TAKEN and _matters(r) and not _ours(r),
         f"{{holders}} is using the port. {PortTaken.advice}"),
    Rule("", False, lambda r: r.state is State.TAKEN and not _matters(r) and not _ours(r),
         "{holders} is using the port; leave it alone unless you have plugged a modem in there."),
    Rule("", False, lambda r: r.state is State.TAKEN and _ours(r),
         "The receptionist itself is answering on this line; stop it if you want the modem looked at."),
    Rule("Q20", True, lambda r: r.state is State.VANISHED,
         "The modem went away while we looked: check its USB plug, the cable, and whether the hub has its own supply."),
    Rule("", True, lambda r: r.state is State.UNUSABLE,
         "This is not a serial port: write the port of a modem into the settings."),
    Rule("", True, lambda r: r.usb_id in SOFT_MODEMS,
         "This is half a modem, made for Windows alone; no setting helps, use another make."),
    Rule("", True, lambda r: r.state is State.SILENT and r.talks and _matters(r) and r.usb_id not in SOFT_MODEMS,
         "Something talks at this port, but no modem (a GPS receiver or a console, perhaps): choose another port."),
    Rule("", True, lambda r: r.state is State.SILENT and not r.talks and _matters(r) and r.usb_id not in SOFT_MODEMS,
         "Unplug the modem, count to ten, plug it in again; if it stays silent, it is no modem or a broken one."),
    Rule("", False, lambda r: r.state is State.SILENT and not _matters(r) and r.usb_id not in SOFT_MODEMS,
         "Leave this port alone unless you have plugged a modem in there."),
    Rule("", True, lambda r: r.modem_manager and r.state in (State.VOICE, State.DATA, State.TAKEN, State.SILENT),
         "ModemManager is running and talks to every modem that is plugged in: sudo apt-get remove modemmanager"),
    Rule("Q20", False, lambda r: r.answered and r.stable_name != r.path,
         'Write port = "{stable_name}" into the settings: the name {path} may change at the next power cut.'),
    # Can it answer?
    Rule("Q1", True, _dialect("usr5637-old"),
         "Update the firmware of this modem to 1.2.23 or newer: with the present one it never really answers."),
    Rule("Q1b", True, lambda r: r.state is State.DATA and _lists_voice(r) and r.answers.get(TRY_VOICE) == "ERROR",
         "This modem should have voice and refuses it: unplug it for a minute; if that does not help, it is broken."),
    Rule("", True, lambda r: r.state is State.DATA and _lists_voice(r) and r.answers.get(TRY_VOICE) != "ERROR",
         "This modem has voice, but no form of sound that we know: send us what frontdesk doctor --record writes."),
    Rule("", True, lambda r: r.state is State.DATA and not _lists_voice(r),
         "This modem is for data and fax only: it tells who calls and cannot answer. Use another one for this line."),
    # Who calls?
    Rule("", True, lambda r: r.caller_id is Callers.REFUSED,
         "This modem does not tell who calls, so every caller will be unknown; use another one if that matters."),
    Rule("Q5", True, lambda r: r.caller_id is Callers.FACTORY_OFF,
         'Caller ID is switched off in the factory: write modem_setup = ["AT!4886=00"] into the settings of the line.'),
    Rule("Q2", False, _dialect(*USR),
         "If every caller stays unknown behind a telephone adapter, try another make: this one is known for it."),
    # The line.
    Rule("", True, lambda r: r.line is Wire.NONE,
         "No voltage on the telephone line: check the grey cable between the modem and the wall."),
    Rule("", False, lambda r: r.line is Wire.IN_USE,
         "Another telephone on this line is in use, or lies beside its cradle."),
    Rule("", True, lambda r: r.country_listed is False,
         "This modem does not know the country of the settings, {country_wanted}: caller ID and tones may fail."),
    # How it behaves.
    Rule("Q3", False, _dialect("zoom3095"),
         "This modem was seen to overlook that it is told to stop; the program insists, there is nothing to do."),
    Rule("Q8", False, _dialect(*CONEXANT),
         "This modem sets its loudness itself: make speech louder or softer with speak_db and listen_db of the line."),
    Rule("Q10", False, _dialect(*USR),
         "This modem says that a telephone was lifted when it has itself answered; the program ignores that."),
    Rule("Q11", False, lambda r: _voice(r) and not r.tells_hang_up,
         "This modem does not notice when a caller hangs up: the program hears it from the tones, some seconds later."),
    Rule("Q21", False, _dialect(*CONEXANT),
         "If calls break off in the moment a colleague answers, write reversal_hangs_up = false into the settings."),
    Rule("", False, _host_timed,
         "Its hook flash is some 10 to 50 ms too long: use it where the telephone system takes 300 ms or more."),
    Rule("Q22", True, lambda r: r.round_trip_ms is not None and r.round_trip_ms > SLOW_MS,
         "It takes {round_trip_ms} ms to answer: plug it into the box itself, without a hub or a virtual machine."),
    Rule("", False, lambda r: _voice(r) and r.dialect == "v253",
         "We do not know this make: run frontdesk doctor --survey {path} and send us what it writes."),
)  # fmt: skip
"""All there is to advise, in the order in which a person should read it."""
