"""Letters that are written when they are sent, from the ledger: the daily sheet and the weekly letter.

This reads weeks of calls and is done outside the engine's process (`hardware.posting`), or for `frontdesk letter`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from appliance.call import CallRecord
from appliance.cards import Card, Promise
from appliance.letters.figures import Week, newest_until, of_week, week_figures
from appliance.letters.letter import Letter
from appliance.letters.sheet import sheet_of, sheet_of_office
from appliance.letters.weekly import CardFigures, weekly_letter
from appliance.letters.words import Words
from appliance.notices import OFFICE, Notice, NoticeKind
from appliance.settings import Settings
from appliance.store.ledger import LedgerReader, open_for_reading

PAGE = 500


def compose(notice: Notice, settings: Settings, home: Path) -> Letter:
    """Write the letter that this notice announces, as of the moment it was made.

    Raises:
        DamagedStore: the ledger cannot be read.
    """
    ledger = open_for_reading(home)
    try:
        if notice.kind is NoticeKind.LETTER:
            return week_in(ledger, settings, notice.made)
        return sheet_in(ledger, settings, notice.to, notice.made)
    finally:
        ledger.close()


def sheet_in(ledger: LedgerReader, settings: Settings, to: str, now: datetime) -> Letter:
    """The daily sheet of the person at extension `to`, or of the office."""
    words, names = Words(settings.language), {person.extension: person.name for person in settings.people}
    cards = ledger.cards()
    if to == OFFICE:
        return sheet_of_office(settings.company, names, cards, words, now)
    return sheet_of(to, names.get(to, to), cards, words, now)


def week_in(ledger: LedgerReader, settings: Settings, now: datetime) -> Letter:
    """The letter of the last week that was over at `now`."""
    week = Week.before(now)
    records = newest_until(_pages(ledger), week.earlier.start)
    this, before = (week_figures(of_week(records, one)) for one in (week, week.earlier))
    cards = card_figures(ledger.cards(open_only=False), week, now)
    return weekly_letter(settings.company, week, this, before, cards, Words(settings.language))


def _pages(ledger: LedgerReader) -> Iterator[list[CallRecord]]:
    before: int | None = None
    while page := ledger.calls(PAGE, before):
        yield page
        before = page[-1].number


def card_figures(cards: Sequence[Card], week: Week, now: datetime) -> CardFigures:
    """Count the cards of a week."""
    made = [card for card in cards if week.holds(card.made)]
    promises = Counter(card.promise for card in made)
    still_open = [card for card in cards if not card.done]
    today_s = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    return CardFigures(
        made=len(made),
        settled=sum(card.done for card in made),
        kept=promises[Promise.KEPT],
        broken=promises[Promise.BROKEN],
        given=promises[Promise.GIVEN],
        open=len(still_open),
        overdue=sum(card.due_at.timestamp() < today_s or card.promise is Promise.BROKEN for card in still_open),
    )
