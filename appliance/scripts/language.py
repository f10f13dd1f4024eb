"""In which language a caller is spoken to: one key, each language in its own words (R4)."""

from __future__ import annotations

from appliance.acd.routing import Plan
from appliance.acts import Collect, Doing, Play, SpeakLanguage, sentence

ROUNDS = 2
KEY_WAIT_S = 4.0
"""The office's own language needs no key, so its speakers should not wait for long."""


async def choose_language(plan: Plan, early: str = "") -> str:
    """Ask a caller whose language nobody knows. What they pressed (or had, `early`) for something else is returned."""
    if not plan.languages:
        return early
    await Doing("choosing a language")
    codes = dict(plan.languages)
    for _ in range(ROUNDS):
        pressed = early or await offer_languages(plan.languages)
        if pressed in codes:
            await SpeakLanguage(codes[pressed])
            return ""
        if pressed:
            return pressed
    return ""


async def offer_languages(languages: tuple[tuple[str, str], ...]) -> str:
    """Every language in its own voice, until a key is pressed; the key, or nothing."""
    for key, code in languages:
        if not await Play((sentence("language-choice", key=key),), language=code):
            break
    return await Collect(1, KEY_WAIT_S, end="")
