"""The staff: presence, which is told to us, and what we believe they do, which we can only conclude.

After a transfer the box is blind: nobody tells it when a conversation ends. "Anna is talking" is therefore a *belief*
with evidence and an end; when it has lapsed she counts as free, and a busy tone at the next attempt renews it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from appliance.call import TransferAttempt, TransferResult
from appliance.faults import Fault
from appliance.settings import PersonSettings, WaitingSettings

MOST_DOUBLED = 12
"""So often the pause before the next attempt grows at most; by then it is longer than any conversation."""
LEAST_LEVEL = 1
"""How good somebody is at what nothing is said of."""
LOAD_HALVES_S = 1200.0
"""A call of twenty minutes ago weighs half as much as one of now, when the best of several people is chosen."""
REST_S = 900.0
"""How long somebody is left alone who does not answer, and has no PIN to log in again by telephone."""
WISH_S = 60.0
"""How long a colleague who has asked for the next caller is given one before anybody else (R31)."""
WISH_AGAIN_S = 5.0
"""How soon their extension is tried again when it is still busy: they may be slow to put the telephone down."""
HUNG_UP_S = 2.0
"""How long a PBX may need until an extension that has hung up can be rung."""
UNOBTAINABLE_S = 300.0
"""How long an extension that the PBX does not know is left alone: somebody has to correct the settings first."""
TAKEN = (TransferResult.TAKEN, TransferResult.JOINED)
NOT_REACHED = (
    TransferResult.NO_DIAL_TONE,
    TransferResult.FLASH_TOO_LONG,
    TransferResult.CALLER_GONE,
    TransferResult.NOT_JOINED,
)
"""After these nothing is known of the extension."""
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
    skills: tuple[tuple[str, int], ...] = ()
    languages: tuple[str, ...] = ()

    def level(self, skill: str) -> int:
        """How good they are at it, from 1 (where nothing is said of it) to 9."""
        return dict(self.skills).get(skill, LEAST_LEVEL)


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
    unanswered_in_a_row: int = 0
    logged_out_after: int = 0
    """After so many unanswered calls they were logged out; 0: they were not."""
    rests_until: datetime | None = None
    """When somebody who was logged out because they did not answer, and cannot log in by telephone, is in again."""
    calls_today: int = 0
    weight: float = 0.0
    weighed_at: float = -math.inf
    """See `load`."""
    wish_until: float = -math.inf
    """Until then they want the next caller, whom they have asked for."""

    def load(self, now: float) -> float:
        """How many calls they took lately; each weighs half as much after every `LOAD_HALVES_S`."""
        return self.weight * math.pow(0.5, (now - self.weighed_at) / LOAD_HALVES_S)

    def took_a_call(self, now: float) -> None:
        """They have been given a caller."""
        self.calls_today += 1
        self.weight, self.weighed_at = self.load(now) + 1.0, now

    def free_at(self, now: float) -> bool:
        """May a call be offered to them now?"""
        return self.presence is Presence.IN and self.idle_at(now)

    def wishes_at(self, now: float) -> bool:
        """Should they be given the next caller now, because they asked for it, wherever they said that they are?"""
        return now <= self.wish_until and self.idle_at(now)

    def idle_at(self, now: float) -> bool:
        """Do they do nothing at this moment, as far as we believe?"""
        return self.belief is not Belief.OFFERED and (self.belief is Belief.FREE or now >= self.until)

    @property
    def in_again(self) -> datetime | None:
        """When they are in again without saying so; `None`: they are in, or nobody knows."""
        return self.back or self.rests_until

    def standing(self, now: float) -> Standing:
        """How it stands with them at clock time `now`."""
        return Standing(self.person, self.presence, self.back, self.free_at(now))

    def believe(self, belief: Belief, evidence: str, moment: datetime, until: float = math.inf) -> None:
        """Change the belief, with its evidence, from `moment` on and no longer than `until`."""
        self.belief, self.evidence, self.since, self.until = belief, evidence, moment, until


class Staff:
    """Everybody who can be put a caller through to, by extension. `recall_s`: how long the PBX lets one ring there."""

    def __init__(self, people: Iterable[PersonSettings], waiting: WaitingSettings, recall_s: float = 0.0) -> None:
        self._day = date.min
        self._colleagues: dict[str, Colleague] = {}
        self.take_up(people, waiting, recall_s)

    def take_up(self, people: Iterable[PersonSettings], waiting: WaitingSettings, recall_s: float = 0.0) -> None:
        """Other settings: what is known and believed of an extension stays, whoever sits there now."""
        self._waiting = waiting
        self._recall_s = recall_s
        before, self._colleagues = self._colleagues, {}
        for who in people:
            person = person_of(who)
            colleague = self._colleagues[person.extension] = before.get(person.extension) or Colleague(person)
            colleague.person = person

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

    def anybody_idle(self, now: float) -> bool:
        """Is there somebody who does nothing at this moment, as far as we believe, wherever they are?"""
        return any(who.idle_at(now) for who in self._colleagues.values())

    def set_presence(self, extension: str, presence: Presence, until: datetime | None) -> None:
        """Somebody is in, or away; who said until when is in again then. Logged out they stay until they log in."""
        colleague = self[extension]
        colleague.presence, colleague.unanswered_in_a_row = presence, 0
        colleague.logged_out_after, colleague.rests_until = 0, None
        colleague.back = until if presence not in (Presence.IN, Presence.OUT) else None

    def log_out_unanswered(self, extension: str, moment: datetime) -> bool:
        """Log somebody out at local `moment` who has not answered so many calls in a row as the settings say (R8).

        Who has no PIN to log in again by telephone is in again after `REST_S`. `False`: there is no reason to.
        """
        colleague, most = self[extension], self._waiting.log_out_after
        if not most or colleague.unanswered_in_a_row < most or colleague.presence is not Presence.IN:
            return False
        self.set_presence(extension, Presence.OUT, None)
        colleague.logged_out_after = most
        if not colleague.person.has_pin:
            colleague.rests_until = moment + timedelta(seconds=REST_S)
        return True

    def faults(self) -> Iterator[Fault]:
        """Who is logged out because they did not answer: somebody should look after that."""
        for who in self._colleagues.values():
            if who.logged_out_after:
                name, about = who.person.name, f"extension {who.person.extension}"
                problem = f"{name} did not answer {who.logged_out_after} calls in a row, and is logged out"
                advice = f"Ask {name} to log in again by telephone."
                if who.rests_until is not None:
                    advice = f"See whether {name} is there; at {who.rests_until:%H:%M} callers are put through again."
                yield Fault(about, problem, advice)

    def come_back(self, moment: datetime) -> list[Colleague]:
        """Whoever should be back at this local `moment` is in again.

        What they said is a time on the wall, so the wall is what counts: neither a clock that was set nor summer time
        makes it another. A new day begins with no calls taken.
        """
        if moment.date() != self._day:
            self._day = moment.date()
            for colleague in self._colleagues.values():
                colleague.calls_today = 0
        back = [who for who in self._colleagues.values() if (at := who.in_again) and _wall(moment) >= _wall(at)]
        for colleague in back:
            self.set_presence(colleague.person.extension, Presence.IN, None)
        return back

    def have_taken(self, attempts: Iterable[TransferAttempt]) -> None:
        """Count the calls that were taken today before the program was started again."""
        for attempt in attempts:
            if attempt.result in TAKEN and self.knows(attempt.extension) and attempt.at.date() == self._day:
                self[attempt.extension].calls_today += 1

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
        if result in (TransferResult.NO_ANSWER, TransferResult.MACHINE):
            colleague.unanswered_in_a_row += 1
        elif result not in NOT_REACHED:
            colleague.unanswered_in_a_row = 0
        wished = busy and now <= colleague.wish_until
        if not wished:
            colleague.wish_until = -math.inf
        match result:
            case TransferResult.TAKEN | TransferResult.JOINED:
                colleague.believe(Belief.TALKING, f"took call {call}", moment, now + lasts_s)
                colleague.idle_since = now + lasts_s
                colleague.took_a_call(now)
            case TransferResult.LEFT:
                lasts_s = max(lasts_s, 2 * self._recall_s)  # it may wait for a busy telephone first, then ring there
                colleague.believe(Belief.TALKING, f"call {call} was left there, ringing", moment, now + lasts_s)
                colleague.idle_since = now + lasts_s
            case TransferResult.BUSY | TransferResult.DO_NOT_DISTURB:
                # A long conversation is not interrupted by ever new attempts: each waits twice as long as the last.
                doubled = min(colleague.busy_in_a_row - 1, MOST_DOUBLED)
                pause_s = min(self._waiting.retry_s * 2**doubled, WISH_AGAIN_S if wished else self._waiting.talk_s)
                colleague.believe(Belief.TALKING, f"extension said {result.value}", moment, now + pause_s)
            case TransferResult.PASSED_ON:
                colleague.believe(Belief.FREE, f"passed call {call} on", moment)
            case TransferResult.SETTLED | TransferResult.NOT_REACHED:
                until = now + HUNG_UP_S + self._waiting.wrap_up_s
                colleague.believe(Belief.TALKING, f"was told of the callback of call {call}", moment, until)
            case TransferResult.REFUSED | TransferResult.MESSAGE | TransferResult.UNCONFIRMED:
                until = now + self._waiting.retry_s
                colleague.believe(Belief.NOT_ANSWERING, f"did not take call {call}", moment, until)
            case TransferResult.NO_ANSWER | TransferResult.MACHINE:
                until = now + 3 * self._waiting.retry_s
                colleague.believe(Belief.NOT_ANSWERING, f"extension: {result.value}", moment, until)
            case TransferResult.UNOBTAINABLE:
                evidence = "the PBX does not know this extension"
                colleague.believe(Belief.NOT_ANSWERING, evidence, moment, now + UNOBTAINABLE_S)
            case _ if result in NOT_REACHED:
                colleague.believe(Belief.FREE, "extension was not reached", moment)

    def came_back(self, extension: str, call: int, now: float, moment: datetime) -> None:
        """Nobody there has answered the call that was left ringing: it is back. An offer of another one goes on."""
        self[extension].unanswered_in_a_row += 1
        if self[extension].belief is Belief.OFFERED:
            return
        self[extension].believe(Belief.NOT_ANSWERING, f"call {call} came back", moment, now + 3 * self._waiting.retry_s)

    def has_hung_up(self, extension: str, now: float, moment: datetime) -> None:
        """Their conversation is known to be over: what is left is the wrap-up."""
        colleague = self[extension]
        if colleague.belief is Belief.TALKING:
            colleague.idle_since = now + self._waiting.wrap_up_s
            colleague.believe(Belief.TALKING, "has hung up", moment, colleague.idle_since)

    def next_change(self, now: float, moment: Callable[[], datetime]) -> float:
        """When (in seconds of the clock, which shows `now`) somebody is believed to become free, or should be back.

        `moment` tells the time on the wall; it is asked only if somebody has said when they are back.
        """
        soonest = math.inf
        for who in self._colleagues.values():
            if now < who.until < soonest:
                soonest = who.until
            if (at := who.back or who.rests_until) is not None:
                soonest = min(soonest, now + max(0.0, (_wall(at) - _wall(moment())).total_seconds()))
        return soonest


def person_of(who: PersonSettings) -> Person:
    """One of the staff, by their settings; whoever has reception ask for names in their form is protected (R27)."""
    return Person(
        who.name,
        who.extension,
        who.position,
        who.deputies,
        who.protected or "name" in who.form.may_ask,
        who.assistant,
        who.handover,
        has_pin=bool(who.pin),
        skills=tuple((skill[:-2], int(skill[-1])) for skill in who.skills),
        languages=who.languages,
    )


def _wall(moment: datetime) -> datetime:
    """What the clock on the wall shows then."""
    return moment.replace(tzinfo=None)
