"""The book knows which calls the box began itself, and who has taken a card (R14, R23, R37)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.call import CallerId, CallRecord, Outcome, Presentation
from appliance.cards import Card, CardKind
from appliance.store.ledger import Ledger

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
JAN = CallerId("225550101", "Jan", Presentation.SHOWN)
ASKED = Card(1, CardKind.CALLBACK, TUESDAY, JAN.number, JAN.name)
OWN = CallRecord(2, "Line 1", TUESDAY, JAN, rings=0, outgoing=True)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    book = Ledger(tmp_path / "ledger.sqlite3")
    yield book
    book.close()


def test_a_call_of_the_box_is_kept_as_one(ledger: Ledger) -> None:
    ledger.begin(OWN)
    ledger.finish(replace(OWN, outcome=Outcome.CALLED_BACK))
    ledger.finish(CallRecord(3, "Line 1", TUESDAY, JAN, rings=1, outcome=Outcome.TRANSFERRED))
    assert [(call.number, call.outgoing) for call in ledger.calls()] == [(3, False), (2, True)]


def test_a_callback_cut_off_by_a_power_failure_makes_no_second_card(ledger: Ledger) -> None:
    ledger.add_card(ASKED)
    ledger.begin(OWN)
    assert [record.outcome for record in ledger.recover()] == [Outcome.INTERRUPTED]
    assert ledger.cards() == [ASKED]


def test_who_has_taken_a_card_stands_on_it(ledger: Ledger) -> None:
    ledger.add_card(ASKED)
    ledger.add_card(replace(ASKED, taken_by="11"))
    assert [card.taken_by for card in ledger.cards()] == ["11"]


def test_who_was_served_needs_no_callback_but_their_message_is_still_heard(ledger: Ledger) -> None:
    message = Card(4, CardKind.MESSAGE, TUESDAY, JAN.number, recording="messages/call-000004.wav")
    ledger.add_card(ASKED)
    ledger.add_card(message)
    assert ledger.close_cards(JAN.number) == 1
    assert ledger.cards() == [message]
