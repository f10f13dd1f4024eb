"""An office as the textbooks have it, to compare the real queue, staff and strategies with what is known for certain.

Callers come independently of one another (Poisson), conversations last exponentially long, nobody loses patience, no
time passes between offer and answer, and the end of a conversation is known at once. What remains is the distribution
itself: `Queue`, `Staff` and `Distribution`, as they serve real callers. Of such offices Erlang told how many wait, and
how long (C), or how many are lost where nobody may wait (B).
"""

from __future__ import annotations

import heapq
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from statistics import NormalDist

from appliance.acd import planning
from appliance.acd.distribution import Distribution
from appliance.acd.queue import Queue
from appliance.acd.staff import Staff
from appliance.call import TransferResult
from appliance.settings import GroupSettings, PersonSettings, Settings, WaitingSettings

TALK_S = 180.0
MOMENT = datetime(2026, 11, 23, 10, tzinfo=UTC)
GROUP = "everybody"


@dataclass(frozen=True, slots=True)
class Batch:
    """What callers met who came one after the other: the share that was not served at once, and the mean wait of all of
    them in conversations.
    """

    not_at_once: float
    mean_wait: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, and how far the true one may be from it."""

    mean: float
    half_width: float

    def holds(self, value: float) -> bool:
        """Could this be the true one?"""
        return abs(value - self.mean) <= self.half_width


class TextbookOffice:
    """One group of so many people; `load` is in erlangs. Where nobody `waits`, who is not served at once is lost."""

    def __init__(self, people: int, load: float, *, waits: bool, strategy: str = "longest idle", seed: int = 1) -> None:
        persons = tuple(PersonSettings(f"Person {n}", str(100 + n)) for n in range(people))
        waiting = WaitingSettings(talk_s=math.inf, wrap_up_s=0.0)  # nobody is believed to have finished who has not
        group = GroupSettings(GROUP, tuple(person.extension for person in persons), strategy=strategy)
        settings = Settings("A textbook", people=persons, groups=(group,), waiting=waiting)
        self._staff = Staff(persons, waiting)
        self._queue = Queue()
        self._distribution = Distribution(settings, self._staff, self._queue)
        self._waits = waits
        self._rng = Random(seed)
        self._between_s = TALK_S / load
        self._ends: list[tuple[float, str]] = []
        self._now = 0.0
        self._calls = 0
        self._delays: list[float] = []
        """Of the callers of this batch: how long they waited, in seconds; infinite where they were lost."""

    def batch(self, callers: int) -> Batch:
        """Serve so many more callers, and tell what they met. Whoever waits at its end counts in the next one."""
        self._delays = []
        while len(self._delays) < callers:
            comes = self._now + self._rng.expovariate(1.0 / self._between_s)
            self._let_finish(comes)
            self._now = comes
            self._arrive()
        lost = sum(math.isinf(delay) for delay in self._delays)
        waited_s = sum(delay for delay in self._delays if not math.isinf(delay))
        waited = sum(delay > 0 for delay in self._delays)
        count = len(self._delays)
        return Batch(waited / count, waited_s / max(1, count - lost) / TALK_S)

    def _arrive(self) -> None:
        self._calls += 1
        self._queue.take(self._calls, GROUP, self._now)
        self._distribute()
        if not self._waits and self._queue.leave(self._calls) is not None:
            self._delays.append(math.inf)

    def _let_finish(self, until: float) -> None:
        """Everybody who has finished by then puts the telephone down, and takes the next call."""
        while self._ends and self._ends[0][0] <= until:
            self._now, extension = heapq.heappop(self._ends)
            self._staff.has_hung_up(extension, self._now, MOMENT)
            self._distribute()

    def _distribute(self) -> None:
        for ticket, colleague in self._distribution.offers(lambda call: True, self._now):
            extension = colleague.person.extension
            self._staff.offer(extension, ticket.call, MOMENT)
            self._queue.leave(ticket.call)
            self._staff.tried(extension, TransferResult.TAKEN, ticket.call, self._now, MOMENT)
            self._delays.append(self._now - ticket.since)
            heapq.heappush(self._ends, (self._now + self._rng.expovariate(1.0 / TALK_S), extension))


def interval(values: Sequence[float], deviations: float) -> Interval:
    """The mean of batches that hardly depend on one another, within so many standard deviations of it."""
    return Interval(statistics.fmean(values), deviations * statistics.stdev(values) / math.sqrt(len(values)))


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of one office: what the formula says, and what was measured."""

    what: str
    theory: float
    measured: Interval

    @property
    def agrees(self) -> bool:
        """Could the difference be chance?"""
        return self.measured.holds(self.theory)

    @property
    def width(self) -> float:
        """Half the width of the interval, as a share of what the formula says."""
        return self.measured.half_width / self.theory

    def __str__(self) -> str:
        return (
            f"{self.what}: {self.theory:.5f} by the formula, {self.measured.mean:.5f} ± {self.measured.half_width:.5f}"
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """An office of `people`, each with so much work (`load`, 0 to 1): so many `callers` who wait, and who are lost."""

    people: int
    load: float
    strategy: str
    callers: int
    lost: int


def compare(trials: Sequence[Trial], confidence: float, batches: int = 40, seed: int = 1) -> list[Comparison]:
    """The share that waits, the mean wait and the share that is lost, in each of the offices.

    All intervals hold at once with this `confidence`, whatever they have to do with one another: each is as much wider
    as there are more of them (C. Bonferroni). The first batch, in which the office fills, is not counted.
    """
    deviations = students_t(1.0 - (1.0 - confidence) / (2 * 3 * len(trials)), batches - 1)
    found = []
    for number, trial in enumerate(trials):
        erlangs, name = trial.people * trial.load, f"{trial.people} people at {trial.load:.0%}, {trial.strategy}"
        office = TextbookOffice(trial.people, erlangs, waits=True, strategy=trial.strategy, seed=seed + 2 * number)
        met = _met(office, trial.callers // batches, batches)
        theory = planning.queue(trial.people, erlangs, talk_s=1.0)
        waits, mean_wait = [batch.not_at_once for batch in met], [batch.mean_wait for batch in met]
        found.append(Comparison(f"{name}: share that waits", theory.waits, interval(waits, deviations)))
        found.append(Comparison(f"{name}: mean wait", theory.mean_s, interval(mean_wait, deviations)))
        office = TextbookOffice(trial.people, erlangs, waits=False, strategy=trial.strategy, seed=seed + 2 * number + 1)
        lost = [batch.not_at_once for batch in _met(office, trial.lost // batches, batches)]
        loss = planning.busy(trial.people, erlangs)
        found.append(Comparison(f"{name}: share that is lost", loss, interval(lost, deviations)))
    return found


def _met(office: TextbookOffice, callers: int, batches: int) -> list[Batch]:
    office.batch(callers)
    return [office.batch(callers) for _ in range(batches)]


def students_t(share: float, degrees: int) -> float:
    """The value that Student's t with so many degrees of freedom stays below with this share (0.5 to 1).

    From the normal one by E. Cornish's and R. Fisher's expansion: three terms, exact to 0.001 from 30 degrees on.
    """
    z = NormalDist().inv_cdf(share)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / degrees + second / degrees**2 + third / degrees**3
