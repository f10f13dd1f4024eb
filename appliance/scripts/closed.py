"""The office is closed: say why and when it opens; a callback, a message, the information, or an emergency (R3)."""

from __future__ import annotations

from appliance.acd.routing import Closed, Plan
from appliance.acts import Doing
from appliance.call import Outcome
from appliance.scripts.callback import take_callback
from appliance.scripts.emergency import emergency
from appliance.scripts.information import tell_information
from appliance.scripts.message import take_message
from appliance.scripts.staff import attend_unknown
from appliance.scripts.verbs import EXIT, Prompt, ask, goodbye, say

WHY = {
    Closed.AFTER_HOURS: "closed",
    Closed.LUNCH: "closed-lunch",
    Closed.HOLIDAY: "closed-holiday",
    Closed.SPECIAL_DAY: "closed-special-day",
}
INFORMATION = "3"
TIMES_TOLD = 2
"""So often a caller may hear the information."""


async def closed(plan: Plan, early: str = "") -> Outcome:
    """Tell when somebody will be here; a caller who chooses nothing has been told and is thanked.

    `early` is a key that they pressed before anything was said. Colleagues may use the box at any hour (R31).
    """
    await Doing("hearing that we are closed")
    opens = "" if plan.opens is None else plan.opens.isoformat(timespec="minutes")
    if not early:
        await say(WHY[plan.closed or Closed.AFTER_HOURS], opens=opens, now=plan.moment.isoformat(timespec="minutes"))
    menu, keys = choices(plan)
    for _ in range(1 + TIMES_TOLD):
        match await ask(*menu, keys=keys, code=plan.staff_code, early=early):
            case "1":
                return await take_callback(plan)
            case "2":
                return await take_message(plan)
            case "3":
                await tell_information(plan)
            case "0":
                return await emergency(plan) if plan.on_call else await take_callback(plan)
            case code:
                if code and (served := await attend_unknown(plan)):
                    return served
                break
        early = ""
    return await goodbye(plan, Outcome.INFORMED)


def choices(plan: Plan) -> tuple[list[Prompt], str]:
    """What callers may choose, the most urgent first, and the keys for it."""
    menu: list[Prompt] = [("closed-emergency", {})] if plan.on_call else []
    menu += [("closed-information", {})] if plan.information else []
    return [*menu, ("closed-choices", {})], "12" + EXIT + (INFORMATION if plan.information else "")
