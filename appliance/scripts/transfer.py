"""Handing over: hook flash, dial tone, extension, and listening until somebody has really answered (R15, R16, R20).

Four ways, of which each person may have their own: *blind* leaves as soon as the number is dialled, *ring* as soon as
it rings, *answered* as soon as somebody answers; *briefed* tells the colleague first who it is, and they say by a key
whether they take the call (R17). Hanging up makes the PBX join the two. Whoever is left before an answer comes back
here if nobody answers: the PBX rings this line again (T7), and the office knows the caller.

Busy, no answer, a wrong number and a refusal fetch the caller back, each by the recipe of this PBX.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from appliance.acd.routing import Plan
from appliance.acd.staff import Person
from appliance.acts import Doing, Moment, ReportTransfer, StillThere
from appliance.call import TransferResult
from appliance.scripts.briefing import Answer, brief
from appliance.scripts.consult import consult, fetch_back
from appliance.scripts.reach import reach, way_back
from appliance.scripts.verbs import say

HANDED_OVER = (TransferResult.TAKEN, TransferResult.LEFT, TransferResult.JOINED)
"""After these the script ends, and the performer hangs up: that is what hands the caller over."""
GONE = (TransferResult.CALLER_GONE, TransferResult.FLASH_TOO_LONG)
"""After these there is no caller any more."""
STILL_WITH_US = (TransferResult.NO_DIAL_TONE, TransferResult.UNCONFIRMED)

Announce = Callable[[Person, Plan], Coroutine[Any, Any, Answer]]
"""What is said to whoever has answered, and what they answer."""


async def transfer(person: Person, plan: Plan) -> TransferResult:
    """Put the caller through to `person`; on anything but `HANDED_OVER` they are back, or have `GONE`."""
    await Doing(f"being put through to {person.name}")
    await say("putting-through", person=person.name, position=person.position, number=person.extension)
    await StillThere()  # nobody is put through who has gone (R23)
    return (await attempt(person, plan, person.handover or plan.handover.way, brief)).result


async def attempt(person: Person, plan: Plan, way: str, announce: Announce) -> Answer:
    """Ring `person` while the caller is on hold, and tell the office how it went; see `transfer`."""
    began = await Moment()
    answer = Answer(await consult(plan.pbx, (plan.caller_id.number,)) or await reach(person.extension, way, plan))
    if answer.result is TransferResult.TAKEN and way == "briefed":
        answer = await announce(person, plan)
    if answer.result not in (*HANDED_OVER, *GONE, *STILL_WITH_US):
        recipe = way_back(answer.result, plan.pbx)
        if not await fetch_back(recipe, plan.pbx, (plan.caller_id.number, person.extension)):
            rings_on = recipe.hang_up and answer.result is TransferResult.NO_ANSWER  # somebody may have answered by now
            answer = Answer(TransferResult.LEFT if rings_on else TransferResult.CALLER_GONE)
    await ReportTransfer(person, answer.result, ((await Moment()) - began).total_seconds())
    return answer
