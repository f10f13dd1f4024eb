"""What a soak would say if something went wrong: its own judgement is tried here, in no time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from appliance.call import CallerId, CallRecord, Outcome
from appliance.cards import Card, CardKind
from hardware.simulated.circuit import Hook
from hardware.simulated.exchange import Release
from hardware.simulated.legs import Segment, Where
from hardware.simulated.story import CallerStory
from tests.soak.verdicts import Books, calls_that_rang, judge_book, judge_callers

ZERO = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
NOTHING = np.zeros(0, dtype=np.int16)
STORY = CallerStory(
    order=1, number="225550101", name="", began=10.0, answered_at=14.0, ended_at=30.0, ended_how="was hung up on",
    talked_to=(), rings=1, segments=(Segment(Where.RINGING, "", 10.0, 14.0), Segment(Where.OFFICE, "801", 14.0, 30.0)),
    hooks=(), flashes_ms=(), digits="", heard=NOTHING, said=NOTHING, line=NOTHING, ours=NOTHING, line_began=10.0,
)  # fmt: skip
RECORD = CallRecord(7, "Line 1", ZERO + timedelta(seconds=10), CallerId(), 1, 4.0, 16.0, Outcome.BROKEN)
CARD = Card(7, CardKind.INTERRUPTED, ZERO, "")


def lost(
    story: CallerStory,
    *cards: Card,
    troubles: tuple[tuple[float, float], ...] = (),
    release: Release = Release.BUSY,
    deaf: tuple[str, ...] = (),
) -> int:
    """How many were lost, if this is the story and these are the cards."""
    served, complaints = judge_callers([story], Books([RECORD], cards, ZERO), 0.0, troubles, [release], deaf)
    assert served.total() == 1
    return len(complaints)


def test_a_caller_who_was_hung_up_on_without_a_card_is_lost() -> None:
    assert lost(STORY) == 1


def test_a_card_without_a_number_is_found_by_the_moment_of_the_answer() -> None:
    assert lost(STORY, CARD) == 0
    assert lost(replace(STORY, answered_at=26.0), CARD) == 1


def test_a_card_of_another_line_does_not_count() -> None:
    elsewhere = replace(
        STORY, segments=(Segment(Where.RINGING, "", 10.0, 14.0), Segment(Where.OFFICE, "802", 14.0, 30.0))
    )
    assert lost(elsewhere, CARD) == 1


def test_a_card_of_somebody_else_who_was_answered_at_that_moment_does_not_count() -> None:
    other = replace(RECORD, caller_id=CallerId("501600700"))
    _, complaints = judge_callers([STORY], Books([other], [CARD], ZERO), 0.0, (), [Release.BUSY], ())
    assert len(complaints) == 1


def test_whoever_rings_in_vain_is_lost_unless_a_line_was_broken() -> None:
    rang = replace(STORY, answered_at=None, ended_at=40.0, rings=6, ended_how="gave up while it rang")
    assert lost(rang) == 1
    assert lost(rang, troubles=((35.0, 45.0),)) == 0
    assert lost(rang, troubles=((41.0, 45.0),)) == 1


def test_whoever_leaves_unheard_and_is_handed_over_is_not_counted_as_lost() -> None:
    left = replace(STORY, ended_how="hung up", hooks=(Hook(14.0, True), Hook(50.0, False), Hook(50.1, True)))
    assert lost(left, release=Release.LOOP) == 1
    assert lost(left, release=Release.LOOP, deaf=("Line 1",)) == 0
    assert lost(left, release=Release.BUSY, deaf=("Line 1",)) == 1
    assert lost(left, release=Release.SILENCE) == 0
    assert lost(replace(left, hooks=(Hook(14.0, True), Hook(32.0, False)))) == 0


def test_another_rhythm_and_an_answer_tell_two_calls_apart() -> None:
    assert calls_that_rang([1.0, 6.0, 11.0], []) == (1, 1)
    assert calls_that_rang([1.0, 6.0, 17.0], []) == (2, 2)
    assert calls_that_rang([1.0, 6.0, 8.5, 13.5], []) == (1, 2)
    assert calls_that_rang([1.0, 6.0], [3.0]) == (2, 2)


def test_a_record_without_an_outcome_is_complained_of() -> None:
    assert judge_book(Books([RECORD], [], ZERO)) == []
    assert len(judge_book(Books([replace(RECORD, outcome=None)], [], ZERO))) == 1
