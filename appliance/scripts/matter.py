"""Who calls, and about what: asked once, and kept in the caller's own words, which a colleague hears (R17, R18, R22).

The recording goes to disk while the caller speaks. Whoever hangs up in the middle leaves it on their card.
"""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import Collect, Doing, KeepMatter, KeepWho, Play, Record, Sentence, sentence

LIMIT_S = 10.0
"""One sentence is what was asked for."""
SILENCE_S = 2.0
SPOKEN_S = 0.3
"""Less sound than this is a key or a cough, not an answer."""


async def ask_matter(plan: Plan) -> None:
    """Ask for one sentence about what the call is about."""
    await Doing("saying what it is about")
    name = f"matters/call-{plan.call:06d}.wav"
    await KeepMatter(name)
    if not await recorded(sentence("ask-matter"), name):
        await KeepMatter("")


async def ask_who(plan: Plan) -> None:
    """Ask for name and company."""
    await Doing("saying who they are")
    name = f"matters/call-{plan.call:06d}-who.wav"
    await KeepWho(name)
    if not await recorded(sentence("ask-who"), name):
        await KeepWho("")


async def recorded(question: Sentence, name: str) -> bool:
    """Ask, and record the answer as `name`; a key skips the question, or ends the answer. `False`: nothing was said."""
    if not await Play((question, sentence("beep"))):
        await Collect(1, 0.1)  # the key that skipped it
        return False
    return (await Record(name, LIMIT_S, SILENCE_S)).spoken_s >= SPOKEN_S
