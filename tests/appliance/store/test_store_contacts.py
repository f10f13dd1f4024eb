"""Contacts on disk, and who took the last call of each number (R5)."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.call import CallerId, CallRecord, Outcome, Presentation, TransferAttempt, TransferResult
from appliance.contacts import Contact, Importance, LastServed, Relation
from appliance.store.keeper import Keeper
from appliance.store.ledger import LEDGER_NAME, MIGRATIONS, Ledger, open_for_reading

MOMENT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ANNA = Contact(
    name="Anna Żółw",
    company="Northwind",
    numbers=("+48601555010", "+48225550100"),
    language="pl",
    importance=Importance.VIP,
    relation=Relation.CUSTOMER,
    operator="101",
    customer_number="4711",
    email="anna@example.org",
    notes="Prefers mornings.\nHas a dog.",
    id=1,
)
JAN = Contact("Jan Kos", id=2)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / LEDGER_NAME)
    yield ledger
    ledger.close()


def taken(number: int, caller: str, *results: tuple[str, TransferResult]) -> CallRecord:
    attempts = tuple(
        TransferAttempt(MOMENT + timedelta(minutes=number, seconds=at), extension, "", result, 5.0)
        for at, (extension, result) in enumerate(results)
    )
    who = CallerId(caller, "", Presentation.SHOWN)
    return CallRecord(number, "Line 1", MOMENT, who, rings=1, outcome=Outcome.TRANSFERRED, transfers=attempts)


def test_contacts_are_read_back_as_they_were_kept(ledger: Ledger) -> None:
    ledger.keep_contacts([ANNA, JAN])
    assert ledger.contacts() == [ANNA, JAN]
    changed = replace(ANNA, numbers=("+48225550100",), notes="")
    ledger.keep_contacts([changed])
    assert ledger.contacts() == [changed, JAN]


def test_who_is_forgotten_is_gone_and_their_place_is_given_to_nobody(ledger: Ledger) -> None:
    ledger.keep_contacts([ANNA, JAN])
    ledger.forget_contact(2)
    ledger.forget_contact(2)
    assert ledger.contacts() == [ANNA]
    assert ledger.next_contact() == 3


def test_the_numbers_of_who_is_forgotten_do_not_come_back_with_them(ledger: Ledger) -> None:
    ledger.keep_contacts([ANNA])
    ledger.forget_contact(1)
    ledger.keep_contacts([replace(ANNA, numbers=())])
    assert ledger.contacts()[0].numbers == ()


def test_a_contact_without_a_number_in_the_book_cannot_be_kept(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="number in the book"):
        ledger.keep_contacts([Contact("Ewa")])
    keeper = Keeper(tmp_path / "home")
    with pytest.raises(ValueError, match="number in the book"):
        keeper.keep_contacts([Contact("Ewa")])
    keeper.close()


def test_the_keeper_writes_contacts_and_a_reader_sees_them(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    keeper.keep_contacts([ANNA, JAN])
    keeper.forget_contact(2)
    assert keeper.close()
    reader = open_for_reading(tmp_path)
    assert reader.contacts() == [ANNA]
    reader.close()


def test_a_home_without_a_ledger_has_no_contacts(tmp_path: Path) -> None:
    reader = open_for_reading(tmp_path)
    assert (reader.contacts(), reader.next_contact(), reader.served(10)) == ([], 1, [])
    reader.close()


def test_only_who_took_a_call_has_served_the_caller(ledger: Ledger) -> None:
    ledger.finish(taken(1, "225550100", ("101", TransferResult.BUSY), ("102", TransferResult.TAKEN)))
    ledger.finish(taken(2, "225550101", ("101", TransferResult.REFUSED)))
    ledger.finish(taken(3, "", ("101", TransferResult.TAKEN)))
    assert ledger.served(10) == [("225550100", LastServed("102", MOMENT + timedelta(minutes=1, seconds=1)))]


def test_the_later_call_counts_whichever_is_written_last_and_the_oldest_come_first(ledger: Ledger) -> None:
    ledger.finish(taken(5, "225550100", ("103", TransferResult.JOINED)))
    ledger.finish(taken(2, "225550100", ("101", TransferResult.TAKEN)))
    ledger.finish(taken(3, "225550101", ("102", TransferResult.TAKEN)))
    assert [(number, last.extension) for number, last in ledger.served(10)] == [
        ("225550101", "102"),
        ("225550100", "103"),
    ]
    assert [number for number, _ in ledger.served(1)] == ["225550100"]


def older_ledger(path: Path, records: list[CallRecord]) -> None:
    """A ledger as it was before contacts were known."""
    now = Ledger(path.with_name("now"))
    for record in records:
        now.finish(record)
    now.close()
    before = next(at for at, statements in enumerate(MIGRATIONS) if "TABLE contacts" in statements[0])
    connection = sqlite3.connect(path)
    for statement in itertools.chain.from_iterable(MIGRATIONS[:before]):
        connection.execute(statement)
    columns = ", ".join(row[1] for row in connection.execute("PRAGMA table_info(calls)"))
    connection.execute("ATTACH ? AS now", (str(path.with_name("now")),))
    connection.execute(f"INSERT INTO calls ({columns}) SELECT {columns} FROM now.calls")
    connection.execute(f"PRAGMA user_version = {before}")
    connection.commit()
    connection.close()


def test_an_older_ledger_learns_from_its_calls_who_served_whom(tmp_path: Path) -> None:
    path = tmp_path / LEDGER_NAME
    records = [
        taken(1, "225550100", ("101", TransferResult.TAKEN)),
        taken(2, "225550100", ("101", TransferResult.NO_ANSWER), ("102", TransferResult.TAKEN)),
        taken(3, "225550100", ("103", TransferResult.LEFT)),
        taken(4, "225550101", ("104", TransferResult.JOINED)),
        taken(5, "", ("104", TransferResult.TAKEN)),
    ]
    older_ledger(path, records)
    ledger = Ledger(path)
    assert [(number, last.extension) for number, last in ledger.served(10)] == [
        ("225550100", "102"),
        ("225550101", "104"),
    ]
    ledger.close()


def test_an_older_ledger_can_be_read_before_the_box_is_started(tmp_path: Path) -> None:
    older_ledger(tmp_path / LEDGER_NAME, [])
    reader = open_for_reading(tmp_path)
    assert (reader.contacts(), reader.next_contact(), reader.served(10)) == ([], 1, [])
    reader.close()
