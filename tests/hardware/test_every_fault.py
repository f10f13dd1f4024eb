"""Every fault of a modem: the call is served, or somebody can call the caller back (R23, R37).

One world for each fault, a line in it for each kind of modem, a caller for each line, and a second caller for each when
the lines should have healed. `make test` takes a few kinds for each fault, in turns, so that every fault and every kind
is tried; `make soak` takes all of them. What must hold whatever is broken stands in `judge`; a fault that never ends
leaves callers who cannot be served (`LASTS`), and they are carded.
"""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from typing import Any

import pytest

from appliance.call import Outcome
from hardware.simulated.modemfaults import Faults
from hardware.simulated.people import Caller, Staff
from hardware.simulated.profiles import PROFILES

Rehearse = Callable[..., Any]

KINDS = sorted(PROFILES)
CALLS_S = (16.0, 110.0)
"""When the first and the second callers call: with the lines just armed, and when they should have healed."""
IN_CALL_S, RINGING_S, IDLE_S = 21.0, 17.0, 70.0
BETWEEN_S = 0.04
"""From one caller to the next: each is rung through before the next one dials."""
COLLEAGUE = Staff("Colleague", "11", answers_after_s=2.0, talks_s=15.0, says="Hello, this is Anna.")

COMMANDS = ("+FCLASS=8", "+VSM", "+VLS", "+VTX", "+VRX", "+VTR", "+VTS", "H", "Z", "+VCID", "E0")
"""Those that matter; `E0` is `ATE0V1Q0`."""
LOST = {f"the result of {command} is lost": Faults(lost_ok=command) for command in COMMANDS}
LATE = {f"the result of {command} is late": Faults(late_ok=command) for command in COMMANDS}
REFUSED = {f"{command} is refused": Faults(error_to=command) for command in COMMANDS}
RING_BETWEEN = {
    f"RING between {command} and its result": Faults(ring_between=command) for command in ("+VLS", "+VTS", "H")
}
CALLER_ID = {
    "no caller ID": Faults(no_caller_id=True),
    "no name": Faults(no_name=True),
    "no number": Faults(no_number=True),
    "a garbled date": Faults(garbled_date=True),
    "caller ID from its end to its beginning": Faults(bad_order=True),
    "caller ID forgotten with every hang-up": Faults(forgets_vcid=True),
    "caller ID before any ring": Faults(caller_id_before_ring=True),
}
EVENTS = {
    "dial tone that is not there": Faults(spurious=((20.0, "d"), (23.0, "d"))),
    "busy tone that is not there": Faults(spurious=((20.0, "b"),)),
    "a handset that is not there": Faults(spurious=((20.0, "H"), (23.0, "H"))),
    "signs while nobody calls": Faults(spurious=tuple((IDLE_S + n, code) for n, code in enumerate("bdHl5"))),
    "busy tone not told": Faults(no_busy_report=True),
    "loop break not told": Faults(no_loop_report=True),
    "keys that end with DEL": Faults(del_for_end=True),
    "keys that do not end": Faults(no_digit_end=True),
    "keys told again and again": Faults(repeated_digits=4),
    "voices taken for keys": Faults(talk_off="9", talk_offs=3),
}
SOUND = {
    "bytes lost": Faults(byte_loss=0.01),
    "a slow sample clock": Faults(sample_ratio=0.995),
    "a fast sample clock": Faults(sample_ratio=1.005),
    "too loud": Faults(gain_db=6.0),
    "too soft": Faults(gain_db=-6.0),
    "a bad hybrid": Faults(echo_db=-8.0),
    "streams that end by themselves": Faults(vit_expires_s=3.0, vit_expiries=3),
    "a short stall": Faults(stall_at=IN_CALL_S, write_stall_s=0.5),
    "a stall": Faults(stall_at=IN_CALL_S, write_stall_s=3.0),
    "a long stall": Faults(stall_at=IN_CALL_S, write_stall_s=15.0),
    "a stall while nobody calls": Faults(stall_at=IDLE_S, write_stall_s=5.0),
    "bytes in small pieces": Faults(split_bytes=True),
}
PORT = {
    f"{what} {when}": Faults(**{name: at_s}, **more)
    for when, at_s in (("in a call", IN_CALL_S), ("while it rings", RINGING_S), ("while nobody calls", IDLE_S))
    for what, name, more in (
        ("unplugged", "unplug_at", {"back_after_s": 4.0}),
        ("unplugged, back under another name,", "unplug_at", {"back_after_s": 4.0, "another_name": True}),
        ("settings forgotten", "forgets_at", {}),
        ("restarted", "reset_at", {}),
        ("hung until its port is closed", "hangs_at", {}),
        ("hung until it loses its power", "hangs_at", {"hang_ends": "power"}),
    )
}
STUCK = {
    "streams that cannot be ended": Faults(stuck_stream=True),
    "DTR not noticed": Faults(ignores_dtr=True),
    "hung, and DTR not noticed": Faults(hangs_at=IN_CALL_S, hang_ends="power", ignores_dtr=True),
    "unplugged for good": Faults(unplug_at=IN_CALL_S),
}
FAULTS = LOST | LATE | REFUSED | RING_BETWEEN | CALLER_ID | EVENTS | SOUND | PORT | STUCK

