"""The menu and the colleague who knows a caller: every way, and every way that leads nowhere (R5, R6, R35)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from appliance.acd.routing import Destination, Familiar, Leads
from appliance.acd.staff import Person, Presence
from appliance.call import Outcome, TransferResult
from appliance.cards import CardKind
from appliance.commands import SetPresence
from appliance.contactbook import ContactBook
from appliance.contacts import Contact, Relation
from appliance.routingsettings import RuleSettings
from appliance.settings import GroupSettings, HandoverSettings, LineSettings, MenuSettings, PersonSettings, Settings

OFFICE = Settings(
    company="Northwind",
    operator="12",
    lines=(LineSettings("Line 1", "a"),),
    people=(PersonSettings("Anna", "11"), PersonSettings("Bartek", "12"), PersonSettings("Jan Kos", "13")),
    groups=(GroupSettings("sales", ("11",)), GroupSettings("service", ("12",))),
    handover=HandoverSettings(way="answered"),
    staff_code="*7",
)


def menu(**ways: Destination) -> tuple[tuple[str, Destination], ...]:
    """A menu whose keys are 1 for sales, and others."""
    return ("1", Destination(Leads.GROUP, "sales")), *((key[-1], way) for key, way in ways.items())


@pytest.fixture
def served(stage: Any, party: Any, planned: Callable[..., None]) -> Callable[..., Any]:
    """A call in which the caller presses these keys: `served({"by-name": "52"}, menu=...)`."""

    def call(
        presses: dict[str, str], settings: Settings = OFFICE, contacts: ContactBook | None = None, **decided: Any
    ) -> Any:
        planned(**{"default": "sales"} | decided)
        parties = [party(extension) for extension in ("11", "12", "13")]
        return stage(settings, *parties, caller=party("caller", presses), contacts=contacts).call()

    return call


# ---------------------------------------------------------------- who knows this caller (R5)

ANNA = Person("Anna", "11")
MONDAY = datetime.fromisoformat("2026-11-23T15:00+00:00")


def test_a_caller_is_offered_the_colleague_who_helped_them(served: Callable[..., Any]) -> None:
    decided = {"default": "service", "menu": menu(), "familiar": Familiar(ANNA, MONDAY)}
    office = served({"familiar-helped": "1"}, **decided)
    (offer,) = office.values("familiar-helped")
    assert (offer["person"], offer["key"], offer["day"][:10]) == ("Anna", "1", "2026-11-23")
    assert office.tried == [("11", TransferResult.TAKEN)]
    assert not office.heard("menu-choice")


def test_or_the_one_who_looks_after_them(served: Callable[..., Any]) -> None:
    office = served({"familiar-looks-after": "1"}, default="service", menu=menu(), familiar=Familiar(ANNA))
    assert office.tried == [("11", TransferResult.TAKEN)]


def test_any_other_key_is_taken_for_one_of_the_menu(served: Callable[..., Any]) -> None:
    """Who knows the menu does not press twice."""
    ways = menu(key_2=Destination(Leads.GROUP, "service"))
    office = served({"familiar-looks-after": "2"}, menu=ways, familiar=Familiar(ANNA))
    assert office.tried == [("12", TransferResult.TAKEN)] and not office.heard("menu-choice")


def test_silence_leads_to_the_menu(served: Callable[..., Any]) -> None:
    office = served({"menu-choice": "1"}, menu=menu(), familiar=Familiar(Person("Bartek", "12")))
    assert office.keys_said[:3] == ["greeting", "familiar-looks-after", "menu-choice"]
    assert office.tried == [("11", TransferResult.TAKEN)]


def test_who_is_not_there_is_not_offered(stage: Any, party: Any, planned: Callable[..., None]) -> None:
    """R15: presence first."""
    planned(menu=menu(), familiar=Familiar(Person("Bartek", "12")))
    office = stage(OFFICE, party("11"), caller=party("caller", {"menu-choice": "1"}))
    office.post(SetPresence("12", Presence.MEETING))
    assert not office.call().heard("familiar-looks-after")


# ---------------------------------------------------------------- the menu (R6)


def test_every_way_of_the_menu_is_told_by_what_it_is(served: Callable[..., Any]) -> None:
    others = [leads for leads in Leads if leads not in (Leads.GROUP, Leads.PERSON)]
    ways = {f"key_{number}": Destination(leads) for number, leads in enumerate(others[:7], 2)}
    office = served({}, menu=menu(key_9=Destination(Leads.PERSON, "13"), **ways))
    assert [values["group"] for values in office.values("menu-choice")][:2] == ["sales", "Jan Kos"]
    assert {f"menu-{leads.value.replace(' ', '-')}" for leads in others[:7]} <= set(office.keys_said)


def test_a_person_may_stand_in_the_menu(served: Callable[..., Any]) -> None:
    office = served({"menu-choice": "2"}, menu=menu(key_2=Destination(Leads.PERSON, "13")))
    assert office.tried == [("13", TransferResult.TAKEN)]


def test_zero_is_somebody_who_answers_though_no_menu_tells_of_it(served: Callable[..., Any]) -> None:
    office = served({"menu-choice": "0"}, menu=menu())
    assert office.tried == [("12", TransferResult.TAKEN)], "the operator, before the group for who chooses nothing"


def test_unknown_keys_are_kindly_told_and_silence_loses_nobody(served: Callable[..., Any]) -> None:
    office = served({"menu-choice": "99"}, menu=menu())
    assert office.keys_said.count("menu-choice") == 2 and office.keys_said.count("not-understood") == 2
    assert office.tried == [("11", TransferResult.TAKEN)]


def test_a_rule_that_sends_a_caller_somewhere_needs_no_menu(served: Callable[..., Any]) -> None:
    office = served({}, menu=menu(), goes_to=Destination(Leads.PERSON, "13"), familiar=Familiar(ANNA))
    assert office.keys_said[:2] == ["greeting", "please-hold"]
    assert office.tried == [("13", TransferResult.TAKEN)]


def test_the_information_is_told_and_then_the_menu_once_more(served: Callable[..., Any]) -> None:
    ways = menu(key_2=Destination(Leads.INFORMATION))
    office = served({"menu-information": "21"}, menu=ways, information="Long Street, from eight to four.")
    assert office.keys_said[1:5] == ["menu-choice", "menu-information", "own-words", "menu-choice"]
    assert office.record.outcome is Outcome.TRANSFERRED


@pytest.mark.parametrize(
    ("leads", "outcome", "card"),
    [(Leads.CALLBACK, Outcome.CALLBACK, CardKind.CALLBACK), (Leads.MESSAGE, Outcome.MESSAGE, CardKind.MESSAGE)],
)
def test_a_callback_and_a_message_may_be_chosen_at_once(
    leads: Leads, outcome: Outcome, card: CardKind, served: Callable[..., Any]
) -> None:
    office = served({f"menu-{leads.value}": "2"}, menu=menu(key_2=Destination(leads)))
    assert office.record.outcome is outcome
    assert [made.kind for made in office.cards] == [card]


def test_an_emergency_may_stand_in_the_menu_of_an_open_office(served: Callable[..., Any]) -> None:
    office = served({"menu-on-call": "2"}, menu=menu(key_2=Destination(Leads.ON_CALL)), on_call=Person("Jan Kos", "13"))
    assert office.tried == [("13", TransferResult.TAKEN)]


def test_nobody_goes_round_for_ever(served: Callable[..., Any]) -> None:
    ways = menu(key_2=Destination(Leads.INFORMATION))
    office = served({"menu-information": "2"}, menu=ways, information="Long Street.")
    assert office.keys_said.count("menu-information") == 6
    assert office.record.outcome is Outcome.TRANSFERRED


def test_the_code_of_the_staff_works_in_every_menu(served: Callable[..., Any]) -> None:
    office = served({"menu-choice": "*", "greeting": ""}, menu=menu())
    assert office.record.outcome is Outcome.TRANSFERRED, "half of the code is nothing but an unknown key"


# ---------------------------------------------------------------- extensions, names, customer numbers

EXTENSION, NAME, CUSTOMER = (Destination(leads) for leads in (Leads.EXTENSION, Leads.BY_NAME, Leads.CUSTOMER_NUMBER))


def test_who_knows_the_extension_dials_it(served: Callable[..., Any]) -> None:
    office = served({"menu-extension": "2", "extension-enter": "13"}, menu=menu(key_2=EXTENSION))
    assert office.tried == [("13", TransferResult.TAKEN)]


@pytest.mark.parametrize("keyed", ["99", "0225550101", "*21"])
def test_only_people_have_an_extension(keyed: str, served: Callable[..., Any]) -> None:
    """R35: nothing else can be dialled by it; after two tries the menu comes again."""
    keys = {"menu-extension": "21", "extension-enter": f"{keyed} {keyed}"}
    office = served(keys, menu=menu(key_2=EXTENSION))
    assert office.keys_said.count("extension-nobody") == 2
    assert office.tried == [("11", TransferResult.TAKEN)]


@pytest.mark.parametrize(
    ("prompt", "way"), [("extension-enter", EXTENSION), ("by-name", NAME), ("customer-number", CUSTOMER)]
)
def test_who_does_not_know_presses_zero_for_somebody_who_answers(
    prompt: str, way: Destination, served: Callable[..., Any]
) -> None:
    office = served({f"menu-{way.leads.value.replace(' ', '-')}": "2", prompt: "0"}, menu=menu(key_2=way))
    assert office.tried == [("12", TransferResult.TAKEN)]


def named(*names: str) -> Settings:
    """The same office with people of these names."""
    people = tuple(PersonSettings(name, str(extension)) for extension, name in enumerate(names, 11))
    return replace(OFFICE, people=people)


def test_letters_of_one_name_lead_to_that_person(served: Callable[..., Any]) -> None:
    office = served({"menu-by-name": "2", "by-name": "567"}, menu=menu(key_2=NAME))
    assert office.tried == [("13", TransferResult.TAKEN)], "5 is K, 6 is O, 7 is S"


def test_several_of_a_name_are_offered_by_keys(served: Callable[..., Any]) -> None:
    keys = {"menu-by-name": "2", "by-name": "526", "menu-choice": "2"}
    office = served(keys, menu=(("2", NAME),), settings=named("Jan Lis", "Bartek", "Jan Kos"))
    assert [values["group"] for values in office.values("menu-choice")] == ["Jan Lis", "Jan Kos"]
    assert office.tried == [("13", TransferResult.TAKEN)]


def test_letters_of_nobody_are_told_and_asked_for_once_more(served: Callable[..., Any]) -> None:
    office = served({"menu-by-name": "2", "by-name": "99 567"}, menu=menu(key_2=NAME))
    assert office.keys_said.count("by-name-nobody") == 1
    assert office.tried == [("13", TransferResult.TAKEN)]


def test_too_many_of_a_name_are_not_read_out(served: Callable[..., Any]) -> None:
    """Nobody learns who works here by keying in a few letters."""
    office = served(
        {"menu-by-name": "21", "by-name": "526 526"},
        menu=menu(key_2=NAME),
        settings=named(*(f"Jan {name}" for name in ("Lis", "Kos", "Nowak", "Lipa", "Wilk", "Zych"))),
    )
    assert office.keys_said.count("by-name-too-many") == 2
    assert {values["group"] for values in office.values("menu-choice")} == {"sales"}


NOWAK = Contact("Jan Nowak", customer_number="4711", operator="11", id=1)


def test_a_customer_is_known_by_their_number_and_told_no_name(served: Callable[..., Any]) -> None:
    """R6: whoever keys in a number need not be that customer."""
    settings = replace(OFFICE, menu=MenuSettings((("1", "service"), ("2", "customer number")), "service"))
    keys = {"menu-customer-number": "2", "customer-number": "123 4711", "familiar-looks-after": "1"}
    office = served(keys, settings=settings, contacts=ContactBook("pl", [NOWAK]), default="service")
    assert office.keys_said.count("customer-number-unknown") == 1
    assert office.heard("customer-number-thanks") and office.tried == [("11", TransferResult.TAKEN)]
    assert "Nowak" not in str(office.said)


def test_after_two_unknown_numbers_the_menu_goes_on(served: Callable[..., Any]) -> None:
    keys = {"menu-customer-number": "21", "customer-number": "123 123 123"}
    office = served(keys, menu=menu(key_2=CUSTOMER))
    assert office.keys_said.count("customer-number") == 2
    assert office.tried == [("11", TransferResult.TAKEN)]


def test_a_customer_whom_nobody_wants_is_turned_away_by_their_number_too(served: Callable[..., Any]) -> None:
    """R7."""
    rule = RuleSettings("no more", ("sellers",), "turn away")
    settings = replace(OFFICE, menu=MenuSettings((("2", "customer number"),), "sales"), rules=(rule,))
    book = ContactBook("pl", [replace(NOWAK, relation=Relation.SELLER)])
    office = served({"menu-customer-number": "2", "customer-number": "4711"}, settings=settings, contacts=book)
    assert office.keys_said[-1] == "blocked-not-wanted" and office.record.outcome is Outcome.TURNED_AWAY
