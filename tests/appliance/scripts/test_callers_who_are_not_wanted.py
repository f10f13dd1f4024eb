"""Callers on the owner's list, sellers, and who has dialled another number: told politely, and nobody is disturbed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from appliance.acd.routing import BLOCKED, Destination, Leads
from appliance.call import Outcome
from appliance.cards import CardKind
from appliance.settings import GroupSettings, HandoverSettings, LineSettings, PersonSettings, Settings

OFFICE = Settings(
    company="Northwind",
    lines=(LineSettings("Line 1", "a"),),
    people=(PersonSettings("Anna", "11"),),
    groups=(GroupSettings("sales", ("11",)),),
    handover=HandoverSettings(way="answered"),
)
MENU = (
    ("1", Destination(Leads.GROUP, "sales")),
    ("2", Destination(Leads.SELLER)),
    ("3", Destination(Leads.WRONG_NUMBER)),
)


@pytest.mark.parametrize("phrase", BLOCKED)
@pytest.mark.parametrize("hangs_up", [False, True])
def test_who_is_not_wanted_hears_one_phrase_and_nothing_else(
    phrase: str, hangs_up: bool, stage: Any, party: Any, planned: Callable[..., None]
) -> None:
    """R7: no greeting, no card, an outcome of its own, and a record all the same."""
    planned(blocked=phrase)
    caller = party("caller", {f"blocked-{phrase}": "1"}, hangs_up_at=f"blocked-{phrase}" if hangs_up else "")
    office = stage(OFFICE, party("11"), caller=caller).call()
    assert office.keys_said == [f"blocked-{phrase}"]
    assert (office.record.outcome, office.cards, office.tried) == (Outcome.TURNED_AWAY, [], [])


def test_the_owner_may_say_it_in_words_of_their_own(stage: Any, planned: Callable[..., None]) -> None:
    planned(blocked="We have all the windows we need.")
    office = stage(OFFICE).call()
    assert office.keys_said == ["own-words", "goodbye-only"]
    assert office.values("own-words")[0]["text"] == "We have all the windows we need."


def test_a_seller_hears_where_to_send_the_offer_and_is_thanked(
    stage: Any, party: Any, planned: Callable[..., None]
) -> None:
    """R6: the polite standard phrase, and nobody is disturbed."""
    planned(menu=MENU)
    anna = party("11")
    office = stage(OFFICE, anna, caller=party("caller", {"menu-wrong-number": "2"})).call()
    assert office.keys_said[-3:] == ["seller-choices", "seller-choices", "goodbye"]
    assert (office.record.outcome, office.cards, anna.rung) == (Outcome.INFORMED, [], 0)


def test_a_seller_may_leave_contact_details(stage: Any, party: Any, planned: Callable[..., None]) -> None:
    planned(menu=MENU, seller_words="Please write to offers at northwind.")
    office = stage(OFFICE, caller=party("caller", {"menu-wrong-number": "2", "seller-choices": "1"})).call()
    assert not office.heard("seller") and office.values("own-words")
    assert office.record.outcome is Outcome.MESSAGE
    assert [card.kind for card in office.cards] == [CardKind.MESSAGE]


def test_a_seller_who_presses_zero_reaches_somebody(stage: Any, party: Any, planned: Callable[..., None]) -> None:
    planned(menu=MENU)
    office = stage(
        OFFICE, party("11"), caller=party("caller", {"menu-wrong-number": "2", "seller-choices": "0"})
    ).call()
    assert office.record.outcome is Outcome.TRANSFERRED


def test_a_seller_who_hangs_up_having_heard_it_needs_no_callback(
    stage: Any, party: Any, planned: Callable[..., None]
) -> None:
    planned(menu=MENU)
    office = stage(OFFICE, caller=party("caller", {"menu-wrong-number": "2"}, hangs_up_at="seller")).call()
    assert (office.record.outcome, office.cards) == (Outcome.INFORMED, [])


def test_who_may_have_dialled_another_number_is_told_kindly_whom_they_have_reached(
    stage: Any, party: Any, planned: Callable[..., None]
) -> None:
    """R6."""
    planned(menu=MENU)
    office = stage(OFFICE, party("11"), caller=party("caller", {"menu-wrong-number": "3"})).call()
    assert office.values("not-us") == [{"company": "Northwind"}]
    assert (office.record.outcome, office.cards) == (Outcome.INFORMED, [])


@pytest.mark.parametrize(("key", "menus"), [("1", 2), ("0", 1)])
def test_and_there_is_a_way_back(key: str, menus: int, stage: Any, party: Any, planned: Callable[..., None]) -> None:
    """To the menu, or to somebody who answers."""
    planned(menu=MENU)
    caller = party("caller", {"menu-wrong-number": "31", "not-us-choices": key})
    office = stage(OFFICE, party("11"), caller=caller).call()
    assert office.keys_said.count("menu-wrong-number") == menus
    assert office.record.outcome is Outcome.TRANSFERRED


def test_outside_the_hours_for_this_caller_a_callback_or_a_message_is_offered(
    stage: Any, party: Any, planned: Callable[..., None]
) -> None:
    """R7: callers who are accepted only at certain hours."""
    planned(menu=MENU, goes_to=Destination(Leads.CALLBACK))
    anna = party("11")
    office = stage(OFFICE, anna, caller=party("caller", {"closed-choices": "2"})).call()
    assert office.keys_said[:3] == ["greeting", "not-at-this-hour", "closed-choices"]
    assert (office.record.outcome, anna.rung) == (Outcome.MESSAGE, 0)
