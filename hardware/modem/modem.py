"""A voice modem as the instrument of a line.

Two ways of speaking with it alternate: commands and their results (`conversation`), and voice streams (`streams`). Here
is what makes a telephone of it: finding it, setting it up, ringing, answering, hanging up, hook flash and keys.

**When it goes wrong** the modem is cured by the mildest means that helps, and each takes its time:

    it forgot its settings        they are sent again (it is asked every `LOOK_EVERY_S`, and when it refuses a stream)
    it left its stream by itself  the stream is opened again
    it does not end its stream    the stop code again, three DLE before it; then all stop codes; then AT
    it says nothing               the port is closed, which drops DTR and hangs up, and opened again
    still nothing                 USB reset, or the reset pin of a HAT
    nothing helps                 a fault on the board, and a new try every second

While it is being cured it does not answer, so that the office's own telephones ring (R37).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from appliance.acts import Heard
from appliance.clock import Clock, Waiter
from appliance.faults import (
    LineFault,
    ModemRefused,
    ModemSilent,
    NotAnswering,
    PortForbidden,
    PortMissing,
    PortTaken,
)
from appliance.settings import LineSettings
from appliance.signals.countries import Country
from appliance.signals.generate import dtmf
from hardware.find import FoundPort, PortFinder
from hardware.instrument import (
    CallerIdCame,
    KeyPressed,
    LineInUse,
    LoopBroken,
    RingBurst,
    Samples,
    Signal,
    Sound,
    ToneReported,
)
from hardware.modem import at
from hardware.modem.at import LineSign, ResultCode
from hardware.modem.conversation import ASK_CLASS, LEAVE_VOICE, WAKE, Conversation
from hardware.modem.dialects import USR5637_OLD, V253, Dialect, FlashMethod, Step, dialect
from hardware.modem.identify import IDENTIFY, TRY_VOICE, recognise
from hardware.modem.port import SerialPort
from hardware.modem.streams import Stream, Streams
from hardware.outgoing import Outgoing
from hardware.reset import Reset, reset_for

log = logging.getLogger(__name__)

RESET_S = 2.5
"""`ATZ` may take seconds; a stored profile that forbids results leaves it unanswered."""
COMMAND_S = 5.0
"""No command of V.250 takes longer, unless it takes time on the line."""
LOOK_EVERY_S = 10.0
"""How often an idle modem is asked whether it still knows its settings,"""
LOOK_AFTER_RING_S = 8.0
"""but not while somebody calls."""
LOOK_S = 4.5
HOOK_OK_S = 0.25
"""How much longer than a flash we wait for the OK of the command that began it."""
FLASH_SLACK_S = 0.8
"""A hook that was pressed for longer than it should have been by this much has hung up."""
LATE_RING_S = 1.5
"""A ring reported later than this after going off-hook shows that the modem is still on-hook (Q1)."""
RINGS_AGAIN_S = 8.0
"""A line that rings on rings again within this time; a later RING, with none before it, is a slip of the modem's."""
LAST_RESORTS = ("ATH1", "ATA")
"""What may take the line when a modem's own way does not."""
RESET_AT_FAILURES = (2, 20)
"""The failure to open at which the modem is reset for the first time, and every how many from then on."""
REST_S, LONGEST_REST_S = 600.0, 3600.0
"""A modem that did not take the line only tells who rings for so long; twice as long after every further time."""
RINGS_ON = "the modem says it has answered, but the line goes on ringing"
REFUSES = "the modem refused to answer"
ASK_CALLER_ID = "AT+VCID?"

TONES = {
    LineSign.BUSY: Heard.BUSY,
    LineSign.DIAL_TONE: Heard.DIAL_TONE,
    LineSign.RINGBACK: Heard.RINGBACK,
    LineSign.SIT: Heard.SIT,
}
OTHER_TELEPHONE = {LineSign.EXTENSION_UP: True, LineSign.EXTENSION_DOWN: False}
"""Told by Conexant's only, with `-STE`; on-hook they tell nothing, so what was told ends with our call (R34)."""


@dataclass(frozen=True, slots=True)
class ModemSite:
    """What the modems of a box share: who finds their ports, and how one is reset."""

    finder: PortFinder = field(default_factory=PortFinder)
    reset: Callable[[int], Reset] = reset_for


