"""The keeper writes everything down, in order, whatever the disk does."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.acd.staff import Presence
from appliance.arranged import Arranged, KeptGreeting, KeptPresence
from appliance.call import CallerId, CallRecord, Outcome, Presentation
from appliance.cards import Card, CardKind
from appliance.cardsteps import made, served
from appliance.store import keeper as keeper_module
from appliance.store.keeper import Keeper
from appliance.store.ledger import LEDGER_NAME, Ledger, open_for_reading
from appliance.store.recordings import RecordingFile, read_recording

MOMENT = datetime(2026, 11, 24, 9, tzinfo=UTC)
RINGING = CallRecord(1, "Line 1", MOMENT, CallerId("0225550101", "", Presentation.SHOWN), rings=1)
FINISHED = replace(RINGING, outcome=Outcome.CALLBACK, talk_s=12.0)
CARD, MADE = made(Card(1, CardKind.CALLBACK, MOMENT, "0225550101", id=1))
NAME = "recordings/call-1.wav"


class Told:
    """Collects the numbers of the calls that are on disk, and lets a test wait for them."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._changed = threading.Condition()

    def __call__(self, number: int) -> None:
        with self._changed:
            self.numbers.append(number)
            self._changed.notify_all()

    def wait_for(self, count: int, seconds: float = 5.0) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: len(self.numbers) >= count, seconds)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def keeper(tmp_path: Path, told: Told) -> Iterator[Keeper]:
    keeper = Keeper(tmp_path, told)
    yield keeper
    keeper.close()


@contextmanager
def full_disk(size: int = 0) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes: a full disk, as far as a program can tell."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def what_is_kept(home: Path) -> tuple[list[CallRecord], list[Card]]:
    reader = open_for_reading(home)
    found = reader.calls(1000), reader.cards()
    reader.close()
    return found


def test_what_was_handed_in_is_on_disk_after_a_flush(tmp_path: Path, keeper: Keeper) -> None:
    keeper.begin(RINGING)
    keeper.keep_card(CARD, MADE)
    keeper.start_recording(NAME)
    keeper.write_recording(NAME, np.arange(100, dtype=np.int16))
    assert keeper.flush()
    assert what_is_kept(tmp_path) == ([RINGING], [CARD])
    assert read_recording(tmp_path / NAME).tolist() == list(range(100))
    keeper.finish(FINISHED)
    keeper.keep_card(*served(CARD, MOMENT, "put through to Anna", 1))
    assert keeper.flush()
    assert what_is_kept(tmp_path) == ([FINISHED], [])


def test_what_the_staff_arrange_is_on_disk_after_a_flush(tmp_path: Path, keeper: Keeper) -> None:
    """R15, R31: a restart forgets neither where people are nor the greeting."""
    away = KeptPresence("101", Presence.AWAY, MOMENT)
    greeting = KeptGreeting("Northwind", "", "greetings/call-000001-1.wav", "Anna")
    keeper.keep_presence(away)
    keeper.keep_greeting(greeting)
    assert keeper.flush()
    reader = open_for_reading(tmp_path)
    assert reader.arranged() == Arranged((away,), (greeting,))
    reader.close()


def test_a_recording_that_is_not_wanted_is_gone_and_no_name_leads_elsewhere(tmp_path: Path, keeper: Keeper) -> None:
    keeper.start_recording(NAME)
    keeper.write_recording(NAME, np.arange(100, dtype=np.int16))
    keeper.end_recording(NAME)
    keeper.forget_recording(NAME)
    keeper.forget_recording("greetings/never-made.wav")
    assert keeper.flush() and not (tmp_path / NAME).exists()
    with pytest.raises(ValueError, match="not the name of a recording"):
        keeper.forget_recording("../ledger.sqlite3")


