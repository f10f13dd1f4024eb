"""While we speak, our own echo neither hides a caller's keys nor looks like one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.signals import generate
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.echo import EchoCanceller
from appliance.signals.levels import Samples, dbm0
from bench.corpus import spoil, talkoff

PROMPT_DBM0 = -13.0


def prompt(seconds: float, seed: int) -> Samples:
    """Something like a spoken prompt: babble and hissing in turn."""
    rng = np.random.default_rng(seed)
    voice = talkoff.babble(seconds, rng)
    hiss = np.repeat(rng.uniform(0.0, 1.0, len(voice) // 800 + 1) ** 3, 800)[: len(voice)]
    return spoil.at_level(voice + 2000.0 * hiss * rng.normal(0.0, 1.0, len(voice)), PROMPT_DBM0)


def echo_of(said: Samples, late_ms: float, loss_db: float, seed: int) -> Samples:
    """What a hybrid with this return loss sends back: 6 ms long, after a delay."""
    path = np.random.default_rng(seed).normal(0.0, 1.0, 48) * np.exp(-np.arange(48) / 8.0)
    late = np.concatenate((np.zeros(round(late_ms * 8)), said))[: len(said)]
    return np.asarray(np.convolve(late, path / np.sqrt(path @ path))[: len(said)] * 10.0 ** (-loss_db / 20.0))


def cleared(line: Samples, said: Samples) -> Samples:
    """The line without echo, in blocks of 20 ms."""
    canceller = EchoCanceller()
    blocks = [slice(start, start + 160) for start in range(0, len(line), 160)]
    return np.concatenate([canceller.feed(line[block], said[block]) for block in blocks])


def keys(line: Samples) -> str:
    return "".join(event.key for event in DtmfReceiver().feed(line) if event.down)


SAID = prompt(14.0, 1)


@pytest.mark.parametrize("late_ms", [2.0, 40.0, 330.0])
@pytest.mark.parametrize("loss_db", [6.0, 10.0])
def test_keys_of_a_caller_are_heard_through_our_own_prompt(late_ms: float, loss_db: float) -> None:
    pressed = "1379*0#5284A"
    digits = generate.dtmf(pressed, 60, 300, -25.0)
    line = echo_of(SAID, late_ms, loss_db, 3) + generate.noise(len(SAID), -58.0, np.random.default_rng(4))
    begin = 8000 * 8
    line[begin : begin + len(digits)] += digits
    line = spoil.alaw(line)
    assert keys(cleared(line, SAID)) == pressed


def test_keys_pressed_from_the_first_second_do_not_keep_the_echo_from_being_learned() -> None:
    digits = generate.dtmf("0123456789ABCD" * 2, 80, 200, -25.0)
    line = echo_of(SAID, 40.0, 8.0, 5)
    line[4000 : 4000 + len(digits)] += digits
    rest = cleared(line, SAID)[-24000:]
    assert dbm0(rest) < dbm0(line[-24000:]) - 15.0


@pytest.mark.parametrize("late_ms", [2.0, 95.0])
def test_an_echo_alone_makes_no_key_and_hardly_a_sound_after_some_seconds(late_ms: float) -> None:
    line = echo_of(SAID, late_ms, 8.0, 6)
    rest = cleared(line, SAID)
    assert keys(rest) == ""
    assert dbm0(rest[64000:]) < dbm0(line[64000:]) - 15.0


def test_what_was_learned_holds_for_the_next_prompt() -> None:
    said = np.concatenate((SAID, np.zeros(16000), prompt(2.0, 8)))
    line = echo_of(said, 60.0, 8.0, 7)
    assert dbm0(cleared(line, said)[-16000:]) < dbm0(line[-16000:]) - 15.0


def test_how_late_the_echo_is_becomes_known() -> None:
    canceller = EchoCanceller()
    assert canceller.delay_s is None
    canceller.feed(echo_of(SAID, 250.0, 8.0, 2), SAID)
    assert canceller.delay_s == pytest.approx(0.25, abs=0.003)


def test_a_line_on_which_we_are_silent_is_left_as_it_is() -> None:
    line = generate.noise(16000, -20.0, np.random.default_rng(1))
    assert np.array_equal(cleared(line, np.zeros(len(line))), line)


def test_a_caller_who_talks_over_us_is_not_garbled() -> None:
    talk = prompt(4.0, 9)
    line = echo_of(SAID, 30.0, 8.0, 2)
    line[80000:] += talk
    rest = cleared(line, SAID)[80000:]
    assert dbm0(rest - talk) < dbm0(talk) - 12.0


def test_blocks_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        EchoCanceller().feed(np.zeros(160), np.zeros(161))


PART = slice(0, 24000)
LINE = spoil.to_int16(echo_of(SAID, 20.0, 6.0, 3))[PART]
OURS = spoil.to_int16(SAID)[PART]


@given(st.lists(st.integers(0, len(LINE)), max_size=12))
@settings(max_examples=8)
def test_the_line_is_cleared_alike_in_any_blocks(cuts: list[int]) -> None:
    canceller = EchoCanceller()
    borders = [0, *sorted(cuts), len(LINE)]
    found = [canceller.feed(LINE[a:b], OURS[a:b]) for a, b in pairwise(borders)]
    assert np.array_equal(np.concatenate(found), EchoCanceller().feed(LINE, OURS))
