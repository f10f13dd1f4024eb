"""Callers whom the office knows: the engine with the real scripts, in virtual time (R5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from appliance.arranged import KeptGreeting, KeptPresence
from appliance.call import CallerId, CallRecord, Outcome, Presentation
from appliance.cards import Card, Entry, Reminder
from appliance.clock import VirtualClock
from appliance.commands import Command, ForgetContact, KeepContact
from appliance.contactbook import BOOK_FULL, ContactBook
from appliance.contacts import Contact, LastServed
from appliance.events import LineEvent
from appliance.office import Office
from appliance.settings import LineSettings, PersonSettings, Settings
from hardware.simulated.eventline import EventLine
from hardware.simulated.eventoffice import filed_for_calls
from hardware.simulated.eventpbx import EventPbx
from hardware.simulated.eventpeople import Extension, Visitor

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SETTINGS = Settings(
    company="Northwind",
    lines=(LineSettings("Line 1", "a"),),
    people=(PersonSettings("Anna", "11", "sales"),),
)
EWA = Contact("Ewa Lis", "Contoso", ("+48225550100",), id=1)
FROM_EWA = CallerId("225550100", "", Presentation.SHOWN)
FROM_A_STRANGER = CallerId("225550199", "", Presentation.SHOWN)


@dataclass
class Day:
    """An office of one line and one colleague, and what it has written down."""

    book: ContactBook
    kept: list[Contact] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)
    begun: list[CallRecord] = field(default_factory=list)
    records: list[CallRecord] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = VirtualClock(TUESDAY)
        self.office = Office(SETTINGS, self.clock, self, notes=self, contacts=self.book)
        rng = Random(1)
        self.anna = Extension("11", 0.0, rng)
        pbx = EventPbx(self.clock, {"11": self.anna})
        self.line = EventLine("Line 1", self.clock, pbx, self.post, rng)
        self.office.connect({"Line 1": self.line})
        self.line.arm()

    def begin(self, record: CallRecord) -> None:
        self.begun.append(record)

    def finish(self, record: CallRecord) -> None:
        self.records.append(record)

    def keep_card(self, card: Card, *entries: Entry) -> None:
        self.cards += filed_for_calls(card, entries)

    def keep_reminder(self, reminder: Reminder) -> None:
        """Nobody is told of anything here."""

    def keep_presence(self, presence: KeptPresence) -> None:
        """Not looked at."""

    def keep_greeting(self, greeting: KeptGreeting) -> None:
        """Not looked at."""

    def forget_recording(self, name: str) -> None:
        """Not looked at."""

    def keep_contacts(self, contacts: Sequence[Contact]) -> None:
        self.kept += contacts

    def forget_contact(self, id: int) -> None:
        self.forgotten.append(id)

    def post(self, event: LineEvent | Command) -> None:
        self.office.receive(event)
        self._appoint()

    def _appoint(self) -> None:
        due = self.office.next_due()
        if due < self.clock.next_appointment():
            self.clock.at(due, self._tick)

    def _tick(self) -> None:
        self.office.tick()
        self._appoint()

    def call(self, caller_id: CallerId, patience_s: float = 3000.0) -> None:
        self.line.ring(Visitor(caller_id, patience_s, 100.0, {}))

    def run(self, seconds: float) -> None:
        self.clock.run(self.clock.now() + seconds)


def test_the_board_the_queue_and_the_list_of_calls_name_a_known_caller() -> None:
    day = Day(ContactBook("pl", [EWA]))
    day.anna.busy_until = 1e9
    day.call(FROM_EWA)
    day.run(60.0)
    board = day.office.board()
    assert board.lines[0].caller_id is not None
    assert board.lines[0].caller_id.name == "Ewa Lis, Contoso"
    assert board.waiting[0].caller_id.name == "Ewa Lis, Contoso"
    assert day.begun[-1].caller_id.name == "Ewa Lis, Contoso"  # so that a power cut leaves a card with it


def test_a_known_caller_who_gives_up_leaves_a_card_with_their_name() -> None:
    day = Day(ContactBook("pl", [EWA]))
    day.anna.busy_until = 1e9
    day.call(FROM_EWA, patience_s=40.0)
    day.run(100.0)
    assert [(card.number, card.name) for card in day.cards] == [("225550100", "Ewa Lis, Contoso")]


def test_nothing_is_made_up_for_a_stranger() -> None:
    day = Day(ContactBook("pl", [EWA]))
    day.call(FROM_A_STRANGER)
    day.run(100.0)
    assert day.records[0].caller_id == FROM_A_STRANGER
    assert day.records[0].outcome is Outcome.TRANSFERRED


def test_a_colleague_is_not_taken_for_a_contact_with_the_number_of_their_extension() -> None:
    day = Day(ContactBook("pl", [Contact("Hotel reception", numbers=("11",), id=1)]))
    day.call(CallerId("11", "", Presentation.SHOWN))
    day.run(100.0)
    assert day.records[0].caller_id.name == ""


def test_the_office_learns_who_served_a_caller() -> None:
    day = Day(ContactBook("pl", [EWA]))
    day.call(FROM_EWA)
    day.run(100.0)
    attempt = day.records[0].transfers[-1]
    assert day.book.last_served("225550100") == LastServed("11", attempt.at)


def test_a_new_contact_is_written_down_and_known_at_the_next_call() -> None:
    day = Day(ContactBook("pl", [EWA]))
    day.post(KeepContact(Contact("Jan Kos", numbers=("22 555 01 99",))))
    assert day.kept == [Contact("Jan Kos", numbers=("+48225550199",), id=2)]
    day.call(FROM_A_STRANGER)
    day.run(100.0)
    assert day.records[0].caller_id.name == "Jan Kos"


def test_a_contact_who_is_forgotten_is_a_stranger_at_the_next_call() -> None:
    day = Day(ContactBook("pl", [EWA]))
    day.post(ForgetContact(1))
    assert day.forgotten == [1]
    day.call(FROM_EWA)
    day.run(100.0)
    assert day.records[0].caller_id.name == ""


class _SmallBook(ContactBook):
    """A book with one page."""

    @property
    def full(self) -> bool:
        return len(self) >= 1


def test_a_full_book_says_so_and_can_still_be_changed() -> None:
    day = Day(_SmallBook("pl", [EWA]))
    day.post(KeepContact(Contact("Jan Kos")))
    assert day.kept == []
    assert BOOK_FULL in day.office.board().faults
    day.post(KeepContact(Contact("Ewa Wilk", id=1)))
    assert [contact.name for contact in day.kept] == ["Ewa Wilk"]
