"""What callers hear, in words: every sentence in every language, and nothing that cannot be spoken."""

from __future__ import annotations

import copy
import threading
import tomllib
from datetime import datetime, time
from pathlib import Path

import numpy as np
import pytest

from appliance.acts import Sentence, sentence
from appliance.faults import BadWords, NoSpeech
from appliance.likely import likely_sentences
from appliance.prompts import SENTENCES, load_words, shortcomings
from appliance.promptsound import Prompts
from appliance.settings import GroupSettings, LineSettings, MenuSettings, PersonSettings, Settings
from appliance.speech import EspeakVoice, Samples
from appliance.speller import daypart

LANGUAGES = ("en", "pl")

SETTINGS = Settings(
    company="Acme Windows",
    lines=(LineSettings("main", "/dev/ttyACM0"), LineSettings("second", "/dev/ttyACM1", "", "Acme Doors", "sales")),
    people=(PersonSettings("Anna Kowalska", "101", "head of sales", pin="kept"), PersonSettings("Jan", "102")),
    groups=(GroupSettings("sales", ("101", "102")),),
    menu=MenuSettings((("1", "sales"),), "sales"),
)


class HummingVoice:
    """Speaks without an engine, as long as the text is, and remembers what it was asked."""

    name = "humming"

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> Samples:
        self.said.append(text)
        return np.full(80 * len(text), sum(text.encode()) % 1000 + 1, np.int16)


class MuteVoice:
    """An engine that was removed."""

    name = "humming"

    def say(self, text: str) -> Samples:
        raise NoSpeech("no engine")


@pytest.fixture
def voice() -> HummingVoice:
    return HummingVoice()


@pytest.fixture
def english(tmp_path: Path, voice: HummingVoice) -> Prompts:
    return Prompts("en", voice, tmp_path / "sounds")


@pytest.fixture
def polish(tmp_path: Path, voice: HummingVoice) -> Prompts:
    return Prompts("pl", voice, tmp_path / "sounds")


