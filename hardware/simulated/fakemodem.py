"""An emulated voice modem at a pseudo-terminal: any program can open its `path` as a serial port.

This is the port only: bytes to and from the host, with the buffers and the hang-up of a real one. What the modem does
with them is its firmware's business (`modemfirmware`), what it is like its profile's (`profiles`), what is wrong with
it its faults'.

It has no thread. The world calls `attend` when bytes have arrived or `next_due` has come, and moves sound by `hear` and
`speak`. All that has arrived is always read, so that nobody is woken twice for the same bytes; a host that sends too
much is held back by stopping its end of the terminal, and its writes block as on a real port.
"""

from __future__ import annotations

import math
import os
import select
import termios
import tty
from pathlib import Path

from appliance.clock import Clock, VirtualClock, Waiter
from appliance.faults import BadSettings
from appliance.signals.countries import Country
from hardware.simulated.loop import Loop, Samples
from hardware.simulated.modemfaults import Faults
from hardware.simulated.modemfirmware import Firmware
from hardware.simulated.modemrecord import ModemRecord
from hardware.simulated.profiles import Profile
from hardware.wires import read_arrived, serial_wires

MOST_PENDING = 4096
"""Bytes of the host that wait while the transmit buffer is full, before its writes block."""
MOST_UNSENT = 4096
"""Bytes for a host that does not read: half a second of voice; what comes then is lost."""
PIECE_S = 0.001
PIECES = (1, 40)


