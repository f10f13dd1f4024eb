"""The lines of a running box: opened at its start, and opened anew where other settings want it.

Closing a line and opening another takes as long as its modem needs, so a thread of its own does it; the engine goes on
with the other lines. An event counts only while its line is the present one of its name: what a line still hears that
is being closed is nobody's business any more, and a caller who rings just then is heard by the new one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Protocol

from appliance.clock import Clock, Waiter
from appliance.events import LineEvent
from appliance.performer import Port
from appliance.promptsound import Prompts
from appliance.settings import LineSettings, Settings
from appliance.speech import Samples
from appliance.store.keeper import Keeper

log = logging.getLogger(__name__)

OF_THE_OFFICE = ("company", "department", "menu", "group", "language", "schedule")
"""What the settings of a line say to the office, and nothing to its modem."""
LOOK_AGAIN_S = 0.05
"""How often we look whether lines are closed."""


class Line(Port, Protocol):
    """A line that is open."""

    def close(self) -> None:
        """Put it on-hook, release its port and end its thread; returns when that is done."""


@dataclass(frozen=True, slots=True)
class Supplies:
    """What every line of a box needs: where its events go, who speaks, the music, where recordings are kept."""

    post: Callable[[LineEvent], None]
    speech: Prompts
    music: Samples
    recorder: Keeper


OpenLine = Callable[[LineSettings, Settings, Supplies], Line]
Supply = Callable[[Callable[[LineEvent], None]], Supplies]
"""Gives a line what it needs; its events go where the argument says."""


class _Opening:
    """One line, from its opening on; `done` when it can be used."""

    def __init__(self, line: LineSettings) -> None:
        self.line = line
        self.done = threading.Event()


@dataclass(frozen=True, slots=True)
class FromLine:
    """What a line has told, and which opening of it."""

    opening: _Opening
    event: LineEvent


class OpenLines:
    """All lines of a box. What they tell goes to `post`; `broken` is called when one could not be made at all."""

    def __init__(
        self, clock: Clock, open_line: OpenLine, post: Callable[[FromLine], None], broken: Callable[[], None]
    ) -> None:
        self.ports: dict[str, Line] = {}
        """The open lines by name; the engine's own."""
        self._clock = clock
        self._open_line = open_line
        self._post = post
        self._broken = broken
        self._present: dict[str, _Opening] = {}
        self._one_at_a_time = threading.Lock()
        self._closed = False
        self._thread: threading.Thread | None = None

    def open(self, settings: Settings, supply: Supply) -> None:
        """Open all lines of these settings; before the engine starts."""
        for line in settings.lines:
            self._open(self._expect(line), settings, supply)

    def is_present(self, told: FromLine) -> bool:
        """Does this come from a line that is still there?"""
        return self._present.get(told.opening.line.name) is told.opening

    @property
    def exchanging(self) -> bool:
        """Are lines being closed and opened at present?"""
        return self._thread is not None and self._thread.is_alive()

    def exchange(self, before: Settings, after: Settings, supply: Supply) -> set[str]:
        """Close the lines that are gone or different, and open those that are new or different; on the engine's thread.

        Gives the names of the latter, which are open when they say that they are armed; the others stay as they are.
        """
        if self._closed:
            return set()
        wired = {line.name: _wiring(line, before) for line in before.lines}
        kept = {line.name for line in after.lines if wired.get(line.name) == _wiring(line, after)}
        gone = [self.ports.pop(name) for name in wired if name not in kept]
        for name in wired.keys() - kept:
            del self._present[name]
        opening = [self._expect(line) for line in after.lines if line.name not in kept]
        if gone or opening:
            work = (self._clock.waiter("lines"), gone, opening, after, supply)
            self._thread = threading.Thread(target=self._exchange, args=work, name="lines")
            self._thread.start()
        return {one.line.name for one in opening}

    def close(self) -> None:
        """Close all lines, for good."""
        self._closed = True
        with self._one_at_a_time:
            for line in list(self.ports.values()):
                line.close()
        if self._thread is not None:
            self._thread.join()

    def _exchange(
        self, seat: Waiter, gone: list[Line], opening: list[_Opening], settings: Settings, supply: Supply
    ) -> None:
        try:
            with self._one_at_a_time:
                self._close(gone, seat)
                for one in opening:
                    if not self._closed:
                        self._open(one, settings, supply)
        except Exception:
            log.exception("a line could not be opened")
            self._broken()
        finally:
            seat.close()

    def _close(self, lines: list[Line], seat: Waiter) -> None:
        """Close lines that need time for it, which passes only while everybody who has a seat waits there."""
        closing = [threading.Thread(target=line.close, name="closing") for line in lines]
        for thread in closing:
            thread.start()
        while any(thread.is_alive() for thread in closing):
            seat.wait(self._clock.now() + LOOK_AGAIN_S)

    def _expect(self, line: LineSettings) -> _Opening:
        opening = self._present[line.name] = _Opening(line)
        return opening

    def _open(self, opening: _Opening, settings: Settings, supply: Supply) -> None:
        def post(event: LineEvent) -> None:
            opening.done.wait()  # the engine must find the line before it hears of it
            self._post(FromLine(opening, event))

        self.ports[opening.line.name] = self._open_line(opening.line, settings, supply(post))
        opening.done.set()


def _wiring(line: LineSettings, settings: Settings) -> object:
    """All that a line thread is made of."""
    its_own = {field.name: getattr(line, field.name) for field in fields(line) if field.name not in OF_THE_OFFICE}
    return its_own, settings.pbx, settings.listening, settings.country, settings.language
