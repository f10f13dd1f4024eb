"""The whole world with emulated modems in it, served by hand: programs on the ports, people at both ends."""

from __future__ import annotations

import math
import os
import tty
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from appliance.clock import ScaledClock, SystemClock, VirtualClock
from appliance.faults import BadSettings
from appliance.signals.levels import dbm0
from hardware.simulated.exchange import Release
from hardware.simulated.legs import Where
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.people import Caller, DeskCall, Staff
from hardware.simulated.profiles import PROFILES
from hardware.simulated.story import silences
from hardware.simulated.voices import spoken, voice_of
from hardware.simulated.world import PlannedModem, World

MODEM = PlannedModem(PROFILES["cx93001"])
ANNA = Staff("Anna", "11", answers_after_s=3.0, talks_s=10.0)
START = datetime(2026, 11, 24, 9, 30).astimezone()


class Program:
    """Somebody's program at a modem's port, and the world around it, moved by hand in virtual time."""

    def __init__(self, world: World, clock: VirtualClock) -> None:
        self.world = world
        self.clock = clock
        self.fds = [os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK) for path in world.lines]
        for fd in self.fds:
            tty.setraw(fd)
        world.begin()

    def close(self) -> None:
        for fd in self.fds:
            os.close(fd)
        self.world.stop()

    def wait(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        while self.clock.now() < until - 1e-9:
            self.clock.run(self.clock.now() + 0.01)
            self.world.move_to(self.clock.now())

    def type(self, *commands: str, modem: int = 0) -> None:
        for command in commands:
            os.write(self.fds[modem], command.encode() + b"\r")
            self.wait(0.3)

    def answer(self, modem: int = 0) -> None:
        self.type("ATE0+FCLASS=8", "AT+VLS=1", modem=modem)

    def flash_and_dial(self, digits: str) -> None:
        self.type("AT+VTS={!,10}")
        self.wait(0.7)
        self.type("AT+VTS=" + ",[,,10],".join(f"{{{digit},10}}" for digit in digits))
        self.wait(2)


@pytest.fixture
def made() -> Iterator[list[Program]]:
    programs: list[Program] = []
    yield programs
    for program in programs:
        program.close()


def test_a_caller_meets_the_program_and_the_story_tells_it(made: list[Program]) -> None:
    clock = VirtualClock(START)
    caller = Caller("225550101", "Jan", at_s=1.0, hangs_up_after_s=6.0)
    program = Program(World(clock, country="pl", modems=[MODEM], staff=[ANNA], callers=[caller]), clock)
    made.append(program)
    program.wait(3.0)
    assert not program.world.idle
    program.answer()
    program.wait(8)
    program.type("ATH")
    program.wait(1)
    assert program.world.done
    [story] = program.world.stories
    assert (story.order, story.number, story.name, story.ended_how) == (1, "225550101", "Jan", "hung up")
    assert story.began == pytest.approx(1.0, abs=0.03)
    assert story.answered_at is not None
    assert story.ended_at - story.answered_at == pytest.approx(6.0, abs=0.03)
    assert story.rings == 1
    assert story.line_free_at is not None
    assert [segment.where for segment in story.segments] == [Where.RINGING, Where.OFFICE]
    assert len(story.heard) == pytest.approx((story.ended_at - story.began) * 8000, abs=320)
    [(first, last)] = silences(story)  # this program never says a word
    assert last - first == pytest.approx(6.0, abs=0.1)


def test_a_caller_who_is_handed_over_has_talked_to_the_colleague(made: list[Program]) -> None:
    clock = VirtualClock(START)
    world = World(clock, country="pl", modems=[MODEM], staff=[ANNA], callers=[Caller("225550101")])
    program = Program(world, clock)
    made.append(program)
    program.wait(2)
    program.answer()
    program.flash_and_dial("11")
    program.type("ATH")
    program.wait(25)
    [story] = world.stories
    assert story.talked_to == ("Anna",)
    assert story.ended_how == "a colleague hung up"
    assert story.digits == "11"
    [flash_ms] = story.flashes_ms
    assert 50 <= flash_ms <= 250
    [(since, until)] = story.spans(Where.COLLEAGUE)
    assert until - since == pytest.approx(10, abs=6)
    heard = story.heard[round((since - story.began) * 8000) : round((until - story.began) * 8000)]
    assert dbm0(heard) > -35
    assert dbm0(world.desks[0].heard.sound()) < -40  # this caller is silent


def test_two_callers_take_two_lines_and_a_third_waits(made: list[Program]) -> None:
    clock = VirtualClock(START)
    callers = [Caller("1"), Caller("2"), Caller("3", ring_patience_s=20)]
    world = World(clock, country="us", modems=[MODEM, MODEM], staff=[ANNA], callers=callers)
    program = Program(world, clock)
    made.append(program)
    program.wait(1)
    program.answer(0)
    program.answer(1)
    program.wait(20)
    [story] = world.stories
    assert (story.number, story.ended_how, story.rings) == ("3", "gave up while it rang", 0)


def test_a_modem_can_hang_on_the_exchange_itself(made: list[Program]) -> None:
    clock = VirtualClock(START)
    caller = Caller("1", hangs_up_after_s=3.0, release=Release.LOOP)
    world = World(clock, country="pl", modems=[MODEM], callers=[caller], pbx=None)
    program = Program(world, clock)
    made.append(program)
    program.wait(2)
    program.answer()
    program.wait(5)
    program.type("ATH")
    program.wait(2)
    [story] = world.stories
    assert [segment.where for segment in story.segments] == [Where.RINGING, Where.OFFICE]
    assert story.rings == 1


def test_an_unanswered_world_still_tells_every_story(made: list[Program]) -> None:
    clock = VirtualClock(START)
    world = World(clock, country="pl", modems=[MODEM], callers=[Caller("1", ring_patience_s=7)])
    program = Program(world, clock)
    made.append(program)
    program.wait(9)
    [story] = world.stories
    assert (story.answered_at, story.rings, story.talked_to) == (None, 2, ())
    assert silences(story) == []


def test_without_tapes_stories_keep_everything_but_the_sound(made: list[Program]) -> None:
    clock = VirtualClock(START)
    world = World(clock, country="pl", modems=[MODEM], callers=[Caller("1", ring_patience_s=3)], keep_audio=False)
    program = Program(world, clock)
    made.append(program)
    program.wait(5)
    [story] = world.stories
    assert len(story.heard) == len(story.line) == 0
    assert silences(story) == []


def test_late_blocks_are_made_up_one_by_one(made: list[Program]) -> None:
    clock = VirtualClock(START)
    world = World(clock, country="pl", modems=[MODEM], callers=[Caller("1", ring_patience_s=7)])
    program = Program(world, clock)
    made.append(program)
    clock.run(8.0)
    world.move_to(8.0)
    [story] = world.stories
    assert len(story.heard) == pytest.approx(7 * 8000, abs=320)
    assert story.rings == 2


def test_a_world_of_its_own_thread_runs_as_fast_as_it_can(tmp_path: Path) -> None:
    clock = ScaledClock(math.inf)
    callers = [Caller("1", ring_patience_s=30), Caller("2", at_s=40, ring_patience_s=10)]
    world = World(clock, country="pl", modems=[MODEM], staff=[ANNA], callers=callers)
    world.start()
    ours = clock.waiter("test")
    ours.wait(60.0)
    ours.close()
    assert world.done
    assert [story.number for story in world.stories] == ["1", "2"]
    world.stop()
    world.stop()
    world.save(tmp_path)
    assert len(list(tmp_path.glob("*.wav"))) == 4


def test_a_stopped_world_leaves_nobody_without_a_story() -> None:
    clock = SystemClock()
    link_less = World(clock, country="pl", modems=[MODEM, MODEM], callers=[Caller("1")])
    link_less.start()
    waiter = clock.waiter("test")
    waiter.wait(clock.now() + 0.2)
    waiter.close()
    link_less.stop()
    [story] = link_less.stories
    assert story.ended_how == "the world ended"
    assert not any(Path(path).exists() for path in link_less.lines)


def test_a_caller_can_be_added_while_the_world_turns(made: list[Program]) -> None:
    clock = VirtualClock(START)
    world = World(clock, country="pl", modems=[MODEM], pbx=PbxProfile(trunks=1))
    program = Program(world, clock)
    made.append(program)
    assert world.done
    program.wait(2)
    world.place(Caller("7", ring_patience_s=4))
    assert not world.done
    program.wait(6)
    assert [story.number for story in world.stories] == ["7"]


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(BadSettings, match="xx"):
        World(VirtualClock(START), country="xx", modems=[])


def test_what_colleagues_say_reaches_the_line_of_the_box(made: list[Program]) -> None:
    clock = VirtualClock(START)
    world = World(clock, country="pl", modems=[MODEM], staff=[ANNA], callers=[Caller("1", hangs_up_after_s=30)])
    program = Program(world, clock)
    made.append(program)
    program.wait(2)
    program.answer()
    program.flash_and_dial("11")
    program.wait(30)
    program.type("ATH")
    program.wait(8)
    [story] = world.stories
    anna = world.desks[0]
    [lifted_at] = anna.answered
    greeting = spoken("Anna speaking. How may I help you?", voice_of("Anna"))
    first = round((lifted_at - world.began + 0.4 - story.line_began) * 8000)
    heard = story.line[first : first + len(greeting)]
    assert np.corrcoef(heard, greeting)[0, 1] > 0.99


def test_a_colleague_can_call_the_box_under_the_number_that_the_world_tells(made: list[Program]) -> None:
    clock = VirtualClock(START)
    staff = Staff("Anna", "11", calls=(DeskCall(1.0, "801", presses=((1.0, "5"),)),))
    world = World(clock, country="pl", modems=[MODEM], staff=[staff])
    assert world.box_extensions == ("801",)
    program = Program(world, clock)
    made.append(program)
    program.wait(4.0)
    program.answer()
    program.wait(2.0)
    assert len(world.desks[0].called) == 1
    assert [code for _, code in world.modems[0].record.events if code == "/"]


def test_a_caller_in_a_conference_without_the_box_has_talked_to_everybody_there(made: list[Program]) -> None:
    clock = VirtualClock(START)
    staff = [Staff("Anna", "11", 1.0, 60.0), Staff("Bert", "12", 1.0, 60.0)]
    caller = Caller("5550100", at_s=1.0, chat_s=5.0)
    pbx = PbxProfile(conference_code="3")
    world = World(clock, country="pl", modems=[MODEM], staff=staff, callers=[caller], pbx=pbx)
    program = Program(world, clock)
    made.append(program)
    program.wait(3.0)
    program.answer()
    for number in ("11", "3", "12", "3"):
        program.flash_and_dial(number)
    program.type("ATH")
    program.wait(10.0)
    (story,) = world.stories
    assert story.talked_to == ("Anna", "Bert")
    assert story.ended_how == "said goodbye to a colleague"
    in_conference = [segment.extension for segment in story.segments if segment.where is Where.CONFERENCE]
    assert in_conference == ["11+801", "11+12+801", "11+12"]
