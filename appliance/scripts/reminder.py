"""Reminding a colleague by telephone: the box rings them and reads their cards, one after the other (R25).

    idle line --off-hook--> dial tone --extension--> the colleague answers, hears a card, and chooses
    1  done       2  later
    3  flash --outside number--> ringing, or an answer: we hang up, which joins the two
       busy, no answer: back to the colleague, who is told so; the card waits until the next working day

Where the box may not dial the number (R35) the colleague hears it twice, and 3 means: I call them now.
"""

from __future__ import annotations

from appliance.acd.callbacks import Errand
from appliance.acd.ringups import Reading
from appliance.acts import Briefed, Doing, Ending, Moment, ReportTransfer, Seize, Seized, Sentence, sentence
from appliance.call import Outcome, TransferResult
from appliance.callbackacts import CallbackResult
from appliance.cards import Card
from appliance.reminderacts import AskCard, Reminded, ReportReminder
from appliance.scripts.callout import MOST_ROUNDS, put_through, tell
from appliance.scripts.reach import ring

DONE, LATER, CONNECT = "123"
MOST_SPOKEN = 200
"""Letters of a matter that are read; the page has all of it."""
WITH_THEM = {CallbackResult.CONNECTED: Reminded.CONNECTED, CallbackResult.NOT_REACHED: Reminded.NOT_REACHED}
"""What has become of a card by what became of the call; else the colleague calls themselves."""


async def remind(reading: Reading) -> Outcome:
    """Ring the colleague, read the cards, do what they choose."""
    first = reading.errand
    await Ending(Outcome.NOT_REMINDED)
    await Doing(f"ringing {first.person.name} about a card")
    began = await Moment()
    if await Seize() is not Seized.SEIZED:
        await ReportReminder(reading.cards[0][0], Reminded.NO_LINE)
        return Outcome.NOT_REMINDED
    theirs = await ring(first.person.extension, "briefed", first.pbx, first.ringback_over_s)
    outcome = Outcome.NOT_REMINDED
    if theirs is TransferResult.TAKEN:
        theirs, outcome = await read(reading)
    await ReportTransfer(first.person, theirs, ((await Moment()) - began).total_seconds())
    if outcome is Outcome.NOT_REMINDED:
        await ReportReminder(reading.cards[0][0], Reminded.NOT_HEARD)
    return outcome


async def read(reading: Reading) -> tuple[TransferResult, Outcome]:
    """Read one card after the other, until the colleague is connected with somebody, or gone."""
    await Doing(f"reminding {reading.errand.person.name}")
    theirs, outcome = TransferResult.SETTLED, Outcome.NOT_REMINDED
    for number, errand in reading.cards:
        card = await AskCard(number)
        if card is None:
            continue
        key = await choose(card, errand)
        if not key:
            return theirs if outcome is Outcome.REMINDED else TransferResult.NO_ANSWER, outcome
        outcome = Outcome.REMINDED
        await Ending(outcome)
        if key == CONNECT:
            theirs, result = await connect(errand)
            await ReportReminder(number, result)
            if theirs is TransferResult.TAKEN:
                return theirs, outcome
            continue
        await tell(sentence("reminder-done" if key == DONE else "reminder-later"))
        await ReportReminder(number, Reminded.DONE if key == DONE else Reminded.LATER)
    return theirs, outcome


async def choose(card: Card, errand: Errand) -> str:
    """Read a card until a key is pressed; empty: nobody is there, or a machine, which presses none."""
    keys = sentence("reminder-keys" if errand.digits else "reminder-keys-yourself")
    for _ in range(MOST_ROUNDS):
        match await tell(*words(card, errand), keys, keys=DONE + LATER + CONNECT, seconds=errand.handover.key_s):
            case Briefed(gone=True):
                return ""
            case Briefed(key=str(key)) if key:
                return key
    return ""


def words(card: Card, errand: Errand) -> tuple[Sentence, ...]:
    """Whom to call, about what, and in their own words where there are some."""
    told = [sentence("reminder-who", name=card.name or card.company, number=card.number)]
    if card.matter:
        told.append(sentence("own-words", text=card.matter[:MOST_SPOKEN]))
    if card.recording:
        told.append(sentence("recording", name=card.recording))
    if card.number and not errand.digits:
        told.append(sentence("callout-number", number=card.number))
    return tuple(told)


async def connect(errand: Errand) -> tuple[TransferResult, Reminded]:
    """The colleague is ready: connect them, or let them dial."""
    if not errand.digits:
        await tell(sentence("callout-thanks"))
        return TransferResult.TAKEN, Reminded.CALLS
    theirs, result = await put_through(errand)
    return theirs, WITH_THEM.get(result, Reminded.CALLS)
