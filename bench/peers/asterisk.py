"""What Asterisk's queue would announce to the same callers at the same moments.

Its rule (apps/app_queue.c, read in November 2026): the hold time of a queue is an exponential mean of how long those
waited who were put through, in whole seconds, the last with a weight of one quarter, 0 at the start; told are
`labs((holdtime + 30) - waited) / 60` whole minutes.
"""

from __future__ import annotations


class AsteriskQueue:
    """The hold time of one queue."""

    def __init__(self) -> None:
        self._hold_s = 0

    def put_through(self, waited_s: float) -> None:
        """A caller was put through after so long."""
        self._hold_s = (3 * self._hold_s + int(waited_s)) >> 2

    def announces_min(self, waited_s: float) -> int:
        """The minutes told to a caller who has waited so long."""
        return abs(self._hold_s + 30 - int(waited_s)) // 60
