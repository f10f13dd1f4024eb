"""A colleague hears by telephone what they have to see to, and says what becomes of it (R24, R26, R31).

Each card that is due is told in a few words, with what the caller has said. One key says that it is done, one puts it
off, one writes down the time that they have promised somebody.
"""

from __future__ import annotations

from datetime import datetime

from appliance.acd.staff import Person
from appliance.acts import Collect, Doing, Moment, Play, Sentence, sentence
from appliance.cardcommands import CardDone, PromiseBy, SnoozeCard
from appliance.cards import Card, Promise
from appliance.scripts.verbs import ask, say
from appliance.speller import LONGEST_WAIT_MIN
from appliance.staffacts import ActOnCard, AskCards

DONE, LATER, PROMISED, NEXT = "1234"
LATER_S = 1800.0
MOST_TOLD = 20
"""Who has more to see to than this had better look at the page."""
MINUTES_S = 8.0


async def hear_cards(person: Person) -> None:
    """The most urgent first; what is neither done nor put off stays as it is."""
    await Doing(f"telling {person.name} their cards")
    cards = await AskCards(person.extension)
    if not cards:
        await say("staff-no-cards")
        return
    await say("staff-cards", count=len(cards))
    for card in cards[:MOST_TOLD]:
        await Play(in_words(card, await Moment()))
        match await ask(("staff-card-keys", {}), keys=DONE + LATER + PROMISED + NEXT):
            case "1":
                await ActOnCard(CardDone(card.id, person.extension))
                await say("staff-card-done")
            case "2":
                await ActOnCard(SnoozeCard(card.id, person.extension, LATER_S))
                await say("staff-card-later")
            case "3":
                await promise(card, person)
            case "":
                return


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


async def promise(card: Card, person: Person) -> None:
    """Write down within how many minutes they have promised it."""
    await say("staff-card-minutes")
    minutes = await Collect(4, MINUTES_S)
    kept = await ActOnCard(PromiseBy(card.id, person.extension, float(minutes))) if minutes.isdigit() else None
    await say("staff-card-promise" if kept else "staff-unchanged")
