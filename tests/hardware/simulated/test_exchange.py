"""A telephone that hangs directly on the public exchange: ringing, caller ID, talk, and the signs of the end."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from appliance.call import CallerId, Presentation
from appliance.signals.callerid import CallerIdMessage, FskReceiver
from appliance.signals.countries import Country, country
from appliance.signals.generate import tone
from appliance.signals.levels import dbm0
from hardware.simulated.exchange import HANG_UP_AFTER_S, LINE_LOSS_DB, Exchange, Release, SubscriberLine
from hardware.simulated.loop import BLOCK_S, Loop, Samples
from hardware.simulated.people import Caller, CallerAtPhone
from hardware.simulated.sounds import SILENCE, Player


class Telephone:
    """What a test hangs on the line; it does nothing by itself."""

    def __init__(self, loop: Loop, where: Country) -> None:
        self.loop = loop
        self.ringing: list[tuple[float, bool]] = []
        self.battery: list[tuple[float, float]] = []
        self.heard: list[Samples] = []
        self.mouth = Player()
        self.caller_ids: list[tuple[float, CallerIdMessage]] = []
        self._receiver = FskReceiver(where.caller_id)
        loop.terminal = self

    def ring_changed(self, on: bool, at: float) -> None:
        self.ringing.append((at, on))

    def battery_changed(self, volts: float, at: float) -> None:
        self.battery.append((at, volts))

    def hear(self, block: Samples, at: float) -> None:
        self.heard.append(block)
        if not self.loop.off_hook:
            self.caller_ids += [(at, message) for message in self._receiver.feed(block)]

    def speak(self, at: float) -> Samples:
        block = self.mouth.block(at)
        return SILENCE if block is None else block


class Town:
    """One line of an exchange; time moves when the test says so."""

    def __init__(self, code: str = "pl") -> None:
        where = country(code)
        loop = Loop("line")
        self.line = SubscriberLine(loop, where, lambda: datetime(2026, 11, 24, 9, 30))
        self.telephone = Telephone(loop, where)
        self.exchange = Exchange(where, [self.line])
        self.blocks = 0

    @property
    def now(self) -> float:
        return self.blocks * BLOCK_S

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / BLOCK_S)):
            self.blocks += 1
            self.exchange.block(self.now)

    def level(self, seconds: float = 1.0) -> float:
        """How loud the telephone's receiver is in the next seconds."""
        began = len(self.telephone.heard)
        self.wait(seconds)
        return dbm0(np.concatenate(self.telephone.heard[began:]))


@pytest.mark.parametrize(
    ("code", "edges"),
    [
        ("pl", [(0.0, True), (1.0, False), (5.0, True), (6.0, False)]),
        ("us", [(0.0, True), (2.0, False), (6.0, True)]),
        ("uk", [(0.0, True), (0.4, False), (0.6, True), (1.0, False), (3.0, True), (3.4, False), (3.6, True)]),
    ],
)
def test_it_rings_in_the_cadence_of_the_country(code: str, edges: list[tuple[float, bool]]) -> None:
    town = Town(code)
    call = town.exchange.call(CallerAtPhone(Caller("225550101")), town.now)
    town.wait(7 if code != "uk" else 3.8)
    assert [at for at, _ in town.telephone.ringing] == pytest.approx([at for at, _ in edges])
    assert [on for _, on in town.telephone.ringing] == [on for _, on in edges]
    assert call.trace.rings == 2


@pytest.mark.parametrize("code", ["pl", "us", "uk"])
def test_the_caller_id_comes_after_the_first_ring_and_before_the_second(code: str) -> None:
    town = Town(code)
    town.exchange.call(CallerAtPhone(Caller("225550101", "Jan Buyer")), town.now)
    town.wait(7)
    [(at, message)] = town.telephone.caller_ids
    assert message == CallerIdMessage("225550101", "Jan Buyer", "", "11240930")
    first_ring_ends, second_begins = {"pl": (1.0, 5.0), "us": (2.0, 6.0), "uk": (1.0, 3.0)}[code]
    assert first_ring_ends + 0.5 < at < second_begins - 0.2


@pytest.mark.parametrize(("presentation", "reason"), [(Presentation.WITHHELD, "P"), (Presentation.UNAVAILABLE, "O")])
def test_a_number_that_may_not_be_shown_is_not_sent(presentation: Presentation, reason: str) -> None:
    town = Town()
    town.exchange.call(CallerAtPhone(Caller("225550101", "Jan", presentation=presentation)), town.now)
    town.wait(5)
    [(_, message)] = town.telephone.caller_ids
    assert (message.number, message.name, message.reason) == ("", "", reason)


