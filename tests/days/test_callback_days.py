"""Hours full of callers of whom half want to be called back: what holds at every moment of them (R14, R35).

The dice decide who calls, who answers, who calls again and who is busy; the engine, the scripts and the PBX are real.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from itertools import pairwise
from random import Random

import pytest

from appliance.acd.queue import Ticket
from appliance.acd.staff import Colleague
from appliance.acts import Offer
from appliance.call import Call, CallerId, CallRecord, Outcome, Presentation
from appliance.clock import VirtualClock
from appliance.settings import (
    CallbackSettings,
    GroupSettings,
    Hours,
    LineSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)
from hardware.simulated.eventoffice import EventOffice
from hardware.simulated.eventpeople import Extension, Reaction, Visitor

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
CLOSES = time(11, 30)
CALLERS = 70
EXTENSIONS = ("11", "12", "13", "14")
SETTINGS = Settings(
    company="Northwind",
    lines=tuple(LineSettings(f"Line {n}", f"simulated:{n}") for n in range(1, 7)),
    people=tuple(PersonSettings(f"Person {extension}", extension) for extension in EXTENSIONS),
    groups=(GroupSettings("sales", ("11", "12", "13"), "service"), GroupSettings("service", ("13", "14"))),
    menu=MenuSettings((("1", "sales"), ("2", "service")), "sales"),
    hours=Hours((((time(8), CLOSES),),) * 7),
    pbx=PbxSettings(flash_proven=True, outside_prefix="0"),
    waiting=WaitingSettings(talk_s=120.0, retry_s=15.0, longest_s=400.0),
    callbacks=CallbackSettings(may_dial=("XXXXXXXXX",), keep_free=2, retry_s=90.0),
)
REACTIONS = (
    (6.0, Reaction("1", 7.0)),
    (1.0, Reaction("2", 7.0)),
    (1.0, Reaction("3", 7.0)),
    (1.0, Reaction("", 3.0)),
    (1.0, None),
)


@dataclass
class Lived:
    """An office and what was seen in it."""

    office: EventOffice
    jumped: list[str]
    crowded: list[str]
    """Calls of our own that left too few lines to the callers."""

    def own(self) -> list[tuple[float, float, CallRecord]]:
        """The calls that the box made, with their beginning and end."""
        ends = zip(self.office.finished, self.office.finished_at, strict=True)
        return [
            ((record.started - TUESDAY).total_seconds(), end, record)
            for record, end in ends
            if record.outgoing and record.outcome is not Outcome.GAVE_WAY
        ]


def live(seed: int) -> Lived:
    """An hour of callers, the quarter of an hour after it, and the evening."""
    rng = Random(seed)
    clock = VirtualClock(TUESDAY)
    desks = {extension: Extension(extension, 0.15, rng) for extension in EXTENSIONS}
    for desk in desks.values():
        desk.called_reactions = REACTIONS
    office = EventOffice(SETTINGS, clock, desks, rng)
    numbers = [f"22555{n:04d}" for n in range(CALLERS)]
    office.pbx.outside = {f"0{number}": Extension(f"0{number}", 0.2, rng) for number in numbers}
    lived = Lived(office, [], [])
    watch(lived)
    for number in numbers:
        first = rng.uniform(0.0, 3600.0)
        for moment in (first, *([first + rng.uniform(200.0, 1500.0)] if rng.random() < 0.2 else [])):
            who = visitor(number, rng)
            clock.at(moment, lambda who=who: office.pbx.arrive(who))  # type: ignore[misc]
        if rng.random() < 0.3:
            at, phone = rng.uniform(0.0, 4000.0), office.pbx.outside[f"0{number}"]
            clock.at(at, lambda phone=phone, until=at + 400.0: setattr(phone, "busy_until", until))  # type: ignore[misc]
    clock.run(3 * 3600.0)
    return lived


def visitor(number: str, rng: Random) -> Visitor:
    """One who waits, and perhaps asks to be called back."""
    keys = {"menu-choice": rng.choice("12"), "callback-confirm-number": "1", "callback-when": rng.choice("1112")}
    if rng.random() < 0.6:
        keys["come-back-choices"] = "2"
    caller_id = CallerId(number, "", Presentation.SHOWN)
    return Visitor(caller_id, rng.uniform(100.0, 900.0), rng.uniform(40.0, 300.0), keys)


def watch(lived: Lived) -> None:
    """Look over the office's shoulder whenever somebody is offered a call."""
    engine, clock = lived.office.engine, lived.office.clock
    offer = engine._handovers.offer

    def watched(colleague: Colleague, call: Call) -> Offer:
        mine = next((t for t in engine._queue if t.call == call.number or is_for(t, call)), None)
        for other in earlier(mine):
            could = engine._distribution.could_serve(other, clock.now())
            if colleague in could and waits(other, call):
                who = colleague.person.extension
                lived.jumped.append(f"{clock.now():.0f} s: call {call.number} took {who} from call {other.call}")
        if call.outgoing and len(engine._idle_lines()) <= SETTINGS.callbacks.keep_free:
            lived.crowded.append(f"{clock.now():.0f} s: call {call.number}")
        return offer(colleague, call)

    def is_for(ticket: Ticket, call: Call) -> bool:
        return ticket.callback is not None and ticket.callback.call == call.number

    def earlier(mine: Ticket | None) -> Iterator[Ticket]:
        return (other for other in engine._queue if mine is not None and other.turn < mine.turn)

    def waits(other: Ticket, call: Call) -> bool:
        """Could this ticket have been served at this moment instead?"""
        if other.callback is not None:
            return other.call in engine._who_can_be_called()
        theirs = engine._call(other.call)
        performer = next((p for p in engine._who_can_be_offered().values() if p.call is theirs), None)
        return theirs is not None and not theirs.offered and (call.outgoing or performer is not None)

    engine._handovers.offer = watched  # type: ignore[method-assign]


