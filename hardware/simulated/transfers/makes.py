"""PBXs as the box meets them: the settings that suit a make, and the habits of the PBX itself.

They agree with the profiles in `appliance/pbx`; two more stand for PBXs that want a flash and a code, and for those
where hanging up brings the caller back.
"""

from __future__ import annotations

from dataclasses import dataclass

from appliance.settings import PbxSettings, StatusDigits
from hardware.simulated.eventpbx import Habits

VOICE_MAIL = StatusDigits("1", "2", "3", "4", "5", "#9")


@dataclass(frozen=True, slots=True)
class Make:
    """One make; `may_want_hold_code` where some of them want "20" before the extension."""

    settings: PbxSettings
    habits: Habits
    may_want_hold_code: bool = False


def _back(recipe: str) -> dict[str, str]:
    return {f"back_from_{why}": recipe for why in ("busy", "no_answer", "refusal", "reorder")}


PANASONIC = PbxSettings(flash_ms=300, flash_min_ms=100, flash_max_ms=700)
AMERICAN = PbxSettings(flash_ms=600, flash_min_ms=300, flash_max_ms=1000)

MAKES = {
    "panasonic-tes": Make(PANASONIC, Habits(100, 700, camp_on=True), may_want_hold_code=True),
    "panasonic-tda": Make(
        PbxSettings(flash_ms=300, flash_min_ms=100, flash_max_ms=700, status=VOICE_MAIL),
        Habits(100, 700, camp_on=True, status=VOICE_MAIL),
    ),
    "panasonic-tda, keys only": Make(
        PbxSettings(flash_ms=300, flash_min_ms=100, flash_max_ms=700, status=VOICE_MAIL),
        Habits(100, 700, camp_on=True, status=VOICE_MAIL, tones=False),
    ),
    "slican": Make(PbxSettings(**_back("flash flash")), Habits(back="flash flash")),
    "generic-etsi": Make(PbxSettings(), Habits()),
    "generic-us": Make(AMERICAN, Habits(300, 1000)),
    "centrex": Make(
        PbxSettings(flash_ms=600, flash_min_ms=300, flash_max_ms=1000, back_from_refusal="flash flash"),
        Habits(300, 1000, back_once_answered="flash flash"),
    ),
    "flash and code": Make(PbxSettings(**_back("flash 1")), Habits(back="flash 1")),
    "back by hanging up": Make(
        PbxSettings(back_from_busy="hang up", back_from_reorder="hang up", back_from_no_answer="hang up"), Habits()
    ),
}
