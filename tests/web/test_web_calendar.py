"""One's cards in one's calendar: only with the secret, only one's own, the same bytes until one changes (R25)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar, Event

from appliance.board import Board, PersonView
from appliance.cards import Card, CardKind
from appliance.cardsteps import made
from appliance.store.calendars import NAME, Calendars
from appliance.store.ledger import LEDGER_NAME, Ledger
from web.app import create_app

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 10, 24, 9, 5, tzinfo=WARSAW)
AFTER_SUMMER = datetime(2026, 10, 26, 9, 0, tzinfo=WARSAW)
"""Nine o'clock on the day after summer time has ended: 8:00 UTC, not 7:00."""


class Office:
    """An office with Anna and Boris, and a board."""

    board = Board(
        version=1,
        at=NOW,
        company="Example",
        open=True,
        lines=(),
        waiting=(),
        staff=(PersonView("Anna", "101", "", "in", "free"), PersonView("Boris", "102", "", "in", "free")),
        calls=(),
        cards=(),
        faults=(),
    )


JAN = Card(
    7, CardKind.CALLBACK, NOW, "501234567", "Jan\r\nKowalski", id=1, person="101", due=AFTER_SUMMER, matter="a;b"
)
EVA = Card(8, CardKind.CALLBACK, NOW, "229998877", "Eva", id=2, person="102", due=AFTER_SUMMER)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    book = Ledger(tmp_path / LEDGER_NAME)
    for card in (JAN, EVA):
        book.keep_card(*made(card, "", ""))
    yield book
    book.close()


@pytest.fixture
def browser(tmp_path: Path, ledger: Ledger) -> FlaskClient:
    return create_app(Office(), home=tmp_path).test_client()


def test_anna_sees_her_card_at_the_right_hour_with_a_reminder_and_nobody_elses(
    tmp_path: Path, browser: FlaskClient
) -> None:
    answer = browser.get(f"/calendar/{Calendars(tmp_path).give('101')}.ics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert b"Eva" not in answer.data
    calendar = Calendar.from_ical(answer.data)
    [event] = calendar.events
    assert event["summary"] == "Call Jan Kowalski, 501234567"
    assert "About: a;b" in event["description"]
    assert event.start == datetime(2026, 10, 26, 8, 0, tzinfo=UTC)
    assert event.end - event.start == timedelta(minutes=15)
    [alarm] = event.walk("VALARM")
    assert alarm["trigger"].dt == timedelta()
    assert calendar["x-wr-calname"] == "Example: Anna"


def test_a_browser_that_has_the_calendar_gets_nothing_new_until_the_card_is_moved(
    tmp_path: Path, ledger: Ledger, browser: FlaskClient
) -> None:
    address = f"/calendar/{Calendars(tmp_path).give('101')}.ics"
    first = browser.get(address)
    assert browser.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    ledger.keep_card(replace(JAN, due=AFTER_SUMMER + timedelta(days=1), entries=2))
    moved = browser.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert moved.status_code == 200
    [before], [after] = Calendar.from_ical(first.data).events, Calendar.from_ical(moved.data).events
    assert isinstance(before, Event) and isinstance(after, Event)
    assert before["uid"] == after["uid"], "it is moved in the calendar, not doubled"
    assert after["sequence"] > before["sequence"]


def test_an_address_that_was_taken_back_or_replaced_is_dead_at_once(tmp_path: Path, browser: FlaskClient) -> None:
    calendars = Calendars(tmp_path)
    first, second = calendars.give("101"), calendars.give("101")
    boris = calendars.give("102")
    assert browser.get(f"/calendar/{first}.ics").status_code == 404
    assert browser.get(f"/calendar/{second}.ics").status_code == 200
    assert calendars.revoke("101")
    assert not calendars.revoke("101")
    assert browser.get(f"/calendar/{second}.ics").status_code == 404
    assert browser.get(f"/calendar/{boris}.ics").status_code == 200
    assert calendars.everybody() == ("102",)


@pytest.mark.parametrize("wrong", ["101", "x", "", "a" * 5000, "%00", "\u0119", "..%2Fsettings"])
def test_who_guesses_is_told_that_there_is_no_such_page(tmp_path: Path, browser: FlaskClient, wrong: str) -> None:
    Calendars(tmp_path).give("101")
    assert browser.get(f"/calendar/{wrong}.ics").status_code == 404


def test_the_secret_itself_is_nowhere_on_disk_and_nobody_else_can_read_its_hash(tmp_path: Path) -> None:
    secret = Calendars(tmp_path).give("101")
    files = [path for path in tmp_path.iterdir() if path.name.startswith(NAME)]
    assert files
    assert all(secret.encode() not in path.read_bytes() for path in files)
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


def test_a_damaged_file_lets_nobody_in(tmp_path: Path) -> None:
    secret = Calendars(tmp_path).give("101")
    (tmp_path / NAME).write_bytes(b'{"calendars": ')
    assert Calendars(tmp_path).whose(secret) is None