@pytest.fixture(scope="module", params=range(6))
def lived(request: pytest.FixtureRequest) -> Lived:
    return live(request.param)


def test_nobody_is_jumped_and_lines_stay_free(lived: Lived) -> None:
    assert lived.jumped == []
    assert lived.crowded == []


def test_one_attempt_at_a_time_for_one_number_and_with_one_colleague(lived: Lived) -> None:
    of_number, of_colleague = defaultdict(list), defaultdict(list)
    for began, ended, record in lived.own():
        of_number[record.caller_id.number].append((began, ended))
        for attempt in record.transfers:
            of_colleague[attempt.extension].append((began, ended))
    for attempts in (*of_number.values(), *of_colleague.values()):
        for (_, ended), (began, _) in pairwise(sorted(attempts)):
            assert ended <= began + 1e-3  # records tell microseconds
    assert lived.office.pbx.offered_twice == []


def test_never_more_callbacks_in_flight_than_there_are_people(lived: Lived) -> None:
    changes = sorted((at, step) for began, ended, _ in lived.own() for at, step in ((began, 1), (ended, -1)))
    flying = 0
    for _, step in changes:
        flying += step
        assert flying <= len(EXTENSIONS)


def test_who_was_called_back_has_no_card_any_more_and_all_others_have_theirs(lived: Lived) -> None:
    own = lived.own()
    assert any(record.outcome is Outcome.CALLED_BACK for _, _, record in own)
    connected = Counter(one.other.number.removeprefix("0") for one in lived.office.pbx.out.connected)
    promised = Counter(card.number for card in lived.office.cards)
    assert connected <= promised  # never twice for one promise
    for number in connected:
        assert number in lived.office.closed


def test_every_line_is_on_hook_in_the_end_and_nobody_is_called_after_closing(lived: Lived) -> None:
    assert all(line.free for line in lived.office.lines.values())
    assert lived.office.pbx.astray == []
    assert all(record.started.time() < CLOSES for _, _, record in lived.own())


def test_nothing_goes_on_the_line_that_the_owner_has_not_allowed() -> None:
    """R35: with no pattern the box rings its colleagues and nobody else, whatever callers have left."""
    settings = replace(SETTINGS, callbacks=CallbackSettings())
    clock, rng = VirtualClock(TUESDAY), Random(9)
    desks = {extension: Extension(extension, 0.0, rng) for extension in EXTENSIONS}
    office = EventOffice(settings, clock, desks, rng)
    dialled: list[str] = []
    dial = office.pbx.dial
    office.pbx.dial = lambda port, digits: (dialled.append(digits), dial(port, digits))[1]  # type: ignore[method-assign]
    for desk in desks.values():
        desk.busy_until = 300.0
    for n, number in enumerate(("0900123456", "112", "*72225550101", "004412345678", "700123456")):
        keys = {"menu-choice": "1", "come-back-choices": "2", "callback-enter-number": number, "callback-when": "1"}
        who = Visitor(CallerId(), 900.0, 60.0, {**keys, "callback-number-readback": "1"})
        clock.at(10.0 * n, lambda who=who: office.pbx.arrive(who))  # type: ignore[misc]
    clock.run(3600.0)
    assert [record for record in office.finished if record.outgoing]
    assert set(dialled) <= set(EXTENSIONS)
