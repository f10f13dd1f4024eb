"""An extension port of the mini-PBX: it decodes the hook and the keys of the set on its loop."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from appliance.call import CallerId, Presentation
from appliance.signals.dtmf import DtmfReceiver
from hardware.simulated.circuit import Circuit
from hardware.simulated.legs import Leg, Where
from hardware.simulated.loop import RATE_HZ, Loop, Samples
from hardware.simulated.sounds import Sound

if TYPE_CHECKING:
    from hardware.simulated.minipbx import MiniPbx

_SILENT = 100.0
"""Softer samples than this (-47 dBm0) are no part of a key."""


class PortState(Enum):
    """What an extension port is doing, apart from being rung."""

    IDLE = "idle"
    DIALLING = "dialling"
    ROUTING = "dialled"
    CALLING = "hears ringback"
    REFUSED = "hears busy or congestion"
    TALKING = "talking"
    LEFT = "the other party has gone"


class Port(Circuit, Leg):
    """One extension. `for_box` are the ports of the hunt group, at which the box hangs."""

    outside = False
    """Is it a telephone on the public network, reached over a trunk?"""

    def __init__(self, pbx: MiniPbx, loop: Loop, extension: str, *, for_box: bool, seed: int) -> None:
        super().__init__(loop, pbx.country, noise_dbm0=pbx.profile.tones.noise_dbm0, seed=seed)
        self.extension = extension
        self.for_box = for_box
        self.caller_id = CallerId(extension, "", Presentation.SHOWN)
        self.do_not_disturb = False
        self.state = PortState.IDLE
        self.rung_by: Leg | None = None
        self.held: Leg | None = None
        self.held_has_gone = False
        self.put_aside: Leg | None = None
        """The colleague who was consulted, while the caller is back and a code may still join the three."""
        self.refused_by: Port | None = None
        self.digits = ""
        self.takes_codes = False
        """Are the keys a code for what is to become of the parties, rather than an extension?"""
        self.hold_code_due = ""
        self.free_from = -math.inf
        self.flash_ended_at = -math.inf
        self.deaf_until = -math.inf
        """Keys that come sooner are lost."""
        self.beeps_at = -math.inf
        self._receiver: DtmfReceiver | None = None
        self._clip = _Clip(round(pbx.profile.digits_clipped_ms * RATE_HZ / 1000))
        self._opened_at = math.inf
        self._timer: tuple[float, Callable[[float], None]] | None = None
        self._pbx = pbx

    def moved(self, where: Where, extension: str, at: float) -> None:
        """A port keeps no diary; that of the caller it talks with says it all."""

    def pull(self, count: int) -> Samples:
        return self.said

    def enter(self, state: PortState, hears: Sound | None = None) -> None:
        """Change state; keys are decoded only while dialling, and a pending timer is void."""
        self.state = state
        self.hears = hears
        self.digits = ""
        self.takes_codes = False
        self._timer = None
        self._receiver = DtmfReceiver() if state is PortState.DIALLING else None

    def await_code(self) -> None:
        """Listen for a code, whatever the state is."""
        self.digits, self.takes_codes = "", True
        self._receiver = DtmfReceiver()

    def await_code_no_longer(self) -> None:
        """The time for it is over."""
        self.takes_codes, self._receiver = False, None

    def later(self, at: float, action: Callable[[float], None]) -> None:
        """Do that at that moment, unless the state changes before."""
        self._timer = (at, action)

    def closed(self, was_ringing: bool, at: float) -> None:
        opened_at, self._opened_at = self._opened_at, math.inf
        open_ms = (at - opened_at) * 1000
        profile = self._pbx.profile
        if self.state is PortState.IDLE:
            self._pbx.lifted(self, at)
        elif open_ms > profile.flash_max_ms:
            self._note_flash(open_ms)
            self._pbx.hung_up(self, at)
            self._pbx.lifted(self, at)
        else:
            self._note_flash(open_ms)
            if open_ms >= profile.flash_min_ms:
                self._pbx.flashed(self, opened_at, at)

    def opened(self, at: float) -> None:
        self._opened_at = at

    def listen(self, at: float) -> None:
        super().listen(at)
        if at - self._opened_at > self._pbx.profile.hang_up_ms / 1000:
            self._opened_at = math.inf
            self._pbx.hung_up(self, at)
        self._decode(at)
        if self._timer is not None and self._timer[0] <= at:
            _, action = self._timer
            self._timer = None
            action(at)

    def _decode(self, at: float) -> None:
        """Tell the PBX which keys were pressed in this block."""
        said = self._clip.feed(self.said)
        if self._receiver is None or at < self.deaf_until:
            return
        for event in self._receiver.feed(said):
            if event.down and self._receiver is not None:
                self._pbx.dialled(self, event.key, at)

    def _note_flash(self, open_ms: float) -> None:
        if self.trace is not None:
            self.trace.flashes_ms.append(open_ms)


class _Clip:
    """Loses the beginning of every sound, `length` samples of it; a pause of 10 ms is the end of a sound."""

    _PAUSE = RATE_HZ // 100

    def __init__(self, length: int) -> None:
        self._length = length
        self._lost = 0
        self._quiet = self._PAUSE

    def feed(self, samples: Samples) -> Samples:
        """The same with the beginnings silent."""
        if not self._length:
            return samples
        loud = np.abs(samples) > _SILENT
        kept = samples.copy()
        for place in range(len(samples)):
            self._quiet = 0 if loud[place] else self._quiet + 1
            if self._quiet >= self._PAUSE:
                self._lost = 0
            elif self._lost < self._length:
                self._lost += 1
                kept[place] = 0.0
        return kept
