"""The pages of the office, put together: `create_app(office)` makes the Flask application.

A page reads the newest frozen `Board` and nothing else, so a slow browser can never hold up a call. The house rules:

* Nothing is fetched from outside, by us or by the browser: the content security policy allows this server only.
* Only names that can mean this very box are answered. A page of a stranger that points its own host name at our address
  ("DNS rebinding") would otherwise read the office's calls through the browser of somebody inside.
* Pages can only be looked at: whatever is not GET or HEAD is declined.
* What went wrong is told in the words of the office (`templates/sorry.html`).
"""

from __future__ import annotations

import ipaddress
import math
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, Response, abort, render_template, request
from flask_bootstrap import Bootstrap5
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from appliance.board import Board
from appliance.clock import Clock, SystemClock
from appliance.letters.words import Words
from web.board import board_pages
from web.calendar import calendar_pages
from web.live import Streams, live_pages
from web.recordings import recording_pages

STREAMS = "frontdesk-streams"
"""Where the application keeps its open streams, among `app.extensions`."""

STATIC_FOR_S = 24 * 3600
"""How long a browser keeps style and script; their addresses change with every start of the program."""

LOOKING = ("GET", "HEAD")

HOST_HEADER = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[\w.-]+))(?::\d*)?")
"""A host and perhaps a port (RFC 9110, section 7.2)."""

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

SORRY = {
    400: ("This address is not known here", "Open the page by the name or the number that your installer gave you."),
    404: ("There is no such page", "The page may have moved. The board shows everything that is going on."),
    405: ("This page can only be looked at", "Nothing was changed. Go back to the board."),
    500: ("This page could not be made", "Calls go on all the same. Try again; if it stays, tell your installer."),
}
"""For each status: what is the matter, and what to do about it."""


class Office(Protocol):
    """What the pages need of the engine."""

    @property
    def board(self) -> Board:
        """The newest frozen board; its version grows with every change."""


def create_app(
    office: Office,
    *,
    home: Path | None = None,
    clock: Clock | None = None,
    host: str = "",
    most_streams: int = 4,
    pause: Callable[[float], object] | None = None,
    speed: float = 1.0,
    language: str = "en",
) -> Flask:
    """Make the application.

    Recordings below `home` can be listened to, and calendars read whose address is known, in `language`; without it
    neither can. `clock` tells what time it is in the office (the
    wall clock by default) and `speed` how fast its time goes, so that durations tick right in a rehearsal. `host` is
    the name under which the office opens the page. At most `most_streams` browsers get a live stream, the others ask
    again every two seconds; `pause` waits so many seconds between two looks at the board.
    """
    app = Flask(__name__)
    app.config.update(BOOTSTRAP_SERVE_LOCAL=True, SEND_FILE_MAX_AGE_DEFAULT=STATIC_FOR_S)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    Bootstrap5(app)
    streams = Streams(lambda: office.board.version, most_streams, pause)
    app.extensions[STREAMS] = streams
    start = secrets.token_hex(4)
    app.register_blueprint(board_pages(office, clock or SystemClock(), start, speed if math.isfinite(speed) else 1.0))
    app.register_blueprint(live_pages(streams))
    if home is not None:
        app.register_blueprint(recording_pages(office, home))
        app.register_blueprint(calendar_pages(office, home, Words(language)))
    _version_static(app, start)
    _guard(app, host)
    return app


def _version_static(app: Flask, start: str) -> None:
    """After an update of the program browsers must not go on with the old style and script."""

    @app.url_defaults
    def add_start(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint.endswith("static"):
            values["v"] = start


def _guard(app: Flask, host: str) -> None:
    """Let in only who asks for this box and only looks; put the safety headers on every answer."""

    @app.before_request
    def check() -> None:
        if not means_this_box(request.environ.get("HTTP_HOST", ""), host):
            abort(400)
        if request.method not in LOOKING:
            raise MethodNotAllowed(valid_methods=LOOKING)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(HEADERS)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(HTTPException)
    def say_sorry(problem: HTTPException) -> tuple[str, int, list[tuple[str, str]]]:
        status = problem.code or 500
        title, advice = SORRY.get(status, SORRY[500])
        allowed = [(name, value) for name, value in problem.get_headers() if name == "Allow"]
        return render_template("sorry.html", title=title, advice=advice), status, allowed


def means_this_box(host_header: str, configured: str = "") -> bool:
    """Can this `Host` header only have come from somebody who meant this box?

    True for `localhost`, any name that ends in `.local` (mDNS, RFC 6762: no stranger can own one), IP literals, and the
    configured name.
    """
    match = HOST_HEADER.fullmatch(host_header)
    if match is None:
        return False
    name = (match["name"] or match["ipv6"]).lower().removesuffix(".")
    return name in ("localhost", configured.lower()) or name.endswith(".local") or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
