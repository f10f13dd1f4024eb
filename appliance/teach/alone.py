"""The checks of an idle line: what its tones are, and whether the box would know them (R33, facts 4.1).

Busy and wrong numbers are dialled here first, with nobody on hold who could get lost.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from appliance.acts import Heard
from appliance.settings import StatusDigits
from appliance.teach.card import Check, Mark
from appliance.teach.ear import Ear
from appliance.teach.hands import Hands
from appliance.teach.measured import Measured, measure
from appliance.teach.phones import Phones
from appliance.teach.taught import Tell

DIAL_TONE_S: Final = 4.5
"""A tone without a pause is known as such after three seconds (`appliance.signals.learn`)."""
REFUSAL_S: Final = 12.0
"""Long enough for three periods of any busy tone, after a PBX that takes its time."""
KEYS_MS: Final = (150, 200)
"""Longer keys, for a PBX that misses their beginning (facts 8)."""
_RINGS_PAUSE_MS: Final = 1500
"""No busy tone pauses so long, every ringback does."""
CABLE = "Check the cable between this line and the PBX, and that the PBX has this extension."


class Alone:
    """Measures the tones of an idle line; what the box would not know by its tables is learned."""

    def __init__(self, hands: Hands, phones: Phones, tell: Tell) -> None:
        self._hands = hands
        self._phones = phones
        self._tell = tell
        self.busy_number = phones.busy
        self.found: dict[Heard, Measured] = {}

    @property
    def refusals_alike(self) -> bool:
        """Do busy and wrong numbers sound the same here?"""
        busy, wrong = self.found.get(Heard.BUSY), self.found.get(Heard.CONGESTION)
        return busy is not None and wrong is not None and not busy.code and busy.like(wrong)

    def keep(self, found: Measured) -> None:
        """Remember a tone, and teach it to the box if it does not know it."""
        self.found[found.heard] = found
        taken = found.heard is Heard.CONGESTION and self.refusals_alike  # one sound can have one meaning only
        if not found.known and found.tone is not None and not taken:
            self._hands.tones.append(found.tone)

    # ------------------------------------------------------------ the checks

    def dial_tone(self) -> Check:
        """Is there a line at all?"""
        self._tell("Listening to the dial tone.")
        self._hands.lift()
        ear = self._hands.listen(DIAL_TONE_S)
        self._hands.put_down()
        found = heard_by(ear, Heard.DIAL_TONE)
        if not ear.had_tone:
            return Check("dial tone", Mark.FAILED, "There was none.", CABLE)
        self.keep(found)
        self._hands.know(dial_tone_s=longer(self._hands.pbx.dial_tone_s, found.after_s))
        return Check("dial tone", Mark.PASSED, self.words(found))

    def busy(self) -> Check:
        """What does a busy telephone sound like?"""
        number = self._phones.busy
        self._tell(f"Calling {number}, which should be busy.")
        ear = self._refused(number, Heard.BUSY)
        found = heard_by(ear, Heard.BUSY)
        if is_ringing(found):
            return Check("busy tone", Mark.FAILED, f"{number} rang.", f"Lift the handset of {number}, and start again.")
        if ear.somebody:
            return Check("busy tone", Mark.FAILED, f"Somebody spoke at {number}.", "Name a telephone that is busy.")
        return self._refusal("busy tone", found, number)

    def wrong(self) -> Check:
        """What does a number sound like that does not exist?"""
        number = self._phones.wrong
        self._tell(f"Calling {number}, which should not exist.")
        ear = self._refused(number, Heard.CONGESTION)
        found = heard_by(ear, Heard.CONGESTION)
        if is_ringing(found) or ear.somebody:
            return Check("wrong number", Mark.FAILED, f"{number} exists.", "Name a number that nobody has.")
        check = self._refusal("wrong number", found, number)
        if check.mark is Mark.PASSED and self.refusals_alike:
            told = f"{check.measured}; it sounds like busy."
            return Check("wrong number", Mark.NOTED, told, "Callers are told that the colleague is busy.")
        return check

    def _refusal(self, name: str, found: Measured, number: str) -> Check:
        if not found.there:
            advice = "Check the number; if it is right, ask the PBX installer what is heard after it."
            return Check(name, Mark.FAILED, f"Nothing was heard after {number}.", advice)
        self.keep(found)
        if not (found.known or found.tone or found.code or self.refusals_alike):
            return Check(
                name, Mark.FAILED, f"{self.words(found)}, which is not clear.", "Start again in a quiet moment."
            )
        if found.code:
            self._hands.know(status=with_status(self._hands, found))
        return Check(name, Mark.PASSED, self.words(found))

    def _refused(self, number: str, heard: Heard) -> Ear:
        """Dial on an idle line, with longer keys where the PBX does not seem to hear them."""
        usual = (self._hands.pbx.dtmf_on_ms, self._hands.pbx.dtmf_off_ms)
        for on_ms, off_ms in (usual, *((ms, ms) for ms in KEYS_MS if ms > usual[0])):
            self._hands.know(dtmf_on_ms=on_ms, dtmf_off_ms=off_ms)
            self._hands.lift()
            self._hands.listen(self._hands.pbx.dial_tone_s, lambda ear: ear.tone)
            self._hands.dial(number)
            ear = self._hands.listen(REFUSAL_S, lambda ear: ear.somebody)
            self._hands.put_down()
            if ear.keys or ear.somebody or (ear.had_tone and not self._is_dial_tone(heard_by(ear, heard))):
                return ear
        self._hands.know(dtmf_on_ms=usual[0], dtmf_off_ms=usual[1])
        return ear

    def _is_dial_tone(self, found: Measured) -> bool:
        return found.like(self.found[Heard.DIAL_TONE])

    def words(self, found: Measured) -> str:
        """A tone for the card."""
        unknown = found.tone is not None and found.tone in self._hands.tones
        return f"{found.words}{', which had to be learned' if unknown else ''}"


def heard_by(ear: Ear, heard: Heard, since_s: float = 0.0) -> Measured:
    """What an ear heard, as a tone that means `heard`; the code that came with it is the first."""
    code = ear.codes[0][1][:3] if ear.codes else ""
    tone = measure(ear.sound(max(since_s, ear.keys_until_s)), heard) if ear.had_tone else None
    return Measured(heard, tone, ear.tone_named, ear.first_tone_s or 0.0, code)


def is_ringing(found: Measured) -> bool:
    """Is it the ringback of a telephone that should not ring?"""
    pauses = [off for _, off in found.tone.cadence] if found.tone else []
    return found.named is Heard.RINGBACK or max(pauses, default=0) > _RINGS_PAUSE_MS


def longer(limit_s: float, took_s: float) -> float:
    """A limit of time that leaves room for what it took."""
    return max(limit_s, round(1.5 * took_s + 1.0, 1))


WORDS_OF_STATUS: Final = {
    Heard.RINGBACK: "ringing",
    Heard.BUSY: "busy",
    Heard.CONGESTION: "reorder",
    Heard.ANSWERED: "answered",
    Heard.DISCONNECT: "released",
}
"""What a code means, and its name in the settings."""


def with_status(hands: Hands, found: Measured) -> StatusDigits:
    """The status digits, with one more."""
    return replace(hands.pbx.status, **{WORDS_OF_STATUS[found.heard]: found.code})
