"""What goes into the settings after teaching, and what the command says before it begins (R33, R35)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.main import MISUSED, WENT_WRONG, locked, main
from appliance.settings import LineSettings, PbxSettings, Settings
from appliance.store.settings import SettingsStore
from appliance.teach.card import Card, Check, Mark
from appliance.teach.keeping import keep

OFFICE = Settings(
    company="Northwind",
    lines=(LineSettings("Line 1", "/dev/ttyNOWHERE"), LineSettings("Line 2", "/dev/ttyNOWHERE2")),
)
FOUND = replace(PbxSettings(), flash_ms=110, flash_proven=True, tones=("busy 425 Hz 510/450",))
TYPED = ["teach", "--line", "Line 1", "--free", "101", "--busy", "102", "--wrong", "199"]


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    kept = SettingsStore(tmp_path)
    kept.save(OFFICE)
    return kept


def card(mark: Mark) -> Card:
    return Card("Line 1", (Check("hook flash", mark),), PbxSettings(), FOUND)


def test_what_passed_is_there_after_the_next_start(store: SettingsStore) -> None:
    told = keep(card(Mark.PASSED), OFFICE, store)
    assert str(store.path) in told
    loaded = SettingsStore(store.path.parent).load()
    assert loaded is not None
    assert loaded.pbx == FOUND


def test_what_failed_is_not_kept_unless_it_is_wanted(store: SettingsStore) -> None:
    assert "Nothing was saved" in keep(card(Mark.FAILED), OFFICE, store)
    assert store.load() == OFFICE
    keep(card(Mark.FAILED), OFFICE, store, anyway=True)
    loaded = store.load()
    assert loaded is not None
    assert loaded.pbx == FOUND


def test_a_running_box_must_be_stopped_first(store: SettingsStore, capsys: pytest.CaptureFixture[str]) -> None:
    with locked(store.path.parent):
        assert main([*TYPED, "--home", str(store.path.parent)]) == WENT_WRONG
    assert "Stop it while you teach" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ([*TYPED[:1], *TYPED[3:]], "Line 1, Line 2"),
        (["teach", "--line", "Line 3", *TYPED[3:]], "Line 1, Line 2"),
        ([*TYPED[:-1], "1W9"], "no extension"),
        ([*TYPED[:-1], "0225550101"], "no extension"),
        ([*TYPED[:-1], "022"], "outside"),
        ([*TYPED, "--rings", "102"], "same number"),
    ],
)
def test_wrong_input_gets_a_sentence(
    typed: list[str], sentence: str, store: SettingsStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*typed, "--home", str(store.path.parent)]) == MISUSED
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_a_port_that_is_not_there_is_told(store: SettingsStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*TYPED, "--home", str(store.path.parent)]) == WENT_WRONG
    assert "/dev/ttyNOWHERE" in capsys.readouterr().err
    assert store.load() == OFFICE


def test_an_empty_home_has_no_lines_to_teach(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*TYPED, "--home", str(tmp_path / "new")]) == MISUSED
    assert "--settings" in capsys.readouterr().err
