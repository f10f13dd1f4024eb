"""Time as a parameter: the same program runs on the wall clock, faster, or in virtual time.

Whoever needs the time is given a `Clock`, and sleeps only in a `Waiter` it got from that clock.

* `SystemClock` is the wall clock: an office's box uses it.
* `ScaledClock` keeps *line time*. It stands still while any thread that holds a waiter is busy or any byte
  is on its way between two of them (`Wire`); when all of them sleep it jumps to the earliest moment that one of them
  asked for, but never ahead of `speed` times the wall clock. A busy machine therefore makes it slower, never wrong.
  With `speed=math.inf` a rehearsal runs as fast as the processor can compute it.
* `VirtualClock` belongs to one thread and jumps from appointment to appointment: a day in milliseconds.

This is conservative discrete-event simulation: no participant can see an event from its own past, because
nobody's clock moves before everybody has finished with the present.
"""

from __future__ import annotations

import heapq
import itertools
import math
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")

LOST_BYTES_S = 1.0
"""Real seconds after which bytes that were sent but never came out of a wire are given up."""


class Waiter(Protocol):
    """One thread's seat at the clock: it sleeps here and nowhere else."""

    def ring(self) -> None:
        """Wake the owner, from any thread. A ring before the wait is kept; one after `close` is heard by nobody."""

    def wait(self, until: float, fd: int | None = None) -> None:
        """Sleep until rung, until `fd` can be read (when given), or until the clock shows `until` seconds."""

    def close(self) -> None:
        """Leave the clock; the owner waits no more."""


class Wire(Protocol):
    """The bytes under way in one direction between two threads, for example through a pseudo-terminal."""

    def ends_at(self, reader: Waiter | None) -> None:
        """Name the waiter to be rung when bytes are sent (`None`: its reader looks by itself)."""

    def sent(self, count: int) -> None:
        """Count bytes put in; called by the writer after its write."""

    def received(self, count: int) -> None:
        """Count bytes taken out; called by the reader after its read."""

    @property
    def under_way(self) -> int:
        """Bytes that were sent and have not been received: the reader must fetch them before it sleeps."""

    def forget(self) -> None:
        """Nothing is under way any more: the port was closed or its buffers were thrown away."""


class Clock(Protocol):
    """Where a part of the program gets its time from."""

    def now(self) -> float:
        """Seconds since some fixed moment; never goes back."""

    def today(self) -> datetime:
        """Local date and time on the wall, with its zone."""

    def waiter(self, name: str) -> Waiter:
        """Take a seat, before the thread that will use it starts: it counts as busy from here on."""

    def wire(self, name: str) -> Wire:
        """The wire of that name; both of its ends get the same one."""


class Inbox(Generic[T]):
    """A queue whose reader sleeps at a clock; anybody may put, one thread gets."""

    def __init__(self, waiter: Waiter) -> None:
        self._items: deque[T] = deque()
        self._waiter = waiter

    def put(self, item: T) -> None:
        """Hand over one item and wake the reader."""
        self._items.append(item)
        self._waiter.ring()

    def get(self, until: float) -> T | None:
        """Return the next item, or `None` when the clock shows `until` seconds and there is none."""
        if not self._items:
            self._waiter.wait(until)
        return self._items.popleft() if self._items else None

    def __len__(self) -> int:
        return len(self._items)


def _later(start: datetime, seconds: float) -> datetime:
    """So many seconds after `start`, as the clock on the wall shows it, which summer time may have moved."""
    return (start.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(start.tzinfo)


# ---------------------------------------------------------------- the wall clock


class _Here(tzinfo):
    """The zone of this machine with its summer time, as its system knows it.

    A time that is put off to the next day has the same hour on the wall there, whatever happens to summer time in
    between; with a mere offset from UTC it would not.
    """

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return None if moment is None else moment.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        return None if moment is None else moment.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, moment: datetime) -> datetime:
        local = moment.replace(tzinfo=UTC).astimezone()
        wall = local.replace(tzinfo=None)
        second_time = wall.astimezone().utcoffset() != local.utcoffset()
        return wall.replace(tzinfo=self, fold=int(second_time))


HERE = _Here()


class SystemClock:
    """The machine's own clocks: monotonic for intervals, local time for the calendar."""

    def now(self) -> float:
        return time.monotonic()

    def today(self) -> datetime:
        return datetime.now(HERE)

    def waiter(self, name: str) -> Waiter:
        return _SystemWaiter()

    def wire(self, name: str) -> Wire:
        return _FreeWire()


class _SystemWaiter:
    """Sleeps in poll(2) on an event counter and, when asked, on a file descriptor too."""

    def __init__(self) -> None:
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._there = True
        self._door = threading.Lock()
        """Nobody rings while the owner leaves: the number of the bell may be that of another file by then."""
        self._poll = select.poll()
        self._poll.register(self._bell, select.POLLIN)

    def ring(self) -> None:
        with self._door:
            if self._there:
                os.eventfd_write(self._bell, 1)

    def wait(self, until: float, fd: int | None = None) -> None:
        timeout_ms = max(0.0, until - time.monotonic()) * 1000
        if fd is not None:
            self._poll.register(fd, select.POLLIN)
        try:
            self._poll.poll(None if math.isinf(timeout_ms) else timeout_ms)
        finally:
            if fd is not None:
                self._poll.unregister(fd)
        try:
            os.eventfd_read(self._bell)
        except BlockingIOError:
            return

    def close(self) -> None:
        with self._door:
            self._there = False
            os.close(self._bell)


class _FreeWire:
    """On the wall clock nobody waits for bytes: they come when they come."""

    under_way = 0

    def ends_at(self, reader: Waiter | None) -> None:
        pass

    def sent(self, count: int) -> None:
        pass

    def received(self, count: int) -> None:
        pass

    def forget(self) -> None:
        pass


