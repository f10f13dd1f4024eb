"""The live stream: tells open pages that the board has changed (`GET /events`, server-sent events).

Every open stream keeps one thread of the web server busy, so only a few are given away. Who comes too late gets 503
with `Retry-After`, and the page asks for the board every two seconds instead, which costs next to nothing while nothing
changes.

A stream carries only the version of the board; the page then fetches the board itself, in the same way as when it has
no stream. A quiet stream repeats the version now and then: a browser that hears nothing at all knows that the box is
gone. Source of the format: HTML Living Standard, section 9.2 "Server-sent events".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from flask import Blueprint, Response, request

LOOK_S = 0.25
"""A stream looks at the board this often, and so says at most four times a second that it changed."""

KEEP_ALIVE_S = 15.0
LONGEST_S = 600.0
"""A stream ends after ten minutes and the browser opens the next: a laptop that was carried away frees its thread."""

RETRY_MS = 1000
LATER_S = 30


class Streams:
    """The open streams of all browsers: `most` at a time, each watching `version`."""

    def __init__(self, version: Callable[[], int], most: int, pause: Callable[[float], object] | None = None) -> None:
        self._version = version
        self._most = most
        self._closing = threading.Event()
        self._pause = pause or self._closing.wait
        self._lock = threading.Lock()
        self._seats: set[object] = set()

    def take_seat(self) -> object | None:
        """A seat for one more stream, or `None` when all are taken."""
        with self._lock:
            if len(self._seats) >= self._most or self._closing.is_set():
                return None
            seat = object()
            self._seats.add(seat)
            return seat

    def leave(self, seat: object) -> None:
        """Give the seat back; doing so twice is harmless."""
        with self._lock:
            self._seats.discard(seat)

    def messages(self) -> Iterator[str]:
        """What one stream sends: the version at once and after each change, repeated when it was quiet for long."""
        yield f"retry: {RETRY_MS}\n"
        told: int | None = None
        quiet_s = 0.0
        for _ in range(int(LONGEST_S / LOOK_S)):
            if self._closing.is_set():
                return
            version = self._version()
            if version != told:
                yield f"data: {version}\n\n"
                told, quiet_s = version, 0.0
            elif quiet_s >= KEEP_ALIVE_S:
                yield f": still here\ndata: {version}\n\n"
                quiet_s = 0.0
            self._pause(LOOK_S)
            quiet_s += LOOK_S

    def close(self) -> None:
        """End all streams now and give no more."""
        self._closing.set()


def live_pages(streams: Streams) -> Blueprint:
    """The address of the stream."""
    pages = Blueprint("live", __name__)

    @pages.get("/events")
    def events() -> Response:
        if request.method == "HEAD":
            return Response(mimetype="text/event-stream")
        seat = streams.take_seat()
        if seat is None:
            busy = "All live streams are in use; the page asks for the board by itself.\n"
            return Response(busy, 503, {"Retry-After": str(LATER_S)}, mimetype="text/plain")
        response = Response(streams.messages(), mimetype="text/event-stream")
        response.call_on_close(lambda: streams.leave(seat))
        return response

    return pages
