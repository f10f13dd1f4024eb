"""Notices are told once to each recipient; what does not arrive is kept, tried again, and shown with advice (R25)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import VirtualClock
from appliance.notices import OFFICE, Missed, Notice, NoticeKind, NoticeState, Parcel, PostReport, Trouble
from appliance.outbox import FIRST_PAUSE_S, LEAST_TRIES, LONGEST_PAUSE_S, MOST_AT_ONCE, Outbox, QuietHours
from appliance.settings import NotifySettings, PersonSettings, Settings
from appliance.store.ledger import LEDGER_NAME, Ledger, open_for_reading

NOW = datetime(2026, 11, 25, 9, 5, tzinfo=ZoneInfo("Europe/Warsaw"))
SECRET = "mailto://anna:correct-horse@mail.example.com"
ANNA = PersonSettings("Anna", "101", notify=(SECRET, "ntfy://anna-secret"))
BORIS = PersonSettings("Boris", "102")
SETTINGS = Settings(
    "Example", people=(ANNA, BORIS), notify=NotifySettings(urls=("tgram://token/chat",), office=("faults",))
)


class Bag:
    """A post that keeps what it is given, and reports when a test says so."""

    def __init__(self) -> None:
        self.errands: list[list[Parcel]] = []

    def send(self, parcels: Sequence[Parcel], settings: Settings) -> None:
        self.errands.append(list(parcels))

    @property
    def last(self) -> Parcel:
        """The only parcel of the last errand."""
        [parcel] = self.errands[-1]
        return parcel


class Office:
    """An outbox over a real ledger; `restart` is a power cut."""

    def __init__(self, home: Path, settings: Settings = SETTINGS) -> None:
        self.home, self.settings = home, settings
        self.clock = VirtualClock(NOW)
        self.restart()

    def restart(self) -> None:
        self.bag = Bag()
        self.ledger = Ledger(self.home / LEDGER_NAME)
        self.outbox = Outbox(self.settings, self.clock, self.ledger, self.bag, self.ledger.notices())

    def wait(self, seconds: float) -> None:
        """Time goes by, and the engine looks round at the end."""
        self.clock.run(self.clock.now() + seconds)
        self.outbox.look()

    def fail(self, *troubles: Trouble, places: Sequence[int] = (0, 1)) -> None:
        """What is under way does not arrive."""
        for parcel in self.bag.errands[-1]:
            missed = tuple(Missed(place, "mailto", trouble) for place, trouble in zip(places, troubles, strict=True))
            self.outbox.reported(PostReport(parcel.notice.key, parcel.notice.to, missed))

    def arrive(self) -> None:
        """What is under way arrives everywhere."""
        for parcel in self.bag.errands[-1]:
            self.outbox.reported(PostReport(parcel.notice.key, parcel.notice.to))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def reminder(key: str = "card 7", to: str = "101") -> Notice:
    return Notice(key, NoticeKind.REMINDER, to, NOW, "Call Jan Kowalski", "About the invoice")


def test_the_same_is_told_once_to_each_recipient_also_after_a_restart(office: Office) -> None:
    assert office.outbox.add(reminder())
    assert not office.outbox.add(reminder())
    office.outbox.look()
    assert [place for place, _ in office.bag.last.addresses] == [0, 1]
    office.arrive()
    office.restart()
    assert not office.outbox.add(reminder())
    office.wait(1e6)
    assert office.bag.errands == []


def test_nobody_is_told_what_they_do_not_want_or_without_an_address(office: Office) -> None:
    fault = Notice("fault", NoticeKind.FAULT, OFFICE, NOW, "Line 1", "unplugged")
    assert office.outbox.add(fault)
    assert not office.outbox.add(replace(fault, to="101")), "faults are the office's"
    assert not office.outbox.add(reminder(to=OFFICE)), "the settings name faults only"
    assert not office.outbox.add(reminder(to="102")), "Boris has no address"


def test_what_did_not_arrive_is_sent_again_more_and_more_seldom_and_only_where_it_is_missing(office: Office) -> None:
    office.outbox.add(reminder())
    office.outbox.look()
    office.fail(Trouble.UNREACHABLE, places=[1])
    pauses = []
    for _ in range(10):
        began, errands = office.clock.now(), len(office.bag.errands)
        office.wait(office.outbox.next_due() - began)
        assert len(office.bag.errands) == errands + 1
        assert [place for place, _ in office.bag.last.addresses] == [1], "the mail has arrived; only ntfy has not"
        pauses.append(office.clock.now() - began)
        office.fail(Trouble.UNREACHABLE, places=[1])
    assert pauses[:3] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
    assert pauses[-1] == LONGEST_PAUSE_S


@pytest.mark.parametrize("trouble", list(Trouble))
def test_what_is_wrong_is_shown_with_advice_and_without_any_password_until_something_arrives(
    office: Office, trouble: Trouble
) -> None:
    office.outbox.add(reminder())
    office.outbox.look()
    assert "horse" not in repr(office.bag.errands) + repr(SETTINGS), "no log can hold an address"
    office.fail(trouble, places=[0])
    [fault] = office.outbox.faults()
    assert fault.about == "notices to Anna"
    assert trouble.problem in fault.problem
    assert "1 notice is kept and tried again" in fault.problem
    assert fault.advice == trouble.advice
    assert "horse" not in repr(fault)
    office.wait(FIRST_PAUSE_S)
    office.arrive()
    assert office.outbox.faults() == ()


def test_a_power_cut_loses_no_notice_and_what_was_under_way_is_sent_once_more(office: Office) -> None:
    for number in range(3):
        office.outbox.add(reminder(f"card {number}"))
    office.outbox.look()
    office.fail(Trouble.CREDENTIALS, Trouble.UNREACHABLE)
    office.restart()
    office.outbox.look()
    [again] = office.bag.errands
    assert [parcel.notice for parcel in again] == [reminder(f"card {number}") for number in range(3)]
    office.arrive()
    office.restart()
    assert office.outbox.waiting == 0


def test_after_days_a_notice_is_given_up_but_kept_and_told(office: Office) -> None:
    office.outbox.add(reminder())
    office.outbox.look()
    for _ in range(200):
        if not office.outbox.waiting:
            break
        office.fail(Trouble.UNREACHABLE, Trouble.UNREACHABLE)
        office.wait(LONGEST_PAUSE_S)
    assert timedelta(days=3) <= office.clock.today() - NOW < timedelta(days=3, hours=3)
    [fault] = office.outbox.faults()
    assert "1 notice is given up" in fault.problem
    [kept] = open_for_reading(office.home).notices()
    assert kept.state is NoticeState.GIVEN_UP
    assert "Jan" not in repr(kept), "nobody's name is kept longer than it is needed (R36)"
    office.restart()
    assert "1 notice is given up" in office.outbox.faults()[0].problem, "the office still has to know"


def test_a_wrong_clock_at_the_start_makes_no_notice_old(office: Office) -> None:
    office.outbox.add(replace(reminder(), made=datetime(1970, 1, 1, tzinfo=NOW.tzinfo)))
    office.outbox.look()
    for tries in range(LEAST_TRIES):
        assert office.outbox.waiting == 1, f"given up after {tries} tries"
        office.fail(Trouble.UNREACHABLE, Trouble.UNREACHABLE)
        office.wait(LONGEST_PAUSE_S)


def test_nothing_is_sent_in_quiet_hours_and_everything_after_them(tmp_path: Path) -> None:
    office = Office(tmp_path, replace(SETTINGS, notify=replace(SETTINGS.notify, quiet="09:00-10:00")))
    office.outbox.add(reminder())
    office.wait(54 * 60.0)
    assert office.bag.errands == []
    office.wait(60.0)
    assert office.bag.last.notice == reminder()


def test_a_flood_goes_out_in_small_parts_and_in_order(office: Office) -> None:
    notices = [reminder(f"card {number}") for number in range(2 * MOST_AT_ONCE + 1)]
    for notice in notices:
        office.outbox.add(notice)
    office.outbox.look()
    while office.outbox.waiting:
        office.outbox.look()
        assert len(office.bag.errands[-1]) <= MOST_AT_ONCE
        office.arrive()
        office.outbox.look()
    assert [parcel.notice for errand in office.bag.errands for parcel in errand] == notices


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_quiet_hours_are_a_part_of_the_day_that_may_lie_over_midnight(start: int, end: int, at: int) -> None:
    def wall(minutes: int) -> str:
        return f"{minutes // 60:02}:{minutes % 60:02}"

    quiet = QuietHours.read(f"{wall(start)}-{wall(end)}")
    inside = (at - start) % 1440 < (end - start) % 1440
    assert quiet.hold(NOW.replace(hour=at // 60, minute=at % 60)) is inside


def test_an_address_that_is_corrected_while_the_box_runs_gets_what_was_kept_for_it(office: Office) -> None:
    office.outbox.add(reminder())
    office.outbox.look()
    office.fail(Trouble.CREDENTIALS, Trouble.UNREACHABLE)
    office.outbox.add(Notice("fault", NoticeKind.FAULT, OFFICE, NOW, "Line 1", "unplugged"))
    corrected = replace(ANNA, notify=("mailto://anna:right@mail.example.com",))
    office.outbox.take_up(replace(SETTINGS, people=(corrected, BORIS), notify=NotifySettings()))
    assert office.outbox.faults() == ()
    office.outbox.look()
    assert office.bag.last.addresses == ((0, "mailto://anna:right@mail.example.com"),)
    assert office.outbox.waiting == 1, "nobody has an address for the fault any more"
    office.arrive()
    office.restart()
    assert office.outbox.waiting == 1, "it is kept all the same"


def test_a_report_of_addresses_that_are_no_more_is_no_reason_to_forget_the_notice(office: Office) -> None:
    office.outbox.add(reminder())
    office.outbox.look()
    office.outbox.take_up(replace(SETTINGS, people=(replace(ANNA, notify=(SECRET,)), BORIS)))
    office.fail(Trouble.UNREACHABLE, places=[1])
    office.wait(FIRST_PAUSE_S)
    assert office.bag.last.addresses == ((0, SECRET),)
