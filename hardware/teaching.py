"""A line for teaching, made of any modem or HAT: what `appliance.teach` needs, on a port that nobody else uses.

It is silent: nothing is said into the line but digits. Half-duplex modems do as well, for it never speaks and listens
at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from appliance.clock import Clock
from appliance.settings import LineSettings, ListeningSettings, PbxSettings, Settings
from appliance.signals.countries import country
from appliance.teach.card import Card
from appliance.teach.ear import Ear
from appliance.teach.lesson import Lesson, Wishes
from appliance.teach.phones import Phones, teaching_rule
from appliance.teach.taught import Tell
from hardware.farend import AFTER_FLASH_S
from hardware.instrument import Instrument, KeyPressed, LoopBroken, RingBurst, Signal, Sound
from hardware.outgoing import Outgoing

MOMENT_S = 0.02


def teach_on(
    instrument: Instrument,
    outgoing: Outgoing,
    clock: Clock,
    settings: Settings,
    line: LineSettings,
    phones: Phones,
    tell: Tell,
    wishes: Wishes,
) -> Card:
    """One lesson on the instrument of `line`, which is released afterwards, on-hook.

    Raises:
        BadSettings: a number that must not be dialled.
        LineFault: the port cannot be opened, or it broke.
    """
    pbx = settings.pbx.on(line)
    teaching_rule(phones, pbx)  # before anything is touched
    with teaching_line(instrument, outgoing, clock, pbx, settings.listening) as taught:
        return Lesson(taught, phones, pbx, country(settings.country), tell, wishes).run(line.name)


class TeachingLine:
    """One instrument, open, with a person's patience. See `appliance.teach.taught.TeachLine`."""

    def __init__(
        self, instrument: Instrument, outgoing: Outgoing, clock: Clock, pbx: PbxSettings, listening: ListeningSettings
    ) -> None:
        self._instrument = instrument
        self._outgoing = outgoing
        self._clock = clock
        self._ring_trip_s = listening.ring_trip_ms / 1000
        self._rest_s = pbx.on_hook_s
        self._off_hook = False
        self._rested_at = clock.now()
        self._flashed_at = -AFTER_FLASH_S

    def lift(self) -> None:
        """Go off-hook, as soon as the line has rested long enough."""
        self.pause(self._rested_at - self._clock.now())
        self._instrument.off_hook()
        self._off_hook = True
        self._instrument.settle(self._clock.now() + self._ring_trip_s)

    def put_down(self) -> None:
        """Go on-hook, if the line is not."""
        if self._off_hook:
            self._instrument.on_hook()
            self._off_hook = False
            self._outgoing.start_over()
            self._rested_at = self._clock.now() + self._rest_s

    def flash(self, length_ms: int) -> None:
        """Press the hook once."""
        self._instrument.flash(length_ms)
        self._flashed_at = self._clock.now()

    def dial(self, digits: str, on_ms: int, off_ms: int) -> None:
        """Send DTMF."""
        self._instrument.dial(digits, on_ms, off_ms)

    def pause(self, seconds: float) -> None:
        """Let time pass; what comes meanwhile is lost."""
        until = self._clock.now() + seconds
        while self._clock.now() < until:
            self._instrument.wait(until)

    def listen(self, seconds: float, ear: Ear) -> None:
        """Let `ear` hear the line for so long, or until it has heard enough."""
        self._outgoing.mute()
        self._instrument.listen()
        until = self._clock.now() + seconds
        while self._clock.now() < until and not ear.enough:
            self._give(self._instrument.wait(self._clock.now() + MOMENT_S), ear)

    def _give(self, signals: Iterable[Signal], ear: Ear) -> None:
        for signal in signals:
            match signal:
                case Sound(samples):
                    ear.hear(samples)
                case KeyPressed(key):
                    ear.press(key)
                case LoopBroken() if self._clock.now() - self._flashed_at > AFTER_FLASH_S:
                    ear.break_loop()

    def await_ring(self, seconds: float) -> float | None:
        """On-hook: after how many seconds it rang; `None` when it did not."""
        began = self._clock.now()
        while self._clock.now() < began + seconds:
            signals = self._instrument.wait(min(began + seconds, self._clock.now() + 0.25))
            if any(isinstance(signal, RingBurst) for signal in signals):
                return self._clock.now() - began
        return None


@contextmanager
def teaching_line(
    instrument: Instrument, outgoing: Outgoing, clock: Clock, pbx: PbxSettings, listening: ListeningSettings
) -> Iterator[TeachingLine]:
    """Open the instrument; afterwards it is on-hook and released, whatever happened.

    Raises:
        LineFault: the port cannot be opened, or it broke.
    """
    try:
        instrument.open()
        line = TeachingLine(instrument, outgoing, clock, pbx, listening)
        yield line
        line.put_down()
    finally:
        instrument.close()
