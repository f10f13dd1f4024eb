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
from appliance.acts import Brief, Doing, Moment, ReportTransfer, StillThere, sentence
from appliance.call import Outcome, TransferResult
from appliance.scripts.briefing import Answer, brief
from appliance.scripts.consult import consult, fetch_back
from appliance.scripts.reach import reach, way_back
from appliance.scripts.verbs import say

HANDED_OVER = (TransferResult.TAKEN, TransferResult.LEFT, TransferResult.JOINED)
"""After these the script ends, and the performer hangs up: that is what hands the caller over."""
GONE = (TransferResult.CALLER_GONE, TransferResult.FLASH_TOO_LONG)
"""After these there is no caller any more."""
STILL_WITH_US = (TransferResult.NO_DIAL_TONE, TransferResult.UNCONFIRMED)

ON_THE_LINE = (TransferResult.REFUSED, TransferResult.MESSAGE, TransferResult.MACHINE, TransferResult.PASSED_ON)
"""After these whoever answered is still there."""
PUTS_DOWN_S = 8.0
"""How long they have to put the phone down when asked."""


Announce = Callable[[Person, Plan], Coroutine[Any, Any, Answer]]
"""What is said to whoever has answered, and what they answer."""


def ended_by(result: TransferResult) -> Outcome | None:
    """How the call ends when an attempt ended so; `None`: the caller is with us again."""
    if result in HANDED_OVER:
        return Outcome.TRANSFERRED
    return {TransferResult.CALLER_GONE: Outcome.ABANDONED, TransferResult.FLASH_TOO_LONG: Outcome.BROKEN}.get(result)


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
        answer = await bring_back(answer, person, plan)
    await ReportTransfer(person, answer.result, ((await Moment()) - began).total_seconds())
    return answer


async def bring_back(answer: Answer, person: Person, plan: Plan) -> Answer:
    """Fetch the caller from hold after an attempt that led nowhere; what it led to after all, where that fails.

    Where only hanging up brings callers back it would also join them with whoever has answered, so these have to hang
    up first.
    """
    recipe = way_back(answer.result, plan.pbx)
    if recipe.hang_up and answer.result in ON_THE_LINE:
        asked = await Brief((sentence("brief-put-down"),), "", PUTS_DOWN_S)
        if not asked.gone:
            return Answer(TransferResult.TAKEN)
    if await fetch_back(recipe, plan.pbx, (plan.caller_id.number, person.extension)):
        return answer
    rings_on = recipe.hang_up and answer.result is TransferResult.NO_ANSWER  # somebody may have answered by now
    return Answer(TransferResult.LEFT if rings_on else TransferResult.CALLER_GONE)
