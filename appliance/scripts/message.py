"""Taking a message: recorded to disk as it comes, filed as a card (R11, R22)."""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import Doing, Ending, MakeCard, Record
from appliance.call import Outcome
from appliance.faults import CallEnded
from appliance.scripts.verbs import goodbye, say


async def take_message(plan: Plan) -> Outcome:
    """Ask the caller to speak, record, thank. Hanging up at the end of the message is the usual way to end it."""
    await Ending(Outcome.ABANDONED)
    await Doing("leaving a message")
    await say("message-after-tone")
    await say("beep")
    await Ending(Outcome.MESSAGE)
    name = f"messages/call-{plan.call:06d}.wav"
    try:
        await Record(name)
    except CallEnded:
        await MakeCard(plan.caller_id.number, recording=name)
        raise
    await MakeCard(plan.caller_id.number, recording=name)
    await say("message-thanks")
    return await goodbye(plan, Outcome.MESSAGE)
