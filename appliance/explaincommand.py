"""`frontdesk explain`: what happens if this number calls at that moment, and what a phone form means (R27)."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from appliance.acd.decision import Asked, Routing
from appliance.acd.explain import Explanation, explain
from appliance.acd.formwords import doubts, in_words
from appliance.call import CallerId, Presentation
from appliance.contactbook import MOST_SERVED, ContactBook
from appliance.faults import BadSettings
from appliance.numbers import read_number
from appliance.settings import LineSettings, PersonSettings, Settings
from appliance.store.ledger import open_for_reading
from appliance.times import WEEKDAYS

_WHEN = re.compile(rf"(?:({'|'.join(WEEKDAYS)})\w* )?(\d{{1,2}}):(\d{{2}})")
LONGEST_NUMBER = 40


def read_moment(text: str, now: datetime) -> datetime:
    """The moment that is meant: "now", "13:10" (today), "fri 13:10" (the next one) or "2026-12-24T09:00".

    Raises:
        BadSettings: it is none of these.
    """
    found = _WHEN.fullmatch(text.strip().lower())
    try:
        if text.strip().lower() in ("", "now"):
            return now
        if found is None:
            moment = datetime.fromisoformat(text.strip())
            return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
        moment = now.replace(hour=int(found[2]), minute=int(found[3]), second=0, microsecond=0)
    except ValueError:
        advice = 'Write it as "fri 13:10", "13:10" or "2026-12-24T09:00".'
        raise BadSettings(f'"{text[:40]}" is no moment', advice) from None
    if found[1]:
        moment += timedelta(days=(WEEKDAYS.index(found[1]) - now.weekday()) % 7)
        if moment < now.replace(second=0, microsecond=0):
            moment += timedelta(days=7)
    return moment


def read_caller_id(text: str) -> CallerId:
    """The caller ID that is meant: a number, an extension, "withheld", or "unknown" for none at all."""
    if text in ("withheld", "unknown", ""):
        withheld = text == "withheld"
        return CallerId(presentation=Presentation.WITHHELD if withheld else Presentation.UNAVAILABLE)
    if len(text) > LONGEST_NUMBER:
        raise BadSettings("that is no telephone number", 'Write a number, an extension, "withheld" or "unknown".')
    return CallerId(text, presentation=Presentation.SHOWN)


def line_named(settings: Settings, name: str) -> LineSettings:
    """The line of that name; the first one without a name.

    Raises:
        BadSettings: there is none.
    """
    found = [line for line in settings.lines if name in ("", line.name)]
    if found:
        return found[0]
    if not name:
        return LineSettings("", "")
    known = ", ".join(f'"{line.name}"' for line in settings.lines) or "none"
    raise BadSettings(f'no line is called "{name[:40]}"', f"There are: {known}.")


def book_in(home: Path, settings: Settings) -> ContactBook:
    """Whom the office in this folder knows, as a box that starts now would."""
    ledger = open_for_reading(home)
    try:
        return ContactBook(settings.country, ledger.contacts(), ledger.served(MOST_SERVED))
    finally:
        ledger.close()


def explanation(
    settings: Settings, book: ContactBook, caller: str, at: datetime, line: str = "", key: str = ""
) -> Explanation:
    """What becomes of a caller who is named as on the command line."""
    routing = Routing(settings, partial(read_number, country=settings.country))
    caller_id = read_caller_id(caller)
    colleague = caller_id.number in routing.people
    contact = None if colleague else book.find(caller_id.number)
    last_served = book.last_served(caller_id.number)
    return explain(routing, Asked(line_named(settings, line), 0, caller_id, at, contact, last_served), key)


def told(found: Explanation, as_json: bool) -> str:
    """The explanation for a person, or for a program."""
    if as_json:
        return json.dumps(found.for_programs(), ensure_ascii=False)
    return f"{found.plan.moment:%A %d %B %Y %H:%M}: the caller {found.what}.\n{found.why}"


def form_told(settings: Settings, name: str) -> str:
    """The phone form of this person in plain words, with what in it is hardly meant so.

    Raises:
        BadSettings: nobody is called so.
    """
    person = _person(settings, name)
    words = [*in_words(person), *(f"Think again: {doubt}" for doubt in doubts(person))]
    return "\n".join(words) or f"{person.name} has not filled in the phone form: everybody is put through at any hour."


def _person(settings: Settings, name: str) -> PersonSettings:
    found = [person for person in settings.people if name in (person.name, person.extension)]
    if found:
        return found[0]
    known = ", ".join(person.name for person in settings.people) or "nobody"
    raise BadSettings(f'nobody is called "{name[:40]}"', f"There are: {known}.")
