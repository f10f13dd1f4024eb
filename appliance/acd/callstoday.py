"""How often somebody has called today, which a colleague is told before they take the call (R17)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from appliance.call import CallRecord


class CallsToday:
    """The calls of one day by number; the first call of another day begins anew. Without a number nobody is known."""

    def __init__(self, calls: Iterable[CallRecord] = ()) -> None:
        self._day = date.min
        self._count: Counter[str] = Counter()
        for record in sorted(calls, key=lambda record: record.started):
            self.add(record)

    def add(self, record: CallRecord) -> None:
        """A call is over."""
        if (day := record.started.date()) != self._day:
            self._day = day
            self._count.clear()
        if number := record.caller_id.number:
            self._count[number] += 1

    def of(self, number: str, day: date) -> int:
        """How many calls of `day` from this number are over."""
        return self._count[number] if day == self._day and number else 0
