"""What the PBX tells a voice-mail port by keys: rings, busy, no such number, answered, gone (`StatusDigits`).

A code is believed when its keys follow one another as fast as a machine sends them, and no longer code of this PBX
begins with it.
"""

from __future__ import annotations

from appliance.acts import Heard
from appliance.settings import StatusDigits

TOGETHER_S = 0.35
"""Keys of one code come at least so fast; a person takes longer from # to 9."""


class StatusReceiver:
    """The codes of one PBX, key by key. Times are seconds of the line's clock."""

    def __init__(self, status: StatusDigits) -> None:
        self.tells_answers = bool(status.answered)
        """Does this PBX say when somebody answers?"""
        self._released = status.released
        meanings = {
            status.ringing: Heard.RINGBACK,
            status.busy: Heard.BUSY,
            status.reorder: Heard.CONGESTION,
            status.do_not_disturb: Heard.DO_NOT_DISTURB,
            status.answered: Heard.ANSWERED,
        }
        self._meanings = {code: heard for code, heard in meanings.items() if code}
        self._keys, self._at = "", 0.0
        self.says_released = False
        """The code for a far end that has gone came since this was last set to `False`."""

    def start_over(self) -> None:
        """Nothing that came before counts any more."""
        self._keys, self.says_released = "", False

    def press(self, key: str, now: float) -> None:
        """A key came from the far end."""
        self._keys = self._keys + key if now - self._at <= TOGETHER_S else key
        self._at = now
        if self._released and self._keys.endswith(self._released):
            self.says_released, self._keys = True, ""

    def take(self, now: float) -> Heard | None:
        """What the keys so far mean; they are used up by it."""
        longer = any(code != self._keys and code.startswith(self._keys) for code in (*self._meanings, self._released))
        if not self._keys or (longer and now - self._at <= TOGETHER_S):
            return None
        heard = self._meanings.get(self._keys)
        if heard is not None or now - self._at > TOGETHER_S:
            self._keys = ""
        return heard
