"""The beeps of a call that waits are no sign that the present caller has gone (R34)."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from appliance.acts import Heard
from appliance.signals.countries import country
from appliance.signals.generate import noise, tone
from appliance.signals.levels import RATE_HZ
from appliance.signals.progress import ProgressReceiver

GONE = {Heard.BUSY, Heard.CONGESTION, Heard.DIAL_TONE, Heard.STUTTER, Heard.DISCONNECT}
BEEPS_S = {
    "one every ten seconds": (440.0, ((0.3, 9.7),)),
    "two in a row": (425.0, ((0.15, 0.15), (0.15, 4.0))),
    "two with a pause": (425.0, ((0.2, 0.6), (0.2, 3.0))),
    "short ones": (400.0, ((0.1, 2.5),)),
}
SECONDS = 30


@pytest.mark.parametrize("code", ["pl", "us", "gb"])
@pytest.mark.parametrize("kind", BEEPS_S)
def test_beeps_of_a_waiting_call_are_neither_busy_nor_dial_tone(kind: str, code: str) -> None:
    hz, cadence = BEEPS_S[kind]
    heard = noise(SECONDS * RATE_HZ, -60.0, np.random.default_rng(3))
    at = 2.0
    for on_s, off_s in itertools.cycle(cadence):
        if at + on_s > SECONDS:
            break
        beep, start = tone([hz], on_s, -20.0), round(at * RATE_HZ)
        heard[start : start + len(beep)] += beep
        at += on_s + off_s
    receiver = ProgressReceiver(country(code))
    blocks = np.split(heard.astype(np.int16), range(160, len(heard), 160))
    assert not {event.heard for block in blocks for event in receiver.feed(block)} & GONE
