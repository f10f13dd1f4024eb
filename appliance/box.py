"""The running office: engine, lines, keeper and speech, each in a thread of its own, put together.

It knows nothing of modems or pages: whoever makes a box says how a line is opened, and reads its board.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appliance.addressbook.clerk import Clerk
from appliance.board import Board
from appliance.clock import Clock, Inbox, Waiter
from appliance.commands import ClearFault, Command, RaiseFault, Stored
from appliance.contactbook import MOST_SERVED, ContactBook
from appliance.faults import Fault, FrontdeskError, NoSpeech
from appliance.likely import likely_sentences, sentences_for_callers, spoken_languages
from appliance.notices import PostReport
from appliance.office import Office
from appliance.openlines import FromLine, OpenLine, OpenLines, Supplies, Supply
from appliance.privacy import EVERY_S, FIRST_AFTER_S, EraseCaller, limits
from appliance.promptsound import Prompts, hold_music
from appliance.settings import Settings
from appliance.speech import EspeakVoice
from appliance.store.keeper import Keeper
from appliance.store.ledger import open_for_reading
from appliance.store.settings import ABOUT
from appliance.telling import Helpers, Telling

log = logging.getLogger("frontdesk")

WRITTEN_S = 1.0
"""How long somebody who wants to hear what they have just recorded waits for the disk."""
CALLS_OF_A_DAY = 1000
"""More than an office has: so many of the last calls are read at the start, to know who has called today."""
LOOK_OUT_S = 2.0
"""How often we look whether somebody has stored other settings."""
LOOK_ROUND_S = 30.0
"""The engine looks round at least so often, even when nothing happens."""


WAITING = Fault(
    ABOUT,
    "other settings are stored, and wait until nobody is on the telephone",
    "There is nothing to do: they are taken up by themselves.",
)


PAGE = Fault(
    "page",
    "the page has another address in the settings, and is still served at the old one",
    "Start the box again when nobody is on the telephone.",
)


class Watch(Protocol):
    """Who looks whether there are other settings; from one thread only (`appliance.store.watch`)."""

    def look(self) -> Settings | Fault | None:
        """Other settings, or why they cannot be used; `None` when there are none."""

    def works_with(self, settings: Settings) -> None:
        """The box works with these."""


@dataclass(frozen=True, slots=True)
class Found:
    """Other settings are stored, or some that cannot be used."""

    what: Settings | Fault


class Box:
    """Engine, lines, keeper and speech of one office, running. `open_line` makes each of its lines.

    `board` is always the present one; `crashed` tells that the engine has broken, which must not happen. `settings` are
    those in force: others that `watch` finds are taken up as soon as no line rings or is in a call. The box begins with
    the `faults` that were found before. With `helpers` people are told by notice what they should know.
    """

    def __init__(
        self,
        settings: Settings,
        home: Path,
        clock: Clock,
        open_line: OpenLine,
        *,
        faults: Sequence[Fault] = (),
        watch: Watch | None = None,
        helpers: Helpers | None = None,
    ) -> None:
        self.settings = settings
        self.home = home
        self._clock = clock
        self._seat = clock.waiter("engine")
        self._inbox: Inbox[FromLine | Command | Found | PostReport] = Inbox(self._seat)
        self._ending = self._stopping = False
        self.crashed = False
        self._shown_faults: dict[str, Fault] = {}
        self._wanted: Settings | None = None
        self._served = settings.web
        self._forgets_at = clock.now() + FIRST_AFTER_S
        colleagues = {person.extension for person in settings.people if person.pin}
        self._keeper = Keeper(home, lambda call: self._inbox.put(Stored(call)), colleagues)
        self._prompts = self._prompts_in(settings.language)
        ledger = open_for_reading(home)
        calls, arranged = tuple(ledger.calls(CALLS_OF_A_DAY)), ledger.arranged()
        cards = tuple(reversed(ledger.cards()))
        served, next_contact = ledger.served(MOST_SERVED), ledger.next_contact()
        contacts = ContactBook(settings.country, ledger.contacts(), served, next_contact)
        notices = ledger.notices()
        ledger.close()
        self._office = Office(
            settings,
            clock,
            self._keeper,
            first_call=self._keeper.next_call_number,
            first_card=self._keeper.next_card_number,
            calls=calls,
            cards=cards,
            faults=tuple(faults),
            notes=self._keeper,
            arranged=arranged,
            contacts=contacts,
        )
        self.board: Board = self._office.board()
        post, wake = self._inbox.put, self._seat.ring
        self._telling = Telling(helpers, settings, clock, self._keeper, notices, post, wake)
        self._lines = OpenLines(clock, open_line, self._inbox.put, self._break)
        self._watch = watch
        self._lookout: tuple[Waiter, threading.Thread] | None = None
        self._engine = threading.Thread(target=self._run, name="engine")
        self._speech: list[threading.Thread] = []
        self._clerk = Clerk(home, self._inbox.put, self._keeper.flush)

    def _prompts_in(self, language: str) -> Prompts:
        return Prompts(
            language,
            EspeakVoice(language),
            self.home / "prompts",
            home=self.home,
            written=lambda: self._keeper.flush(WRITTEN_S),
            voices=EspeakVoice,
        )

    def _supplies(self) -> Supply:
        prompts = self._prompts
        return lambda post: Supplies(post, prompts, hold_music(), self._keeper)

    def start(self) -> None:
        """Open all lines and begin to answer."""
        self._lines.open(self.settings, self._supplies())
        self._office.connect(self._lines.ports)
        self._telling.start()
        self._engine.start()
        self._prepare_speech()
        self._clerk.start()
        if self._watch is not None:
            seat = self._clock.waiter("settings")
            self._lookout = seat, threading.Thread(target=self._look_out, args=(self._watch, seat), name="settings")
            self._lookout[1].start()

    def stop(self) -> None:
        """Put every line on-hook, write everything down, end all threads."""
        self._ending = True
        if self._lookout is not None:
            seat, thread = self._lookout
            seat.ring()
            thread.join()
            seat.close()
        self._lines.close()
        self._clerk.stop()
        self._telling.stop()
        self._stopping = True
        self._seat.ring()
        if self._engine.is_alive():
            self._engine.join()
        for thread in self._speech:
            thread.join()
        self._keeper.close()

    def obey(self, command: Command) -> None:
        """Have the engine do what somebody wants, as soon as it can; from any thread."""
        self._inbox.put(command)

    @property
    def busy(self) -> bool:
        """Is there a call?"""
        return any(line.state == "in a call" for line in self.board.lines)

    def _run(self) -> None:
        """The engine's thread: events and commands in, a new board out."""
        try:
            while not self._stopping:
                event = self._inbox.get(min(self._next_due(), self._clock.now() + LOOK_ROUND_S))
                while event is not None:
                    self._take_in(event)
                    event = self._inbox.get(-math.inf) if len(self._inbox) else None
                self._office.tick()
                self._forget_old()
                self._look_at_faults()
                self._take_up_wanted()
                self.board = self._office.board()
                for ring_up in self._telling.look(self.board, self._office.cards):
                    self._office.receive(ring_up)
        except Exception:
            log.exception("the engine broke; all lines are released so that the office's own phones ring")
            self._break()
        finally:
            self._seat.close()

    def _break(self) -> None:
        self.crashed = True

    def _next_due(self) -> float:
        return min(self._office.next_due(), self._telling.next_due())

    def _take_in(self, event: FromLine | Command | Found | PostReport) -> None:
        match event:
            case FromLine():
                if self._lines.is_present(event):
                    self._office.receive(event.event)
            case Found(what):
                self._found(what)
            case PostReport():
                self._telling.reported(event)
            case EraseCaller():
                self._keeper.erase_caller(event, self.settings.country, self._clock.today())
                self._office.receive(event)
            case _:
                self._office.receive(event)

    def _forget_old(self) -> None:
        """Once a day what is old enough is forgotten (R36)."""
        if self._clock.now() >= self._forgets_at:
            self._forgets_at = self._clock.now() + EVERY_S
            self._keeper.forget_old(limits(self.settings.privacy, self._clock.today()))

    def _look_at_faults(self) -> None:
        """Show on the board what the keeper has to say of the disk, and what is wrong with notices."""
        faults = (self._keeper.fault, *self._telling.faults())
        there = {fault.about: fault for fault in faults if fault is not None}
        for about in self._shown_faults.keys() - there:
            self._office.receive(ClearFault(about))
        for about, fault in there.items():
            if self._shown_faults.get(about) != fault:
                self._office.receive(RaiseFault(fault))
        self._shown_faults = there

    # ------------------------------------------------------------ other settings

    def _look_out(self, watch: Watch, seat: Waiter) -> None:
        """A thread of its own: look every few seconds whether somebody has stored other settings."""
        try:
            while not self._ending:
                watch.works_with(self.settings)
                if (what := watch.look()) is not None:
                    self._inbox.put(Found(what))
                seat.wait(self._clock.now() + LOOK_OUT_S)
        except Exception:
            log.exception("nobody looks for other settings any more")
            self._inbox.put(Found(Fault(ABOUT, "other settings are not noticed any more", FrontdeskError.advice)))
            while not self._ending:
                seat.wait(math.inf)

    def _found(self, what: Settings | Fault) -> None:
        """Of several that are found before the first can be taken up only the last ones count."""
        self._wanted = None
        if isinstance(what, Fault):
            self._office.receive(RaiseFault(what))
        elif what == self.settings:
            self._office.receive(ClearFault(ABOUT))
        else:
            self._wanted = what
            if not self._office.idle:
                self._office.receive(RaiseFault(WAITING))

    def _take_up_wanted(self) -> None:
        """Go on with the settings that were found, as soon as no call knows the old ones."""
        settings = self._wanted
        if settings is None or not self._office.idle or self._lines.exchanging:
            return
        self._wanted, before, self.settings = None, self.settings, settings
        if settings.language != before.language:
            self._prompts = self._prompts_in(settings.language)
        self._office.take_up(settings, self._lines.exchange(before, settings, self._supplies()))
        self._telling.take_up(settings)
        self._office.receive(ClearFault(ABOUT))
        self._office.receive(ClearFault(PAGE.about) if settings.web == self._served else RaiseFault(PAGE))
        log.info("other settings are in force")
        self._prepare_speech()

    # ------------------------------------------------------------ speech

    def _prepare_speech(self) -> None:
        """Have the usual sentences spoken ahead, so that no caller waits for the speech engine."""
        work = (self.settings, self._prompts)
        self._speech = [thread for thread in self._speech if thread.is_alive()]
        self._speech.append(threading.Thread(target=self._speak_ahead, args=work, name="speech"))
        self._speech[-1].start()

    def _speak_ahead(self, settings: Settings, prompts: Prompts) -> None:
        def stopped() -> bool:
            return self._stopping or self.settings is not settings

        try:
            prompts.prepare(likely_sentences(settings), stopped)
            for language in spoken_languages(settings):
                prompts.prepare(sentences_for_callers(settings), stopped, language)
        except NoSpeech as problem:
            self._inbox.put(RaiseFault(problem.fault("speech")))
