"""From calls to cards: whoever was not served has one, and whoever has reached somebody needs none any more (R23)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from appliance.acd.staff import Staff
from appliance.acts import MakeCard
from appliance.call import Call, Outcome, TransferResult
from appliance.cardacts import AskTime, CardAct, CheckNumber
from appliance.cardbox import CardBox
from appliance.cards import Card, CardKind
from appliance.clock import Clock
from appliance.duetimes import agreed
from appliance.numbers import read_number
from appliance.settings import Settings

NOT_SERVED = {
    Outcome.ABANDONED: CardKind.ABANDONED,
    Outcome.UNANSWERED: CardKind.UNANSWERED,
    Outcome.BROKEN: CardKind.INTERRUPTED,
}
"""Outcomes after which somebody should call back, though nobody promised it."""


class Filing:
    """Files what calls leave behind in the card box of the office.

    `served` is told of everybody who has reached somebody: their number, how, and in which call.
    """

    def __init__(
        self,
        settings: Settings,
        cards: CardBox,
        staff: Staff,
        clock: Clock,
        served: Callable[[str, str, int], None],
    ) -> None:
        self._settings = settings
        self._cards = cards
        self._staff = staff
        self._clock = clock
        self._served = served

    def take_up(self, settings: Settings) -> None:
        """Go on with other settings."""
        self._settings = settings

    def answer(self, act: CardAct[Any]) -> Any:
        """Answer one act of the script that takes a callback."""
        match act:
            case CheckNumber(keyed):
                return read_number(keyed, self._settings.country)
            case AskTime(wish, hour):
                soon_s = 60.0 * self._settings.cards.soon_min
                return agreed(wish, self._cards.hours, self._clock.today(), soon_s, hour)
        raise TypeError(f"the office does not know the act {act!r}")

    def promised(self, call: Call, act: MakeCard, wanted: str) -> Card:
        """Something was promised to this caller, who wanted the group or person `wanted`."""
        kind = CardKind.MESSAGE if act.recording else CardKind.CALLBACK
        card = self._card(call, kind, act.number, wanted)
        return self._cards.add(
            replace(
                card,
                when=act.when,
                recording=act.recording or card.recording,
                due=act.due or card.due,
                promised=act.until,
                urgent=act.urgent,
            )
        )

    def ended(
        self, call: Call, outcome: Outcome, wanted: str, calling: Callable[[], Collection[str]]
    ) -> Callable[[], None] | None:
        """A call is over. What is returned is to be called when whoever was left ringing cannot come back any more.

        `calling` gives the numbers of those who are in a call.
        """
        number, last = call.caller_id.number, call.transfers[-1] if call.transfers else None
        if outcome in NOT_SERVED or (outcome is Outcome.INFORMED and last is not None):
            tried = dict.fromkeys(f"{one.person}: {one.result.value}" for one in call.transfers)
            card = self._card(call, NOT_SERVED.get(outcome, CardKind.REFUSED), number, wanted)
            self._cards.add(card, told=", ".join(tried))
        elif outcome is Outcome.TAKEN_OVER:
            self._served(number, "taken at another telephone", call.number)
        elif outcome is Outcome.TRANSFERRED and last is not None:
            if last.result is TransferResult.LEFT:
                return self._not_back(call, last.person, calling)
            if last.result in (TransferResult.TAKEN, TransferResult.JOINED):
                self._served(number, f"put through to {last.person}", call.number)
        return None

    def _not_back(self, call: Call, person: str, calling: Callable[[], Collection[str]]) -> Callable[[], None]:
        """Who was left ringing and does not come back has been answered, as far as anybody can know."""
        number = call.caller_id.number
        before = self._stand(number)

        def judge() -> None:
            if self._stand(number) == before and number not in calling():
                self._served(number, f"put through to {person}", call.number)

        return judge

    def _stand(self, number: str) -> dict[int, int]:
        """How many lines the cards of this caller have: another call of theirs adds one."""
        return {card.id: card.entries for card in self._cards.of_caller(number)}

    def _card(self, call: Call, kind: CardKind, number: str, wanted: str) -> Card:
        """A card for this caller, due when the office is open, and kept by the person they wanted or belong to."""
        contact = call.contact
        person = next((one for one in (wanted, contact.operator if contact else "") if self._staff.knows(one)), "")
        deputies = self._staff[person].person.deputies if person else ()
        return Card(
            call.number,
            kind,
            self._clock.today(),
            number,
            call.caller_id.name,
            recording=call.matter or "",
            group=wanted,
            person=person,
            deputy=next(iter(deputies), ""),
            contact=contact.id if contact else 0,
            company=contact.company if contact else "",
            due=self._cards.soon(),
            called_from=call.caller_id.number,
        )
