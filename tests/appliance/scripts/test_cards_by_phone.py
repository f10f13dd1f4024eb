"""A colleague hears what they have to see to by telephone, and says what becomes of it (R24, R26, R31)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from appliance.call import Outcome
from appliance.cards import Card, CardKind, Promise
from appliance.pin import kept_form
from appliance.settings import (
    CallbackSettings,
    GroupSettings,
    HandoverSettings,
    LineSettings,
    PbxSettings,
    PersonSettings,
    Settings,
)

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
OFFICE = Settings(
    company="Northwind",
    lines=(LineSettings("Line 1", "a"),),
    people=(PersonSettings("Anna", "11", pin=kept_form("4711")), PersonSettings("Bartek", "12")),
    groups=(GroupSettings("sales", ("11",)), GroupSettings("service", ("12",))),
    handover=HandoverSettings(way="answered"),
)


def card(id: int, kind: CardKind = CardKind.CALLBACK, **other: Any) -> Card:
    """A card that fell due an hour ago, or later by its number in minutes."""
    made = NOW - timedelta(minutes=60 - id)
    return replace(Card(id, kind, made, f"2255501{id:02}", "Ola", id=id, person="11", reminded=made), **other)


@pytest.fixture
def calling_in(stage: Any, party: Any) -> Callable[..., Any]:
    """Anna calls the box, in which these cards lie, and presses these keys after each."""

    def call(*cards: Card, keys: str = "5", minutes: str = "", outside: Any = None, settings: Any = OFFICE) -> Any:
        presses = {"staff-pin": "4711", "staff-menu": "7 ", "staff-card-keys": keys, "staff-card-minutes": minutes}
        others = () if outside is None else (outside,)
        office = stage(settings, *others, caller=party("caller", presses), cards=cards, first_call=100)
        person = office.office._staff["11"].person
        office.office._by_phone.colleague_in = lambda call: person
        return office.call()

    return call


def told(office: Any) -> list[str]:
    """The numbers of the callers of whom was told, in order."""
    return [str(values["number"]) for values in office.values("staff-card")]


def test_the_most_urgent_is_told_first_and_what_is_others_or_not_due_is_not(calling_in: Callable[..., Any]) -> None:
    mine = card(1, CardKind.ABANDONED), card(2), card(3, urgent=True), card(4, person="", group="sales")
    others = card(5, person="12"), card(6, person="", group="service"), card(7, due=NOW + timedelta(days=1))
    office = calling_in(*mine, *others)
    assert told(office) == [f"2255501{id:02}" for id in (3, 2, 4, 1)]
    assert office.values("staff-cards") == [{"count": 4}]


def test_what_the_caller_said_is_played_and_how_the_promise_stands_is_told(calling_in: Callable[..., Any]) -> None:
    soon = NOW + timedelta(minutes=10)
    office = calling_in(
        card(1, promised=soon, promise=Promise.GIVEN, recording="matters/call-000001.wav"),
        card(2, promised=NOW - timedelta(minutes=5), promise=Promise.BROKEN),
    )
    assert office.values("recording")[0]["name"] == "matters/call-000001.wav"
    assert office.heard("staff-card-soon") and office.heard("staff-card-late")


def test_one_is_done_one_is_put_off_and_one_is_promised(calling_in: Callable[..., Any]) -> None:
    office = calling_in(card(1), card(2), card(3), keys="124", minutes="90 ")
    left = {one.id: one for one in office.office.board().cards}
    assert sorted(left) == [2, 3]
    assert timedelta(minutes=29) < left[2].due - NOW < timedelta(minutes=32)
    assert left[3].promise is Promise.GIVEN and timedelta(minutes=89) < left[3].promised - NOW < timedelta(minutes=93)
    assert office.heard("staff-card-done") and office.heard("staff-card-later") and office.heard("staff-card-promise")


@pytest.mark.parametrize("minutes", ["", "0 ", "**** "])
def test_a_promise_without_a_time_is_none(minutes: str, calling_in: Callable[..., Any]) -> None:
    office = calling_in(card(1), keys="4", minutes=minutes)
    assert office.heard("staff-unchanged") and office.office.board().cards[0].promise is Promise.NONE


def test_silence_ends_it_and_leaves_everything_where_it_is(calling_in: Callable[..., Any]) -> None:
    office = calling_in(card(1), card(2), keys="")
    assert len(told(office)) == 1 and len(office.office.board().cards) == 2


def test_where_nothing_is_due_that_is_said(calling_in: Callable[..., Any]) -> None:
    assert calling_in(card(1, person="12")).heard("staff-no-cards")


MAY_DIAL = replace(
    OFFICE,
    pbx=PbxSettings(flash_proven=True, outside_prefix="0"),
    callbacks=CallbackSettings(may_dial=("XXXXXXXXX",)),
)
OLAS = "0225550101"


def test_whoever_is_to_be_called_is_connected_and_the_card_is_done(calling_in: Callable[..., Any], party: Any) -> None:
    """R25: the box dials, and leaves when somebody answers: that joins the two."""
    ola = party(OLAS)
    office = calling_in(card(1), card(2), keys="3", outside=ola, settings=MAY_DIAL)
    assert office.line.left_talking == {"caller", OLAS}
    assert [one.id for one in office.office.board().cards] == [2]
    assert office.record.outcome is Outcome.STAFF


@pytest.mark.parametrize(("wrong", "sentence"), [("busy", "callout-busy"), ("answers", "callout-no-answer")])
def test_who_cannot_be_reached_is_told_of_and_tried_another_day(
    wrong: str, sentence: str, calling_in: Callable[..., Any], party: Any
) -> None:
    """R24: the card falls due on the next working day, and the colleague is with the box again."""
    ola = party(OLAS, **{wrong: wrong == "busy"})
    office = calling_in(card(1), card(2), keys="35", outside=ola, settings=MAY_DIAL)
    assert office.heard(sentence) and ola.rung == (wrong == "answers")
    assert told(office) == ["225550101", "225550102"]
    assert next(one for one in office.office.board().cards if one.id == 1).due > NOW + timedelta(hours=12)


def test_a_number_that_may_not_be_dialled_is_read_out_instead(calling_in: Callable[..., Any], party: Any) -> None:
    """R35: a caller's number is dialled only where the owner has allowed its kind."""
    ola = party(OLAS)
    office = calling_in(card(1), keys="3", outside=ola)
    assert office.values("callout-number") == [{"number": "225550101"}]
    assert ola.rung == 0 and office.line.left_talking == set()
    assert [one.person for one in office.office.board().cards] == ["11"]


def test_without_a_number_nobody_can_be_called(calling_in: Callable[..., Any]) -> None:
    assert calling_in(card(1, number=""), keys="35", settings=MAY_DIAL).heard("staff-card-no-number-to-call")
