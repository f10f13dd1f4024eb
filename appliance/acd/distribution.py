"""Who gets whom: free colleagues to waiting callers (R8, R9, R13).

The queue says in which order callers are served; here is decided who could serve each of them, and which of those who
are free does. For one caller there are *tiers* of people: those of their group, or where nobody of it is in their
deputies; then the group that helps out, at once if nobody else is there, else when the caller has waited for a while.
A lower tier is only asked when nobody of a higher one is free.

For a time a caller is kept for the person who knows them (R5), or for those who speak their language (R4), as long as
one of them is in; then anybody of the group will do.

A colleague who has asked for the next caller gets one before all others (R31). Nobody is offered two calls at once: the
caller of `offers` books each pair before it asks for the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from appliance.acd.queue import Queue, Ticket
from appliance.acd.staff import Colleague, Presence, Staff
from appliance.acd.strategy import Strategy, fixed_order, longest_idle, strategy_of
from appliance.settings import GroupSettings, Settings

Willing = Callable[[Colleague, Ticket], bool]
"""Does this colleague want to be given this caller at this moment?"""


class _Group:
    """One group, with its strategy, which may remember whom it chose."""

    def __init__(self, settings: GroupSettings) -> None:
        self.settings = settings
        self.choose: Strategy = strategy_of(settings)


class Distribution:
    """The groups of an office, and the people in them. A group is named by its name, or by the extension of one person.

    An office without groups, and a name that is none, is one group of everybody. All times are seconds of the clock.
    """

    def __init__(self, settings: Settings, staff: Staff, queue: Queue, willing: Willing | None = None) -> None:
        self._staff = staff
        self._queue = queue
        self._willing = willing or (lambda who, ticket: True)
        self.take_up(settings)

    def take_up(self, settings: Settings) -> None:
        """Other settings: the groups begin anew."""
        self._language = settings.language
        self._personal_s = settings.waiting.personal_s
        extensions = tuple(person.extension for person in settings.people)
        single = [GroupSettings(extension, (extension,)) for extension in extensions]
        every = (GroupSettings("", extensions), *single, *settings.groups)
        self._groups = {group.name: _Group(group) for group in every}
        self._change_s, self._change_of = -math.inf, -1

    # ------------------------------------------------------------ who is in a group

    def everybody_in(self, group: str) -> list[Colleague]:
        """All people of a group, there or not."""
        return self._staff.of(self._group(group).settings.people)

    def members(self, group: str) -> list[Colleague]:
        """The people of a group who are in."""
        return [who for who in self.everybody_in(group) if who.presence is Presence.IN]

    def groups_of(self, extension: str) -> set[str]:
        """The names of the groups in which this person is."""
        return {name for name, group in self._groups.items() if name and extension in group.settings.people}

    def _group(self, name: str) -> _Group:
        return self._groups.get(name) or self._groups[""]

    # ------------------------------------------------------------ who gets whom

    def offers(self, ready: Callable[[int], bool], now: float) -> Iterator[tuple[Ticket, Colleague]]:
        """Every pair to be offered now; `ready` says whether the call of that number can be offered somebody."""
        yield from self._wishes(ready, now)
        somebody_free = self._somebody_free(now)
        for ticket in self._queue:
            if not somebody_free:
                break
            if ready(ticket.call) and (colleague := self._choice(ticket, now)) is not None:
                yield ticket, colleague
                somebody_free = self._somebody_free(now)

    def _somebody_free(self, now: float) -> bool:
        return any(who.free_at(now) for who in self._staff.everybody())

    @property
    def anybody_waits(self) -> bool:
        """Is there a caller in the queue?"""
        return len(self._queue) > 0

    def next_for(self, colleague: Colleague) -> list[Ticket]:
        """All who wait: first those for this person's groups, then the others, in the order of the queue."""
        mine = self.groups_of(colleague.person.extension)
        return sorted(self._queue, key=lambda ticket: bool(mine) and ticket.group not in mine)

    def could_serve(self, ticket: Ticket, now: float) -> list[Colleague]:
        """Everybody who could be given this caller at this moment, were they free."""
        return [who for _, people in self._tiers(ticket, now) for who in people]

    def could_ever_serve(self, ticket: Ticket, now: float) -> list[tuple[Colleague, float]]:
        """The same with those who help out when the caller has waited for longer, and from which moment on they do."""
        moments = (now, *sorted(change for change in self._changes(ticket) if change > now))
        first: dict[str, tuple[Colleague, float]] = {}
        for moment in moments:
            for who in self.could_serve(ticket, moment):
                first.setdefault(who.person.extension, (who, moment))
        return list(first.values())

    def next_change(self, now: float) -> float:
        """When somebody more could be offered to a caller, only because they have waited so long."""
        if now >= self._change_s or self._change_of != self._queue.version:
            changes = [change for ticket in self._queue for change in self._changes(ticket) if change > now]
            self._change_s, self._change_of = min(changes, default=math.inf), self._queue.version
        return self._change_s

    def _changes(self, ticket: Ticket) -> Iterator[float]:
        if ticket.prefers or ticket.language not in ("", self._language):
            yield ticket.taken + self._personal_s
        group, asked = self._group(ticket.group).settings, {ticket.group}
        while group.overflow and group.overflow not in asked:
            yield ticket.since + group.overflow_after_s
            asked.add(group.overflow)
            group = self._group(group.overflow).settings

    def _wishes(self, ready: Callable[[int], bool], now: float) -> Iterator[tuple[Ticket, Colleague]]:
        """Who has asked for the next caller gets one before all others (R31)."""
        for colleague in self._staff.everybody():
            if colleague.wishes_at(now):
                ticket = next((ticket for ticket in self.next_for(colleague) if ready(ticket.call)), None)
                if ticket is not None:
                    yield ticket, colleague

    def _choice(self, ticket: Ticket, now: float) -> Colleague | None:
        for choose, people in self._tiers(ticket, now):
            free = [who for who in people if who.free_at(now)]
            if free:
                return choose(free, now)
        return None

    def _tiers(self, ticket: Ticket, now: float) -> list[tuple[Strategy, list[Colleague]]]:
        """Those who could be given this caller, the first choice first."""
        wanted = self._wanted(ticket) if now - ticket.taken < self._personal_s else []
        if wanted:
            return [(longest_idle, wanted)]
        tiers = [self._own(ticket)]
        group, asked = self._group(ticket.group), {ticket.group}
        while (name := group.settings.overflow) and name not in asked:
            asked.add(name)
            waited_s = now - ticket.since
            if any(people for _, people in tiers) and waited_s < group.settings.overflow_after_s:
                break
            group = self._group(name)
            tiers.append((group.choose, self._willing_of(self.members(name), ticket)))
        return tiers

    def _own(self, ticket: Ticket) -> tuple[Strategy, list[Colleague]]:
        """The group's own people; where none of them is in, their deputies, in order."""
        group, people = self._group(ticket.group), self._willing_of(self.members(ticket.group), ticket)
        if people:
            return group.choose, people
        deputies = {extension: None for who in self.everybody_in(ticket.group) for extension in who.person.deputies}
        there = [who for who in self._staff.of(deputies) if who.presence is Presence.IN]
        return fixed_order, self._willing_of(there, ticket)

    def _wanted(self, ticket: Ticket) -> list[Colleague]:
        """The person who knows this caller; else those of the group who speak their language, if not all do."""
        personal = self._staff.of((ticket.prefers,) if ticket.prefers else ())
        people = [who for who in personal if who.presence is Presence.IN]
        if not people and ticket.language not in ("", self._language):
            people = [who for who in self.members(ticket.group) if ticket.language in who.person.languages]
        return self._willing_of(people, ticket)

    def _willing_of(self, people: Sequence[Colleague], ticket: Ticket) -> list[Colleague]:
        return [who for who in people if self._willing(who, ticket)]
