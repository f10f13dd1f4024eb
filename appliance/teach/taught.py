"""What teaching needs: a line to try things on, and a person who is told what to do.

`hardware.teaching` makes such a line of any modem or HAT; the terminal or the page tells the person. Nobody is waited
for but by listening: a line in a call wants to be looked after all the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from appliance.teach.ear import Ear

Tell = Callable[[str], None]
"""Says to the person at the telephones what happens, or what to do now."""


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
