"""A conference inside the mini-PBX: everybody in it hears the others.

It is a leg like any other: it can be held, rung for, and joined with another leg, which then is one more in it. Its
members go on talking while somebody holds it.
"""

from __future__ import annotations

from appliance.call import CallerId
from hardware.simulated.legs import Leg, Trunk, Where
from hardware.simulated.loop import BLOCK, Samples
from hardware.simulated.pbxport import Port
from hardware.simulated.sounds import SILENCE


class Conference(Leg):
    """Its `members` are in the order in which they came."""

    def __init__(self) -> None:
        self.members: list[Leg] = []
        self.caller_id = CallerId()
        """That of the outside caller who came first."""

    def add(self, leg: Leg) -> None:
        """One more."""
        if isinstance(leg, Trunk) and not any(isinstance(member, Trunk) for member in self.members):
            self.caller_id = leg.caller_id
        self.members.append(leg)
        leg.peer, leg.hears = self, _Others(self, leg)

    def remove(self, leg: Leg) -> None:
        """One less."""
        self.members.remove(leg)
        leg.peer = leg.hears = None

    def pull(self, count: int) -> Samples:
        return self.said_by(self.members)

    def moved(self, where: Where, extension: str, at: float) -> None:
        """Its members stay where they are: in the conference."""

    @staticmethod
    def said_by(legs: list[Leg]) -> Samples:
        """All of them at once."""
        return sum((leg.pull(BLOCK) for leg in legs), SILENCE)

    def tell(self, at: float) -> None:
        """Write into the diaries who is in it; so is whoever holds it."""
        ports = [*self.members, self.held_by]
        extensions = "+".join(leg.extension for leg in ports if isinstance(leg, Port))
        for leg in self.members:
            leg.moved(Where.CONFERENCE, extensions, at)


class _Others:
    """What one member hears."""

    def __init__(self, conference: Conference, listener: Leg) -> None:
        self._conference = conference
        self._listener = listener

    def pull(self, count: int) -> Samples:
        return self._conference.said_by([leg for leg in self._conference.members if leg is not self._listener])
