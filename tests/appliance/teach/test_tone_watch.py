"""A tone of any PBX is told from people who talk, also where no table knows it."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.acts import Heard
from appliance.signals.countries import Tone, country
from appliance.signals.generate import ToneSource, dtmf, noise
from appliance.signals.levels import RATE_HZ, Samples
from appliance.teach.ear import Ear
from hardware.simulated.voices import VOICES, spoken

WORDS = "Who knew that the moon was so blue? We do, and you do too. I go on talking: one, two, three, four, five."
STRANGE = [
    Tone((480.0, 620.0), ((250, 250),)),
    Tone((610.0,)),
    Tone((520.0, 590.0), ((510, 450),)),
    Tone((750.0,), ((260, 190),)),
    Tone((330.0,), ((120, 120),)),
    Tone((350.0, 400.0), ((1500, 3000),)),
]


def heard(sound: Samples) -> Ear:
    """An ear that has heard this, with the line noise that there always is."""
    ear = Ear(country("pl"))
    line = sound + noise(len(sound), -50.0, np.random.default_rng(1))
    for start in range(0, len(line), 160):
        ear.hear(np.rint(line[start : start + 160]).astype(np.int16))
    return ear


@pytest.mark.parametrize("voice", VOICES[:4])
def test_somebody_who_talks_is_somebody_and_no_tone(voice: str) -> None:
    ear = heard(spoken(WORDS, voice))
    assert ear.first_tone_s is None
    assert any(heard(spoken(WORDS, voice)[: second * RATE_HZ]).somebody for second in (2, 3, 4))


@pytest.mark.parametrize("tone", STRANGE)
def test_a_tone_that_no_table_knows_is_a_tone_and_nobody(tone: Tone) -> None:
    sound = ToneSource(tone, -14.0).pull(7 * RATE_HZ)
    ear = Ear(country("pl"))
    for start in range(0, len(sound), 160):
        ear.hear(np.rint(sound[start : start + 160]).astype(np.int16))
        assert not ear.somebody
    assert ear.first_tone_s is not None
    assert ear.first_tone_s < 0.3


def test_keys_are_no_tone() -> None:
    assert heard(np.concatenate((dtmf("#00", 80, 80), dtmf("5555", 250, 150), np.zeros(RATE_HZ)))).first_tone_s is None


def test_keys_that_come_together_are_one_code() -> None:
    ear = Ear(country("pl"))
    for after_ms, key in ((500, "#"), (150, "9"), (2000, "5")):
        ear.hear(np.zeros(after_ms * RATE_HZ // 1000, np.int16))
        ear.press(key)
    assert [code for _, code in ear.codes] == ["#9", "5"]


def test_a_known_tone_keeps_its_name() -> None:
    ear = heard(ToneSource(country("pl").busy).pull(4 * RATE_HZ))
    assert ear.tone_named is Heard.BUSY
    assert not ear.somebody
