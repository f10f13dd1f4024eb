"""An FXO HAT as the instrument of a line: pins and a sound card, and everything heard by ourselves.

It hears while it speaks, reports every ring with its rhythm, and knows a broken loop by its pin where the board has
one. What a modem would report of keys and callers comes from `appliance.signals`, fed with the sound of the card.

**When it goes wrong** the line is released by closing everything, and opened again by `hardware.line`: a sound card
that was unplugged, a hook process that has died, a pin that somebody else has. What is wrong with the line itself is
judged by `hold`.
"""

from __future__ import annotations

import contextlib
import logging
import math
from dataclasses import dataclass

import numpy as np

from appliance.clock import Clock, Waiter
from appliance.faults import BadSettings, LineFault, NotAnswering
from appliance.settings import LineSettings
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.generate import dtmf
from appliance.signals.levels import RATE_HZ
from hardware.fxo.board import Board, Wire, load_board
from hardware.fxo.callerear import CallerEar
from hardware.fxo.card import CardTally, SoundCard
from hardware.fxo.hold import Hold
from hardware.fxo.hookcontrol import HookControl
from hardware.fxo.linestate import LevelLasted, LineState, RingBegan, RingEnded, Sign
from hardware.fxo.ownecho import OwnEcho
from hardware.fxo.pins import Pins
from hardware.fxo.site import HatSite
from hardware.instrument import (
    CallerIdCame,
    KeyPressed,
    LineInUse,
    LoopBroken,
    RingBurst,
    Signal,
    Sound,
)
from hardware.modem.streams import louder
from hardware.outgoing import Outgoing

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""How often all pins are looked at, in case a change was not reported."""
SOUND_GONE_S = 2.0
"""A sound card that brings nothing for so long is dead."""
FLASH_SLACK_MS = 300.0
"""A flash that was longer than it should have been by this much has hung up."""
RESET_AT_FAILURES, RESET_S, READY_S = (2, 20), 0.5, 0.5
"""As for modems: the failures at which the HAT is reset, how long that takes, and until it works again."""
NO_LINE = "there is no voltage on the telephone line"
CABLE = "Check the grey cable between the box and the wall."
NO_SOUND = "the sound card brings no sound"


@dataclass(frozen=True, slots=True)
class _Parts:
    """An open HAT."""

    board: Board
    hook: HookControl
    pins: Pins
    card: SoundCard
    state: LineState


class Hat:
    """The instrument of a line whose port names a board. See `hardware.instrument.Instrument`."""

    duplex = True

    def __init__(
        self,
        settings: LineSettings,
        clock: Clock,
        waiter: Waiter,
        outgoing: Outgoing,
        site: HatSite | None = None,
        reversal_hangs_up: bool = True,
        overhears: bool = False,
    ) -> None:
        """With `overhears` the sound of the line is reported while it is on-hook, too."""
        self.answers = True
        self.complaint: LineFault | None = None
        self.sound_lost = 0
        self.tally = CardTally()
        self.last_flash_ms = 0.0
        """How long the last hook flash was, as measured at its pin."""
        self._settings = settings
        self._clock = clock
        self._waiter = waiter
        self._outgoing = outgoing
        self._site = site or HatSite()
        self._reversal_hangs_up = reversal_hangs_up
        self._overhears = overhears
        self._open_parts: _Parts | None = None
        self._failures = 0
        self._signals: list[Signal] = []
        self._caller_ear = CallerEar()
        self._keys = DtmfReceiver()
        self._echo = OwnEcho()
        self._speaking = self._used_by_others = False
        self._look_at = self._heard_at = 0.0
        self._hold = Hold()

    # ------------------------------------------------------------ opening and closing

    def open(self) -> None:
        """Claim pins and sound card; on-hook from the first moment on.

        Raises:
            LineFault: the board's file, the pins, the hook or the sound card cannot be used.
        """
        try:
            self._open()
        except BadSettings as problem:
            raise LineFault(problem.problem, problem.advice) from problem
        except LineFault:
            self._failures += 1
            raise
        self._failures = 0

    def _open(self) -> None:
        board = load_board(self._settings.port)
        with contextlib.ExitStack() as undo:
            hook = self._site.hook(self._settings, board, self._clock)  # first of all: this hangs up
            undo.callback(hook.close)
            while hook.busy:
                self._waiter.wait(hook.due, hook.fd)
                hook.attend()
            pins = Pins(board, self._clock, self._waiter.ring, self._site.pins(self._settings))
            undo.callback(pins.close)
            self._reset_if_it_helps(pins)
            card = self._site.card(self._settings, board)
            card.open(self._waiter)
            undo.pop_all()
        now = self._clock.now()
        levels = {wire: bool(pins.level(wire)) for wire in Wire}
        self._open_parts = _Parts(board, hook, pins, card, LineState(board, levels, now))
        self._forget_call()
        self._caller_ear.start_over()
        self._echo = OwnEcho()
        self._signals.clear()
        self._look_at = self._heard_at = now
        self._used_by_others = False
        self._look_for_others()
        self._judge()
        log.info("%s: %s at %s", self._settings.name, board.name, self._settings.port)

    def _reset_if_it_helps(self, pins: Pins) -> None:
        first, every = RESET_AT_FAILURES
        if pins.reset is not None and (self._failures == first or (self._failures and self._failures % every == 0)):
            log.warning("%s: resetting the HAT", self._settings.name)
            pins.reset.on()
            self._pause(RESET_S)
            pins.reset.off()
            self._pause(READY_S)

    def _pause(self, seconds: float) -> None:
        until = self._clock.now() + seconds
        while self._clock.now() < until:
            self._waiter.wait(until)

    def close(self) -> None:
        """Hang up, and let go of everything."""
        parts, self._open_parts = self._open_parts, None
        if parts is not None:
            parts.hook.close()
            parts.card.close()
            parts.pins.close()
        self._forget_call()

    @property
    def _parts(self) -> _Parts:
        if self._open_parts is None:
            raise LineFault(f"the board at {self._settings.port} is not open")
        return self._open_parts

    def _judge(self) -> None:
        """Can it answer, and what should the office know of it?"""
        state = self._parts.state
        if state.level(Wire.LINE_PRESENT) is False and not self._used_by_others:
            self.complaint = NotAnswering(NO_LINE, CABLE)
        else:
            self.complaint = self._hold.resting(self._clock.now())
        self.answers = self.complaint is None

    # ------------------------------------------------------------ waiting

    def wait(self, until: float) -> list[Signal]:
        """Let time pass up to `until`, feeding the card; what happened comes back in order.

        Raises:
            LineFault: a part of it is gone.
        """
        if not self._signals:
            self._sleep(until)
        self._attend()
        signals, self._signals = self._signals, []
        return signals

    def _sleep(self, until: float) -> None:
        parts = self._parts
        due = min(parts.hook.due, parts.state.due, self._look_at)
        self._waiter.wait(min(until, due), parts.hook.fd)

    def _attend(self) -> None:
        """Everything that has happened by now, and everything that is due."""
        parts = self._parts
        now = self._clock.now()
        parts.hook.attend()
        changes = parts.pins.changes()
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY_S
            changes += parts.pins.look()
        for change in changes:
            self._understand(parts.state.take(change))
        self._understand(parts.state.turn(now))
        if self._hold.broken(parts.state.level(Wire.LOOP), now):
            self._signals.append(LoopBroken())
        self._look_for_others()
        self._take_sound()
        self._feed()
        if not self._hold.taken:
            self._judge()

    def _understand(self, signs: list[Sign]) -> None:
        for sign in signs:
            match sign:
                case RingBegan(at, cadence):
                    self._ring(at, cadence.lengths_ms)
                case RingEnded(cadence):
                    lengths = " ".join(map(str, cadence.lengths_ms))
                    log.info("%s: a %s ring, %s ms", self._settings.name, cadence.kind, lengths)
                case LevelLasted(Wire.POLARITY):
                    self._reversed()
                case LevelLasted():
                    pass  # the other levels are looked at when they matter

    def _ring(self, began: float, cadence_ms: tuple[int, ...]) -> None:
        """Ringing; once we are off-hook it shows that we are not.

        Raises:
            NotAnswering: the line rings on although it was taken.
        """
        if self._hold.taken:
            self._hold.ring(began, self._clock.now())
        else:
            self._signals.append(RingBurst(cadence_ms))
            self._call_comes()

    def _call_comes(self) -> None:
        self._signals += map(CallerIdCame, self._caller_ear.call_comes(self._clock.now()))

    def _reversed(self) -> None:
        """On-hook a caller ID may follow; off-hook the far end has gone, where reversal means that."""
        if not self._hold.taken:
            self._call_comes()
        elif self._reversal_hangs_up and self._hold.reversed(self._clock.now()):
            self._signals.append(LoopBroken())

    def _look_for_others(self) -> None:
        """Tell when another telephone on this line comes into use, and when it is put down (R34).

        While we have the line only some boards can tell; while we have not, current that flows is not ours.
        """
        state, now = self._parts.state, self._clock.now()
        used = bool(state.level(Wire.LINE_IN_USE)) and (not self._hold.taken or self._parts.board.in_use_off_hook)
        used = used or self._hold.is_others(state.level(Wire.LOOP), now)
        if used is not self._used_by_others:
            self._used_by_others = used
            self._signals.append(LineInUse(used))

    # ------------------------------------------------------------ sound

    def _take_sound(self) -> None:
        """What the card heard: the caller's voice and keys, or on-hook perhaps who calls."""
        parts, now = self._parts, self._clock.now()
        samples = parts.card.heard()
        if not len(samples):
            if now >= self._heard_at + SOUND_GONE_S:
                raise LineFault(NO_SOUND, "Unplug the sound card of the line module, and plug it in again.")
            return
        self._heard_at = now
        self._count(parts.card.tally)
        heard = louder(samples, parts.board.sound.listen_db + self._settings.listen_db)
        if not self._hold.taken:
            if self._overhears:
                self._signals.append(Sound(heard))
            if parts.board.sound.on_hook:
                self._signals += map(CallerIdCame, self._caller_ear.hear(heard, now))
            return
        cleared = self._echo.take_out(heard)
        self._signals.append(Sound(cleared))
        self._signals += [KeyPressed(event.key) for event in self._keys.feed(cleared) if event.down]

    def _count(self, tally: CardTally) -> None:
        """Tell of sound that was lost: a busy box, or a bad sound card."""
        lost = tally.overruns + tally.underruns - self.tally.overruns - self.tally.underruns
        if lost > 0:
            self.sound_lost += lost
            log.warning(
                "%s: sound lost %d times coming, %d times going", self._settings.name, tally.overruns, tally.underruns
            )
        self.tally = tally

    def _feed(self) -> None:
        """Hand over as much as the card has room for."""
        if self._speaking and (room := self._parts.card.room()) > 0:
            gain_db = self._parts.board.sound.speak_db + self._settings.speak_db
            said = louder(self._outgoing.pull(room), gain_db)
            self._echo.say(said)
            self._parts.card.speak(said)

    def _fall_silent(self) -> None:
        self._speaking = False
        self.flush()

    def talk(self) -> None:
        """Say what there is to be said from now on."""
        self._speaking = True
        self._feed()

    def listen(self) -> None:
        """The same: it hears and speaks at once."""
        self.talk()

    def refresh(self) -> None:
        """Nothing: a HAT that is gone is noticed at every moment."""

    def flush(self) -> None:
        """Throw away what the card has not said yet."""
        self._echo.unsay(self._parts.card.unspoken())
        self._parts.card.flush()

    def unspoken_s(self) -> float:
        """Seconds until everything is said."""
        return self._parts.card.unspoken() / RATE_HZ

    # ------------------------------------------------------------ hook, flash, keys

    def off_hook(self) -> None:
        """Take the line.

        Raises:
            LineFault: the hook does not obey.
        """
        self._parts.hook.off_hook()
        self._wait_for_hook()
        self._forget_call()
        self._hold.take(self._clock.now())
        self._parts.state.rhythm.start_over()

    def settle(self, until: float) -> None:
        """Let the time pass in which ringing is tripped: what is heard then is a click."""
        while self._clock.now() < until:
            self._flow(until)
            self._forget_sound()

    def on_hook(self) -> None:
        """Hang up.

        Raises:
            LineFault: the hook does not obey.
        """
        self._fall_silent()
        self._parts.hook.on_hook()
        self._wait_for_hook()
        self._forget_call()
        self._caller_ear.start_over()

    def flash(self, length_ms: int) -> None:
        """Open the loop for so long; what is heard meanwhile is nothing.

        Raises:
            LineFault: the hook does not obey, or so late that the caller has been hung up on.
        """
        hook = self._parts.hook
        self._fall_silent()
        self._hold.flash_begins()
        try:
            hook.flash(length_ms)
        except ValueError as problem:
            raise LineFault(str(problem), "Correct flash_ms in the settings.") from problem
        self._wait_for_hook()
        self._hold.flash_ended(self._clock.now())
        self.last_flash_ms = hook.flash_ms
        self._keys = DtmfReceiver()
        self._forget_sound()
        if hook.flash_ms > length_ms + FLASH_SLACK_MS:
            raise LineFault(
                "a hook flash took so long that the telephone system took it for hanging up",
                "The box has too much to do: stop other programs on it.",
            )

    def _wait_for_hook(self) -> None:
        """Until the hook has done what it was told; sound and pins go on meanwhile."""
        while True:
            self._attend()
            if not self._parts.hook.busy:
                return
            self._sleep(math.inf)

    def dial(self, digits: str, on_ms: int, off_ms: int) -> None:
        """Send DTMF as sound, and do not take its echo for keys."""
        self._outgoing.say(np.rint(dtmf(digits, on_ms, off_ms)).astype(np.int16))
        self.talk()
        while self._outgoing.speaking:
            self._flow(math.inf)
        spoken = self._clock.now() + self.unspoken_s()
        while self._clock.now() < spoken:
            self._flow(spoken)
        self._keys = DtmfReceiver()
        self._forget_sound()

    def _flow(self, until: float) -> None:
        """A moment of sound."""
        self._sleep(until)
        self._attend()

    def _forget_sound(self) -> None:
        self._signals = [signal for signal in self._signals if not isinstance(signal, Sound | KeyPressed)]

    def _forget_call(self) -> None:
        self._hold.release(self._clock.now())
        self._echo.fall_silent()
        self._speaking = False
        self._keys = DtmfReceiver()
