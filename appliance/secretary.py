"""The secretary looks round the office now and then, and puts into the outbox what somebody should be told (R25, R29).

It sees the board and the open cards, and tells of cards that are due, new cards, faults that last, and, at their hour,
the daily sheet and the weekly letter. It belongs to the engine's thread; whatever is written down is written by the
outbox. What it has told is known from there, also after a restart: each notice has a key that says what it is about.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Protocol

from appliance.acd.staff import Presence
from appliance.board import Board
from appliance.cards import Card, CardKind
from appliance.clock import Clock
from appliance.letters.reminder import of_fault, of_new_card, reminder
from appliance.letters.words import Words
from appliance.notices import OFFICE, Notice, NoticeKind
from appliance.outbox import ABOUT, Outbox
from appliance.reminding import DueCard, Reminding, Whereabouts, everybody_knows, remindings
from appliance.schedule import Calendar
from appliance.settings import PersonSettings, Settings

LOOK_S = 1.0
MOST_AT_ONCE = 3
"""So many people are reminded at one look: the engine has callers to see to."""
MOST_LOOKED_AT = 1000
"""Due cards that somebody still has to be told of; the others wait for their turn."""
LASTING_S = 60.0
"""A fault is told when it has lasted so long: a modem that is plugged in again is no news."""
AGAIN_S = 3600.0
"""A fault that comes and goes is told once in so long."""
SHEET_LATE, LETTER_LATE = timedelta(hours=4), timedelta(days=2)
"""How late a sheet or a letter may be, where the box was not running at its hour."""
FRESH = timedelta(hours=12)
"""An older card is no news, wherever it comes from."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TOLD_AT_ONCE = (CardKind.CALLBACK, CardKind.MESSAGE)


class OpenHours(Protocol):
    """When somebody is at work, or wants to be reminded."""

    def open_at(self, moment: datetime) -> bool:
        """Is it so at this local moment?"""


class OpenCards(Protocol):
    """What the secretary looks at in the card box; see `appliance.cardbox`."""

    def come_due(self) -> Iterator[Card]:
        """Those whose time has come."""

    def newer_than(self, number: int) -> Sequence[Card]:
        """Those with a higher number."""

    def get(self, id: int) -> Card | None:
        """One of them by its number; `None`: it is open no longer."""


class _Hours:
    """When somebody can be reminded: in their schedule, when it is best for them to call others, not in quiet hours."""

    def __init__(self, calendar: Calendar, person: PersonSettings) -> None:
        self._schedule = calendar.schedule(person.schedule)
        self._best = calendar.times(person.form.best_to_call)
        self._quiet = calendar.times(person.form.quiet)

    def open_at(self, moment: datetime) -> bool:
        """Is it a good time?"""
        if self._quiet is not None and self._quiet.hold(moment):
            return False
        return self._schedule.open_at(moment) and (self._best is None or self._best.hold(moment))


class _People:
    """The staff as the rules of reminding see them: presence from the board, hours and deputies from the settings."""

    def __init__(self, settings: Settings, calendar: Calendar) -> None:
        self._deputies = {person.extension: person.deputies for person in settings.people}
        self._hours: dict[str, OpenHours] = {one.extension: _Hours(calendar, one) for one in settings.people}
        self._hours[OFFICE] = calendar.schedule()
        self.presence: Mapping[str, Presence] = {}

    def where(self, extension: str, moment: datetime) -> Whereabouts:
        """Can they be reminded now?"""
        if extension not in self._hours:
            return Whereabouts.AWAY
        if not self._hours[extension].open_at(moment):
            return Whereabouts.OFF
        match self.presence.get(extension, Presence.IN):
            case Presence.IN:
                return Whereabouts.HERE
            case Presence.MEETING | Presence.LUNCH:
                return Whereabouts.BACK_SOON
            case _:
                return Whereabouts.AWAY

    def deputies(self, extension: str) -> Sequence[str]:
        """Who stands in for them."""
        return self._deputies.get(extension, ())


class _Told:
    """What was told to whom, known from the notices."""

    def __init__(self, kept: Iterable[Notice]) -> None:
        self._when: dict[tuple[str, str], datetime] = {}
        self._last: dict[str, datetime] = {}
        for notice in kept:
            if notice.kind is NoticeKind.REMINDER:
                self.note(notice)

    def note(self, notice: Notice) -> None:
        """This was told."""
        self._when[notice.key, notice.to] = notice.made
        self._last[notice.to] = notice.made

    def when(self, card: DueCard, to: str) -> datetime | None:
        """When this card was told to them."""
        return self._when.get((key_of(card), to))

    def last(self, to: str) -> datetime | None:
        """When they were last reminded."""
        return self._last.get(to)


OF_CARD = re.compile(r"(?:new )?card (\d+)(?: due .*)?")
"""The key of a notice about a card."""


def key_of(card: DueCard) -> str:
    """What a reminder is about: this card, with its present due time."""
    return f"card {card.id} due {card.due_at.timestamp():.0f}"


@dataclass(slots=True)
class _Seen:
    """A fault that is there: since when (clock seconds), and whether it was told."""

    since: float
    told: bool = False


