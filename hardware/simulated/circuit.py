"""The feeding side of a pair of wires: battery, ringing, caller ID between the rings, and what the line sounds like.

An exchange's subscriber line and a PBX's extension port are both a `Circuit`; what lifting and hanging up *mean* is
theirs to say. A block of the world is served in two halves: first every circuit and every person speaks, then
everybody hears, so that sound crosses the whole simulated network within its own 20 ms.

Caller ID by FSK is sent 0.5 s after the first burst that is followed by a long pause (GR-30; EN 300 659-1, "during
ringing").
"""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from appliance.call import CallerId, Presentation
from appliance.signals import callerid
from appliance.signals.countries import Cadence, Country
from hardware.simulated.loop import BLOCK, RATE_HZ, Loop, Samples
from hardware.simulated.saved import Tape
from hardware.simulated.sounds import SILENCE, Player, Sound, line_noise

BATTERY_V = 48.0
CALLER_ID_AFTER_S = 0.5
_LONG_PAUSE_S = 1.5
_FLUSH_S = 0.2
"""Quiet after the caller ID, so that a receiver gets the end of the last byte out of its filters."""


@dataclass(frozen=True, slots=True)
class Hook:
    """The terminal closed (`off_hook`) or opened the loop."""

    at: float
    off_hook: bool


@dataclass(slots=True)
class Trace:
    """What was seen of one call at the line of the box: the evidence a test or an installer asks for."""

    heard: Tape = field(default_factory=Tape)
    said: Tape = field(default_factory=Tape)
    rings: int = 0
    hooks: list[Hook] = field(default_factory=list)
    flashes_ms: list[float] = field(default_factory=list)
    digits: list[str] = field(default_factory=list)


class Circuit(ABC):
    """One line as seen by what feeds it."""

    def __init__(self, loop: Loop, country: Country, *, noise_dbm0: float = -65.0, seed: int = 0) -> None:
        self.loop = loop
        self.country = country
        self.hears: Sound | None = None
        """What the terminal is given to hear: a tone, music, or the other party."""
        self.aside = Player()
        """What is put on the line besides: keys, beeps, clicks."""
        self.said: Samples = SILENCE
        self.trace: Trace | None = None
        self._noise = line_noise(noise_dbm0, seed)
        self._ringing: _Ringing | None = None
        self._battery_back_at = math.inf
        loop.circuit = self

    # What the terminal does.

    def hook_changed(self, off_hook: bool, at: float) -> None:
        if self.trace is not None:
            self.trace.hooks.append(Hook(at, off_hook))
        if off_hook:
            was_ringing = self._ringing is not None
            self.stop_ringing(at)
            self.closed(was_ringing, at)
        else:
            self.opened(at)

    @abstractmethod
    def closed(self, was_ringing: bool, at: float) -> None:
        """The terminal went off-hook, perhaps to answer."""

    @abstractmethod
    def opened(self, at: float) -> None:
        """The terminal went on-hook, perhaps only for a flash."""

    # What the line does to it.

    @property
    def is_ringing(self) -> bool:
        """Somebody calls this line; in the pauses of the cadence too."""
        return self._ringing is not None

    def start_ringing(self, caller_id: CallerId, moment: datetime, at: float, ring: Cadence = ()) -> None:
        """Begin the cadence `ring` (the country's) at `at`; the caller ID bears the local time `moment`."""
        data_sound = caller_id_sound(caller_id, self.country, moment)
        self._ringing = _Ringing(_edges(cadence_s(ring or self.country.ring), at), data_sound)
        self._ring_until(at)

    def stop_ringing(self, at: float) -> None:
        """Stop at once; harmless when nothing rings."""
        self._ringing = None
        self.loop.ring(False, at)

    def break_loop(self, seconds: float, at: float) -> None:
        """Take the battery away for a moment: the sign that the far end has gone."""
        self.loop.feed(0.0, at)
        self._battery_back_at = at + seconds

    def reverse(self, at: float) -> None:
        """Change the polarity of the line."""
        self.loop.feed(-self.loop.battery_v, at)

    def straighten(self, at: float) -> None:
        """Back to the polarity of an idle line, unless it is broken at the moment."""
        if self.loop.battery_v:
            self.loop.feed(BATTERY_V, at)

    # One block.

    def pull(self, count: int) -> Samples:
        """What the terminal said in this block, as a sound for whoever is connected with it."""
        return self.said

    def listen(self, at: float) -> None:
        """First half of a block: battery and ringing change, and the terminal speaks."""
        if self._battery_back_at <= at:
            self.loop.feed(BATTERY_V, self._battery_back_at)
            self._battery_back_at = math.inf
        if self._ringing is not None:
            self._ring_until(at)
        self.said = SILENCE
        if self.loop.off_hook and self.loop.terminal is not None:
            spoken = self.loop.terminal.speak(at)  # fetched during a break too: a modem plays on without knowing
            self.said = spoken if self.loop.battery_v else SILENCE

    def deliver(self, at: float) -> None:
        """Second half: the terminal hears. A line that is on-hook and carries no caller ID costs nothing."""
        terminal = self.loop.terminal
        if terminal is None:
            return
        if self.loop.off_hook:
            block = self._block(at) if self.loop.battery_v else SILENCE
            terminal.hear(block, at)
            if self.trace is not None:
                self.trace.heard.add(block, at)
                self.trace.said.add(self.said, at)
        elif self._ringing is not None and (data := self._ringing.player.block(at)) is not None:
            terminal.hear(data + self._noise.pull(BLOCK), at)

    def _block(self, at: float) -> Samples:
        block = self._noise.pull(BLOCK)
        if self.hears is not None:
            block = block + self.hears.pull(BLOCK)
        aside = self.aside.block(at)
        return block if aside is None else block + aside

    def _ring_until(self, at: float) -> None:
        ringing = self._ringing
        while ringing is not None and ringing.edge.at <= at:
            edge = ringing.edge
            ringing.edge = next(ringing.edges)
            if edge.on:
                if self.trace is not None and edge.first:
                    self.trace.rings += 1
            elif ringing.data_sound is not None and ringing.edge.at - edge.at > _LONG_PAUSE_S:
                ringing.player.add(ringing.data_sound, edge.at + CALLER_ID_AFTER_S)
                ringing.data_sound = None
            self.loop.ring(edge.on, edge.at)
            ringing = self._ringing  # the terminal may have answered at this very edge


