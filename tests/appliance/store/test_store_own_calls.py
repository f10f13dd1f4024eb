"""The book knows which calls the box began itself, and who has taken a card (R14, R23, R37)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.call import CallerId, CallRecord, Outcome, Presentation
from appliance.cards import Card, CardKind
from appliance.cardsteps import made, taken
from appliance.store.ledger import Ledger

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
JAN = CallerId("225550101", "Jan", Presentation.SHOWN)
ASKED, MADE = made(Card(1, CardKind.CALLBACK, TUESDAY, JAN.number, JAN.name, id=1))
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
    ledger.keep_card(ASKED, MADE)
    ledger.begin(OWN)
    assert [record.outcome for record in ledger.recover()] == [Outcome.INTERRUPTED]
    assert ledger.cards() == [ASKED]


def test_who_has_taken_a_card_stands_on_it(ledger: Ledger) -> None:
    ledger.keep_card(ASKED, MADE)
    ledger.keep_card(*taken(ASKED, TUESDAY, "11"))
    assert [(card.taken_by, card.person) for card in ledger.cards()] == [("11", "11")]
