"""What the script for colleagues who call the box asks of the office (R31); see `appliance.acts`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from appliance.acd.staff import Presence
from appliance.acts import OfficeAct
from appliance.call import CallerId
from appliance.cardcommands import CardCommand
from appliance.cards import Card
from appliance.pin import PinVerdict

R = TypeVar("R", covariant=True)


class StaffAct(OfficeAct[R]):
    """Answered by `appliance.acd.byphone`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class CheckPin(StaffAct[PinVerdict]):
    """Is this the PIN of the person at `extension`? After `RIGHT` the call is theirs."""

    extension: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TellPresence(StaffAct[None]):
    """Where the person at `extension` is from now on, perhaps until a moment (local time)."""

    extension: str
    presence: Presence
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class InLine:
    """Who waits: how many, how long the longest of them has waited, and who comes first."""

    count: int
    longest_s: float
    first: CallerId


@dataclass(frozen=True, slots=True)
class WhoWaits(StaffAct[InLine | None]):
    """The callers who wait, those for the groups of `extension` first; `None` when there are none."""

    extension: str


@dataclass(frozen=True, slots=True)
class WantNext(StaffAct[bool]):
    """Whose call this is wants the next caller as soon as it is over. `False`: nobody waits."""


@dataclass(frozen=True, slots=True)
class AskGreeting(StaffAct[str]):
    """The recording that greets callers on this line at present; empty: the box speaks."""


@dataclass(frozen=True, slots=True)
class KeepGreeting(StaffAct[None]):
    """From now on the greeting on this line is `recording`; empty: it is spoken by the box. `by` is who says so."""

    recording: str
    by: str


@dataclass(frozen=True, slots=True)
class ForgetRecording(StaffAct[None]):
    """This recording is not wanted."""

    recording: str


@dataclass(frozen=True, slots=True)
class AskMessages(StaffAct[tuple[Card, ...]]):
    """The messages left for `extension`, for a group of theirs, or for nobody in particular; the oldest first."""

    extension: str


@dataclass(frozen=True, slots=True)
class AskCards(StaffAct[tuple[Card, ...]]):
    """What `extension` has to see to now, the most urgent first."""

    extension: str


@dataclass(frozen=True, slots=True)
class ActOnCard(StaffAct["Card | None"]):
    """Do something about a card; the card as it is then, `None`: it could not be done, as for one closed meanwhile."""

    command: CardCommand
