"""A call, as a receptionist takes it. Start reading here.

Every `await` asks the line or the office for something and comes back with the answer. When the caller hangs up,
`CallEnded` is thrown at the `await` where the script stands; whatever happens, the performer puts the line back
on-hook and writes the record.
"""

from __future__ import annotations

from appliance.acd.routing import Plan, Returning
from appliance.acts import AskRoute, Doing, Ending, LeaveQueue, Moment, Offer, Play, SpeakLanguage, TakeTicket
from appliance.call import Outcome, TransferResult
from appliance.scripts.absent import prefer, somebody_there
from appliance.scripts.callback import take_callback
from appliance.scripts.closed import closed
from appliance.scripts.elsewhere import Choice
from appliance.scripts.greeting import greeting_of
from appliance.scripts.language import choose_language
from appliance.scripts.matter import ask_matter
from appliance.scripts.message import take_message
from appliance.scripts.reason import Wish, reason
from appliance.scripts.screening import after_screening, hand_over
from appliance.scripts.staff import follow_on, key_of_caller, one_of_us
from appliance.scripts.transfer import ended_by
from appliance.scripts.unwanted import not_now, turn_away
from appliance.scripts.verbs import answer, say
from appliance.scripts.waiting import before_the_music, wait_for_colleague


async def reception() -> Outcome:
    """Answer, greet, learn the matter, put the caller through; nobody is lost."""
    await answer()  # R1: when the caller ID is in, by the second ring
    plan = await AskRoute()  # which company, which hours, which groups
    if plan.returning:
        await welcome_back(plan.returning)  # T7: they were left ringing, in vain
        return await put_through(plan, None)
    keys = await follow_on(plan)
    if served := await one_of_us(plan, keys):
        return served  # R31: no caller, but a colleague
    return await receive(plan, key_of_caller(keys, plan))


async def receive(plan: Plan, early: str = "") -> Outcome:
    """Greet somebody from outside, learn the matter, put them through; `early` is what they keyed in before that."""
    await SpeakLanguage(plan.language)  # R4: as far as it is known already
    if plan.blocked:
        return await turn_away(plan)  # R7
    greeted = not early and await greet(plan)  # R2
    early = await choose_language(plan, early)  # R4
    if not plan.open:
        return await closed(plan, early)  # R3
    wish = await reason(plan, greeted, early)  # R5, R6
    return await serve(wish) if isinstance(wish, Wish) else wish


async def serve(wish: Wish) -> Outcome:
    """Find somebody for a caller who has said whom they want."""
    plan = wish.plan
    await Ending(Outcome.ABANDONED)  # R23: who hangs up from here on is called back
    if plan.asks_matter(wish.group):
        await ask_matter(plan)  # R17: in their own words, so that nobody explains it twice
    if not await TakeTicket(wish.group, wish.prefers):  # from here on the caller has a place in the queue
        return await not_now(plan, "queue-full")  # R13
    next_step = await somebody_there(plan, wish.group)  # R15
    if next_step is None:
        next_step = await before_the_music(plan, wish.group)  # R10, R12
    return await put_through(plan, next_step)


async def put_through(plan: Plan, next_step: Offer | Choice | None) -> Outcome:
    """From colleague to colleague until one takes the call, or the caller prefers something else."""
    failures, began = 0, await Moment()
    while isinstance(next_step := next_step or await wait_for_colleague(plan, began), Offer):  # R10, R11
        person = next_step.person
        result = await hand_over(person, plan)  # R16 to R19: verified and briefed, or screened
        if outcome := ended_by(result):
            return outcome
        if person.protected:
            next_step = await after_screening(person, result, plan)
            continue
        match result:
            case TransferResult.BUSY | TransferResult.DO_NOT_DISTURB:
                await say("person-busy", person=person.name)
            case TransferResult.NO_ANSWER | TransferResult.MACHINE:
                await say("person-no-answer", person=person.name)
            case TransferResult.REFUSED:
                await say("person-refused", person=person.name)
            case TransferResult.MESSAGE:
                await say("person-refused", person=person.name)
                next_step = Choice.MESSAGE
                break
            case _:
                await say("still-looking")  # the caller is back, in the old place
        failures += 1
        next_step = None
        if failures % plan.handover.failures == 0:  # R15: after three, the caller is asked
            await say("what-now")
            next_step = await prefer(plan, person.deputies)

    await LeaveQueue()
    match next_step:
        case Choice.MESSAGE:
            return await take_message(plan)
        case Choice.NOBODY_FREE:
            await say("nobody-free")  # R13: nobody is trapped in the queue
    return await take_callback(plan)  # R21: never "call again later"


async def welcome_back(returning: Returning) -> None:
    """A caller whom nobody answered where they were left ringing is back in the old place of the queue."""
    await Doing("back from a telephone that nobody answered")
    await TakeTicket(returning.group)
    await say("person-no-answer", person=returning.person.name)


async def greet(plan: Plan) -> bool:
    """Time of day, company, department (R2), or what a colleague has recorded; `False`: a key cut it short."""
    await Doing("being greeted")
    return await Play((greeting_of(plan),))
