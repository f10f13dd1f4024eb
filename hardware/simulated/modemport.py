"""The serial port of an emulated modem: one end of a pseudo-terminal, whose other end any program can open by its path.

All that the host has written is always read, so that nobody is woken twice for the same bytes; a host that sends too
much is held back by stopping its end of the terminal, and its writes block as on a real port. On a UART bytes take
their time, both ways, by the baud rate that the host has set.
"""

from __future__ import annotations

import math
import os
import random
import select
import termios
import tty
from pathlib import Path

from appliance.clock import Clock, Waiter
from appliance.faults import BadSettings
from hardware.simulated.loop import BLOCK_S
from hardware.simulated.modemrecord import ModemRecord
from hardware.wires import SerialWires, read_arrived, serial_wires

MOST_PENDING = 4096
"""Bytes of the host that wait while the transmit buffer is full, before its writes block."""
MOST_UNSENT = 4096
"""Bytes for a host that does not read: half a second of voice; what comes then is lost."""
PIECE_S = 0.001
PIECES = (1, 40)
BITS_PER_BYTE = 10
BAUDS = {
    getattr(termios, f"B{baud}"): baud
    for baud in (300, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
}


class Pace:
    """How many bytes may pass a UART by now. What a block of the line takes may come in one piece."""

    def __init__(self) -> None:
        self._allowance = 0.0
        self._since = -math.inf

    def allowed(self, now: float, bytes_per_s: float) -> int:
        """Bytes that may pass at `now`."""
        self._allowance = min(bytes_per_s * BLOCK_S, self._allowance + (now - self._since) * bytes_per_s)
        self._since = now
        return int(self._allowance)

    def passed(self, count: int) -> None:
        """So many did."""
        self._allowance -= count

    def next_due(self, bytes_per_s: float) -> float:
        """When some more may pass."""
        return self._since + max(1.0 - self._allowance, bytes_per_s * BLOCK_S / 4) / bytes_per_s


class ModemPort:
    """The modem's end. It can be unplugged (`close`) and plugged in again (`open`).

    Raises:
        BadSettings: the link cannot be made.
    """

    def __init__(
        self,
        clock: Clock,
        record: ModemRecord,
        *,
        link: str | None,
        uart: bool = False,
        split: bool = False,
        seed: int = 0,
    ) -> None:
        self.path = ""
        self.insertions = 0
        self.lost_sound = False
        """Sound for the host was thrown away, and nobody has told it yet."""
        self._clock = clock
        self._record = record
        self._link = None if link is None else Path(link)
        self._uart = uart
        self._split = random.Random(seed) if split else None
        self._master = -1
        self._wires: SerialWires | None = None
        self._poll = select.poll()
        self._waiter: Waiter | None = None
        self.open()

    # ---------------------------------------------------------------- the plug

    def open(self, *, another_name: bool = False) -> None:
        """Appear, under the first path that is free; the link leads there unless the port got another name."""
        former = self.path
        self._master, self.path = _open_terminal()
        if another_name and self.path == former:
            occupied = self._master
            self._master, self.path = _open_terminal()
            os.close(occupied)
        self._poll = select.poll()
        self._poll.register(self._master, 0)
        self._wires = serial_wires(self._clock, self.path)
        self._forget()
        if self._waiter is not None:
            self._wires.to_modem.ends_at(self._waiter)
        if self._link is not None and not another_name:
            _make_link(self.path, self._link)
        self.insertions += 1

    def close(self) -> None:
        """Disappear: the host's port becomes unusable, and the link goes."""
        if self._master < 0 or self._wires is None:
            return
        if self._link is not None and self._link.is_symlink() and os.readlink(self._link) == self.path:
            self._link.unlink()
        os.close(self._master)
        self._master = -1
        self._forget()
        self.wake_host()

    def wake_host(self) -> None:
        """Let the host look at its port, where a clock that waits for bytes would let it sleep."""
        if self._wires is not None:
            self._wires.to_host.sent(0)

    def _forget(self) -> None:
        """Whatever was under way, or waiting, is lost."""
        self._arriving = bytearray()
        self._unsent = bytearray()
        self._arrives, self._departs = Pace(), Pace()
        self._piece_due = math.inf
        self._held_back = False
        self.lost_sound = False
        if self._wires is not None:
            self._wires.to_modem.forget()
            self._wires.to_host.forget()

    @property
    def plugged_in(self) -> bool:
        """Is there a port?"""
        return self._master >= 0

    def fileno(self) -> int:
        """The end of the pseudo-terminal that is ours; becomes readable when the host has written."""
        return self._master

    def wake_with(self, waiter: Waiter) -> None:
        """Ring `waiter` when the host has written, under a clock that waits for bytes."""
        self._waiter = waiter
        if self._wires is not None:
            self._wires.to_modem.ends_at(waiter)

    def in_use(self) -> bool:
        """Does somebody have the port open at this very moment? `arrived` tells it in passing, and cheaper."""
        return self._master >= 0 and not any(flags & select.POLLHUP for _, flags in self._poll.poll(0))

    def left(self) -> None:
        """The host has closed its end."""
        held_back = self._held_back
        self._forget()
        self._held_back = held_back
        self.hold_back(False)

    # ---------------------------------------------------------------- from the host

    @property
    def under_way(self) -> bool:
        """Bytes of the host are on their way, as far as the clock counts them."""
        return self._wires is not None and self._wires.to_modem.under_way > 0

    def arrived(self, now: float) -> bytes | None:
        """What has come from the host by `now`; `None` when nobody has the port open."""
        try:
            data = b"" if self._wires is None else read_arrived(self._master, self._wires.to_modem)
        except OSError:
            return None
        if not self._uart:
            return data
        self._arriving += data
        count = min(self._arrives.allowed(now, self._bytes_per_s()), len(self._arriving))
        self._arrives.passed(count)
        data = bytes(self._arriving[:count])
        del self._arriving[:count]
        return data

    def hold_back(self, hold: bool) -> None:
        """Let the host's writes block, or go on; it blocks in any case while a UART has enough under way."""
        hold = hold or len(self._arriving) > MOST_PENDING
        if hold is not self._held_back and self._master >= 0:
            self._held_back = hold
            host_end = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            termios.tcflow(host_end, termios.TCOOFF if hold else termios.TCOON)
            os.close(host_end)

    def _bytes_per_s(self) -> float:
        return BAUDS.get(termios.tcgetattr(self._master)[5], 115_200) / BITS_PER_BYTE

    # ---------------------------------------------------------------- to the host

    def send(self, data: bytes, now: float) -> None:
        """Bytes for the host; those that nobody fetches are lost after a while."""
        if len(self._unsent) + len(data) > MOST_UNSENT:
            self._record.dropped_bytes += len(data)
            if not self.lost_sound:
                self.lost_sound = True
                self._record.overruns.append(now)
            return
        self._unsent += data
        if self._split is not None and self._unsent and math.isinf(self._piece_due):
            self._piece_due = now + PIECE_S
        self.write(now)

    @property
    def unsent(self) -> int:
        """Bytes that the host has not been given yet."""
        return len(self._unsent)

    def write(self, now: float) -> None:
        """Hand over what the terminal takes now."""
        if not self._unsent or self._master < 0 or self._wires is None:
            return
        most = len(self._unsent)
        if self._split is not None:
            if now < self._piece_due:
                return
            most = self._split.randint(*PIECES)
        if self._uart:
            most = min(most, self._departs.allowed(now, self._bytes_per_s()))
        while self._unsent and most:
            try:
                count = os.write(self._master, self._unsent[:most])
            except BlockingIOError:
                break
            self._wires.to_host.sent(count)
            self._departs.passed(count)
            del self._unsent[:count]
            most -= count
        if self._split is not None:
            self._piece_due = now + PIECE_S if self._unsent else math.inf

    def next_due(self) -> float:
        """When `arrived` and `write` have more to do although nothing happens, or infinity."""
        if not self._uart or self._master < 0:
            return self._piece_due
        speed = self._bytes_per_s() if self._arriving or self._unsent else 0.0
        arrives = self._arrives.next_due(speed) if self._arriving else math.inf
        departs = self._departs.next_due(speed) if self._unsent else math.inf
        return min(arrives, departs if self._split is None else max(departs, self._piece_due))


def _open_terminal() -> tuple[int, str]:
    """A pseudo-terminal in raw mode: our end, and the path of the other, which stays raw when it is opened again."""
    master, slave = os.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)
    os.close(slave)
    os.set_blocking(master, False)
    return master, path


def _make_link(path: str, place: Path) -> None:
    """Let the link at `place` lead to the port; only a link may be replaced."""
    if place.exists() and not place.is_symlink():
        raise BadSettings(f"{place} is there already and is no link", "Choose another place for the link.")
    try:
        place.unlink(missing_ok=True)
        place.symlink_to(path)
    except OSError as problem:
        raise BadSettings(f"the link {place} cannot be made: {problem.strerror}", "Choose another place.") from problem
