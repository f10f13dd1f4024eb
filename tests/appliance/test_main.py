"""The command as a person types it: what it says, and its exit code."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.main import MISUSED, WENT_WELL, WENT_WRONG, main

PROGRAM = [sys.executable, "-c", "import sys; from appliance.main import main; sys.exit(main())"]

OFFICE = """
company = "Northwind"
[[lines]]
name = "Line 1"
port = "{port}"
[[people]]
name = "Anna"
extension = "11"
[[groups]]
name = "sales"
people = ["11"]
[web]
port = {web}
"""


@pytest.mark.parametrize("command", ["run", "settings", "demo", "simulate", "emulate", "calls", "teach"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == WENT_WELL
    assert f"frontdesk {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (["simulate", "sunday"], "monday, monday_morning, one_person_ill, quiet, storm"),
        (["rehearse", "/dev/null"], "Choose a folder that this user may write"),
        (["demo", "--save", "/dev/null/heard"], "Choose a folder that this user may write"),
        (["simulate", "quiet", "--heard"], "Leave out --count and --heard"),
        (["emulate", "hayes"], "cx93001, zoom3095, cx-rd02"),
        (["demo", "--modem", "hayes"], "cx93001, zoom3095, cx-rd02"),
        (["emulate", "cx93001", "--calls", "nowhere.json"], "nowhere.json"),
        (["emulate", "cx93001", "--country", "xx"], "xx"),
        (["run", "--settings", "nowhere.toml"], "nowhere.toml"),
        (["run"], "settings.example.toml"),
    ],
)
def test_wrong_input_gets_a_sentence_and_no_traceback(
    typed: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path / "home"))
    assert main(typed) == MISUSED
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said
    assert said.count("\n") == 1


def test_damaged_settings_get_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "office.toml"
    path.write_text('company = "Northwind"\ncolour = "green"\n', encoding="utf-8")
    assert main(["run", "--home", str(tmp_path / "home"), "--settings", str(path)]) == MISUSED
    assert "colour" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [("country", "xx", "xx"), ("language", "xx", "xx"), ("dialect", "hayes", "hayes"), ("flash_ms", "20", "flash_ms")],
)
def test_settings_that_cannot_be_run_get_a_sentence(
    key: str, value: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = OFFICE.format(port="/dev/ttyACM9", web=0)
    added = f'{key} = "{value}"' if not value.isdigit() else f"{key} = {value}"
    where = "[[lines]]" if key in ("dialect", "flash_ms") else 'company = "Northwind"'
    path = tmp_path / "office.toml"
    path.write_text(text.replace(where, f"{where}\n{added}"), encoding="utf-8")
    assert main(["run", "--home", str(tmp_path / "home"), "--settings", str(path)]) != WENT_WELL
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said


def test_a_simulated_day_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "quiet", "--seed", "5", "--json"]) == WENT_WELL
    told = json.loads(capsys.readouterr().out)
    assert (told["seed"], told["calls"], told["complaints"]) == (5, len(told["records"]), [])
    assert told["records"][0]["outcome"] in told["outcomes"]


def test_a_demonstration_serves_everybody_and_fills_the_list_of_calls(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, saved = tmp_path / "home", tmp_path / "saved"
    typed = ["demo", "--calls", "3", "--speed", "500", "--port", "0", "--home", str(home), "--save", str(saved)]
    assert main(typed) == WENT_WELL
    assert "3 of 3 callers were served well" in capsys.readouterr().out
    assert len(list(saved.glob("*-heard.wav"))) == 3
    assert main(["calls", "--home", str(home)]) == WENT_WELL
    assert capsys.readouterr().out.count("Line ") == 3
    assert main(["calls", "--home", str(home), "--json", "--last", "2"]) == WENT_WELL
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["number"] for record in records] == [3, 2]


def test_no_calls_yet_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "--home", str(tmp_path)]) == WENT_WELL
    assert "no calls" in capsys.readouterr().out


def started(tmp_path: Path, port: str, web: int = 0) -> subprocess.Popen[str]:
    settings = tmp_path / "office.toml"
    settings.write_text(OFFICE.format(port=port, web=web), encoding="utf-8")
    command = [*PROGRAM, "run", "--home", str(tmp_path / "home"), "--settings", str(settings)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return process


def said_until(process: subprocess.Popen[str], words: str) -> str:
    """What the program says up to the line with these words."""
    assert process.stdout is not None
    said = ""
    while words not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    return said


def test_a_missing_modem_is_told_once_and_the_program_goes_on_and_stops_when_asked(tmp_path: Path) -> None:
    process = started(tmp_path, str(tmp_path / "ttyACM9"))
    said = said_until(process, "The board is at")
    if "no modem at" not in said:
        said += said_until(process, "no modem at")
    assert "imported" in said
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == WENT_WELL
    assert (said + rest).count("no modem at") == 1


def test_two_programs_cannot_share_a_home(tmp_path: Path) -> None:
    first = started(tmp_path, str(tmp_path / "ttyACM9"))
    said_until(first, "The board is at")
    second = started(tmp_path, str(tmp_path / "ttyACM9"))
    told, _ = second.communicate(timeout=20)
    assert second.returncode == WENT_WRONG
    assert "another frontdesk runs" in told
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=20)


def test_callers_are_served_even_if_the_page_cannot_be(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = started(tmp_path, str(tmp_path / "ttyACM9"), web=taken.getsockname()[1])
        said = said_until(process, "Stop with Ctrl-C")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert "another program uses port" in said
    assert process.returncode == WENT_WELL


def test_stored_settings_rule_over_the_file(tmp_path: Path) -> None:
    for words in ("were imported", "was not read"):
        process = started(tmp_path, str(tmp_path / "ttyACM9"))
        said_until(process, words)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def test_an_emulated_modem_is_found_by_its_link_and_answers(tmp_path: Path) -> None:
    link = tmp_path / "modem"
    process = subprocess.Popen(
        [*PROGRAM, "emulate", "cx93001", "--link", str(link)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said_until(process, "Extensions")
    port = os.open(link, os.O_RDWR | os.O_NOCTTY)
    os.write(port, b"ATI3\r")
    answer = b""
    while b"OK" not in answer:
        answer += os.read(port, 100)
    os.close(port)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert b"CX93001" in answer
    assert process.returncode == WENT_WELL
    assert not link.is_symlink()
