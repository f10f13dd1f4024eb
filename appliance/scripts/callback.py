"""Taking a callback: the number confirmed, the time agreed, the matter recorded, the promise stored (R21, R22).

A caller who hangs up in the middle still leaves a card with what is known by then.
"""

from __future__ import annotations

import re
from datetime import time

from appliance.acd.routing import Plan
from appliance.acts import AskBriefing, Collect, Doing, Ending, MakeCard, Moment, Play, sentence
from appliance.call import Outcome
from appliance.callbackacts import KeepsPlace
from appliance.cardacts import AskTime, CheckNumber
from appliance.duetimes import Agreed, Wish
from appliance.faults import CallEnded
from appliance.scripts.matter import ask_matter
from appliance.scripts.verbs import ask, goodbye, say

URGENTLY = "urgently"
LONGEST_NUMBER = 20
SHORTEST_NUMBER = 3
NUMBER_S, BETWEEN_S = 10.0, 4.0
WISHES = {"1": Wish.SOON, "2": Wish.AFTERNOON, "3": Wish.MORNING}
OTHER_HOUR = "4"
TOLD_BY_NAME = ("as soon as possible", "this afternoon", "tomorrow morning")
_HOUR = re.compile(r"([01]?[0-9]|2[0-3])([0-5][0-9])")


async def take_callback(plan: Plan, *, urgent: bool = False) -> Outcome:
    """Offer to call back, take number, time and matter, promise it, say goodbye; what is urgent has no other time."""
    await Ending(Outcome.ABANDONED)
    await Doing("leaving a callback")
    number, agreed = plan.caller_id.number, await AskTime(Wish.SOON)
    try:
        await say("emergency-callback" if urgent else "callback-offer")
        number = await ask_number(number)
        if number and not urgent:
            agreed = await ask_when() or agreed
            if (await AskBriefing()).matter is None:
                await ask_matter(plan)
    except CallEnded:
        if number:
            await keep(number, agreed, urgent)
        raise
    if not number:
        return await goodbye(plan, Outcome.INFORMED)
    await keep(number, agreed, urgent)
    await promise(agreed, urgent)
    return await goodbye(plan, Outcome.CALLBACK)


async def keep(number: str, agreed: Agreed | None, urgent: bool) -> None:
    """Write the card; from now on the call counts as one that was promised a callback."""
    if urgent or agreed is None:
        await MakeCard(number, URGENTLY, due=await Moment(), urgent=True)
    else:
        await MakeCard(number, agreed.when, due=agreed.due, until=agreed.until)
    await Ending(Outcome.CALLBACK)


async def promise(agreed: Agreed | None, urgent: bool) -> None:
    """Say when we shall call."""
    when = URGENTLY if urgent or agreed is None else agreed.when
    if await KeepsPlace():
        await Play((sentence("callback-promised", when=when), sentence("callback-keeps-place")))  # R14
    elif agreed is None or when in (URGENTLY, *TOLD_BY_NAME):
        await say("callback-promised", when=when)
    else:
        now = (await Moment()).isoformat(timespec="minutes")
        await say("callback-promised-at", opens=agreed.due.isoformat(timespec="minutes"), now=now)


# ---------------------------------------------------------------- which number


async def ask_number(known: str) -> str:
    """The number to call: the caller ID confirmed by one key, or keyed in and read back. Empty: nothing to be had.

    A caller who confirms nothing keeps the number they called from: better a callback too many than a caller lost.
    """
    if known and await ask(("callback-confirm-number", {"number": known}), keys="12") != "2":
        return known
    for first in (True, False):
        await say("callback-enter-number")
        keyed = "".join(key for key in await Collect(LONGEST_NUMBER, NUMBER_S, BETWEEN_S) if key.isdigit())
        ordinary = len(keyed) >= SHORTEST_NUMBER and (await CheckNumber(keyed)).ordinary
        if first and keyed and not ordinary:
            await say("callback-number-odd")
            continue
        if len(keyed) < SHORTEST_NUMBER:
            continue
        if await ask(("callback-number-readback", {"number": keyed}), keys="12") != "2":
            return keyed
    return known


# ---------------------------------------------------------------- when


async def ask_when() -> Agreed | None:
    """As soon as possible, this afternoon, the next morning, or an hour of their own; `None`: they named none.

    Only what can be kept is offered.
    """
    possible = {key: agreed for key, wish in WISHES.items() if (agreed := await AskTime(wish)) is not None}
    now = (await Moment()).isoformat(timespec="minutes")
    offers: list[tuple[str, dict[str, str | int]]] = [("callback-when-soon", {})]
    if "2" in possible:
        offers.append(("callback-when-afternoon", {}))
    if "3" in possible:
        opens = possible["3"].due.isoformat(timespec="minutes")
        offers.append(("callback-when-morning", {"opens": opens, "now": now}))
    key = await ask(*offers, ("callback-when", {}), keys="".join(possible) + OTHER_HOUR)
    return await ask_hour() if key == OTHER_HOUR else possible.get(key)


async def ask_hour() -> Agreed | None:
    """An hour that the caller keys in, the next one at which somebody is here; `None`: there was none in two tries."""
    for _ in range(2):
        await say("callback-hour")
        hour = hour_of(await Collect(4, NUMBER_S, BETWEEN_S))
        agreed = None if hour is None else await AskTime(Wish.HOUR, hour)
        if agreed is not None:
            return agreed
        await Play((sentence("callback-no-such-hour"),))
    return None


def hour_of(keys: str) -> time | None:
    """The time of day in three or four digits, as "930" or "1330"; also a whole hour alone, as "9"."""
    if re.fullmatch(r"[0-9]|1[0-9]|2[0-3]", keys):
        return time(int(keys))
    found = _HOUR.fullmatch(keys)
    return None if found is None else time(int(found[1]), int(found[2]))
