"""A line at event level: the same acts and events as a modem's line, in virtual time, without a sample of sound.

What a caller does is decided by a `Visitor`; what the extensions do by an `Extensions` table. Durations are
those of the audio-level world, so that a simulated day has the pace of a real one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from appliance.acts import (
    Answer,
    AwaitRecall,
    Brief,
    Briefed,
    Collect,
    Dial,
    Flash,
    HangUp,
    Hear,
    Heard,
    Held,
    Hold,
    LineAct,
    Play,
    Record,
    Recording,
    Sentence,
    StillThere,
)
from appliance.call import CallerId, HangUpSign
from appliance.clock import VirtualClock
from appliance.commands import Command
from appliance.events import Armed, CallerIdHeard, Done, HungUp, LineEvent, OffHook, OnHook, Ring, RingingStopped

RING_PERIOD_S = 5.0
CALLER_ID_AFTER_S = 2.0
OFF_HOOK_S = 0.06
RING_TRIP_S = 0.3
SENTENCE_S = 3.5
KEY_AFTER_S = 1.2
FLASH_S = 0.3
DIAL_TONE_S = 0.5
DIGIT_S = 0.2
VERDICT_S = 2.0
ON_HOOK_S = 0.1
GONE_AFTER_S = {HangUpSign.LOOP_BREAK: 0.5, HangUpSign.BUSY: 2.2}


@dataclass(frozen=True, slots=True)
class Visitor:
    """One caller of a day, decided beforehand. `patience_s` counts from the moment of the answer."""

    caller_id: CallerId
    patience_s: float
    talk_s: float
    keys: dict[str, str]
    """What they press after a prompt, by the key of its sentence."""
    sign: HangUpSign = HangUpSign.LOOP_BREAK


class Extension:
    """A telephone on a desk: busy until some moment, or left ringing."""

    def __init__(self, number: str, no_answer: float, rng: Random) -> None:
        self.number = number
        self.busy_until = 0.0
        self.rung_by: str | None = None
        self._no_answer = no_answer
        self._rng = rng

    def answers_after_s(self) -> float | None:
        """How long it rings this time; `None` when nobody picks up."""
        return None if self._rng.random() < self._no_answer else self._rng.uniform(2.0, 9.0)


class EventLine:
    """One line; `post` takes its events to the office, and hands on what comes of them."""

    def __init__(
        self,
        name: str,
        clock: VirtualClock,
        extensions: dict[str, Extension],
        post: Callable[[LineEvent | Command], None],
        rng: Random,
    ) -> None:
        self.name = name
        self.free = True
        self.complaints: list[str] = []
        self._clock = clock
        self._extensions = extensions
        self._post = post
        self._rng = rng
        self._number = 0
        self._call = 0
        self._visitor: Visitor | None = None
        self._off_hook = False
        self._asked = ""
        self._consulting = False
        self._dialled: Extension | None = None
        self._answered = False
        self._gone = False

    # ------------------------------------------------------------ the caller's side

    def arm(self) -> None:
        """Tell the office that the line is ready."""
        self._post(Armed(self.name))

    def ring(self, visitor: Visitor) -> None:
        """A caller arrives; the line must be free."""
        self.free = False
        self._call += 1
        self._visitor, self._off_hook, self._consulting, self._gone = visitor, False, False, False
        self._asked, self._dialled, self._answered = "", None, False
        self._ring_again(self._call)
        if visitor.caller_id.told:
            self._in(CALLER_ID_AFTER_S, self._call, lambda: self._post(CallerIdHeard(self.name, visitor.caller_id)))

    def _ring_again(self, call: int) -> None:
        if not self._off_hook:
            self._post(Ring(self.name))
            self._in(RING_PERIOD_S, call, lambda: self._ring_again(call))

    def _caller_leaves(self) -> None:
        visitor = self._visitor
        if visitor is None or self._gone:
            return
        self._gone = True
        if not self._off_hook:
            self._post(RingingStopped(self.name))
            self.free = True
        elif not self._consulting:
            self._in(GONE_AFTER_S[visitor.sign], self._call, lambda: self._post(HungUp(self.name, visitor.sign)))

    def _in(self, seconds: float, call: int, action: Callable[[], None]) -> None:
        """Do something later, unless another call has come meanwhile."""
        self._clock.at(self._clock.now() + seconds, lambda: action() if call == self._call and not self.free else None)

    # ------------------------------------------------------------ the office's side

    def perform(self, number: int, act: LineAct[Any]) -> None:
        """Begin `act`; what it takes in time, and its reply, depend on caller and extensions."""
        self._number = number
        match act:
            case Answer():
                self._in(OFF_HOOK_S, self._call, self._go_off_hook)
                self._reply_in(OFF_HOOK_S + RING_TRIP_S, None)
            case Play(sentences):
                self._asked = sentences[-1].key
                self._reply_in(self._speaking_s(sentences), True)
            case Collect():
                self._collect(act)
            case Hold(seconds):
                self._reply_in(seconds, Held.TIME)
            case StillThere():
                self._reply_in(0.0, None)
            case Flash():
                self._flash()
            case Dial(digits):
                self._dialled = self._extensions.get(digits)
                self._reply_in(DIGIT_S * len(digits), None)
            case Hear():
                self._hear(act)
            case Brief(sentences):
                self._reply_in(self._speaking_s(sentences), Briefed("1"))
            case AwaitRecall(seconds):
                self._reply_in(seconds, False)
            case Record(name, limit_s, silence_s):
                spoken_s = self._rng.uniform(5.0, 40.0)
                self._reply_in(min(limit_s, spoken_s + silence_s), Recording(name, spoken_s, spoken_s))
            case HangUp():
                self._hang_up()

    def close(self) -> None:
        """Nothing to release."""

    def _reply_in(self, seconds: float, reply: Any) -> None:
        number = self._number
        self._in(seconds, self._call, lambda: self._reply(number, reply))

    def _reply(self, number: int, reply: Any) -> None:
        if number == self._number:
            self._post(Done(self.name, number, reply))

    def _go_off_hook(self) -> None:
        visitor = self._visitor
        if visitor is None or self._gone:
            return
        self._off_hook = True
        self._in(visitor.patience_s, self._call, self._caller_leaves)
        self._post(OffHook(self.name))

    def _speaking_s(self, sentences: tuple[Sentence, ...]) -> float:
        return SENTENCE_S * len(sentences)

    def _collect(self, act: Collect) -> None:
        keys = "" if self._visitor is None else self._visitor.keys.get(self._asked, "")
        self._asked = ""
        if keys:
            self._reply_in(KEY_AFTER_S * len(keys), keys[: act.most])
        else:
            self._reply_in(act.seconds, "")

    def _flash(self) -> None:
        """Toggle between caller and PBX; a ringing or busy extension is left by it."""
        self._consulting = not self._consulting
        self._leave_extension()
        self._reply_in(FLASH_S, None)

    def _leave_extension(self) -> None:
        if self._dialled is not None and self._dialled.rung_by == self.name:
            self._dialled.rung_by = None
        self._dialled, self._answered = None, False

    def _hear(self, act: Hear) -> None:
        now = self._clock.now()
        if not self._consulting:
            heard = Heard.CONGESTION if self._gone else Heard.NO_TONE
            self._reply_in(VERDICT_S if self._gone else act.no_tone_s, heard)
        elif Heard.DIAL_TONE in act.wanted:
            self._reply_in(DIAL_TONE_S, Heard.DIAL_TONE)
        elif self._dialled is None:
            self._reply_in(VERDICT_S, Heard.CONGESTION)
        elif self._dialled.busy_until > now or self._dialled.rung_by not in (None, self.name):
            self._reply_in(VERDICT_S, Heard.BUSY)
        elif Heard.RINGBACK in act.wanted:
            self._dialled.rung_by = self.name
            self._reply_in(VERDICT_S, Heard.RINGBACK)
        else:
            self._wait_for_answer(act, self._dialled)

    def _wait_for_answer(self, act: Hear, extension: Extension) -> None:
        after_s = extension.answers_after_s()
        if after_s is None or after_s > act.seconds:
            self._reply_in(act.seconds, Heard.NOTHING)
            return
        number = self._number

        def answered() -> None:
            self._answered = True
            self._reply(number, Heard.VOICE)

        self._in(after_s, self._call, answered)

    def _hang_up(self) -> None:
        extension, visitor = self._dialled, self._visitor
        if extension is not None and visitor is not None and self._consulting and self._answered:
            if extension.busy_until > self._clock.now():
                self.complaints.append(
                    f"{self.name}: a caller was joined to extension {extension.number}, which was busy"
                )
            extension.busy_until = self._clock.now() + (0.0 if self._gone else visitor.talk_s)
        self._leave_extension()
        self._in(ON_HOOK_S, self._call, self._released)

    def _released(self) -> None:
        self.free, self._visitor, self._off_hook = True, None, False
        self._post(OnHook(self.name))
