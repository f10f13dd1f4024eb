"""A simulated FXO HAT on one line of the world: pins as the exchange would move them, and a sound card.

It drives the mock pins of gpiozero, which the driver opens like those of a Raspberry Pi: ringing voltage becomes
pulses, current in the loop a level. What the driver does to the hook's pin closes or opens the loop, at exactly the
moment at which the pin moved. All of it happens in the world's thread; the pins and the card pass it on.

Besides its faults it can have misfortunes, from any thread: its card is unplugged, its cable cut, another telephone on
the same wires lifted.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPin

from appliance.clock import Clock, VirtualClock, Waiter
from appliance.signals.countries import Country
from appliance.signals.dtmf import DtmfReceiver
from hardware.find import FoundPort
from hardware.fxo.board import PORT, Board, RingForm, Wire, load_board
from hardware.simulated.fakecard import FakeCard
from hardware.simulated.loop import Loop, Samples
from hardware.simulated.modemrecord import ModemRecord
from hardware.simulated.sounds import SILENCE, gain

RINGING_HZ = 25.0
ECHO_DB = -18.0
"""How loud the hybrid of a line module returns our own voice."""
FLASH_WITHIN_S = 1.5
"""A loop that was open for longer was on-hook."""


@dataclass(frozen=True, slots=True)
class HatFaults:
    """What is wrong with one HAT; moments are seconds of the clock."""

    stuck: Mapping[Wire, bool] = field(default_factory=dict)
    """These pins stay active, or inactive, whatever happens."""
    hook_stuck: bool = False
    """The relay does not close."""
    no_caller_id: bool = False
    """While on-hook nothing can be heard."""
    ringing_hz: float = RINGING_HZ
    hear_db: float = 0.0
    """What is heard is so much too loud,"""
    speak_db: float = 0.0
    """and so is what is said."""
    echo_db: float = ECHO_DB
    """The hybrid returns our own voice so loud."""
    late_s: float = 0.0
    """What is heard can be fetched so much later,"""
    deaf_at: float = math.inf
    """and from here on no more at all."""
    overruns_at: tuple[float, ...] = ()
    """Here sound is lost because nobody seems to have fetched it."""
    underruns_at: tuple[float, ...] = ()
    """And here what was handed over to be said."""
    sample_ratio: float = 1.0
    """The sound card's clock gives so many times 8000 samples a second."""
    unplug_at: float = math.inf
    """The sound card is unplugged,"""
    back_after_s: float = math.inf
    """and so much later it is back."""


@dataclass(frozen=True, slots=True)
class HatProfile:
    """What a test asks of every kind of line device."""

    name: str
    uart: bool = False


