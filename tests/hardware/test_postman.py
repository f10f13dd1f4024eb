"""Notices go to a real mail server, through apprise in a process of its own; troubles are told apart (R25)."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appliance.notices import Notice, NoticeKind, Parcel, PostReport, Trouble
from appliance.settings import PersonSettings, Settings
from hardware.posting import trouble_in
from hardware.postman import Errand, carried
from tests.hardware.mailserver import WARNING, MailBox, address, free_port, mail_server

pytestmark = pytest.mark.filterwarnings(WARNING)

NOW = datetime(2026, 11, 25, 9, 5, tzinfo=ZoneInfo("Europe/Warsaw"))
SETTINGS = Settings("Example", people=(PersonSettings("Anna", "101"),))


def reminder_for(*addresses: str) -> Parcel:
    """A reminder on its way to Anna."""
    notice = Notice("card 7", NoticeKind.REMINDER, "101", NOW, "Call Jan Żak, 501234567", "Zadzwoń: Jan Żak\nfaktura")
    return Parcel(notice, tuple(enumerate(addresses)))


def body(mail: EmailMessage, kind: str) -> str:
    """The text or the page in a mail."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def troubles(report: PostReport) -> list[tuple[int, str, Trouble]]:
    """Where it did not arrive, and why."""
    return [(missed.place, missed.service, missed.trouble) for missed in report.missed]


def test_a_reminder_and_the_daily_sheet_arrive_as_mail(tmp_path: Path) -> None:
    box = MailBox()
    sheet = Notice("sheet of 2026-11-25", NoticeKind.SHEET, "101", NOW)
    with mail_server(box) as port:
        parcels = (reminder_for(address(port)), Parcel(sheet, ((0, address(port)),)))
        reports = carried(Errand(tmp_path, SETTINGS, parcels))
    assert reports == [PostReport("card 7", "101"), PostReport("sheet of 2026-11-25", "101")]
    first, second = box.mails
    assert first["subject"] == "Call Jan Żak, 501234567"
    assert first["to"] == "anna@example.com"
    assert body(first, "plain").split() == ["Zadzwoń:", "Jan", "Żak", "faktura"]
    assert second["subject"] == "What is open on Wednesday, 25 November"
    assert "Anna, good morning. Nothing is open in your box." in body(second, "html")
    assert "<script" not in body(second, "html")


def test_wrong_credentials_an_unreachable_host_and_a_wrong_address_are_told_apart(tmp_path: Path) -> None:
    box = MailBox()
    with mail_server(box) as port:
        parcel = reminder_for(address(port, "wrong-horse"), address(free_port()), "mialto://nobody", address(port))
        [report] = carried(Errand(tmp_path, SETTINGS, (parcel,)))
    assert troubles(report) == [
        (0, "mailto", Trouble.CREDENTIALS),
        (1, "mailto", Trouble.UNREACHABLE),
        (2, "mialto", Trouble.ADDRESS),
    ]
    assert len(box.mails) == 1, "the one good address has its mail"


def test_a_server_that_declines_is_told_apart_from_one_that_is_away(tmp_path: Path) -> None:
    with mail_server(MailBox(declines=True)) as port:
        [report] = carried(Errand(tmp_path, SETTINGS, (reminder_for(address(port)),)))
    assert troubles(report) == [(0, "mailto", Trouble.DECLINED)]


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ("Failed to send ntfy notification: Unauthorized - Invalid Token., error=401.", Trouble.CREDENTIALS),
        ("Failed to send Telegram notification: error=404.", Trouble.DECLINED),
        ("A Connection error occurred sending ntfy:https://ntfy.sh notification.", Trouble.UNREACHABLE),
        ("Socket Exception: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)", Trouble.SECURITY),
        ("Socket Exception: [Errno -2] Name or service not known", Trouble.UNREACHABLE),
        ("Socket Exception: timed out", Trouble.UNREACHABLE),
        ("Socket Exception: SMTP AUTH extension not supported by server.", Trouble.CREDENTIALS),
        ("Socket Exception: {'a@b.c': (550, b'no such user')}", Trouble.DECLINED),
        ("", Trouble.DECLINED),
    ],
)
def test_what_a_service_says_leads_to_the_right_advice(said: str, trouble: Trouble) -> None:
    assert trouble_in([said]) is trouble


def test_the_process_that_answers_callers_never_loads_what_sends_notices() -> None:
    check = "import sys, appliance.box, hardware.postman, hardware.alarm; sys.exit('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
