"""Messages: spoken, heard again, filed as a card, and heard by the colleague they are meant for (R11, R22, R31)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from appliance.acd.routing import Destination, Leads
from appliance.acts import sentence
from appliance.call import Outcome
from appliance.cardcommands import CardDone
from appliance.cards import Card, CardKind
from appliance.pin import kept_form
from appliance.settings import GroupSettings, HandoverSettings, LineSettings, PersonSettings, Settings

OFFICE = Settings(
    company="Northwind",
    lines=(LineSettings("Line 1", "a"),),
    people=(PersonSettings("Anna", "11", pin=kept_form("4711")), PersonSettings("Bartek", "12")),
    groups=(GroupSettings("sales", ("11",)), GroupSettings("service", ("12",))),
    handover=HandoverSettings(way="answered"),
)
FIRST, SECOND = "messages/call-000001.wav", "messages/call-000001-2.wav"


class Notes:
    """What the office has written down beside calls and cards."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    def keep_presence(self, presence: Any) -> None:
        """Of no interest here."""

    def keep_greeting(self, greeting: Any) -> None:
        """Of no interest here."""

    def forget_recording(self, name: str) -> None:
        self.forgotten.append(name)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def leaving(stage: Any, party: Any, planned: Callable[..., None], notes: Notes) -> Callable[..., Any]:
    """A caller who wants to leave a message: `leaving({"message-keep": "1"}, at="beep")`."""

    def call(presses: dict[str, str], *, at: str = "", silent: bool = False, keys: str = "3") -> Any:
        planned(goes_to=Destination(Leads.GROUP, "sales"))
        caller = party("caller", {"hold": keys, **presses}, hangs_up_at=at, silent=silent)
        office = stage(OFFICE, caller=caller, notes=notes).engaged("11")
        return office.call()

    return call


def test_a_message_is_filed_with_whom_it_is_for(leaving: Callable[..., Any]) -> None:
    office = leaving({"message-keep": "3"})
    (card,) = office.cards
    assert (card.kind, card.recording, card.group, card.number) == (CardKind.MESSAGE, FIRST, "sales", "225550101")
    assert office.keys_said[-4:] == ["beep", "message-keep", "message-thanks", "goodbye"]
    assert office.record.outcome is Outcome.MESSAGE


def test_who_presses_nothing_is_content(leaving: Callable[..., Any]) -> None:
    office = leaving({})
    assert office.record.outcome is Outcome.MESSAGE and office.keys_said.count("message-keep") == 1


def test_callers_may_listen_to_what_they_said(leaving: Callable[..., Any]) -> None:
    office = leaving({"message-keep": "13"})
    heard = office.said.index(sentence("recording", name=FIRST))
    assert office.said[heard + 1].key == "message-keep"
    assert office.record.outcome is Outcome.MESSAGE


def test_a_message_recorded_again_takes_the_place_of_the_first(leaving: Callable[..., Any], notes: Notes) -> None:
    office = leaving({"message-keep": "23"})
    assert office.recorded == [FIRST, SECOND]
    (card,) = office.office.board().cards
    assert (card.recording, notes.forgotten) == (SECOND, [FIRST])


def test_who_hangs_up_at_any_point_after_speaking_has_left_a_message(leaving: Callable[..., Any]) -> None:
    """R22: hanging up is the usual way to end it."""
    office = leaving({}, at="message-keep")
    assert office.record.outcome is Outcome.MESSAGE
    assert [(card.kind, card.recording) for card in office.cards] == [(CardKind.MESSAGE, FIRST)]


def test_who_says_nothing_is_asked_again_and_then_called_back(leaving: Callable[..., Any], notes: Notes) -> None:
    """R21; nobody has to listen to silence."""
    office = leaving({"callback-confirm-number": "1"}, silent=True)
    assert office.keys_said.count("message-nothing-heard") == 2
    assert [(card.kind, card.recording) for card in office.cards] == [(CardKind.CALLBACK, "")]
    assert notes.forgotten == [FIRST, SECOND] and office.record.outcome is Outcome.CALLBACK


def test_who_said_nothing_and_hangs_up_is_a_caller_who_gave_up(leaving: Callable[..., Any]) -> None:
    office = leaving({}, silent=True, at="message-nothing-heard")
    assert office.record.outcome is Outcome.ABANDONED
    assert [(card.kind, card.group) for card in office.cards] == [(CardKind.ABANDONED, "sales")]


# ---------------------------------------------------------------- heard by telephone (R31)


def message(number: int, group: str, day: int = 23, **other: Any) -> Card:
    """A message for somebody, left at ten on that day of November."""
    made = datetime(2026, 11, day, 10, 0, tzinfo=UTC)
    name = f"messages/call-{number:06d}.wav"
    return replace(
        Card(number, CardKind.MESSAGE, made, "225550102", "Ola", recording=name, group=group, id=number), **other
    )


@pytest.fixture
def calling_in(stage: Any, party: Any, notes: Notes) -> Callable[..., Any]:
    """Anna calls the box, and these cards lie in it, the newest first; she presses these keys after each message."""

    def call(*cards: Card, keys: str = "1") -> Any:
        presses = {"staff-pin": "4711", "staff-menu": "6 ", "staff-message-keys": keys}
        office = stage(OFFICE, caller=party("caller", presses), notes=notes, cards=cards, first_call=100)
        person = office.office._staff["11"].person
        office.office._by_phone.colleague_in = lambda call: person
        return office.call()

    return call


def played(office: Any) -> list[int]:
    """The calls from which the messages come that were played, in order."""
    return [int(str(values["name"])[-10:-4]) for values in office.values("recording")]


def test_a_colleague_hears_the_messages_for_their_groups_and_themselves_the_oldest_first(
    calling_in: Callable[..., Any],
) -> None:
    others = message(5, "service"), message(6, "sales", kind=CardKind.ABANDONED), message(7, "12")
    office = calling_in(*others, message(4, "11"), message(3, "", day=20), message(2, "sales"))
    assert office.values("staff-messages") == [{"count": 3}]
    assert played(office) == [2, 3, 4]
    assert office.values("staff-message")[1]["day"].startswith("2026-11-20")
    assert office.record.outcome is Outcome.STAFF


def test_one_that_is_settled_is_put_away_and_the_others_stay(calling_in: Callable[..., Any], notes: Notes) -> None:
    office = calling_in(message(3, "sales"), message(2, "sales"), keys="21")
    assert office.heard("staff-message-done")
    assert [card.call for card in office.office.board().cards] == [3]


def test_a_message_can_be_heard_again(calling_in: Callable[..., Any]) -> None:
    assert played(calling_in(message(2, "sales"), keys="331")) == [2, 2, 2]


def test_silence_ends_it_and_leaves_every_message_where_it_is(calling_in: Callable[..., Any], notes: Notes) -> None:
    office = calling_in(message(3, "sales"), message(2, "sales"), keys="")
    assert played(office) == [2] and len(office.office.board().cards) == 2


def test_where_there_is_none_that_is_said(calling_in: Callable[..., Any]) -> None:
    assert calling_in(message(2, "service")).heard("staff-no-messages")


def test_a_card_can_be_closed_from_outside_a_call(stage: Any, notes: Notes) -> None:
    """R24: as the page will do."""
    office = stage(OFFICE, notes=notes, cards=(message(3, "sales"), message(2, "sales")))
    office.post(CardDone(3, "11"))
    assert [card.call for card in office.office.board().cards] == [2]
