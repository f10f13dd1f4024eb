"""A modem's voice streams: opened, kept flowing, watched, and left again.

A stream lasts: samples go out at the pace of the modem's own sample clock (`pace`) and come in as they are heard, and
no command is possible until it has been left. A modem that can do `+VTR` hears while it speaks; the others change
between `+VTX` and `+VRX`.

A stream can die in many ways, and most of them are silent. What is noticed here: the modem leaves it by itself; sound
stops coming; our sound is no longer taken; what we send comes back byte for byte, because the modem has restarted and
takes it for commands; the code that ends it is overlooked (quirks Q3 and Q14).
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from enum import Enum

import numpy as np

from appliance.clock import Clock
from appliance.faults import ModemRefused, ModemSilent
from appliance.settings import LineSettings
from appliance.signals.codec import from_unsigned8, to_unsigned8
from appliance.signals.levels import RATE_HZ
from hardware.instrument import Samples
from hardware.modem import at
from hardware.modem.at import ResultCode
from hardware.modem.conversation import STOP_ALL, Conversation
from hardware.modem.dialects import Dialect
from hardware.modem.pace import Pace
from hardware.modem.port import SerialPort
from hardware.outgoing import Outgoing

log = logging.getLogger(__name__)

CONNECT_S = 5.0
STOP_S, STOP_ALL_S, LAST_WORD_S = 0.8, 0.8, 1.2
"""How long to wait for the end of a stream after the stop code, after all of them, and after AT."""
WAKE_S = 0.06
"""While streaming, how long we sleep at the most: a small part of the lead."""
MOST_BACKLOG = RATE_HZ // 4
"""Bytes in the kernel's queue beyond which no more are handed over: they would be heard late."""
SOUND_GONE_S = 1.5
"""A stream that brings sound and then none for so long is dead."""
STALLED_S = 3.0
"""A modem that takes none of our sound for so long is dead."""
PROVE_EVERY_S = 15.0
"""A modem that only speaks says nothing by itself: so often its stream is ended and begun again, to see whether it is
still there."""
EMPTIED_S = 0.5
"""A modem that was told to forget what it had may report for so long that it has run dry."""
MARK_BYTES, MARK_VALUES = 64, 8
"""So many bytes that come back just as they were sent are no sound of a line. For this even silence is sent as a
pattern, of the two values between which it lies."""
MIDDLE = b"\x7f\x80"
OPENED = frozenset({ResultCode.CONNECT})


class Stream(Enum):
    """What flows, by the command that opens it."""

    NONE = ""
    TRANSMIT = "+VTX"
    RECEIVE = "+VRX"
    DUPLEX = "+VTR"

    @property
    def speaks(self) -> bool:
        """Does our sound go out?"""
        return self in (Stream.TRANSMIT, Stream.DUPLEX)

    @property
    def hears(self) -> bool:
        """Does the line's sound come in?"""
        return self in (Stream.RECEIVE, Stream.DUPLEX)


