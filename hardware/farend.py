"""Who is at the other end of the line, as far as can be heard, and the signs that nobody is any more.

Two questions are asked of it. With a caller on the line: *have they gone?* A break of the loop is certain. Busy,
congestion and dial tone mean it, if they are louder than our own echo can be. Silence means it only while we wait for
the caller to speak or key. After a hook flash, with the PBX on the line: *what does it say?* The same tones are
verdicts then.

Our own ears (`ProgressReceiver`) hear the line in a duplex or receive stream. What a modem says it hears is believed
when it says it again.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Sequence

import numpy as np

from appliance.acts import Hear, Heard
from appliance.call import HangUpSign
from appliance.settings import ListeningSettings
from appliance.signals.countries import Country
from appliance.signals.learn import LearnedTone
from appliance.signals.levels import FLOOR_DBM0, RATE_HZ, dbm0, power
from appliance.signals.progress import ProgressReceiver
from hardware.instrument import Samples
from hardware.outgoing import Outgoing

AFTER_FLASH_S = 1.0
"""A loop break so soon after our own hook flash is the PBX switching, not the far end leaving."""
DIAL_TONE_EXPECTED_S = 0.3
"""After a flash we expect dial tone and nothing else: this much of it is enough (hand-over step T1)."""
GATE = RATE_HZ // 100
"""Samples (10 ms) that are judged together: echo, or somebody else."""
TONE_FRESH_S = 1.0
"""A tone that the modem reports must have been heard by ourselves within this time."""
MANY_REPORTS = 3
WITHIN_S = 15.0
"""A modem may keep from us the tone it names: so many reports within this time are believed unheard."""
REPORTS_WHEN_DEAF, MORE_IF_DOUBTED = 2, 1
STREAK_S = 5.0
"""While we are deaf, so many reports in a row are believed; a modem that hears busy tone tells so every four seconds,
and one report alone may be a mistake (Q12)."""

GONE = {
    Heard.BUSY: HangUpSign.BUSY,
    Heard.CONGESTION: HangUpSign.CONGESTION,
    Heard.DIAL_TONE: HangUpSign.DIAL_TONE,
}
SAME_TO_US = {Heard.STUTTER: Heard.DIAL_TONE, Heard.DISCONNECT: Heard.BUSY}
"""A stutter dial tone asks for digits like any other; the tone that this PBX has for a far end that left is busy."""


class FarEnd:
    """The far end of one line. Times are seconds of the line's clock."""

    def __init__(
        self,
        country: Country,
        listening: ListeningSettings,
        outgoing: Outgoing,
        learned: Sequence[LearnedTone] = (),
    ) -> None:
        self._ears = ProgressReceiver(country, learned)
        self._listening = listening
        self._outgoing = outgoing
        self._verdicts: list[Heard] = []
        self._hints: deque[tuple[Heard, float]] = deque(maxlen=8)
        self._loop_broken = False
        self._flashed_at = -AFTER_FLASH_S
        self._quiet_wait_s = 0.0
        self._silent_s = 0.0

    def start_over(self) -> None:
        """Another call: nothing of the last one may be taken for a sign in this one."""
        self._loop_broken, self._quiet_wait_s, self._silent_s = False, 0.0, 0.0
        self.expect_something_else()

    def expect_something_else(self) -> None:
        """After a flash or after dialling: what was heard belongs to the past."""
        self._ears.reset()
        self._verdicts.clear()
        self._hints.clear()

    def flashed(self, now: float) -> None:
        """We have pressed the hook."""
        self._flashed_at = now
        self.expect_something_else()

    # ------------------------------------------------------------ signs, as they come

    def hear(self, samples: Samples, *, speaking: bool = True) -> None:
        """Sound came from the line, while we were `speaking` too, or else without any echo of ours."""
        audible = self._without_echo(samples) if speaking else samples
        quiet = _level_dbm0(audible) < self._listening.silence_dbm0
        self._silent_s = self._silent_s + len(samples) / RATE_HZ if quiet else 0.0
        self._verdicts += [SAME_TO_US.get(event.heard, event.heard) for event in self._ears.feed(audible)]

    def _without_echo(self, samples: Samples) -> Samples:
        """`samples` with silence in place of all that could be the echo of what we have just said.

        Whoever talks to us, or a tone of the exchange, is louder than that; between the bursts of a tone our own music
        would else be taken for a part of it.
        """
        most = power(self._outgoing.loudest_dbm0() - self._listening.echo_loss_db)
        whole = len(samples) - len(samples) % GATE
        heard = samples.copy()
        for part in (heard[:whole].reshape(-1, GATE), heard[whole:].reshape(1, -1)):
            if part.size:
                part[np.mean(np.square(part, dtype=np.float64), axis=1) < most] = 0
        return heard

    def report(self, heard: Heard, deaf: bool, now: float, *, trusted: bool = True) -> None:
        """The modem says that it hears a tone; `deaf` when we cannot listen ourselves at present.

        Our own ears tell busy from congestion, and a modem that says "busy" may mean either: with ears, its word counts
        only when it repeats it while we hear some tone, or goes on repeating it. Without ears it has to repeat it, too.
        """
        self._hints.append((heard, now))
        times = [at for hint, at in self._hints if hint is heard and now - at <= WITHIN_S]
        if deaf:
            believed = _streak(times) >= REPORTS_WHEN_DEAF + (0 if trusted else MORE_IF_DOUBTED)
        else:
            believed = (self.hears_tone and len(times) > 1) or len(times) >= MANY_REPORTS
        if believed:
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
        return self._silent_s

    @property
    def hears_tone(self) -> bool:
        """Is there, or was there a moment ago, a tone of whatever kind?"""
        return self._ears.tone_s > 0.0 or self._ears.quiet_s < TONE_FRESH_S

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
        self._quiet_wait_s = self._quiet_wait_s + passed_s if self._silent_s > passed_s else 0.0
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


def _streak(times: Sequence[float]) -> int:
    """How many of the last moments follow one another closely."""
    count = 1
    for earlier, later in itertools.pairwise(reversed(times)):
        if earlier - later > STREAK_S:
            break
        count += 1
    return count


def _level_dbm0(samples: Samples) -> float:
    """The level of a block without what 8-bit samples add to silence: an offset, and 0x7F and 0x80 in turn (4 kHz)."""
    smooth = (samples[1:].astype(np.float64) + samples[:-1]) / 2
    return dbm0(smooth - smooth.mean()) if len(smooth) else FLOOR_DBM0
