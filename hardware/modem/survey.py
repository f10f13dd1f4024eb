"""A guided hour with one real modem, which finds out what no manual tells.

    frontdesk doctor /dev/ttyACM0 --survey [--record FOLDER]

Step by step (`hardware.modem.survey_steps`) the helper is told what to do and why; the program measures. A step can be
skipped or repeated, and the whole can be stopped with Ctrl-C at any time: after each step the results are written to
`survey.json` in the folder, with the dialogue beside it, and the next start goes on where this one ended. The line is
always left on-hook.

`survey.json` is one object: `modem` (what the doctor found), `country`, and `steps`, by key: `title`, `state` ("done",
"skipped" or "could not be measured", then with `why`) and `measured`, whose keys tell the unit (`_s`, `_ms`, `_db`,
`_dbm0`, `_bytes`, `_volts`); a list of `[seconds, what]` is what happened when.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from appliance.clock import Clock
from appliance.faults import BadSettings, FrontdeskError, LineFault, PortTaken
from appliance.plain import plain
from appliance.signals.countries import country
from hardware.find import FoundPort
from hardware.modem import processes
from hardware.modem.doctor import Premises, examine
from hardware.modem.identify import recognise
from hardware.modem.port import SerialPort
from hardware.modem.report import Report, block
from hardware.modem.rig import Rig

WENT_WELL, WENT_WRONG = 0, 1
DEFAULT_COUNTRY = "us"
"""Of which country the tones are that we listen for, when nobody says."""
RESULTS = "survey.json"

Ask = Callable[[str], str]
"""Puts a question to the helper and returns the answer, as `input` does."""
Tell = Callable[[str], None]
Measured = dict[str, Any]


class Stopped(Exception):
    """The helper wants to stop for today."""


class NotMeasured(FrontdeskError):
    """A step came to nothing: no call came, or nothing was typed."""

    advice = "Repeat the step, or skip it."


class StepState(Enum):
    """How a step ended."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "could not be measured"


@dataclass(frozen=True, slots=True)
class SurveyStep:
    """One thing to find out: why, what the helper needs for it, and how it is measured."""

    key: str
    title: str
    why: str
    needs: str
    measure: Callable[[Rig, Helper], Measured]
    needs_voice: bool = True


class Helper:
    """The person at the modem."""

    def __init__(self, ask: Ask, tell: Tell) -> None:
        self.tell = tell
        self._ask = ask

    def ask(self, question: str) -> str:
        """Their answer, in small letters.

        Raises:
            Stopped: they have gone away.
        """
        try:
            return self._ask(f"{question} ").strip().lower()
        except (EOFError, KeyboardInterrupt) as ended:
            raise Stopped from ended

    def yes(self, question: str) -> bool:
        """Do they say yes?"""
        return self.ask(f"{question} [y/n]").startswith("y")


