"""What a book of many contacts costs: memory, the start of the box, a lookup, an edit, files in and out.

Everything is processor time; memory is that of a process of its own, which does nothing but read the book.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from appliance.addressbook.files import read_contacts, write_contacts
from appliance.addressbook.found import Premises
from appliance.addressbook.merging import merge
from appliance.call import CallerId, CallRecord, Outcome, Presentation, TransferAttempt, TransferResult
from appliance.contactbook import MOST_SERVED, ContactBook
from appliance.contacts import Contact, Importance, Relation
from appliance.store.contactrows import CONTACT_TABLES
from appliance.store.ledger import LEDGER_NAME, Ledger, open_for_reading
from bench.figures import Figure

MANY = 20_000
CALLS = 100_000
POLAND = Premises("pl")
MOMENT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

READS_THE_BOOK = """
import sys
from pathlib import Path
import appliance.contactbook, appliance.store.ledger, phonenumbers
from bench.contacts import book_of, resident_kb
before = resident_kb()
book = book_of(Path(sys.argv[1]))
assert len(book) == int(sys.argv[2])
print(resident_kb() - before)
"""


def contact_figures() -> Iterator[Figure]:
    """Each figure as soon as it is measured."""
    people = contacts(MANY)
    with tempfile.TemporaryDirectory(prefix="frontdesk-contacts-") as temporary:
        home = Path(temporary)
        ledger = Ledger(home / LEDGER_NAME)
        ledger.keep_contacts(people)
        with ledger.transaction():
            for record in calls(CALLS, people):
                ledger.finish(record)
        ledger.close()
        yield from _start(home)
        yield from _lookups(home, people)
        yield _edit(home, people)
        yield _learning(home)
        yield from _files(home, people)


def contacts(many: int) -> list[Contact]:
    """Contacts with one to three numbers each, some of them colleagues; the same ones every time."""
    rng = random.Random(1)
    taken = iter(rng.sample(range(10**7), 3 * many))
    people = []
    for id in range(1, many + 1):
        numbers = [f"+4822{next(taken):07}", f"+48601{next(taken) % 10**6:06}", f"+4812{next(taken):07}"]
        company = f"Company {id // 4}"
        people.append(
            Contact(
                name=f"Person {id} of {company}",
                company=company,
                numbers=tuple(dict.fromkeys(numbers[: rng.choice((1, 2, 2, 3))])),
                language=rng.choice(("", "pl", "en")),
                importance=rng.choice(tuple(Importance)),
                relation=rng.choice(tuple(Relation)),
                operator=rng.choice(("", "101", "102")),
                customer_number=str(100_000 + id),
                email=f"person{id}@example.org",
                notes="Prefers to be called in the morning." if rng.random() < 0.3 else "",
                id=id,
            )
        )
    return people


def calls(many: int, people: Sequence[Contact]) -> Iterator[CallRecord]:
    """Calls that were put through, most of them from contacts."""
    rng = random.Random(2)
    for number in range(1, many + 1):
        at = MOMENT + timedelta(minutes=number)
        told = rng.choice(people).numbers[0].removeprefix("+48")
        took = TransferAttempt(at, rng.choice(("101", "102")), "Anna", TransferResult.TAKEN, 5.0)
        caller = CallerId(told, "", Presentation.SHOWN)
        yield CallRecord(number, "Line 1", at, caller, 1, outcome=Outcome.TRANSFERRED, transfers=(took,))


def book_of(home: Path) -> ContactBook:
    """The book of an office, as a box reads it at its start."""
    ledger = open_for_reading(home)
    book = ContactBook("pl", ledger.contacts(), ledger.served(MOST_SERVED), ledger.next_contact())
    ledger.close()
    return book


def resident_kb() -> int:
    """Resident memory of this process."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise LookupError("VmRSS")


def _spent_s(what: Callable[[], object], times: int = 1) -> float:
    """Processor seconds of the fastest of `times` runs."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        what()
        spent.append(time.process_time() - began)
    return min(spent)


def _start(home: Path) -> Iterator[Figure]:
    spent_s = _spent_s(lambda: book_of(home), 3)
    how = f"{MANY:,} contacts, {MOST_SERVED:,} callers with who served them last"
    yield Figure("the start of a box reads the book", "≤ 1 s", f"{spent_s:.2f} s", spent_s <= 1.0, how)
    command = [sys.executable, "-c", READS_THE_BOOK, str(home), str(MANY)]
    grown_kb = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    measured = f"{grown_kb / 1000:.0f} MB"
    yield Figure("memory of the book", "≤ 40 MB", measured, grown_kb <= 40_000, how + "; resident, in its own process")


def _lookups(home: Path, people: Sequence[Contact]) -> Iterator[Figure]:
    book, rng = book_of(home), random.Random(3)
    told = [rng.choice(rng.choice(people).numbers).removeprefix("+48") for _ in range(5000)]
    strangers = [f"58{rng.randrange(10**7):07}" for _ in range(5000)]
    for what, numbers in (("a contact calls", told), ("a stranger calls", strangers)):
        spent_us = _spent_s(lambda numbers=numbers: [book.find(n) for n in numbers]) / len(numbers) * 1e6
        yield Figure(
            what, "≤ 200 µs", f"{spent_us:.0f} µs", spent_us <= 200.0, "looked up by number, never seen before"
        )


def _edit(home: Path, people: Sequence[Contact]) -> Figure:
    ledger, book, wal = Ledger(home / LEDGER_NAME), book_of(home), home / f"{LEDGER_NAME}-wal"
    edits = [replace(who, company="Another", numbers=(*who.numbers[:1], f"+4861{who.id:07}")) for who in people[:100]]
    spent, before = [], wal.stat().st_size if wal.exists() else 0
    for edit in edits:
        spent.append(_spent_s(lambda edit=edit: ledger.keep_contacts([book.keep(edit)])))
    written_kb = (wal.stat().st_size - before) / len(edits) / 1000
    ledger.close()
    longest_ms = sorted(spent)[-2] * 1000
    measured = f"{longest_ms:.1f} ms, {written_kb:.0f} kB"
    how = f"name and numbers of one of {MANY:,}, in memory and on disk: the second slowest of {len(edits)}"
    return Figure("an edit", "≤ 10 ms, ≤ 40 kB", measured, longest_ms <= 10 and written_kb <= 40, how)


def _learning(home: Path) -> Figure:
    """What an older ledger does once, when it learns of contacts."""
    connection = sqlite3.connect(home / LEDGER_NAME)
    connection.execute("DELETE FROM served")
    spent_s = _spent_s(lambda: connection.execute(CONTACT_TABLES[-1]))
    connection.rollback()
    connection.close()
    what = "an older ledger learns who served whom, once"
    return Figure(what, "≤ 5 s", f"{spent_s:.1f} s", spent_s <= 5.0, f"{CALLS:,} calls")


def _files(home: Path, people: Sequence[Contact]) -> Iterator[Figure]:
    how = f"{MANY:,} contacts"
    for suffix in (".csv", ".vcf"):
        path, empty = home / f"book{suffix}", ContactBook("pl")
        out_s = _spent_s(lambda path=path: write_contacts(path, people))
        in_s = _spent_s(lambda path=path, empty=empty: merge(empty, read_contacts(path, POLAND).found))
        assert len(empty) == MANY
        yield Figure(
            f"written as {suffix}, and brought in", "≤ 60 s", f"{out_s:.1f} s, {in_s:.1f} s", out_s + in_s <= 60, how
        )
