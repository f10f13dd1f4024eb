"""A soft key is heard during our own prompt, which comes back from the line louder than the key."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.generate import dtmf
from appliance.signals.levels import RATE_HZ, dbm0
from appliance.speech import EspeakVoice
from hardware.fxo.ownecho import OwnEcho
from hardware.instrument import Samples

LATE = 300
"""Samples: a card's buffers both ways."""
RETURNED = 10 ** (-8 / 20)
LEAD = 480
SENTENCE = "Thank you for calling. For the sales department press one, for all other questions press two, or wait. "
KEYS_AT_S = (2.0, 2.6, 3.1, 3.7, 4.4)


@pytest.fixture(scope="module")
def prompt() -> Samples:
    """Six seconds of our own voice."""
    spoken = np.tile(np.asarray(EspeakVoice("en").say(SENTENCE)), 3)[: 6 * RATE_HZ].astype(np.float64)
    return np.rint(spoken * 10 ** ((-13.0 - dbm0(spoken)) / 20)).astype(np.int16)


def line_with(prompt: Samples) -> Samples:
    """What the card hears: the prompt's echo, and keys."""
    line = np.zeros(len(prompt))
    line[LATE:] += prompt[:-LATE] * RETURNED
    for key, at_s in zip("12345", KEYS_AT_S, strict=True):
        pressed = dtmf(key, 80, 20, -25.0)
        place = round(at_s * RATE_HZ)
        line[place : place + len(pressed)] += pressed
    return np.rint(line).astype(np.int16)


def keys_in(sound: Samples) -> str:
    return "".join(event.key for event in DtmfReceiver().feed(sound) if event.down)


def cleared(echo: OwnEcho, prompt: Samples, line: Samples) -> Samples:
    """As the driver does it: handed over a lead ahead, in blocks of odd lengths."""
    echo.say(prompt[:LEAD])
    parts, place, size = [], 0, 137
    while place < len(line):
        parts.append(echo.take_out(line[place : place + size]))
        echo.say(prompt[place + LEAD : place + LEAD + size])
        place += size
    return np.concatenate(parts)


def test_soft_keys_are_heard_beneath_our_own_voice(prompt: Samples) -> None:
    line = line_with(prompt)
    assert keys_in(line) != "12345", "without it they are not"
    assert keys_in(cleared(OwnEcho(), prompt, line)) == "12345"


def test_our_own_voice_is_much_softer_afterwards(prompt: Samples) -> None:
    line = np.zeros(len(prompt))
    line[LATE:] = prompt[:-LATE] * RETURNED
    left = cleared(OwnEcho(), prompt, np.rint(line).astype(np.int16))
    assert dbm0(left[3 * RATE_HZ :]) < dbm0(line[3 * RATE_HZ :]) - 15.0


def test_what_was_thrown_away_before_it_was_said_is_not_waited_for(prompt: Samples) -> None:
    """A key stops the prompt: the rest of it never comes back."""
    echo = OwnEcho()
    cleared(echo, prompt, line_with(prompt))
    echo.say(prompt[:LEAD])
    echo.unsay(LEAD)
    caller = np.rint(dtmf("7", 100, 50, -20.0)).astype(np.int16)
    assert keys_in(echo.take_out(np.concatenate((caller, np.zeros(800, np.int16))))) == "7"
