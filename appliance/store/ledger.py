"""The book of calls and cards: one line for every call that ever rang, one for every promise.

What the staff have arranged stands in it too: where they are, and which greetings they recorded (R31); and whom the
office knows (`appliance.store.contactrows`).

It is written at the first ring, without an outcome, and completed when the call ends (R23). A line without an
outcome that is found at start-up belongs to a call that a crash or a power failure cut off: `recover` says so in the
book and makes a card, so that even this caller is called back (R37).

Only the keeper writes (`appliance.store.keeper`); pages and commands read by `open_for_reading`. Writing the same
thing twice changes nothing: calls and cards are known by their numbers.

SQLite with a write-ahead log and `synchronous=FULL`: what is committed survives a power cut, readers never wait.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

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
from appliance.cards import Card, CardKind, Entry, Reminder
from appliance.cardsteps import joined, made, may_join
from appliance.contacts import Contact, LastServed
from appliance.faults import DamagedStore, Fault
from appliance.notices import Notice
from appliance.numbers import same_as
from appliance.privacy import EraseCaller, Forgetting, Forgotten, Limits
from appliance.store.cardrows import (
    CARD_TABLES,
    Day,
    all_cards,
    behind_divider,
    cards_of,
    day_of,
    found_cards,
    last_card,
    next_card,
    one_card,
    open_card_of,
    open_cards,
    put_card,
    put_reminder,
)
from appliance.store.contactrows import (
    CONTACT_TABLES,
    contacts_in,
    next_contact,
    put_contact,
    put_served,
    served_numbers,
    take_out_contact,
)
from appliance.store.noticerows import NOTICE_TABLES, forget_notices, notice_row, notices_in
from appliance.store.privacyrows import (
    PRIVACY_TABLES,
    calls_of,
    cards_of_caller,
    erase,
    forget_old,
    forgettings,
)
from appliance.store.storage import set_aside
from appliance.tickler import Divider

R = TypeVar("R")

LEDGER_NAME = "ledger.sqlite3"

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE calls (
            number INTEGER PRIMARY KEY,
            line TEXT NOT NULL,
            started TEXT NOT NULL,
            caller_number TEXT NOT NULL,
            caller_name TEXT NOT NULL,
            presentation TEXT NOT NULL,
            rings INTEGER NOT NULL,
            answer_s REAL,
            talk_s REAL NOT NULL,
            outcome TEXT,
            hung_up TEXT,
            waits TEXT NOT NULL,
            transfers TEXT NOT NULL
        )""",
        "CREATE INDEX unfinished ON calls (number) WHERE outcome IS NULL",
        """CREATE TABLE cards (
            id INTEGER PRIMARY KEY,
            call INTEGER NOT NULL,
            kind TEXT NOT NULL,
            made TEXT NOT NULL,
            number TEXT NOT NULL,
            name TEXT NOT NULL,
            wish TEXT NOT NULL,
            recording TEXT NOT NULL,
            done INTEGER NOT NULL,
            UNIQUE (call, kind)
        )""",
        "CREATE INDEX open_cards ON cards (number) WHERE NOT done",
    ),
    (
        "CREATE TABLE presences (extension TEXT PRIMARY KEY, presence TEXT NOT NULL, until TEXT)",
        """CREATE TABLE greetings (
            company TEXT NOT NULL,
            department TEXT NOT NULL,
            recording TEXT NOT NULL,
            spoken_by TEXT NOT NULL,
            PRIMARY KEY (company, department)
        )""",
    ),
    CONTACT_TABLES,
    ("ALTER TABLE cards ADD COLUMN meant_for TEXT NOT NULL DEFAULT ''",),
    (
        "ALTER TABLE calls ADD COLUMN outgoing INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE cards ADD COLUMN taken_by TEXT NOT NULL DEFAULT ''",
    ),
    CARD_TABLES,
    PRIVACY_TABLES,
    NOTICE_TABLES,
)
"""The statements that lead from one version of the book to the next; `user_version` counts those that were done."""

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class LedgerReader:
    """The book, to be read. May be shared by threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        self._connection = connection

    def calls(self, limit: int = 50, before: int | None = None) -> list[CallRecord]:
        """Return the newest calls first, at most `limit` of them; `before` a call number for the page after."""
        sql = "SELECT * FROM calls WHERE number < ? ORDER BY number DESC LIMIT ?"
        return [_record(row) for row in self._rows(sql, 2**63 - 1 if before is None else before, limit)]

    def call(self, number: int) -> CallRecord | None:
        """Return one call, or `None` when there was none of that number."""
        rows = self._rows("SELECT * FROM calls WHERE number = ?", number)
        return _record(rows[0]) if rows else None

    def cards(self, open_only: bool = True) -> list[Card]:
        """Return the open cards by when they are due, or all cards in the order in which they were made."""
        return self._reading(open_cards if open_only else all_cards)

    def cards_of(self, person: str, limit: int = 1000) -> list[Card]:
        """Return the open cards of the person at this extension, by when they are due."""
        return self._reading(lambda connection: cards_of(connection, person, limit))

    def card(self, id: int) -> tuple[Card, tuple[Entry, ...]] | None:
        """Return one card with its history, or `None` when there is none of that number."""
        return self._reading(lambda connection: one_card(connection, id))

    def day(self, now: datetime) -> Day:
        """Return what is due, and how many cards lie behind each divider of the card box."""
        return self._reading(lambda connection: day_of(connection, now))

    def behind(self, divider: Divider) -> tuple[Card, ...]:
        """Return the open cards behind a divider."""
        return self._reading(lambda connection: behind_divider(connection, divider))

    def find_cards(self, query: str) -> tuple[Card, ...]:
        """Return the newest cards in whose name, company, number or matter every word of `query` stands."""
        return self._reading(lambda connection: found_cards(connection, query))

    def of_caller(self, who: EraseCaller, country: str) -> tuple[list[int], list[int]]:
        """Return the numbers of all calls and of all cards of somebody."""
        same = same_as(who.numbers, country)
        return (
            self._reading(lambda connection: calls_of(connection, who.numbers, same)),
            self._reading(lambda connection: cards_of_caller(connection, who.contact, who.numbers, same)),
        )

    def forgettings(self) -> list[Forgetting]:
        """Return what was forgotten on the last days, the newest first."""
        return self._reading(forgettings)

    def next_card_number(self) -> int:
        """Return the number for the next card."""
        return self._reading(next_card)

    def arranged(self) -> Arranged:
        """Return where the staff said they are, and their greetings."""
        return Arranged(
            tuple(_presence(row) for row in self._rows("SELECT * FROM presences ORDER BY extension")),
            tuple(_greeting(row) for row in self._rows("SELECT * FROM greetings ORDER BY company, department")),
        )

    def contacts(self) -> list[Contact]:
        """Return everybody whom the office knows, in the order in which they were added."""
        with _told_as_damage():
            return list(contacts_in(self._connection))

    def served(self, limit: int) -> list[tuple[str, LastServed]]:
        """Return by whom the last `limit` callers were served, with their numbers as the network sent them."""
        with _told_as_damage():
            return list(served_numbers(self._connection, limit))

    def next_contact(self) -> int:
        """Return the number of the next new contact."""
        with _told_as_damage():
            return next_contact(self._connection)

    def notices(self) -> list[Notice]:
        """Return the notices of the last weeks, whatever has become of them, the oldest first."""
        return self._reading(lambda connection: list(notices_in(connection)))

    def next_call_number(self) -> int:
        """Return the number for the next call: one more than any before."""
        return int(self._rows("SELECT coalesce(max(number), 0) + 1 FROM calls")[0][0])

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self._reading(lambda connection: connection.execute(sql, values).fetchall())

    def _reading(self, read: Callable[[sqlite3.Connection], R]) -> R:
        with _told_as_damage():
            return read(self._connection)


class Ledger(LedgerReader):
    """The book, to be written. One transaction for each call of a method, or for all within `transaction()`.

    A damaged file is kept beside as `ledger.sqlite3.damaged-1` and a fresh one begun; `faults` tells it. Raises
    `DamagedStore` when the file cannot be opened at all. The writing methods raise `sqlite3.Error`.
    """

    def __init__(self, path: Path) -> None:
        self.faults: list[Fault] = []
        try:
            super().__init__(_open_or_begin(path, self.faults))
        except (sqlite3.Error, OSError) as refused:
            raise DamagedStore(
                f"The list of calls {path} cannot be opened ({refused}).",
                "Look whether the disk is full, and whether the folder belongs to the user who runs Frontdesk.",
            ) from refused

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything within is kept together, or nothing of it; one within another is part of that."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # a disk error may have ended the transaction by itself
                self._connection.execute("ROLLBACK")
            raise

    def begin(self, record: CallRecord) -> None:
        """Write down a call that has no outcome yet. Again, with what is known by now, as often as one likes."""
        self._put("calls", _call_row(record), "number", "WHERE calls.outcome IS NULL")

    def finish(self, record: CallRecord) -> None:
        """Complete the line of a call, or write all of it. `ValueError` when the record has no outcome."""
        if record.outcome is None:
            raise ValueError(f"call {record.number} has no outcome yet")
        self._put("calls", _call_row(record), "number")
        last, number = record.last_served, record.caller_id.number
        if last is not None and number:
            put_served(self._connection, number, last)

    def keep_card(self, card: Card, *entries: Entry) -> None:
        """Write down a card as it stands now, and what was added to its history."""
        with self.transaction():
            put_card(self._connection, card, entries)

    def keep_reminder(self, reminder: Reminder) -> bool:
        """Write down that a due time was told of; `False`: it was already."""
        with self.transaction():
            return put_reminder(self._connection, reminder)

    def add_card(self, card: Card) -> Card:
        """Make a card without an engine: a caller who has an open one gets no second, but a line in its history."""
        with self.transaction():
            same = next((old for old in open_card_of(self._connection, card.number) if may_join(old, card)), None)
            step = joined(same, card) if same else made(replace(card, id=1 + last_card(self._connection)))
            put_card(self._connection, step[0], step[1:])
        return step[0]

    def keep_presence(self, kept: KeptPresence) -> None:
        """Write down where somebody is; what they said before no longer counts."""
        until = kept.until and kept.until.isoformat()
        row = {"extension": kept.extension, "presence": kept.presence.name, "until": until}
        self._put("presences", row, "extension")

    def keep_greeting(self, kept: KeptGreeting) -> None:
        """Write down the greeting of a company's lines; the one before no longer counts."""
        row = {
            "company": kept.company,
            "department": kept.department,
            "recording": kept.recording,
            "spoken_by": kept.by,
        }
        self._put("greetings", row, "company, department")

    def keep_contacts(self, contacts: Iterable[Contact]) -> None:
        """Write down contacts as they are known now. `ValueError` for one without a number in the book."""
        with self.transaction():
            for contact in contacts:
                put_contact(self._connection, contact)

    def forget_contact(self, id: int) -> None:
        """Take a contact out of the book, if they are there."""
        with self.transaction():
            take_out_contact(self._connection, id)

    def forget_old(self, home: Path, until: Limits) -> Forgotten:
        """Forget one portion of what is older than the limits; `more` says that there is another one."""
        with self.transaction():
            return forget_old(self._connection, home, until)

    def erase(self, home: Path, who: EraseCaller, country: str, at: datetime) -> tuple[int, int]:
        """Forget somebody, with all that they have said; how many calls and cards were theirs.

        Nothing of it is left in the file; the log beside it is emptied when the ledger is closed.
        """
        self._connection.execute("PRAGMA secure_delete = ON")
        with self.transaction():
            calls, cards = self.of_caller(who, country)
            erase(self._connection, home, calls, cards, at)
            if who.contact:
                take_out_contact(self._connection, who.contact)
        return len(calls), len(cards)

    def keep_notice(self, notice: Notice) -> None:
        """Write down a notice, or what has become of it; those of long ago are forgotten."""
        self._put("notices", notice_row(notice), "key, recipient")
        forget_notices(self._connection, notice.made)

    def recover(
        self, colleagues: Container[str] = (), said: Callable[[int], str] = lambda call: ""
    ) -> list[CallRecord]:
        """Complete what a crash left unfinished: the outcome is INTERRUPTED, and there is a card (R23, R37).

        A caller to whom a card was promised before the crash needs no second one, nor does one whom the box was just
        calling back, and `colleagues`, by their extensions, need none at all: they call the box again. `said` gives the
        recording that a call had begun.
        """
        unfinished = [_record(row) for row in self._rows("SELECT * FROM calls WHERE outcome IS NULL ORDER BY number")]
        records = [record.interrupted() for record in unfinished]
        if not records:
            return []
        with self.transaction():
            for record in records:
                self.finish(record)
                who, number = record.caller_id, record.number
                promised = self._rows("SELECT card FROM card_history WHERE call = ? AND call <> 0", number)
                if not promised and not record.outgoing and who.number not in colleagues:
                    card = Card(number, CardKind.INTERRUPTED, record.started, who.number, who.name)
                    self.add_card(replace(card, recording=said(number), called_from=who.number))
        return records

    def _put(self, table: str, row: Mapping[str, Any], key: str, condition: str = "") -> None:
        """Insert `row`, or where `key` is there already replace its other columns if `condition` holds."""
        columns = ", ".join(row)
        values = ", ".join(f":{column}" for column in row)
        news = ", ".join(f"{column} = excluded.{column}" for column in row)
        self._connection.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT ({key}) DO UPDATE SET {news} {condition}",
            row,
        )


