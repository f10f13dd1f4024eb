"""The staff: presence, which is told to us, and what we believe they do, which we can only conclude.

After a transfer the box is blind: nobody tells it when a conversation ends. "Anna is talking" is therefore a *belief*
with evidence and an end; when it has lapsed she counts as free, and a busy tone at the next attempt renews it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from appliance.call import TransferResult
from appliance.settings import PersonSettings, WaitingSettings

UNOBTAINABLE_S = 300.0
"""How long an extension that the PBX does not know is left alone: somebody has to correct the settings first."""


class Presence(Enum):
    """Where a person says they are (R15)."""

    IN = "in"
    AWAY = "away"


class Belief(Enum):
    """What we believe a person does."""

    FREE = "free"
    OFFERED = "being offered a call"
    TALKING = "talking"
    NOT_ANSWERING = "not answering"


@dataclass(frozen=True, slots=True)
class Person:
    """One of the staff, as callers hear of them."""

    name: str
    extension: str
    position: str = ""


@dataclass(slots=True)
class Colleague:
    """A person and what is known and believed of them. `until` and `idle_since` are seconds of the clock."""

    person: Person
    presence: Presence = Presence.IN
    belief: Belief = Belief.FREE
    evidence: str = "nothing heard yet"
    since: datetime | None = None
    until: float = math.inf
    idle_since: float = -math.inf
    busy_in_a_row: int = 0

    def free_at(self, now: float) -> bool:
        """May a call be offered to them now?"""
        if self.presence is not Presence.IN or self.belief is Belief.OFFERED:
            return False
        return self.belief is Belief.FREE or now >= self.until

    def believe(self, belief: Belief, evidence: str, moment: datetime, until: float = math.inf) -> None:
        """Change the belief, with its evidence, from `moment` on and no longer than `until`."""
        self.belief, self.evidence, self.since, self.until = belief, evidence, moment, until


class Staff:
    """Everybody who can be put a caller through to, by extension."""

    def __init__(self, people: Iterable[PersonSettings], waiting: WaitingSettings) -> None:
        self._waiting = waiting
        self._colleagues = {who.extension: Colleague(Person(who.name, who.extension, who.position)) for who in people}

    def __getitem__(self, extension: str) -> Colleague:
        return self._colleagues[extension]

    def knows(self, extension: str) -> bool:
        """Is this one of the staff?"""
        return extension in self._colleagues

    def everybody(self) -> tuple[Colleague, ...]:
        """All colleagues, in the order of the settings."""
        return tuple(self._colleagues.values())

    def of(self, extensions: Iterable[str]) -> list[Colleague]:
        """The colleagues at these extensions, in that order."""
        return [self._colleagues[extension] for extension in extensions if extension in self._colleagues]

    def offer(self, extension: str, call: int, moment: datetime) -> None:
        """From now on nobody else is offered this person (R8)."""
        self[extension].believe(Belief.OFFERED, f"offered call {call}", moment)

    def withdraw(self, extension: str, moment: datetime) -> None:
        """The offer came to nothing before the extension was tried."""
        if self[extension].belief is Belief.OFFERED:
            self[extension].believe(Belief.FREE, "offer withdrawn", moment)

    def tried(self, extension: str, result: TransferResult, call: int, now: float, moment: datetime) -> None:
        """Learn from how an attempt to put a caller through ended."""
        colleague = self[extension]
        colleague.busy_in_a_row = colleague.busy_in_a_row + 1 if result is TransferResult.BUSY else 0
        match result:
            case TransferResult.TAKEN:
                lasts_s = self._waiting.talk_s + self._waiting.wrap_up_s
                colleague.believe(Belief.TALKING, f"took call {call}", moment, now + lasts_s)
                colleague.idle_since = now + lasts_s
            case TransferResult.BUSY:
                # A long conversation is not interrupted by ever new attempts: each waits twice as long as the last.
                pause_s = min(self._waiting.retry_s * 2 ** (colleague.busy_in_a_row - 1), self._waiting.talk_s)
                colleague.believe(Belief.TALKING, "extension was busy", moment, now + pause_s)
            case TransferResult.NO_ANSWER:
                until = now + 3 * self._waiting.retry_s
                colleague.believe(Belief.NOT_ANSWERING, "did not answer", moment, until)
            case TransferResult.UNOBTAINABLE:
                evidence = "the PBX does not know this extension"
                colleague.believe(Belief.NOT_ANSWERING, evidence, moment, now + UNOBTAINABLE_S)
            case TransferResult.NO_DIAL_TONE | TransferResult.CALLER_GONE:
                colleague.believe(Belief.FREE, "extension was not reached", moment)

    def next_lapse(self, now: float) -> float:
        """The next moment at which somebody is believed to become free again, or infinity."""
        return min((who.until for who in self._colleagues.values() if who.until > now), default=math.inf)
