"""The weekly letter: how the week was, on one page and in words (R29)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from appliance.letters.figures import GOOD_RINGS, Week, WeekFigures
from appliance.letters.letter import Item, Letter, Part
from appliance.letters.words import Words

MOST_PEOPLE = 12


@dataclass(frozen=True, slots=True)
class CardFigures:
    """The cards that were made in a week, what became of the promises on them, and what is open now."""

    made: int = 0
    settled: int = 0
    kept: int = 0
    broken: int = 0
    given: int = 0
    """Promises that can still be kept."""
    open: int = 0
    overdue: int = 0


def weekly_letter(
    company: str, week: Week, figures: WeekFigures, before: WeekFigures, cards: CardFigures, words: Words
) -> Letter:
    """The letter of this week; `before` are the figures of the one before."""
    title = words.say("letter.title", company=company, start=words.day(week.start), end=words.day(week.last_day))
    calls = words.counted("calls", before.calls)
    earlier = (words.say("letter.before", calls=calls),) if before.calls or figures.calls else ()
    if not figures.calls:
        parts = [_of_cards(cards, words)]
        return Letter(title, (words.say("letter.quiet"), *earlier), tuple(parts), words.language)
    parts = [
        Part(words.say("letter.heading-calls"), tuple(_of_calls(figures, words)) + earlier),
        Part(words.say("letter.heading-waiting"), tuple(_of_waiting(figures, words))),
        _of_cards(cards, words),
    ]
    if figures.took:
        took = (
            Item(words.say("letter.person", name=name, calls=words.counted("calls", count)))
            for name, count in figures.took[:MOST_PEOPLE]
        )
        parts.append(Part(words.say("letter.people"), (), tuple(took)))
    return Letter(title, (), tuple(parts), words.language)


def _of_calls(figures: WeekFigures, words: Words) -> Sequence[str]:
    told = [
        words.say(
            "letter.calls",
            calls=words.counted("calls", figures.calls),
            answered=figures.answered,
            share=round(100 * figures.answered / figures.calls),
        )
    ]
    if figures.rings is not None:
        median, most = (words.counted("rings", round(rings)) for rings in (figures.rings.median, figures.rings.most))
        told.append(words.say("letter.rings", median=median, most=most))
    if figures.rang_too_long:
        calls = words.counted("calls", figures.rang_too_long)
        told.append(words.say("letter.rings-late", calls=calls, rings=words.counted("rings", GOOD_RINGS)))
    served = words.counted("calls", figures.served)
    told.append(words.say("letter.served", calls=served, promised=figures.promised))
    if figures.busiest is not None:
        told.append(_busiest(*figures.busiest, words))
    return told


def _busiest(hour: datetime, calls: int, words: Words) -> str:
    start, end = words.time(hour), words.time(hour.replace(hour=(hour.hour + 1) % 24))
    hours = words.say("hours-of", start=start, end=end)
    return words.say("letter.busiest", weekday=words.weekday(hour), hours=hours, calls=words.counted("calls", calls))


def _of_waiting(figures: WeekFigures, words: Words) -> Sequence[str]:
    if figures.waits_s is None:
        waited = words.say("letter.waited-nobody")
    else:
        waited = words.say(
            "letter.waited",
            callers=words.counted("callers", figures.waited),
            median=words.duration(figures.waits_s.median),
            most=words.duration(figures.waits_s.most),
        )
    if figures.lost:
        lost = words.say("letter.abandoned", callers=words.counted("callers", figures.lost))
    else:
        lost = words.say("letter.abandoned-nobody")
    return waited, lost


def _of_cards(cards: CardFigures, words: Words) -> Part:
    told = []
    if cards.made:
        made = words.counted("cards", cards.made)
        told.append(words.say("letter.cards-kept", cards=made, done=cards.settled, open=cards.made - cards.settled))
    promises = cards.kept + cards.broken + cards.given
    if promises:
        counted = words.counted("promises", promises)
        told.append(
            words.say("letter.promises-kept", promises=counted, kept=cards.kept, broken=cards.broken, open=cards.given)
        )
    else:
        told.append(words.say("letter.promises-none"))
    told.append(words.say("letter.open", cards=words.counted("cards", cards.open)))
    if cards.overdue:
        told.append(words.say("letter.overdue", cards=words.counted("cards", cards.overdue)))
    return Part(words.say("letter.heading-cards"), tuple(told))
