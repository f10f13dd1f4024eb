"""The queue: the callers on the ports, each holding a ticket, and an honest word about how long it takes (R8, R11).

Whoever matters more counts as if they had waited longer by their *head start* (R9). Since that is a time, nobody is
passed by those who come later than it: waiting raises everybody's priority, and nobody starves.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from appliance.acd.caller import Caller
from appliance.acd.staff import Colleague


@dataclass(frozen=True, slots=True)
class Place:
    """What a waiting caller is told: position from 1, and whole minutes between which the wait will end."""

    group: str
    position: int
    low_min: int
    high_min: int


@dataclass(slots=True)
class Ticket:
    """One caller's place. `since` (seconds of the clock) is kept when the caller comes back from a failed transfer.

    `group` is the name of a group, or the extension of a person. For a while after the ticket was `taken` the caller is
    kept for the person at extension `prefers`, or for those who speak their `language` (empty: that of the office).
    """

    call: int
    group: str
    since: float
    taken: float
    head_start_s: float = 0.0
    prefers: str = ""
    language: str = ""
    caller: Caller = field(default_factory=Caller)
    said_high_min: int | None = None

    @property
    def turn(self) -> float:
        """Callers are served in the order of this moment: since when they count as waiting."""
        return self.since - self.head_start_s


class Queue:
    """All tickets, in the order in which they are served."""

    def __init__(self) -> None:
        self._tickets: dict[int, Ticket] = {}

    def __iter__(self) -> Iterator[Ticket]:
        return iter(sorted(self._tickets.values(), key=lambda ticket: ticket.turn))

    def __len__(self) -> int:
        return len(self._tickets)

    def get(self, call: int) -> Ticket | None:
        """The ticket of a call, if it has one."""
        return self._tickets.get(call)

    def take(self, call: int, group: str, now: float, since: float | None = None, head_start_s: float = 0.0) -> Ticket:
        """Give `call` a place in `group`, where it counts as waiting `since` then, if not from `now` on.

        Whoever has a ticket moves with the time they have already waited.
        """
        ticket = self._tickets.get(call)
        if ticket is None:
            began = now if since is None else since
            ticket = self._tickets[call] = Ticket(call, group, began, now, head_start_s)
        ticket.group, ticket.taken = group, now
        return ticket

    def leave(self, call: int) -> Ticket | None:
        """Take the ticket back, if there is one."""
        return self._tickets.pop(call, None)

    def position(self, ticket: Ticket) -> int:
        """How many callers of the same group are served before and with this one."""
        return sum(1 for other in self._tickets.values() if other.group == ticket.group and other.turn <= ticket.turn)

    def place(self, ticket: Ticket, colleagues: Sequence[Colleague], talk_s: float, now: float) -> Place:
        """Position and range of the wait; the upper end never grows from one announcement to the next (R11).

        The estimate lets every caller before this one, and then this one, take the colleague who is free first: half
        to one and a half times that long is what is said.
        """
        position = self.position(ticket)
        expected_s = _expected_wait_s(position, colleagues, talk_s, now)
        high = max(1, math.ceil(1.5 * expected_s / 60))
        if ticket.said_high_min is not None:
            high = min(high, ticket.said_high_min)
        ticket.said_high_min = high
        return Place(ticket.group, position, min(int(0.5 * expected_s / 60), high - 1), high)


def _expected_wait_s(position: int, colleagues: Sequence[Colleague], talk_s: float, now: float) -> float:
    """Seconds until the caller at `position` is served, if every conversation lasts `talk_s`."""
    if not colleagues:
        return position * talk_s
    free_in = [0.0 if who.free_at(now) else min(max(who.until - now, 0.0), talk_s) for who in colleagues]
    heapq.heapify(free_in)
    for _ in range(position - 1):
        heapq.heapreplace(free_in, free_in[0] + talk_s)
    return free_in[0]
