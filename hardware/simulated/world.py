"""The whole world outside the box, in one thread: callers, exchange, mini-PBX, staff, and the box's modems and HATs.

A program that answers telephones opens the paths in `World.lines` as its serial ports and is called by the people in
`callers`. Time is that of the clock the world is given: on the wall clock it keeps 20 ms a block and catches up block
by block when the machine was late, so that no sound is ever left out; on a `ScaledClock` everybody waits for
everybody.

Modems may be unplugged and come back, by their faults or by a test; whoever calls meanwhile rings a line that is
on-hook.
"""

from __future__ import annotations

import math
import os
import select
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appliance.clock import Clock, Waiter
from appliance.signals.countries import country as country_of
from hardware.find import FoundPort
from hardware.simulated.circuit import Circuit, Hook
from hardware.simulated.exchange import Destination, Exchange, PublicCall, SubscriberLine
from hardware.simulated.fakehat import FakeHat, HatFaults
from hardware.simulated.fakemodem import FakeModem
from hardware.simulated.legs import Segment, Where
from hardware.simulated.loop import BLOCK_S, Loop
from hardware.simulated.minipbx import MiniPbx
from hardware.simulated.modemfaults import Faults
from hardware.simulated.pbxport import Port, PortState
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.people import Caller, CallerAtPhone, Desk, Staff
from hardware.simulated.profiles import Profile
from hardware.simulated.story import CallerStory, save_stories

BOX_LETS_GO_S = 60.0
"""A story waits for the box to hang up, but not longer than this after the caller has gone."""


@dataclass(frozen=True, slots=True)
class PlannedModem:
    """One modem on a line of its own: its make, the symbolic link that leads to its port, what is wrong with it."""

    profile: Profile
    link: Path | None = None
    faults: Faults = field(default_factory=Faults)


@dataclass(frozen=True, slots=True)
class PlannedHat:
    """One FXO HAT on a line of its own: the board it is, as in the settings (`fxo:NAME`), and what is wrong with it."""

    port: str
    faults: HatFaults = field(default_factory=HatFaults)


@dataclass(slots=True, eq=False)
class _Ongoing:
    """A call that has no story yet."""

    number: int
    person: CallerAtPhone
    call: PublicCall
    put_through: Segment | None = None


