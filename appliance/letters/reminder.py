"""Short notices: reminders of cards, something that is broken, a caller who left a message (R25).

A notice has a title, which is all that some services show, and a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from appliance.faults import Fault
from appliance.letters.letter import seen
from appliance.letters.ofcards import OpenCard, item, to_do, who
from appliance.letters.words import Words

Told = tuple[str, str]
"""Title and text."""


def reminder(cards: Sequence[OpenCard], words: Words, now: datetime, name: str = "", instead_of: str = "") -> Told:
    """Remind `name` (nobody: the office) of these cards, of which there is one at least.

    `instead_of` is the colleague who should have seen to them.
    """
    if len(cards) == 1:
        title = words.say("reminder.title", call=to_do(cards[0], words))
    else:
        title = words.say("reminder.title-several", cards=words.counted("cards", len(cards)))
    if not name:
        intro = words.say("reminder.intro-office")
    elif instead_of:
        intro = words.say("reminder.intro-instead", name=name, other=instead_of)
    else:
        intro = words.say("reminder.intro", name=name)
    items = (item(card, words, now) for card in cards)
    lines = [intro]
    for one in items:
        lines += ["", seen(one.words), *map(seen, one.details)]
    return seen(title), "\n".join([*lines, "", words.say("reminder.end")])


def of_fault(fault: Fault, words: Words) -> Told:
    """Tell the office what is broken; the words of a fault are English, as on the board."""
    text = words.say("fault.text", problem=fault.problem, advice=fault.advice)
    return seen(words.say("fault.title", about=fault.about)), seen(text)


def of_new_card(card: OpenCard, words: Words, now: datetime) -> Told:
    """Tell of a caller who left a message or was promised a call."""
    kind = words.kind(card.kind.name)
    title = words.say("message.title", kind=kind[:1].upper() + kind[1:], who=who(card, words))
    one = item(card, words, now)
    return seen(title), "\n".join([seen(one.words), *map(seen, one.details)])
