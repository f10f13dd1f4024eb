"""Who is at the other end of the line, as far as can be heard, and the signs that nobody is any more.

Two questions are asked of it. With a caller on the line: *have they gone?* A break of the loop is certain. Busy,
congestion and dial tone mean it, if they are louder than our own echo can be. Silence means it only while we wait for
the caller to speak or key. After a hook flash, with the PBX on the line: *what does it say?* The same tones are
verdicts then.

Our own ears (`ProgressReceiver`) hear the line in a duplex or receive stream. What a modem says it hears is believed
at once where its dialect trusts it and it has no ears beside; else when our ears hear a tone, too.
"""

from __future__ import annotations

from appliance.acts import Hear, Heard
from appliance.call import HangUpSign
from appliance.settings import ListeningSettings
from appliance.signals.countries import Country
from appliance.signals.progress import ProgressReceiver
from hardware.instrument import Samples
from hardware.outgoing import Outgoing

AFTER_FLASH_S = 1.0
"""A loop break so soon after our own hook flash is the PBX switching, not the far end leaving."""
DIAL_TONE_EXPECTED_S = 0.3
"""After a flash we expect dial tone and nothing else: this much of it is enough (hand-over step T1)."""
TONE_FRESH_S = 1.0
"""A tone that the modem reports must have been heard by ourselves within this time."""

GONE = {
    Heard.BUSY: HangUpSign.BUSY,
    Heard.CONGESTION: HangUpSign.CONGESTION,
    Heard.DIAL_TONE: HangUpSign.DIAL_TONE,
}


class FarEnd:
    """The far end of one line. Times are seconds of the line's clock."""

    def __init__(self, country: Country, listening: ListeningSettings, outgoing: Outgoing) -> None:
        self._ears = ProgressReceiver(country)
        self._listening = listening
        self._outgoing = outgoing
        self._verdicts: list[Heard] = []
        self._loop_broken = False
        self._flashed_at = -AFTER_FLASH_S
        self._quiet_wait_s = 0.0

    def start_over(self) -> None:
        """Another call: nothing of the last one may be taken for a sign in this one."""
        self._loop_broken, self._quiet_wait_s = False, 0.0
        self.expect_something_else()

    def expect_something_else(self) -> None:
        """After a flash or after dialling: what was heard belongs to the past."""
        self._ears.reset()
        self._verdicts.clear()

    def flashed(self, now: float) -> None:
        """We have pressed the hook."""
        self._flashed_at = now
        self.expect_something_else()

    # ------------------------------------------------------------ signs, as they come

    def hear(self, samples: Samples) -> None:
        """Sound came from the line."""
        heard = [event.heard for event in self._ears.feed(samples)]
        self._verdicts += [verdict for verdict in heard if verdict is Heard.VOICE or self._louder_than_echo()]

    def _louder_than_echo(self) -> bool:
        return self._ears.level_dbm0 > self._outgoing.level_dbm0() - self._listening.echo_loss_db

    def report(self, heard: Heard, trusted: bool) -> None:
        """The modem says that it hears a tone."""
        if trusted or self._ears.tone_s > 0.0 or self._ears.quiet_s < TONE_FRESH_S:
            self._verdicts.append(heard)

    def break_loop(self, now: float) -> None:
        """The loop current was interrupted."""
        if now - self._flashed_at > AFTER_FLASH_S:
            self._loop_broken = True

    def key(self) -> None:
        """A key was pressed: somebody is there."""
        self._quiet_wait_s = 0.0

    # ------------------------------------------------------------ what they mean

    @property
    def silent_s(self) -> float:
        """Seconds since anything louder than line noise was heard."""
        return self._ears.silent_s

    def has_dropped_us(self) -> HangUpSign | None:
        """The one sign that means the same at every moment: a broken loop."""
        broken, self._loop_broken = self._loop_broken, False
        return HangUpSign.LOOP_BREAK if broken else None

    def has_gone(self) -> HangUpSign | None:
        """Call-progress tones where a caller was: they have hung up."""
        verdicts, self._verdicts = self._verdicts, []
        return next((GONE[verdict] for verdict in verdicts if verdict in GONE), None)

    def keeps_silent(self, passed_s: float) -> HangUpSign | None:
        """Another `passed_s` in which the caller should have spoken or keyed."""
        self._quiet_wait_s = self._quiet_wait_s + passed_s if self._ears.silent_s > passed_s else 0.0
        return HangUpSign.SILENCE if self._quiet_wait_s > self._listening.silence_s else None

    def verdict(self, act: Hear, listened_s: float) -> Heard | None:
        """Has one of the wanted things been heard in the `listened_s` since listening began?"""
        verdicts, self._verdicts = self._verdicts, []
        named = next((verdict for verdict in verdicts if verdict in act.wanted), None)
        if named is not None:
            return named
        if act.wanted == {Heard.DIAL_TONE} and self._ears.tone_s >= DIAL_TONE_EXPECTED_S:
            return Heard.DIAL_TONE
        if Heard.NO_TONE in act.wanted and min(listened_s, self._ears.quiet_s) >= act.no_tone_s:
            return Heard.NO_TONE
        return None
