"""The processor of an emulated modem: command state, voice streams and reports, one small thing after another.

It is a state machine without a thread. Its agenda gives it the time and calls it back; a command that takes its time is
a generator which yields the moments at which it wants to go on. What each command does stands in `modemcommands`.

    command state --+VTX--> TRANSMIT --DLE ETX, when all is played--> command state
                  --+VRX--> RECEIVE  --DLE ! or DLE ESC-->            command state
                  --+VTR--> DUPLEX   --DLE ^-->                       command state
"""

from __future__ import annotations

import math
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
from hardware.simulated.modemprofile import Kept, Profile
from hardware.simulated.modemrecord import ModemRecord
from hardware.simulated.modemreports import Reports
from hardware.simulated.modemsettings import DATA_CLASS, VOICE_CLASS, Settings
from hardware.simulated.modemstreams import ETX, Loss, Playback, SampleClock, Shielded, recorded, shield, stretched

RESULT_AFTER_STREAM_S = 0.005
TALK_OFF_AFTER_S = 2.0


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
        self.line = LineSide(profile, loop, record, gain_db=faults.gain_db, echo_db=faults.echo_db)
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
        self._playback = self._new_playback()
        self._recorder = SampleClock(faults.sample_ratio)
        self._loss = Loss(faults.byte_loss, seed)
        self._streams_begun = 0
        self._ending = False
        self._host_spoke_at = 0.0
        self._lost_oks = faults.lost_oks
        self._talk_offs = faults.talk_offs if faults.talk_off else 0
        self._vit_expiries = faults.vit_expiries

    @property
    def now(self) -> float:
        return self.agenda.now()

    @property
    def in_voice(self) -> bool:
        """Whether `+FCLASS=8` rules."""
        return self.settings.service_class == VOICE_CLASS

    @property
    def streams(self) -> bool:
        """Whether a voice stream runs."""
        return self.stream is not Stream.NONE

    @property
    def reportable(self) -> frozenset[str]:
        """The codes that it can report in its present state."""
        profile = self.profile
        limited = profile.reports_receiving if self.stream.records else profile.reports_transmitting
        return profile.reports if limited is None or not self.streams else limited

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
            self._playback.add(self._loss.leave(samples))
        if code:
            self._stream_code(code)
        return used

    def _stream_code(self, code: str) -> None:
        if code in self.stream.value:
            if not self.faults.stuck_stream:
                self._stop_stream(code)
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
        self._shielded = Shielded(self.profile.code_dles)
        self._playback = self._new_playback()
        self.ears.expect_voice(self.settings["+VSD"], self.settings.number("+VSD", 1) * 0.1)
        self._host_spoke_at = self.now
        self._watch_host(stream)
        self.agenda.at(self.now + BLOCK_S, lambda: self._run_on_hook(stream))  # CONNECT comes before any sound
        self._streams_begun += 1
        self._misfortunes(self._streams_begun)

    def _new_playback(self) -> Playback:
        return Playback(self.profile.tx_buffer_bytes, self.settings.sample, SampleClock(self.faults.sample_ratio))

    def _misfortunes(self, stream: int) -> None:
        """What is to go wrong in this stream, unless it has ended by then."""

        def talk_off() -> None:
            if self.streams and self._streams_begun == stream and self._talk_offs > 0:
                self._talk_offs -= 1
                self.reports.talk_off(self.faults.talk_off)

        def expire() -> None:
            if self.streams and self._streams_begun == stream and self._vit_expiries > 0:
                self._vit_expiries -= 1
                self._end_stream(b"\x10\x03")

        if self._talk_offs and self.stream.plays:
            self.agenda.at(self.now + TALK_OFF_AFTER_S, talk_off)
        if not math.isinf(self.faults.vit_expires_s):
            self.agenda.at(self.now + self.faults.vit_expires_s, expire)

    def _run_on_hook(self, stream: Stream) -> None:
        """A line that is on-hook asks for no sound, yet the stream flows: the modem's own clock drives it."""
        if self.stream is stream is not Stream.NONE:
            if not self.line.off_hook:
                self.speak()
                self._record_block(np.zeros(BLOCK))
            self.agenda.at(self.now + BLOCK_S, lambda: self._run_on_hook(stream))

    def _watch_host(self, stream: Stream) -> None:
        """`+VIT`: a host that is silent for so long has lost interest."""
        limit_s = self.settings["+VIT"] * self.profile.vit_unit_s
        if self.stream is not stream or stream is Stream.NONE or not limit_s:
            return
        if self.now >= self._host_spoke_at + limit_s:
            self._end_stream(b"\x10\x03")
        else:
            self.agenda.at(self._host_spoke_at + limit_s, lambda: self._watch_host(stream))

    def _stop_stream(self, code: str) -> None:
        """The host wants to end: at once, or when all is played."""
        if self.stream is Stream.TRANSMIT and len(self._playback):
            self._playback.draining = True
            self._ending = True
        else:
            self._end_stream(self.profile.end_marks[code])

    def _end_stream(self, mark: bytes) -> None:
        """Back to command state; `mark` tells the host that the samples are at their end."""
        self.stream = Stream.NONE
        self.send(mark)
        self._ending = True
        self._line = ""
        self._work = self._last_word()
        self._go_on(self._work)

    def _last_word(self) -> Generator[float, None, str]:
        yield self.now + RESULT_AFTER_STREAM_S
        self._ending = False
        return self.profile.stream_result

    # ---------------------------------------------------------------- the line

    def hear(self, block: Samples) -> None:
        """20 ms from the far end."""
        if not self.line.off_hook:
            self.reports.on_hook_sound(block)
            return
        to_record, to_detect = self.line.hear(block)
        self._record_block(to_record)
        if self.in_voice or self._commands.listening:
            self.reports.heard(self.ears.listen(to_detect, recording=self.stream.records))

    def _record_block(self, block: Samples) -> None:
        if self.stream.records:
            sound = recorded(stretched(block, self._recorder.due()), self.settings.sample)
            self.send(shield(self._loss.leave(sound)))

    def speak(self) -> Samples:
        """20 ms for the far end."""
        voice = None
        if self.stream.plays:
            voice, ran_dry = self._playback.next_block()
            if ran_dry:
                self.record.underruns.append(self.now)
                self.reports.event("u")
            if self._playback.draining and not len(self._playback):
                self._end_stream(self.profile.end_marks[chr(ETX)])
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

    def forget_settings(self) -> None:
        """As after a glitch: what was set is lost, what is under way goes on."""
        self.settings.recall()
        self.settings.forget(Kept.SESSION, but="+VLS")

    def drop_dtr(self) -> None:
        """The host has closed the port: by `&D2` hang up, by `&D3` start anew."""
        self._give_up()
        if self.settings.basic["&D"] >= 2:
            self.hang_up()
        if self.settings.basic["&D"] == 3:
            self.settings.recall()
            self.settings.forget(Kept.SESSION)

    def restart(self, agenda: VirtualClock | None = None) -> None:
        """As after a loss of power: the stored settings are gone too, and nothing is said.

        With a new `agenda` all that had been meant for later is forgotten.
        """
        self._give_up()
        self.agenda = self.agenda if agenda is None else agenda
        self.hang_up()
        self.settings.recall()
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