@dataclass(frozen=True, slots=True)
class _Edge:
    at: float
    on: bool
    first: bool
    """The first of a double ring, which people count as one."""


@dataclass(slots=True)
class _Ringing:
    edges: Iterator[_Edge]
    data_sound: Samples | None
    edge: _Edge = field(init=False)
    player: Player = field(default_factory=Player)

    def __post_init__(self) -> None:
        self.edge = next(self.edges)


def _edges(lengths_s: tuple[float, ...], began: float) -> Iterator[_Edge]:
    """A cadence for ever, the moments of switching on and off."""
    at = began
    for place, seconds in itertools.cycle(enumerate(lengths_s)):
        yield _Edge(at, place % 2 == 0, place == 0)
        at += seconds


def cadence_s(ring: Cadence) -> tuple[float, ...]:
    """Seconds on, off, on, off ... of one period of ringing."""
    return tuple(ms / 1000 for pair in ring for ms in pair)


def caller_id_sound(caller_id: CallerId, country: Country, moment: datetime) -> Samples | None:
    """The FSK burst for this caller, or `None` where the network tells nothing of them."""
    if caller_id.presentation is Presentation.NOT_SENT:
        return None
    reasons = {Presentation.WITHHELD: "P", Presentation.UNAVAILABLE: "O"}
    message = callerid.CallerIdMessage(
        number=caller_id.number,
        name=caller_id.name,
        reason=reasons.get(caller_id.presentation, "" if caller_id.number else "O"),
        datetime=f"{moment:%m%d%H%M}",
    )
    burst = callerid.modulate(callerid.encode(message), country.caller_id)
    return np.concatenate([burst, np.zeros(round(_FLUSH_S * RATE_HZ))])
