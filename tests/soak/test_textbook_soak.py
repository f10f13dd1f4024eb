"""The real queue, staff and strategies against Erlang's formulas, over millions of callers (R8, R30)."""

from __future__ import annotations

import pytest

from appliance.settings import STRATEGIES
from hardware.simulated.textbook import Trial, compare

pytestmark = pytest.mark.soak

CONFIDENCE = 0.99
WIDEST, WIDEST_IN_A_RUSH = 0.03, 0.06
LOADS = (0.3, 0.5, 0.7, 0.8, 0.9)
CALLERS = (2_800_000, 2_000_000, 2_600_000, 3_800_000, 2_000_000)
"""At a high load one bad hour lasts long, so it takes more callers to know a mean; the last may be known less well."""
LOST = (1_000_000, 400_000, 300_000, 250_000, 250_000)


def test_callers_wait_as_erlang_c_says_and_are_lost_as_erlang_b_says() -> None:
    """Whichever strategy chooses among those who are free: it changes who works, not who waits."""
    trials = [
        Trial(3, load, strategy, callers, lost)
        for load, strategy, callers, lost in zip(LOADS, STRATEGIES, CALLERS, LOST, strict=True)
    ]
    found = compare(trials, CONFIDENCE)
    assert [str(one) for one in found if not one.agrees] == []
    widest = {f"{load:.0%}": WIDEST_IN_A_RUSH if load == max(LOADS) else WIDEST for load in LOADS}
    for one in found:
        limit = next(limit for load, limit in widest.items() if f"at {load}" in one.what)
        assert one.width <= limit, str(one)
