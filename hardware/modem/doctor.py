"""Looks at serial ports and tells which voice modems they have, what is peculiar about them and what to do.

    frontdesk doctor [PORT ...] [--json] [--record FOLDER]

PORT is a path, a link, a socket as in `usb:1-1.2`, or a HAT as in `fxo:NAME` (`hardware.fxo.doctor`). Without one
every serial port is looked at, and every port that the settings name, all at the same time.
The doctor never takes a modem off-hook, never dials and stores nothing in it; it leaves it as a reset does, on-hook. A
port that somebody has open is not touched. One at which nothing answers costs less than six seconds.

With `--json` the answer is one JSON list with an object for each port, whose keys are the fields of
`hardware.modem.report.Report`. With `--record` the dialogue with each modem (`hardware.modem.transcript`) and its
report are written side by side; dropped into `tests/transcripts/doctor` they are tests: `examine` must find the same.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.clock import Clock
from appliance.faults import BadSettings, LineFault, ModemRefused, ModemSilent, PortForbidden, PortMissing, PortTaken
from appliance.settings import LineSettings
from appliance.signals.countries import Country
from hardware.find import FoundPort, PortFinder, serial_ports
from hardware.fxo.board import is_board
from hardware.modem import at, processes
from hardware.modem.advice import advice_for
from hardware.modem.answers import QUESTIONS, told_by
from hardware.modem.conversation import HELLOS_S, LEAVE_VOICE, PAUSE_S, BytePort, Conversation
from hardware.modem.identify import recognise
from hardware.modem.port import SerialPort
from hardware.modem.report import Report, State, as_json, block
from hardware.modem.transcript import Recorder

QUESTION_S = 2.0
"""A question whose answer takes longer is one that the modem overlooks."""
LATE_S = 1.0
"""After a silence, how long an answer may still come that belongs to the past."""
RESET_S = 2.5
PROBES = 5
ANSWERING = (State.VOICE, State.HAT)
"""What can answer a telephone."""


@dataclass(frozen=True, slots=True)
class Premises:
    """What the settings say of the ports: the country, and the lines with their ports."""

    country: Country | None = None
    lines: tuple[LineSettings, ...] = ()

    def line_at(self, found: FoundPort) -> LineSettings | None:
        """The line of the settings that has this port."""
        return next((line for line in self.lines if _same_port(line.port, found)), None)

    def not_among(self, ports: Sequence[FoundPort]) -> list[FoundPort]:
        """Ports that the settings name and that are nowhere."""
        return [FoundPort(line.port) for line in self.lines if not any(_same_port(line.port, port) for port in ports)]


def _same_port(name: str, found: FoundPort) -> bool:
    """Is it called so, or by a link that leads to it?"""
    return name == found.stable_name or os.path.realpath(name) == os.path.realpath(found.path)


NOWHERE = Premises()


# ---------------------------------------------------------------- one modem


def examine(port: BytePort, clock: Clock, begun: Report, country: Country | None = None) -> Report:
    """Speak with what is at an open port, and tell what it is. `begun` is what was known before.

    The modem is left on-hook, as after a reset. Raises nothing: a port that goes away is a finding.
    """
    begun = replace(begun, country_wanted="" if country is None else f"{country.t35:02X} ({country.code})")
    visit = _Visit(port, clock)
    try:
        found = visit.findings(begun, country)
    except ModemSilent:
        found = replace(begun, state=State.SILENT, talks=visit.heard > 0)
    except LineFault:
        found = replace(begun, state=State.VANISHED)
    return replace(found, advice=advice_for(found))


class _Visit:
    """One conversation with one modem."""

    def __init__(self, port: BytePort, clock: Clock) -> None:
        self.heard = 0
        """Things that were said to us, whatever they mean."""
        self._clock = clock
        self._talk = Conversation(port, clock, self._hear)

    def _hear(self, event: at.Event) -> None:
        self.heard += 1

    def findings(self, begun: Report, country: Country | None) -> Report:
        """Ask everything.

        Raises:
            ModemSilent: nobody answers, or no longer.
            LineFault: the port is gone.
        """
        talk = self._talk
        self._wake_up()
        self._reset()
        try:
            answers = {question: self._ask(question) for question in QUESTIONS}
            dialect = recognise(answers, begun.usb_id)
            talk.probe_chains()
            callers = all([talk.wish(command) for command in dialect.caller_id])
            trip_ms = self._round_trip_ms()
        finally:
            self._leave()
        return told_by(
            replace(begun, chains=talk.takes_chains, round_trip_ms=trip_ms), answers, dialect, callers, country
        )

    def _ask(self, question: str) -> str:
        """Its answer, `OK`, `ERROR`, or nothing where the question was overlooked.

        Raises:
            ModemSilent: it answers nothing else either.
        """
        try:
            return "\n".join(self._talk.command(question, QUESTION_S)) or "OK"
        except ModemRefused:
            return "ERROR"
        except ModemSilent:
            self._talk.command("AT", QUESTION_S)
            self._talk.listen_for(LATE_S)
            return ""

    def _reset(self) -> None:
        """From a state that we know; on-hook, whatever a former program has left."""
        self._say_reset()
        self._wake_up()

    def _wake_up(self) -> None:
        """Awake, and with no answer to an earlier attempt still to come, which would be taken for the next one's."""
        began = self._clock.now()
        self._talk.wake_up()
        if self._clock.now() - began > PAUSE_S + HELLOS_S[0]:
            self._talk.listen_for(LATE_S)

    def _say_reset(self) -> None:
        """A stored profile that forbids all answers leaves a reset unanswered, too."""
        with contextlib.suppress(ModemRefused, ModemSilent):
            self._talk.command("ATZ", RESET_S)

    def _leave(self) -> None:
        """Out of voice mode and on-hook. That it has gone, or fallen silent, is told by what came before."""
        with contextlib.suppress(LineFault):
            self._talk.wish(LEAVE_VOICE)
        with contextlib.suppress(LineFault):
            self._say_reset()

    def _round_trip_ms(self) -> int:
        """How long the shortest of all commands takes: the best of some, for our own machine may be busy."""
        times = []
        for _ in range(PROBES):
            began = self._clock.now()
            self._talk.command("AT", QUESTION_S)
            times.append(self._clock.now() - began)
        return round(min(times) * 1000)


