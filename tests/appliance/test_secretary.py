"""The secretary: what happens in an office becomes notices, once each, also over restarts (R25, R26, R29)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appliance.board import Board, PersonView
from appliance.cards import Card, CardKind
from appliance.clock import VirtualClock
from appliance.faults import Fault
from appliance.notices import OFFICE, Notice, NoticeKind, NoticeState, Parcel, PostReport
from appliance.outbox import Outbox
from appliance.routingsettings import FormSettings, HolidaySettings
from appliance.secretary import AGAIN_S, LASTING_S, MOST_LOOKED_AT, Secretary, key_of
from appliance.settings import Hours, NotifySettings, PersonSettings, Settings
from appliance.store.ledger import LEDGER_NAME, Ledger

WARSAW = ZoneInfo("Europe/Warsaw")
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=WARSAW)
WEEK = (((time(8), time(16)),),) * 5 + ((), ())
ANNA = PersonSettings("Anna", "101", deputies=("102",), notify=("mailto://anna",))
BORIS = PersonSettings("Boris", "102", notify=("mailto://boris",))
CLARA = PersonSettings("Clara", "103")
SETTINGS = Settings(
    "Example", people=(ANNA, BORIS, CLARA), hours=Hours(WEEK), notify=NotifySettings(urls=("mailto://office",))
)
UNPLUGGED = Fault("Line 1", "The modem is unplugged.", "Plug it in.")


class WallClock(VirtualClock):
    """Virtual time in an office whose clock on the wall is put forward and back for summer time."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._start_s, self._zone = start.timestamp(), start.tzinfo

    def today(self) -> datetime:
        return datetime.fromtimestamp(self._start_s + self.now(), self._zone)

    def set(self, seconds: float) -> None:
        """Somebody, or the network, puts the clock on the wall forward or back."""
        self._start_s += seconds


class Office:
    """A secretary over a real ledger, with a card box of a few lines and a postman who always finds everybody."""

    def __init__(self, home: Path, start: datetime = MONDAY, settings: Settings = SETTINGS) -> None:
        self.home, self.settings = home, settings
        self.clock = WallClock(start)
        self.open: list[Card] = []
        self.faults: tuple[Fault, ...] = ()
        self.presence = {"101": "in", "102": "in", "103": "in"}
        self.sent: list[tuple[datetime, Notice]] = []
        self.arrives = True
        self.restart()

    def restart(self) -> None:
        self.ledger = Ledger(self.home / LEDGER_NAME)
        outbox = Outbox(self.settings, self.clock, self.ledger, self, self.ledger.notices())
        self.secretary = Secretary(self.settings, self.clock, outbox)

    # As the card box and the post.

    def come_due(self) -> Iterator[Card]:
        return iter([card for card in self.open if card.due_at <= self.clock.today()])

    def newer_than(self, number: int) -> Sequence[Card]:
        return [card for card in self.open if card.id > number]

    def get(self, id: int) -> Card | None:
        return next((card for card in self.open if card.id == id), None)

    def send(self, parcels: Sequence[Parcel], settings: Settings) -> None:
        self.sent += [(self.clock.today(), parcel.notice) for parcel in parcels]
        self.under_way = [parcel.notice for parcel in parcels]

    # As the engine.

    def live(self, hours: float, every_s: float = 30.0) -> None:
        """Look round every half minute for so long."""
        for _ in range(int(hours * 3600 / every_s)):
            self.look()
            self.clock.run(self.clock.now() + every_s)

    def look(self) -> None:
        staff = tuple(PersonView(who, who, "", presence, "free") for who, presence in self.presence.items())
        board = Board(1, self.clock.today(), "Example", True, (), (), staff, (), (), self.faults)
        self.under_way: list[Notice] = []
        self.secretary.look(board, self)
        for notice in self.under_way if self.arrives else ():
            self.secretary.outbox.reported(PostReport(notice.key, notice.to))

    def told(self, kind: NoticeKind) -> list[tuple[str, str]]:
        """When and to whom such notices were sent, in order."""
        return [(f"{at:%a %H:%M}", notice.to) for at, notice in self.sent if notice.kind is kind]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def card(id: int, due: datetime, person: str = "101", made: datetime = MONDAY - timedelta(days=1)) -> Card:
    return Card(id, CardKind.ABANDONED, made, "501234567", id=id, person=person, due=due)


def test_a_day_of_reminders_each_due_time_is_told_once_in_hours_whatever_is_restarted(office: Office) -> None:
    office.open = [
        card(1, MONDAY.replace(hour=7, minute=15)),  # before anybody is there
        card(2, MONDAY.replace(hour=10)),
        card(3, MONDAY.replace(hour=15, minute=30)),
        card(4, MONDAY.replace(hour=18)),  # nobody is there any more
    ]
    for _ in range(14):
        office.live(1)
        office.restart()
        office.open = [one for one in office.open if one.due_at > office.clock.today() - timedelta(minutes=50)]
    titles = office.told(NoticeKind.REMINDER)
    assert titles == [("Mon 08:00", "101"), ("Mon 10:00", "101"), ("Mon 15:30", "101")]


