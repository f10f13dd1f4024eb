"""What callers have said, to be heard in the browser: `GET /recordings/<call>.wav` for the open card of that call.

Only what a card on the board names can be had, and of that only a recording below the office's home folder. Browsers
ask for parts of it, so that somebody can listen from the middle (RFC 9110, section 14); none of it stays in their
cache.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, send_file

from appliance.store.recordings import HEADER_BYTES, LONGEST_S, RATE_HZ, recording_path

if TYPE_CHECKING:
    from web.app import Office

MOST_BYTES = HEADER_BYTES + int(2 * RATE_HZ * LONGEST_S)
"""No recording of ours is longer."""


def recording_pages(office: Office, home: Path) -> Blueprint:
    """The recordings of the cards on the board, which lie below `home`."""
    pages = Blueprint("recordings", __name__)

    @pages.get("/recordings/<int:call>.wav")
    def recording(call: int) -> Response:
        name = next((card.recording for card in office.board.cards if card.call == call and not card.done), "")
        path = _file(home, name)
        if path is None:
            abort(404)
        answer = send_file(path, mimetype="audio/wav", conditional=True, download_name=f"call-{call}.wav")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return pages


def _file(home: Path, name: str) -> Path | None:
    """Where the recording lies, if it is there and is one of ours."""
    try:
        path = recording_path(home.resolve(), name)
        return path if path.is_file() and path.stat().st_size <= MOST_BYTES else None
    except (OSError, ValueError):
        return None
