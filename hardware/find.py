"""Which serial ports there are, and where a line's modem is now.

Linux numbers modems in the order in which they appear: after a brown-out `/dev/ttyACM0` may have become `/dev/ttyACM1`,
and the other one its former name (quirk Q20). What stays is the USB socket, so a line remembers on which socket its
modem sat when it was last opened and finds it there again (R32), or, moved to another socket, by its serial number or
its kind.

The settings name a port by its path (`/dev/ttyACM0`, or better a link below `/dev/serial/by-path`) or by its socket
(`usb:1-1.2`, as `frontdesk doctor` tells it).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from serial.tools import list_ports

from appliance.faults import PortMissing

BY_SOCKET = "usb:"


@dataclass(frozen=True, slots=True)
class FoundPort:
    """A serial port that is there now; the rest is empty for ports that are not on USB."""

    path: str
    usb_id: str = ""
    """Vendor and product, `0572:1340`."""
    socket: str = ""
    """Where it is plugged in: bus and hub ports, `1-1.2`, with the interface of a device that has several."""
    serial: str = ""
    product: str = ""

    @property
    def stable_name(self) -> str:
        """What to write into the settings: the socket, where there is one."""
        return BY_SOCKET + self.socket if self.socket else self.path


Lister = Callable[[], Sequence[FoundPort]]


def serial_ports() -> tuple[FoundPort, ...]:
    """All serial ports of this machine, as the kernel lists them."""
    return tuple(
        FoundPort(
            path=port.device,
            usb_id="" if port.vid is None else f"{port.vid:04x}:{port.pid:04x}",
            socket="" if port.vid is None else port.location or "",
            serial=port.serial_number or "",
            product=port.product or (port.description if port.description != "n/a" else ""),
        )
        for port in sorted(list_ports.comports())
    )


class PortFinder:
    """Finds the modems of all lines; they share one, so that no line takes another one's modem. Any thread may call."""

    def __init__(self, lister: Lister = serial_ports) -> None:
        self._lister = lister
        self._known: dict[str, FoundPort] = {}
        self._lock = threading.Lock()

    def locate(self, line: str, name: str) -> FoundPort:
        """The port of `line`, which its settings call `name`. It is remembered for the time when it has moved.

        Raises:
            PortMissing: it is nowhere.
        """
        with self._lock:
            found = self._locate(line, name, self._lister())
            self._known[line] = found
            return found

    def forget(self, line: str) -> None:
        """There is no such line any more, or it is about to be another one: its modem is free for any line."""
        with self._lock:
            self._known.pop(line, None)

    def _locate(self, line: str, name: str, ports: Sequence[FoundPort]) -> FoundPort:
        known = self._known.get(line)
        socket = name.removeprefix(BY_SOCKET) if name.startswith(BY_SOCKET) else known.socket if known else ""
        for port in ports:
            if socket and port.socket == socket:
                return port
        taken = {other.socket for owner, other in self._known.items() if owner != line and other.socket}
        if not name.startswith(BY_SOCKET) and os.path.exists(name):
            here = self._at(name, ports)
            strange = known is not None and known.socket and (not here.socket or here.usb_id != known.usb_id)
            if here.socket not in taken and not strange:
                return here
        if known is not None and known.usb_id:
            alike = [port for port in ports if port.usb_id == known.usb_id and port.socket not in taken]
            alike = [port for port in alike if port.serial == known.serial] or alike
            if len(alike) == 1:
                return alike[0]
        raise PortMissing(f"there is no modem at {name}")

    @staticmethod
    def _at(path: str, ports: Sequence[FoundPort]) -> FoundPort:
        """The port at `path`, which may be a link; one that the kernel does not list is known by its path alone."""
        real = os.path.realpath(path)
        listed = next((port for port in ports if os.path.realpath(port.path) == real), FoundPort(real))
        return FoundPort(path, listed.usb_id, listed.socket, listed.serial, listed.product)
