"""Rules, forms and schedules in whole calls: what callers hear, and whose telephone rings (R3, R5 to R7, R15, R27)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from appliance.call import Outcome, TransferResult
from appliance.commands import KeepContact
from appliance.contacts import Contact, Importance
from appliance.routingsettings import Elsewhere, FormSettings, RuleSettings
from appliance.settings import (
    GroupSettings,
    HandoverSettings,
    Hours,
    LineSettings,
    MenuSettings,
    PersonSettings,
    ScheduleSettings,
    Settings,
)

CALLER = "+48225550101"
LINE = LineSettings("Line 1", "a")
ANNA, BARTEK = PersonSettings("Anna", "11"), PersonSettings("Bartek", "12")
OFFICE = Settings(
    company="Northwind",
    lines=(LINE,),
    people=(ANNA, BARTEK),
    groups=(GroupSettings("sales", ("11",)), GroupSettings("service", ("12",))),
    menu=MenuSettings((("1", "sales"), ("2", "Bartek"), ("3", "customer number"), ("4", "by name")), "service"),
    handover=HandoverSettings(way="answered"),
)
NIGHTS = Hours((((time(20), time(22)),),) * 7)


@pytest.fixture
def served(stage: Any, party: Any) -> Callable[..., Any]:
    """A call on Tuesday at ten in this office, in which the caller presses these keys."""

    def call(presses: dict[str, str], settings: Settings, *contacts: Contact) -> Any:
        office = stage(settings, party("11"), party("12"), caller=party("caller", presses))
        for contact in contacts:
            office.post(KeepContact(contact))
        return office.call()

    return call


def with_form(**answers: Any) -> Settings:
    """Anna has answered these questions, and every call on the line is for her."""
    people = (replace(ANNA, form=FormSettings(**answers)), BARTEK)
    return replace(OFFICE, people=people, lines=(replace(LINE, group="Anna"),))


# ---------------------------------------------------------------- forms (R27)


def test_quiet_hours_are_told_as_a_meeting_with_their_end(served: Callable[..., Any]) -> None:
    office = served({"come-back-choices": "2", "callback-confirm-number": "1"}, with_form(quiet=("09:00-11:30",)))
    assert "T11:30" in office.values("person-in-meeting")[0]["opens"]
    assert office.record.outcome is Outcome.CALLBACK and office.tried == []


def test_who_wants_to_wait_through_quiet_hours_is_put_through_after_them(served: Callable[..., Any]) -> None:
    office = served({"come-back-choices": "1"}, with_form(quiet=("09:00-10:05",)))
    assert office.tried == [("11", TransferResult.TAKEN)]
    (attempt,) = office.record.transfers
    assert time(10, 5) <= attempt.at.time() <= time(10, 5, 20), "at once, and not at the next return to the caller"


def test_a_caller_whom_anna_never_wants_does_not_make_her_telephone_ring(served: Callable[..., Any]) -> None:
    office = served({"come-back-choices": "2", "callback-confirm-number": "1"}, with_form(never=(CALLER,)))
    assert office.values("person-in-meeting")[0]["opens"] == "", "nobody says until when"
    assert office.party("11").rung == 0


def test_calls_that_are_for_a_colleague_ring_there(served: Callable[..., Any]) -> None:
    office = served({}, with_form(elsewhere=(Elsewhere("service", "repairs", ("+4822*",)),)))
    assert office.tried == [("12", TransferResult.TAKEN)]


def test_the_form_says_who_is_asked_what_it_is_about(served: Callable[..., Any]) -> None:
    assert served({}, with_form(may_ask=("matter",))).heard("ask-matter")
    assert not served({}, with_form(reasons=("offers",))).heard("ask-matter")


def test_who_may_call_at_any_time_is_put_through_at_night(served: Callable[..., Any]) -> None:
    closed = replace(with_form(always=("vip",)), hours=NIGHTS, lines=(LINE,))
    vip = Contact("Jan", numbers=(CALLER,), importance=Importance.VIP)
    assert served({}, closed, vip).tried == [("11", TransferResult.TAKEN)]
    assert served({}, closed).heard("closed")


# ---------------------------------------------------------------- rules (R7)


def test_a_caller_who_is_not_wanted_hears_the_phrase_and_nothing_rings(served: Callable[..., Any]) -> None:
    blocked = replace(OFFICE, rules=(RuleSettings("seller", ("+4822555*",), "turn away", says="write-to-us"),))
    office = served({}, blocked)
    assert office.keys_said == ["blocked-write-to-us"]
    assert office.record.outcome is Outcome.TURNED_AWAY and office.cards == [] and office.tried == []


def test_a_rule_puts_through_while_the_office_is_closed(served: Callable[..., Any]) -> None:
    rules = (RuleSettings("partner", (CALLER,), "put through", to="Bartek"),)
    assert served({}, replace(OFFICE, hours=NIGHTS, rules=rules)).tried == [("12", TransferResult.TAKEN)]


def test_at_the_wrong_hour_some_are_only_called_back(served: Callable[..., Any]) -> None:
    rules = (RuleSettings("mornings", ("outside",), "callback", unless=("06:00-08:00",)),)
    office = served({"closed-choices": "1", "callback-confirm-number": "1"}, replace(OFFICE, rules=rules))
    assert office.heard("not-at-this-hour") and office.record.outcome is Outcome.CALLBACK


# ---------------------------------------------------------------- hours of a group (R3)


def test_a_group_outside_its_hours_is_told_as_away_and_does_not_ring(served: Callable[..., Any]) -> None:
    groups = (replace(OFFICE.groups[0], schedule="nights"), OFFICE.groups[1])
    settings = replace(OFFICE, groups=groups, schedules=(ScheduleSettings("nights", NIGHTS),))
    office = served({"menu-choice": "1", "come-back-choices": "2", "callback-confirm-number": "1"}, settings)
    assert "T20:00" in office.values("person-away")[0]["opens"]
    assert office.tried == []


def test_a_group_outside_its_hours_is_helped_by_another(served: Callable[..., Any]) -> None:
    groups = (replace(OFFICE.groups[0], schedule="nights", overflow="service"), OFFICE.groups[1])
    settings = replace(OFFICE, groups=groups, schedules=(ScheduleSettings("nights", NIGHTS),))
    assert served({"menu-choice": "1"}, settings).tried == [("12", TransferResult.TAKEN)]


def test_who_came_before_a_group_closed_is_served_after_its_hours(stage: Any, party: Any) -> None:
    until_ten = ScheduleSettings("early", Hours((((time(8), time(10, 1)),),) * 7))
    groups = (replace(OFFICE.groups[0], schedule="early"), OFFICE.groups[1])
    caller = party("caller", {"menu-choice": "1"})
    office = stage(replace(OFFICE, groups=groups, schedules=(until_ten,)), party("11"), caller=caller)
    assert office.engaged("11", seconds=300).call().tried == [("11", TransferResult.TAKEN)]


# ---------------------------------------------------------------- what is keyed in (R6)


def test_a_customer_number_makes_a_caller_known(served: Callable[..., Any]) -> None:
    customer = Contact("Jan", customer_number="4711", operator="11", importance=Importance.VIP)
    office = served(
        {"menu-customer-number": "3", "customer-number": "4711", "familiar-looks-after": "1"}, OFFICE, customer
    )
    assert office.heard("customer-number-thanks")
    assert office.tried == [("11", TransferResult.TAKEN)]


def test_a_customer_number_that_nobody_has_leads_back_to_the_menu(served: Callable[..., Any]) -> None:
    office = served({"menu-customer-number": "3", "customer-number": "1 2"}, OFFICE)
    assert office.keys_said.count("customer-number-unknown") == 2
    assert office.tried == [("12", TransferResult.TAKEN)], "who chooses nothing goes to service"


def test_a_name_is_dialled_by_its_letters(served: Callable[..., Any]) -> None:
    assert served({"menu-by-name": "4", "by-name": "2662"}, OFFICE).tried == [("11", TransferResult.TAKEN)]
