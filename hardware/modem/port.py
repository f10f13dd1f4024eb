"""The serial port of a modem: opened once, read and written without ever blocking.

Bytes that the port does not take at once wait in a bounded queue (a USB modem pushes back by not taking them); a port
that is gone raises `LineFault` in the words of an office.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import struct
import termios

import serial

from appliance.clock import Clock, Waiter
from appliance.faults import LineFault, PortForbidden, PortMissing, PortTaken
from hardware.wires import SerialWires, read_arrived, serial_wires

BAUD = 115_200
"""More than the 80,000 bit/s that 8-bit voice needs on a true serial line; nominal on USB."""
MOST_QUEUED = 65_536
"""Bytes we keep for a port that takes none: eight seconds of voice."""
PUSH_EVERY_S = 0.02
"""How often a port that took none is offered the rest again."""


class SerialPort:
    """An open port. All calls from one thread, the owner of `waiter`."""

    def __init__(self, path: str, clock: Clock, waiter: Waiter) -> None:
        self.path = path
        self._clock = clock
        self._waiter = waiter
        self._serial = _open(path)
        self._fd: int = self._serial.fileno()
        os.set_blocking(self._fd, False)
        _hang_up_on_close(self._fd)
        self._wires: SerialWires = serial_wires(clock, path)
        self._wires.to_host.forget()
        self._wires.to_host.ends_at(waiter)
        self._queued = bytearray()
        self._halfway = False

    def write(self, data: bytes) -> None:
        """Hand bytes to the modem, now or as soon as it takes them.

        Raises:
            LineFault: the port is gone, or has taken nothing for too long.
        """
        self._queued += data
        if len(self._queued) > MOST_QUEUED:
            raise LineFault(f"the modem at {self.path} takes no more bytes")
        self._push()

    def forget_unsent(self) -> None:
        """Throw away what the port has not taken yet, but for the second half of a pair that DLE begins."""
        del self._queued[int(self._halfway) :]

    @property
    def unsent(self) -> int:
        """Bytes the port has not taken yet."""
        return len(self._queued)

    @property
    def backlog(self) -> int:
        """Bytes that the kernel has taken and the modem has not; 0 where the kernel cannot tell."""
        try:
            return int(struct.unpack("I", fcntl.ioctl(self._fd, termios.TIOCOUTQ, bytes(4)))[0])
        except OSError:
            return 0

    def read(self) -> bytes:
        """What has arrived, without waiting.

        Raises:
            LineFault: the port is gone.
        """
        try:
            return read_arrived(self._fd, self._wires.to_host)
        except OSError as problem:
            raise self._gone() from problem

    def wait(self, until: float, *, for_bytes: bool = True) -> bytes:
        """Wait until the clock shows `until`, until bytes arrive (unless told otherwise) or the waiter is rung; then
        read.

        Raises:
            LineFault: the port is gone.
        """
        self._push()
        if self._queued:
            until = min(until, self._clock.now() + PUSH_EVERY_S)
        self._waiter.wait(until, self._fd if for_bytes else None)
        data = self.read()
        if not data and self._end_of_file():
            raise self._gone()
        return data

    def close(self) -> None:
        """Release the port; DTR drops, which hangs up a modem set to `&D2` (R37)."""
        self._wires.to_host.ends_at(None)
        try:
            # What it never took would otherwise be waited for, up to half a minute.
            termios.tcflush(self._fd, termios.TCIOFLUSH)
        except (OSError, termios.error):
            self._queued.clear()
        try:
            self._serial.close()
        except OSError:
            return  # it is gone already: there is nothing left to release

    def _push(self) -> None:
        """Write as much of the queue as the port takes now."""
        while self._queued:
            try:
                count = os.write(self._fd, self._queued)
            except BlockingIOError:
                return
            except OSError as problem:
                raise self._gone() from problem
            self._wires.to_modem.sent(count)
            self._note_halves(bytes(self._queued[:count]))
            del self._queued[:count]

    def _note_halves(self, taken: bytes) -> None:
        """Is the last byte `taken` a DLE whose second half is still to come?"""
        run = len(taken) - len(taken.rstrip(b"\x10"))
        self._halfway = (run + (self._halfway and run == len(taken))) % 2 == 1

    def _end_of_file(self) -> bool:
        """Does the port say hang-up? An unplugged device is readable for ever and gives nothing."""
        poll = select.poll()
        poll.register(self._fd, 0)
        return any(flags & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, flags in poll.poll(0))

    def _gone(self) -> LineFault:
        return LineFault(f"the modem at {self.path} has vanished")


def _open(path: str) -> serial.Serial:
    """Open the port for us alone, or say in words why not."""
    try:
        return serial.Serial(path, BAUD, timeout=0, write_timeout=0, exclusive=True)
    except (serial.SerialException, OSError) as problem:
        match _error_number(problem):
            case errno.ENOENT | errno.ENODEV | errno.ENXIO:
                raise PortMissing(f"there is no modem at {path}") from problem
            case errno.EACCES | errno.EPERM:
                raise PortForbidden(f"the program may not open {path}") from problem
            case errno.EBUSY | errno.EAGAIN:
                raise PortTaken(f"another program is using {path}") from problem
        raise LineFault(f"{path} cannot be opened as a serial port: {problem}") from problem


def _hang_up_on_close(descriptor: int) -> None:
    """Let the kernel drop DTR whenever the port is closed, also when the program was killed."""
    try:
        settings = termios.tcgetattr(descriptor)
        settings[2] |= termios.HUPCL
        termios.tcsetattr(descriptor, termios.TCSANOW, settings)
    except (OSError, termios.error):
        return  # it is no terminal, or it has just gone: reading will tell


def _error_number(problem: BaseException) -> int | None:
    """The number of the error; pyserial keeps it in the exception or in its cause."""
    number = getattr(problem, "errno", None)
    if number is None and problem.__context__ is not None:
        number = _error_number(problem.__context__)
    return number
