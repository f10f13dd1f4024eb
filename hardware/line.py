"""A line: one port to the telephone network, with its own thread.

The office sees a `Line`: it gives it one act at a time and hears `appliance.events` from it. `LineThread` is a line
made of any `Instrument`, which is what a voice modem or an FXO HAT can do; here stand the things that are the same
for all of them: what an act means, how the music goes on, when the far end counts as gone.

The physics, stated once:

* one port carries one call;
* while the hook is flashed we hear the PBX, not the caller: tones are verdicts then, not signs that the caller has
  gone;
* what we send comes back as an echo: a tone weaker than our own voice is not believed;
* silence proves nothing while we speak or play music, so it counts only while we wait for the caller;
* a line without an act does not stay off-hook: the engine may have died.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

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
from appliance.clock import Clock, Waiter
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
from appliance.faults import Fault, FrontdeskError, LineFault
from appliance.settings import ListeningSettings, PbxSettings
from appliance.signals.countries import Country
from appliance.signals.learn import LearnedTone
from appliance.signals.levels import RATE_HZ
from hardware.farend import FarEnd
from hardware.instrument import (
    CallerIdCame,
    Instrument,
    KeyPressed,
    LineInUse,
    LoopBroken,
    RingBurst,
    Samples,
    Signal,
    Sound,
    ToneReported,
)
from hardware.keys import Keys
from hardware.outgoing import COMFORT_DBM0, NOTHING, Outgoing
from hardware.statusdigits import StatusReceiver

log = logging.getLogger(__name__)

MOMENT_S = 0.02
"""How long a line looks away while something may change at once: a prompt with barge-in, a tone to be named."""
HOLD_MOMENT_S = 0.06
"""The same on hold: nothing there is more urgent than a key."""
RINGING_OVER_FACTOR = 1.5
"""Ringing has stopped when it has paused for this many times its longest pause."""
UNATTENDED_S = 10.0
"""An off-hook line that is given no act for so long goes on-hook by itself (R37)."""
STILL_THERE_S, DOUBTFUL_S = 1.5, 4.5
"""How long a line that is deaf while it speaks listens before the caller is put through; longer while it hears a tone
that has not yet shown what it is."""
NO_LINE = frozenset({Heard.BUSY, Heard.CONGESTION, Heard.SIT})
"""Tones that say: no line for a call of our own."""
NOBODY_TALKS_S = 1.5
"""So long nothing is heard on a line that was taken at the moment in which somebody began to ring."""
SPEAKING_DBM0 = COMFORT_DBM0 + 3.0
"""We are heard when we are louder than that."""
RECALL_ID_S = 4.0
"""How long after the first ring caller ID is awaited where it says whether the right one rings; it comes in the pause
before the second."""
STATUS_PREFERRED_S = 1.0
"""Where the PBX says by a key when somebody answers, its key is awaited so long before our ears are believed."""
HEAL_AFTER_S, HEAL_EVERY_S = 0.25, 1.0
"""How soon a broken line is opened again, and how often from then on (R37: back within seconds)."""


class Line(Protocol):
    """One port that carries one call."""

    name: str

    def perform(self, number: int, act: LineAct[Any]) -> None:
        """Begin `act`; an act still going on is given up without a reply.

        Its reply comes as `Done` with the same `number`. From any thread.
        """

    def close(self) -> None:
        """Put the line on-hook, release the port and end the thread; returns when that is done."""


class Recorder(Protocol):
    """Where recordings go, block by block; the disk writer in the real program."""

    def start_recording(self, name: str) -> None:
        """Open a recording by its name below the home folder."""

    def write_recording(self, name: str, samples: Samples) -> None:
        """Append samples."""

    def end_recording(self, name: str) -> None:
        """That was all."""


class Speech(Protocol):
    """Who turns sentences into sound."""

    def samples(self, sentence: Sentence, language: str = "") -> Samples:
        """The sentence in `language` (empty: that of the office) as int16 samples at 8 kHz."""


@dataclass(frozen=True, slots=True)
class LineKit:
    """What a line needs; all but the lengths in `pbx` is shared by the lines of an office."""

    clock: Clock
    post: Callable[[LineEvent], None]
    speech: Speech
    music: Samples
    recorder: Recorder
    country: Country
    pbx: PbxSettings
    listening: ListeningSettings


class _Superseded(Exception):
    """The office wants something else now."""


class _FarEndGone(Exception):
    def __init__(self, sign: HangUpSign) -> None:
        super().__init__(sign.value)
        self.sign = sign


# ---------------------------------------------------------------- the line


class LineThread:
    """A line with a thread of its own, made of an instrument. `closed` is called when it has been closed for good."""

    def __init__(
        self,
        name: str,
        kit: LineKit,
        instrument: Callable[[Waiter, Outgoing], Instrument],
        closed: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._closed = closed
        self._kit = kit
        self._clock = kit.clock
        self._waiter = kit.clock.waiter(name)
        self._outgoing = Outgoing(kit.music)
        self._instrument = instrument(self._waiter, self._outgoing)
        self._far_end = FarEnd(
            kit.country, kit.listening, self._outgoing, [LearnedTone.read(tone) for tone in kit.pbx.tones]
        )
        self._orders: deque[tuple[int, LineAct[Any]]] = deque(maxlen=2)
        self._closing = False
        self._fault: Fault | None = None
        self._keys = Keys()
        self._status = StatusReceiver(kit.pbx.status)
        self._recalling = False
        self._rang_unawares = False
        """Has it rung since we began to take the line?"""
        self._recall_rang_at: float | None = None
        self._recall_id = CallerId()
        self._answers = True
        self._off_hook = False
        self._sound_lost = 0
        self._used_by_others = False
        self._waiting_for_caller = False
        self._on_hook_at = -kit.pbx.on_hook_s
        self._rang_at: float | None = None
        self._ring_over_s = RINGING_OVER_FACTOR * max(on + off for on, off in kit.country.ring) / 1000
        self._record: Callable[[Samples], None] | None = None
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    # ------------------------------------------------------------ from other threads

    def perform(self, number: int, act: LineAct[Any]) -> None:
        """Begin `act`; see `Line.perform`."""
        self._orders.append((number, act))
        self._waiter.ring()

    def close(self) -> None:
        """Put the line on-hook and end its thread."""
        self._closing = True
        self._waiter.ring()
        self._thread.join()
        self._closed()

    # ------------------------------------------------------------ the thread

    def _run(self) -> None:
        """Open the instrument, serve it, and heal it when it breaks, until closed."""
        try:
            while not self._closing:
                try:
                    self._instrument.open()
                    self._fault = None
                    self._post(self._armed())
                    self._serve()
                except LineFault as problem:
                    self._broken(problem.fault(self.name))
                except Exception:
                    log.exception("%s: the driver broke", self.name)
                    self._broken(LineFault("the program lost control of the modem").fault(self.name))
        finally:
            self._instrument.close()
            self._waiter.close()

    def _armed(self) -> Armed:
        complaint = self._instrument.complaint
        self._answers = self._instrument.answers
        return Armed(self.name, self._instrument.answers, None if complaint is None else complaint.fault(self.name))

    def _on_hook(self) -> OnHook:
        lost, self._sound_lost = self._instrument.sound_lost - self._sound_lost, self._instrument.sound_lost
        return OnHook(self.name, lost)

    def _broken(self, fault: Fault) -> None:
        """Release what can be released, tell the office, and wait a little before the next try."""
        wait_s = HEAL_AFTER_S if self._fault is None else HEAL_EVERY_S
        if fault != self._fault:  # it is tried again every few seconds, and told once
            log.warning("%s: %s. %s", self.name, fault.problem, fault.advice)
            self._fault = fault
        self._instrument.close()
        self._forget_call()
        self._used_by_others = False
        self._orders.clear()
        self._post(Failed(self.name, fault))
        again = self._clock.now() + wait_s
        while not self._closing and self._clock.now() < again:
            self._waiter.wait(again)
        self._orders.clear()

    def _serve(self) -> None:
        """One act after the other; between calls, watch for rings."""
        while not self._closing:
            try:
                if self._orders:
                    number, act = self._orders.popleft()
                    self._post(Done(self.name, number, self._do(act)))
                    if isinstance(act, HangUp):
                        self._post(self._on_hook())
                        self._tell_of_another()
                else:
                    self._idle()
            except _Superseded:
                continue
            except _FarEndGone as gone:
                self._post(HungUp(self.name, gone.sign))
            finally:
                self._waiting_for_caller = False

    def _tell_of_another(self) -> None:
        """Somebody new began to ring while we waited for another: the number belongs to the rings that follow."""
        another, self._recall_id = self._recall_id, CallerId()
        if another.told:
            self._post(CallerIdHeard(self.name, another))

    def _idle(self) -> None:
        """Nothing to do: on-hook wait for a ring; off-hook wait for the next act, but not for ever."""
        began = self._clock.now()
        while not self._orders and not self._closing:
            if self._off_hook:
                self._take_in(self._instrument.wait(self._clock.now() + MOMENT_S))
                self._raise_if(self._has_dropped_us())
                if self._clock.now() - began > UNATTENDED_S:
                    log.error("%s: nobody attends to this call; hanging up", self.name)
                    self._hang_up()
                    self._post(self._on_hook())
                    return
            else:
                over = float("inf") if self._rang_at is None else self._rang_at + self._ring_over_s
                self._take_in(self._instrument.wait(over))
                if self._instrument.answers != self._answers:
                    self._post(self._armed())
                if self._rang_at is not None and self._clock.now() >= self._rang_at + self._ring_over_s:
                    self._rang_at = None
                    self._post(RingingStopped(self.name))

    def _post(self, event: LineEvent) -> None:
        self._kit.post(event)

    # ------------------------------------------------------------ a moment of a call

    def _moment(self, length_s: float = MOMENT_S) -> None:
        """Let a little time pass, take in what happened, and stop the present act where something else comes first.

        Raises:
            _Superseded: the office has given another act, or the program ends.
            _FarEndGone: a sign was seen that nobody is at the far end any more.
        """
        before = self._clock.now()
        self._take_in(self._instrument.wait(before + length_s))
        if self._orders or self._closing:
            raise _Superseded
        self._raise_if(self._has_dropped_us())
        if self._waiting_for_caller:
            self._raise_if(self._far_end.keeps_silent(self._clock.now() - before))

    def _caller_moment(self, length_s: float = MOMENT_S) -> None:
        """The same with a caller on the line, where call-progress tones mean that they have gone."""
        self._moment(length_s)
        self._raise_if(self._far_end.has_gone())

    def _has_dropped_us(self) -> HangUpSign | None:
        """Signs that mean the same at every moment: a broken loop, the PBX's own word for it, or another telephone
        that took the call (R34).
        """
        if self._used_by_others:
            return HangUpSign.HANDSET
        told, self._status.says_released = self._status.says_released, False
        return HangUpSign.CODE if told else self._far_end.has_dropped_us()

    def _raise_if(self, sign: HangUpSign | None) -> None:
        if sign is not None:
            raise _FarEndGone(sign)

    def _take_in(self, signals: Iterable[Signal]) -> None:
        for signal in signals:
            match signal:
                case RingBurst(cadence_ms):
                    self._ring(cadence_ms)
                case CallerIdCame(caller_id):
                    self._caller_id(caller_id)
                case KeyPressed(key):
                    self._key(key)
                    self._far_end.key()
                case Sound(samples):
                    self._far_end.hear(samples, speaking=self._instrument.duplex)
                    self._keys.hear(samples)
                    if self._record is not None:
                        self._record(samples)
                case ToneReported(heard, deaf, trusted):
                    self._far_end.report(heard, deaf, self._clock.now(), trusted=trusted)
                case LoopBroken() if self._off_hook:
                    self._far_end.break_loop(self._clock.now())
                case LineInUse(used):
                    self._others(used)

    def _key(self, key: str) -> None:
        self._status.press(key, self._clock.now())
        speaking = self._outgoing.loudest_dbm0() > SPEAKING_DBM0
        self._keys.press(key, self._clock.now(), speaking=speaking, hearing=self._instrument.duplex)

    def _caller_id(self, caller_id: CallerId) -> None:
        if self._recalling:
            self._recall_id = self._recall_id.merged(caller_id)
        else:
            self._post(CallerIdHeard(self.name, caller_id))

    def _ring(self, cadence_ms: tuple[int, ...]) -> None:
        self._rang_unawares = True
        if self._recall_rang_at is None:
            self._recall_rang_at = self._clock.now()
        if not self._off_hook and not self._recalling:
            self._rang_at = self._clock.now()
            self._post(Ring(self.name, cadence_ms))

    def _others(self, used: bool) -> None:
        """Somebody has lifted, or put down, another telephone on this line: if it rang, they have answered (R34)."""
        self._used_by_others = used
        if used and self._rang_at is not None:
            self._rang_at = None
            self._post(RingingStopped(self.name))

    # ------------------------------------------------------------ the acts

    def _do(self, act: LineAct[Any]) -> Any:
        match act:
            case Answer():
                return self._answer()
            case Seize():
                return self._seize()
            case Play():
                return self._play(act)
            case Collect():
                return self._collect(act)
            case Hold():
                return self._hold(act)
            case StillThere():
                return self._still_there()
            case Flash():
                return self._flash(act)
            case Dial():
                return self._dial(act)
            case Hear():
                return self._hear(act)
            case Brief():
                return self._brief(act)
            case AwaitRecall():
                return self._await_recall(act)
            case Record():
                return self._record_message(act)
            case HangUp():
                return self._hang_up()
        raise TypeError(f"a line does not know the act {act!r}")

    def _answer(self) -> None:
        if self._off_hook:  # taken unawares by `_seize`
            return
        self._forget_call()
        self._rest()
        self._raise_if(HangUpSign.HANDSET if self._used_by_others else None)
        self._lift()
        self._post(OffHook(self.name))
        self._settle()

    def _rest(self) -> None:
        """Stay on-hook as long as the PBX needs to take it for a hang-up."""
        while self._clock.now() < self._on_hook_at + self._kit.pbx.on_hook_s:
            self._take_in(self._instrument.wait(self._on_hook_at + self._kit.pbx.on_hook_s))

    def _lift(self) -> None:
        self._instrument.off_hook()
        self._off_hook, self._rang_at = True, None

    def _settle(self) -> None:
        """Wait until ringing has been tripped."""
        self._instrument.settle(self._clock.now() + self._kit.listening.ring_trip_ms / 1000)
        self._keys.clear()

    def _seize(self) -> Seized:
        """Take the line for a call of our own, unless somebody rings.

        A ring is reported late, or not at all once we are off-hook; but a line that was idle gives dial tone, and one
        on which a caller was about to ring gives none: they hear nothing, and wait. Where somebody is heard talking
        another telephone is in use, and nothing is said (R34).
        """
        self._rest()
        self._take_in(self._instrument.wait(self._clock.now()))
        if self._rang_at is not None:
            raise _Superseded
        if self._used_by_others:
            return Seized.NOT_FREE
        self._forget_call()
        self._rang_unawares = False
        self._lift()
        self._settle()
        seized = self._what_was_seized()
        if seized is None:
            self._post(Ring(self.name))
            self._post(OffHook(self.name))
            raise _Superseded
        if seized is not Seized.SEIZED:
            self._hang_up()
        return seized

    def _what_was_seized(self) -> Seized | None:
        """What is heard on a line that we have just taken; `None`: somebody was about to ring."""
        try:
            heard = self._hear(Hear(frozenset({Heard.DIAL_TONE, *NO_LINE}), self._kit.pbx.dial_tone_s))
        except _FarEndGone:
            return Seized.NOT_FREE
        if heard is Heard.DIAL_TONE:
            return Seized.SEIZED
        if heard in NO_LINE:
            return Seized.NO_DIAL_TONE
        return None if self._rang_unawares or self._far_end.silent_s >= NOBODY_TALKS_S else Seized.NOT_FREE

    def _play(self, act: Play) -> bool:
        speech = np.concatenate([self._sound_of(sentence, act.language) for sentence in act.sentences])
        if not act.barge_in:
            self._keys.clear()
        self._outgoing.say(speech)  # before the stream is opened, so that it begins with the first word
        self._instrument.talk()
        while self._outgoing.speaking:
            self._caller_moment()
            if self._interrupted(act):
                return False
        spoken = self._clock.now() + self._instrument.unspoken_s()
        while self._clock.now() < spoken:
            self._caller_moment()
            if self._interrupted(act):
                return False
        return True

    def _sound_of(self, sentence: Sentence, language: str = "") -> Samples:
        """The sentence as sound; one that cannot be spoken is left out rather than losing the call."""
        try:
            return self._kit.speech.samples(sentence, language)
        except FrontdeskError as problem:
            log.error("%s: the sentence %r was not spoken: %s", self.name, sentence.key, problem.problem)
            return NOTHING

    def _interrupted(self, act: Play) -> bool:
        """A key stops the prompt at once: what the instrument has not spoken yet is thrown away."""
        if not act.barge_in:
            self._keys.clear()
        if not self._keys:
            return False
        self._outgoing.interrupt()
        self._instrument.flush()
        return True

    def _collect(self, act: Collect) -> str:
        self._instrument.refresh()
        self._instrument.talk()
        self._waiting_for_caller = act.silence_counts and self._instrument.duplex
        keys = ""
        deadline = self._clock.now() + act.seconds
        while True:
            while self._keys:
                key = self._keys.take()
                if key == act.end:
                    return keys
                keys += key
                if len(keys) >= act.most:
                    return keys
                deadline = self._clock.now() + act.between_s
            if self._clock.now() >= deadline:
                return keys
            self._caller_moment()

    def _hold(self, act: Hold) -> Held:
        self._instrument.refresh()
        self._outgoing.hold(True)
        self._instrument.talk()
        until = self._clock.now() + act.seconds
        try:
            while self._clock.now() < until:
                if self._keys:
                    return Held.KEY
                self._caller_moment(HOLD_MOMENT_S)
            return Held.TIME
        finally:
            self._outgoing.hold(False)

    def _still_there(self) -> None:
        if self._instrument.duplex:
            return  # it has been listening all the time
        self._outgoing.mute()
        self._instrument.listen()
        began = self._clock.now()
        while self._clock.now() < began + STILL_THERE_S or (
            self._far_end.hears_tone and self._clock.now() < began + DOUBTFUL_S
        ):
            self._caller_moment()

    def _flash(self, act: Flash) -> None:
        for press in range(act.times):
            if press:
                self._pause(self._kit.pbx.between_flashes_ms / 1000)
            self._instrument.flash(act.length_ms or self._kit.pbx.flash_ms)
        self._far_end.flashed(self._clock.now())
        self._keys.clear()
        self._status.start_over()
        self._outgoing.mute()

    def _dial(self, act: Dial) -> None:
        self._pause(self._kit.pbx.pause_after_flash_ms / 1000)
        self._instrument.dial(act.digits, self._kit.pbx.dtmf_on_ms, self._kit.pbx.dtmf_off_ms)
        self._far_end.expect_something_else()

    def _hear(self, act: Hear) -> Heard:
        """What the PBX says, by its keys if it sends them, else by its tones."""
        self._outgoing.mute()
        self._instrument.listen()
        began = self._clock.now()
        guess: Heard | None = None
        guessed_at = began
        self._keys.clear()  # what comes now is said by the PBX
        while self._clock.now() < began + act.seconds:
            self._moment()
            now = self._clock.now()
            told = self._status.take(now)
            if told is not None and told in act.wanted:
                return told
            verdict = self._far_end.verdict(act, now - began)
            if verdict is Heard.NO_TONE and Heard.ANSWERED in act.wanted and self._status.tells_answers:
                verdict = None  # it may ring without a tone, and says so when somebody answers
            if guess is None and verdict is not None:
                guess, guessed_at = verdict, now
            if guess is not None and (not self._may_be_told(guess) or now > guessed_at + STATUS_PREFERRED_S):
                return guess
        return guess or Heard.NOTHING

    def _may_be_told(self, guess: Heard) -> bool:
        """Will a key of the PBX say for certain what we only guess?"""
        return self._status.tells_answers and guess in (Heard.VOICE, Heard.NO_TONE)

    def _brief(self, act: Brief) -> Briefed:
        """Speak to a colleague; a tone or a broken loop means that they have put the phone down."""
        speech = np.concatenate([self._sound_of(sentence) for sentence in act.sentences])
        self._keys.clear()
        self._outgoing.say(speech)
        self._instrument.talk()
        until = float("inf")
        try:
            while self._clock.now() < until:
                self._caller_moment()
                while self._keys:
                    key = self._keys.take()
                    if key in act.keys:
                        self._fall_silent()
                        return Briefed(key)
                if until == float("inf") and not self._outgoing.speaking:
                    until = self._clock.now() + self._instrument.unspoken_s() + act.seconds
        except _FarEndGone as gone:
            if gone.sign is HangUpSign.HANDSET:
                raise
            return Briefed(gone=True)
        return Briefed()

    def _fall_silent(self) -> None:
        """End what is being said without a click: what the instrument was given already is heard, some tenths of a
        second of it, and fades.
        """
        self._outgoing.hush()
        until = self._clock.now() + self._instrument.unspoken_s()
        while self._clock.now() < until:
            self._caller_moment()

    def _await_recall(self, act: AwaitRecall) -> bool:
        """Hang up, and answer when the PBX rings here again; what rings meanwhile is no new call."""
        self._instrument.on_hook()
        self._off_hook, self._on_hook_at = False, self._clock.now()
        self._outgoing.mute()
        self._recalling, self._recall_rang_at, self._recall_id = True, None, CallerId()
        until = self._clock.now() + act.seconds
        try:
            while not self._is_back(act):
                if self._clock.now() >= until or self._rings_for_another(act):
                    return False
                self._take_in(self._instrument.wait(min(until, self._clock.now() + HOLD_MOMENT_S)))
                if self._orders or self._closing:
                    raise _Superseded
            self._raise_if(HangUpSign.HANDSET if self._used_by_others else None)
            self._instrument.off_hook()
            self._off_hook, self._recall_id = True, CallerId()
            self._far_end.start_over()
            self._instrument.settle(self._clock.now() + self._kit.listening.ring_trip_ms / 1000)
            self._keys.clear()
            return True
        finally:
            self._recalling = False

    def _is_back(self, act: AwaitRecall) -> bool:
        """Does the caller ring whom we left? Who comes without a number counts as them."""
        if self._recall_rang_at is None or self._rings_for_another(act):
            return False
        return not act.numbers or self._recall_id.told or self._clock.now() >= self._recall_rang_at + RECALL_ID_S

    def _rings_for_another(self, act: AwaitRecall) -> bool:
        """Does somebody new ring?"""
        return bool(act.numbers and self._recall_id.number and self._recall_id.number not in act.numbers)

    def _record_message(self, act: Record) -> Recording:
        kept = spoken = 0

        def keep(samples: Samples) -> None:
            nonlocal kept, spoken
            kept += len(samples)
            spoken += len(samples) if self._far_end.silent_s == 0.0 else 0
            self._kit.recorder.write_recording(act.name, samples)

        self._instrument.listen()
        self._kit.recorder.start_recording(act.name)
        self._record, self._waiting_for_caller = keep, True
        until = self._clock.now() + act.limit_s
        began = self._clock.now()
        try:
            while self._clock.now() < until and not self._keys:
                self._caller_moment()
                if min(self._far_end.silent_s, self._clock.now() - began) >= act.silence_s:
                    break
        finally:
            self._record = None
            self._kit.recorder.end_recording(act.name)
        self._keys.clear()
        return Recording(act.name, kept / RATE_HZ, spoken / RATE_HZ)

    def _hang_up(self) -> None:
        self._instrument.on_hook()
        self._on_hook_at = self._clock.now()
        self._forget_call()

    def _pause(self, seconds: float) -> None:
        until = self._clock.now() + seconds
        while self._clock.now() < until:
            self._take_in(self._instrument.wait(until))

    def _forget_call(self) -> None:
        """Nothing of one call may be taken for a sign in the next."""
        self._off_hook, self._rang_at = False, None
        self._keys.start_over()
        self._status.start_over()
        self._far_end.start_over()
        self._outgoing.start_over()
