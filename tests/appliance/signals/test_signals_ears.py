"""All receivers of a line together hear what each of them hears alone."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.acts import Heard
from appliance.signals import generate
from appliance.signals.callerid import CallerIdEvent, CallerIdMessage, encode, modulate
from appliance.signals.countries import COUNTRIES
from appliance.signals.dtmf import KeyEvent
from appliance.signals.ears import Ears, Hearing, Told
from appliance.signals.levels import Samples
from appliance.signals.progress import ProgressEvent

PL = COUNTRIES["pl"]
CALL = CallerIdMessage("225550100", "Jan Kowalski", "", "11251405")


@cache
def call() -> Samples:
    """Caller ID, a key, and what a far end sounds like that has hung up."""
    parts = (
        generate.silence(0.3),
        modulate(encode(CALL), PL.caller_id),
        generate.silence(0.3),
        generate.dtmf("7", 100, 300),
        generate.ToneSource(PL.busy, -15.0).pull(32000),
    )
    sound = np.concatenate(parts)
    return sound + generate.noise(len(sound), -50.0, np.random.default_rng(1))


def told(ears: Ears, sound: Samples, cuts: list[int]) -> list[Told]:
    events = [event for block in np.split(sound, sorted(cuts)) for event in ears.feed(block)]
    return events + ears.finish()


def test_one_call_is_heard_by_all_in_the_order_in_which_it_was_decided() -> None:
    events = told(Ears(PL), call(), [])
    assert [event.message for event in events if isinstance(event, CallerIdEvent)] == [CALL]
    assert [event.key for event in events if isinstance(event, KeyEvent) and event.down] == ["7"]
    assert Heard.BUSY in [event.heard for event in events if isinstance(event, ProgressEvent)]
    decided = [event.decided for event in events]
    assert decided == sorted(decided)


@settings(max_examples=8)
@given(st.lists(st.integers(0, 45000), max_size=12))
def test_the_same_sound_in_other_blocks_gives_the_same_events(cuts: list[int]) -> None:
    assert sorted(told(Ears(PL), call(), cuts), key=repr) == sorted(told(Ears(PL), call(), []), key=repr)


@pytest.mark.parametrize(
    ("only", "kind"), [(Hearing.KEYS, KeyEvent), (Hearing.CALLERS, CallerIdEvent), (Hearing.TONES, ProgressEvent)]
)
def test_who_listens_for_one_thing_hears_that_alone_and_all_of_it(only: Hearing, kind: type[Told]) -> None:
    alone = told(Ears(PL, [only]), call(), [])
    assert alone == [event for event in told(Ears(PL), call(), []) if isinstance(event, kind)]
    assert alone


def test_a_caller_told_by_keys_is_heard_with_and_without_those_who_hear_keys() -> None:
    sound = np.concatenate((generate.silence(0.5), generate.dtmf("A225550100C", 70, 70)))
    for only in ([Hearing.CALLERS], [Hearing.KEYS, Hearing.CALLERS]):
        events = told(Ears(PL, only), sound, [])
        assert [event.message.number for event in events if isinstance(event, CallerIdEvent)] == ["225550100"]


def test_a_caller_whose_last_key_ends_with_the_recording_is_not_lost() -> None:
    sound = np.concatenate((generate.silence(0.5), generate.dtmf("A225550100C", 70, 70)))[:-560]
    for only in ([Hearing.CALLERS], tuple(Hearing)):
        events = told(Ears(PL, only), sound, [])
        assert [event.message.number for event in events if isinstance(event, CallerIdEvent)] == ["225550100"]
