"""The card box at its largest: 100,000 cards in the ledger, of which so many are open, beside 20,000 contacts.

Times are process times, so that what else runs on the machine does not count; what an edit writes is told by the kernel
(`/proc/self/io`), with the share of copying the write-ahead log into the database.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from appliance import cardsteps
from appliance.cardbox import CardBox
from appliance.cardcommands import CallResult, CardCommand, CardDone, NoteCard, PromiseBy, SnoozeCard
from appliance.cards import Card, CardKind, Entry, Reminder, Result, State
from appliance.clock import VirtualClock
from appliance.contacts import Contact
from appliance.schedule import Schedule
from appliance.settings import Hours
from appliance.store.cardrows import put_card
from appliance.store.ledger import LEDGER_NAME, Ledger, open_for_reading
from bench.figures import Figure

CARDS, OPEN, CONTACTS, EDITS = 100_000, 5_000, 20_000, 400
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
WORDS = [
    "lamp",
    "offer",
    "invoice",
    "delivery",
    "complaint",
    "repair",
    "meeting",
    "price",
    "list",
    "sample",
    "colour",
    "warranty",
    "order",
    "Tuesday",
]


def card_figures() -> list[Figure]:
    """The figures of the issue, each with its limit."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home)
        return [*reading_figures(home), start_figure(home), *edit_figures(home)]


def fill(home: Path) -> None:
    """Years of an office: each card with three lines of history, every twentieth of them still open."""
    chance, ledger = Random(5), Ledger(home / LEDGER_NAME)
    with ledger.transaction():
        for number in range(1, CONTACTS + 1):
            name = f"Contact {number}"
            ledger.keep_contacts([Contact(name, f"Company {number % 900}", (f"+4822{number:07}",), id=number)])
        for number in range(1, CARDS + 1):
            put_card(ledger._connection, *_card(number, chance))
    ledger._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()


def _card(number: int, chance: Random) -> tuple[Card, list[Entry]]:
    made = NOW - timedelta(minutes=20 * (CARDS - number))
    caller = chance.randrange(1, CONTACTS + 1)
    card = Card(
        number,
        chance.choice((CardKind.CALLBACK, CardKind.MESSAGE, CardKind.ABANDONED, CardKind.TASK)),
        made,
        f"+4822{caller:07}",
        f"Contact {caller}",
        recording=f"messages/call-{number:06d}.wav",
        id=number,
        person=chance.choice(("101", "102", "103")),
        contact=caller,
        company=f"Company {caller % 900}",
        matter=" ".join(chance.choices(WORDS, k=12)),
        due=made,
    )
    card, first = cardsteps.made(card)
    card, second = cardsteps.noted(card, made, "101", "wants to be called in the afternoon")
    if number % (CARDS // OPEN) == 0:
        card, third = cardsteps.moved(card, made, "101", NOW + timedelta(hours=chance.uniform(-48.0, 24.0 * 200)))
    else:
        card, third = cardsteps.finished(card, made, "101", "done")
    return card, [first, second, third]


def reading_figures(home: Path) -> list[Figure]:
    """The day's view and a search, as a page asks for them."""
    reader = open_for_reading(home)
    words = iter(WORDS * 3)
    figures = [
        _time("the day's view of the card box", 0.050, lambda: reader.day(NOW), 15),
        _time("a search that finds much", 0.100, lambda: reader.find_cards(f"{next(words)} company"), 15),
        _time("a search that finds nothing", 0.500, lambda: reader.find_cards("nowhere"), 5),
        _time("a card with its history", 0.005, lambda: reader.card(77_777), 15),
    ]
    reader.close()
    return figures


def start_figure(home: Path) -> Figure:
    """Opening the ledger, looking at every page of it, and holding what is open."""

    def start() -> None:
        ledger = Ledger(home / LEDGER_NAME)
        cards = ledger.cards()
        CardBox(_Unwritten(), VirtualClock(NOW), Schedule(Hours()), "pl", cards, ledger.next_card_number())
        ledger.close()

    return _time("start with the card box", 1.0, start, 5)


def edit_figures(home: Path) -> list[Figure]:
    """Commands on open cards, each a transaction of its own: processor time, and bytes that reach the disk."""
    ledger = Ledger(home / LEDGER_NAME)
    box = CardBox(ledger, VirtualClock(NOW), Schedule(Hours()), "pl", ledger.cards(), ledger.next_card_number())
    chance, seconds, written = Random(6), [], _written()
    numbers = [card.id for card in ledger.cards() if card.state is State.OPEN]
    for number in chance.sample(numbers, EDITS):
        command = _edit(number, chance)
        began = time.process_time()
        box.obey(command)
        _ = box.open
        seconds.append(time.process_time() - began)
    ledger._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    each = (_written() - written) / EDITS
    ledger.close()
    worst = sorted(seconds)[int(0.99 * EDITS)]
    conditions = f"{EDITS} commands, {CARDS:,} cards, {OPEN:,} open, with the board's list drawn anew"
    return [
        Figure(
            "an edit of a card",
            "≤ 10 ms",
            f"median {statistics.median(seconds) * 1000:.2f} ms, 99 % ≤ {worst * 1000:.2f} ms",
            worst <= 0.010,
            conditions,
        ),
        Figure("written for an edit", "≤ 40 kB", f"{each / 1000:.1f} kB", each <= 40_000, conditions),
    ]


def _edit(number: int, chance: Random) -> CardCommand:
    return chance.choice(
        (
            NoteCard(number, "101", "has called again about the price"),
            SnoozeCard(number, "101", 600.0),
            CallResult(number, "101", Result.NOT_REACHED),
            PromiseBy(number, "101", 40.0),
            CardDone(number, "101"),
        )
    )


def _time(what: str, limit_s: float, action: Callable[[], object], times: int) -> Figure:
    taken = []
    for _ in range(times):
        began = time.process_time()
        action()
        taken.append(time.process_time() - began)
    worst = max(taken)
    measured = f"median {statistics.median(taken) * 1000:.1f} ms, worst {worst * 1000:.1f} ms"
    return Figure(what, f"≤ {limit_s * 1000:.0f} ms", measured, worst <= limit_s, f"{CARDS:,} cards, {OPEN:,} open")


def _written() -> int:
    """Bytes that this process has had written to disk."""
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text("ascii").splitlines())
    return int(fields["write_bytes"]) or int(fields["wchar"])


class _Unwritten:
    def keep_card(self, card: Card, *entries: Entry) -> None:
        """Nothing is written at a start."""

    def keep_reminder(self, reminder: Reminder) -> None:
        """Nothing is told."""
