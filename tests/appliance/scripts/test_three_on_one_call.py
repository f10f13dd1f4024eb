"""Calls of three at the level of the office: who is with whom when the box has left, whatever goes wrong (R19)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from appliance.acts import sentence
from appliance.call import Outcome, TransferResult
from appliance.cards import CardKind
from appliance.commands import Conference
from appliance.settings import GroupSettings, HandoverSettings, LineSettings, PbxSettings, PersonSettings, Settings

ANNA, BOLEK, CEZARY = "11", "12", "13"
SETTINGS = Settings(
    company="Northwind",
    lines=(LineSettings("Line 1", "a"),),
    people=(PersonSettings("Anna", ANNA), PersonSettings("Bolek", BOLEK), PersonSettings("Cezary", CEZARY)),
    groups=(GroupSettings("sales", (ANNA,)),),
    pbx=PbxSettings(flash_proven=True, conference_code="3"),
    handover=HandoverSettings(conference_parties=(BOLEK,)),
)
WANTS_THREE = {"brief-key-three": "4", "conference-with-caller": "1"}
ALL_HERE = {"conference-check": "1"}
JOINS = {"conference-invite-keys": "1"}

Build = Callable[..., Any]


def test_the_colleague_asks_for_a_third_and_all_three_are_left_together(stage: Build, party: Build) -> None:
    seen = stage(SETTINGS, party(ANNA, WANTS_THREE | ALL_HERE), party(BOLEK, JOINS)).call()
    assert seen.line.left_talking == {"caller", ANNA, BOLEK}
    assert seen.tried == [(BOLEK, TransferResult.JOINED), (ANNA, TransferResult.JOINED)]
    assert seen.record.outcome is Outcome.TRANSFERRED
    assert not seen.cards
    assert seen.free_again()


def test_the_third_hears_who_asks_and_who_calls_before_they_join(stage: Build, party: Build) -> None:
    seen = stage(SETTINGS, party(ANNA, WANTS_THREE | ALL_HERE), party(BOLEK, JOINS)).call()
    invited = seen.whispered.index(sentence("conference-invite", person="Anna"))
    assert seen.whispered[invited + 1] == sentence("caller-number", number="225550101")


def test_a_listed_outside_number_is_dialled_with_the_prefix(stage: Build, party: Build, changed: Build) -> None:
    """R35: nothing else of the outside world could be."""
    settings = replace(SETTINGS, outside_numbers=("501600700",))
    settings = changed(settings, "handover", conference_parties=("501600700",))
    settings = changed(settings, "pbx", outside_prefix="0")
    seen = stage(settings, party(ANNA, WANTS_THREE | ALL_HERE), party("0501600700", JOINS)).call()
    assert seen.line.left_talking == {"caller", ANNA, "0501600700"}
    assert seen.told("conference-begins")
    assert sentence("conference-joined", third="5 0 1 6 0 0 7 0 0") in seen.whispered


def test_of_several_parties_the_colleague_chooses_one(stage: Build, party: Build, changed: Build) -> None:
    settings = changed(SETTINGS, "handover", conference_parties=(BOLEK, ANNA, CEZARY))
    anna = party(ANNA, WANTS_THREE | ALL_HERE | {"menu-choice": "2"})
    seen = stage(settings, anna, party(BOLEK), party(CEZARY, JOINS)).call()
    assert sentence("menu-choice", key="2", group="Cezary") in seen.whispered
    assert seen.line.left_talking == {"caller", ANNA, CEZARY}


@pytest.mark.parametrize(
    ("trouble", "result"),
    [
        ({"busy": True}, TransferResult.BUSY),
        ({"answers": False}, TransferResult.NO_ANSWER),
        ({"fax": True}, TransferResult.MACHINE),
        ({"presses": {"conference-invite-keys": "2"}}, TransferResult.REFUSED),
        ({"presses": {}}, TransferResult.NO_ANSWER),
        ({"hangs_up_at": "conference-invite"}, TransferResult.REFUSED),
    ],
)
def test_a_third_who_cannot_come_leaves_the_two_together(
    trouble: dict[str, Any], result: TransferResult, stage: Build, party: Build
) -> None:
    seen = stage(SETTINGS, party(ANNA, WANTS_THREE), party(BOLEK, **trouble)).call()
    assert seen.line.left_talking == {"caller", ANNA}
    assert seen.told("conference-not-reached")
    assert seen.tried == [(BOLEK, result), (ANNA, TransferResult.TAKEN)]
    assert seen.record.outcome is Outcome.TRANSFERRED
    assert seen.free_again()


def test_a_third_whose_extension_does_not_exist_leaves_the_two_together(stage: Build, party: Build) -> None:
    seen = stage(SETTINGS, party(ANNA, WANTS_THREE)).call()
    assert seen.tried == [(BOLEK, TransferResult.UNOBTAINABLE), (ANNA, TransferResult.TAKEN)]
    assert seen.line.left_talking == {"caller", ANNA}


def test_where_the_pbx_cannot_the_colleague_is_told_and_decides_again(
    stage: Build, party: Build, changed: Build
) -> None:
    anna = party(ANNA, {"brief-keys": "41"})
    seen = stage(changed(SETTINGS, "pbx", conference_code=""), anna, party(BOLEK)).call()
    assert seen.told("conference-cannot")
    assert not seen.told("brief-key-three")
    assert seen.line.left_talking == {"caller", ANNA}


def test_a_pbx_that_joins_nobody_by_the_code_is_a_fault_and_the_caller_is_back(stage: Build, party: Build) -> None:
    seen = stage(SETTINGS, party(ANNA, {"brief-key-three": "41"}), party(BOLEK))
    seen.line.code = "#3"
    seen.call(seconds=120.0)
    assert [fault.about for fault in seen.office.board().faults] == ["calls of three"]
    assert seen.record.transfers[0].result is TransferResult.NOT_JOINED
    assert seen.line.left_talking == {"caller", ANNA}
    assert seen.party(BOLEK).rung == 0


def test_the_colleague_hears_that_the_third_is_missing_and_keeps_the_caller(stage: Build, party: Build) -> None:
    anna = party(ANNA, WANTS_THREE | {"conference-check": "2", "conference-missing": "2"})
    seen = stage(SETTINGS, anna, party(BOLEK, JOINS, hangs_up_at="conference-joined")).call()
    assert seen.line.left_talking == {"caller", ANNA}
    assert seen.tried == [(BOLEK, TransferResult.REFUSED), (ANNA, TransferResult.TAKEN)]


def test_the_colleague_hears_that_the_caller_is_missing_and_a_card_is_made(stage: Build, party: Build) -> None:
    anna = party(ANNA, WANTS_THREE | {"conference-check": "2", "conference-missing": "1"})
    caller = party("caller", hangs_up_at="conference-joined")
    seen = stage(SETTINGS, anna, party(BOLEK, JOINS), caller=caller).call()
    assert seen.told("conference-caller-gone")
    assert seen.record.outcome is Outcome.ABANDONED
    assert [card.kind for card in seen.cards] == [CardKind.ABANDONED]
    assert seen.line.left_talking == {ANNA, BOLEK}
    assert seen.free_again()


def test_when_nobody_says_who_is_missing_a_card_is_made(stage: Build, party: Build) -> None:
    """R23: better a card too many than a caller lost."""
    seen = stage(SETTINGS, party(ANNA, WANTS_THREE | {"conference-check": "2"}), party(BOLEK, JOINS)).call()
    assert seen.whispered.count(sentence("conference-missing", third="Bolek")) == 2
    assert [card.kind for card in seen.cards] == [CardKind.ABANDONED]


def test_without_a_key_from_the_colleague_the_third_is_asked(stage: Build, party: Build) -> None:
    bolek = party(BOLEK, JOINS | {"conference-confirm": "1"})
    seen = stage(SETTINGS, party(ANNA, WANTS_THREE, hangs_up_at="conference-joined"), bolek).call()
    assert seen.line.left_talking == {"caller", BOLEK}
    assert seen.record.outcome is Outcome.TRANSFERRED


def test_a_caller_left_alone_while_the_third_was_rung_stays_with_us(stage: Build, party: Build) -> None:
    anna = party(ANNA, {"brief-key-three": "4"}, hangs_up_at="conference-not-reached")
    seen = stage(SETTINGS, anna, party(BOLEK, busy=True))
    seen.call(seconds=60.0)
    assert seen.line.with_box == {"caller"}
    assert seen.heard("still-looking")


def test_a_caller_whom_both_have_left_stays_with_us(stage: Build, party: Build) -> None:
    """Nobody is left alone in a conference: neither with the box, nor by it."""
    anna = party(ANNA, WANTS_THREE, hangs_up_at="conference-joined")
    bolek = party(BOLEK, JOINS, hangs_up_at="conference-confirm")
    caller = party("caller", {"come-back-choices": "2", "callback-confirm-number": "1", "callback-when": "1"})
    seen = stage(SETTINGS, anna, bolek, caller=caller)
    seen.call()
    assert seen.record.transfers[1].result is TransferResult.UNCONFIRMED
    assert "nobody said that they were there" in seen.office.board().faults[0].problem
    assert seen.record.outcome in (Outcome.CALLBACK, Outcome.TRANSFERRED)
    assert seen.record.transfers[-1].result is not TransferResult.JOINED
    assert seen.free_again()


def test_a_conference_that_everybody_has_left_becomes_a_card(stage: Build, party: Build) -> None:
    anna = party(ANNA, WANTS_THREE, hangs_up_at="conference-joined")
    bolek = party(BOLEK, JOINS, hangs_up_at="conference-joined")
    seen = stage(SETTINGS, anna, bolek, caller=party("caller", hangs_up_at="conference-joined")).call()
    assert [card.kind for card in seen.cards] == [CardKind.ABANDONED]
    assert not seen.line.off_hook


def test_a_colleague_who_leaves_before_the_join_brings_the_caller_back(stage: Build, party: Build) -> None:
    anna = party(ANNA, WANTS_THREE, hangs_up_at="conference-begins")
    seen = stage(SETTINGS, anna, party(BOLEK)).call(seconds=45.0)
    assert seen.heard("person-refused")
    assert seen.caller.there
    assert seen.party(BOLEK).rung == 0


@pytest.mark.parametrize("joins", [True, False])
@pytest.mark.parametrize("after_s", range(8, 80, 3))
def test_a_caller_who_hangs_up_at_any_moment_is_known_and_the_line_is_free(
    after_s: float, joins: bool, stage: Build, party: Build
) -> None:
    """R23; the colleagues hear that somebody is missing, and say so."""
    heard = {"conference-check": "?", "conference-with-caller": "?", "conference-missing": "1"}
    seen = stage(
        SETTINGS, party(ANNA, WANTS_THREE | heard), party(BOLEK, {"conference-invite-keys": "1"}, busy=not joins)
    )
    seen.call(leaves_after_s=float(after_s))
    assert len(seen.records) == 1
    assert seen.cards or seen.line.confirmed
    assert not seen.line.off_hook
    assert seen.free_again()


def test_the_office_asks_for_a_third_and_the_next_hand_over_becomes_a_call_of_three(stage: Build, party: Build) -> None:
    anna = party(ANNA, {"brief-key-three": "1"} | ALL_HERE)
    seen = stage(SETTINGS, anna, party(BOLEK, JOINS))
    seen.clock.at(seen.clock.now() + 5.0, lambda: seen.post(Conference(1, BOLEK)))
    seen.call()
    assert seen.line.left_talking == {"caller", ANNA, BOLEK}


@pytest.mark.parametrize(
    ("settings", "number", "told"),
    [
        (SETTINGS, CEZARY, "not among the parties"),
        (SETTINGS, "0900123456", "not among the parties"),
        (replace(SETTINGS, pbx=PbxSettings(flash_proven=True)), BOLEK, "your PBX cannot join three"),
        (
            replace(SETTINGS, pbx=PbxSettings(flash_proven=True, conference_code="3", back_from_busy="hang up")),
            BOLEK,
            "your PBX cannot join three",
        ),
    ],
)
def test_a_wish_that_cannot_be_is_told_on_the_board_beforehand(
    settings: Settings, number: str, told: str, stage: Build, party: Build
) -> None:
    seen = stage(settings, party(ANNA, {"brief-keys": "1", "brief-key-three": "1"}), party(BOLEK))
    seen.post(Conference(1, number))
    assert told in seen.office.board().faults[0].problem
    seen.call()
    assert seen.line.left_talking == {"caller", ANNA}
    assert seen.party(BOLEK).rung == 0


def test_a_third_who_is_asked_by_another_call_already_is_not_rung(stage: Build, party: Build) -> None:
    """R8: nobody is offered twice at once."""
    seen = stage(SETTINGS, party(ANNA, {"brief-key-three": "41"}), party(BOLEK, JOINS))
    seen.office._staff.offer(BOLEK, 7, seen.clock.today())
    seen.call()
    assert seen.told("conference-nobody")
    assert seen.party(BOLEK).rung == 0
    assert seen.line.left_talking == {"caller", ANNA}
