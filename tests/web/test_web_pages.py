"""The board page as a browser gets it, through Flask's own client."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.board import Board, LineView, PersonView, WaitingView
from appliance.call import CallerId, CallRecord, Outcome, Presentation, TransferAttempt, TransferResult, Wait
from appliance.cards import Card, CardKind, State
from appliance.clock import VirtualClock
from appliance.faults import Fault
from web.app import STREAMS, create_app, means_this_box

NOON = datetime(2025, 3, 4, 12, 0, tzinfo=timezone(timedelta(hours=1)))
JAN = CallerId("+48601234567", "Jan Kowalski", Presentation.SHOWN)
WITHHELD = CallerId(presentation=Presentation.WITHHELD)


def before(**ago: float) -> datetime:
    return NOON - timedelta(**ago)


def record(number: int, minutes_ago: float, caller_id: CallerId = JAN, outcome: Outcome | None = None) -> CallRecord:
    return CallRecord(number, "Line 1", before(minutes=minutes_ago), caller_id, 2, 5.14, 90.0, outcome)


BUSY_THEN_TAKEN = (
    TransferAttempt(before(minutes=9), "21", "Anna", TransferResult.BUSY, 3.0),
    TransferAttempt(before(minutes=8), "22", "Piotr", TransferResult.TAKEN, 9.0),
)
FULL = Board(
    version=7,
    at=NOON,
    company="Kowalski & Daughters",
    open=True,
    lines=(
        LineView("Line 1", "in a call", 31, JAN, "waiting", before(seconds=90)),
        LineView("Line 2", "free", sound_lost=2),
        LineView("Line 3", "out of order", doing="unplugged", since=before(minutes=20)),
    ),
    waiting=(WaitingView(1, 31, "Line 1", "sales", JAN, before(seconds=83)),),
    staff=(
        PersonView("Anna", "21", "Sales", "in", "free: nothing heard yet"),
        PersonView("Piotr", "22", "Sales", "in", "talking: took call 30", before(minutes=3)),
        PersonView("Marek", "10", "Director", "away", "free", before(hours=2)),
    ),
    calls=(
        replace(record(30, 10, JAN, Outcome.TRANSFERRED), waits=(Wait("sales", 71.0),), transfers=BUSY_THEN_TAKEN),
        replace(record(29, 30, WITHHELD, Outcome.UNANSWERED), answer_s=None, rings=5, talk_s=0.0),
    ),
    cards=(
        Card(29, CardKind.CALLBACK, before(minutes=29), "0501 222 333", "Biuro", "after 15:00"),
        Card(20, CardKind.MESSAGE, before(days=1), "999888777", "Settled", state=State.DONE),
    ),
    faults=(Fault("Line 3", "The modem does not answer.", "Plug it in again."),),
)
EMPTY = Board(1, NOON, "Kowalski", False, (), (), (), (), (), ())


class Office:
    """The engine as far as the pages know it."""

    def __init__(self, board: Board) -> None:
        self.board = board


class Text(HTMLParser):
    """What a reader of the page gets to see, and the tags it is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture
def office() -> Office:
    return Office(FULL)


@pytest.fixture
def app(office: Office) -> Iterator[Flask]:
    app = create_app(office, clock=VirtualClock(NOON))
    yield app
    app.extensions[STREAMS].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def section(html: str, name: str) -> str:
    """What can be read in one section of the board."""
    found = re.search(rf'<section[^>]* id="{name}".*?</section>', html, re.DOTALL)
    assert found is not None
    return Text(found.group()).text


# ---------------------------------------------------------------- what is shown


def test_a_waiting_caller_is_shown_with_place_group_and_time(client: FlaskClient) -> None:
    text = section(client.get("/").text, "waiting")
    assert "Place 1" in text
    assert "Jan Kowalski +48601234567" in text
    assert "for sales · on Line 1" in text
    assert "waiting for 1:23" in text


