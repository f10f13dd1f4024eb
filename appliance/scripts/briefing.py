"""Briefing the colleague before they take the call: who it is, about what, how long they have waited (R17)."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.acd.routing import Plan
from appliance.acd.staff import Person
from appliance.acd.threeway import possible
from appliance.acts import AskBriefing, Brief, Doing, Sentence, sentence
from appliance.call import Briefing, TransferResult
from appliance.scripts.conference import choose_third, conference, take
from appliance.speller import LONGEST_WAIT_MIN

TAKE, BACK, MESSAGE, THREE = "1234"

NO_KEY = {"take": TransferResult.TAKEN, "back": TransferResult.REFUSED, "message": TransferResult.MESSAGE}
"""What becomes of a call for which no key was pressed; where a key is asked for, an answering machine presses none."""
KEY = {BACK: TransferResult.REFUSED, MESSAGE: TransferResult.MESSAGE}
MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an attempt, and the key that whoever answered has pressed, if it says more."""

    result: TransferResult
    key: str = ""


async def brief(person: Person, plan: Plan) -> Answer:
    """Whisper who is calling to the colleague who has just answered, and learn whether they take the call."""
    await Doing(f"being announced to {person.name}")
    told = whisper(await AskBriefing())
    keys = (sentence("brief-keys"), *((sentence("brief-key-three"),) if offers_three(plan) else ()))
    for _ in range(MOST_ROUNDS):
        answer = await Brief((*told, *keys), TAKE + BACK + MESSAGE + THREE, plan.handover.key_s)
        if answer.gone:
            return Answer(TransferResult.NO_ANSWER)  # they have put the phone down: nobody has to be sent away
        if answer.key == TAKE:
            return Answer(await take(person, plan))
        if answer.key != THREE:
            return Answer(KEY.get(answer.key) or NO_KEY[plan.handover.no_key])
        if third := await choose_third(person, plan):
            return Answer(await conference(person, third, plan))
        told = ()
    return Answer(TransferResult.REFUSED)


def offers_three(plan: Plan) -> bool:
    """Is there anything to tell colleagues of calls of three?"""
    return possible(plan.pbx) and bool(plan.handover.conference_parties)


def whisper(briefing: Briefing) -> tuple[Sentence, ...]:
    """Who calls, in their own words where there are some, how long they waited, how often they called today."""
    caller = briefing.caller_id
    told = [sentence("brief-caller", name=caller.name, number=caller.number)]
    told += [sentence("recording", name=name) for name in (briefing.who, briefing.matter) if name]
    minutes = round(briefing.waited_s / 60)
    if minutes > LONGEST_WAIT_MIN:
        told.append(sentence("brief-waited-over"))
    elif minutes:
        told.append(sentence("brief-waited", high=minutes))
    if briefing.calls_today > 1:
        told.append(sentence("brief-calls-today", count=briefing.calls_today))
    return tuple(told)
