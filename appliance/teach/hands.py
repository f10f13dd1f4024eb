"""What is done while teaching: calling a telephone, pressing the hook, dialling, and the ways back to who is held.

Every number that is dialled is asked of the toll rule first (R35).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from appliance.acts import Heard
from appliance.settings import PbxSettings
from appliance.signals.countries import Country
from appliance.signals.learn import LearnedTone
from appliance.teach.ear import Ear
from appliance.teach.taught import TeachLine
from appliance.toll import Recipe, TollRule

ANSWER_S: Final = 60.0
"""How long a telephone may ring until the person who helps has answered."""
CALL_COMES_S: Final = 180.0
"""How long we wait for a call from outside."""
NEW_TONE_S: Final = 2.0
"""How long a new dial tone may be in coming before a code."""
VOICE_S: Final = 5.0
"""Who is back should be heard within this time; people who talk without an end pause, too."""
SURELY_BUSY_S: Final = 5.0
"""A busy tone that lasts so long is no slip of the receiver."""
AT_ONCE_S: Final = 45.0
"""How long a held party may take to ring here again after we have hung up: hold recall is 30 s on a KX-TA624."""


class Hands:
    """Works the line. `pbx` is what is known so far, and grows; `tones` are those that were learned meanwhile."""

    def __init__(self, line: TeachLine, rule: TollRule, pbx: PbxSettings, country: Country) -> None:
        self.pbx = pbx
        self.tones: list[LearnedTone] = []
        self.rang_after_s: float | None = None
        """After how long it rang here again when last we hung up for that."""
        self._line = line
        self._rule = rule
        self._country = country

    def know(self, **found: object) -> None:
        """Something more is known of the PBX."""
        self.pbx = replace(self.pbx, **found)  # type: ignore[arg-type] # the names are those of PbxSettings

    # ------------------------------------------------------------ one thing at a time

    def lift(self) -> None:
        """Go off-hook."""
        self._line.lift()

    def put_down(self) -> None:
        """Go on-hook."""
        self._line.put_down()

    def listen(self, seconds: float, enough: Callable[[Ear], bool] | None = None) -> Ear:
        """What is heard in so many seconds, or until it is enough."""
        ear = Ear(self._country, self.tones, enough)
        self._line.listen(seconds, ear)
        return ear

    def flash(self, length_ms: int, times: int = 1) -> None:
        """Press the hook."""
        for press in range(times):
            if press:
                self._line.pause(self.pbx.between_flashes_ms / 1000)
            self._line.flash(length_ms)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._line.pause(seconds)

    def dial(self, digits: str) -> None:
        """Dial what the toll rule allows.

        Raises:
            NotAllowed: it does not.
        """
        self._rule.check(digits)
        self._line.pause(self.pbx.pause_after_flash_ms / 1000)
        self._line.dial(digits, self.pbx.dtmf_on_ms, self.pbx.dtmf_off_ms)

    def may_dial(self, digits: str) -> bool:
        """Does the toll rule allow it?"""
        return self._rule.allows(digits)

    # ------------------------------------------------------------ several

    def somebody_there(self, seconds: float = VOICE_S) -> bool:
        """Is somebody talking?"""
        return self.listen(seconds, lambda ear: ear.somebody).somebody

    def call(self, number: str) -> Ear:
        """Take the line, dial, and listen until somebody speaks."""
        self._line.lift()
        self.listen(self.pbx.dial_tone_s, lambda ear: ear.tone)
        self.dial(number)
        return self.listen(ANSWER_S, lambda ear: ear.somebody or _refused(ear))

    def answer(self) -> Ear | None:
        """Wait for a call from outside, take it, and listen until somebody speaks; `None` when no call came."""
        if self._line.await_ring(CALL_COMES_S) is None:
            return None
        self._line.lift()
        return self.listen(3 * VOICE_S, lambda ear: ear.somebody)

    def back(self, recipe: Recipe, length_ms: int, *, known: bool = True) -> bool:
        """Try one way back; is somebody there?

        One that is not known to work may find an idle line: a code is only dialled after a new dial tone, so that it
        never becomes the next digit of a number.
        """
        if recipe.hang_up:
            return self.rings_again(AT_ONCE_S)
        self.flash(length_ms, recipe.flashes)
        if recipe.code and (known or self.listen(NEW_TONE_S, lambda ear: ear.tone or ear.somebody).tone):
            self.dial(recipe.code)
        return self.somebody_there()

    def rings_again(self, within_s: float) -> bool:
        """Hang up; does the PBX ring here again, and is somebody there?"""
        self._line.put_down()
        self.rang_after_s = self._line.await_ring(within_s)
        if self.rang_after_s is None:
            return False
        self._line.lift()
        return self.somebody_there(2 * VOICE_S)


def _refused(ear: Ear) -> bool:
    """Is it busy, beyond doubt?"""
    return ear.tone_named in (Heard.BUSY, Heard.CONGESTION) and ear.seconds > SURELY_BUSY_S
