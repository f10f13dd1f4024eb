"""Telephones on the mini-PBX that do exactly what a test does, callers outside who whistle, and ears that name what is
heard.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np

from appliance.call import CallerId, Presentation
from appliance.signals.callerid import CallerIdMessage, FskReceiver
from appliance.signals.countries import country
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.generate import dtmf, tone
from appliance.signals.levels import dbm0
from hardware.simulated.exchange import Exchange, PublicCall
from hardware.simulated.legs import Where
from hardware.simulated.loop import BLOCK, BLOCK_S, Loop, Samples
from hardware.simulated.minipbx import MiniPbx
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.sounds import SILENCE, Player

US = country("us")
VOICE_HZ = 1000.0
"""Outside callers whistle; nothing else on these lines does at that pitch."""


class Handset:
    """A telephone that does exactly what the test does."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.bursts: list[float] = []
        self.breaks: list[float] = []
        self.reversals: list[float] = []
        self.heard: list[Samples] = []
        self.mouth = Player()
        self.receiver = FskReceiver(US.caller_id)
        self.caller_ids: list[CallerIdMessage] = []
        loop.terminal = self

    def ring_changed(self, on: bool, at: float) -> None:
        if on:
            self.bursts.append(at)

    def battery_changed(self, volts: float, at: float) -> None:
        if volts == 0:
            self.breaks.append(at)
        if volts < 0:
            self.reversals.append(at)

    def hear(self, block: Samples, at: float) -> None:
        self.heard.append(block)
        if not self.loop.off_hook:
            self.caller_ids += self.receiver.feed(block)

    def speak(self, at: float) -> Samples:
        block = self.mouth.block(at)
        return SILENCE if block is None else block

    def keys(self) -> str:
        """All keys that were heard."""
        return "".join(event.key for event in DtmfReceiver().feed(np.concatenate(self.heard)) if event.down)


class Whistler:
    """A caller outside who whistles all the time, or says nothing."""

    def __init__(self, number: str = "5550100", *, silent: bool = False) -> None:
        self.caller_id = CallerId(number, "", Presentation.SHOWN)
        self.heard: list[Samples] = []
        self.alone = self.refused_at = False
        self._whistle = tone((VOICE_HZ,), 60, -15) if not silent else np.zeros(60 * 8000)
        self._place = 0

    def take_turn(self, call: PublicCall, at: float) -> None:
        pass

    def speak(self, at: float) -> Samples:
        self._place += BLOCK
        return np.resize(self._whistle[self._place : self._place + BLOCK], BLOCK)

    def hear(self, block: Samples, at: float) -> None:
        self.heard.append(block)

    def answered(self, at: float) -> None:
        pass

    def refused(self, at: float) -> None:
        self.refused_at = True

    def left_alone(self, at: float) -> None:
        self.alone = True


class Office:
    """A PBX with the box at 31, Anna at 11, Bert at 12 and Cilla at 13; time moves only when a test lets it."""

    def __init__(self, **habits: object) -> None:
        self.pbx = MiniPbx(US, lambda: datetime(2026, 11, 24, 9, 30), PbxProfile(**habits))  # type: ignore[arg-type]
        self.exchange = Exchange(US, [self.pbx])
        self.box = self._phone("31", in_hunt_group=True)
        self.anna, self.bert, self.cilla = self._phone("11"), self._phone("12"), self._phone("13")
        self.blocks = 0

    def _phone(self, extension: str, *, in_hunt_group: bool = False) -> Handset:
        loop = Loop(extension)
        self.pbx.connect_extension(extension, loop, in_hunt_group=in_hunt_group)
        return Handset(loop)

    @property
    def now(self) -> float:
        return self.blocks * BLOCK_S

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / BLOCK_S)):
            self.blocks += 1
            self.exchange.block(self.now)

    def wait_until(self, there: Callable[[], bool], seconds: float = 60.0) -> float:
        began = self.now
        while not there():
            assert self.now < began + seconds
            self.wait(BLOCK_S)
        return self.now - began

    def flash(self, ms: float = 100) -> None:
        opened_at = self.now
        self.box.loop.open(opened_at)
        self.wait(ms / 1000)
        self.box.loop.close(opened_at + ms / 1000)
        self.wait(0.04)

    def dial(self, digits: str, who: Handset | None = None, on_ms: float = 100) -> None:
        self.wait(0.6)
        (who or self.box).mouth.add(dtmf(digits, on_ms), self.now)
        self.wait(len(digits) * 0.2 + 0.6)

    def call_in(self, number: str = "5550100") -> tuple[Whistler, PublicCall]:
        """A caller who is talking with the box."""
        caller = Whistler(number)
        call = self.exchange.call(caller, self.now)
        self.wait(1)
        self.box.loop.close(self.now)
        self.wait(0.5)
        return caller, call

    def consult(self, digits: str) -> tuple[Whistler, PublicCall]:
        """The same caller on hold, and that number dialled."""
        caller, call = self.call_in()
        self.flash()
        self.dial(digits)
        return caller, call

    def where(self, call: PublicCall) -> Where:
        """Where this caller is now."""
        return self.pbx.segments(call)[-1].where

    def hears(self, who: Handset | Whistler, seconds: float = 2.0) -> str:
        """What that is which they hear in the next seconds."""
        began = len(who.heard)
        self.wait(seconds)
        sound = np.concatenate([*who.heard[began:], np.zeros(BLOCK)])
        blocks = sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK)
        loud = np.array([dbm0(block) > -40 for block in blocks])
        changes = int(np.count_nonzero(np.diff(loud.astype(int))))
        spectrum = np.square(np.abs(np.fft.rfft(sound)))
        hz = np.fft.rfftfreq(len(sound), 1 / 8000)
        share = {at: spectrum[np.abs(hz - at) < 8].sum() / spectrum.sum() for at in (350, 440, 480, 620, VOICE_HZ)}
        if not loud.any():
            return "nothing"
        if share[VOICE_HZ] > 0.8:
            return "caller"
        present = tuple(at for at in (350, 440, 480, 620) if share[at] > 0.4)
        busy = "congestion" if changes > 5 * seconds / 2 else "busy"
        return {(350, 440): "dial tone", (440, 480): "ringback", (480, 620): busy}.get(present, "music")
