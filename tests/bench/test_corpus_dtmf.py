"""The corpus of keys is what it says, and our receiver takes what it must and leaves the rest."""

from __future__ import annotations

import numpy as np
import pytest

from bench.corpus import dtmf, mitel, talkoff
from bench.corpus.dtmf_conditions import CONDITIONS


def test_every_condition_has_a_name_of_its_own() -> None:
    names = [condition.name for condition in CONDITIONS]
    assert len(set(names)) == len(names) >= 78


def test_the_same_seed_makes_the_same_recordings_and_another_does_not() -> None:
    one, same, other = (next(dtmf.recordings(10, seed, CONDITIONS[:1])) for seed in (3, 3, 4))
    assert np.array_equal(one.samples, same.samples)
    assert one.truth == same.truth
    assert one.truth != other.truth


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.name)
def test_keys_are_where_the_truth_says(condition: object) -> None:
    [recording] = dtmf.recordings(10, 2, [c for c in CONDITIONS if c is condition])
    assert recording.samples.dtype == np.int16
    assert len(recording.truth.keys) == len(recording.truth.starts) == 10
    assert sorted(recording.truth.starts) == list(recording.truth.starts)
    assert recording.truth.starts[-1] < len(recording.samples) * 1.02


def test_our_receiver_takes_what_must_be_taken_and_nothing_else() -> None:
    scores = dtmf.score(20, 21).values()
    pressed = sum(score.pressed for score in scores if score.taken)
    assert sum(score.right for score in scores if score.taken) >= 0.99 * pressed
    assert sum(score.right for score in scores if not score.taken) == 0
    assert sum(score.extra for score in scores) == 0
    assert np.median([ms for score in scores for ms in score.late_ms if score.taken]) <= 60.0


def test_a_key_told_twice_and_a_key_that_nobody_pressed_are_extra() -> None:
    score = dtmf.Score(taken=True)
    score.add("1234", "12234")
    score.add("55", "5")
    score.add("9", "7")
    assert (score.pressed, score.right, score.extra) == (7, 5, 2)


def test_our_receiver_hears_few_keys_in_hard_vowels_and_none_in_music() -> None:
    # Of the classic receivers, one hears some eighty in a minute of these.
    vowels = talkoff.vowels(60.0, 21)
    assert sum(len(talkoff.false_keys(recording)) for recording in vowels) <= 14
    assert talkoff.false_keys(talkoff.music()) == ""


def test_our_receiver_hears_no_key_in_what_else_is_on_a_line() -> None:
    assert "".join(talkoff.false_keys(recording) for recording in talkoff.signals(60.0, 21)) == ""


@pytest.mark.skipif(not talkoff.can_speak(), reason="espeak-ng is not installed, so nobody can speak here")
def test_our_receiver_hears_no_key_in_speech(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talkoff, "SPEECH", tmp_path)
    assert [talkoff.false_keys(recording) for recording in talkoff.speech(90.0, 21)] == [""] * 4


def test_the_classic_test_of_receivers_is_passed() -> None:
    missed = [figure for figure in mitel.measure(mitel.ours, noise_bursts=20) if not figure.passed]
    assert missed == []
