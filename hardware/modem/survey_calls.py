"""What the survey finds out with somebody at a second telephone: rings, keys, echo, flashes, ends of calls.

Nothing is dialled but what the helper types in that very step (R35).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from appliance.acts import Heard
from appliance.faults import BadSettings, LineFault
from appliance.signals.generate import tone
from appliance.signals.levels import RATE_HZ, Block
from appliance.toll import TollRule
from hardware.modem import at
from hardware.modem.at import CallerIdPart, Key, Ring, RingCadence
from hardware.modem.dialects import Dialect, FlashMethod, Step
from hardware.modem.rig import LEAD, SETTLES_S, Moments, Rig, named, tone_level_dbm0
from hardware.modem.survey import Helper, Measured, NotMeasured, SurveyStep

CALL_COMES_S = 60.0
"""How long a call is waited for."""
RINGING_OVER_S = 9.0
"""Without a ring for so long the caller has given up."""
KEYS_S = 15.0
"""How long keys are waited for, in silence and while we play."""
TEST_HZ, TEST_DBM0, TEST_S = 1004.0, -10.0, 2.0
"""The tone for the echo: the usual test frequency of telephony (ITU-T O.6)."""
MUSIC_DBM0 = -16.0
FLASHES_MS = (100, 200, 300, 600)
FIXED_MS = 0
"""Stands for the one length that a modem has by itself."""
AFTER_FLASH_S = 3.0
DIALLED_S = 15.0
FAR_END_S = 30.0
LONGEST_EXTENSION = 8


def answer_call(rig: Rig, helper: Helper, please: str) -> float:
    """Have the helper call, and answer; the moment of the answer, by the clock."""
    if helper.ask(f"{please} Press Enter and call the line now; s: skip.").startswith("s"):
        raise NotMeasured("the helper could not call")
    began = rig.now
    while not any(moment >= began and isinstance(event, Ring) for moment, event in rig.events):
        if rig.now > began + CALL_COMES_S:
            raise NotMeasured("no call came within a minute")
        rig.talk.listen_for(0.2)
    rig.talk.listen_for(SETTLES_S)
    rig.off_hook()
    return rig.now


def ring(rig: Rig, helper: Helper) -> Measured:
    """When rings and caller ID are reported."""
    return {"reported_at_s": named(_ringing(rig, helper))}


def cadence(rig: Rig, helper: Helper) -> Measured:
    """The same with reports of the ring cadence."""
    if not rig.talk.wish("AT+VDR=1,0"):
        raise NotMeasured("it has no report of the cadence")
    return {"reported_at_s": named(_ringing(rig, helper))}


def _ringing(rig: Rig, helper: Helper) -> Moments:
    helper.ask("Press Enter, call the line from outside, let it ring four times and hang up.")
    began = last = rig.now
    found: Moments = []
    while rig.now < (last + RINGING_OVER_S if found else began + CALL_COMES_S):
        rig.events.clear()
        rig.talk.listen_for(0.1)
        for moment, event in rig.events:
            if words := _ring_words(event):
                last = moment
                found.append((moment, words))
    if not found:
        raise NotMeasured("no call came within a minute")
    return [(moment - found[0][0], words) for moment, words in found]


def _ring_words(event: at.Event) -> str:
    """A report of ringing or of the caller, without telling who it is (R36)."""
    match event:
        case Ring():
            return "ring"
        case RingCadence(on, tenths):
            return f"cadence: {'on' if on else 'off'} for {tenths / 10:.1f} s"
        case CallerIdPart(caller_id, date, time, message):
            parts = {"number": caller_id.number, "name": caller_id.name, "date": date, "time": time, "message": message}
            told = [part for part, value in parts.items() if value]
            return f"caller ID: {', '.join(told) or caller_id.presentation.value}"
    return ""


def echo(rig: Rig, helper: Helper) -> Measured:
    """Does it hear while it speaks, and how loud does it hear itself?"""
    answer_call(rig, helper, "When we have answered, be silent: you will hear a tone for two seconds.")
    if not rig.start("AT+VTR"):
        return {"duplex": False}
    began = rig.now
    rig.play(tone((TEST_HZ,), TEST_S, TEST_DBM0))
    rig.talk.listen_for(LEAD / RATE_HZ)
    stop_s = rig.stop(rig.kind.flush + rig.kind.stop_duplex)
    sound = rig.sound_since(began)
    middle = sound[RATE_HZ // 2 : 3 * RATE_HZ // 2]
    heard_dbm0 = tone_level_dbm0(middle, TEST_HZ)
    return {
        "duplex": len(sound) > 0,
        "played_dbm0": TEST_DBM0,
        "heard_dbm0": round(heard_dbm0, 1),
        "echo_loss_db": round(TEST_DBM0 - heard_dbm0, 1),
        "to_result_s": None if stop_s is None else round(stop_s, 3),
    }


def keys(rig: Rig, helper: Helper) -> Measured:
    """How keys are reported, in silence and while sound is played."""
    answer_call(
        rig, helper, "When we have answered press 1 2 3 4 5 slowly; when you hear a tone, press them once more."
    )
    began = rig.now
    rig.start(rig.kind.receive)
    rig.talk.listen_for(KEYS_S)
    rig.stop(rig.kind.stop_receive)
    found = {"in_silence": _keys_since(rig, began)}
    began = rig.now
    rig.start("AT+VTX")
    rig.play(_murmur(KEYS_S))
    rig.stop(rig.kind.flush + rig.kind.stop_transmit)
    return found | {"while_playing": _keys_since(rig, began)}


def _murmur(seconds: float) -> Block:
    """A tone that swells and fades like speech, and is no key."""
    wave = tone((620.0,), seconds, MUSIC_DBM0)
    swell: Block = wave * (0.6 + 0.4 * np.sin(2 * np.pi * 3.0 * np.arange(len(wave)) / RATE_HZ))
    return swell


def _keys_since(rig: Rig, began: float) -> Measured:
    pressed = [(moment - began, event.key) for moment, event in rig.events
               if moment >= began and isinstance(event, Key) and event.down]  # fmt: skip
    return {
        "pressed": "".join(key for _, key in pressed),
        "pressed_at_s": named(pressed),
        "codes_at_s": named(rig.codes_since(began)),
    }


def flashes(rig: Rig, helper: Helper) -> Measured:
    """Each way to flash, each length: does the telephone system take it?"""
    called = False
    found: list[Measured] = []
    for method in FlashMethod:
        for length_ms in FLASHES_MS if _settable(rig.kind, method) else (FIXED_MS,):
            if not called:
                answer_call(rig, helper, "Stay on the telephone.")
                called = True
            result = _flash(rig, helper, method, length_ms)
            found.append(result)
            if result["person"].startswith("t"):
                rig.hang_up()
                rig.prepare()
                called = False
    return {"tries": found}


def _flash(rig: Rig, helper: Helper, method: FlashMethod, length_ms: int) -> Measured:
    """One flash and, where it was taken, the one that brings the other party back."""
    steps = _flash_steps(rig.kind, method, length_ms)
    began = rig.now
    try:
        rig.perform(steps)
    except LineFault:
        return {"method": method.name, "asked_ms": length_ms, "taken": False, "person": ""}
    took_s = rig.now - began
    listened = rig.listen(AFTER_FLASH_S)
    dial_tone = any(heard in (Heard.DIAL_TONE.value, Heard.STUTTER.value) for _, heard in listened.heard)
    person = helper.ask(
        f"Flash of {length_ms or 'fixed'} ms ({method.name.lower()}). What do you hear? m: music or silence on hold. "
        "t: a tone, the call is over. n: nothing happened."
    )
    result = {"method": method.name, "asked_ms": length_ms, "taken": True, "took_s": round(took_s, 3),
              "dial_tone_heard": dial_tone, "person": person, **listened.told()}  # fmt: skip
    if person.startswith("m"):
        rig.perform(steps)
        rig.talk.listen_for(SETTLES_S)
    return result


def _settable(kind: Dialect, method: FlashMethod) -> bool:
    """Can we choose the length? In a dial string only where there is a register for it."""
    return method is not FlashMethod.DIAL or kind.flash_method is FlashMethod.DIAL


def _flash_steps(kind: Dialect, method: FlashMethod, length_ms: int) -> tuple[Step, ...]:
    """The flash by a method that need not be the dialect's own."""
    if not _settable(kind, method):
        return (Step("ATD!;", lasts_s=1.0),)
    return replace(kind, flash_method=method).flash(length_ms)


