"""The receptionist's sentences: from a key and its values to words; `appliance.promptsound` has them spoken.

The words of a language stand in `voice-prompts/<language>/prompts.toml`; which sentences there are, and what each can
speak, stands here in `SENTENCES`. A sentence is spoken in *parts*, divided by bars in its text.
"""

from __future__ import annotations

import string
import textwrap
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from appliance.acd.routing import BLOCKED
from appliance.acts import Sentence, sentence
from appliance.cards import CardKind
from appliance.faults import BadWords
from appliance.settings import REFUSALS
from appliance.speech import LONGEST_TEXT
from appliance.speller import LONGEST_WAIT_MIN, Speller

SENTENCES: Mapping[str, frozenset[str]] = {
    key: frozenset(placeholders.split())
    for key, placeholders in {
        "greeting": "daypart company department",
        "greeting-no-department": "daypart company",
        "language-choice": "key",
        "familiar-helped": "person day key",
        "familiar-looks-after": "person key",
        "menu-choice": "group key",
        "menu-seller": "key",
        "menu-wrong-number": "key",
        "menu-information": "key",
        "menu-by-name": "key",
        "menu-extension": "key",
        "menu-customer-number": "key",
        "menu-callback": "key",
        "menu-message": "key",
        "menu-on-call": "key",
        "not-understood": "",
        "seller": "",
        "seller-choices": "",
        "not-us": "company",
        "not-us-choices": "",
        "by-name": "",
        "by-name-nobody": "",
        "by-name-too-many": "",
        "extension-enter": "",
        "extension-nobody": "",
        "customer-number": "",
        "customer-number-thanks": "",
        "customer-number-unknown": "",
        "not-at-this-hour": "",
        "blocked-not-wanted": "",
        "blocked-not-in-service": "",
        "blocked-write-to-us": "",
        "goodbye-only": "",
        "queue-full": "",
        "mobile-first": "",
        "any-key": "",
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
        "callout-who": "name number",
        "callout-who-no-name": "number",
        "callout-number": "number",
        "callout-keys": "",
        "callout-keys-yourself": "",
        "callout-connecting": "",
        "callout-cannot": "",
        "callout-busy": "",
        "callout-no-answer": "",
        "callout-later": "",
        "callout-done": "",
        "callout-thanks": "",
        "callout-calls-us": "",
        "reminder-who": "name number",
        "reminder-who-no-name": "number",
        "reminder-who-no-number": "name",
        "reminder-who-unknown": "",
        "reminder-keys": "",
        "reminder-keys-yourself": "",
        "reminder-done": "",
        "reminder-later": "",
        "callback-offer": "",
        "callback-confirm-number": "number",
        "callback-enter-number": "",
        "callback-number-readback": "number",
        "callback-number-odd": "",
        "callback-when-soon": "",
        "callback-when-afternoon": "",
        "callback-when-morning": "opens",
        "callback-when": "",
        "callback-hour": "",
        "callback-no-such-hour": "",
        "callback-promised": "when",
        "callback-keeps-place": "",
        "callback-promised-at": "opens",
        "message-after-tone": "",
        "message-nothing-heard": "",
        "message-keep": "",
        "message-thanks": "",
        "closed": "opens",
        "closed-lunch": "opens",
        "closed-holiday": "opens",
        "closed-special-day": "opens",
        "closed-no-opening": "",
        "closed-choices": "",
        "closed-information": "",
        "closed-emergency": "",
        "emergency-callback": "",
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
        "staff-no-messages": "",
        "staff-messages": "count",
        "staff-message": "name number day",
        "staff-message-no-name": "number day",
        "staff-message-no-number": "name day",
        "staff-message-unknown": "day",
        "staff-message-keys": "",
        "staff-message-done": "",
        "staff-no-cards": "",
        "staff-cards": "count",
        "staff-card": "kind name number day",
        "staff-card-no-name": "kind number day",
        "staff-card-no-number": "kind name day",
        "staff-card-unknown": "kind day",
        "staff-card-soon": "high",
        "staff-card-late": "",
        "staff-card-keys": "",
        "staff-card-no-number-to-call": "",
        "staff-card-done": "",
        "staff-card-later": "",
        "staff-card-minutes": "",
        "staff-card-promise": "",
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
    "when": frozenset({"as soon as possible", "this afternoon", "tomorrow morning", "urgently"}),
    "keys": frozenset("0123456789*#"),
    "digits": frozenset("0123456789*#+"),
    "places": frozenset({"ordinals", "beyond"}),
    "minutes": frozenset({"counts", "one", "many"}),
    "cards": frozenset(kind.name for kind in CardKind),
    "past": frozenset({"today", "yesterday", "earlier"}),
    "opening": frozenset(
        {"on-the-hour", "past-the-hour", "early-minute", "on-date", "hours", "parts", "days", "dates", "months"}
    ),
}
"""Every table of words beside the sentences, and what it must hold."""

RECORDING = "recording"
"""Not words of ours but a recording below the home folder, named by `name`: what a caller said, a greeting."""
OWN_WORDS = "own-words"
"""Words of the owner's own, which are in the language of the office, and so is the voice that speaks them."""
BEEP = "beep"
"""Not words but a tone: the sign to speak after it."""

_OF_CALLERS = frozenset(
    {
        "callback-confirm-number",
        "callback-number-readback",
        "brief-caller",
        "brief-caller-no-name",
        "brief-caller-no-number",
        "caller-number",
        "caller-name",
        "callout-who",
        "callout-who-no-name",
        "callout-number",
        "reminder-who",
        "reminder-who-no-name",
        "reminder-who-no-number",
        "staff-first",
        "staff-first-no-name",
        "staff-message",
        "staff-message-no-name",
        "staff-message-no-number",
        "staff-card",
        "staff-card-no-name",
        "staff-card-no-number",
    }
)
"""Sentences with a number or a name that a caller has sent."""


def refusal(text: str, person: str) -> Sentence:
    """What a caller is told for `person` who does not take them: a phrase by its name, or the owner's own words."""
    return sentence(f"refusal-{text}", person=person) if text in REFUSALS else sentence(OWN_WORDS, text=text)


def turned_away(text: str) -> tuple[Sentence, ...]:
    """What a caller hears who is not wanted: a phrase by its name, or the owner's own words and goodbye (R7)."""
    if text in BLOCKED:
        return (sentence(f"blocked-{text}"),)
    return (*own_words(text), sentence("goodbye-only"))


def own_words(text: str) -> tuple[Sentence, ...]:
    """A longer text of the owner's, in pieces that a voice can speak: line by line."""
    pieces = [piece for line in text.splitlines() for piece in textwrap.wrap(line, LONGEST_TEXT)]
    return tuple(sentence(OWN_WORDS, text=piece) for piece in pieces)


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


@dataclass(frozen=True, slots=True)
class Part:
    """What is spoken in one breath. A caller's number or name is private: its sound is never written to disk (R36)."""

    text: str
    private: bool


class Words:
    """The words of one language, a folder of `voice-prompts`; raises `BadWords` as `load_words` does."""

    def __init__(self, language: str) -> None:
        self._words = load_words(language)
        self._speller = Speller(self._words)

    def parts(self, sentence: Sentence) -> list[Part]:
        """A sentence in words, breath by breath.

        Raises:
            BadWords: there is no such sentence, or a value is missing or cannot be spoken; both are named.
        """
        if sentence.key in (BEEP, RECORDING):
            return [Part(sentence.key, private=False)]
        values = dict(sentence.values)
        key = _form(sentence.key, values)
        if key not in SENTENCES:
            raise BadWords(f"There is no sentence '{sentence.key}'.")
        parts = [
            Part(self._filled(key, template.strip(), values), key in _OF_CALLERS and "{" in template)
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
            if name == "day":
                day, today = (datetime.fromisoformat(str(values[value])) for value in ("day", "now"))
                return self._speller.past(day, today)
            return self._speller.spell(name, values[name])
        except BadWords:
            raise
        except (LookupError, ValueError) as unspeakable:
            told = repr(values[name]) if name in values else "nothing"
            raise BadWords(f"The sentence '{key}' cannot say {told} for {{{name}}}.") from unspeakable


def _form(key: str, values: Mapping[str, str | int]) -> str:
    """The form of a sentence that suits its values: where one that may be empty is, a sentence without it."""
    match key:
        case "greeting" if not values.get("department"):
            return "greeting-no-department"
        case "putting-through" if not values.get("position"):
            return "putting-through-no-position"
        case "brief-caller" | "staff-first" | "staff-message" | "staff-card" if not values.get("name"):
            return f"{key}-no-name" if values.get("number") else f"{key}-unknown"
        case "callout-who" | "reminder-who" if not values.get("name"):
            return f"{key}-no-name" if values.get("number") else f"{key}-unknown"
        case "brief-caller" | "staff-first" | "staff-message" | "staff-card" if not values.get("number"):
            return f"{key}-no-number"
        case "reminder-who" if not values.get("number"):
            return f"{key}-no-number"
        case "caller-number" if not values.get("number"):
            return "caller-number-unknown"
        case "person-in-meeting" | "person-away" if not values.get("opens"):
            return f"{key}-no-time"
        case "staff-is-in-meeting" | "staff-is-at-lunch" | "staff-is-away" if not values.get("opens"):
            return f"{key}-no-time"
        case "closed" | "closed-lunch" | "closed-holiday" | "closed-special-day" if not values.get("opens"):
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
