"""Glare: somebody rings at the very moment in which the box takes the line for a call of its own.

Byte by byte through the modem: whoever rings goes first, and is answered, whether their ring was told or not (R1, R14).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest

from appliance.acts import Answer, Dial, HangUp, LineAct, Seize, Seized, Sentence
from appliance.clock import ScaledClock
from appliance.events import Armed, CallerIdHeard, Done, LineEvent, OffHook, OnHook, Ring
from appliance.main import instrument_of
from appliance.settings import LineSettings, ListeningSettings, PbxSettings
from appliance.signals.countries import country
from hardware.instrument import Samples
from hardware.line import LineKit, LineThread
from hardware.simulated.fakemodem import FakeModem
from hardware.simulated.people import Caller, Staff
from hardware.simulated.plugs import hats_of, site_of
from hardware.simulated.profiles import PROFILES
from hardware.simulated.world import PlannedHat, PlannedModem, World

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SEIZES_AT_S = 5.0
HAT = "fxo:ch1817-usb"
BUSY = Staff("Busy", "11", on_the_phone=((0.0, math.inf),))


class Silent:
    """Speech and recordings of a line that says nothing."""

    def samples(self, sentence: Sentence) -> Samples:
        return np.zeros(0, np.int16)

    def start_recording(self, name: str) -> None:
        """Nothing is recorded."""

    def write_recording(self, name: str, samples: Samples) -> None:
        """Nothing is recorded."""

    def end_recording(self, name: str) -> None:
        """Nothing is recorded."""


class Bench:
    """One line in a world, and everything that it tells."""

    def __init__(self, kind: str, *callers: Caller) -> None:
        self.clock = ScaledClock(math.inf, TUESDAY)
        planned = PlannedHat(kind) if kind == HAT else PlannedModem(PROFILES[kind])
        self.world = World(self.clock, country="pl", modems=[planned], staff=[BUSY], callers=callers)
        self.seat = self.clock.waiter("test")
        self.events: list[tuple[float, LineEvent]] = []
        settings = LineSettings("Line 1", self.world.lines[0])
        tones, silent = country("pl"), Silent()
        kit = LineKit(
            self.clock, self._post, silent, np.zeros(80, np.int16), silent, tones, PbxSettings(), ListeningSettings()
        )
        self.world.start()
        make = instrument_of(settings, tones, self.clock, site_of(self.world), hats_of(self.world))
        self.line = LineThread("Line 1", kit, make)
        self._number = 0

    def _post(self, event: LineEvent) -> None:
        self.events.append((self.clock.now(), event))

    def told(self, kind: type[LineEvent]) -> list[float]:
        """When the line told something of that kind."""
        return [at for at, event in self.events if isinstance(event, kind)]

    def until(self, moment: float) -> None:
        """Let time pass, up to a moment of the world."""
        while self.clock.now() < self.world.began + moment:
            self.seat.wait(min(self.world.began + moment, self.clock.now() + 0.05))

    def perform(self, act: LineAct[object]) -> int:
        self._number += 1
        self.line.perform(self._number, act)
        return self._number

    def reply(self, number: int, within_s: float) -> object:
        """The reply to act `number`; `None` where there was none in time."""
        until = self.clock.now() + within_s
        while self.clock.now() < until:
            for _, event in self.events:
                if isinstance(event, Done) and event.number == number:
                    return event.reply
            self.seat.wait(self.clock.now() + 0.05)
        return None

    def close(self) -> None:
        self.seat.close()
        self.line.close()
        self.world.stop()


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    kind, *callers = request.param
    made = Bench(kind, *callers)
    yield made
    made.close()


def rings_at(offset_s: float) -> Caller:
    """Somebody who rings so long after the box began to take the line, and says nothing."""
    return Caller("225550101", at_s=SEIZES_AT_S + offset_s, ring_patience_s=30.0)


OFFSETS_S = (-0.6, -0.06, 0.0, 0.06, 0.2)
CASES = [(kind, rings_at(offset)) for kind in ("cx93001", "usr5637") for offset in OFFSETS_S]
CASES += [(HAT, rings_at(offset)) for offset in (-0.2, 0.0, 0.06)]


@pytest.mark.parametrize("bench", CASES, indirect=True, ids=lambda case: f"{case[0]} {case[1].at_s - SEIZES_AT_S:+.2f}")
def test_whoever_rings_while_the_line_is_being_taken_is_answered(bench: Bench) -> None:
    bench.until(SEIZES_AT_S)
    if bench.reply(bench.perform(Seize()), 6.0) is Seized.SEIZED:
        bench.perform(HangUp())  # we were first: they ring as soon as the line is free again
        bench.until(14.0)
    assert bench.told(Ring)
    assert len(bench.told(OffHook)) <= 1
    bench.perform(Answer())
    bench.until(18.0)
    assert bench.told(OffHook)
    bench.perform(HangUp())
    bench.until(22.0)
    (story,) = bench.world.stories
    assert story.answered_at is not None
    assert story.line_free_at is not None


TALKER = Caller("225550101", at_s=1.0, says=((0.5, "I am talking with somebody else, for quite a while. " * 4),))


@pytest.mark.parametrize("bench", [("cx93001", TALKER), ("usr5637", TALKER)], indirect=True)
def test_nothing_is_said_on_a_line_on_which_others_are_talking(bench: Bench) -> None:
    """R34: on-hook no modem tells that another telephone on the same wires is in use."""
    bench.until(3.5)
    modem = bench.world.modems[0]
    assert isinstance(modem, FakeModem)
    modem.lift_handset()
    bench.until(10.0)  # it has stopped ringing
    rings = len(bench.told(Ring))
    number = bench.perform(Seize())
    assert bench.reply(number, 6.0) is Seized.NOT_FREE
    assert (len(bench.told(Ring)), bench.told(OffHook)) == (rings, [])
    bench.until(16.0)
    assert not modem.record.hooks[-1][1]
    modem.put_down_handset()


@pytest.mark.parametrize("bench", [("cx93001",), ("usr5637",), ("zoom3095",), ("si24xx",), (HAT,)], indirect=True)
def test_an_idle_line_is_taken_and_dials(bench: Bench) -> None:
    bench.until(SEIZES_AT_S)
    assert bench.reply(bench.perform(Seize()), 6.0) is Seized.SEIZED
    assert bench.told(Ring) == bench.told(OffHook) == []
    number = bench.perform(Dial("11"))
    bench.until(10.0)
    assert [event.number for _, event in bench.events if isinstance(event, Done)][-1] == number
    bench.perform(HangUp())
    bench.until(13.0)
    assert len(bench.told(OnHook)) == 1
    assert bench.told(CallerIdHeard) == []
    assert len(bench.told(Armed)) == 1
