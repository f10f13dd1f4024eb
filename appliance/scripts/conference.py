"""A call of three: the caller, the colleague who has answered, and a third party whom the settings list (R19).

    caller on hold, colleague here --flash, code--> the two and we --flash--> the two on hold, we ring the third
    the third answers, hears who and why, presses 1 --flash, code--> all of us; we leave, the three stay

An analog line tells nothing of who is in a conference. We hear that the PBX refused to join (a tone); whether all are
there only they can hear. So the colleague is asked, and says by a key that everybody is there, or who is missing. If
the colleague presses nothing, the third party is asked. Only when one of them has pressed a key do we leave: a caller
who may be alone with us stays with us, in the queue; one who has gone becomes a card (R23). The third party, too, joins
by a key, which no answering machine presses.

Whatever fails with the third party, the caller and the colleague are left together. Every step has an end in time.
"""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acd.staff import Person
from appliance.acd.threeway import possible
from appliance.acts import (
    AskBriefing,
    AskFlash,
    AskParties,
    AskThird,
    Brief,
    Briefed,
    Doing,
    Invite,
    Moment,
    ReportTransfer,
    Sentence,
    sentence,
)
from appliance.call import TransferResult
from appliance.scripts.about import about
from appliance.scripts.consult import BACK, dial_tone, fetch_back, flash_back
from appliance.scripts.reach import reach, way_back
from appliance.toll import Recipe

YES, NO = "12"
ROUNDS = 2
"""How often somebody is asked for a key before they count as not there."""


async def take(person: Person, plan: Plan) -> TransferResult:
    """The colleague takes the call: alone, or with the third party whom the office wants to have in it."""
    third = await AskThird(person.extension)
    return TransferResult.TAKEN if third is None else await conference(person, third, plan)


async def choose_third(person: Person, plan: Plan) -> Person | None:
    """Whom the colleague wants to add. `None`: nobody, and they have been told why if it cannot be."""
    if not possible(plan.pbx):
        await tell(sentence("conference-cannot"))
        return None
    people = await AskParties(person.extension)
    if not people:
        await tell(sentence("conference-nobody"))
        return None
    if len(people) == 1:
        return people[0]
    choices = {str(key): who for key, who in enumerate(people, 1)}
    menu = [sentence("menu-choice", key=key, group=who.name) for key, who in choices.items()]
    return choices.get((await tell(*menu, keys="".join(choices), seconds=plan.handover.key_s)).key)


async def conference(person: Person, third: Person, plan: Plan) -> TransferResult:
    """Join the caller, `person`, who has just taken the call, and `third`; the result is that of `person`."""
    await Doing(f"in a call of three with {person.name}")
    if (await tell(sentence("conference-begins", third=third.name))).gone:
        return TransferResult.REFUSED
    if not await join(plan):
        return TransferResult.NOT_JOINED
    await tell(sentence("conference-two", person=person.name, third=third.name))
    if not await Invite(third):
        return await both_there(person, third, plan)
    began = await Moment()
    theirs = await add(third, person, plan)
    if theirs is TransferResult.JOINED:
        result, theirs = await all_there(person, third, plan)
    elif theirs is TransferResult.CALLER_GONE:
        result = theirs
    else:
        result = await both_there(person, third, plan)
    await ReportTransfer(third, theirs, ((await Moment()) - began).total_seconds())
    return result


async def join(plan: Plan) -> bool:
    """Flash and code: everybody is together, we among them, unless a tone says otherwise."""
    length_ms = (await AskFlash()).length_ms
    return await flash_back(Recipe(1, plan.pbx.conference_code), length_ms) in BACK


async def add(third: Person, person: Person, plan: Plan) -> TransferResult:
    """Ring the third party while the two are on hold. On anything but `JOINED` we are back with the two, or, after
    `CALLER_GONE`, with nobody.
    """
    result = TransferResult.NO_DIAL_TONE
    if await dial_tone((await AskFlash()).length_ms, plan.pbx):
        result = await reach(third.extension, "briefed", plan)
    if result is TransferResult.TAKEN:
        result = await invite(person, plan)
    if result is TransferResult.TAKEN:
        if await join(plan):
            return TransferResult.JOINED
        result = TransferResult.NOT_JOINED
    return result if await fetch_back(way_back(result, plan.pbx), plan.pbx) else TransferResult.CALLER_GONE