class Survey:
    """The steps, their results, and the files they are kept in."""

    def __init__(self, rig: Rig, helper: Helper, folder: Path, report: Report, began: str) -> None:
        self._rig = rig
        self._helper = helper
        self._folder = folder
        self._dialogue = folder / f"survey-{began}.txt"
        self._modem = {key: value for key, value in plain(report).items() if key not in ("advice", "asked")}
        self._steps: dict[str, Measured] = self._earlier()

    def run(self, steps: tuple[SurveyStep, ...]) -> None:
        """Every step that has no result yet.

        Raises:
            Stopped: the helper has had enough.
            BadSettings: the results cannot be written.
        """
        for number, step in enumerate(steps, 1):
            if self._steps.get(step.key, {}).get("state") == StepState.DONE.value:
                self._helper.tell(f"{number} of {len(steps)}  {step.title}: done already.")
                continue
            self._helper.tell(f"\n{number} of {len(steps)}  {step.title}\n  {step.why}\n  You need: {step.needs}.")
            self._take(step)

    def _take(self, step: SurveyStep) -> None:
        answer = self._helper.ask("Enter: begin. s: skip this step. q: stop for today.")
        while True:
            if answer.startswith("q"):
                raise Stopped
            if answer.startswith("s"):
                self._keep(step, {"state": StepState.SKIPPED.value})
                return
            result = self._measured(step)
            self._keep(step, result)
            self._helper.tell(_words(result))
            answer = self._helper.ask("Enter: go on. r: repeat this step. q: stop for today.")
            if answer.startswith("q"):
                raise Stopped
            if not answer.startswith("r"):
                return

    def _measured(self, step: SurveyStep) -> Measured:
        if step.needs_voice and not self._rig.kind.voice:
            return {"state": StepState.FAILED.value, "why": "this modem has no voice"}
        self._rig.recorder.remark(f"survey: {step.title}")
        try:
            self._rig.prepare()
            measured = step.measure(self._rig, self._helper)
        except (NotMeasured, LineFault) as problem:
            return {"state": StepState.FAILED.value, "why": problem.problem}
        finally:
            self._rig.hang_up()
        return {"state": StepState.DONE.value, "measured": measured}

    def _keep(self, step: SurveyStep, result: Measured) -> None:
        self._steps[step.key] = {"title": step.title, **result}
        whole = {"modem": self._modem, "country": self._rig.country.code, "steps": self._steps}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
            (self._folder / RESULTS).write_text(text, encoding="utf-8")
            self._rig.recorder.save(self._dialogue, f"frontdesk doctor --survey: {self._modem['name']}")
        except OSError as problem:
            advice = "Choose another folder with --record."
            raise BadSettings(f"the results cannot be written: {problem.strerror}", advice) from problem

    def _earlier(self) -> dict[str, Measured]:
        """What was found out before about the same kind of modem, if anything."""
        try:
            whole = json.loads((self._folder / RESULTS).read_text(encoding="utf-8"))
            same = all(whole["modem"][key] == self._modem[key] for key in ("dialect", "firmware", "usb_id"))
            return dict(whole["steps"]) if same else {}
        except (OSError, ValueError, KeyError, TypeError):
            return {}


def _words(result: Measured) -> str:
    """A result for the helper to look at."""
    found = result.get("measured") or {key: result[key] for key in ("state", "why") if key in result}
    return "\n".join(f"  {key}: {'nothing' if value is None or value == [] else value}" for key, value in found.items())


def run_survey(found: FoundPort, clock: Clock, premises: Premises, folder: Path, ask: Ask, tell: Tell) -> int:
    """Survey the modem at a port, until all is known or the helper stops; the exit code.

    Raises:
        PortMissing, PortForbidden, PortTaken: the port cannot be used.
        BadSettings: the results cannot be written.
    """
    from hardware.modem.survey_steps import STEPS

    if holders := processes.holders(found.path):
        raise PortTaken(f"{', '.join(holders)} is using {found.path}")
    place = premises.country or country(DEFAULT_COUNTRY)
    waiter = clock.waiter("survey")
    try:
        port = SerialPort(found.path, clock, waiter)
        rig = Rig(port, clock, place)
        try:
            begun = Report(found.path, found.stable_name, found.usb_id, found.product, asked=True)
            report = examine(rig.recorder, clock, begun, premises.country)
            tell(block(report))
            if not report.answered:
                return WENT_WRONG
            rig.dialect = recognise(report.answers, report.usb_id)
            tell("You can stop at any time with Ctrl-C; the results so far are kept, and the line is hung up.")
            Survey(rig, Helper(ask, tell), folder, report, f"{clock.today():%Y%m%d-%H%M%S}").run(STEPS)
            tell(f"That was all: thank you. Send us the folder {folder}; telephone numbers in it are masked.")
        except (Stopped, KeyboardInterrupt):
            tell(f"Stopped. What was measured is in {folder}; the same command goes on from here.")
        finally:
            if rig.dialect is not None:
                rig.hang_up()
            port.close()
    finally:
        waiter.close()
    return WENT_WELL
