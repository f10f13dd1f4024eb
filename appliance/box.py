"""The running office: engine, lines, keeper and speech, each in a thread of its own, put together.

It knows nothing of modems or pages: whoever makes a box says how a line is opened, and reads its board.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appliance.board import Board
from appliance.clock import Clock, Inbox
from appliance.commands import ClearFault, Command, RaiseFault, Stored
from appliance.contactbook import MOST_SERVED, ContactBook
from appliance.events import LineEvent
from appliance.faults import Fault, NoSpeech
from appliance.likely import likely_sentences, sentences_for_callers, spoken_languages
from appliance.office import Office
from appliance.performer import Port
from appliance.prompts import Prompts, hold_music
from appliance.settings import LineSettings, Settings
from appliance.speech import EspeakVoice, Samples
from appliance.store.keeper import Keeper
from appliance.store.ledger import open_for_reading

log = logging.getLogger("frontdesk")

WRITTEN_S = 1.0
"""How long somebody who wants to hear what they have just recorded waits for the disk."""
CALLS_OF_A_DAY = 1000
"""More than an office has: so many of the last calls are read at the start, to know who has called today."""
LOOK_ROUND_S = 30.0
"""The engine looks round at least so often, even when nothing happens."""


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


OpenLine = Callable[[LineSettings, Supplies], Line]


class Box:
    """Engine, lines, keeper and speech of one office, running. `open_line` makes each of its lines.

    `board` is always the present one; `crashed` tells that the engine has broken, which must not happen.
    """

    def __init__(
        self,
        settings: Settings,
        home: Path,
        clock: Clock,
        open_line: OpenLine,
    ) -> None:
        self.settings = settings
        self.home = home
        self._open_line = open_line
        self._clock = clock
        self._seat = clock.waiter("engine")
        self._inbox: Inbox[LineEvent | Command] = Inbox(self._seat)
        self._stopping = False
        self.crashed = False
        self._disk_fault: Fault | None = None
        colleagues = {person.extension for person in settings.people if person.pin}
        self._keeper = Keeper(home, lambda call: self._inbox.put(Stored(call)), colleagues)
        self._prompts = Prompts(
            settings.language,
            EspeakVoice(settings.language),
            home / "prompts",
            home=home,
            written=lambda: self._keeper.flush(WRITTEN_S),
            voices=EspeakVoice,
        )
        ledger = open_for_reading(home)
        calls, arranged = tuple(ledger.calls(CALLS_OF_A_DAY)), ledger.arranged()
        cards = tuple(reversed(ledger.cards()))
        served, next_contact = ledger.served(MOST_SERVED), ledger.next_contact()
        contacts = ContactBook(settings.country, ledger.contacts(), served, next_contact)
        ledger.close()
        self._office = Office(
            settings,
            clock,
            self._keeper,
            first_call=self._keeper.next_call_number,
            calls=calls,
            cards=cards,
            notes=self._keeper,
            arranged=arranged,
            contacts=contacts,
        )
        self.board: Board = self._office.board()
        self._lines: dict[str, Line] = {}
        self._engine = threading.Thread(target=self._run, name="engine")
        self._speech = threading.Thread(target=self._prepare_speech, name="speech")

    def start(self) -> None:
        """Open all lines and begin to answer."""
        supplies = Supplies(self._inbox.put, self._prompts, hold_music(), self._keeper)
        for line in self.settings.lines:
            self._lines[line.name] = self._open_line(line, supplies)
        self._office.connect(self._lines)
        self._engine.start()
        self._speech.start()

    def stop(self) -> None:
        """Put every line on-hook, write everything down, end all threads."""
        for line in self._lines.values():
            line.close()
        self._stopping = True
        self._seat.ring()
        if self._engine.is_alive():
            self._engine.join()
            self._speech.join()
        self._keeper.close()

    @property
    def busy(self) -> bool:
        """Is there a call?"""
        return any(line.state == "in a call" for line in self.board.lines)

    def _run(self) -> None:
        """The engine's thread: events and commands in, a new board out."""
        try:
            while not self._stopping:
                event = self._inbox.get(min(self._office.next_due(), self._clock.now() + LOOK_ROUND_S))
                while event is not None:
                    self._office.receive(event)
                    event = self._inbox.get(-math.inf) if len(self._inbox) else None
                self._office.tick()
                self._look_at_disk()
                self.board = self._office.board()
        except Exception:
            log.exception("the engine broke; all lines are released so that the office's own phones ring")
            self.crashed = True
        finally:
            self._seat.close()

    def _look_at_disk(self) -> None:
        """Show on the board what the keeper has to say of the disk."""
        fault = self._keeper.fault
        if fault != self._disk_fault:
            if self._disk_fault is not None:
                self._office.receive(ClearFault(self._disk_fault.about))
            if fault is not None:
                self._office.receive(RaiseFault(fault))
            self._disk_fault = fault

    def _prepare_speech(self) -> None:
        """Have the usual sentences spoken ahead, so that no caller waits for the speech engine."""
        try:
            self._prompts.prepare(likely_sentences(self.settings), lambda: self._stopping)
            for language in spoken_languages(self.settings):
                self._prompts.prepare(sentences_for_callers(self.settings), lambda: self._stopping, language)
        except NoSpeech as problem:
            self._inbox.put(RaiseFault(problem.fault("speech")))