# ---------------------------------------------------------------- the words of each language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_and_every_word_is_there(language: str, root: Path) -> None:
    words = tomllib.loads((root / "voice-prompts" / language / "prompts.toml").read_text("utf-8"))
    assert shortcomings(words) == []
    assert set(words["opening"]["days"]) == {
        *("today", "tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    }
    assert [len(words["opening"][table]) for table in ("hours", "dates", "months")] == [24, 31, 12]
    assert len(words["minutes"]["counts"]) == 15


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_blames_the_caller(language: str) -> None:
    texts = " ".join(load_words(language)["sentences"].values()).lower()
    for blunt in ("error", "invalid", "wrong number", "call again later", "błąd", "nieprawidłow"):
        assert blunt not in texts


def test_whatever_is_missing_or_too_much_in_a_language_is_named() -> None:
    words = copy.deepcopy(load_words("en"))
    del words["sentences"]["goodbye"]
    words["sentences"]["hello"] = "Hello."
    words["sentences"]["person-busy"] = "{colleague} is busy."
    del words["keys"]["#"]
    assert shortcomings(words) == [
        "Missing sentence: goodbye.",
        "Unknown sentence: hello.",
        "Missing placeholder of 'person-busy': person.",
        "Unknown placeholder of 'person-busy': colleague.",
        "Missing entry of the table 'keys': #.",
    ]


def test_an_unknown_language_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadWords, match="'xx'"):
        Prompts("xx", HummingVoice(), tmp_path)


# ---------------------------------------------------------------- sentences with values


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            sentence("greeting", daypart="evening", company="Acme", department="sales"),
            "Good evening, Acme, sales. Thank you for calling.",
        ),
        (
            sentence("greeting", daypart="morning", company="Acme", department=""),
            "Good morning, Acme. Thank you for calling.",
        ),
        (sentence("menu-choice", group="sales", key="1"), "For sales, press one."),
        (sentence("menu-choice", group="the operator", key="#"), "For the operator, press hash."),
        (sentence("position", place=1, low=0, high=1), "You are next in line. It should take less than a minute."),
        (
            sentence("position", place=3, low=2, high=4),
            "You are third in line. It should take between two and four minutes.",
        ),
        (sentence("position", place=2, low=3, high=3), "You are second in line. It should take about three minutes."),
        (sentence("position", place=2, low=1, high=1), "You are second in line. It should take about one minute."),
        (
            sentence("position", place=2, low=0, high=4),
            "You are second in line. It should take no more than four minutes.",
        ),
        (
            sentence("position", place=21, low=9, high=16),
            "You are number 21 in line. It may take more than fifteen minutes.",
        ),
        (sentence("position", place=2), "You are second in line."),
        (
            sentence("putting-through", person="Anna", position="head of sales", number="101"),
            "I am putting you through to Anna, head of sales, extension one zero one.",
        ),
        (
            sentence("putting-through", person="Anna", position="", number=7),
            "I am putting you through to Anna, extension seven.",
        ),
        (sentence("callback-promised", when="this afternoon"), "Thank you. We will call you back this afternoon."),
        (
            sentence("closed", opens="2026-11-30T09:00+01:00"),
            "Our office is closed at the moment. We are here for you again on Monday at nine in the morning.",
        ),
        (
            sentence("closed", opens="2026-11-30T13:05", now="2026-11-29T22:00"),
            "Our office is closed at the moment. We are here for you again tomorrow at one oh 5 in the afternoon.",
        ),
        (sentence("closed"), "Our office is closed at the moment."),
        (
            sentence("closed-holiday", opens="2027-01-04T08:00", now="2026-12-24T10:00"),
            "Our office is closed, because today is a holiday. "
            "We are here for you again on Monday, the fourth of January, at eight in the morning.",
        ),
        (
            sentence("closed-lunch", opens="2026-11-24T13:00", now="2026-11-24T12:10"),
            "We are having our lunch break. We are here for you again today at one in the afternoon.",
        ),
        (
            sentence("familiar-helped", person="Anna", key="1", day="2026-11-20T09:00", now="2026-11-24T10:00"),
            "To speak to Anna, who helped you on Friday, press one.",
        ),
        (
            sentence("familiar-helped", person="Anna", key="1", day="2026-11-17T09:00", now="2026-11-24T10:00"),
            "To speak to Anna, who helped you some time ago, press one.",
        ),
        (
            sentence("staff-message", name="Jan", number="", day="2026-11-23T17:00", now="2026-11-24T10:00"),
            "A message from Jan. It was left yesterday.",
        ),
        (
            sentence("staff-is-in-meeting", opens="2026-11-24T13:30", now="2026-11-24T10:00"),
            "You are in a meeting, and back today at one 30 in the afternoon.",
        ),
        (sentence("staff-is-away", opens="", now="2026-11-24T10:00"), "You are not in the office."),
        (sentence("staff-waiting", count=3), "Callers waiting: 3."),
        (sentence("staff-longest", high=3), "The longest has waited for about three minutes."),
        (sentence("staff-first", name="Jan", number=""), "The next one is Jan."),
        (sentence("staff-first", name="", number="225"), "The next one has the number two two five."),
        (sentence("staff-first", name="", number=""), "The number of the next one is not known."),
    ],
)
def test_english_sentences_fit_their_values(english: Prompts, said: Sentence, text: str) -> None:
    assert english.text(said) == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            sentence("greeting", daypart="evening", company="Okna Acme", department="dział sprzedaży"),
            "Dobry wieczór, Okna Acme, dział sprzedaży. Dziękujemy za telefon.",
        ),
        (sentence("menu-choice", group="Sprzedaż", key="7"), "Sprzedaż: proszę nacisnąć siódemkę."),
        (
            sentence("position", place=3, low=2, high=5),
            "Zajmują Państwo trzecie miejsce w kolejce. Potrwa to od dwóch do pięciu minut.",
        ),
        (
            sentence("position", place=1, low=1, high=1),
            "Zajmują Państwo pierwsze miejsce w kolejce. Potrwa to około jednej minuty.",
        ),
        (
            sentence("closed", opens="2026-12-01T12:30", now="2026-12-01T07:00"),
            "Nasze biuro jest teraz zamknięte. Będziemy do Państwa dyspozycji dziś od godziny dwunastej 30.",
        ),
        (sentence("callback-promised", when="tomorrow morning"), "Dziękuję. Oddzwonimy jutro przed południem."),
        (
            sentence("staff-is-in-meeting", opens="2026-11-24T13:30", now="2026-11-24T10:00"),
            "Są Państwo na spotkaniu, z powrotem dziś od godziny trzynastej 30.",
        ),
        (
            sentence("closed-special-day", opens="2027-01-04T08:00", now="2026-12-24T10:00"),
            "Nasze biuro jest dziś zamknięte. "
            "Będziemy do Państwa dyspozycji w poniedziałek, czwartego stycznia, od godziny ósmej.",
        ),
        (
            sentence("familiar-helped", person="Anna Nowak", key="1", day="2026-11-24T09:00", now="2026-11-24T10:00"),
            "Aby rozmawiać z osobą, która pomogła Państwu dzisiaj: Anna Nowak, proszę nacisnąć jedynkę.",
        ),
        (
            sentence("staff-message", name="", number="225", day="2026-11-20T17:00", now="2026-11-24T10:00"),
            "Wiadomość z numeru dwa dwa pięć. Nagrano ją w piątek.",
        ),
        (sentence("staff-longest", high=1), "Najdłuższe oczekiwanie trwa około jednej minuty."),
        (sentence("staff-first", name="Jan", number="225"), "Następna rozmowa: Jan, numer dwa dwa pięć."),
    ],
)
def test_polish_sentences_keep_their_grammar(polish: Prompts, said: Sentence, text: str) -> None:
    assert polish.text(said) == text


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("501234567", "five zero one, two three four, five six seven"),
        ("+48 22 621-00-00", "plus four eight, two two six, two one zero, zero zero zero"),
        ("6210000", "six two one, zero zero zero zero"),
        ("7", "seven"),
    ],
)
def test_numbers_are_read_digit_by_digit_in_threes(english: Prompts, number: str, spoken: str) -> None:
    assert f"number {spoken}?" in english.text(sentence("callback-confirm-number", number=number))


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (sentence("good-morning"), "'good-morning'"),
        (sentence("goodbye"), "'goodbye' cannot say nothing for {company}"),
        (sentence("goodbye", company="  "), "'goodbye'.*{company}"),
        (sentence("position", place=0), "'position'.*{place}"),
        (sentence("position", place=2, low="soon", high="later"), "'position'.*{wait}"),
        (sentence("greeting", daypart="night", company="Acme"), "'greeting-no-department'.*{daypart}"),
        (sentence("callback-confirm-number", number="anna"), "'callback-confirm-number'.*{number}"),
        (sentence("callback-confirm-number", number="---"), "'callback-confirm-number'.*{number}"),
        (sentence("closed", opens="soon"), "'closed'.*{opens}"),
    ],
)
def test_what_cannot_be_spoken_is_named(english: Prompts, said: Sentence, named: str) -> None:
    with pytest.raises(BadWords, match=named):
        english.text(said)


