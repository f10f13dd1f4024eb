"""The queue: who stands where (R8)."""

from __future__ import annotations

from appliance.acd.queue import Queue


def test_callers_stand_in_the_order_of_arrival_within_their_group() -> None:
    queue = Queue()
    first, other, second = queue.take(1, "sales", 0.0), queue.take(2, "service", 5.0), queue.take(3, "sales", 9.0)
    assert [queue.position(ticket) for ticket in (first, other, second)] == [1, 1, 2]


def test_who_moves_to_another_group_keeps_the_time_already_waited() -> None:
    queue = Queue()
    queue.take(1, "sales", 0.0)
    queue.take(2, "service", 50.0)
    moved = queue.take(1, "service", 100.0)
    assert (moved.since, queue.position(moved)) == (0.0, 1)
