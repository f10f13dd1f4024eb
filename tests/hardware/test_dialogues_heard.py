"""What callers hear and can choose, on a real line: the words, their level, and when, measured at the far end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.acts import sentence
from appliance.call import Outcome, TransferResult
from appliance.cards import CardKind
from appliance.pin import kept_form
from appliance.promptsound import Prompts
from appliance.recorded import spoken_in
from appliance.routingsettings import OnCallSettings, RuleSettings
from appliance.settings import (
    GroupSettings,
    Hours,
    LanguagesSettings,
    MenuSettings,
    PersonSettings,
    SpecialDaySettings,
    WaitingSettings,
)
from appliance.signals.levels import RATE_HZ
from appliance.speech import EspeakVoice, speech_level
from appliance.store.recordings import read_recording
from hardware.simulated.people import Caller
from hardware.simulated.story import CallerStory

Rehearse = Callable[..., Any]
Sound = NDArray[np.int16]

JAN = Caller("225550101", "Jan", at_s=2.0)
BOARD_S = 0.25
"""So often the board is looked at."""
ALIKE = 0.8
"""What was said and what was heard are the same, only louder or softer."""


@dataclass(frozen=True)
class Found:
    """Where a sentence is heard: how like it is, from when to when (seconds after the answer), and how loud (dBm0)."""

    likeness: float
    at_s: float
    until_s: float
    dbm0: float


def find(said: Sound, story: CallerStory) -> Found:
    """The stretch of what the caller heard that is most like what was said."""
    part, heard = said.astype(float), story.heard.astype(float)
    size = 1 << (len(heard) + len(part)).bit_length()
    products = np.fft.irfft(np.fft.rfft(heard, size) * np.fft.rfft(part, size).conj(), size)[: len(heard) - len(part)]
    powers = np.concatenate([[0.0], np.cumsum(np.square(heard))])
    powers = powers[len(part) : len(part) + len(products)] - powers[: len(products)]
    likenesses = products / np.sqrt(np.maximum(powers, 1.0) * np.sum(part**2))
    place = int(np.argmax(likenesses))
    at_s = story.began + place / RATE_HZ - story.answered_at
    level = speech_level(story.heard[place : place + len(part)])
    return Found(float(likenesses[place]), at_s, at_s + len(part) / RATE_HZ, level)


@pytest.fixture
def voice(spoken: Path) -> Prompts:
    """What the box says, word for word."""
    return Prompts("en", EspeakVoice("en"), spoken, voices=EspeakVoice)


def test_a_caller_who_chooses_polish_hears_polish_to_the_end(rehearse: Rehearse, voice: Prompts) -> None:
    """R4: each language is offered in its own words, without a hole between them, and as loud as the others."""
    languages = LanguagesSettings((("1", "en"), ("2", "pl")))
    seen = rehearse(replace(JAN, presses=((9.0, "2"), (11.0, "1")), chat_s=5.0), languages=languages)
    english = find(voice.samples(sentence("language-choice", key="1"), "en"), seen.story)
    polish = find(voice.samples(sentence("language-choice", key="2"), "pl"), seen.story)
    hold = find(voice.samples(sentence("please-hold"), "pl"), seen.story)
    assert min(english.likeness, polish.likeness, hold.likeness) > ALIKE
    assert 0.0 < polish.at_s - english.until_s < 0.6
    assert abs(english.dbm0 - polish.dbm0) < 1.5
    assert find(voice.samples(sentence("please-hold")), seen.story).likeness < 0.4
    assert seen.record.outcome is Outcome.TRANSFERRED


def test_in_an_emergency_a_closed_office_reaches_the_person_on_call(rehearse: Rehearse, voice: Prompts) -> None:
    """R3: told first, and one key away."""
    seen = rehearse(
        replace(JAN, presses=((14.5, "0"),), chat_s=5.0),
        hours=Hours((((time(8), time(16)),),) * 5 + ((),) * 2),
        special_days=(SpecialDaySettings("11-24 to 11-29", "stocktaking"),),
        on_call=(OnCallSettings("11"),),
    )
    closed = voice.samples(sentence("closed-special-day", opens="2026-11-30T08:00", now="2026-11-24T10:00"))
    told, key = find(closed, seen.story), find(voice.samples(sentence("closed-emergency")), seen.story)
    assert min(told.likeness, key.likeness) > ALIKE and 0.0 < key.at_s - told.until_s < 0.6
    assert [(tried.person, tried.result) for tried in seen.record.transfers] == [("Anna", TransferResult.TAKEN)]
    assert seen.story.talked_to == ("Anna",)


def test_a_message_is_heard_again_by_who_left_it_and_kept(rehearse: Rehearse, voice: Prompts) -> None:
    """R11, R22: what they hear is what lies on the disk, without the key that ended it."""
    words = "This is Jan Nowak. The delivery of Monday has not come yet, please look where it is."
    caller = replace(JAN, says=((17.0, words),), presses=((9.0, "2"), (24.5, "#"), (29.0, "1"), (41.0, "3")))
    seen = rehearse(replace(caller, hangs_up_after_s=52.0), hours=Hours((((time(12), time(16)),),) * 7))
    (card,) = seen.cards
    assert (card.kind, seen.record.outcome) == (CardKind.MESSAGE, Outcome.MESSAGE)
    kept = spoken_in(read_recording(seen.home / card.recording))
    again, thanks = find(kept, seen.story), find(voice.samples(sentence("message-thanks")), seen.story)
    assert len(kept) > 4 * RATE_HZ and again.likeness > ALIKE
    assert thanks.likeness > ALIKE and thanks.at_s > again.until_s
    assert abs(again.dbm0 - thanks.dbm0) < 2.0, "whoever speaks softly into a telephone is heard as well as we are"


def test_a_colleague_hears_the_message_by_telephone_and_puts_it_away(rehearse: Rehearse) -> None:
    """R11, R31: nobody else's ears, and no page."""
    words = "This is Jan Nowak. The delivery of Monday has not come yet, please look where it is."
    jan = replace(JAN, says=((17.0, words),), presses=((9.0, "2"),), hangs_up_after_s=24.5)
    pin = tuple((3.0 + 0.4 * place, key) for place, key in enumerate("4711#"))
    anna = Caller("11", at_s=34.0, presses=(*pin, (7.0, "6"), (31.0, "2")), hangs_up_after_s=37.0)
    seen = rehearse(
        jan,
        anna,
        hours=Hours((((time(12), time(16)),),) * 7),
        people=(PersonSettings("Anna", "11", pin=kept_form("4711")),),
        groups=(GroupSettings("sales", ("11",)),),
    )
    assert [record.outcome for record in seen.records] == [Outcome.MESSAGE, Outcome.STAFF]
    left = spoken_in(read_recording(seen.home / "messages" / "call-000001.wav"))
    assert find(left, seen.stories[1]).likeness > ALIKE
    assert [card.done for card in seen.cards] == [True], "and the book agrees"