class FakeModem:
    """One modem on one line.

    Args:
        link: a symbolic link to make, by which programs find the port.

    Raises:
        BadSettings: the link cannot be made.
    """

    def __init__(
        self,
        profile: Profile,
        loop: Loop,
        clock: Clock,
        *,
        country: Country,
        seed: int = 0,
        faults: Faults = Faults(),  # noqa: B008 - frozen
        link: str | None = None,
    ) -> None:
        self.record = ModemRecord()
        self.profile = profile
        self._clock = clock
        self._faults = faults
        self._master, self.path = _open_terminal()
        self._poll = select.poll()
        self._poll.register(self._master, 0)
        self._wires = serial_wires(clock, self.path)
        self._link = _make_link(self.path, link)
        self._was_connected = False
        self._held_back = False
        self._pending = bytearray()
        self._unsent = bytearray()
        self._lost_sound = False
        self._agenda = VirtualClock(clock.today())
        self._agenda.run(clock.now())
        self._firmware = Firmware(
            profile, loop, country, self._agenda, send=self._send, record=self.record, faults=faults, seed=seed
        )
        if not math.isinf(faults.reset_at):
            self._agenda.at(faults.reset_at, self._firmware.restart)
        loop.terminal = self

    # ---------------------------------------------------------------- the port

    def fileno(self) -> int:
        """The end of the pseudo-terminal that is ours; becomes readable when the host has written."""
        return self._master

    def wake_with(self, waiter: Waiter) -> None:
        """Ring `waiter` when the host has written, under a clock that waits for bytes."""
        self._wires.to_modem.ends_at(waiter)

    def connected(self) -> bool:
        """Does somebody have the port open? Its closing drops DTR."""
        connected = not any(flags & select.POLLHUP for _, flags in self._poll.poll(0))
        if self._was_connected and not connected:
            self._pending.clear()
            self._unsent.clear()
            self._hold_back(False)
            self._wires.to_modem.forget()
            self._wires.to_host.forget()
            self._agenda.run(self._clock.now())
            self._firmware.drop_dtr()
        self._was_connected = connected
        return connected

    def attend(self, now: float) -> None:
        """Do what is due by `now`, and what the host has asked for."""
        self.connected()
        self._agenda.run(now)
        self._pending += self._read()
        stalled = self._stalled(now)
        if not stalled:
            self._firmware.take(self._pending)
            self._agenda.run(now)
        self._hold_back(stalled or len(self._pending) > MOST_PENDING)
        self._write()

    def next_due(self) -> float:
        """The moment (seconds of the clock) at which `attend` is wanted even without a byte, or infinity."""
        return self._agenda.next_appointment()

    def close(self) -> None:
        """Unplug it: the host's port becomes unusable, and the link goes."""
        if self._master < 0:
            return
        self._firmware.restart()
        if self._link is not None and self._link.is_symlink() and os.readlink(self._link) == self.path:
            self._link.unlink()
        os.close(self._master)
        self._master = -1
        self._wires.to_modem.forget()
        self._wires.to_host.forget()

    def _stalled(self, now: float) -> bool:
        return self._faults.stall_at <= now < self._faults.stall_at + self._faults.write_stall_s

    def _hold_back(self, hold: bool) -> None:
        """Let the host's writes block, or go on."""
        if hold is not self._held_back:
            self._held_back = hold
            host_end = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            termios.tcflow(host_end, termios.TCOOFF if hold else termios.TCOON)
            os.close(host_end)

    def _read(self) -> bytes:
        try:
            return read_arrived(self._master, self._wires.to_modem)
        except OSError:
            return b""  # nobody has the port open

    def _send(self, data: bytes) -> None:
        """Bytes for the host; those that nobody fetches are lost after a while."""
        if not self._was_connected and not self.connected():
            return
        if len(self._unsent) + len(data) > MOST_UNSENT:
            self.record.dropped_bytes += len(data)
            if not self._lost_sound:
                self._lost_sound = True
                self.record.overruns.append(self._agenda.now())
            return
        self._unsent += data
        if self._faults.split_bytes:
            self._agenda.at(self._agenda.now() + PIECE_S, self._write_piece)
        else:
            self._write()

    def _write_piece(self) -> None:
        self._write(self._firmware.rng.randint(*PIECES))
        if self._unsent:
            self._agenda.at(self._agenda.now() + PIECE_S, self._write_piece)

    def _write(self, most: int = MOST_UNSENT) -> None:
        """Hand over what the terminal takes now."""
        if self._faults.split_bytes and most == MOST_UNSENT:
            return
        while self._unsent and most:
            try:
                count = os.write(self._master, self._unsent[:most])
            except BlockingIOError:
                return
            self._wires.to_host.sent(count)
            del self._unsent[:count]
            most -= count
        if self._lost_sound and not self._unsent:
            self._lost_sound = False
            self._firmware.reports.event("o")

    # ---------------------------------------------------------------- the line

    def ring_changed(self, on: bool, at: float) -> None:
        """Ringing voltage came or went."""
        self._agenda.run(at)
        self._firmware.reports.ring_changed(on)

    def battery_changed(self, volts: float, at: float) -> None:
        """The feeding voltage changed."""
        self._agenda.run(at)
        self._firmware.reports.battery_changed(volts)

    def hear(self, block: Samples, at: float) -> None:
        """Take the block that ended at `at`."""
        self._agenda.run(at)
        self._firmware.hear(block)

    def speak(self, at: float) -> Samples:
        """Give the block that ends at `at`."""
        self._agenda.run(at)
        return self._firmware.speak()


def _open_terminal() -> tuple[int, str]:
    """A pseudo-terminal in raw mode: our end, and the path of the other, which stays raw when it is opened again."""
    master, slave = os.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)
    os.close(slave)
    os.set_blocking(master, False)
    return master, path


def _make_link(path: str, link: str | None) -> Path | None:
    """Let `link` lead to the port; only a link may be replaced."""
    if link is None:
        return None
    place = Path(link)
    if place.exists() and not place.is_symlink():
        raise BadSettings(f"{link} is there already and is no link", "Choose another place for the link.")
    try:
        place.unlink(missing_ok=True)
        place.symlink_to(path)
    except OSError as problem:
        raise BadSettings(f"the link {link} cannot be made: {problem.strerror}", "Choose another place.") from problem
    return place
