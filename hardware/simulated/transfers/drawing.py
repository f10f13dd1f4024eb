"""Drawing an office by dice: its PBX and the settings that suit it, its people, its callers, and what goes wrong.

The settings match the PBX, as they do once somebody has looked at it, except for the length of the hook flash, which
is wrong in some offices: the program has to find that out by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from appliance.acd.staff import Presence
from appliance.acts import Answer, Brief, Collect, Dial, Flash, HangUp, Hear, Heard, Hold, LineAct, Play, Record
from appliance.call import CallerId, HangUpSign, Presentation
from appliance.settings import (
    GroupSettings,
    HandoverSettings,
    LineSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)
from hardware.simulated.eventpeople import Extension, Kind, Reaction, Visitor, Where
from hardware.simulated.eventport import Habits
from hardware.simulated.pbxprofile import RecallShows
from hardware.simulated.transfers.makes import Make, met

WAYS = ("blind", "ring", "answered", "briefed", "briefed")
UNBRIEFED = ("blind", "ring", "answered")
"""Where only hanging up brings a caller back, nobody who has answered can send one back: hanging up joins the two."""
SIGNS = (HangUpSign.LOOP_BREAK, HangUpSign.BUSY, HangUpSign.CONGESTION, HangUpSign.DIAL_TONE)
LEAVES = (
    *(where.value for where in Where if where is not Where.COLLEAGUE),
    *(Where.CAMPED.value, Where.RINGING_COLLEAGUE.value, Where.RETURNING.value),  # fewer come there
    *("greeting", "menu-choice", "please-hold", "putting-through", "position", "callback-offer", "message-after-tone"),
    *("callback-promised", "goodbye"),
)
"""Where callers hang up: where the PBX has them, or what they hear from the box at that moment."""
FAULTY_ACTS: Sequence[type[LineAct[object]]] = (Answer, Play, Collect, Hold, Flash, Dial, Hear, Brief, Record, HangUp)
PRESENCES = (Presence.MEETING, Presence.LUNCH, Presence.AWAY, Presence.OUT)
BETWEEN_CALLS_S = 200.0
"""From one caller to the next, divided by the lines: enough for all of them to be busy most of the time."""


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody goes away, or comes again, at a moment."""

    at: float
    extension: str
    presence: Presence
    for_s: float


@dataclass(frozen=True, slots=True)
class Misfortune:
    """From `at` on the line waits for an act of this kind, and `after_s` later its device stops for `lasts_s` (or, with
    0, only the reply is lost).
    """

    at: float
    line: str
    act: type[LineAct[object]]
    after_s: float
    lasts_s: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """One office and its hour."""

    make: str
    settings: Settings
    habits: Habits
    desks: dict[str, Extension]
    arrivals: tuple[tuple[float, Visitor], ...]
    goings: tuple[Going, ...]
    misfortunes: tuple[Misfortune, ...]

    @property
    def ends_s(self) -> float:
        """When the last caller comes."""
        return self.arrivals[-1][0]


def draw(rng: Random, calls: int) -> Drawn:
    """An office for so many calls."""
    name = rng.choice(sorted(met()))
    pbx, habits = pbx_and_habits(met()[name], rng)
    ways = UNBRIEFED if habits.back == "hang up" else WAYS
    people = _people(ways, rng)
    lines = tuple(LineSettings(f"Line {n}", f"simulated:{n}") for n in range(1, rng.randint(2, 6) + 1))
    groups = _groups(people, rng)
    settings = Settings(
        company="Northwind",
        operator=people[0].extension,
        lines=lines,
        people=people,
        groups=groups,
        menu=MenuSettings(tuple((str(key), group.name) for key, group in enumerate(groups, 1)), groups[0].name),
        pbx=pbx,
        handover=HandoverSettings(
            rng.choice(ways),
            key_s=rng.choice((4.0, 6.0)),
            no_key=rng.choice(("take", "back", "message")),
            ask_matter=rng.random() < 0.2,
        ),
        waiting=WaitingSettings(longest_s=rng.uniform(120.0, 400.0), talk_s=rng.uniform(40.0, 120.0)),
    )
    sign = _sign(pbx, habits, rng)
    anonymous = 0.0 if habits.back == "hang up" else 0.15  # there nobody could tell one from another
    arrivals = tuple(_arrivals(calls, len(lines), sign, anonymous, rng))
    lasts_s = arrivals[-1][0]
    return Drawn(
        name,
        settings,
        habits,
        _desks(people, rng),
        arrivals,
        tuple(_goings(people, lasts_s, rng)),
        tuple(_misfortunes(lines, lasts_s, calls, rng)),
    )


