"""Drawing the Board: what the office knows, as views that never change and can be given to any thread (R28).

The Board gets a new version only when something on it is different, so pages need not look twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from appliance.acd.queue import Queue
from appliance.acd.staff import Belief, Colleague, Staff
from appliance.board import Board, LineView, PersonView, WaitingView
from appliance.call import Call
from appliance.clock import Clock

MOMENTS_KEPT = 1000


class Picture:
    """The last Board, and the moments on the wall that are shown on it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._board: Board | None = None
        self._moments: dict[float, datetime] = {}

    def board(self, now: Board) -> Board:
        """`now` with its version and time; the last Board where nothing has changed since."""
        before = self._board
        if before is None or replace(now, version=before.version, at=before.at) != before:
            version = 1 if before is None else before.version + 1
            self._board = replace(now, version=version, at=self._clock.today())
        assert self._board is not None
        return self._board

    def line(self, name: str, state: str, call: Call | None, sound_lost: int, greeting: str) -> LineView:
        """One line, with its call if it has one; `greeting` is who has recorded it."""
        if call is None:
            return LineView(name, state, sound_lost=sound_lost, greeting=greeting)
        return LineView(name, "in a call", call.number, call.caller_id, call.doing, call.started, sound_lost, greeting)

    def waiting(self, queue: Queue, staff: Staff, call_of: Callable[[int], Call | None]) -> tuple[WaitingView, ...]:
        """The callers in the queue, in the order in which they are served; a group of one person has their name."""
        waiting = [(ticket, call_of(ticket.call)) for ticket in queue]
        return tuple(
            WaitingView(
                queue.position(ticket),
                call.number,
                call.line,
                staff[ticket.group].person.name if staff.knows(ticket.group) else ticket.group,
                call.caller_id,
                self._moment(ticket.since),
            )
            for ticket, call in waiting
            if call is not None
        )

    def person(self, who: Colleague) -> PersonView:
        """One of the staff; a belief that has lapsed is none any more."""
        lapsed = who.belief is not Belief.OFFERED and self._clock.now() >= who.until
        belief = Belief.FREE.value if lapsed else f"{who.belief.value} ({who.evidence})"
        since = self._moment(who.until) if lapsed else who.since
        person = who.person
        return PersonView(person.name, person.extension, person.position, who.presence.value, belief, since, who.back)

    def _moment(self, seconds: float) -> datetime:
        """The time on the wall at a moment of the clock; the same at every asking, though two clocks are read."""
        if seconds not in self._moments:
            if len(self._moments) >= MOMENTS_KEPT:
                self._moments.clear()
            self._moments[seconds] = self._clock.today() - timedelta(seconds=self._clock.now() - seconds)
        return self._moments[seconds]
