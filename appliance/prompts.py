"""The receptionist's sentences: from a key and its values to words, and from words to sound.

The words of a language stand in `voice-prompts/<language>/prompts.toml`; which sentences there are, and what each can
speak, stands here in `SENTENCES`. `Prompts` fills a sentence in, has a voice speak it, and keeps the sound in memory
and on disk, so that a caller hears at once what an earlier one has already heard. A sentence that names a `recording`
is played from there, as the greeting that a colleague has recorded.

A sentence is spoken in *parts*, divided by bars in its text. Parts are rendered and kept one by one, so that "you are
third in line" is ready whatever the waiting time beside it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import os
import string
import tempfile
import tomllib
import wave
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from appliance.acts import Sentence, sentence
from appliance.faults import BadWords
from appliance.recorded import greeting_from, spoken_in
from appliance.settings import REFUSALS
from appliance.signals.levels import RATE_HZ, amplitude
from appliance.speech import Samples, Voice
from appliance.store.recordings import read_recording, recording_path

log = logging.getLogger(__name__)

SENTENCES: Mapping[str, frozenset[str]] = {
    key: frozenset(placeholders.split())
    for key, placeholders in {
        "greeting": "daypart company department",
        "greeting-no-department": "daypart company",
        "menu-choice": "group key",
        "not-understood": "",
        "please-hold": "",
        "position": "place wait",
        "position-first": "wait",
        "wait-under-a-minute": "",
        "wait-about": "high",
        "wait-up-to": "high",
        "wait-range": "low high",
        "wait-long": "",
        "come-back-choices": "",
        "still-looking": "",
        "nobody-free": "",
        "somebody-else-none": "",
        "putting-through": "person position number",
        "putting-through-no-position": "person number",
        "person-busy": "person",
        "person-no-answer": "person",
        "person-refused": "person",
        "what-now": "",
        "person-in-meeting": "person opens",
        "person-in-meeting-no-time": "person",
        "person-away": "person opens",
        "person-away-no-time": "person",
        "nobody-in": "",
        "brief-caller": "name number",
        "brief-caller-no-name": "number",
        "brief-caller-no-number": "name",
        "brief-caller-unknown": "",
        "brief-waited": "high",
        "brief-waited-over": "",
        "brief-calls-today": "count",
        "brief-keys": "",
        "brief-put-down": "",
        "brief-key-three": "",
        "ask-matter": "",
        "ask-who": "",
        "screen-moment": "person",
        "screen-still": "",
        "screen-for": "person",
        "screen-for-you": "",
        "screen-take": "key",
        "screen-pass-on": "person key",
        "screen-refuse": "key",
        "screen-message": "key",
        "caller-number": "number",
        "caller-number-unknown": "",
        "caller-name": "name",
        "caller-who-not-told": "",
        "caller-matter-not-told": "",
        "refusal-meeting": "person",
        "refusal-email": "person",
        "refusal-unavailable": "person",
        "refusal-travelling": "person",
        "own-words": "text",
        "conference-cannot": "",
        "conference-nobody": "",
        "conference-begins": "third",
        "conference-two": "person third",
        "conference-invite": "person",
        "conference-invite-keys": "",
        "conference-joined": "third",
        "conference-check": "person",
        "conference-confirm": "third",
        "conference-missing": "third",
        "conference-caller-gone": "",
        "conference-not-reached": "third",
        "conference-with-caller": "person",
        "conference-unconfirmed": "",
        "conference-leaves": "",
        "callback-offer": "",
        "callback-confirm-number": "number",
        "callback-enter-number": "",
        "callback-number-readback": "number",
        "callback-when": "",
        "callback-promised": "when",
        "message-after-tone": "",
        "message-thanks": "",
        "closed": "opens",
        "closed-no-opening": "",
        "closed-choices": "",
        "staff-extension": "",
        "staff-pin": "person",
        "staff-pin-only": "",
        "staff-pin-not-known": "",
        "staff-locked": "",
        "staff-menu": "",
        "staff-unchanged": "",
        "staff-goodbye": "",
        "staff-is-in": "",
        "staff-is-out": "",
        "staff-is-in-meeting": "opens",
        "staff-is-in-meeting-no-time": "",
        "staff-is-at-lunch": "opens",
        "staff-is-at-lunch-no-time": "",
        "staff-is-away": "opens",
        "staff-is-away-no-time": "",
        "staff-presence": "",
        "staff-time": "",
        "staff-no-such-time": "",
        "staff-time-past": "",
        "staff-day": "",
        "staff-nobody-waits": "",
        "staff-waiting": "count",
        "staff-longest": "high",
        "staff-longest-under": "",
        "staff-longest-over": "",
        "staff-first": "name number",
        "staff-first-no-name": "number",
        "staff-first-no-number": "name",
        "staff-first-unknown": "",
        "staff-next": "",
        "staff-greeting": "company",
        "staff-greeting-speak": "",
        "staff-greeting-short": "",
        "staff-greeting-hear": "",
        "staff-greeting-keep": "",
        "staff-greeting-kept": "",
        "staff-greeting-spoken": "",
        "goodbye": "company",
        "trouble": "",
        "trouble-callback": "",
    }.items()
}
"""Every sentence, and the placeholders that its text must have in every language."""

TABLES: Mapping[str, frozenset[str]] = {
    "daypart": frozenset({"morning", "afternoon", "evening"}),
    "when": frozenset({"as soon as possible", "this afternoon", "tomorrow morning"}),
    "keys": frozenset("0123456789*#"),
    "digits": frozenset("0123456789*#+"),
    "places": frozenset({"ordinals", "beyond"}),
    "minutes": frozenset({"counts", "one", "many"}),
    "opening": frozenset({"on-the-hour", "past-the-hour", "early-minute", "hours", "parts", "days"}),
}
"""Every table of words beside the sentences, and what it must hold."""

RECORDING = "recording"
"""Not words of ours but a recording below the home folder, named by `name`: what a caller said, a greeting."""
BEEP = "beep"
"""Not words but a tone: the sign to speak after it."""

PAUSE_S = 0.25
"""Between two parts of a sentence."""

LONGEST_WAIT_MIN = 15
"""No wait is told more exactly than "more than fifteen minutes"."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OF_CALLERS = frozenset(
    {
        "callback-confirm-number",
        "callback-number-readback",
        "brief-caller",
        "brief-caller-no-name",
        "brief-caller-no-number",
        "caller-number",
        "caller-name",
        "staff-first",
        "staff-first-no-name",
    }
)
"""Sentences with a number or a name that a caller has sent."""


