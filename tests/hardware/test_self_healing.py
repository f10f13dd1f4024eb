"""A modem that vanishes, wedges, restarts or forgets itself is working again within seconds, and other lines go on.

The program is not restarted in any of these tests; time is that of the line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPin

from appliance.call import HangUpSign, Outcome
from appliance.clock import ScaledClock
from appliance.main import box_of
from appliance.settings import LineSettings, Settings
from hardware.find import FoundPort, PortFinder
from hardware.modem.modem import LOOK_EVERY_S, ModemSite
from hardware.simulated.exchange import Release
from hardware.simulated.fakemodem import FakeModem
from hardware.simulated.modemfaults import Faults
from hardware.simulated.people import Caller
from hardware.simulated.plugs import site_of
from hardware.simulated.profiles import PROFILES
from hardware.simulated.story import silences
from hardware.simulated.world import PlannedModem, World

KINDS = sorted(PROFILES.keys() - {"no-voice"})
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)
BACK_WITHIN_S = 5.0
UNSTUCK_WITHIN_S = 8.0
SETUPS = {"cx-rd02": ("AT!4886=00",)}
"""Its caller ID is switched off in the factory (quirk Q5)."""
WAITING = Settings(company="Northwind", country="pl")
"""An office in which everybody waits: nobody is there to be put through to."""
PATIENT = Caller("225550101", "Jan", at_s=3.0)


class Stage:
    """A box at the modems of a world, moved on by the test."""

    def __init__(
        self,
        home: Path,
        modems: Sequence[PlannedModem],
        callers: Sequence[Caller],
        *,
        no_reset: bool = False,
        reset_gpio: int = 0,
    ) -> None:
        self.clock = ScaledClock(math.inf)
        self._seat = self.clock.waiter("test")
        self.world = World(self.clock, country="pl", modems=modems, callers=callers)
        lines = tuple(
            LineSettings(
                f"Line {number}",
                str(plan.link or path),
                modem_setup=SETUPS.get(plan.profile.name, ()),
                reset_gpio=reset_gpio,
            )
            for number, (plan, path) in enumerate(zip(modems, self.world.lines, strict=True), 1)
        )
        self.world.start()
        site = site_of(self.world)
        if no_reset:
            site = ModemSite(site.finder, lambda reset_gpio: NoReset())
        if reset_gpio:
            site = ModemSite(site.finder)
        self.box = box_of(replace(WAITING, lines=lines), home, self.clock, site)
        self.box.start()

    @property
    def modem(self) -> FakeModem:
        """The first one."""
        return self.world.modems[0]

    def state(self, line: int = 1) -> str:
        """What the board says of a line."""
        return next((view.state for view in self.box.board.lines if view.name == f"Line {line}"), "")

    def until(self, true: Callable[[], bool], longest_s: float = 120.0) -> float:
        """Go on until something is true; how long that took."""
        began = self.clock.now()
        while not true():
            assert self.clock.now() < began + longest_s, self.box.board
            self._seat.wait(self.clock.now() + 0.05)
        return self.clock.now() - began

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        self._seat.wait(self.clock.now() + seconds)

    def cards(self) -> list[str]:
        """The numbers of all who should be called back."""
        return [card.number for card in self.box.board.cards]

    def close(self) -> None:
        self._seat.close()
        self.box.stop()
        self.world.stop()


@pytest.fixture
def stage(tmp_path: Path, spoken: Path) -> Iterator[Callable[..., Stage]]:
    """Puts a box and a world on: kinds of modems, callers, faults of the first modem."""
    (tmp_path / "prompts").symlink_to(spoken)
    stages: list[Stage] = []

    def put_on(
        *kinds: str,
        callers: Sequence[Caller] = (),
        faults: Faults = Faults(),  # noqa: B008 - frozen
        no_reset: bool = False,
        reset_gpio: int = 0,
    ) -> Stage:
        wrong = [faults, *[Faults()] * (len(kinds) - 1)]
        modems = [
            PlannedModem(PROFILES[kind], tmp_path / f"port {number}" if PROFILES[kind].uart else None, fault)
            for number, (kind, fault) in enumerate(zip(kinds, wrong, strict=True))
        ]
        stages.append(Stage(tmp_path, modems, callers, no_reset=no_reset, reset_gpio=reset_gpio))
        return stages[-1]

    yield put_on
    for each in stages:
        each.close()


def free(stage: Stage, line: int = 1) -> Callable[[], bool]:
    return lambda: stage.state(line) == "free"


# ---------------------------------------------------------------- unplugged


@EVERY_KIND
def test_a_modem_unplugged_while_idle_is_found_under_its_new_name(kind: str, stage: Callable[..., Stage]) -> None:
    on = stage(kind, callers=[replace(PATIENT, at_s=40.0)], faults=Faults(another_name=not PROFILES[kind].uart))
    on.until(free(on))
    name = on.modem.path
    on.modem.unplug()
    on.until(lambda: on.state() == "out of order", BACK_WITHIN_S)
    assert any("plugged in" in fault.advice or "USB plug" in fault.advice for fault in on.box.board.faults)
    on.go_on(7.0)
    on.modem.plug_in()
    assert on.until(free(on)) <= BACK_WITHIN_S
    assert on.modem.path != name or PROFILES[kind].uart
    on.until(lambda: on.state() == "in a call")
    assert [fault for fault in on.box.board.faults if "too old" not in fault.problem] == []


@EVERY_KIND
def test_a_modem_unplugged_in_a_call_leaves_a_card_and_serves_the_next_caller(
    kind: str, stage: Callable[..., Stage]
) -> None:
    on = stage(kind, callers=[PATIENT, replace(PATIENT, number="501600700", at_s=40.0)])
    on.until(lambda: on.modem.record.hooks and on.modem.record.hooks[-1][1])
    on.go_on(3.0)
    on.modem.unplug()
    on.until(lambda: on.state() == "out of order", BACK_WITHIN_S)
    on.modem.plug_in()
    assert on.until(free(on)) <= BACK_WITHIN_S
    on.until(lambda: on.state() == "in a call")
    assert on.cards() == ["225550101"]


def test_the_other_line_does_not_notice(stage: Callable[..., Stage]) -> None:
    """One is unplugged, one hangs, and the caller on the third hears their music without a gap."""
    callers = [replace(PATIENT, number=f"22555010{number}", at_s=3.0 + number) for number in range(2)]
    on = stage("cx93001", "cx93001", callers=[*callers, replace(PATIENT, at_s=5.0, hangs_up_after_s=60.0)])
    on.until(lambda: all(on.state(line) == "in a call" for line in (1, 2)))
    on.go_on(10.0)
    on.modem.unplug()
    on.go_on(10.0)
    on.modem.plug_in()
    on.until(free(on))
    on.go_on(20.0)
    assert on.state(2) == "in a call"
    assert not on.world.modems[1].record.underruns
    on.world.stop()
    second = next(story for story in on.world.stories if story.number == "225550101")
    assert silences(second) == []


def test_two_modems_that_swap_their_names_stay_on_their_lines(tmp_path: Path) -> None:
    """Quirk Q20: the kernel counts modems as they come; the socket tells which line it is."""
    first, second = (tmp_path / name for name in ("ttyACM0", "ttyACM1"))
    for each in (first, second):
        each.touch()
    there = [FoundPort(str(first), "0572:1340", "1-1.1"), FoundPort(str(second), "0572:1340", "1-1.2")]
    finder = PortFinder(lambda: there)
    assert finder.locate("Line 1", str(first)).socket == "1-1.1"
    assert finder.locate("Line 2", str(second)).socket == "1-1.2"
    there[:] = [FoundPort(str(second), "0572:1340", "1-1.1"), FoundPort(str(first), "0572:1340", "1-1.2")]
    assert finder.locate("Line 1", str(first)).path == str(second)
    assert finder.locate("Line 2", str(second)).path == str(first)


# ---------------------------------------------------------------- wedged


@EVERY_KIND
def test_a_stream_that_ignores_its_stop_does_not_keep_the_line(kind: str, stage: Callable[..., Stage]) -> None:
    caller = replace(PATIENT, hangs_up_after_s=12.0, release=Release.BUSY)
    on = stage(kind, callers=[caller, replace(caller, number="501600700", at_s=45.0)], faults=Faults(stuck_stream=True))
    on.until(lambda: on.state() == "in a call")
    on.until(lambda: on.world.stories or (on.modem.record.hooks and not on.modem.record.hooks[-1][1]))
    assert on.until(free(on)) <= UNSTUCK_WITHIN_S
    on.until(lambda: on.state() == "in a call")
    assert on.cards() == ["225550101"]


@EVERY_KIND
@pytest.mark.parametrize("hang_ends", ["close", "power"])
def test_a_modem_that_hangs_in_a_call_is_brought_back(kind: str, hang_ends: str, stage: Callable[..., Stage]) -> None:
    """AT and all stop codes in vain, then closing the port, then taking its power away for a moment."""
    callers = [PATIENT, replace(PATIENT, number="501600700", at_s=130.0)]
    on = stage(kind, callers=callers, faults=Faults(hangs_at=15.0, hang_ends=hang_ends))
    on.until(lambda: on.state() == "in a call")
    on.until(lambda: on.clock.now() > 15.0)
    on.until(lambda: on.state() == "out of order", 80.0)  # seen when a stream should end: at the next return to them
    assert on.until(free(on)) <= UNSTUCK_WITHIN_S
    on.until(lambda: on.state() == "in a call")
    assert "225550101" in on.cards()


@EVERY_KIND
def test_an_idle_modem_that_hangs_does_not_answer_and_is_brought_back(kind: str, stage: Callable[..., Stage]) -> None:
    on = stage(kind, callers=[replace(PATIENT, at_s=50.0)], faults=Faults(hangs_at=8.0, hang_ends="power"))
    on.until(lambda: on.clock.now() > 8.0)
    on.until(lambda: on.state() == "out of order", LOOK_EVERY_S + 5.0)
    assert on.until(free(on)) <= UNSTUCK_WITHIN_S
    on.until(lambda: on.state() == "in a call")


def test_a_modem_that_nothing_cures_is_a_fault_with_advice_while_the_other_line_answers(
    stage: Callable[..., Stage],
) -> None:
    """Its own line rings on, at the office's own telephones."""
    on = stage("cx93001", "cx93001", faults=Faults(hangs_at=8.0, hang_ends="power"), no_reset=True)
    on.until(lambda: on.state() == "out of order", 30.0)
    on.go_on(60.0)
    assert on.state() == "out of order"
    (fault,) = on.box.board.faults
    assert (fault.about, fault.advice) == ("Line 1", "Unplug the modem, count to ten, plug it in again.")
    on.world.place(replace(PATIENT, ring_patience_s=15.0))
    on.go_on(1.0)
    on.world.place(replace(PATIENT, number="501600700"))
    on.until(lambda: on.state(2) == "in a call")
    on.until(lambda: bool(on.world.stories))
    story = on.world.stories[0]
    assert (story.number, story.answered_at, story.rings) == (PATIENT.number, None, 3)
    assert not on.modem.record.hooks


