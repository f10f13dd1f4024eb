"""Handing over: hook flash, dial tone, extension, and listening until somebody has really answered (R15, R16, R20).

Four ways, of which each person may have their own: *blind* leaves as soon as the number is dialled, *ring* as soon as
it rings, *answered* as soon as somebody answers; *briefed* tells the colleague first who it is, and they say by a key
whether they take the call (R17). Hanging up makes the PBX join the two. Whoever is left before an answer comes back
here if nobody answers: the PBX rings this line again (T7), and the office knows the caller.

Busy, no answer, a wrong number and a refusal fetch the caller back, each by the recipe of this PBX. What it sends as
keys is believed before what it sounds like, and that before what time tells.
"""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acd.staff import Person
from appliance.acts import Dial, Doing, Hear, Heard, Moment, ReportTransfer, StillThere
from appliance.call import TransferResult
from appliance.scripts.briefing import brief
from appliance.scripts.consult import consult, fetch_back
from appliance.scripts.verbs import say
from appliance.settings import PbxSettings
from appliance.toll import Recipe

REFUSED = {
    Heard.BUSY: TransferResult.BUSY,
    Heard.DO_NOT_DISTURB: TransferResult.DO_NOT_DISTURB,
    Heard.CONGESTION: TransferResult.UNOBTAINABLE,
    Heard.SIT: TransferResult.UNOBTAINABLE,
    Heard.FAX: TransferResult.MACHINE,
}
ANSWERED = (Heard.ANSWERED, Heard.VOICE, Heard.NO_TONE)
HANDED_OVER = (TransferResult.TAKEN, TransferResult.LEFT)
"""After these the script ends, and the performer hangs up: that is what hands the caller over."""
GONE = (TransferResult.CALLER_GONE, TransferResult.FLASH_TOO_LONG)
"""After these there is no caller any more."""
STILL_WITH_US = (TransferResult.NO_DIAL_TONE,)


async def transfer(person: Person, plan: Plan) -> TransferResult:
    """Put the caller through to `person`; on anything but `HANDED_OVER` they are back, or have `GONE`."""
    await Doing(f"being put through to {person.name}")
    await say("putting-through", person=person.name, position=person.position, number=person.extension)
    await StillThere()  # nobody is put through who has gone (R23)
    began = await Moment()
    result = await consult(plan.pbx) or await reach(person, plan)
    if result not in (*HANDED_OVER, *GONE, *STILL_WITH_US):
        recipe = way_back(result, plan.pbx)
        if not await fetch_back(recipe, plan.pbx, (plan.caller_id.number, person.extension)):
            rings_on = recipe.hang_up and result is TransferResult.NO_ANSWER  # somebody may have answered meanwhile
            result = TransferResult.LEFT if rings_on else TransferResult.CALLER_GONE
    await ReportTransfer(person, result, ((await Moment()) - began).total_seconds())
    return result


async def reach(person: Person, plan: Plan) -> TransferResult:
    """Dial, listen as long as this person's way wants it, and brief them if it wants that (T2 to T5)."""
    way, pbx = person.handover or plan.handover.way, plan.pbx
    if pbx.hold_code:
        await Dial(pbx.hold_code)
    await Dial(person.extension)
    if way == "blind":
        return TransferResult.LEFT
    verdict = await Hear(frozenset({Heard.RINGBACK, Heard.ANSWERED, Heard.VOICE, *REFUSED}), pbx.verdict_s)
    if verdict is Heard.BUSY and pbx.camp_on and way == "ring":
        return TransferResult.LEFT
    if verdict is Heard.RINGBACK and way == "ring":
        return TransferResult.LEFT
    if verdict is Heard.RINGBACK:
        verdict = await Hear(frozenset({*ANSWERED, *REFUSED}), pbx.no_answer_s, plan.ringback_over_s)
    if verdict not in ANSWERED:
        return REFUSED.get(verdict, TransferResult.NO_ANSWER)
    return await brief(person, plan) if way == "briefed" else TransferResult.TAKEN


def way_back(result: TransferResult, pbx: PbxSettings) -> Recipe:
    """How to fetch the caller back after this result."""
    match result:
        case TransferResult.BUSY | TransferResult.DO_NOT_DISTURB:
            return Recipe.read(pbx.back_from_busy)
        case TransferResult.UNOBTAINABLE:
            return Recipe.read(pbx.back_from_reorder)
        case TransferResult.REFUSED | TransferResult.MESSAGE | TransferResult.MACHINE:
            return Recipe.read(pbx.back_from_refusal)
    return Recipe.read(pbx.back_from_no_answer)
