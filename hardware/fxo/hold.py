"""Whether we hold the line that we have taken, and whether the far end still holds it, by what the pins show.

The loop is opened by ourselves when we flash, and the exchange may open or reverse it for a moment when we answer or
flash: that is not taken for the far end's doing. A HAT that has taken the line and sees no current, or goes on ringing,
has not taken it: a relay hangs, or a pin. For a while it only tells who rings, so that the office's own telephones do
what it cannot (R37).
"""

from __future__ import annotations

import math

from appliance.faults import NotAnswering

OWN_DOING_S = 0.3
"""After we have taken the line, or flashed, the loop may still move (ring trip of fxo-and-pbx 4.2)."""
SWITCHING_S = 1.0
"""So long after it a reversal of polarity is the exchange switching."""
CURRENT_WITHIN_S = 1.0
"""A line that has been taken carries current by then."""
RINGS_ON_S = 1.5
"""A ring that begins later than this after we took the line shows that we have not."""
REST_S, LONGEST_REST_S = 600.0, 3600.0
"""A HAT that could not hold the line only tells who rings for so long; twice as long after every further time."""
NO_CURRENT = "the line was taken, but no current flows"
RINGS_ON = "the line was taken, but it goes on ringing"
NOT_HELD = "The office's own telephones ring. Have the wiring of the line module checked: frontdesk doctor tells where."


class Hold:
    """Our hold of one line. Times are seconds of the clock."""

    def __init__(self) -> None:
        self._taken_at: float | None = None
        self._released_at = -math.inf
        self._quiet_until = 0.0
        self._had_current = self._break_told = False
        self._rest_until, self._why_resting, self._rests = -math.inf, "", 0

    @property
    def taken(self) -> bool:
        """Are we off-hook?"""
        return self._taken_at is not None

    def take(self, now: float) -> None:
        """We have taken the line."""
        self._taken_at, self._quiet_until = now, now + OWN_DOING_S
        self._had_current = self._break_told = False

    def release(self, now: float) -> None:
        """We have let go of it."""
        if self._taken_at is not None:
            self._taken_at, self._released_at = None, now

    def is_others(self, current: bool | None, now: float) -> bool:
        """Does current flow that is not ours, because another telephone is in use?"""
        return self._taken_at is None and current is True and now > self._released_at + OWN_DOING_S

    def flash_begins(self) -> None:
        """From now on the loop is open because of ourselves,"""
        self._quiet_until = math.inf

    def flash_ended(self, now: float) -> None:
        """until now."""
        self._quiet_until = now + OWN_DOING_S

    def ring(self, began: float, now: float) -> None:
        """It rings although we have taken the line.

        Raises:
            NotAnswering: it began too late to be the ring that we have answered.
        """
        if self._taken_at is not None and began > self._taken_at + RINGS_ON_S:
            raise self._not_held(RINGS_ON, now)

    def reversed(self, now: float) -> bool:
        """The polarity has changed: was that the far end, and not the exchange switching?"""
        return self._taken_at is not None and now > max(self._taken_at, self._quiet_until) + SWITCHING_S

    def broken(self, current: bool | None, now: float) -> bool:
        """Has the loop been broken since the last time? `current` flows, or not, or nobody can tell.

        Raises:
            NotAnswering: no current has ever flowed.
        """
        if self._taken_at is None or current is None or now < self._quiet_until:
            return False
        if current:
            self._had_current, self._break_told, self._rests = True, False, 0
            return False
        if not self._had_current and now >= self._taken_at + CURRENT_WITHIN_S:
            raise self._not_held(NO_CURRENT, now)
        newly, self._break_told = self._had_current and not self._break_told, self._had_current
        return newly

    def _not_held(self, why: str, now: float) -> NotAnswering:
        self._rest_until = now + min(REST_S * 2**self._rests, LONGEST_REST_S)
        self._why_resting, self._rests = why, self._rests + 1
        return NotAnswering(why, NOT_HELD)

    def resting(self, now: float) -> NotAnswering | None:
        """Why the line should not be taken for a while."""
        return NotAnswering(self._why_resting, NOT_HELD) if now < self._rest_until else None