def daypart(moment: datetime) -> str:
    """The word for this time of day that `greeting` takes: morning until noon, evening from six and before five."""
    if moment.hour < 5 or moment.hour >= 18:
        return "evening"
    return "morning" if moment.hour < 12 else "afternoon"


@cache
def hold_music() -> Samples:
    """The music callers wait with: 8 kHz, read-only; its end leads into its beginning without a seam (R10).

    Composed by `voice-prompts/music/compose.py`.
    """
    with wave.open(io.BytesIO((resources.files("voice_prompts") / "music" / "unhurried.wav").read_bytes())) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def refusal(text: str, person: str) -> Sentence:
    """What a caller is told for `person` who does not take them: a phrase by its name, or the owner's own words."""
    return sentence(f"refusal-{text}", person=person) if text in REFUSALS else sentence("own-words", text=text)


# ---------------------------------------------------------------- words


def load_words(language: str) -> dict[str, Any]:
    """Read the words of `language`, a folder of `voice-prompts`.

    Raises:
        BadWords: there is no such language, or its file lacks something; every lack is named.
    """
    try:
        words = tomllib.loads((resources.files("voice_prompts") / language / "prompts.toml").read_text("utf-8"))
    except (OSError, ValueError) as unreadable:
        raise BadWords(f"The words of the language '{language}' cannot be read: {unreadable}") from unreadable
    if lacks := shortcomings(words):
        raise BadWords(f"The words of the language '{language}' are not complete. " + " ".join(lacks))
    return words


def shortcomings(words: Mapping[str, Any]) -> list[str]:
    """One sentence for every missing or unknown sentence, placeholder and table entry in the words of a language."""
    texts = words.get("sentences", {})
    found = [*_differences("sentence", SENTENCES, texts), *_differences("table", TABLES, words.keys() - {"sentences"})]
    for key, placeholders in SENTENCES.items():
        if key in texts:
            found += _differences(f"placeholder of '{key}'", placeholders, _placeholders(texts[key]))
    for table, entries in TABLES.items():
        if table in words:
            found += _differences(f"entry of the table '{table}'", entries, words[table])
    return found


def _differences(what: str, wanted: Iterable[str], there: Iterable[str]) -> list[str]:
    missing, extra = sorted(set(wanted) - set(there)), sorted(set(there) - set(wanted))
    return [f"Missing {what}: {name}." for name in missing] + [f"Unknown {what}: {name}." for name in extra]


