"""A greeting that a colleague has recorded is fit for callers, and never silence (R2, R31)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.acts import Sentence, sentence
from appliance.promptsound import Prompts
from appliance.recorded import greeting_from
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.generate import dtmf
from appliance.signals.levels import RATE_HZ
from appliance.speech import SPEECH_DBM0, EspeakVoice, Samples, speech_level
from appliance.store.recordings import RecordingFile, recording_path

NAME = "greetings/call-000001-1.wav"
WORDS = "Good morning, this is Anna of Northwind, how may I help you?"


class Humming:
    """Speaks without an engine."""

    name = "humming"

    def say(self, text: str) -> Samples:
        return np.full(80 * len(text), 7, np.int16)


@pytest.fixture(scope="module")
def spoken() -> Samples:
    return EspeakVoice("en").say(WORDS)


@pytest.fixture
def prompts(tmp_path: Path) -> Prompts:
    return Prompts("en", Humming(), tmp_path / "prompts", home=tmp_path)


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE_HZ), np.int16)


def keep(home: Path, sound: Samples) -> None:
    file = RecordingFile(recording_path(home, NAME))
    file.append(sound.astype("<i2").tobytes())
    file.close()


def greeting(recording: str) -> Sentence:
    return sentence("greeting", daypart="morning", company="Northwind", department="", recording=recording)


def test_the_key_that_ended_it_is_not_heard_by_callers(spoken: Samples) -> None:
    taken = np.concatenate((silence(0.8), spoken, silence(0.5), dtmf("#", 120, 0).astype(np.int16)))
    ready = greeting_from(taken)
    assert not DtmfReceiver().feed(np.append(ready, silence(0.2)))
    assert ready.size == pytest.approx(spoken.size, abs=RATE_HZ // 10), "the silence at its ends goes too"


@pytest.mark.parametrize("softer_db", [0.0, 10.0, 20.0])
def test_every_greeting_is_as_loud_as_the_box_itself(spoken: Samples, softer_db: float) -> None:
    soft = np.rint(spoken * 10 ** (-softer_db / 20)).astype(np.int16)
    assert speech_level(greeting_from(soft)) == pytest.approx(SPEECH_DBM0, abs=0.5)


@pytest.mark.parametrize("sound", [silence(0.0), silence(5.0), dtmf("5", 2000, 0).astype(np.int16)])
def test_a_recording_without_a_voice_is_no_greeting(sound: Samples) -> None:
    assert greeting_from(sound).size == 0


def test_a_caller_hears_the_recording_in_place_of_the_words(tmp_path: Path, prompts: Prompts, spoken: Samples) -> None:
    keep(tmp_path, spoken)
    assert np.array_equal(prompts.samples(greeting(NAME)), greeting_from(spoken))


def test_a_greeting_that_is_missing_damaged_or_empty_is_spoken(tmp_path: Path, prompts: Prompts) -> None:
    words = prompts.samples(greeting(""))
    assert words.size
    assert np.array_equal(prompts.samples(greeting(NAME)), words), "missing"
    assert np.array_equal(prompts.samples(greeting("../../etc/passwd")), words), "not a recording at all"
    path = recording_path(tmp_path, NAME)
    path.parent.mkdir()
    for content in (b"", b"RIFF", bytes(range(256)) * 400):
        path.write_bytes(content)
        assert np.array_equal(prompts.samples(greeting(NAME)), words), "damaged"
    path.unlink()
    keep(tmp_path, silence(4.0))
    assert np.array_equal(prompts.samples(greeting(NAME)), words), "empty"


def test_whoever_wants_to_hear_what_was_just_recorded_waits_for_the_disk(tmp_path: Path, spoken: Samples) -> None:
    prompts = Prompts("en", Humming(), tmp_path / "prompts", home=tmp_path, written=lambda: keep(tmp_path, spoken))
    assert np.array_equal(prompts.samples(greeting(NAME)), greeting_from(spoken))
