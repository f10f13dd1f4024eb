"""What somebody does with a card, at the page or by telephone: one command for each action (R24, R26).

`by` is the extension of who does it. Of a card that is not open, or not there, a command changes nothing, but for
`ReopenCard`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.cards import Repeat, Result


@dataclass(frozen=True, slots=True)
class CardCommand:
    """Something is done about card number `card`."""

    card: int
    by: str


@dataclass(frozen=True, slots=True)
class CallResult(CardCommand):
    """They were called; not reached and busy move the card to the next working day."""

    result: Result
    text: str = ""


@dataclass(frozen=True, slots=True)
class CardDone(CardCommand):
    """Nothing is left to do, for this reason. A recurring card comes back, unless it is done `for_good`."""

    reason: str = "done"
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class SnoozeCard(CardCommand):
    """Later: in so many seconds, from 60 to ten years."""

    seconds: float


@dataclass(frozen=True, slots=True)
class MoveCard(CardCommand):
    """Behind another divider: due at another moment (local, with its zone)."""

    due: datetime


@dataclass(frozen=True, slots=True)
class TakeCard(CardCommand):
    """Whoever does this sees to it."""


@dataclass(frozen=True, slots=True)
class HandCard(CardCommand):
    """A colleague, at extension `to`, sees to it from now on."""

    to: str


@dataclass(frozen=True, slots=True)
class NoteCard(CardCommand):
    """Something to be remembered about it."""

    text: str


@dataclass(frozen=True, slots=True)
class RepeatCard(CardCommand):
    """It comes back again and again; with `None` no longer."""

    repeat: Repeat | None


@dataclass(frozen=True, slots=True)
class ReopenCard(CardCommand):
    """It was not done after all."""


@dataclass(frozen=True, slots=True)
class PromiseBy(CardCommand):
    """They were told that it will be done within so many minutes, from 1 to 10,000 (R26)."""

    minutes: float


@dataclass(frozen=True, slots=True)
class NewCard:
    """Somebody writes a card: whom to call about what, and when; `due` `None`: now.

    `person` is the extension of who is to see to it; empty: whoever writes it. "I will find out within forty minutes"
    is a card with `promise_min` 40.
    """

    by: str
    number: str = ""
    name: str = ""
    company: str = ""
    matter: str = ""
    person: str = ""
    deputy: str = ""
    contact: int = 0
    due: datetime | None = None
    promise_min: float = 0.0
    repeat: Repeat | None = None