# ---------------------------------------------------------------- the PBX


def pbx_and_habits(make: Make, rng: Random) -> tuple[PbxSettings, Habits]:
    """A PBX of this make, and settings that match it; only the flash may be wrong, and has then not been proven."""
    recall_s = rng.uniform(15.0, 40.0)
    recall_tone = rng.random() > 0.15 or make.habits.joins_after_answer  # an exchange always gives it (facts, 6.6)
    camps_on = make.habits.camp_on or (rng.random() < 0.2 and make.habits.back != "hang up")
    pbx = replace(
        make.settings,
        recall_tone=recall_tone,
        recall_s=recall_s,
        camp_on=camps_on,
        flash_proven=rng.random() < 0.5,
    )
    habits = replace(
        make.habits,
        recall_tone=recall_tone,
        recall_s=recall_s,
        camp_on=camps_on,
        recall_shows=rng.choice(list(RecallShows)),
        ringback_after_s=rng.uniform(1.0, 4.0) if rng.random() < 0.3 else 0.2,
        do_not_disturb=rng.choice((Heard.BUSY, Heard.CONGESTION)),
        colleague_left=_sign(pbx, make.habits, rng),
    )
    if recall_tone and rng.random() < 0.3:
        pbx = replace(pbx, flash_proven=False, flash_ms=_wrong_flash(pbx, habits, rng))
    return pbx, habits


def _wrong_flash(pbx: PbxSettings, habits: Habits, rng: Random) -> int:
    too_short = habits.flash_min_ms - rng.choice((10, 30))
    too_long = habits.flash_max_ms + rng.choice((50, 200))
    return max(20, too_short) if rng.random() < 0.5 else too_long


def _sign(pbx: PbxSettings, habits: Habits, rng: Random) -> HangUpSign:
    if pbx.status.released and (not habits.tones or rng.random() < 0.7):
        return HangUpSign.CODE
    return HangUpSign.SILENCE if rng.random() < 0.04 else rng.choice(SIGNS)


# ---------------------------------------------------------------- people


def _people(ways: Sequence[str], rng: Random) -> tuple[PersonSettings, ...]:
    extensions = [str(11 + n) for n in range(rng.randint(2, 6))]
    return tuple(
        PersonSettings(
            f"Person {extension}",
            extension,
            deputies=tuple(rng.sample([other for other in extensions if other != extension], 1)),
            handover=rng.choice(("", "", *ways)),
            protected="briefed" in ways and rng.random() < 0.15,
            assistant=rng.choice(("", *extensions)),
        )
        for extension in extensions
    )


def _groups(people: Sequence[PersonSettings], rng: Random) -> tuple[GroupSettings, ...]:
    """Groups of one person and more; people may be in several, and the groups help one another out."""
    extensions = [person.extension for person in people]
    names = ["sales", "service", "boss"][: rng.randint(1, 3)]
    return tuple(
        GroupSettings(
            name,
            tuple(rng.sample(extensions, 1 if name == "boss" else rng.randint(1, min(3, len(extensions))))),
            names[(place + 1) % len(names)] if len(names) > 1 and rng.random() < 0.5 else "",
        )
        for place, name in enumerate(names)
    )


