"""A card: one promise to one caller, until it is kept (R22, R24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class CardKind(Enum):
    """Why there is a card."""

    CALLBACK = "callback promised"
    MESSAGE = "message left"
    ABANDONED = "caller hung up waiting"
    UNANSWERED = "nobody answered"
    INTERRUPTED = "call cut off"


@dataclass(frozen=True, slots=True)
class Card:
    """One promise: whom to call back, on which number, when, and about what.

    `call` is the number of the call it came from; `number` may be empty when nothing is known. `when` is the caller's
    wish in words; `recording` names a file below the home folder, or is empty. `group` is whom the caller wanted: the
    name of a group, the extension of a person, or nobody in particular.
    """

    call: int
    kind: CardKind
    made: datetime
    number: str
    name: str = ""
    when: str = "as soon as possible"
    recording: str = ""
    done: bool = False
    group: str = ""
    taken_by: str = ""
    """The extension of the colleague who has said that they call; empty: nobody has."""
