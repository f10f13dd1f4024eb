"""A tone that only this PBX has is learned from a recording, kept, and named from then on."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.acts import Heard
from appliance.faults import BadSettings
from appliance.signals import generate
from appliance.signals.countries import Tone, country
from appliance.signals.generate import ToneSource
from appliance.signals.learn import LearnedTone, learn
from appliance.signals.levels import Samples
from appliance.signals.progress import ProgressReceiver

PL = country("pl")


def recorded(tone: Tone, seconds: float = 12.0, late_s: float = 0.15, seed: int = 1) -> Samples:
    """The tone as a recording begins somewhere in it, on a line that is not quite silent."""
    source = ToneSource(tone, -22.0)
    source.pull(round(late_s * 8000))
    sound = source.pull(round(seconds * 8000))
    return sound + generate.noise(len(sound), -50.0, np.random.default_rng(seed))


PANASONIC = {
    Heard.BUSY: Tone((480.0, 620.0), ((510, 450),)),
    Heard.RINGBACK: Tone((440.0, 480.0), ((990, 2830),)),
    Heard.CONGESTION: Tone((400.0,), ((260, 190),)),
}
"""The cadences that an integrator measured at a KX-TD500 (facts, 4.1)."""
MADE_UP = {
    Heard.DISCONNECT: Tone((600.0,), ((100, 900),)),
    Heard.BUSY: Tone((520.0,), ((200, 200), (200, 600))),
    Heard.DIAL_TONE: Tone((380.0, 560.0)),
}


@pytest.mark.parametrize(("heard", "tone"), [*PANASONIC.items(), *MADE_UP.items()])
def test_a_tone_of_this_pbx_is_learned_and_then_named(heard: Heard, tone: Tone) -> None:
    learned = learn([recorded(tone)], heard)
    assert learned.frequencies == pytest.approx(tone.frequencies, abs=3.0)
    lengths = sorted(ms for pair in learned.cadence for ms in pair)
    assert lengths == pytest.approx(sorted(ms for pair in tone.cadence for ms in pair), abs=10.0)
    assert learned.confidence > 0.6
    named = ProgressReceiver(PL, [learned]).feed(recorded(tone, 10.0, 0.4, seed=2))
    assert [event.heard for event in named] == [heard]


def test_what_was_learned_comes_before_the_tables() -> None:
    busy = recorded(PL.busy)
    assert [event.heard for event in ProgressReceiver(PL).feed(busy)] == [Heard.BUSY]
    learned = learn([busy], Heard.DISCONNECT, PL)
    assert learned.conflicts == (Heard.BUSY,)
    assert [event.heard for event in ProgressReceiver(PL, [learned]).feed(busy)] == [Heard.DISCONNECT]


def test_what_was_learned_does_not_hide_the_tables() -> None:
    learned = learn([recorded(MADE_UP[Heard.DISCONNECT])], Heard.DISCONNECT)
    named = ProgressReceiver(PL, [learned]).feed(recorded(PL.busy, 5.0))
    assert [event.heard for event in named] == [Heard.BUSY]


def test_several_recordings_make_it_surer() -> None:
    tone = PANASONIC[Heard.RINGBACK]
    one = learn([recorded(tone)], Heard.RINGBACK)
    three = learn([recorded(tone, seed=seed) for seed in (1, 2, 3)], Heard.RINGBACK)
    assert three.confidence > one.confidence
    with pytest.raises(BadSettings, match="not of the same tone"):
        learn([recorded(tone), recorded(PL.busy)], Heard.RINGBACK)


@pytest.mark.parametrize(("heard", "tone"), [*PANASONIC.items(), *MADE_UP.items()])
def test_it_is_kept_as_a_line_that_people_can_read(heard: Heard, tone: Tone) -> None:
    known = LearnedTone(heard, tone.frequencies, tone.cadence)
    assert LearnedTone.read(str(known)) == known
    assert str(LearnedTone(Heard.BUSY, (480.5, 620.0), ((510, 450),))) == "busy 480.5+620 Hz 510/450"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "busy",
        "voice 425 Hz",
        "busy 425",
        "busy 99 Hz",
        "busy 9000 Hz 500/500",
        "busy 425 Hz 0/500",
        "busy 425 Hz x",
    ],
)
def test_what_is_no_tone_is_refused_with_what_to_write(written: str) -> None:
    with pytest.raises(BadSettings, match="is no tone") as problem:
        LearnedTone.read(written)
    assert "busy 480+620 Hz 510/450" in problem.value.advice


@pytest.mark.parametrize(
    "sound",
    [np.zeros(80_000), generate.noise(80_000, -30.0, np.random.default_rng(4)), np.zeros(0)],
    ids=["silence", "noise", "nothing"],
)
def test_a_recording_without_a_tone_is_refused(sound: Samples) -> None:
    with pytest.raises(BadSettings, match="No steady tone"):
        learn([sound], Heard.BUSY)


def test_a_recording_of_one_burst_is_refused() -> None:
    with pytest.raises(BadSettings, match="does not repeat"):
        learn([recorded(PL.ringback, 3.0, late_s=4.0)], Heard.RINGBACK)
    with pytest.raises(BadSettings, match="nothing to learn from"):
        learn([], Heard.BUSY)
