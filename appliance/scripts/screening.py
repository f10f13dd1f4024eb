"""Screening: nobody is put through to a protected person who has not heard, and decided, who it is (R18).

The caller says their name and company, and what they want. The assistant hears it first, else the person: 1 takes the
call, each further key has the caller told one of the office's polite phrases, 9 wants a message, and by 0 the
assistant leaves it to the person asked for. Whoever presses nothing, as answering machines do, takes no call. No caller
hears that it was the person who did not want to speak with them.
"""

from __future__ import annotations

from functools import partial

from appliance.acd.routing import Plan
from appliance.acd.staff import Person
from appliance.acts import AskBriefing, AskFor, Brief, Doing, Offer, Play, Sentence, StillThere, sentence
from appliance.call import TransferResult
from appliance.prompts import refusal
from appliance.scripts.about import about
from appliance.scripts.absent import prefer
from appliance.scripts.briefing import Answer
from appliance.scripts.conference import take
from appliance.scripts.elsewhere import Choice
from appliance.scripts.matter import ask_matter, ask_who
from appliance.scripts.transfer import GONE, HANDED_OVER, attempt, transfer
from appliance.scripts.verbs import say

TAKE, PASS_ON, MESSAGE = "1", "0", "9"
DECIDED = (*HANDED_OVER, *GONE, TransferResult.REFUSED, TransferResult.MESSAGE)
"""After these nobody else has to be asked."""


async def hand_over(person: Person, plan: Plan) -> TransferResult:
    """Put the caller through, or have them screened, as this person wants it."""
    return await (screen if person.protected else transfer)(person, plan)


async def screen(person: Person, plan: Plan) -> TransferResult:
    """Learn who it is, and have the assistant or `person` decide. After `REFUSED` the caller has heard a phrase."""
    known = await AskBriefing()
    if known.who is None:
        await ask_who(plan)
    if known.matter is None:
        await ask_matter(plan)
    await Doing(f"waiting for word from {person.name}")
    await say("screen-moment", person=person.name)
    await StillThere()
    answer = await ask_assistant(person, plan)
    if answer.result not in DECIDED:
        answer = await attempt(person, plan, "briefed", partial(decide, person))
    if answer.result is TransferResult.REFUSED:
        await Play((refusal(plan.handover.refusals[int(answer.key) - 2], person.name),))  # and never more than this
    return answer.result


async def ask_assistant(person: Person, plan: Plan) -> Answer:
    """Let the assistant decide, if there is one who can be asked now."""
    extension = person.assistant
    offer = await AskFor((extension,)) if extension not in ("", person.extension) else None
    if offer is None:
        return Answer(TransferResult.NO_ANSWER)
    answer = await attempt(offer.person, plan, "briefed", partial(decide, person))
    if answer.result not in DECIDED:
        await say("screen-still")  # they have come back to us for a moment
    return answer


async def decide(wanted: Person, person: Person, plan: Plan) -> Answer:
    """Whisper who would like to speak to `wanted`, and learn what `person` decides."""
    await Doing(f"being announced to {person.name}")
    theirs = wanted.extension == person.extension
    caller = about(await AskBriefing())
    told = sentence("screen-for-you") if theirs else sentence("screen-for", person=wanted.name)
    refusals = [str(key) for key in range(2, 2 + len(plan.handover.refusals))]
    keys = (TAKE, *refusals, MESSAGE, *(() if theirs else (PASS_ON,)))
    heard = await Brief((told, *caller, *choices(wanted, person, plan)), "".join(keys), plan.handover.key_s)
    match heard.key:
        case "1":
            return Answer(await take(person, plan))
        case "0":
            return Answer(TransferResult.PASSED_ON)
        case "9":
            return Answer(TransferResult.MESSAGE)
        case "":
            wants_message = plan.handover.no_key == "message" and not heard.gone
            if wants_message and theirs:
                return Answer(TransferResult.MESSAGE)
            return Answer(TransferResult.NO_ANSWER if heard.gone else TransferResult.MACHINE)
    return Answer(TransferResult.REFUSED, heard.key)


def choices(wanted: Person, person: Person, plan: Plan) -> tuple[Sentence, ...]:
    """What the keys do, with each phrase as the caller will hear it."""
    told = [sentence("screen-take", key=TAKE)]
    if wanted.extension != person.extension:
        told.append(sentence("screen-pass-on", person=wanted.name, key=PASS_ON))
    for key, text in enumerate(plan.handover.refusals, 2):
        told += [sentence("screen-refuse", key=str(key)), refusal(text, wanted.name)]
    return (*told, sentence("screen-message", key=MESSAGE))


async def after_screening(person: Person, result: TransferResult, plan: Plan) -> Offer | Choice | None:
    """What follows for a caller who was not put through to a protected person (R21, R13)."""
    match result:
        case TransferResult.REFUSED:
            return Choice.CALLBACK
        case TransferResult.MESSAGE:
            await say("refusal-unavailable", person=person.name)
            return Choice.MESSAGE
    await say("refusal-unavailable", person=person.name)
    return await prefer(plan, person.deputies)
