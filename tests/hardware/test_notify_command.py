"""`frontdesk notify`, `letter` and `calendar`: sentences that say what to do, and never a password (R25, R29)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.main import MISUSED, WENT_WELL, WENT_WRONG, main
from appliance.notices import Notice, NoticeKind
from appliance.settings import NotifySettings, PersonSettings, Settings
from appliance.store.calendars import Calendars
from appliance.store.ledger import LEDGER_NAME, Ledger
from appliance.store.settings import SettingsStore
from tests.hardware.mailserver import WARNING, MailBox, address, mail_server

pytestmark = pytest.mark.filterwarnings(WARNING)

NOW = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)
Say = Callable[..., tuple[int, str]]


def keep(home: Path, anna: str, office: tuple[str, ...] = ()) -> None:
    """An office in which Anna has this address, and Boris none."""
    people = (PersonSettings("Anna", "101", notify=(anna,)), PersonSettings("Boris", "102"))
    SettingsStore(home).save(Settings("Example", people=people, notify=NotifySettings(urls=office)))


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Type a command; its exit code and what it says."""

    def typed(command: str, *words: str) -> tuple[int, str]:
        code = main([command, "--home", str(tmp_path), *words])
        said = capsys.readouterr()
        assert "horse" not in said.out + said.err, "a password was shown"
        return code, said.out + said.err

    return typed


def test_a_test_is_sent_to_every_address_and_each_told_with_what_to_do(tmp_path: Path, say: Say) -> None:
    mails = MailBox()
    with mail_server(mails) as port:
        keep(tmp_path, address(port), (address(port, "wrong-horse"),))
        code, said = say("notify", "--test")
    assert code == WENT_WRONG
    assert said.splitlines() == [
        "The office, mailto: the service does not accept the user name or the password. Write the right ones into the"
        " address in the settings, then try it with: frontdesk notify --test",
        "Anna, mailto: the test was sent. Look whether it has come.",
    ]
    [mail] = mails.mails
    assert mail["subject"] == "Test of Frontdesk"


def test_who_is_told_what_is_listed_with_what_waits(tmp_path: Path, say: Say) -> None:
    keep(tmp_path, "mailto://anna:correct-horse@example.com")
    ledger = Ledger(tmp_path / LEDGER_NAME)
    ledger.keep_notice(Notice("card 7", NoticeKind.REMINDER, "101", NOW))
    ledger.close()
    assert say("notify") == (
        WENT_WELL,
        "The office: no address, and so is told of nothing.\n"
        "Anna: reminders, messages, daily sheet; by mailto.\n"
        "Anna: 1 notice to be sent.\n"
        "Boris: no address, and so is told of nothing.\n",
    )
    assert say("notify", "--test", "--to", "102") == (
        WENT_WRONG,
        "There is no address to try: write one into urls in [notify], or into notify of a person.\n",
    )
    code, said = say("notify", "--to", "199")
    assert code == MISUSED
    assert "Write one of: office, 101, 102." in said


def test_letters_are_written_as_text_or_as_a_page(tmp_path: Path, say: Say) -> None:
    keep(tmp_path, "mailto://anna:correct-horse@example.com")
    assert "Anna, good morning. Nothing is open in your box." in say("letter", "day", "--for", "101")[1]
    assert "The card box of Example is empty" in say("letter", "day")[1]
    assert "Nobody called in this week." in say("letter", "week")[1]
    assert say("letter", "week", "--html")[1].startswith("<!doctype html>")


def test_a_calendar_is_given_once_listed_and_taken_back(tmp_path: Path, say: Say) -> None:
    keep(tmp_path, "mailto://anna:correct-horse@example.com")
    code, said = say("calendar", "101", "--new")
    assert code == WENT_WELL
    secret = said.partition("/calendar/")[2].partition(".ics")[0]
    assert Calendars(tmp_path).whose(secret) == "101"
    assert "It works on this machine only" in said
    assert say("calendar")[1].startswith("101  Anna\n")
    assert say("calendar", "101")[1] == "Anna has an address. Make a new one with --new.\n"
    assert say("calendar", "101", "--revoke")[1] == "The address of Anna was taken back.\n"
    assert Calendars(tmp_path).whose(secret) is None
    assert say("calendar", "199", "--new")[0] == MISUSED
    assert say("calendar", "101", "--new", "--revoke")[0] == MISUSED


def test_an_office_without_settings_is_told_how_to_begin(say: Say) -> None:
    for command in (("notify",), ("letter", "day"), ("calendar",)):
        code, said = say(*command)
        assert code == MISUSED
        assert "Start the box once with --settings FILE." in said