def test_a_name_with_braces_or_bars_is_only_a_name(english: Prompts) -> None:
    said = sentence("person-busy", person="{company} | 0")
    assert english.text(said) == "{company} | 0 is on another call at the moment."


@pytest.mark.parametrize(
    ("hour", "word"), [(4, "evening"), (5, "morning"), (11, "morning"), (12, "afternoon"), (18, "evening")]
)
def test_the_time_of_day_has_a_word(hour: int, word: str) -> None:
    assert daypart(datetime.combine(datetime(2026, 11, 24), time(hour))) == word


# ---------------------------------------------------------------- sound, and keeping it


def test_a_sentence_heard_once_is_not_spoken_again(english: Prompts, voice: HummingVoice) -> None:
    first = english.samples(sentence("please-hold"))
    assert english.samples(sentence("please-hold")) is first
    assert len(voice.said) == 1
    assert first.dtype == np.int16
    assert not first.flags.writeable


def test_parts_are_shared_between_sentences_and_joined_by_a_pause(english: Prompts, voice: HummingVoice) -> None:
    english.samples(sentence("position", place=2, low=2, high=4))
    joined = english.samples(sentence("position", place=3, low=2, high=4))
    assert voice.said == [
        "You are second in line.",
        "It should take between two and four minutes.",
        "You are third in line.",
    ]
    assert joined.size == 80 * len(voice.said[1] + voice.said[2]) + 2000


def test_sound_survives_a_restart_even_without_a_speech_engine(tmp_path: Path, voice: HummingVoice) -> None:
    before = Prompts("en", voice, tmp_path).samples(sentence("please-hold"))
    after = Prompts("en", MuteVoice(), tmp_path).samples(sentence("please-hold"))
    np.testing.assert_array_equal(before, after)
    with pytest.raises(NoSpeech):
        Prompts("en", MuteVoice(), tmp_path).samples(sentence("still-looking"))


