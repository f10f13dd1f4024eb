"""What a caller may choose who would have to wait: a callback, a message, somebody else, whoever answers (R11, R13)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from appliance.acd.routing import Leads, Plan
from appliance.acd.staff import Presence
from appliance.acts import AskFor, Doing, Offer, TakeTicket, WhereAmI, WhoIsThere
from appliance.scripts.verbs import Prompt, ask, say

MOST_OFFERED = 4
"""So many groups can be told one after the other; more would be a puzzle."""


class Choice(Enum):
    """How a caller leaves the queue other than by being put through."""

    CALLBACK = "callback"
    MESSAGE = "message"
    NOBODY_FREE = "nobody free"


async def choice_of(key: str, plan: Plan, deputies: tuple[str, ...] = ()) -> Offer | Choice | None:
    """What `key` of the four choices leads to; `None`: they wait, perhaps for somebody else. `deputies` come first."""
    match key:
        case "2":
            return Choice.CALLBACK
        case "3":
            return Choice.MESSAGE
        case "4":
            return await somebody_else(plan, deputies)
        case "0":
            await move(plan.default, plan.operator)
    return None


async def somebody_else(plan: Plan, deputies: tuple[str, ...] = ()) -> Offer | None:
    """A deputy who is free, else another group of the caller's choice; the time already waited is kept (R11)."""
    await Doing("asking for somebody else")
    here = (await WhereAmI()).group
    deputies = deputies or await deputies_of(here)
    if deputies and (offer := await AskFor(deputies)):
        return offer
    others = [group for group in others_than(here, plan) if await anybody_in(group)][:MOST_OFFERED]
    if not others:
        await say("somebody-else-none")
    elif other := others[0] if len(others) == 1 else await which(others):
        await move(other)
    return None


async def deputies_of(here: str) -> tuple[str, ...]:
    """Who stands in, if `here` is one person, for whom this caller waits."""
    people = await WhoIsThere(here)
    alone = len(people) == 1 and people[0].person.extension == here
    return people[0].person.deputies if alone else ()


def others_than(here: str, plan: Plan) -> Iterator[str]:
    """The other groups, each once: first the one that helps out, then those of the menu."""
    of_menu = [way.to for _, way in plan.menu if way.leads is Leads.GROUP]
    groups = dict.fromkeys((plan.overflow_of(here), *of_menu, plan.default))
    yield from (group for group in groups if group not in ("", here))


async def anybody_in(group: str) -> bool:
    """Is somebody of this group in?"""
    return any(who.presence is Presence.IN for who in await WhoIsThere(group))


async def which(groups: list[str]) -> str:
    """One key for each group; nothing where the caller would rather stay."""
    by_key = {str(key): group for key, group in enumerate(groups, 1)}
    menu: list[Prompt] = [("menu-choice", {"key": key, "group": group}) for key, group in by_key.items()]
    return by_key.get(await ask(*menu, keys="".join(by_key)), "")


async def move(group: str, prefers: str = "") -> None:
    """Go on waiting for another group, at the place that the time already waited gives."""
    await say("still-looking" if await TakeTicket(group, prefers) else "somebody-else-none")
