"""Time: exact at any speed, however slow the machine is."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from appliance.clock import Clock, Inbox, ScaledClock, SystemClock, VirtualClock, Waiter

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def in_threads(*bodies: Callable[[], None]) -> None:
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def ticker(clock: Clock, seat: Waiter, every_s: float, count: int, seen: list[float]) -> Callable[[], None]:
    def body() -> None:
        for tick in range(1, count + 1):
            seat.wait(tick * every_s)
            seen.append(clock.now())
        seat.close()

    return body


def test_two_sleepers_wake_at_exactly_the_times_they_asked_for() -> None:
    clock = ScaledClock(math.inf, START)
    seen: list[float] = []
    seats = clock.waiter("a"), clock.waiter("b")
    in_threads(ticker(clock, seats[0], 0.02, 50, seen), ticker(clock, seats[1], 0.03, 30, seen))
    assert seen == sorted(seen)
    assert sorted(seen) == pytest.approx(sorted([k * 0.02 for k in range(1, 51)] + [k * 0.03 for k in range(1, 31)]))


def test_time_stands_still_while_somebody_works() -> None:
    clock = ScaledClock(math.inf, START)
    sleeper, worker = clock.waiter("sleeper"), clock.waiter("worker")
    order: list[str] = []

    def sleep() -> None:
        sleeper.wait(1.0)
        order.append("woke")
        sleeper.close()

    def work() -> None:
        total = sum(range(300_000))
        assert clock.now() == 0.0
        order.append(f"worked {total > 0}")
        worker.close()

    in_threads(sleep, work)
    assert order == ["worked True", "woke"]


def test_an_item_in_the_inbox_wakes_its_reader_at_once() -> None:
    clock = ScaledClock(math.inf, START)
    reader, writer = clock.waiter("reader"), clock.waiter("writer")
    inbox: Inbox[str] = Inbox(reader)
    got: list[tuple[str | None, float]] = []

    def read() -> None:
        for _ in range(2):
            got.append((inbox.get(5.0), clock.now()))
        reader.close()

    def write() -> None:
        writer.wait(1.25)
        inbox.put("ring")
        writer.close()

    in_threads(read, write)
    assert got == [("ring", 1.25), (None, 5.0)]


def test_a_ring_before_the_wait_is_not_lost() -> None:
    for clock in (ScaledClock(math.inf, START), SystemClock()):
        seat = clock.waiter("owner")
        seat.ring()
        before = clock.now()
        seat.wait(before + 60.0)
        assert clock.now() - before < 1.0
        seat.close()


def test_bytes_under_way_keep_time_from_passing_their_reader() -> None:
    clock = ScaledClock(math.inf, START)
    wire = clock.wire("port")
    reader, writer = clock.waiter("reader"), clock.waiter("writer")
    wire.ends_at(reader)
    seen: list[tuple[float, int]] = []

    def read() -> None:
        while len(seen) < 3:
            reader.wait(math.inf)
            count = wire.under_way
            wire.received(count)
            seen.append((clock.now(), count))
        reader.close()

    def write() -> None:
        for tick in (1, 2, 3):
            writer.wait(tick * 0.5)
            wire.sent(tick)
        writer.close()

    in_threads(read, write)
    assert seen == [(0.5, 1), (1.0, 2), (1.5, 3)]


def test_who_leaves_does_not_stop_the_clock_for_the_others() -> None:
    clock = ScaledClock(math.inf, START)
    stays, leaves = clock.waiter("stays"), clock.waiter("leaves")
    seen: list[float] = []
    in_threads(ticker(clock, stays, 1.0, 3, seen), leaves.close)
    assert seen == [1.0, 2.0, 3.0]


def test_a_scaled_clock_is_never_faster_than_its_speed() -> None:
    wall = SystemClock()
    clock = ScaledClock(20.0, START)
    seat = clock.waiter("only")
    before = wall.now()
    seat.wait(4.0)
    assert wall.now() - before >= 0.19
    assert clock.now() == 4.0
    seat.close()


def test_the_system_clock_wakes_for_a_readable_port() -> None:
    clock = SystemClock()
    seat = clock.waiter("owner")
    read_end, write_end = os.pipe()
    os.write(write_end, b"RING")
    before = clock.now()
    seat.wait(before + 60.0, read_end)
    assert clock.now() - before < 1.0
    for fd in (read_end, write_end):
        os.close(fd)
    seat.close()


def test_virtual_appointments_are_kept_in_order_and_stop_where_asked() -> None:
    clock = VirtualClock(START)
    kept: list[tuple[str, float]] = []
    clock.at(2.0, lambda: kept.append(("second", clock.now())))
    clock.at(1.0, lambda: kept.append(("first", clock.now())))
    clock.at(2.0, lambda: kept.append(("second, asked later", clock.now())))
    clock.at(9.0, lambda: kept.append(("too late", clock.now())))
    clock.run(until=5.0)
    assert kept == [("first", 1.0), ("second", 2.0), ("second, asked later", 2.0)]
    assert clock.now() == 5.0
    assert clock.today().second == 5
    assert clock.next_appointment() == 9.0


def test_virtual_time_cannot_be_waited_for() -> None:
    with pytest.raises(TypeError, match="appointment"):
        VirtualClock(START).waiter("somebody")


def test_a_ring_after_its_owner_has_left_is_heard_by_nobody() -> None:
    """An engine may still speak to a line whose thread has just ended."""
    seat = SystemClock().waiter("line")
    seat.close()
    other = os.eventfd(0, os.EFD_NONBLOCK)
    seat.ring()
    with pytest.raises(BlockingIOError):
        os.eventfd_read(other)
    os.close(other)