def test_who_is_not_wanted_hears_that_and_the_line_is_free_again(rehearse: Rehearse, voice: Prompts) -> None:
    """R7: at once, in full, and never a note of music."""
    seen = rehearse(JAN, rules=(RuleSettings("letters only", (JAN.number,), "turn away", says="write-to-us"),))
    phrase = find(voice.samples(sentence("blocked-write-to-us")), seen.story)
    assert phrase.likeness > ALIKE and phrase.at_s < 0.7
    assert (seen.record.outcome, seen.cards, seen.record.transfers) == (Outcome.TURNED_AWAY, [], ())
    assert seen.story.line_free_at - seen.story.answered_at < phrase.until_s + 12.0


def test_a_mobile_caller_is_offered_a_callback_before_any_music(rehearse: Rehearse, voice: Prompts) -> None:
    """R12."""
    caller = replace(JAN, number="501600700", presses=((16.0, "1"),), hangs_up_after_s=22.0)
    seen = rehearse(caller, staff=(), people=(), groups=(), menu=MenuSettings())
    greeting = find(
        voice.samples(sentence("greeting", daypart="morning", company="Northwind", department="")), seen.story
    )
    offer = find(voice.samples(sentence("mobile-first")), seen.story)
    assert min(greeting.likeness, offer.likeness) > ALIKE
    assert 0.0 < offer.at_s - greeting.until_s < 0.6, "no music fits in between"
    assert seen.record.outcome is Outcome.CALLBACK
    assert [card.number for card in seen.cards] == ["501600700"], "though they hung up before all was asked"


def test_an_announcement_is_cut_the_moment_a_colleague_is_free(rehearse: Rehearse, voice: Prompts) -> None:
    """R11. Anna takes Jan, and is believed to be free again while Ola is told her place."""
    ola = replace(JAN, number="501600700", name="Ola", at_s=3.0, chat_s=5.0)
    waiting = WaitingSettings(come_back_s=5.0, talk_s=15.0, retry_s=5.0)
    seen = rehearse(replace(JAN, chat_s=5.0), ola, lines=2, waiting=waiting, menu=MenuSettings())
    offered_at, _ = next((at, board) for at, board in seen.boards if "offered call 2" in board.staff[0].belief)
    before = [board for at, board in seen.boards if at < offered_at][-1]
    assert before.lines[1].doing == "hearing the position"
    found = find(
        voice.samples(sentence("putting-through", person="Anna", position="sales", number="11")), seen.stories[1]
    )
    assert found.likeness > ALIKE
    assert -BOARD_S <= found.at_s + seen.stories[1].answered_at - offered_at < 0.5
