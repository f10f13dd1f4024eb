"""What the script that takes a callback asks of the office (R21); see `appliance.acts`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TypeVar

from appliance.acts import OfficeAct
from appliance.duetimes import Agreed, Wish
from appliance.numbers import Number

R = TypeVar("R", covariant=True)


class CardAct(OfficeAct[R]):
    """Answered by `appliance.filing`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class CheckNumber(CardAct[Number]):
    """What number is this, in the country of the office?"""

    keyed: str


@dataclass(frozen=True, slots=True)
class AskTime(CardAct[Agreed | None]):
    """What this wish comes to now; `None`: nobody could call then. `hour` is the one they have keyed in."""

    wish: Wish
    hour: time | None = None
