"""Callers who are not put through: those on the owner's list, sellers, and who dialled another number (R6, R7).

Each of them is told so politely, in a phrase of ours or in the owner's own words, and nobody else is disturbed.
"""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import Collect, Doing, Ending, Play
from appliance.call import Outcome
from appliance.prompts import own_words, turned_away
from appliance.scripts.callback import take_callback
from appliance.scripts.message import take_message
from appliance.scripts.verbs import EXIT, LAST_WORD_S, ask, goodbye, say


async def turn_away(plan: Plan) -> Outcome:
    """Say what the owner wants them to hear, and nothing else; there is no card for them (R7)."""
    await Ending(Outcome.TURNED_AWAY)
    await Doing("being turned away")
    await Play(turned_away(plan.blocked))
    await Collect(1, LAST_WORD_S, silence_counts=False)
    return Outcome.TURNED_AWAY


async def thank_seller(plan: Plan) -> Outcome | None:
    """Offers are taken in writing; they may leave name and number. `None`: they want to speak to somebody (R6)."""
    await Doing("hearing where to send an offer")
    await Ending(Outcome.INFORMED)
    if plan.seller_words:
        await Play(own_words(plan.seller_words))
    else:
        await say("seller")
    match await ask(("seller-choices", {}), keys="1" + EXIT):
        case "1":
            return await take_message(plan)
        case "0":
            return None
    return await goodbye(plan, Outcome.INFORMED)


async def tell_who_we_are(plan: Plan) -> Outcome | str:
    """A caller who may have wanted another number hears whom they have reached. A key: it is us they want (R6)."""
    await Doing("hearing whom they have reached")
    await Ending(Outcome.INFORMED)
    await say("not-us", company=plan.company)
    key = await ask(("not-us-choices", {}), keys="1" + EXIT)
    return key or await goodbye(plan, Outcome.INFORMED)


async def not_now(plan: Plan, why: str) -> Outcome:
    """Nobody can take this call, and `why` is the sentence that says so: a callback or a message at once (R7, R13)."""
    await say(why)
    match await ask(("closed-choices", {}), keys="12"):
        case "1":
            return await take_callback(plan)
        case "2":
            return await take_message(plan)
    return await take_callback(plan)  # R21: whoever stays on the line is not sent away
