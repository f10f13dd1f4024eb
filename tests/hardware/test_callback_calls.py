"""A callback through the real box: the modem takes an idle line, a colleague is called and told, two talk (R14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from appliance.call import Outcome, TransferResult
from appliance.settings import CallbackSettings, PbxSettings, WaitingSettings
from appliance.signals.levels import RATE_HZ, dbm0
from hardware.simulated.people import Caller, Desk, Staff

Rehearse = Callable[..., Any]

JAN = Caller("225550101", at_s=2.0, presses=((6.0, "1"), (36.0, "2"), (42.0, "1"), (48.0, "1")), hangs_up_after_s=60.0)
ANNA = Staff(
    "Anna", "11", answers_after_s=3.0, talks_s=75.0, says="Anna.", presses=((14.0, "1"),), on_the_phone=((0.0, 60.0),)
)
JAN_AT_HOME = Staff("Jan", "225550101", answers_after_s=4.0, talks_s=25.0, says="Jan Nowak speaking. Good morning.")
OFFICE = {
    "outside": [JAN_AT_HOME],
    "after_s": 150.0,
    "pbx": PbxSettings(flash_proven=True, outside_prefix="0"),
    "waiting": WaitingSettings(talk_s=40.0, retry_s=40.0, come_back_s=8.0),
    "callbacks": CallbackSettings(may_dial=("XXXXXXXXX",)),
}


def levels_after_answer(desk: Desk, seconds: float) -> list[float]:
    """What the colleague heard from when they answered the box, for each half second, in dBm0."""
    sound = desk.heard.sound()
    first = int((desk.answered[-1] - (desk.heard.began or 0.0)) * RATE_HZ)
    window = RATE_HZ // 2
    heard = sound[first : first + int(seconds * RATE_HZ)]
    return [dbm0(heard[start : start + window]) for start in range(0, len(heard) - window, window)]


@pytest.mark.parametrize("profile", ["cx93001", "usr5637"])
def test_a_colleague_is_told_whom_to_call_back_and_connected(profile: str, rehearse: Rehearse) -> None:
    seen = rehearse(JAN, profile=profile, staff=[ANNA], **OFFICE)
    asked, *own = seen.records
    assert asked.outcome is Outcome.CALLBACK
    assert all(record.outgoing and record.caller_id.number == "225550101" for record in own)
    assert own[-1].outcome is Outcome.CALLED_BACK
    assert [tried.result for tried in own[-1].transfers] == [TransferResult.TAKEN]
    assert [card.reason for card in seen.cards] == ["connected"]  # the promise is kept
    anna, jan = seen.world.desks
    told = levels_after_answer(anna, 14.0)[3:]  # she says her name first
    loud = np.array(told) > -30.0
    assert loud.mean() > 0.6
    assert "".join("x" if part else "." for part in loud).find("." * 6) < 0  # no gap of three seconds
    assert max(told) < -6.0
    # Jan was called by the office, and hears Anna's office after the box has gone: the line is free, they talk on.
    assert len(jan.answered) == 1
    hooks = seen.world.modems[0].record.hooks
    released = hooks[-1][0]
    assert not hooks[-1][1]
    assert jan.answered[0] < released < jan.answered[0] + 5.0
    assert seen.crashed is False


def test_where_it_may_not_dial_the_colleague_hears_the_number_and_has_the_card(rehearse: Rehearse) -> None:
    anna = replace(ANNA, presses=((22.0, "1"),))
    seen = rehearse(JAN, staff=[anna], **{**OFFICE, "callbacks": CallbackSettings(), "outside": []})
    assert seen.records[-1].outcome is Outcome.COLLEAGUE_CALLS
    assert [card.taken_by for card in seen.cards] == ["11"]
    assert max(levels_after_answer(seen.world.desks[0], 20.0)) > -25.0