class NoReset:
    """Where the program has not the right to reset anything."""

    hold_s = ready_s = 0.0

    def begin(self, path: str) -> bool:
        return False

    def end(self) -> None:
        raise AssertionError("what has not begun cannot end")


def test_without_the_right_to_reset_a_modem_is_opened_again_all_the_same(stage: Callable[..., Stage]) -> None:
    on = stage("cx93001", faults=Faults(hangs_at=8.0, hang_ends="power"), no_reset=True)
    on.until(lambda: on.state() == "out of order", 30.0)
    on.go_on(5.0)
    on.modem.power_cycle()  # somebody pulls it out and pushes it in
    assert on.until(free(on)) <= BACK_WITHIN_S


class WiredPin(MockPin):
    """A pin of a Raspberry Pi with something on it, which is told of every change."""

    moved: Callable[[bool], None] = staticmethod(lambda high: None)

    def _set_state(self, value: bool) -> None:
        before = self.state
        super()._set_state(value)
        if self.state != before:
            WiredPin.moved(bool(self.state))


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    """The pins of a Raspberry Pi."""
    before, factory = Device.pin_factory, MockFactory(pin_class=WiredPin)
    Device.pin_factory = factory
    yield factory
    Device.pin_factory = before
    WiredPin.moved = staticmethod(lambda high: None)
    factory.close()