LASTS = frozenset(
    {
        *(f"{command} is refused" for command in ("+FCLASS=8", "+VSM", "+VLS", "+VTX", "+VRX", "+VTS")),
        # Four seconds after dialling the colleague has answered, and said who they are; a hook flash of four seconds is
        # none.
        "the result of +VTS is late",
        "the result of +VRX is late",
        "the result of +VTR is late",
        "the result of +VLS is late",
        "streams that cannot be ended",
        "unplugged for good",
    }
)
"""Faults with which a call cannot be brought to its end: whoever calls is carded, the second caller, too."""
BEYOND_CURE = frozenset({("H is refused", "usr5637-old"), ("the result of H is late", "usr5637-old")})
"""The old US Robotics takes the line by ATH1 only (Q1): without that it does not answer, and its callers are carded."""
NEVER_OPENS = frozenset({"E0 is refused"})
"""No sense can be made of such a modem: it is never off-hook, the office's own telephones ring, the board says why."""
HARMLESS = frozenset(CALLER_ID | EVENTS | RING_BETWEEN | SOUND) - {"a stall", "a long stall"} | {
    f"{command} is refused" for command in ("+VTR", "+VCID", "Z", "H")
}
"""Faults that the first caller does not notice either."""
RUNS_DRY = frozenset(LOST | LATE | SOUND | PORT | STUCK) - {"too loud", "too soft", "a bad hybrid"}
"""Faults that can make the sound run dry."""


def in_turns(faults: Sequence[str]) -> list[Any]:
    """Each fault with one or two of the kinds; the kinds take turns."""
    turn, voice = itertools.cycle(KINDS), itertools.cycle(kind for kind in KINDS if kind != "no-voice")
    cases = [(fault, [next(turn), next(turn)] if fault in SOUND | PORT | STUCK else [next(voice)]) for fault in faults]
    return [pytest.param(fault, kinds, id=f"{fault}: {', '.join(kinds)}") for fault, kinds in cases]


def callers(lines: int) -> list[Caller]:
    """One for each line, and later another one for each."""
    return [
        Caller(
            number=f"2255{round_}01{place:02}",
            name=f"Jan {place}",
            at_s=at_s + BETWEEN_S * place,
            presses=((4.0, "1"),),
            hangs_up_after_s=45.0,
            ring_patience_s=25.0,
            chat_s=4.0,
        )
        for round_, at_s in enumerate(CALLS_S)
        for place in range(lines)
    ]


