"""What the script of a reminder by telephone asks of the office (R25); see `appliance.acts`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from appliance.acd.callbacks import Errand
from appliance.acts import OfficeAct
from appliance.cards import Card

R = TypeVar("R", covariant=True)


class Reminded(Enum):
    """What a colleague has made of one card that was read to them."""

    DONE = "done"
    LATER = "later"
    CONNECTED = "connected with them"
    CALLS = "calls them"
    NOT_REACHED = "busy, or no answer"
    NOT_HEARD = "the colleague was not reached"
    NO_LINE = "no line"


class ReminderAct(OfficeAct[R]):
    """Answered by `appliance.acd.ringups`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class AskCard(ReminderAct[Card | None]):
    """The card as it is now; `None`: nobody needs to see to it any more."""

    card: int


@dataclass(frozen=True, slots=True)
class ReportReminder(ReminderAct[None]):
    """What became of the reminder of this card."""

    card: int
    result: Reminded


@dataclass(frozen=True, slots=True)
class AskErrand(ReminderAct[Errand | None]):
    """How the colleague at `extension` is connected with whoever this card is about; `None`: their number is not known,
    or nobody needs to see to it any more.
    """

    card: int
    extension: str
