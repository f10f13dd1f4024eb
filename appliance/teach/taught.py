"""What teaching needs: a line to try things on, and a person who helps.

`hardware.teaching` makes such a line of any modem or HAT; the page or the terminal is the person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from appliance.teach.ear import Ear


class TeachLine(Protocol):
    """A line that nobody else uses. Everything may raise `LineFault`; seconds are those of the line."""

    def lift(self) -> None:
        """Go off-hook, as soon as the line has rested long enough."""

    def put_down(self) -> None:
        """Go on-hook."""

    def flash(self, length_ms: int) -> None:
        """Press the hook once."""

    def dial(self, digits: str, on_ms: int, off_ms: int) -> None:
        """Send DTMF."""

    def pause(self, seconds: float) -> None:
        """Let time pass; what comes meanwhile is lost."""

    def listen(self, seconds: float, ear: Ear) -> None:
        """Let `ear` hear the line for so long, or until it has heard enough."""

    def await_ring(self, seconds: float) -> float | None:
        """On-hook: after how many seconds it rang; `None` when it did not."""


class Helper(Protocol):
    """The person at the telephones."""

    def tell(self, sentence: str) -> None:
        """Say what happens, or what to do now without an answer."""

    def ask(self, request: str) -> bool:
        """Ask for something to be done, and wait until it is; `False` when nobody can be asked."""


class AtTerminal:
    """A helper who reads the terminal. Without `ask`, which asks as `input` does, nobody can be asked for anything."""

    def __init__(self, tell: Callable[[str], None], ask: Callable[[str], str] | None = None) -> None:
        self.tell = tell
        self._ask = ask

    def ask(self, request: str) -> bool:
        """Ask for something to be done; `False` where nobody is there who could do it."""
        if self._ask is None:
            return False
        try:
            self._ask(f"{request} Then press Enter. ")
        except EOFError:
            return False
        return True
