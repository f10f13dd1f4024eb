"""A line at event level: the same acts and events as `hardware.line`, in virtual time, without a sample of sound.

It is plugged into a port of an `EventPbx`, which alone knows who is there. Durations are those of the audio-level
world, so that a simulated day has the pace of a real one; what a tone, a key or a broken loop means at each act is
what the real line makes of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
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
    Seize,
    Seized,
    Sentence,
    StillThere,
)
from appliance.call import CallerId, HangUpSign
from appliance.clock import VirtualClock
from appliance.commands import Command
from appliance.events import (
    Armed,
    CallerIdHeard,
    Done,
    Failed,
    HungUp,
    LineEvent,
    OffHook,
    OnHook,
    Ring,
    RingingStopped,
)
from appliance.faults import Fault
from appliance.settings import PbxSettings
from hardware.simulated.eventpbx import RING_PERIOD_S, EventPbx
from hardware.simulated.eventpeople import Caller, Visitor

OFF_HOOK_S = 0.06
RING_TRIP_S = 0.3
RINGING_OVER_S = 1.5 * RING_PERIOD_S
SENTENCE_S = 3.5
KEY_AFTER_S = 1.2
ON_HOOK_S = 0.1
UNATTENDED_S = 10.0
SILENCE_S = 30.0
"""So much silence, while we wait for the caller, counts as a sign that they have gone."""
STATUS_PREFERRED_S = 1.0
RECALL_ID_S = 4.0
NAMED_AFTER_S = {
    Heard.DIAL_TONE: 0.5,
    Heard.RINGBACK: 1.5,
    Heard.BUSY: 2.0,
    Heard.CONGESTION: 2.0,
    Heard.VOICE: 0.4,
    Heard.FAX: 1.0,
}
"""How long each sound lasts before our ears name it."""
GONE = {
    Heard.BUSY: HangUpSign.BUSY,
    Heard.CONGESTION: HangUpSign.CONGESTION,
    Heard.DIAL_TONE: HangUpSign.DIAL_TONE,
}
WATCHED = (Play, Collect, Hold, Record, StillThere, Brief)
"""Acts during which a tone means that nobody is there any more."""


class EventLine:
    """One line; `post` takes its events to the office, and hands on what comes of them."""

    def __init__(
        self,
        name: str,
        clock: VirtualClock,
        pbx: EventPbx,
        post: Callable[[LineEvent | Command], None],
        rng: Random,
        settings: PbxSettings | None = None,
    ) -> None:
        self.name = name
        self.loses_done = False
        """The reply to the next act goes astray."""
        self.dead = False
        self.tells_rings_after_s = 0.0
        """How late a ring is reported: some modems wait for the end of the burst."""
        self.on_hook_after_s = 0.0
        """The longest that it has stayed off-hook after it told the office that the far end has gone."""
        self._clock = clock
        self._pbx = pbx
        self._post = post
        self._rng = rng
        self._settings = settings or PbxSettings()
        self._port = pbx.add_port(name, self)
        self._number = 0
        self._turn = 0
        self._act: LineAct[Any] | None = None
        self._began = 0.0
        self._off_hook = False
        self._over_at = math.inf
        self._rang_at: float | None = None
        self._asked = ""
        self._told: list[Heard] = []
        self._recall_rang = False
        self._another: CallerId | None = None
        """Who rings while we wait for somebody else."""
        self._ears_from = 0.0
        self._silent_s = 0.0

    # ------------------------------------------------------------ outside

    @property
    def free(self) -> bool:
        """Is the line on-hook, and does it not ring?"""
        return not self._off_hook and self._port.rung_by is None and self._rang_at is None

    def arm(self) -> None:
        """Tell the office that the line is ready."""
        self._post(Armed(self.name))

    def ring(self, visitor: Visitor) -> Caller:
        """A caller arrives; the line must be free."""
        return self._pbx.ring(self._port, visitor)

    def fail(self) -> None:
        """The device stops in whatever it does: the line goes on-hook, and the office learns of it."""
        self.dead, self._rang_at = True, None
        self._give_up()
        self._on_hook()
        fault = Fault(self.name, "the modem does not answer any more", "It is tried again by itself.")
        self._post(Failed(self.name, fault))

    def heal(self) -> None:
        """The device works again."""
        if self.dead:
            self.dead = False
            self._post(Armed(self.name))

    # ------------------------------------------------------------ what comes from the port

    def rang(self) -> None:
        """A burst of ringing: of a new call, or of the one that we wait for."""
        self._clock.at(self._clock.now() + self.tells_rings_after_s, self._burst)

    def _burst(self) -> None:
        if self.dead or self._off_hook or self._port.rung_by is None:
            return
        if isinstance(self._act, AwaitRecall):
            if not self._recall_rang:
                self._recall_rang = True
                self._then(RECALL_ID_S if self._act.numbers else 0.0, self._pick_up_again)
            return
        self._rang_at = now = self._clock.now()
        self._clock.at(now + RINGING_OVER_S, lambda: self._ringing_over(now))
        self._post(Ring(self.name))

    def _ringing_over(self, rang_at: float) -> None:
        if self._rang_at == rang_at and self._act is None:
            self._rang_at = None
            self._post(RingingStopped(self.name))

    def told_caller_id(self, caller_id: CallerId) -> None:
        """Caller ID came between two rings."""
        if not self.dead and not self._off_hook:
            self._soon(lambda: self._caller_id(caller_id))

    def _caller_id(self, caller_id: CallerId) -> None:
        act = self._act
        if not isinstance(act, AwaitRecall):
            self._post(CallerIdHeard(self.name, caller_id))
        elif not caller_id.number or caller_id.number in act.numbers:
            self._pick_up_again()
        else:
            self._another = caller_id
            self._done(False)

    def sound_changed(self) -> None:
        """Something else is heard."""
        self._soon(self._look)

    def key_came(self, key: str) -> None:
        """A colleague has pressed a key."""
        if isinstance(self._act, Brief) and key in self._act.keys:
            self._done(Briefed(key))

    def status_came(self, heard: Heard) -> None:
        """The PBX sends a key that says what happened, if the settings name it."""
        self._told.append(heard)
        self._soon(self._look)

    def dropped(self, sign: HangUpSign) -> None:
        """The loop was broken, or the PBX said that the far end has gone; it means the same at every moment."""
        self._soon(lambda: self._far_end_gone(sign))

    def _far_end_gone(self, sign: HangUpSign) -> None:
        if not self._off_hook or self.dead or isinstance(self._act, HangUp):
            return
        if isinstance(self._act, Brief):
            self._done(Briefed(gone=True))
            return
        self._give_up()
        self._over_at = min(self._over_at, self._clock.now())
        self._post(HungUp(self.name, sign))

    # ------------------------------------------------------------ acts

    def perform(self, number: int, act: LineAct[Any]) -> None:
        """Begin `act`; what it takes in time, and its reply, depend on who is at the other end."""
        if self.dead:
            return
        self._give_up()
        self._number, self._act, self._began = number, act, self._clock.now()
        match act:
            case Answer():
                self._answer()
            case Seize():
                self._then(self._rest_s + OFF_HOOK_S, self._seize)
            case Play(sentences):
                self._play(sentences)
            case Collect():
                self._collect(act)
            case Hold(seconds):
                self._after(seconds, Held.TIME)
            case StillThere():
                self._after(0.0, None)
            case Flash(times, length_ms):
                self._flash(times, length_ms or self._settings.flash_ms)
            case Dial(digits):
                self._dial(digits)
            case Brief(sentences, _, seconds):
                if self._port.caller is not None:
                    self._pbx.astray.append(f"the caller on {self.name} heard what a colleague was to be told")
                self._after(SENTENCE_S * len(sentences) + seconds, Briefed())
            case AwaitRecall(seconds):
                self._on_hook()
                self._recall_rang = False
                self._after(seconds, False)
            case Record(name, limit_s, silence_s):
                self._record(name, limit_s, silence_s)
            case HangUp():
                self._then(ON_HOOK_S, self._release)
        if isinstance(act, Hear) or self._port.sound in GONE:
            self._soon(self._look)

    def close(self) -> None:
        """Nothing to release."""

    def _give_up(self) -> None:
        """Whatever was going on is over, without a reply."""
        self._turn += 1
        self._act = None

    def _then(self, seconds: float, action: Callable[[], None]) -> None:
        """Do it later, unless something else is going on by then."""
        turn = self._turn
        self._clock.at(self._clock.now() + seconds, lambda: action() if turn == self._turn else None)

    def _soon(self, action: Callable[[], None]) -> None:
        """Do it at this moment, but after what is going on: neither office nor PBX is called from within itself."""
        self._clock.at(self._clock.now(), action)

    def _after(self, seconds: float, reply: Any) -> None:
        self._then(seconds, lambda: self._done(reply))

    def _done(self, reply: Any) -> None:
        """The act is finished; a line without another one does not stay off-hook for ever (R37)."""
        self._give_up()
        if self._off_hook:
            self._then(UNATTENDED_S, self._unattended)
        if self.loses_done:
            self.loses_done = False
            self._pbx.happened["Done lost"] += 1
        else:
            self._post(Done(self.name, self._number, reply))

    def _unattended(self) -> None:
        self._give_up()
        self._on_hook()
        self._post(OnHook(self.name))

    @property
    def _rest_s(self) -> float:
        """How long the line must stay on-hook yet, so that the PBX takes it for a hang-up."""
        return max(0.0, self._port.free_from + self._settings.on_hook_s - self._clock.now())

    def _answer(self) -> None:
        if self._off_hook:
            self._after(0.0, None)
        else:
            self._then(self._rest_s + OFF_HOOK_S, self._pick_up)

    def _pick_up(self) -> None:
        self._lift()
        self._after(RING_TRIP_S, None)
        self._post(OffHook(self.name))

    def _seize(self) -> None:
        """Take the line; a ring that was told before goes first, one that was not is found out by what is missing."""
        if self._rang_at is not None:
            self._give_up()
            return
        self._lift()
        self._then(self._settings.dial_tone_s, self._taken_unawares)
        self._look_for_dial_tone()

    def _look_for_dial_tone(self) -> None:
        sound = self._port.sound
        if sound is Heard.DIAL_TONE:
            self._after(NAMED_AFTER_S[sound], Seized.SEIZED)
        elif sound in GONE:
            self._then(NAMED_AFTER_S[sound], self._no_line)

    def _no_line(self) -> None:
        self._on_hook()
        self._done(Seized.NO_DIAL_TONE)

    def _taken_unawares(self) -> None:
        self._give_up()
        self._then(UNATTENDED_S, self._unattended)
        self._post(Ring(self.name))
        self._post(OffHook(self.name))

    def _pick_up_again(self) -> None:
        self._turn += 1  # the act goes on, but waits for no ring any more
        self._lift()
        self._after(RING_TRIP_S, True)

    def _lift(self) -> None:
        self._off_hook, self._rang_at, self._asked, self._silent_s = True, None, "", 0.0
        self._fresh_ears()
        self._told.clear()
        self._pbx.lift(self._port)

    def _on_hook(self) -> None:
        self.on_hook_after_s = max(self.on_hook_after_s, self._clock.now() - self._over_at)
        self._off_hook, self._over_at = False, math.inf
        self._pbx.hang_up(self._port)

    def _release(self) -> None:
        self._on_hook()
        self._done(None)
        self._post(OnHook(self.name))
        if self._another is not None:
            another, self._another = self._another, None
            self._post(CallerIdHeard(self.name, another))

    def _play(self, sentences: tuple[Sentence, ...]) -> None:
        self._asked = sentences[-1].key
        if self._port.caller is not None:
            for sentence in sentences:
                self._pbx.hears_sentence(self._port.caller, sentence.key)
        elif self._port.held is not None:
            self._pbx.astray.append(f'"{self._asked}" was said on {self.name} while the caller was on hold')
        self._after(SENTENCE_S * len(sentences), True)

    def _collect(self, act: Collect) -> None:
        caller, asked = self._port.caller, self._asked
        keys = "" if caller is None else caller.visitor.keys.get(asked, "")
        self._asked = ""
        if keys:
            self._silent_s = 0.0
            self._after(KEY_AFTER_S * len(keys), keys[: act.most])
            return
        if caller is None and act.silence_counts:
            left_s = SILENCE_S - self._silent_s
            self._silent_s += act.seconds
            if left_s < act.seconds:
                self._then(left_s, lambda: self._far_end_gone(HangUpSign.SILENCE))
                return
        self._after(act.seconds, "")

    def _record(self, name: str, limit_s: float, silence_s: float) -> None:
        spoken_s = self._rng.uniform(5.0, 40.0) if self._port.caller is not None else 0.0
        self._after(min(limit_s, spoken_s + silence_s), Recording(name, spoken_s, spoken_s))

    # ------------------------------------------------------------ the way to the PBX and back

    def _flash(self, times: int, length_ms: int) -> None:
        """Each press takes effect when the hook is down again."""
        pause_s = self._settings.between_flashes_ms / 1000
        for press in range(times):
            at_s = (press + 1) * length_ms / 1000 + press * pause_s
            self._then(at_s, lambda: self._press(length_ms))
        self._after(times * length_ms / 1000 + (times - 1) * pause_s, None)

    def _press(self, length_ms: int) -> None:
        self._fresh_ears()
        self._told.clear()
        self._pbx.flash(self._port, length_ms)

    def _dial(self, digits: str) -> None:
        key_s = (self._settings.dtmf_on_ms + self._settings.dtmf_off_ms) / 1000
        self._then(self._settings.pause_after_flash_ms / 1000 + key_s * len(digits), lambda: self._dialled(digits))

    def _dialled(self, digits: str) -> None:
        self._fresh_ears()
        self._pbx.dial(self._port, digits)
        self._done(None)

    # ------------------------------------------------------------ ears

    def _fresh_ears(self) -> None:
        """What was heard belongs to the past."""
        self._ears_from = self._clock.now()

    def _look(self) -> None:
        """What do our ears, and the keys of the PBX, make of what is there?"""
        act = self._act
        if isinstance(act, Hear):
            self._look_for_verdict(act)
        elif isinstance(act, WATCHED) and (sign := GONE.get(self._port.sound)):
            named_at = self._named_at(self._port.sound)
            if self._clock.now() >= named_at:
                self._far_end_gone(sign)
            else:
                self._look_at(named_at)

    def _look_at(self, moment: float) -> None:
        self._then(moment - self._clock.now(), self._look)

    def _named_at(self, sound: Heard) -> float:
        return max(self._ears_from, self._port.sound_since) + NAMED_AFTER_S[sound]

    def _look_for_verdict(self, act: Hear) -> None:
        now, until = self._clock.now(), self._began + act.seconds
        told = next((heard for heard in self._told if heard in act.wanted), None)
        self._told.clear()
        guess, at = self._guess(act)
        if self._settings.status.answered and guess in (Heard.VOICE, Heard.NO_TONE):
            at += STATUS_PREFERRED_S  # it will say so itself
        if told is not None:
            self._done(told)
        elif now >= until:
            self._done(guess if guess is not None and at <= until + STATUS_PREFERRED_S else Heard.NOTHING)
        elif guess is not None and now >= at:
            self._done(guess)
        else:
            self._look_at(min(until, at))

    def _guess(self, act: Hear) -> tuple[Heard | None, float]:
        """What will be named if all stays as it is, and when."""
        sound = self._port.sound
        if sound in act.wanted and sound in NAMED_AFTER_S:
            return sound, max(self._began, self._named_at(sound))
        if sound in (Heard.SILENCE, Heard.VOICE) and Heard.NO_TONE in act.wanted and not self._is_told_answers(act):
            return Heard.NO_TONE, max(self._began, self._port.sound_since) + act.no_tone_s
        return None, math.inf

    def _is_told_answers(self, act: Hear) -> bool:
        """Does the PBX say by a key what we listen for?"""
        return bool(self._settings.status.answered) and Heard.ANSWERED in act.wanted
