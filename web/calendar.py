"""One's cards in one's own calendar: `GET /calendar/<secret>.ics`, an iCalendar feed that programs subscribe to (R25).

Whoever has the address reads the cards of one person, and nothing else; it is made and taken back by `frontdesk
calendar`. A wrong address is answered like any page that is not there. Each card is an event with a reminder: programs
subscribe to events everywhere, to tasks hardly anywhere. Times are in UTC, which needs no table of summer times; the
calendar shows them by its own wall. As long as no card changes, neither does the feed nor its ETag.

Formats: RFC 5545 (iCalendar), RFC 7986 (name of a calendar and how often to fetch it).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, request
from icalendar import Alarm, Calendar, Event

from appliance.cards import Card
from appliance.letters.letter import seen
from appliance.letters.ofcards import item, to_do
from appliance.letters.words import Words
from appliance.store.calendars import Calendars
from appliance.store.ledger import open_for_reading

if TYPE_CHECKING:
    from web.app import Office

FETCH_EVERY = timedelta(minutes=15)
LENGTH = timedelta(minutes=15)
"""How much room a card takes in a calendar."""


def calendar_pages(office: Office, home: Path, words: Words) -> Blueprint:
    """The calendars of the office at `home`."""
    pages = Blueprint("calendar", __name__)
    calendars = Calendars(home)

    @pages.get("/calendar/<secret>.ics")
    def feed(secret: str) -> Response:
        extension = calendars.whose(secret)
        if extension is None:
            abort(404)
        ledger = open_for_reading(home)
        try:
            cards = ledger.cards_of(extension)
        finally:
            ledger.close()
        board = office.board
        name = next((person.name for person in board.staff if person.extension == extension), extension)
        answer = Response(calendar_of(cards, f"{board.company}: {name}", words), mimetype="text/calendar")
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.headers["Content-Disposition"] = "inline; filename=cards.ics"
        answer.add_etag()
        if cards:
            answer.last_modified = max(map(changed, cards))
        answer.make_conditional(request)
        return answer

    return pages


def calendar_of(cards: Sequence[Card], title: str, words: Words) -> bytes:
    """These cards as a calendar."""
    calendar = Calendar()
    calendar.add("prodid", "-//Frontdesk//Cards//EN")
    calendar.add("version", "2.0")
    calendar.add("name", seen(title))
    calendar.add("x-wr-calname", seen(title))  # what programs read that do not know RFC 7986
    calendar.add("refresh-interval", FETCH_EVERY, parameters={"value": "DURATION"})
    office = hashlib.sha256(title.encode()).hexdigest()[:16]
    for card in cards:
        calendar.add_component(_event(card, office, words))
    written: bytes = calendar.to_ical()
    return written


def _event(card: Card, office: str, words: Words) -> Event:
    event, due = Event(), card.due_at.astimezone(UTC).replace(microsecond=0)
    told = item(card, words, card.made)
    event.add("uid", f"card-{card.id}@{office}.frontdesk")
    event.add("sequence", card.entries)
    event.add("dtstamp", changed(card))
    event.add("last-modified", changed(card))
    event.add("dtstart", due)
    event.add("duration", LENGTH)
    event.add("summary", seen(to_do(card, words)))
    event.add("description", "\n".join(map(seen, told.details)))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")  # one can be called all the same
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", seen(to_do(card, words)))
    alarm.add("trigger", timedelta())
    event.add_component(alarm)
    return event


def changed(card: Card) -> datetime:
    """When the card was last known to change, in UTC."""
    return max(card.made, card.last_contact or card.made).astimezone(UTC).replace(microsecond=0)