@pytest.mark.parametrize("damage", [b"", b"abc", b"\x00" * 64])
def test_damaged_sound_on_disk_is_spoken_anew(tmp_path: Path, voice: HummingVoice, damage: bytes) -> None:
    whole = Prompts("en", voice, tmp_path).samples(sentence("please-hold"))
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage or file.read_bytes()[:-2])
    np.testing.assert_array_equal(Prompts("en", voice, tmp_path).samples(sentence("please-hold")), whole)
    np.testing.assert_array_equal(Prompts("en", MuteVoice(), tmp_path).samples(sentence("please-hold")), whole)


def test_a_folder_that_cannot_be_written_does_not_silence_the_office(tmp_path: Path, voice: HummingVoice) -> None:
    (tmp_path / "sounds").write_text("a file where the folder should be")
    assert Prompts("en", voice, tmp_path / "sounds").samples(sentence("please-hold")).size > 0


def test_a_callers_number_is_never_kept_on_disk(tmp_path: Path, voice: HummingVoice) -> None:
    said = sentence("callback-confirm-number", number="501234567")
    Prompts("en", voice, tmp_path).samples(said)
    assert len(voice.said) == 3
    assert len(list(tmp_path.iterdir())) == 2
    Prompts("en", voice, tmp_path).samples(said)
    assert voice.said[3:] == ["five zero one, two three four, five six seven?"]


def test_memory_is_bounded_and_the_oldest_goes_first(tmp_path: Path, voice: HummingVoice) -> None:
    prompts = Prompts("en", voice, tmp_path, memory_bytes=20_000)
    first = prompts.samples(sentence("not-understood"))
    prompts.samples(sentence("please-hold"))
    prompts.samples(sentence("come-back-choices"))
    again = prompts.samples(sentence("not-understood"))
    assert again is not first
    assert prompts.samples(sentence("not-understood")) is again


def test_likely_sentences_are_ready_before_they_are_wanted(english: Prompts, voice: HummingVoice) -> None:
    english.prepare(likely_sentences(SETTINGS))
    prepared = len(voice.said)
    for said in (
        *(sentence(key) for key, placeholders in SENTENCES.items() if not placeholders),
        sentence("greeting", daypart="evening", company="Acme Doors", department="sales"),
        sentence("greeting", daypart="morning", company="Acme Windows", department=""),
        sentence("menu-choice", key="1", group="sales"),
        sentence("position", place=2, low=3, high=7),
        sentence("position", place=1, low=0, high=1),
        sentence("putting-through", person="Jan", position="", number="102"),
        sentence("goodbye", company="Acme Doors"),
        sentence("staff-pin", person="Anna Kowalska"),
    ):
        english.samples(said)
    assert len(voice.said) == prepared


def test_preparing_stops_when_the_office_closes_down(english: Prompts, voice: HummingVoice) -> None:
    english.prepare(likely_sentences(SETTINGS), stop=lambda: len(voice.said) >= 5)
    assert len(voice.said) == 5


def test_many_lines_may_speak_at_once(tmp_path: Path, voice: HummingVoice) -> None:
    prompts = Prompts("en", voice, tmp_path, memory_bytes=60_000)
    wanted = [*likely_sentences(SETTINGS)][:20]
    right = {said: Prompts("en", voice, tmp_path).samples(said) for said in wanted}
    wrong: list[Sentence] = []

    def speak(shift: int) -> None:
        for said in (wanted[shift:] + wanted[:shift]) * 10:
            if not np.array_equal(prompts.samples(said), right[said]):
                wrong.append(said)

    threads = [threading.Thread(target=speak, args=(2 * number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_beep_is_a_short_tone(english: Prompts, voice: HummingVoice) -> None:
    beep = english.samples(sentence("beep")).astype(np.float64)
    assert 0.2 <= beep.size / 8000 <= 0.5
    assert np.argmax(np.abs(np.fft.rfft(beep))) * 8000 / beep.size == pytest.approx(1000, abs=5)
    assert voice.said == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fixed_sentence_can_be_heard(tmp_path: Path, language: str) -> None:
    voice = EspeakVoice(language)
    if not voice.available():
        pytest.skip("espeak-ng is not installed here")
    prompts = Prompts(language, voice, tmp_path)
    for key in (key for key, placeholders in SENTENCES.items() if not placeholders):
        seconds = prompts.samples(sentence(key)).size / 8000
        assert 0.03 <= seconds / len(prompts.text(sentence(key))) <= 0.12, key
