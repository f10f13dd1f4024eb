"""The live stream and the real server: who hears of a change, how many may listen, and how it all ends."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from appliance.board import Board
from appliance.faults import FrontdeskError
from web.app import STREAMS, create_app
from web.live import KEEP_ALIVE_S, LONGEST_S, Streams
from web.serve import WebServer

BOARD = Board(1, datetime(2025, 3, 4, 12, 0, tzinfo=UTC), "Kowalski", True, (), (), (), (), (), ())


class Office:
    """The engine as far as the pages know it; it changes at given pauses of the stream."""

    def __init__(self, changes: frozenset[int] = frozenset()) -> None:
        self.board = BOARD
        self.pauses: list[float] = []
        self._changes = changes

    def change(self) -> None:
        self.board = replace(self.board, version=self.board.version + 1)

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) in self._changes:
            self.change()


def told(office: Office) -> list[str]:
    """Everything one stream sends in its whole life."""
    return list(Streams(lambda: office.board.version, 1, office.pause).messages())


def test_a_stream_tells_the_version_at_once_and_after_each_change() -> None:
    messages = told(Office(changes=frozenset({3, 8})))
    assert messages[:4] == ["retry: 1000\n", "data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]


def test_changes_in_a_hurry_are_told_at_most_four_times_a_second() -> None:
    office = Office(changes=frozenset(range(1, 9)))
    messages = told(office)
    assert [m for m in messages if ":" in m and m.startswith("data")] == [f"data: {n}\n\n" for n in range(1, 10)]
    assert set(office.pauses) == {0.25}


def test_a_quiet_stream_shows_that_the_box_is_alive() -> None:
    office = Office()
    alive = [m for m in told(office) if m.startswith(":")]
    assert alive[0] == ": still here\ndata: 1\n\n"
    assert len(alive) == pytest.approx(LONGEST_S / KEEP_ALIVE_S, abs=1)


def test_a_stream_ends_by_itself_after_ten_minutes() -> None:
    office = Office()
    told(office)
    assert sum(office.pauses) == LONGEST_S


def test_who_comes_too_late_is_sent_away_until_a_stream_ends() -> None:
    office = Office()
    client = create_app(office, most_streams=2, pause=office.pause).test_client()
    first, second = client.get("/events", buffered=False), client.get("/events", buffered=False)
    assert first.mimetype == "text/event-stream"
    assert first.headers["Cache-Control"] == "no-store"
    late = client.get("/events")
    assert late.status_code == 503
    assert late.headers["Retry-After"] == "30"
    second.close()
    second.close()
    third = client.get("/events", buffered=False)
    assert third.status_code == 200
    assert client.get("/events").status_code == 503
    first.close()
    third.close()


def test_looking_at_the_head_of_the_stream_takes_no_place() -> None:
    office = Office()
    client = create_app(office, most_streams=1, pause=office.pause).test_client()
    client.head("/events")
    with closing(client.get("/events", buffered=False)) as stream:
        assert stream.status_code == 200


# ---------------------------------------------------------------- the real server


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def server(office: Office) -> Iterator[WebServer]:
    server = WebServer(create_app(office), "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


def ask(server: WebServer, address: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=5)
    connection.request("GET", address)
    return connection, connection.getresponse()


def next_version(stream: http.client.HTTPResponse) -> str:
    """The next version that the stream tells."""
    while line := stream.readline():
        if line.startswith(b"data: "):
            return line.removeprefix(b"data: ").decode().strip()
    raise EOFError


def test_an_open_page_hears_of_a_change_and_others_are_still_served(server: WebServer, office: Office) -> None:
    connections = [ask(server, "/events") for _ in range(4)]
    assert [next_version(stream) for _, stream in connections] == ["1"] * 4
    office.change()
    assert [next_version(stream) for _, stream in connections] == ["2"] * 4
    for address, status in (("/events", 503), ("/", 200), ("/board", 200), ("/nothing", 404)):
        connection, answer = ask(server, address)
        assert answer.status == status
        connection.close()
    for connection, _ in connections:
        connection.close()


def test_the_server_stops_quickly_with_streams_open(office: Office) -> None:
    server = WebServer(create_app(office), "127.0.0.1", 0)
    server.start()
    connection, stream = ask(server, "/events")
    assert next_version(stream) == "1"
    waited = threading.Timer(4.0, connection.close)
    waited.start()
    server.stop()
    assert waited.is_alive(), "it did not wait for the browser"
    waited.cancel()
    waited.join()
    with pytest.raises(EOFError):
        next_version(stream)
    connection.close()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith(("web", "CP Server"))]
    server.stop()


def test_stopping_a_server_that_never_ran_is_harmless(office: Office) -> None:
    WebServer(create_app(office), "127.0.0.1", 0).stop()


def test_a_port_in_use_is_told_in_words(server: WebServer, office: Office) -> None:
    port = urlsplit(server.url).port or 0
    second = WebServer(create_app(office), "127.0.0.1", port)
    with pytest.raises(FrontdeskError, match=f"another program uses port {port}") as told:
        second.start()
    assert "choose another port" in told.value.advice
    second.stop()


def test_an_address_of_another_machine_is_told_in_words(office: Office) -> None:
    with pytest.raises(FrontdeskError, match=r"no network address '192\.0\.2\.1'"):
        WebServer(create_app(office), "192.0.2.1", 0).start()


def test_a_forbidden_port_is_told_in_words(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(FrontdeskError, match="may not open port 80"):
        WebServer(create_app(office), "127.0.0.1", 80).start()


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:8080/"), ("0.0.0.0", "http://localhost:8080/"), ("::1", "http://[::1]:8080/")],
)
def test_the_address_can_be_opened_in_a_browser(office: Office, host: str, url: str) -> None:
    assert WebServer(create_app(office), host, 8080).url == url


def test_a_request_without_end_is_declined(server: WebServer) -> None:
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as browser:
        browser.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20_000 + b"\r\n\r\n")
        assert browser.recv(100).startswith(b"HTTP/1.1 413 ")


def test_no_stream_is_given_once_the_server_ends() -> None:
    app = create_app(Office())
    app.extensions[STREAMS].close()
    assert app.test_client().get("/events").status_code == 503
