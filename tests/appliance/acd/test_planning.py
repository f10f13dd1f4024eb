"""Erlang B, C and A against values worked out another way, and what must hold for every office (R30)."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.acd.planning import MOST, busy, lines_for, patient_queue, people_for, queue

TALK_S = 180.0


def exactly_busy(lines: int, load: Fraction) -> Fraction:
    """Erlang B as it is defined, with factorials."""
    terms = [load**number / math.factorial(number) for number in range(lines + 1)]
    return terms[-1] / sum(terms)


@pytest.mark.parametrize(("lines", "load"), [(1, 1), (2, 1), (5, 3), (10, 12), (60, 50), (200, 180)])
def test_the_share_that_hears_busy_is_that_of_erlang_b_exactly(lines: int, load: int) -> None:
    assert busy(lines, load) == pytest.approx(float(exactly_busy(lines, Fraction(load))), rel=1e-12)


@pytest.mark.parametrize(("people", "load"), [(1, 0.5), (3, 2.0), (10, 8.0), (100, 95.0)])
def test_the_share_that_waits_is_that_of_erlang_c_exactly(people: int, load: float) -> None:
    tail = Fraction(load) ** people / math.factorial(people) * people / Fraction(people - load)
    terms = sum((Fraction(load) ** number / math.factorial(number) for number in range(people)), Fraction())
    expected = float(tail / (terms + tail))
    met = queue(people, load, TALK_S)
    assert met.waits == pytest.approx(expected, rel=1e-12)
    assert met.mean_s == pytest.approx(expected * TALK_S / (people - load), rel=1e-12)
    assert met.within(0.0) == pytest.approx(1.0 - expected, rel=1e-12)


def test_one_person_with_work_for_half_the_time_is_the_queue_of_the_first_lecture() -> None:
    met = queue(1, 0.5, TALK_S)
    assert (met.waits, met.mean_s) == (0.5, TALK_S)


@pytest.mark.parametrize(
    ("people", "load", "patience_s"), [(1, 2.0, 60.0), (4, 3.0, 120.0), (4, 6.0, 300.0), (30, 33.0, 90.0)]
)
def test_impatient_callers_meet_what_the_states_of_the_queue_say(people: int, load: float, patience_s: float) -> None:
    """Erlang A, from all states of the office written down one after the other, the long way."""
    comes, talks, leaves = load / TALK_S, 1.0 / TALK_S, 1.0 / patience_s
    states = [1.0]
    for callers in range(1, 2000):
        goes = min(callers, people) * talks + max(0, callers - people) * leaves
        states.append(states[-1] * comes / goes)
    total = sum(states)
    waiting = sum(max(0, callers - people) * state for callers, state in enumerate(states)) / total
    met = patient_queue(people, load, TALK_S, patience_s)
    assert met.waits == pytest.approx(sum(states[people:]) / total, rel=1e-9)
    assert met.mean_s == pytest.approx(waiting / comes, rel=1e-9)
    assert met.gives_up == pytest.approx(leaves * waiting / comes, rel=1e-9)


def test_callers_of_endless_patience_make_the_queue_that_of_erlang_c() -> None:
    patient, endless = patient_queue(10, 8.0, TALK_S, 1e8), queue(10, 8.0, TALK_S)
    assert patient.waits == pytest.approx(endless.waits, rel=1e-4)
    assert patient.mean_s == pytest.approx(endless.mean_s, rel=1e-4)
    for seconds in (5.0, 20.0, 60.0, 300.0):
        assert patient.within(seconds) == pytest.approx(endless.within(seconds), rel=1e-4)


@pytest.mark.parametrize("load", [3.0, 6.0])
def test_the_waits_of_callers_who_would_stay_have_the_mean_that_balances_the_queue(load: float) -> None:
    """Whoever gives up does so before their turn: E[1 - exp(-wait / patience)] over all is the share that gives up."""
    met = patient_queue(4, load, TALK_S, 120.0)
    ends = [(4.0 * number, met.within(4.0 * number)) for number in range(400)]
    gives_up = sum(
        (then - before) * (1.0 - math.exp(-(start + end) / 2 / 120.0))
        for (start, before), (end, then) in pairwise(ends)
    )
    assert gives_up == pytest.approx(met.gives_up, rel=1e-3)


@given(st.integers(1, 600), st.floats(0.01, 800.0))
def test_another_line_never_hurts_and_more_callers_never_help(lines: int, load: float) -> None:
    assert 0.0 <= busy(lines + 1, load) <= busy(lines, load) <= busy(lines, load * 1.1) <= 1.0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 300), st.floats(0.01, 400.0), st.floats(1.0, 3600.0))
def test_shares_of_impatient_callers_are_shares(people: int, load: float, patience_s: float) -> None:
    met, more = patient_queue(people, load, TALK_S, patience_s), patient_queue(people + 1, load, TALK_S, patience_s)
    assert 0.0 <= met.gives_up <= met.waits <= 1.0
    assert met.gives_up == pytest.approx(met.mean_s / patience_s)
    assert more.gives_up <= met.gives_up + 1e-12
    assert 0.0 <= met.within(10.0) <= met.within(30.0) + 1e-9 <= 1.0 + 1e-6


def test_a_crowd_that_would_wait_for_hours_can_be_planned_for() -> None:
    """Most of the states of this queue are longer than a floating-point number could tell the weight of."""
    met = patient_queue(1, 400.0, TALK_S, 3600.0)
    assert met.gives_up == pytest.approx(1.0 - 1.0 / 400.0, rel=1e-6)


def test_with_more_work_than_people_a_patient_queue_grows_for_ever() -> None:
    met = queue(3, 3.0, TALK_S)
    assert (met.waits, met.mean_s, met.within(3600.0)) == (1.0, math.inf, 0.0)


def test_an_office_that_nobody_calls_needs_nobody_to_wait() -> None:
    assert (busy(2, 0.0), queue(2, 0.0, TALK_S).waits, patient_queue(2, 0.0, TALK_S, 60.0).mean_s) == (0.0, 0.0, 0.0)


@given(st.floats(0.01, 300.0), st.floats(0.001, 0.5))
def test_the_fewest_lines_are_enough_and_one_less_is_not(load: float, goal: float) -> None:
    lines = lines_for(load, goal)
    assert busy(lines, load) <= goal * (1 + 1e-9)
    assert lines == 1 or busy(lines - 1, load) > goal * (1 - 1e-9)


@pytest.mark.parametrize("patience_s", [None, 90.0])
@pytest.mark.parametrize("load", [0.1, 2.0, 17.5, 250.0])
def test_the_fewest_people_are_enough_and_one_less_is_not(load: float, patience_s: float | None) -> None:
    def met(people: int) -> float:
        if patience_s is None:
            return queue(people, load, TALK_S).within(20.0)
        return patient_queue(people, load, TALK_S, patience_s).within(20.0)

    people = people_for(lambda waiting: waiting.within(20.0) >= 0.8, load, TALK_S, patience_s)
    assert met(people) >= 0.8
    assert people == 1 or met(people - 1) < 0.8


def test_what_nobody_has_is_refused() -> None:
    with pytest.raises(ValueError, match=str(MOST)):
        lines_for(10.0 * MOST, 0.01)
    with pytest.raises(ValueError, match=str(MOST)):
        people_for(lambda waiting: False, 1.0, TALK_S, None)
    with pytest.raises(ValueError, match="above 0"):
        lines_for(1.0, 0.0)
    with pytest.raises(ValueError, match="at least one"):
        busy(0, 1.0)
