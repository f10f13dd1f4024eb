"""Emergencies while nobody is in the office: the person on call, their deputies, else an urgent callback (R3, R13)."""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acd.staff import Person
from appliance.acts import AskFor, Doing, Invite
from appliance.call import Outcome
from appliance.scripts.callback import take_callback
from appliance.scripts.screening import hand_over
from appliance.scripts.transfer import ended_by
from appliance.scripts.verbs import say


async def emergency(plan: Plan) -> Outcome:
    """Put the caller through as at any other time: rung, answered and told; whoever answers can refuse."""
    await Doing("calling for help")
    deputies = plan.on_call.deputies if plan.on_call else ()
    person = plan.on_call if plan.on_call and await Invite(plan.on_call, wherever=True) else await first_of(deputies)
    for _ in range(1 + len(deputies)):
        if person is None:
            break
        if outcome := ended_by(await hand_over(person, plan)):
            return outcome
        await say("refusal-unavailable", person=person.name)
        person = await first_of(deputies)
    return await take_callback(plan, urgent=True)


async def first_of(deputies: tuple[str, ...]) -> Person | None:
    """The first deputy who can be rung now."""
    offer = await AskFor(deputies) if deputies else None
    return None if offer is None else offer.person