def test_every_line_tells_what_it_does(client: FlaskClient) -> None:
    text = section(client.get("/").text, "lines")
    assert "Line 1 · waiting" in text
    assert "in a call for 1:30" in text
    assert "Line 2 free · sound lost 2 times" in text
    assert "out of order · unplugged · since 11:40" in text
    assert text.index("Line 3") < text.index("Line 1"), "a broken line stands first"


def test_presence_and_belief_of_the_staff_are_words(client: FlaskClient) -> None:
    text = section(client.get("/").text, "staff")
    assert "Piotr Sales · extension 22 in , talking: took call 30 since 11:57" in text
    assert "Marek Director · extension 10 away since 10:00" in text


@pytest.mark.parametrize(
    ("until", "told"),
    [
        (NOON.replace(hour=13, minute=30), "in a meeting until 13:30"),
        (NOON.replace(hour=9) + timedelta(days=1), "in a meeting until tomorrow 09:00"),
        (NOON.replace(hour=9) + timedelta(days=4), f"in a meeting until {NOON + timedelta(days=4):%a} 09:00"),
        (datetime(2027, 1, 4, 9, tzinfo=NOON.tzinfo), "in a meeting until 4 Jan, 09:00"),
    ],
)
def test_when_somebody_is_back_is_shown(client: FlaskClient, office: Office, until: datetime, told: str) -> None:
    """R15: the page knows what callers are told."""
    office.board = replace(FULL, staff=(PersonView("Anna", "21", "", "in a meeting", "free", before(hours=2), until),))
    text = section(client.get("/").text, "staff")
    assert told in text and "since" not in text


def test_a_line_tells_who_spoke_its_greeting(client: FlaskClient, office: Office) -> None:
    office.board = replace(FULL, lines=(LineView("Line 2", "free", greeting="Anna"),))
    assert "Line 2 free · greeting spoken by Anna" in section(client.get("/").text, "lines")


def test_only_open_cards_are_due_and_can_be_dialled(client: FlaskClient) -> None:
    html = client.get("/").text
    text = section(html, "cards")
    assert "Biuro" in text
    assert "after 15:00 · callback promised, 11:31" in text
    assert "Settled" not in text
    assert 'href="tel:0501222333"' in html


def test_a_finished_call_tells_its_whole_story(client: FlaskClient) -> None:
    text = section(client.get("/").text, "calls")
    assert "after 5.1 s 2 rings" in text
    assert "1:11 sales" in text
    assert "✕ Anna 21 · busy ✓ Piotr 22 · taken" in text
    assert "put through lasted 1:30" in text
    assert re.search("Number withheld Line 1 no 5 rings, late . did not wait . to nobody rang, not answered", text)


def test_a_fault_comes_with_advice(client: FlaskClient) -> None:
    assert "The modem does not answer. Plug it in again." in section(client.get("/").text, "faults")


def test_the_tab_tells_what_matters(client: FlaskClient) -> None:
    html = client.get("/").text
    assert "<title>1 caller waiting, 1 line out of order · Kowalski &amp; Daughters</title>" in html


def test_the_newest_call_stands_first_and_old_ones_leave(client: FlaskClient, office: Office) -> None:
    numbers = [CallerId(f"0500{n:03}", "", Presentation.SHOWN) for n in range(30)]
    office.board = replace(FULL, calls=tuple(record(n, 60 - n, numbers[n]) for n in range(30)))
    text = section(client.get("/").text, "calls")
    assert text.index("0500029") < text.index("0500028")
    assert "0500009" not in text


def test_a_call_of_another_day_shows_its_day(client: FlaskClient, office: Office) -> None:
    office.board = replace(FULL, calls=(record(2, 24 * 60), record(1, 10 * 24 * 60)))
    text = section(client.get("/").text, "calls")
    assert "Mon 12:00" in text
    assert "22 Feb, 12:00" in text


def test_an_empty_office_is_told_in_words(client: FlaskClient, office: Office) -> None:
    office.board = EMPTY
    html = client.get("/").text
    text = Text(html).text
    assert "Closed" in text
    assert "Nobody is waiting." in text
    assert "Everybody has been called back." in text
    assert "No calls yet." in text
    assert re.search(r'<section class="faults"[^>]* hidden>', html)


