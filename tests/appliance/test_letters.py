"""Reminders, the daily sheet and the weekly letter: in both languages, right in figures, safe to read (R25)."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.call import CallerId, CallRecord, Outcome, TransferAttempt, TransferResult, Wait
from appliance.cards import Card, CardKind, Promise, State
from appliance.cardsteps import made
from appliance.faults import Fault
from appliance.letters.figures import Spread, Week, WeekFigures, week_figures
from appliance.letters.late import compose, week_in
from appliance.letters.letter import Item, Letter, Part
from appliance.letters.reminder import of_fault, of_new_card, reminder
from appliance.letters.sheet import MOST_CARDS, sheet_of, sheet_of_office
from appliance.letters.words import Words, _words_of, known_languages
from appliance.notices import OFFICE, Notice, NoticeKind
from appliance.settings import PersonSettings, Settings
from appliance.store.ledger import LEDGER_NAME, Ledger

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 25, 9, 5, tzinfo=WARSAW)
ENGLISH, POLISH = Words("en"), Words("pl")
JAN = Card(
    7, CardKind.CALLBACK, datetime(2026, 11, 24, 16, 2, tzinfo=WARSAW), "501234567", "Jan Kowalski", id=7,
    person="101", company="Acme", matter="the invoice",
    due=NOW - timedelta(hours=1), promised=NOW - timedelta(minutes=5),
)  # fmt: skip
UNKNOWN = Card(8, CardKind.MESSAGE, NOW, "", recording="messages/call-8.wav", id=8)


# ---------------------------------------------------------------- words


def _leaves(words: dict[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in words.items():
        if isinstance(value, dict) and not {"one", "many"} <= value.keys():
            yield from _leaves(value, f"{place}{key}.")
        else:
            yield place + key, value


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_language_has_the_same_sentences_with_the_same_values() -> None:
    assert known_languages() == {"en", "pl"}
    english, polish = (dict(_leaves(_words_of(language))) for language in ("en", "pl"))
    assert english.keys() == polish.keys()
    for key, value in english.items():
        if isinstance(value, str):
            assert _places(value) == _places(polish[key]), key
        elif isinstance(value, list):
            assert len(value) == len(polish[key]), key
        else:
            assert set(polish[key]) == {"one", "few", "many"}, key


@pytest.mark.parametrize(
    ("count", "polish"),
    [(0, "0 kart"), (1, "1 karta"), (2, "2 karty"), (4, "4 karty"), (5, "5 kart"), (12, "12 kart"), (14, "14 kart"),
     (21, "21 kart"), (22, "22 karty"), (101, "101 kart"), (112, "112 kart"), (123, "123 karty")],
)  # fmt: skip
def test_polish_counts_in_three_forms(count: int, polish: str) -> None:
    assert POLISH.counted("cards", count) == polish


def test_an_office_whose_language_has_no_letters_reads_english() -> None:
    assert Words("de").date(NOW) == "Wednesday, 25 November"
    assert POLISH.moment(NOW) == "środa, 25 listopada, godz. 9:05"


# ---------------------------------------------------------------- notices


def test_a_reminder_says_who_what_since_when_and_what_was_promised() -> None:
    title, text = reminder([JAN], ENGLISH, NOW, "Anna")
    assert title == "Call Jan Kowalski (Acme), 501234567"
    assert text.split("\n")[:-2] == [
        "Anna, this is due:",
        "",
        "Call Jan Kowalski (Acme), 501234567",
        "About: the invoice",
        "Since Tuesday, 24 November at 16:02: callback promised.",
        "Due Wednesday, 25 November at 8:05.",
        "Promised until Wednesday, 25 November at 9:00: that is over.",
    ]


def test_a_deputy_learns_for_whom_and_the_office_that_it_is_nobodys() -> None:
    assert reminder([JAN], POLISH, NOW, "Boris", "Anna")[1].startswith(
        "Boris, do załatwienia w zastępstwie (Anna nie może teraz tego zrobić):"
    )
    title, text = reminder([JAN, UNKNOWN], POLISH, NOW)
    assert title == "Do załatwienia teraz: 2 karty"
    assert "sprawa nie jest jeszcze niczyja" in text
    assert "Do oddzwonienia: osoba bez numeru" in text


def test_a_fault_and_a_new_message_are_told_with_what_to_do() -> None:
    fault = Fault("Line 1", "The modem is unplugged.", "Plug it in again.")
    assert of_fault(fault, ENGLISH) == ("The box needs a hand: Line 1", "The modem is unplugged. Plug it in again.")
    title, text = of_new_card(UNKNOWN, ENGLISH, NOW)
    assert title == "Message left: caller without a number"
    assert "There is a recording of it" in text


@given(st.text(max_size=400), st.text(max_size=400))
def test_whatever_a_caller_sends_as_a_name_is_one_line_and_no_html(name: str, matter: str) -> None:
    card = replace(JAN, name=name, matter=matter)
    title, text = reminder([card], ENGLISH, NOW, "Anna")
    assert title.isprintable()
    assert all(line.isprintable() for line in text.split("\n"))
    page = Letter("Title", (), (Part("Part", (), (Item(name, (matter,)),)),)).html()
    assert page.count("<li>") == 1
    assert page.count("<small>") == 1


# ---------------------------------------------------------------- the daily sheet


def test_a_sheet_lists_what_is_overdue_due_today_and_later_in_this_order() -> None:
    today = replace(JAN, id=9, name="Eva", promised=None, due=NOW + timedelta(hours=2))
    later = replace(JAN, id=10, name="Piotr", promised=None, due=NOW + timedelta(days=9))
    text = sheet_of("101", "Anna", [later, today, JAN, UNKNOWN], ENGLISH, NOW).text()
    order = [
        text.index(word) for word in ("Anna, good morning. 3 cards", "Overdue", "Jan", "Today", "Eva", "Later", "Piotr")
    ]
    assert order == sorted(order)
    assert "without a number" not in text, "it is not hers"


def test_the_sheet_of_the_office_is_by_person_and_begins_with_what_is_nobodys() -> None:
    gone = replace(JAN, id=11, name="Zofia", person="199")
    text = sheet_of_office("Example", {"101": "Anna", "102": "Boris"}, [JAN, UNKNOWN, gone], ENGLISH, NOW).text()
    order = [text.index(word) for word in ("3 cards", "Of nobody", "Zofia", "without a number", "Anna\n----", "Jan")]
    assert order == sorted(order)
    assert "Boris" not in text


def test_a_sheet_stays_a_sheet_however_many_cards_there_are() -> None:
    many = [replace(JAN, id=number) for number in range(MOST_CARDS + 7)]
    letter = sheet_of("101", "Anna", many, POLISH, NOW)
    assert len(letter.parts[0].items) == MOST_CARDS
    assert letter.parts[0].sentences == ("Pozostałe są na stronie: 7 kart.",)
    assert sheet_of("101", "Anna", [], POLISH, NOW).sentences == ("Anna, dzień dobry. Nie ma otwartych spraw.",)


# ---------------------------------------------------------------- the weekly letter


MONDAY = datetime(2026, 11, 16, tzinfo=WARSAW)


def call(number: int, at: datetime, outcome: Outcome, rings: int = 2, wait_s: float = 0.0, by: str = "") -> CallRecord:
    waits = (Wait("sales", wait_s),) if wait_s else ()
    took = (TransferAttempt(at, "101", by, TransferResult.TAKEN, 8.0),) if by else ()
    answer_s = None if outcome is Outcome.UNANSWERED else 5.0
    return CallRecord(number, "Line 1", at, CallerId("1"), rings, answer_s, 60.0, outcome, None, waits, took)


def week_of_calls() -> list[CallRecord]:
    """Eleven calls: the week before one, then ten, and one of a colleague."""
    tuesday = MONDAY + timedelta(days=1, hours=10)
    return [
        call(1, MONDAY - timedelta(hours=1), Outcome.TRANSFERRED, by="Anna"),
        *(call(n, tuesday + timedelta(minutes=n), Outcome.TRANSFERRED, 1, 10.0 * n, "Anna") for n in range(2, 7)),
        call(7, MONDAY + timedelta(hours=9), Outcome.CALLBACK, 2, 100.0),
        call(8, MONDAY + timedelta(hours=9), Outcome.ABANDONED, 4, 61.0),
        call(9, MONDAY + timedelta(days=2), Outcome.UNANSWERED, 5),
        call(10, MONDAY + timedelta(days=6, hours=23, minutes=59), Outcome.TRANSFERRED, 3, by="Boris"),
        call(11, MONDAY + timedelta(days=3), Outcome.STAFF),
        call(12, MONDAY + timedelta(days=7), Outcome.TRANSFERRED, by="Boris"),
    ]  # fmt: skip


def test_the_figures_of_a_week_are_those_of_its_calls() -> None:
    week = Week.before(MONDAY + timedelta(days=9, hours=8))
    assert (week.start, week.end) == (MONDAY, MONDAY + timedelta(days=7))
    figures = week_figures(one for one in week_of_calls() if week.holds(one.started))
    assert figures == WeekFigures(
        calls=9,
        answered=8,
        rings=Spread(1.0, 4.0),
        rang_too_long=2,
        waits_s=Spread(50.0, 100.0),
        waited=7,
        served=6,
        promised=1,
        lost=2,
        busiest=(MONDAY + timedelta(days=1, hours=10), 5),
        took=(("Anna", 5), ("Boris", 1)),
    )


@given(st.lists(st.floats(0, 1e4), min_size=1))
def test_half_and_nine_in_ten_are_not_more_than_was_told(values: list[float]) -> None:
    spread = Spread.of(values)
    assert spread is not None
    assert spread.median in values
    assert sum(value <= spread.median for value in values) >= len(values) / 2
    assert sum(value <= spread.most for value in values) >= 0.9 * len(values)


def test_a_week_is_that_of_the_wall_also_when_summer_time_ends_in_it() -> None:
    week = Week.before(datetime(2026, 10, 26, 8, 0, tzinfo=WARSAW))
    assert week.holds(datetime(2026, 10, 25, 23, 59, tzinfo=WARSAW))
    assert not week.holds(datetime(2026, 10, 26, 0, 0, tzinfo=WARSAW))
    assert week.holds(datetime(2026, 10, 19, 0, 0, tzinfo=WARSAW))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An office with that week in its ledger, and cards: one promise kept, one broken, one still to be kept."""
    ledger = Ledger(tmp_path / LEDGER_NAME)
    for record in week_of_calls():
        ledger.finish(record)
    tuesday = MONDAY + timedelta(days=1)
    promised = Card(7, CardKind.CALLBACK, tuesday, "501", id=1, person="101", promised=tuesday)
    for card in (
        replace(promised, state=State.DONE, closed=tuesday, promise=Promise.KEPT),
        replace(promised, id=2, call=8, number="502", promise=Promise.BROKEN),
        replace(promised, id=3, call=9, number="503", promise=Promise.GIVEN, promised=NOW + timedelta(days=1)),
    ):
        ledger.keep_card(*made(card, "", ""))
    ledger.close()
    return tmp_path


