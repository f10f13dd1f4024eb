"""A process of its own for a sound card: PortAudio, and nothing that could keep it waiting.

It runs apart from the receptionist for reasons that have all been seen in the field:

* its callbacks wait for nobody: in one process with the web page and the engine they would wait for Python's lock, and
  every long wait is a gap in the sound;
* when a USB card is unplugged, PortAudio may spin or never return from closing it. A process can be ended;
* PortAudio lists the cards once, when it starts; a new process sees the card that was plugged in again, and no other
  line's sound has to stop for that;
* ALSA and PortAudio write on the console what nobody there can use.

Each direction is a stream of its own, so that cards with different clocks need not agree. A callback does one thing: it
passes a block to or from the socket, without waiting. The process ends with the socket, and with nothing else.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from hardware.fxo import cardnames, soundwire
from hardware.fxo.playback import Playback
from hardware.fxo.soundwire import HEAR_BLOCK_S, SPEAK_BLOCK_S, Channel, Opened, Refusal, Report, Trouble, Wish

BUFFER_S: Final = 0.01
"""What PortAudio is asked to keep in the card itself, besides the block under way: this process is hardly ever late."""
NICE: Final = -11
"""Before ordinary programs, where the rights allow it; sound servers take the same."""
_MOST_LATE_S: Final = 1.0
"""A card that claims more is not believed: some plugins report times that are off by hours."""
_NO_SUCH_RATE: Final = -9997
_UNAVAILABLE: Final = -9985
"""Codes of PortAudio (`paInvalidSampleRate`, `paDeviceUnavailable`)."""


class Refused(Exception):
    """A card could not be opened."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


class Cards:
    """Both directions, and the callbacks that PortAudio calls in threads of its own."""

    def __init__(self, wish: Wish, line: socket.socket) -> None:
        self._wish = wish
        self._line = line
        self._frames_heard = self._frames_said = 0
        self._lost = self._overruns = self._flushes = self._card_underruns = 0
        self._losing = False
        self._said: tuple[int, float, float] = (0, time.monotonic(), 0.0)
        self._hear_hz = self._speak_hz = 0
        self._playback = Playback(wish.rates_hz[0])
        self._streams: list[Any] = []

    def open(self) -> Opened:
        """Start both streams.

        Raises:
            Refused: one of them cannot be had.
        """
        sound = _library()
        wish = self._wish
        speaker = _choose(sound, wish.speaks_on, "max_output_channels")
        microphone = _choose(sound, wish.hears_from, "max_input_channels")
        speak = self._open(
            sound.RawOutputStream, wish.speaks_on, speaker, wish.speak_channel, self._speak, SPEAK_BLOCK_S
        )
        hear = self._open(
            sound.RawInputStream, wish.hears_from, microphone, wish.hear_channel, self._hear, HEAR_BLOCK_S
        )
        self._streams = [speak, hear]
        self._speak_hz, self._hear_hz = round(speak.samplerate), round(hear.samplerate)
        self._playback = Playback(self._speak_hz)
        for name, stream in ((wish.speaks_on, speak), (wish.hears_from, hear)):
            try:
                stream.start()
            except sound.PortAudioError as refused:
                raise _refused(name, refused) from None
        return Opened(self._speak_hz, self._hear_hz)

    def _open(
        self,
        kind: Callable[..., Any],
        name: str,
        device: int,
        channel: Channel,
        callback: Callable[..., None],
        block_s: float,
    ) -> Any:
        """A stream at the first rate that the card takes."""
        refused: Exception | None = None
        for rate_hz in self._wish.rates_hz:
            try:
                return kind(
                    samplerate=rate_hz,
                    blocksize=round(block_s * rate_hz),
                    device=device,
                    channels=1 if channel is Channel.ONLY else 2,
                    dtype="int16",
                    latency=BUFFER_S,
                    callback=callback,
                    finished_callback=self._finished,
                )
            except Exception as why:  # PortAudio tells by many codes that a rate is not to its liking
                refused = refused or why
                if trouble_of(why) is Trouble.BUSY:
                    break
        assert refused is not None, "a wish has rates"
        raise _refused(name, refused)

    def _hear(self, block: Any, count: int, times: Any, status: Any) -> None:
        now = time.monotonic()
        self._frames_heard += count
        self._overruns += bool(status.input_overflow)
        old_s = min(max(times.currentTime - times.inputBufferAdcTime, count / self._hear_hz), _MOST_LATE_S)
        said, said_at, said_delay_s = self._said
        report = Report(
            heard=self._frames_heard,
            heard_at=now - old_s,
            counted_at=now,
            lost=self._lost,
            overruns=self._overruns,
            underruns=self._playback.underruns + self._card_underruns,
            said=said,
            said_at=said_at,
            said_delay_s=said_delay_s,
            done=self._playback.done,
            flushes=self._flushes,
        )
        try:
            self._line.send(soundwire.pack_report(report) + _one(block, self._wish.hear_channel), socket.MSG_DONTWAIT)
        except BlockingIOError:  # the line has not fetched anything for a second
            self._overruns += not self._losing
            self._losing = True
            self._lost += count
        except OSError:
            return  # the line has gone; so does this process
        else:
            self._losing, self._lost = False, 0

    def _speak(self, block: Any, count: int, times: Any, status: Any) -> None:
        now = time.monotonic()
        self._take_messages()
        self._card_underruns += bool(status.output_underflow)
        samples = self._playback.take(count)
        channel = self._wish.speak_channel
        if channel is Channel.ONLY:
            block[:] = samples.tobytes()
        else:
            both = array("h", bytes(4 * count))
            both[int(channel is Channel.RIGHT) :: 2] = samples
            block[:] = both.tobytes()
        self._frames_said += count
        self._said = self._frames_said, now, min(max(times.outputBufferDacTime - times.currentTime, 0.0), _MOST_LATE_S)

    def _take_messages(self) -> None:
        with contextlib.suppress(OSError):
            while message := self._line.recv(soundwire.LARGEST, socket.MSG_DONTWAIT):
                if message[:1] == soundwire.SOUND:
                    self._playback.add(message[1:])
                elif message[:1] == soundwire.FLUSH:
                    self._playback.flush()
                    self._flushes += 1

    def _finished(self) -> None:
        with contextlib.suppress(OSError):
            self._line.send(soundwire.STOPPED, socket.MSG_DONTWAIT)


