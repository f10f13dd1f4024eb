"""The outbox: notices that still have to be sent, and those with which something went wrong (R25).

It belongs to the engine's thread and sends nothing itself: `look` gives the post what is due, and `reported` learns
what became of it. What did not arrive is tried again, at first after a minute and then more and more seldom. Meanwhile
there is a fault for the recipient, with advice. What could not be sent for days is given up but stays in the book, and
the fault says how many they are, until something arrives there again.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from appliance.clock import Clock
from appliance.faults import Fault
from appliance.notices import OFFICE, Missed, Notice, NoticeKind, NoticeState, Parcel, Post, PostReport, Shelf
from appliance.settings import Settings

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 60.0
LONGEST_PAUSE_S = 3600.0
LEAST_TRIES, LONGEST_TRIED = 12, timedelta(days=3)
"""After so many tries, and so long after it was made, a notice is given up: both, since the wall clock may be set."""
MOST_AT_ONCE = 20
"""So many go with one messenger."""
MOST_WAITING = 1000
"""More than any office is told of in three days; one more is not taken."""
ABOUT = "notices to "
"""How faults of the outbox begin. They cannot be told by notice."""


@dataclass(slots=True)
class _Entry:
    """A notice that waits: the places of the addresses that have not had it, and when to try next (clock seconds)."""

    notice: Notice
    places: tuple[int, ...]
    tries: int = 0
    due: float = -math.inf
    under_way: bool = False


@dataclass(slots=True)
class _Recipient:
    """What has gone wrong with the notices of one recipient since something last arrived there."""

    missed: tuple[Missed, ...] = ()
    given_up: int = 0
    full: bool = False


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of the day in which nothing is sent; over midnight where the end is before the beginning."""

    start: time
    end: time

    @classmethod
    def read(cls, text: str) -> QuietHours:
        """Read "20:00-07:00". Raises `ValueError` for anything else."""
        start, _, end = text.partition("-")
        return cls(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))

    def hold(self, moment: datetime) -> bool:
        """Is it quiet at this local moment?"""
        return self.hold_at(moment.time())

    def hold_at(self, now: time) -> bool:
        """Is it quiet at this time of day?"""
        if self.start <= self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end


