"""The habits of one make of PBX, good and bad, as the simulated one shows them.

This is how a PBX *behaves*; what the office *believes* of it is `PbxSettings`. The two need not agree, and the teaching
finds out. Every field has its reason in the facts on PBXs (sections 4.3, 5, 6 and 8).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

from appliance.settings import StatusDigits
from appliance.signals.countries import Cadence, Country, Tone
from hardware.simulated.exchange import Release


class RecallShows(Enum):
    """Whose number is shown when a caller comes back whom nobody answered."""

    CALLER = "caller"
    TARGET = "the extension that did not answer"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class PbxTones:
    """What its tones sound like; `None` is the country's. Levels are those of each frequency.

    `off_by` is the share by which all frequencies are too high, 0.02 for two in a hundred. `voice_dbm0`: a
    conversation on another line can be heard under the tones.
    """

    dial: Tone | None = None
    recall_dial: Tone | None = None
    ringback: Tone | None = None
    busy: Tone | None = None
    congestion: Tone | None = None
    dbm0: float = -12.0
    off_by: float = 0.0
    noise_dbm0: float = -65.0
    voice_dbm0: float = -math.inf

    def of(self, country: Country) -> Country:
        """The country as it sounds behind this PBX."""
        return replace(
            country,
            dial=self._off(self.dial or country.dial),
            recall_dial=self._off(self.recall_dial or self.dial or country.recall_dial),
            ringback=self._off(self.ringback or country.ringback),
            busy=self._off(self.busy or country.busy),
            congestion=self._off(self.congestion or country.congestion),
        )

    def _off(self, tone: Tone) -> Tone:
        return replace(tone, frequencies=tuple(hz * (1 + self.off_by) for hz in tone.frequencies))


@dataclass(frozen=True, slots=True)
class PbxProfile:
    """The habits of one make of PBX. The defaults suit the short flash of most of Europe."""

    # The hook.
    flash_min_ms: float = 50
    flash_max_ms: float = 250
    hang_up_ms: float = 400
    """A loop that stays open is known to be a hang-up after this time."""

    # Ways back to the held party.
    flashes_to_retrieve: int = 1
    """0: a flash brings nobody back; only hanging up does, for then the PBX rings again."""
    second_flash_min_ms: float = 300
    second_flash_max_ms: float = 1000
    """The pause between the two flashes, where two are needed."""
    retrieve_code: str = ""
    """What must be dialled after the flash to come back, as network services want "1"."""
    returns_by_itself_s: float = math.inf
    """After so much busy or congestion tone the held party is back without any flash."""

    # Dialling.
    recall_tone: bool = True
    """Is there dial tone after a flash?"""
    dial_tone_after_ms: float = 150
    hold_code: str = ""
    """What must be dialled after the flash before an extension, as "20" with Panasonic's SLT Hold Mode."""
    digits_clipped_ms: float = 0
    """So much is lost of the beginning of each key."""
    digits_from_ms: float = 0
    """Keys that come sooner after the dial tone began are lost."""
    digit_wait_s: float = 10.0
    """Without a digit for that long, dialling ends in congestion tone."""
    route_ms: float = 300
    """From the last digit to ringback or busy tone."""
    unobtainable_ms: float = 800
    """From a digit that leads nowhere to congestion tone."""

    # Ringing.
    ringback_after_s: float = 0.0
    """So long there is silence while the other telephone rings already."""
    do_not_disturb: Release = Release.BUSY
    """What is heard from an extension that wants no calls."""
    camp_on: bool = False
    recall_s: float = 30.0
    recall_shows: RecallShows = RecallShows.CALLER
    recall_ring: Cadence = ()
    internal_ring: Cadence = ()
    """Other rings than the country's, for callers who come back and for colleagues who call."""
    caller_id: bool = True
    """Does it tell its extensions who calls?"""
    ring_trip_click: bool = False
    """Whoever answers hears the ringing being switched off."""
    call_waiting: bool = False
    """Whoever talks hears a beep when somebody else calls."""
    free_after_s: float = 0.5
    """A port rings no sooner after its last call."""
    music: bool = True
    """Is there music for a held party? Otherwise silence."""

    # Three and more.
    conference_code: str = ""
    """What joins three after a flash; empty where that cannot be."""
    code_wait_s: float = 4.0
    """So long after the flash such a code is taken."""
    flash_joins: bool = False
    """A flash after the answer joins the three, another one drops the last, as on Centrex lines."""

    # What a port is told.
    colleague_left: Release = Release.BUSY
    held_caller_left: Release = Release.CONGESTION
    caller_left: Release | None = None
    """The sign that an outside caller has hung up; `None` passes on whatever their exchange sends."""
    loop_break_ms: float = 500
    reversal_on_release: bool = False
    """The polarity of the line is reversed when the other party has gone."""
    reversal_on_answer: bool = False
    """The polarity of the line is reversed when the called party answers."""
    status: StatusDigits = StatusDigits()  # noqa: RUF009 - frozen
    """What the box's ports are told by keys; that somebody has gone, besides the sign above."""
    status_with_tones: bool = True
    """Do the tones sound all the same, after such keys?"""
    follow_on_s: float = math.inf
    """So long after the box has answered a colleague, their extension comes as keys."""

    trunks: int = 30
    outside_prefix: str = "0"
    """What is dialled before a number of the public network."""
    hunt_number: str = ""
    """Colleagues who dial it get the first port of the box that is free; empty: they dial one port."""
    tones: PbxTones = PbxTones()
