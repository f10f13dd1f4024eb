"""How long the real engine needs for a hundred thousand calls: event-level lines, virtual time, no call log."""

from __future__ import annotations

import time
from collections import Counter
from typing import Final

from bench.figures import Figure
from hardware.simulated.days import load_day, simulate

CALLS: Final = 100_000
LIMIT_S: Final = 60.0


def many_calls_figure() -> Figure:
    """So many mondays that they have a hundred thousand calls, one after the other, each with another seed."""
    day, seen, complaints = load_day("monday"), Counter[str](), 0
    began = time.process_time()
    days = CALLS // day.calls
    for seed in range(days):
        report = simulate(day, seed)
        seen += report.outcomes
        complaints += len(report.complaints)
    took_s = time.process_time() - began
    through = seen["put through"] / sum(seen.values())
    return Figure(
        f"{CALLS} simulated calls through the real engine",
        f"≤ {LIMIT_S:.0f} s",
        f"{took_s:.1f} s",
        took_s <= LIMIT_S and not complaints,
        f"{days} days `monday`, {through:.0%} put through, {complaints} broken rules; processor time on one core",
    )
