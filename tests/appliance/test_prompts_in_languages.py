"""One office that speaks several languages: whose words, whose voice, and how much of it is kept (R4)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.acts import sentence
from appliance.likely import sentences_for_callers, spoken_languages
from appliance.prompts import own_words, turned_away
from appliance.promptsound import Prompts
from appliance.settings import GroupSettings, LineSettings, MenuSettings, PersonSettings, Settings
from appliance.speech import LONGEST_TEXT, Samples, speakable
from appliance.store.recordings import RecordingFile, recording_path

OFFICE = Settings(
    company="Northwind",
    language="en",
    lines=(LineSettings("Line 1", "a"),),
    people=(PersonSettings("Anna", "11", "sales", protected=True, languages=("pl", "xx")),),
    groups=(GroupSettings("sales", ("11",)),),
    menu=MenuSettings((("1", "sales"),), "sales"),
)


class Humming:
    """A voice of one language that remembers what it was asked to say."""

    def __init__(self, language: str) -> None:
        self.name = f"humming/{language}"
        self.said: list[str] = []

    def say(self, text: str) -> Samples:
        self.said.append(text)
        return np.full(80 * len(text), len(self.name) * len(text) % 1000 + 1, np.int16)


class Office:
    """Prompts of an English office, and the voices it has called in."""

    def __init__(self, home: Path, memory_bytes: int = 64 << 20) -> None:
        self.voices = {"en": Humming("en")}
        self.prompts = Prompts("en", self.voices["en"], home / "prompts", memory_bytes, home=home, voices=self._voice)

    def _voice(self, language: str) -> Humming:
        assert language not in self.voices, "a voice is called in once"
        self.voices[language] = Humming(language)
        return self.voices[language]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_each_language_has_its_words_and_its_voice(office: Office) -> None:
    office.prompts.samples(sentence("goodbye-only"), "pl")
    office.prompts.samples(sentence("goodbye-only"), "en")
    office.prompts.samples(sentence("goodbye-only"))
    assert office.voices["pl"].said == ["Do widzenia."]
    assert office.voices["en"].said == ["Goodbye."], "without a language it is that of the office, and said once"
    assert office.prompts.text(sentence("goodbye-only"), "pl") == "Do widzenia."


@pytest.mark.parametrize("language", ["xx", "", "en", "../en"])
def test_a_language_without_words_is_that_of_the_office(office: Office, language: str) -> None:
    assert office.prompts.text(sentence("goodbye-only"), language) == "Goodbye."
    assert list(office.voices) == ["en"]


def test_the_same_text_in_two_languages_is_two_sounds(tmp_path: Path) -> None:
    """A name may be spoken alike in both, but not by the same voice; nor after a restart."""
    for _ in range(2):
        office = Office(tmp_path)
        english, polish = (
            office.prompts.samples(sentence("menu-choice", group="A", key="1"), it) for it in ("en", "pl")
        )
        assert english[0] != polish[0]
    assert all(not voice.said for voice in office.voices.values())


def test_words_of_the_owners_own_are_in_the_voice_of_the_office(office: Office) -> None:
    """They are in its language, whatever the caller speaks."""
    for told in turned_away("We have all we need."):
        office.prompts.samples(told, "pl")
    assert office.voices["en"].said == ["We have all we need."]
    assert office.voices["pl"].said == ["Do widzenia."]


def test_a_recorded_greeting_greets_only_those_who_speak_its_language(office: Office, tmp_path: Path) -> None:
    file = RecordingFile(recording_path(tmp_path, "greetings/call-000001-1.wav"))
    file.append((1000 * np.sin(np.arange(16000) * 0.7)).astype("<i2").tobytes())
    file.close()
    greeting = sentence(
        "greeting", daypart="morning", company="Northwind", department="", recording="greetings/call-000001-1.wav"
    )
    office.prompts.samples(greeting)
    office.prompts.samples(greeting, "pl")
    assert office.voices["en"].said == [] and len(office.voices["pl"].said) == 1


def test_memory_is_bounded_for_all_languages_together(tmp_path: Path) -> None:
    office = Office(tmp_path, memory_bytes=100_000)
    for language in ("en", "pl"):
        office.prompts.prepare(sentences_for_callers(OFFICE), language=language)
    kept = sum(sound.nbytes for sound in office.prompts._memory.values())
    assert 0 < kept <= 100_000


def test_what_callers_will_hear_is_ready_in_every_language_that_is_spoken_here(office: Office) -> None:
    """No caller waits for the speech engine; colleagues hear the language of the office."""
    assert spoken_languages(OFFICE) == ("pl",), "those that there are words for"
    office.prompts.prepare(sentences_for_callers(OFFICE), language="pl")
    ready = len(office.voices["pl"].said)
    for told in (
        sentence("greeting", daypart="morning", company="Northwind", department=""),
        sentence("putting-through", person="Anna", position="sales", number="11"),
        sentence("refusal-meeting", person="Anna"),
        sentence("position", place=2, low=2, high=4),
        sentence("mobile-first"),
        sentence("not-us", company="Northwind"),
    ):
        office.prompts.samples(told, "pl")
    assert len(office.voices["pl"].said) == ready
    assert not any("odesłać" in text for text in office.voices["pl"].said), "that is for colleagues"


def test_a_long_text_of_the_owners_is_spoken_to_its_end() -> None:
    text = "We are at 5 Long Street.\n\n" + "Reception is open from eight to four. " * 30
    told = [str(dict(piece.values)["text"]) for piece in own_words(text)]
    assert told[0] == "We are at 5 Long Street."
    assert " ".join(told[1:]) == text.splitlines()[2].strip()
    assert all(speakable(piece) == piece and len(piece) <= LONGEST_TEXT for piece in told)