class FakeHat:
    """One HAT on one line, made after the board that `port` names."""

    insertions = 0
    connected = False

    def __init__(
        self,
        port: str,
        loop: Loop,
        clock: Clock,
        *,
        country: Country,
        faults: HatFaults = HatFaults(),
    ) -> None:
        """Raises `BadSettings`: there is no such board."""
        self.path = port
        self.board: Board = load_board(port)
        self.profile = HatProfile(PORT + self.board.name)
        self.record = ModemRecord()
        self.pins = WiredPins(self._hook_pin_moved, self.board)
        self.card = FakeCard(clock, self._ran_dry, faults.late_s, faults.sample_ratio)
        self._clock = clock
        self._loop = loop
        self._faults = faults
        self._waiter: Waiter | None = None
        self._wishes: deque[Callable[[float], None]] = deque()
        self._agenda = VirtualClock(clock.today())
        self._agenda.run(clock.now())
        self._half_wave_s = 0.5 / faults.ringing_hz
        self._ringing = False
        self._wave_up = self._waving = False
        self._ours = self._handset = False
        self._before_all = Wire.LINE_IN_USE not in self.board.pins
        """Its line status detector, a CH1808, is the first thing on the line and sees all telephones."""
        self._cut = False
        self._volts = loop.battery_v
        self._opened_at = -math.inf
        self._said: Samples = SILENCE
        self._echo = gain(faults.echo_db)
        self._hears, self._speaks = gain(faults.hear_db), gain(faults.speak_db)
        self._ear = DtmfReceiver()
        self._plan(faults)
        self._show()
        loop.terminal = self

    def _plan(self, faults: HatFaults) -> None:
        moments = [
            (faults.unplug_at, lambda: self.card.plug(False)),
            (faults.unplug_at + faults.back_after_s, lambda: self.card.plug(True)),
            (faults.deaf_at, lambda: self.card.freeze(True)),
            *((at, self.card.overrun) for at in faults.overruns_at),
            *((at, self.card.starve) for at in faults.underruns_at),
        ]
        for at, action in moments:
            if not math.isinf(at):
                self._agenda.at(at, action)

    # ---------------------------------------------------------------- misfortunes, from any thread

    def unplug(self) -> None:
        """Pull out the sound card."""
        self._wish(lambda at: self.card.plug(False))

    def plug_in(self) -> None:
        """Push it in again."""
        self._wish(lambda at: self.card.plug(True))

    def power_cycle(self) -> None:
        """Nobody can do that to a HAT but with the whole box."""

    def lift_handset(self) -> None:
        """Somebody lifts another telephone on the same wires."""
        self._wish(lambda at: self._lift_handset(True, at))

    def put_down_handset(self) -> None:
        """And puts it down again."""
        self._wish(lambda at: self._lift_handset(False, at))

    def cut_cable(self) -> None:
        """The cable between the box and the wall is gone."""
        self._wish(lambda at: self._cut_cable(True, at))

    def mend_cable(self) -> None:
        """It is back."""
        self._wish(lambda at: self._cut_cable(False, at))

    def reverse(self) -> None:
        """The exchange turns the polarity round."""
        self._wish(lambda at: self._loop.feed(-self._volts, at))

    def hook_moved(self, off_hook: bool) -> None:
        """The hook's pin has moved: told by a hook process, which has pins of its own."""
        at = self._clock.now()
        self._wish(lambda _: self._move_hook(off_hook, at))

    def _hook_pin_moved(self, high: bool) -> None:
        self.hook_moved(high is self.board.hook.active_high)

    def _wish(self, action: Callable[[float], None]) -> None:
        """Have it done in the world's thread."""
        self._wishes.append(action)
        if self._waiter is not None:
            self._waiter.ring()

    # ---------------------------------------------------------------- as a device of the world

    def found(self) -> FoundPort | None:
        """It has no serial port."""
        return None

    def fileno(self) -> int:
        """Nor one to wait for."""
        return -1

    def wake_with(self, waiter: Waiter) -> None:
        """Ring `waiter` when a pin or a person has moved something."""
        self._waiter = waiter

    def expects(self, now: float) -> bool:
        """Is there something for `attend` to do?"""
        return bool(self._wishes) or self.next_due() <= now

    def next_due(self) -> float:
        """When `attend` is wanted by itself."""
        return self._agenda.next_appointment()

    def attend(self, now: float) -> None:
        """Do what is due by `now`."""
        while self._wishes:
            self._wishes.popleft()(now)
        self._agenda.run(now)

    def close(self) -> None:
        """Take it away."""
        self._waiter = None
        self.card.plug(False)

    # ---------------------------------------------------------------- hook and wires

    def _move_hook(self, off_hook: bool, at: float) -> None:
        if off_hook is self._ours or (off_hook and self._faults.hook_stuck):
            return
        self._ours = off_hook
        self.record.hooks.append((at, off_hook))
        if not off_hook:
            self._opened_at = at
        elif at - self._opened_at < FLASH_WITHIN_S:
            self.record.flashes_ms.append((self._opened_at, (at - self._opened_at) * 1000))
        self._connect(at)

    def _lift_handset(self, lifted: bool, at: float) -> None:
        self._handset = lifted
        self._connect(at)

    def _cut_cable(self, cut: bool, at: float) -> None:
        self._cut = cut
        self._connect(at)

    def _connect(self, at: float) -> None:
        """The loop is closed as long as anybody closes it."""
        if (self._ours or self._handset) and not self._cut:
            self._loop.close(at)
        else:
            self._loop.open(at)
        self._show()

    def battery_changed(self, volts: float, at: float) -> None:
        """The feeding voltage changed."""
        self._volts = volts
        self._show()

    def _show(self) -> None:
        """Set the pins to what they show of the line."""
        fed = self._volts != 0 and not self._cut
        others = fed and self._handset
        self._drive(Wire.LOOP, fed and (self._ours or (others and self._before_all)))
        self._drive(Wire.LINE_PRESENT, fed and not (others and self._before_all))
        self._drive(Wire.LINE_IN_USE, others)
        self._drive(Wire.POLARITY, self._volts < 0)
        self._drive(Wire.RING, self._ringing and self._wave_up)

    def _drive(self, wire: Wire, active: bool) -> None:
        if wire in self.board.pins:
            pin = self.board.pins[wire]
            active = self._faults.stuck.get(wire, active)
            self.pins.drive(pin.gpio, active is pin.active_high)

    # ---------------------------------------------------------------- ringing

    def ring_changed(self, on: bool, at: float) -> None:
        """Ringing voltage came or went."""
        self._agenda.run(at)
        began, self._ringing = on and not self._ringing and not self._cut, on and not self._cut
        if began:
            self.record.rings.append(at)
        if began and not self._waving:
            self._wave()
        self._show()

    def _wave(self) -> None:
        """Half a wave of the ringing voltage, for as long as it rings."""
        self._wave_up = self._ringing and (self.board.ringing.form is RingForm.ENVELOPE or not self._wave_up)
        self._waving = self._ringing and self.board.ringing.form is RingForm.PULSES
        self._show()
        if self._waving:
            self._agenda.at(self._agenda.now() + self._half_wave_s, self._wave)

    # ---------------------------------------------------------------- sound

    def hear(self, block: Samples, at: float) -> None:
        """Take the block that ended at `at`."""
        self._agenda.run(at)
        if self._ours:
            self.record.events += [(at, event.key) for event in self._ear.feed(block) if event.down]
            self.card.hear(((SILENCE if self._cut else block) + self._said * self._echo) * self._hears, at)
        elif not self._faults.no_caller_id and not self._cut:
            self.card.hear(block * self._hears, at)

    def speak(self, at: float) -> Samples:
        """Give the block that ends at `at`."""
        self._agenda.run(at)
        self._said = self.card.say() * self._speaks if self._ours else SILENCE
        if self._ours and self.record.on_transmit is not None:
            self.record.on_transmit(at, self._said)
        return self._said

    def _ran_dry(self) -> None:
        self.record.underruns.append(self._agenda.now())


