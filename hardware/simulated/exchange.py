"""The public exchange: it carries calls between people outside and the office, by trunk or by a plain subscriber line.

A `PublicCall` is one call from outside. On its outer end is a `Person`; its inner end is taken by a `Destination`: the
office's mini-PBX, or a `SubscriberLine` on which a modem hangs directly. The exchange adds what distance adds (loss and
noise), gives ringback, busy and congestion tone to the outer end, and tells each end when the other has gone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum
from typing import Protocol

from appliance.call import CallerId
from appliance.signals.countries import Country, Tone
from appliance.signals.generate import ToneSource
from hardware.simulated.circuit import Circuit, Trace
from hardware.simulated.loop import BLOCK, Loop, Samples
from hardware.simulated.sounds import SILENCE, Sound, gain, line_noise

LINE_LOSS_DB = 4.0
LINE_NOISE_DBM0 = -65.0
LOOP_BREAK_S = 0.5
HANG_UP_AFTER_S = 0.8
"""A loop open for longer than this is a hang-up: longer than any flash in use on public lines, 0.7 s."""


class Release(Enum):
    """What a line of the office gets when the far end has hung up. The values are those of a file of calls."""

    BUSY = "busy"
    CONGESTION = "congestion"
    DIAL_TONE = "dial tone"
    LOOP = "loop"
    LOOP_BUSY = "loop and busy"
    SILENCE = "silence"

    @property
    def breaks_loop(self) -> bool:
        """The battery is taken away for a moment."""
        return self in (Release.LOOP, Release.LOOP_BUSY)

    def tone_in(self, country: Country) -> Tone | None:
        """The tone that follows, for as long as the line stays off-hook."""
        match self:
            case Release.BUSY | Release.LOOP_BUSY:
                return country.busy
            case Release.CONGESTION:
                return country.congestion
            case Release.DIAL_TONE:
                return country.dial
            case Release.LOOP | Release.SILENCE:
                return None

    def tone(self, country: Country) -> Sound | None:
        """The sound of it."""
        tone = self.tone_in(country)
        return None if tone is None else ToneSource(tone)


class Person(Protocol):
    """Whoever calls from outside."""

    caller_id: CallerId

    def take_turn(self, call: PublicCall, at: float) -> None:
        """A block ended at `at`: the moment to hang up, or to begin speaking."""

    def speak(self, at: float) -> Samples:
        """The block that ends at `at`."""

    def hear(self, block: Samples, at: float) -> None:
        """The block that ended at `at`; ringback, busy tone and the other party alike."""

    def answered(self, at: float) -> None:
        """The called party went off-hook."""

    def refused(self, at: float) -> None:
        """Every line of the office is busy."""

    def left_alone(self, at: float) -> None:
        """The called party hung up first."""


class Destination(Protocol):
    """Who takes calls for the number that is dialled."""

    def take(self, call: PublicCall, at: float) -> bool:
        """Begin to ring for this call, or return `False`: busy."""

    def caller_left(self, call: PublicCall, release: Release, at: float) -> None:
        """The outer end hung up, before or after the answer."""

    def listen(self, at: float) -> None:
        """First half of a block: everybody inside speaks."""

    def deliver(self, at: float) -> None:
        """Second half: everybody inside hears, and each call gets its `inbound` block."""


class PublicCall:
    """One call from outside: in each block its person says `outbound` and is given `inbound` to hear."""

    def __init__(self, person: Person, country: Country, at: float, *, seed: int = 0) -> None:
        self.person = person
        self.caller_id = person.caller_id
        self.began = at
        self.answered_at: float | None = None
        self.ended_at: float | None = None
        self.trace = Trace()
        self.outbound: Samples = SILENCE
        self.inbound: Samples | None = None
        self.destination: Destination | None = None
        self._country = country
        self._tone: Sound | None = ToneSource(country.ringback)
        self._noise = line_noise(LINE_NOISE_DBM0, seed + 3)
        self._loss = gain(-LINE_LOSS_DB)
        self._person_gone = False

    @property
    def over(self) -> bool:
        """The person has hung up: nobody is on the outer end any more."""
        return self._person_gone

    def pull(self, count: int) -> Samples:
        """What the person said in this block, as a sound for whoever is connected; asked for once a block."""
        return self.outbound

    # From inside.

    def answer(self, at: float) -> None:
        """The office went off-hook; charging begins. A second time changes nothing."""
        if self.answered_at is None and self.ended_at is None:
            self.answered_at = at
            self._tone = None
            self.person.answered(at)

    def release(self, at: float) -> None:
        """The office hung up; the person hears busy tone until they do the same."""
        if self.ended_at is None:
            self.ended_at = at
            self._tone = ToneSource(self._country.busy)
            self.person.left_alone(at)

    # From outside.

    def hang_up(self, release: Release, at: float) -> None:
        """The person hung up; the office's line gets `release` as its sign."""
        self._person_gone = True
        if self.ended_at is None:
            self.ended_at = at
            if self.destination is not None:
                self.destination.caller_left(self, release, at)

    def refuse(self, at: float) -> None:
        """No line is free."""
        self.ended_at = at
        self._tone = ToneSource(self._country.busy)
        self.person.refused(at)

    def listen(self, at: float) -> None:
        """First half of a block."""
        self.inbound = None
        self.person.take_turn(self, at)
        talking = self.answered_at is not None and self.ended_at is None
        spoken = self.person.speak(at) if not self.over else SILENCE
        self.outbound = spoken * self._loss if talking and spoken is not SILENCE else SILENCE

    def deliver(self, at: float) -> None:
        """Second half."""
        if self.over:
            return
        block = self._noise.pull(BLOCK)
        if self._tone is not None:
            block = block + self._tone.pull(BLOCK)
        elif self.inbound is not None:
            block = block + self.inbound * self._loss
        self.person.hear(block, at)


