"""Whole calls over the modem dialogue: what the caller heard and the line did, measured at the far end.

What every modem must do is in `test_every_modem.py`, what goes wrong with modems in `test_every_fault.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from appliance.call import HangUpSign, Outcome, Presentation, TransferResult
from appliance.cards import CardKind
from appliance.settings import ListeningSettings, PbxSettings, WaitingSettings
from appliance.signals.levels import dbm0
from hardware.simulated.exchange import Release
from hardware.simulated.legs import Where
from hardware.simulated.loop import BLOCK, BLOCK_S
from hardware.simulated.modemfaults import Faults
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.people import Caller, Staff
from hardware.simulated.story import CallerStory

Rehearse = Callable[..., Any]

JAN = Caller("225550101", "Jan", at_s=2.0, presses=((6.0, "1"),), chat_s=5.0)
NOBODY = Staff("Nobody", "11", answers_after_s=None)
BUSY = Staff("Anna", "11", on_the_phone=((0.0, math.inf),))


def levels(story: CallerStory) -> list[float]:
    """What the caller heard, in dBm0, for each 20 ms."""
    return [dbm0(story.heard[start : start + BLOCK]) for start in range(0, len(story.heard) - BLOCK, BLOCK)]


def level_at(story: CallerStory, moment: float) -> float:
    """The level that the caller heard in the 20 ms before `moment`, in seconds of the world."""
    place = int((moment - story.began) / BLOCK_S)
    return dbm0(story.heard[(place - 1) * BLOCK : place * BLOCK])


def test_nobody_answers_and_the_caller_is_fetched_back(rehearse: Rehearse) -> None:
    caller = replace(JAN, hangs_up_after_s=70.0)
    seen = rehearse(caller, staff=[NOBODY], their_pbx=PbxProfile(recall_s=60.0), waiting=WaitingSettings(retry_s=5.0))
    assert seen.record.transfers[0].result is TransferResult.NO_ANSWER
    assert seen.record.transfers[0].seconds == pytest.approx(PbxSettings().no_answer_s + 5.0, abs=4.0)


def test_two_flashes_fetch_the_caller_back_where_the_pbx_wants_two(rehearse: Rehearse) -> None:
    caller = replace(JAN, hangs_up_after_s=60.0)
    pbx = PbxProfile(flashes_to_retrieve=2)
    twice = PbxSettings(flash_proven=True, back_from_busy="flash flash", back_from_no_answer="flash flash")
    seen = rehearse(caller, staff=[BUSY], their_pbx=pbx, pbx=twice)
    assert [tried.result for tried in seen.record.transfers][:2] == [TransferResult.BUSY] * 2


def test_an_extension_that_does_not_exist_is_told_as_a_fault(rehearse: Rehearse) -> None:
    seen = rehearse(replace(JAN, hangs_up_after_s=40.0), country="us", staff=[Staff("Zoe", "19")])
    assert seen.record.transfers[0].result is TransferResult.UNOBTAINABLE
    assert "the PBX says this number cannot be obtained" in seen.faults_seen


def test_a_flash_too_short_for_the_pbx_is_told_as_a_fault(rehearse: Rehearse) -> None:
    pbx = PbxProfile(flash_min_ms=300, flash_max_ms=700, hang_up_ms=900)
    seen = rehearse(replace(JAN, hangs_up_after_s=40.0), their_pbx=pbx)
    assert seen.record.transfers[0].result is TransferResult.NO_DIAL_TONE
    assert "no dial tone came after a hook flash of 140 ms" in seen.faults_seen
    assert seen.record.outcome is Outcome.ABANDONED


def test_no_caller_id_changes_nothing_but_the_second_ring(rehearse: Rehearse) -> None:
    seen = rehearse(replace(JAN, number="", name=""))
    assert seen.record.outcome is Outcome.TRANSFERRED
    assert seen.record.rings == 2
    assert not seen.record.caller_id.told


def test_a_withheld_number_is_answered_at_the_first_ring(rehearse: Rehearse) -> None:
    seen = rehearse(replace(JAN, presentation=Presentation.WITHHELD))
    assert seen.record.caller_id.presentation is Presentation.WITHHELD
    assert (seen.record.caller_id.number, seen.record.rings) == ("", 1)


@pytest.mark.parametrize(
    ("release", "sign", "within_s"),
    [
        (Release.LOOP, HangUpSign.LOOP_BREAK, 1.0),
        (Release.BUSY, HangUpSign.BUSY, 3.0),
        (Release.DIAL_TONE, HangUpSign.DIAL_TONE, 3.5),
    ],
)
@pytest.mark.parametrize("moment", ["greeting", "hold"])
def test_a_caller_who_hangs_up_frees_the_line(
    release: Release, sign: HangUpSign, within_s: float, moment: str, rehearse: Rehearse
) -> None:
    after_s = 2.0 if moment == "greeting" else 30.0
    seen = rehearse(replace(JAN, release=release, hangs_up_after_s=after_s), staff=(), people=())
    assert seen.record.hung_up is sign
    assert seen.story.line_free_at - seen.story.ended_at <= within_s
    assert [card.kind for card in seen.cards] == [CardKind.ABANDONED]


def test_congestion_tone_frees_the_line_too(rehearse: Rehearse) -> None:
    seen = rehearse(replace(JAN, release=Release.CONGESTION, hangs_up_after_s=3.0), country="us")
    assert seen.record.hung_up is HangUpSign.CONGESTION
    assert seen.story.line_free_at - seen.story.ended_at <= 3.0


def test_silence_counts_while_a_message_is_awaited_but_not_on_hold(rehearse: Rehearse) -> None:
    """A caller whose hanging up makes no sign: the recording ends by itself, and so does the call."""
    caller = Caller(
        "225550101",
        at_s=2.0,
        presses=((6.0, "1"), (17.0, "3")),
        says=((24.5, "Please call me back about the delivery."),),
        hangs_up_after_s=28.0,
        release=Release.SILENCE,
    )
    seen = rehearse(caller, staff=(), people=())
    assert seen.record.outcome is Outcome.MESSAGE
    assert seen.story.line_free_at - seen.story.ended_at < 45.0


def test_a_silent_caller_is_not_dropped_while_waiting(rehearse: Rehearse) -> None:
    caller = replace(JAN, hangs_up_after_s=140.0)
    seen = rehearse(caller, staff=(), people=(), listening=ListeningSettings(silence_s=5.0))
    assert seen.record.hung_up is HangUpSign.BUSY
    assert seen.record.waits[0].seconds > 110.0


def test_a_key_stops_the_prompt_within_a_tenth_of_a_second(rehearse: Rehearse) -> None:
    seen = rehearse(replace(JAN, presses=((1.5, "1"),)))
    pressed = seen.story.answered_at + 1.5
    assert max(level_at(seen.story, pressed + early * BLOCK_S) for early in range(-5, 1)) > -30.0
    key_reported = next(at for at, code in seen.world.modems[0].record.events if code == "/")
    assert level_at(seen.story, key_reported + 0.1 + BLOCK_S) < -30.0


def test_the_greeting_begins_within_half_a_second_of_off_hook(rehearse: Rehearse) -> None:
    seen = rehearse(JAN)
    first = next(
        place for place, level in enumerate(levels(seen.story))
        if level > -32.0 and seen.story.began + place * BLOCK_S > seen.story.answered_at + 0.05
    )  # fmt: skip
    assert seen.story.began + first * BLOCK_S - seen.story.answered_at <= 0.5


def test_a_caller_who_leaves_while_flashed_becomes_a_card(rehearse: Rehearse) -> None:
    seen = rehearse(replace(JAN, hangs_up_after_s=22.0), staff=[NOBODY])
    assert seen.story.segments[-1].where is Where.HOLD
    assert seen.record.transfers[0].result is TransferResult.CALLER_GONE
    assert [card.kind for card in seen.cards] == [CardKind.ABANDONED]


def test_two_lines_carry_two_callers_and_nobody_gets_both(rehearse: Rehearse) -> None:
    second = replace(JAN, number="501600700", name="Ola", at_s=3.0)
    seen = rehearse(JAN, second, lines=2)
    assert [record.outcome for record in seen.records] == [Outcome.TRANSFERRED] * 2
    assert [story.talked_to for story in seen.stories] == [("Anna",), ("Anna",)]


def test_a_modem_whose_stream_cannot_be_ended_is_reported_and_the_caller_carded(rehearse: Rehearse) -> None:
    seen = rehearse(replace(JAN, hangs_up_after_s=20.0), faults=Faults(stuck_stream=True))
    assert any("does not end its stream" in problem for problem in seen.faults_seen)
    assert [card.number for card in seen.cards] == ["225550101"]
