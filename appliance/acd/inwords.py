"""Callers, times and lists of them in plain words, as a form or a decision tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from appliance.acd.caller import Caller
from appliance.schedule import DAY_NAMES
from appliance.times import WEEKDAYS

CALLERS = {
    "everybody": "everybody",
    "internal": "colleagues",
    "outside": "everybody from outside",
    "mobile": "callers from mobile telephones",
    "withheld": "callers who withhold their number",
    "no number": "callers without a number",
    "known": "everybody in the contacts",
    "unknown": "everybody who is not in the contacts",
    "vip": "VIPs",
    "important": "important contacts",
}

KNOWN_AS = {
    "internal": "a colleague",
    "vip": "a VIP",
    "important": "an important contact",
    "customers": "a customer",
    "prospects": "a prospect",
    "sellers": "a seller",
    "mobile": "calling from a mobile telephone",
}


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words as a list: "a", "a and b", "a, b and c"."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def callers_in_words(callers: Sequence[str]) -> str:
    """Callers as a rule or form names them: "customers, +48225550100 and numbers that begin with +4822"."""
    return listed([_caller(text) for text in callers])


def _caller(text: str) -> str:
    if text.endswith("*"):
        return f"numbers that begin with {text[:-1]}"
    return CALLERS.get(text, text)


def what_they_are(caller: Caller) -> str:
    """What is known of a caller beside their name: ", a VIP and a customer"."""
    what = [word for kind, word in KNOWN_AS.items() if kind in caller.kinds]
    return f", {listed(what)}" if what else ""


def keys_in_words(menu: Iterable[tuple[str, str]]) -> str:
    """A menu: "1 sales, 2 service"."""
    return ", ".join(f"{key} {leads}" for key, leads in menu)


def times_in_words(when: Sequence[str]) -> str:
    """Times as they are written, with the days in full: "Monday to Friday 13:00-14:00 and Saturday"."""
    return listed([_time(text) for text in when])


def _time(text: str) -> str:
    if text in ("open", "closed"):
        return f"while the office is {text}"
    return re.sub(rf"\b({'|'.join(WEEKDAYS)})\b(-(?=[a-z]))?", _day, text)


def _day(found: re.Match[str]) -> str:
    return DAY_NAMES[WEEKDAYS.index(found[1])] + (" to " if found[2] else "")


def moment_in_words(moment: datetime, now: datetime) -> str:
    """A moment to come, as short as it can be understood: "13:00", "tomorrow 08:00", "Monday 30 November 08:00"."""
    days = (moment.date() - now.date()).days
    if days == 0:
        return f"{moment:%H:%M}"
    if days == 1:
        return f"tomorrow {moment:%H:%M}"
    year = f" {moment.year}" if moment.date() - now.date() > timedelta(days=180) else ""
    return f"{DAY_NAMES[moment.weekday()]} {moment.day} {moment:%B}{year} {moment:%H:%M}"


def opening_in_words(opens: datetime, now: datetime) -> str:
    """When it opens: "it opens at 13:00", "it opens tomorrow 08:00"."""
    return f"it opens {'at ' if opens.date() == now.date() else ''}{moment_in_words(opens, now)}"


def sentences(parts: Iterable[str]) -> str:
    """Several sentences after each other, each with a capital and a full stop."""
    return " ".join(f"{part[0].upper()}{part[1:].removesuffix('.')}." for part in parts if part)