SETTINGS = Settings("Example", people=(PersonSettings("Anna", "101"), PersonSettings("Boris", "102")))


def test_the_weekly_letter_tells_the_week_in_words_from_the_ledger(home: Path) -> None:
    ledger = Ledger(home / LEDGER_NAME)
    text = " ".join(week_in(ledger, SETTINGS, NOW).text().split())
    ledger.close()
    for told in (
        "Example: the week from 16 November to 22 November",
        "From outside: 9 calls. The box answered 8, which is 89 in a hundred.",
        "Half of them were answered within 1 ring, nine in ten within 4 rings.",
        "Rang for too long, more than 3 rings: 2 calls.",
        "Put through to somebody: 6 calls. Left a message, or promised a call: 1.",
        "The busiest hour was Tuesday from 10:00 to 11:00, with 5 calls.",
        "The week before: 1 call.",
        "In the queue: 7 callers. Half of them waited at most 50 seconds, nine in ten at most 2 minutes.",
        "Left before they were served: 2 callers. There is a card for each.",
        "Given in this week: 3 promises. Kept: 1, broken: 1, still to be kept: 1.",
        "Open at the moment: 2 cards.",
        "* Anna: 5 calls * Boris: 1 call",
    ):
        assert told in text


def test_letters_that_are_written_late_are_those_of_their_moment_and_recipient(home: Path) -> None:
    letter = compose(Notice("letter", NoticeKind.LETTER, OFFICE, NOW), replace(SETTINGS, language="pl"), home)
    assert letter.title == "Example: tydzień od 16 listopada do 22 listopada"
    sheet = compose(Notice("sheet", NoticeKind.SHEET, "101", NOW), SETTINGS, home)
    assert sheet.sentences == ("Anna, good morning. 2 cards in your box.",)
    assert compose(Notice("sheet", NoticeKind.SHEET, "102", NOW), SETTINGS, home).parts == ()


def test_a_week_without_calls_is_a_letter_too(tmp_path: Path) -> None:
    text = compose(Notice("letter", NoticeKind.LETTER, OFFICE, NOW), SETTINGS, tmp_path).text()
    assert "Nobody called in this week." in text
