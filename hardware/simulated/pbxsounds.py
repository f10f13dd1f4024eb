"""What the mini-PBX itself puts on its lines: tones, music, keys, beeps and clicks."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from appliance.signals.countries import Country, Tone
from appliance.signals.generate import ToneSource, dtmf, tone
from hardware.simulated.exchange import Release
from hardware.simulated.loop import RATE_HZ, Samples
from hardware.simulated.pbxprofile import PbxTones
from hardware.simulated.sounds import Late, Overlaid, Round, Sound, hold_music, rms
from hardware.simulated.voices import babble

KEY_MS, BETWEEN_KEYS_MS = 80, 80
"""A Panasonic sends keys of 80 or 160 ms (KX-TD816, program 404)."""
KEY_DBM0 = -10.0
_BEEP_S, _BEEP_DBM0 = 0.2, -16.0
_CLICK_S, _CLICK_HZ, _CLICK_PEAK = 0.12, 25.0, 9000.0


class PbxSounds:
    """The sounds of one PBX; `country` is as it sounds behind it."""

    def __init__(self, country: Country, tones: PbxTones) -> None:
        self._country = country
        self._tones = tones

    def dial(self) -> Sound:
        """Dial tone of a line that was lifted."""
        return self._tone(self._country.dial)

    def recall_dial(self) -> Sound:
        """Dial tone after a flash."""
        return self._tone(self._country.recall_dial)

    def ringback(self, after_s: float = 0.0) -> Sound:
        """Ringback, after so much silence."""
        return Late(self._tone(self._country.ringback), round(after_s * RATE_HZ))

    def of(self, release: Release) -> Sound | None:
        """The tone that is the sign of this, if it is a tone."""
        sign = release.tone_in(self._country)
        return None if sign is None else self._tone(sign)

    def beep(self) -> Samples:
        """Another call waits."""
        return tone(self._country.busy.frequencies[:1], _BEEP_S, _BEEP_DBM0)

    def _tone(self, tone: Tone) -> Sound:
        source = ToneSource(tone, self._tones.dbm0)
        if math.isinf(self._tones.voice_dbm0):
            return source
        return Overlaid(source, _somebody(self._tones.voice_dbm0))


def keys(code: str) -> Samples:
    """A code as the PBX sends it."""
    return dtmf(code, KEY_MS, BETWEEN_KEYS_MS, KEY_DBM0)


def music(at: float) -> Sound:
    """What a held party hears from the moment `at` on."""
    return hold_music(int(at * 1000))


@cache
def ring_trip_click() -> Samples:
    """What is left of the ringing voltage when the loop closes, dying away."""
    seconds = np.arange(round(_CLICK_S * RATE_HZ)) / RATE_HZ
    click: Samples = _CLICK_PEAK * np.cos(2 * np.pi * _CLICK_HZ * seconds) * np.exp(-seconds / 0.03)
    return click


@cache
def _chatter() -> Samples:
    return babble("somebody on another line talks about the weather, the holidays and the price of butter", "far away")


def _somebody(dbm0: float) -> Sound:
    chatter = _chatter()
    return Round(chatter * (rms(dbm0) / np.sqrt(np.mean(chatter**2))))
