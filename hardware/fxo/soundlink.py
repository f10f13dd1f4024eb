"""The line's end of a sound card's process: start it, take what it sends, end it whatever it does.

The process is `hardware.fxo.soundprocess`, which says why it is one; `hardware.fxo.soundwire` has the messages.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from typing import Final

from appliance.clock import Waiter
from appliance.faults import LineFault
from hardware.fxo import soundwire
from hardware.fxo.soundwire import HEAR_BLOCK_S, NO_REPORT, Opened, Refusal, Report, Trouble, Wish

log = logging.getLogger(__name__)

RING_S: Final = 0.02
"""So much is heard before the line is woken for it; while it speaks it is woken at every block."""
KEPT_S: Final = 2.0
"""So much is kept for a line that does not fetch; what comes then is lost, and counted."""
OPEN_S: Final = 10.0
GONE_S: Final = 0.9
"""A card from which nothing came for so long has gone."""
STARTING_S: Final = 3.0
"""Some sound servers take two seconds before they take the first sample."""
CLOSE_S: Final = 1.0
BUFFER_BYTES: Final = 1 << 18
_AGAIN: Final = "Unplug the sound card, count to ten, plug it in again."


class SoundLink:
    """One run of the process, from its start to its end.

    Raises:
        LineFault: a card is not there, is in use, or cannot be had; the advice says what to do.
    """

    def __init__(self, wish: Wish, waiter: Waiter) -> None:
        self._wish = wish
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            for end in (self._socket, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
            self._process = _process(theirs)
        try:
            self.opened = self._ask()
        except BaseException:
            self._end()
            self._socket.close()
            raise
        self._arrivals = _Arrivals(self._socket, self.opened.hear_hz, waiter)
        self._arrivals.start()

    def close(self) -> None:
        """End the process and the thread. Raises nothing."""
        self._arrivals.over = True
        self._end()
        self._arrivals.join()
        self._socket.close()

    def _end(self) -> None:
        """The process ends with the socket; one that cannot is ended."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):  # stuck in the kernel, which ends it when it can
                self._process.wait(CLOSE_S)

    def fetch(self) -> list[tuple[Report, bytes]]:
        """All blocks that were heard since the last call."""
        self.check()
        return self._arrivals.fetch()

    @property
    def report(self) -> Report:
        """The newest report."""
        return self._arrivals.report

    @property
    def overruns(self) -> int:
        """How many times the line fetched so late that something was lost."""
        return self.report.overruns + self._arrivals.overruns

    def speak(self, sound: bytes) -> None:
        """Hand over sound: int16 at the rate of the card."""
        self._arrivals.speaking = True
        for start in range(0, len(sound), soundwire.LARGEST // 2):
            self._send(soundwire.SOUND + sound[start : start + soundwire.LARGEST // 2])

    def flush(self) -> None:
        """Throw away what waits."""
        self._arrivals.speaking = False
        self._send(soundwire.FLUSH)

    def check(self) -> None:
        """Raise `LineFault` if the card has gone."""
        if self._arrivals.over:
            raise self._gone()

    def _send(self, message: bytes) -> None:
        self.check()
        try:
            self._socket.send(message, socket.MSG_DONTWAIT)
        except OSError:  # full or closed: it takes nothing any more
            raise self._gone() from None

    def _gone(self) -> LineFault:
        return LineFault(
            f"the sound card '{self._wish.speaks_on}' has stopped in the middle of its work",
            "Check the plug of the sound card; the line comes back by itself when the card does.",
        )

    def _ask(self) -> Opened:
        """Send the wish; what the process has opened."""
        self._socket.send(soundwire.pack(soundwire.WISH, self._wish))
        until = time.monotonic() + OPEN_S
        while (left_s := until - time.monotonic()) > 0:
            self._socket.settimeout(left_s)
            try:
                message = self._socket.recv(soundwire.LARGEST)
            except OSError:
                break
            if message[:1] == soundwire.OPENED:
                return Opened(**soundwire.unpack(message))
            if message[:1] == soundwire.REFUSED:
                refusal = soundwire.unpack_refusal(message)
                log.info("%s: %s %s", refusal.name, refusal.trouble, refusal.detail)
                raise _fault(refusal)
            if not message:
                break
        raise LineFault(f"the sound card '{self._wish.speaks_on}' does not start", _AGAIN)


def _process(end: socket.socket) -> subprocess.Popen[bytes]:
    """The process at its end of the socket. What ALSA and PortAudio write on a console goes nowhere."""
    return subprocess.Popen(
        [sys.executable, "-m", "hardware.fxo.soundprocess", str(end.fileno())],
        pass_fds=[end.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


class _Arrivals(threading.Thread):
    """Takes what comes from the process, and wakes the line for it."""

    def __init__(self, line: socket.socket, hear_hz: int, waiter: Waiter) -> None:
        super().__init__(name="sound card", daemon=True)
        self.report = NO_REPORT
        self.over = False
        """Nothing will come any more."""
        self.speaking = False
        self.overruns = 0
        self._line = line
        self._hear_hz = hear_hz
        self._waiter = waiter
        self._blocks: deque[tuple[Report, bytes]] = deque()
        self._lost = 0
        self._unheard = 0
        self._moved_at = time.monotonic() + STARTING_S

    def fetch(self) -> list[tuple[Report, bytes]]:
        """All blocks that have come; called by the line."""
        self._unheard = 0
        return [self._blocks.popleft() for _ in range(len(self._blocks))]

    def run(self) -> None:
        """Until the card stops, or the socket is closed."""
        self._line.settimeout(GONE_S)
        while not self.over:
            try:
                message = self._line.recv(soundwire.LARGEST)
            except TimeoutError:
                self._give_up("it brings no sound")
            except OSError:
                self._give_up("its socket broke")
            else:
                self._understand(message)

    def _understand(self, message: bytes) -> None:
        if message[:1] == soundwire.REPORT:
            self._take(*soundwire.unpack_report(message))
        elif message[:1] == soundwire.STOPPED:
            self._give_up("PortAudio has stopped it")
        elif not message:
            self._give_up("its process has ended")

    def _take(self, report: Report, sound: bytes) -> None:
        if report.said != self.report.said:
            self._moved_at = max(self._moved_at, report.counted_at)
        self.report = report
        self._keep(report, sound)
        if report.counted_at > self._moved_at + GONE_S:
            self._give_up("it takes no sound")
        elif self.speaking or self._unheard >= RING_S * self._hear_hz:
            self._waiter.ring()

    def _keep(self, report: Report, sound: bytes) -> None:
        count = len(sound) // 2
        if len(self._blocks) >= KEPT_S / HEAR_BLOCK_S:
            self.overruns += not self._lost
            self._lost += report.lost + count
            return
        self._blocks.append((report._replace(lost=report.lost + self._lost), sound))
        self._lost = 0
        self._unheard += count

    def _give_up(self, why: str) -> None:
        if not self.over:  # nobody has closed it
            log.warning("a sound card has gone: %s", why)
            self.over = True
            self._waiter.ring()


def _fault(refusal: Refusal) -> LineFault:
    """The refusal in words for the office."""
    card = f"the sound card '{refusal.name}'"
    choose = f"let the file of the board name one of these: {'; '.join(refusal.known)}."
    problem, advice = {
        Trouble.LIBRARY: ("PortAudio is not on this machine", "Install it: sudo apt-get install libportaudio2"),
        Trouble.MISSING: (
            f"{card} is not there",
            f"Plug it in, or {choose}" if refusal.known else "Plug it in: no sound card is there now.",
        ),
        Trouble.AMBIGUOUS: (f"several sound cards fit '{refusal.name}'", f"Write more of the name: {choose}"),
        Trouble.FORBIDDEN: (
            f"this program may not use {card}",
            "Add the user that runs the program to the group 'audio', and log in again.",
        ),
        Trouble.BUSY: (
            f"another program uses {card}",
            "Stop the other program that uses this sound card (often a sound server such as PulseAudio).",
        ),
        Trouble.RATE: (
            f"{card} works at none of the rates that we use",
            "Use another sound card: any that takes 8000, 16000, 44100 or 48000 samples a second will do.",
        ),
        Trouble.REFUSED: (f"{card} does not start", _AGAIN),
    }[refusal.trouble]
    return LineFault(problem, advice)