def _one(block: Any, channel: Channel) -> bytes:
    """The channel that the line is on."""
    if channel is Channel.ONLY:
        return bytes(block)
    return memoryview(block).cast("h")[int(channel is Channel.RIGHT) :: 2].tobytes()


def _library() -> Any:
    try:
        import sounddevice  # type: ignore[import-untyped]
    except OSError as missing:  # the package is there, but Debian's library is not
        raise Refused(Refusal(Trouble.LIBRARY, "", str(missing), ())) from None
    return sounddevice


def _choose(sound: Any, wanted: str, channels: str) -> int:
    """The number of the card that is meant."""
    cards = [(number, card["name"]) for number, card in enumerate(sound.query_devices()) if card[channels] > 0]
    names = [name for _, name in cards]
    found = cardnames.find(wanted, names)
    if len(found) == 1:
        return int(cards[found[0]][0])
    if found:
        raise Refused(Refusal(Trouble.AMBIGUOUS, wanted, "", tuple(names[place] for place in found)))
    if _shut_out():
        raise Refused(Refusal(Trouble.FORBIDDEN, wanted, "", tuple(names)))
    trouble = Trouble.BUSY if cardnames.kernel_knows(wanted) else Trouble.MISSING
    raise Refused(Refusal(trouble, wanted, "", tuple(names)))


def _shut_out(devices: Path = Path("/dev/snd")) -> bool:
    """Are there sound cards that this user may not use?"""
    cards = list(devices.glob("pcm*"))
    return bool(cards) and not any(os.access(card, os.R_OK | os.W_OK) for card in cards)


def trouble_of(refused: Exception) -> Trouble:
    """What PortAudio means: a message, its code, and ALSA's own words where it has some."""
    words = str(refused)
    if _UNAVAILABLE in refused.args or "busy" in words:
        return Trouble.BUSY
    if "Permission denied" in words:
        return Trouble.FORBIDDEN
    return Trouble.RATE if _NO_SUCH_RATE in refused.args else Trouble.REFUSED


def _refused(name: str, refused: Exception) -> Refused:
    return Refused(Refusal(trouble_of(refused), name, str(refused), ()))


def main() -> None:
    """Open the wish that comes through the socket whose number is the only argument, and run until it is closed."""
    for wish_to_end in (signal.SIGINT, signal.SIGTERM):  # also sent to the program, which decides when sound ends
        signal.signal(wish_to_end, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
    line = socket.socket(fileno=int(sys.argv[1]))
    wish = soundwire.unpack_wish(line.recv(soundwire.LARGEST))
    try:
        opened = Cards(wish, line).open()
    except Refused as refused:
        line.send(soundwire.pack(soundwire.REFUSED, refused.refusal))
    except Exception as unforeseen:
        refusal = Refusal(Trouble.REFUSED, wish.speaks_on, repr(unforeseen), ())
        line.send(soundwire.pack(soundwire.REFUSED, refusal))
    else:
        line.send(soundwire.pack(soundwire.OPENED, opened))
        gc.freeze()
        until_closed = select.poll()
        until_closed.register(line, select.POLLRDHUP)
        until_closed.poll()
    os._exit(0)  # PortAudio may not come back from closing; the kernel closes everything


if __name__ == "__main__":
    main()
