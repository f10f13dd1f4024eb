"""Every modem, and a HAT, takes every call: from the ring to the hand-over, and however the caller leaves (R37).

All kinds hang on lines of one office, and callers come one for each line, close together, so that each finds
the next line free. What is expected of a kind is in the tables; where they differ, a fact about that modem is the
reason (sections 4 and 9 of the facts: what each reports, and whether it hears while it speaks).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from appliance.call import Outcome, TransferResult
from appliance.cards import CardKind
from appliance.settings import ListeningSettings, WaitingSettings
from appliance.signals.levels import dbm0
from appliance.store.recordings import read_recording
from hardware.simulated.exchange import Release
from hardware.simulated.legs import Where
from hardware.simulated.loop import BLOCK, BLOCK_S
from hardware.simulated.modemfaults import Faults
from hardware.simulated.people import Caller, Staff
from hardware.simulated.profiles import PROFILES
from hardware.simulated.story import CallerStory, silences

Rehearse = Callable[..., Any]

HAT = "fxo:ch1817-usb"
KINDS = [*sorted(PROFILES.keys() - {"no-voice"}), HAT]
EVERY = pytest.mark.parametrize("place", range(len(KINDS)), ids=KINDS)
IMPATIENT = WaitingSettings(talk_s=2.0, retry_s=1.0)
NO_CALLER_ID = Faults(no_caller_id=True)
BETWEEN_S = 0.04
"""From one caller to the next: each is rung through before the next one dials."""

DUPLEX = frozenset({"cx93001", "zoom3095", "cx-rd02", "v253", HAT})
"""They hear while they speak (`AT+VTR`, and any HAT); of the others nobody has told that they can."""
TELLS_LOOP_BREAK = frozenset({*DUPLEX, "is101"})
"""`DLE l` at every moment. The US Robotics has none (Q11); nor have the Agere's masks, nor AN93."""
TELLS_LOOP_BREAK_WHILE_SPEAKING = TELLS_LOOP_BREAK | {"mt9234mu"}
"""The MultiTech tells nothing of a hang-up while it records (Q11)."""


def everybody(**habits: Any) -> list[Caller]:
    """One caller for each kind of modem, all with the same habits."""
    at_s = habits.pop("at_s", 4.0)
    return [
        Caller(**{"number": f"2255501{place:02}", "name": f"Jan {place}", **habits}, at_s=at_s + BETWEEN_S * place)
        for place in range(len(KINDS))
    ]


def levels(story: CallerStory) -> list[float]:
    """What the caller heard, in dBm0, for each 20 ms."""
    return [dbm0(story.heard[start : start + BLOCK]) for start in range(0, len(story.heard) - BLOCK, BLOCK)]


def part(story: CallerStory, from_s: float, to_s: float) -> list[float]:
    """The levels that the caller heard between two moments of the world."""
    return levels(story)[round((from_s - story.began) / BLOCK_S) : round((to_s - story.began) / BLOCK_S)]


# ---------------------------------------------------------------- a call that goes well


@pytest.fixture(scope="module")
def served(rehearse_once: Rehearse) -> Any:
    """Everybody is put through; each presses a key in the middle of the greeting."""
    return rehearse_once(
        *everybody(presses=((1.5, "1"),), chat_s=4.0), profiles=KINDS, colleagues=len(KINDS), after_s=3.0
    )


@EVERY
def test_the_modem_is_recognised_without_being_named_in_the_settings(place: int, served: Any) -> None:
    told = {record.args for record in served.log if record.msg == "%s: %s at %s"}
    assert (f"Line {place + 1}", KINDS[place].removeprefix("fxo:"), served.world.lines[place]) in told


@EVERY
def test_the_telephone_is_answered_by_the_second_ring_with_number_and_name(place: int, served: Any) -> None:
    """R1."""
    call = served.rounds()[place]
    assert call.record.rings <= 2
    assert (call.record.caller_id.number, call.record.caller_id.name) == (call.story.number, call.story.name)