def _desks(people: Sequence[PersonSettings], rng: Random) -> dict[str, Extension]:
    """What stands on their desks; now and then there is none with that number, or it wants no calls."""
    desks = {}
    for person in people:
        kind = rng.choices(list(Kind), (90, 7, 3))[0]
        desk = desks[person.extension] = Extension(person.extension, rng.uniform(0.05, 0.4), rng, kind)
        desk.do_not_disturb = rng.random() < 0.05
        desk.speaks_after_s = rng.choice((0.3, 0.8, 1.5, None))
        desk.reactions = (
            (6.0, Reaction("1", rng.uniform(1.0, 9.0))),
            (2.0, Reaction("2", rng.uniform(1.0, 9.0))),
            (1.0, Reaction("3", rng.uniform(1.0, 9.0))),
            (1.0, Reaction("9", 4.0)),
            (1.0, Reaction("0", 4.0)),
            (1.0, Reaction("", rng.choice((0.2, 2.0, 6.0)))),
            (1.0, None),
        )
    if len(people) > 2 and rng.random() < 0.15:
        del desks[rng.choice(people).extension]
    return desks


def _goings(people: Sequence[PersonSettings], lasts_s: float, rng: Random) -> list[Going]:
    return [
        Going(rng.uniform(0.0, lasts_s), rng.choice(people).extension, rng.choice(PRESENCES), rng.uniform(60.0, 600.0))
        for _ in range(len(people) * 2)
    ]


# ---------------------------------------------------------------- callers and misfortunes


def _arrivals(calls: int, lines: int, sign: HangUpSign, anonymous: float, rng: Random) -> list[tuple[float, Visitor]]:
    moment, arrivals = 10.0, []
    for index in range(calls):
        if rng.random() > 0.25:  # some come at the same moment
            moment += rng.expovariate(lines / BETWEEN_CALLS_S)
        arrivals.append((moment, _visitor(index, sign, anonymous, rng)))
    return arrivals


def _visitor(index: int, sign: HangUpSign, anonymous: float, rng: Random) -> Visitor:
    caller_id = CallerId(f"22555{index:04d}", "", Presentation.SHOWN)
    if rng.random() < anonymous:
        caller_id = CallerId(presentation=rng.choice([Presentation.WITHHELD, Presentation.NOT_SENT]))
    keys = {
        "menu-choice": rng.choice("123"),
        "callback-confirm-number": rng.choice("112"),
        "callback-when": rng.choice("123"),
        "callback-number-readback": rng.choice(("1", "2", "")),
        "callback-enter-number": rng.choice((f"22777{index:04d}", "")),
        "come-back-choices": rng.choice(("", "", "1", "2", "3", "4")),
    }
    return Visitor(
        caller_id,
        patience_s=30.0 + rng.lognormvariate(math.log(200.0), 0.7),
        talk_s=rng.lognormvariate(math.log(60.0), 0.6),
        keys={asked: pressed for asked, pressed in keys.items() if pressed},
        sign=sign,
        rings_for_s=rng.uniform(2.0, 25.0) if rng.random() < 0.1 else 90.0,
        leaves=rng.choice(LEAVES) if rng.random() < 0.3 else "",
        leaves_after_s=rng.uniform(0.0, 6.0),
    )


def _misfortunes(lines: Sequence[LineSettings], lasts_s: float, calls: int, rng: Random) -> list[Misfortune]:
    """About one call in twelve meets one."""
    return [
        Misfortune(
            rng.uniform(0.0, lasts_s),
            rng.choice(lines).name,
            rng.choice(FAULTY_ACTS),
            rng.choice((0.0, rng.uniform(0.0, 4.0))),
            0.0 if rng.random() < 0.25 else rng.choice((0.3, 3.0, 40.0)),
        )
        for _ in range(max(1, calls // 12))
    ]
