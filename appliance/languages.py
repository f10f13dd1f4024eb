"""The languages in which callers can be spoken to: those of which `voice-prompts` has the words (R4)."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def languages() -> frozenset[str]:
    """Their two letters."""
    folder = resources.files("voice_prompts")
    return frozenset(entry.name for entry in folder.iterdir() if (entry / "prompts.toml").is_file())
