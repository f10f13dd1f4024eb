"""The office's standing information in the owner's own words: hours, address, reception days (R3)."""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import Doing, Ending, Play
from appliance.call import Outcome
from appliance.prompts import own_words


async def tell_information(plan: Plan) -> None:
    """Say it; whoever hangs up from here on has had what they called for, until they want something else."""
    await Doing("hearing the information")
    await Ending(Outcome.INFORMED)
    if plan.information:
        await Play(own_words(plan.information))
