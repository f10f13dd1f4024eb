"""How far what was handed over to a sound card is ahead of what the card has said.

What is said waits in two places: in the card's process, against a line that is late, and in the card itself, against a
process that is late. The first is topped up to `LEAD_S`, or to less where the card itself is slow, so that both and the
block under way stay within `LATENCY_LIMIT_S`. The card's reports tell how much it has taken; whether its clock is fast
or slow, neither place runs dry or fills up.
"""

from __future__ import annotations

from typing import Final

from appliance.signals.levels import RATE_HZ
from hardware.fxo.card import LATENCY_LIMIT_S
from hardware.fxo.soundwire import SPEAK_BLOCK_S, Report

LEAD_S: Final = 0.04
"""More would only make what is said answer later."""
LEAST_LEAD_S: Final = 0.02
"""With less, a line that wakes every 10 ms is too late too often; a card that leaves less room exceeds the limit, and
the tally shows it."""
SPARE_S: Final = 0.003


class Lead:
    """Counts for one run of a card whose rate is `card_hz`; times are those of the reports' clock."""

    def __init__(self, card_hz: int) -> None:
        self._card_hz = card_hz
        self._handed = self._handed_at_flush = self._flushes = 0
        self._said_until = 0.0

    def room(self, report: Report) -> int:
        """How many samples, at 8000 a second, to hand over now."""
        lead_s = min(LEAD_S, max(LEAST_LEAD_S, LATENCY_LIMIT_S - SPEAK_BLOCK_S - SPARE_S - report.said_delay_s))
        return max(0, round((lead_s - self._waiting_s(report)) * RATE_HZ))

    def hand_over(self, count: int, report: Report, now: float) -> float:
        """So many samples, at the card's rate, were handed over: how many seconds until the last of them is said."""
        self._handed += count
        ahead_s = self._waiting_s(report) + SPEAK_BLOCK_S + report.said_delay_s
        self._said_until = max(now, report.said_at + ahead_s)
        return self._said_until - now

    def flush(self, report: Report) -> None:
        """What waits in the process is thrown away; what the card itself has is said all the same."""
        self._flushes += 1
        self._handed_at_flush = self._handed
        self._said_until = min(self._said_until, report.said_at + SPEAK_BLOCK_S + report.said_delay_s)

    def unspoken(self, now: float) -> int:
        """Samples, at 8000 a second, that were handed over and are not said yet."""
        return max(0, round((self._said_until - now) * RATE_HZ))

    def _waiting_s(self, report: Report) -> float:
        """How much waited in the process at the time of the report, or was on its way there."""
        done = report.done if report.flushes == self._flushes else self._handed_at_flush
        return (self._handed - done) / self._card_hz