def _placeholders(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {text}


class Speller:
    """Turns the value of a placeholder into words: one method for each kind that is more than a name."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._words = words
        self._kinds: dict[str, Callable[[str], str]] = {
            "daypart": lambda value: str(words["daypart"][value]),
            "when": lambda value: str(words["when"][value]),
            "key": lambda value: str(words["keys"][value]),
            "number": self.digits,
            "place": self.place,
            "low": self.count,
            "high": self.minutes,
        }

    def spell(self, placeholder: str, value: str | int) -> str:
        """`value` in words. Raises `LookupError` or `ValueError` where there are none for it."""
        told = str(value).strip()
        if not told:
            raise ValueError("nothing to say")
        return self._kinds.get(placeholder, str)(told)

    def digits(self, value: str) -> str:
        """A number digit by digit, in threes with a breath between them; blanks and dashes are not spoken."""
        names = [self._words["digits"][mark] for mark in value if mark not in " -()/."]
        if not names:
            raise ValueError("no digits")
        # The last group may have four, never one alone.
        cuts = [*range(0, max(len(names) - 1, 1), 3), len(names)]
        return ", ".join(" ".join(names[start:end]) for start, end in pairwise(cuts))

    def place(self, value: str) -> str:
        """A place in line as an ordinal."""
        place, words = int(value), self._words["places"]
        if place < 1:
            raise ValueError("places begin at one")
        within = place <= len(words["ordinals"])
        return str(words["ordinals"][place - 1] if within else words["beyond"].format(place=place))

    def count(self, value: str) -> str:
        """A number of minutes without the word "minutes"."""
        if not 1 <= int(value) <= LONGEST_WAIT_MIN:
            raise ValueError("minutes are told from one to fifteen")
        return str(self._words["minutes"]["counts"][int(value) - 1])

    def minutes(self, value: str) -> str:
        """A number of minutes with the word "minutes"."""
        form = self._words["minutes"]["one" if int(value) == 1 else "many"]
        return str(form.format(count=self.count(value)))

    def opening(self, opens: datetime, now: datetime | None) -> str:
        """Day and time; "today" and "tomorrow" only when it is known what day it is now."""
        words = self._words["opening"]
        days_off = (opens.date() - now.date()).days if now else None
        day = "today" if days_off == 0 else "tomorrow" if days_off == 1 else _WEEKDAYS[opens.weekday()]
        minute = words["early-minute"].format(minute=opens.minute) if opens.minute < 10 else opens.minute
        form = words["past-the-hour" if opens.minute else "on-the-hour"]
        hour, part = words["hours"][opens.hour], words["parts"][daypart(opens)]
        return str(form.format(day=words["days"][day], hour=hour, minute=minute, part=part))


# ---------------------------------------------------------------- sound


class Prompts:
    """The sentences of one language in one voice. Any thread may ask.

    There is no lock: what two threads ask for at once is rendered twice, into the same sound, and each step on the
    memory is one operation of a dict.

    Args:
        language: a folder of `voice-prompts`.
        voice: who speaks.
        folder: where sound is kept, made when needed.
        home: the folder below which recordings lie; without it none can be played.
        written: returns when what was recorded just now is on disk.
        memory_bytes: how much sound is held in memory; what was not asked for longest goes first.

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
    ) -> None:
        self.language = language
        self._words = load_words(language)
        self._speller = Speller(self._words)
        self._voice = voice
        self._folder = folder
        self._home = home
        self._written = written
        self._memory_bytes = memory_bytes
        self._memory: dict[str, Samples] = {}

    def text(self, sentence: Sentence) -> str:
        """The words of a sentence.

        Raises:
            BadWords: there is no such sentence, or a value is missing or cannot be spoken; both are named.
        """
        if sentence.key in (BEEP, RECORDING):
            return sentence.key
        return " ".join(part.text for part in self._parts(sentence))

    def samples(self, sentence: Sentence) -> Samples:
        """The sound of a sentence, ready for the line; 8 kHz, mono, read-only.

        Raises:
            BadWords: as for `text`.
            NoSpeech: the voice cannot speak, and the sound was not kept from an earlier time.
        """
        if sentence.key == BEEP:
            return _beep()
        if sentence.key == RECORDING:
            return spoken_in(self._recording(str(dict(sentence.values).get("name", ""))))
        own = dict(sentence.values).get("recording")
        if own and (greeting := self._greeting(str(own))).size:
            return greeting
        sounds = [self._sound(part) for part in self._parts(sentence)]
        if len(sounds) == 1:
            return sounds[0]
        pause = np.zeros(int(PAUSE_S * RATE_HZ), np.int16)
        return np.concatenate([piece for sound in sounds for piece in (sound, pause)][:-1])

    def prepare(self, sentences: Iterable[Sentence], stop: Callable[[], bool] = lambda: False) -> None:
        """Have `sentences` spoken ahead, until `stop()` says so: for a thread that has nothing else to do.

        Raises:
            BadWords, NoSpeech: as for `samples`.
        """
        for wanted in sentences:
            if stop():
                return
            self.samples(wanted)

    # ---------------------------------------------------------------- from key to words

    def _parts(self, sentence: Sentence) -> list[_Part]:
        values = dict(sentence.values)
        key = _form(sentence.key, values)
        if key not in SENTENCES:
            raise BadWords(f"There is no sentence '{sentence.key}'.")
        parts = [
            _Part(self._filled(key, template.strip(), values), key in _OF_CALLERS and "{" in template)
            for template in self._words["sentences"][key].split("|")
        ]
        return [part for part in parts if part.text]

    def _filled(self, key: str, template: str, values: Mapping[str, str | int]) -> str:
        return template.format_map({name: self._spelled(key, name, values) for name in _placeholders(template)})

    def _spelled(self, key: str, name: str, values: Mapping[str, str | int]) -> str:
        try:
            if name == "wait":
                form = _wait_form(values)
                return self._filled(form, self._words["sentences"][form], values) if form else ""
            if name == "opens":
                now = values.get("now")
                opens = datetime.fromisoformat(str(values[name]))
                return self._speller.opening(opens, datetime.fromisoformat(str(now)) if now else None)
            return self._speller.spell(name, values[name])
        except BadWords:
            raise
        except (LookupError, ValueError) as unspeakable:
            told = repr(values[name]) if name in values else "nothing"
            raise BadWords(f"The sentence '{key}' cannot say {told} for {{{name}}}.") from unspeakable

    # ---------------------------------------------------------------- from words to sound

    def _sound(self, part: _Part) -> Samples:
        sound = self._memory.pop(part.text, None)
        if sound is None:
            path = self._folder / hashlib.sha256(f"{self._voice.name}\n{part.text}".encode()).hexdigest()
            sound = None if part.private else _read_sound(path)
            if sound is None:
                sound = self._voice.say(part.text)
                if not part.private:
                    _write_sound(path, sound)
            sound.setflags(write=False)
        self._memory[part.text] = sound  # at the end: the first of the dict was not asked for longest
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


