"""The music on hold: always there, never loud, no seam, and nothing in it that can be mistaken for a tone or a key."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from appliance.acts import Heard
from appliance.promptsound import hold_music
from appliance.signals.countries import country
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.levels import amplitude, dbm0
from appliance.signals.progress import ProgressReceiver
from appliance.speech import Samples


@pytest.fixture(scope="module")
def around() -> Samples:
    """The piece and its first ten seconds again: what a caller hears who waits longer than it lasts."""
    music = hold_music()
    return np.concatenate([music, music[:80_000]])


def test_the_music_is_long_and_of_the_right_level() -> None:
    music = hold_music()
    assert music.dtype == np.int16
    assert music.size >= 90 * 8000
    assert dbm0(music) == pytest.approx(-18, abs=0.1)
    assert np.abs(music.astype(int)).max() < amplitude(0.0)


def test_no_half_second_is_so_quiet_that_the_line_seems_dead(around: Samples) -> None:
    levels = [dbm0(around[start : start + 4000]) for start in range(0, around.size - 4000, 800)]
    assert min(levels) > -35
    assert max(levels) < -10


def test_the_end_flows_into_the_beginning() -> None:
    music = hold_music().astype(np.float64)
    seam = np.concatenate([music[-400:], music[:400]])
    steps = np.abs(np.diff(np.concatenate([music, music[:1]])))
    assert steps[-1] <= np.percentile(steps, 99)
    # A click would lift the seam's highest band, where the piece has nothing.
    spectrum = np.abs(np.fft.rfft(seam * np.hanning(seam.size))) ** 2
    hz = np.fft.rfftfreq(seam.size, 1 / 8000)
    assert spectrum[hz > 3550].sum() / spectrum.sum() < 1e-6
    assert abs(dbm0(music[-4000:]) - dbm0(music[:4000])) < 8


def test_all_of_it_lies_in_the_telephone_band() -> None:
    power = np.abs(np.fft.rfft(hold_music())) ** 2
    hz = np.fft.rfftfreq(hold_music().size, 1 / 8000)
    assert power[(hz < 300) | (hz > 3400)].sum() / power.sum() < 1e-5


@pytest.mark.parametrize("code", ["pl", "us", "uk", "de", "fr"])
def test_no_country_takes_it_for_a_tone(around: Samples, code: str) -> None:
    receiver = ProgressReceiver(country(code))
    heard = {event.heard for block in np.split(around, around.size // 160) for event in receiver.feed(block)}
    assert heard == {Heard.MUSIC}


def test_no_key_is_heard_in_it(around: Samples) -> None:
    receiver = DtmfReceiver()
    assert [event for block in np.split(around, around.size // 160) for event in receiver.feed(block)] == []


def test_the_script_composes_what_is_shipped(root: Path) -> None:
    composed = runpy.run_path(str(root / "voice-prompts" / "music" / "compose.py"))["compose"]()
    assert np.abs(composed.astype(int) - hold_music()).max() <= 1
