"""What colleagues arrange with the box by telephone (R31): who they are, where they are, the next caller, a greeting.

Somebody is known by the extension they call from and proves it by a PIN. Until then nothing is told and nothing
changed. While they talk to the box nobody is put through to them; who has asked for the next caller is given one,
before all others, as soon as they have put the telephone down.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from appliance.acd.distribution import Distribution
from appliance.acd.staff import WISH_S, Colleague, Person, Staff
from appliance.arranged import Arranged, KeptGreeting, KeptPresence, Notes
from appliance.call import Call, CallerId
from appliance.cardbox import CardBox
from appliance.clock import Clock
from appliance.faults import Fault
from appliance.pin import FREE_TRIES, Guard, PinVerdict, fits
from appliance.settings import LineSettings, Settings
from appliance.staffacts import (
    ActOnCard,
    AskCards,
    AskGreeting,
    AskMessages,
    CheckPin,
    ForgetRecording,
    InLine,
    KeepGreeting,
    StaffAct,
    TellPresence,
    WantNext,
    WhoWaits,
)

log = logging.getLogger(__name__)

RING_MARGIN_MS = 80
"""Waves of 16 Hz, of which a burst may have one more or less, are 62 ms long."""
UNPROVEN_S = 60.0
"""How long a caller ID alone is proof that this telephone is in use: it may be that of who transferred the caller."""


class ByPhone:
    """The box as the staff use it. `faults` and `cards` are the office's own."""

    def __init__(
        self,
        settings: Settings,
        staff: Staff,
        distribution: Distribution,
        clock: Clock,
        notes: Notes,
        faults: MutableMapping[str, Fault],
        arranged: Arranged,
        cards: CardBox,
    ) -> None:
        self._staff = staff
        self._distribution = distribution
        self._clock = clock
        self._notes = notes
        self._faults = faults
        self._cards = cards
        self._guard = Guard()
        self._greetings = {(kept.company, kept.department): kept for kept in arranged.greetings}
        self._serving: dict[int, str] = {}
        self._want_next: set[int] = set()
        for kept in arranged.presences:
            if staff.knows(kept.extension):
                staff.set_presence(kept.extension, kept.presence, kept.until)
        staff.come_back(clock.today())
        self.take_up(settings)

    def take_up(self, settings: Settings) -> None:
        """Other settings: greetings stay, and who is shut out stays so."""
        self._pins = {person.extension: person.pin for person in settings.people}
        self._internal_ring_ms = tuple(map(int, settings.pbx.internal_ring.split()))
        self._lines = {line.name: _introduction(settings, line) for line in settings.lines}

    # ------------------------------------------------------------ what the office asks

    def colleague_in(self, call: Call) -> Person | None:
        """The colleague who calls, by caller ID, if it is one who may use the box by telephone."""
        number = call.caller_id.number
        if not self._staff.knows(number) or not self._staff[number].person.has_pin:
            return None
        self._is_from(call, number, self._clock.now() + UNPROVEN_S)
        return self._staff[number].person

    def _is_from(self, call: Call, extension: str, until: float = math.inf) -> None:
        """That telephone is in use until the call is over."""
        self._serving[call.number] = extension
        self._staff.phones_us(extension, self._clock.today(), until)

    def rings_inside(self, cadence_ms: Sequence[int]) -> bool:
        """Is this the ring of the PBX for calls from inside, as far as a line can measure it?"""
        wanted = self._internal_ring_ms
        if not wanted or len(cadence_ms) != len(wanted):
            return False
        return all(abs(one - other) <= RING_MARGIN_MS for one, other in zip(cadence_ms, wanted, strict=True))

    def greeting_on(self, line: str) -> KeptGreeting:
        """The greeting in use on this line."""
        return self._greetings.get(self._lines[line], KeptGreeting(*self._lines[line]))

    def ended(self, call: Call) -> None:
        """A call is over; where it was a colleague's, their telephone is free again."""
        extension = self._serving.pop(call.number, "")
        if not extension:
            return
        self._staff.has_phoned_us(extension, self._clock.now(), self._clock.today())
        if call.number in self._want_next:
            self._want_next.remove(call.number)
            self._staff[extension].wish_until = self._clock.now() + WISH_S

    # ------------------------------------------------------------ what a script asks

    def answer(self, call: Call, act: StaffAct[Any], callers: Mapping[int, CallerId]) -> Any:
        """Answer one act of the colleagues' script; `callers` are those who wait, by call."""
        match act:
            case CheckPin(extension, pin):
                return self._check(call, extension, pin)
            case TellPresence(extension, presence, until):
                self._staff.set_presence(extension, presence, until)
                self._notes.keep_presence(KeptPresence(extension, presence, until))
                log.info("%s: extension %s is now %s", call.log_name(), extension, presence.value)
            case WhoWaits(extension):
                return self._who_waits(self._staff[extension], callers)
            case WantNext():
                self._want_next |= {call.number} if self._distribution.anybody_waits else set()
                return call.number in self._want_next
            case AskGreeting():
                return self.greeting_on(call.line).recording
            case KeepGreeting(recording, by):
                self._keep_greeting(KeptGreeting(*self._lines[call.line], recording, by if recording else ""))
            case ForgetRecording(recording):
                self._notes.forget_recording(recording)
            case AskMessages(extension):
                return self._cards.messages_for(extension, self._distribution.groups_of(extension))
            case AskCards(extension):
                return self._cards.of_person(extension, self._distribution.groups_of(extension))
            case ActOnCard(command):
                return self._cards.obey(command)
            case _:
                raise TypeError(f"the office does not know the act {act!r}")
        return None

    def _keep_greeting(self, greeting: KeptGreeting) -> None:
        before = self._greetings.get((greeting.company, greeting.department))
        self._greetings[greeting.company, greeting.department] = greeting
        self._notes.keep_greeting(greeting)
        if before is not None and before.recording:
            self._notes.forget_recording(before.recording)

    def _check(self, call: Call, extension: str, pin: str) -> PinVerdict:
        now = self._clock.now()
        if self._guard.locked(extension, now):
            return PinVerdict.LOCKED
        right = fits(pin, self._pins.get(extension, ""))
        about = f"PIN of extension {extension}"
        if right:
            self._guard.right(extension)
            self._faults.pop(about, None)
            self._is_from(call, extension)
            log.info("%s: is the colleague at extension %s", call.log_name(), extension)
            return PinVerdict.RIGHT
        if self._staff.knows(extension):
            self._guard.wrong(extension, now)
            if self._guard.failures(extension) >= FREE_TRIES:
                self._faults[about] = self._guessed(
                    about, self._staff[extension].person, self._guard.failures(extension)
                )
        return PinVerdict.WRONG

    @staticmethod
    def _guessed(about: str, person: Person, times: int) -> Fault:
        problem = f"a PIN that is not theirs was keyed in {times} times, so {person.name} is shut out for a while"
        advice = f"Ask {person.name} whether it was they; if not, give them another PIN in the settings."
        return Fault(about, problem, advice)

    def _who_waits(self, colleague: Colleague, callers: Mapping[int, CallerId]) -> InLine | None:
        tickets = self._distribution.next_for(colleague)
        if not tickets:
            return None
        longest_s = self._clock.now() - min(ticket.since for ticket in tickets)
        return InLine(len(tickets), longest_s, callers.get(tickets[0].call, CallerId()))


def _introduction(settings: Settings, line: LineSettings) -> tuple[str, str]:
    return line.company or settings.company, line.department
