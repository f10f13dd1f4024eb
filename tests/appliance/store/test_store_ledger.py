"""The book of calls and cards."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from appliance.acd.staff import Presence
from appliance.arranged import Arranged, KeptGreeting, KeptPresence
from appliance.call import (
    Announced,
    CallerId,
    CallRecord,
    HangUpSign,
    Outcome,
    Presentation,
    TransferAttempt,
    TransferResult,
    Wait,
)
from appliance.cards import Card, CardKind
from appliance.cardsteps import made
from appliance.faults import DamagedStore
from appliance.store.ledger import LEDGER_NAME, MIGRATIONS, Ledger, open_for_reading

MOMENT = datetime(2026, 11, 24, 9, 30, 15, 250_000, tzinfo=timezone(timedelta(hours=1)))
ANNA = CallerId("0225550101", "Anna Nowak", Presentation.SHOWN)
RINGING = CallRecord(1, "Line 1", MOMENT, CallerId(), rings=1)
FINISHED = CallRecord(
    number=1,
    line="Line 1",
    started=MOMENT,
    caller_id=ANNA,
    rings=2,
    answer_s=5.125,
    talk_s=61.5,
    outcome=Outcome.TRANSFERRED,
    hung_up=HangUpSign.LOOP_BREAK,
    waits=(Wait("sales", 90.0, (Announced(40.0, 1, 3), Announced(80.0, 0, 2))), Wait("służba", 3.5)),
    transfers=(
        TransferAttempt(MOMENT, "101", "Boris", TransferResult.BUSY, 6.0),
        TransferAttempt(MOMENT + timedelta(minutes=1), "102", "Celina", TransferResult.TAKEN, 9.5),
    ),
)
CARD, MADE = made(
    Card(1, CardKind.CALLBACK, MOMENT, "0225550101", "Anna", "after lunch", "recordings/call-1.wav", id=1)
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / LEDGER_NAME)
    yield ledger
    ledger.close()


# ---------------------------------------------------------------- calls


def test_a_call_comes_back_as_it_was_written(ledger: Ledger) -> None:
    ledger.begin(RINGING)
    assert ledger.calls() == [RINGING]
    ledger.finish(FINISHED)
    assert ledger.calls() == [FINISHED] and ledger.call(1) == FINISHED


def test_a_wait_of_an_older_program_in_which_nothing_was_announced_can_be_read(ledger: Ledger) -> None:
    ledger.finish(FINISHED)
    ledger._connection.execute("""UPDATE calls SET waits = '[{"group": "sales", "seconds": 40.0}]'""")
    assert ledger.calls()[0].waits == (Wait("sales", 40.0),)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("presentation", Presentation)
def test_every_outcome_can_be_kept(ledger: Ledger, outcome: Outcome, presentation: Presentation) -> None:
    record = replace(FINISHED, outcome=outcome, caller_id=CallerId("", "", presentation), hung_up=None)
    ledger.finish(record)
    assert ledger.call(1) == record


def test_what_is_learnt_while_it_rings_is_added(ledger: Ledger) -> None:
    ledger.begin(RINGING)
    ledger.begin(replace(RINGING, caller_id=ANNA, rings=2))
    assert ledger.calls() == [replace(RINGING, caller_id=ANNA, rings=2)]


def test_messages_repeated_after_a_crash_change_nothing(ledger: Ledger) -> None:
    for _ in range(2):
        ledger.begin(RINGING)
        ledger.finish(FINISHED)
        ledger.keep_card(CARD, MADE)
    assert ledger.calls() == [FINISHED]
    assert ledger.cards() == [CARD]


def test_the_newest_calls_come_first_page_by_page(ledger: Ledger) -> None:
    for number in range(1, 8):
        ledger.finish(replace(FINISHED, number=number))
    assert [record.number for record in ledger.calls(3)] == [7, 6, 5]
    assert [record.number for record in ledger.calls(3, before=5)] == [4, 3, 2]
    assert ledger.next_call_number() == 8


def test_an_end_without_outcome_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="no outcome"):
        ledger.finish(RINGING)


def test_a_transaction_keeps_all_or_nothing(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), ledger.transaction():
        ledger.finish(FINISHED)
        raise RuntimeError
    assert ledger.calls() == []
    with ledger.transaction():
        ledger.finish(FINISHED)
    assert ledger.calls() == [FINISHED]


def test_a_colleague_whose_call_was_cut_off_gets_no_card(ledger: Ledger) -> None:
    """R31: they call the box again; a caller from outside on the next line is called back as ever."""
    ledger.begin(replace(RINGING, caller_id=CallerId("101", "", Presentation.SHOWN)))
    ledger.begin(replace(RINGING, number=2, caller_id=ANNA))
    assert [record.outcome for record in ledger.recover({"101"})] == [Outcome.INTERRUPTED] * 2
    assert [card.number for card in ledger.cards()] == [ANNA.number]


# ---------------------------------------------------------------- what the staff have arranged


@pytest.mark.parametrize("presence", Presence)
def test_where_somebody_is_comes_back_as_it_was_written(ledger: Ledger, presence: Presence) -> None:
    kept = KeptPresence("101", presence, MOMENT)
    ledger.keep_presence(KeptPresence("101", Presence.AWAY))
    ledger.keep_presence(kept)
    ledger.keep_presence(KeptPresence("102", Presence.OUT))
    assert ledger.arranged() == Arranged(presences=(kept, KeptPresence("102", Presence.OUT)))


def test_each_company_has_its_last_greeting(ledger: Ledger) -> None:
    for recording in ("greetings/call-000001-1.wav", ""):
        ledger.keep_greeting(KeptGreeting("Spółka", "sales", recording, "Anna"))
    other = KeptGreeting("Acme", "", "greetings/call-000002-1.wav", "Boris")
    ledger.keep_greeting(other)
    assert ledger.arranged() == Arranged(greetings=(other, KeptGreeting("Spółka", "sales", "", "Anna")))


def test_a_book_of_an_older_program_learns_what_the_staff_arrange(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / LEDGER_NAME)
    for statement in (*MIGRATIONS[0], "PRAGMA user_version = 1"):
        connection.execute(statement)
    connection.close()
    ledger = Ledger(tmp_path / LEDGER_NAME)
    assert ledger.arranged() == Arranged()
    ledger.close()
    reader = open_for_reading(tmp_path)
    assert reader.arranged() == Arranged()
    reader.close()


# ---------------------------------------------------------------- cards


# ---------------------------------------------------------------- after a crash


def test_a_call_cut_off_by_a_crash_is_told_and_gets_a_card(ledger: Ledger) -> None:
    ledger.begin(replace(RINGING, caller_id=ANNA))
    ledger.finish(replace(FINISHED, number=2))
    assert ledger.recover() == [replace(RINGING, caller_id=ANNA, outcome=Outcome.INTERRUPTED)]
    (card,) = ledger.cards()
    assert (card.kind, card.number, card.name, card.calls) == (CardKind.INTERRUPTED, ANNA.number, ANNA.name, (1,))
    assert ledger.recover() == []
    assert len(ledger.cards()) == 1


def test_a_caller_with_a_card_from_before_the_crash_gets_no_second_one(ledger: Ledger) -> None:
    ledger.begin(RINGING)
    ledger.keep_card(CARD, MADE)
    assert [record.outcome for record in ledger.recover()] == [Outcome.INTERRUPTED]
    assert ledger.cards() == [CARD]


@pytest.mark.parametrize("damage", ["header", "middle", "cut"])
def test_a_damaged_book_is_kept_aside_and_a_fresh_one_begun(tmp_path: Path, damage: str) -> None:
    path = tmp_path / LEDGER_NAME
    ledger = Ledger(path)
    with ledger.transaction():
        for number in range(1, 300):
            ledger.finish(replace(FINISHED, number=number))
    ledger.close()
    content = path.read_bytes()
    half = len(content) // 2
    broken = {
        "header": b"rubbish" * 20 + content[140:],
        "middle": content[:half] + b"\xff" * 9000,
        "cut": content[:half],
    }
    path.write_bytes(broken[damage])

    ledger = Ledger(path)
    ledger.finish(FINISHED)
    assert ledger.calls() == [FINISHED]
    ledger.close()
    (fault,) = ledger.faults
    assert "damaged" in fault.problem and f"{LEDGER_NAME}.damaged-1" in fault.advice
    assert (tmp_path / f"{LEDGER_NAME}.damaged-1").stat().st_size == len(broken[damage])


def test_a_book_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / LEDGER_NAME
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(DamagedStore, match="newer version"):
        Ledger(path)
    assert list(tmp_path.glob("*.damaged*")) == []


def test_a_book_that_cannot_be_opened_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DamagedStore, match="cannot be opened"):
        Ledger(tmp_path / "no such folder" / LEDGER_NAME)


# ---------------------------------------------------------------- reading beside the keeper


def test_readers_in_other_threads_see_what_is_committed(tmp_path: Path, ledger: Ledger) -> None:
    ledger.finish(FINISHED)
    reader = open_for_reading(tmp_path)
    seen: list[CallRecord] = []
    with ledger.transaction():
        ledger.finish(replace(FINISHED, number=2))
        threads = [threading.Thread(target=lambda: seen.extend(reader.calls())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == [FINISHED] * 4
    assert len(reader.calls()) == 2
    reader.close()


def test_a_reader_can_only_read_and_works_while_the_box_is_off(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / LEDGER_NAME)
    ledger.keep_card(CARD, MADE)
    ledger.close()
    reader = open_for_reading(tmp_path)
    assert reader.cards() == [CARD]
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._connection.execute("DELETE FROM cards")
    reader.close()


def test_an_office_without_calls_has_an_empty_book(tmp_path: Path) -> None:
    reader = open_for_reading(tmp_path)
    assert reader.calls() == [] and reader.cards() == [] and reader.next_call_number() == 1
    reader.close()
    assert list(tmp_path.iterdir()) == []


def test_reading_a_damaged_book_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / LEDGER_NAME).write_bytes(b"rubbish" * 1000)
    with pytest.raises(DamagedStore, match="cannot be opened"):
        open_for_reading(tmp_path)


def test_times_keep_their_zone(ledger: Ledger) -> None:
    ledger.finish(replace(FINISHED, started=MOMENT.astimezone(UTC)))
    ledger.finish(replace(FINISHED, number=2))
    assert [record.started.utcoffset() for record in ledger.calls()] == [timedelta(hours=1), timedelta(0)]