class World:
    """Everything outside the box. Build it, `start` it, look at `stories`, `stop` it.

    With `pbx=None` the modems hang on subscriber lines of the exchange itself.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        country: str,
        modems: Sequence[PlannedModem | PlannedHat],
        staff: Sequence[Staff] = (),
        outside: Sequence[Staff] = (),
        callers: Sequence[Caller] = (),
        pbx: PbxProfile | None = PbxProfile(),  # noqa: B008 - frozen
        keep_audio: bool = True,
        seed: int = 0,
    ) -> None:
        """Build it all and have every sentence spoken. `outside` are people who can be called, by their public number.

        Raises:
            BadSettings: unknown country, or a sound file that cannot be read.
        """
        self._clock = clock
        self._country = country_of(country)
        self._keep_audio = keep_audio
        self._staff_names = {person.extension: person.name for person in staff}
        self._began = math.inf
        self._blocks = 0
        self._lock = threading.Lock()
        self._stories: tuple[CallerStory, ...] = ()
        self._placed = 0
        self._arrivals: deque[tuple[int, CallerAtPhone]] = deque()
        self._planned: list[tuple[int, CallerAtPhone]] = []
        self._ongoing: list[_Ongoing] = []
        loops = [Loop(f"modem {number}") for number in range(1, len(modems) + 1)]
        self._modems = [
            self._device(planned, loop, place, seed)
            for place, (planned, loop) in enumerate(zip(modems, loops, strict=True))
        ]
        self._desks: list[tuple[Desk, Port]] = []
        self.box_extensions: tuple[str, ...] = ()
        """The numbers of the box's own ports, for colleagues who call it."""
        self._pbx = None if pbx is None else MiniPbx(self._country, clock.today, pbx)
        self._circuits: list[Circuit] = []
        self._exchange = Exchange(self._country, self._wire_up(loops, staff))
        self._connect_outside(outside)
        self._epoll = select.epoll()
        self._readable: set[int] | None = None
        self._watched: dict[FakeModem | FakeHat, tuple[int, int]] = {}
        self._waiter: Waiter | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._failure: BaseException | None = None
        for caller in callers:
            self.place(caller)

    def _device(self, planned: PlannedModem | PlannedHat, loop: Loop, place: int, seed: int) -> FakeModem | FakeHat:
        """What hangs on one line."""
        if isinstance(planned, PlannedHat):
            return FakeHat(planned.port, loop, self._clock, country=self._country, faults=planned.faults)
        return FakeModem(
            planned.profile,
            loop,
            self._clock,
            country=self._country,
            seed=seed + place,
            faults=planned.faults,
            link=None if planned.link is None else str(planned.link),
            socket="" if planned.profile.uart else f"1-1.{place + 1}",
        )

    def _wire_up(self, loops: Sequence[Loop], staff: Sequence[Staff]) -> Sequence[Destination]:
        if self._pbx is None:
            lines = [SubscriberLine(loop, self._country, self._clock.today, seed=n) for n, loop in enumerate(loops)]
            self._circuits += lines
            return lines
        for number, loop in enumerate(loops, start=1):
            extension = f"{_free_digit(self._staff_names)}{number:02}"
            self._circuits.append(self._pbx.connect_extension(extension, loop, in_hunt_group=True))
            self.box_extensions += (extension,)
        for person in staff:
            loop = Loop(person.name)
            port = self._pbx.connect_extension(person.extension, loop)
            port.do_not_disturb = person.do_not_disturb
            self._desks.append((Desk(person, loop, keep_audio=self._keep_audio), port))
        return (self._pbx,)

    def _connect_outside(self, people: Sequence[Staff]) -> None:
        for person in people:
            assert self._pbx is not None, "without a PBX the office calls nobody"
            loop = Loop(person.name)
            port = self._pbx.connect_outside(person.extension, loop)
            self._desks.append((Desk(person, loop, keep_audio=self._keep_audio), port))

    # From any thread.

    @property
    def lines(self) -> list[str]:
        """The ports as they are at the moment, in the order of the modems and HATs; of an unplugged one its last."""
        return [modem.path for modem in self._modems]

    def found_ports(self) -> tuple[FoundPort, ...]:
        """The ports that a computer would find now: those of the modems that are plugged in."""
        return tuple(port for modem in self._modems if (port := modem.found()) is not None)

    def power_cycle(self, path: str) -> bool:
        """Take the power of the modem at `path` (or at the end of that link) away for a moment; is there one?"""
        real = os.path.realpath(path)
        for modem in self._modems:
            if (port := modem.found()) is not None and port.path == real:
                modem.power_cycle()
                return True
        return False

    @property
    def began(self) -> float:
        """The moment of the clock at which the world began: the zero of all its moments."""
        return self._began

    @property
    def modems(self) -> Sequence[FakeModem | FakeHat]:
        """The emulated modems and HATs, and what they recorded."""
        return tuple(self._modems)

    @property
    def desks(self) -> Sequence[Desk]:
        """The staff, then the people outside who can be called, and what they heard."""
        return tuple(desk for desk, _ in self._desks)

    @property
    def stories(self) -> tuple[CallerStory, ...]:
        """What happened to everybody whose call is over, in the order in which they ended."""
        return self._stories

    @property
    def idle(self) -> bool:
        """Nobody outside is calling at the moment."""
        return not self._ongoing

    @property
    def done(self) -> bool:
        """Every caller has a story, and every colleague has made their calls."""
        return len(self._stories) == self._placed and all(desk.has_called for desk, _ in self._desks)

    @property
    def failure(self) -> BaseException | None:
        """What broke the world's thread, if anything; `stop` raises it."""
        return self._failure

    def place(self, caller: Caller) -> None:
        """One more caller, who calls at once if their time has passed; their words are spoken before this returns."""
        person = CallerAtPhone(caller, keep_audio=self._keep_audio)
        with self._lock:
            self._placed += 1
            self._arrivals.append((self._placed, person))

    def begin(self) -> None:
        """Let time begin, for whoever moves it by hand with `move_to`."""
        self._began = self._clock.now()
        for desk, _ in self._desks:
            desk.began = self._began

    def start(self) -> None:
        """Let time begin, moved by the world's own thread."""
        self.begin()
        self._waiter = self._clock.waiter("world")
        for modem in self._modems:
            modem.wake_with(self._waiter)
        self._thread = threading.Thread(target=self._run, name="world", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the world and unplug the modems; calls still going on get their stories. A second time changes nothing.

        Raises:
            Exception: what broke the world's thread.
        """
        self._stopping = True
        if self._waiter is not None:
            self._waiter.ring()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if not self._epoll.closed:
            for modem in self._modems:
                modem.close()
            self._epoll.close()
        if self._failure is not None:
            raise self._failure

    def save(self, folder: Path) -> None:
        """Keep what everybody heard, and `stories.json`.

        Raises:
            OSError: the folder cannot be written.
        """
        save_stories(self._stories, folder)

    # The world's thread.

    def _run(self) -> None:
        assert self._waiter is not None
        try:
            while not self._stopping:
                self._watch()
                due = min((modem.next_due() for modem in self._modems), default=math.inf)
                self._waiter.wait(min(due, self._next_block), self._epoll.fileno())
                self._readable = {fd for fd, _ in self._epoll.poll(0)}
                self.move_to(self._clock.now())
            self._end()
        except BaseException as problem:  # the thread is at its end: whoever stops the world has to know
            self._failure = problem
        finally:
            self._waiter.close()

    def move_to(self, now: float) -> None:
        """Serve every block that has ended by `now`, one after the other, and what the ports brought meanwhile."""
        while self._next_block <= now and not self._stopping:
            at = self._next_block
            self._readable = None
            self._attend(at)
            self._blocks += 1
            self._block(at)
        self._attend(now)

    @property
    def _next_block(self) -> float:
        return self._began + (self._blocks + 1) * BLOCK_S

    def _watch(self) -> None:
        """Wait for bytes of those modems only whose port is open; the others would report their hang-up for ever."""
        for modem in self._modems:
            port = (modem.insertions, modem.fileno()) if modem.connected else None
            watched = self._watched.get(modem)
            if port == watched:
                continue
            if watched is not None:
                del self._watched[modem]
                if watched == (modem.insertions, modem.fileno()):  # one that was closed is forgotten by itself
                    self._epoll.unregister(modem.fileno())
            if port is not None:
                self._epoll.register(modem.fileno(), select.EPOLLIN)
                self._watched[modem] = port

    def _attend(self, now: float) -> None:
        """Look after those modems that need it; after all of them at every block, and when we know no better."""
        readable = self._readable
        for modem in self._modems:
            if readable is None or modem.fileno() in readable or modem.expects(now):
                modem.attend(now)

    def _block(self, at: float) -> None:
        self._let_people_call(at)
        for desk, port in self._desks:
            alone = port.state is PortState.LEFT or (desk.is_calling and port.state is PortState.REFUSED)
            desk.take_turn(port.is_ringing, alone, at, is_talking=port.state is PortState.TALKING)
        self._exchange.block(at)
        for ongoing in list(self._ongoing):
            self._notice(ongoing, at)

    def _let_people_call(self, at: float) -> None:
        while self._arrivals:
            self._planned.append(self._arrivals.popleft())
            self._planned.sort(key=lambda entry: entry[1].caller.at_s)
        while self._planned and self._began + self._planned[0][1].caller.at_s <= at:
            number, person = self._planned.pop(0)
            self._ongoing.append(_Ongoing(number, person, self._exchange.call(person, at)))

    def _notice(self, ongoing: _Ongoing, at: float) -> None:
        """Tell a caller that a colleague is on the line, and write the story of one whose call is over."""
        call = ongoing.call
        segments = self._segments(call)
        last = segments[-1]
        if self._with_colleagues(last) and math.isinf(last.ended) and last is not ongoing.put_through:
            ongoing.put_through = last
            ongoing.person.put_through(at)
        if not call.over or call.ended_at is None:
            return
        let_go = all(circuit.trace is not call.trace for circuit in self._circuits)
        if let_go or at > call.ended_at + BOX_LETS_GO_S:
            self._finish(ongoing)

    def _with_colleagues(self, segment: Segment) -> bool:
        """With one of them, or with several from whom the box has parted."""
        if segment.where is Where.CONFERENCE:
            return all(extension in self._staff_names for extension in segment.extension.split("+"))
        return segment.where is Where.COLLEAGUE

    def _segments(self, call: PublicCall) -> tuple[Segment, ...]:
        if self._pbx is not None and call.destination is self._pbx:
            return self._pbx.segments(call)
        ended = math.inf if call.ended_at is None else call.ended_at
        ringing = Segment(Where.RINGING, "", call.began, ended if call.answered_at is None else call.answered_at)
        if call.answered_at is None:
            return (ringing,)
        return (ringing, Segment(Where.OFFICE, "", call.answered_at, ended))

    def _finish(self, ongoing: _Ongoing) -> None:
        call, person, trace = ongoing.call, ongoing.person, ongoing.call.trace
        segments = self._segments(call)
        colleagues = [
            self._staff_names.get(extension, extension)
            for segment in segments
            if self._with_colleagues(segment)
            for extension in segment.extension.split("+")
        ]
        story = CallerStory(
            order=ongoing.number,
            number=person.caller.number,
            name=person.caller.name,
            began=call.began - self._began,
            answered_at=None if call.answered_at is None else call.answered_at - self._began,
            ended_at=(call.ended_at or call.began) - self._began,
            ended_how=person.ended_how,
            talked_to=tuple(dict.fromkeys(colleagues)),
            rings=trace.rings,
            segments=tuple(self._since_began(segment) for segment in segments),
            hooks=tuple(Hook(hook.at - self._began, hook.off_hook) for hook in trace.hooks),
            flashes_ms=tuple(trace.flashes_ms),
            digits="".join(trace.digits),
            heard=person.heard.sound(),
            said=person.said.sound(),
            line=trace.heard.sound(),
            ours=trace.said.sound(),
            line_began=(trace.heard.began or call.began) - self._began,
        )
        self._ongoing.remove(ongoing)
        if self._pbx is not None:
            self._pbx.forget(call)
        self._stories = (*self._stories, story)

    def _since_began(self, segment: Segment) -> Segment:
        return Segment(segment.where, segment.extension, segment.began - self._began, segment.ended - self._began)

    def _end(self) -> None:
        """Nobody is left without a story."""
        now = self._next_block - BLOCK_S
        for ongoing in list(self._ongoing):
            ongoing.person.hang_up_now(ongoing.call, now)
            self._finish(ongoing)


def _free_digit(extensions: Sequence[str] | dict[str, str]) -> str:
    """A first digit for the box's own extensions that none of the staff has."""
    taken = {extension[:1] for extension in extensions}
    return next((digit for digit in "8765432190" if digit not in taken), "8")
