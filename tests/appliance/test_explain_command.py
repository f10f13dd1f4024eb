"""`frontdesk explain`: what happens if this number calls then, in words and for programs (R27)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appliance.contactbook import ContactBook
from appliance.contacts import Contact, LastServed
from appliance.explaincommand import book_in, explanation, form_told, read_moment, told
from appliance.faults import BadSettings
from appliance.main import main
from appliance.routingsettings import FormSettings
from appliance.settings import (
    GroupSettings,
    LineSettings,
    MenuSettings,
    PersonSettings,
    Settings,
)

EXAMPLE = str(Path(__file__).parents[2] / "settings.example.toml")
WEDNESDAY = datetime(2026, 11, 25, 10, 30, tzinfo=ZoneInfo("Europe/Warsaw"))
OFFICE = Settings(
    "Northwind",
    lines=(LineSettings("Line 1", "a"), LineSettings("Line 2", "b", group="Anna")),
    people=(PersonSettings("Anna", "101", form=FormSettings(quiet=("10:00-11:00",))), PersonSettings("Boris", "102")),
    groups=(GroupSettings("sales", ("102",)),),
    menu=MenuSettings((("1", "sales"), ("2", "Anna"), ("3", "message")), "sales"),
)
BOOK = ContactBook(
    "pl", [Contact("Jan", numbers=("+48225550100",), id=1)], [("+48225550100", LastServed("102", WEDNESDAY))]
)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", "2026-11-25T10:30"),
        ("13:10", "2026-11-25T13:10"),
        ("08:00", "2026-11-25T08:00"),
        ("fri 13:10", "2026-11-27T13:10"),
        ("Friday 13:10", "2026-11-27T13:10"),
        ("wed 10:30", "2026-11-25T10:30"),
        ("wed 10:29", "2026-12-02T10:29"),
        ("2027-01-01T09:00", "2027-01-01T09:00"),
        ("2027-01-01", "2027-01-01T00:00"),
    ],
)
def test_a_moment_is_told_as_people_tell_it(text: str, moment: str) -> None:
    assert read_moment(text, WEDNESDAY) == datetime.fromisoformat(moment).replace(tzinfo=WEDNESDAY.tzinfo)


@pytest.mark.parametrize("text", ["tomorrow", "25:00", "fri", "2026-13-01", "x" * 100])
def test_what_is_no_moment_is_told(text: str) -> None:
    with pytest.raises(BadSettings, match="is no moment"):
        read_moment(text, WEDNESDAY)


def test_a_contact_is_known_by_the_number_in_any_writing() -> None:
    found = explanation(OFFICE, BOOK, "22 555 01 00", WEDNESDAY)
    assert found.what == "chooses from the menu"
    assert "The caller is Jan." in found.why and "offered Boris, who helped them on 25 November" in found.why


def test_a_key_is_followed_to_where_it_leads() -> None:
    assert explanation(OFFICE, BOOK, "101", WEDNESDAY, key="1").what == "goes to sales"
    anna = explanation(OFFICE, BOOK, "withheld", WEDNESDAY, key="2")
    assert anna.what == "goes to Anna"
    assert anna.why.endswith("but Anna has quiet hours until 11:00: they are told, and asked what they prefer.")
    assert explanation(OFFICE, BOOK, "unknown", WEDNESDAY, key="3").what == "goes to message"
    assert "not in the menu" in explanation(OFFICE, BOOK, "unknown", WEDNESDAY, key="9").why
    assert "not asked for a key" in explanation(OFFICE, BOOK, "unknown", WEDNESDAY, "Line 2", key="1").why


def test_a_program_reads_the_same_decision() -> None:
    found = explanation(OFFICE, BOOK, "+48225550100", WEDNESDAY)
    plain = json.loads(told(found, as_json=True))
    assert (plain["contact"], plain["familiar"], plain["open"]) == ("Jan", "Boris", True)
    assert plain["menu"]["2"] == {"leads": "person", "to": "101"}
    assert plain["why"] == found.why and plain["at"] == "2026-11-25T10:30+01:00"


def test_names_that_there_are_not_are_told_with_those_that_there_are() -> None:
    with pytest.raises(BadSettings) as refused:
        explanation(OFFICE, BOOK, "101", WEDNESDAY, line="Line 9")
    assert 'There are: "Line 1", "Line 2".' in refused.value.advice
    with pytest.raises(BadSettings) as refused:
        form_told(OFFICE, "Zoe")
    assert "There are: Anna, Boris." in refused.value.advice
    with pytest.raises(BadSettings):
        explanation(OFFICE, BOOK, "1" * 41, WEDNESDAY)


def test_a_form_is_told_in_plain_words() -> None:
    assert form_told(OFFICE, "101").startswith("Anna has quiet hours: 10:00-11:00")
    assert "has not filled in" in form_told(OFFICE, "Boris")


def test_an_empty_home_knows_nobody(tmp_path: Path) -> None:
    assert len(book_in(tmp_path, OFFICE)) == 0


def test_the_command_explains_settings_that_are_not_in_force_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["explain", "--home", str(tmp_path), "--settings", EXAMPLE]
    assert main([*asked, "--from", "225550100", "--at", "2026-11-11T10:00"]) == 0
    assert (
        "Closed because 11 November is National Independence Day. It opens tomorrow 08:00." in capsys.readouterr().out
    )
    assert main([*asked, "--form", "Boris"]) == 0
    assert "Never put through to Boris: +48225550199." in capsys.readouterr().out
    assert main([*asked, "--from", "1", "--at", "noon"]) == 2
    assert 'Write it as "fri 13:10"' in capsys.readouterr().err
