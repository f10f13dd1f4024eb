"""A modem on the bench: what the survey measures with.

Everything is timed by the clock, in seconds. *Codes* are what the modem says after DLE, as they came, repetitions too;
*heard* is what our own ears make of the sound of the line (`appliance.signals.progress`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from appliance.clock import Clock
from appliance.faults import LineFault, ModemRefused, ModemSilent
from appliance.signals.codec import from_unsigned8, to_unsigned8
from appliance.signals.countries import Country
from appliance.signals.levels import FLOOR_DBM0, RATE_HZ, Block, dbm0
from appliance.signals.progress import ProgressReceiver
from hardware.modem import at
from hardware.modem.at import ResultCode
from hardware.modem.conversation import STOP_ALL, BytePort, Conversation
from hardware.modem.dialects import Dialect, Step
from hardware.modem.transcript import Recorder

CONNECTED = frozenset({ResultCode.CONNECT})
CONNECT_S = 5.0
QUESTION_S = 2.0
STOP_S = 1.5
"""A stop code that has no effect within this time is one that the modem does not obey."""
RESET_S = 2.5
LEAD = RATE_HZ // 5
"""Samples that a paced stream is ahead."""
CHUNK = RATE_HZ // 20
SETTLES_S = 1.0
"""After off-hook the line clicks for a moment."""
_NO_CODES = frozenset("\x10\x1a\x03\x1b")
"""What follows a DLE and is a sample, or the end of all samples."""

Moments = list[tuple[float, str]]
"""What happened, each with its seconds since the measurement began."""


@dataclass(frozen=True, slots=True)
class Listened:
    """What came while we listened: sound, codes of the modem, and what our ears made of the sound."""

    sound: Block
    codes: Moments
    heard: Moments

    @property
    def level_dbm0(self) -> float:
        """How loud it was, without its first half second."""
        return round(max(FLOOR_DBM0, dbm0(self.sound[RATE_HZ // 2 :])), 1)

    def told(self) -> dict[str, object]:
        """As values for the result file."""
        return {
            "reported_at_s": named(self.codes),
            "heard_at_s": named(self.heard),
            "received_level_dbm0": self.level_dbm0,
        }


def named(moments: Iterable[tuple[float, str]]) -> list[list[object]]:
    """Moments for the result file, to the millisecond."""
    return [[round(at_s, 3), what] for at_s, what in moments]


class Codes:
    """Finds the codes after DLE in everything that comes from a modem."""

    def __init__(self) -> None:
        self._after_dle = False

    def feed(self, data: bytes) -> list[str]:
        """The codes in these bytes; a pair may come in two pieces."""
        found = []
        for byte in data:
            if self._after_dle:
                self._after_dle = False
                if chr(byte) not in _NO_CODES:
                    found.append(chr(byte))
            else:
                self._after_dle = byte == at.DLE[0]
        return found


class Rig:
    """One modem, measured by one thread. It ends every measurement on-hook (`hang_up`)."""

    def __init__(self, port: BytePort, clock: Clock, country: Country) -> None:
        self.country = country
        self.recorder = Recorder(port, clock)
        self.path = port.path
        self.dialect: Dialect | None = None
        self.events: list[tuple[float, at.Event]] = []
        """What was said without being asked for, with its moment of the clock."""
        self.codes: list[tuple[float, str]] = []
        self._clock = clock
        self._finder = Codes()
        self.talk = Conversation(self, clock, self._hear)

    # ------------------------------------------------------------ the port, for the conversation

    def write(self, data: bytes) -> None:
        """Hand bytes to the modem."""
        self.recorder.write(data)

    def wait(self, until: float, *, for_bytes: bool = True) -> bytes:
        """Wait for bytes, at most until the clock shows `until`."""
        data = self.recorder.wait(until, for_bytes=for_bytes)
        self.codes += [(self._clock.now(), code) for code in self._finder.feed(data)]
        return data

    def _hear(self, event: at.Event) -> None:
        self.events.append((self._clock.now(), event))

    @property
    def now(self) -> float:
        """Seconds of the clock."""
        return self._clock.now()

    @property
    def kind(self) -> Dialect:
        """The dialect.

        Raises:
            LineFault: it is not known yet.
        """
        if self.dialect is None:
            raise LineFault(f"the modem at {self.path} has not been asked what it is")
        return self.dialect

    # ------------------------------------------------------------ states

    def prepare(self) -> None:
        """As the receptionist would have it: reset, set up, on-hook, caller ID on.

        Raises:
            LineFault: it does not answer.
        """
        self.recorder.sound = False
        self.talk.parser.stop_sent()
        self.talk.wake_up()
        self.reset()
        signs = (self.kind.hang_up_signs,) if self.kind.hang_up_signs else ()
        for command in (*self.kind.setup, *self.kind.wishes, *signs, *self.kind.caller_id_of(self.country)):
            self.talk.wish(command)

    def reset(self) -> None:
        """ATZ, and awake again."""
        try:
            self.talk.command("ATZ", RESET_S)
        except (ModemSilent, ModemRefused):
            self.recorder.remark("no answer to a reset")
        self.talk.wake_up()

    def answer_to(self, question: str) -> str:
        """The lines that answer it, or its bare result; nothing where it is overlooked.

        Raises:
            ModemSilent: the modem answers nothing else either.
        """
        try:
            return "\n".join(self.talk.command(question, QUESTION_S)) or "OK"
        except ModemRefused:
            return "ERROR"
        except ModemSilent:
            self.talk.command("AT", QUESTION_S)
            return ""

    def off_hook(self) -> float:
        """Take the line in voice mode; how long the command for the hook took."""
        enter, sample, *seize = self.kind.off_hook
        self.talk.command(f"AT{enter}")
        self.talk.command(f"AT{sample}")
        began = self.now
        for body in seize:
            self.talk.command(f"AT{body}")
        took_s = self.now - began
        for wish in self.kind.voice_wishes:
            self.talk.wish(wish)
        return took_s

    def hang_up(self) -> None:
        """On-hook, whatever was going on; a modem that no longer answers is left to the closing of its port."""
        self.recorder.sound = False
        try:
            self.talk.parser.stop_sent()
            self.talk.wake_up()
            for command in ("ATH", "AT+FCLASS=0"):
                self.talk.wish(command)
        except LineFault as problem:
            self.recorder.remark(f"hanging up: {problem.problem}")

    # ------------------------------------------------------------ streams

    def start(self, command: str) -> bool:
        """Open a stream; `False`: the modem refuses it."""
        try:
            self.talk.ask(command, CONNECT_S, CONNECTED)
        except ModemRefused:
            return False
        self.recorder.sound = True
        return True

    def stop(self, code: bytes, seconds: float = STOP_S) -> float | None:
        """End a stream by `code`: the seconds until the result, or `None` where the code had no effect."""
        began = self.now
        self.talk.parser.stop_sent()
        stopped = self.talk.stops_after(code, seconds)
        took_s = self.now - began
        if not stopped and not self.talk.stops_after(STOP_ALL, STOP_S):
            self.talk.parser.stream_lost()
            self.talk.wake_up()
        self.recorder.sound = False
        return took_s if stopped else None

    def listen(self, seconds: float) -> Listened:
        """Receive for so long.

        Raises:
            ModemRefused: it does not receive.
        """
        if not self.start(self.kind.receive):
            raise ModemRefused(f"the modem at {self.path} does not receive")
        began = self.now
        self.talk.listen_for(seconds)
        self.stop(self.kind.stop_receive)
        return self.since(began)

    def since(self, began: float) -> Listened:
        """All that has come since that moment of the clock."""
        sound = self.sound_since(began)
        ears, heard = ProgressReceiver(self.country), []
        for event in ears.feed(sound):
            heard.append((event.at / RATE_HZ, event.heard.value))
        return Listened(sound, self.codes_since(began), heard)

    def codes_since(self, began: float) -> Moments:
        """The modem's codes since that moment of the clock."""
        return [(moment - began, code) for moment, code in self.codes if moment >= began]

    def sound_since(self, began: float) -> Block:
        """The samples that came in since that moment."""
        pieces = [event.data for moment, event in self.events if moment >= began and isinstance(event, at.Audio)]
        return from_unsigned8(b"".join(pieces))

    def play(self, sound: Block) -> None:
        """Send samples into an open stream at their own pace, until the last one has been sent."""
        began, sent = self.now, 0
        data = to_unsigned8(sound)
        while sent < len(data):
            due = int((self.now - began) * RATE_HZ) + LEAD
            if sent < due:
                self.talk.send(at.shield(data[sent:due]))
                sent = due
            self.talk.listen_for(CHUNK / RATE_HZ)

    def perform(self, steps: Sequence[Step]) -> None:
        """A flash, or keys."""
        for step in steps:
            self.talk.command(step.command, step.lasts_s + CONNECT_S)
            if step.then_wait_s:
                self.talk.listen_for(step.then_wait_s)


def tone_level_dbm0(sound: Block, hz: float) -> float:
    """The level of one frequency in a sound, whatever else is in it."""
    wide = np.asarray(sound, dtype=np.float64)
    if not len(wide):
        return FLOOR_DBM0
    turns = 2 * np.pi * hz / RATE_HZ * np.arange(len(wide))
    wave = 2 * abs(np.mean(wide * np.exp(-1j * turns))) * np.cos(turns)
    return dbm0(wave)