def complaints(fault: str, seen: Any) -> Iterator[str]:
    """What must not happen to anybody, whatever is broken."""
    for call in seen.rounds():
        name = f"{call.kind}, caller {call.round}"
        outcomes = [record.outcome for record in call.records]
        if call.story.talked_to:
            if fault not in LASTS and outcomes[-1:] != [Outcome.TRANSFERRED]:
                yield f"{name} was put through, and the record says {outcomes}"
        elif fault not in NEVER_OPENS:
            yield from card_complaints(fault, call, name)
            served = fault in HARMLESS or (call.round == 2 and fault not in LASTS)
            if served and call.kind != "no-voice" and (fault, call.kind) not in BEYOND_CURE:
                yield f"{name} was not served: {call.story.ended_how}, {outcomes}"
        if None in outcomes:
            yield f"{name} has a record without an end"
        lasts = fault in LASTS or (fault, call.kind) in BEYOND_CURE
        most = 2 if lasts or misfortune(FAULTS[fault], call.story) else 1
        if call.story.answered_at is None and len(outcomes) > most:
            yield f"{name} rang once and has {len(outcomes)} records"
        if call.round == 1:
            yield from line_complaints(fault, call, seen)
    yield from (f"the log tells of {told.getMessage()!r}" for told in seen.log if told.levelno >= logging.ERROR)
    if seen.crashed:
        yield "the engine broke"


def card_complaints(fault: str, call: Any, name: str) -> Iterator[str]:
    """Who was not served has a card, with the number where the modem could tell it (R23)."""
    faults, promised = FAULTS[fault], {card.number for card in call.cards}
    while_ringing = misfortune(faults, call.story)
    if not promised and not (while_ringing and call.story.answered_at is None and not call.records):
        yield f"{name} is lost: {call.story.ended_how}, {[record.outcome for record in call.records]}"
    untold = faults.no_caller_id or faults.no_number or faults.error_to == "+VCID" or while_ringing
    # A modem that is four seconds late may still be hanging up when the second caller's number comes.
    untold = untold or (fault in LASTS and call.round == 2)
    if promised and not untold and call.story.number not in promised:
        yield f"{name} has a card without number"


def misfortune(faults: Faults, story: Any) -> bool:
    """Did the modem lose its power, its memory or its mind while this caller rang, or before and for good?"""
    moments = (faults.unplug_at, faults.hangs_at, faults.reset_at, faults.forgets_at)
    until = story.answered_at if story.answered_at is not None else story.ended_at
    return any(moment <= until for moment in moments)


def line_complaints(fault: str, call: Any, seen: Any) -> Iterator[str]:
    """At the end a line is on-hook and waits for calls, or the board says in words what is wrong with it."""
    board = seen.boards[-1][1]
    state = next(view.state for view in board.lines if view.name == call.line)
    if state != "free" and not [told for told in board.faults if told.about == call.line]:
        yield f"{call.kind}: {state}, and the board does not say why"
    if call.modem.hooks and (call.modem.hooks[-1][1] or fault in NEVER_OPENS):
        yield f"{call.kind} is off-hook, or was: {list(call.modem.hooks)[-3:]}"
    if call.modem.underruns and fault not in RUNS_DRY:
        yield f"{call.kind} ran dry at {list(call.modem.underruns)}"


def possible(fault: str, kinds: Sequence[str]) -> list[str]:
    """Of the kinds, those that can have this fault: what sits on a HAT has no plug, and keeps its name."""
    return [kind for kind in kinds if not (PROFILES[kind].uart and not math.isinf(FAULTS[fault].unplug_at))]


def judge(fault: str, kinds: Sequence[str], rehearse: Rehearse) -> None:
    """Let two callers call on each line, and complain of all that should not have happened."""
    kinds = possible(fault, kinds)
    seen = rehearse(
        *callers(len(kinds)),
        profiles=kinds,
        colleagues=len(kinds),
        colleague=COLLEAGUE,
        faults=FAULTS[fault],
        keep_audio=False,
    )
    assert list(complaints(fault, seen)) == []


@pytest.mark.parametrize(("fault", "kinds"), in_turns(list(FAULTS)))
def test_whoever_calls_is_served_or_can_be_called_back(fault: str, kinds: list[str], rehearse: Rehearse) -> None:
    judge(fault, kinds, rehearse)


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS)
def test_on_every_modem_whoever_calls_is_served_or_can_be_called_back(fault: str, rehearse: Rehearse) -> None:
    judge(fault, KINDS, rehearse)


def test_no_fault_is_forgotten() -> None:
    """Every way to misbehave that the emulator has is tried here."""
    lengths = {"lost_oks", "late_ok_s", "talk_offs", "vit_expiries", "back_after_s", "write_stall_s"}
    tried = {
        field.name
        for faults in FAULTS.values()
        for field in fields(Faults)
        if getattr(faults, field.name) != getattr(Faults(), field.name)
    }
    assert tried | lengths == {field.name for field in fields(Faults)}
    assert {kind for case in in_turns(list(FAULTS)) for kind in case.values[1]} == set(KINDS)


