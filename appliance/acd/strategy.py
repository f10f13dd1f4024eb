"""Which of several free people gets the next call (R8)."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.acd.staff import Colleague


def longest_idle(free: Sequence[Colleague]) -> Colleague:
    """The one whose last call ended longest ago; among those who had none, the first of the group."""
    return min(free, key=lambda colleague: colleague.idle_since)
