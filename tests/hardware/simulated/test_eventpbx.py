"""The PBX at event level: what it makes of flashes, digits and hanging up, and where the caller is then."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from appliance.acts import Heard
from appliance.call import CallerId, HangUpSign, Presentation
from appliance.clock import VirtualClock
from appliance.settings import StatusDigits
from hardware.simulated.eventpbx import EventPbx
from hardware.simulated.eventpeople import Caller, End, Extension, Reaction, Visitor, Where
from hardware.simulated.eventport import Habits, Port, PortState
from hardware.simulated.pbxprofile import RecallShows

JAN = CallerId("225550101", "Jan", Presentation.SHOWN)


class Handset:
    """What is plugged into the port: it writes down what comes."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.rings = 0

    def rang(self) -> None:
        self.rings += 1

    def told_caller_id(self, caller_id: CallerId) -> None:
        self.told.append(caller_id)

    def sound_changed(self) -> None:
        """The tests look at the port."""

    def key_came(self, key: str) -> None:
        self.told.append(key)

    def status_came(self, heard: Heard) -> None:
        self.told.append(heard)

    def dropped(self, sign: HangUpSign) -> None:
        self.told.append(sign)


class Exchange:
    """A PBX with two extensions, of which 12 never answers, and one caller who talks with the port."""

    def __init__(self, habits: Habits | None = None, **visitor: float | str) -> None:
        rng = Random(1)
        self.clock = VirtualClock(datetime(2026, 11, 24, 10, tzinfo=UTC))
        self.desks = {"11": Extension("11", 0.0, rng), "12": Extension("12", 1.0, rng)}
        self.pbx = EventPbx(self.clock, self.desks, habits)
        self.handset = Handset()
        self.port: Port = self.pbx.add_port("Line 1", self.handset)
        self.caller: Caller = self.pbx.arrive(Visitor(JAN, 900.0, 60.0, {}, **visitor))  # type: ignore[arg-type]
        self.passes(3.0)
        self.pbx.lift(self.port)

    def passes(self, seconds: float) -> None:
        self.clock.run(self.clock.now() + seconds)

    def consults(self, number: str) -> None:
        """Flash, dial, and let it ring until 11 has answered."""
        self.pbx.flash(self.port, 100)
        self.pbx.dial(self.port, number)
        self.passes(10.0)

    @property
    def where(self) -> Where:
        return self.caller.where


def test_a_caller_rings_and_is_answered() -> None:
    office = Exchange()
    assert office.handset.rings == 1
    assert office.handset.told == [JAN]
    assert office.where is Where.OFFICE


@pytest.mark.parametrize(
    ("length_ms", "where", "sound"), [(40, Where.OFFICE, Heard.SILENCE), (50, Where.HOLD, Heard.DIAL_TONE)]
)
def test_a_flash_that_is_too_short_does_nothing(length_ms: int, where: Where, sound: Heard) -> None:
    office = Exchange()
    office.pbx.flash(office.port, length_ms)
    assert (office.where, office.port.sound) == (where, sound)


def test_a_flash_that_is_too_long_drops_the_caller_and_sounds_the_same() -> None:
    office = Exchange()
    office.pbx.flash(office.port, 300)
    assert office.caller.ended is End.DROPPED and office.caller.cut_by_flash
    assert office.port.sound is Heard.DIAL_TONE


def test_hanging_up_after_an_answer_joins_the_two() -> None:
    office = Exchange()
    office.consults("11")
    assert office.where is Where.WHISPER and office.port.sound is Heard.VOICE
    office.pbx.hang_up(office.port)
    assert office.where is Where.COLLEAGUE and office.caller.reached == [office.desks["11"]]
    office.passes(61.0)
    assert office.caller.ended is End.TALKED and office.desks["11"].is_free(office.clock.now())


def test_one_flash_fetches_the_caller_back_and_the_extension_stops_ringing() -> None:
    office = Exchange()
    office.consults("12")
    assert office.port.sound is Heard.RINGBACK
    office.pbx.flash(office.port, 100)
    assert office.where is Where.OFFICE and office.desks["12"].rung_by is None


@pytest.mark.parametrize(("pause_s", "where"), [(0.1, Where.HOLD), (0.5, Where.OFFICE), (1.5, Where.HOLD)])
def test_some_pbxs_want_two_flashes_close_together(pause_s: float, where: Where) -> None:
    office = Exchange(Habits(back="flash flash"))
    office.consults("12")
    office.pbx.flash(office.port, 100)
    office.passes(pause_s)
    office.pbx.flash(office.port, 100)
    assert office.where is where


def test_some_pbxs_want_a_code_after_the_flash() -> None:
    office = Exchange(Habits(back="flash 1"))
    office.consults("12")
    office.pbx.flash(office.port, 100)
    assert office.where is Where.HOLD and office.port.sound is Heard.DIAL_TONE
    office.pbx.dial(office.port, "1")
    assert office.where is Where.OFFICE


