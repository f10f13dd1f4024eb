"""The real engine with the real scripts on event-level lines, and books in memory: an office in virtual time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from random import Random

from appliance.call import CallRecord
from appliance.cards import Action, Card, Entry, Reminder
from appliance.clock import VirtualClock
from appliance.commands import Command, Stored
from appliance.events import LineEvent
from appliance.office import Office
from appliance.settings import Settings
from hardware.simulated.eventline import EventLine
from hardware.simulated.eventpbx import EventPbx
from hardware.simulated.eventpeople import Extension
from hardware.simulated.eventport import Habits


def filed_for_calls(card: Card, entries: Iterable[Entry]) -> Iterator[Card]:
    """The card as it was filed for each call of these lines of its history: made for it, or added to."""
    for entry in entries:
        if entry.action in (Action.MADE, Action.CALLED_AGAIN):
            yield replace(card, call=entry.call)


class EventOffice:
    """One office: engine, PBX, lines and books. `desks` are the extensions of the PBX, by number."""

    def __init__(
        self,
        settings: Settings,
        clock: VirtualClock,
        desks: Mapping[str, Extension],
        rng: Random,
        habits: Habits | None = None,
        line_type: type[EventLine] = EventLine,
    ) -> None:
        self.clock = clock
        self.begun: dict[int, CallRecord] = {}
        self.finished: list[CallRecord] = []
        self.finished_at: list[float] = []
        self.box: dict[int, Card] = {}
        self.history: list[Entry] = []
        self.cards: list[Card] = []
        """What was filed for each call, though one caller has one card."""
        self.cards_at: list[float] = []
        self.reminders: list[Reminder] = []
        self.call_of: dict[str, int] = {}
        """The number of the last call that each line took, or takes."""
        self.engine = Office(settings, clock, self)
        self.pbx = EventPbx(clock, desks, habits)
        self.lines = {
            line.name: line_type(line.name, clock, self.pbx, self.post, rng, settings.pbx.on(line))
            for line in settings.lines
        }
        self._stored = 0
        self._due = math.inf
        self.engine.connect(self.lines)
        for line in self.lines.values():
            line.arm()

    # ------------------------------------------------------------ the books: what the keeper is in the real program

    def begin(self, record: CallRecord) -> None:
        self.begun[record.number] = record
        self.call_of[record.line] = record.number

    def finish(self, record: CallRecord) -> None:
        self.finished.append(record)
        self.finished_at.append(self.clock.now())

    def keep_card(self, card: Card, *entries: Entry) -> None:
        self.box[card.id] = card
        self.history += entries
        for filed in filed_for_calls(card, entries):
            self.cards.append(filed)
            self.cards_at.append(self.clock.now())

    def keep_reminder(self, reminder: Reminder) -> None:
        self.reminders.append(reminder)

    @property
    def closed(self) -> list[str]:
        """The numbers on the cards that are done."""
        return [card.number for card in self.box.values() if card.done]

    # ------------------------------------------------------------ the engine's turns

    def post(self, event: LineEvent | Command) -> None:
        """Give the engine an event, and call it when it wants to be called."""
        self.engine.receive(event)
        while self._stored < len(self.finished):
            self._stored += 1
            self.engine.receive(Stored(self.finished[self._stored - 1].number))
        self._make_appointment()

    def _make_appointment(self) -> None:
        due = self.engine.next_due()
        if due < self._due:
            self._due = due
            self.clock.at(due, lambda: self._keep(due))

    def _keep(self, due: float) -> None:
        if self._due == due:
            self._due = math.inf
        self.engine.tick()
        self._make_appointment()
