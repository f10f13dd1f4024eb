"""A voice modem as the instrument of a line.

Two ways of speaking with it alternate. *Commands* are short: a line goes out, we wait until its result is in, and
what the modem reports meanwhile (rings, caller ID) is kept in order for the line. A *stream* lasts: samples go out at
the pace of the modem's own sample clock and come in as they are heard, and no command is possible until the stream
has been left.

The outgoing stream is kept `LEAD_S` ahead of what the modem has played: enough that a busy machine never lets it run
dry, little enough that the modem's buffer takes it, and at a barge-in the modem is told to throw it away (DLE CAN).

A modem that can do `+VTR` hears while it speaks; the others change between `+VTX` and `+VRX`.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from enum import Enum

from appliance.acts import Heard
from appliance.clock import Clock, Waiter
from appliance.faults import LineFault, ModemRefused, ModemSilent
from appliance.settings import LineSettings
from appliance.signals.codec import from_unsigned8, to_unsigned8
from appliance.signals.countries import Country
from appliance.signals.levels import RATE_HZ
from hardware.instrument import CallerIdCame, KeyPressed, LoopBroken, RingBurst, Signal, Sound, ToneReported
from hardware.modem import at
from hardware.modem.at import LineSign, ResultCode
from hardware.modem.dialects import IDENTIFY, LEAVE_VOICE, LONGEST_BODY, V253, Dialect, Step, dialect, recognise
from hardware.modem.port import SerialPort
from hardware.outgoing import Outgoing

log = logging.getLogger(__name__)

COMMAND_S = 5.0
"""No command of V.250 takes longer, unless it takes time on the line."""
CONNECT_S = 3.0
STREAM_END_S = 2.5
"""The modem's buffer (up to a second) and what V.253 allows for ending a stream."""
INSIST_S = 1.0
"""A stop code that was overlooked is said again, more insistently, after this time (quirk Q3 of the Zoom 3095)."""
LEAD_S = 0.2
"""How far the outgoing stream is ahead. Voice buffers hold 0.25 s and more."""
STREAM_WAKE_S = 0.06
"""While streaming, how long we sleep at the most: a small part of the lead."""
RATE_KNOWN_S = 10.0
"""After so long the samples received tell the modem's true sample rate well enough to follow it."""
RATE_LIMITS = (0.99, 1.01)

WAKE = "ATE0V1Q0"
"""Understood in any state, and answered in words even if a former program had forbidden every answer."""
STOP_ALL = at.insist(at.END_DUPLEX) + at.insist(at.END_TRANSMIT) + at.insist(at.END_RECEIVE)
"""Ends any stream of a modem that overlooked the one code or reads it otherwise; without a stream it says nothing."""
CHAIN_PROBE, ASK_CLASS = "AT+FCLASS=8;+FCLASS=0", "AT+FCLASS?"

DONE = frozenset({ResultCode.OK, ResultCode.VCON, ResultCode.CONNECT})
"""How a command ends well. Anything else but ERROR tells of the line: it may come at any time and answers nothing."""
OPENED = frozenset({ResultCode.CONNECT})
STOPPED = DONE | {ResultCode.ERROR}
DIALLED = frozenset(code for code in ResultCode if code.final)

TONES = {
    LineSign.BUSY: Heard.BUSY,
    LineSign.DIAL_TONE: Heard.DIAL_TONE,
    LineSign.RINGBACK: Heard.RINGBACK,
    LineSign.SIT: Heard.SIT,
}


class _Stream(Enum):
    NONE = "none"
    TRANSMIT = "+VTX"
    RECEIVE = "+VRX"
    DUPLEX = "+VTR"


