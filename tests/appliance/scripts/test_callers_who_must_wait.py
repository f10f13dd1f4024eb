"""Waiting: what is said before the music, at every return, and the ways out at every moment (R10 to R13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from appliance.acd.routing import Destination, Leads
from appliance.acd.staff import Presence
from appliance.call import Outcome, TransferResult
from appliance.cards import CardKind
from appliance.commands import SetPresence
from appliance.settings import (
    GroupSettings,
    HandoverSettings,
    LineSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)

OFFICE = Settings(
    company="Northwind",
    operator="14",
    lines=(LineSettings("Line 1", "a"),),
    people=(
        PersonSettings("Anna", "11", deputies=("12",)),
        PersonSettings("Bartek", "12"),
        PersonSettings("Cyryl", "13"),
        PersonSettings("Olga", "14"),
    ),
    groups=(
        GroupSettings("sales", ("11",)),
        GroupSettings("service", ("12",)),
        GroupSettings("accounts", ("13",)),
        GroupSettings("reception", ("14",)),
    ),
    handover=HandoverSettings(way="answered"),
)
MENU = (("1", Destination(Leads.GROUP, "sales")), ("2", Destination(Leads.GROUP, "service")))
THREE = (*MENU, ("3", Destination(Leads.GROUP, "accounts")))


@pytest.fixture
def waiting(stage: Any, party: Any, planned: Callable[..., None]) -> Callable[..., Any]:
    """Anna is engaged; the caller has chosen sales, waits, and presses these keys."""

    def call(
        presses: dict[str, str],
        *also_engaged: str,
        settings: Settings = OFFICE,
        until_s: float = 3600.0,
        **decided: Any,
    ) -> Any:
        planned(**{"goes_to": Destination(Leads.GROUP, "sales"), "default": "reception"} | decided)
        parties = [party(extension) for extension in ("11", "12", "13", "14")]
        office = stage(settings, *parties, caller=party("caller", presses))
        office.engaged("11", *also_engaged, seconds=until_s)
        return office.call()

    return call


# ---------------------------------------------------------------- before the music


def test_who_must_wait_is_told_so_and_that_any_key_is_heard(waiting: Callable[..., Any]) -> None:
    """R10, R13."""
    office = waiting({})
    assert office.keys_said[1:3] == ["please-hold", "any-key"]
    assert office.keys_said.count("any-key") == 1


def test_who_need_not_wait_hears_nothing_of_keys(stage: Any, party: Any, planned: Callable[..., None]) -> None:
    planned(goes_to=Destination(Leads.GROUP, "sales"), mobile=True)
    office = stage(OFFICE, party("11")).call()
    assert office.keys_said == ["greeting", "please-hold", "putting-through"]


def test_a_caller_on_a_mobile_telephone_is_offered_a_callback_before_any_music(waiting: Callable[..., Any]) -> None:
    """R12."""
    office = waiting({"mobile-first": "1", "callback-confirm-number": "1", "callback-when": "1"}, mobile=True)
    assert office.keys_said[1:3] == ["mobile-first", "callback-offer"]
    assert [card.kind for card in office.cards] == [CardKind.CALLBACK]
    assert office.record.waits[0].seconds < 10.0


def test_who_has_just_chosen_to_wait_is_not_asked_again(stage: Any, planned: Callable[..., None]) -> None:
    """R15: nobody is in, and they have been told so."""
    planned(goes_to=Destination(Leads.GROUP, "accounts"), mobile=True)
    office = stage(OFFICE)
    office.post(SetPresence("13", Presence.AWAY))
    office.call()
    assert office.heard("come-back-choices") and not office.heard("mobile-first")


def test_whoever_is_moved_to_the_group_that_helps_out_is_offered_a_callback_there(
    stage: Any, party: Any, planned: Callable[..., None]
) -> None:
    """R12, R13."""
    planned(goes_to=Destination(Leads.GROUP, "accounts"), mobile=True, overflow=(("accounts", "service"),))
    office = stage(OFFICE, caller=party("caller", {"mobile-first": "1"})).engaged("12")
    office.post(SetPresence("13", Presence.AWAY))
    assert office.call().record.outcome is Outcome.CALLBACK and office.heard("mobile-first")


@pytest.mark.parametrize("key", ["", "2"])
def test_and_may_choose_to_wait(key: str, waiting: Callable[..., Any]) -> None:
    office = waiting({"mobile-first": key}, mobile=True, until_s=60.0)
    assert office.keys_said[1:4] == ["mobile-first", "please-hold", "any-key"]
    assert office.record.outcome is Outcome.TRANSFERRED


def test_a_colleague_who_becomes_free_cuts_all_of_it_short(waiting: Callable[..., Any]) -> None:
    """R11: nothing is told to somebody who could be talking to a colleague."""
    office = waiting({}, mobile=True, until_s=4.0)
    assert office.keys_said == ["greeting", "mobile-first", "putting-through"]
    assert office.first_said["putting-through"] == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize(("key", "outcome"), [("1", Outcome.CALLBACK), ("2", Outcome.MESSAGE), ("", Outcome.CALLBACK)])
def test_when_the_queue_is_full_a_callback_or_a_message_is_taken_at_once(
    key: str, outcome: Outcome, waiting: Callable[..., Any]
) -> None:
    """R13, R21: whoever chooses nothing is called back."""
    full = replace(OFFICE, waiting=WaitingSettings(longest_queue=0))
    office = waiting({"closed-choices": key}, settings=full)
    assert office.keys_said[1:3] == ["queue-full", "closed-choices"]
    assert office.record.outcome is outcome and office.record.waits == ()


# ---------------------------------------------------------------- at every return, and at every moment


@pytest.mark.parametrize(("key", "outcome"), [("2", Outcome.CALLBACK), ("3", Outcome.MESSAGE)])
@pytest.mark.parametrize("into", ["hold", "come-back-choices"])
def test_a_callback_and_a_message_can_be_had_by_a_key_at_any_moment(
    into: str, key: str, outcome: Outcome, waiting: Callable[..., Any]
) -> None:
    """R13: exit keys at every point; pressed into the music they need no words."""
    office = waiting({into: key})
    assert office.record.outcome is outcome
    assert office.heard("position") is (into == "come-back-choices")


def test_any_other_key_into_the_music_opens_the_choices(waiting: Callable[..., Any]) -> None:
    office = waiting({"hold": "9", "come-back-choices": "2"})
    assert office.keys_said[3:5] == ["position", "come-back-choices"]
    assert office.record.waits[0].seconds < 40.0


def test_zero_is_whoever_answers(waiting: Callable[..., Any]) -> None:
    office = waiting({"hold": "0"})
    assert office.tried == [("14", TransferResult.TAKEN)]
    assert [wait.group for wait in office.record.waits] == ["sales", "reception"]


def test_the_longest_wait_ends_in_a_callback(waiting: Callable[..., Any]) -> None:
    """R13: nobody is trapped."""
    office = waiting({}, settings=replace(OFFICE, waiting=WaitingSettings(longest_s=100.0)))
    assert office.heard("nobody-free") and office.record.outcome is Outcome.CALLBACK


# ---------------------------------------------------------------- somebody else


def test_the_only_other_group_is_taken_without_a_question(waiting: Callable[..., Any]) -> None:
    office = waiting({"hold": "4"}, menu=MENU, default="sales")
    assert office.tried == [("12", TransferResult.TAKEN)]
    assert not office.heard("menu-choice")


def test_several_others_are_offered_by_their_names(waiting: Callable[..., Any]) -> None:
    office = waiting({"hold": "4", "menu-choice": "2"}, menu=THREE)
    assert [values["group"] for values in office.values("menu-choice")] == ["service", "accounts", "reception"]
    assert office.tried == [("13", TransferResult.TAKEN)]


def test_who_names_none_of_them_stays_where_they_are(waiting: Callable[..., Any]) -> None:
    office = waiting({"hold": "4"}, menu=THREE, until_s=120.0)
    assert office.keys_said.count("menu-choice") == 6, "two rounds, each in full"
    assert office.tried == [("11", TransferResult.TAKEN)]


def test_nobody_is_sent_to_a_group_that_is_not_there(stage: Any, party: Any, planned: Callable[..., None]) -> None:
    """R15."""
    planned(goes_to=Destination(Leads.GROUP, "sales"), menu=MENU, default="sales")
    office = stage(OFFICE, caller=party("caller", {"hold": "4"})).engaged("11")
    office.post(SetPresence("12", Presence.AWAY))
    assert office.call().heard("somebody-else-none")
    assert office.record.outcome is Outcome.CALLBACK, "they keep waiting, and nobody becomes free"


def test_who_waits_for_one_person_is_given_their_deputy(waiting: Callable[..., Any]) -> None:
    office = waiting({"hold": "4"}, goes_to=Destination(Leads.PERSON, "11"), menu=THREE)
    assert office.tried == [("12", TransferResult.TAKEN)]


@pytest.mark.parametrize("until_s", [47.0, 52.0])
def test_a_colleague_found_during_the_choices_is_had_at_once(until_s: float, waiting: Callable[..., Any]) -> None:
    """R11: while they are told, and while a key is awaited, which nobody has to press first."""
    office = waiting({}, until_s=until_s)
    told = office.first_said["come-back-choices"]
    assert told < until_s < told + 8.0
    assert office.first_said["putting-through"] == pytest.approx(until_s, abs=0.1)
