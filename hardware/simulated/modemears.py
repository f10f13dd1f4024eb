"""What a modem makes of the sound on the line while off-hook: keys, call-progress tones, silence."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.acts import Heard
from appliance.signals import levels
from appliance.signals.countries import Country
from appliance.signals.dtmf import DtmfReceiver, KeyEvent
from appliance.signals.progress import ProgressReceiver
from hardware.simulated.loop import BLOCK_S, Samples

TONE_GONE_S = 1.0
"""A call-progress tone that was not heard for so long is over."""
NORMAL_SENSITIVITY = 128
QUIET_DBM0 = -42.0
"""Below it a line is silent, at the normal sensitivity of `+VSD`."""
KEYS_DBM0 = -40.0
"""Weaker keys are not heard: our own come back at -42."""
SENSITIVITY_STEP_DB = 4.0
VOICE_LEAST_S = 0.1


@dataclass(frozen=True, slots=True)
class Listened:
    """What one block brought: keys that went down or up, the tone that is on, `s` or `q` when silence is complete."""

    keys: list[KeyEvent]
    tone: Heard | None
    silence: str


class Ears:
    """The detectors of one modem."""

    def __init__(self, country: Country) -> None:
        self._country = country
        self.expect_voice(NORMAL_SENSITIVITY, 0.0)
        self.forget()

    def forget(self) -> None:
        """Begin to listen: nothing has been heard yet."""
        self._keys = DtmfReceiver(KEYS_DBM0)
        self._progress = ProgressReceiver(self._country)
        self._named: Heard | None = None

    def expect_voice(self, sensitivity: int, interval_s: float) -> None:
        """A recording begins; `+VSD` says how long a silence has to be reported (0: never)."""
        steps = sensitivity - NORMAL_SENSITIVITY if sensitivity else 0
        self._quiet_dbm0 = QUIET_DBM0 - SENSITIVITY_STEP_DB * steps
        self._interval_s = interval_s
        self._voice_s = 0.0
        self._silent_s = 0.0

    @property
    def tone(self) -> Heard | None:
        """The call-progress tone that is on the line, if any."""
        return self._named if self._progress.quiet_s < TONE_GONE_S else None

    def listen(self, block: Samples, recording: bool) -> Listened:
        """Take 20 ms."""
        for event in self._progress.feed(block):
            self._named = event.heard
        silence = self._silence(block) if recording and self._interval_s else ""
        return Listened(self._keys.feed(block), self.tone, silence)

    def _silence(self, block: Samples) -> str:
        """`s` when only silence was heard, `q` when silence follows a voice; once until sound comes again."""
        if levels.dbm0(block) > self._quiet_dbm0:
            self._voice_s += BLOCK_S
            self._silent_s = 0.0
            return ""
        before, self._silent_s = self._silent_s, self._silent_s + BLOCK_S
        if not before < self._interval_s <= self._silent_s:
            return ""
        return "q" if self._voice_s >= VOICE_LEAST_S else "s"
