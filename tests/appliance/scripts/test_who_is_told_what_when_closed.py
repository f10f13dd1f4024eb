"""A closed office: why, until when, and what a caller can still have (R3, R13, R21)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from appliance.acd.routing import Closed
from appliance.acd.staff import Person, Presence
from appliance.call import Outcome, TransferResult
from appliance.cards import CardKind
from appliance.commands import SetPresence
from appliance.settings import HandoverSettings, LineSettings, PersonSettings, Settings

OFFICE = Settings(
    company="Northwind",
    lines=(LineSettings("Line 1", "a"),),
    people=(PersonSettings("Dora", "11", deputies=("12",)), PersonSettings("Ewa", "12")),
    handover=HandoverSettings(way="answered"),
)
MONDAY = datetime.fromisoformat("2026-11-30T08:00+00:00")
ON_CALL = Person("Dora", "11", deputies=("12",))


@pytest.fixture
def closed_office(stage: Callable[..., Any], party: Callable[..., Any], planned: Callable[..., None]) -> Any:
    """A closed office whose caller presses these keys: `closed_office({"closed-choices": "1"}, information="...")`."""

    def build(presses: dict[str, str], *parties: Any, at: str = "", **decided: Any) -> Any:
        planned(**{"open": False, "closed": Closed.AFTER_HOURS, "opens": MONDAY} | decided)
        return stage(OFFICE, *parties, caller=party("caller", presses, hangs_up_at=at))

    return build


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Closed.AFTER_HOURS, "closed"),
        (Closed.LUNCH, "closed-lunch"),
        (Closed.HOLIDAY, "closed-holiday"),
        (Closed.SPECIAL_DAY, "closed-special-day"),
    ],
)
def test_callers_hear_why_it_is_closed_and_when_somebody_is_here(why: Closed, said: str, closed_office: Any) -> None:
    office = closed_office({}, closed=why).call()
    assert office.keys_said[:3] == ["greeting", said, "closed-choices"]
    assert office.values(said)[0]["opens"].startswith("2026-11-30T08:00")
    assert office.record.outcome is Outcome.INFORMED and office.keys_said[-1] == "goodbye"


@pytest.mark.parametrize(
    ("key", "outcome", "card"), [("1", Outcome.CALLBACK, CardKind.CALLBACK), ("2", Outcome.MESSAGE, CardKind.MESSAGE)]
)
def test_a_callback_and_a_message_are_taken(key: str, outcome: Outcome, card: CardKind, closed_office: Any) -> None:
    office = closed_office({"closed-choices": key}).call()
    assert office.record.outcome is outcome
    assert [made.kind for made in office.cards] == [card]


def test_the_information_is_told_in_the_owners_words_and_then_the_menu_once_more(closed_office: Any) -> None:
    """R3: nobody waits for what a voice can tell."""
    told = "We are at 5 Long Street.\nReception is open from eight to four."
    office = closed_office({"closed-choices": "31"}, information=told).call()
    assert [values["text"] for values in office.values("own-words")] == told.splitlines()
    assert office.keys_said.count("closed-choices") == 2
    assert office.record.outcome is Outcome.CALLBACK


def test_who_hangs_up_after_the_information_needs_no_callback(closed_office: Any) -> None:
    office = closed_office({"closed-choices": "3"}, information="Long Street.", at="own-words").call()
    assert (office.record.outcome, office.cards) == (Outcome.INFORMED, [])


def test_without_information_and_without_anybody_on_call_neither_is_offered(closed_office: Any) -> None:
    office = closed_office({"closed-choices": "3"}).call()
    assert not office.heard("closed-information") and not office.heard("closed-emergency")
    assert office.heard("not-understood")


def test_in_an_emergency_zero_reaches_the_person_on_call(closed_office: Any, party: Callable[..., Any]) -> None:
    """R3. Dora has logged out, as everybody who went home, and is on call all the same."""
    office = closed_office({"closed-choices": "0"}, party("11"), on_call=ON_CALL)
    office.post(SetPresence("11", Presence.OUT))
    office.call()
    assert office.keys_said.index("closed-emergency") < office.keys_said.index("closed-choices")
    assert office.tried == [("11", TransferResult.TAKEN)]
    assert office.record.outcome is Outcome.TRANSFERRED
    assert office.line.left_talking == {"caller", "11"}


def test_when_the_person_on_call_does_not_answer_a_deputy_is_asked(
    closed_office: Any, party: Callable[..., Any]
) -> None:
    dora, ewa = party("11", answers=False), party("12")
    office = closed_office({"closed-choices": "0"}, dora, ewa, on_call=ON_CALL).call()
    assert office.tried == [("11", TransferResult.NO_ANSWER), ("12", TransferResult.TAKEN)]
    assert office.values("refusal-unavailable")[0]["person"] == "Dora"


def test_where_nobody_can_be_reached_the_callback_is_urgent(closed_office: Any, party: Callable[..., Any]) -> None:
    """R21, R13: nobody asks somebody in distress for a convenient time."""
    keys = {"closed-choices": "0", "callback-confirm-number": "1"}
    office = closed_office(keys, party("11", busy=True), party("12", answers=False), on_call=ON_CALL).call()
    assert [(card.kind, card.when) for card in office.cards] == [(CardKind.CALLBACK, "urgently")]
    assert office.heard("emergency-callback") and not office.heard("callback-when")
    assert office.record.outcome is Outcome.CALLBACK


def test_who_gives_up_in_an_emergency_leaves_an_urgent_card(closed_office: Any, party: Callable[..., Any]) -> None:
    keys = {"closed-choices": "0"}
    office = closed_office(keys, party("11", busy=True), on_call=ON_CALL, at="callback-confirm-number").call()
    assert [(card.number, card.when) for card in office.cards] == [("225550101", "urgently")]
    assert office.free_again()


def test_zero_where_nobody_is_on_call_is_a_wish_to_be_called(closed_office: Any) -> None:
    office = closed_office({"closed-choices": "0"}).call()
    assert office.record.outcome is Outcome.CALLBACK
