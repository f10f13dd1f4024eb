"""The cards in the ledger: each as it stands, its history line by line, and which due time was told of when (R24, R25).

A hundred thousand cards may be in it: whatever is asked for is found by an index, or bounded, and an edit writes only
the columns that have changed. Due times are kept in seconds since 1970 beside their words, so that they can be
compared across summer time.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from appliance.cards import (
    Action,
    Card,
    CardKind,
    Entry,
    Promise,
    Reminder,
    Repeat,
    Result,
    State,
    Unit,
)
from appliance.tickler import Divider, dividers

CARD_TABLES = (
    """CREATE TABLE card_box (
        id INTEGER PRIMARY KEY,
        call INTEGER NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        made TEXT NOT NULL,
        due TEXT,
        due_s REAL NOT NULL,
        number TEXT NOT NULL,
        name TEXT NOT NULL,
        wish TEXT NOT NULL,
        recording TEXT NOT NULL,
        team TEXT NOT NULL DEFAULT '',
        person TEXT NOT NULL DEFAULT '',
        deputy TEXT NOT NULL DEFAULT '',
        contact INTEGER NOT NULL DEFAULT 0,
        company TEXT NOT NULL DEFAULT '',
        matter TEXT NOT NULL DEFAULT '',
        promised TEXT,
        promise TEXT NOT NULL DEFAULT 'NONE',
        last_contact TEXT,
        repeat TEXT,
        urgent INTEGER NOT NULL DEFAULT 0,
        called_from TEXT NOT NULL DEFAULT '',
        taken_by TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT '',
        closed TEXT,
        reminded TEXT,
        calls TEXT NOT NULL,
        entries INTEGER NOT NULL DEFAULT 0,
        found_by TEXT NOT NULL
    )""",
    """INSERT INTO card_box (
            id, call, kind, state, made, due_s, number, name, wish, recording, team, taken_by, reason, calls, found_by
        ) SELECT
            id, call, kind, iif(done, 'DONE', 'OPEN'), made, CAST(strftime('%s', made) AS REAL), number, name, wish,
            recording, meant_for, taken_by, iif(done, 'done', ''), json_array(call), lower(name || ' ' || number)
        FROM cards""",
    "DROP TABLE cards",
    "ALTER TABLE card_box RENAME TO cards",
    "CREATE INDEX open_cards ON cards (due_s) WHERE state = 'OPEN'",
    "CREATE INDEX cards_of_number ON cards (number) WHERE number <> ''",
    "CREATE INDEX cards_of_contact ON cards (contact) WHERE contact <> 0",
    """CREATE TABLE card_history (
        card INTEGER NOT NULL,
        number INTEGER NOT NULL,
        at TEXT NOT NULL,
        action TEXT NOT NULL,
        by TEXT NOT NULL,
        text TEXT NOT NULL,
        result TEXT,
        due TEXT,
        call INTEGER NOT NULL,
        recording TEXT NOT NULL,
        PRIMARY KEY (card, number)
    ) WITHOUT ROWID""",
    """INSERT INTO card_history SELECT id, 1, made, 'MADE', '', '', NULL, NULL, call, recording FROM cards""",
    "CREATE INDEX history_of_call ON card_history (call) WHERE call <> 0",
    "UPDATE cards SET entries = 1",
    """CREATE TABLE reminders (
        card INTEGER NOT NULL,
        due_s REAL NOT NULL,
        due TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (card, due_s)
    ) WITHOUT ROWID""",
)
"""The statements that lead from a ledger with plain cards to one with a card box; no card is lost."""

SHOWN = 200
"""So many cards are shown at once at the most."""
MOST_FOUND = 100
LONGEST_QUERY = 80
MOST_HISTORY = 1000

_FOUND_BY = re.compile(r"[\s().\-/]+")


@dataclass(frozen=True, slots=True)
class Day:
    """The card box at one moment: the cards whose time has come, those of today, and how many lie behind each divider.

    `overdue` counts what `now` holds, however many are shown.
    """

    now: tuple[Card, ...]
    today: tuple[Card, ...]
    overdue: int
    behind: tuple[tuple[Divider, int], ...]


# ---------------------------------------------------------------- writing


def put_card(connection: sqlite3.Connection, card: Card, entries: Iterable[Entry] = ()) -> None:
    """Write down a card as it stands now, and what was added to its history. Doing so twice changes nothing."""
    row = card_row(card)
    before = connection.execute("SELECT * FROM cards WHERE id = ?", (card.id,)).fetchone()
    if before is None:
        marks = ", ".join(f":{column}" for column in row)
        connection.execute(f"INSERT INTO cards ({', '.join(row)}) VALUES ({marks})", row)
    elif before["entries"] <= card.entries:
        changed = {column: value for column, value in row.items() if before[column] != value}
        if changed:
            news = ", ".join(f"{column} = :{column}" for column in changed)
            connection.execute(f"UPDATE cards SET {news} WHERE id = :id", changed | {"id": card.id})
    for entry in entries:
        put_entry(connection, entry)


def put_entry(connection: sqlite3.Connection, entry: Entry) -> None:
    """Add one line to a card's history; a line that stands there is not written over."""
    values = (
        entry.card,
        entry.number,
        entry.at.isoformat(),
        entry.action.name,
        entry.by,
        entry.text,
        entry.result and entry.result.name,
        _text(entry.due),
        entry.call,
        entry.recording,
    )
    connection.execute("INSERT OR IGNORE INTO card_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def put_reminder(connection: sqlite3.Connection, reminder: Reminder) -> bool:
    """Write down that a due time was told of; `False`: it was already."""
    due_s = reminder.due.timestamp()
    values = (reminder.card, due_s, reminder.due.isoformat(), reminder.at.isoformat())
    new = connection.execute("INSERT OR IGNORE INTO reminders VALUES (?, ?, ?, ?)", values).rowcount
    connection.execute(
        "UPDATE cards SET reminded = ? WHERE id = ? AND due_s = ?", (reminder.at.isoformat(), reminder.card, due_s)
    )
    return bool(new)


# ---------------------------------------------------------------- reading


def open_cards(connection: sqlite3.Connection) -> list[Card]:
    """All open cards, by when they are due."""
    return [card_of(row) for row in connection.execute("SELECT * FROM cards WHERE state = 'OPEN' ORDER BY due_s, id")]


def cards_of(connection: sqlite3.Connection, person: str, limit: int) -> list[Card]:
    """The open cards of one person, by when they are due; at most `limit`."""
    sql = "SELECT * FROM cards WHERE state = 'OPEN' AND person = ? ORDER BY due_s LIMIT ?"
    return [card_of(row) for row in connection.execute(sql, (person, limit))]


def all_cards(connection: sqlite3.Connection) -> list[Card]:
    """All cards, in the order in which they were made."""
    return [card_of(row) for row in connection.execute("SELECT * FROM cards ORDER BY id")]


def one_card(connection: sqlite3.Connection, id: int) -> tuple[Card, tuple[Entry, ...]] | None:
    """One card with its history, the oldest line first; `None`: there is none of that number."""
    row = connection.execute("SELECT * FROM cards WHERE id = ?", (id,)).fetchone()
    return None if row is None else (card_of(row), tuple(history_of(connection, id)))


def history_of(connection: sqlite3.Connection, id: int) -> list[Entry]:
    """The history of a card, the oldest line first."""
    sql = "SELECT * FROM card_history WHERE card = ? ORDER BY number LIMIT ?"
    return [_entry(row) for row in connection.execute(sql, (id, MOST_HISTORY))]


def day_of(connection: sqlite3.Connection, now: datetime) -> Day:
    """What is due at `now` and today, and how many cards lie behind each of the dividers."""
    now_s, behind = now.timestamp(), dividers(now)
    return Day(
        now=_due_between(connection, 0.0, now_s + 0.001),
        today=_due_between(connection, now_s + 0.001, behind[0].ends.timestamp()),
        overdue=_count(connection, 0.0, now_s + 0.001),
        behind=tuple(
            (one, _count(connection, one.begins.timestamp() if number else 0.0, one.ends.timestamp()))
            for number, one in enumerate(behind)
        ),
    )


def behind_divider(connection: sqlite3.Connection, divider: Divider) -> tuple[Card, ...]:
    """The open cards behind a divider, those that are due first, at most `SHOWN`."""
    return _due_between(connection, divider.begins.timestamp(), divider.ends.timestamp())


def found_cards(connection: sqlite3.Connection, query: str, limit: int = MOST_FOUND) -> tuple[Card, ...]:
    """The newest cards in whose name, company, number or matter every word of `query` stands."""
    words = [folded(word) for word in query[:LONGEST_QUERY].split()]
    words = [word for word in words if word]
    if not words:
        return ()
    condition = " AND ".join("instr(found_by, ?)" for _ in words)
    sql = f"SELECT * FROM cards WHERE {condition} ORDER BY id DESC LIMIT ?"
    return tuple(card_of(row) for row in connection.execute(sql, (*words, min(limit, MOST_FOUND))))


def open_card_of(connection: sqlite3.Connection, number: str) -> Sequence[Card]:
    """The open cards with this telephone number, the newest first."""
    if not number:
        return ()
    sql = "SELECT * FROM cards WHERE number = ? AND number <> '' AND state = 'OPEN' ORDER BY id DESC"
    return [card_of(row) for row in connection.execute(sql, (number,))]


def last_card(connection: sqlite3.Connection) -> int:
    """The number of the newest card."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM cards").fetchone()[0])


def next_card(connection: sqlite3.Connection) -> int:
    """The number for the engine's next card; it leaves room for those that a crash owes to the calls it cut off."""
    owed = connection.execute("SELECT count(*) FROM calls WHERE outcome IS NULL").fetchone()[0]
    return last_card(connection) + int(owed) + 1


def _due_between(connection: sqlite3.Connection, begins_s: float, ends_s: float) -> tuple[Card, ...]:
    sql = "SELECT * FROM cards WHERE state = 'OPEN' AND due_s >= ? AND due_s < ? ORDER BY due_s LIMIT ?"
    return tuple(card_of(row) for row in connection.execute(sql, (begins_s, ends_s, SHOWN)))


def _count(connection: sqlite3.Connection, begins_s: float, ends_s: float) -> int:
    sql = "SELECT count(*) FROM cards WHERE state = 'OPEN' AND due_s >= ? AND due_s < ?"
    return int(connection.execute(sql, (begins_s, ends_s)).fetchone()[0])


# ---------------------------------------------------------------- rows


def folded(text: str) -> str:
    """Text as it is looked for: small letters, and numbers without what people put between the digits."""
    return _FOUND_BY.sub(" ", text).casefold() if not _is_number(text) else _FOUND_BY.sub("", text)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+0-9\s().\-/]+", text))


