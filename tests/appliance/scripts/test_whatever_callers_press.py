"""Callers who press whatever comes to their mind, at every prompt, in offices of every kind: nobody is lost (R13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

import pytest

from appliance.acd.routing import Closed, Destination, Familiar, Leads
from appliance.acd.staff import Person
from appliance.call import Outcome
from appliance.cards import CardKind
from appliance.contactbook import ContactBook
from appliance.contacts import Contact
from appliance.settings import (
    GroupSettings,
    HandoverSettings,
    LineSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)

PEOPLE = (
    PersonSettings("Anna", "11", deputies=("12",)),
    PersonSettings("Anna Bis", "12"),
    PersonSettings("Cyryl", "13"),
)
GROUPS = (GroupSettings("sales", ("11",), overflow="service"), GroupSettings("service", ("12", "13")))
BOOK = [Contact("Jan Nowak", customer_number="4711", operator="13", id=1)]
OPENS = datetime.fromisoformat("2026-11-30T08:00+00:00")
SERVED = {Outcome.TRANSFERRED, Outcome.CALLBACK, Outcome.MESSAGE, Outcome.INFORMED}
NUMBERS = ("11", "99", "4711", "0", "26", "501600700", "")
"""What they key in where several keys are asked for."""
SEEDS = range(150)


def office_of(rng: Random) -> dict[str, Any]:
    """A decision of any kind."""
    ways = [Destination(leads, {Leads.GROUP: "service", Leads.PERSON: "12"}.get(leads, "")) for leads in Leads]
    menu = tuple(zip("123456789", rng.sample(ways, rng.randint(0, 9)), strict=False))
    is_open = rng.random() < 0.7
    return {
        "open": is_open,
        "closed": None if is_open else rng.choice(list(Closed)),
        "opens": OPENS,
        "menu": menu,
        "default": rng.choice(("sales", "service", "")),
        "goes_to": rng.choice((None, None, *ways)) if is_open else None,
        "languages": rng.choice(((), (("1", "en"), ("2", "pl")))),
        "familiar": rng.choice((None, Familiar(Person("Cyryl", "13")))),
        "mobile": rng.random() < 0.5,
        "on_call": rng.choice((None, Person("Anna", "11", deputies=("12",)))),
        "information": rng.choice(("", "Long Street.")),
        "operator": rng.choice(("", "13", "77")),
    }


def settings_of(rng: Random) -> Settings:
    """An office that is more or less patient."""
    waiting = WaitingSettings(longest_s=rng.choice((60.0, 400.0)), longest_queue=rng.choice((0, 5, 5)))
    handover = HandoverSettings(way=rng.choice(("answered", "briefed")), ask_matter=rng.random() < 0.3)
    line = (LineSettings("Line 1", "a"),)
    return Settings("Northwind", lines=line, people=PEOPLE, groups=GROUPS, waiting=waiting, handover=handover)


def anything(rng: Random) -> Callable[..., str]:
    """One key or several, or none, whatever was asked."""

    def key_for(sentences: Any, most: int = 1) -> str:
        return rng.choice(NUMBERS) if most > 1 else rng.choice("0123456789*#" + " " * 6).strip()

    return key_for


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_a_caller_presses_they_are_served_or_can_be_called_back(
    seed: int, stage: Any, party: Any, planned: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    rng = Random(seed)
    planned(**office_of(rng))
    caller = party("caller", silent=rng.random() < 0.3)
    caller.key_for, caller.into_the_music = anything(rng), lambda: anything(rng)(())
    people = [party(who.extension, busy=rng.random() < 0.3, answers=rng.random() < 0.8) for who in PEOPLE]
    office = stage(settings_of(rng), *people, caller=caller, contacts=ContactBook("pl", BOOK))
    office.call(seconds=3500.0)
    assert "the script broke" not in caplog.text
    assert office.record.outcome in SERVED, office.keys_said
    if office.record.outcome is Outcome.TRANSFERRED:
        assert "caller" in office.line.left_talking
    kinds = {Outcome.CALLBACK: CardKind.CALLBACK, Outcome.MESSAGE: CardKind.MESSAGE}
    if office.record.outcome in kinds:
        assert kinds[office.record.outcome] in {card.kind for card in office.cards}
    assert office.free_again() and len(office.office.board().waiting) == 0