def test_a_modem_on_a_hat_is_reset_by_its_pin(pins: MockFactory, stage: Callable[..., Stage]) -> None:
    """The pin is low for half a second; what hangs on it is the emulated modem."""
    levels: list[tuple[float, bool]] = []

    def moved(high: bool) -> None:
        levels.append((on.clock.now(), high))
        if not high:
            on.modem.power_cycle()

    on = stage("si24xx", faults=Faults(hangs_at=8.0, hang_ends="power"), reset_gpio=25)
    on.until(free(on))
    assert pins.pin(25).state
    WiredPin.moved = staticmethod(moved)
    on.until(lambda: on.state() == "out of order", 30.0)
    assert on.until(free(on)) <= UNSTUCK_WITHIN_S
    (low, is_low), (high, is_high) = levels
    assert (is_low, is_high) == (False, True)
    assert high - low == pytest.approx(0.5, abs=0.1)


# ---------------------------------------------------------------- forgetful


@EVERY_KIND
@pytest.mark.parametrize("faults", [Faults(forgets_at=8.0), Faults(reset_at=8.0)], ids=["forgets", "restarts"])
def test_an_idle_modem_that_forgot_its_settings_is_told_them_again(
    kind: str, faults: Faults, stage: Callable[..., Stage]
) -> None:
    """The next caller is known by number again, which nobody would have noticed to be missing."""
    on = stage(kind, callers=[replace(PATIENT, at_s=30.0)], faults=faults)
    on.until(lambda: bool(on.modem.record.hooks) and on.modem.record.hooks[-1][1])
    on.go_on(0.5)
    assert [view.caller_id.number for view in on.box.board.lines if view.caller_id] == ["225550101"]


