"""Taking a message: recorded to disk as it comes, heard again if they like, filed as a card (R11, R22).

The card is made as soon as there is something to hear, so that whoever hangs up then, as most do, has left a message.
A message that is recorded again takes the place of the first.
"""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import Doing, Ending, MakeCard, Play, Record, sentence
from appliance.call import Outcome
from appliance.faults import CallEnded
from appliance.scripts.callback import take_callback
from appliance.scripts.verbs import ask, goodbye, say
from appliance.staffacts import ForgetRecording

LONGEST_S = 120.0
SILENCE_S = 4.0
"""Silence that ends a message."""
SPOKEN_S = 0.3
"""Less sound than this is a key or a cough, not a message."""
TAKES = 3
HEARD_AGAIN = 3
"""How often they may listen to one take."""


async def take_message(plan: Plan) -> Outcome:
    """Ask the caller to speak, record, let them listen, thank. Who says nothing is called back instead (R21)."""
    await Ending(Outcome.ABANDONED)
    await Doing("leaving a message")
    kept = ""
    for take in range(1, TAKES + 1):
        name = f"messages/call-{plan.call:06d}{f'-{take}' if take > 1 else ''}.wav"
        if not await record(plan, name, kept):
            if kept or take == TAKES - 1:
                break
            continue
        if kept:
            await ForgetRecording(kept)
        kept = name
        if take == TAKES or await content(name):
            break
    if not kept:
        return await take_callback(plan)
    await say("message-thanks")
    return await goodbye(plan, Outcome.MESSAGE)


async def record(plan: Plan, name: str, kept: str) -> bool:
    """Record, and put it on the card. `False`: nothing was said, and what was `kept` before is kept still."""
    await say("message-after-tone")
    await say("beep")
    await Ending(Outcome.MESSAGE)
    try:
        spoken_s = (await Record(name, LONGEST_S, SILENCE_S)).spoken_s
    except CallEnded:
        await MakeCard(plan.caller_id.number, recording=name)
        raise
    if spoken_s >= SPOKEN_S:
        await MakeCard(plan.caller_id.number, recording=name)
        return True
    await ForgetRecording(name)
    if not kept:
        await Ending(Outcome.ABANDONED)
    await say("message-nothing-heard")
    return False


async def content(name: str) -> bool:
    """Let them listen to it, or record it again. Who presses nothing is content."""
    for _ in range(1 + HEARD_AGAIN):
        match await ask(("message-keep", {}), keys="123", tries=1):
            case "1":
                await Play((sentence("recording", name=name),))
            case "2":
                return False
            case _:
                break
    return True