def dialling(rig: Rig, helper: Helper) -> Measured:
    """Extensions that the helper types: what is reported of them, and what is only heard."""
    found: Measured = {}
    for name in ("free", "busy", "wrong"):
        digits = helper.ask(f"Type a {name} extension, and nothing else will be dialled (Enter alone: none):")
        if not digits:
            continue
        if len(digits) > LONGEST_EXTENSION or not TollRule(frozenset({digits})).allows(digits):
            helper.tell(f"Only an extension can be dialled: up to {LONGEST_EXTENSION} digits, * and #.")
            continue
        rig.off_hook()
        rig.talk.listen_for(2 * SETTLES_S)
        try:
            rig.perform(rig.kind.dtmf(digits, 100, 100))
        except BadSettings as problem:
            raise NotMeasured(problem.problem) from problem
        found[name] = rig.listen(DIALLED_S).told()
        rig.hang_up()
        rig.prepare()
    if not found:
        raise NotMeasured("nothing was typed")
    return found


def far_end(rig: Rig, helper: Helper) -> Measured:
    """By what signs the modem, and our ears, notice that the caller has gone."""
    answer_call(rig, helper, "Hang up five seconds after we have answered.")
    listened = rig.listen(FAR_END_S)
    loud = np.flatnonzero(np.abs(np.asarray(listened.sound, dtype=np.float64)) > 1000.0)
    return {**listened.told(), "last_sound_at_s": round(float(loud[-1]) / RATE_HZ, 2) if len(loud) else None}


MOBILE = "a mobile telephone to call the line with"
CALL_STEPS = (
    SurveyStep("ring", "A call from outside", "When does it report rings and caller ID?", MOBILE, ring,
               needs_voice=False),
    SurveyStep("cadence", "The cadence of ringing", "Can it tell inside from outside calls by it?", MOBILE, cadence,
               needs_voice=False),
    SurveyStep("echo", "Both at once", "Does it hear while it speaks, and how loud is its own echo?", MOBILE, echo),
    SurveyStep("keys", "Keys", "How are keys reported, and are they missed while we speak?", MOBILE, keys),
    SurveyStep("flashes", "Hook flash", "Which way and which length does your telephone system take for a flash?",
               f"{MOBILE}, and an extension that can put callers on hold", flashes),
    SurveyStep("dialling", "Extensions", "What of ringing, busy and wrong numbers is reported, what only heard?",
               "the numbers of a free, a busy and a wrong extension", dialling),
    SurveyStep("far-end", "The caller hangs up", "By what signs do we know, and how soon?", MOBILE, far_end),
)  # fmt: skip
