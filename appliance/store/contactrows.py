"""The contacts in the ledger, and who took the last call of each number (R5).

Two tables for the contacts, because they have several numbers. Whoever took a call is kept by the number as the network
sent it: what it is called in normal form depends on the country, which the ledger does not know.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from appliance.contacts import Contact, Importance, LastServed, Relation

CONTACT_TABLES = (
    """CREATE TABLE contacts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        company TEXT NOT NULL,
        language TEXT NOT NULL,
        importance TEXT NOT NULL,
        relation TEXT NOT NULL,
        operator TEXT NOT NULL,
        customer_number TEXT NOT NULL,
        email TEXT NOT NULL,
        notes TEXT NOT NULL
    )""",
    """CREATE TABLE contact_numbers (
        contact INTEGER NOT NULL,
        place INTEGER NOT NULL,
        number TEXT NOT NULL,
        PRIMARY KEY (contact, place)
    ) WITHOUT ROWID""",
    "CREATE TABLE served (number TEXT PRIMARY KEY, extension TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID",
    # The calls until now; `max` also picks the row that `extension` is taken from.
    """INSERT INTO served
        SELECT calls.caller_number, attempt.value ->> 'extension', max(attempt.value ->> 'at')
        FROM calls, json_each(calls.transfers) AS attempt
        WHERE calls.caller_number <> '' AND attempt.value ->> 'result' IN ('TAKEN', 'JOINED')
        GROUP BY calls.caller_number""",
)
"""The statements that lead to a ledger with contacts."""


def contacts_in(connection: sqlite3.Connection) -> Iterator[Contact]:
    """All contacts, in the order in which they were added.

    What many have in common is held in memory once: the book stays in memory for as long as the box runs.
    """
    if not _knows_contacts(connection):
        return
    same: dict[str, str] = {}
    numbers: dict[int, tuple[str, ...]] = {}
    for id, number in connection.execute("SELECT contact, number FROM contact_numbers ORDER BY contact, place"):
        numbers[id] = (*numbers.get(id, ()), number)
    for row in connection.execute("SELECT * FROM contacts ORDER BY id"):
        yield _contact(row, numbers.pop(row["id"], ()), same)


def served_numbers(connection: sqlite3.Connection, limit: int) -> Iterator[tuple[str, LastServed]]:
    """By whom the last `limit` callers were served, the oldest first."""
    if not _knows_contacts(connection):
        return
    sql = "SELECT * FROM (SELECT * FROM served ORDER BY at DESC LIMIT ?) ORDER BY at"
    for number, extension, at in connection.execute(sql, (limit,)):
        yield number, LastServed(extension, datetime.fromisoformat(at))


def next_contact(connection: sqlite3.Connection) -> int:
    """The number of the next new contact; numbers of those who were forgotten are not given again."""
    if not _knows_contacts(connection):
        return 1
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'contacts'").fetchone()
    return 1 if row is None else int(row[0]) + 1


def put_contact(connection: sqlite3.Connection, contact: Contact) -> None:
    """Write down a contact in place of the one with its `id`; numbers that have not changed are not written again.

    Raises:
        ValueError: the contact has no `id`.
    """
    if not contact.id:
        raise ValueError("a contact needs a number in the book before it can be written down")
    row = _contact_row(contact)
    marks = ", ".join("?" for _ in row)
    news = ", ".join(f"{column} = excluded.{column}" for column in row)
    connection.execute(
        f"INSERT INTO contacts ({', '.join(row)}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {news}",
        tuple(row.values()),
    )
    sql = "SELECT number FROM contact_numbers WHERE contact = ? ORDER BY place"
    if tuple(number for (number,) in connection.execute(sql, (contact.id,))) != contact.numbers:
        _take_out_numbers(connection, contact.id)
        rows = [(contact.id, place, number) for place, number in enumerate(contact.numbers)]
        connection.executemany("INSERT INTO contact_numbers VALUES (?, ?, ?)", rows)


def take_out_contact(connection: sqlite3.Connection, id: int) -> None:
    """Forget a contact; their calls stay in the list of calls."""
    _take_out_numbers(connection, id)
    connection.execute("DELETE FROM contacts WHERE id = ?", (id,))


def put_served(connection: sqlite3.Connection, number: str, last: LastServed) -> None:
    """Write down who served the caller at `number`, unless somebody did later."""
    connection.execute(
        "INSERT INTO served VALUES (?, ?, ?) ON CONFLICT (number) DO UPDATE"
        " SET extension = excluded.extension, at = excluded.at WHERE excluded.at >= served.at",
        (number, last.extension, last.at.isoformat()),
    )


def _knows_contacts(connection: sqlite3.Connection) -> bool:
    """`False` for a ledger that is read before its box has been started since contacts are known."""
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'contacts'").fetchone() is not None


def _take_out_numbers(connection: sqlite3.Connection, id: int) -> None:
    connection.execute("DELETE FROM contact_numbers WHERE contact = ?", (id,))


def _contact_row(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "name": contact.name,
        "company": contact.company,
        "language": contact.language,
        "importance": contact.importance.name,
        "relation": contact.relation.name,
        "operator": contact.operator,
        "customer_number": contact.customer_number,
        "email": contact.email,
        "notes": contact.notes,
    }


def _contact(row: sqlite3.Row, numbers: tuple[str, ...], same: dict[str, str]) -> Contact:
    return Contact(
        name=row["name"],
        company=same.setdefault(row["company"], row["company"]),
        numbers=numbers,
        language=same.setdefault(row["language"], row["language"]),
        importance=Importance[row["importance"]],
        relation=Relation[row["relation"]],
        operator=same.setdefault(row["operator"], row["operator"]),
        customer_number=row["customer_number"],
        email=row["email"],
        notes=row["notes"],
        id=row["id"],
    )
