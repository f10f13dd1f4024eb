"""The real queue, staff and strategies against Erlang's formulas, in short; `make soak` does it at length (R8, R30)."""

from __future__ import annotations

import pytest

from appliance.settings import STRATEGIES
from hardware.simulated.textbook import Interval, TextbookOffice, Trial, compare, students_t


def test_callers_wait_and_are_lost_as_the_formulas_say() -> None:
    trials = [
        Trial(people, 0.7, strategy, 16_000, 8_000) for people, strategy in ((2, STRATEGIES[0]), (6, STRATEGIES[2]))
    ]
    found = compare(trials, 0.99, batches=32)
    assert len(found) == 6
    assert [str(one) for one in found if not one.agrees] == []
    assert max(one.width for one in found) < 0.5


def test_an_office_in_which_one_of_six_never_works_is_found_out() -> None:
    """The comparison is no formality: five people who do the work of six do not pass for six."""
    office = TextbookOffice(5, 4.2, waits=True)
    office.batch(2000)
    waits = office.batch(8000).not_at_once
    [share, *_] = compare([Trial(6, 0.7, STRATEGIES[0], 16_000, 8_000)], 0.99, batches=32)
    assert not share.measured.holds(waits)


@pytest.mark.parametrize(
    ("share", "degrees", "tabled"), [(0.975, 30, 2.0423), (0.995, 40, 2.7045), (0.9995, 30, 3.646)]
)
def test_students_t_is_that_of_the_tables(share: float, degrees: int, tabled: float) -> None:
    assert students_t(share, degrees) == pytest.approx(tabled, abs=1e-3)


def test_an_interval_holds_its_ends_and_nothing_beyond() -> None:
    assert Interval(1.0, 0.25).holds(1.25) and not Interval(1.0, 0.25).holds(1.26)