async def invite(person: Person, plan: Plan) -> TransferResult:
    """Tell the third party who asks them and who calls; only their key counts as a yes."""
    told = (sentence("conference-invite", person=person.name), *about(await AskBriefing()))
    answer = await tell(*told, sentence("conference-invite-keys"), keys=YES + NO, seconds=plan.handover.key_s)
    if answer.key == YES:
        return TransferResult.TAKEN
    return TransferResult.REFUSED if answer.gone or answer.key else TransferResult.NO_ANSWER


async def both_there(person: Person, third: Person, plan: Plan) -> TransferResult:
    """Tell the two that the third cannot come, and have the colleague say that they have the caller."""
    told = (
        sentence("conference-not-reached", third=third.name),
        sentence("conference-with-caller", person=person.name),
    )
    answer = await ask_in_conference(*told, keys=YES + NO, seconds=plan.handover.key_s)
    match answer:
        case Briefed(key="1"):
            return await leave(TransferResult.TAKEN)
        case Briefed(key="2") | Briefed(gone=True):
            return await leave(TransferResult.CALLER_GONE)
    return await leave(TransferResult.UNCONFIRMED)


async def leave(result: TransferResult) -> TransferResult:
    """The last word of the box; after `UNCONFIRMED` it stays with the caller."""
    match result:
        case TransferResult.CALLER_GONE:
            await tell(sentence("conference-caller-gone"), sentence("conference-leaves"))
        case TransferResult.UNCONFIRMED:
            await tell(sentence("conference-unconfirmed"))
        case _:
            await tell(sentence("conference-leaves"))
    return result


async def all_there(person: Person, third: Person, plan: Plan) -> tuple[TransferResult, TransferResult]:
    """Ask those who can hear it whether all three are there: the results of the colleague and of the third party."""
    seconds = plan.handover.key_s
    joined = (sentence("conference-joined", third=third.name), sentence("conference-check", person=person.name))
    match await ask_in_conference(*joined, keys=YES + NO, seconds=seconds):
        case Briefed(gone=True):
            return TransferResult.CALLER_GONE, TransferResult.CALLER_GONE
        case Briefed(key="1"):
            return await leave(TransferResult.JOINED), TransferResult.JOINED
        case Briefed(key="2"):
            return await somebody_missing(third, seconds)
    answer = await ask_in_conference(sentence("conference-confirm", third=third.name), keys=YES, seconds=seconds)
    if answer.key:
        return await leave(TransferResult.TAKEN), TransferResult.JOINED
    return await leave(TransferResult.UNCONFIRMED), TransferResult.UNCONFIRMED


async def somebody_missing(third: Person, seconds: float) -> tuple[TransferResult, TransferResult]:
    """The colleague hears that somebody is missing, and knows who; better a card too many than a caller lost."""
    answer = await ask_in_conference(sentence("conference-missing", third=third.name), keys=YES + NO, seconds=seconds)
    if answer.key == NO:
        return await leave(TransferResult.TAKEN), TransferResult.REFUSED
    return await leave(TransferResult.CALLER_GONE), TransferResult.CALLER_GONE


async def ask_in_conference(*spoken: Sentence, keys: str, seconds: float) -> Briefed:
    """Ask until a key comes, or a tone says that everybody has gone, in `ROUNDS` rounds."""
    answer = Briefed()
    for _ in range(ROUNDS):
        answer = await tell(*spoken, keys=keys, seconds=seconds)
        if answer.key or answer.gone:
            break
    return answer


async def tell(*spoken: Sentence, keys: str = "", seconds: float = 0.0) -> Briefed:
    """Speak to whoever is there beside, or without, the caller; tones are theirs, not the end of the call."""
    return await Brief(spoken, keys, seconds)