class Modem:
    """The instrument of a line whose modem is at `settings.port`. See `hardware.line.Instrument`."""

    def __init__(
        self, settings: LineSettings, country: Country, clock: Clock, waiter: Waiter, outgoing: Outgoing
    ) -> None:
        self._settings = settings
        self._country = country
        self._clock = clock
        self._waiter = waiter
        self._outgoing = outgoing
        self._dialect: Dialect = V253
        self.duplex = False
        self.underruns = 0
        self._port: SerialPort | None = None
        self._parser = at.Parser()
        self._signals: list[Signal] = []
        self._events: deque[at.Event] = deque(maxlen=64)
        self._stream = _Stream.NONE
        self._lost = _Stream.NONE
        self._refused: set[str] = set()
        self._takes_chains = True
        self._pace = _Pace(0.0)

    # ------------------------------------------------------------ opening and closing

    def open(self) -> None:
        """Open the port, learn what the modem is, set it up, be on-hook and armed.

        Raises:
            LineFault: there is no port, no right to it, no answer, or no voice mode.
        """
        self._port = SerialPort(self._settings.port, self._clock, self._waiter)
        self._parser = at.Parser()
        self._stream = _Stream.NONE
        self._wake_up()
        self._wish("ATZ")  # answered as the stored profile says, which may be not at all
        chosen = self._settings.dialect
        self._dialect = self._identify() if chosen == "auto" else dialect(chosen)
        self.duplex = self._dialect.duplex
        self._refused.clear()
        for command in self._dialect.setup:
            self._command(command)
        self._wish(f"AT+GCI={self._country.t35:02X}")
        for command in self._dialect.wishes:
            self._wish(command)
        self._takes_chains = self._obeys_chains()
        for command in self._dialect.caller_id:
            self._wish(command)
        log.info("%s: %s at %s", self._settings.name, self._dialect.name, self._settings.port)

    def close(self) -> None:
        """Hang up if the modem still listens, and release the port."""
        if self._port is None:
            return
        try:
            self._leave_stream()
            self._command("ATH", 1.0)
        except LineFault as problem:
            log.info("%s: released without its answer: %s", self._settings.name, problem.problem)
        finally:
            self._stream = _Stream.NONE
            self._port.close()
            self._port = None

    def _wake_up(self) -> None:
        """End whatever a former program left the modem in, and wait for an answer."""
        for attempt in range(3):
            if attempt:
                self._send(STOP_ALL + b"\r")
                self._listen_for(0.5)
            try:
                self._command(WAKE, 1.0)
                return
            except ModemRefused:
                return
            except ModemSilent:
                self._parser = at.Parser()
        raise ModemSilent(f"the modem at {self._settings.port} does not answer")

    def _obeys_chains(self) -> bool:
        """Does the modem obey a whole line of commands? Some refuse it, some obey only its beginning and say OK."""
        obeyed = self._wish(CHAIN_PROBE)
        if obeyed:
            try:
                obeyed = not any(answer.endswith("8") for answer in self._command(ASK_CLASS))
            except ModemRefused:
                log.debug("%s: does not tell its class", self._settings.name)
        if not obeyed:
            self._wish(LEAVE_VOICE)
        return obeyed

    def _identify(self) -> Dialect:
        self._command(WAKE)
        answers = {}
        for question in IDENTIFY:
            try:
                answers[question] = "\n".join(self._command(question)) or "OK"
            except ModemRefused:
                answers[question] = "ERROR"
        return recognise(answers)

    # ------------------------------------------------------------ waiting

    def wait(self, until: float) -> list[Signal]:
        """Let time pass up to `until`, feeding the outgoing stream; what happened comes back in order.

        Raises:
            LineFault: the port is gone.
        """
        if not self._signals:
            self._take(self._sleep(until))
        self._reopen()
        self._feed()
        signals, self._signals = self._signals, []
        return signals

    def _sleep(self, until: float) -> bytes:
        port = self._need_port()
        if self._stream is _Stream.NONE:
            return port.wait(until)
        self._feed()
        return port.wait(min(until, self._clock.now() + STREAM_WAKE_S), for_bytes=False)

    def _listen_for(self, seconds: float) -> None:
        """Take in what comes for so long, whatever it is."""
        until = self._clock.now() + seconds
        while self._clock.now() < until:
            self._take(self._need_port().wait(until))

    def _take(self, data: bytes) -> None:
        """Understand bytes: results wait for the command they belong to, the rest becomes signals for the line."""
        for event in self._parser.feed(data, self._clock.now()):
            match event:
                case at.Ring():
                    self._signals.append(RingBurst())
                case at.CallerIdPart(caller_id):
                    self._signals.append(CallerIdCame(caller_id))
                case at.Key(key, down):
                    if down:
                        self._signals.append(KeyPressed(key))
                case at.Audio(samples):
                    self._pace.heard(len(samples))
                    self._signals.append(Sound(from_unsigned8(samples)))
                case at.Sign(sign):
                    self._sign(sign)
                case at.Underrun():
                    self.underruns += 1
                    self._pace.restart(self._clock.now())
                case at.StreamEnded() | at.Result(ResultCode.OK | ResultCode.ERROR) if self._stream is not _Stream.NONE:
                    self._lost, self._stream = self._stream, _Stream.NONE
                case at.Overrun() | at.Garbage() | at.RingCadence():
                    log.debug("%s: %s", self._settings.name, event)
                case _:
                    self._events.append(event)

    def _sign(self, sign: LineSign) -> None:
        """A broken loop is believed; a tone is where the dialect trusts the modem, or where we can hear it, too."""
        trusted, deaf = sign in self._dialect.trusts, self._stream is _Stream.TRANSMIT
        if sign is LineSign.LOOP_BREAK and trusted:
            self._signals.append(LoopBroken())
        elif sign in TONES and (trusted or not deaf):
            self._signals.append(ToneReported(TONES[sign], deaf))

    def _reopen(self) -> None:
        """The modem has left the stream by itself (its +VIT timer, a reset): open it again, so that nobody waits in
        silence.
        """
        lost, self._lost = self._lost, _Stream.NONE
        if lost is not _Stream.NONE and self._stream is _Stream.NONE:
            log.warning("%s: the modem left its stream by itself", self._settings.name)
            self._listen_for(0.1)
            self._start(lost)

    # ------------------------------------------------------------ commands

    def _command(self, command: str, seconds: float = COMMAND_S) -> list[str]:
        """Send one command line and wait for its result; the lines of information before it.

        Raises:
            ModemRefused: ERROR.
            ModemSilent: no result within `seconds`.
            LineFault: the port is gone.
        """
        return self._ask(command, seconds, DIALLED if command.startswith("ATD") else DONE)

    def _ask(self, command: str, seconds: float, ends: frozenset[ResultCode]) -> list[str]:
        self._events.clear()
        self._parser.command_sent(command)
        self._send(command.encode("ascii") + b"\r")
        information: list[str] = []
        deadline = self._clock.now() + seconds
        while True:
            while self._events:
                match self._events.popleft():
                    case at.Result(ResultCode.ERROR):
                        raise ModemRefused(f"the modem at {self._settings.port} refused {command}")
                    case at.Result(code) if code in ends:
                        return information
                    case at.Information(text):
                        information.append(text)
            if self._clock.now() >= deadline:
                raise ModemSilent(f"the modem at {self._settings.port} gave no answer to {command}")
            self._take(self._need_port().wait(deadline))

    def _wish(self, command: str) -> bool:
        """Send a command whose refusal is normal; one that was refused, or only overlooked, is not sent again.

        Raises:
            ModemSilent: it answers nothing else either.
        """
        if command in self._refused:
            return False
        try:
            self._command(command)
            return True
        except ModemRefused:
            self._refused.add(command)
        except ModemSilent:
            self._refused.add(command)
            self._command("AT", 1.0)
        return False

    def _chain(self, bodies: Sequence[str]) -> bool:
        """Try several commands in one line, which saves their latencies; `False` where the modem will not have that."""
        line = ";".join(bodies)
        return self._takes_chains and len(line) <= LONGEST_BODY and self._wish(f"AT{line}")

    def _send(self, data: bytes) -> None:
        self._need_port().write(data)

    def _need_port(self) -> SerialPort:
        if self._port is None:
            raise LineFault(f"the modem at {self._settings.port} is not open")
        return self._port

    # ------------------------------------------------------------ hook, flash, keys

    def off_hook(self) -> None:
        """Answer: voice mode, sample format and hook, in one command line if possible."""
        if not self._chain(self._dialect.off_hook):
            for body in self._dialect.off_hook:
                self._command(f"AT{body}")

    def settle(self, until: float) -> None:
        """Use the time while ringing is tripped for the voice parameters, which every hang-up makes a modem forget."""
        wishes = [wish for wish in self._dialect.voice_wishes if wish not in self._refused]
        if wishes and not self._chain([wish.removeprefix("AT") for wish in wishes]):
            for wish in wishes:
                self._wish(wish)
        while self._clock.now() < until:
            self._take(self._need_port().wait(until))

    def on_hook(self) -> None:
        """Leave the stream, hang up, and set up again what a hang-up makes the modem forget."""
        self._leave_stream()
        for command in self._dialect.on_hook:
            self._command(command)
        for command in self._dialect.caller_id:
            self._wish(command)

    def flash(self, length_ms: int) -> None:
        """Press the hook by the dialect's method."""
        self._leave_stream()
        self._perform(self._dialect.flash(length_ms))

    def dial(self, digits: str, on_ms: int, off_ms: int) -> None:
        """Send DTMF by the dialect's method."""
        self._leave_stream()
        self._perform(self._dialect.dtmf(digits, on_ms, off_ms))

    def _perform(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            self._command(step.command, step.lasts_s + COMMAND_S)
            if step.then_wait_s:
                self._listen_for(step.then_wait_s)

    # ------------------------------------------------------------ streams

    def talk(self) -> None:
        """Be in a stream in which we can speak."""
        if self._stream not in (_Stream.DUPLEX, _Stream.TRANSMIT):
            self._enter(_Stream.TRANSMIT)

    def listen(self) -> None:
        """Be in a stream in which we can hear."""
        if self._stream not in (_Stream.DUPLEX, _Stream.RECEIVE):
            self._enter(_Stream.RECEIVE)

    def _enter(self, wanted: _Stream) -> None:
        self._leave_stream()
        self._lost = _Stream.NONE
        if self.duplex:
            try:
                self._start(_Stream.DUPLEX)
                return
            except ModemRefused:
                log.info("%s: this modem cannot hear while it speaks", self._settings.name)
                self.duplex = False
        self._start(wanted)

    def _start(self, stream: _Stream) -> None:
        self._ask(self._dialect.receive if stream is _Stream.RECEIVE else f"AT{stream.value}", CONNECT_S, OPENED)
        self._stream = stream
        self._pace = _Pace(self._clock.now())
        self._feed()

    def _leave_stream(self) -> None:
        """Stop the stream, throwing away what has not been spoken, and wait until the modem takes commands again.

        Raises:
            ModemSilent: it ignores every stop code.
        """
        stop = {
            _Stream.TRANSMIT: self._dialect.flush + self._dialect.stop_transmit,
            _Stream.RECEIVE: self._dialect.stop_receive,
            _Stream.DUPLEX: self._dialect.flush + self._dialect.stop_duplex,
        }.get(self._stream)
        if stop is None:
            return
        port = self._need_port()
        port.forget_unsent()
        self._stream = _Stream.NONE
        self._events.clear()
        self._parser.stop_sent()
        if self._stops_after(stop, INSIST_S) or self._stops_after(STOP_ALL, INSIST_S):
            return
        self._parser.stream_lost()  # perhaps it was only its answer that got lost
        if not self._stops_after(b"\rAT\r", STREAM_END_S):
            raise ModemSilent(f"the modem at {self._settings.port} does not end its stream")

    def _stops_after(self, words: bytes, seconds: float) -> bool:
        """Say `words`; does a result come within so many seconds?"""
        self._send(words)
        deadline = self._clock.now() + seconds
        while self._clock.now() < deadline:
            if any(isinstance(event, at.Result) and event.code in STOPPED for event in self._events):
                self._events.clear()
                return True
            self._take(self._need_port().wait(deadline))
        return False

    def flush(self) -> None:
        """Throw away what the modem has not spoken yet."""
        if self._stream in (_Stream.DUPLEX, _Stream.TRANSMIT):
            port = self._need_port()
            port.forget_unsent()
            self._send(self._dialect.flush)
            self._pace.flushed(self._clock.now())

    def unspoken_s(self) -> float:
        """How far the stream is ahead."""
        return self._pace.ahead(self._clock.now()) / RATE_HZ

    def _feed(self) -> None:
        """Hand over as many samples as are missing to the lead; none while the port still pushes back."""
        if self._stream in (_Stream.DUPLEX, _Stream.TRANSMIT) and not self._need_port().unsent:
            missing = self._pace.missing(self._clock.now())
            if missing > 0:
                self._send(at.shield(to_unsigned8(self._outgoing.pull(missing))))


class _Pace:
    """How many samples the modem has played by now, and so how many it needs.

    Its sample clock differs a little from ours. In a duplex stream the samples that come in are counted by that same
    clock, so after a while they tell its rate.
    """

    def __init__(self, now: float) -> None:
        self._began = now
        self._sent = 0
        self._heard = 0

    def heard(self, count: int) -> None:
        """Samples came in."""
        self._heard += count

    def restart(self, now: float) -> None:
        """The modem ran dry: begin to count anew."""
        self._began, self._sent, self._heard = now, 0, 0

    def flushed(self, now: float) -> None:
        """The modem has thrown away what it had."""
        self._sent = min(self._sent, self._played(now))

    def ahead(self, now: float) -> int:
        """Samples sent and not played yet."""
        return max(0, self._sent - self._played(now))

    def missing(self, now: float) -> int:
        """Samples to send now; they count as sent."""
        played = self._played(now)
        if played > self._sent:
            self.restart(now)
            played = 0
        missing = played + round(LEAD_S * RATE_HZ) - self._sent
        self._sent += max(0, missing)
        return missing

    def _played(self, now: float) -> int:
        passed_s = now - self._began
        rate = float(RATE_HZ)
        if self._heard and passed_s > RATE_KNOWN_S:
            low, high = RATE_LIMITS
            rate *= min(max(self._heard / passed_s / RATE_HZ, low), high)
        return int(passed_s * rate)
