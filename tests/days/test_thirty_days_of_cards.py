"""Thirty days of a card box in virtual time, in which the box is killed again and again (R24 to R26).

The process dies between any two writes, the clock on the wall is wrong after a start and set right by hours, summer
time begins or ends. Of every due time that came somebody is told once, never before it, and no later than half a minute
after the box could know of it: a running box looks round at least so often.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from appliance.call import CallRecord
from appliance.cardcommands import (
    CallResult,
    CardCommand,
    CardDone,
    HandCard,
    MoveCard,
    NewCard,
    PromiseBy,
    RepeatCard,
    SnoozeCard,
)
from appliance.cards import Card, Entry, Promise, Reminder, Repeat, Result, Unit
from appliance.clock import VirtualClock
from appliance.office import Office
from appliance.settings import Hours, PersonSettings, Settings
from appliance.store.ledger import LEDGER_NAME, Ledger

DAYS = 30
LOOK_ROUND_S = 30.0
SETTINGS = Settings(
    company="Northwind",
    people=(PersonSettings("Anna", "101"), PersonSettings("Bartek", "102")),
    hours=Hours((*(((time(8), time(16)),),) * 5, (), ())),
)


class Killed(BaseException):
    """The power is gone."""


class Wall(VirtualClock):
    """A clock whose wall may be wrong: `ahead_s` seconds before the true time."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.start_s, self.zone, self.ahead_s = start.timestamp(), start.tzinfo, 0.0

    def today(self) -> datetime:
        return datetime.fromtimestamp(self.start_s + self.now() + self.ahead_s, UTC).astimezone(self.zone)


@dataclass
class Books:
    """The ledger, in which a write may be the last thing that the program does."""

    ledger: Ledger
    chance: Random
    kills: float = 0.0
    told: list[tuple[int, float]] = field(default_factory=list)
    knew_s: float = -math.inf
    """When (on the wall) something changed last: a start of the box, its clock set right, somebody's wish."""

    def begin(self, record: CallRecord) -> None:
        self.ledger.begin(record)

    def finish(self, record: CallRecord) -> None:
        self.ledger.finish(record)

    def keep_card(self, card: Card, *entries: Entry) -> None:
        self._perhaps_killed()
        self.ledger.keep_card(card, *entries)
        self._perhaps_killed()

    def keep_reminder(self, reminder: Reminder) -> None:
        self._perhaps_killed()
        late_s = reminder.at.timestamp() - reminder.due.timestamp()
        assert late_s >= 0.0, "none early"
        assert min(late_s, reminder.at.timestamp() - self.knew_s) <= LOOK_ROUND_S + 1.0, "none late"
        assert self.ledger.keep_reminder(reminder), f"card {reminder.card} was told of twice at {reminder.at}"
        self.told.append((reminder.card, reminder.due.timestamp()))
        self._perhaps_killed()

    def _perhaps_killed(self) -> None:
        if self.chance.random() < self.kills:
            raise Killed


