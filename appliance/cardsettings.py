"""What the owner decides about promises to callers, and how long anything about them is kept (R26, R36).

Frozen values with their defaults, as in `appliance.settings`, which holds them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CardSettings:
    """The card box. Who is promised a call "as soon as possible" can rely on it within `soon_min` opening minutes."""

    soon_min: float = 120.0


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """After how many days recordings, callers' numbers and closed cards are forgotten; 0: never.

    Of a call whose number is forgotten everything else stays, so that no figure changes. Open cards, and what belongs
    to them, are kept until they are closed.
    """

    recordings_days: float = 90.0
    numbers_days: float = 730.0
    cards_days: float = 730.0
