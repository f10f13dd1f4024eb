"""The corpus of caller IDs: the same for the same seed, true to its labels, and heard as it must be."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.signals.callerid import BadMessage, CallerIdMessage, Kind, Scheme, japan, parse
from bench.corpus import announcements
from bench.corpus.callerid import CONDITIONS, Score, heard, recordings
from bench.corpus.callerid_conditions import TAKEN
from bench.corpus.callerid_left import LEFT


def test_the_same_seed_makes_the_same_recordings() -> None:
    first, second, other = (list(recordings(1, seed, CONDITIONS[::17])) for seed in (3, 3, 4))
    assert all(np.array_equal(one.samples, two.samples) for one, two in zip(first, second, strict=True))
    assert [one.truth for one in first] == [one.truth for one in second] != [one.truth for one in other]


def test_every_condition_has_a_name_of_its_own_and_its_truth() -> None:
    assert len({condition.name for condition in CONDITIONS}) == len(CONDITIONS) > 150
    assert {condition.scheme for condition in TAKEN} == set(Scheme)
    assert all(one.truth.messages and one.truth.scheme for one in recordings(1, 1, TAKEN[::20]))
    assert not any(one.truth.messages for one in recordings(1, 1, LEFT[::5]))


def test_what_is_announced_is_what_the_bytes_say() -> None:
    rng = np.random.default_rng(6)
    for _ in range(100):
        message, data = announcements.any_call(rng)
        read = parse(data)
        assert (read.number, read.name, read.datetime) == (message.number, message.name, message.datetime)
        assert parse(announcements.lamp(rng)[1]).kind is not Kind.CALL
        message, data = announcements.japan(rng)
        assert japan.parse(data) == message


def test_most_conditions_are_heard_right_and_none_wrong() -> None:
    score = Score()
    for one in recordings(1, 9, CONDITIONS[::4]):
        score.add(one.truth.messages, heard(one.samples))
    assert score.wrong == 0
    assert score.right >= 0.95 * (score.right + score.missed)


def test_a_score_counts_each_message_once() -> None:
    score, one, two = Score(), CallerIdMessage("1"), CallerIdMessage("2")
    score.add([one, two], [one, one])
    assert (score.right, score.missed, score.wrong) == (1, 1, 1)


def test_an_altered_announcement_is_told_from_a_right_one() -> None:
    data = bytearray(announcements.mdmf(CallerIdMessage("123"), np.random.default_rng(1)))
    data[3] ^= 1
    with pytest.raises(BadMessage):
        parse(bytes(data))