@dataclass(slots=True)
class Secretary:
    """Looks round an office, at most once in `LOOK_S`."""

    settings: Settings
    clock: Clock
    outbox: Outbox
    _calendar: Calendar = field(init=False)
    _words: Words = field(init=False)
    _names: Mapping[str, str] = field(init=False)
    _people: _People = field(init=False)
    _told: _Told = field(init=False)
    _newest: int = field(default=0, init=False)
    _known: dict[int, datetime] = field(default_factory=dict, init=False)
    """Cards of which everybody knows, with the due time that they know of."""
    _next_look: float = field(default=-math.inf, init=False)
    _late: bool = field(default=False, init=False)
    _sheet_of: date | None = field(default=None, init=False)
    _faults: dict[str, _Seen] = field(default_factory=dict, init=False)
    _told_faults: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.take_up(self.settings)
        self._told = _Told(self.outbox.kept)

    def take_up(self, settings: Settings) -> None:
        """Go on with other settings."""
        self.settings, self._words, self._calendar = settings, Words(settings.language), Calendar(settings)
        self._names = {person.extension: person.name for person in settings.people}
        self._people = _People(settings, self._calendar)

    def look(self, board: Board, cards: OpenCards) -> list[Reminding[Card]]:
        """Tell what is to be told now, at most once in `LOOK_S`; who was reminded of which cards comes back."""
        self._late = self.clock.now() < self._next_look
        found: list[Reminding[Card]] = []
        if not self._late:
            self._next_look = self.clock.now() + LOOK_S
            moment = self.clock.today()
            self._people.presence = {person.extension: Presence(person.presence) for person in board.staff}
            self.outbox.withdraw(lambda notice: self._is_settled(notice, cards))
            self._look_at_faults(board, moment)
            self._look_at_new_cards(cards, moment)
            self._look_at_hours(moment)
            found = self._remind(self._not_known_of(cards), moment)
        self.outbox.look()
        return found

    def next_due(self) -> float:
        """When to look again, in seconds of the clock; whoever wakes for a card that falls due does so by itself."""
        return min(self.outbox.next_due(), self._next_look if self._late else math.inf)

    # ------------------------------------------------------------ cards

    @staticmethod
    def _is_settled(notice: Notice, cards: OpenCards) -> bool:
        """Is it about a card that nobody needs to see to any more, or that was forgotten on request (R36)?"""
        found = OF_CARD.fullmatch(notice.key)
        return found is not None and cards.get(int(found[1])) is None

    def _not_known_of(self, cards: OpenCards) -> list[Card]:
        """The cards that are due and of which somebody still has to be told, the longest ago first."""
        left = (card for card in cards.come_due() if self._known.get(card.id) != card.due_at)
        due = list(islice(left, MOST_LOOKED_AT))
        self._known |= {card.id: card.due_at for card in due if everybody_knows(card, self._people, self._told)}
        return due

    def _remind(self, due: Sequence[Card], moment: datetime) -> list[Reminding[Card]]:
        after_s = self.settings.notify.deputy_after_s
        found = list(islice(remindings(due, self._people, self._told, moment, after_s), MOST_AT_ONCE))
        for one in found:
            other = self._names.get(one.instead_of, one.instead_of)
            name = self._names.get(one.to, "")
            title, text = reminder(one.cards, self._words, moment, name, other)
            for number, card in enumerate(one.cards):
                notice = Notice(key_of(card), NoticeKind.REMINDER, one.to, moment, title, text if not number else "")
                self._told.note(notice)
                if number or not self.outbox.add(notice):  # the first carries the words of all
                    self.outbox.note(notice)
        return found

    def _look_at_new_cards(self, cards: OpenCards, moment: datetime) -> None:
        for card in cards.newer_than(self._newest):
            self._newest = card.id
            fresh = moment.timestamp() - card.made.timestamp() < FRESH.total_seconds()
            if fresh and card.kind in TOLD_AT_ONCE:
                title, text = of_new_card(card, self._words, moment)
                to = card.person if self.outbox.wants(card.person, NoticeKind.MESSAGE) else OFFICE
                self.outbox.add(Notice(f"new card {card.id}", NoticeKind.MESSAGE, to, moment, title, text))

    # ------------------------------------------------------------ faults

    def _look_at_faults(self, board: Board, moment: datetime) -> None:
        now = self.clock.now()
        there = {fault.about: fault for fault in board.faults if not fault.about.startswith(ABOUT)}
        self._faults = {about: self._faults.get(about, _Seen(now)) for about in there}
        for about, seen in self._faults.items():
            if seen.told or now - seen.since < LASTING_S:
                continue
            seen.told = True
            told = self._told_faults.get(about)
            if told is None or now - told >= AGAIN_S:
                self._told_faults[about] = now
                title, text = of_fault(there[about], self._words)
                key = f"fault {about} at {moment.isoformat(timespec='seconds')}"
                self.outbox.add(Notice(key, NoticeKind.FAULT, OFFICE, moment, title, text))

    # ------------------------------------------------------------ letters

    def _look_at_hours(self, moment: datetime) -> None:
        """Announce the sheet and the letter whose hour has come."""
        notify = self.settings.notify
        at = datetime.combine(moment.date(), notify.sheet_time, moment.tzinfo)
        late = moment.replace(tzinfo=None) - at.replace(tzinfo=None)
        if (
            timedelta() <= late < SHEET_LATE
            and self._sheet_of != moment.date()
            and self._calendar.schedule().day(moment.date()).spans
        ):
            self._sheet_of = moment.date()
            for to in (OFFICE, *self._names):
                key = f"sheet of {moment:%Y-%m-%d}"
                self.outbox.add(Notice(key, NoticeKind.SHEET, to, moment))
        days = (moment.weekday() - WEEKDAYS.index(notify.letter_on)) % 7
        late += timedelta(days=days)
        if timedelta() <= late < LETTER_LATE:
            year, week, _ = (moment - timedelta(days=days)).isocalendar()
            self.outbox.add(Notice(f"letter of {year}-W{week:02}", NoticeKind.LETTER, OFFICE, moment))