@pytest.mark.parametrize("kind", ["cx93001", "usr5637"])
@pytest.mark.parametrize("code", ["b", "d", "H"])
def test_a_sign_that_is_not_there_does_not_cost_the_caller_the_call(code: str, kind: str, rehearse: Rehearse) -> None:
    """Q10, Q12: reported once in the greeting and once on hold; nobody is hung up on who is still there."""
    faults = Faults(spurious=((20.0, code), (34.0, code)))
    caller = Caller("225550101", "Jan", at_s=16.0, presses=((4.0, "1"),), hangs_up_after_s=25.0)
    seen = rehearse(caller, profile=kind, faults=faults, keep_audio=False, staff=(), people=())
    assert [told for _, told in seen.world.modems[0].record.events if told == code][:2] == [code] * 2
    assert seen.story.ended_how == "hung up"


# ---------------------------------------------------------------- how soon it is well again

HEALING = Caller("225550101", "Jan", at_s=16.0, presses=((4.0, "1"),), hangs_up_after_s=14.0, ring_patience_s=25.0)


def free_again_s(seen: Any, from_s: float) -> float:
    """How long after a moment the line was seen free, and stayed so."""
    since, state = seen.states_of("Line 1")[-1]
    assert state == "free"
    return float(since - from_s)


@pytest.mark.parametrize("kind", ["cx93001", "usr5637"])
@pytest.mark.parametrize("at_s", [IN_CALL_S, 40.0], ids=["in a call", "while nobody calls"])
def test_a_modem_that_was_unplugged_answers_again_five_seconds_after_it_is_back(
    at_s: float, kind: str, rehearse: Rehearse
) -> None:
    """R37, and Q20: also under another name."""
    faults = Faults(unplug_at=at_s, back_after_s=3.0, another_name=True)
    seen = rehearse(HEALING, profile=kind, faults=faults, after_s=20.0, keep_audio=False, staff=(), people=())
    assert free_again_s(seen, at_s + 3.0) <= 5.0 + LOOK_S
    assert not seen.world.modems[0].record.hooks[-1][1]


LOOK_S = 0.25
"""How often the board is looked at."""


@pytest.mark.parametrize(("kind", "repeated_s"), [("cx93001", 0.0), ("usr5637", 4.0), ("is101", 4.0)])
def test_a_line_whose_stream_cannot_be_ended_is_free_within_eight_seconds(
    kind: str, repeated_s: float, rehearse: Rehearse
) -> None:
    """R37: the caller hangs up, the codes that end streams are ignored; closing the port hangs up.

    Where we are deaf while we speak the modem has to tell of busy tone twice, four seconds apart, to be believed.
    """
    seen = rehearse(
        HEALING, profile=kind, faults=Faults(stuck_stream=True), after_s=20.0, keep_audio=False,
        staff=(), people=(),
    )  # fmt: skip
    released = max(at for at, off_hook in seen.world.modems[0].record.hooks if not off_hook) - seen.world.began
    assert released - seen.story.ended_at <= 8.0 + repeated_s
    assert free_again_s(seen, seen.story.ended_at) <= 8.0 + repeated_s + LOOK_S


@pytest.mark.parametrize("kind", ["cx93001", "usr5637", "si24xx"])
@pytest.mark.parametrize("at_s", [IN_CALL_S, 40.0], ids=["in a call", "while nobody calls"])
def test_a_modem_that_hangs_is_cured_by_closing_its_port(at_s: float, kind: str, rehearse: Rehearse) -> None:
    """R37, Q14: noticed within ten seconds even while nobody calls; the next caller is served."""
    second = Caller("225550102", "Ola", at_s=80.0, presses=((4.0, "1"),), chat_s=3.0)
    seen = rehearse(HEALING, second, profile=kind, faults=Faults(hangs_at=at_s), keep_audio=False)
    assert seen.stories[1].talked_to == ("Anna",)
    assert not seen.world.modems[0].record.hooks[-1][1]
