"""An emulated voice modem at a pseudo-terminal: any program can open its `path` as a serial port.

This is what holds it together: its port (`modemport`), its power and its plug, and the moments at which something goes
wrong (`modemfaults`). What it does with bytes is its firmware's business (`modemfirmware`), what it is like its
profile's (`profiles`).

It has no thread. The world calls `attend` when bytes have arrived or `next_due` has come, and moves sound by `hear` and
`speak`. A DTR drop cannot be seen on a pseudo-terminal, so the host's closing of the port is taken for one.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

import numpy as np

from appliance.clock import Clock, VirtualClock, Waiter
from appliance.signals.countries import Country
from hardware.find import FoundPort
from hardware.simulated.loop import BLOCK, Loop, Samples
from hardware.simulated.modemfaults import Faults
from hardware.simulated.modemfirmware import Firmware
from hardware.simulated.modemport import MOST_PENDING, ModemPort
from hardware.simulated.modemprofile import Profile
from hardware.simulated.modemrecord import ModemRecord

HANGS_UP_WITHIN_S = 0.5


class FakeModem:
    """One modem on one line.

    Args:
        link: a symbolic link to make, by which programs find the port.
        socket: the USB socket it sits on, `1-1.2`.

    Raises:
        BadSettings: the link cannot be made.
    """

    def __init__(
        self,
        profile: Profile,
        loop: Loop,
        clock: Clock,
        *,
        country: Country,
        seed: int = 0,
        faults: Faults = Faults(),  # noqa: B008 - frozen
        link: str | None = None,
        socket: str = "",
    ) -> None:
        self.record = ModemRecord()
        self.profile = profile
        self.socket = socket
        self._clock = clock
        self._loop = loop
        self._faults = faults
        self._port = ModemPort(clock, self.record, link=link, uart=profile.uart, split=faults.split_bytes, seed=seed)
        self._was_connected = False
        self._pending = bytearray()
        self._alive = True
        """It has power and its firmware runs."""
        self._hung = False
        self._wishes: deque[Callable[[], None]] = deque()
        self._waiter: Waiter | None = None
        self._fate = self._new_agenda(clock.now())
        agenda = self._new_agenda(clock.now())
        self._firmware = Firmware(
            profile, loop, country, agenda, send=self._send, record=self.record, faults=faults, seed=seed
        )
        self._plan_misfortunes()
        loop.terminal = self

    def _new_agenda(self, now: float) -> VirtualClock:
        agenda = VirtualClock(self._clock.today())
        agenda.run(now)
        return agenda

    def _plan_misfortunes(self) -> None:
        faults = self._faults
        moments = [
            (faults.reset_at, self._restart),
            (faults.forgets_at, self._forget_settings),
            (faults.hangs_at, self._hang),
            (faults.unplug_at, self._pull_plug),
            (faults.unplug_at + faults.back_after_s, self._push_plug),
            *((at, lambda code=code: self._report(code)) for at, code in faults.spurious),
        ]
        for at, action in moments:
            if not math.isinf(at):
                self._fate.at(at, action)

    # ---------------------------------------------------------------- plug and power, from any thread

    @property
    def path(self) -> str:
        """The serial port; after unplugging the one it was."""
        return self._port.path

    def found(self) -> FoundPort | None:
        """What a computer knows of it; nothing while it is unplugged."""
        if not self._port.plugged_in:
            return None
        return FoundPort(self.path, self.profile.usb_id, self.socket, product=self.profile.product)

    def unplug(self) -> None:
        """Pull it out: the host's port dies and the line is on-hook."""
        self._wish(self._pull_plug)

    def plug_in(self) -> None:
        """Push it in again. Its port is a new one, to which the link leads."""
        self._wish(self._push_plug)

    def power_cycle(self) -> None:
        """Take its power away for a moment, or press its reset pin; the port stays."""
        self._wish(self._reboot)

    def lift_handset(self) -> None:
        """Somebody lifts another telephone on the same wires."""
        self._wish(lambda: self._lift_handset(True))

    def put_down_handset(self) -> None:
        """And puts it down again."""
        self._wish(lambda: self._lift_handset(False))

    def _wish(self, action: Callable[[], None]) -> None:
        """Have it done in the world's thread, as soon as that attends to us."""
        self._wishes.append(action)
        if self._waiter is not None:
            self._waiter.ring()

    # ---------------------------------------------------------------- plug and power, as they happen

    def _pull_plug(self) -> None:
        if self._port.plugged_in:
            self._lose_power()
            self._port.close()
            # A child process that is just being started holds the port open for a moment longer.
            self._fate.at(self._fate.now() + HANGS_UP_WITHIN_S, self._port.wake_host)
            self._was_connected = False

    def _push_plug(self) -> None:
        if not self._port.plugged_in:
            self._port.open(another_name=self._faults.another_name)
            self._fate.at(self._fate.now() + self.profile.boots_s, self._boot)

    def _reboot(self) -> None:
        if self._port.plugged_in:
            self._lose_power()
            self._fate.at(self._fate.now() + self.profile.boots_s, self._boot)

    def _restart(self) -> None:
        if self._port.plugged_in:
            self._lose_power()
            self._boot()

    def _lose_power(self) -> None:
        """On-hook, and nothing is left of what was known or meant to be done."""
        self._alive = self._hung = False
        self._pending.clear()
        self._firmware.restart(self._new_agenda(self._fate.now()))

    def _boot(self) -> None:
        if self._port.plugged_in and not self._hung:
            self._firmware.agenda.run(self._fate.now())
            self._alive = True

    def _lift_handset(self, lifted: bool) -> None:
        self._firmware.line.lift_handset(lifted, self._fate.now())
        if self._alive:
            self._firmware.reports.handset_lifted(lifted)

    def _hang(self) -> None:
        if self._alive:
            self._alive, self._hung = False, True

    def _forget_settings(self) -> None:
        if self._alive:
            self._firmware.forget_settings()

    def _report(self, code: str) -> None:
        if self._alive:
            self._firmware.reports.tell(code)

    # ---------------------------------------------------------------- the port

    @property
    def insertions(self) -> int:
        """How often it has been plugged in: another number means another file descriptor."""
        return self._port.insertions

    def fileno(self) -> int:
        """The end of the pseudo-terminal that is ours, -1 while unplugged; readable when the host has written."""
        return self._port.fileno()

    def wake_with(self, waiter: Waiter) -> None:
        """Ring `waiter` when the host has written, under a clock that waits for bytes, and when somebody unplugs us."""
        self._waiter = waiter
        self._port.wake_with(waiter)

    @property
    def connected(self) -> bool:
        """Did somebody have the port open when we last looked?"""
        return self._was_connected

    def _notice_host(self, connected: bool) -> None:
        """The host has the port open or not. Its closing drops DTR."""
        if self._was_connected and not connected:
            self._port.left()
            if not self._faults.ignores_dtr:
                self._dtr_dropped()
        self._was_connected = connected and self._port.plugged_in

    def _dtr_dropped(self) -> None:
        self._pending.clear()
        if self._alive:
            self._firmware.drop_dtr()
        elif self._hung and self._faults.hang_ends == "close":
            self._restart()

    def attend(self, now: float) -> None:
        """Do what is due by `now`, and what the host has asked for."""
        while self._wishes:
            self._run(now)
            self._wishes.popleft()()
        self._run(now)
        if not self._port.plugged_in:
            return
        arrived = self._port.arrived(now)
        self._notice_host(arrived is not None)
        self._pending += arrived or b""
        stalled = self._stalled(now)
        if not self._alive:
            self._pending.clear()
        elif not stalled:
            self._firmware.take(self._pending)
            self._run(now)
        self._port.hold_back(stalled or len(self._pending) > MOST_PENDING)
        self._write(now)

    def expects(self, now: float) -> bool:
        """Is there something for `attend` to do, as far as can be known without looking at the port?"""
        return bool(self._wishes) or self._port.under_way or self.next_due() <= now

    def next_due(self) -> float:
        """The moment (seconds of the clock) at which `attend` is wanted even without a byte, or infinity."""
        planned = self._firmware.agenda.next_appointment() if self._alive else math.inf
        return min(self._fate.next_appointment(), planned, self._port.next_due())

    def close(self) -> None:
        """Take it away: the host's port becomes unusable, and the link goes."""
        self._waiter = None
        self._pull_plug()

    def _run(self, now: float) -> None:
        """Do what is due by `now`, the firmware's business and fate's in their order."""
        while (moment := self._fate.next_appointment()) <= now:
            if self._alive:
                self._firmware.agenda.run(moment)
            self._fate.run(moment)
        self._fate.run(now)
        if self._alive:
            self._firmware.agenda.run(now)

    def _stalled(self, now: float) -> bool:
        return self._faults.stall_at <= now < self._faults.stall_at + self._faults.write_stall_s

    def _send(self, data: bytes) -> None:
        if not self._was_connected:
            self._notice_host(self._port.in_use())
        if self._was_connected:
            self._port.send(data, self._firmware.now)
            self._tell_of_loss()

    def _write(self, now: float) -> None:
        self._port.write(now)
        self._tell_of_loss()

    def _tell_of_loss(self) -> None:
        if self._port.lost_sound and not self._port.unsent:
            self._port.lost_sound = False
            self._firmware.reports.event("o")

    # ---------------------------------------------------------------- the line

    def ring_changed(self, on: bool, at: float) -> None:
        """Ringing voltage came or went."""
        self._run(at)
        if self._alive:
            self._firmware.reports.ring_changed(on)

    def battery_changed(self, volts: float, at: float) -> None:
        """The feeding voltage changed."""
        self._run(at)
        if self._alive:
            self._firmware.reports.battery_changed(volts)

    def hear(self, block: Samples, at: float) -> None:
        """Take the block that ended at `at`."""
        self._run(at)
        if self._alive:
            self._firmware.hear(block)

    def speak(self, at: float) -> Samples:
        """Give the block that ends at `at`."""
        self._run(at)
        return self._firmware.speak() if self._alive else np.zeros(BLOCK)