@dataclass(frozen=True, slots=True)
class _Part:
    """What is spoken in one breath. A caller's number or name is private: its sound is never written to disk (R36)."""

    text: str
    private: bool


def _form(key: str, values: Mapping[str, str | int]) -> str:
    """The form of a sentence that suits its values: where one that may be empty is, a sentence without it."""
    match key:
        case "greeting" if not values.get("department"):
            return "greeting-no-department"
        case "putting-through" if not values.get("position"):
            return "putting-through-no-position"
        case "brief-caller" | "staff-first" if not values.get("name"):
            return f"{key}-no-name" if values.get("number") else f"{key}-unknown"
        case "brief-caller" | "staff-first" if not values.get("number"):
            return f"{key}-no-number"
        case "caller-number" if not values.get("number"):
            return "caller-number-unknown"
        case "person-in-meeting" | "person-away" if not values.get("opens"):
            return f"{key}-no-time"
        case "staff-is-in-meeting" | "staff-is-at-lunch" | "staff-is-away" if not values.get("opens"):
            return f"{key}-no-time"
        case "closed" if not values.get("opens"):
            return "closed-no-opening"
        case "position" if values.get("place") == 1:
            return "position-first"
    return key


def _wait_form(values: Mapping[str, str | int]) -> str:
    """The sentence for a wait of `low` to `high` minutes; none where no wait was given."""
    if "high" not in values:
        return ""
    low, high = int(values.get("low", 0)), int(values["high"])
    if high > LONGEST_WAIT_MIN:
        return "wait-long"
    if low >= high and high >= 1:
        return "wait-about"
    if high <= 1:
        return "wait-under-a-minute"
    return "wait-range" if low >= 1 else "wait-up-to"


@cache
def _beep() -> Samples:
    """1000 Hz, which means nothing to a telephone network, for 0.3 s at −16 dBm0."""
    length = int(0.3 * RATE_HZ)
    ramp = np.minimum(1.0, np.minimum(np.arange(length), np.arange(length)[::-1]) / (0.01 * RATE_HZ))
    tone = amplitude(-16.0) * ramp * np.sin(2 * np.pi * 1000 / RATE_HZ * np.arange(length))
    sound: Samples = np.rint(tone).astype(np.int16)
    sound.setflags(write=False)
    return sound


def _read_sound(path: Path) -> Samples | None:
    """Sound kept on disk, or `None` where there is none or it is damaged: a checksum goes before the samples."""
    try:
        kept = path.read_bytes()
    except OSError:
        return None
    checksum, sound = kept[:4], kept[4:]
    if len(checksum) < 4 or zlib.crc32(sound).to_bytes(4, "little") != checksum:
        return None
    return np.frombuffer(sound, "<i2").astype(np.int16)


def _write_sound(path: Path, sound: Samples) -> None:
    """Keep sound on disk, whole or not at all; a full or broken disk must not silence the office."""
    pcm = sound.astype("<i2").tobytes()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent)
        try:
            with open(number, "wb") as file:
                file.write(zlib.crc32(pcm).to_bytes(4, "little") + pcm)
            os.replace(name, path)
        except OSError:
            os.unlink(name)
