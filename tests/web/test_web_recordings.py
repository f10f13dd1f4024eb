"""Listening in the browser to what callers have said: what a card names, in parts, and nothing else of the disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.board import Board
from appliance.cards import Card, CardKind, State
from appliance.clock import VirtualClock
from appliance.store.recordings import RecordingFile, recording_path
from web.app import STREAMS, create_app

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SOUND = bytes(range(256)) * 100
MESSAGE = Card(7, CardKind.MESSAGE, NOON, "225550101", "Jan", recording="messages/call-000007.wav", group="sales")


class Office:
    """The engine as far as the pages know it."""

    def __init__(self, *cards: Card) -> None:
        self.board = Board(1, NOON, "Northwind", True, (), (), (), (), cards, ())


@pytest.fixture
def office() -> Office:
    return Office(MESSAGE)


@pytest.fixture
def app(office: Office, tmp_path: Path) -> Iterator[Flask]:
    home = tmp_path / "home"
    file = RecordingFile(recording_path(home, MESSAGE.recording))
    file.append(SOUND)
    file.close()
    (tmp_path / "secret.wav").write_bytes(b"not for the page")
    app = create_app(office, home=home, clock=VirtualClock(NOON))
    yield app
    app.extensions[STREAMS].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_the_card_of_a_message_leads_to_its_sound(client: FlaskClient) -> None:
    """R11: heard on the page."""
    assert 'href="/recordings/7.wav"' in client.get("/").text
    assert "message left, 12:00 · for sales" in " ".join(client.get("/").text.split())
    with client.get("/recordings/7.wav") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
        assert answer.data[:4] == b"RIFF" and answer.data[44:] == SOUND
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_browser_may_listen_from_the_middle(client: FlaskClient) -> None:
    with client.get("/recordings/7.wav", headers={"Range": "bytes=1044-1143"}) as answer:
        assert (answer.status_code, answer.data) == (206, SOUND[1000:1100])
        assert answer.headers["Content-Range"] == f"bytes 1044-1143/{44 + len(SOUND)}"


@pytest.mark.parametrize(
    "name",
    ["../secret.wav", "/etc/passwd", "messages/../../secret.wav", "ledger.sqlite3", "messages/call-000099.wav", ""],
)
def test_nothing_but_a_recording_below_home_can_be_had(client: FlaskClient, office: Office, name: str) -> None:
    office.board = replace(office.board, cards=(replace(MESSAGE, recording=name),))
    answer = client.get("/recordings/7.wav")
    assert answer.status_code == 404 and "There is no such page" in answer.text


@pytest.mark.parametrize("asked", ["/recordings/8.wav", "/recordings/-7.wav", "/recordings/messages/call-000007.wav"])
def test_only_what_a_card_names_can_be_had(client: FlaskClient, asked: str) -> None:
    assert client.get(asked).status_code == 404


def test_a_card_that_is_settled_is_heard_no_more(client: FlaskClient, office: Office) -> None:
    office.board = replace(office.board, cards=(replace(MESSAGE, state=State.DONE),))
    assert client.get("/recordings/7.wav").status_code == 404


def test_a_stranger_who_points_a_name_at_the_box_hears_nothing(client: FlaskClient) -> None:
    assert client.get("/recordings/7.wav", headers={"Host": "evil.example"}).status_code == 400