def test_what_fell_due_at_night_is_told_when_the_office_opens_in_one_notice(office: Office) -> None:
    office.open = [card(1, MONDAY - timedelta(days=2)), card(2, MONDAY)]
    office.live(1.5)
    [reminder] = [notice for _, notice in office.sent if notice.kind is NoticeKind.REMINDER]
    assert office.told(NoticeKind.REMINDER) == [("Mon 08:00", "101")]
    assert reminder.title == "Due now: 2 cards"
    assert all(notice.state is NoticeState.SENT for notice in office.ledger.notices()), "both are told"


def test_a_reminder_comes_when_it_is_best_for_them_to_call_others_and_not_in_their_quiet_hours(tmp_path: Path) -> None:
    form = FormSettings(best_to_call=("10:00-12:00",), quiet=("11:00-11:30",))
    office = Office(tmp_path, settings=replace(SETTINGS, people=(replace(ANNA, form=form), BORIS, CLARA)))
    office.open = [card(1, MONDAY.replace(hour=9)), card(2, MONDAY.replace(hour=11, minute=10))]
    office.live(5.5)
    assert [told for told in office.told(NoticeKind.REMINDER) if told[1] == "101"] == [
        ("Mon 10:00", "101"),
        ("Mon 11:30", "101"),
    ]


def test_on_a_public_holiday_there_is_no_sheet_and_no_reminder(tmp_path: Path) -> None:
    office = Office(tmp_path, datetime(2026, 11, 11, 7, 0, tzinfo=WARSAW))  # Independence Day, a Wednesday
    office.open = [card(1, office.clock.today().replace(hour=9))]
    office.live(26, every_s=300.0)
    assert office.told(NoticeKind.SHEET)[0] == ("Thu 07:45", OFFICE)
    assert office.told(NoticeKind.REMINDER) == [("Thu 08:00", "101")]


def test_a_promise_of_who_is_away_comes_to_the_deputy_and_after_a_while_to_the_office(office: Office) -> None:
    office.presence["101"] = "away"
    office.open = [card(1, MONDAY.replace(hour=9))]
    office.live(8)
    assert office.told(NoticeKind.REMINDER) == [("Mon 09:00", "102"), ("Mon 10:00", OFFICE)]


def test_who_has_no_address_is_reminded_by_the_board_and_their_card_goes_on_to_others_all_the_same(
    office: Office,
) -> None:
    office.open = [card(1, MONDAY.replace(hour=9), person="103")]
    office.live(3)
    office.restart()
    office.live(3)
    assert office.told(NoticeKind.REMINDER) == [("Mon 10:00", OFFICE)]


def test_a_new_message_is_told_at_once_to_whom_it_is_for_or_to_the_office_and_once(office: Office) -> None:
    made = MONDAY.replace(hour=7, minute=30)
    office.live(0.5)
    office.open = [
        replace(card(1, MONDAY + timedelta(days=1), made=made), kind=CardKind.MESSAGE),
        replace(card(2, MONDAY + timedelta(days=1), "103", made), kind=CardKind.CALLBACK),
        card(3, MONDAY + timedelta(days=1), made=made),  # they only hung up: the sheet tells of it
        replace(card(4, MONDAY + timedelta(days=1), made=MONDAY - timedelta(days=3)), kind=CardKind.MESSAGE),
    ]
    office.live(0.1)
    office.restart()
    office.live(0.1)
    assert office.told(NoticeKind.MESSAGE) == [("Mon 07:30", "101"), ("Mon 07:30", OFFICE)]


def test_a_fault_that_lasts_is_told_once_and_one_that_comes_and_goes_not_for_an_hour(office: Office) -> None:
    for _ in range(3):
        office.faults = (UNPLUGGED,)
        office.live((LASTING_S - 31) / 3600)
        office.faults = ()
        office.look()
    assert office.told(NoticeKind.FAULT) == []
    for _ in range(10):
        office.faults = (UNPLUGGED,)
        office.live(2 * LASTING_S / 3600)
        office.faults = ()
        office.live(60 / 3600)
    assert len(office.told(NoticeKind.FAULT)) == 1
    office.live(AGAIN_S / 3600)
    office.faults = (UNPLUGGED,)
    office.live(3)
    assert [to for _, to in office.told(NoticeKind.FAULT)] == [OFFICE, OFFICE]


