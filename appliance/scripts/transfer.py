"""Handing over: hook flash, dial tone, extension, and listening until somebody has really answered (R15, R16, R20).

The box keeps the line until the third party answers, and only then hangs up, which makes the PBX join the two. Busy,
no answer and wrong numbers fetch the caller back. While the line is flashed we cannot hear the caller: whether they
are still there is known only when they are back.
"""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acd.staff import Person
from appliance.acts import Dial, Doing, Flash, Hear, Heard, Moment, ReportTransfer, StillThere
from appliance.call import TransferResult
from appliance.scripts.verbs import say
from appliance.settings import PbxSettings

REFUSED = {
    Heard.BUSY: TransferResult.BUSY,
    Heard.CONGESTION: TransferResult.UNOBTAINABLE,
    Heard.SIT: TransferResult.UNOBTAINABLE,
}
BACK_S = 3.0
"""How long to listen, after the flash back, for a tone that should not be there (facts: T6)."""


async def transfer(person: Person, plan: Plan) -> TransferResult:
    """Put the caller through to `person`; on anything but `TAKEN` the caller is back, or known to have gone."""
    await Doing(f"being put through to {person.name}")
    await say("putting-through", person=person.name, position=person.position, number=person.extension)
    await StillThere()  # nobody is put through who has gone (R23)
    began = await Moment()
    await Flash()
    result = await reach(person.extension, plan.pbx, plan.ringback_over_s)
    if result is not TransferResult.TAKEN and not await fetch_back(plan.pbx):
        result = TransferResult.CALLER_GONE
    await ReportTransfer(person, result, ((await Moment()) - began).total_seconds())
    return result


async def reach(extension: str, pbx: PbxSettings, ringback_over_s: float) -> TransferResult:
    """Dial and listen to the end: did somebody answer? (T1 to T5 of the hand-over.)"""
    if await Hear(frozenset({Heard.DIAL_TONE}), pbx.dial_tone_s) is not Heard.DIAL_TONE:
        return TransferResult.NO_DIAL_TONE
    await Dial(extension)
    verdict = await Hear(frozenset({Heard.RINGBACK, Heard.VOICE, *REFUSED}), pbx.verdict_s)
    if verdict is Heard.RINGBACK:
        verdict = await Hear(frozenset({Heard.VOICE, Heard.NO_TONE, *REFUSED}), pbx.no_answer_s, ringback_over_s)
    if verdict in (Heard.VOICE, Heard.NO_TONE):
        return TransferResult.TAKEN
    return REFUSED.get(verdict, TransferResult.NO_ANSWER)


async def fetch_back(pbx: PbxSettings) -> bool:
    """Flash back to the caller (T6); `False` when the PBX has nobody there any more."""
    for _ in range(2):
        await Flash(pbx.flashes_to_retrieve)
        tones = frozenset({Heard.NO_TONE, Heard.VOICE, Heard.BUSY, Heard.CONGESTION, Heard.DIAL_TONE})
        if await Hear(tones, BACK_S) in (Heard.NO_TONE, Heard.VOICE):
            return True
    return False
