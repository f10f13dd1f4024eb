"""Cards whose clocks are off: eight hours in virtual time, counted by somebody who is sometimes late."""

from __future__ import annotations

import random

import pytest

from hardware.fxo.card import LATENCY_LIMIT_S
from hardware.fxo.drift import Follower, RateMeter
from hardware.fxo.lead import LEAD_S, Lead
from hardware.fxo.playback import Playback
from hardware.fxo.soundwire import NO_REPORT

EIGHT_HOURS_S = 8 * 3600.0


def late(chance: random.Random) -> float:
    """How late somebody looks: mostly within a millisecond, now and then as late as a busy machine is."""
    return chance.expovariate(2000.0) if chance.random() > 0.02 else chance.uniform(0.0, 0.08)


def measured(ppm: float, seconds: float, meter: RateMeter, began_s: float = 0.0, lost: int = 0) -> float:
    chance = random.Random(seconds)
    for step in range(1, round(seconds / 0.05)):
        at = step * 0.05
        count = int(at * 48000 * (1 + ppm * 1e-6)) // 480 * 480 - lost
        meter.count(count, began_s + count / 48000 / (1 + ppm * 1e-6) + late(chance))
    return meter.ppm


@pytest.mark.parametrize("ppm", [0.0, 37.0, -250.0, 1000.0, -1000.0])
def test_the_drift_of_a_card_is_known_within_half_a_minute_and_well_known_after_five(ppm: float) -> None:
    assert measured(ppm, 30.0, RateMeter(48000)) == pytest.approx(ppm, abs=50.0)
    assert measured(ppm, 310.0, RateMeter(48000)) == pytest.approx(ppm, abs=5.0)


def test_no_drift_is_told_before_there_is_something_to_tell() -> None:
    assert measured(500.0, 10.0, RateMeter(48000)) == 0.0


def test_lost_samples_are_not_taken_for_drift() -> None:
    meter = RateMeter(48000)
    measured(100.0, 200.0, meter)
    meter.restart()
    assert meter.ppm == pytest.approx(100.0, abs=8.0)
    assert measured(100.0, 200.0, meter, began_s=200.0, lost=24000) == pytest.approx(100.0, abs=8.0)


def strayed(hears_ppm: float, says_ppm: float, chance: random.Random) -> tuple[float, float, float]:
    """Eight hours with two cards: how far the hearing strayed from the speaking, in samples: ever; after five minutes;
    and how much the bend swayed in the last hour, in millionths."""
    follower = Follower()
    produced = ever = later = 0.0
    bends: list[float] = []
    for step in range(1, round(EIGHT_HOURS_S / 0.1)):
        at = step * 0.1
        produced += 800.0 * (1 + hears_ppm * 1e-6) * (1 + follower.ppm * 1e-6)
        ahead = produced - at * 8000 * (1 + says_ppm * 1e-6)
        follower.saw(ahead + 8000 * (late(chance) - late(chance)), at)
        ever = max(ever, abs(ahead))
        if at > 300.0:
            later = max(later, abs(ahead))
        if at > EIGHT_HOURS_S - 3600.0:
            bends.append(follower.ppm)
    return ever, later, max(bends) - min(bends)


@pytest.mark.parametrize(("hears_ppm", "says_ppm"), [(1000.0, -1000.0), (-1000.0, 1000.0), (0.0, 30.0)])
def test_two_clocks_stay_in_step_for_eight_hours(hears_ppm: float, says_ppm: float) -> None:
    ever, later, sway_ppm = strayed(hears_ppm, says_ppm, random.Random(1))
    assert ever < 0.03 * 8000
    assert later < 0.006 * 8000
    assert sway_ppm < 500.0  # less than a hundredth of a semitone


def test_after_a_loss_the_cards_go_on_in_step_from_where_they_are() -> None:
    follower = Follower()
    for second in range(60):
        follower.saw(0.0, float(second))
    follower.restart()
    for second in range(60, 120):
        follower.saw(-800.0, float(second))
        assert abs(follower.ppm) < 1.0


@pytest.mark.parametrize("hours", [0.5, pytest.param(8.0, marks=pytest.mark.soak)])
@pytest.mark.parametrize("ppm", [1000.0, -1000.0])
def test_a_card_with_a_clock_of_its_own_neither_runs_dry_nor_falls_behind(ppm: float, hours: float) -> None:
    """In an hour the card gains or loses 3.6 seconds, of which 40 ms are in stock: the line tops that up whenever it
    comes by, which is every 20 ms of its own time, up to 8 ms late."""
    chance = random.Random(2)
    playback, lead = Playback(8000), Lead(8000)
    block_s = 0.01 / (1 + ppm * 1e-6)
    now = taken_s = ahead_s = 0.0
    while now < hours * 3600.0:
        now += 0.02
        looked = now + chance.uniform(0.0, 0.008)
        while taken_s < looked:
            playback.take(80)
            taken_s += block_s
        report = NO_REPORT._replace(done=playback.done, said_at=taken_s - block_s, said_delay_s=0.015)
        room = lead.room(report)
        playback.add(bytes(2 * room))
        ahead_s = max(ahead_s, lead.hand_over(room, report, looked))
    assert playback.underruns == 0
    assert LEAD_S < ahead_s < LATENCY_LIMIT_S
    assert abs(playback.done / now / 8000 - 1 - ppm * 1e-6) < 0.05 / now
