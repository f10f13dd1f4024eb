"""A colleague records the greeting that callers hear on this line, or goes back to the spoken one (R2, R31)."""

from __future__ import annotations

from dataclasses import replace

from appliance.acd.routing import Plan
from appliance.acd.staff import Person
from appliance.acts import Play, Record, Sentence, sentence
from appliance.faults import CallEnded
from appliance.scripts.verbs import ask, say
from appliance.speller import daypart
from appliance.staffacts import AskGreeting, ForgetRecording, KeepGreeting

LONGEST_S = 30.0
SHORTEST_S = 1.0
"""A greeting is longer than that; what is shorter was a key pressed by mistake."""
PAUSE_S = 3.0
TAKES = 3
KEEP, AGAIN, DROP = "123"


def greeting_of(plan: Plan) -> Sentence:
    """What a caller is greeted with: the recording where there is one, else the spoken words."""
    return sentence(
        "greeting",
        daypart=daypart(plan.moment),
        company=plan.company,
        department=plan.department,
        recording=plan.greeting,
    )


async def arrange_greeting(plan: Plan, person: Person) -> None:
    """Record, hear, or take back."""
    match await ask(("staff-greeting", {"company": plan.company}), keys="120"):
        case "1":
            await record(plan, person)
        case "2":
            await say("staff-greeting-hear")
            await Play((greeting_of(replace(plan, greeting=await AskGreeting())),))
        case "0":
            await KeepGreeting("", person.name)
            await say("staff-greeting-spoken")
        case _:
            await say("staff-unchanged")


async def record(plan: Plan, person: Person) -> None:
    """Have them speak it as often as they like, within reason; it is used only when they say so."""
    for take in range(1, TAKES + 1):
        name = f"greetings/call-{plan.call:06d}-{take}.wav"
        try:
            wish = await one_take(plan, name)
        except CallEnded:
            await ForgetRecording(name)
            raise
        if wish == KEEP:
            await KeepGreeting(name, person.name)
            await say("staff-greeting-kept")
            return
        await ForgetRecording(name)
        if wish != AGAIN:
            break
    await say("staff-unchanged")


async def one_take(plan: Plan, name: str) -> str:
    """Record it and play it as callers will hear it; the key for what to do with it."""
    await say("staff-greeting-speak")
    await say("beep")
    recording = await Record(name, LONGEST_S, PAUSE_S)
    if recording.seconds < SHORTEST_S:
        await say("staff-greeting-short")
        return AGAIN
    await say("staff-greeting-hear")
    await Play((greeting_of(replace(plan, greeting=name)),))
    return await ask(("staff-greeting-keep", {}), keys=KEEP + AGAIN + DROP)
