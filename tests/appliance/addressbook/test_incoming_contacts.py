"""Contacts that are brought in beside a running box: the box takes them up, and none is lost (R5)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import appliance.addressbook.clerk
from appliance.addressbook.command import Desk, hand_over_contacts
from appliance.addressbook.found import Found, Premises
from appliance.addressbook.incoming import AT_ONCE, FOLDER, Tray
from appliance.addressbook.merging import Merged, merge
from appliance.box import Box
from appliance.clock import SystemClock
from appliance.contactbook import ContactBook
from appliance.contacts import Contact, Importance
from appliance.openlines import Line, Supplies
from appliance.settings import LineSettings, Settings
from appliance.store.ledger import open_for_reading

EWA = Found(
    "line 2",
    Contact("Ewa Żak", "Contoso", ("+48225550100",), importance=Importance.VIP, notes="a\nb"),
    frozenset({"name", "company", "numbers", "importance", "notes"}),
    alone=True,
)


class Engine:
    """Takes contacts into a book, or, when it stops, does not."""

    def __init__(self) -> None:
        self.book = ContactBook("pl")
        self.parts: list[int] = []
        self.stops = False
        self.writes = True

    def bring_in(self, found: tuple[Found, ...]) -> Merged | None:
        self.parts.append(len(found))
        return None if self.stops else merge(self.book, found)

    def flush(self) -> bool:
        return self.writes


def test_what_lies_in_the_tray_is_brought_in_whole_and_a_few_at_a_time(tmp_path: Path) -> None:
    tray, engine = Tray(tmp_path), Engine()
    people = [replace(EWA, contact=replace(EWA.contact, name=f"Person {n}")) for n in range(2 * AT_ONCE + 1)]
    left = tray.leave(people)
    assert tray.take_up(engine.bring_in, engine.flush) == []
    assert engine.parts == [AT_ONCE, AT_ONCE, 1]
    assert [replace(contact, id=0) for contact in engine.book] == [each.contact for each in people]
    assert not left.exists()


def test_two_files_are_brought_in_in_their_order(tmp_path: Path) -> None:
    tray, engine = Tray(tmp_path), Engine()
    tray.leave([EWA])
    tray.leave([replace(EWA, contact=replace(EWA.contact, importance=Importance.NORMAL))])
    tray.take_up(engine.bring_in, engine.flush)
    assert [contact.importance for contact in engine.book] == [Importance.NORMAL]


def test_what_is_not_yet_on_disk_stays_in_the_tray_and_again_changes_nothing(tmp_path: Path) -> None:
    tray, engine = Tray(tmp_path), Engine()
    left = tray.leave([EWA])
    engine.writes = False
    tray.take_up(engine.bring_in, engine.flush)
    assert left.exists()
    engine.writes = True
    tray.take_up(engine.bring_in, engine.flush)
    assert not left.exists()
    assert len(engine.book) == 1


def test_a_box_that_stops_leaves_the_rest_for_its_next_start(tmp_path: Path) -> None:
    tray, engine = Tray(tmp_path), Engine()
    left = tray.leave([EWA] * (AT_ONCE + 1))
    engine.stops = True
    tray.take_up(engine.bring_in, engine.flush)
    assert left.exists()
    assert engine.parts == [AT_ONCE]


@pytest.mark.parametrize("content", [b"\xff", b"{", b"[]\n", b'{"place": 1}\n', b'{"contact": {"numbers": 7}}\n'])
def test_a_file_that_nobody_can_read_is_told_once_and_passed_over(tmp_path: Path, content: bytes) -> None:
    tray, engine = Tray(tmp_path), Engine()
    bad = tray.leave([EWA])
    bad.write_bytes(content)
    left = tray.leave([EWA])
    [fault] = tray.take_up(engine.bring_in, engine.flush)
    assert bad.name in fault.advice
    assert not left.exists()
    assert tray.take_up(engine.bring_in, engine.flush) == [fault]
    bad.unlink()
    assert tray.take_up(engine.bring_in, engine.flush) == []


def test_a_file_that_is_still_being_written_is_left_alone(tmp_path: Path) -> None:
    tray, engine = Tray(tmp_path), Engine()
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "1-0.unfinished").write_text("half of a", encoding="utf-8")
    assert tray.take_up(engine.bring_in, engine.flush) == []
    assert engine.parts == []


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    monkeypatch.setattr(appliance.addressbook.clerk, "LOOK_S", 0.01)

    def no_lines(line: LineSettings, settings: Settings, supplies: Supplies) -> Line:
        raise AssertionError("this office has no lines")

    box = Box(Settings(company="Northwind"), tmp_path / "home", SystemClock(), no_lines)
    box.start()
    yield box
    box.stop()


def test_a_running_box_takes_up_what_a_command_brings(box: Box, tmp_path: Path) -> None:
    home, book, said = tmp_path / "home", tmp_path / "book.csv", list[str]()
    book.write_text("name;number\nEwa Lis;22 555 01 00\nJan Kos;22 555 01 01\n", encoding="utf-8")
    desk = Desk(home, Premises("pl"), said.append, said.append)
    assert hand_over_contacts(desk, book, threading.Event().wait)
    assert said == [f"{book}: 2 contacts: 2 new", "The running box has taken them up."]
    assert list((home / FOLDER).iterdir()) == []
    reader = open_for_reading(home)
    assert [(contact.id, contact.name) for contact in reader.contacts()] == [(1, "Ewa Lis"), (2, "Jan Kos")]
    reader.close()


def test_a_box_that_does_not_take_them_up_is_told_of(tmp_path: Path) -> None:
    book, said = tmp_path / "book.csv", list[str]()
    book.write_text("name;number\nEwa Lis;22 555 01 00\n", encoding="utf-8")
    desk = Desk(tmp_path, Premises("pl"), said.append, said.append)
    assert hand_over_contacts(desk, book, lambda seconds: False)
    assert said[-1] == "The box has not taken them up yet; it will."
