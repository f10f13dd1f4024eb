"""The words in which scripts are written: thin, so that a script reads like a receptionist's instructions."""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import Answer, AwaitCallerId, Collect, Doing, Ending, Play, sentence
from appliance.call import CallerId, Outcome

EXIT = "0"
"""In every menu of callers: somebody who answers."""
Prompt = tuple[str, dict[str, str | int]]
"""One sentence of a menu, by its key, with the values it speaks."""
LAST_WORD_S = 8.0
"""How long we wait, after goodbye, for the caller to hang up first (R20)."""
KEY_WAIT_S = 6.0
"""How long a menu waits for a key before it says itself once more."""
CODE_WAIT_S = 2.0
"""How long from one key of a code to the next."""


async def answer() -> CallerId:
    """Go off-hook as soon as the caller ID is in, by the second ring (R1)."""
    caller_id = await AwaitCallerId(ring=2)
    await Doing("answering")
    await Answer()
    return caller_id


async def say(key: str, /, **values: str | int) -> bool:
    """Speak one sentence; `False` when the caller cut it short by a key."""
    return await Play((sentence(key, **values),))


async def ask(*prompts: Prompt, keys: str, tries: int = 2, code: str = "", early: str = "") -> str:
    """Speak a menu and return the key pressed, one of `keys`; an empty string when none came in `tries` rounds.

    `code` is an answer of one or more keys that the menu does not tell of; it begins with none of `keys`. What was
    pressed `early` is taken for the first answer, and nothing is said before it.
    """
    spoken = tuple(sentence(key, **values) for key, values in prompts)
    for _ in range(tries):
        if not early:
            await Play(spoken)
        pressed, early = early or await Collect(1, KEY_WAIT_S, end=""), ""
        if pressed and pressed in keys:
            return pressed
        if pressed and code.startswith(pressed) and await rest_of(code, pressed):
            return code
        if pressed:
            await say("not-understood")
    return ""


async def rest_of(code: str, pressed: str) -> bool:
    """Do the keys go on, after those that were `pressed`, until `code` is complete?"""
    missing = code.removeprefix(pressed)
    return not missing or await Collect(len(missing), CODE_WAIT_S, CODE_WAIT_S, end="") == missing


async def goodbye(plan: Plan, outcome: Outcome) -> Outcome:
    """Thank the caller and let them hang up first (R20)."""
    await Ending(outcome)
    await Doing("saying goodbye")
    await say("goodbye", company=plan.company)
    await Collect(1, LAST_WORD_S, silence_counts=False)
    return outcome
