"""`frontdesk settings`: what an owner is told of a file, and how it comes into force."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import pytest

from appliance.main import MISUSED, WENT_WELL, WENT_WRONG, main
from appliance.store.settings import SettingsStore

PROGRAM = [sys.executable, "-c", "import sys; from appliance.main import main; sys.exit(main())"]
GOOD = """
company = "Northwind"
[[lines]]
name = "Line 1"
port = "/dev/ttyACM99"
[[people]]
name = "Anna"
extension = "101"
pin = "4711"
[web]
port = 0
"""
BAD = GOOD.replace('"/dev/ttyACM99"', '"fxo:nothing"\ndialect = "hayes"').replace('"101"', "101")
RING = "".join(
    f'[[people]]\nname = "{name}"\nextension = "{extension}"\ndeputies = ["{deputy}"]\n'
    for name, extension, deputy in [("Boris", "102", "103"), ("Clara", "103", "104"), ("Dirk", "104", "102")]
)


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which somebody types; the home is in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRONTDESK_HOME", "home")
    return tmp_path


def written(folder: Path, text: str) -> str:
    (folder / "office.toml").write_text(text, encoding="utf-8")
    return "office.toml"


def test_every_fault_is_told_on_a_line_of_its_own_and_nothing_is_kept(
    typed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["settings", written(typed, BAD), "--use"]) == MISUSED
    assert capsys.readouterr().out.splitlines() == [
        "In [[lines]] number 1 (Line 1), no modem dialect is called 'hayes': write one of: auto, v253, cx93001, "
        "zoom3095, cx-rd02, usr5637, usr5637-old, mt9234mu, si24xx, agere-v253, is101, no-voice.",
        "In [[lines]] number 1 (Line 1), there is no board called nothing: choose fxo:ch1817-usb, fxo:ch1817-wm8960, "
        "or the path of a file, as in fxo:/etc/my.toml.",
        'In [[people]] number 1 (Anna), extension = 101 must be in quotation marks: write extension = "101".',
        "office.toml cannot be used yet: correct these and look again.",
    ]
    assert not (typed / "home").exists()


def test_a_file_that_can_be_used_is_told_so_with_what_should_be_thought_about(
    typed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["settings", written(typed, GOOD + RING)]) == WENT_WELL
    advice, verdict = capsys.readouterr().out.splitlines()
    assert advice.startswith("Think about this again: In [[people]] number 2 (Boris), deputies leads back to Boris")
    assert verdict == "office.toml can be used as it stands."


def test_programs_are_told_the_same_in_json(typed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", written(typed, BAD), "--json"]) == MISUSED
    told = json.loads(capsys.readouterr().out)
    assert (told["usable"], len(told["problems"]), told["advice"]) == (False, 3, [])
    assert main(["settings", written(typed, GOOD), "--json", "--use"]) == WENT_WELL
    assert json.loads(capsys.readouterr().out) == {"usable": True, "problems": [], "advice": []}


def test_what_is_stored_is_shown_as_a_file_that_can_be_used_again(
    typed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["settings", written(typed, GOOD), "--use"])
    stored = SettingsStore(typed / "home").load()
    capsys.readouterr()
    assert main(["settings", "--show"]) == WENT_WELL
    shown = capsys.readouterr().out
    assert "4711" not in shown.split("scrypt:")[0] and tomllib.loads(shown)["people"][0]["pin"].startswith("scrypt:")
    assert main(["settings", written(typed, shown), "--use"]) == WENT_WELL
    assert SettingsStore(typed / "home").load() == stored


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ([], MISUSED, "Name a settings file"),
        (["office.toml", "--show"], MISUSED, "Name a settings file"),
        (["--use", "--show"], MISUSED, "Name a settings file"),
        (["--show"], MISUSED, "there are no settings in home yet"),
        (["nowhere.toml"], MISUSED, "There is no such file"),
        (["office.toml", "--use", "--home", "/dev/null/home"], WENT_WRONG, "Choose a folder that this user may write"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    options: list[str], code: int, words: str, typed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(typed, GOOD)
    assert main(["settings", *options]) == code
    told = "".join(capsys.readouterr())
    assert words in told and "Traceback" not in told


def test_a_box_begins_with_the_last_good_settings_tells_it_and_takes_up_others(typed: Path) -> None:
    """The whole way: stored settings spoilt by hand, a box that starts all the same, and a file put in beside it."""
    store = SettingsStore(typed / "home")
    main(["settings", written(typed, GOOD), "--use"])
    good = store.load()
    assert good is not None
    store.keep_good(good)
    store.path.write_text(store.path.read_text().replace('"pl"', '"Poland"').replace('"101"', '"1o1"'))
    process = subprocess.Popen([*PROGRAM, "run"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = said_until(process, "The board is at")
    assert 'country = "Poland" does not fit' in said and 'extension = "1o1" does not fit' in said
    with urllib.request.urlopen(said.split("The board is at ")[1].split()[0]) as page:
        board = page.read().decode()
    assert "Poland" in board and "1o1" in board and "The box works with the last good ones." in board
    assert main(["settings", written(typed, GOOD.replace("Northwind", "Southwind")), "--use"]) == WENT_WELL
    said_until(process, "other settings are in force")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == WENT_WELL


def said_until(process: subprocess.Popen[str], words: str) -> str:
    """What the program says up to the line with these words."""
    assert process.stdout is not None
    said = ""
    while words not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    return said
