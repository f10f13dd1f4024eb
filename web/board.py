"""The board page, "Today": what the lines, the callers and the staff are doing at this moment (R28).

`GET /` is the whole page, `GET /board` its inner part, `GET /board.json` the same for programs. The inner part carries
the board's version as its ETag, so that a browser may ask often. Everything that changes by the second is written with
the moment it counts from; `static/board.js` counts on from there, and without a script the page loads itself again.

What is shown of a caller came over the telephone network: it is cut, freed of control characters, and escaped.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, jsonify, render_template, request

from appliance.board import Board, PersonView
from appliance.call import CallerId, CallRecord, Outcome, Presentation
from appliance.clock import Clock
from appliance.plain import plain

if TYPE_CHECKING:
    from web.app import Office

MOST_CALLS = 20
MOST_LETTERS = 80
"""More of a name than any network sends; the style cuts it to what fits."""

WEEK_DAYS = 7

LATE_RINGS = 4
"""From here on the caller waited too long for us to answer (R1)."""

NOT_SHOWN = {
    Presentation.SHOWN: "Unknown caller",
    Presentation.WITHHELD: "Number withheld",
    Presentation.UNAVAILABLE: "Number unavailable",
    Presentation.NOT_SENT: "Unknown caller",
}

SERVED = frozenset(
    {
        *(Outcome.TRANSFERRED, Outcome.TAKEN_OVER, Outcome.INFORMED, Outcome.TURNED_AWAY, Outcome.STAFF),
        *(Outcome.CALLED_BACK, Outcome.COLLEAGUE_CALLS, Outcome.SETTLED),
    }
)
PROMISED = frozenset({Outcome.CALLBACK, Outcome.MESSAGE, Outcome.NOT_CALLED_BACK, Outcome.GAVE_WAY})


def board_pages(office: Office, clock: Clock, start: str, speed: float) -> Blueprint:
    """The board page and its parts. `start` names this run of the program: in the next one versions begin anew."""
    pages = Blueprint("board", __name__)
    for word in (shown, elapsed, time_of_day, moment, back, dialable, tone):
        pages.add_app_template_filter(word)

    def rendered(template: str, board: Board) -> str:
        now = clock.today()
        calls = sorted(board.calls, key=lambda call: call.started, reverse=True)
        return render_template(
            template,
            board=board,
            now=now,
            speed=speed,
            lines=sorted(board.lines, key=lambda line: line.state != "out of order"),
            calls=list(islice(calls, MOST_CALLS)),
            cards=[card for card in board.cards if not card.done],
            free_staff=sum(map(is_free, board.staff)),
            news=news(board),
            is_free=is_free,
            caller_words=caller_words,
            late_rings=LATE_RINGS,
            listens="recordings" in current_app.blueprints,
        )

    def answer(body: str | Response, version: int) -> Response:
        response = body if isinstance(body, Response) else Response(body)
        response.set_etag(f"{start}-{version}", weak=True)
        response.headers["Cache-Control"] = "no-store"
        response.make_conditional(request)
        return response

    def known(version: int) -> bool:
        return request.if_none_match.contains_weak(f"{start}-{version}")

    @pages.get("/")
    def today() -> str:
        return rendered("today.html", office.board)

    @pages.get("/board")
    def part() -> Response:
        board = office.board
        return answer("" if known(board.version) else rendered("_board.html", board), board.version)

    @pages.get("/board.json")
    def for_programs() -> Response:
        board = office.board
        return answer("" if known(board.version) else jsonify(plain(board)), board.version)

    return pages


# ---------------------------------------------------------------- words


def shown(text: str) -> str:
    """Text from outside, harmless: what cannot be seen or turns the direction of writing is replaced."""
    cut = text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in cut)


def caller_words(caller_id: CallerId | None) -> tuple[str, str]:
    """A caller in two lines: the name, else the number, else why there is none; and the number below a name."""
    if caller_id is None:
        return NOT_SHOWN[Presentation.NOT_SENT], ""
    name, number, why = shown(caller_id.name), shown(caller_id.number), NOT_SHOWN[caller_id.presentation]
    if name:
        return name, number or why.lower().removeprefix("unknown caller")
    return number or why, ""


def elapsed(seconds: float) -> str:
    """A duration as a stopwatch shows it: 0:07, 12:30, 1:02:03. `static/board.js` does the same."""
    minutes, rest_s = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest_s:02}" if hours else f"{minutes}:{rest_s:02}"


def time_of_day(when: datetime) -> str:
    """14:05"""
    return f"{when:%H:%M}"


def moment(when: datetime, now: datetime) -> str:
    """14:05 today, Mon 14:05 in the last days, 3 Nov, 14:05 before that."""
    days = (now.date() - when.date()).days
    if days == 0:
        return time_of_day(when)
    return f"{when:%a %H:%M}" if 0 < days < WEEK_DAYS else f"{when.day} {when:%b}, {when:%H:%M}"


def back(when: datetime, now: datetime) -> str:
    """When somebody is in again: 13:30 today, tomorrow 09:00, Mon 09:00 within a week, 3 Dec, 09:00 after that."""
    days = (when.date() - now.date()).days
    if days <= 0:
        return time_of_day(when)
    if days == 1:
        return f"tomorrow {when:%H:%M}"
    return f"{when:%a %H:%M}" if days < WEEK_DAYS else f"{when.day} {when:%b}, {when:%H:%M}"


def dialable(number: str) -> str:
    """The number as a telephone link dials it (RFC 3966), or nothing where it is none."""
    digits = re.sub(r"[\s()./-]", "", number)
    return digits if re.fullmatch(r"\+?[0-9]{2,15}", digits) else ""


def tone(call: CallRecord) -> str:
    """How a call went, for its colour and its mark; the words beside it say the same."""
    if call.outcome is None:
        return "going-on"
    return "served" if call.outcome in SERVED else "promised" if call.outcome in PROMISED else "lost"


def is_free(person: PersonView) -> bool:
    """Do we believe that this person could take a call now?"""
    return person.presence == "in" and person.belief.startswith("free")


def news(board: Board) -> str:
    """What matters now, for the title of the tab and for who listens to the page. No times: it would chatter."""
    dead = sum(line.state == "out of order" for line in board.lines)
    parts = [
        _counted(len(board.waiting), "caller waiting", "callers waiting"),
        _counted(dead, "line out of order", "lines out of order"),
        _counted(len(board.faults), "fault", "faults") if not dead else "",
    ]
    return ", ".join(filter(None, parts)) or "Nobody is waiting"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""