# ---------------------------------------------------------------- all ports


def ports_to_look_at(names: Sequence[str], premises: Premises = NOWHERE) -> list[tuple[FoundPort, bool]]:
    """The ports of these names, each once, or all there are and those that should be: the ones in the settings. With
    each, whether somebody asked for it by name. Whether it is there is seen when it is opened.
    """
    if not names:
        there = serial_ports()
        missing = premises.not_among(there)
        return [(found, premises.line_at(found) is not None) for found in (*there, *missing)]
    ports: dict[str, tuple[FoundPort, bool]] = {}
    for name in names:
        try:
            found = PortFinder().locate(name, name)
        except PortMissing:
            found = FoundPort(name)
        ports.setdefault(str(Path(found.path).resolve()), (found, True))
    return list(ports.values())


def look_at(
    ports: Sequence[tuple[FoundPort, bool]],
    clock: Clock,
    premises: Premises = NOWHERE,
    folder: Path | None = None,
    proc: Path = processes.PROC,
) -> list[Report]:
    """Examine ports, all at the same time; with `folder` the dialogues are recorded there.

    Raises:
        BadSettings: nothing can be written into the folder.
    """
    reports: dict[int, Report] = {}
    problems: list[BaseException] = []

    def look(number: int, found: FoundPort, asked: bool) -> None:
        try:
            reports[number] = look_at_one(found, clock, premises, folder, asked=asked, proc=proc)
        except BaseException as problem:  # told to whoever waits for this thread
            problems.append(problem)

    threads = [
        threading.Thread(target=look, args=(number, found, asked), name=f"doctor at {found.path}")
        for number, (found, asked) in enumerate(ports)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return [reports[number] for number in sorted(reports)]


def look_at_one(
    found: FoundPort,
    clock: Clock,
    premises: Premises = NOWHERE,
    folder: Path | None = None,
    *,
    asked: bool = True,
    proc: Path = processes.PROC,
) -> Report:
    """Examine one port. Any thread.

    Raises:
        BadSettings: nothing can be written into the folder.
    """
    line = premises.line_at(found)
    if is_board(found.path):
        from hardware.fxo.doctor import HatReport, look_at_hat  # few boxes have a HAT

        hat = HatReport(found.path, found.path, asked=asked, settings_line=line.name if line else "")
        return look_at_hat(hat, clock, country=premises.country)
    begun = Report(
        found.path, found.stable_name, found.usb_id, found.product, asked, line.name if line else "",
        modem_setup=line.modem_setup if line else (), modem_manager=processes.is_running("ModemManager", proc),
    )  # fmt: skip
    holders = processes.holders(found.path, proc)
    if holders:
        return _closed(begun, State.TAKEN, holders)
    waiter = clock.waiter(f"doctor at {found.path}")
    try:
        port = SerialPort(found.path, clock, waiter)
        try:
            recorder = Recorder(port, clock)
            report = examine(recorder, clock, begun, premises.country)
        finally:
            port.close()
    except PortMissing:
        return _closed(begun, State.MISSING)
    except PortForbidden:
        return _closed(begun, State.FORBIDDEN)
    except PortTaken:
        return _closed(begun, State.TAKEN)
    except LineFault:
        return _closed(begun, State.UNUSABLE)
    finally:
        waiter.close()
    if folder is not None:
        keep(recorder, report, folder, clock)
    return report


def _closed(begun: Report, state: State, holders: tuple[str, ...] = ()) -> Report:
    found = replace(begun, state=state, held_by=holders)
    return replace(found, advice=advice_for(found))


def told(reports: Sequence[Report]) -> str:
    """The reports in words, for a person at a terminal."""
    if not reports:
        return "There is no serial port: plug a voice modem in, wait for ten seconds, and look again."
    blocks = [block(report) for report in reports]
    if not any(report.state in ANSWERING for report in reports):
        blocks.append("No voice modem was found that we could speak with.")
    return "\n\n".join(blocks)


def went_well(reports: Sequence[Report]) -> bool:
    """Is there a voice modem, and nothing for a person to do?"""
    return any(report.state in ANSWERING for report in reports) and not any(report.to_do for report in reports)


# ---------------------------------------------------------------- recording


def keep(recorder: Recorder, report: Report, folder: Path, clock: Clock) -> None:
    """Write the dialogue and the report side by side into `folder`.

    Raises:
        BadSettings: that cannot be written.
    """
    name = re.sub(r"[^A-Za-z0-9.]+", "-", report.stable_name).strip("-")
    emulated = str(Path(report.path).resolve()).startswith(processes.PSEUDO)
    where = "at a pseudo-terminal, so of an emulated modem and no real one" if emulated else f"at {report.path}"
    title = f"frontdesk doctor {where}, {clock.today():%Y-%m-%d %H:%M}: {report.name or report.state.value}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        recorder.save(folder / f"{name}.txt", title)
        (folder / f"{name}.json").write_text(as_json([report]), encoding="utf-8")
    except OSError as problem:
        advice = "Choose another folder for --record."
        raise BadSettings(f"the recording cannot be written: {problem.strerror}", advice) from problem
