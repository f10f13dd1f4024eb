"""The processor of an emulated modem: command state, voice streams and reports, one small thing after another.

It is a state machine without a thread. Its agenda gives it the time and calls it back; a command that takes its time is
a generator which yields the moments at which it wants to go on. What each command does stands in `modemcommands`.

    command state --+VTX--> TRANSMIT --DLE ETX, when all is played--> command state
                  --+VRX--> RECEIVE  --DLE ! or DLE ESC-->            command state
                  --+VTR--> DUPLEX   --DLE ^-->                       command state
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from enum import Enum

import numpy as np

from appliance.clock import VirtualClock
from appliance.signals.countries import Country
from hardware.simulated.atinterpreter import LineEditor
from hardware.simulated.loop import BLOCK, BLOCK_S, Loop, Samples
from hardware.simulated.modemcommands import Commands, KeyPressed
from hardware.simulated.modemears import Ears
from hardware.simulated.modemfaults import Faults
from hardware.simulated.modemline import LineSide
from hardware.simulated.modemrecord import ModemRecord
from hardware.simulated.modemreports import Reports
from hardware.simulated.modemsettings import DATA_CLASS, VOICE_CLASS, Settings
from hardware.simulated.modemstreams import ETX, Playback, Shielded, recorded
from hardware.simulated.profiles import Kept, Profile

RESULT_AFTER_STREAM_S = 0.005


class Stream(Enum):
    """Which voice stream runs, by the code that ends it."""

    NONE = ""
    TRANSMIT = chr(ETX)
    RECEIVE = "!\x1b"
    DUPLEX = "^"

    @property
    def plays(self) -> bool:
        return self in (Stream.TRANSMIT, Stream.DUPLEX)

    @property
    def records(self) -> bool:
        return self in (Stream.RECEIVE, Stream.DUPLEX)


STREAMS = {"+VTX": Stream.TRANSMIT, "+VRX": Stream.RECEIVE, "+VTR": Stream.DUPLEX}


class Firmware:
    """One modem without its port: `take` the host's bytes, `send` gets the answers."""

    def __init__(
        self,
        profile: Profile,
        loop: Loop,
        country: Country,
        agenda: VirtualClock,
        *,
        send: Callable[[bytes], None],
        record: ModemRecord,
        faults: Faults,
        seed: int,
    ) -> None:
        self.profile = profile
        self.faults = faults
        self.record = record
        self.agenda = agenda
        self.line = LineSide(profile, loop, record)
        self.settings = Settings(profile)
        self.stream = Stream.NONE
        self.ears = Ears(country)
        self.reports = Reports(self, country)
        self.rng = random.Random(seed)
        self.send = send
        self._commands = Commands(self)
        self._editor = LineEditor(profile.line_limit)
        self._work: Generator[float, None, str] | None = None
        self._line = ""
        self._shielded = Shielded()
        self._playback = Playback(0, next(iter(profile.samples.values())))
        self._ending = False
        self._host_spoke_at = 0.0
        self._lost_oks = faults.lost_oks

    @property
    def now(self) -> float:
        return self.agenda.now()

    @property
    def in_voice(self) -> bool:
        """Whether `+FCLASS=8` rules."""
        return self.settings.service_class == VOICE_CLASS

    # ---------------------------------------------------------------- from the host

    def take(self, pending: bytearray) -> None:
        """Use up what can be used of the host's bytes; the rest stays in `pending`."""
        while pending and not self._ending:
            if self.stream is not Stream.NONE:
                used = self._take_stream(pending)
            elif self._work is None:
                used = self._take_keys(pending)
            elif self._commands.waiting and self._abort(pending):
                used = 1
            else:
                return  # typed ahead: it is read when the command is done
            if not used:
                return
            del pending[:used]
            self._host_spoke_at = self.now

    def _abort(self, pending: bytearray) -> bool:
        """Any key but the ends of lines breaks off a waiting command, and is used up by that."""
        if pending[0] in b"\r\n" or self._work is None:
            return pending[0] in b"\r\n"
        self._go_on(self._work, KeyPressed())
        return True

    def _take_keys(self, pending: bytearray) -> int:
        """Command state: up to the end of a line. Returns the bytes used."""
        enter, backspace = self.settings.registers[3], self.settings.registers[5]
        for used, key in enumerate(pending, 1):
            complete, line = self._editor.type(key, enter, backspace)
            if complete:
                self._echo(pending[:used])
                self._obey(line)
                return used
        self._echo(pending)
        return len(pending)

    def _echo(self, keys: bytearray) -> None:
        if self.settings.basic["E"]:
            self.send(bytes(keys))

    def _take_stream(self, pending: bytearray) -> int:
        """Voice state: up to the next code, or until the transmit buffer is full. Returns the bytes used."""
        room = self._playback.room if self.stream.plays else len(pending)
        samples, code, used = self._shielded.take(pending, room)
        if self.stream.plays:
            self._playback.add(samples)
        if code:
            self._stream_code(code)
        return used

    def _stream_code(self, code: str) -> None:
        if code in self.stream.value:
            if not self.faults.stuck_stream:
                self._stop_stream()
        elif code == "\x18":
            self._playback.flush()
        elif code in "pr":
            self._playback.paused = code == "p"
        elif code in "ud":
            self._playback.volume(+1 if code == "u" else -1)
        # DLE NUL and all others do nothing but show that the host lives.

    # ---------------------------------------------------------------- commands

    def _obey(self, line: str | None) -> None:
        """Begin a command line."""
        self._line = "" if line is None else line
        self.record.commands.append((self.now, "(too long)" if line is None else line))
        if _contains(self._line, self.faults.ring_between):
            self.say("RING")
        self._work = self._commands.obey(line)
        self._go_on(self._work)

    def _go_on(self, work: Generator[float, None, str], key: KeyPressed | None = None) -> None:
        """Let the command do its next step, unless it has been given up meanwhile."""
        if work is not self._work:
            return
        try:
            moment = next(work) if key is None else work.throw(key)
        except StopIteration as end:
            self._work = None
            self._finish(end.value)
        else:
            self.agenda.at(moment, lambda: self._go_on(work))

    def _finish(self, result: str) -> None:
        """Say how a command line ended, or fail to."""
        if _contains(self._line, self.faults.lost_ok) and self._lost_oks:
            self._lost_oks -= 1
        elif _contains(self._line, self.faults.late_ok):
            self.agenda.at(self.now + self.faults.late_ok_s, lambda: self.say(result))
        elif result:
            self.say(result)

    def say(self, result: str) -> None:
        """A result code or unsolicited line, unless `Q1` forbids it."""
        self.record.lines.append((self.now, result))
        if not self.settings.basic["Q"]:
            self.send(self.settings.wording.result(result))

    def inform(self, texts: tuple[str, ...]) -> None:
        """The answer to a question, also under `Q1`."""
        if texts:
            self.send(self.settings.wording.lines(texts))

    def event(self, code: bytes) -> None:
        """A code to the host, shielded by DLE."""
        self.record.events.append((self.now, code.decode("latin-1")))
        self.send(b"\x10" + code)

    # ---------------------------------------------------------------- voice streams

    def start_stream(self, command: str) -> None:
        """Enter the voice state of `+VTX`, `+VRX` or `+VTR`; the command answers CONNECT."""
        self.stream = stream = STREAMS[command]
        self._shielded = Shielded()
        self._playback = Playback(self.profile.tx_buffer_bytes, self.settings.sample)
        self.ears.expect_voice(self.settings["+VSD"], self.settings.number("+VSD", 1) * 0.1)
        self._host_spoke_at = self.now
        self._watch_host(stream)
        self.agenda.at(self.now + BLOCK_S, lambda: self._run_on_hook(stream))  # CONNECT comes before any sound

    def _run_on_hook(self, stream: Stream) -> None:
        """A line that is on-hook asks for no sound, yet the stream flows: the modem's own clock drives it."""
        if self.stream is stream is not Stream.NONE:
            if not self.line.off_hook:
                self.speak()
                self.hear(np.zeros(BLOCK))
            self.agenda.at(self.now + BLOCK_S, lambda: self._run_on_hook(stream))

    def _watch_host(self, stream: Stream) -> None:
        """`+VIT`: a host that is silent for so long has lost interest."""
        limit_s = self.settings["+VIT"]
        if self.stream is not stream or stream is Stream.NONE or not limit_s:
            return
        if self.now >= self._host_spoke_at + limit_s:
            self._end_stream(with_etx=True)
        else:
            self.agenda.at(self._host_spoke_at + limit_s, lambda: self._watch_host(stream))

    def _stop_stream(self) -> None:
        """The host wants to end: at once, or when all is played."""
        if self.stream.records:
            self._end_stream(with_etx=True)
        elif len(self._playback):
            self._playback.draining = True
            self._ending = True
        else:
            self._end_stream(with_etx=False)

    def _end_stream(self, with_etx: bool) -> None:
        """Back to command state."""
        self.stream = Stream.NONE
        if with_etx:
            self.send(bytes((0x10, ETX)))
        self._ending = True
        self._line = ""
        self._work = self._last_word()
        self._go_on(self._work)

    def _last_word(self) -> Generator[float, None, str]:
        yield self.now + RESULT_AFTER_STREAM_S
        self._ending = False
        return "OK"

    # ---------------------------------------------------------------- the line

    def hear(self, block: Samples) -> None:
        """20 ms from the far end."""
        to_record, to_detect = self.line.hear(block)
        if self.stream.records:
            self.send(recorded(to_record, self.settings.sample))
        if not self.line.off_hook:
            self.reports.on_hook_sound(block)
        elif self.in_voice or self._commands.listening:
            self.reports.heard(self.ears.listen(to_detect, recording=self.stream.records))

    def speak(self) -> Samples:
        """20 ms for the far end."""
        voice = None
        if self.stream.plays:
            voice, ran_dry = self._playback.next_block()
            if ran_dry:
                self.record.underruns.append(self.now)
                self.reports.event("u")
            if self._playback.draining and not len(self._playback):
                self._end_stream(with_etx=False)
        return self.line.speak(voice, self.now)

    def seize(self) -> None:
        """Go off-hook, and begin to listen."""
        if not self.line.off_hook:
            self.deafen()
        self.line.seize(self.now)

    def release(self) -> None:
        """Go on-hook; the state of the firmware stays."""
        self.deafen()
        self.line.release(self.now)

    def deafen(self) -> None:
        """Forget what was heard: something else begins now."""
        self.ears.forget()
        self.reports.forget()

    def answer_by_itself(self) -> None:
        """S0 rings have come: as ATA, but in voice mode nothing happens (Intel 536EX)."""
        if self._work is None and not self.in_voice:
            self._line = "A"
            self._work = self._commands.obey("A")
            self._go_on(self._work)

    # ---------------------------------------------------------------- leaving

    def hang_up(self, relay: bool = True) -> None:
        """On-hook, out of voice mode; everything that belonged to the call is forgotten."""
        if relay:
            self.release()
        self.stream = Stream.NONE
        self._ending = False
        self.settings.service_class = DATA_CLASS
        self.settings.forget(Kept.VOICE)

    def drop_dtr(self) -> None:
        """The host has closed the port: by `&D2` hang up, by `&D3` start anew."""
        self._give_up()
        if self.settings.basic["&D"] >= 2:
            self.hang_up()
        if self.settings.basic["&D"] == 3:
            self.settings.recall()
            self.settings.forget(Kept.SESSION)

    def restart(self) -> None:
        """As after a loss of power: the stored settings are gone too, and nothing is said."""
        self._give_up()
        self.hang_up()
        self.settings.to_factory()
        self.settings.store()
        self.settings.forget(Kept.STORED)

    def _give_up(self) -> None:
        """Drop the command under way and the line half typed."""
        if self._work is not None:
            self._work.close()
            self._work = None
        self._editor.clear()


def _contains(line: str, command: str) -> bool:
    """Whether one of the line's commands begins so; no command (`""`) is in no line."""
    return bool(command) and f";{command}" in f";{line}"
