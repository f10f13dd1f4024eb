"""Whether the telephone rings, by the pin that shows it, and in which rhythm.

A pin that pulses with the ringing voltage (16 to 68 Hz, or twice that behind a full-wave rectifier) and one that shows
its envelope are two `RingForm`s; both become bursts. A click is none, nor are the 10 pulses a second of somebody who
dials on the same line: three pulses within 120 ms are more than dialling makes (fxo-and-pbx 3 and 4.2).

Bursts that follow one another closely are one ring, as in Britain's double ring; a PBX rings in another rhythm for a
call from inside, or one that comes back (8, "ring patterns").
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from hardware.fxo.board import RingForm, Ringing

BOUNCE_S = 0.005
"""Pulses closer than this are one: 68 Hz, twice as many behind a rectifier, has 7 ms."""
SAME_RING_S = 0.8
"""A burst that is told so soon after another belongs to the same ring; between rings there are at least 1.5 s."""
FALLS = 0.25
"""How fast the counter of an envelope falls, compared with its climb: +16 and -4 in DAHDI."""
MOST_BURSTS = 8
NAMES = {1: "single", 2: "double", 3: "triple"}


@dataclass(frozen=True, slots=True)
class Cadence:
    """The rhythm of one ring: lengths in seconds of burst, pause, burst ... as they were measured."""

    lengths_s: tuple[float, ...] = ()

    @property
    def kind(self) -> str:
        """`single`, `double`, `triple`, or how many bursts it has; empty if nothing is known."""
        bursts = (len(self.lengths_s) + 1) // 2
        return NAMES.get(bursts, f"{bursts} bursts") if bursts else ""

    @property
    def lengths_ms(self) -> tuple[int, ...]:
        """To ten milliseconds, which is all that the detection is good for."""
        return tuple(round(length * 100) * 10 for length in self.lengths_s)


@dataclass(frozen=True, slots=True)
class Burst:
    """Ringing has begun (`on`) or ended, at `at` seconds of the clock; it was known a little later."""

    on: bool
    at: float


class Detector(Protocol):
    """Makes bursts of the level of a pin. `turn` must be called when `due` has come."""

    def level(self, active: bool, at: float) -> None:
        """The pin has changed."""

    def turn(self, now: float) -> list[Burst]:
        """What is known by now."""

    @property
    def due(self) -> float:
        """When more will be known without any change of the pin."""


def detector(how: Ringing) -> Detector:
    """The one for the form that this board's pin has."""
    return Pulses(how) if how.form is RingForm.PULSES else Envelope(how)


class Pulses:
    """A pulse for each wave."""

    def __init__(self, how: Ringing) -> None:
        self._how = how
        self._pulses: deque[float] = deque(maxlen=how.pulses)
        self._since = math.inf
        """When the burst began that has not been told or has not ended."""
        self._told = False

    def level(self, active: bool, at: float) -> None:
        if not active or (self._pulses and at - self._pulses[-1] < BOUNCE_S):
            return
        if self._pulses and at - self._pulses[-1] > self._how.off_after_ms / 1000:
            self._pulses.clear()
        self._pulses.append(at)
        enough = len(self._pulses) == self._how.pulses
        if math.isinf(self._since) and enough and at - self._pulses[0] <= self._how.within_ms / 1000 + 1e-9:
            self._since = self._pulses[0]

    def turn(self, now: float) -> list[Burst]:
        if math.isinf(self._since):
            return []
        bursts = []
        last = self._pulses[-1]
        if not self._told and last - self._since >= self._how.told_after_ms / 1000 - 1e-9:
            self._told = True
            bursts.append(Burst(True, self._since))
        if now - last > self._how.off_after_ms / 1000:
            if self._told:
                bursts.append(Burst(False, last))
            self._since, self._told = math.inf, False
            self._pulses.clear()
        return bursts

    @property
    def due(self) -> float:
        # A hair later than the limit, which itself still counts as ringing.
        return math.inf if math.isinf(self._since) else self._pulses[-1] + self._how.off_after_ms / 1000 + 1e-6


class Envelope:
    """One level for the whole burst, judged by a counter of milliseconds that climbs faster than it falls."""

    def __init__(self, how: Ringing) -> None:
        self._how = how
        self._top = float(how.envelope_ms)
        self._count = 0.0
        self._active = False
        self._changed_at = self._counted_at = -math.inf
        self._since = math.inf
        self._on = self._told = False

    def level(self, active: bool, at: float) -> None:
        self._count_to(at)
        if active and not self._active and math.isinf(self._since):
            self._since = at
        self._active, self._changed_at = active, at

    def _count_to(self, now: float) -> None:
        if not math.isinf(self._counted_at):
            passed_ms = (now - self._counted_at) * 1000 * (1.0 if self._active else -FALLS)
            self._count = min(self._top, max(0.0, self._count + passed_ms))
        self._counted_at = now

    def turn(self, now: float) -> list[Burst]:
        self._count_to(now)
        bursts = []
        self._on = self._on or self._count >= self._top - 1e-6
        if self._on and not self._told and now - self._since >= self._how.told_after_ms / 1000 - 1e-9:
            self._told = True
            bursts.append(Burst(True, self._since))
        if not self._active and self._count <= 1e-6:
            if self._told:
                bursts.append(Burst(False, self._changed_at))
            self._since, self._on, self._told = math.inf, False, False
        return bursts

    @property
    def due(self) -> float:
        if not self._active:
            return math.inf if self._count <= 0.0 else self._counted_at + (self._count + 1e-3) / FALLS / 1000
        full_at = self._counted_at + max(0.0, self._top - self._count) / 1000
        told_at = max(full_at, self._since + self._how.told_after_ms / 1000)
        return math.inf if self._told else max(told_at, math.nextafter(self._counted_at, math.inf))


class RingRhythm:
    """Joins bursts to rings, and remembers the rhythm of the last whole ring."""

    def __init__(self) -> None:
        self.cadence = Cadence()
        """Of the last ring that is over; nothing while it is not known."""
        self._lengths: list[float] = []
        self._began: float | None = None
        self._ended = -math.inf

    def start_over(self) -> None:
        """Nobody has rung yet; the rest of a ring that is being tripped is none."""
        self.cadence = Cadence()
        self._lengths.clear()
        self._began = None

    def take(self, burst: Burst) -> bool:
        """Is this the beginning of another ring?"""
        if not burst.on:
            if self._began is not None:
                self._ended = burst.at
                self._lengths.append(burst.at - self._began)
                del self._lengths[2 * MOST_BURSTS - 1 :]
            return False
        self._began = burst.at
        if self._lengths:
            self._lengths.append(burst.at - self._ended)
        return len(self._lengths) == 0

    def close(self) -> None:
        """The ring is over: its rhythm is known."""
        self.cadence = Cadence(tuple(self._lengths))
        self._lengths = []

    @property
    def due(self) -> float:
        """When `close` should be called, as nothing can follow any more."""
        return self._ended + SAME_RING_S if len(self._lengths) % 2 else math.inf