def test_a_finished_call_is_told_without_asking_and_is_on_disk_by_then(tmp_path: Path) -> None:
    kept: list[list[CallRecord]] = []
    stored = threading.Event()

    def look(number: int) -> None:
        kept.append(what_is_kept(tmp_path)[0])
        stored.set()

    keeper = Keeper(tmp_path, look)
    keeper.begin(RINGING)
    keeper.finish(FINISHED)
    assert stored.wait(5)
    assert kept == [[FINISHED]]
    keeper.close()


def test_closing_writes_what_is_left_and_ends_the_thread(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    for number in range(1, 101):
        keeper.finish(replace(FINISHED, number=number))
    keeper.start_recording(NAME)
    keeper.write_recording(NAME, np.ones(5, np.int16))
    assert keeper.close()
    assert len({record.number for record in what_is_kept(tmp_path)[0]}) == 100
    assert read_recording(tmp_path / NAME).tolist() == [1] * 5
    assert "keeper" not in [thread.name for thread in threading.enumerate()]


def test_many_hands_are_kept_in_order_with_few_transactions(
    tmp_path: Path, keeper: Keeper, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    transactions = []
    real = Ledger.transaction

    def counted(ledger: Ledger) -> AbstractContextManager[None]:
        transactions.append(ledger)
        return real(ledger)

    monkeypatch.setattr(Ledger, "transaction", counted)
    for number in range(1, 201):
        keeper.begin(replace(RINGING, number=number))
        keeper.finish(replace(FINISHED, number=number))
    assert keeper.flush()
    assert told.numbers == list(range(1, 201))
    assert len(transactions) < 50


def test_a_crash_is_made_good_at_the_next_start(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / LEDGER_NAME)
    ledger.begin(replace(RINGING, number=41))
    ledger.close()
    keeper = Keeper(tmp_path)
    assert [record.number for record in keeper.interrupted] == [41]
    assert keeper.next_call_number == 42
    keeper.close()
    assert [card.number for card in what_is_kept(tmp_path)[1]] == ["0225550101"]


def test_a_full_disk_is_a_fault_until_there_is_space_and_nothing_is_lost(
    tmp_path: Path, keeper: Keeper, told: Told
) -> None:
    keeper.start_recording(NAME)
    assert keeper.flush()
    with full_disk():
        keeper.finish(FINISHED)
        keeper.keep_card(CARD, MADE)
        keeper.write_recording(NAME, np.arange(10, dtype=np.int16))
        assert not keeper.flush(0.3)
        assert told.numbers == []
        assert keeper.fault is not None and "cannot be written at present" in keeper.fault.problem
    assert keeper.flush()
    assert keeper.fault is None
    assert told.numbers == [1]
    assert what_is_kept(tmp_path) == ([FINISHED], [CARD])
    keeper.end_recording(NAME)
    assert keeper.flush()
    assert read_recording(tmp_path / NAME).tolist() == list(range(10))


def test_closing_on_a_full_disk_does_not_hang(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    with full_disk():
        keeper.finish(FINISHED)
        assert not keeper.close(0.2)
    assert "keeper" not in [thread.name for thread in threading.enumerate()]


def test_the_calls_are_kept_while_the_recordings_cannot_be(tmp_path: Path, keeper: Keeper, told: Told) -> None:
    (tmp_path / "recordings").write_text("a file where the folder should be")
    keeper.start_recording(NAME)
    keeper.finish(FINISHED)
    assert told.wait_for(1)
    assert not keeper.flush(0.1)
    assert keeper.fault is not None and keeper.fault.problem.startswith("A recording")
    (tmp_path / "recordings").unlink()
    assert keeper.flush()
    assert keeper.fault is None


def test_a_box_starts_on_a_full_disk_and_catches_up_when_there_is_space(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / LEDGER_NAME)
    with ledger.transaction():
        for number in range(1, 501):
            ledger.begin(replace(RINGING, number=number))
    ledger.close()
    with full_disk(32_768):  # enough to open the book, not enough to complete all those calls
        keeper = Keeper(tmp_path)
        assert keeper.next_call_number == 501
        assert keeper.fault is not None and keeper.interrupted == []
        keeper.begin(replace(RINGING, number=501))
    assert keeper.flush()
    assert keeper.fault is None
    (card,) = what_is_kept(tmp_path)[1]
    assert len(keeper.interrupted) == card.entries == 500, "all of one caller, who has one card (R23)"
    assert what_is_kept(tmp_path)[0][0] == replace(RINGING, number=501)
    assert keeper.close()


def test_what_is_held_on_a_full_disk_is_bounded(
    tmp_path: Path, keeper: Keeper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeper_module, "MOST_SOUND", 1000)
    keeper.start_recording(NAME)
    assert keeper.flush()
    with full_disk():
        for _ in range(50):
            keeper.write_recording(NAME, np.ones(50, np.int16))
        assert not keeper.flush(0.05)
    keeper.end_recording(NAME)
    assert keeper.flush()
    assert 0 < len(read_recording(tmp_path / NAME)) <= 500
    assert caplog.text.count("left out") == 1


def test_something_impossible_holds_up_nobody(
    tmp_path: Path, keeper: Keeper, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    nonsense: Any = object()
    keeper.finish(replace(FINISHED, number=1))
    keeper.finish(replace(FINISHED, number=2, talk_s=nonsense))
    keeper.finish(replace(FINISHED, number=3, line=nonsense))
    keeper.finish(replace(FINISHED, number=4))
    assert keeper.flush()
    assert told.numbers == [1, 4]
    assert caplog.text.count("makes no sense") == 2


def test_a_listener_that_fails_does_not_stop_the_keeper(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fail(number: int) -> None:
        raise RuntimeError("the board is gone")

    keeper = Keeper(tmp_path, fail)
    for number in (1, 2):
        keeper.finish(replace(FINISHED, number=number))
        assert keeper.flush()
    keeper.close()
    assert len(what_is_kept(tmp_path)[0]) == 2
    assert "call 2 is stored" in caplog.text


def test_a_damaged_book_is_a_fault_and_the_office_works_on(tmp_path: Path) -> None:
    (tmp_path / LEDGER_NAME).write_bytes(b"rubbish" * 1000)
    keeper = Keeper(tmp_path)
    assert keeper.fault is not None and "damaged" in keeper.fault.problem
    keeper.finish(FINISHED)
    assert keeper.close()
    assert what_is_kept(tmp_path)[0] == [FINISHED]


def test_sound_after_the_end_of_a_recording_changes_nothing(tmp_path: Path, keeper: Keeper) -> None:
    keeper.start_recording(NAME)
    keeper.write_recording(NAME, np.ones(5, np.int16))
    keeper.end_recording(NAME)
    keeper.write_recording(NAME, np.ones(5, np.int16))
    keeper.end_recording(NAME)
    assert keeper.flush()
    assert read_recording(tmp_path / NAME).tolist() == [1] * 5
    assert len(list((tmp_path / "recordings").iterdir())) == 1


def test_a_recording_is_on_disk_a_second_later_without_asking(
    tmp_path: Path, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "SYNC_EVERY_S", 0.01)
    synced = threading.Event()
    real = RecordingFile.sync

    def seen(recording: RecordingFile) -> None:
        real(recording)
        if recording.seconds:
            synced.set()

    monkeypatch.setattr(RecordingFile, "sync", seen)
    keeper.start_recording(NAME)
    keeper.write_recording(NAME, np.ones(5, np.int16))
    assert synced.wait(5)


def test_wrong_names_and_ends_are_refused_where_they_are_handed_in(keeper: Keeper) -> None:
    with pytest.raises(ValueError, match="not the name of a recording"):
        keeper.start_recording("../x.wav")
    with pytest.raises(ValueError, match="no outcome"):
        keeper.finish(RINGING)


def test_a_new_home_is_the_business_of_its_user_alone(tmp_path: Path, told: Told) -> None:
    """R36: numbers, names and the hashes of PINs lie there."""
    Keeper(tmp_path / "home", told).close()
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0
