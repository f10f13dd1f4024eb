"""What the box learns of conversations that it cannot hear: bounds, hours of the week, the past (R11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from appliance.acd.talks import Talks, between, shape
from appliance.call import TransferResult

MONDAY_AT_TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
TAKEN, BUSY, NO_ANSWER = TransferResult.TAKEN, TransferResult.BUSY, TransferResult.NO_ANSWER


def lives_through(talks: Talks, mean_s: float, count: int, moment: datetime, rng: Random) -> None:
    """So many conversations at this hour: tried when they might be over, and every half minute until they are."""
    for _ in range(count):
        talks.tried("11", TAKEN, 10.0, 0.0, moment)
        over_s, now = mean_s * shape(rng.uniform(1e-6, 1 - 1e-6)), 100.0
        while now < over_s:
            talks.tried("11", BUSY, 4.0, now + 4.0, moment)
            now += 30.0
        talks.tried("11", TransferResult.REFUSED, 10.0, now + 10.0, moment)


@pytest.mark.parametrize("mean_s", [90.0, 240.0, 500.0])
def test_the_mean_is_found_though_no_end_is_ever_seen(mean_s: float) -> None:
    talks = Talks(180.0)
    lives_through(talks, mean_s, 600, MONDAY_AT_TEN, Random(5))
    assert talks.mean_s(MONDAY_AT_TEN) == pytest.approx(mean_s, rel=0.25)


def test_every_hour_of_the_week_has_its_own() -> None:
    """R11: on Monday mornings people talk longer than on Friday afternoons."""
    talks, rng = Talks(180.0), Random(6)
    friday = MONDAY_AT_TEN + timedelta(days=4, hours=5)
    for _ in range(8):
        lives_through(talks, 300.0, 12, MONDAY_AT_TEN, rng)
        lives_through(talks, 100.0, 12, friday, rng)
    another = talks.mean_s(MONDAY_AT_TEN + timedelta(days=2))
    assert talks.mean_s(friday) < 0.75 * talks.mean_s(MONDAY_AT_TEN)
    assert talks.mean_s(friday) < another < talks.mean_s(MONDAY_AT_TEN)


def test_a_telephone_that_is_free_an_hour_later_tells_nothing() -> None:
    talks = Talks(180.0)
    for _ in range(50):
        talks.tried("11", TAKEN, 10.0, 0.0, MONDAY_AT_TEN)
        talks.tried("11", TransferResult.REFUSED, 10.0, 3600.0, MONDAY_AT_TEN)
    assert talks.mean_s(MONDAY_AT_TEN) == 180.0


def test_what_did_not_reach_them_tells_nothing_of_them() -> None:
    talks = Talks(180.0)
    talks.tried("11", TAKEN, 10.0, 0.0, MONDAY_AT_TEN)
    talks.tried("11", TransferResult.NO_DIAL_TONE, 3.0, 30.0, MONDAY_AT_TEN)
    talks.tried("11", TransferResult.CALLER_GONE, 3.0, 40.0, MONDAY_AT_TEN)
    assert talks.mean_s(MONDAY_AT_TEN) == 180.0


def test_who_does_not_answer_twice_in_a_row_seems_gone_until_they_answer() -> None:
    talks = Talks(180.0)
    talks.tried("11", NO_ANSWER, 24.0, 100.0, MONDAY_AT_TEN)
    assert not talks.seems_gone("11")
    talks.tried("11", NO_ANSWER, 24.0, 200.0, MONDAY_AT_TEN)
    assert talks.seems_gone("11")
    talks.tried("11", TAKEN, 10.0, 300.0, MONDAY_AT_TEN)
    assert not talks.seems_gone("11")


def test_the_time_of_a_hand_over_is_learned() -> None:
    talks = Talks(180.0)
    for number in range(100):
        talks.tried("11", TAKEN, 30.0, 1000.0 * number, MONDAY_AT_TEN)
    assert talks.handover_s == pytest.approx(34.0, abs=1.0)


def test_conversations_between_two_bounds_last_about_as_long_as_between_two_bounds() -> None:
    """Compared with the same mean taken over a hundred thousand equally likely lengths."""
    lengths = [180.0 * shape((number + 0.5) / 100_000) for number in range(100_000)]
    assert sum(lengths) / len(lengths) == pytest.approx(180.0, rel=1e-3)
    for low, high in ((0.0, 100.0), (100.0, 250.0), (400.0, 4000.0)):
        inside = [length for length in lengths if low < length <= high]
        mean, outside = between(180.0, low, high)
        assert mean == pytest.approx(sum(inside) / len(inside), rel=2e-3)
        assert outside == pytest.approx(1 - len(inside) / len(lengths), abs=1e-3)


def test_bounds_that_meet_are_the_length_itself() -> None:
    assert between(180.0, 1e6, 1e6 + 1) == (1e6 + 0.5, 1.0)
