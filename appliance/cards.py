"""A card: one promise to one caller, or one thing to be done, until it is kept (R22, R24).

A card says whom to call, on which number, about what, when it is due, who keeps it and who may stand in. What is done
about it is an `Entry` of its history; entries are added and never changed. What can happen to a card stands in
`appliance.cardsteps`, behind which divider it lies in `appliance.tickler`.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

SOON = "as soon as possible"
"""The wish of a caller who has named no time."""
MOST_CALLS = 20
"""So many calls are remembered on one card, the last ones; the history has them all."""
MOST_TEXT = 2000
"""Characters of a matter or a note: a page of a note book."""


class CardKind(Enum):
    """Why there is a card."""

    CALLBACK = "callback promised"
    MESSAGE = "message left"
    ABANDONED = "caller hung up waiting"
    UNANSWERED = "nobody answered"
    INTERRUPTED = "call cut off"
    REFUSED = "could not be put through"
    TASK = "to be done"
    """Written by one of the staff: a call to make, something to find out."""


OF_CALLERS = (CardKind.CALLBACK, CardKind.INTERRUPTED, CardKind.REFUSED, CardKind.ABANDONED, CardKind.UNANSWERED)
"""Cards of somebody who wants to be called back, the most binding first; they are done when that caller is served."""


class State(Enum):
    """Is there still something to do?"""

    OPEN = "open"
    DONE = "done"


class Promise(Enum):
    """How it stands with the time that somebody was given (R26)."""

    NONE = "none"
    GIVEN = "given"
    KEPT = "kept"
    BROKEN = "broken"


class Unit(Enum):
    """In what recurring cards are counted."""

    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A card that comes back `every` so many weeks or months until it is closed for good (R24).

    `day` is the day of the month on which monthly ones fall; in a shorter month it is the last one. Raises
    `ValueError` where that is not from 1 to 31, or `every` not from 1 to 120.
    """

    every: int
    unit: Unit
    day: int = 1

    def __post_init__(self) -> None:
        if not (1 <= self.every <= 120 and 1 <= self.day <= 31):
            raise ValueError("a card comes back every 1 to 120 weeks or months, on a day from 1 to 31")

    def after(self, due: datetime, now: datetime) -> datetime:
        """The first time after `now` that this falls due, counted from `due`, at the same hour on the wall."""
        due, count = due.astimezone(now.tzinfo), 1
        while (moment := self._counted(due, count)).timestamp() <= now.timestamp():
            count += 1
        return moment

    def _counted(self, due: datetime, count: int) -> datetime:
        if self.unit is Unit.WEEKS:
            return due + timedelta(weeks=self.every * count)
        months = due.year * 12 + due.month - 1 + self.every * count
        year, month = divmod(months, 12)
        return due.replace(year=year, month=month + 1, day=min(self.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Card:
    """One promise: whom to call back, on which number, when, and about what. Times are local, with their zone.

    `call` is the number of the call it came from (0: none), `calls` of all that did; `number` may be empty when nothing
    is known, and another than they have `called_from`. `when` is the caller's wish in words; `recording` names a file
    below the home folder, or is empty. `group` is whom the caller wanted: the name of a group, the extension of a
    person, or nobody in particular. `person` is the extension of who keeps the card; where it is empty, anybody of the
    group. `deputy` stands in. `due` is when it is to be done, `None`: at once; `promised` is
    until when somebody was told that it will be. `reason` says why a card that is done is. `reminded` is when its
    present due time was told of. `entries` counts its history.
    """

    call: int
    kind: CardKind
    made: datetime
    number: str
    name: str = ""
    when: str = SOON
    recording: str = ""
    group: str = ""
    id: int = 0
    person: str = ""
    deputy: str = ""
    contact: int = 0
    company: str = ""
    matter: str = ""
    due: datetime | None = None
    promised: datetime | None = None
    promise: Promise = Promise.NONE
    last_contact: datetime | None = None
    repeat: Repeat | None = None
    urgent: bool = False
    called_from: str = ""
    state: State = State.OPEN
    reason: str = ""
    closed: datetime | None = None
    reminded: datetime | None = None
    calls: tuple[int, ...] = ()
    entries: int = 0
    taken_by: str = ""
    """The extension of the colleague who has said that they call; empty: nobody has."""

    @property
    def done(self) -> bool:
        """Is nothing left to do?"""
        return self.state is State.DONE

    @property
    def due_at(self) -> datetime:
        """When it is to be done."""
        return self.due or self.made

    def log_name(self) -> str:
        """The card's name in the log, without name or number of anybody (R36)."""
        return f"card {self.id}"


class Action(Enum):
    """What somebody did about a card."""

    MADE = "made"
    CALLED_AGAIN = "they called again"
    CALLED = "called them"
    NOTED = "noted"
    MOVED = "moved"
    SNOOZED = "put off"
    HANDED = "handed to a colleague"
    TAKEN = "taken"
    PROMISED = "promised a time"
    BROKEN = "the promised time has passed"
    REPEATS = "comes back"
    DONE = "done"
    REOPENED = "opened again"


class Result(Enum):
    """How an attempt to call somebody ended."""

    REACHED = "reached"
    NOT_REACHED = "not reached"
    BUSY = "busy"
    LEFT_WORD = "left word"
    WRONG_NUMBER = "wrong number"


IN_VAIN = (Result.NOT_REACHED, Result.BUSY)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a card's history: entry `number` (from 1) of card `card`.

    `by` is the extension of who did it, empty for the box. `due` is the due time after it, `call` and `recording` are
    those of the call that it came from.
    """

    card: int
    number: int
    at: datetime
    action: Action
    by: str = ""
    text: str = ""
    result: Result | None = None
    due: datetime | None = None
    call: int = 0
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Card `card`, due at `due`, was told of at `at`: once for each due time."""

    card: int
    due: datetime
    at: datetime
