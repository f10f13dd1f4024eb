"""The makes of PBX that ship with the simulator, and the ways in which real ones are difficult.

`MAKES` has one for each profile of `appliance.pbx`, by the same name: it behaves as its manuals say, and where they say
nothing as such PBXs usually do (facts on PBXs, sections 5 and 6). `DIFFICULT` are others, each with one bad habit
(section 8); what such an installation needs in its settings is told with it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from appliance.settings import StatusDigits
from appliance.signals.countries import Tone
from hardware.simulated.exchange import Release
from hardware.simulated.pbxprofile import PbxProfile, PbxTones, RecallShows

PANASONIC_STATUS: Final = StatusDigits("1", "2", "3", "4", "5", "#9")
_PANASONIC: Final = PbxProfile(
    flash_min_ms=80,
    flash_max_ms=1000,
    hang_up_ms=1200,
    free_after_s=1.0,
    conference_code="3",
    camp_on=True,
    internal_ring=((400, 200), (400, 2000)),
)

GENERIC_ETSI: Final = PbxProfile()
GENERIC_US: Final = PbxProfile(flash_min_ms=300, flash_max_ms=1100, hang_up_ms=1300)

MAKES: Final[dict[str, PbxProfile]] = {
    "panasonic-tes": replace(
        _PANASONIC,
        tones=PbxTones(ringback=Tone((425.0,), ((1000, 2000),)), recall_dial=Tone((425.0,), ((120, 120),))),
    ),
    "panasonic-tda": replace(
        _PANASONIC,
        status=PANASONIC_STATUS,
        caller_left=Release.SILENCE,
        recall_shows=RecallShows.TARGET,
        tones=PbxTones(  # learned on a KX-TD500, but for the frequency
            busy=Tone((425.0,), ((510, 450),)),
            congestion=Tone((425.0,), ((260, 190),)),
            ringback=Tone((425.0,), ((990, 2830),)),
        ),
    ),
    "slican": PbxProfile(flashes_to_retrieve=2, caller_left=Release.LOOP_BUSY, recall_s=20.0),
    "generic-etsi": GENERIC_ETSI,
    "generic-us": GENERIC_US,
    "centrex": PbxProfile(flash_min_ms=300, flash_max_ms=1100, hang_up_ms=1300, flash_joins=True),
}
"""By the names that `[pbx] profile` can have."""


@dataclass(frozen=True, slots=True)
class Difficult:
    """A PBX with a bad habit, and the keys of `[pbx]` that its owner has to set for it, beside `generic-etsi`."""

    profile: PbxProfile
    owner_sets: dict[str, Any] = field(default_factory=dict)


def _tones(**tones: Any) -> Difficult:
    return Difficult(replace(GENERIC_ETSI, tones=PbxTones(**tones)))


def _keys(status: StatusDigits, **habits: Any) -> Difficult:
    return Difficult(replace(GENERIC_ETSI, status=status, **habits), {"status": asdict(status)})


def _back(recipe: str) -> dict[str, Any]:
    """The same recipe for every reason."""
    return {f"back_from_{reason}": recipe for reason in ("busy", "no_answer", "refusal", "reorder")}


DIFFICULT: Final[dict[str, Difficult]] = {
    "soft tones": _tones(dbm0=-30.0),
    "tones too high": _tones(off_by=0.02),
    "tones too low": _tones(off_by=-0.02),
    "noise": _tones(dbm0=-16.0, noise_dbm0=-31.0),
    "somebody speaks under the tones": _tones(voice_dbm0=-27.0),
    "no recall tone": Difficult(replace(GENERIC_ETSI, recall_tone=False), {"recall_tone": False}),
    "late ringback": Difficult(replace(GENERIC_ETSI, ringback_after_s=4.0)),
    "ring-trip click": Difficult(replace(GENERIC_ETSI, ring_trip_click=True)),
    "keys clipped": Difficult(replace(GENERIC_ETSI, digits_clipped_ms=50)),
    "deaf at first": Difficult(replace(GENERIC_ETSI, digits_from_ms=600), {"pause_after_flash_ms": 800}),
    "hold code": Difficult(replace(GENERIC_ETSI, hold_code="20"), {"hold_code": "20"}),
    "flash and a code": Difficult(replace(GENERIC_ETSI, retrieve_code="0"), _back("flash 0")),
    "hang up to come back": Difficult(replace(GENERIC_ETSI, flashes_to_retrieve=0, recall_s=10.0), _back("hang up")),
    "comes back by itself": Difficult(replace(GENERIC_ETSI, returns_by_itself_s=5.0)),
    "reversal on answer": Difficult(replace(GENERIC_ETSI, reversal_on_answer=True), {"reversal_hangs_up": False}),
    "reversal on release": Difficult(
        replace(GENERIC_ETSI, caller_left=Release.SILENCE, colleague_left=Release.SILENCE, reversal_on_release=True)
    ),
    "no sign of release": Difficult(replace(GENERIC_ETSI, caller_left=Release.SILENCE, colleague_left=Release.SILENCE)),
    "dial tone on release": Difficult(
        replace(GENERIC_ETSI, caller_left=Release.DIAL_TONE, colleague_left=Release.DIAL_TONE)
    ),
    "recall without a number": Difficult(
        replace(GENERIC_ETSI, recall_shows=RecallShows.NOBODY, recall_s=15.0), {"recall_s": 15.0}
    ),
    "no caller ID": Difficult(replace(GENERIC_ETSI, caller_id=False)),
    "keys instead of tones": _keys(PANASONIC_STATUS, status_with_tones=False),
    "keys of its own": _keys(StatusDigits("*61", "*62", "*63", "*64", "*65", "#00")),
    "call waiting": Difficult(replace(GENERIC_ETSI, call_waiting=True)),
    "no music": Difficult(replace(GENERIC_ETSI, music=False)),
}
"""By the habit."""
