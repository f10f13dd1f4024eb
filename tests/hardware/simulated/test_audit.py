"""What the audit of a recording finds, and what it lets pass."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.signals.generate import noise, tone
from hardware.simulated.audit import Sound, audit, clicks_in, spoken_s
from hardware.simulated.loop import RATE_HZ
from hardware.simulated.voices import sound_of


def speech() -> Sound:
    return np.rint(sound_of("Please take the big brown packet to Kate.", "en")).astype(np.int16)


def with_breath(seconds: float, dbm0: float = -38.0) -> Sound:
    return np.rint(noise(round(seconds * RATE_HZ), dbm0, np.random.default_rng(5))).astype(np.int16)


def test_plosives_are_no_clicks() -> None:
    assert clicks_in(speech()) == []


@pytest.mark.parametrize("jump", [4000, 9000])
def test_a_sample_that_jumps_is_a_click(jump: int) -> None:
    sound = with_breath(3.0)
    sound[12000] += np.int16(jump)
    assert clicks_in(sound) == [pytest.approx(1.5, abs=0.001)]


def test_a_wave_that_is_cut_off_is_a_click() -> None:
    sound = np.rint(tone([440.0], 2.0, -10.0)).astype(np.int16)
    at = 8000 + next(n for n in range(200) if abs(sound[8000 + n]) > 7000)
    sound[at:] = 0
    assert clicks_in(sound) == [pytest.approx(at / RATE_HZ, abs=0.001)]


def test_where_the_pbx_connects_somebody_it_may_click() -> None:
    sound = with_breath(3.0)
    sound[12000] += 6000
    assert audit(sound, [(0.0, 3.0)], [1.52], 1.5).clicks == ()
    assert len(audit(sound, [(0.0, 3.0)], [2.5], 1.5).clicks) == 1


def test_dead_air_is_told_where_we_answer_for_it_and_nowhere_else() -> None:
    sound = np.concatenate((with_breath(2.0), np.zeros(2 * RATE_HZ, np.int16), with_breath(2.0)))
    assert audit(sound, [(0.0, 6.0)], [], 1.5).silences == ((2.0, 4.0),)
    assert audit(sound, [(0.0, 6.0)], [], 2.5).silences == ()
    assert audit(sound, [(0.0, 2.5), (4.0, 6.0)], [], 1.5).silences == ()


def test_levels_are_those_of_the_speech() -> None:
    sound = np.concatenate((np.rint(tone([800.0], 2.0, -16.0)).astype(np.int16), with_breath(5.0)))
    found = audit(sound, [(0.0, float("inf"))], [], 1.5)
    assert found.level_dbm0 == pytest.approx(-16.0, abs=0.3)
    assert found.peak_dbm0 == pytest.approx(-13.0, abs=0.5)
    assert audit(sound, [(2.0, 7.0)], [], 1.5).level_dbm0 < -90


def test_a_voice_over_another_is_counted_in_seconds() -> None:
    assert spoken_s(speech(), [(0.0, 1.0)]) > 0.5
    assert spoken_s(with_breath(3.0, -60.0), [(0.0, 3.0)]) == 0.0
