"""A call, as a receptionist takes it. Start reading here.

Every `await` asks the line or the office for something and comes back with the answer. When the caller hangs up,
`CallEnded` is thrown at the `await` where the script stands; whatever happens, the performer puts the line back
on-hook and writes the record.
"""

from __future__ import annotations

from appliance.acd.routing import Plan, Returning
from appliance.acts import AskRoute, Doing, LeaveQueue, Moment, Offer, Play, TakeTicket
from appliance.call import Outcome, TransferResult
from appliance.scripts.absent import prefer, somebody_there
from appliance.scripts.callback import take_callback
from appliance.scripts.closed import closed
from appliance.scripts.greeting import greeting_of
from appliance.scripts.matter import ask_matter
from appliance.scripts.message import take_message
from appliance.scripts.screening import after_screening, hand_over
from appliance.scripts.staff import attend_unknown, follow_on, key_of_caller, keyed_code, one_of_us
from appliance.scripts.verbs import answer, ask, say
from appliance.scripts.waiting import Choice, wait_for_colleague


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
    greeted = not early and await greet(plan)  # R2
    if not plan.open:
        return await closed(plan, early)  # R3
    group = await reason(plan, greeted, early)  # R6
    if group is None:
        if served := await attend_unknown(plan):
            return served
        group = plan.default
    if plan.handover.ask_matter:
        await ask_matter(plan)  # R17: in their own words, so that nobody explains it twice
    await TakeTicket(group)  # from here on the caller has a place in the queue
    next_step = await somebody_there(plan, group)  # R15
    if next_step is None:
        await say("please-hold")  # R10: nobody is put on hold without being told
    return await put_through(plan, next_step)


async def put_through(plan: Plan, next_step: Offer | Choice | None) -> Outcome:
    """From colleague to colleague until one takes the call, or the caller prefers something else."""
    failures, began = 0, await Moment()
    while isinstance(next_step := next_step or await wait_for_colleague(plan, began), Offer):  # R10, R11
        person = next_step.person
        match result := await hand_over(person, plan):  # R16 to R19: verified and briefed, or screened
            case TransferResult.TAKEN | TransferResult.LEFT | TransferResult.JOINED:
                return Outcome.TRANSFERRED
            case TransferResult.CALLER_GONE:
                return Outcome.ABANDONED
            case TransferResult.FLASH_TOO_LONG:
                return Outcome.BROKEN
            case _ if person.protected:
                next_step = await after_screening(person, result)
                continue
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
            next_step = await prefer(person.deputies)

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


async def reason(plan: Plan, greeted: bool, early: str = "") -> str | None:
    """The group for what the caller presses; the default group for who presses nothing (R6).

    `None`: they have keyed in the code of the staff.
    """
    if not plan.choices:
        return None if not greeted and await keyed_code(plan, early) else plan.default
    await Doing("choosing from the menu")
    menu: list[tuple[str, dict[str, str | int]]] = [
        ("menu-choice", {"group": group, "key": key}) for key, group in plan.choices
    ]
    choices = dict(plan.choices)
    key = await ask(*menu, keys="".join(choices), code=plan.staff_code, early=early)
    return None if key and key == plan.staff_code else choices.get(key, plan.default)
