"""The office is closed: say when it opens, and take a callback or a message (R3)."""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import Doing
from appliance.call import Outcome
from appliance.scripts.callback import take_callback
from appliance.scripts.message import take_message
from appliance.scripts.staff import attend_unknown
from appliance.scripts.verbs import ask, goodbye, say


async def closed(plan: Plan, early: str = "") -> Outcome:
    """Tell when somebody will be here; a caller who chooses nothing has been told and is thanked.

    `early` is a key that they pressed before anything was said. Colleagues may use the box at any hour (R31).
    """
    await Doing("hearing that we are closed")
    opens = "" if plan.opens is None else plan.opens.isoformat(timespec="minutes")
    if not early:
        await say("closed", opens=opens, now=plan.moment.isoformat(timespec="minutes"))
    match await ask(("closed-choices", {}), keys="12", code=plan.staff_code, early=early):
        case "1":
            return await take_callback(plan)
        case "2":
            return await take_message(plan)
        case code if code and (served := await attend_unknown(plan)):
            return served
    return await goodbye(plan, Outcome.INFORMED)
