"""The office is closed: say when it opens, and take a callback or a message (R3)."""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import Doing
from appliance.call import Outcome
from appliance.scripts.callback import take_callback
from appliance.scripts.message import take_message
from appliance.scripts.verbs import ask, goodbye, say


async def closed(plan: Plan) -> Outcome:
    """Tell when somebody will be here; a caller who chooses nothing has been told and is thanked."""
    await Doing("hearing that we are closed")
    opens = "" if plan.opens is None else plan.opens.isoformat(timespec="minutes")
    await say("closed", opens=opens, now=plan.moment.isoformat(timespec="minutes"))
    match await ask(("closed-choices", {}), keys="12"):
        case "1":
            return await take_callback(plan)
        case "2":
            return await take_message(plan)
    return await goodbye(plan, Outcome.INFORMED)
