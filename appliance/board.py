"""The Board: a frozen picture of the office at one moment. Web pages read it, nobody changes it (R28)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.call import CallerId, CallRecord
from appliance.cards import Card
from appliance.faults import Fault
from appliance.tickler import NO_CARDS, CardCounts


@dataclass(frozen=True, slots=True)
class LineView:
    """One line: `state` is "free", "in a call", "cannot answer" or "out of order"; `doing` says what it is about."""

    name: str
    state: str
    call: int | None = None
    caller_id: CallerId | None = None
    doing: str = ""
    since: datetime | None = None
    sound_lost: int = 0
    """How many times sound was lost on its way in the calls since the program was started."""
    greeting: str = ""
    """Who recorded the greeting of this line; empty where the box speaks it."""


@dataclass(frozen=True, slots=True)
class WaitingView:
    """One caller in the queue."""

    place: int
    call: int
    line: str
    group: str
    caller_id: CallerId
    since: datetime


@dataclass(frozen=True, slots=True)
class PersonView:
    """One of the staff. `belief` is what we believe they do, with its evidence, since `since`."""

    name: str
    extension: str
    position: str
    presence: str
    belief: str
    since: datetime | None = None
    until: datetime | None = None
    """When they said that they are in again."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything a page shows. `version` grows by one with every change, the last of which was made `at`."""

    version: int
    at: datetime
    company: str
    open: bool
    lines: tuple[LineView, ...]
    waiting: tuple[WaitingView, ...]
    staff: tuple[PersonView, ...]
    calls: tuple[CallRecord, ...]
    cards: tuple[Card, ...]
    """Open cards: what is due first, the most urgent of it first (R24)."""
    faults: tuple[Fault, ...]
    card_counts: CardCounts = NO_CARDS
