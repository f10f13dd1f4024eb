"""The queue: places, and an honest range of waiting time (R11)."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from appliance.acd.queue import Queue
from appliance.acd.staff import Belief, Colleague, Person

MOMENT = datetime(2026, 11, 24, tzinfo=UTC)
TALK_S = 180.0


def colleague(extension: str, talks_until: float = 0.0) -> Colleague:
    who = Colleague(Person("Anna", extension))
    if talks_until:
        who.believe(Belief.TALKING, "took call 1", MOMENT, talks_until)
    return who


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


def test_a_free_colleague_means_less_than_a_minute() -> None:
    queue = Queue()
    place = queue.place(queue.take(1, "sales", 0.0), [colleague("11")], TALK_S, 0.0)
    assert (place.position, place.low_min, place.high_min) == (1, 0, 1)


def test_the_second_caller_waits_for_one_whole_conversation_more() -> None:
    queue = Queue()
    queue.take(1, "sales", 0.0)
    place = queue.place(queue.take(2, "sales", 1.0), [colleague("11", talks_until=120.0)], TALK_S, 0.0)
    assert (place.low_min, place.high_min) == (2, 8)


def test_two_colleagues_halve_the_wait() -> None:
    queue = Queue()
    for call in range(1, 5):
        queue.take(call, "sales", float(call))
    last = queue.get(4)
    assert last is not None
    alone = queue.place(last, [colleague("11", 60.0)], TALK_S, 0.0).high_min
    last.said_high_min = None
    assert queue.place(last, [colleague("11", 60.0), colleague("12", 60.0)], TALK_S, 0.0).high_min <= alone / 2 + 1


@given(st.lists(st.floats(0, 3600), min_size=1, max_size=20))
def test_what_is_said_never_grows(waits: list[float]) -> None:
    queue = Queue()
    ticket = queue.take(1, "sales", 0.0)
    said = [queue.place(ticket, [colleague("11", until + 1.0)], 3600.0, 0.0) for until in waits]
    assert all(later.high_min <= earlier.high_min for earlier, later in pairwise(said))
    assert all(0 <= place.low_min < place.high_min for place in said)
