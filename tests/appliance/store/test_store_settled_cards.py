"""Cards that are settled one by one, and whom they are for, in the book (R24)."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from appliance.cards import Card, CardKind
from appliance.store.keeper import Keeper
from appliance.store.ledger import LEDGER_NAME, MIGRATIONS, Ledger, open_for_reading

MESSAGE = Card(
    7,
    CardKind.MESSAGE,
    datetime(2026, 11, 24, 10, 0, tzinfo=UTC),
    "225550101",
    recording="messages/call-000007.wav",
    group="sales",
)


def test_a_settled_card_leaves_the_box_and_stays_in_the_book(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    other = replace(MESSAGE, call=8)
    for card in (MESSAGE, other, replace(MESSAGE, kind=CardKind.CALLBACK)):
        keeper.add_card(card)
    keeper.close_card(7, CardKind.MESSAGE)
    assert keeper.close()
    book = open_for_reading(tmp_path)
    assert [(card.call, card.kind) for card in book.cards()] == [(8, CardKind.MESSAGE), (7, CardKind.CALLBACK)]
    assert replace(MESSAGE, done=True) in book.cards(open_only=False)
    book.close()


def test_a_message_recorded_again_is_the_one_in_the_book(tmp_path: Path) -> None:
    book = Ledger(tmp_path / LEDGER_NAME)
    book.add_card(MESSAGE)
    book.add_card(replace(MESSAGE, recording="messages/call-000007-2.wav"))
    assert [card.recording for card in book.cards()] == ["messages/call-000007-2.wav"]
    book.close()


def test_cards_of_an_older_book_are_for_nobody_in_particular(tmp_path: Path) -> None:
    path = tmp_path / LEDGER_NAME
    older = sqlite3.connect(path)
    before = next(number for number, statements in enumerate(MIGRATIONS) if "meant_for" in "".join(statements))
    for statements in MIGRATIONS[:before]:
        for statement in statements:
            older.execute(statement)
    older.execute(
        "INSERT INTO cards (call, kind, made, number, name, wish, recording, done) "
        "VALUES (7, 'MESSAGE', '2026-11-24T10:00:00+00:00', '225550101', '', 'as soon as possible', 'a.wav', 0)"
    )
    older.execute(f"PRAGMA user_version = {before}")
    older.commit()
    older.close()
    book = Ledger(path)
    assert [card.group for card in book.cards()] == [""]
    book.close()