def test_that_notices_do_not_arrive_is_no_notice(office: Office) -> None:
    office.faults = (replace(UNPLUGGED, about="notices to Anna"),)
    office.live(1)
    assert office.told(NoticeKind.FAULT) == []


def test_the_sheet_comes_every_working_morning_and_the_letter_once_a_week(office: Office) -> None:
    for _ in range(8):
        office.live(24, every_s=300.0)
        office.restart()
    mornings = ["Mon", "Tue", "Wed", "Thu", "Fri", "Mon"]
    assert office.told(NoticeKind.SHEET) == [
        (f"{day} 07:45", who) for day in mornings for who in (OFFICE, "101", "102")
    ]
    assert office.told(NoticeKind.LETTER) == [("Mon 07:45", OFFICE), ("Mon 07:45", OFFICE)]


def test_a_box_that_was_off_at_the_hour_sends_the_sheet_when_it_is_on_but_not_in_the_afternoon(tmp_path: Path) -> None:
    (tmp_path / "late").mkdir()
    late = Office(tmp_path / "late", MONDAY.replace(hour=9))
    late.live(1)
    assert late.told(NoticeKind.SHEET)[0] == ("Mon 09:00", OFFICE)
    afternoon = Office(tmp_path, MONDAY.replace(hour=14))
    afternoon.live(3)
    assert afternoon.told(NoticeKind.SHEET) == []
    assert afternoon.told(NoticeKind.LETTER) == [("Mon 14:00", OFFICE)], "a letter may be later than a sheet"


@pytest.mark.parametrize("zone", ["Europe/Warsaw", "America/New_York"])
@pytest.mark.parametrize("change", [datetime(2026, 3, 8), datetime(2026, 3, 29), datetime(2026, 10, 25)])
def test_the_sheet_comes_at_the_same_hour_of_the_wall_when_summer_time_begins_or_ends(
    tmp_path: Path, zone: str, change: datetime
) -> None:
    every_day = replace(SETTINGS, hours=Hours((((time(8), time(16)),),) * 7), holidays=HolidaySettings(closed=False))
    office = Office(tmp_path, change.replace(tzinfo=ZoneInfo(zone)) - timedelta(days=1), every_day)
    office.live(72, every_s=300.0)
    assert [when[4:] for when, to in office.told(NoticeKind.SHEET) if to == "101"] == ["07:45", "07:45", "07:45"]


def test_a_mountain_of_cards_of_which_everybody_knows_hides_no_new_one(tmp_path: Path) -> None:
    office = Office(tmp_path, MONDAY.replace(hour=9))
    office.open = [card(id, MONDAY, person="") for id in range(1, 2 * MOST_LOOKED_AT)]
    with office.ledger.transaction():
        for old in office.open:
            office.ledger.keep_notice(Notice(key_of(old), NoticeKind.REMINDER, OFFICE, MONDAY, state=NoticeState.SENT))
    office.restart()
    office.open.append(card(10_000, MONDAY.replace(hour=9)))
    office.live(0.02)
    assert office.told(NoticeKind.REMINDER) == [("Mon 09:00", "101")]


def test_a_card_that_is_done_before_the_mail_got_out_is_told_of_no_more_and_its_words_are_gone(office: Office) -> None:
    office.arrives = False
    office.open = [card(1, MONDAY.replace(hour=9))]
    office.live(3)
    assert len(office.told(NoticeKind.REMINDER)) == 1, "it is under way, and has not come back"
    office.open, office.arrives = [], True
    office.restart()
    office.live(1)
    assert len(office.told(NoticeKind.REMINDER)) == 1
    [kept] = [notice for notice in office.ledger.notices() if notice.kind is NoticeKind.REMINDER and notice.to == "101"]
    assert (kept.state, kept.text) == (NoticeState.WITHDRAWN, "")


def test_a_clock_that_is_set_by_hours_skips_no_card_and_tells_none_twice(office: Office) -> None:
    office.clock.set(-4 * 3600.0)  # no network time at boot: it shows 03:00
    office.open = [card(1, MONDAY.replace(hour=8, minute=30)), card(2, MONDAY.replace(hour=12))]
    office.live(2)
    assert office.told(NoticeKind.REMINDER) == []
    office.clock.set(4 * 3600.0)  # 09:00
    office.live(0.1)
    assert office.told(NoticeKind.REMINDER) == [("Mon 09:00", "101")]
    office.clock.set(3 * 3600.0)  # somebody was wrong: it shows noon
    office.live(0.1)
    office.clock.set(-3 * 3600.0)
    office.restart()
    office.live(4)
    assert [told for told in office.told(NoticeKind.REMINDER) if told[1] == "101"] == [
        ("Mon 09:00", "101"),
        ("Mon 12:06", "101"),
    ]