class Modem:
    """The instrument of a line whose modem is at `settings.port`. See `hardware.instrument.Instrument`."""

    def __init__(
        self,
        settings: LineSettings,
        country: Country,
        clock: Clock,
        waiter: Waiter,
        outgoing: Outgoing,
        site: ModemSite | None = None,
        reversal_hangs_up: bool = True,
    ) -> None:
        self._settings = settings
        self._country = country
        self._clock = clock
        self._waiter = waiter
        self._outgoing = outgoing
        self._site = site or ModemSite()
        self._reversal_hangs_up = reversal_hangs_up
        self._dialect: Dialect = V253
        self.answers = True
        self.complaint: LineFault | None = None
        self.sound_lost = 0
        self._port: SerialPort | None = None
        self._talk: Conversation | None = None
        self._reset: Reset | None = None
        self._failures = 0
        self._open_streams: Streams | None = None
        self._signals: list[Signal] = []
        self._keys_as_sound = False
        self._off_hook_at: float | None = None
        self._rings_on = False
        self._late_ring_at = -math.inf
        self._far_end_heard = False
        """Has the caller pressed a key? Then the line is ours, whatever the modem says of rings."""
        self._found = FoundPort(settings.port)
        self._stays_on_hook: FoundPort | None = None
        self._why_on_hook = ""
        self._refusals = 0
        self._rest_until = 0.0
        self._resorts: list[str] = []
        self._taken_by = ""
        """The last resort that took the line, if one was needed."""
        self._has_voice = True
        self._knows = ""
        self._echoes = 0
        self._look_at = 0.0

    # ------------------------------------------------------------ opening and closing

    def open(self) -> None:
        """Open the port, learn what the modem is, set it up, be on-hook and armed.

        Raises:
            LineFault: there is no port, no right to it, or no answer.
        """
        if self._reset is None:
            self._reset = self._site.reset(self._settings.reset_gpio)
        first, every = RESET_AT_FAILURES
        if self._failures + 1 == first or (self._failures and self._failures % every == 0):
            self._reset_from_outside(self._reset)
        try:
            found = self._site.finder.locate(self._settings.name, self._settings.port)
            self._port = SerialPort(found.path, self._clock, self._waiter)
            self._talk = Conversation(self._port, self._clock, self._hear)
            self._open_streams = Streams(
                self._talk, self._port, self._clock, self._outgoing, self._settings, self._into_voice
            )
            self._begin(self._talk, found)
        except (PortMissing, PortForbidden, PortTaken):
            raise  # no reset could cure that
        except LineFault:
            self._failures += 1
            if self._talk is not None:
                self._talk.given_up = True
            raise
        self._failures = 0

    def _begin(self, talk: Conversation, found: FoundPort) -> None:
        self._forget_call()
        self._keys_as_sound = False
        talk.wake_up()
        self._forget_everything()
        self._dialect = self._identify(found)
        has_voice = self._dialect.voice and talk.answer_to(TRY_VOICE) != "ERROR"
        self._set_up()
        self._found, self._has_voice = found, has_voice
        self._judge()
        log.info("%s: %s at %s", self._settings.name, self._dialect.name, found.path)

    def close(self) -> None:
        """Hang up if the modem still listens, and release the port, which hangs up by itself."""
        if self._port is None:
            return
        try:
            if not self._conversation.given_up:
                self._streams.leave()
                self._conversation.command("ATH", 1.0)
        except LineFault as problem:
            log.info("%s: released without its answer: %s", self._settings.name, problem.problem)
        finally:
            self._port.close()
            self._port = self._talk = self._open_streams = None

    def _forget_everything(self) -> None:
        """`ATZ`: on-hook, and all settings as they were stored, perhaps with echo or without any answers."""
        try:
            self._conversation.command("ATZ", RESET_S)
        except (ModemSilent, ModemRefused):
            log.info("%s: no answer to a reset", self._settings.name)
        self._conversation.command(WAKE)

    def _identify(self, found: FoundPort) -> Dialect:
        if self._settings.dialect != "auto":
            return dialect(self._settings.dialect)
        return recognise({question: self._conversation.answer_to(question) for question in IDENTIFY}, found.usb_id)

    def _set_up(self) -> None:
        """Everything that a reset makes a modem forget; afterwards it is on-hook and tells who rings."""
        talk, kind = self._conversation, self._dialect
        for command in (LEAVE_VOICE, *kind.setup):
            talk.command(command)
        talk.wish(f"AT+GCI={self._country.t35:02X}")
        signs = kind.hang_up_signs if self._reversal_hangs_up else kind.hang_up_signs_without_reversal
        for command in (*kind.wishes, signs):
            if command:
                talk.wish(command)
        talk.probe_chains()
        for command in (*self._settings.modem_setup, *kind.caller_id_of(self._country)):
            talk.wish(command)
        self._knows = talk.answer_to(ASK_CALLER_ID)
        self._echoes = talk.parser.echoes
        self._streams.speak_as(kind)
        self._look_at = self._clock.now() + LOOK_EVERY_S

    def _judge(self) -> None:
        """Can it answer, and what should the office know of it?"""
        self.complaint = self._what_is_wrong()
        self.answers = not isinstance(self.complaint, NotAnswering)

    def _what_is_wrong(self) -> LineFault | None:
        if not self._has_voice:
            return NotAnswering("this modem has no voice mode, so it only tells who rings")
        if self._stays_on_hook == self._found and self._clock.now() < self._rest_until:
            return NotAnswering(self._why_on_hook)
        if self._dialect.name == USR5637_OLD.name:
            advice = "Update the modem's firmware to 1.2.23 or newer: with the present one it may not go off-hook."
            return LineFault("the firmware of this US Robotics modem is too old", advice)
        return None

    def _reset_from_outside(self, reset: Reset) -> None:
        """By the reset pin of a HAT or through the USB hub; what cannot be reset is only opened again."""
        try:
            path = self._site.finder.locate(self._settings.name, self._settings.port).path
        except PortMissing:
            return
        log.warning("%s: resetting the modem at %s", self._settings.name, path)
        if reset.begin(path):
            self._pause(reset.hold_s)
            reset.end()
            self._pause(reset.ready_s)

    def _pause(self, seconds: float) -> None:
        until = self._clock.now() + seconds
        while self._clock.now() < until:
            self._waiter.wait(until)

    @property
    def _conversation(self) -> Conversation:
        if self._talk is None:
            raise LineFault(f"the modem at {self._settings.port} is not open")
        return self._talk

    @property
    def _serial(self) -> SerialPort:
        if self._port is None:
            raise LineFault(f"the modem at {self._settings.port} is not open")
        return self._port

    @property
    def _streams(self) -> Streams:
        if self._open_streams is None:
            raise LineFault(f"the modem at {self._settings.port} is not open")
        return self._open_streams

    @property
    def duplex(self) -> bool:
        """Can it hear while it speaks?"""
        return self._open_streams is not None and self._open_streams.duplex

    # ------------------------------------------------------------ waiting

    def wait(self, until: float) -> list[Signal]:
        """Let time pass up to `until`, feeding the outgoing stream; what happened comes back in order.

        Raises:
            LineFault: the port is gone, or the modem is not well.
        """
        if not self._signals:
            self._conversation.take(self._sleep(until))
        if self._rings_on:
            self._take_the_line()
        self._streams.look_after()
        self._look_after_settings()
        self._streams.feed()
        signals, self._signals = self._signals, []
        return signals

    def _sleep(self, until: float) -> bytes:
        if self._streams.now is not Stream.NONE:
            return self._streams.wait(until)
        return self._serial.wait(until if self._off_hook_at is not None else min(until, self._look_at))

    def _hear(self, event: at.Event) -> None:
        """What the modem says, but for answers to commands, becomes signals for the line."""
        match event:
            case at.Ring():
                self._ring()
            case at.CallerIdPart(caller_id):
                self._put_off_look()
                self._signals.append(CallerIdCame(caller_id))
            case at.Key(key, down):
                if down:
                    self._far_end_heard = True
                    self._signals.append(KeyPressed(key))
            case at.Audio(sound):
                self._signals.append(Sound(self._streams.heard(sound)))
            case at.Sign(sign):
                self._sign(sign)
            case at.Underrun():
                self.sound_lost += self._streams.ran_dry()
            case at.StreamEnded() | at.Result(ResultCode.OK | ResultCode.ERROR) if self._streams.now.value:
                self._streams.was_left()
            case at.Overrun() | at.Garbage() | at.RingCadence():
                log.debug("%s: %s", self._settings.name, event)

    def _ring(self) -> None:
        """Ringing; once we are off-hook it shows that we are not."""
        self._put_off_look()
        if self._off_hook_at is None:
            self._signals.append(RingBurst())
        elif not self._far_end_heard and (now := self._clock.now()) > self._off_hook_at + LATE_RING_S:
            self._rings_on = now - max(self._off_hook_at, self._late_ring_at) < RINGS_AGAIN_S
            self._late_ring_at = now

    def _sign(self, sign: LineSign) -> None:
        """A broken loop is believed at once; what tones are worth is judged by `hardware.farend`."""
        trusted, deaf = sign in self._dialect.trusts, self._streams.now is Stream.TRANSMIT
        if sign is LineSign.LOOP_BREAK and trusted:
            self._signals.append(LoopBroken())
        elif sign in OTHER_TELEPHONE and trusted:
            self._signals.append(LineInUse(OTHER_TELEPHONE[sign]))
        elif sign in TONES:
            self._signals.append(ToneReported(TONES[sign], deaf, trusted))

    # ------------------------------------------------------------ looking after it

    def _look_after_settings(self) -> None:
        """Now and then make sure that an idle modem answers and still tells who rings; set it up again if not.

        Raises:
            ModemSilent: it does not answer.
        """
        if self._off_hook_at is not None or self._clock.now() < self._look_at:
            return
        self._look_at = self._clock.now() + LOOK_EVERY_S
        self._judge()
        talk = self._conversation
        try:
            knows = talk.answer_to(ASK_CALLER_ID, LOOK_S)
        except ModemSilent:
            talk.wake_up()
            knows = ""
        if knows != self._knows or talk.parser.echoes != self._echoes:
            log.warning("%s: the modem has forgotten its settings", self._settings.name)
            self._forget_everything()
            self._set_up()

    def _put_off_look(self) -> None:
        self._look_at = max(self._look_at, self._clock.now() + LOOK_AFTER_RING_S)

    def _take_the_line(self) -> None:
        """The modem said OK and stayed on-hook (Q1): try other ways, and if none helps, do not pretend.

        Raises:
            NotAnswering: every way was tried.
        """
        self._rings_on = False
        stream = self._streams.now
        log.warning("%s: off-hook, yet it rings on", self._settings.name)
        self._streams.leave()
        if not self._conversation.answer_to(ASK_CLASS).endswith("8"):
            self._conversation.given_up = True
            raise ModemSilent(f"the modem at {self._settings.port} has restarted in the middle of a call")
        if not self._resorts:
            self._rest(RINGS_ON)
            raise NotAnswering(RINGS_ON)
        self._taken_by = self._resorts.pop(0)
        self._conversation.wish(self._taken_by)
        self._off_hook_at, self._rings_on = self._clock.now(), False
        if stream is not Stream.NONE:
            self._streams.enter(stream)

    def _rest(self, why: str) -> None:
        """This very modem shall not answer for a while, also after it was opened again."""
        self._stays_on_hook, self._why_on_hook = self._found, why
        self._rest_until = self._clock.now() + min(REST_S * 2**self._refusals, LONGEST_REST_S)
        self._refusals += 1
        self._taken_by = ""

    def _forget_call(self) -> None:
        self._off_hook_at, self._rings_on, self._far_end_heard = None, False, False

    # ------------------------------------------------------------ hook, flash, keys

    def off_hook(self) -> None:
        """Answer: voice mode, sample format and hook, in one command line if possible.

        Raises:
            ModemRefused: it does not answer; for a while it only tells who rings.
        """
        tried = {f"AT{body}" for body in self._dialect.seize} | {self._taken_by}
        self._resorts = [resort for resort in LAST_RESORTS if resort not in tried]
        try:
            self._into_voice()
            if self._taken_by:
                self._conversation.wish(self._taken_by)
        except ModemRefused:
            self._rest(REFUSES)
            raise
        self._off_hook_at = self._clock.now()

    def _into_voice(self) -> None:
        if not self._conversation.chain(self._dialect.off_hook):
            for body in self._dialect.off_hook:
                self._conversation.command(f"AT{body}")

    def settle(self, until: float) -> None:
        """Use the time while ringing is tripped for the voice parameters, which every hang-up makes a modem forget."""
        self._conversation.wish_all(self._dialect.voice_wishes)
        self._conversation.listen_until(until)

    def on_hook(self) -> None:
        """Leave the stream, hang up, and set up again what a hang-up makes the modem forget."""
        self._streams.leave()
        for command in self._dialect.on_hook:
            self._insist_on(command)
        self._signals.append(LineInUse(False))
        if not self._rings_on:
            self._refusals = 0
        self._forget_call()
        for command in self._dialect.caller_id_of(self._country):
            self._conversation.wish(command)
        self._look_at = self._clock.now() + LOOK_EVERY_S

    def flash(self, length_ms: int) -> None:
        """Press the hook by the dialect's method.

        Raises:
            LineFault: the modem was so slow with a flash timed by us that the caller has been hung up on.
        """
        self._streams.leave()
        began = self._clock.now()
        self._perform(self._dialect.flash(length_ms))
        if self._dialect.flash_method is FlashMethod.HOOK and self._taken_by:
            self._conversation.wish(self._taken_by)
        late_s = self._clock.now() - began - length_ms / 1000
        if self._dialect.flash_method is FlashMethod.HOOK and late_s > FLASH_SLACK_S:
            advice = "Use another modem for this line: it is too slow for the hook flash."
            raise LineFault("a hook flash took so long that the telephone system took it for hanging up", advice)

    def dial(self, digits: str, on_ms: int, off_ms: int) -> None:
        """Send DTMF by the dialect's method, or, where the modem refuses that, as sound."""
        steps = self._dialect.dtmf(digits, on_ms, off_ms)
        if not self._keys_as_sound:
            self._streams.leave()
            try:
                self._perform(steps)
                return
            except ModemRefused as refused:
                log.warning("%s: %s; keys are sent as sound", self._settings.name, refused.problem)
                self._keys_as_sound = True
        self._speak(np.rint(dtmf(digits, on_ms, off_ms)).astype(np.int16))

    def _speak(self, sound: Samples) -> None:
        """Say something to its end."""
        self._outgoing.say(sound)
        self.talk()
        while self._outgoing.speaking:
            self._flow(math.inf)
        spoken = self._clock.now() + self.unspoken_s()
        while self._clock.now() < spoken:
            self._flow(spoken)

    def _flow(self, until: float) -> None:
        """A moment of the stream; a dead one is noticed here, too."""
        self._conversation.take(self._sleep(until))
        self._streams.look_after()

    def _perform(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if step.presses_hook:
                self._press_hook(step)
                continue
            self._insist_on(step.command, step.lasts_s + COMMAND_S)
            if step.then_wait_s:
                self._conversation.listen_for(step.then_wait_s)

    def _press_hook(self, step: Step) -> None:
        """Open the line for as long as the step says, whether its OK comes or not."""
        try:
            self._conversation.command(step.command, step.then_wait_s + HOOK_OK_S)
        except ModemSilent:
            self._conversation.hurry_on()
        else:
            self._conversation.listen_for(step.then_wait_s)

    def _insist_on(self, command: str, seconds: float = COMMAND_S) -> None:
        """Send a command that a call depends on. If only its result got lost, it has been obeyed all the same.

        Raises:
            ModemRefused: ERROR.
            ModemSilent: the modem answers nothing else either.
        """
        try:
            self._conversation.command(command, seconds)
        except ModemSilent:
            self._conversation.command("AT", 1.0)
            log.info("%s: the result of %s got lost", self._settings.name, command)

    # ------------------------------------------------------------ streams

    def talk(self) -> None:
        """Be in a stream in which we can speak."""
        self._streams.talk()

    def listen(self) -> None:
        """Be in a stream in which we can hear."""
        self._streams.listen()

    def refresh(self) -> None:
        """Find out whether a modem that only speaks is still there."""
        self._streams.refresh()

    def flush(self) -> None:
        """Throw away what the modem has not spoken yet."""
        self._streams.flush()

    def unspoken_s(self) -> float:
        """How far the stream is ahead."""
        return self._streams.unspoken_s()