class Streams:
    """The streams of one open modem; `into_voice` leads one back that has dropped out of voice mode."""

    def __init__(
        self,
        talk: Conversation,
        port: SerialPort,
        clock: Clock,
        outgoing: Outgoing,
        settings: LineSettings,
        into_voice: Callable[[], None],
    ) -> None:
        self.duplex = False
        self.now = Stream.NONE
        self._kind: Dialect | None = None
        self._talk = talk
        self._port = port
        self._clock = clock
        self._outgoing = outgoing
        self._settings = settings
        self._into_voice = into_voice
        self._lost = Stream.NONE
        self._insists = False
        self._pace = Pace(0.0)
        self._heard_at = self._taken_at = self._proved_at = 0.0
        self._flushed_at = -EMPTIED_S
        self._random = random.Random(settings.name)
        self._mark = self._came = b""
        self._echoes = 0

    def speak_as(self, kind: Dialect) -> None:
        """The modem is known and set up: it wants to be spoken to in this way."""
        if kind is not self._kind:
            self._kind, self.duplex = kind, kind.duplex
        self._echoes = self._talk.parser.echoes

    @property
    def _dialect(self) -> Dialect:
        assert self._kind is not None, "no stream before the modem is set up"
        return self._kind

    # ------------------------------------------------------------ changing

    def talk(self) -> None:
        """Be in a stream in which we can speak."""
        if not self.now.speaks:
            self.enter(Stream.TRANSMIT)

    def listen(self) -> None:
        """Be in a stream in which we can hear."""
        if not self.now.hears:
            self.enter(Stream.RECEIVE)

    def refresh(self) -> None:
        """Find out whether a modem that only speaks is still there: a pause of some hundredths of a second."""
        if self.now is Stream.TRANSMIT and self._clock.now() > self._proved_at + PROVE_EVERY_S:
            self.enter(Stream.TRANSMIT)

    def enter(self, wanted: Stream) -> None:
        """Change to the stream `wanted`, or to a duplex one.

        Raises:
            ModemSilent: the modem does not answer, or it has restarted.
        """
        self.leave()
        self._lost = Stream.NONE
        if self._starts(Stream.DUPLEX if self.duplex else wanted):
            return
        if self.duplex and wanted is not Stream.DUPLEX and self._starts(wanted):
            log.info("%s: this modem cannot hear while it speaks", self._settings.name)
            self.duplex = False
            return
        if self._talk.parser.echoes != self._echoes:
            raise self._dead("has restarted in the middle of a call")
        log.warning("%s: the modem has left voice mode", self._settings.name)
        self._into_voice()
        self._start(Stream.DUPLEX if self.duplex else wanted)

    def _starts(self, stream: Stream) -> bool:
        try:
            self._start(stream)
        except ModemRefused:
            return False
        return True

    def _start(self, stream: Stream) -> None:
        command = self._dialect.receive if stream is Stream.RECEIVE else f"AT{stream.value}"
        try:
            self._talk.ask(command, CONNECT_S, OPENED)
        except ModemSilent:  # perhaps only its CONNECT got lost
            self.now = stream
            self.leave()
            self._talk.ask(command, CONNECT_S, OPENED)
        self.now = stream
        self._pace = Pace(self._clock.now())
        self._heard_at = self._taken_at = self._proved_at = self._clock.now()
        self._mark = self._came = b""
        self.feed()

    def leave(self) -> None:
        """Stop the stream, throwing away what has not been spoken, and wait until the modem takes commands again.

        Raises:
            ModemSilent: it ignores every stop code.
        """
        kind, left, self.now = self._kind, self.now, Stream.NONE
        if left is Stream.NONE or kind is None:
            return
        stop = {Stream.TRANSMIT: kind.stop_transmit, Stream.RECEIVE: kind.stop_receive, Stream.DUPLEX: kind.stop_duplex}
        self._port.forget_unsent()
        self._talk.parser.stop_sent()
        words = (self._insistent(kind.flush) if left.speaks else b"") + self._insistent(stop[left])
        if self._talk.stops_after(words, STOP_S):
            return
        if self._talk.stops_after(STOP_ALL, STOP_ALL_S):
            self._insists = True  # it overlooks a single DLE: from now on it is spoken to like that at once
            return
        self._talk.parser.stream_lost()  # perhaps it was only its answer that got lost
        if not self._talk.stops_after(b"\rAT\r", LAST_WORD_S):
            raise self._dead("does not end its stream")

    def _insistent(self, code: bytes) -> bytes:
        return at.insist(code) if self._insists else code

    # ------------------------------------------------------------ sound out

    def flush(self) -> None:
        """Throw away what the modem has not spoken yet."""
        if self.now.speaks:
            self._port.forget_unsent()
            self._port.write(self._insistent(self._dialect.flush))
            self._flushed_at = self._clock.now()
            self._pace.flushed(self._flushed_at)

    def unspoken_s(self) -> float:
        """How far the stream is ahead."""
        return self._pace.ahead(self._clock.now()) / RATE_HZ

    def feed(self) -> None:
        """Hand over as many samples as are missing to the lead; none while the port still pushes back."""
        if not self.now.speaks or self._port.unsent or self._port.backlog > MOST_BACKLOG:
            return
        self._taken_at = self._clock.now()
        missing = self._pace.missing(self._taken_at)
        if missing > 0:
            self._hand_over(louder(self._outgoing.pull(missing), self._settings.speak_db))

    def _hand_over(self, samples: Samples) -> None:
        silent = not samples.any()
        sound = bytes(self._random.choices(MIDDLE, k=len(samples))) if silent else to_unsigned8(samples)
        mark = sound[:MARK_BYTES]
        if len(mark) == MARK_BYTES and (silent or len(set(mark)) >= MARK_VALUES):
            self._mark = at.shield(mark)
        self._port.write(at.shield(sound))

    def ran_dry(self) -> bool:
        """The modem says that it had nothing left to play; `False` where that is because we have just emptied it."""
        if self._clock.now() < self._flushed_at + EMPTIED_S:
            return False
        self._pace.restart(self._clock.now())
        return True

    # ------------------------------------------------------------ sound in, and signs of life

    def wait(self, until: float) -> bytes:
        """Sleep, but not for long, and keep the stream fed; what has arrived."""
        self.feed()
        data = self._port.wait(min(until, self._clock.now() + WAKE_S), for_bytes=False)
        if data:
            self._proved_at = self._clock.now()
        self._came = (self._came + data)[-2 * MARK_BYTES - len(data) :]
        return data

    def heard(self, sound: bytes) -> Samples:
        """Samples came in: int16 at 8 kHz."""
        self._heard_at = self._clock.now()
        self._pace.heard(len(sound))
        return louder(from_unsigned8(sound), self._settings.listen_db)

    def was_left(self) -> None:
        """The modem says that the stream is over, and nobody has asked it to end."""
        self._lost, self.now = self.now, Stream.NONE

    def look_after(self) -> None:
        """Open a stream again that the modem left, so that nobody waits in silence; notice one that is dead.

        Raises:
            ModemSilent: it is.
        """
        lost, self._lost = self._lost, Stream.NONE
        if lost is not Stream.NONE and self.now is Stream.NONE:
            log.warning("%s: the modem left its stream by itself", self._settings.name)
            self._talk.listen_for(0.1)
            self.enter(lost)
        now = self._clock.now()
        deaf = self.now.hears and now > self._heard_at + SOUND_GONE_S
        dumb = self.now.speaks and now > self._taken_at + STALLED_S
        parrots = bool(self._mark) and self._mark in self._came
        if deaf or dumb or parrots:
            raise self._dead("has lost its voice in the middle of a call")

    def _dead(self, what: str) -> ModemSilent:
        self._talk.given_up = True
        return ModemSilent(f"the modem at {self._settings.port} {what}")


def louder(samples: Samples, gain_db: float) -> Samples:
    """Change the level in software: few modems let us change theirs, and each counts it differently (Q8, Q9)."""
    if not gain_db:
        return samples
    changed: Samples = np.clip(samples * 10 ** (gain_db / 20), -32768, 32767).astype(np.int16)
    return changed
