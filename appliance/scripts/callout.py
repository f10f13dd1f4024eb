"""Calling somebody back: the box rings a colleague, says whom and why, and connects the two (R14).

    idle line --off-hook--> dial tone --extension--> the colleague answers, hears who wants to be called, and chooses
    1  flash --outside number--> ringing, or an answer: we hang up, which joins the two
       busy, no answer: back to the colleague, who is told so; it is tried again later
    2  later        3  done, or not needed any more

Where the box may not dial the number (R35) the colleague hears it twice, and 1 means: I call them now.
"""

from __future__ import annotations

from dataclasses import replace

from appliance.acd.callbacks import OUTCOME, Errand
from appliance.acts import (
    Brief,
    Briefed,
    Dial,
    Doing,
    Ending,
    Moment,
    ReportTransfer,
    Seize,
    Seized,
    Sentence,
    sentence,
)
from appliance.call import Outcome, TransferResult
from appliance.callbackacts import CallbackResult, ReportCallback, StillWanted
from appliance.scripts.consult import consult, fetch_back
from appliance.scripts.reach import ring, way_back
from appliance.speller import LONGEST_WAIT_MIN

NOW, LATER, DONE = "123"
MOST_ROUNDS = 2
"""How often the colleague is told before no key counts as nobody there: a machine presses none."""
OUTSIDE_VERDICT_S, OUTSIDE_NO_ANSWER_S = 15.0, 30.0
"""A call on the public network takes longer to ring, and is let ring longer, than one inside (EN 300 659-1: ringing
begins within seconds of the last digit, mobile networks take ten)."""
WAYS = {"blind": "ring", "ring": "ring"}
"""How the box leaves the two, by the office's way of handing over; all others wait for the answer."""

HANDED_OVER = (TransferResult.TAKEN, TransferResult.LEFT)

Ended = tuple[TransferResult, CallbackResult]
"""What became of it with the colleague, and with the callback."""


async def call_back(errand: Errand) -> Outcome:
    """Ring the colleague, tell them whom to call back, connect the two or leave it to them."""
    await Ending(Outcome.NOT_CALLED_BACK)
    await Doing(f"ringing {errand.person.name} about a callback")
    began = await Moment()
    if await Seize() is not Seized.SEIZED:
        await ReportCallback(CallbackResult.NO_LINE)
        return Outcome.NOT_CALLED_BACK
    theirs = await ring(errand.person.extension, "briefed", errand.pbx, errand.ringback_over_s)
    result = CallbackResult.NO_COLLEAGUE
    if theirs is TransferResult.TAKEN:
        theirs, result = await offer(errand)
    await ReportTransfer(errand.person, theirs, ((await Moment()) - began).total_seconds())
    await ReportCallback(result)
    return OUTCOME.get(result, Outcome.NOT_CALLED_BACK)


async def offer(errand: Errand) -> Ended:
    """Say who wants to be called back, and do what the colleague chooses."""
    await Doing(f"telling {errand.person.name} of a callback")
    spoken = (*whom(errand), sentence("callout-keys" if errand.digits else "callout-keys-yourself"))
    for _ in range(MOST_ROUNDS):
        answer = await tell(*spoken, keys=NOW + LATER + DONE, seconds=errand.handover.key_s)
        match answer:
            case Briefed(gone=True):
                break
            case Briefed(key="1"):
                return await now(errand)
            case Briefed(key="2"):
                await tell(sentence("callout-later"))
                return TransferResult.REFUSED, CallbackResult.LATER
            case Briefed(key="3"):
                await tell(sentence("callout-done"))
                return TransferResult.SETTLED, CallbackResult.SETTLED
    return TransferResult.NO_ANSWER, CallbackResult.NO_COLLEAGUE


def whom(errand: Errand) -> tuple[Sentence, ...]:
    """Who is to be called, since when they wait, and what they want in their own words."""
    told = [sentence("callout-who", name=errand.name, number=errand.number)]
    minutes = round(errand.waited_s / 60)
    if minutes > LONGEST_WAIT_MIN:
        told.append(sentence("brief-waited-over"))
    elif minutes:
        told.append(sentence("brief-waited", high=minutes))
    if errand.matter:
        told.append(sentence("recording", name=errand.matter))
    if not errand.digits:
        told.append(sentence("callout-number", number=errand.number))
    return tuple(told)


async def now(errand: Errand) -> Ended:
    """The colleague is ready: connect them, or let them dial."""
    if not await StillWanted():
        await tell(sentence("callout-calls-us"))
        return TransferResult.NOT_REACHED, CallbackResult.WITHDRAWN
    if not errand.digits:
        await tell(sentence("callout-thanks"))
        return TransferResult.TAKEN, CallbackResult.TAKEN
    return await put_through(errand)


async def put_through(errand: Errand) -> Ended:
    """Put the colleague on hold and call whom they want."""
    await tell(sentence("callout-connecting"))
    await Doing(f"calling back for {errand.person.name}")
    failed = await consult(errand.pbx, (errand.person.extension,))
    if failed is TransferResult.NO_DIAL_TONE:  # we still have the colleague
        await tell(sentence("callout-cannot"), sentence("callout-number", number=errand.number))
        return TransferResult.TAKEN, CallbackResult.TAKEN
    if failed is not None:
        return TransferResult.REFUSED, CallbackResult.NO_COLLEAGUE
    return await connect(errand)


async def connect(errand: Errand) -> Ended:
    """Dial the caller with the colleague on hold; on anything but an answer go back and say so."""
    result = await reach_outside(errand)
    if result is TransferResult.TAKEN:
        return TransferResult.TAKEN, CallbackResult.CONNECTED
    if result is TransferResult.LEFT:
        return TransferResult.TAKEN, CallbackResult.TAKEN
    if await fetch_back(way_back(result, errand.pbx), errand.pbx, (errand.person.extension,)):
        busy = result in (TransferResult.BUSY, TransferResult.DO_NOT_DISTURB)
        await tell(sentence("callout-busy" if busy else "callout-no-answer"))
    return TransferResult.NOT_REACHED, CallbackResult.NOT_REACHED


async def reach_outside(errand: Errand) -> TransferResult:
    """Dial whom the errand is about, after a hook flash; after `HANDED_OVER` we hang up, which joins the two."""
    way = WAYS.get(errand.handover.way, "answered")
    if errand.pbx.hold_code:
        await Dial(errand.pbx.hold_code)
    outside = replace(errand.pbx, verdict_s=OUTSIDE_VERDICT_S, no_answer_s=OUTSIDE_NO_ANSWER_S, camp_on=False)
    return await ring(errand.digits, way, outside, errand.ringback_over_s)


async def tell(*spoken: Sentence, keys: str = "", seconds: float = 0.0) -> Briefed:
    """Speak to the colleague; a key of `keys` ends it."""
    return await Brief(spoken, keys, seconds)
