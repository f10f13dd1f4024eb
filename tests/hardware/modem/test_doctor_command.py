"""`frontdesk doctor` as it is typed: what it writes, and its exit code."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import SystemClock
from appliance.main import MISUSED, WENT_WELL, WENT_WRONG, main
from hardware.simulated.profiles import PROFILES
from hardware.simulated.world import PlannedModem, World


@contextlib.contextmanager
def plugged_in(*modems: PlannedModem, clock: SystemClock) -> Iterator[World]:
    """A world with these modems, and nobody in it who calls."""
    world = World(clock, country="pl", modems=modems)
    world.start()
    try:
        yield world
    finally:
        world.stop()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path / "home"))
    return tmp_path


def test_json_is_one_document_with_a_report_for_each_port(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    modems = [PlannedModem(PROFILES[name], home / name) for name in ("cx93001", "cx-rd02")]
    with plugged_in(*modems, clock=SystemClock()):
        ended = main(["doctor", str(home / "cx93001"), str(home / "cx-rd02"), "--json", "--country", "pl"])
    first, second = json.loads(capsys.readouterr().out)
    to_do = {each["quirk"] for report in (first, second) for each in report["advice"] if each["to_do"]}
    assert to_do <= {"Q22"}  # on a machine that is very busy an emulated modem is slow, too
    assert ended == (WENT_WRONG if to_do else WENT_WELL)
    assert (first["path"], first["dialect"], first["state"]) == (str(home / "cx93001"), "cx93001", "voice modem")
    assert (first["line_volts"], first["country_listed"]) == (48.0, True)
    assert second["path"] == str(home / "cx-rd02")
    assert not (home / "home").exists()


def test_what_needs_a_person_makes_the_exit_code(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with plugged_in(PlannedModem(PROFILES["no-voice"], home / "modem"), clock=SystemClock()):
        assert main(["doctor", str(home / "modem"), "--record", str(home / "kept")]) == WENT_WRONG
    assert "TO DO" in capsys.readouterr().out
    [dialogue] = (home / "kept").glob("*.txt")
    assert "emulated modem and no real one" in dialogue.read_text(encoding="utf-8").partition("\n")[0]
    assert json.loads(dialogue.with_suffix(".json").read_text(encoding="utf-8"))[0]["dialect"] == "no-voice"


def test_a_port_that_is_not_there_makes_the_exit_code(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "/dev/ttyNOWHERE7"]) == WENT_WRONG
    assert "/dev/ttyNOWHERE7" in capsys.readouterr().out


def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--help"])
    assert ended.value.code == WENT_WELL
    assert "frontdesk doctor" in capsys.readouterr().out


@pytest.mark.parametrize("typed", [["--survey"], ["--survey", "/dev/a", "/dev/b"], ["/dev/a", "--country", "xx"]])
def test_misuse_gets_a_sentence(typed: list[str], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", *typed]) == MISUSED
    assert capsys.readouterr().err.count("\n") == 1


def test_a_survey_is_begun_and_stopped_as_it_is_typed(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n\nq\n"))
    with plugged_in(PlannedModem(PROFILES["cx93001"], home / "modem"), clock=SystemClock()):
        assert main(["doctor", str(home / "modem"), "--survey", "--record", str(home / "kept")]) == WENT_WELL
    assert "goes on from here" in capsys.readouterr().out
    kept = json.loads((home / "kept" / "survey.json").read_text(encoding="utf-8"))
    assert kept["steps"]["identity"]["measured"]["answers"]["AT+GMI"] == "CONEXANT"


def test_a_folder_that_cannot_be_written_is_misuse(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "file").touch()
    with plugged_in(PlannedModem(PROFILES["cx93001"], home / "modem"), clock=SystemClock()):
        assert main(["doctor", str(home / "modem"), "--record", str(home / "file")]) == MISUSED
    assert "another folder" in capsys.readouterr().err
