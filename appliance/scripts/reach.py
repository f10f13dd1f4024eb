"""Ringing a telephone from here: dial, and listen until it is known what became of it (hand-over steps T2 to T5).

What the PBX sends as keys is believed before what it sounds like, and that before what time tells.
"""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import Dial, Hear, Heard
from appliance.call import TransferResult
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


async def reach(extension: str, way: str, plan: Plan) -> TransferResult:
    """Dial with a caller on hold, and listen as long as this way of handing over wants it; see `ring`."""
    if plan.pbx.hold_code:
        await Dial(plan.pbx.hold_code)
    return await ring(extension, way, plan.pbx, plan.ringback_over_s)


async def ring(number: str, way: str, pbx: PbxSettings, ringback_over_s: float) -> TransferResult:
    """Dial, and listen as long as this way of handing over wants it; `TAKEN`: somebody has answered."""
    await Dial(number)
    if way == "blind":
        return TransferResult.LEFT
    verdict = await Hear(frozenset({Heard.RINGBACK, Heard.ANSWERED, Heard.VOICE, *REFUSED}), pbx.verdict_s)
    if verdict is Heard.BUSY and pbx.camp_on and way == "ring":
        return TransferResult.LEFT
    if verdict is Heard.RINGBACK and way == "ring":
        return TransferResult.LEFT
    if verdict is Heard.RINGBACK:
        verdict = await Hear(frozenset({*ANSWERED, *REFUSED}), pbx.no_answer_s, ringback_over_s)
    if verdict not in ANSWERED:
        return REFUSED.get(verdict, TransferResult.NO_ANSWER)
    return TransferResult.TAKEN


def way_back(result: TransferResult, pbx: PbxSettings) -> Recipe:
    """How to fetch the caller back after this result."""
    match result:
        case TransferResult.BUSY | TransferResult.DO_NOT_DISTURB:
            return Recipe.read(pbx.back_from_busy)
        case TransferResult.UNOBTAINABLE:
            return Recipe.read(pbx.back_from_reorder)
        case TransferResult.NO_ANSWER:
            return Recipe.read(pbx.back_from_no_answer)
    return Recipe.read(pbx.back_from_refusal)
