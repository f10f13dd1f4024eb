"""A sound card made of two pipes: whoever holds their far ends is its clock, its loudspeaker and its microphone.

ALSA's `file` plugin reads and writes them, and PortAudio opens it as any card; so what runs is the code of the Pi
without a sound card. The card hears only what is put into the one pipe, and says only what is taken out of the other:
nothing depends on how busy the machine is.
"""

from __future__ import annotations

import fcntl
import os
import select
from ctypes.util import find_library
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.clock import SystemClock, Waiter
from hardware.fxo.card import CardTally
from hardware.fxo.soundcard import AlsaCard
from hardware.simulated.fakecard import FakeCard

Samples = NDArray[np.int16]

ALSA = Path("/usr/share/alsa/alsa.conf")
WIDE = 32
"""Channels that the card writes, all alike: a pipe has room again only by the page, which is 8 ms of so many."""
PIPE_BYTES = 4096
"""The smallest pipe."""
BLOCK = 80
"""10 ms at 8000 Hz: what the card hears at a time."""
PATIENCE_S = 10.0
CONFIGURATION = """
<{alsa}>
pcm.wide {{ type file slave.pcm "null" file "{folder}/said" format "raw" }}
pcm.mouth {{ type plug slave {{ pcm "wide" channels {wide} }} route_policy duplicate }}
pcm.ear {{ type file slave.pcm "null" file "/dev/null" infile "{folder}/heard" format "raw" }}
pcm.codec {{ type asym playback.pcm "mouth" capture.pcm "ear" hint {{ show on description "speaks and hears" }} }}
pcm.codec2 {{ type asym playback.pcm "mouth" capture.pcm "ear" hint {{ show on description "another of them" }} }}
"""


def missing() -> str:
    """What this machine lacks for it; empty if nothing."""
    return "" if find_library("portaudio") and ALSA.exists() else "libportaudio2"


class PipedCard:
    """The far ends of the pipes of the card `codec`, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.configuration = folder / "asound.conf"
        self.configuration.write_text(CONFIGURATION.format(alsa=ALSA, folder=folder, wide=WIDE), "utf-8")
        self._said, self._heard = (self._pipe(folder / name) for name in ("said", "heard"))
        self._all_said: list[bytes] = []

    @staticmethod
    def _pipe(path: Path) -> int:
        os.mkfifo(path)
        pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        return pipe

    def hear(self, sound: Samples) -> None:
        """Let the card hear this: no more than fits into the pipe."""
        written = os.write(self._heard, sound.tobytes())
        assert written == sound.nbytes

    def take(self, count: int) -> Samples:
        """Let the card say so many samples; what they are, on its first channel."""
        missing_bytes, parts = count * 2 * WIDE, []
        while missing_bytes > 0:
            select.select([self._said], [], [], PATIENCE_S)
            parts.append(os.read(self._said, missing_bytes))
            missing_bytes -= len(parts[-1])
        self._all_said += parts
        return np.frombuffer(b"".join(parts), np.int16).reshape(-1, WIDE)[:, 0]

    def said(self, channels: int = 1) -> Samples:
        """All that was taken, on the first channels of the card."""
        return np.frombuffer(b"".join(self._all_said), np.int16).reshape(-1, WIDE)[:, :channels]

    def close(self) -> None:
        """Let go of the pipes."""
        os.close(self._said)
        os.close(self._heard)


class CardBehindPipes(FakeCard):
    """The card of a simulated HAT, with a real one between it and the driver; time stands still meanwhile."""

    pipes: PipedCard
    """Set before a world is made."""
    tallies: list[CardTally]

    def open(self, waiter: Waiter) -> None:
        super().open(waiter)
        self._real, self._bell = AlsaCard("codec"), SystemClock().waiter("real card")
        self._fed = self._came = 0
        self._real.open(self._bell)

    def close(self) -> None:
        super().close()
        if hasattr(self, "_real"):
            self.tallies.append(self._real.tally)
            self._real.close()
            self._bell.close()
            del self._real

    def heard(self) -> Samples:
        """All that the world has brought, by way of the card; a line that is silent is woken every 20 ms."""
        parts = [np.zeros(0, np.int16)]
        for block in self._blocks(super().heard()):
            self.pipes.hear(block)
            self._fed += len(block)
            while self._came < self._fed - self._fed % (2 * BLOCK):
                self._bell.wait(SystemClock().now() + PATIENCE_S)
                parts.append(self._real.heard())
                self._came += len(parts[-1])
        return np.concatenate(parts)

    @staticmethod
    def _blocks(sound: Samples) -> list[Samples]:
        return [part for part in np.split(sound, range(2 * BLOCK, len(sound), 2 * BLOCK)) if len(part)]

    def room(self) -> int:
        return min(super().room(), self._real.room())

    def speak(self, samples: Samples) -> None:
        self._real.speak(samples)
        super().speak(self.pipes.take(len(samples)))

    def flush(self) -> None:
        self._real.flush()
        super().flush()
