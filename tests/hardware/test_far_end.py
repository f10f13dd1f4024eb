"""What the modem says it hears, weighed against our own ears."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.acts import Heard
from appliance.call import HangUpSign
from appliance.settings import ListeningSettings
from appliance.signals.countries import Tone, country
from appliance.signals.generate import ToneSource, tone
from appliance.signals.learn import LearnedTone
from hardware.farend import FarEnd
from hardware.outgoing import Outgoing


@pytest.fixture
def far_end() -> FarEnd:
    return FarEnd(country("pl"), ListeningSettings(), Outgoing(np.zeros(8000, np.int16)))


def test_one_report_of_a_tone_that_we_do_not_hear_is_not_believed(far_end: FarEnd) -> None:
    far_end.report(Heard.BUSY, False, 0.0)
    assert far_end.has_gone() is None


def test_a_tone_reported_again_and_again_is_believed_though_the_modem_keeps_it_from_us(far_end: FarEnd) -> None:
    for now in (0.0, 4.0, 8.0):
        far_end.report(Heard.BUSY, False, now)
    assert far_end.has_gone() is HangUpSign.BUSY


def test_false_reports_now_and_then_do_not_add_up(far_end: FarEnd) -> None:
    for now in (0.0, 60.0, 120.0, 180.0):
        far_end.report(Heard.BUSY, False, now)
    assert far_end.has_gone() is None


def test_a_tone_that_only_this_pbx_has_tells_that_the_caller_has_gone() -> None:
    """R33: it was learned, and no table knows it."""
    beeps = Tone((600.0,), ((100, 900),))
    sound = np.rint(ToneSource(beeps, -18.0).pull(10 * 8000)).astype(np.int16)
    told: list[HangUpSign | None] = []
    for learned in ([], [LearnedTone.read("disconnect 600 Hz 100/900")]):
        far_end = FarEnd(country("pl"), ListeningSettings(), Outgoing(np.zeros(8000, np.int16)), learned)
        for start in range(0, len(sound), 160):
            far_end.hear(sound[start : start + 160])
        told.append(far_end.has_gone())
    assert told == [None, HangUpSign.BUSY]


@pytest.mark.parametrize(("speaking", "heard"), [(False, True), (True, False)])
def test_what_is_softer_than_our_echo_counts_while_we_are_silent(speaking: bool, heard: bool) -> None:
    """A modem that cannot speak while it listens brings no echo, however loud the prompt before was."""
    outgoing = Outgoing(np.zeros(8000, np.int16))
    outgoing.say(np.rint(tone((700.0,), 1.0, -10.0)).astype(np.int16))
    outgoing.pull(4800)
    far_end = FarEnd(country("pl"), ListeningSettings(), outgoing)
    soft = np.rint(ToneSource(country("pl").busy, -28.0).pull(5 * 8000)).astype(np.int16)
    for start in range(0, len(soft), 160):
        far_end.hear(soft[start : start + 160], speaking=speaking)
    assert (far_end.has_gone() is HangUpSign.BUSY) is heard
