"""What somebody spoke into a telephone, made fit to be played to others: a greeting, or what a call is about (R2, R17).

The last thing in it is a key, the one that ended it, or silence. Nobody should hear either, and no modem should take
the key for one of whoever hears it: a caller could press 1 for the colleague. Voices from handsets differ by 20 dB; all
recordings are as loud as what the box itself says.
"""

from __future__ import annotations

import numpy as np

from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.levels import RATE_HZ
from appliance.speech import Samples, for_the_line

SHORTEST_S = 0.5
"""What is shorter is no greeting."""
BEFORE_KEY_S = 0.06
"""A hand on the keys is heard so long before the key."""
LOOKED_AT_S = 125.0
"""The longest message, and a little more."""


def spoken_in(recording: Samples) -> Samples:
    """What is said in a recording (8 kHz), up to the first key; empty where nothing is."""
    sound = recording[: int(LOOKED_AT_S * RATE_HZ)]
    keys = [event.at for event in DtmfReceiver().feed(np.append(sound, np.zeros(RATE_HZ // 5, np.int16))) if event.down]
    if keys:
        sound = sound[: max(0, keys[0] - int(BEFORE_KEY_S * RATE_HZ))]
    return for_the_line(sound.astype(np.float64), RATE_HZ) if sound.size else sound


def greeting_from(recording: Samples) -> Samples:
    """The greeting in a recording; empty where there is none."""
    ready = spoken_in(recording)
    return ready if ready.size >= SHORTEST_S * RATE_HZ else np.zeros(0, np.int16)