@EVERY
def test_a_key_stops_the_greeting_and_is_the_choice_from_the_menu(place: int, served: Any) -> None:
    call = served.rounds()[place]
    pressed = call.story.answered_at + 1.5
    reported = next(at - served.world.began for at, code in call.modem.events if code in "/1")
    assert max(part(call.story, pressed - 0.2, pressed)) > -30.0, "the greeting was to be heard until then"
    assert reported - pressed <= 0.15
    assert max(part(call.story, reported + 0.1, reported + 0.3)) < -30.0
    assert call.record.waits[0].group == "sales"


@EVERY
def test_the_caller_is_put_through_to_somebody_who_has_answered(place: int, served: Any) -> None:
    """R16: verified, and the line is given back."""
    call = served.rounds()[place]
    (tried,) = call.record.transfers
    assert (call.record.outcome, tried.result) == (Outcome.TRANSFERRED, TransferResult.TAKEN)
    assert call.story.talked_to == (f"Colleague {tried.extension}",)
    assert call.cards == []


@EVERY
def test_nobody_hears_dead_air_and_no_sound_runs_dry(place: int, served: Any) -> None:
    """R10."""
    call = served.rounds()[place]
    assert silences(call.story) == []
    assert list(call.modem.underruns) == []


@EVERY
def test_afterwards_the_line_is_on_hook_and_waits_for_the_next_caller(place: int, served: Any) -> None:
    call = served.rounds()[place]
    assert not call.modem.hooks[-1][1]
    assert served.states_of(call.line)[-1][1] == "free"


# ---------------------------------------------------------------- nobody there


@EVERY
def test_hold_music_has_no_gap(place: int, alone: Any) -> None:
    """R10: for a quarter of a minute the music is there, at its level, without a hole."""
    call = alone.rounds()[place]
    on_hold = part(call.story, call.story.answered_at + 10.0, call.story.answered_at + 25.0)
    assert np.median(on_hold) > -26.0
    assert min(on_hold) > -45.0
    assert silences(call.story) == []
    assert list(call.modem.underruns) == []


@EVERY
def test_a_message_is_on_disk_and_sounds_like_the_caller(place: int, alone: Any) -> None:
    call = alone.rounds()[place]
    (card,) = call.cards
    assert (card.kind, card.number, call.record.outcome) == (CardKind.MESSAGE, call.story.number, Outcome.MESSAGE)
    sound = read_recording(alone.home / card.recording)
    spectrum = np.abs(np.fft.rfft(sound[: 4 * 8000] * np.hanning(len(sound[: 4 * 8000]))))
    assert dbm0(sound[: 4 * 8000]) > -30.0
    assert float(np.argmax(spectrum)) * 8000 / len(sound[: 4 * 8000]) == pytest.approx(VOICE_HZ, abs=5.0)


VOICE_HZ = 620.0


@pytest.fixture(scope="module")
def alone(rehearse_once: Rehearse) -> Any:
    """Nobody is in the office: everybody waits, presses a key, chooses to leave a message, and speaks."""
    voice = np.sin(np.arange(6 * 8000) * 2 * math.pi * VOICE_HZ / 8000) * 8000
    habits = everybody(presses=((3.0, "1"), (26.0, "3")), says=((34.0, voice),), hangs_up_after_s=41.0)
    return rehearse_once(*habits, profiles=KINDS, staff=(), people=())


def test_a_busy_colleague_brings_the_caller_back_to_the_old_place(rehearse: Rehearse) -> None:
    """R16: each is fetched back from the PBX's hold, twice, and waits on with the time they have waited already."""
    busy = Staff("Anna", "11", on_the_phone=((0.0, math.inf),))
    callers = everybody(presses=((2.0, "1"),), hangs_up_after_s=44.0)
    seen = rehearse(*callers, profiles=KINDS, colleagues=len(KINDS), colleague=busy, waiting=IMPATIENT)
    calls = {call.kind: call for call in seen.rounds()}
    back = [Where.RINGING, Where.OFFICE, Where.HOLD, Where.OFFICE, Where.HOLD, Where.OFFICE]
    tried = {kind: [attempt.result for attempt in call.record.transfers][:2] for kind, call in calls.items()}
    assert tried == dict.fromkeys(KINDS, [TransferResult.BUSY] * 2)
    places = {kind: [segment.where for segment in call.story.segments][: len(back)] for kind, call in calls.items()}
    assert places == dict.fromkeys(KINDS, back)
    assert {kind: len(call.record.waits) for kind, call in calls.items()} == dict.fromkeys(KINDS, 1)
    assert {kind for kind, call in calls.items() if call.record.waits[0].seconds < 35.0} == set()
    assert {kind: gaps for kind, call in calls.items() if (gaps := silences(call.story))} == {}
    assert {kind for kind, call in calls.items() if call.modem.underruns} == set()


