"""What is kept of callers, and for how long (R36): limits of age, and whoever asks for their own or to be forgotten.

Nothing is deleted but by this. A call stays in the list when its number is forgotten, so that no figure changes; an
open card, and what its caller said, stays until it is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.cardsettings import PrivacySettings

EVERY_S = 86_400.0
FIRST_AFTER_S = 600.0
"""Old things are looked for ten minutes after a start, when the telephones have been answered, and then daily."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is older than these local moments is forgotten; `None`: nothing of that kind."""

    at: datetime
    recordings: datetime | None
    numbers: datetime | None
    cards: datetime | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many recordings, numbers of calls and closed cards were forgotten, and whether there is `more` to be."""

    recordings: int = 0
    numbers: int = 0
    cards: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class Forgetting:
    """One day's forgetting, as the ledger keeps it."""

    at: datetime
    what: Forgotten


@dataclass(frozen=True, slots=True)
class EraseCaller:
    """Everything about somebody is to be forgotten: their `contact` (0: none), and all that came from `numbers`."""

    contact: int
    numbers: tuple[str, ...]


def limits(settings: PrivacySettings, now: datetime) -> Limits:
    """The moments that these settings mean at `now`."""

    def before(days: float) -> datetime | None:
        return now - timedelta(days=days) if days else None

    return Limits(now, before(settings.recordings_days), before(settings.numbers_days), before(settings.cards_days))
