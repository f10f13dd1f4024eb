"""A greeting that somebody spoke into a telephone, made fit to be played to callers (R2, R31).

What they heard last is a key, the one that ended it, and no caller should hear that, nor a modem take it for one of the
caller's. Voices from handsets differ by 20 dB; all greetings are as loud as what the box itself says.
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
LOOKED_AT_S = 60.0


def greeting_from(recording: Samples) -> Samples:
    """The greeting in a recording (8 kHz), up to the first key; empty where there is none."""
    sound = recording[: int(LOOKED_AT_S * RATE_HZ)]
    keys = [event.at for event in DtmfReceiver().feed(np.append(sound, np.zeros(RATE_HZ // 5, np.int16))) if event.down]
    if keys:
        sound = sound[: max(0, keys[0] - int(BEFORE_KEY_S * RATE_HZ))]
    ready = for_the_line(sound.astype(np.float64), RATE_HZ) if sound.size else sound
    return ready if ready.size >= SHORTEST_S * RATE_HZ else np.zeros(0, np.int16)
