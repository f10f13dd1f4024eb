"""How many samples a modem has played by now, and so how many it needs: the outgoing stream is paced by this count.

The stream is kept `LEAD_S` ahead of what has been played: enough that a busy machine never lets it run dry, little
enough that the modem's buffer takes it and a key of the caller stops the prompt at once.
"""

from __future__ import annotations

from appliance.signals.levels import RATE_HZ

LEAD_S = 0.2
"""How far the outgoing stream is ahead. Voice buffers hold 0.25 s and more."""
RATE_KNOWN_S = 10.0
"""After so long the samples received tell the modem's true sample rate well enough to follow it."""
RATE_LIMITS = (0.98, 1.02)


class Pace:
    """How many samples the modem has played by now, and so how many it needs.

    Its sample clock differs a little from ours. In a duplex stream the samples that come in are counted by that same
    clock, so after a while they tell its rate.
    """

    def __init__(self, now: float) -> None:
        self._began = now
        self._sent = 0
        self._heard = 0

    def heard(self, count: int) -> None:
        """Samples came in."""
        self._heard += count

    def restart(self, now: float) -> None:
        """The modem ran dry: begin to count anew."""
        self._began, self._sent, self._heard = now, 0, 0

    def flushed(self, now: float) -> None:
        """The modem has thrown away what it had."""
        self._sent = min(self._sent, self._played(now))

    def ahead(self, now: float) -> int:
        """Samples sent and not played yet."""
        return max(0, self._sent - self._played(now))

    def missing(self, now: float) -> int:
        """Samples to send now; they count as sent."""
        played = self._played(now)
        if played > self._sent:
            self.restart(now)
            played = 0
        missing = played + round(LEAD_S * RATE_HZ) - self._sent
        self._sent += max(0, missing)
        return missing

    def _played(self, now: float) -> int:
        passed_s = now - self._began
        rate = float(RATE_HZ)
        if self._heard and passed_s > RATE_KNOWN_S:
            low, high = RATE_LIMITS
            rate *= min(max(self._heard / passed_s / RATE_HZ, low), high)
        return int(passed_s * rate)
