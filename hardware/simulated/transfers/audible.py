"""Hand-overs that can be heard: the real program on emulated modems at a simulated PBX, with people who never change.

Each key of the menu leads to one telephone, and what that telephone does is known: it is busy for good, nobody
answers it, it takes, refuses, wants a message, is a machine, or does not exist. So every verdict of the box can be
checked, and every delay measured on the tapes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.call import CallRecord, TransferAttempt, TransferResult
from appliance.cards import CardKind
from appliance.clock import Clock
from appliance.settings import (
    CallbackSettings,
    GroupSettings,
    HandoverSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)
from appliance.signals.countries import country as country_of
from appliance.signals.levels import dbm0
from hardware.simulated.legs import Where
from hardware.simulated.loop import BLOCK, BLOCK_S
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.people import Answers, Caller, Staff
from hardware.simulated.rehearsal import BoxOpener, Rehearsed, rehearse
from hardware.simulated.story import CallerStory
from hardware.simulated.transfers.report import Fate
from hardware.simulated.world import PlannedHat, PlannedModem, World

BEGAN = datetime(2026, 11, 24, 10, tzinfo=UTC)
COUNTRY = "pl"
EVERY_S = 16.0
PRESSES_AT_S = 5.0
CHAT_S = 6.0
VOICE_AFTER_S = 0.4
"""How long after lifting the handset people begin to speak."""
LOUD_DBM0 = -32.0
"""Whatever is said is louder; eight-bit modems have silence of -39 dBm0, and our breath has -36."""
PROMISES = (CardKind.CALLBACK, CardKind.MESSAGE)
BUSY = frozenset({TransferResult.BUSY, TransferResult.DO_NOT_DISTURB})
SENT_BACK = frozenset({TransferResult.REFUSED, TransferResult.NO_ANSWER, TransferResult.MACHINE})


@dataclass(frozen=True, slots=True)
class Role:
    """A telephone that always does the same, and the verdicts that are right for it."""

    key: str
    verdicts: frozenset[TransferResult]
    staff: Staff | None

    @property
    def extension(self) -> str:
        """Its number; 1 stands at the first place of all of them."""
        return f"1{self.key}"


def _role(key: str, *verdicts: TransferResult, **habits: Any) -> Role:
    told: dict[str, Any] = {"talks_s": 45.0, "says": "Hello.", **habits}
    return Role(key, frozenset(verdicts), Staff(f"Role {key}", f"1{key}", **told))


ROLES = (
    _role("1", TransferResult.TAKEN, presses=((11.0, "1"),)),
    _role("2", *BUSY, on_the_phone=((0.0, math.inf),)),
    _role("3", TransferResult.NO_ANSWER, answers_after_s=None),
    _role("4", *BUSY, do_not_disturb=True),
    _role("5", TransferResult.REFUSED, presses=((11.0, "2"),)),
    _role("6", TransferResult.MESSAGE, presses=((11.0, "3"),)),
    Role("7", frozenset({TransferResult.UNOBTAINABLE}), None),
    _role("8", *SENT_BACK, answers=Answers.MACHINE, says="Please leave a message after the tone."),
    _role("9", TransferResult.TAKEN, answers_after_s=9.0, presses=((11.0, "1"),)),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """One attempt: where it led, what the box made of it, and whether that is right."""

    extension: str
    result: TransferResult
    right: bool


@dataclass(slots=True)
class Heard:
    """What came of the hand-overs at one PBX. Delays are seconds."""

    fates: dict[Fate, int] = field(default_factory=lambda: dict.fromkeys(Fate, 0))
    attempts: list[Checked] = field(default_factory=list)
    whisper_s: list[float] = field(default_factory=list)
    """From the first sound of whoever answers to the first sound of the whisper."""
    back_s: list[float] = field(default_factory=list)
    """From the beginning of busy or congestion tone to the caller being back."""
    left_off_hook: int = 0
    offered_twice: int = 0
    complaints: list[str] = field(default_factory=list)

    @property
    def went_well(self) -> bool:
        """Is there nothing of what must never be?"""
        return not (self.complaints or self.fates[Fate.LOST] or self.left_off_hook or self.offered_twice)

    def as_json(self) -> dict[str, Any]:
        """The totals as plain values; `verdicts` are the right ones and all."""
        return {
            **{fate.value: count for fate, count in self.fates.items()},
            "left_off_hook": self.left_off_hook,
            "offered_twice": self.offered_twice,
            "verdicts": [sum(attempt.right for attempt in self.attempts), len(self.attempts)],
            "complaints": self.complaints,
        }

    def sentences(self, make: str) -> Iterator[str]:
        """The totals in words, for the PBX called `make`."""
        totals = self.as_json()
        right, attempts = totals.pop("verdicts")
        complaints = totals.pop("complaints")
        told = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in totals.items())
        yield f"{make}: {told}; {right} of {attempts} verdicts right"
        yield from (f"BROKEN RULE: {complaint}" for complaint in complaints)


def office(pbx: PbxSettings) -> Settings:
    """An office in which every key leads to one telephone, and where a key is asked for."""
    people = tuple(PersonSettings(f"Role {role.key}", role.extension) for role in ROLES)
    return Settings(
        company="Northwind",
        country=COUNTRY,
        people=people,
        groups=tuple(GroupSettings(f"role {role.key}", (role.extension,)) for role in ROLES),
        menu=MenuSettings(tuple((role.key, f"role {role.key}") for role in ROLES), "role 1"),
        pbx=replace(pbx, no_answer_s=14.0),
        handover=HandoverSettings(key_s=4.0, no_key="back", failures=2),
        waiting=WaitingSettings(talk_s=12.0, retry_s=5.0, wrap_up_s=1.0, longest_s=120.0),
        callbacks=CallbackSettings(in_queue=False),
    )


def callers(count: int, rng: Random, hasty: float) -> list[Caller]:
    """`count` callers, one key after the other; the share `hasty` hangs up at a random moment."""
    return [
        Caller(
            f"22555{number:04}",
            f"Caller {number}",
            at_s=2.0 + EVERY_S * number * rng.uniform(0.95, 1.05),
            presses=((PRESSES_AT_S, ROLES[number % len(ROLES)].key),),
            hangs_up_after_s=rng.uniform(0.5, 45.0) if rng.random() < hasty else 95.0,
            ring_patience_s=60.0,
            chat_s=CHAT_S,
        )
        for number in range(count)
    ]


def hear_transfers(
    pbx: tuple[PbxSettings, PbxProfile],
    devices: Sequence[PlannedModem | PlannedHat],
    open_box: BoxOpener,
    home: Path,
    *,
    count: int,
    seed: int,
    hasty: float = 0.4,
) -> Heard:
    """Have `count` callers handed over by a box that knows its PBX as `pbx[0]`, on one that behaves as `pbx[1]`."""
    staff = [role.staff for role in ROLES if role.staff is not None]
    people = callers(count, Random(seed), hasty)

    def build(clock: Clock) -> World:
        return World(clock, country=COUNTRY, modems=devices, staff=staff, callers=people, pbx=pbx[1], seed=seed)

    seen = rehearse(office(pbx[0]), build, open_box, home, BEGAN)
    return _Listening(seen, pbx).listen()


class _Listening:
    """Works out what happened from the tapes and diaries of the world and the books of the office."""

    def __init__(self, seen: Rehearsed, pbx: tuple[PbxSettings, PbxProfile]) -> None:
        self._seen = seen
        self._pbx = pbx
        self._heard = Heard()
        self._by_number = {story.number: story for story in seen.stories}

    def listen(self) -> Heard:
        heard = self._heard
        for story in self._seen.stories:
            self._judge(story)
        for record in self._seen.records:
            for attempt in record.transfers:
                self._check(record, attempt)
        heard.left_off_hook = sum(bool(modem.record.hooks and modem.record.hooks[-1][1]) for modem in self._modems())
        heard.offered_twice = self._offered_twice()
        if self._seen.crashed:
            heard.complaints.append("the engine broke")
        return heard

    def _modems(self) -> Iterator[Any]:
        yield from self._seen.world.modems

    def _judge(self, story: CallerStory) -> None:
        fate = self._fate(story)
        self._heard.fates[fate] += 1
        if fate is Fate.LOST:
            self._heard.complaints.append(f"{story.number} is lost: {story.told()}")

    def _fate(self, story: CallerStory) -> Fate:
        records = [record for record in self._seen.records if record.caller_id.number == story.number]
        cards = [card for card in self._seen.cards if card.number == story.number]
        if story.talked_to:
            return Fate.TRANSFERRED
        if any(card.kind in PROMISES for card in cards):
            return Fate.SERVED_OTHERWISE
        if story.ended_how in ("hung up", "gave up while it rang"):
            return Fate.LEFT_BY_CALLER
        return Fate.SERVED_OTHERWISE if cards and records else Fate.LOST

    # ------------------------------------------------------------ verdicts and delays

    def _check(self, record: CallRecord, attempt: TransferAttempt) -> None:
        role = next(role for role in ROLES if role.extension == attempt.extension)
        ended = (attempt.at - BEGAN).total_seconds()
        began = ended - attempt.seconds
        story = self._by_number.get(record.caller_id.number)
        if story is None:
            return
        left = story.ended_how == "hung up" and story.ended_at < ended
        if attempt.result is TransferResult.CALLER_GONE and left:
            return
        right = attempt.result in role.verdicts | self._alike(role) or (
            attempt.result in BUSY and self._in_use(attempt.extension, story, began, ended)
        )
        self._heard.attempts.append(Checked(attempt.extension, attempt.result, right))
        if not right:
            self._heard.complaints.append(f"{story.number}: {attempt.extension} was {attempt.result.value}")
        elif attempt.result in BUSY | {TransferResult.UNOBTAINABLE}:
            self._measure_back(story, began, ended)
        else:
            self._measure_whisper(story, attempt.extension, began, ended)

    def _alike(self, role: Role) -> frozenset[TransferResult]:
        """Busy and reorder are one verdict where the tones of this PBX are alike."""
        tones = self._pbx[1].tones.of(country_of(COUNTRY))
        alike = tones.busy == tones.congestion and not self._pbx[1].status.busy
        both = BUSY | {TransferResult.UNOBTAINABLE}
        return both if alike and role.verdicts & both else frozenset()

    def _in_use(self, extension: str, story: CallerStory, began: float, ended: float) -> bool:
        """Did somebody else talk at that telephone, was it rung for somebody else, or did its machine still run?"""
        zero = self._seen.world.began
        desk = next((desk for desk in self._seen.world.desks if desk.staff.extension == extension), None)
        if desk is not None and desk.staff.answers is Answers.MACHINE:
            runs_s = desk.staff.talks_s
            if any(at - zero < began < at - zero + runs_s for at in desk.answered):
                return True
        others = (other for other in self._seen.stories if other is not story)
        return any(
            segment.extension == extension and segment.began < ended and segment.ended > began
            for other in others
            for segment in other.segments
        )

    def _measure_whisper(self, story: CallerStory, extension: str, began: float, ended: float) -> None:
        zero = self._seen.world.began
        desk = next(desk for desk in self._seen.world.desks if desk.staff.extension == extension)
        lifted = next((at - zero for at in desk.answered if began <= at - zero <= ended), None)
        if lifted is None:
            return
        told_by_key = bool(self._pbx[1].status.answered)
        since = lifted if told_by_key else lifted + VOICE_AFTER_S
        spoken = _first_loud(story.ours, lifted - story.line_began, ended - story.line_began)
        if spoken is not None:
            self._heard.whisper_s.append(spoken + story.line_began - since)

    def _measure_back(self, story: CallerStory, began: float, ended: float) -> None:
        back = next((s.began for s in story.segments if s.where is Where.OFFICE and began < s.began <= ended), None)
        dialled = _last_loud(story.ours, began - story.line_began, ended - story.line_began)
        if back is None or dialled is None:
            return
        tone = _first_loud(story.line, dialled + 0.1, ended - story.line_began)
        if tone is not None:
            self._heard.back_s.append(back - story.line_began - tone)

    def _offered_twice(self) -> int:
        """Pairs of attempts at one telephone, from different calls, that overlap."""
        spans: dict[str, list[tuple[float, float, int]]] = {}
        for record in self._seen.records:
            for attempt in record.transfers:
                ended = (attempt.at - BEGAN).total_seconds()
                spans.setdefault(attempt.extension, []).append((ended - attempt.seconds, ended, record.number))
        pairs = itertools.chain.from_iterable(itertools.pairwise(sorted(of_one)) for of_one in spans.values())
        return sum(later[0] < earlier[1] - BLOCK_S and later[2] != earlier[2] for earlier, later in pairs)


def _loud(sound: NDArray[np.int16], since: float, until: float) -> list[float]:
    """The moments of the blocks between two moments that are loud."""
    first, last = max(0, round(since / BLOCK_S)), max(0, round(min(until / BLOCK_S, len(sound) / BLOCK)))
    blocks = sound[first * BLOCK : last * BLOCK].astype(np.float64)
    whole = blocks[: len(blocks) - len(blocks) % BLOCK].reshape(-1, BLOCK)
    return [(first + place) * BLOCK_S for place, block in enumerate(whole) if dbm0(block) > LOUD_DBM0]


def _first_loud(sound: NDArray[np.int16], since: float, until: float) -> float | None:
    return next(iter(_loud(sound, since, until)), None)


def _last_loud(sound: NDArray[np.int16], since: float, until: float) -> float | None:
    return next(reversed(_loud(sound, since, until)), None)
