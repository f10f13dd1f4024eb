"""Cards on the board: what is due, what was promised and how long is left (R24, R26)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from appliance.board import Board
from appliance.cards import Card, CardKind, Promise
from appliance.clock import VirtualClock
from appliance.tickler import CardCounts
from web.app import STREAMS, create_app

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CARD = Card(7, CardKind.CALLBACK, NOON - timedelta(minutes=30), "225550101", "Jan", id=3)


class Office:
    """The engine as far as the pages know it."""

    def __init__(self) -> None:
        self.board = Board(1, NOON, "Northwind", True, (), (), (), (), (CARD,), ())


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def client(office: Office) -> Iterator[FlaskClient]:
    app = create_app(office, clock=VirtualClock(NOON))
    yield app.test_client()
    app.extensions[STREAMS].close()


def page(client: FlaskClient, office: Office, *cards: Card, counts: CardCounts | None = None) -> str:
    office.board = replace(office.board, cards=cards, card_counts=counts or CardCounts(len(cards), len(cards)))
    return " ".join(client.get("/").text.split())


def test_a_promise_is_counted_down(client: FlaskClient, office: Office) -> None:
    until = NOON + timedelta(minutes=38)
    text = page(client, office, replace(CARD, promised=until, promise=Promise.GIVEN))
    assert f'promised within <span class="ticking" data-until="{until.timestamp()}">38:00</span>' in text


def test_a_promise_that_was_broken_stands_out(client: FlaskClient, office: Office) -> None:
    card = replace(CARD, promised=NOON, promise=Promise.BROKEN)
    text = page(client, office, card, counts=CardCounts(1, 1, 0, 0, 1))
    assert '<strong class="late">promised, and late</strong>' in text and "1 promised and late" in text


def test_a_card_tells_when_it_is_due_how_often_they_called_and_about_what(client: FlaskClient, office: Office) -> None:
    card = replace(CARD, due=NOON + timedelta(days=1), calls=(7, 8, 9), matter="<b>blue</b> lamps")
    text = page(client, office, card, counts=CardCounts(1, 0, 0))
    assert "called 3 times · due tomorrow 12:00" in text and "&lt;b&gt;blue&lt;/b&gt; lamps" in text


def test_the_order_is_that_of_the_engine_and_the_tile_counts_what_is_due(client: FlaskClient, office: Office) -> None:
    other = replace(CARD, id=4, call=8, name="Ola", made=NOON - timedelta(days=3))
    text = page(client, office, CARD, other, counts=CardCounts(60, 55, 5))
    assert text.index("Jan") < text.index("Ola")
    assert '<span class="count">55</span>' in text and "5 more today" in text
