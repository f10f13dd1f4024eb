"""The daily sheet: what is open in the morning, for one person, or for the whole office person by person (R24, R28)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from appliance.letters.letter import Letter, Part
from appliance.letters.ofcards import OpenCard, item
from appliance.letters.words import Words

MOST_CARDS = 60
"""So many are listed under one heading; a sheet is for one day."""


def sheet_of(person: str, name: str, cards: Iterable[OpenCard], words: Words, now: datetime) -> Letter:
    """The sheet of the person at this extension, in the order overdue, today, later."""
    own = sorted((card for card in cards if card.person == person), key=_due)
    title = words.say("sheet.title", date=words.date(now))
    if not own:
        return Letter(title, (words.say("sheet.intro-nothing", name=name),), (), words.language)
    intro = words.say("sheet.intro-person", name=name, cards=words.counted("cards", len(own)))
    groups = {key: [card for card in own if _when(card, now) == key] for key in ("overdue", "today", "later")}
    parts = (_part(words.say(f"sheet.{key}"), listed, words, now) for key, listed in groups.items() if listed)
    return Letter(title, (intro,), tuple(parts), words.language)


def sheet_of_office(
    company: str, names: Mapping[str, str], cards: Iterable[OpenCard], words: Words, now: datetime
) -> Letter:
    """The sheet of the office: every open card, under the name of who keeps it; those of nobody come first."""
    by_person: dict[str, list[OpenCard]] = {}
    for card in sorted(cards, key=_due):
        by_person.setdefault(card.person if card.person in names else "", []).append(card)
    title = words.say("sheet.title", date=words.date(now))
    count = sum(map(len, by_person.values()))
    key = "sheet.intro-office" if count else "sheet.intro-office-nothing"
    intro = words.say(key, company=company, cards=words.counted("cards", count))
    order = ["", *names]
    parts = (
        _part(names.get(person) or words.say("sheet.nobody"), by_person[person], words, now)
        for person in order
        if person in by_person
    )
    return Letter(title, (intro,), tuple(parts), words.language)


def _due(card: OpenCard) -> float:
    return card.due_at.timestamp()


def _when(card: OpenCard, now: datetime) -> str:
    due = card.due_at.astimezone(now.tzinfo)
    if due.date() < now.date() or (card.promised is not None and _over(card.promised, now)):
        return "overdue"
    return "today" if due.date() == now.date() else "later"


def _over(promised: datetime, now: datetime) -> bool:
    return promised.timestamp() < now.timestamp()


def _part(heading: str, cards: Sequence[OpenCard], words: Words, now: datetime) -> Part:
    listed, more = cards[:MOST_CARDS], len(cards) - MOST_CARDS
    rest = (words.say("sheet.more", cards=words.counted("cards", more)),) if more > 0 else ()
    return Part(heading, rest, tuple(item(card, words, now) for card in listed))