class Exchange:
    """Connects people outside with the office's number, which leads to the first destination that is not busy."""

    def __init__(self, country: Country, destinations: Sequence[Destination]) -> None:
        self.calls: list[PublicCall] = []
        self._country = country
        self._destinations = tuple(destinations)
        self._count = 0

    def call(self, person: Person, at: float) -> PublicCall:
        """`person` has dialled the office's number."""
        self._count += 1
        call = PublicCall(person, self._country, at, seed=self._count)
        self.calls.append(call)
        for destination in self._destinations:
            if destination.take(call, at):
                call.destination = destination
                return call
        call.refuse(at)
        return call

    def block(self, at: float) -> None:
        """Move everything by the block that ends at `at`."""
        for call in self.calls:
            call.listen(at)
        for destination in self._destinations:
            destination.listen(at)
        for destination in self._destinations:
            destination.deliver(at)
        for call in self.calls:
            call.deliver(at)
        if any(call.over for call in self.calls):
            self.calls = [call for call in self.calls if not call.over]


class SubscriberLine(Circuit):
    """A line from the exchange to the office, one call at a time. There is no flash service: a long break hangs up."""

    def __init__(self, loop: Loop, country: Country, today: Callable[[], datetime], *, seed: int = 0) -> None:
        super().__init__(loop, country, noise_dbm0=LINE_NOISE_DBM0, seed=seed)
        self.call: PublicCall | None = None
        self._today = today
        self._opened_at = math.inf

    # As a destination.

    def take(self, call: PublicCall, at: float) -> bool:
        if self.call is not None or self.loop.off_hook or self._opened_at < math.inf:
            return False
        self.call = call
        self.trace = call.trace
        self.start_ringing(call.caller_id, self._today(), at)
        return True

    def caller_left(self, call: PublicCall, release: Release, at: float) -> None:
        self.call = None
        self.stop_ringing(at)
        if not self.loop.off_hook and self._opened_at == math.inf:
            self.trace = None
            return
        self.hears = release.tone(self.country)
        if release.breaks_loop:
            self.break_loop(LOOP_BREAK_S, at)

    # As a circuit.

    def closed(self, was_ringing: bool, at: float) -> None:
        back_in_time = self._opened_at < math.inf
        self._opened_at = math.inf
        if self.call is not None and was_ringing:
            self.hears = self.call
            self.call.answer(at)
        elif self.call is None and not back_in_time:
            self.hears = ToneSource(self.country.dial)

    def opened(self, at: float) -> None:
        self._opened_at = at

    def listen(self, at: float) -> None:
        super().listen(at)
        if at - self._opened_at > HANG_UP_AFTER_S:
            self._opened_at = math.inf
            self.hears = None
            self.trace = None
            if self.call is not None:
                self.call.release(at)
                self.call = None

    def deliver(self, at: float) -> None:
        super().deliver(at)
        if self.call is not None and self.call.answered_at is not None:
            self.call.inbound = self.said
