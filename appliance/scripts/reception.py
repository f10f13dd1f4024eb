"""A call, as a receptionist takes it. Start reading here.

Every `await` asks the line or the office for something and comes back with the answer. When the caller hangs up,
`CallEnded` is thrown at the `await` where the script stands; whatever happens, the performer puts the line back
on-hook and writes the record.
"""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import AskRoute, Doing, Offer, TakeTicket
from appliance.call import Outcome, TransferResult
from appliance.prompts import daypart
from appliance.scripts.callback import take_callback
from appliance.scripts.closed import closed
from appliance.scripts.message import take_message
from appliance.scripts.transfer import transfer
from appliance.scripts.verbs import answer, ask, say
from appliance.scripts.waiting import Choice, wait_for_colleague


async def reception() -> Outcome:
    """Answer, greet, learn the matter, put the caller through; nobody is lost."""
    await answer()  # R1: when the caller ID is in, by the second ring
    plan = await AskRoute()  # which company, which hours, which groups
    await greet(plan)  # R2
    if not plan.open:
        return await closed(plan)  # R3
    await TakeTicket(await reason(plan))  # R6; from here on the caller has a place in the queue
    await say("please-hold")  # R10: nobody is put on hold without being told

    while isinstance(next_step := await wait_for_colleague(plan), Offer):  # R10, R11: music, back every 40 seconds
        match await transfer(next_step.person, plan):  # R16: verified
            case TransferResult.TAKEN:
                return Outcome.TRANSFERRED
            case TransferResult.CALLER_GONE:
                return Outcome.ABANDONED
            case TransferResult.BUSY:
                await say("person-busy", person=next_step.person.name)
            case TransferResult.NO_ANSWER:
                await say("person-no-answer", person=next_step.person.name)
            case _:
                await say("still-looking")  # the caller is back, in the old place

    match next_step:
        case Choice.MESSAGE:
            return await take_message(plan)
        case Choice.NOBODY_FREE:
            await say("nobody-free")  # R13: nobody is trapped in the queue
    return await take_callback(plan)  # R21: never "call again later"


async def greet(plan: Plan) -> None:
    """Time of day, company, department (R2)."""
    await Doing("being greeted")
    await say("greeting", daypart=daypart(plan.moment), company=plan.company, department=plan.department)


async def reason(plan: Plan) -> str:
    """The group for what the caller presses; the default group for who presses nothing (R6)."""
    if not plan.choices:
        return plan.default
    await Doing("choosing from the menu")
    menu: list[tuple[str, dict[str, str | int]]] = [
        ("menu-choice", {"group": group, "key": key}) for key, group in plan.choices
    ]
    choices = dict(plan.choices)
    return choices.get(await ask(*menu, keys="".join(choices)), plan.default)
