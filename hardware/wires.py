"""Both ends of a serial port agree here how bytes under way are counted, so that line time can wait for them.

On the wall clock this is an ordinary non-blocking read. Under a `ScaledClock` a pseudo-terminal hands bytes over a
little after the write that sent them; until then they are neither here nor there, and time must stand still.
"""

from __future__ import annotations

import os
import select
from dataclasses import dataclass

from appliance.clock import LOST_BYTES_S, Clock, Wire

READ_SIZE = 65536


@dataclass(frozen=True, slots=True)
class SerialWires:
    """The two directions of one serial port."""

    to_modem: Wire
    to_host: Wire


def serial_wires(clock: Clock, path: str) -> SerialWires:
    """The wires of the port at `path`; symbolic links lead to the same ones."""
    real = os.path.realpath(path)
    return SerialWires(clock.wire(f"{real} to modem"), clock.wire(f"{real} to host"))


def read_arrived(fd: int, wire: Wire) -> bytes:
    """Read what has arrived at non-blocking `fd` without waiting, but all that `wire` says is under way.

    Returns at most some ten kilobytes; nothing (`b""`) when nothing is there.

    Raises:
        OSError: the other end is gone (unplugged device, closed pseudo-terminal).
    """
    arrived = b""
    while True:
        try:
            part = os.read(fd, READ_SIZE)
            if not part:
                return arrived
            wire.received(len(part))
            arrived += part
        except BlockingIOError:
            part = b""
        if not wire.under_way:
            return arrived
        if not part and not select.select([fd], [], [], LOST_BYTES_S)[0]:
            wire.forget()
            return arrived
