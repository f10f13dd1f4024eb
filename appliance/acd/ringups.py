"""Reminders by telephone: cards that wait until a line and the colleague are free (R25).

Whoever wants to be rung up is told of their cards in one call, in which they say what becomes of each. The rules:

* never while a caller waits in the queue, and so many lines stay free for callers as for callbacks;
* never a colleague who is talking, is being offered a call, or is not in; none is rung for two things at once;
* who does not answer is rung again a little later, a few times; then the card is on the board, and in the notice.

What is done about a card is done as if they had done it on the page.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from appliance.acd.callbacks import Errand
from appliance.acd.decision import ANSWERED_AFTER_S
from appliance.acd.staff import Colleague, Person, Staff
from appliance.call import Call, CallerId, Outcome, Presentation
from appliance.cardbox import CardBox
from appliance.cardcommands import CallResult, CardDone, SnoozeCard, TakeCard
from appliance.cards import Card, Result
from appliance.clock import Clock
from appliance.reminderacts import AskCard, AskErrand, Reminded, ReminderAct, ReportReminder
from appliance.settings import Settings
from appliance.signals.countries import country
from appliance.toll import TollRule, callback_digits

log = logging.getLogger(__name__)

LATER_S = 1800.0
"""What "later" means."""
AGAIN_S = 300.0
"""When to ring again who did not answer, or was not free; and when to use a line again that gave no dial tone."""
MOST_TRIES = 3
MOST_CARDS = 5
"""So many are read in one call; nobody listens to more."""
MOST_WAITING = 200


@dataclass(slots=True)
class _Wanted:
    """A card of which somebody is to be rung up; `call` is the box's own call in which they are."""

    card: int
    to: str
    not_before: float = -math.inf
    tries: int = 0
    call: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The cards that are to be read to one colleague, by number, each with the errand of connecting them."""

    cards: tuple[tuple[int, Errand], ...]

    @property
    def errand(self) -> Errand:
        """The first; all of them are for the same colleague."""
        return self.cards[0][1]


@dataclass(frozen=True, slots=True)
class Turn:
    """Ring this colleague on this line, now."""

    colleague: Colleague
    line: str
    cards: tuple[Card, ...]


class RingUps:
    """All reminders by telephone that are to be made. Moments are seconds of the clock."""

    def __init__(self, settings: Settings, staff: Staff, cards: CardBox, toll: TollRule, clock: Clock) -> None:
        self._staff = staff
        self._cards = cards
        self._clock = clock
        self._wanted: list[_Wanted] = []
        self._no_line_until: dict[str, float] = {}
        self.take_up(settings, toll)

    def take_up(self, settings: Settings, toll: TollRule) -> None:
        """Go on with other settings."""
        self._settings, self._toll = settings, toll
        self._rung = {person.extension for person in settings.people if person.ring_up}
        ringback = country(settings.country).ringback.cadence
        self._ringback_over_s = max(off_ms for _, off_ms in ringback) / 1000 + ANSWERED_AFTER_S

    # ------------------------------------------------------------ what is wanted

    def want(self, to: str, cards: Iterable[int]) -> None:
        """The person at extension `to` is reminded of these cards: ring them up, if they want that."""
        if to not in self._rung or not self._staff.knows(to):
            return
        waiting = {(one.card, one.to) for one in self._wanted}
        new = [_Wanted(card, to) for card in cards if (card, to) not in waiting]
        self._wanted += new[: max(0, MOST_WAITING - len(self._wanted))]

    @property
    def any(self) -> bool:
        """Is anybody to be rung up?"""
        return bool(self._wanted)

    def next(self, idle: Sequence[str], waiting: int) -> Turn | None:
        """Whom to ring up now, on one of the `idle` lines, while so many callers are `waiting`; `None`: nobody."""
        now = self._clock.now()
        line = self._line(idle, now)
        if waiting or line is None:
            return None
        self._wanted = [one for one in self._wanted if one.call is not None or self._is_due(one.card)]
        for one in self._wanted:
            if one.call is not None or now < one.not_before or not self._staff.knows(one.to):
                continue
            colleague = self._staff[one.to]
            if not colleague.free_at(now) or any(other.call is not None for other in self._of(one.to)):
                continue
            cards = [card for other in self._of(one.to) if (card := self._cards.get(other.card)) is not None]
            return Turn(colleague, line, tuple(cards[:MOST_CARDS]))
        return None

    def _line(self, idle: Sequence[str], now: float) -> str | None:
        """The last idle line, for callers ring the first; none if those that are left are for the callers."""
        keep = min(self._settings.callbacks.keep_free, len(self._settings.lines) - 1)
        usable = [line for line in idle if now >= self._no_line_until.get(line, -math.inf)]
        return usable[-1] if usable and len(idle) > keep else None

    def _is_due(self, number: int) -> bool:
        card = self._cards.get(number)
        return card is not None and card.due_at.timestamp() <= self._clock.today().timestamp()

    def _of(self, to: str) -> list[_Wanted]:
        return [one for one in self._wanted if one.to == to]

    def next_change(self, now: float) -> float:
        """When somebody is to be rung again."""
        moments = [one.not_before for one in self._wanted if one.call is None]
        moments += self._no_line_until.values() if moments else ()
        return min((moment for moment in moments if moment > now), default=math.inf)

    # ------------------------------------------------------------ a call

    def begin(self, turn: Turn, call: Call) -> Reading:
        """The box rings them up, in its own `call`."""
        person, numbers = turn.colleague.person, {card.id for card in turn.cards}
        call.caller_id = CallerId(turn.cards[0].number, turn.cards[0].name, Presentation.SHOWN)
        for one in self._of(person.extension):
            if one.card in numbers:
                one.call = call.number
        log.info("%s: on %s, a reminder of %d card(s)", call.log_name(), call.line, len(numbers))
        return Reading(tuple((card.id, self.errand(person, card)) for card in turn.cards))

    def errand(self, person: Person, card: Card) -> Errand:
        """How `person` is connected with whoever this card is about."""
        digits = callback_digits(card.number, self._settings, self._toll) if card.number else ""
        return Errand(
            person=person,
            number=card.number,
            name=card.name,
            matter="",
            waited_s=0.0,
            digits=digits,
            pbx=self._settings.pbx,
            handover=self._settings.handover,
            ringback_over_s=self._ringback_over_s,
        )

    def answer(self, call: Call, act: ReminderAct[Any], callers: Collection[str]) -> Any:
        """Answer one act of the script; `callers` are the numbers of those who are calling us now."""
        match act:
            case AskCard(number):
                card = self._cards.get(number)
                return None if card is None or (card.number and card.number in callers) else card
            case ReportReminder(number, result):
                self._done(call, number, result)
            case AskErrand(number, extension):
                card = self._cards.get(number)
                return self.errand(self._staff[extension].person, card) if card is not None and card.number else None
            case _:
                raise TypeError(f"the office does not know the act {act!r}")
        return None

    def _done(self, call: Call, number: int, result: Reminded) -> None:
        if result is Reminded.NO_LINE:
            self._no_line_until[call.line] = self._clock.now() + AGAIN_S
        own = next((one for one in self._wanted if one.card == number and one.call == call.number), None)
        if own is None or result in (Reminded.NO_LINE, Reminded.NOT_HEARD):
            return  # what was not heard is tried again when the call is over
        self._wanted.remove(own)
        match result:
            case Reminded.DONE:
                self._cards.obey(CardDone(number, own.to))
            case Reminded.LATER:
                self._cards.obey(SnoozeCard(number, own.to, LATER_S))
            case Reminded.CONNECTED:
                self._cards.obey(CallResult(number, own.to, Result.REACHED))
                self._cards.obey(CardDone(number, own.to, "connected by telephone"))
            case Reminded.NOT_REACHED:
                self._cards.obey(CallResult(number, own.to, Result.NOT_REACHED))
            case Reminded.CALLS:
                self._cards.obey(TakeCard(number, own.to))

    def call_over(self, call: Call, outcome: Outcome) -> None:
        """A call of the box's own has ended: what was not heard in it is tried again, a few times."""
        for one in [one for one in self._wanted if one.call == call.number]:
            one.call, one.not_before = None, self._clock.now() + AGAIN_S
            one.tries += outcome is not Outcome.GAVE_WAY
            if one.tries >= MOST_TRIES:
                self._wanted.remove(one)
