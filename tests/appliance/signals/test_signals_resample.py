"""Sound of another rate, from a card or a recorder, is converted, and nobody hears that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.signals.resample import PASSED, REJECTION_DB, STOPPED, Resampler

CARD_RATES_HZ = (8000, 16000, 44100, 48000)
LOUD = 16000.0
PASS_HZ, STOP_HZ = PASSED * 8000, STOPPED * 8000

Samples = NDArray[np.int16]


def tone(hz: float, rate_hz: int, seconds: float = 0.5) -> Samples:
    exact = LOUD * np.sin(2 * np.pi * hz / rate_hz * np.arange(round(rate_hz * seconds)))
    return np.asarray(np.rint(exact), np.int16)


def converted(sound: Samples, from_hz: int, to_hz: int) -> NDArray[np.float64]:
    """Without the ends, where the sound begins and stops."""
    return Resampler(from_hz, to_hz).feed(sound)[to_hz // 20 : -to_hz // 20].astype(np.float64)


def level_db(sound: NDArray[np.float64]) -> float:
    return float(10 * np.log10(2 * np.mean(np.square(sound)) / LOUD**2 + 1e-12))


@pytest.mark.parametrize("card_hz", CARD_RATES_HZ)
@pytest.mark.parametrize("hz", [50.0, 300.0, 1004.0, 2130.0, 3000.0, PASS_HZ])
def test_the_telephone_band_keeps_its_level_both_ways(card_hz: int, hz: float) -> None:
    assert abs(level_db(converted(tone(hz, card_hz), card_hz, 8000))) < 0.1
    assert abs(level_db(converted(tone(hz, 8000), 8000, card_hz))) < 0.1


@pytest.mark.parametrize("card_hz", CARD_RATES_HZ[1:])
def test_what_is_above_the_band_does_not_come_back_as_another_tone(card_hz: int) -> None:
    above = [hz for hz in (STOP_HZ, 4500.0, 5000.0, 6400.0, 7300.0, 9000.0, 15000.0, 21000.0) if hz < card_hz / 2]
    assert max(level_db(converted(tone(hz, card_hz), card_hz, 8000)) for hz in above) < -REJECTION_DB


@pytest.mark.parametrize("card_hz", CARD_RATES_HZ)
def test_a_tone_keeps_its_pitch_and_its_moment(card_hz: int) -> None:
    for from_hz, to_hz in ((card_hz, 8000), (8000, card_hz)):
        came, wanted = Resampler(from_hz, to_hz).feed(tone(1004.0, from_hz)), tone(1004.0, to_hz)
        inner = slice(to_hz // 20, len(came) - to_hz // 20)
        off = came[inner].astype(np.float64) - wanted[inner]
        assert level_db(off) < -REJECTION_DB


def test_nothing_is_added_to_silence_and_a_steady_voltage_stays() -> None:
    assert not Resampler(44100, 8000).feed(np.zeros(5000, np.int16)).any()
    assert set(converted(np.full(44100, 1234, np.int16), 44100, 8000)) == {1234.0}


def test_what_is_too_loud_is_clipped_and_does_not_turn_over() -> None:
    square = np.where(np.arange(48000) // 24 % 2, 32767, -32768).astype(np.int16)
    came = converted(square, 48000, 8000)
    assert came.max() == 32767
    assert came.min() == -32768
    assert np.abs(np.diff(came)).max() < 65535


@settings(max_examples=25, deadline=None)
@given(
    rates=st.sampled_from([(rate, 8000) for rate in CARD_RATES_HZ] + [(8000, rate) for rate in CARD_RATES_HZ]),
    ppm=st.sampled_from([0.0, 137.0, -2000.0]),
    seed=st.integers(0, 1000),
    cuts=st.lists(st.integers(0, 3000), max_size=20),
)
def test_any_chunking_gives_the_same_sound(rates: tuple[int, int], ppm: float, seed: int, cuts: list[int]) -> None:
    sound = np.random.default_rng(seed).integers(-20000, 20000, 3000).astype(np.int16)
    whole, cut = Resampler(*rates), Resampler(*rates)
    whole.bend(ppm)
    cut.bend(ppm)
    parts = [cut.feed(part) for part in np.split(sound, sorted(cuts))]
    assert np.array_equal(np.concatenate(parts), whole.feed(sound))


@pytest.mark.parametrize("ppm", [1000.0, -1000.0, 15.0])
def test_a_bend_makes_so_many_more_samples_and_no_click(ppm: float) -> None:
    resampler = Resampler(8000, 8000)
    resampler.bend(ppm)
    came = np.concatenate([resampler.feed(part) for part in np.split(tone(1000.0, 8000, 100.0), 1000)])
    assert abs(len(came) - 800_000 * (1 + ppm * 1e-6)) < 40
    away = 2 * np.pi * 1000.0 / (1 + ppm * 1e-6) / 8000 * np.arange(len(came))
    off = came - LOUD * np.sin(away)
    assert level_db(off[400:-400]) < -REJECTION_DB


def test_a_bend_that_changes_again_and_again_leaves_no_click() -> None:
    resampler = Resampler(48000, 8000)
    parts = []
    for number, part in enumerate(np.split(tone(1000.0, 48000, 4.0), 400)):
        resampler.bend(300.0 * (number % 7 - 3))
        parts.append(resampler.feed(part))
    came = np.concatenate(parts).astype(np.float64)[400:-400]
    # A pure tone is twice its cosine times the sample before, less the one before that; a click is not.
    strange = came[2:] - 2 * np.cos(2 * np.pi * 1000.0 / 8000) * came[1:-1] + came[:-2]
    assert np.abs(strange).max() < LOUD * 0.002
