"""Forgetting in the ledger, and finding all that is known of one caller (R36).

Forgetting goes in portions, so that a call that ends meanwhile is written down without waiting. Figures stay: of a call
only number and name go.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from appliance.privacy import Forgetting, Forgotten, Limits

PRIVACY_TABLES = (
    """CREATE TABLE forgettings (
        day TEXT PRIMARY KEY,
        at TEXT NOT NULL,
        recordings INTEGER NOT NULL,
        numbers INTEGER NOT NULL,
        cards INTEGER NOT NULL
    )""",
)
PORTION = 200
FOLDERS = ("messages", "matters")
"""Where callers' recordings lie; greetings are the office's own."""
ENDING = 6
"""Numbers are the same only if their last digits are; so many are compared by SQLite before we look closely."""
ON_REQUEST = "forgotten on request"


# ---------------------------------------------------------------- by age


def forget_old(connection: sqlite3.Connection, home: Path, until: Limits) -> Forgotten:
    """Forget one portion of what is older than `until`, and write down that it was looked for."""
    recordings = _old_recordings(connection, home, until.recordings) if until.recordings else 0
    numbers = _old_numbers(connection, until.numbers) if until.numbers else 0
    cards = _old_cards(connection, home, until.cards) if until.cards else 0
    connection.execute(
        "INSERT INTO forgettings VALUES (?, ?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET at = excluded.at,"
        " recordings = recordings + excluded.recordings, numbers = numbers + excluded.numbers,"
        " cards = cards + excluded.cards",
        (until.at.date().isoformat(), until.at.isoformat(), recordings, numbers, cards),
    )
    return Forgotten(recordings, numbers, cards, PORTION in (recordings, numbers, cards))


def forgettings(connection: sqlite3.Connection, limit: int = 30) -> list[Forgetting]:
    """What was forgotten on the last days, the newest first."""
    rows = connection.execute("SELECT * FROM forgettings ORDER BY day DESC LIMIT ?", (limit,))
    return [
        Forgetting(datetime.fromisoformat(row["at"]), Forgotten(row["recordings"], row["numbers"], row["cards"]))
        for row in rows
    ]


def _old_recordings(connection: sqlite3.Connection, home: Path, before: datetime) -> int:
    """Files last written before that moment, but for those that an open card names."""
    wanted = {name for (name,) in connection.execute("SELECT recording FROM cards WHERE state = 'OPEN'")}
    count = 0
    for folder in FOLDERS:
        for path in sorted((home / folder).glob("*.wav*")):
            name = f"{folder}/{path.name}"
            if count < PORTION and name not in wanted and path.stat().st_mtime < before.timestamp():
                _drop_recording(connection, home, name)
                count += 1
    return count


def _old_numbers(connection: sqlite3.Connection, before: datetime) -> int:
    old = "SELECT number FROM calls WHERE started < ? AND outcome IS NOT NULL AND caller_number || caller_name <> ''"
    count = connection.execute(
        f"UPDATE calls SET caller_number = '', caller_name = '' WHERE number IN ({old} ORDER BY number LIMIT ?)",
        (before.isoformat(), PORTION),
    ).rowcount
    connection.execute("DELETE FROM served WHERE at < ?", (before.isoformat(),))
    return count


def _old_cards(connection: sqlite3.Connection, home: Path, before: datetime) -> int:
    sql = "SELECT id FROM cards WHERE state = 'DONE' AND coalesce(closed, made) < ? ORDER BY id LIMIT ?"
    ids = [id for (id,) in connection.execute(sql, (before.isoformat(), PORTION)).fetchall()]
    for id in ids:
        for name in _recordings_of(connection, id):
            _drop_recording(connection, home, name)
        connection.execute("DELETE FROM card_history WHERE card = ?", (id,))
        connection.execute("DELETE FROM reminders WHERE card = ?", (id,))
        connection.execute("DELETE FROM cards WHERE id = ?", (id,))
    return len(ids)


def _recordings_of(connection: sqlite3.Connection, card: int) -> set[str]:
    sql = "SELECT recording FROM cards WHERE id = ? UNION SELECT recording FROM card_history WHERE card = ?"
    return {name for (name,) in connection.execute(sql, (card, card)) if name}


def _drop_recording(connection: sqlite3.Connection, home: Path, name: str) -> None:
    """Delete a file, and every mention of it on the cards of its call."""
    (home / name).unlink(missing_ok=True)
    digits = name.partition("call-")[2][:6]
    call = int(digits) if digits.isdigit() else 0
    of_call = "SELECT card FROM card_history WHERE call = ? AND call <> 0"
    connection.execute(f"UPDATE cards SET recording = '' WHERE recording = ? AND id IN ({of_call})", (name, call))
    connection.execute(
        "UPDATE card_history SET recording = '' WHERE call = ? AND call <> 0 AND recording = ?", (call, name)
    )


# ---------------------------------------------------------------- one caller


Same = Callable[[str], bool]
"""Is this number, as it was written down, one of theirs?"""


def calls_of(connection: sqlite3.Connection, numbers: Iterable[str], same: Same) -> list[int]:
    """The numbers of all calls that came from one of these telephones, however the network wrote them."""
    return sorted({call for call, _ in _with_number(connection, "number", "caller_number", "calls", numbers, same)})


def cards_of_caller(connection: sqlite3.Connection, contact: int, numbers: Iterable[str], same: Same) -> list[int]:
    """The numbers of all cards of a contact, or of one of these telephones."""
    numbers = tuple(numbers)
    found = {id for (id,) in connection.execute("SELECT id FROM cards WHERE contact = ? AND contact <> 0", (contact,))}
    for column in ("number", "called_from"):
        found |= {id for id, _ in _with_number(connection, "id", column, "cards", numbers, same)}
    return sorted(found)


def _with_number(
    connection: sqlite3.Connection, key: str, column: str, table: str, numbers: Iterable[str], same: Same
) -> Iterator[tuple[int, str]]:
    for number in numbers:
        sql = f"SELECT {key}, {column} FROM {table} WHERE {column} <> '' AND {column} LIKE ?"
        for id, written in connection.execute(sql, (f"%{number[-ENDING:]}",)).fetchall():
            if same(written):
                yield id, written


def erase(connection: sqlite3.Connection, home: Path, calls: Iterable[int], cards: Iterable[int], at: datetime) -> None:
    """Forget who made these calls and what these cards say; that there were any stays, so that counts are kept."""
    for call in calls:
        row = connection.execute("SELECT caller_number FROM calls WHERE number = ?", (call,)).fetchone()
        if row is not None and row[0]:
            connection.execute("DELETE FROM served WHERE number = ?", (row[0],))
        connection.execute("UPDATE calls SET caller_number = '', caller_name = '' WHERE number = ?", (call,))
        for folder in FOLDERS:
            for path in sorted((home / folder).glob(f"call-{call:06d}*.wav*")):
                path.unlink()
    for card in cards:
        for name in _recordings_of(connection, card):
            (home / name).unlink(missing_ok=True)
        connection.execute(
            "UPDATE cards SET number = '', called_from = '', name = '', company = '', matter = '', recording = '',"
            " contact = 0, found_by = '', state = 'DONE', reason = ?, closed = coalesce(closed, ?) WHERE id = ?",
            (ON_REQUEST, at.isoformat(), card),
        )
        connection.execute("UPDATE card_history SET text = '', recording = '' WHERE card = ?", (card,))
