"""What we send: exact lengths, exact levels, no clicks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.faults import BadSettings
from appliance.signals import generate
from appliance.signals.countries import COUNTRIES, CallerIdStandard, Country, Tone, country
from appliance.signals.levels import Samples, dbm0


def strength(samples: Samples, hz: float) -> float:
    """The amplitude of one frequency."""
    return float(2.0 * abs(samples @ np.exp(-2j * np.pi * hz / 8000 * np.arange(len(samples)))) / len(samples))


def test_a_tone_is_as_loud_and_as_long_as_asked() -> None:
    sound = generate.tone([425.0], 1.0, -12.0)
    assert len(sound) == 8000
    assert dbm0(sound) == pytest.approx(-12.0, abs=0.05)
    pair = generate.tone([350.0, 440.0], 1.0, -13.0)
    assert dbm0(pair) == pytest.approx(-10.0, abs=0.05)


def test_a_tone_begins_and_ends_without_a_click() -> None:
    sound = generate.tone([697.0, 1633.0], 0.05, 0.0)
    assert abs(sound[0]) < 500.0
    assert abs(sound[-1]) < 500.0


def test_keys_are_pressed_for_exactly_the_time_asked() -> None:
    sound = generate.dtmf("5#", on_ms=70, off_ms=50, dbm0=-8.0)
    assert len(sound) == 2 * 960
    assert np.flatnonzero(sound).max() == 960 + 559
    assert not sound[560:960].any()
    assert strength(sound[:560], 770.0) == pytest.approx(strength(sound[:560], 1336.0), rel=0.02)


def test_a_key_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="'x'"):
        generate.dtmf("12x4")
    assert len(generate.dtmf("")) == 0


def test_noise_has_the_level_asked() -> None:
    assert dbm0(generate.noise(80_000, -40.0, np.random.default_rng(1))) == pytest.approx(-40.0, abs=0.1)


@given(st.lists(st.integers(0, 700), max_size=12), st.sampled_from(sorted(COUNTRIES)))
@settings(max_examples=40)
def test_a_tone_is_the_same_however_it_is_pulled(counts: list[int], code: str) -> None:
    for tone in (COUNTRIES[code].busy, COUNTRIES[code].dial, COUNTRIES[code].sit):
        pieces, whole = generate.ToneSource(tone), generate.ToneSource(tone)
        pulled = np.concatenate([np.zeros(0), *(pieces.pull(count) for count in counts)])
        assert np.array_equal(pulled, whole.pull(sum(counts)))


def test_the_cadence_is_exact_and_goes_on_for_ever() -> None:
    source = generate.ToneSource(Tone((425.0,), ((500, 500),)), dbm0=-10.0)
    for _ in range(3):
        second = source.pull(8000)
        assert dbm0(second[:4000]) == pytest.approx(-10.0, abs=0.05)
        assert not second[4000:].any()


def test_the_information_tone_plays_its_three_frequencies_in_turn() -> None:
    sound = generate.ToneSource(country("pl").sit, dbm0=0.0).pull(3 * 2640)
    for place, hz in enumerate((950.0, 1400.0, 1800.0)):
        part = sound[place * 2640 : (place + 1) * 2640]
        assert strength(part, hz) > 20 * max(strength(part, other) for other in {950.0, 1400.0, 1800.0} - {hz})


def test_a_country_is_found_in_any_case_and_an_unknown_one_is_explained() -> None:
    assert country(" PL ").t35 == 0x8A
    assert country("gb") is country("uk")
    assert country("us").caller_id is CallerIdStandard.BELL202
    with pytest.raises(BadSettings, match=r"'xx' is not known.*pl"):
        country("xx")


@pytest.mark.parametrize("each", COUNTRIES.values(), ids=lambda each: each.code)
def test_every_country_can_be_rung_and_sounded(each: Country) -> None:
    for tone in (each.dial, each.recall_dial, each.ringback, each.busy, each.congestion, each.sit):
        assert dbm0(generate.ToneSource(tone).pull(8000)) > -20.0
    assert 2000 <= sum(on + off for on, off in each.ring) <= 6000


def test_a_modulated_tone_swells_and_is_as_loud_as_asked() -> None:
    sound = generate.ToneSource(Tone((400.0,), modulated_by_hz=25.0), dbm0=-10.0).pull(16_000)[8000:]
    assert dbm0(sound) == pytest.approx(-10.0, abs=0.05)
    carrier = strength(sound, 400.0)
    assert strength(sound, 375.0) == pytest.approx(carrier / 2.0, rel=0.01)
    assert strength(sound, 425.0) == pytest.approx(carrier / 2.0, rel=0.01)


def test_every_other_burst_of_australias_congestion_is_ten_decibels_down() -> None:
    sound = generate.ToneSource(country("au").congestion, dbm0=-10.0).pull(12_000)
    assert dbm0(sound[:3000]) == pytest.approx(-10.0, abs=0.1)
    assert dbm0(sound[6000:9000]) == pytest.approx(-20.0, abs=0.1)
    assert not sound[3000:6000].any()


def test_the_special_dial_tone_of_the_uk_loses_a_frequency_every_other_time() -> None:
    special = next(also.tone for also in country("uk").also if also.tone.one_less)
    sound = generate.ToneSource(special, dbm0=-10.0).pull(12_000)
    assert strength(sound[:6000], 350.0) > 20 * strength(sound[6000:], 350.0)
    assert strength(sound[6000:], 440.0) == pytest.approx(strength(sound[:6000], 440.0), rel=0.01)


def test_a_fax_calls_for_half_a_second_and_answers_with_turning_phase() -> None:
    calling = generate.calling_fax(4.0, -10.0)
    assert dbm0(calling[:4000]) == pytest.approx(-10.0, abs=0.05)
    assert not calling[4000:28_000].any()
    answering = generate.answering_fax(0.9, -10.0, modern=True)
    phases = [
        np.angle(part @ np.exp(-2j * np.pi * 2100.0 / 8000 * np.arange(first, first + len(part))))
        for first, part in ((400, answering[400:3200]), (4000, answering[4000:6800]))
    ]
    assert abs(phases[1] - phases[0]) == pytest.approx(np.pi, abs=0.05)
