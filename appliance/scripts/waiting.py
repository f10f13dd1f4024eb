"""Waiting: music, and back to the caller every forty seconds with position, time and four ways on (R10, R11, R13)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from appliance.acd.routing import Plan
from appliance.acts import Collect, Doing, Held, Hold, LeaveQueue, Moment, Offer, Play, TakeTicket, WhereAmI, sentence
from appliance.scripts.verbs import say


class Choice(Enum):
    """How a caller leaves the queue other than by being put through."""

    CALLBACK = "callback"
    MESSAGE = "message"
    NOBODY_FREE = "nobody free"


async def wait_for_colleague(plan: Plan, began: datetime) -> Offer | Choice:
    """Hold the caller until a colleague is found for them, or they choose something else, or it takes too long.

    The caller has a ticket; it stays theirs while a transfer is tried, and is given back when they leave the queue.
    They have waited since `began`: attempts that came to nothing do not make the limit a new one (R13).
    """
    choice = None
    while choice is None and await may_wait(plan, began):
        await Doing("waiting")
        held = await Hold(plan.waiting.come_back_s)
        if isinstance(held, Offer):
            return held
        if await may_wait(plan, began):
            choice = await come_back(plan, held)
    await LeaveQueue()
    return choice or Choice.NOBODY_FREE


async def may_wait(plan: Plan, began: datetime) -> bool:
    """Has the caller not waited too long yet?"""
    return ((await Moment()) - began).total_seconds() < plan.waiting.longest_s


async def come_back(plan: Plan, held: Held) -> Choice | None:
    """Tell place and time, ask how to go on; `None` means: keep waiting. A colleague found meanwhile cuts it short."""
    await Doing("hearing the position")
    place = await WhereAmI()
    told = sentence("position", place=place.position, low=place.low_min, high=place.high_min)
    await Play((told, sentence("come-back-choices")), offers=True)
    match await Collect(1, 4.0, offers=True, silence_counts=False):
        case "2":
            return Choice.CALLBACK
        case "3":
            return Choice.MESSAGE
        case "4":
            await somebody_else(plan)
    return None


async def somebody_else(plan: Plan) -> None:
    """Move to the next group that can help, keeping the time already waited; say so where there is none."""
    here = (await WhereAmI()).group
    other = plan.overflow_of(here) or next((group for _, group in plan.choices if group != here), "")
    if other:
        await TakeTicket(other)
        await say("still-looking")
    else:
        await say("somebody-else-none")