# ---------------------------------------------------------------- the pins


class WiredPins(MockFactory):  # type: ignore[misc]
    """The pins of a Raspberry Pi with a line module on them, which drives some and is driven by one."""

    def __init__(self, hook_moved: Callable[[bool], None], board: Board) -> None:
        super().__init__(pin_class=WiredPin)
        self.hook_moved = hook_moved
        self.hook = board.hook
        self._driven: dict[int, bool] = {}

    def drive(self, gpio: int, high: bool) -> None:
        """The module holds a pin at this level."""
        if self._driven.get(gpio) is not high:
            self._driven[gpio] = high
            self.settle(gpio)

    def settle(self, gpio: int) -> None:
        """What the module holds is stronger than the resistors of the Raspberry Pi."""
        if gpio in self._driven:
            pin = self.pin(gpio)
            if self._driven[gpio]:
                pin.drive_high()
            else:
                pin.drive_low()


class WiredPin(MockPin):  # type: ignore[misc]
    """One pin: it tells what becomes of the hook's."""

    def _set_state(self, value: Any) -> None:
        before = self.state
        super()._set_state(value)
        if self._is_hook and self.state != before:
            self.factory.hook_moved(bool(self.state))

    def _set_function(self, value: str) -> None:
        """As an input it leaves the hook to the resistor on the module, which keeps it on-hook."""
        was_output = self.function == "output"
        super()._set_function(value)
        if self._is_hook and was_output and value == "input":
            self._state = not self.factory.hook.active_high
            self.factory.hook_moved(bool(self._state))

    def _set_pull(self, value: str) -> None:
        super()._set_pull(value)
        self.factory.settle(gpio_of(self.info.name))

    @property
    def _is_hook(self) -> bool:
        return gpio_of(self.info.name) == int(self.factory.hook.gpio)


def gpio_of(name: str) -> int:
    """The number in `GPIO17`."""
    return int(name.removeprefix("GPIO"))
