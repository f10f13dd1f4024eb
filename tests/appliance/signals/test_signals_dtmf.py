"""Keys are heard as ITU-T Q.24 wants it, and speech is not a key."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.signals import generate
from appliance.signals.countries import Tone
from appliance.signals.dtmf import DtmfReceiver, KeyEvent
from appliance.signals.levels import Samples

ALL = "".join(generate.KEYS)


def events(sound: Samples) -> list[KeyEvent]:
    return DtmfReceiver().feed(np.concatenate((sound, generate.silence(0.1))))


def keys(sound: Samples) -> str:
    return "".join(event.key for event in events(sound) if event.down)


def pressed(row_hz: float, column_hz: float, *, seconds: float = 0.05, twist_db: float = 0.0) -> Samples:
    """A key with free frequencies and twist (column over row), then a pause."""
    row, column = generate.tone([row_hz], seconds, -12.0), generate.tone([column_hz], seconds, -12.0 + twist_db)
    return np.concatenate((row + column, generate.silence(0.05)))


@pytest.mark.parametrize("dbm0", [0.0, -10.0, -29.0])
@pytest.mark.parametrize(("on_ms", "off_ms"), [(40, 30), (50, 50), (100, 100)])
def test_every_key_is_heard_once(dbm0: float, on_ms: int, off_ms: int) -> None:
    assert keys(generate.dtmf(ALL + "55", on_ms, off_ms, dbm0)) == ALL + "55"


def test_a_key_goes_down_and_up_when_it_did_on_the_line() -> None:
    sound = np.concatenate((generate.silence(0.3), generate.dtmf("7", on_ms=120, off_ms=100)))
    down, up = events(sound)
    assert (down.key, down.down, up.key, up.down) == ("7", True, "7", False)
    assert down.at == pytest.approx(2400, abs=50)
    assert up.at == pytest.approx(2400 + 960, abs=50)


def test_a_key_is_told_while_it_is_still_held() -> None:
    receiver = DtmfReceiver()
    assert [event.down for event in receiver.feed(generate.tone(generate.KEYS["1"], 0.08, -10.0))] == [True]


@pytest.mark.parametrize("offset", range(0, 160, 32))
def test_too_short_a_burst_is_no_key_and_too_short_a_hole_does_not_split_one(offset: int) -> None:
    start = np.zeros(offset)
    assert keys(np.concatenate((start, generate.dtmf(ALL, on_ms=20, off_ms=50)))) == ""
    assert keys(np.concatenate((start, generate.dtmf("5", 60, 10), generate.dtmf("5", 60, 60)))) == "5"


@pytest.mark.parametrize("twist_db", [-8.0, -4.0, 0.0, 4.0])
def test_twist_within_the_limits_is_accepted(twist_db: float) -> None:
    assert keys(pressed(770.0, 1336.0, twist_db=twist_db)) == "5"


@pytest.mark.parametrize("twist_db", [-14.0, 9.0])
def test_twist_beyond_the_limits_is_not(twist_db: float) -> None:
    assert keys(pressed(770.0, 1336.0, twist_db=twist_db)) == ""


@pytest.mark.parametrize("key", "159D")
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_telephone_may_be_a_little_out_of_tune_but_not_more(key: str, sign: int) -> None:
    row, column = generate.KEYS[key]
    near, far = 1 + sign * 0.015, 1 + sign * 0.035
    assert keys(pressed(row * near + sign * 2, column * near + sign * 2, seconds=0.04)) == key
    wrong = (pressed(row * far, column), pressed(row, column * far), pressed(row * far, column * far))
    assert keys(np.concatenate(wrong)) == ""


def test_keys_are_heard_in_noise() -> None:
    sound = generate.dtmf(ALL * 4, 40, 40, -20.0)
    assert keys(sound + generate.noise(len(sound), -32.0, np.random.default_rng(4))) == ALL * 4


def test_keys_are_heard_over_a_weaker_dial_tone() -> None:
    sound = generate.dtmf(ALL, 60, 60, -15.0)
    dial = generate.ToneSource(Tone((350.0, 440.0)), -23.0).pull(len(sound))
    assert keys(sound + dial) == ALL


def vowels(seconds: float, rng: np.random.Generator) -> Samples:
    """Something like speech: a gliding voice rich in harmonics, shaped by three wandering formants, in syllables."""
    count = round(seconds * 8000)
    slow = np.arange(0, count + 800, 800)
    at = np.arange(count)
    pitch = np.interp(at, slow, rng.uniform(90, 250, len(slow)))
    first = np.interp(at, slow, rng.uniform(300, 900, len(slow)))
    second = np.interp(at, slow, rng.uniform(900, 2300, len(slow)))
    third = np.interp(at, slow, rng.uniform(2300, 3200, len(slow)))
    loud = np.interp(at, slow, rng.uniform(0.05, 1.0, len(slow)))
    turns = 2.0 * np.pi * np.cumsum(pitch) / 8000
    voice = np.zeros(count)
    for harmonic in range(1, 26):
        hz = harmonic * pitch
        near = [np.exp(-(((hz - formant) / 150) ** 2)) for formant in (first, second, third)]
        voice += (near[0] + 0.5 * near[1] + 0.25 * near[2] + 0.08) * np.sin(harmonic * turns)
    return 8000.0 * loud * voice


def test_noise_is_no_key_and_speech_hardly_ever() -> None:
    rng = np.random.default_rng(5)
    # Nothing but vowels, far denser than speech: one key in ten minutes of it is what this receiver takes for real.
    assert len(keys(vowels(120.0, rng))) <= 1
    assert keys(generate.noise(8000 * 60, -10.0, rng)) == ""


@pytest.mark.parametrize("hz", [[425.0], [697.0], [1336.0], [480.0, 620.0], [1100.0], [2100.0], [697.0, 770.0]])
def test_other_tones_are_no_keys(hz: list[float]) -> None:
    assert keys(generate.tone(hz, 1.0, -10.0)) == ""


RNG = np.random.default_rng(6)
DIALLED = np.concatenate((generate.silence(0.013), generate.dtmf("159*D", 41, 33, -18.0), vowels(0.3, RNG)))
DIALLED += generate.noise(len(DIALLED), -45.0, RNG)


@given(st.lists(st.integers(0, len(DIALLED)), max_size=30))
@settings(max_examples=40, deadline=None)
def test_the_same_keys_are_heard_in_any_blocks(cuts: list[int]) -> None:
    receiver = DtmfReceiver()
    borders = [0, *sorted(cuts), len(DIALLED)]
    found = [event for a, b in pairwise(borders) for event in receiver.feed(DIALLED[a:b])]
    assert found == DtmfReceiver().feed(DIALLED)
    assert [event.key for event in found if event.down] == list("159*D")


def test_int16_is_heard_like_float() -> None:
    whole = np.rint(DIALLED)
    assert DtmfReceiver().feed(whole.astype(np.int16)) == DtmfReceiver().feed(whole)
