"""The PBXs that are met: those of the simulator, with the settings that name them (`hardware.simulated.makes`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from appliance.acts import Heard
from appliance.settings import PbxSettings
from appliance.store.settings import settings_from
from hardware.simulated import makes
from hardware.simulated.eventport import Habits
from hardware.simulated.exchange import Release
from hardware.simulated.pbxprofile import PbxProfile

DIFFICULT: Final = ("flash and a code", "hang up to come back", "keys instead of tones", "keys of its own", "hold code")
"""Those whose bad habit can be met without a sound."""


@dataclass(frozen=True, slots=True)
class Make:
    """One PBX: what the owner of such a one has in the settings, and how it behaves."""

    settings: PbxSettings
    habits: Habits


@cache
def met() -> dict[str, Make]:
    """All of them, by name."""
    ships = {name: _make(profile, {"profile": name}) for name, profile in makes.MAKES.items()}
    difficult = {name: makes.DIFFICULT[name] for name in DIFFICULT}
    return ships | {name: _make(other.profile, other.owner_sets) for name, other in difficult.items()}


def _make(profile: PbxProfile, owner_sets: Mapping[str, Any]) -> Make:
    settings = settings_from({"company": "Northwind", "pbx": dict(owner_sets)}).pbx
    return Make(settings, habits_of(profile))


def habits_of(profile: PbxProfile) -> Habits:
    """What of the simulated PBX counts where there is no sound."""
    return Habits(
        flash_min_ms=round(profile.flash_min_ms),
        flash_max_ms=round(profile.flash_max_ms),
        back=f"flash {profile.retrieve_code}" if profile.retrieve_code else FLASHES[profile.flashes_to_retrieve],
        joins_after_answer=profile.flash_joins,
        hold_code=profile.hold_code,
        recall_tone=profile.recall_tone,
        camp_on=profile.camp_on,
        recall_s=profile.recall_s,
        recall_shows=profile.recall_shows,
        status=profile.status,
        tones=profile.status_with_tones,
        ringback_after_s=profile.ringback_after_s,
        do_not_disturb=Heard.CONGESTION if profile.do_not_disturb is Release.CONGESTION else Heard.BUSY,
    )


FLASHES: Final = {0: "hang up", 1: "flash", 2: "flash flash"}
