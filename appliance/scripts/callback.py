"""Taking a callback: the number confirmed, the time agreed, the promise stored (R21, R22).

A caller who hangs up in the middle still leaves a card with what is known.
"""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import Collect, Doing, Ending, MakeCard
from appliance.call import Outcome
from appliance.faults import CallEnded
from appliance.scripts.verbs import ask, goodbye, say

TIMES = {"1": "as soon as possible", "2": "this afternoon", "3": "tomorrow morning"}
URGENTLY = "urgently"
LONGEST_NUMBER = 20
SHORTEST_NUMBER = 3


async def take_callback(plan: Plan, *, urgent: bool = False) -> Outcome:
    """Offer to call back, take number and time, promise it, say goodbye. Where it is urgent the time is not asked."""
    await Ending(Outcome.ABANDONED)
    await Doing("leaving a callback")
    number, when = plan.caller_id.number, URGENTLY if urgent else TIMES["1"]
    try:
        await say("emergency-callback" if urgent else "callback-offer")
        number = await ask_number(number)
        if number and not urgent:
            when = TIMES.get(await ask(("callback-when", {}), keys="123"), when)
    except CallEnded:
        if number:
            await MakeCard(number, when)
            await Ending(Outcome.CALLBACK)
        raise
    if not number:
        return await goodbye(plan, Outcome.INFORMED)
    await MakeCard(number, when)
    await Ending(Outcome.CALLBACK)
    await say("callback-promised", when=when)
    return await goodbye(plan, Outcome.CALLBACK)


async def ask_number(known: str) -> str:
    """The number to call: the caller ID confirmed by one key, or keyed in and read back. Empty: nothing to be had.

    A caller who confirms nothing keeps the number they called from: better a callback too many than a caller lost.
    """
    if known and await ask(("callback-confirm-number", {"number": known}), keys="12") != "2":
        return known
    for _ in range(2):
        await say("callback-enter-number")
        keyed = "".join(key for key in await Collect(LONGEST_NUMBER, 10.0) if key.isdigit())
        if len(keyed) < SHORTEST_NUMBER:
            continue
        if await ask(("callback-number-readback", {"number": keyed}), keys="12") != "2":
            return keyed
    return known
