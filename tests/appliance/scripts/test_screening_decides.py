"""Screening at the level of the office: who decides, what the caller hears, and where everybody is afterwards (R18)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from appliance.acd.staff import Presence
from appliance.acts import sentence
from appliance.call import Outcome, TransferResult
from appliance.cards import CardKind
from appliance.commands import SetPresence
from appliance.settings import GroupSettings, HandoverSettings, LineSettings, PbxSettings, PersonSettings, Settings

BOSS, HELPER = "31", "32"
SETTINGS = Settings(
    company="Northwind",
    operator=BOSS,
    lines=(LineSettings("Line 1", "a"),),
    people=(
        PersonSettings("Dora Lis", BOSS, "director", protected=True, assistant=HELPER),
        PersonSettings("Ewa", HELPER),
    ),
    groups=(GroupSettings("director", (BOSS,)),),
    pbx=PbxSettings(flash_proven=True),
    handover=HandoverSettings(refusals=("meeting", "email", "We have all we need, thank you.")),
)
LEAVES_A_NUMBER = {"callback-confirm-number": "1", "callback-when": "1"}
NEVER_SAID = {"putting-through", "person-refused", "person-busy", "person-no-answer"}

Build = Callable[..., Any]


def test_the_assistant_hears_the_caller_and_takes_the_call(stage: Build, party: Build) -> None:
    seen = stage(SETTINGS, party(BOSS), party(HELPER, {"screen-message": "1"})).call()
    assert seen.line.left_talking == {"caller", HELPER}
    assert seen.tried == [(HELPER, TransferResult.TAKEN)]
    assert seen.record.outcome is Outcome.TRANSFERRED
    assert seen.party(BOSS).rung == 0
    assert seen.free_again()


def test_the_caller_is_asked_who_they_are_and_what_they_want_and_both_are_played(stage: Build, party: Build) -> None:
    seen = stage(SETTINGS, party(BOSS), party(HELPER, {"screen-message": "1"})).call()
    assert seen.recorded == ["matters/call-000001-who.wav", "matters/call-000001.wav"]
    assert seen.whispered[:5] == [
        sentence("screen-for", person="Dora Lis"),
        sentence("caller-number", number="225550101"),
        sentence("caller-name", name="Jan"),
        sentence("recording", name="matters/call-000001-who.wav"),
        sentence("recording", name="matters/call-000001.wav"),
    ]


def test_who_says_nothing_is_announced_as_not_told(stage: Build, party: Build) -> None:
    helper = party(HELPER, {"screen-message": "1"})
    seen = stage(SETTINGS, party(BOSS), helper, caller=party("caller", silent=True)).call()
    assert seen.told("caller-who-not-told")
    assert seen.told("caller-matter-not-told")
    assert not seen.told("recording")


def test_the_assistant_passes_the_call_on_and_the_director_takes_it(stage: Build, party: Build) -> None:
    boss = party(BOSS, {"screen-message": "1"})
    seen = stage(SETTINGS, boss, party(HELPER, {"screen-message": "0"})).call()
    assert seen.tried == [(HELPER, TransferResult.PASSED_ON), (BOSS, TransferResult.TAKEN)]
    assert seen.line.left_talking == {"caller", BOSS}
    assert seen.heard("screen-still")
    assert seen.free_again()


def test_the_director_has_no_key_to_pass_the_call_on(stage: Build, party: Build) -> None:
    seen = stage(SETTINGS, party(BOSS, {"screen-message": "0"}), party(HELPER, busy=True)).call(seconds=90.0)
    spoken = [spoken.key for spoken in seen.whispered]
    assert spoken.count("screen-for-you") == 1
    assert "screen-pass-on" not in spoken


@pytest.mark.parametrize(
    ("key", "spoken"),
    [
        ("2", sentence("refusal-meeting", person="Dora Lis")),
        ("3", sentence("refusal-email", person="Dora Lis")),
        ("4", sentence("own-words", text="We have all we need, thank you.")),
    ],
)
def test_a_refusal_has_the_caller_told_the_phrase_of_its_key_and_takes_a_callback(
    key: str, spoken: Any, stage: Build, party: Build
) -> None:
    caller = party("caller", LEAVES_A_NUMBER)
    seen = stage(SETTINGS, party(BOSS), party(HELPER, {"screen-message": key}), caller=caller).call()
    assert spoken in seen.said
    assert spoken in seen.whispered  # whoever decided knew what would be said
    assert not NEVER_SAID & {said.key for said in seen.said}
    assert seen.record.outcome is Outcome.CALLBACK
    assert [(card.kind, card.recording) for card in seen.cards] == [(CardKind.CALLBACK, "matters/call-000001.wav")]
    assert seen.party(BOSS).rung == 0
    assert seen.free_again()


def test_a_key_without_a_phrase_refuses_nobody(stage: Build, party: Build) -> None:
    seen = stage(SETTINGS, party(BOSS, {"screen-message": "1"}), party(HELPER, {"screen-message": "5"})).call()
    assert seen.tried == [(HELPER, TransferResult.MACHINE), (BOSS, TransferResult.TAKEN)]


def test_a_message_is_taken_when_the_assistant_wants_one(stage: Build, party: Build) -> None:
    seen = stage(SETTINGS, party(BOSS), party(HELPER, {"screen-message": "9"})).call()
    assert seen.heard("refusal-unavailable")
    assert seen.record.outcome is Outcome.MESSAGE
    assert [card.recording for card in seen.cards] == ["messages/call-000001.wav"]


@pytest.mark.parametrize("way", ["busy", "fax"])
def test_an_assistant_who_cannot_be_had_leaves_it_to_the_director(way: str, stage: Build, party: Build) -> None:
    seen = stage(SETTINGS, party(BOSS, {"screen-message": "1"}), party(HELPER, **{way: True})).call()
    assert seen.line.left_talking == {"caller", BOSS}


def test_an_assistant_who_is_out_is_not_rung(stage: Build, party: Build) -> None:
    seen = stage(SETTINGS, party(BOSS, {"screen-message": "1"}), party(HELPER))
    seen.post(SetPresence(HELPER, Presence.LUNCH))
    seen.call()
    assert seen.party(HELPER).rung == 0
    assert seen.tried == [(BOSS, TransferResult.TAKEN)]


@pytest.mark.parametrize("no_key", ["take", "back"])
def test_no_key_never_puts_a_caller_through_to_a_protected_person(
    no_key: str, stage: Build, party: Build, changed: Build
) -> None:
    """An answering machine answers, and presses nothing; what the office says of other colleagues does not count."""
    settings = changed(SETTINGS, "handover", no_key=no_key)
    caller = party("caller", {"come-back-choices": "2", **LEAVES_A_NUMBER})
    seen = stage(settings, party(BOSS), party(HELPER, answers=False), caller=caller).call()
    assert seen.tried == [(HELPER, TransferResult.NO_ANSWER), (BOSS, TransferResult.MACHINE)]
    assert seen.line.left_talking == set()
    assert seen.heard("refusal-unavailable")
    assert not NEVER_SAID & {said.key for said in seen.said}
    assert seen.record.outcome is Outcome.CALLBACK


def test_no_key_takes_a_message_where_the_office_wants_that(stage: Build, party: Build, changed: Build) -> None:
    settings = changed(SETTINGS, "handover", no_key="message")
    assert stage(settings, party(BOSS), party(HELPER, busy=True)).call().record.outcome is Outcome.MESSAGE


def test_a_caller_who_waits_for_the_director_is_not_asked_again(stage: Build, party: Build) -> None:
    boss = party(BOSS, busy=True)
    seen = stage(SETTINGS, boss, party(HELPER, answers=False))
    seen.clock.at(seen.clock.now() + 120.0, lambda: setattr(boss, "busy", False))
    boss.presses = {"screen-message": "1"}
    seen.call()
    assert len(seen.recorded) == 2
    assert seen.line.left_talking == {"caller", BOSS}


def test_who_puts_the_telephone_down_while_being_told_has_not_taken_the_call(stage: Build, party: Build) -> None:
    helper = party(HELPER, hangs_up_at="screen-for")
    seen = stage(SETTINGS, party(BOSS, {"screen-message": "1"}), helper).call()
    assert seen.tried == [(HELPER, TransferResult.NO_ANSWER), (BOSS, TransferResult.TAKEN)]


@pytest.mark.parametrize("pressed", ["0", "2", "9", ""])
@pytest.mark.parametrize("after_s", range(1, 60, 3))
def test_a_caller_who_hangs_up_at_any_moment_is_known_and_nobody_stays_occupied(
    after_s: float, pressed: str, stage: Build, party: Build
) -> None:
    """R23: there is a card, or somebody has talked with them."""
    seen = stage(SETTINGS, party(BOSS, {"screen-message": "1"}), party(HELPER, {"screen-message": pressed}))
    seen.call(leaves_after_s=float(after_s))
    assert len(seen.records) == 1
    assert seen.cards or seen.record.outcome is Outcome.TRANSFERRED
    assert not seen.line.off_hook
    assert seen.free_again()


def test_what_a_caller_says_before_hanging_up_is_on_their_card(stage: Build, party: Build) -> None:
    seen = stage(SETTINGS, party(BOSS), party(HELPER), caller=party("caller", hangs_up_at="screen-moment")).call()
    assert [(card.kind, card.recording) for card in seen.cards] == [(CardKind.ABANDONED, "matters/call-000001.wav")]


def test_every_caller_is_asked_for_a_sentence_where_the_office_wants_it(
    stage: Build, party: Build, changed: Build
) -> None:
    """R17: once, before the queue; the colleague hears it."""
    settings = replace(changed(SETTINGS, "handover", ask_matter=True), people=(PersonSettings("Dora Lis", BOSS),))
    seen = stage(settings, party(BOSS, {"brief-keys": "1"})).call()
    assert seen.recorded == ["matters/call-000001.wav"]
    assert sentence("recording", name="matters/call-000001.wav") in seen.whispered
    assert seen.said[1:3] == [sentence("ask-matter"), sentence("beep")]


def test_after_a_problem_the_operator_who_is_protected_is_not_put_through_to_unheard(
    stage: Build, party: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R18 holds when all else fails, too: here the greeting breaks, and the operator is the director."""

    async def broken(*_: Any) -> None:
        raise RuntimeError("the greeting broke")

    monkeypatch.setattr("appliance.scripts.reception.greet", broken)
    caller = party("caller", LEAVES_A_NUMBER)
    seen = stage(SETTINGS, party(BOSS), party(HELPER, {"screen-message": "2"}), caller=caller).call()
    assert seen.heard("trouble") and seen.heard("refusal-meeting")
    assert seen.record.outcome is Outcome.CALLBACK
    assert seen.free_again()


def test_a_key_skips_the_question(stage: Build, party: Build) -> None:
    caller = party("caller", {"beep": "#"})
    seen = stage(SETTINGS, party(BOSS), party(HELPER, {"screen-message": "1"}), caller=caller).call()
    assert seen.recorded == []
    assert seen.line.left_talking == {"caller", HELPER}
