"""The receptionist's sentences as sound: spoken by a voice, kept, and ready at once for who hears them next.

`appliance.prompts` says what the words are. A sentence is spoken part by part, and parts are kept one by one, in memory
and on disk, so that "you are third in line" is ready whatever the waiting time beside it. A sentence that names a
`recording` is played from there, as the greeting that a colleague has recorded.
"""

from __future__ import annotations

import hashlib
import io
import logging
import wave
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

from appliance.acts import Sentence
from appliance.faults import BadWords
from appliance.languages import languages
from appliance.prompts import BEEP, OWN_WORDS, RECORDING, Part, Words
from appliance.recorded import greeting_from, spoken_in
from appliance.signals.levels import RATE_HZ, amplitude
from appliance.speech import Samples, Voice
from appliance.spokensound import read_sound, write_sound
from appliance.store.recordings import read_recording, recording_path

log = logging.getLogger(__name__)

PAUSE_S = 0.25
"""Between two parts of a sentence."""


@cache
def hold_music() -> Samples:
    """The music callers wait with: 8 kHz, read-only; its end leads into its beginning without a seam (R10).

    Composed by `voice-prompts/music/compose.py`.
    """
    with wave.open(io.BytesIO((resources.files("voice_prompts") / "music" / "unhurried.wav").read_bytes())) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


@dataclass(frozen=True, slots=True)
class _Tongue:
    """A language: its words, and who speaks it."""

    words: Words
    voice: Voice


class Prompts:
    """The sentences of an office in its own language, and in every other that it has words for. Any thread may ask.

    There is no lock: what two threads ask for at once is rendered twice, into the same sound, and each step on the
    memory is one operation of a dict.

    Args:
        language: that of the office, a folder of `voice-prompts`.
        voice: who speaks it.
        folder: where sound is kept, made when needed.
        home: the folder below which recordings lie; without it none can be played.
        written: returns when what was recorded just now is on disk.
        memory_bytes: how much sound is held in memory; what was not asked for longest goes first.
        voices: who speaks another language; without it, and where there are no words for one, the office's is spoken.

    Raises:
        BadWords: the words of that language are missing or not complete.
    """

    def __init__(
        self,
        language: str,
        voice: Voice,
        folder: Path,
        memory_bytes: int = 64 << 20,
        home: Path | None = None,
        written: Callable[[], object] = lambda: None,
        voices: Callable[[str], Voice] | None = None,
    ) -> None:
        self.language = language
        self._office = _Tongue(Words(language), voice)
        self._tongues = {"": self._office, language: self._office}
        self._voices = voices
        self._folder = folder
        self._home = home
        self._written = written
        self._memory_bytes = memory_bytes
        self._memory: dict[str, Samples] = {}

    def text(self, sentence: Sentence, language: str = "") -> str:
        """The words of a sentence.

        Raises:
            BadWords: there is no such sentence, or a value is missing or cannot be spoken; both are named.
        """
        return " ".join(part.text for part in self._tongue(language).words.parts(sentence))

    def samples(self, sentence: Sentence, language: str = "") -> Samples:
        """The sound of a sentence, ready for the line; 8 kHz, mono, read-only.

        Raises:
            BadWords: as for `text`.
            NoSpeech: the voice cannot speak, and the sound was not kept from an earlier time.
        """
        if sentence.key == BEEP:
            return _beep()
        if sentence.key == RECORDING:
            return spoken_in(self._recording(str(dict(sentence.values).get("name", ""))))
        tongue = self._office if sentence.key == OWN_WORDS else self._tongue(language)
        own = dict(sentence.values).get("recording") if tongue is self._office else None
        if own and (greeting := self._greeting(str(own))).size:
            return greeting
        sounds = [self._sound(part, tongue.voice) for part in tongue.words.parts(sentence)]
        if len(sounds) == 1:
            return sounds[0]
        pause = np.zeros(int(PAUSE_S * RATE_HZ), np.int16)
        return np.concatenate([piece for sound in sounds for piece in (sound, pause)][:-1])

    def prepare(
        self, sentences: Iterable[Sentence], stop: Callable[[], bool] = lambda: False, language: str = ""
    ) -> None:
        """Have `sentences` spoken ahead, until `stop()` says so: for a thread that has nothing else to do.

        Raises:
            BadWords, NoSpeech: as for `samples`.
        """
        for wanted in sentences:
            if stop():
                return
            self.samples(wanted, language)

    def _tongue(self, language: str) -> _Tongue:
        """Words and voice of `language`, learned when somebody first speaks it."""
        tongue = self._tongues.get(language)
        if tongue is None:
            if self._voices is None or language not in languages():
                return self._office
            tongue = self._tongues[language] = _Tongue(Words(language), self._voices(language))
        return tongue

    # ---------------------------------------------------------------- from words to sound

    def _sound(self, part: Part, voice: Voice) -> Samples:
        spoken = f"{voice.name}\n{part.text}"
        sound = self._memory.pop(spoken, None)
        if sound is None:
            path = self._folder / hashlib.sha256(spoken.encode()).hexdigest()
            sound = None if part.private else read_sound(path)
            if sound is None:
                sound = voice.say(part.text)
                if not part.private:
                    write_sound(path, sound)
            sound.setflags(write=False)
        self._memory[spoken] = sound  # at the end: the first of the dict was not asked for longest
        self._forget()
        return sound

    def _recording(self, name: str) -> Samples:
        try:
            if self._home is None:
                raise ValueError("no home folder")
            self._written()
            return read_recording(recording_path(self._home, name))
        except (OSError, ValueError) as missing:
            raise BadWords(f"The recording '{name}' cannot be played: {missing}") from missing

    def _greeting(self, name: str) -> Samples:
        """What somebody recorded in place of a sentence; empty where it cannot be played, and then the sentence is
        spoken.
        """
        kept = self._memory.pop(name, None)
        if kept is None:
            try:
                kept = greeting_from(self._recording(name))
            except BadWords as missing:
                log.warning("%s", missing.problem)
                return np.zeros(0, np.int16)
            kept.setflags(write=False)
        self._memory[name] = kept
        self._forget()
        return kept

    def _forget(self) -> None:
        kept = list(self._memory.items())
        excess = sum(sound.nbytes for _, sound in kept) - self._memory_bytes
        for text, sound in kept[:-1]:
            if excess <= 0:
                return
            self._memory.pop(text, None)
            excess -= sound.nbytes


@cache
def _beep() -> Samples:
    """1000 Hz, which means nothing to a telephone network, for 0.3 s at −16 dBm0."""
    length = int(0.3 * RATE_HZ)
    ramp = np.minimum(1.0, np.minimum(np.arange(length), np.arange(length)[::-1]) / (0.01 * RATE_HZ))
    tone = amplitude(-16.0) * ramp * np.sin(2 * np.pi * 1000 / RATE_HZ * np.arange(length))
    sound: Samples = np.rint(tone).astype(np.int16)
    sound.setflags(write=False)
    return sound
