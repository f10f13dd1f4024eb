"""What the caller hears of us never stops, clicks or jumps (R10)."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.signals.generate import tone
from appliance.signals.levels import RATE_HZ, dbm0
from hardware.outgoing import NOTHING, Outgoing, Samples

BLOCK = 160


def music(seconds: float = 3.0) -> Samples:
    return np.rint(tone((600.0,), seconds, -18.0)).astype(np.int16)


def speech(seconds: float = 1.0) -> Samples:
    return np.rint(tone((1000.0,), seconds, -16.0)).astype(np.int16)


def pull(outgoing: Outgoing, seconds: float) -> Samples:
    return np.concatenate([outgoing.pull(BLOCK) for _ in range(round(seconds * RATE_HZ / BLOCK))])


def test_a_line_with_nothing_to_say_still_sounds_alive() -> None:
    heard = pull(Outgoing(music()), 3.0)
    levels = [dbm0(heard[start : start + BLOCK]) for start in range(0, len(heard), BLOCK)]
    assert min(levels) > -42.0
    assert max(levels) < -30.0


def test_speech_comes_whole_and_without_delay() -> None:
    outgoing = Outgoing(music())
    words = speech(0.5)
    outgoing.say(words)
    heard = pull(outgoing, 0.5).astype(np.int32)
    assert not outgoing.speaking
    assert np.abs(heard - words).max() < 2500  # nothing but the breath beneath it


def test_a_prompt_cut_short_ends_within_five_milliseconds() -> None:
    outgoing = Outgoing(music())
    outgoing.say(speech())
    pull(outgoing, 0.2)
    outgoing.hush()
    heard = outgoing.pull(800)
    assert dbm0(heard[40:]) < -30.0
    assert dbm0(heard[:40]) > -25.0


@pytest.mark.parametrize("then", ["speech", "music"])
def test_after_an_interruption_there_is_a_beat_before_anything_else(then: str) -> None:
    outgoing = Outgoing(music())
    outgoing.say(speech())
    pull(outgoing, 0.2)
    outgoing.interrupt()
    if then == "speech":
        outgoing.say(speech())
    else:
        outgoing.hold(True)
    heard = pull(outgoing, 0.9)
    assert dbm0(heard[80:1900]) < -30.0
    assert dbm0(heard[-BLOCK:]) > -25.0


def test_music_fades_in_and_is_then_exactly_the_music() -> None:
    tune = music()
    outgoing = Outgoing(tune)
    outgoing.hold(True)
    heard = pull(outgoing, 1.0)
    assert dbm0(heard[:BLOCK]) < dbm0(heard[BLOCK * 10 : BLOCK * 11]) < dbm0(heard[-BLOCK:])
    assert np.array_equal(heard[2400:], tune[2400:8000])


def test_music_loops_without_a_seam() -> None:
    tune = music(1.0)
    outgoing = Outgoing(tune)
    outgoing.hold(True)
    heard = pull(outgoing, 3.0)
    assert np.array_equal(heard[4000:12000], np.take(tune, np.arange(4000, 12000), mode="wrap"))


def test_the_music_goes_on_where_it_was_after_an_announcement() -> None:
    outgoing = Outgoing(np.arange(24000, dtype=np.int16))
    outgoing.hold(True)
    before = pull(outgoing, 0.5)[-1]
    outgoing.hold(False)
    outgoing.say(speech(0.5))
    pull(outgoing, 0.6)
    outgoing.hold(True)
    pull(outgoing, 0.5)
    assert outgoing.pull(1)[0] > before


def test_from_music_to_speech_and_back_there_is_no_jump() -> None:
    outgoing = Outgoing(music())
    outgoing.hold(True)
    pieces = [pull(outgoing, 0.5)]
    outgoing.say(speech(0.5))
    pieces.append(pull(outgoing, 1.5))
    outgoing.hold(False)
    pieces.append(pull(outgoing, 0.5))
    steps = np.abs(np.diff(np.concatenate(pieces).astype(np.int32)))
    assert steps.max() < 6000  # a 1 kHz tone of -16 dBm0 itself makes steps of 2800


def test_while_we_listen_to_the_pbx_we_are_silent() -> None:
    outgoing = Outgoing(music())
    outgoing.hold(True)
    outgoing.mute()
    assert not any(outgoing.pull(800).any() for _ in range(8))
    assert outgoing.loudest_dbm0() < -90.0


def test_speaking_ends_the_silence() -> None:
    outgoing = Outgoing(music())
    outgoing.mute()
    outgoing.say(speech())
    assert dbm0(pull(outgoing, 0.5)) > -20.0


@pytest.mark.parametrize("count", [1, 7, 160, 1600])
def test_exactly_as_many_samples_as_asked_for(count: int) -> None:
    outgoing = Outgoing(music())
    outgoing.say(speech(0.01))
    for _ in range(5):
        assert len(outgoing.pull(count)) == count


def test_saying_nothing_is_no_speech() -> None:
    outgoing = Outgoing(music())
    outgoing.say(NOTHING)
    assert not outgoing.speaking


def test_the_loudest_of_the_last_half_second_is_known() -> None:
    """An echo comes back that late, when we may be silent again."""
    outgoing = Outgoing(music())
    outgoing.say(speech(0.2))
    pull(outgoing, 0.6)
    assert outgoing.loudest_dbm0() > -17.0
    pull(outgoing, 0.7)
    assert outgoing.loudest_dbm0() < -30.0