# ---------------------------------------------------------------- however they leave

LONGEST_WAIT_S, SILENT_S = 15.0, 8.0
MOMENTS = {"greeting": ((), 2.0), "hold": (((2.0, "1"),), 10.0), "recording": (((2.0, "1"), (8.0, "3")), 16.0)}
"""What these callers press, and how long after the answer they are gone."""
CALLS = {"greeting": 4.0, "hold": 28.0, "recording": 60.0}
SIGNLESS_CALLS = {"recording": 4.0, "greeting": 64.0}
"""When they call. Who has gone in the greeting without a sign is on hold soon, so that is not tried apart."""


def noticed_within_s(kind: str, release: Release, moment: str) -> float:
    """How soon the line must be free.

    A break of the loop is a certain sign, where the modem tells it. A tone is heard by ourselves where we hear: two
    periods of busy tone (0.5 s on, 0.5 s off), and a dial tone long enough to be none of its echoes. Where we are deaf
    the modem's word counts, once it has repeated it: busy tone after four seconds, dial tone after three, and, as
    modems are mistaken in it (Q12), once more. What makes no sign is noticed by silence while we listen, and else by
    the menu said twice, the longest wait (R13), and a callback that is offered and asked about to its end.
    """
    recording = moment == "recording"
    hears = recording or kind in DUPLEX
    tells = TELLS_LOOP_BREAK if recording else TELLS_LOOP_BREAK_WHILE_SPEAKING
    if release.breaks_loop and kind in tells:
        return 1.0
    match release:
        case Release.BUSY | Release.CONGESTION | Release.LOOP_BUSY:
            return 3.5 if hears else 7.0
        case Release.DIAL_TONE:
            return 3.5 if hears else 9.0
    if recording:
        return 36.0  # the silence that ends a message, what to do with it, thanks, the wait for their last word
    return 30.0 if moment == "greeting" and hears else LONGEST_WAIT_S + 135.0


@pytest.mark.parametrize("release", Release)
def test_however_a_caller_leaves_the_line_is_freed(release: Release, rehearse: Rehearse) -> None:
    """Q11, Q13, Q14, R23: in the greeting, on hold and in the middle of a message; and there is a card for each."""
    calls = SIGNLESS_CALLS if release in (Release.LOOP, Release.SILENCE) else CALLS
    callers = [
        caller
        for moment, at_s in calls.items()
        for caller in everybody(
            at_s=at_s, presses=MOMENTS[moment][0], hangs_up_after_s=MOMENTS[moment][1], release=release
        )
    ]
    seen = rehearse(
        *callers,
        profiles=KINDS,
        staff=(),
        people=(),
        country="us" if release is Release.CONGESTION else "pl",
        waiting=WaitingSettings(come_back_s=LONGEST_WAIT_S, longest_s=LONGEST_WAIT_S),
        listening=ListeningSettings(silence_s=SILENT_S),
        keep_audio=False,
    )
    late = {}
    for call in seen.rounds():
        moment = list(calls)[call.round - 1]
        gone_at = seen.world.began + call.story.ended_at
        released = [at for at, off_hook in call.modem.hooks if not off_hook and at >= gone_at]
        free_s = min(released, default=math.inf) - gone_at
        if free_s > noticed_within_s(call.kind, release, moment):
            late[call.kind, moment] = round(free_s, 1)
    assert late == {}
    wrong = {
        (call.kind, call.round): (call.record.outcome, [card.number for card in call.cards])
        for call in seen.rounds()
        if [card.number for card in call.cards] != [call.story.number]
    }
    assert wrong == {}
    assert [modem.record.hooks[-1][1] for modem in seen.world.modems] == [False] * len(KINDS)


