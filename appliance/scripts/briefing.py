"""Briefing the colleague before they take the call: who it is, about what, how long they have waited (R17)."""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acd.staff import Person
from appliance.acts import AskBriefing, Brief, Briefed, Doing, Sentence, sentence
from appliance.call import Briefing, TransferResult

TAKE, BACK, MESSAGE = "123"

NO_KEY = {"take": TransferResult.TAKEN, "back": TransferResult.REFUSED, "message": TransferResult.MESSAGE}
"""What becomes of a call for which no key was pressed; where a key is asked for, an answering machine presses none."""
KEY = {TAKE: TransferResult.TAKEN, BACK: TransferResult.REFUSED, MESSAGE: TransferResult.MESSAGE}


async def brief(person: Person, plan: Plan) -> TransferResult:
    """Whisper who is calling to the colleague who has just answered, and learn whether they take the call."""
    await Doing(f"being announced to {person.name}")
    told = whisper(await AskBriefing())
    answer: Briefed = await Brief((*told, sentence("brief-keys")), "".join(KEY), plan.handover.key_s)
    if answer.gone:
        return TransferResult.NO_ANSWER  # they have put the phone down, and nobody has to be sent away any more
    return KEY.get(answer.key) or NO_KEY[plan.handover.no_key]


def whisper(briefing: Briefing) -> tuple[Sentence, ...]:
    """Who calls, in their own words where there are some, how long they waited, how often they called today."""
    caller = briefing.caller_id
    told = [sentence("brief-caller", name=caller.name, number=caller.number)]
    if briefing.matter:
        told.append(sentence("recording", name=briefing.matter))
    minutes = round(briefing.waited_s / 60)
    if minutes:
        told.append(sentence("brief-waited", high=min(minutes, 15)))
    if briefing.calls_today > 1:
        told.append(sentence("brief-calls-today", count=briefing.calls_today))
    return tuple(told)
