"""The power fails between any two writes, or in the middle of one: what was kept before stays, whole (R23, R37)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import numpy as np
import pytest

from appliance.call import CallerId, CallRecord, Outcome, Presentation
from appliance.cardbox import CardBox
from appliance.cardcommands import CallResult, CardDone, HandCard, NoteCard, PromiseBy, ReopenCard, SnoozeCard
from appliance.cards import Card, CardKind, Entry, Reminder, Result
from appliance.clock import VirtualClock
from appliance.schedule import Schedule
from appliance.settings import Hours
from appliance.store.keeper import Keeper
from appliance.store.ledger import LEDGER_NAME, Ledger
from appliance.store.recordings import RATE_HZ, RecordingFile, read_recording, recording_path
from tests.appliance.store.taped_writes import Disk, Tape

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHECKPOINT_PAGES = 40
"""Far sooner than SQLite does it by itself, so that there is much of it to be cut."""
TABLES = ("calls", "cards", "card_history", "reminders")
SOUND = np.arange(1, RATE_HZ // 10 + 1, dtype="<i2")

Dump = tuple[tuple[tuple[object, ...], ...], ...]


def dump(connection: sqlite3.Connection) -> Dump:
    """All that stands in the book."""
    return tuple(tuple(map(tuple, connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2"))) for table in TABLES)


@dataclass
class Office:
    """A card box that writes into a ledger on tape; after each transaction its state is known to be safe."""

    ledger: Ledger
    tape: Tape
    safe: list[tuple[int, Dump]] = field(default_factory=list)
    """After so many writes the book is known to say this."""
    recorded: list[tuple[int, str]] = field(default_factory=list)
    """After so many writes this recording is known to be complete."""

    def __post_init__(self) -> None:
        self.is_safe()
        self.clock = VirtualClock(MONDAY)
        self.box = CardBox(self, self.clock, Schedule(Hours()), "pl")

    def is_safe(self) -> None:
        self.safe.append((self.tape.look(), dump(self.ledger._connection)))

    def keep_card(self, card: Card, *entries: Entry) -> None:
        self.ledger.keep_card(card, *entries)
        self.is_safe()

    def keep_reminder(self, reminder: Reminder) -> None:
        self.ledger.keep_reminder(reminder)
        self.is_safe()

    def call(self, number: int, chance: Random) -> None:
        """A caller leaves a message: first the sound, then the card, then the end of the call."""
        who = CallerId(f"+4822555{chance.randrange(8):04}", "", Presentation.SHOWN)
        record = CallRecord(number, "Line 1", self.clock.today(), who, rings=1)
        self.ledger.begin(record)
        self.is_safe()
        name = f"messages/call-{number:06d}.wav"
        recording = RecordingFile(recording_path(self.tape.home, name))
        for _ in range(3):
            recording.append(SOUND.tobytes())
        recording.close()
        self.recorded.append((len(self.tape.writes), name))
        self.box.add(Card(number, CardKind.MESSAGE, self.clock.today(), who.number, recording=name))
        self.ledger.finish(replace(record, outcome=Outcome.MESSAGE))
        self.is_safe()

    def operate(self, number: int, chance: Random) -> None:
        """Somebody does something with a card."""
        id, caller = chance.randint(1, 12), f"+4822555{chance.randrange(8):04}"
        self.clock.run(self.clock.now() + chance.random() * 5000.0)
        match chance.randrange(9):
            case 0 | 1:
                self.box.add(Card(1000 + number, CardKind.ABANDONED, self.clock.today(), caller, "Łucja"))
            case 2:
                self.box.served(caller, "put through to Anna", number)
            case 3:
                self.box.obey(NoteCard(id, "101", "wants the new list " * chance.randint(1, 60)))
            case 4:
                self.box.obey(SnoozeCard(id, "101", 600.0))
            case 5:
                self.box.obey(CallResult(id, "101", Result.NOT_REACHED))
            case 6:
                self.box.obey(PromiseBy(id, "102", 40.0))
            case 7:
                self.box.obey(chance.choice((CardDone(id, "101"), HandCard(id, "101", "102"))))
            case _:
                self.box.obey(ReopenCard(id, "101"))
        self.box.tick()


def lived(home: Path, operations: int, recordings: int, monkeypatch: pytest.MonkeyPatch) -> Office:
    """So many operations on cards, with so many calls that leave a recording among them."""
    home.mkdir()
    chance = Random(24)
    ledger = Ledger(home / LEDGER_NAME)
    ledger._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger._connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    office = Office(ledger, Tape(home, monkeypatch))
    for number in range(1, operations + 1):
        if number * recordings // operations > (number - 1) * recordings // operations:
            office.call(number, chance)
        office.operate(number, chance)
    monkeypatch.undo()
    return office


@pytest.mark.parametrize(
    ("operations", "recordings"), [pytest.param(20, 2), pytest.param(200, 20, marks=pytest.mark.soak)]
)
def test_cut_between_any_two_writes_or_within_one_everything_that_was_kept_is_there(
    tmp_path: Path, operations: int, recordings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = lived(tmp_path / "home", operations, recordings, monkeypatch)
    writes, after, disk = office.tape.writes, tmp_path / "after", Disk(office.tape.at_first)
    assert any(write.file == LEDGER_NAME for write in writes), "the log was copied into the database, too"
    state = told = 0
    for count, write in enumerate([*writes, None]):
        while state + 1 < len(office.safe) and office.safe[state + 1][0] <= count:
            state += 1
        for cut in (disk, *([disk.copy().take(write, torn=True)] if write else [])):
            cut.lay_out(after)
            told += look_at(after, [dump for _, dump in office.safe[state : state + 2]])
            for complete_at, name in office.recorded:
                if complete_at <= count:
                    assert (read_recording(after / name) == np.tile(SOUND, 3)).all()
        if write:
            disk.take(write)
    assert told, "calls were cut off, and that was said"
    office.ledger.close()


def look_at(home: Path, possible: list[Dump]) -> int:
    """The book is whole, and says what it said before or after what was being written; how many calls were cut off."""
    ledger = Ledger(home / LEDGER_NAME)
    assert ledger.faults == []
    assert dump(ledger._connection) in possible
    for card in ledger.cards(open_only=False):
        if card.recording:
            assert len(read_recording(home / card.recording)) == 3 * len(SOUND)
    interrupted = ledger.recover()
    for record in interrupted:
        assert any(record.number in card.calls for card in ledger.cards(open_only=False))
    ledger.close()
    return len(interrupted)


def test_after_a_cut_in_the_middle_of_a_message_the_box_says_what_it_has_kept_of_it(tmp_path: Path) -> None:
    name = "messages/call-000007.wav"
    keeper = Keeper(tmp_path)
    keeper.begin(CallRecord(7, "Line 1", MONDAY, CallerId("+48225550101", "", Presentation.SHOWN), rings=1))
    keeper.start_recording(name)
    keeper.write_recording(name, np.ones(2 * RATE_HZ, np.int16))
    assert keeper.flush()
    after = tmp_path / "after"
    Disk({path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.*")}).lay_out(after)
    (after / "messages" / "call-000008.wav.part").write_bytes(b"RIFF")
    keeper.close()

    keeper = Keeper(after)
    assert keeper.recovered == (
        "Call 7 was cut off when the box stopped. Whoever it was has a card;"
        f" 2.0 s of what they had said are kept as {name}.",
    )
    keeper.close()
    ledger = Ledger(after / LEDGER_NAME)
    assert [(card.kind, card.recording) for card in ledger.cards()] == [(CardKind.INTERRUPTED, name)]
    ledger.close()