def test_a_caller_without_number_and_name_sends_nothing_between_the_rings() -> None:
    town = Town()
    person = CallerAtPhone(Caller())
    assert person.caller_id == CallerId()
    town.exchange.call(person, town.now)
    town.wait(5)
    assert town.telephone.heard == []


def test_off_hook_trips_the_ringing_at_once_and_both_ends_hear_each_other() -> None:
    town = Town()
    person = CallerAtPhone(Caller("1", says=((0.0, tone((1000.0,), 5, -15)),)))
    call = town.exchange.call(person, town.now)
    town.wait(0.5)
    town.telephone.loop.close(0.507)
    assert town.telephone.ringing[-1] == (0.507, False)
    assert call.answered_at == 0.507
    town.telephone.mouth.add(tone((600.0,), 5, -12), town.now)
    town.wait(0.1)
    assert town.level() == pytest.approx(-15 - LINE_LOSS_DB, abs=0.2)
    assert dbm0(person.heard.between(1.0, 1.5)) == pytest.approx(-12 - LINE_LOSS_DB, abs=0.2)


def test_a_quiet_line_has_the_noise_of_a_line() -> None:
    town = Town()
    town.exchange.call(CallerAtPhone(Caller("1")), town.now)
    town.wait(0.5)
    town.telephone.loop.close(town.now)
    town.wait(0.1)
    assert town.level() == pytest.approx(-65, abs=1)


@pytest.mark.parametrize(
    ("release", "breaks", "tone_follows"),
    [
        (Release.BUSY, False, True),
        (Release.CONGESTION, False, True),
        (Release.DIAL_TONE, False, True),
        (Release.LOOP, True, False),
        (Release.LOOP_BUSY, True, True),
        (Release.SILENCE, False, False),
    ],
)
def test_the_far_end_hanging_up_shows_as_that_caller_wants(release: Release, breaks: bool, tone_follows: bool) -> None:
    town = Town()
    call = town.exchange.call(CallerAtPhone(Caller("1")), town.now)
    town.wait(0.5)
    town.telephone.loop.close(town.now)
    town.wait(1)
    gone_at = town.now
    call.hang_up(release, gone_at)
    town.wait(1)
    broken = [(gone_at, 0.0), (gone_at + 0.5, 48.0)] if breaks else []
    assert np.array(town.telephone.battery) == pytest.approx(np.array(broken))
    assert (town.level(2) > -30) is tone_follows


def test_a_caller_who_gives_up_stops_the_ringing() -> None:
    town = Town()
    person = CallerAtPhone(Caller("1", ring_patience_s=12))
    town.exchange.call(person, town.now)
    town.wait(30)
    assert person.ended_how == "gave up while it rang"
    assert town.telephone.ringing[-1][0] <= 12.02
    assert town.exchange.calls == []


def test_going_on_hook_releases_the_caller_who_hears_busy_tone_and_leaves() -> None:
    town = Town()
    person = CallerAtPhone(Caller("1"))
    call = town.exchange.call(person, town.now)
    town.wait(0.5)
    town.telephone.loop.close(town.now)
    town.wait(1)
    hung_up_at = town.now
    town.telephone.loop.open(hung_up_at)
    town.wait(4)
    assert call.ended_at == pytest.approx(hung_up_at + HANG_UP_AFTER_S, abs=0.05)
    assert person.ended_how == "was hung up on"
    assert dbm0(person.heard.between(hung_up_at + 1, hung_up_at + 2)) > -25


def test_a_short_break_is_no_hang_up() -> None:
    town = Town()
    call = town.exchange.call(CallerAtPhone(Caller("1")), town.now)
    town.wait(0.5)
    town.telephone.loop.close(town.now)
    town.wait(1)
    town.telephone.loop.open(town.now)
    town.wait(0.6)
    town.telephone.loop.close(town.now)
    town.wait(2)
    assert call.ended_at is None


def test_a_second_caller_hears_busy_while_the_line_is_taken() -> None:
    town = Town()
    town.exchange.call(CallerAtPhone(Caller("1")), town.now)
    second = CallerAtPhone(Caller("2"))
    town.exchange.call(second, town.now)
    town.wait(4)
    assert second.ended_how == "heard busy tone"
    assert dbm0(second.heard.between(0, 0.4)) > -25


def test_lifting_the_handset_of_an_idle_line_gives_dial_tone() -> None:
    town = Town()
    town.telephone.loop.close(town.now)
    assert town.level() > -20


def test_an_idle_line_costs_its_terminal_nothing() -> None:
    town = Town()
    town.wait(10)
    assert town.telephone.heard == []
