"""The card box in the ledger: nothing is lost by a newer program, and everything is found again (R24)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from appliance import cardsteps
from appliance.call import CallerId, CallRecord
from appliance.cards import Action, Card, CardKind, Promise, Reminder, Repeat, State, Unit
from appliance.store.cardrows import CARD_TABLES, MOST_FOUND
from appliance.store.ledger import LEDGER_NAME, MIGRATIONS, Ledger, open_for_reading
from appliance.tickler import DAYS

MOMENT = datetime(2026, 11, 24, 9, 30, 15, 250_000, tzinfo=timezone(timedelta(hours=1)))
CARD, MADE = cardsteps.made(
    Card(
        1,
        CardKind.MESSAGE,
        MOMENT,
        "+48225550101",
        "Łucja Żak",
        "after lunch",
        "messages/call-000001.wav",
        "sales",
        id=4,
        person="101",
        deputy="102",
        contact=7,
        company="Contoso & Söhne",
        matter="the blue lamps",
        due=MOMENT + timedelta(days=2),
        promised=MOMENT + timedelta(days=3),
        repeat=Repeat(6, Unit.MONTHS, 24),
        urgent=True,
        called_from="+48225550102",
    )
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / LEDGER_NAME)
    yield ledger
    ledger.close()


def test_a_card_and_its_history_come_back_as_they_were_written(ledger: Ledger) -> None:
    noted, line = cardsteps.noted(CARD, MOMENT, "101", "wants forty")
    for _ in range(2):  # twice, as after a failed write that was not one
        ledger.keep_card(CARD, MADE)
        ledger.keep_card(noted, line)
    assert ledger.card(4) == (noted, (MADE, line))
    assert ledger.cards() == [noted] and ledger.card(5) is None


def test_an_older_state_that_is_written_once_more_does_not_undo_a_newer_one(ledger: Ledger) -> None:
    done, line = cardsteps.finished(CARD, MOMENT, "101", "done", for_good=True)
    ledger.keep_card(done, MADE, line)
    ledger.keep_card(CARD, MADE)
    assert ledger.cards() == [] and ledger.cards(open_only=False) == [done]


def test_a_due_time_is_marked_once_and_a_new_one_is_not_marked_yet(ledger: Ledger) -> None:
    ledger.keep_card(CARD, MADE)
    told = Reminder(4, CARD.due_at, MOMENT + timedelta(days=2, seconds=1))
    assert ledger.keep_reminder(told) and not ledger.keep_reminder(told)
    assert ledger.cards()[0].reminded == told.at
    later, line = cardsteps.moved(replace(CARD, reminded=told.at), MOMENT, "101", MOMENT + timedelta(days=9))
    ledger.keep_card(later, line)
    assert ledger.cards()[0].reminded is None


def test_the_days_view_counts_what_lies_behind_each_divider(ledger: Ledger) -> None:
    now = datetime(2026, 11, 25, 10, tzinfo=UTC)
    hours = (-50, -1, 0, 3, 30, 24 * 40, 24 * 400)
    for id, ahead in enumerate(hours, 1):
        ledger.keep_card(replace(CARD, id=id, due=now + timedelta(hours=ahead)))
    ledger.keep_card(replace(CARD, id=20, due=now, state=State.DONE))
    day = ledger.day(now)
    assert ([card.id for card in day.now], [card.id for card in day.today], day.overdue) == ([1, 2, 3], [4], 3)
    counts = [count for _, count in day.behind]
    assert (counts[0], counts[1], sum(counts)) == (4, 1, len(hours)), "what is late lies behind today"
    assert [card.id for card in ledger.behind(day.behind[1][0])] == [5]
    assert sum(counts[DAYS:]) == 2


@pytest.mark.parametrize(
    "query", ["żak", "ŁUCJA", "22555", "+48 22 555 01 01".replace(" ", ""), "blue lamps", "söhne", "lamps łucja"]
)
def test_a_card_is_found_by_name_number_company_or_matter(ledger: Ledger, query: str) -> None:
    ledger.keep_card(CARD, MADE)
    ledger.keep_card(replace(CARD, id=5, name="Jan", company="", matter="", number="+48501600700", called_from=""))
    assert [card.id for card in ledger.find_cards(query)] == [4]


def test_a_search_is_bounded_and_nothing_is_found_by_nothing(ledger: Ledger) -> None:
    with ledger.transaction():
        for id in range(1, 2 * MOST_FOUND):
            ledger.keep_card(replace(CARD, id=id))
    assert len(ledger.find_cards("lamps")) == MOST_FOUND
    assert ledger.find_cards(" ") == ledger.find_cards("%") == ledger.find_cards("x" * 5000) == ()


def test_the_ledger_of_an_older_program_keeps_every_card(tmp_path: Path) -> None:
    """Open, done, without a number: each is a card with a history afterwards."""
    before = MIGRATIONS[: MIGRATIONS.index(CARD_TABLES)]
    connection = sqlite3.connect(tmp_path / LEDGER_NAME)
    for statement in (*(one for step in before for one in step), f"PRAGMA user_version = {len(before)}"):
        connection.execute(statement)
    rows = [
        (3, 31, "CALLBACK", "0225550101", "Jan", "tomorrow morning", "", 0, "sales"),
        (4, 32, "MESSAGE", "", "", "as soon as possible", "messages/call-000032.wav", 0, ""),
        (9, 33, "ABANDONED", "0225550102", "", "as soon as possible", "", 1, "101"),
    ]
    columns = "id, call, kind, made, number, name, wish, recording, done, meant_for"
    for id, call, kind, *rest in rows:
        values = (id, call, kind, MOMENT.isoformat(), *rest)
        connection.execute(f"INSERT INTO cards ({columns}) VALUES ({', '.join('?' * 10)})", values)
    connection.commit()
    connection.close()

    ledger = Ledger(tmp_path / LEDGER_NAME)
    found = {card.id: card for card in ledger.cards(open_only=False)}
    assert [card.id for card in ledger.cards()] == [3, 4] and sorted(found) == [3, 4, 9]
    card = found[3]
    assert (card.number, card.name, card.when, card.group, card.calls) == (
        "0225550101",
        "Jan",
        "tomorrow morning",
        "sales",
        (31,),
    )
    assert (card.made, card.due_at, card.promise) == (MOMENT, MOMENT, Promise.NONE)
    assert (found[9].state, found[9].reason) == (State.DONE, "done")
    kept = ledger.card(4)
    assert kept is not None and [(line.action, line.call) for line in kept[1]] == [(Action.MADE, 32)]
    assert ledger.next_card_number() == 10
    ledger.close()


def test_the_number_of_the_next_card_leaves_room_for_calls_that_were_cut_off(ledger: Ledger, tmp_path: Path) -> None:
    """While the disk is full after a crash the engine may make cards before the ledger has made those of the crash."""
    ledger.keep_card(CARD, MADE)
    for number in (7, 8):
        ledger.begin(CallRecord(number, "Line 1", MOMENT, CallerId(), rings=1))
    reader = open_for_reading(tmp_path)
    assert ledger.next_card_number() == reader.next_card_number() == 7
    reader.close()
    ledger.recover()
    assert max(card.id for card in ledger.cards()) < 7
