"""The staff: presence, which is told to us, and what we believe they do, which we can only conclude.

After a transfer the box is blind: nobody tells it when a conversation ends. "Anna is talking" is therefore a *belief*
with evidence and an end; when it has lapsed she counts as free, and a busy tone at the next attempt renews it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from appliance.call import TransferResult
from appliance.settings import PersonSettings, WaitingSettings

WISH_S = 60.0
"""How long a colleague who has asked for the next caller is given one before anybody else (R31)."""
WISH_AGAIN_S = 5.0
"""How soon their extension is tried again when it is still busy: they may be slow to put the telephone down."""
HUNG_UP_S = 2.0
"""How long a PBX may need until an extension that has hung up can be rung."""
UNOBTAINABLE_S = 300.0
"""How long an extension that the PBX does not know is left alone: somebody has to correct the settings first."""
PHONES_US = "is on the telephone to us"


class Presence(Enum):
    """Where a person says they are (R15)."""

    IN = "in"
    MEETING = "in a meeting"
    LUNCH = "at lunch"
    """Callers are told of a meeting."""
    AWAY = "away"
    OUT = "logged out"


class Belief(Enum):
    """What we believe a person does."""

    FREE = "free"
    OFFERED = "being offered a call"
    TALKING = "talking"
    NOT_ANSWERING = "not answering"


@dataclass(frozen=True, slots=True)
class Person:
    """One of the staff, as callers hear of them, and how they want to be given calls (see `PersonSettings`)."""

    name: str
    extension: str
    position: str = ""
    deputies: tuple[str, ...] = ()
    protected: bool = False
    assistant: str = ""
    handover: str = ""
    has_pin: bool = False
    """May they use the box from a telephone (R31)?"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with a person at one moment: where they are, until when, and whether a call may be offered now."""

    person: Person
    presence: Presence
    until: datetime | None
    free: bool


@dataclass(slots=True)
class Colleague:
    """A person and what is known and believed of them. `until` and `idle_since` are seconds of the clock."""

    person: Person
    presence: Presence = Presence.IN
    back: datetime | None = None
    """When they said that they are in again."""
    belief: Belief = Belief.FREE
    evidence: str = "nothing heard yet"
    since: datetime | None = None
    until: float = math.inf
    idle_since: float = -math.inf
    busy_in_a_row: int = 0
    wish_until: float = -math.inf
    """Until then they want the next caller, whom they have asked for."""

    def free_at(self, now: float) -> bool:
        """May a call be offered to them now?"""
        return self.presence is Presence.IN and self._idle_at(now)

    def wishes_at(self, now: float) -> bool:
        """Should they be given the next caller now, because they asked for it, wherever they said that they are?"""
        return now <= self.wish_until and self._idle_at(now)

    def _idle_at(self, now: float) -> bool:
        return self.belief is not Belief.OFFERED and (self.belief is Belief.FREE or now >= self.until)

    def standing(self, now: float) -> Standing:
        """How it stands with them at clock time `now`."""
        return Standing(self.person, self.presence, self.back, self.free_at(now))

    def believe(self, belief: Belief, evidence: str, moment: datetime, until: float = math.inf) -> None:
        """Change the belief, with its evidence, from `moment` on and no longer than `until`."""
        self.belief, self.evidence, self.since, self.until = belief, evidence, moment, until


