"""Something broke in the middle of a call: apologise, and put the caller through to a person."""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import AskOperator, AskRoute, Doing, Ending
from appliance.call import Outcome
from appliance.scripts.callback import take_callback
from appliance.scripts.screening import hand_over
from appliance.scripts.transfer import HANDED_OVER
from appliance.scripts.verbs import say


async def trouble() -> Outcome:
    """Transfer to the operator; where that fails, take a callback (degrade towards the caller)."""
    await Ending(Outcome.ABANDONED)
    await Doing("being helped after a problem")
    plan: Plan = await AskRoute()
    operator = await AskOperator()
    await say("trouble" if operator else "trouble-callback")
    if operator and await hand_over(operator, plan) in HANDED_OVER:
        return Outcome.TRANSFERRED
    return await take_callback(plan)
