"""The checks with somebody on hold: the hook flash, and the ways back to them (R33; hand-over steps T1 and T6).

A tone after a flash proves little: that of an idle line may sound the same as that of a PBX which holds somebody. Only
the voice that comes back does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final

from appliance.acts import Heard
from appliance.teach.alone import Alone, heard_by, longer, with_status
from appliance.teach.card import Check, Mark
from appliance.teach.ear import Ear
from appliance.teach.flashsearch import FlashSearch, Tried, lengths_for
from appliance.teach.hands import Hands
from appliance.teach.measured import NAMES, Measured
from appliance.teach.phones import BACK_CODES, HOLD_CODES
from appliance.teach.taught import Tell
from appliance.toll import Recipe

AFTER_FLASH_S: Final = 4.0
"""How long a dial tone may be in coming; who keeps talking does not pause for so long."""
STILL_THERE_S: Final = 1.0
"""So soon after the flash a voice may be the end of a word that the PBX has cut off."""
VERDICT_S: Final = 14.0
"""Longer than the box waits, so that a PBX which takes its time is measured."""
NO_TONE_TO_WAIT_FOR_S: Final = 1.0
"""As `appliance.scripts.consult` waits where no dial tone comes."""
DIAL_TONE_EXPECTED_S: Final = 0.3
"""As `hardware.farend`: so much of a dial tone has the box dial."""
PATIENT_MS: Final = 1000
"""A pause before the first key for a PBX that is deaf at first (facts 8)."""
RECALL_S: Final = 180.0
"""How long the transfer recall is waited for; 30 to 60 s are usual (facts 6.1)."""
HANDSET_S: Final = 10.0
"""Time to lift a handset that was forgotten, so often."""
HANDSET_TRIES: Final = 2
SOONEST_RECALL_S: Final = 5.0
"""The shortest that the settings take."""
MEASURE_S: Final = 5.0
"""Long enough for some periods of a tone that tells the end."""
WAYS: Final = ("flash", "flash flash", *(f"flash {code}" for code in BACK_CODES), "hang up")
"""Tried in this order; hanging up is the last, for it may be the end of the call."""
REFUSALS: Final = frozenset({Heard.BUSY, Heard.CONGESTION, Heard.SIT})
INSTALLER = "Ask the PBX installer how a call is put through from an analog extension, and whether this one may."


class NobodyThere(Exception):
    """The person who helps could not be reached any more."""


class Held:
    """Works with somebody on the line. `reach` gets them, also again after they were cut off."""

    def __init__(self, hands: Hands, alone: Alone, tell: Tell, reach: Callable[[], bool]) -> None:
        self._hands = hands
        self._alone = alone
        self._tell = tell
        self._reach = reach
        self._length_ms = 0
        self._way = ""
        self._hung_up_for_nothing = False
        self._has_rung = False
        """A telephone rang while somebody was on hold: how numbers are dialled then is beyond doubt."""

    # ------------------------------------------------------------ the hook flash

    def flash(self, *, window: bool) -> Check:
        """Which length holds the other party, and how do they come back?"""
        self._tell("Trying the hook flash, from short to long. Please keep talking all the time.")
        search = FlashSearch(lengths_for(self._hands.pbx), window=window)
        while (length_ms := search.next_ms()) is not None:
            search.tell(length_ms, self._try(length_ms))
        tried = ", ".join(f"{length_ms} ms {result.value}" for length_ms, result in search.tried)
        if search.kept_ms is None:
            return Check("hook flash", Mark.FAILED, f"None helped: {tried}.", INSTALLER)
        self._length_ms = search.kept_ms
        self._hands.know(
            flash_ms=search.kept_ms,
            flash_min_ms=search.worked[0],
            flash_max_ms=search.worked[-1],
            flash_proven=True,
            back_from_refusal=self._way,
            back_from_no_answer=self._way,
        )
        if self._hands.rang_after_s is not None:  # it is by ringing that they come back
            self._hands.know(recall_s=max(self._hands.pbx.recall_s, float(round(self._hands.rang_after_s))))
        told = f"{search.worked[0]} to {search.worked[-1]} ms hold, and “{self._way}” brings back; tried: {tried}."
        if search.narrow:
            advice = "There is little room: ask the PBX installer to let this extension have a longer flash."
            return Check("hook flash", Mark.NOTED, told, advice)
        return Check("hook flash", Mark.PASSED, told)

    def _try(self, length_ms: int) -> Tried:
        """Flash, come back, and do both again: what worked twice was no accident."""
        if not self._press(length_ms):
            return Tried.TOO_SHORT
        way = self._come_back(length_ms)
        for _ in range(2):
            if way is None:
                break
            if not self._press(length_ms):
                return Tried.TOO_SHORT
            if self._hands.back(Recipe.read(way), length_ms):
                self._way = way
                return Tried.WORKED
            way = self._come_back(length_ms)
        self._fetch_anew()
        return Tried.TOO_LONG

    def _press(self, length_ms: int) -> bool:
        """Flash; does the PBX listen to us now? Where it gives no dial tone, a busy tone must answer our digits."""
        self._hands.flash(length_ms)
        ear = self._hands.listen(AFTER_FLASH_S, lambda ear: self._is_dial(ear) or _still_there(ear))
        if self._is_dial(ear):
            return True
        if ear.somebody:
            return False
        self._hands.dial(self._alone.busy_number)
        ear = self._hands.listen(VERDICT_S, lambda ear: ear.tone or ear.somebody or bool(ear.keys))
        held = (ear.tone or bool(ear.keys)) and not ear.somebody
        if held:
            self._hands.know(recall_tone=False)
        return held

    def _is_dial(self, ear: Ear) -> bool:
        """Is it a dial tone, and no music of a radio?"""
        if not ear.tone:
            return False
        idle = self._alone.found[Heard.DIAL_TONE].tone
        return ear.tone_named in NAMES[Heard.DIAL_TONE] or (idle is not None and ear.watch.has(idle.frequencies[0]))

    # ------------------------------------------------------------ back

    def _ways(self) -> tuple[str, ...]:
        """The ways back, the likely ones first."""
        pbx = self._hands.pbx
        known = (self._way, pbx.back_from_refusal, pbx.back_from_busy) if self._way else (pbx.back_from_refusal,)
        every = dict.fromkeys(way for way in (*known, *WAYS) if way)
        return tuple(sorted(every, key=lambda way: way == "hang up" and way != self._way))

    def _come_back(self, length_ms: int) -> str | None:
        """Fetch the other party by any way; which one it was."""
        for way in self._ways():
            recipe = Recipe.read(way)
            if recipe.code and not self._hands.may_dial(recipe.code):
                continue
            if recipe.hang_up and self._hung_up_for_nothing:
                continue
            if self._hands.back(recipe, length_ms, known=way == self._way):
                return way
            self._hung_up_for_nothing = self._hung_up_for_nothing or recipe.hang_up
        return None

    def _fetch_anew(self) -> None:
        """They were cut off.

        Raises:
            NobodyThere: they do not come again.
        """
        self._tell("The call was cut off. Please hang up, answer again, and keep talking.")
        self._hands.put_down()
        if not self._reach():
            raise NobodyThere

    def _return(self) -> str | None:
        """Back from a consultation; somebody is there afterwards in any case."""
        way = self._come_back(self._length_ms)
        if way is None:
            self._fetch_anew()
        return way

    # ------------------------------------------------------------ with the PBX

    def recall_tone(self) -> Check:
        """What is heard after the flash, and how soon?"""
        self._hands.flash(self._length_ms)
        ear = self._hands.listen(AFTER_FLASH_S + 0.5)
        found = heard_by(ear, Heard.DIAL_TONE)
        there = self._is_dial(ear)
        self._hands.know(recall_tone=there)
        if there:
            if not found.known:
                self._alone.keep(found)
            self._hands.know(dial_tone_s=longer(self._hands.pbx.dial_tone_s, found.after_s))
        back = self._return()
        words = self._alone.words(found) if there else "None comes; the box dials after a second."
        if back is None:
            return Check("dial tone after the flash", Mark.FAILED, words, "The call was lost: start again.")
        return Check("dial tone after the flash", Mark.PASSED if there else Mark.NOTED, words)

    def _consult(self, number: str, hold_code: str) -> Ear:
        """Hold, dial as soon as the box does (`hardware.farend`), and listen until the PBX has said something."""
        self._hands.flash(self._length_ms)
        if self._hands.pbx.recall_tone:
            self._hands.listen(self._hands.pbx.dial_tone_s, lambda ear: ear.tone_s >= DIAL_TONE_EXPECTED_S)
        else:
            self._hands.listen(NO_TONE_TO_WAIT_FOR_S)
        for digits in (hold_code, number):
            if digits:
                self._hands.dial(digits)
        return self._hands.listen(VERDICT_S, lambda ear: self._said(ear) is not None)

    def _said(self, ear: Ear) -> Heard | None:
        """What the PBX says: by its codes, else by a tone that the box knows."""
        codes = {found.code: heard for heard, found in self._alone.found.items() if found.code}
        told = next((codes[code] for _, code in ear.codes if code in codes), None)
        return told or (None if ear.tone_named in NAMES[Heard.DIAL_TONE] else ear.tone_named)

    def _reaches(self, number: str, wanted: Collection[Heard]) -> tuple[Heard | None, str | None]:
        """Dial with somebody on hold: what the PBX said, and what brought them back.

        If need be with a longer pause first, for a PBX that is deaf at the beginning, and with a hold code.
        """
        before = self._hands.pbx
        for pause_ms, hold_code in self._manners():
            self._hands.know(pause_after_flash_ms=pause_ms, hold_code=hold_code)
            said, back = self._said(self._consult(number, hold_code)), self._return()
            if said in wanted:
                return said, back
            if said is Heard.RINGBACK:  # it was understood, and the telephone is not busy
                break
        self._hands.know(pause_after_flash_ms=before.pause_after_flash_ms, hold_code=before.hold_code)
        return said, back

    def _manners(self) -> list[tuple[int, str]]:
        """Pauses and hold codes to try, the likely ones first."""
        pause_ms, known = self._hands.pbx.pause_after_flash_ms, self._hands.pbx.hold_code
        if self._has_rung:
            return [(pause_ms, known)]
        tries = [(pause_ms, known), (max(pause_ms, PATIENT_MS), known)]
        codes = dict.fromkeys(code for code in ("", *HOLD_CODES) if not code or self._hands.may_dial(code))
        return tries + [(pause_ms, code) for code in codes if code != known]

    # ------------------------------------------------------------ the checks of a consultation

    def ringing(self, number: str, *, borrowed: bool = False) -> Check:
        """Does a telephone ring while somebody is on hold, and do they come back when nobody answers?

        One that is `borrowed` for it, and is busy otherwise, may still be busy.
        """
        self._tell(f"Calling {number}, which should ring. Please do not answer it.")
        said, back = self._reaches(number, {Heard.RINGBACK})
        name = "back when nobody answers"
        if said in REFUSALS and borrowed:
            advice = "Name a telephone that may ring, with --rings."
            return Check(name, Mark.NOT_TRIED, f"{number} was still busy.", advice, essential=False)
        if said is not Heard.RINGBACK:
            return Check(name, Mark.FAILED, f"{number} does not ring: {_words(said)}.", INSTALLER)
        if back is None:
            return Check(name, Mark.FAILED, "The call was lost.", INSTALLER)
        self._hands.know(back_from_no_answer=back)
        self._has_rung = True
        code = self._hands.pbx.hold_code
        return Check(name, Mark.PASSED, f"“{back}” brings back{f', and {code} must be dialled first' if code else ''}.")

    def busy(self, number: str) -> Check:
        """Busy while somebody is on hold."""
        self._tell(f"Calling {number}, which should be busy, with you on hold.")
        wanted = REFUSALS if self._alone.refusals_alike else {Heard.BUSY}
        said, back = self._reaches(number, wanted)
        for _ in range(HANDSET_TRIES):
            if said is Heard.RINGBACK:  # the handset was put down, and has not been lifted yet
                self._tell(f"{number} rings: please lift its handset, and lay it beside the telephone.")
                self._hands.wait(HANDSET_S)
                said, back = self._reaches(number, wanted)
        if said not in wanted:
            return Check("back from busy", Mark.FAILED, f"{number} is not busy: {_words(said)}.", INSTALLER)
        if back is not None:
            self._hands.know(back_from_busy=back)
        return self._came_back("back from busy", back)

    def wrong(self, number: str) -> Check:
        """A wrong number while somebody is on hold."""
        self._tell(f"Calling {number}, which should not exist, with you on hold.")
        said, back = self._said(self._consult(number, self._hands.pbx.hold_code)), self._return()
        if said not in REFUSALS:
            return Check("back from a wrong number", Mark.FAILED, f"No refusal was heard: {_words(said)}.", INSTALLER)
        if back is not None:
            self._hands.know(back_from_reorder=back)
        return self._came_back("back from a wrong number", back)

    def _came_back(self, name: str, back: str | None) -> Check:
        if back is None:
            return Check(name, Mark.FAILED, "The call was lost.", INSTALLER)
        return Check(name, Mark.PASSED, f"“{back}” brings back.")

    def recall(self, number: str) -> Check:
        """After how long does a party whom we left ringing come back here (T7)?"""
        name = "transfer recall"
        self._tell(f"Leaving you ringing at {number} until the PBX gives you back. Please do not answer it.")
        if self._said(self._consult(number, self._hands.pbx.hold_code)) is not Heard.RINGBACK:
            self._return()
            return Check(name, Mark.FAILED, f"{number} did not ring.", "Put its handset down.", essential=False)
        back = self._hands.rings_again(RECALL_S)
        after_s = self._hands.rang_after_s
        if after_s is not None and after_s >= SOONEST_RECALL_S:
            self._hands.know(recall_s=float(round(after_s)))
        if not back:
            self._fetch_anew()
            told = "It did not ring here again." if after_s is None else "It rang here again, but nobody was there."
            advice = "Do not use the ways blind and ring on this PBX."
            return Check(name, Mark.FAILED, told, advice, essential=False)
        return Check(name, Mark.PASSED, f"It rang here again after {after_s:.0f} s.", essential=False)

    def hang_up(self, limit_s: float = 40.0) -> Check:
        """How does the PBX tell that the far end has hung up?"""
        name = "the other party hangs up"
        self._tell("Please hang up now.")
        ended_s: list[float] = []

        def enough(ear: Ear) -> bool:
            if not ended_s and _ended(ear):
                ended_s.append(ear.seconds)
            return bool(ended_s) and ear.seconds > ended_s[0] + MEASURE_S

        ear = self._hands.listen(limit_s, enough)
        signs = []
        if ear.loop_broken_s is not None:
            signs.append("the loop is broken")
        if ear.codes and not ear.somebody:
            found = Measured(Heard.DISCONNECT, None, None, code=ear.codes[-1][1][:3])
            self._hands.know(status=with_status(self._hands, found))
            signs.append(f"keys {found.code}")
        if ear.tone and ended_s:
            found = replace(heard_by(ear, Heard.DISCONNECT, since_s=ended_s[0]), code="")
            self._alone.keep(found)
            signs.append(self._alone.words(found))
        if signs:
            return Check(name, Mark.PASSED, ", ".join(signs), essential=False)
        if ear.somebody:
            return Check(name, Mark.NOT_TRIED, "Nobody hung up.", essential=False)
        advice = "The box notices it by silence only; ask the PBX installer for a disconnect signal."
        return Check(name, Mark.NOTED, "Nothing tells it.", advice, essential=False)


def _still_there(ear: Ear) -> bool:
    return ear.somebody and ear.seconds > STILL_THERE_S


def _ended(ear: Ear) -> bool:
    return ear.loop_broken_s is not None or ear.tone or (bool(ear.keys) and not ear.somebody)


def _words(said: Heard | None) -> str:
    return "nothing was heard" if said is None else f"{said.value} was heard"