def test_where_a_flash_joins_after_the_answer_the_next_one_drops_the_colleague() -> None:
    office = Exchange(Habits(joins_after_answer=True))
    office.consults("11")
    office.pbx.flash(office.port, 100)
    assert office.port.caller is office.caller and office.desks["11"].talks_with is office.port
    office.pbx.flash(office.port, 100)
    assert office.where is Where.OFFICE and office.desks["11"].talks_with is None


def test_without_the_code_for_holding_no_extension_is_reached() -> None:
    office = Exchange(Habits(hold_code="20"))
    office.consults("11")
    assert office.port.sound is Heard.CONGESTION
    office.pbx.flash(office.port, 100)
    office.pbx.flash(office.port, 100)
    office.pbx.dial(office.port, "20")
    office.pbx.dial(office.port, "11")
    office.passes(10.0)
    assert office.where is Where.WHISPER


@pytest.mark.parametrize(
    ("shows", "told"),
    [
        (RecallShows.CALLER, [JAN]),
        (RecallShows.TARGET, [CallerId("12", "", Presentation.SHOWN)]),
        (RecallShows.NOBODY, []),
    ],
)
def test_whom_nobody_answers_rings_here_again_after_the_recall_time(shows: RecallShows, told: list[CallerId]) -> None:
    office = Exchange(Habits(recall_s=20.0, recall_shows=shows))
    office.consults("12")
    office.pbx.hang_up(office.port)
    office.handset.told.clear()
    office.passes(19.0)
    assert office.where is Where.RINGING_COLLEAGUE and office.handset.rings == 1
    office.passes(4.0)
    assert office.where is Where.RETURNING and office.handset.rings == 2
    assert office.handset.told == told
    office.pbx.lift(office.port)
    assert office.where is Where.OFFICE


@pytest.mark.parametrize(("camp_on", "where"), [(True, Where.CAMPED), (False, Where.RETURNING)])
def test_hanging_up_on_busy_waits_for_the_colleague_or_comes_back(camp_on: bool, where: Where) -> None:
    office = Exchange(Habits(camp_on=camp_on))
    office.desks["11"].busy_until = 25.0
    office.consults("11")
    assert office.port.sound is Heard.BUSY
    office.pbx.hang_up(office.port)
    assert office.where is where
    office.passes(30.0)
    assert (office.where is Where.COLLEAGUE) is camp_on


def test_what_happens_is_told_by_keys_where_the_pbx_has_them() -> None:
    office = Exchange(Habits(status=StatusDigits(ringing="1", answered="5"), tones=False))
    office.consults("11")
    assert office.handset.told[1:3] == [Heard.RINGBACK, Heard.ANSWERED]


@pytest.mark.parametrize(
    ("sign", "told", "sound"),
    [
        (HangUpSign.LOOP_BREAK, [HangUpSign.LOOP_BREAK], Heard.SILENCE),
        (HangUpSign.CODE, [HangUpSign.CODE], Heard.SILENCE),
        (HangUpSign.DIAL_TONE, [], Heard.DIAL_TONE),
        (HangUpSign.SILENCE, [], Heard.SILENCE),
    ],
)
def test_each_pbx_has_its_sign_for_a_caller_who_has_gone(
    sign: HangUpSign, told: list[HangUpSign], sound: Heard
) -> None:
    office = Exchange()
    office.caller.visitor = Visitor(JAN, 900.0, 60.0, {}, sign)
    office.pbx.leaves(office.caller)
    office.passes(2.0)
    assert office.handset.told[1:] == told and office.port.sound is sound


def test_a_caller_who_hangs_up_on_hold_leaves_congestion_behind() -> None:
    office = Exchange(leaves=Where.HOLD.value, leaves_after_s=1.0)
    office.consults("12")
    assert office.caller.ended is End.LEFT
    office.pbx.flash(office.port, 100)
    assert office.port.sound is Heard.CONGESTION


def test_a_colleague_who_puts_the_phone_down_leaves_the_caller_on_hold() -> None:
    office = Exchange(Habits(colleague_left=HangUpSign.BUSY))
    office.desks["11"].reactions = ((1.0, Reaction("", 1.0)),)
    office.consults("11")
    office.passes(3.0)
    assert office.port.state is PortState.LEFT and office.port.sound is Heard.BUSY
    office.pbx.hang_up(office.port)
    assert office.where is Where.RETURNING


def test_one_person_for_two_ports_is_seen() -> None:
    """R8: the PBX would say busy; that they were offered twice is the box's fault all the same."""
    office = Exchange()
    second = office.pbx.add_port("Line 2", Handset())
    office.consults("12")
    office.pbx.lift(second)
    office.pbx.dial(second, "12")
    assert office.pbx.offered_twice == ["extension 12 was rung from Line 2 and for Line 1 at once"]
