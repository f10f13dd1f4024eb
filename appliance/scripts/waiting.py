"""Waiting: music, and back to the caller every forty seconds with position, time and the ways on (R10 to R13).

Any key during the music opens the choices at once, and one of them taken at once needs no words. A colleague who
becomes free cuts short whatever is being said.
"""

from __future__ import annotations

from datetime import datetime

from appliance.acd.routing import Plan
from appliance.acd.staff import Presence, Standing
from appliance.acts import Collect, Doing, Held, Hold, LeaveQueue, Moment, Offer, Play, WhereAmI, WhoIsThere, sentence
from appliance.scripts.elsewhere import Choice, choice_of
from appliance.scripts.verbs import KEY_WAIT_S, say

CHOICES = "2340"
KEY_WAIT_WAITING_S = 4.0
"""Those who wait need no key to go on waiting."""


async def before_the_music(plan: Plan, group: str) -> Choice | None:
    """Nobody is put on hold without being told (R10). Who calls from a mobile telephone need not wait at all (R12),
    unless they have just been asked, because nobody is in.
    """
    there = await WhoIsThere(group)
    if not somebody_in(there) and plan.overflow_of(group):
        there = await WhoIsThere(plan.overflow_of(group))
    if any(who.free for who in there):
        await say("please-hold")
        return None
    if plan.mobile and (somebody_in(there) or not there):
        await Doing("choosing whether to wait")
        await Play((sentence("mobile-first"),), offers=True)
        if await Collect(1, KEY_WAIT_S, end="", offers=True) == "1":
            return Choice.CALLBACK
    await Play((sentence("please-hold"), sentence("any-key")), offers=True)
    return None


def somebody_in(people: tuple[Standing, ...]) -> bool:
    """Is any of these people in, be it that they talk just now?"""
    return any(who.presence is Presence.IN for who in people)


async def wait_for_colleague(plan: Plan, began: datetime) -> Offer | Choice:
    """Hold the caller until a colleague is found for them, or they choose something else, or it takes too long.

    The caller has a ticket; it stays theirs while a transfer is tried, and is given back when they leave the queue.
    They have waited since `began`: attempts that came to nothing do not make the limit a new one (R13).
    """
    step: Offer | Choice | None = None
    while step is None and await may_wait(plan, began):
        await Doing("waiting")
        held = await Hold(plan.waiting.come_back_s)
        if isinstance(held, Offer):
            return held
        if await may_wait(plan, began):
            step = await come_back(plan, held)
    if isinstance(step, Offer):
        return step
    await LeaveQueue()
    return step or Choice.NOBODY_FREE


async def may_wait(plan: Plan, began: datetime) -> bool:
    """Has the caller not waited too long yet?"""
    return ((await Moment()) - began).total_seconds() < plan.waiting.longest_s


async def come_back(plan: Plan, held: Held) -> Offer | Choice | None:
    """Tell place and time, ask how to go on; `None` means: keep waiting. A colleague found meanwhile cuts it short."""
    key = await Collect(1, 0.1, end="", silence_counts=False) if held is Held.KEY else ""
    if key not in tuple(CHOICES):
        await Doing("hearing the position")
        place = await WhereAmI()
        position = sentence("position", place=place.position, low=place.low_min, high=place.high_min)
        await Play((position, sentence("come-back-choices")), offers=True)
        key = await Collect(1, KEY_WAIT_WAITING_S, end="", offers=True, silence_counts=False)
    return await choice_of(key, plan)