class Staff:
    """Everybody who can be put a caller through to, by extension. `recall_s`: how long the PBX lets one ring there."""

    def __init__(self, people: Iterable[PersonSettings], waiting: WaitingSettings, recall_s: float = 0.0) -> None:
        self._waiting = waiting
        self._recall_s = recall_s
        self._colleagues = {who.extension: Colleague(_person(who)) for who in people}

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

    def set_presence(self, extension: str, presence: Presence, until: datetime | None) -> None:
        """Somebody is in, or away; who said until when is in again then. Logged out they stay until they log in."""
        colleague = self[extension]
        colleague.presence = presence
        colleague.back = until if presence not in (Presence.IN, Presence.OUT) else None

    def come_back(self, moment: datetime) -> list[Colleague]:
        """Whoever should be back at this local `moment` is in again.

        What they said is a time on the wall, so the wall is what counts: neither a clock that was set nor summer time
        makes it another.
        """
        back = [who for who in self._colleagues.values() if who.back and _wall(moment) >= _wall(who.back)]
        for colleague in back:
            colleague.presence, colleague.back = Presence.IN, None
        return back

    def phones_us(self, extension: str, moment: datetime, until: float) -> None:
        """This person talks to the box itself, so nobody is put through to them meanwhile."""
        if self[extension].belief is not Belief.OFFERED:
            self[extension].believe(Belief.TALKING, PHONES_US, moment, until)

    def has_phoned_us(self, extension: str, now: float, moment: datetime) -> None:
        """They have put the telephone down, as far as we know."""
        if self[extension].evidence == PHONES_US:
            self[extension].believe(Belief.TALKING, "has just talked to us", moment, now + HUNG_UP_S)

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
        busy = result in (TransferResult.BUSY, TransferResult.DO_NOT_DISTURB)
        colleague.busy_in_a_row = colleague.busy_in_a_row + 1 if busy else 0
        lasts_s = self._waiting.talk_s + self._waiting.wrap_up_s
        wished = busy and now <= colleague.wish_until
        if not wished:
            colleague.wish_until = -math.inf
        match result:
            case TransferResult.TAKEN | TransferResult.JOINED:
                colleague.believe(Belief.TALKING, f"took call {call}", moment, now + lasts_s)
                colleague.idle_since = now + lasts_s
            case TransferResult.LEFT:
                lasts_s = max(lasts_s, 2 * self._recall_s)  # it may wait for a busy telephone first, then ring there
                colleague.believe(Belief.TALKING, f"call {call} was left there, ringing", moment, now + lasts_s)
                colleague.idle_since = now + lasts_s
            case TransferResult.BUSY | TransferResult.DO_NOT_DISTURB:
                # A long conversation is not interrupted by ever new attempts: each waits twice as long as the last.
                pause_s = min(self._waiting.retry_s * 2 ** (colleague.busy_in_a_row - 1), self._waiting.talk_s)
                pause_s = min(pause_s, WISH_AGAIN_S) if wished else pause_s
                colleague.believe(Belief.TALKING, f"extension said {result.value}", moment, now + pause_s)
            case TransferResult.PASSED_ON:
                colleague.believe(Belief.FREE, f"passed call {call} on", moment)
            case TransferResult.REFUSED | TransferResult.MESSAGE | TransferResult.UNCONFIRMED:
                until = now + self._waiting.retry_s
                colleague.believe(Belief.NOT_ANSWERING, f"did not take call {call}", moment, until)
            case TransferResult.NO_ANSWER | TransferResult.MACHINE:
                until = now + 3 * self._waiting.retry_s
                colleague.believe(Belief.NOT_ANSWERING, f"extension: {result.value}", moment, until)
            case TransferResult.UNOBTAINABLE:
                evidence = "the PBX does not know this extension"
                colleague.believe(Belief.NOT_ANSWERING, evidence, moment, now + UNOBTAINABLE_S)
            case (
                TransferResult.NO_DIAL_TONE
                | TransferResult.FLASH_TOO_LONG
                | TransferResult.CALLER_GONE
                | TransferResult.NOT_JOINED
            ):
                colleague.believe(Belief.FREE, "extension was not reached", moment)

    def came_back(self, extension: str, call: int, now: float, moment: datetime) -> None:
        """Nobody there has answered the call that was left ringing: it is back. An offer of another one goes on."""
        if self[extension].belief is Belief.OFFERED:
            return
        self[extension].believe(Belief.NOT_ANSWERING, f"call {call} came back", moment, now + 3 * self._waiting.retry_s)

    def next_change(self, now: float, moment: Callable[[], datetime]) -> float:
        """When (in seconds of the clock, which shows `now`) somebody is believed to become free, or should be back.

        `moment` tells the time on the wall; it is asked only if somebody has said when they are back.
        """
        soonest = math.inf
        for who in self._colleagues.values():
            if now < who.until < soonest:
                soonest = who.until
            if who.back is not None:
                soonest = min(soonest, now + max(0.0, (_wall(who.back) - _wall(moment())).total_seconds()))
        return soonest


def _person(who: PersonSettings) -> Person:
    return Person(
        who.name,
        who.extension,
        who.position,
        who.deputies,
        who.protected,
        who.assistant,
        who.handover,
        has_pin=bool(who.pin),
    )


def _wall(moment: datetime) -> datetime:
    """What the clock on the wall shows then."""
    return moment.replace(tzinfo=None)