# ---------------------------------------------------------------- what came over the network is harmless


def test_a_script_for_a_name_is_only_text(client: FlaskClient, office: Office) -> None:
    evil = CallerId("1'><b>", '<script>alert(1)</script>" onload="x', Presentation.SHOWN)
    card = Card(1, CardKind.CALLBACK, NOON, "javascript:alert(1)", evil.name, evil.name)
    office.board = replace(
        FULL,
        company=evil.name,
        waiting=(WaitingView(1, 31, evil.name, evil.name, evil, NOON),),
        lines=(LineView(evil.name, "in a call", 31, evil, evil.name, NOON),),
        calls=(record(1, 1, evil),),
        cards=(card,),
    )
    page = Text(client.get("/").text)
    assert all(attrs.get("src") for tag, attrs in page.tags if tag == "script"), "no script but our own files"
    assert not any("onload" in attrs for _, attrs in page.tags)
    assert not any((attrs.get("href") or "").startswith(("javascript:", "tel:")) for _, attrs in page.tags)
    assert "<script>alert(1)</script>" in page.text


def test_control_characters_are_shown_harmlessly(client: FlaskClient, office: Office) -> None:
    odd = CallerId("12\x0034", "A\x1b[31m\u202eB\nC\ud800", Presentation.SHOWN)
    office.board = replace(FULL, waiting=(WaitingView(1, 31, "Line 1", "sales", odd, NOON),))
    text = section(client.get("/").text, "waiting")
    assert "A\ufffd[31m\ufffdB C\ufffd 12\ufffd34" in text
    assert client.get("/board.json").status_code == 200


def test_a_name_that_never_ends_is_cut(client: FlaskClient, office: Office) -> None:
    long = replace(JAN, name="x" * 5000)
    office.board = replace(FULL, waiting=(WaitingView(1, 31, "Line 1", "sales", long, NOON),))
    html = client.get("/").text
    assert "x" * 79 + "…" in html
    assert "x" * 80 not in html


# ---------------------------------------------------------------- asking often


def test_an_unchanged_board_is_not_sent_again(client: FlaskClient, office: Office) -> None:
    first = client.get("/board")
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/board", headers=known).status_code == 304
    assert client.get("/board", headers=known).data == b""
    office.board = replace(FULL, version=8, waiting=())
    again = client.get("/board", headers=known)
    assert again.status_code == 200
    assert "Nobody is waiting." in again.text
    assert again.headers["ETag"] != first.headers["ETag"]


def test_after_a_restart_the_same_version_is_another_board(client: FlaskClient, office: Office) -> None:
    known = {"If-None-Match": client.get("/board").headers["ETag"]}
    restarted = create_app(office, clock=VirtualClock(NOON)).test_client()
    assert restarted.get("/board", headers=known).status_code == 200


def test_the_part_is_what_the_page_holds(client: FlaskClient) -> None:
    assert client.get("/board").text.strip() in client.get("/").text
    assert "<html" not in client.get("/board").text


def test_durations_count_from_the_offices_clock(office: Office) -> None:
    clock = VirtualClock(NOON)
    client = create_app(office, clock=clock, speed=8.0).test_client()
    clock.run(until=60.0)
    html = client.get("/board").text
    assert "waiting for 2:23" in section(html, "waiting")
    [start] = (attrs for _, attrs in Text(html).tags if attrs.get("id") == "moment")
    assert start["data-speed"] == "8.0"
    assert float(start["data-now"] or 0) == NOON.timestamp() + 60


