"""Keeping what was found out: only what the box can work with goes into the settings (R33)."""

from __future__ import annotations

from appliance.settings import Settings
from appliance.store.settings import SettingsStore
from appliance.teach.card import Card


def keep(card: Card, settings: Settings, store: SettingsStore, *, anyway: bool = False) -> str:
    """Store `settings` with what is on the card, if it passed or is wanted `anyway`; a sentence says what was done.

    Raises:
        BadSettings: what was found does not fit the rest of the settings.
        OSError: the disk is full or refuses.
    """
    if not card.passed and not anyway:
        return "Nothing was saved. Follow the advice and start again, or add --save-anyway."
    store.save(card.settings(settings))
    return f"This is kept in {store.path}, and what stood there before beside it."
