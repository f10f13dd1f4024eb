"""The people of the simulated world: callers outside, and the staff at their desks.

`Caller` and `Staff` say what somebody is going to do; they are frozen, and a file or a test writes them down.
`CallerAtPhone` and `Desk` are these people doing it, block by block. They know nothing of the box: they listen, speak,
press keys and hang up, and what they heard is kept on tape.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from enum import Enum

import numpy as np

from appliance.call import CallerId, Presentation
from appliance.signals.generate import answering_fax, dtmf, silence, tone
from hardware.simulated.exchange import PublicCall, Release
from hardware.simulated.loop import Loop, Samples
from hardware.simulated.saved import NoTape, Tape
from hardware.simulated.sounds import SILENCE, Player
from hardware.simulated.voices import sound_of, voice_of

KEY_MS = 120
"""How long a person holds a key."""
BETWEEN_KEYS_MS = 120
_FINDS_THE_KEYS_S = 1.0
"""From lifting the handset to the first key."""
_FAX_ANSWER_S, _FAX_PAUSE_S, _FAX_TRIES = 3.3, 4.0, 5
"""An answering fax sends its tone and waits, a few times (T.30)."""
_NOTICES_S = 2.0
"""How long people need to understand that the other one has hung up."""

Speech = str | Samples
"""Words to be spoken, the path of a sound file, or sound."""


@dataclass(frozen=True, slots=True, eq=False)
class Caller:
    """Somebody outside who calls the office.

    Times with `at_s` are seconds after the world began, the others seconds after the office answered. `chats` is said
    to a colleague they were put through to, two seconds after they met; `chat_s` is when the caller then says
    goodbye, and while talking with a colleague nobody hangs up for any other reason.
    """

    number: str = ""
    name: str = ""
    at_s: float = 0.0
    presentation: Presentation = Presentation.SHOWN
    says: tuple[tuple[float, Speech], ...] = ()
    presses: tuple[tuple[float, str], ...] = ()
    hangs_up_after_s: float = math.inf
    release: Release = Release.BUSY
    ring_patience_s: float = 60.0
    chats: Speech = ""
    chat_s: float = math.inf

    @property
    def caller_id(self) -> CallerId:
        """What the network tells the office; a caller without number and name sends none."""
        shown = self.presentation is Presentation.SHOWN
        if shown and not self.number and not self.name:
            return CallerId()
        return CallerId(self.number if shown else "", self.name if shown else "", self.presentation)


class CallerAtPhone:
    """A `Caller` making the call: the `Person` at the outer end of a `PublicCall`."""

    def __init__(self, caller: Caller, *, keep_audio: bool = True) -> None:
        self.caller = caller
        self.caller_id = caller.caller_id
        self.heard: Tape = Tape() if keep_audio else NoTape()
        self.said: Tape = Tape() if keep_audio else NoTape()
        self.ended_how = ""
        voice = voice_of(caller.name or caller.number)
        self._says = [(after_s, _sound(speech, voice)) for after_s, speech in caller.says]
        self._keys = [(after_s, dtmf(key, KEY_MS, 0)) for after_s, key in caller.presses]
        self._chats = _sound(caller.chats, voice) if len(caller.chats) else None
        self._mouth = Player()
        self._goes_at = math.inf
        self._goes_because = ""
        self._with_colleague = False
        self._called_at: float | None = None

    # As a Person.

    def take_turn(self, call: PublicCall, at: float) -> None:
        if self._called_at is None:
            self._called_at = at
            self._plan_to_go(call.began + self.caller.ring_patience_s, "gave up while it rang")
        if at >= self._goes_at and not call.over:
            self.ended_how = self._goes_because
            call.hang_up(self.caller.release, at)

    def speak(self, at: float) -> Samples:
        block = self._mouth.block(at)
        if block is None:
            block = SILENCE
        self.said.add(block, at)
        return block

    def hear(self, block: Samples, at: float) -> None:
        self.heard.add(block, at)

    def answered(self, at: float) -> None:
        for after_s, sound in (*self._says, *self._keys):
            self._mouth.add(sound, at + after_s)
        self._goes_at = at + self.caller.hangs_up_after_s
        self._goes_because = "hung up"

    def refused(self, at: float) -> None:
        self._plan_to_go(at + _NOTICES_S, "heard busy tone")

    def left_alone(self, at: float) -> None:
        self._mouth.clear()
        self._plan_to_go(at + _NOTICES_S, "a colleague hung up" if self._with_colleague else "was hung up on")

    # Told by the world, in place of the ears and wits of a person.

    def put_through(self, at: float) -> None:
        """A colleague is on the line."""
        self._with_colleague = True
        self._mouth.clear()
        if self._chats is not None:
            self._mouth.add(self._chats, at + 2.0)
        self._goes_at = at + self.caller.chat_s
        self._goes_because = "said goodbye to a colleague"

    def hang_up_now(self, call: PublicCall, at: float) -> None:
        """The world ends."""
        if not call.over:
            self.ended_how = "the world ended"
            call.hang_up(self.caller.release, at)

    def _plan_to_go(self, at: float, because: str) -> None:
        if at < self._goes_at:
            self._goes_at, self._goes_because = at, because


class Answers(Enum):
    """Who or what answers at a desk."""

    PERSON = "a person"
    MACHINE = "an answering machine"
    """It plays its greeting and a beep, and records in silence for the rest of its time."""
    FAX = "a fax"


@dataclass(frozen=True, slots=True, eq=False)
class DeskCall:
    """A call that one of the staff makes to another extension, perhaps to the box itself.

    `at_s` is in seconds after the world began; they call as soon as they are free. `says` and `presses` are in seconds
    after the answer, and so is `talks_s`, after which they hang up.
    """

    at_s: float
    digits: str
    presses: tuple[tuple[float, str], ...] = ()
    says: tuple[tuple[float, Speech], ...] = ()
    talks_s: float = 30.0
    ring_patience_s: float = 45.0


@dataclass(frozen=True, slots=True, eq=False)
class Staff:
    """One of the staff and their telephone; `on_the_phone` is in seconds after the world began.

    `answers_after_s=None` never answers; `talks_s` is how long they stay on the line; `presses` are seconds after they
    answered. `calls` are those that they make on their own.
    """

    name: str
    extension: str
    answers_after_s: float | None = 4.0
    talks_s: float = 20.0
    says: Speech = ""
    presses: tuple[tuple[float, str], ...] = ()
    on_the_phone: tuple[tuple[float, float], ...] = ()
    do_not_disturb: bool = False
    answers: Answers = Answers.PERSON
    calls: tuple[DeskCall, ...] = ()


class Desk:
    """The telephone of a `Staff` and the person who sits there: a `Terminal`."""

    def __init__(self, staff: Staff, loop: Loop, *, keep_audio: bool = True) -> None:
        self.staff = staff
        self.heard: Tape = Tape() if keep_audio else NoTape()
        self.answered: list[float] = []
        self._loop = loop
        self.began = 0.0
        """Zero of the times in `Staff`, in seconds of the clock."""
        self.called: list[float] = []
        """When each of their own calls was answered."""
        self._voice = voice_of(staff.name)
        self._greeting = self._greets()
        self._keys = [(after_s, dtmf(key, KEY_MS, 0)) for after_s, key in staff.presses]
        self._calls = deque(sorted(staff.calls, key=lambda call: call.at_s))
        self._said = {
            call: [(after_s, _sound(speech, self._voice)) for after_s, speech in call.says] for call in self._calls
        }
        self._calling: DeskCall | None = None
        self._own_call = False
        self._mouth = Player()
        self._lifts_at = math.inf
        self._puts_down_at = math.inf
        loop.terminal = self

    def ring_changed(self, on: bool, at: float) -> None:
        if on and self._lifts_at == math.inf and self.staff.answers_after_s is not None:
            self._lifts_at = at + self.staff.answers_after_s

    def battery_changed(self, volts: float, at: float) -> None:
        if volts == 0 and self._loop.off_hook:
            self._puts_down_at = min(self._puts_down_at, at + _NOTICES_S)

    def hear(self, block: Samples, at: float) -> None:
        if self._loop.off_hook:
            self.heard.add(block, at)

    def speak(self, at: float) -> Samples:
        block = self._mouth.block(at)
        return SILENCE if block is None else block

    def take_turn(self, is_ringing: bool, is_left_alone: bool, at: float, *, is_talking: bool = False) -> None:
        """A block ended at `at`: lift or put down the handset if it is time to.

        `is_ringing` counts the pauses of the cadence too. That the other party has gone, or that somebody has answered,
        a person knows by what they hear.
        """
        if is_talking and self._calling is not None:
            self._speak_up(self._calling, at)
        if not self._loop.off_hook and not is_ringing:
            self._make_own_calls(at)
        if is_left_alone:
            self._puts_down_at = min(self._puts_down_at, at + _NOTICES_S)
        if not is_ringing:
            self._lifts_at = math.inf
        elif at >= self._lifts_at:
            self._answer(at)
        if at >= self._puts_down_at:
            self.put_down(at)

    def put_down(self, at: float) -> None:
        """End whatever is going on."""
        self._mouth.clear()
        self._puts_down_at = math.inf
        self._calling, self._own_call = None, False
        self._loop.open(at)

    def finish(self) -> None:
        """Somebody asks them to hang up at once; from any thread."""
        self._puts_down_at = -math.inf

    @property
    def is_calling(self) -> bool:
        """They have dialled, and wait for an answer."""
        return self._calling is not None

    @property
    def has_called(self) -> bool:
        """All their own calls are over."""
        return not self._calls and not self._own_call

    def _make_own_calls(self, at: float) -> None:
        for since, until in self.staff.on_the_phone:
            if since <= at - self.began < until:
                self._puts_down_at = self.began + until
                self._loop.close(at)
                return
        if self._calls and self.began + self._calls[0].at_s <= at:
            self._own_call = True
            self._calling = call = self._calls.popleft()
            self._puts_down_at = at + call.ring_patience_s
            self._mouth.add(dtmf(call.digits, KEY_MS, BETWEEN_KEYS_MS), at + _FINDS_THE_KEYS_S)
            self._loop.close(at)

    def _speak_up(self, call: DeskCall, at: float) -> None:
        """Whom they call has answered."""
        self._calling = None
        self.called.append(at)
        self._puts_down_at = at + call.talks_s
        for after_s, sound in (*self._said[call], *((after_s, dtmf(key, KEY_MS, 0)) for after_s, key in call.presses)):
            self._mouth.add(sound, at + after_s)

    def _answer(self, at: float) -> None:
        self._lifts_at = math.inf
        self._puts_down_at = at + self.staff.talks_s
        self.answered.append(at)
        self._loop.close(at)
        for after_s, sound in ((0.4, self._greeting), *self._keys):
            self._mouth.add(sound, at + after_s)

    def _greets(self) -> Samples:
        """What is heard first of whoever answers here."""
        staff = self.staff
        match staff.answers:
            case Answers.FAX:
                return np.concatenate([answering_fax(_FAX_ANSWER_S, modern=True), silence(_FAX_PAUSE_S)] * _FAX_TRIES)
            case Answers.MACHINE:
                words = (
                    staff.says if len(staff.says) else f"This is {staff.name}. Please leave a message after the tone."
                )
                return np.concatenate([_sound(words, self._voice), silence(0.5), tone((1000.0,), 0.6, -12.0)])
        words = staff.says if len(staff.says) else f"{staff.name} speaking. How may I help you?"
        return _sound(words, self._voice)


def _sound(speech: Speech, voice: str) -> Samples:
    return sound_of(speech, voice) if isinstance(speech, str) else speech
