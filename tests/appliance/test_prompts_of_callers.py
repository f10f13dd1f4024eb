"""What callers have said or sent, as colleagues hear it (R17, R18, R36)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.acts import sentence
from appliance.likely import likely_sentences
from appliance.prompts import refusal
from appliance.promptsound import Prompts
from appliance.settings import REFUSALS, HandoverSettings, PersonSettings, Settings
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.generate import dtmf, noise
from appliance.signals.levels import RATE_HZ
from appliance.speech import SPEECH_DBM0, Samples, speech_level
from appliance.store.recordings import RecordingFile

OWN = "Thank you, we have all we need."


class HummingVoice:
    """Speaks every text as a second of noise."""

    name = "humming"

    def say(self, text: str) -> Samples:
        return np.rint(noise(RATE_HZ, -20.0, np.random.default_rng(1))).astype(np.int16)


@pytest.fixture
def english(tmp_path: Path) -> Prompts:
    return Prompts("en", HummingVoice(), tmp_path / "sounds", home=tmp_path)


def test_a_recording_is_played_as_loud_as_our_own_words_and_without_its_silence(
    english: Prompts, tmp_path: Path
) -> None:
    """No colleague listens to the two seconds after which the caller's recording ended."""
    spoken = np.rint(noise(3 * RATE_HZ, -34.0, np.random.default_rng(2))).astype("<i2")
    recording = RecordingFile(tmp_path / "matters" / "call-000001.wav")
    recording.append(bytes(RATE_HZ) + spoken.tobytes() + bytes(4 * RATE_HZ))
    recording.close()
    played = english.samples(sentence("recording", name="matters/call-000001.wav"))
    assert len(played) / RATE_HZ == pytest.approx(3.0, abs=0.2)
    assert speech_level(played) == pytest.approx(SPEECH_DBM0, abs=1.0)


def test_a_key_that_the_caller_pressed_is_never_played_to_whoever_decides(english: Prompts, tmp_path: Path) -> None:
    """Our own receiver would hear its echo, and take it for the colleague's yes (R17, R18)."""
    spoken = np.rint(noise(2 * RATE_HZ, -20.0, np.random.default_rng(3))).astype("<i2")
    recording = RecordingFile(tmp_path / "matters" / "call-000001.wav")
    recording.append(spoken.tobytes() + np.rint(dtmf("1", 120, 80)).astype("<i2").tobytes())
    recording.close()
    played = english.samples(sentence("recording", name="matters/call-000001.wav"))
    assert len(played) > 1.5 * RATE_HZ
    assert DtmfReceiver().feed(np.append(played, np.zeros(RATE_HZ, np.int16))) == []


@pytest.mark.parametrize(
    "told",
    [
        sentence("brief-caller", name="Jan", number="225550101"),
        sentence("brief-caller", name="", number="225550101"),
        sentence("brief-caller", name="Jan", number=""),
        sentence("caller-number", number="225550101"),
        sentence("caller-name", name="Jan"),
    ],
)
def test_the_sound_of_a_callers_number_or_name_is_never_on_disk(english: Prompts, tmp_path: Path, told: object) -> None:
    assert len(english.samples(told)) > 0  # type: ignore[arg-type]
    kept = [path for path in (tmp_path / "sounds").rglob("*") if path.is_file()]
    assert len(kept) <= 1  # the words before it are the same for everybody


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("text", [*REFUSALS, OWN])
def test_every_phrase_of_refusal_can_be_spoken(language: str, text: str, tmp_path: Path) -> None:
    spoken = Prompts(language, HummingVoice(), tmp_path).text(refusal(text, "Dora Lis"))
    assert spoken == OWN if text == OWN else "Dora Lis" in spoken


def test_what_is_said_for_protected_people_is_ready_before_it_is_wanted() -> None:
    people = (PersonSettings("Dora Lis", "31", protected=True), PersonSettings("Ewa", "32"))
    ready = likely_sentences(Settings("Acme", people=people, handover=HandoverSettings(refusals=("email", OWN))))
    assert refusal(OWN, "Dora Lis") in ready
    assert sentence("screen-moment", person="Dora Lis") in ready
    assert sentence("screen-moment", person="Ewa") not in ready


def test_what_is_said_in_calls_of_three_is_ready_too(english: Prompts) -> None:
    """Nobody on hold listens to a speech engine that thinks (R10)."""
    people = (PersonSettings("Anna", "11"), PersonSettings("Bolek", "12"))
    handover = HandoverSettings(conference_parties=("12", "501600700"))
    ready = likely_sentences(Settings("Acme", people=people, outside_numbers=("501600700",), handover=handover))
    assert sentence("conference-begins", third="5 0 1 6 0 0 7 0 0") in ready
    assert sentence("conference-check", person="Anna") in ready
    english.prepare(ready)