@dataclass(slots=True)
class Outbox:
    """All notices that wait. `kept` are those of the last weeks from the ledger, whatever has become of them."""

    settings: Settings
    clock: Clock
    shelf: Shelf
    post: Post
    kept: Iterable[Notice] = ()
    _waiting: dict[tuple[str, str], _Entry] = field(default_factory=dict, init=False)
    _known: set[tuple[str, str]] = field(default_factory=set, init=False)
    _recipients: dict[str, _Recipient] = field(default_factory=dict, init=False)
    _addresses: Mapping[str, Sequence[str]] = field(default_factory=dict, init=False)
    _quiet: QuietHours | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.take_up(self.settings)
        for notice in self.kept:
            self._known.add((notice.key, notice.to))
            if notice.state is NoticeState.WAITING:
                self._enter(notice)
            elif notice.state is NoticeState.GIVEN_UP:
                self._recipient(notice.to).given_up += 1

    # ------------------------------------------------------------ in

    def take_up(self, settings: Settings) -> None:
        """Go on with other settings: what waits for somebody whose addresses were changed is sent to the new ones."""
        self.settings, notify, before = settings, settings.notify, self._addresses
        self._quiet = QuietHours.read(notify.quiet) if notify.quiet else None
        self._addresses = {person.extension: person.notify for person in settings.people} | {OFFICE: notify.urls}
        for about, entry in list(self._waiting.items()):
            addresses = self._addresses.get(entry.notice.to, ())
            if not addresses:
                del self._waiting[about]  # it stays in the book
            elif addresses != before.get(entry.notice.to):
                entry.places, entry.due = tuple(range(len(addresses))), -math.inf
        for to in list(self._recipients):
            if self._addresses.get(to, ()) != before.get(to, ()):
                del self._recipients[to]

    def wants(self, to: str, kind: NoticeKind) -> bool:
        """Has this recipient an address, and are they told of such things?"""
        told = self.settings.notify.office if to == OFFICE else self.settings.notify.people
        return bool(self._addresses.get(to)) and (kind is NoticeKind.TEST or kind.value in told)

    def add(self, notice: Notice) -> bool:
        """Take a notice; `False`: it was told before, nobody wants it, or there are too many already."""
        about = notice.key, notice.to
        if about in self._known or not self.wants(notice.to, notice.kind):
            return False
        if len(self._waiting) >= MOST_WAITING:
            self._recipient(notice.to).full = True
            return False
        self._known.add(about)
        self.shelf.keep_notice(notice)
        self._enter(notice)
        return True

    def note(self, notice: Notice) -> None:
        """Write down that this was told without a notice of its own: on the board, or in the words of another."""
        about = notice.key, notice.to
        if about not in self._known:
            self._known.add(about)
            self.shelf.keep_notice(replace(notice, title="", text="", state=NoticeState.SENT))

    def _enter(self, notice: Notice) -> None:
        places = tuple(range(len(self._addresses.get(notice.to, ()))))
        if places:  # else they have no address any more: it stays in the book
            self._waiting[notice.key, notice.to] = _Entry(notice, places)

    def reported(self, report: PostReport) -> None:
        """Learn what became of a parcel."""
        entry = self._waiting.get((report.key, report.to))
        if entry is None:
            return
        entry.under_way = False
        if len(report.missed) < len(entry.places):  # something has arrived there
            self._recipients.pop(report.to, None)
        if not report.missed:
            self._settle(entry, NoticeState.SENT)
            return
        entry.tries += 1
        places = range(len(self._addresses[report.to]))  # there may be fewer since the parcel was given away
        entry.places = tuple(missed.place for missed in report.missed if missed.place in places) or tuple(places)
        entry.due = self.clock.now() + min(FIRST_PAUSE_S * 2.0 ** (entry.tries - 1), LONGEST_PAUSE_S)
        self._recipient(report.to).missed = report.missed
        old = self.clock.today() - entry.notice.made > LONGEST_TRIED
        if old and entry.tries >= LEAST_TRIES:
            self._recipient(report.to).given_up += 1
            self._settle(entry, NoticeState.GIVEN_UP)

    def _settle(self, entry: _Entry, state: NoticeState) -> None:
        notice = entry.notice
        log.info("notice about %s: %s", notice.kind.value, state.value)
        del self._waiting[notice.key, notice.to]
        self.shelf.keep_notice(replace(notice, title="", text="", state=state))

    def _recipient(self, to: str) -> _Recipient:
        return self._recipients.setdefault(to, _Recipient())

    def withdraw(self, outdated: Callable[[Notice], bool]) -> None:
        """Nobody needs to be told of these any more; what is under way is told all the same."""
        for entry in [entry for entry in self._waiting.values() if outdated(entry.notice)]:
            self._settle(entry, NoticeState.WITHDRAWN)

    # ------------------------------------------------------------ out

    def look(self) -> None:
        """Give the post what is due, in the order in which it came; nothing in quiet hours."""
        now, moment = self.clock.now(), self.clock.today()
        if not self._waiting or (self._quiet is not None and self._quiet.hold(moment)):
            return
        under_way = sum(entry.under_way for entry in self._waiting.values())
        due = [entry for entry in self._waiting.values() if not entry.under_way and entry.due <= now]
        parcels = []
        for entry in due[: max(0, MOST_AT_ONCE - under_way)]:
            entry.under_way = True
            urls = self._addresses[entry.notice.to]
            parcels.append(Parcel(entry.notice, tuple((place, urls[place]) for place in entry.places)))
        if parcels:
            self.post.send(parcels, self.settings)

    def next_due(self) -> float:
        """When to `look` again, in seconds of the clock; what is due by now waits for what is under way."""
        now = self.clock.now()
        return min((entry.due for entry in self._waiting.values() if entry.due > now), default=math.inf)

    @property
    def waiting(self) -> int:
        """How many have not arrived yet."""
        return len(self._waiting)

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the notices of each recipient, and what to do."""
        return tuple(
            self._fault(to, recipient)
            for to, recipient in self._recipients.items()
            if recipient.missed or recipient.given_up or recipient.full
        )

    def _fault(self, to: str, recipient: _Recipient) -> Fault:
        names = {person.extension: person.name for person in self.settings.people}
        who = "the office" if to == OFFICE else names.get(to, to)
        waiting = sum(entry.notice.to == to for entry in self._waiting.values())
        told = [f"The service {missed.service} {missed.trouble.problem}." for missed in recipient.missed]
        if waiting and told:
            told.append(f"{_counted(waiting)} kept and tried again.")
        if recipient.given_up:
            told.append(f"{_counted(recipient.given_up)} given up after days; the board shows what is open.")
        if recipient.full:
            told.append("Too many wait: no more are taken.")
        advice = recipient.missed[0].trouble.advice if recipient.missed else "Try it with: frontdesk notify --test"
        return Fault(f"{ABOUT}{who}", " ".join(told), advice)


def _counted(count: int) -> str:
    return "1 notice is" if count == 1 else f"{count} notices are"
