"""A colleague hears the messages that callers have left for them, one after the other, by telephone (R11, R31)."""

from __future__ import annotations

from appliance.acd.staff import Person
from appliance.acts import Doing, Moment, Play, sentence
from appliance.cardcommands import CardDone
from appliance.cards import Card
from appliance.scripts.verbs import ask, say
from appliance.staffacts import ActOnCard, AskMessages

NEXT, SETTLED, AGAIN = "123"
HEARD_AGAIN = 5
"""How often one message is repeated before the next one comes."""


async def hear_messages(person: Person) -> None:
    """The oldest first; one that is settled is put away, the others stay."""
    await Doing(f"telling {person.name} their messages")
    messages = await AskMessages(person.extension)
    if not messages:
        await say("staff-no-messages")
        return
    await say("staff-messages", count=len(messages))
    for card in messages:
        match await hear(card):
            case "2":
                await ActOnCard(CardDone(card.id, person.extension, "heard"))
                await say("staff-message-done")
            case "":
                return


async def hear(card: Card) -> str:
    """Say who it is from and when it came, play it, and learn what to do with it."""
    made, now = card.made.isoformat(), (await Moment()).isoformat()
    told = sentence("staff-message", name=card.name, number=card.number, day=made, now=now)
    for _ in range(1 + HEARD_AGAIN):
        await Play((told, sentence("recording", name=card.recording)))
        key = await ask(("staff-message-keys", {}), keys=NEXT + SETTLED + AGAIN)
        if key != AGAIN:
            return key
    return NEXT
