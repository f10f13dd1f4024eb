"""A box and a real mail server: who keeps a card that is due has mail; troubles are shown, and lose nothing (R25)."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.box import Box
from appliance.cards import Card, CardKind
from appliance.cardsteps import made
from appliance.clock import SystemClock
from appliance.faults import Fault
from appliance.notices import PostReport
from appliance.openlines import Line, Supplies
from appliance.settings import LineSettings, NotifySettings, PersonSettings, Settings
from appliance.store.ledger import LEDGER_NAME, Ledger
from appliance.telling import Helpers
from hardware.alarm import Alarm
from hardware.postman import Postman
from tests.hardware.mailserver import WARNING, MailBox, address, free_port, mail_server

pytestmark = pytest.mark.filterwarnings(WARNING)

NEVER_S = 300.0
"""Longer than any machine is late."""
SOON = timedelta(seconds=0.2)


def office(mail: str) -> Settings:
    """Anna is told by mail of cards that are due."""
    return Settings(
        "Example",
        people=(PersonSettings("Anna", "101", notify=(mail,)),),
        notify=NotifySettings(people=("reminders",)),
    )


@contextmanager
def running(settings: Settings, home: Path) -> Iterator[tuple[Box, queue.SimpleQueue[PostReport]]]:
    """The box of this office at work, and what the postman reports."""
    reports: queue.SimpleQueue[PostReport] = queue.SimpleQueue()

    def messenger(report: Callable[[PostReport], object]) -> Postman:
        return Postman(home, lambda told: (report(told), reports.put(told)))

    def no_line(line: LineSettings, settings: Settings, supplies: Supplies) -> Line:
        raise AssertionError("this office has no line")

    box = Box(settings, home, SystemClock(), no_line, helpers=Helpers(messenger, Alarm))
    box.start()
    try:
        yield box, reports
    finally:
        box.stop()
        assert not box.crashed


def file_a_card(home: Path) -> Card:
    """A callback that Anna has promised, due in a moment."""
    now = SystemClock().today()
    card, entry = made(
        Card(7, CardKind.CALLBACK, now, "501234567", "Jan Kowalski", id=1, person="101", due=now + SOON), "", ""
    )
    ledger = Ledger(home / LEDGER_NAME)
    ledger.keep_card(card, entry)
    ledger.close()
    return card


def shown(box: Box) -> Fault:
    """The only fault on the board, as soon as there is one."""
    pause, began = threading.Event(), time.monotonic()
    while not box.board.faults and time.monotonic() - began < NEVER_S:
        pause.wait(0.01)
    [fault] = box.board.faults
    return fault


def test_a_card_that_falls_due_is_told_by_mail_once_also_after_a_restart(tmp_path: Path) -> None:
    file_a_card(tmp_path)
    mails = MailBox()
    with mail_server(mails) as port:
        with running(office(address(port)), tmp_path) as (_, reports):
            assert mails.came.acquire(timeout=NEVER_S)
            assert reports.get(timeout=NEVER_S).missed == ()
        with running(office(address(port)), tmp_path):
            pass
    [mail] = mails.mails
    assert mail["subject"] == "Call Jan Kowalski, 501234567"


def test_a_wrong_password_loses_nothing_the_mail_comes_when_it_is_right(tmp_path: Path) -> None:
    file_a_card(tmp_path)
    mails = MailBox()
    with mail_server(mails) as port:
        for mail in (address(port, "wrong-horse"), address(free_port())):
            with running(office(mail), tmp_path) as (box, reports):
                [missed] = reports.get(timeout=NEVER_S).missed
                fault = shown(box)
                assert fault.about == "notices to Anna"
                assert missed.trouble.problem in fault.problem
                assert fault.advice == missed.trouble.advice
                assert "horse" not in repr(box.board)
        assert mails.mails == []
        with running(office(address(port)), tmp_path):
            assert mails.came.acquire(timeout=NEVER_S)
    assert len(mails.mails) == 1
