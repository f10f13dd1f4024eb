"""The hook: one pin that closes the loop, opens it, or opens it for an exact moment.

`Switch` knows nothing of processes and clocks. It is worked by the hook process (`hook`), where its time is the
machine's, and by the driver itself (`hookcontrol`), where it is that of a clock.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from hardware.fxo.board import Pin

SHORTEST_MS, LONGEST_MS = 20, 2000
"""No hook flash of any country is shorter or longer (fxo-and-pbx 4.3)."""


class Output(Protocol):
    """A pin that drives something; `gpiozero.OutputDevice` is one."""

    def on(self) -> None:
        """Make it active."""

    def off(self) -> None:
        """Make it inactive."""

    def close(self) -> None:
        """Let go of it."""


class Switch:
    """The hook at a pin. `now` gives seconds; `moved` is told of every change, with the moment after it."""

    def __init__(self, pin: Output, now: Callable[[], float], moved: Callable[[bool, float], None]) -> None:
        self._pin = pin
        self._now = now
        self._moved = moved
        self._opened_at = 0.0
        self.off_hook = False
        """Is the loop closed by us? During a flash it is not."""
        self.due = math.inf
        """When the loop is to be closed again, or infinity."""
        self.flash_ms = 0.0
        """How long the last flash was, from one change of the pin to the other."""
        self.hang_up()

    def lift(self) -> float:
        """Close the loop; the moment after it."""
        self.due = math.inf
        return self._set(True)

    def hang_up(self) -> float:
        """Open the loop for good; the moment after it."""
        self.due = math.inf
        return self._set(False)

    def flash(self, length_ms: int) -> None:
        """Open the loop; it is closed again by the first `turn` from `due` on. On-hook nothing happens.

        Raises:
            ValueError: no flash is so short or so long.
        """
        if not SHORTEST_MS <= length_ms <= LONGEST_MS:
            raise ValueError(f"a flash of {length_ms} ms is none")
        if self.off_hook:
            self._opened_at = self._set(False)
            self.due = self._opened_at + length_ms / 1000

    def turn(self) -> bool:
        """Close the loop if a flash is at its end; was it?"""
        if self._now() < self.due:
            return False
        self.due = math.inf
        self.flash_ms = (self._set(True) - self._opened_at) * 1000
        return True

    def _set(self, off_hook: bool) -> float:
        if off_hook:
            self._pin.on()
        else:
            self._pin.off()
        now = self._now()
        if off_hook is not self.off_hook:
            self.off_hook = off_hook
            self._moved(off_hook, now)
        return now


def gpiozero() -> Any:
    """The library, which takes a while to load. Where there are no pins it says so in the end; once is enough."""
    import gpiozero
    from gpiozero.exc import PinFactoryFallback

    warnings.filterwarnings("ignore", category=PinFactoryFallback)
    return gpiozero


def output(gpio: int, active_high: bool, factory: Any = None) -> Output:
    """The output at a pin of this machine, inactive; `factory` gives the pins of another one.

    Raises:
        OSError, GPIOZeroError: there are no pins here, or somebody has this one.
    """
    pin: Output = gpiozero().OutputDevice(gpio, active_high=active_high, initial_value=False, pin_factory=factory)
    return pin


def hook_pin(pin: Pin, factory: Any = None) -> Output:
    """The output of a board's hook; see `output`."""
    return output(pin.gpio, pin.active_high, factory)