def open_for_reading(home: Path) -> LedgerReader:
    """Open the book of the office at `home` beside its keeper; an office that had no call yet gives an empty one.

    Raises `DamagedStore` when the file cannot be opened.
    """
    path = home / LEDGER_NAME
    if not path.exists():
        connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        _migrate(connection, path)
        return LedgerReader(connection)
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("SELECT 1 FROM calls LIMIT 1").close()
        except sqlite3.Error:
            connection.close()
            raise
    except sqlite3.Error as refused:
        raise DamagedStore(
            f"The list of calls {path} cannot be opened ({refused}).",
            "Run this command as the user who runs Frontdesk.",
        ) from refused
    return LedgerReader(connection)


@contextlib.contextmanager
def _told_as_damage() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as refused:
        raise DamagedStore(f"The list of calls cannot be read ({refused}).") from refused


def is_damage(error: BaseException) -> bool:
    """Does this error say that the file is broken, rather than busy, full or forbidden?"""
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


# ---------------------------------------------------------------- opening


def _open_or_begin(path: Path, faults: list[Fault]) -> sqlite3.Connection:
    try:
        return _open(path)
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
    kept = set_aside(path)
    for suffix in ("-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + suffix))
    problem = "The list of calls was damaged; a new one was begun."
    faults.append(Fault(path.name, problem, f"Restore the newest backup. The damaged file was kept as {kept.name}."))
    return _open(path)


def _open(path: Path) -> sqlite3.Connection:
    """Open for writing and look at every page; the indices are not compared, which keeps the start of the box short."""
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            damage = sqlite3.DatabaseError(verdict)
            damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise damage
        _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise DamagedStore(
            f"The list of calls {path} was written by a newer version of Frontdesk.",
            "Install the newest version of Frontdesk.",
        )
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        for statement in ("BEGIN IMMEDIATE", *statements, f"PRAGMA user_version = {number}", "COMMIT"):
            connection.execute(statement)


# ---------------------------------------------------------------- rows

# States are kept by their names in the program, which do not change when somebody finds a better wording for people.


def _call_row(record: CallRecord) -> dict[str, Any]:
    return {
        "number": record.number,
        "line": record.line,
        "started": record.started.isoformat(),
        "caller_number": record.caller_id.number,
        "caller_name": record.caller_id.name,
        "presentation": record.caller_id.presentation.name,
        "rings": record.rings,
        "answer_s": record.answer_s,
        "talk_s": record.talk_s,
        "outcome": record.outcome and record.outcome.name,
        "hung_up": record.hung_up and record.hung_up.name,
        "waits": json.dumps([asdict(wait) for wait in record.waits], ensure_ascii=False),
        "transfers": json.dumps([_attempt_row(attempt) for attempt in record.transfers], ensure_ascii=False),
        "outgoing": record.outgoing,
    }


def _attempt_row(attempt: TransferAttempt) -> dict[str, Any]:
    return asdict(attempt) | {"at": attempt.at.isoformat(), "result": attempt.result.name}


def _record(row: sqlite3.Row) -> CallRecord:
    return CallRecord(
        number=row["number"],
        line=row["line"],
        started=datetime.fromisoformat(row["started"]),
        caller_id=CallerId(row["caller_number"], row["caller_name"], Presentation[row["presentation"]]),
        rings=row["rings"],
        answer_s=row["answer_s"],
        talk_s=row["talk_s"],
        outcome=Outcome[row["outcome"]] if row["outcome"] else None,
        hung_up=HangUpSign[row["hung_up"]] if row["hung_up"] else None,
        waits=tuple(_wait(wait) for wait in json.loads(row["waits"])),
        transfers=tuple(_attempt(attempt) for attempt in json.loads(row["transfers"])),
        outgoing=bool(row["outgoing"]),
    )


def _wait(stored: dict[str, Any]) -> Wait:
    announced = tuple(Announced(**told) for told in stored.get("announced", ()))
    return Wait(**(stored | {"announced": announced}))


def _attempt(stored: dict[str, Any]) -> TransferAttempt:
    changed = {"at": datetime.fromisoformat(stored["at"]), "result": TransferResult[stored["result"]]}
    return TransferAttempt(**(stored | changed))


def _presence(row: sqlite3.Row) -> KeptPresence:
    until = datetime.fromisoformat(row["until"]) if row["until"] else None
    return KeptPresence(row["extension"], Presence[row["presence"]], until)


def _greeting(row: sqlite3.Row) -> KeptGreeting:
    return KeptGreeting(row["company"], row["department"], row["recording"], row["spoken_by"])
