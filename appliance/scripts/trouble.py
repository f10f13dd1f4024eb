"""Something broke in the middle of a call: apologise, and put the caller through to a person."""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import AskOperator, AskRoute, Doing, Ending
from appliance.call import Outcome, TransferResult
from appliance.scripts.callback import take_callback
from appliance.scripts.transfer import transfer
from appliance.scripts.verbs import say


async def trouble() -> Outcome:
    """Transfer to the operator; where that fails, take a callback (degrade towards the caller)."""
    await Ending(Outcome.ABANDONED)
    await Doing("being helped after a problem")
    plan: Plan = await AskRoute()
    operator = await AskOperator()
    await say("trouble" if operator else "trouble-callback")
    if operator and await transfer(operator, plan) is TransferResult.TAKEN:
        return Outcome.TRANSFERRED
    return await take_callback(plan)
