"""The box is killed at any moment: no finished call is lost, nothing is corrupt, nobody is forgotten (R23, R37).

FRONTDESK_KILLS says how often it is killed; `make soak` does it 500 times.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.call import CallRecord, Outcome
from appliance.cards import CardKind
from appliance.store.ledger import LEDGER_NAME, Ledger
from appliance.store.recordings import read_recording
from appliance.store.settings import SettingsStore

KILLS = int(os.environ.get("FRONTDESK_KILLS", "20"))
MOST_LINES = 60
SEED = 37
ROOT = Path(__file__).parents[3]


def run_and_kill(home: Path, seed: int, lines: int) -> set[int]:
    """Run the busy office, kill it after so many calls were said to be on disk, and return all that were."""
    command = [sys.executable, str(Path(__file__).with_name("busy_office.py")), str(home), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}) as office:
        assert office.stdout is not None
        told = [office.stdout.readline() for _ in range(lines)]
        assert all(told), "the office ended by itself"
        office.kill()
        told += office.stdout.readlines()
    return {int(line) for line in told}


def all_calls(ledger: Ledger) -> Iterator[CallRecord]:
    before = None
    while page := ledger.calls(500, before):
        yield from page
        before = page[-1].number


def check_what_is_left(home: Path, told: set[int]) -> None:
    with sqlite3.connect(home / LEDGER_NAME) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()

    ledger = Ledger(home / LEDGER_NAME)
    assert ledger.faults == []
    interrupted = ledger.recover()
    calls = {record.number: record for record in all_calls(ledger)}
    cards = ledger.cards()
    ledger.close()

    assert all(calls[number].outcome is Outcome.CALLBACK for number in told)
    assert all(record.outcome for record in calls.values())
    promised = [(card.call, card.kind) for card in cards]
    assert len(promised) == len(set(promised))
    for record in interrupted:
        kinds = [card.kind for card in cards if card.call == record.number]
        assert kinds in ([CardKind.INTERRUPTED], [CardKind.CALLBACK])
    called_back = {card.call for card in cards if card.kind is CardKind.CALLBACK}
    assert all(number in called_back for number in calls if number % 3 == 0 and number % 5 and number in told)
    for card in cards:
        if card.kind is CardKind.INTERRUPTED:
            assert card.number in (f"0{card.call}", "")


def check_recordings(home: Path, told: set[int]) -> None:
    for path in (home / "recordings").glob("*.wav"):
        number = int(path.stem.removeprefix("call-"))
        sound = read_recording(path)
        assert len(sound) == 800 or number not in told
        assert (sound == number % 1000).all()


@pytest.mark.parametrize("immediately", [True, False])
def test_a_box_killed_at_any_moment_loses_no_finished_call(tmp_path: Path, immediately: bool) -> None:
    chance = random.Random(SEED)
    told: set[int] = set()
    for kill in range(2 if immediately else KILLS):
        told |= run_and_kill(tmp_path, kill, 1 if immediately else chance.randint(1, MOST_LINES))
        check_what_is_left(tmp_path, told)
        check_recordings(tmp_path, told)
        store = SettingsStore(tmp_path)
        store.load()
        assert store.faults == []
    assert told


def test_a_box_killed_while_it_starts_begins_anew(tmp_path: Path) -> None:
    run_and_kill(tmp_path, SEED, 0)
    assert len(run_and_kill(tmp_path, SEED, 1)) >= 1