# ---------------------------------------------------------------- modems that cannot answer

PATIENT = Caller("225550199", "Ola", at_s=4.0, ring_patience_s=27.0)


def test_a_modem_without_voice_tells_who_rings_and_lets_the_office_answer(rehearse: Rehearse) -> None:
    """Q1b, R23, R37: never off-hook, a card with the number, and the board says so."""
    seen = rehearse(PATIENT, profile="no-voice")
    assert list(seen.world.modems[0].record.hooks) == []
    assert seen.story.answered_at is None
    assert (seen.record.outcome, seen.record.caller_id.number) == (Outcome.UNANSWERED, "225550199")
    assert (seen.record.rings, seen.record.caller_id.name) == (6, "Ola")
    assert [(card.kind, card.number) for card in seen.cards] == [(CardKind.UNANSWERED, "225550199")]
    assert [state for _, state in seen.states_of("Line 1")] == [
        "out of order",
        "cannot answer",
        "in a call",
        "cannot answer",
    ]
    (fault,) = {fault for _, board in seen.boards for fault in board.faults}
    assert "no voice mode" in fault.problem
    assert "own telephones ring" in fault.advice


def test_a_modem_that_only_says_it_has_answered_does_not_pretend(rehearse: Rehearse) -> None:
    """Q1: neither `+VLS=1` nor `ATH1` nor `ATA` takes the line; the next caller just rings."""
    second = replace(PATIENT, number="225550198", at_s=50.0)
    liar = PROFILES["usr5637-old"].but(hook_commands=frozenset())
    seen = rehearse(replace(PATIENT, ring_patience_s=35.0), second, profiles=[liar])
    assert list(seen.world.modems[0].record.hooks) == []
    assert [story.answered_at for story in seen.stories] == [None, None]
    assert {"225550199", "225550198"} <= {card.number for card in seen.cards}
    assert seen.records[-1].outcome is Outcome.UNANSWERED
    assert seen.states_of("Line 1")[-1][1] == "cannot answer"
    asked = [command for at, command in seen.world.modems[0].record.commands if at > 45.0]
    assert not any("+VLS" in command or command in ("H1", "A") for command in asked)
    (fault,) = seen.boards[-1][1].faults
    assert "goes on ringing" in fault.problem


@pytest.mark.parametrize("works", ["H1", "A"])
def test_a_modem_that_needs_an_older_command_takes_the_line_by_it(works: str, rehearse: Rehearse) -> None:
    """Q1: what the first command does not do another one may; the caller is served."""
    shy = PROFILES["usr5637"].but(hook_commands=frozenset({works}))
    caller = replace(PATIENT, presses=((8.0, "1"),), hangs_up_after_s=12.0, ring_patience_s=40.0)
    seen = rehearse(caller, profiles=[shy], staff=(), people=())
    assert seen.story.answered_at is not None
    assert seen.record.outcome is Outcome.ABANDONED
    assert not seen.world.modems[0].record.hooks[-1][1]


def test_a_modem_without_caller_id_serves_an_unknown_caller(rehearse: Rehearse) -> None:
    """Q2: only RING comes, whatever the network sends; the second ring is answered (R1, R5)."""
    seen = rehearse(
        *everybody(chat_s=3.0), profiles=KINDS, colleagues=len(KINDS), faults=NO_CALLER_ID, keep_audio=False
    )
    assert {call.kind: call.record.rings for call in seen.rounds()} == dict.fromkeys(KINDS, 2)
    assert {call.kind: call.record.outcome for call in seen.rounds()} == dict.fromkeys(KINDS, Outcome.TRANSFERRED)
    assert {call.record.caller_id.told for call in seen.rounds()} == {False}
