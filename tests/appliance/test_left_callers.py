"""Callers who stay in the PBX when our call is over, and callers who ring in place of others: who is whom (T7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from appliance.call import CallerId, Outcome, Presentation, TransferResult
from appliance.clock import VirtualClock
from appliance.settings import (
    GroupSettings,
    HandoverSettings,
    LineSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)
from hardware.simulated.eventoffice import EventOffice
from hardware.simulated.eventpeople import Caller, Extension, Visitor, Where
from hardware.simulated.eventport import Habits

SETTINGS = Settings(
    company="Northwind",
    lines=(LineSettings("Line 1", "a"), LineSettings("Line 2", "b")),
    people=(PersonSettings("Anna", "11"),),
    groups=(GroupSettings("sales", ("11",)),),
    menu=MenuSettings((), "sales"),
    pbx=PbxSettings(flash_proven=True, recall_s=20.0),
    handover=HandoverSettings(way="answered"),
)
HABITS = Habits(recall_s=20.0)


def shown(number: str) -> CallerId:
    return CallerId(number, "", Presentation.SHOWN)


JAN, EWA = shown("225550101"), shown("225550202")


class Noon:
    """An office of Anna alone, who is never at her desk."""

    def __init__(self, settings: Settings = SETTINGS, habits: Habits = HABITS) -> None:
        rng = Random(1)
        self.clock = VirtualClock(datetime(2026, 11, 24, 12, tzinfo=UTC))
        self.anna = Extension("11", 1.0, rng)
        self.office = EventOffice(settings, self.clock, {"11": self.anna}, rng, habits)

    def calls(self, caller_id: CallerId, line: str = "Line 1", **visitor: float | str) -> Caller:
        return self.office.lines[line].ring(Visitor(caller_id, 2000.0, 60.0, {}, **visitor))  # type: ignore[arg-type]

    def until(self, caller: Caller, where: Where) -> None:
        """Let time pass until the caller is there."""
        self.wait(lambda: caller.where is where)

    def wait(self, for_what: Callable[[], bool], most_s: float = 600.0) -> None:
        end = self.clock.now() + most_s
        while not for_what():
            assert self.clock.now() < end
            self.clock.run(self.clock.now() + 0.1)

    @property
    def outcomes(self) -> list[Outcome | None]:
        return [record.outcome for record in self.office.finished]


def test_a_line_that_fails_while_it_rings_at_a_colleague_knows_the_caller_when_they_are_back() -> None:
    """R23: there is a card at once. T7: and who rings here again is no new call."""
    noon = Noon()
    jan = noon.calls(JAN)
    noon.wait(lambda: noon.anna.rung_by is not None)
    noon.office.lines["Line 1"].fail()
    noon.office.lines["Line 1"].heal()
    assert noon.outcomes == [Outcome.BROKEN]
    assert [card.number for card in noon.office.cards] == [JAN.number]
    noon.until(jan, Where.OFFICE)
    noon.clock.run(noon.clock.now() + 20.0)
    performer = noon.office.engine._lines["Line 1"].performer
    assert performer is not None and performer.call.since is not None, "their wait goes on where it was"


def test_nobody_else_is_offered_whom_the_pbx_still_rings_for_a_lost_line() -> None:
    """R8: the line is dead, the telephone on the desk rings on."""
    noon = Noon()
    noon.calls(JAN)
    noon.wait(lambda: noon.anna.rung_by is not None)
    noon.office.lines["Line 1"].fail()
    noon.calls(EWA, "Line 2")
    noon.clock.run(noon.clock.now() + 19.0)
    assert isinstance(noon.anna.rung_by, Caller)
    assert noon.office.pbx.offered_twice == []


def test_who_was_left_ringing_is_not_offered_again_while_it_may_ring() -> None:
    """R8: camped on for the recall time, then ringing for as long, and all that time believed to have a call."""
    settings = replace(
        SETTINGS,
        pbx=replace(SETTINGS.pbx, camp_on=True),
        handover=HandoverSettings(way="ring"),
        waiting=WaitingSettings(talk_s=10.0),
    )
    noon = Noon(settings, replace(HABITS, camp_on=True))
    noon.anna.busy_until = 30.0
    jan = noon.calls(JAN)
    noon.until(jan, Where.RINGING_COLLEAGUE)
    noon.calls(EWA, "Line 2")
    noon.clock.run(noon.clock.now() + 18.0)
    assert noon.office.pbx.offered_twice == []


def test_who_rings_while_another_should_come_back_is_a_call_of_their_own() -> None:
    """Where only hanging up brings callers back, the line is free meanwhile, and anybody may ring."""
    settings = replace(SETTINGS, pbx=replace(SETTINGS.pbx, back_from_no_answer="hang up", recall_s=20.0))
    noon = Noon(settings)
    jan = noon.calls(JAN)
    noon.until(jan, Where.RINGING_COLLEAGUE)
    ewa = noon.calls(EWA)
    noon.until(ewa, Where.OFFICE)
    assert noon.office.begun[noon.office.call_of["Line 1"]].caller_id == EWA
    assert noon.office.finished[0].transfers[-1].result is TransferResult.LEFT
    assert noon.office.cards == []


def test_whom_the_pbx_brings_back_by_ringing_goes_on_in_the_same_call() -> None:
    settings = replace(SETTINGS, pbx=replace(SETTINGS.pbx, back_from_no_answer="hang up", recall_s=20.0))
    noon = Noon(settings)
    jan = noon.calls(JAN)
    noon.until(jan, Where.RETURNING)
    noon.until(jan, Where.OFFICE)
    assert noon.outcomes == []
    assert set(noon.office.begun) == {1}


def test_a_number_that_comes_before_the_answer_corrects_that_of_somebody_who_gave_up() -> None:
    noon = Noon(replace(SETTINGS, pbx=replace(SETTINGS.pbx, on_hook_s=4.0)))
    line = noon.office.lines["Line 1"]
    noon.calls(JAN, rings_for_s=2.1)
    line.dead = True
    noon.clock.run(1.0)
    line.heal()  # the first ring went unheard; the number comes, and then somebody else rings
    noon.clock.run(3.0)
    ewa = noon.calls(EWA)
    noon.until(ewa, Where.OFFICE)
    assert noon.office.begun[1].caller_id == EWA


def test_attempts_that_come_to_nothing_do_not_make_the_limit_of_waiting_a_new_one() -> None:
    """R13: a caller is never trapped in the queue, however often the colleague is tried in vain."""
    noon = Noon(replace(SETTINGS, waiting=WaitingSettings(longest_s=150.0)))
    noon.anna.busy_until = 1e6
    noon.calls(JAN)
    noon.wait(lambda: bool(noon.office.finished), 400.0)
    assert noon.outcomes == [Outcome.CALLBACK]
    assert {attempt.result for attempt in noon.office.finished[0].transfers} == {TransferResult.BUSY}
    assert len(noon.office.finished[0].transfers) > 1
    assert sum(wait.seconds for wait in noon.office.finished[0].waits) < 150.0 + 50.0


def test_a_caller_who_comes_back_does_not_end_the_offer_of_another() -> None:
    """R8: the colleague is just being told of Jan when Ewa, left there before, is back."""
    noon = Noon()
    staff = noon.office.engine._staff
    staff.offer("11", 7, noon.clock.today())
    staff.came_back("11", 6, noon.clock.now(), noon.clock.today())
    assert not staff["11"].free_at(noon.clock.now() + 600.0)


def test_a_call_that_the_line_gave_up_does_not_cut_off_another_an_hour_later() -> None:
    """R16: a reply went astray and the line hung up by itself; an hour is the limit of that call alone."""
    noon = Noon()
    noon.calls(JAN)
    noon.clock.run(6.0)
    noon.office.lines["Line 1"].loses_done = True
    noon.wait(lambda: bool(noon.office.finished))
    noon.clock.run(3570.0)
    ewa = noon.calls(EWA)
    noon.clock.run(3620.0)
    assert ewa.ended is None
    assert noon.outcomes == [Outcome.ABANDONED]


def test_a_line_that_was_out_of_order_while_it_began_to_ring_takes_nobody_for_the_caller_it_expects() -> None:
    """R23: her caller ID came with the rings that nobody heard, so she may be anybody, and has a record of her own."""
    noon = Noon(replace(SETTINGS, handover=HandoverSettings(way="blind")))
    noon.anna.answers_after_s = lambda: 5.0  # type: ignore[method-assign]
    noon.calls(JAN)
    noon.wait(lambda: noon.outcomes == [Outcome.TRANSFERRED])  # as far as the office knows, he may come back
    line, left_at = noon.office.lines["Line 1"], noon.clock.now()
    line.fail()
    noon.clock.run(left_at + 12.0)
    ewa = noon.calls(EWA)
    noon.clock.run(left_at + 17.0)
    line.heal()
    noon.until(ewa, Where.OFFICE)
    assert left_at + 17.0 < noon.clock.now() < left_at + 30.0
    noon.clock.run(noon.clock.now() + 2000.0)
    assert [record.caller_id.number for record in noon.office.finished] == [JAN.number, ""]