class Life:
    """One office from day to day, killed and started."""

    def __init__(self, home: Path, start: datetime, seed: int) -> None:
        self.path = home / LEDGER_NAME
        self.chance = Random(seed)
        self.clock = Wall(start)
        self.restarts = self.jumps = 0
        self.books = Books(Ledger(self.path), self.chance)
        self.start_box()

    def start_box(self) -> None:
        self.books.ledger.close()
        self.books.ledger = ledger = Ledger(self.path)
        ledger._connection.execute("PRAGMA synchronous = OFF")  # it is the process that dies here, not the disk
        cards = tuple(ledger.cards())
        self.office = Office(SETTINGS, self.clock, self.books, cards=cards, first_card=ledger.next_card_number())
        self.books.knew_s = self.clock.today().timestamp()

    def live(self, until_s: float) -> None:
        """Let time pass: the engine is woken when it wants to be, and when half a minute is over at the latest."""
        while self.clock.now() < until_s:
            self._whatever_happens(self._tick)
            wake = min(self.office.next_due(), until_s)
            self.clock.run(max(wake, self.clock.now() + 0.001))

    def _tick(self) -> None:
        self.office.tick()
        self._check()

    def obey(self, command: CardCommand | NewCard) -> None:
        self.books.knew_s = self.clock.today().timestamp()
        self._whatever_happens(lambda: self.office.receive(command))

    def _whatever_happens(self, what: Callable[[], object]) -> None:
        try:
            what()
        except Killed:
            self.restarts += 1
            self._boot(self.chance.choice((0.0, 60.0, 3600.0, 9 * 3600.0)))

    def _boot(self, off_s: float) -> None:
        """Off for a while; then without network time the clock goes on where it was, until it is set right."""
        self.clock.run(self.clock.now() + off_s)
        wrong_s = self.chance.choice((0.0, -off_s, -off_s, 2 * 3600.0))
        self.clock.ahead_s = wrong_s
        self.books.kills, kills = 0.0, self.books.kills
        self.start_box()
        if wrong_s:
            self.live(self.clock.now() + self.chance.uniform(20.0, 900.0))
            self.clock.ahead_s = 0.0
            self.jumps += 1
            self.books.knew_s = self.clock.today().timestamp()
            self.clock.run(self.clock.now() + LOOK_ROUND_S)
            self._tick()
        self.books.kills = kills

    def _check(self) -> None:
        """At this moment nothing that is due has not been told of, and nothing was told before its time or too late."""
        now_s = self.clock.today().timestamp()
        told = set(self.books.told)
        for card in self.books.ledger.cards():
            if card.due_at.timestamp() <= now_s:
                assert (card.id, card.due_at.timestamp()) in told and card.reminded is not None, f"{card} was skipped"
            if card.promise is Promise.GIVEN:
                assert card.promised is not None and card.promised.timestamp() + 1.0 > now_s


def something(chance: Random, now: datetime, cards: list[int]) -> CardCommand | NewCard:
    """What somebody does next; due times lie also in the hour of the night that summer time takes or gives."""
    if not cards or chance.random() < 0.3:
        night = datetime.combine(now.date() + timedelta(days=chance.randrange(6)), time(), now.tzinfo)
        hour, minute = chance.choice((1, 2, 2, 3, 9, 15)), chance.randrange(60)
        due = night.replace(hour=hour, minute=minute, fold=chance.randrange(2))
        number = f"+4822555{chance.randrange(10_000):04}"
        return NewCard("101", number, "Jan", due=chance.choice((None, due)), promise_min=chance.choice((0.0, 40.0)))
    id, by = chance.choice(cards), chance.choice(("101", "102"))
    return chance.choice(
        (
            SnoozeCard(id, by, chance.choice((600.0, 3600.0, 26 * 3600.0))),
            MoveCard(id, by, now + timedelta(hours=chance.randrange(1, 90))),
            CallResult(id, by, chance.choice(tuple(Result))),
            HandCard(id, by, "102"),
            PromiseBy(id, by, chance.choice((5.0, 40.0, 600.0))),
            RepeatCard(id, by, Repeat(1, Unit.WEEKS)),
            CardDone(id, by, for_good=chance.random() < 0.5),
        )
    )


@pytest.mark.parametrize(
    ("zone", "month"),
    [("Europe/Warsaw", 10), ("America/New_York", 10), ("Europe/Warsaw", 3), ("America/New_York", 3)],
)
def test_in_thirty_days_every_due_time_is_told_of_once_and_none_early(tmp_path: Path, zone: str, month: int) -> None:
    start = datetime(2026, month, 5, 8, tzinfo=ZoneInfo(zone))
    life = Life(tmp_path, start, seed=month)
    offsets = set()
    for _ in range(DAYS * 12):
        life.books.kills = 0.04
        life.obey(something(life.chance, life.clock.today(), [card.id for card in life.books.ledger.cards()]))
        life.live(life.clock.now() + life.chance.expovariate(1 / 7200.0))
        offsets.add(life.clock.today().utcoffset())
    assert len(offsets) == 2, "summer time began or ended"
    assert life.clock.now() > DAYS * 20 * 3600.0
    assert life.restarts > 20 and life.jumps > 10 and len(life.books.told) > 150
    (kept,) = life.books.ledger._connection.execute("SELECT count(*) FROM reminders").fetchone()
    assert kept == len(life.books.told) == len(set(life.books.told))
    life.books.ledger.close()
