"""What the survey finds out about a modem by itself, or with the cable alone; calls are in `survey_calls`.

A step is a row of `STEPS`; its measuring function returns the values for the result file, the unit in the key. Each
answers a question that manuals leave open: buffer sizes, stop codes, what is forgotten, which values are taken.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from appliance.faults import ModemRefused
from appliance.signals.codec import to_unsigned8
from appliance.signals.generate import silence
from appliance.signals.levels import RATE_HZ
from hardware.modem import at
from hardware.modem.answers import ASK_VOLTAGE, QUESTIONS
from hardware.modem.conversation import LEAVE_VOICE
from hardware.modem.identify import TRY_VOICE
from hardware.modem.rig import SETTLES_S, Rig, named
from hardware.modem.survey import Helper, Measured, SurveyStep
from hardware.modem.survey_calls import CALL_STEPS

ASKED_IDLE = (
    *(f"AT{name}{form}"
      for name in ("+VCID", "+VDR", "+VRID", "+VCDT", "+GCI", "+IFC", "-STE", "-TTE", "-SCID") for form in ("=?", "?")),
    "AT-TRV", "AT-PV", "ATI1", "ATI2", "ATI4", "ATI6", "ATI9", "ATS8?", "ATS11?", "ATS29?", "ATS86?",
)  # fmt: skip
ASKED_IN_VOICE = (
    *(f"AT{name}{form}"
      for name in ("+VLS", "+VSM", "+VGR", "+VGT", "+VSD", "+VTD", "+VIT", "+VNH", "+VRA", "+VRN", "+VSP", "+VPR",
                   "+VDT", "+VEM", "+VBS", "+VBT") for form in ("=?", "?")),
    "AT+VTS=?", "AT+VTX=?", "AT+VRX=?", "AT+VTR=?",
)  # fmt: skip
UNPACED_S = 2.0
"""As much sound is written at once: more than any modem is thought to hold (a quarter to one second)."""
SHORT_S = 0.1
"""As much sound is written to see when the modem notices that there is no more."""
GAINS = range(256)


def ask_all(rig: Rig, helper: Helper) -> Measured:
    """Every question and its answer, word by word."""
    answers = {}
    for question in (*(each for each in QUESTIONS if each not in (TRY_VOICE, LEAVE_VOICE)), *ASKED_IDLE):
        answers[question] = rig.answer_to(question)
    if rig.kind.voice:
        rig.talk.command(TRY_VOICE)
        answers |= {question: rig.answer_to(question) for question in ASKED_IN_VOICE}
        rig.talk.command(LEAVE_VOICE)
    return {"answers": answers}


def line_voltage(rig: Rig, helper: Helper) -> Measured:
    """Tip and ring on-hook, with the cable in, out, and in again."""
    found: Measured = {"with_cable_volts": _volts(rig)}
    helper.ask("Pull the telephone cable out of the modem, then press Enter.")
    found["without_cable_volts"] = _volts(rig)
    helper.ask("Plug it in again, then press Enter.")
    found["with_cable_again_volts"] = _volts(rig)
    if found["with_cable_volts"] is not None:
        helper.ask("Lift another telephone on the same line (Enter alone if there is none), then press Enter.")
        found["other_telephone_lifted_volts"] = _volts(rig)
        helper.ask("Put it down again, then press Enter.")
    return found


def _volts(rig: Rig) -> float | None:
    try:
        return float(rig.answer_to(ASK_VOLTAGE))
    except ValueError:
        return None


def off_hook(rig: Rig, helper: Helper) -> Measured:
    """How long going off-hook takes, what the modem says of itself then, and the dial tone as both hear it."""
    began = rig.now
    took_s = rig.off_hook()
    rig.talk.listen_for(SETTLES_S)
    stray = rig.codes_since(began)
    listened = rig.listen(6.0)
    return {"command_s": round(took_s, 3), "stray_codes_at_s": named(stray), **listened.told()}


def transmit_buffer(rig: Rig, helper: Helper) -> Measured:
    """How much sound the modem holds, and when it notices that it has none left.

    Two seconds are written at once, then *drop what is not played* and *end*. Those two come to their turn when all
    that does not fit has been played, and then drop a full buffer: what is missing from the two seconds was in it.
    """
    rig.off_hook()
    quiet = at.shield(to_unsigned8(silence(UNPACED_S)))
    if not rig.start("AT+VTX"):
        raise ModemRefused(f"the modem at {rig.path} does not transmit")
    began = rig.now
    rig.talk.send(quiet)
    drained_s = rig.stop(rig.kind.flush + rig.kind.stop_transmit, UNPACED_S + 2.0)
    held = None if drained_s is None else round((UNPACED_S - drained_s) * RATE_HZ)
    rig.start("AT+VTX")
    began = rig.now
    rig.talk.send(at.shield(to_unsigned8(silence(SHORT_S))))
    rig.talk.listen_for(1.0)
    dry = [moment for moment, code in rig.codes_since(began) if code == "u"]
    stop_s = rig.stop(rig.kind.stop_transmit)
    return {
        "held_bytes": held,
        "underrun_reported_after_s": round(dry[0], 3) if dry else None,
        "sound_written_s": SHORT_S,
        "end_when_empty_s": _rounded(stop_s),
    }


def stop_codes(rig: Rig, helper: Helper) -> Measured:
    """Which ends of a stream the modem obeys, after one DLE and after three, and how long each takes."""
    rig.off_hook()
    found: Measured = {}
    for command, codes in (
        ("AT+VTX", {"DLE ETX": at.END_TRANSMIT}),
        (rig.kind.receive, {"DLE !": at.END_RECEIVE, "DLE ESC": at.DLE + at.ESC}),
        ("AT+VTR", {"DLE ^": at.END_DUPLEX}),
    ):
        for name, code in codes.items():
            for times, said in ((1, code), (3, at.insist(code))):
                key = f"{command[2:]} {name} after {times} DLE"
                found[key] = _ended(rig, command, said)
    found["flush"] = _flushed(rig)
    return found


def _ended(rig: Rig, command: str, code: bytes) -> Measured:
    if not rig.start(command):
        return {"opened": False}
    rig.talk.listen_for(0.2)
    return {"opened": True, "to_result_s": _rounded(rig.stop(code))}


def _flushed(rig: Rig) -> Measured:
    """Is sound that is not yet played thrown away by DLE CAN? Half of a held buffer is, if the end comes at once."""
    found: Measured = {}
    for name, said in (("without_s", b""), ("with_s", rig.kind.flush)):
        rig.start("AT+VTX")
        rig.talk.send(at.shield(to_unsigned8(np.zeros(1600))))
        found[name] = _rounded(rig.stop(said + rig.kind.stop_transmit))
    return found


def gains(rig: Rig, helper: Helper) -> Measured:
    """Which values of the gains are taken."""
    rig.talk.command(TRY_VOICE)
    found: Measured = {}
    for name in ("+VGR", "+VGT"):
        found[f"{name} lists"] = rig.answer_to(f"AT{name}=?")
        found[f"{name} takes"] = spans(value for value in GAINS if rig.answer_to(f"AT{name}={value}") == "OK")
    return found


def spans(values: Iterable[int]) -> str:
    """`0,121-134` for many numbers."""
    found: list[list[int]] = []
    for value in values:
        if found and value == found[-1][1] + 1:
            found[-1][1] = value
        else:
            found.append([value, value])
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in found)


def forgetting(rig: Rig, helper: Helper) -> Measured:
    """What hanging up, leaving voice mode and a reset make it forget."""
    found: Measured = {}
    rig.talk.wish("AT+VCID=1")
    found["AT+VCID? when set"] = rig.answer_to("AT+VCID?")
    if rig.kind.voice:
        rig.talk.command(TRY_VOICE)
        rig.talk.wish("AT+VTD=7")
        found["AT+VTD? when set"] = rig.answer_to("AT+VTD?")
        rig.talk.command(LEAVE_VOICE)
        found["AT+VCID? after leaving voice mode"] = rig.answer_to("AT+VCID?")
        rig.talk.command(TRY_VOICE)
        found["AT+VTD? after leaving voice mode"] = rig.answer_to("AT+VTD?")
    rig.talk.wish("ATH")
    found["AT+FCLASS? after ATH"] = rig.answer_to("AT+FCLASS?")
    found["AT+VCID? after ATH"] = rig.answer_to("AT+VCID?")
    rig.reset()
    found["AT+VCID? after ATZ"] = rig.answer_to("AT+VCID?")
    return found


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


NOTHING = "nothing"
CABLE = "the telephone cable between modem and wall"
STEPS = (
    SurveyStep("identity", "What it says of itself", "All questions that a voice modem may answer, word by word.",
               NOTHING, ask_all, needs_voice=False),
    SurveyStep("voltage", "The voltage of the line", "Can it tell a cable that was pulled out, and a lifted telephone?",
               f"{CABLE}; if there is one, another telephone on the same line", line_voltage, needs_voice=False),
    SurveyStep("forgetting", "What it forgets", "Hanging up and resetting make modems forget caller ID.", NOTHING,
               forgetting, needs_voice=False),
    SurveyStep("gains", "Loudness", "Which values of its two gains does it take?", NOTHING, gains),
    SurveyStep("off-hook", "Going off-hook", "How long it takes, and what it reports although nothing happened.",
               f"{CABLE}, and a line that gives dial tone", off_hook),
    SurveyStep("buffer", "Its buffer", "How much sound it holds: so much is still heard after a key stopped us.", CABLE,
               transmit_buffer),
    SurveyStep("stop-codes", "Ending sound", "Which codes it obeys, and how fast.", CABLE, stop_codes),
    *CALL_STEPS,
)  # fmt: skip
"""All steps, in their order: the ones without a call first."""