@EVERY_KIND
def test_a_modem_that_restarts_in_a_call_leaves_a_card_and_is_armed_again(
    kind: str, stage: Callable[..., Stage]
) -> None:
    callers = [replace(PATIENT, hangs_up_after_s=40.0), replace(PATIENT, number="501600700", at_s=80.0)]
    on = stage(kind, callers=callers, faults=Faults(reset_at=14.0))
    on.until(lambda: on.clock.now() > 14.0)
    on.until(lambda: on.state() != "in a call", 60.0)
    assert on.until(free(on)) <= UNSTUCK_WITHIN_S
    on.until(lambda: on.state() == "in a call")
    assert "225550101" in on.cards()


# ---------------------------------------------------------------- another telephone on the line (R34)


def test_a_call_is_left_to_whoever_lifts_another_telephone_where_the_modem_tells(
    stage: Callable[..., Stage],
) -> None:
    on = stage("cx93001", callers=[PATIENT, replace(PATIENT, number="225550102", at_s=60.0)])
    on.until(lambda: on.state() == "in a call")
    on.until(lambda: bool(on.modem.record.hooks))
    on.go_on(8.0)
    on.modem.lift_handset()
    assert on.until(lambda: not on.modem.record.hooks[-1][1], 3.0) < 1.0, "we are off the line at once"
    on.until(lambda: bool(on.box.board.calls))
    record = on.box.board.calls[0]
    assert (record.hung_up, record.outcome) == (HangUpSign.HANDSET, Outcome.TAKEN_OVER)
    assert on.cards() == [], "somebody talks with them, so nobody need call back"
    assert on.world.stories == (), "the caller talks on with whoever has lifted it"
    on.go_on(10.0)
    on.modem.put_down_handset()
    on.until(lambda: bool(on.world.stories))
    on.until(lambda: on.modem.record.hooks[-1][1], 120.0)
    assert on.state() == "in a call", "the next caller is answered as ever"
