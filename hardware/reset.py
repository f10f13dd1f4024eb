"""The last means before somebody has to pull the plug: resetting a modem from outside.

A USB device is reset through its hub, as if it had been plugged in anew; that takes the right to write its file below
`/dev/bus/usb`. A modem on a HAT has a reset line on a pin of the Raspberry Pi (the ModemHAT: low for half a second,
then almost a second until it is ready).
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Protocol

from appliance.faults import LineFault

USBDEVFS_RESET = 0x5514
"""`_IO('U', 20)` of linux/usbdevice_fs.h."""
USB_READY_S = 1.0
"""Until the kernel has found the device again."""
PIN_LOW_S = 0.5
PIN_READY_S = 1.1


class Reset(Protocol):
    """A way to reset the modem at a path: it is held from `begin` to `end` for `hold_s`, and works `ready_s` later."""

    hold_s: float
    ready_s: float

    def begin(self, path: str) -> bool:
        """Reset it, or begin to; `False` where that cannot be done."""

    def end(self) -> None:
        """Let go of it."""


class UsbReset:
    """Through the hub. `sysfs` and `devices` are where Linux shows its devices."""

    hold_s = 0.0
    ready_s = USB_READY_S

    def __init__(self, sysfs: Path = Path("/sys/class/tty"), devices: Path = Path("/dev/bus/usb")) -> None:
        self._sysfs = sysfs
        self._devices = devices

    def begin(self, path: str) -> bool:
        """Ask the kernel to reset the device; `False` for what is not on USB, or without the right to do so."""
        device = self.device_of(path)
        if device is None:
            return False
        try:
            descriptor = os.open(device, os.O_WRONLY)
        except OSError:
            return False
        try:
            fcntl.ioctl(descriptor, USBDEVFS_RESET, 0)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return True

    def end(self) -> None:
        """Nothing is held."""

    def device_of(self, path: str) -> Path | None:
        """The file of the USB device that the serial port at `path` belongs to."""
        place = (self._sysfs / Path(os.path.realpath(path)).name / "device").resolve()
        for folder in (place, *place.parents):
            try:
                bus, number = (int((folder / name).read_text()) for name in ("busnum", "devnum"))
            except (OSError, ValueError):
                continue
            return self._devices / f"{bus:03}" / f"{number:03}"
        return None


class PinReset:
    """By a pin of the Raspberry Pi, low for as long as the reset lasts. The number is Broadcom's.

    From the beginning it keeps the pin high, without which such a modem does not run.

    Raises:
        LineFault: there is no such pin, or this machine has no pins.
    """

    hold_s = PIN_LOW_S
    ready_s = PIN_READY_S

    def __init__(self, number: int) -> None:
        from gpiozero import GPIOZeroError, OutputDevice
        from gpiozero.exc import BadPinFactory

        try:
            self._pin = OutputDevice(number, active_high=False, initial_value=False)
        except (GPIOZeroError, BadPinFactory, OSError) as problem:
            raise LineFault(
                f"the reset pin GPIO{number} cannot be used: {problem}",
                "Correct reset_gpio of that line; it works on a Raspberry Pi with the package lgpio only.",
            ) from problem

    def begin(self, path: str) -> bool:
        """Hold the modem in reset."""
        self._pin.on()
        return True

    def end(self) -> None:
        """Let it start."""
        self._pin.off()


def reset_for(reset_gpio: int) -> Reset:
    """The way to reset a line's modem: its pin, where the settings name one, else USB."""
    return PinReset(reset_gpio) if reset_gpio else UsbReset()
