"""Other settings for a running office: as good as from the start, and nothing of what it knows is forgotten."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from types import FunctionType
from typing import Any

import pytest

from appliance.acd.staff import Presence
from appliance.acts import LineAct
from appliance.call import CallRecord, FlashResult
from appliance.cards import Card, Entry, Reminder
from appliance.clock import VirtualClock
from appliance.commands import RaiseFault, SetPresence
from appliance.events import Armed, Ring, RingingStopped
from appliance.faults import Fault
from appliance.flashes import Flashes
from appliance.office import Office
from appliance.routingsettings import CallersSettings, OnCallSettings, PrioritySettings, RuleSettings
from appliance.settings import (
    GroupSettings,
    HandoverSettings,
    Hours,
    LanguagesSettings,
    LineSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    ScheduleSettings,
    SeasonSettings,
    Settings,
    WaitingSettings,
)

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
BEFORE = Settings(
    company="Northwind",
    operator="11",
    lines=(LineSettings("Line 1", "a"), LineSettings("Line 2", "b")),
    people=(PersonSettings("Anna", "11", "sales"), PersonSettings("Bartek", "12")),
    groups=(GroupSettings("sales", ("11",)),),
)
WEEK = Hours((((time(8), time(16)),),) * 7)
AFTER = Settings(
    company="Southwind",
    country="us",
    language="pl",
    operator="13",
    lines=(LineSettings("Line 2", "b", company="Repairs"), LineSettings("Line 3", "c", flash_ms=300)),
    people=(
        PersonSettings("Celina", "13", "boss", ("12",), protected=True, assistant="12", handover="ring", pin="x"),
        PersonSettings("Bartosz", "12", skills=("office 7",), languages=("de",)),
    ),
    groups=(
        GroupSettings("office", ("12", "13"), overflow="all", strategy="best skill", skill="office"),
        GroupSettings("all", ("13",), strategy="round robin"),
    ),
    menu=MenuSettings((("5", "office"),), "all"),
    menus=(MenuSettings((("1", "all"),), "all", "shop"),),
    languages=LanguagesSettings((("7", "en"), ("8", "pl"))),
    hours=WEEK,
    schedules=(ScheduleSettings("shop", WEEK),),
    seasons=(SeasonSettings("summer", "07-01 to 08-31", WEEK),),
    information=("We are at the old market.",),
    on_call=(OnCallSettings("13"),),
    rules=(RuleSettings("friends", ("225550101",), "priority", head_start_s=60.0),),
    priority=PrioritySettings(vip_s=1.0),
    callers=CallersSettings(familiar_days=3),
    pbx=PbxSettings(
        flash_ms=500,
        flash_max_ms=700,
        flash_proven=True,
        recall_s=99.0,
        conference_code="3",
        internal_ring="400 200 400",
    ),
    handover=HandoverSettings(way="ring", key_s=9.0, conference_parties=("12", "225550199")),
    outside_numbers=("225550199",),
    staff_code="*9",
    waiting=WaitingSettings(20.0, 300.0, 1800.0, 60.0, 9.0, 7.0, 33.0, 4, 2),
)


class Books:
    """Keeps nothing."""

    def begin(self, record: CallRecord) -> None: ...

    def finish(self, record: CallRecord) -> None: ...

    def keep_card(self, card: Card, *entries: Entry) -> None: ...

    def keep_reminder(self, reminder: Reminder) -> None: ...


class RingingLine:
    """A line that only rings."""

    def perform(self, number: int, act: LineAct[Any]) -> None: ...


CLOCK, BOOKS = VirtualClock(TUESDAY), Books()


def differences(one: Any, other: Any, place: str, seen: dict[tuple[int, int], object]) -> Iterator[str]:
    """Where two things, and all that they are made of, are not the same."""
    if one is other or (id(one), id(other)) in seen:
        return
    seen[id(one), id(other)] = one, other  # kept, or another thing might get their ids
    if type(one) is not type(other):
        yield f"{place}: {one!r} is not {other!r}"
    elif isinstance(one, Mapping):
        if list(one) != list(other):
            yield f"{place}: {list(one)} are not {list(other)}"
        for key in one.keys() & other.keys():
            yield from differences(one[key], other[key], f"{place}[{key!r}]", seen)
    elif isinstance(one, list | tuple):
        if len(one) != len(other):
            yield f"{place}: {one!r} is not {other!r}"
        for number, (its, others) in enumerate(zip(one, other, strict=False)):
            yield from differences(its, others, f"{place}[{number}]", seen)
    elif isinstance(one, FunctionType):
        yield from differences(one.__closure__, other.__closure__, f"{place}()", seen)
    elif type(one).__module__.startswith("appliance.") and (parts := parts_of(one)):
        yield from differences(parts, parts_of(other), place, seen)
    elif not isinstance(one, itertools.count) and not callable(one) and one != other:
        yield f"{place}: {one!r} is not {other!r}"


def parts_of(thing: object) -> dict[str, Any]:
    """What it is made of, by name."""
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    return {**getattr(thing, "__dict__", {}), **{name: getattr(thing, name) for name in slots if hasattr(thing, name)}}


@pytest.mark.parametrize(("first", "then"), [(BEFORE, AFTER), (AFTER, BEFORE)])
def test_an_office_with_other_settings_is_as_if_it_had_had_them_from_the_start(first: Settings, then: Settings) -> None:
    """Whoever keeps something of the settings anywhere in the office has to take up others too."""
    office = Office(first, CLOCK, BOOKS)
    assert list(differences(office, Office(then, CLOCK, BOOKS), "office", {})) != []
    office.take_up(then)
    assert list(differences(office, Office(then, CLOCK, BOOKS), "office", {})) == []


# ---------------------------------------------------------------- what is known stays


def test_what_is_known_of_people_stays_and_who_has_gone_is_forgotten() -> None:
    office = Office(BEFORE, CLOCK, BOOKS)
    office.receive(SetPresence("12", Presence.MEETING, TUESDAY.replace(hour=11)))
    for extension in ("11", "12"):
        about = f"extension {extension}"
        office.receive(RaiseFault(Fault(about, "the PBX says this number cannot be obtained", "Check it.")))
    office.take_up(AFTER)
    board = office.board()
    assert [(who.name, who.presence) for who in board.staff] == [("Celina", "in"), ("Bartosz", "in a meeting")]
    assert board.staff[1].until == TUESDAY.replace(hour=11)
    assert [fault.about for fault in board.faults] == ["extension 12"]


def test_lines_that_stay_go_on_and_the_others_wait_until_they_are_armed() -> None:
    office = Office(BEFORE, CLOCK, BOOKS)
    for name in ("Line 1", "Line 2"):
        office.receive(Armed(name))
    office.receive(RaiseFault(Fault("Line 1", "the modem has vanished", "Plug it in.")))
    office.take_up(AFTER, {"Line 3"})
    assert [(line.name, line.state) for line in office.board().lines] == [
        ("Line 2", "free"),
        ("Line 3", "out of order"),
    ]
    assert office.board().faults == ()


def test_the_board_goes_on_counting() -> None:
    office = Office(BEFORE, CLOCK, BOOKS)
    before = office.board().version
    office.take_up(AFTER)
    assert (office.board().company, office.board().version) == ("Southwind", before + 1)


def test_while_a_telephone_rings_nothing_is_taken_up() -> None:
    office = Office(BEFORE, CLOCK, BOOKS)
    office.connect({"Line 1": RingingLine()})
    office.receive(Ring("Line 1"))
    assert not office.idle
    with pytest.raises(ValueError, match="a call would go on"):
        office.take_up(AFTER)
    office.receive(RingingStopped("Line 1"))
    office.take_up(AFTER)
    assert office.board().company == "Southwind"


def test_what_was_found_out_about_a_flash_stays_unless_its_settings_change() -> None:
    flashes = Flashes(BEFORE)
    flashes.tried("Line 1", 100, FlashResult.TOO_SHORT)
    flashes.tried("Line 2", 100, FlashResult.WORKED)
    assert flashes.take_up(replace(BEFORE, company="Southwind")) == []
    assert (flashes.plan("Line 1").length_ms, flashes.plan("Line 2").proven) == (140, True)
    lines = (replace(BEFORE.lines[0], flash_ms=200), BEFORE.lines[1])
    assert flashes.take_up(replace(BEFORE, lines=lines)) == ["Line 1"]
    assert (flashes.plan("Line 1").length_ms, flashes.plan("Line 2").proven) == (200, True)
    flashes.take_up(replace(BEFORE, pbx=PbxSettings(flash_ms=150)))
    assert (flashes.plan("Line 1").length_ms, flashes.plan("Line 2").proven) == (150, False)