# ---------------------------------------------------------------- line time, at any speed


class ScaledClock:
    """Line time shared by several threads, `speed` times as fast as the wall at most; exact at any load."""

    def __init__(self, speed: float = math.inf, start: datetime | None = None) -> None:
        self._speed = speed
        self._start = start or datetime.now(HERE)
        self._lock = threading.Lock()
        self._seats: list[_Seat] = []
        self._busy = 0
        self._wires: dict[str, _CountedWire] = {}
        self._now = 0.0
        self._zero = time.monotonic()

    def now(self) -> float:
        return self._now

    def today(self) -> datetime:
        return _later(self._start, self._now)

    def waiter(self, name: str) -> Waiter:
        with self._lock:
            seat = _Seat(self, name, self._lock)
            self._seats.append(seat)
            self._busy += 1
            return seat

    def wire(self, name: str) -> Wire:
        with self._lock:
            return self._wires.setdefault(name, _CountedWire())

    def describe(self) -> str:
        """Who is busy and who sleeps until when: for finding out why time stands still."""
        seats = ", ".join(f"{seat.name}: {'busy' if seat.busy else f'until {seat.until:.3f}'}" for seat in self._seats)
        wires = ", ".join(f"{name}: {wire.under_way} bytes" for name, wire in self._wires.items() if wire.under_way)
        return f"{self._now:.3f} s; {seats}; {wires or 'no bytes under way'}"

    # The rest is called by seats, with the lock held.

    def _wake(self, seat: _Seat) -> None:
        if not seat.busy:
            seat.busy = True
            self._busy += 1
            seat.condition.notify()

    def _turn_hands(self, last: _Seat) -> None:
        """`last` fell asleep as the last one: move time on, waiting for the wall where it is behind."""
        while self._busy == 0 and self._seats:
            earliest = min(seat.until for seat in self._seats)
            ahead_s = (earliest - self._now) / self._speed - self._slack()
            if math.isinf(earliest):
                last.condition.wait()
            elif ahead_s > 0:
                last.condition.wait(ahead_s)
            else:
                self._now = max(self._now, earliest)
                for seat in self._seats:
                    if seat.until <= self._now:
                        self._wake(seat)

    def _slack(self) -> float:
        """Real seconds by which the wall is ahead of line time; a machine that was too slow is not made to catch up."""
        if math.isinf(self._speed):
            return math.inf
        behind_s = time.monotonic() - self._zero - self._now / self._speed
        if behind_s > 0.2:
            self._zero += behind_s - 0.2
        return min(behind_s, 0.2)


class _Seat:
    """A participant of a `ScaledClock`."""

    def __init__(self, clock: ScaledClock, name: str, lock: threading.Lock) -> None:
        self.name = name
        self.condition = threading.Condition(lock)
        self.busy = True
        self.until = math.inf
        self._clock = clock
        self._rung = False

    def ring(self) -> None:
        with self.condition:
            self._rung = True
            self._clock._wake(self)

    def wait(self, until: float, fd: int | None = None) -> None:
        # A file descriptor needs no watching here: its wire rings this seat.
        with self.condition:
            if not self._rung and until > self._clock._now:
                self.until = until
                self.busy = False
                self._clock._busy -= 1
                while not self.busy:
                    if self._clock._busy == 0:
                        self._clock._turn_hands(self)
                    else:
                        self.condition.wait()
                self.until = math.inf
            self._rung = False

    def close(self) -> None:
        with self.condition:
            if self not in self._clock._seats:
                return
            self._clock._seats.remove(self)
            if self.busy:
                self._clock._busy -= 1
            if self._clock._busy == 0 and self._clock._seats:
                # Somebody asleep has to turn the hands now; a notified sleeper looks at the count itself.
                self._clock._seats[0].condition.notify()


class _CountedWire:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._reader: Waiter | None = None

    @property
    def under_way(self) -> int:
        return max(0, self._count)

    def ends_at(self, reader: Waiter | None) -> None:
        self._reader = reader

    def sent(self, count: int) -> None:
        with self._lock:
            self._count += count
        if self._reader is not None:
            self._reader.ring()

    def received(self, count: int) -> None:
        with self._lock:
            self._count -= count  # below zero when the reader was quicker than the writer's `sent`

    def forget(self) -> None:
        with self._lock:
            self._count = 0


# ---------------------------------------------------------------- virtual time


class VirtualClock:
    """One thread's clock that jumps from appointment to appointment."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._now = 0.0
        self._today = 0.0, start
        self._appointments: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self._now

    def today(self) -> datetime:
        if self._today[0] != self._now:  # it is asked for again and again at one moment
            self._today = self._now, _later(self._start, self._now)
        return self._today[1]

    def at(self, moment: float, action: Callable[[], object]) -> None:
        """Call `action` when the clock shows `moment`; appointments of one moment keep their order."""
        heapq.heappush(self._appointments, (max(moment, self._now), next(self._order), action))

    def next_appointment(self) -> float:
        """The moment of the earliest appointment, or infinity."""
        return self._appointments[0][0] if self._appointments else math.inf

    def run(self, until: float = math.inf) -> None:
        """Keep all appointments up to and including `until`."""
        while self._appointments and self._appointments[0][0] <= until:
            self._now, _, action = heapq.heappop(self._appointments)
            action()
        if not math.isinf(until):
            self._now = max(self._now, until)

    def waiter(self, name: str) -> Waiter:
        raise TypeError("virtual time belongs to one thread: make an appointment with at() instead of waiting")

    def wire(self, name: str) -> Wire:
        return _FreeWire()
