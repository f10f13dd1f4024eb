"""Rules about callers: who they are for, and which of them decides (R7, R9)."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from appliance.acd.caller import KINDS, Caller, caller_of
from appliance.acd.decision import AsSent
from appliance.acd.formwords import covers
from appliance.acd.rules import CallerLists, Rules, check_caller
from appliance.call import CallerId, Presentation
from appliance.contacts import Contact, Importance, Relation
from appliance.routingsettings import RuleSettings
from appliance.schedule import Calendar
from appliance.settings import Settings

WEDNESDAY = datetime(2026, 11, 25, 10, 30)


def rules(*some: RuleSettings) -> Rules:
    return Rules(some, Calendar(Settings("A")), lambda text: text)


def number(text: str, contact: Contact | None = None) -> Caller:
    return caller_of(CallerId(text, presentation=Presentation.SHOWN), AsSent(text), contact)


def deciding(of: Rules, caller: Caller, line: str = "1", moment: datetime = WEDNESDAY) -> str:
    rule = of.verdict(caller, line, moment).rule
    return rule.name if rule else ""


@pytest.mark.parametrize(
    ("named", "calls", "fits"),
    [
        ("+48225550100", "+48225550100", True),
        ("+48 22 555-01-00", "+48225550100", True),
        ("+48225550100", "+482255501001", False),
        ("+4822*", "+48225550100", True),
        ("+4822*", "+4821555", False),
        ("+48225550?00", "+48225550700", True),
        ("+48225550?00", "+4822555070", False),
        ("+48?2*", "+48325550100", True),
        ("1??", "101", True),
        ("everybody", "", True),
        ("no number", "", True),
        ("unknown", "+48225550100", True),
        ("known", "+48225550100", False),
        ("outside", "+48225550100", True),
        ("internal", "+48225550100", False),
    ],
)
def test_a_caller_is_named_by_number_beginning_or_kind(named: str, calls: str, fits: bool) -> None:
    assert bool(CallerLists([[named]], lambda text: text).of(number(calls))) is fits


def test_a_number_in_any_writing_is_brought_to_its_one_form() -> None:
    lists = CallerLists([["225550100"]], lambda text: f"+48{text}")
    assert lists.of(number("+48225550100")) == {0}


def test_contacts_are_named_by_what_they_are() -> None:
    vip = Contact("Jan", importance=Importance.VIP, relation=Relation.CUSTOMER)
    assert {"vip", "customers", "known", "outside", "everybody"} <= number("+48600", vip).kinds
    withheld = caller_of(CallerId(presentation=Presentation.WITHHELD), AsSent(""))
    assert "withheld" in withheld.kinds and "no number" not in withheld.kinds
    mobile = caller_of(CallerId("600100200"), AsSent("+48600100200", mobile=True))
    assert mobile.mobile and mobile.number == "+48600100200"


@pytest.mark.parametrize("text", ["", "*", "everyone", "+", "48 22 x", "+48*22", "1" * 40])
def test_what_names_no_caller_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="write a number"):
        check_caller(text)


def test_the_first_rule_that_holds_decides() -> None:
    some = rules(
        RuleSettings("friend", ("+48225550100",), "accept"),
        RuleSettings("the rest of Warsaw", ("+4822*",), "turn away"),
        RuleSettings("all", ("everybody",), "callback"),
    )
    assert deciding(some, number("+48225550100")) == "friend"
    assert deciding(some, number("+48225550101")) == "the rest of Warsaw"
    assert deciding(some, number("+48600")) == "all"


def test_a_rule_holds_on_its_lines_and_at_its_times() -> None:
    some = rules(
        RuleSettings("line 2", ("everybody",), "send", lines=("2",)),
        RuleSettings("mornings", ("everybody",), "callback", when=("08:00-10:00",)),
        RuleSettings("but Wednesday", ("everybody",), "closed", unless=("wed",)),
    )
    assert deciding(some, number("+48600"), "2") == "line 2"
    assert deciding(some, number("+48600"), moment=WEDNESDAY.replace(hour=9)) == "mornings"
    assert deciding(some, number("+48600")) == ""
    assert deciding(some, number("+48600"), moment=WEDNESDAY.replace(day=26)) == "but Wednesday"


def test_rules_of_priority_are_collected_until_one_decides() -> None:
    verdict = rules(
        RuleSettings("a", ("everybody",), "priority", head_start_s=60),
        RuleSettings("b", ("+48*",), "priority", head_start_s=30),
        RuleSettings("c", ("+48*",), "accept"),
        RuleSettings("d", ("+48*",), "priority", head_start_s=500),
    ).verdict(number("+48600"), "1", WEDNESDAY)
    assert [rule.name for rule in verdict.priority] == ["a", "b"]
    assert verdict.what == "accept"


def test_lists_found_at_once_are_those_found_one_by_one() -> None:
    dice = random.Random(4)
    texts = [f"+48{dice.randrange(100, 999)}" + dice.choice(["*", "?*", "??????", "555100"]) for _ in range(300)]
    texts += list(KINDS)
    lists = [dice.sample(texts, 5) for _ in range(100)]
    together = CallerLists(lists, lambda text: text)
    for _ in range(40):
        caller = number(f"+48{dice.randrange(10**8, 10**9)}")
        alone = {
            index
            for index, texts in enumerate(lists)
            if any(text in caller.kinds or covers(text, caller.number) for text in texts)
        }
        assert together.of(caller) == alone
