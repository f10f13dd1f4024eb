"""The procedure of teaching: which check comes after which, and what is kept of them (R33).

    card = Lesson(line, phones, settings.pbx, country, tell, Wishes()).run("Line 1")
    if card.passed:
        store.save(card.settings(settings))

First the tones of the idle line, then somebody answers and keeps talking, and is put on hold and fetched back again
and again. What is essential and fails ends the lesson: nothing that follows could be believed. The line is on-hook
afterwards in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from appliance.acts import Heard
from appliance.settings import PbxSettings
from appliance.signals.countries import Country
from appliance.signals.learn import LearnedTone
from appliance.teach.alone import Alone, longer, with_status
from appliance.teach.card import Card, Check, Mark
from appliance.teach.ear import Ear
from appliance.teach.hands import Hands
from appliance.teach.held import Held, NobodyThere
from appliance.teach.measured import Measured, measure
from appliance.teach.phones import Phones, teaching_rule
from appliance.teach.taught import TeachLine, Tell

ATTEMPTS: Final = 3
BUSY_AGAIN_S: Final = 5.0
"""Who was cut off needs a moment to hang up."""
VOICE_BEGAN_S: Final = 1.5
"""A voice is certain so long after it began, at the most: before that there was ringback."""
MISSED_BURST_S: Final = 2.0
"""After a whole period of the ringback, time enough to name the next burst."""
HANDSET_S: Final = 15.0
"""Time enough to put a handset down, or to lift it."""
RESTS_LONGER_S: Final = 0.3
"""After a call the line rests for so much longer than the longest flash (R20)."""
ANSWER_CODE_S: Final = 2.5
"""The code for an answer comes so shortly before the voice is certain."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How much is to be found out.

    `window`: the shortest and the longest flash that work. `slow`: after how long a party comes back who was left
    ringing. `from_outside`: the one on hold has called the line, for PBXs that let no other be put through.
    """

    window: bool = False
    slow: bool = False
    from_outside: bool = False


class Lesson:
    """One lesson on one line.

    Raises:
        BadSettings: a number that must not be dialled.
    """

    def __init__(
        self,
        line: TeachLine,
        phones: Phones,
        pbx: PbxSettings,
        country: Country,
        tell: Tell,
        wishes: Wishes = Wishes(),
    ) -> None:
        self._before = pbx
        self._phones = phones
        self._tell = tell
        self._wishes = wishes
        self._hands = Hands(line, teaching_rule(phones, pbx), pbx, country)
        self._alone = Alone(self._hands, phones, tell)
        self._held = Held(self._hands, self._alone, tell, self._reach)

    def run(self, name: str) -> Card:
        """Make all checks on the line called `name`.

        Raises:
            LineFault: the line broke.
        """
        checks: list[Check] = []
        plan = self._plan()
        try:
            for check in plan:
                checks.append(check())
                if checks[-1].mark is Mark.FAILED and checks[-1].essential:
                    break
        except NobodyThere:
            advice = "Start again when somebody can stay at the telephone."
            checks.append(Check("somebody on the line", Mark.FAILED, "Nobody came back to the telephone.", advice))
        finally:
            self._hands.put_down()
        return Card(name, (*checks, *self._untried(checks)), self._before, self._profile())

    def _plan(self) -> Iterator[Callable[[], Check]]:
        """The checks in their order."""
        alone, held, phones = self._alone, self._held, self._phones
        yield from (alone.dial_tone, alone.busy, alone.wrong, self._answer)
        yield lambda: held.flash(window=self._wishes.window)
        yield held.recall_tone
        yield from self._with_a_ringing_telephone()
        yield lambda: held.busy(phones.busy)
        yield lambda: held.wrong(phones.wrong)
        yield held.hang_up

    def _with_a_ringing_telephone(self) -> Iterator[Callable[[], Check]]:
        """Where a telephone may ring unanswered: a third one, the free one if it is not needed, or the busy one."""
        number = self._phones.free if self._wishes.from_outside else self._phones.rings
        borrowed = not number
        if borrowed:
            number = self._phones.busy
            self._tell(f"Please put the handset of {number} down, and do not answer when it rings.")
            self._hands.wait(HANDSET_S)
        yield lambda: self._held.ringing(number, borrowed=borrowed)
        if self._wishes.slow:
            yield lambda: self._held.recall(number)
        if borrowed:
            self._tell(f"Please lift the handset of {number} again, and lay it beside the telephone.")
            self._hands.wait(HANDSET_S)

    def _untried(self, checks: list[Check]) -> list[Check]:
        """What an early end has left out."""
        names = (
            "dial tone",
            "busy tone",
            "wrong number",
            "ringback and answer",
            "hook flash",
            "dial tone after the flash",
            "back from busy",
            "back from a wrong number",
        )
        done = {check.name for check in checks}
        return [Check(name, Mark.NOT_TRIED) for name in names if name not in done]

    # ------------------------------------------------------------ somebody on the line

    def _answer(self) -> Check:
        """What rings and answers sound like; afterwards somebody is on the line, and talks."""
        number, name = self._phones.free, "ringback and answer"
        self._tell(f"Calling {number}. Please let it ring three times, answer, and keep talking.")
        ear = self._hands.call(number)
        if not ear.somebody:
            words = "It was busy." if ear.tone_named is Heard.BUSY else "Nobody answered, or nobody spoke."
            return Check(name, Mark.FAILED, words, f"Somebody must answer {number} and keep talking; start again.")
        check = self._rang(name, ear)
        if self._wishes.from_outside:
            self._hands.put_down()
            if not self._reach():
                return Check(name, Mark.FAILED, "No call came from outside.", "Call this line, and keep talking.")
        return check

    def _rang(self, name: str, ear: Ear) -> Check:
        """Keep the ringback, and the codes that the PBX sends with it."""
        before_s = ear.seconds - VOICE_BEGAN_S
        tone = measure(ear.sound(0.0, before_s), Heard.RINGBACK)
        codes = dict.fromkeys(code[:3] for at_s, code in ear.codes if at_s < before_s - ANSWER_CODE_S)
        found = Measured(Heard.RINGBACK, tone, ear.tone_named, ear.first_tone_s or 0.0, next(iter(codes), ""))
        answers = [code[:3] for at_s, code in ear.codes if at_s >= before_s - ANSWER_CODE_S]
        if ear.loop_broken_s is not None:  # nobody has hung up: it is the polarity that tells the answer
            self._hands.know(reversal_hangs_up=False)
        for each in (found, *(Measured(Heard.ANSWERED, None, None, code=code) for code in answers[-1:])):
            if each.code:
                self._hands.know(status=with_status(self._hands, each))
        if not found.there:
            return Check(name, Mark.NOTED, "It was answered before it rang.")
        if not found.known and tone is None and not found.code:
            advice = "Start again, and let it ring three times."
            return Check(name, Mark.FAILED, "It did not ring long enough to be measured.", advice)
        self._alone.keep(found)
        self._hands.know(verdict_s=longer(self._hands.pbx.verdict_s, found.after_s))
        if tone is not None:  # the first burst may be over before we listen
            period_s = max((on + off for on, off in tone.cadence), default=0) / 1000
            self._hands.know(verdict_s=max(self._hands.pbx.verdict_s, round(period_s + MISSED_BURST_S, 1)))
        told = f"{self._alone.words(found)}{f'; keys {answers[-1]} when answered' if answers else ''}"
        return Check(name, Mark.PASSED, told)

    def _reach(self) -> bool:
        """Get somebody on the line who talks."""
        if self._wishes.from_outside:
            self._tell("Please call this line from outside, and keep talking.")
            ear = self._hands.answer()
            return ear is not None and ear.somebody
        for _ in range(ATTEMPTS):
            self._tell(f"Calling {self._phones.free}. Please answer, and keep talking.")
            if self._hands.call(self._phones.free).somebody:
                return True
            self._hands.put_down()
            self._hands.wait(BUSY_AGAIN_S)
        return False

    # ------------------------------------------------------------ what is kept

    def _profile(self) -> PbxSettings:
        """The settings with all that was found out; learned tones of other kinds stay."""
        measured = set(self._alone.found)
        kept = [tone for tone in self._before.tones if LearnedTone.read(tone).heard not in measured]
        self._hands.know(tones=tuple(dict.fromkeys((*map(str, self._hands.tones), *kept))))
        rest_s = round(self._hands.pbx.flash_max_ms / 1000 + RESTS_LONGER_S, 1)
        self._hands.know(on_hook_s=max(self._hands.pbx.on_hook_s, rest_s))
        return self._hands.pbx
