"""`frontdesk explain`: what happens if this number calls at that moment (R27)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from appliance.acd.decision import Asked, Routing
from appliance.acd.explain import Explanation, explain
from appliance.call import CallerId, Presentation
from appliance.contacts import Contact, LastServed
from appliance.faults import BadSettings
from appliance.settings import LineSettings, Settings
from appliance.times import WEEKDAYS

_WHEN = re.compile(rf"(?:({'|'.join(WEEKDAYS)})\w* )?(\d{{1,2}}):(\d{{2}})")
LONGEST_NUMBER = 40
Known = Callable[[CallerId], tuple[Contact | None, LastServed | None]]
"""Who has this number, and who dealt with them last."""


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


def explanation(
    routing: Routing, known: Known, caller: str, at: datetime, line: str = "", key: str = ""
) -> Explanation:
    """What becomes of a caller who is named as on the command line."""
    caller_id = read_caller_id(caller)
    contact, last_served = known(caller_id)
    asked = Asked(line_named(routing.settings, line), 0, caller_id, at, contact, last_served)
    return explain(routing, asked, key)


def told(found: Explanation, as_json: bool) -> str:
    """The explanation for a person, or for a program."""
    if as_json:
        return json.dumps(found.for_programs(), ensure_ascii=False)
    return f"{found.plan.moment:%A %d %B %Y %H:%M}: the caller {found.what}.\n{found.why}"
