"""`frontdesk contacts`, as it is typed (R5)."""

from __future__ import annotations

import codecs
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import appliance.addressbook.files
from appliance.addressbook.files import decoded
from appliance.call import CallerId, CallRecord, Outcome, TransferAttempt, TransferResult
from appliance.main import MISUSED, WENT_WELL, WENT_WRONG, locked, main
from appliance.store.ledger import LEDGER_NAME, Ledger
from appliance.store.settings import SettingsStore

ROWS = "name;company;number;importance;operator\nEwa Żak;Contoso;22 555 01 00;vip;Boris\nJan Kos;;601 555 010;;\n"
SETTINGS = """
company = "Northwind"
country = "pl"
[[people]]
name = "Boris"
extension = "102"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    settings = tmp_path / "settings.toml"
    settings.write_text(SETTINGS, encoding="utf-8")
    SettingsStore(tmp_path / "home").import_once(settings)
    return tmp_path / "home"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    book = tmp_path / "book.csv"
    book.write_text(ROWS, encoding="utf-8")
    return book


def typed(home: Path, *words: str | Path) -> int:
    return main(["contacts", *map(str, words), "--home", str(home)])


def test_contacts_are_brought_in_listed_and_found(home: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(home, "import", book) == WENT_WELL
    assert typed(home, "import", book) == WENT_WELL
    assert typed(home, "list") == WENT_WELL
    assert typed(home, "find", "0225550100") == WENT_WELL
    assert typed(home, "find", "nobody at all") == WENT_WELL
    assert capsys.readouterr().out.splitlines() == [
        f"{book}: 2 contacts: 2 new",
        f"{book}: 2 contacts: 2 as they were",
        "     1  Ewa Żak, Contoso: +48 22 555 01 00; vip; looked after at extension 102",
        "     2  Jan Kos: +48 601 555 010",
        "A call from 0225550100 is taken for Ewa Żak, Contoso.",
        "     1  Ewa Żak, Contoso: +48 22 555 01 00; vip; looked after at extension 102",
        "Nobody was found for nobody at all.",
    ]


def test_who_served_a_caller_last_is_told(home: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed(home, "import", book)
    moment = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    took = TransferAttempt(moment, "102", "Boris", TransferResult.TAKEN, 5.0)
    ledger = Ledger(home / LEDGER_NAME)
    ledger.finish(
        CallRecord(1, "Line 1", moment, CallerId("225550100"), 1, outcome=Outcome.TRANSFERRED, transfers=(took,))
    )
    ledger.close()
    typed(home, "find", "22", "555", "01", "00")
    assert "was served last by Boris 102, 24.11.2026 09:30." in capsys.readouterr().out


def test_programs_read_contacts_as_json(home: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed(home, "import", book)
    capsys.readouterr()
    typed(home, "find", "kos", "--json")
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["numbers"] == ["+48601555010"]


@pytest.mark.parametrize("name", ["out.csv", "out.vcf"])
def test_an_export_can_be_brought_into_another_box(
    home: Path, book: Path, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(home, "import", book)
    assert typed(home, "export", tmp_path / name) == WENT_WELL
    other = tmp_path / "other"
    assert main(["contacts", "import", str(tmp_path / name), "--home", str(other), "--country", "de"]) == WENT_WELL
    typed(home, "list", "--json")
    there = capsys.readouterr().out.splitlines()[-2:]
    typed(other, "list", "--json")
    assert capsys.readouterr().out.splitlines() == there


def test_a_check_changes_nothing(home: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(home, "import", book, "--check") == WENT_WELL
    assert capsys.readouterr().out.splitlines() == [f"{book}: 2 contacts: 2 new", "Nothing was changed."]
    typed(home, "list")
    assert "There are no contacts" in capsys.readouterr().out


def test_what_was_left_out_is_told_and_seen_by_programs(
    home: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book.write_text(ROWS + ";;22 555 01 09;;\n", encoding="utf-8")
    assert typed(home, "import", book) == WENT_WRONG
    assert "line 4: there is neither a name nor a company" in capsys.readouterr().err


def test_beside_a_running_box_contacts_are_left_for_it(
    home: Path, book: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("appliance.addressbook.command.TAKEN_UP_S", 0.0)
    with locked(home):
        assert typed(home, "import", book) == WENT_WELL
    assert "it will" in capsys.readouterr().out
    typed(home, "list")
    assert "There are no contacts" in capsys.readouterr().out  # only the box writes while it runs


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "missing.csv"), "cannot be read"),
        (("import", "."), "cannot be read"),
        (("import", "notes.txt"), "names no column for names"),
        (("export", "out.doc"), "is neither CSV nor vCard"),
        (("export", "no/such/folder/out.csv"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_with_advice(
    home: Path,
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("milk\nbread\n", encoding="utf-8")
    assert typed(home, *words) == MISUSED
    assert said in capsys.readouterr().err


def test_without_settings_the_country_has_to_be_named(
    tmp_path: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(tmp_path / "new", "import", book) == MISUSED
    assert "--country" in capsys.readouterr().err
    assert typed(tmp_path / "new", "import", book, "--country", "qq") == MISUSED


def test_a_file_beyond_all_bounds_is_not_read(home: Path, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appliance.addressbook.files, "MOST_BYTES", 20)
    assert typed(home, "import", book) == MISUSED


@pytest.mark.parametrize(
    ("country", "raw"),
    [
        ("pl", "Żółw".encode()),
        ("pl", codecs.BOM_UTF8 + "Żółw".encode()),
        ("pl", "Żółw".encode("utf-16")),
        ("pl", codecs.BOM_UTF16_BE + "Żółw".encode("utf-16-be")),
        ("pl", "Żółw".encode("cp1250")),
        ("de", "Müller".encode("cp1252")),
    ],
)
def test_files_are_read_in_the_letters_they_are_written_in(country: str, raw: bytes) -> None:
    assert decoded(raw, country) in ("Żółw", "Müller")


@pytest.mark.parametrize("letters", ["utf-16-le", "utf-16-be"])
def test_files_of_two_byte_letters_without_a_mark_are_known(letters: str) -> None:
    assert decoded("name;number\n".encode(letters), "pl") == "name;number\n"
