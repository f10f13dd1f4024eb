"""A reminder through the real box: the modem takes an idle line, a colleague hears their card, and presses a key (R25).

What they hear is kept as WAV and measured: it is spoken loud enough, and there are no holes in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.call import Outcome, TransferResult
from appliance.cards import Card, CardKind, State
from appliance.cardsteps import made
from appliance.settings import CallbackSettings, PbxSettings, PersonSettings
from appliance.signals.levels import RATE_HZ, dbm0
from appliance.store.ledger import LEDGER_NAME, Ledger
from hardware.simulated.people import Staff
from hardware.simulated.saved import write_wav
from tests.hardware.conftest import TUESDAY

Rehearse = Callable[..., Any]

JAN = "225550101"
JAN_AT_HOME = Staff(
    "Jan",
    JAN,
    answers_after_s=4.0,
    talks_s=20.0,
    says="Jan Nowak speaking, from the garden; I have been waiting for your call, good that you ring.",
)
KEY_AFTER_S, GREETED_S = 13.0, 2.5
"""After she has answered: when she presses her key, having heard everything, and when she has said her name."""
SILENT_DBM0 = -33.0
"""The steps of the 8-bit modem make a noise of -36 dBm0 while it plays."""
LONGEST_HOLE_S = 1.0
"""Between two sentences."""


def file_a_card(home: Path) -> None:
    """Anna has promised to call Jan, and it is due."""
    card = Card(0, CardKind.CALLBACK, TUESDAY - timedelta(hours=1), JAN, "Jan Nowak", id=1, person="11", due=TUESDAY)
    ledger = Ledger(home / LEDGER_NAME)
    ledger.keep_card(*made(card, "", ""))
    ledger.close()


def reminded(rehearse: Rehearse, profile: str, key: str, may_dial: Sequence[str] = ("XXXXXXXXX",)) -> Any:
    """What came of the only reminder."""
    anna = Staff("Anna", "11", answers_after_s=3.0, talks_s=60.0, says="Anna.", presses=((KEY_AFTER_S, key),))
    return rehearse(
        profile=profile,
        staff=[anna],
        outside=[JAN_AT_HOME],
        after_s=75.0,
        people=(PersonSettings("Anna", "11", ring_up=True),),
        groups=(),
        pbx=PbxSettings(flash_proven=True, outside_prefix="0"),
        callbacks=CallbackSettings(may_dial=tuple(may_dial)),
    )


def levels_dbm0(sound: NDArray[np.int16]) -> list[float]:
    """The level of every twentieth of a second."""
    return [dbm0(block) for block in np.array_split(sound, len(sound) // (RATE_HZ // 20))]


def longest_hole_s(levels: Sequence[float]) -> float:
    """The longest time in which nothing can be heard."""
    holes = (sum(1 for _ in same) for silent, same in groupby(levels, lambda level: level < SILENT_DBM0) if silent)
    return max(holes, default=0) / 20


def heard(seen: Any, who: int, since_s: float, until_s: float, keep: Path) -> list[float]:
    """What somebody heard from `since_s` to `until_s` after they answered; all of it is kept as WAV."""
    desk = seen.world.desks[who]
    write_wav(keep, desk.heard.sound())
    [answered] = desk.answered
    return levels_dbm0(desk.heard.between(answered + since_s, answered + until_s))


@pytest.mark.parametrize("key", ["1", "2", "3"])
def test_a_colleague_hears_their_card_and_each_key_does_what_it_says(
    key: str, tmp_path: Path, rehearse: Rehearse
) -> None:
    file_a_card(tmp_path)
    seen = reminded(rehearse, "cx93001", key)
    levels = heard(seen, 0, GREETED_S, KEY_AFTER_S, tmp_path / "anna.wav")
    loud = [level for level in levels if level >= SILENT_DBM0]
    assert -30.0 < float(np.median(loud)) < -12.0
    assert longest_hole_s(levels) < LONGEST_HOLE_S
    [call] = [record for record in seen.records if record.outgoing]
    assert call.outcome is Outcome.REMINDED
    [card] = seen.cards
    if key == "1":
        assert (card.state, card.reason) == (State.DONE, "done")
        assert call.transfers[-1].result is TransferResult.SETTLED
    if key == "2":
        assert not card.done
        assert timedelta(minutes=30) < card.due - TUESDAY < timedelta(minutes=32)
    if key == "3":
        assert call.transfers[-1].result is TransferResult.TAKEN
        assert (card.state, card.reason) == (State.DONE, "connected by telephone")
        left = (call.transfers[-1].at - TUESDAY).total_seconds()
        [answered] = seen.world.desks[0].answered
        talk = heard(seen, 0, left - answered + 1.0, left - answered + 4.0, tmp_path / "anna.wav")
        assert max(talk) > SILENT_DBM0, "the box has left, and she hears Jan"
    assert not seen.crashed
    assert seen.faults_seen == []