def test_programs_get_the_same_as_json(client: FlaskClient) -> None:
    answer = client.get("/board.json")
    board = json.loads(answer.data)
    assert board["version"] == 7
    assert board["waiting"][0]["caller_id"] == {
        "number": "+48601234567",
        "name": "Jan Kowalski",
        "presentation": "shown",
    }
    assert board["calls"][0]["transfers"][1]["result"] == "taken"
    assert board["at"] == "2025-03-04T12:00:00+01:00"
    assert client.get("/board.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


# ---------------------------------------------------------------- without a script, with a screen reader


def test_without_a_script_the_page_loads_itself_again(client: FlaskClient) -> None:
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in client.get("/").text


def test_the_page_has_landmarks_and_named_sections(client: FlaskClient) -> None:
    page = Text(client.get("/").text)
    tags = [tag for tag, _ in page.tags]
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert [tags.count(tag) for tag in ("header", "nav", "main", "h1", "footer")] == [1, 1, 1, 1, 1]
    assert len(ids) == len(set(ids))
    named = [attrs["aria-labelledby"] for tag, attrs in page.tags if tag == "section"]
    assert len(named) == 6
    assert set(named) <= set(ids)


def test_what_is_read_aloud_has_no_times_in_it(client: FlaskClient) -> None:
    page = Text(client.get("/").text)
    [told] = (attrs["data-news"] for _, attrs in page.tags if "data-news" in attrs)
    assert told == "1 caller waiting, 1 line out of order"
    assert [attrs["id"] for _, attrs in page.tags if attrs.get("role") == "status"] == ["news"]


# ---------------------------------------------------------------- who may ask, and for what


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "192.168.1.7", "frontdesk.local", "desk.example"],
)
def test_a_browser_that_means_this_box_is_answered(office: Office, host: str) -> None:
    client = create_app(office, host="Desk.Example").test_client()
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "local", "localhost.evil.example", "127.0.0.1.evil.example", ""])
def test_a_strangers_name_for_this_box_is_declined(client: FlaskClient, host: str) -> None:
    for address in ("/", "/board.json", "/events", "/static/board.js", "/nothing"):
        answer = client.get(address, headers={"Host": host})
        assert answer.status_code == 400
        assert "This address is not known here" in answer.text
        assert "Kowalski" not in answer.text


@pytest.mark.parametrize(
    "header", ["[::1", "a@evil.example", "evil.example#localhost", "x/localhost", "evil@localhost", "[::1]evil", ":80"]
)
def test_a_crooked_host_header_means_nobody(header: str) -> None:
    assert not means_this_box(header)


@pytest.mark.parametrize("address", ["/", "/board", "/board.json", "/events", "/static/board.js", "/nothing"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_pages_can_only_be_looked_at(client: FlaskClient, method: str, address: str) -> None:
    answer = client.open(address, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert "Nothing was changed." in answer.text


@pytest.mark.parametrize("address", ["/", "/board", "/board.json", "/events"])
def test_the_head_of_every_page_can_be_asked_for(client: FlaskClient, address: str) -> None:
    answer = client.head(address)
    assert answer.status_code == 200
    assert answer.data == b""


def test_a_page_that_is_not_there_is_told_kindly(client: FlaskClient) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert 'href="/"' in answer.text


def test_a_page_that_breaks_says_that_calls_go_on() -> None:
    class Broken:
        @property
        def board(self) -> Board:
            raise ValueError("a secret of the program")

    app = create_app(Broken())
    app.logger.disabled = True
    answer = app.test_client().get("/")
    assert answer.status_code == 500
    assert "Calls go on all the same." in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize("address", ["/", "/board", "/board.json", "/nothing", "/static/board.js"])
def test_every_answer_carries_the_safety_headers(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        headers = answer.headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_page_needs_nothing_from_outside_and_nothing_inline(client: FlaskClient) -> None:
    page = Text(client.get("/").text)
    wanted = [
        attrs.get("src") or attrs.get("href") or "" for tag, attrs in page.tags if tag in {"script", "link", "img"}
    ]
    assert len(wanted) == 5
    for address in wanted:
        assert address.startswith("/")
        answer = client.get(address)
        assert answer.status_code == 200
        assert "max-age=86400" in answer.headers["Cache-Control"]
        assert not re.search(rb"@import|https?://(?!www\.w3\.org|getbootstrap|github)", answer.data)
        answer.close()
    assert not any("style" in attrs for _, attrs in page.tags)
    assert client.get("/").headers["Cache-Control"] == "no-store"
