"""What goes wrong with the modems of a soak: habits that a modem has all along, and misfortunes at random moments.

Some modems are left in peace: nothing of what happens to the others may be felt on their lines.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from random import Random

from hardware.simulated.fakemodem import FakeModem
from hardware.simulated.modemfaults import Faults

MEAN_PAUSE_S = 75.0
"""From the end of one misfortune of a modem to its next, on average,"""
SHORTEST_PAUSE_S = 30.0
"""and at the least, so that each shows how long it takes to heal."""
STUCK_S = 40.0
"""How long streams cannot be ended: long enough for a call or two."""
CODES = ("d", "b", "H", "q", "s", "R", "5", "o", "l")
"""Codes that a modem reports without reason."""

HABITS = (
    Faults(),
    Faults(split_bytes=True),
    Faults(no_name=True, garbled_date=True, bad_order=True),
    Faults(forgets_vcid=True),
    Faults(caller_id_before_ring=True, ring_between="ATH"),
    Faults(no_caller_id=True, another_name=True),
    Faults(no_busy_report=True, no_loop_report=True, del_for_end=True),
    Faults(no_digit_end=True, repeated_digits=3),
    Faults(late_ok="H", late_ok_s=1.0),
    Faults(late_ok="+VTX", late_ok_s=0.8),
    Faults(lost_ok="+VLS", lost_oks=4),
    Faults(lost_ok="+FCLASS", lost_oks=4),
    Faults(error_to="+VTS"),
    Faults(vit_expires_s=12.0, vit_expiries=20),
    Faults(talk_off="7", talk_offs=6),
    Faults(byte_loss=0.002),
    Faults(sample_ratio=1.0005),
    Faults(sample_ratio=0.9995),
    Faults(gain_db=4.0, echo_db=-14.0),
)
"""Habits, one for each modem that is not left in peace."""


class Kind(Enum):
    """A misfortune, in the words of the record."""

    UNPLUGGED = "unplugged"
    POWER_CYCLED = "lost its power for a moment"
    RESTARTED = "restarted by itself"
    FORGOT = "forgot its settings"
    HUNG = "hung until its port was closed"
    HUNG_FOR_GOOD = "hung until its power was cut"
    TOOK_NO_BYTES = "took no bytes"
    STUCK = "did not end its streams"
    SPOKE_NONSENSE = "reported what was not there"


WEIGHTS = {
    Kind.UNPLUGGED: 3,
    Kind.POWER_CYCLED: 2,
    Kind.RESTARTED: 3,
    Kind.FORGOT: 2,
    Kind.HUNG: 2,
    Kind.HUNG_FOR_GOOD: 2,
    Kind.TOOK_NO_BYTES: 2,
    Kind.STUCK: 1,
    Kind.SPOKE_NONSENSE: 4,
}


@dataclass(frozen=True, slots=True)
class Misfortune:
    """It befalls the modem number `place` (from 0) at `at` seconds of the clock and is over `lasts_s` later."""

    at: float
    place: int
    kind: Kind
    lasts_s: float
    code: str = ""


def misfortunes(seed: int, places: list[int], since: float, until: float) -> list[Misfortune]:
    """Everything that befalls these modems, in order."""
    rng = Random(f"misfortunes {seed}")
    found = []
    for place in places:
        at = since + rng.uniform(0.0, MEAN_PAUSE_S)
        while at < until:
            kind = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            lasts_s = _lasts_s(kind, rng)
            found.append(Misfortune(at, place, kind, lasts_s, rng.choice(CODES)))
            at += lasts_s + SHORTEST_PAUSE_S + rng.expovariate(1 / (MEAN_PAUSE_S - SHORTEST_PAUSE_S))
    return sorted(found, key=lambda misfortune: misfortune.at)


def _lasts_s(kind: Kind, rng: Random) -> float:
    match kind:
        case Kind.UNPLUGGED:
            return rng.choice((0.3, 2.0, rng.uniform(3.0, 30.0)))
        case Kind.TOOK_NO_BYTES:
            return rng.uniform(0.3, 8.0)
        case Kind.STUCK:
            return STUCK_S
    return 0.0


def habit_of(place: int, seed: int) -> Faults:
    """The habit of modem `place`; over the parts of a soak every habit comes to many modems."""
    return HABITS[(place * 3 + seed * 5) % len(HABITS)]


def befall(modem: FakeModem, habit: Faults, misfortune: Misfortune) -> None:
    """Let it happen now; `recover` ends what does not end by itself."""
    now = misfortune.at
    match misfortune.kind:
        case Kind.UNPLUGGED:
            modem.unplug()
        case Kind.POWER_CYCLED:
            modem.power_cycle()
        case Kind.RESTARTED:
            _suffer(modem, replace(habit, reset_at=now))
        case Kind.FORGOT:
            _suffer(modem, replace(habit, forgets_at=now))
        case Kind.HUNG:
            _suffer(modem, replace(habit, hangs_at=now, hang_ends="close"))
        case Kind.HUNG_FOR_GOOD:
            _suffer(modem, replace(habit, hangs_at=now, hang_ends="power"))
        case Kind.TOOK_NO_BYTES:
            _suffer(modem, replace(habit, stall_at=now, write_stall_s=misfortune.lasts_s))
        case Kind.STUCK:
            _suffer(modem, replace(habit, stuck_stream=True))
        case Kind.SPOKE_NONSENSE:
            _suffer(modem, replace(habit, spurious=((now, misfortune.code),)))


def recover(modem: FakeModem, habit: Faults, misfortune: Misfortune) -> None:
    """What lasted `lasts_s` is over now."""
    if misfortune.kind is Kind.UNPLUGGED:
        modem.plug_in()
    elif misfortune.kind is Kind.STUCK:
        _suffer(modem, habit)


def _suffer(modem: FakeModem, faults: Faults) -> None:
    """From now on this is what is wrong with it; done in the world's thread, as everything with an emulated modem."""

    def change() -> None:
        modem._faults = modem._firmware.faults = faults
        modem._plan_misfortunes()

    modem._wish(change)


def may_run_dry(faults: Faults) -> bool:
    """Does this habit alone explain that the host's sound runs dry: samples are lost, late, or used up too fast?"""
    return faults.byte_loss > 0 or faults.sample_ratio > 1 or faults.late_ok.startswith("+VT")
