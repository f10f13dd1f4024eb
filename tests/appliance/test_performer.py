"""The performer: one script on one line, whatever comes between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from appliance.acd.staff import Person
from appliance.acts import (
    Collect,
    Dial,
    Doing,
    Ending,
    HangUp,
    Held,
    Hold,
    LineAct,
    MakeCard,
    Moment,
    Offer,
    OfficeAct,
    Play,
    sentence,
)
from appliance.call import Call, HangUpSign, Outcome
from appliance.events import Done
from appliance.faults import CallEnded
from appliance.performer import MOST_ACTS, Performer, Script

MOMENT = datetime(2026, 11, 24, tzinfo=UTC)
ANNA = Offer(Person("Anna", "11"))


class RecordingPort:
    """A line that only writes down what it is told; the test plays the line."""

    def __init__(self) -> None:
        self.acts: list[tuple[int, LineAct[Any]]] = []

    def perform(self, number: int, act: LineAct[Any]) -> None:
        self.acts.append((number, act))


class Rehearsal:
    """One performer, its port, and what the office was told."""

    def __init__(self, script: Callable[[], Script], trouble: Callable[[], Script] | None = None) -> None:
        self.port = RecordingPort()
        self.told: list[OfficeAct[Any]] = []

        async def no_trouble() -> Outcome:
            return Outcome.BROKEN

        call = Call(7, "Line 1", MOMENT, 0.0)
        self.performer = Performer(call, self.port, self._answer, frozenset({"11"}), trouble or no_trouble)
        self.performer.begin(script())

    def _answer(self, performer: Performer, act: OfficeAct[Any]) -> Any:
        self.told.append(act)
        match act:
            case Moment():
                return MOMENT
            case Ending(outcome):
                performer.ends_as = outcome

    @property
    def act(self) -> LineAct[Any]:
        return self.port.acts[-1][1]

    def done(self, reply: Any = None) -> None:
        self.performer.done(Done("Line 1", self.port.acts[-1][0], reply))


async def wait_for_ever() -> Outcome:
    while not isinstance(await Hold(40.0), Offer):
        await Play((sentence("position"),), offers=True)
        await Collect(1, 4.0, offers=True)
    return Outcome.TRANSFERRED


def test_a_reply_to_an_act_that_was_given_up_is_ignored() -> None:
    stage = Rehearsal(wait_for_ever)
    number = stage.port.acts[-1][0]
    stage.done(Held.TIME)
    assert isinstance(stage.act, Play)
    stage.performer.done(Done("Line 1", number, Held.TIME))
    assert isinstance(stage.act, Play)


def test_an_offer_ends_the_hold() -> None:
    stage = Rehearsal(wait_for_ever)
    assert stage.performer.takes_offers
    stage.performer.offer(ANNA)
    assert isinstance(stage.act, HangUp)
    assert stage.performer.outcome is Outcome.TRANSFERRED


def test_an_offer_during_the_announcement_cuts_it_short() -> None:
    stage = Rehearsal(wait_for_ever)
    stage.done(Held.TIME)
    stage.performer.offer(ANNA)
    assert stage.performer.outcome is Outcome.TRANSFERRED, "and nobody listens to silence until a key could have come"


async def told_twice() -> Outcome:
    await Play((sentence("position"),), offers=True)
    await Play((sentence("still-looking"),))
    await Hold(40.0)
    return Outcome.TRANSFERRED


def test_an_offer_is_kept_until_what_must_be_heard_has_been_said() -> None:
    stage = Rehearsal(told_twice)
    stage.performer.offer(ANNA)
    assert isinstance(stage.act, Play) and not stage.act.offers
    assert not stage.performer.takes_offers
    stage.done(True)
    assert stage.performer.outcome is Outcome.TRANSFERRED


def test_a_withdrawn_offer_is_not_given_to_the_next_hold() -> None:
    stage = Rehearsal(told_twice)
    stage.performer.offer(ANNA)
    stage.performer.withdraw_offer()
    stage.done(True)
    assert isinstance(stage.act, Hold)


def test_prompts_are_spoken_in_the_language_of_the_call_unless_the_script_says_another() -> None:
    async def script() -> Outcome:
        await Play((sentence("language-choice", key="1"),), language="de")
        await Play((sentence("please-hold"),))
        return Outcome.INFORMED

    stage = Rehearsal(script)
    stage.performer.call.language = "pl"
    assert isinstance(stage.act, Play) and stage.act.language == "de"
    stage.done(True)
    assert isinstance(stage.act, Play) and stage.act.language == "pl"


def test_a_caller_who_hangs_up_ends_the_script_and_the_line_is_released() -> None:
    stage = Rehearsal(wait_for_ever)
    stage.performer.hung_up(HangUpSign.LOOP_BREAK)
    assert isinstance(stage.act, HangUp)
    assert stage.performer.outcome is Outcome.ABANDONED
    assert stage.performer.call.hung_up is HangUpSign.LOOP_BREAK


def test_a_script_may_still_write_a_card_on_its_way_out_but_not_speak() -> None:
    async def careful() -> Outcome:
        await Ending(Outcome.CALLBACK)
        try:
            await Hold(40.0)
        finally:
            await MakeCard("501600700")
            await Play((sentence("goodbye"),))
        return Outcome.TRANSFERRED

    stage = Rehearsal(careful)
    stage.performer.hung_up(HangUpSign.BUSY)
    assert MakeCard("501600700") in stage.told
    assert [type(act) for _, act in stage.port.acts] == [Hold, HangUp]
    assert stage.performer.outcome is Outcome.CALLBACK


def test_no_script_swallows_the_end_of_the_call_by_catching_exceptions() -> None:
    async def greedy() -> Outcome:
        try:
            await Hold(40.0)
        except Exception:
            return Outcome.INFORMED
        return Outcome.TRANSFERRED

    stage = Rehearsal(greedy)
    stage.performer.hung_up(HangUpSign.SILENCE)
    assert stage.performer.outcome is Outcome.ABANDONED


def test_only_known_extensions_can_be_dialled() -> None:
    async def expensive() -> Outcome:
        await Dial("0048900123456")
        return Outcome.TRANSFERRED

    stage = Rehearsal(expensive)
    assert not any(isinstance(act, Dial) for _, act in stage.port.acts)
    assert stage.performer.outcome is Outcome.BROKEN


def test_a_script_with_a_bug_makes_way_for_the_apology() -> None:
    async def buggy() -> Outcome:
        await Doing("breaking")
        raise KeyError("nobody thought of this")

    async def apology() -> Outcome:
        await Play((sentence("trouble"),))
        return Outcome.CALLBACK

    stage = Rehearsal(buggy, apology)
    assert stage.act == Play((sentence("trouble"),))
    stage.done(True)
    assert stage.performer.outcome is Outcome.CALLBACK


def test_a_script_that_runs_in_circles_is_stopped() -> None:
    async def dizzy() -> Outcome:
        while True:
            await Moment()

    stage = Rehearsal(dizzy)
    assert isinstance(stage.act, HangUp)
    assert len(stage.told) == MOST_ACTS


def test_a_call_that_is_given_up_before_the_answer_leaves_no_script_behind() -> None:
    closed: list[bool] = []

    async def watched() -> Outcome:
        try:
            await Hold(1.0)
        finally:
            closed.append(True)
        return Outcome.TRANSFERRED

    stage = Rehearsal(watched)
    stage.performer.drop()
    stage.performer.hung_up(HangUpSign.BUSY)
    stage.done(Held.TIME)
    assert closed == [True]
    assert [type(act) for _, act in stage.port.acts] == [Hold]


def test_the_end_of_a_call_is_no_exception() -> None:
    with pytest.raises(CallEnded):
        raise CallEnded
    assert not issubclass(CallEnded, Exception)
