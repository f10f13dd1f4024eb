"""The way to the PBX and back: hook flash, dial tone, and the caller fetched again (hand-over steps T1 and T6).

While the line is flashed we cannot hear the caller. A flash that is too short does nothing, and we still have the
caller; one that is too long cuts the caller off, and what sounds like the dial tone we wait for is that of an idle
line. So the first flash of a line that nobody has tried yet is looked at closely: back to the caller at once, and only
then to the PBX again.
"""

from __future__ import annotations

from appliance.acts import AskFlash, AwaitRecall, Dial, Flash, Hear, Heard, ReportFlash
from appliance.call import FlashResult, TransferResult
from appliance.settings import PbxSettings
from appliance.toll import Recipe, ways_back

BACK_S = 3.0
"""How long to listen, after the flash back, for a tone that should not be there (facts: T6)."""
NO_TONE_TO_WAIT_FOR_S = 1.0
"""After a flash on a PBX that gives no dial tone then (facts, 6.6)."""
RECALL_MARGIN_S = 10.0
RINGS_AT_ONCE_S = 10.0
"""A PBX that rings for a caller on hold does so when we hang up without having dialled (facts, 5)."""
BACK = frozenset({Heard.NO_TONE, Heard.VOICE, Heard.MUSIC})
NOBODY = frozenset({Heard.BUSY, Heard.CONGESTION, Heard.DIAL_TONE})


async def consult(pbx: PbxSettings, numbers: tuple[str, ...] = ()) -> TransferResult | None:
    """Put the caller, who has one of `numbers` or none, on hold and have the PBX ready for digits (T1).

    `None`: it is. Otherwise why not: after `NO_DIAL_TONE` we have the caller again, after `FLASH_TOO_LONG` and
    `CALLER_GONE` they are not there any more.
    """
    flash = await AskFlash()
    if not await dial_tone(flash.length_ms, pbx):
        await ReportFlash(flash.length_ms, FlashResult.TOO_SHORT)
        flash = await AskFlash()  # a longer one, if this PBX may have it
        if not await dial_tone(flash.length_ms, pbx):
            await ReportFlash(flash.length_ms, FlashResult.TOO_SHORT)
            return TransferResult.NO_DIAL_TONE
    if not flash.proven:
        return await prove(flash.length_ms, pbx, numbers)
    return None


async def dial_tone(length_ms: int, pbx: PbxSettings) -> bool:
    """Press the hook and wait for dial tone, where this PBX gives it."""
    await Flash(length_ms=length_ms)
    if not pbx.recall_tone:
        await Hear(frozenset(), NO_TONE_TO_WAIT_FOR_S)
        return True
    return await Hear(frozenset({Heard.DIAL_TONE}), pbx.dial_tone_s) is Heard.DIAL_TONE


async def prove(length_ms: int, pbx: PbxSettings, numbers: tuple[str, ...] = ()) -> TransferResult | None:
    """Make sure that a flash of this length holds the caller, who is fetched back and put on hold once more."""
    recipe = unanswered_way_back(pbx)
    if recipe is None:  # there the PBX rings for whoever is on hold, or for nobody
        heard = await hang_up_for(RINGS_AT_ONCE_S, numbers)
    else:
        heard = await flash_back(recipe, length_ms)
    if heard is Heard.DIAL_TONE:
        await ReportFlash(length_ms, FlashResult.TOO_LONG)
        return TransferResult.FLASH_TOO_LONG
    if heard in NOBODY:
        return TransferResult.CALLER_GONE
    await ReportFlash(length_ms, FlashResult.WORKED)
    return None if await dial_tone(length_ms, pbx) else TransferResult.NO_DIAL_TONE


def unanswered_way_back(pbx: PbxSettings) -> Recipe | None:
    """How to get back to the caller while nobody else is on the line, other than by hanging up."""
    return next((recipe for recipe in ways_back(pbx) if not recipe.hang_up), None)


async def fetch_back(recipe: Recipe, pbx: PbxSettings, numbers: tuple[str, ...] = ()) -> bool:
    """Back to the caller (T6); `False` when the PBX has nobody there any more.

    Where the PBX brings them back by ringing, it does so with one of `numbers`, or with none.
    """
    if recipe.hang_up:
        return await hang_up_for(pbx.recall_s + RECALL_MARGIN_S, numbers) in BACK
    length_ms = (await AskFlash()).length_ms
    for _ in range(2 if pbx.recall_tone else 1):  # without it, a flash too many sounds like a caller who listens
        if await flash_back(recipe, length_ms) in BACK:
            return True
    return False


async def hang_up_for(seconds: float, numbers: tuple[str, ...]) -> Heard:
    """Hang up, answer who rings, and hear who is there: they may have given up, and then there is dial tone."""
    if not await AwaitRecall(seconds, numbers):
        return Heard.DIAL_TONE
    return await Hear(BACK | NOBODY, BACK_S)


async def flash_back(recipe: Recipe, length_ms: int) -> Heard:
    """Try the recipe once, and hear what is there now."""
    await Flash(recipe.flashes, length_ms)
    if recipe.code:
        await Dial(recipe.code)
    return await Hear(BACK | NOBODY, BACK_S)
