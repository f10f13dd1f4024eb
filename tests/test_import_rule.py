"""The import rule: `hardware -> appliance <- web`, and no wall clock, thread or socket in the appliance.

The rule reads sources only (`ast`); nothing is imported. `appliance/main.py` alone sees all three folders.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

MAY_IMPORT = {
    "appliance": {"appliance", "voice_prompts", "numpy", "holidays", "phonenumbers", "tinydb", "tomlkit", "vobject"},
    "hardware": {
        "hardware",
        "appliance",
        "numpy",
        "serial",
        "pydub",
        "gpiozero",
        "sounddevice",
        "apscheduler",
        "apprise",
    },
    "web": {"web", "appliance", "flask", "flask_bootstrap", "werkzeug", "markupsafe", "cheroot", "icalendar"},
}
REAL_WORLD = {
    "time",
    "threading",
    "_thread",
    "socket",
    "select",
    "selectors",
    "asyncio",
    "multiprocessing",
    "concurrent",
}
WALL_CLOCK = (".datetime.now", ".datetime.today", ".datetime.utcnow", ".date.today")
MAIN = "appliance/main.py"
MAY_TOUCH_THE_REAL_WORLD = {
    "appliance/addressbook/clerk.py",
    "appliance/clock.py",
    "appliance/store/keeper.py",
    "appliance/box.py",
    "appliance/openlines.py",
    MAIN,
}


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that is imported anywhere in a file, in full, with its line; `from a import b` gives `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def complaints(path: str, source: str) -> list[str]:
    """What the file at `path`, relative to the repository, does against the rule: one sentence each."""
    tree = ast.parse(source)
    folder = path.split("/", 1)[0]
    third_party = set().union(*MAY_IMPORT.values()) if path == MAIN else MAY_IMPORT[folder]
    sheltered = folder == "appliance" and path not in MAY_TOUCH_THE_REAL_WORLD
    allowed = (third_party | sys.stdlib_module_names) - (REAL_WORLD if sheltered else set())
    found = [
        f"{path}:{line} imports {name}"
        for line, name in imports(tree)
        if name.split(".", 1)[0] not in allowed or f"{name}.".startswith("appliance.main.")
    ]
    return found + [f"{path}:{line} reads the wall clock" for line in looks_at_the_wall_clock(tree) if sheltered]


def looks_at_the_wall_clock(tree: ast.Module) -> Iterator[int]:
    """Lines with `datetime.now`, `date.today` and their like, called or handed on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and f".{ast.unparse(node)}".endswith(WALL_CLOCK):
            yield node.lineno


def test_every_file_keeps_the_import_rule(root: Path) -> None:
    files = [file for folder in MAY_IMPORT for file in sorted((root / folder).rglob("*.py"))]
    assert len(files) > 20
    found = [c for file in files for c in complaints(file.relative_to(root).as_posix(), file.read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("hardware/line.py", "import web"),
        ("web/app.py", "from hardware.line import Line"),
        ("appliance/office.py", "def late():\n    import hardware.line"),
        ("appliance/office.py", "from web import app"),
        ("appliance/office.py", "import flask"),
        ("web/app.py", "import gpiozero"),
        ("appliance/office.py", "from . import call"),
        ("web/app.py", "from appliance.main import main"),
        ("web/app.py", "from appliance import main"),
        ("appliance/office.py", "import time"),
        ("appliance/office.py", "import threading as t"),
        ("appliance/office.py", "from socket import socket"),
        ("appliance/store/ledger.py", "import asyncio.queues"),
        ("appliance/call.py", "from datetime import datetime\nx = datetime.now()"),
        ("appliance/call.py", "import datetime\nx = datetime.date.today()"),
        ("appliance/call.py", "field(default_factory=datetime.utcnow)"),
    ],
)
def test_a_file_against_the_rule_is_named(path: str, source: str) -> None:
    [found] = complaints(path, source)
    assert found.startswith(path)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("appliance/main.py", "import threading, web.app\nfrom hardware import line"),
        ("appliance/clock.py", "import time\nfrom datetime import datetime\nx = datetime.now()"),
        ("appliance/call.py", "from datetime import datetime, time\nx = clock.today()"),
        ("hardware/line.py", "import threading, numpy\nfrom appliance.call import Call"),
        ("web/app.py", "from flask import Flask\nfrom appliance import board\nimport web.live"),
    ],
)
def test_a_file_within_the_rule_is_left_in_peace(path: str, source: str) -> None:
    assert complaints(path, source) == []
