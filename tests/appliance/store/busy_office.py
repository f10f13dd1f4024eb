"""An office whose calls never stop, until somebody kills the process.

    busy_office.py HOME SEED

Prints the number of each call as soon as the keeper says that it is on disk. Every fifth call never ends; every third
leaves a card, handed in before the end of its call; each has a recording. Now and then the settings are saved.
"""

from __future__ import annotations

import os
import random
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from appliance.call import CallerId, CallRecord, Outcome, Presentation
from appliance.cards import Card, CardKind
from appliance.cardsteps import made
from appliance.settings import Settings
from appliance.store.keeper import Keeper
from appliance.store.settings import SettingsStore

MOMENT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def tell(number: int) -> None:
    """One write, so that the line is out whole or not at all."""
    os.write(1, b"%d\n" % number)


def one_call(keeper: Keeper, number: int) -> None:
    ringing = CallRecord(number, "Line 1", MOMENT, CallerId(), rings=1)
    keeper.begin(ringing)
    known = replace(ringing, caller_id=CallerId(f"0{number}", "", Presentation.SHOWN))
    keeper.begin(known)
    name = f"recordings/call-{number}.wav"
    keeper.start_recording(name)
    keeper.write_recording(name, np.full(800, number % 1000, np.int16))
    if number % 5 == 0:
        return
    keeper.end_recording(name)
    if number % 3 == 0:
        card = Card(number, CardKind.CALLBACK, MOMENT, known.caller_id.number, recording=name, id=number)
        keeper.keep_card(*made(card))
    keeper.finish(replace(known, outcome=Outcome.CALLBACK, talk_s=1.5))


def main(home: Path, seed: int) -> None:
    chance = random.Random(seed)
    store = SettingsStore(home)
    keeper = Keeper(home, tell)
    number = keeper.next_call_number
    while True:
        one_call(keeper, number)
        if chance.random() < 0.1:
            store.save(Settings(company=f"Office after call {number}"))
        if chance.random() < 0.4:
            keeper.flush()
        number += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
