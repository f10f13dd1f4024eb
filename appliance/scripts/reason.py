"""Why somebody calls: the colleague who knows them, the menu, and what its keys lead to (R5, R6).

A caller who presses nothing is taken for one who wants somebody to answer, and so is one who presses 0 in any menu.
Nobody goes round for ever: after some turns they are put to whoever answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from appliance.acd.routing import Destination, Familiar, Leads, Plan
from appliance.acd.staff import Presence
from appliance.acts import Collect, Doing, Moment, Play, WhoIsThere, sentence
from appliance.call import Outcome
from appliance.scripts.callback import take_callback
from appliance.scripts.closed import closed
from appliance.scripts.directory import find_by_extension, find_by_name, identify_customer
from appliance.scripts.emergency import emergency
from appliance.scripts.information import tell_information
from appliance.scripts.message import take_message
from appliance.scripts.staff import attend_unknown, keyed_code
from appliance.scripts.unwanted import not_now, tell_who_we_are, thank_seller, turn_away
from appliance.scripts.verbs import EXIT, Prompt, ask

MOST_TURNS = 6
FAMILIAR = "1"
FAMILIAR_WAIT_S = 3.0
"""The menu follows, so nobody should wait long for it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom a caller wants to speak to: a group, or one person by extension; `prefers` is whom they would like best."""

    plan: Plan
    group: str
    prefers: str = ""


async def reason(plan: Plan, greeted: bool, early: str = "", turns: int = MOST_TURNS) -> Wish | Outcome:
    """Learn what the caller wants. An outcome: they have been served without anybody."""
    way = plan.goes_to
    if way is None and greeted and not early and plan.familiar:
        early = await offer_familiar(plan.familiar)
        if early == FAMILIAR:
            return Wish(plan, plan.default, plan.familiar.person.extension)
    for left in range(turns, 0, -1):
        key = "" if way else await key_pressed(plan, greeted, early)
        if key and key == plan.staff_code:
            return await attend_unknown(plan) or somebody(plan)
        way = way or dict(plan.menu).get(key)
        if way is None:
            return somebody(plan) if key else Wish(plan, plan.default)
        step = await lead(plan, way)
        if isinstance(step, Plan):
            return await known_by_now(step, left - 1)
        if step is not None:
            return step
        way, greeted, early = None, True, ""
    return somebody(plan)


async def known_by_now(plan: Plan, turns: int) -> Wish | Outcome:
    """The caller has said who they are, which may change everything."""
    if plan.blocked:
        return await turn_away(plan)
    if not plan.open:
        return await closed(plan)
    return await reason(plan, True, turns=turns)


async def lead(plan: Plan, way: Destination) -> Wish | Outcome | Plan | None:
    """Go one way of the menu. `None`: it led back to the menu; a plan: the caller has said who they are."""
    match way.leads:
        case Leads.GROUP | Leads.PERSON:
            return Wish(plan, way.to)
        case Leads.SELLER:
            return await thank_seller(plan) or somebody(plan)
        case Leads.WRONG_NUMBER:
            answer = await tell_who_we_are(plan)
            return answer if isinstance(answer, Outcome) else somebody(plan) if answer == EXIT else None
        case Leads.INFORMATION:
            await tell_information(plan)
            return None
        case Leads.BY_NAME:
            return found(plan, await find_by_name())
        case Leads.EXTENSION:
            return found(plan, await find_by_extension())
        case Leads.CUSTOMER_NUMBER:
            customer = await identify_customer()
            return customer if isinstance(customer, Plan) else found(plan, customer)
        case Leads.CALLBACK if way == plan.goes_to:
            return await not_now(plan, "not-at-this-hour")  # R7: quiet hours, or callers only at certain hours
        case Leads.CALLBACK:
            return await take_callback(plan)
        case Leads.MESSAGE:
            return await take_message(plan)
        case Leads.ON_CALL:
            return await emergency(plan)


def found(plan: Plan, extension: str) -> Wish | None:
    """Whoever was found at `extension`, or whoever answers, if they pressed the key for that; `None`: nobody."""
    return somebody(plan) if extension == EXIT else Wish(plan, extension) if extension else None


def somebody(plan: Plan) -> Wish:
    """Whoever answers: the operator, or the group that takes callers who choose nothing."""
    return Wish(plan, plan.default, plan.operator)


async def offer_familiar(familiar: Familiar) -> str:
    """Offer the colleague who knows this caller, if they are there (R15); the key pressed, perhaps for the menu."""
    person = familiar.person
    if any(who.presence is not Presence.IN for who in await WhoIsThere(extensions=(person.extension,))):
        return ""
    if familiar.helped is None:
        offer = sentence("familiar-looks-after", person=person.name, key=FAMILIAR)
    else:
        helped, now = familiar.helped.isoformat(), (await Moment()).isoformat()
        offer = sentence("familiar-helped", person=person.name, key=FAMILIAR, day=helped, now=now)
    await Doing("choosing somebody they know")
    await Play((offer,))
    return await Collect(1, FAMILIAR_WAIT_S, end="")


async def key_pressed(plan: Plan, greeted: bool, early: str) -> str:
    """The key pressed in the menu, or the code of the staff; nothing where there is no menu, or no key was pressed."""
    if not plan.menu:
        return plan.staff_code if not greeted and await keyed_code(plan, early) else ""
    await Doing("choosing from the menu")
    menu = [await told(key, way) for key, way in plan.menu]
    keys = "".join(key for key, _ in plan.menu)
    return await ask(*menu, keys=keys + EXIT, code=plan.staff_code, early=early)


async def told(key: str, way: Destination) -> Prompt:
    """How a way of the menu is told: groups and persons by their names, the others in words of ours."""
    match way.leads:
        case Leads.GROUP:
            return "menu-choice", {"group": way.to, "key": key}
        case Leads.PERSON:
            people = await WhoIsThere(extensions=(way.to,))
            return "menu-choice", {"group": people[0].person.name if people else way.to, "key": key}
    return "menu-" + way.leads.value.replace(" ", "-"), {"key": key}