def card_row(card: Card) -> dict[str, Any]:
    """A card as the columns of its row."""
    found_by = f"{folded(card.name)} {folded(card.company)} {folded(card.number)} {folded(card.matter)}"
    return {
        "id": card.id,
        "call": card.call,
        "kind": card.kind.name,
        "state": card.state.name,
        "made": card.made.isoformat(),
        "due": _text(card.due),
        "due_s": card.due_at.timestamp(),
        "number": card.number,
        "name": card.name,
        "wish": card.when,
        "recording": card.recording,
        "team": card.group,
        "person": card.person,
        "deputy": card.deputy,
        "contact": card.contact,
        "company": card.company,
        "matter": card.matter,
        "promised": _text(card.promised),
        "promise": card.promise.name,
        "last_contact": _text(card.last_contact),
        "repeat": card.repeat and json.dumps([card.repeat.every, card.repeat.unit.name, card.repeat.day]),
        "urgent": int(card.urgent),
        "called_from": card.called_from,
        "taken_by": card.taken_by,
        "reason": card.reason,
        "closed": _text(card.closed),
        "reminded": _text(card.reminded),
        "calls": json.dumps(card.calls),
        "entries": card.entries,
        "found_by": found_by,
    }


def card_of(row: sqlite3.Row) -> Card:
    """The card of a row."""
    return Card(
        call=row["call"],
        kind=CardKind[row["kind"]],
        made=datetime.fromisoformat(row["made"]),
        number=row["number"],
        name=row["name"],
        when=row["wish"],
        recording=row["recording"],
        group=row["team"],
        id=row["id"],
        person=row["person"],
        deputy=row["deputy"],
        contact=row["contact"],
        company=row["company"],
        matter=row["matter"],
        due=_moment(row["due"]),
        promised=_moment(row["promised"]),
        promise=Promise[row["promise"]],
        last_contact=_moment(row["last_contact"]),
        repeat=_repeat(row["repeat"]),
        urgent=bool(row["urgent"]),
        called_from=row["called_from"],
        taken_by=row["taken_by"],
        state=State[row["state"]],
        reason=row["reason"],
        closed=_moment(row["closed"]),
        reminded=_moment(row["reminded"]),
        calls=tuple(json.loads(row["calls"])),
        entries=row["entries"],
    )


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        card=row["card"],
        number=row["number"],
        at=datetime.fromisoformat(row["at"]),
        action=Action[row["action"]],
        by=row["by"],
        text=row["text"],
        result=Result[row["result"]] if row["result"] else None,
        due=_moment(row["due"]),
        call=row["call"],
        recording=row["recording"],
    )


def _repeat(kept: str | None) -> Repeat | None:
    if kept is None:
        return None
    every, unit, day = json.loads(kept)
    return Repeat(every, Unit[unit], day)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
