"""In which language callers are spoken to, from the first word to the last, and colleagues in theirs (R4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from appliance.acd.routing import Destination, Leads, Plan, Returning
from appliance.acd.staff import Person
from appliance.call import Outcome
from appliance.pin import kept_form
from appliance.settings import GroupSettings, HandoverSettings, LineSettings, PersonSettings, Settings

OFFICE = Settings(
    company="Northwind",
    language="en",
    lines=(LineSettings("Line 1", "a"),),
    people=(PersonSettings("Anna", "11", pin=kept_form("4711")),),
    groups=(GroupSettings("sales", ("11",)),),
    staff_code="*7",
    handover=HandoverSettings(way="briefed"),
)
LANGUAGES = (("1", "en"), ("2", "pl"))
MENU = (("1", Destination(Leads.GROUP, "sales")),)


def spoken(office: Any) -> dict[str, str]:
    """In which language each sentence was said last."""
    return {key: language for language, key in office.languages}


def test_the_language_of_a_contact_or_of_the_line_is_spoken_from_the_first_word_on(
    stage: Any, planned: Callable[..., None]
) -> None:
    planned(language="pl", menu=MENU)
    office = stage(OFFICE).engaged("11").call(seconds=1000.0)
    assert {"greeting", "menu-choice", "please-hold", "position", "callback-offer", "goodbye"} <= set(office.keys_said)
    assert {language for language, _ in office.languages} == {"pl"}


def test_each_language_is_offered_in_its_own_words(stage: Any, party: Any, planned: Callable[..., None]) -> None:
    planned(languages=LANGUAGES, menu=MENU)
    office = stage(OFFICE, party("11"), caller=party("caller", {"language-choice": "2"})).call()
    assert office.languages[1:3] == [("en", "language-choice"), ("pl", "language-choice")]
    assert spoken(office)["menu-choice"] == spoken(office)["putting-through"] == "pl"
    assert office.languages[0] == ("en", "greeting")


def test_the_colleague_hears_the_language_of_the_office(stage: Any, party: Any, planned: Callable[..., None]) -> None:
    """R17: what is whispered goes by `Brief`, which knows no other."""
    planned(language="pl", menu=MENU)
    office = stage(OFFICE, party("11", {"brief-keys": "2"})).call(seconds=200.0)
    assert office.told("brief-keys") and spoken(office)["person-refused"] == "pl"


def test_who_chooses_no_language_is_asked_twice_and_spoken_to_in_the_offices(
    stage: Any, party: Any, planned: Callable[..., None]
) -> None:
    planned(languages=LANGUAGES, menu=MENU)
    office = stage(OFFICE, party("11")).call()
    assert office.keys_said.count("language-choice") == 4
    assert spoken(office)["menu-choice"] == "en"
    assert office.record.outcome is Outcome.TRANSFERRED


def test_another_key_is_taken_for_one_of_the_menu(stage: Any, party: Any, planned: Callable[..., None]) -> None:
    planned(languages=(("8", "en"), ("9", "pl")), menu=MENU)
    office = stage(OFFICE, party("11"), caller=party("caller", {"language-choice": "1"})).call()
    assert office.keys_said[:3] == ["greeting", "language-choice", "language-choice"]
    assert "menu-choice" not in office.keys_said and office.record.outcome is Outcome.TRANSFERRED


def test_a_closed_office_speaks_the_language_that_was_chosen(
    stage: Any, party: Any, planned: Callable[..., None]
) -> None:
    planned(languages=LANGUAGES, open=False)
    office = stage(OFFICE, caller=party("caller", {"language-choice": "2", "closed-choices": "2"})).call()
    assert spoken(office)["closed"] == spoken(office)["message-after-tone"] == spoken(office)["goodbye"] == "pl"


def test_a_caller_whom_the_pbx_brings_back_is_spoken_to_as_before(stage: Any, planned: Callable[..., None]) -> None:
    """T7: the call is a new one to us, but not to them."""
    planned(returning=Returning(Person("Anna", "11"), "sales"))
    office = stage(OFFICE)
    returning: Callable[[Any], Any] = office.office._handovers.returning

    def back(call: Any) -> Any:
        call.language = "pl"
        return returning(call)

    office.office._handovers.returning = back
    office.engaged("11").call(seconds=200.0)
    assert office.languages[0] == ("pl", "person-no-answer")


def test_when_something_breaks_the_caller_still_hears_their_language(
    stage: Any, party: Any, planned: Callable[..., None], monkeypatch: Any
) -> None:
    async def broken(wish: Any) -> Outcome:
        raise ZeroDivisionError

    monkeypatch.setattr("appliance.scripts.reception.serve", broken)
    planned(languages=LANGUAGES, menu=MENU)
    office = stage(OFFICE, caller=party("caller", {"language-choice": "2"})).call()
    assert spoken(office)["trouble-callback"] == "pl"


def test_a_colleague_who_calls_is_spoken_to_in_the_language_of_the_office(
    stage: Any, party: Any, planned: Callable[..., None]
) -> None:
    """R31: whatever they pressed in a menu of languages before."""
    planned(languages=LANGUAGES)
    caller = party("caller", {"language-choice": "2", "staff-extension": "11", "staff-pin-only": "4711"})
    seen: list[Plan] = []
    office = stage(OFFICE, caller=caller)
    office.office._by_phone.colleague_in = lambda call: seen.append(call) or Person("Anna", "11", has_pin=True)
    caller.presses["staff-pin"] = "4711"
    office.call()
    assert spoken(office)["staff-menu"] == "" and office.record.outcome is Outcome.STAFF
