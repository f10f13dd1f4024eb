"""A colleague hears by telephone what they have to see to, and says what becomes of it (R24, R26, R31).

Each card that is due is told in a few words, with what the caller has said. One key says that it is done, one puts it
off, one connects the colleague with whoever the card is about, one writes down the time that they have promised.

    3  flash --outside number--> ringing, or an answer: we hang up, which joins the two
       busy, no answer: back to the colleague, who is told so; the card waits until the next working day

Where the box may not dial the number (R35) the colleague hears it twice, and calls themselves.
"""

from __future__ import annotations

from datetime import datetime

from appliance.acd.callbacks import Errand
from appliance.acd.staff import Person
from appliance.acts import Collect, Doing, Moment, Play, Sentence, sentence
from appliance.call import TransferResult
from appliance.cardcommands import CallResult, CardDone, PromiseBy, SnoozeCard, TakeCard
from appliance.cards import Card, Promise, Result
from appliance.reminderacts import AskErrand
from appliance.scripts.callout import HANDED_OVER, reach_outside
from appliance.scripts.consult import consult, fetch_back
from appliance.scripts.reach import way_back
from appliance.scripts.verbs import ask, say
from appliance.speller import LONGEST_WAIT_MIN
from appliance.staffacts import ActOnCard, AskCards

DONE, LATER, CONNECT, PROMISED, NEXT = "12345"
LATER_S = 1800.0
MOST_TOLD = 20
"""Who has more to see to than this had better look at the page."""
MINUTES_S = 8.0


async def hear_cards(person: Person) -> bool:
    """The most urgent first; what is neither done nor put off stays as it is. `True`: they are being connected with
    somebody, so this call is over.
    """
    await Doing(f"telling {person.name} their cards")
    cards = await AskCards(person.extension)
    if not cards:
        await say("staff-no-cards")
        return False
    await say("staff-cards", count=len(cards))
    for card in cards[:MOST_TOLD]:
        await Play(in_words(card, await Moment()))
        match await ask(("staff-card-keys", {}), keys=DONE + LATER + CONNECT + PROMISED + NEXT):
            case "1":
                await ActOnCard(CardDone(card.id, person.extension))
                await say("staff-card-done")
            case "2":
                await ActOnCard(SnoozeCard(card.id, person.extension, LATER_S))
                await say("staff-card-later")
            case "3":
                if await connect(card, person):
                    return True
            case "4":
                await promise(card, person)
            case "":
                return False
    return False


def in_words(card: Card, now: datetime) -> tuple[Sentence, ...]:
    """What it is, who wants it and since when; what they have said; and how it stands with what was promised."""
    told = [
        sentence(
            "staff-card",
            kind=card.kind.name,
            name=card.name or card.company,
            number=card.number,
            day=card.made.isoformat(),
            now=now.isoformat(),
        )
    ]
    if card.recording:
        told.append(sentence("recording", name=card.recording))
    left_min = round((card.promised.timestamp() - now.timestamp()) / 60) if card.promised else 0
    if card.promise is Promise.BROKEN or (card.promise is Promise.GIVEN and left_min < 1):
        told.append(sentence("staff-card-late"))
    elif card.promise is Promise.GIVEN and left_min <= LONGEST_WAIT_MIN:
        told.append(sentence("staff-card-soon", high=left_min))
    return tuple(told)


async def connect(card: Card, person: Person) -> bool:
    """Connect the colleague with whoever this card is about; `False`: they are still with us."""
    errand = await AskErrand(card.id, person.extension)
    if errand is None:
        await say("staff-card-no-number-to-call")
        return False
    if not errand.digits:
        await ActOnCard(TakeCard(card.id, person.extension))
        await say("callout-number", number=errand.number)
        return False
    await say("callout-connecting")
    result = await put_through(errand)
    match result:
        case TransferResult.TAKEN:
            await ActOnCard(CallResult(card.id, person.extension, Result.REACHED))
            await ActOnCard(CardDone(card.id, person.extension, "connected by telephone"))
        case TransferResult.LEFT:
            await ActOnCard(TakeCard(card.id, person.extension))
        case TransferResult():
            await ActOnCard(CallResult(card.id, person.extension, Result.NOT_REACHED))
    return result in HANDED_OVER


async def put_through(errand: Errand) -> TransferResult | None:
    """The colleague on hold, we call; what came of it has been told to them, where they are back. `None`: the PBX gave
    us no way to call.
    """
    me = (errand.person.extension,)
    if await consult(errand.pbx, me) is not None:
        await say("callout-cannot")
        return None
    result = await reach_outside(errand)
    if result not in HANDED_OVER and await fetch_back(way_back(result, errand.pbx), errand.pbx, me):
        busy = result in (TransferResult.BUSY, TransferResult.DO_NOT_DISTURB)
        await say("callout-busy" if busy else "callout-no-answer")
    return result


async def promise(card: Card, person: Person) -> None:
    """Write down within how many minutes they have promised it."""
    await say("staff-card-minutes")
    minutes = await Collect(4, MINUTES_S)
    kept = await ActOnCard(PromiseBy(card.id, person.extension, float(minutes))) if minutes.isdigit() else None
    await say("staff-card-promise" if kept else "staff-unchanged")
