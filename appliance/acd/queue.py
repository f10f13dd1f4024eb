"""The queue: the callers on the ports, each holding a ticket (R8).

Whoever has chosen to be called back keeps their place (R14): their ticket stays, though their call is over.

Whoever matters more counts as if they had waited longer by their *head start* (R9). Since that is a time, nobody is
passed by those who come later than it: waiting raises everybody's priority, and nobody starves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from appliance.acd.caller import Caller
from appliance.call import Announced


@dataclass(frozen=True, slots=True)
class Place:
    """What a waiting caller is told: position from 1, and whole minutes between which the wait will end."""

    group: str
    position: int
    low_min: int
    high_min: int


@dataclass(slots=True)
class Callback:
    """Somebody who has hung up and waits to be called back. Moments are seconds of the clock."""

    number: str
    name: str = ""
    matter: str = ""
    """The recording of what they want; empty where there is none."""
    not_before: float = -math.inf
    """They are not called sooner."""
    attempts: int = 0
    """How often somebody was told of them, and it came to nothing."""
    unanswered: int = 0
    """How often a colleague was rung for them and did not answer."""
    call: int | None = None
    """The box's own call that is under way for them."""


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
    told: list[Announced] = field(default_factory=list)
    """What they were told of their wait so far, the last at the end."""
    callback: Callback | None = None
    """They have hung up, and are called back when it is their turn; `call` is the one in which they asked for it."""

    @property
    def turn(self) -> float:
        """Callers are served in the order of this moment: since when they count as waiting."""
        return self.since - self.head_start_s


class Queue:
    """All tickets, in the order in which they are served. `version` grows with every change of who waits for whom."""

    def __init__(self) -> None:
        self._tickets: dict[int, Ticket] = {}
        self._kept: set[int] = set()
        """The calls whose tickets are callbacks."""
        self.version = 0

    def __iter__(self) -> Iterator[Ticket]:
        tickets = tuple(self._tickets.values())
        return iter(tickets if len(tickets) < 2 else sorted(tickets, key=lambda ticket: ticket.turn))

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
        self.version += 1
        return ticket

    @property
    def callers(self) -> int:
        """How many wait on the line."""
        return len(self._tickets) - len(self._kept)

    def keep(self, ticket: Ticket) -> None:
        """Give a ticket that was left its old place again; from now on it is that of a callback."""
        self._tickets[ticket.call] = ticket
        self._kept.add(ticket.call)
        self.version += 1

    def leave(self, call: int) -> Ticket | None:
        """Take the ticket back, if there is one."""
        self._kept.discard(call)
        self.version += 1
        return self._tickets.pop(call, None)

    def position(self, ticket: Ticket) -> int:
        """How many callers of the same group are served before and with this one."""
        return sum(1 for other in self._tickets.values() if other.group == ticket.group and other.turn <= ticket.turn)
