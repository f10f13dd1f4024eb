"""Which modem the emulator pretends to be: all of them by name.

To add a modem, add its differences to `chips` and its name to `PROFILES`: no code asks for a name.
"""

from __future__ import annotations

from collections.abc import Mapping

from hardware.simulated.chips import (
    AGERE,
    CX93001,
    CX_RD02,
    IS101,
    MT9234MU,
    NO_VOICE,
    SI24XX,
    USR5637,
    USR5637_OLD,
    ZOOM3095,
)
from hardware.simulated.modemprofile import V253, Kept, Parameter, Profile, Sample

__all__ = ["CX93001", "PROFILES", "USR5637", "V253", "Kept", "Parameter", "Profile", "Sample"]

PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        CX93001,
        ZOOM3095,
        CX_RD02,
        USR5637,
        USR5637_OLD,
        MT9234MU,
        SI24XX,
        AGERE,
        IS101,
        NO_VOICE,
        V253,
    )
}
"""Every modem that can be emulated, by name."""
