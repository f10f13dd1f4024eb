"""What can be broken, and what the office should do about it.

Expected outcomes (busy, no answer, no digit) are values, and a caller who leaves is `CallEnded`. Only what is broken is
a `FrontdeskError`: somebody branches on its class, and its sentence of advice is shown on the board as a `Fault`,
a state that is raised and cleared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A state of being broken, as the board shows it: what it is about, what is wrong, what to do."""

    about: str
    problem: str
    advice: str


class FrontdeskError(Exception):
    """Something is broken. `advice` tells the office in one sentence what to do."""

    advice = "Restart the box; if this stays, send the log to your installer."

    def __init__(self, problem: str, advice: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        if advice is not None:
            self.advice = advice

    def fault(self, about: str) -> Fault:
        """This error as a state of `about`, for the board."""
        return Fault(about, self.problem, self.advice)


class LineFault(FrontdeskError):
    """A line cannot work at present."""

    advice = "Check the grey cable between the box and the wall, and the USB plug of the modem."


class PortMissing(LineFault, FileNotFoundError):
    """There is no such serial port."""

    advice = "Check that the modem is plugged in and that the settings name its port."


class PortForbidden(LineFault, PermissionError):
    """The program has no right to open the port."""

    advice = "Add the user that runs the program to the group 'dialout', and log in again."


class PortTaken(LineFault, BlockingIOError):
    """Another program holds the port."""

    advice = "Stop the other program that uses this modem (often ModemManager or a fax program)."


class ModemSilent(LineFault, TimeoutError):
    """The modem did not answer in time."""

    advice = "Unplug the modem, count to ten, plug it in again."


class ModemRefused(LineFault):
    """The modem answered a command that it must know with ERROR."""

    advice = "This modem cannot do voice as it stands; update its firmware or use another one."


class NotAnswering(LineFault):
    """The line tells who rings, but cannot be answered."""

    advice = "The office's own telephones ring. Use another modem for this line, or update its firmware."


class InUse(FrontdeskError, BlockingIOError):
    """Another program has the home folder to itself."""

    advice = "Stop it, or choose another --home."


class NotAllowed(FrontdeskError, PermissionError):
    """A number that nobody allowed would have been dialled (R35)."""

    advice = "Add the number to the extensions in the settings if it should be reachable."


class BadSettings(FrontdeskError, ValueError):
    """The settings say something that cannot be done: `problems` has a sentence for each, `problem` is all of them."""

    advice = "Correct the line that is named, then start again."

    def __init__(self, problem: str | Sequence[str], advice: str | None = None, where: str = "") -> None:
        self.problems = (problem,) if isinstance(problem, str) else tuple(problem)
        self.where = where
        told = " ".join(self.problems)
        super().__init__(f"{where}: {told}" if where else told, advice)

    def of(self, where: str) -> BadSettings:
        """The same, with the name of what the sentences are about before them."""
        return BadSettings(self.problems, self.advice, where)


class BadWords(FrontdeskError, ValueError):
    """A prompt is missing or cannot be spoken."""

    advice = "Look at the file with the prompts of that language."


class NoSpeech(FrontdeskError):
    """There is no way to speak on this machine."""

    advice = "Install the speech engine: sudo apt-get install espeak-ng"


class DamagedStore(FrontdeskError):
    """A file of the office's memory cannot be read."""

    advice = "Restore the newest backup; the damaged file was kept beside it."


class CallEnded(BaseException):
    """The call is over: thrown into a script at its `await`.

    Not an `Exception`, so that no script can swallow it by accident; the performer releases the line.
    """
