"""How many lines and people an office needs, by the formulas of telephone traffic (R30).

`load` is in erlangs: calls an hour times the hours that one of them lasts, which is how many go on at once if none is
turned away. Callers come independently of one another (Poisson).

* *Erlang B*: who finds every line busy hears busy and goes (A. K. Erlang, 1917).
* *Erlang C*: who finds every colleague talking waits, however long it takes.
* *Erlang A*: the same, but patience ends (C. Palm, 1946; O. Garnett, A. Mandelbaum, M. Reiman, 2002).

None of them computes a factorial or a power, so they are exact to the last digits for thousands of lines, too.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

MOST = 2000
"""More lines or people than this are not looked for."""
NEGLIGIBLE = 1e-15
VAST = 1e200
"""Sums are made smaller before they could be more than a number can hold."""
STEPS = 400
"""Steps of the integral that tells how long callers wait who may lose patience."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What callers meet in a queue: shares are 0 to 1.

    `waits` is the share that does not get a colleague at once, `mean_s` the mean wait of all callers, `gives_up` the
    share that hangs up before it is served, `within` the share that would be served within so many seconds if it
    had the patience.
    """

    waits: float
    mean_s: float
    gives_up: float
    within: Callable[[float], float]


def busy(lines: int, load: float) -> float:
    """Erlang B: the share of callers who find all `lines` busy.

    By the recursion on the reciprocal, 1/B(n) = 1 + n/load · 1/B(n-1), in which nothing cancels.
    """
    _check(lines, load)
    return 1.0 / _reciprocal(lines, load)


def _reciprocal(lines: int, load: float) -> float:
    """1/B; infinite where a busy signal is rarer than a floating-point number can tell."""
    reciprocal = 1.0
    for number in range(1, lines + 1):
        if load == 0 or math.isinf(reciprocal):
            return math.inf
        reciprocal = 1.0 + number / load * reciprocal
    return reciprocal


def queue(people: int, load: float, talk_s: float) -> Waiting:
    """Erlang C: what callers of endless patience meet. With no less work than people the queue grows for ever."""
    _check(people, load)
    if load >= people:
        return Waiting(1.0, math.inf, 0.0, lambda seconds: 0.0)
    blocked = busy(people, load)
    waits = blocked / (1.0 - load / people * (1.0 - blocked))
    drains = (people - load) / talk_s  # callers a second by which the queue would become shorter
    return Waiting(waits, waits / drains, 0.0, lambda seconds: 1.0 - waits * math.exp(-drains * seconds))


def patient_queue(people: int, load: float, talk_s: float, patience_s: float) -> Waiting:
    """Erlang A: what callers meet who hang up after `patience_s` on average; never more work than can be done.

    The states with callers waiting are summed up one by one, relative to the one in which everybody has just begun to
    talk; each is rarer than the last by λ / (people · μ + waiting · θ).
    """
    _check(people, load)
    if load == 0:
        return Waiting(0.0, 0.0, 0.0, lambda seconds: 1.0)
    comes, goes, gives_up = load / talk_s, people / talk_s, 1.0 / patience_s
    first = state = somebody_waits = 1.0
    waiting = 0.0
    for number in itertools.count(1):
        state *= comes / (goes + number * gives_up)
        somebody_waits += state
        waiting += number * state
        if state > VAST:
            first, state, somebody_waits, waiting = (sum_ / VAST for sum_ in (first, state, somebody_waits, waiting))
        if state * number < NEGLIGIBLE * somebody_waits and comes < goes + number * gives_up:
            break
    total = first * (_reciprocal(people, load) - 1.0) + somebody_waits
    waits = somebody_waits / total
    mean_s = waiting / total / comes
    longer = _longer(comes, goes, gives_up)
    return Waiting(waits, mean_s, mean_s * gives_up, lambda seconds: 1.0 - waits * longer(seconds))


def _longer(comes: float, goes: float, gives_up: float) -> Callable[[float], float]:
    """The share of those who wait for whom it takes longer than so many seconds, whether or not they stay.

    The density of that time is proportional to exp(λ/θ (1 - exp(-θ t)) - people μ t) (F. Baccelli, G. Hebuterne, 1981).
    """

    def exponent(seconds: float) -> float:
        return comes / gives_up * -math.expm1(-gives_up * seconds) - goes * seconds

    peak_s = math.log(comes / goes) / gives_up if comes > goes else 0.0
    highest = exponent(peak_s)
    end_s = peak_s + 1.0 / goes
    while exponent(end_s) > highest - 40.0:
        end_s = peak_s + 1.5 * (end_s - peak_s)

    def integral(start_s: float) -> float:
        step_s = (end_s - start_s) / STEPS
        weights = (1, *(4, 2) * (STEPS // 2 - 1), 4, 1)  # Simpson's rule
        return sum(
            weight * math.exp(exponent(start_s + index * step_s) - highest) for index, weight in enumerate(weights)
        ) * (step_s / 3.0)

    whole = integral(0.0)
    return lambda seconds: min(1.0, integral(seconds) / whole) if seconds < end_s else 0.0


def lines_for(load: float, goal: float) -> int:
    """The fewest lines with which at most the share `goal` hears busy.

    Raises:
        ValueError: `goal` is not a share above 0, or more than `MOST` lines would be needed.
    """
    if not 0 < goal <= 1:
        raise ValueError("the share that may hear busy lies above 0, and is at most 1")
    reciprocal = 1.0
    for number in range(1, MOST + 1):
        reciprocal = math.inf if load == 0 else 1.0 + number / load * reciprocal
        if reciprocal * goal >= 1.0:
            return number
    raise ValueError(f"more than {MOST} lines would be needed")


def people_for(good_enough: Callable[[Waiting], bool], load: float, talk_s: float, patience_s: float | None) -> int:
    """The fewest people with whom callers meet what is `good_enough`; without `patience_s` nobody ever gives up.

    Raises:
        ValueError: more than `MOST` people would be needed.
    """

    def enough(people: int) -> bool:
        if patience_s is None:
            return good_enough(queue(people, load, talk_s))
        return good_enough(patient_queue(people, load, talk_s, patience_s))

    too_few, people = 0, 1
    while not enough(people):
        too_few, people = people, 2 * people
        if too_few >= MOST:
            raise ValueError(f"more than {MOST} people would be needed")
    while people - too_few > 1:
        middle = (people + too_few) // 2
        too_few, people = (too_few, middle) if enough(middle) else (middle, people)
    return people


def _check(servers: int, load: float) -> None:
    if servers < 1 or not 0 <= load < math.inf:
        raise ValueError("there must be at least one line or colleague, and a load of 0 erlangs or more")
