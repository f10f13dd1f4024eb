"""The corpus of call-progress recordings is what it says, and the receiver hears nearly all of it right."""

from __future__ import annotations

import shutil
from itertools import islice

import numpy as np
import pytest

from appliance.acts import Heard
from bench.corpus import progress
from bench.corpus.progress import Truth, named, verdict
from bench.corpus.recording import Recording

needs_voices = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng, which speaks, is not installed")


@needs_voices
def test_the_same_seed_makes_the_same_recordings() -> None:
    once, twice = (list(islice(progress.tones(1, 3), 12)) for _ in range(2))
    assert all(np.array_equal(a.samples, b.samples) and a.truth == b.truth for a, b in zip(once, twice, strict=True))
    assert not np.array_equal(once[0].samples, next(progress.tones(1, 4)).samples)


@needs_voices
def test_nearly_all_tones_are_named_right_and_hardly_one_wrong() -> None:
    found = [verdict(recording, named(recording)) for recording in islice(progress.tones(1, 5), 44)]
    assert found.count("right") >= 0.95 * len(found)
    assert found.count("WRONG") <= 1


@needs_voices
def test_nearly_every_answer_is_heard_within_800_ms() -> None:
    recordings = list(progress.answers(1, 6))
    soon = 0
    for recording in recordings:
        began_s = recording.truth.voice_s
        assert began_s is not None
        soon += any(name is Heard.VOICE and 0.0 < moment - began_s <= 0.8 for moment, name in named(recording))
    assert soon >= 0.9 * len(recordings)


def test_a_verdict_wants_the_right_name_and_no_wrong_one() -> None:
    recording = Recording("", np.zeros(0, np.int16), Truth(frozenset({Heard.BUSY}), frozenset({Heard.SILENCE})))
    assert verdict(recording, [(1.0, Heard.BUSY), (4.0, Heard.SILENCE)]) == "right"
    assert verdict(recording, [(4.0, Heard.SILENCE)]) == "nothing"
    assert verdict(recording, [(1.0, Heard.BUSY), (2.0, Heard.VOICE)]) == "WRONG"
