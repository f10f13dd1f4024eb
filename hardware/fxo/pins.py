"""The pins of an FXO HAT that we look at, and its reset pin, through gpiozero.

Whoever drives a pin (the kernel's events on a Raspberry Pi, the simulated world in a rehearsal) calls back in a thread
of its own. Here a change is only put down with its moment, and the line's thread is woken; that one fetches it by
`changes`. Bouncing is judged by ourselves from these moments (`linestate`, `ringing`): gpiozero's own `bounce_time`
differs between its pin drivers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from appliance.clock import Clock
from appliance.faults import LineFault
from hardware.fxo.board import INPUTS, Board, Pin, Pull, Wire
from hardware.fxo.hookcontrol import NO_PIN
from hardware.fxo.switch import Output, gpiozero, output

PULLED = {Pull.UP: True, Pull.DOWN: False, Pull.NONE: None}
MOST_CHANGES = 2000
"""Three seconds of the fastest ringing, and a lot more than a line's thread is ever late."""


@dataclass(frozen=True, slots=True)
class Change:
    """A pin has become active, or inactive, at `at` seconds of the clock."""

    wire: Wire
    active: bool
    at: float


class Pins:
    """All pins of an open HAT but the hook.

    Raises:
        LineFault: this machine has no pins, or somebody has one of them.
    """

    def __init__(self, board: Board, clock: Clock, wake: Callable[[], None], factory: Any = None) -> None:
        self._clock = clock
        self._wake = wake
        self._changes: deque[Change] = deque(maxlen=MOST_CHANGES)
        self._inputs: dict[Wire, tuple[Any, bool]] = {}
        self._levels: dict[Wire, bool] = {}
        self.reset: Output | None = None
        """Active while it keeps the HAT from working."""
        try:
            for wire in INPUTS:
                if wire in board.pins:
                    self._inputs[wire] = self._watch(wire, board.pins[wire], factory)
            if Wire.RESET in board.pins:
                pin = board.pins[Wire.RESET]
                self.reset = output(pin.gpio, pin.active_high, factory)
        except LineFault:
            self.close()
            raise
        except Exception as problem:  # the drivers of gpiozero raise all kinds of them
            self.close()
            raise LineFault(f"the pins of the board {board.name} cannot be used: {problem}", NO_PIN) from problem
        self._levels = {wire: self._read(wire) for wire in self._inputs}

    def _watch(self, wire: Wire, pin: Pin, factory: Any) -> tuple[Any, bool]:
        """The device at a pin, and whether what it calls active is what we call so."""
        pulled = PULLED[pin.pull]
        device = gpiozero().DigitalInputDevice(
            pin.gpio, pull_up=pulled, active_state=True if pulled is None else None, pin_factory=factory
        )
        straight = pin.active_high is not (pulled is True)
        device.when_activated = lambda: self._moved(wire, straight)
        device.when_deactivated = lambda: self._moved(wire, not straight)
        return device, straight

    def _moved(self, wire: Wire, active: bool) -> None:
        self._changes.append(Change(wire, active, self._clock.now()))
        self._wake()

    def _read(self, wire: Wire) -> bool:
        device, straight = self._inputs[wire]
        return bool(device.is_active) is straight

    def level(self, wire: Wire) -> bool | None:
        """Whether a pin is active by all that was fetched; `None` if this board has no such pin."""
        return self._levels.get(wire)

    def changes(self) -> list[Change]:
        """What has changed since the last call, in its order."""
        changes = []
        while self._changes:
            change = self._changes.popleft()
            self._levels[change.wire] = change.active
            changes.append(change)
        return changes

    def look(self) -> list[Change]:
        """Look at every pin: a change that nobody reported would be believed for ever."""
        changes = self.changes()
        for wire, level in self._levels.items():
            if (now := self._read(wire)) is not level:
                self._levels[wire] = now
                changes.append(Change(wire, now, self._clock.now()))
        return changes

    def close(self) -> None:
        """Let go of all pins."""
        for device, _ in self._inputs.values():
            device.close()
        if self.reset is not None:
            self.reset.close()
        self._inputs.clear()
        self._levels.clear()
