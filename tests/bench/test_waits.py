"""The comparison of announced waits: the peer's rule, and who is asked what and when (R11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appliance.call import Announced, CallerId, CallRecord, Outcome, TransferAttempt, TransferResult, Wait
from bench.peers.asterisk import AsteriskQueue
from bench.waits import Told, figures, listen

BEGAN = datetime(2026, 11, 23, 10, tzinfo=UTC)


def served(number: int, came_s: float, waited_s: float, *told: Announced, group: str = "sales") -> CallRecord:
    came = BEGAN + timedelta(seconds=came_s)
    taken = TransferAttempt(came + timedelta(seconds=waited_s), "11", "Anna", TransferResult.TAKEN, 10.0)
    wait = Wait(group, waited_s, told)
    return CallRecord(
        number, "Line 1", came, CallerId(), 1, outcome=Outcome.TRANSFERRED, waits=(wait,), transfers=(taken,)
    )


def test_asterisk_remembers_a_quarter_of_the_last_wait_in_whole_seconds() -> None:
    queue = AsteriskQueue()
    queue.put_through(100.9)
    assert [queue.announces_min(waited_s) for waited_s in (0.0, 55.0, 56.0)] == [0, 0, 0]
    queue.put_through(400.0)  # (3 × 25 + 400) / 4 = 118
    assert [queue.announces_min(waited_s) for waited_s in (0.0, 40.0, 89.0)] == [2, 1, 0]


def test_what_asterisk_announces_grows_again_for_those_who_wait_longer_than_usual() -> None:
    queue = AsteriskQueue()
    for _ in range(40):
        queue.put_through(120.0)
    assert [queue.announces_min(waited_s) for waited_s in (0.0, 120.0, 360.0, 600.0)] == [2, 0, 3, 7]


def test_the_peer_knows_only_those_who_were_put_through_before_in_the_same_queue() -> None:
    """The second caller is told at 160 s, when one had been put through after 120 s, and one elsewhere after 150 s."""
    calls = [
        served(1, 0.0, 120.0),
        served(2, 0.0, 150.0, group="service"),
        served(3, 100.0, 180.0, Announced(60.0, 1, 3)),
        served(4, 100.0, 500.0),
    ]
    told = Told()
    listen(reversed(calls), told)
    peer = AsteriskQueue()
    peer.put_through(120.0)
    assert told.followed_s == [120.0]
    assert told.ours_s == [0.0]
    assert told.theirs_s == [abs(60.0 * peer.announces_min(60.0) - 120.0)]
    assert told.held == [1.0]


@pytest.mark.parametrize(
    ("day", "ours_s", "reached"), [("storm", 51.0, False), ("lunch", 51.0, True), ("lunch", 71.0, False)]
)
def test_a_rush_has_a_stricter_limit(day: str, ours_s: float, reached: bool) -> None:
    error, held = figures(day, Told([ours_s], [100.0], [60.0], [1.0, 0.5]), days=1)
    assert (error.reached, held.reached) == (reached, False)
