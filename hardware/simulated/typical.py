"""Five calls as an office has them every day, and what caller and colleague hear in them.

`frontdesk rehearse FOLDER` plays them on a simulated PBX and writes one WAV file for every ear. Each is then measured
for what nobody wants to hear: clicks, two voices at once, dead air. What the PBX itself does is not ours to answer for:
its hold, its ringing, and the moment in which it connects somebody.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from appliance.call import Outcome
from appliance.settings import GroupSettings, HandoverSettings, PbxSettings, PersonSettings, Settings, WaitingSettings
from hardware.simulated.audit import SILENT_DBM0, Audit, Span, audit, spoken_s
from hardware.simulated.legs import Where
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.people import Caller, Desk, Staff
from hardware.simulated.rehearsal import BoxOpener, Rehearsed, rehearse
from hardware.simulated.saved import write_wav
from hardware.simulated.story import CallerStory
from hardware.simulated.world import PlannedHat, PlannedModem, World

SILENCE_S = 1.5
OFFICE = Settings(
    company="Northwind Lamps",
    country="pl",
    operator="11",
    people=(PersonSettings("Anna", "11", "sales"), PersonSettings("Bartek", "12", "sales")),
    groups=(GroupSettings("sales", ("11", "12")),),
    handover=HandoverSettings(key_s=5.0, failures=2),
    waiting=WaitingSettings(come_back_s=20.0, talk_s=40.0, retry_s=10.0),
)
JAN = Caller("225550101", "Jan Nowak", at_s=1.0, chats="Good morning. I would like to ask about a lamp.", chat_s=9.0)
ANNA = Staff("Anna", "11", 4.0, 60.0, "Anna speaking.", presses=((12.0, "1"),))
BARTEK = Staff("Bartek", "12", 3.0, 60.0, "Bartek here.", presses=((12.0, "1"),))


@dataclass(frozen=True, slots=True)
class TypicalCall:
    """One of the five: who calls, and what the colleagues do."""

    name: str
    what: str
    outcome: Outcome = Outcome.TRANSFERRED
    caller: Caller = JAN
    staff: tuple[Staff, ...] = (ANNA, BARTEK)


TYPICAL = (
    TypicalCall("put-through", "Anna answers, hears who it is, and takes the call."),
    TypicalCall(
        "busy-then-taken",
        "Both talk; the caller waits with music, hears the position, and gets Bartek as soon as he is free.",
        staff=(replace(ANNA, on_the_phone=((0.0, 400.0),)), replace(BARTEK, on_the_phone=((0.0, 70.0),))),
    ),
    TypicalCall(
        "sent-back",
        "Anna sends the caller back; Bartek takes the call.",
        staff=(replace(ANNA, presses=((12.0, "2"),)), BARTEK),
    ),
    TypicalCall(
        "callback",
        "Nobody answers; the caller asks to be called back, and confirms the number.",
        Outcome.CALLBACK,
        replace(JAN, presses=((80.0, "2"), (92.0, "1"), (102.0, "1")), hangs_up_after_s=118.0),
        (replace(ANNA, answers_after_s=None), replace(BARTEK, answers_after_s=None)),
    ),
    TypicalCall(
        "message",
        "Anna asks for a message to be taken.",
        Outcome.MESSAGE,
        replace(JAN, says=((43.5, "This is Jan Nowak. Please tell Anna that the lamps have arrived."),), chat_s=60.0),
        (replace(ANNA, presses=((12.0, "3"),)), BARTEK),
    ),
)


@dataclass(frozen=True, slots=True)
class Ear:
    """What one person heard: the file, and what was measured. `overlap_s` is two voices at once."""

    who: str
    file: str
    audit: Audit
    overlap_s: float

    @property
    def well(self) -> bool:
        """Nothing in it that nobody wants to hear."""
        return not (self.audit.clicks or self.audit.silences or self.overlap_s)

    def sentence(self) -> str:
        """In words, for whoever has asked."""
        found = self.audit
        seen = [f"clicks at {', '.join(f'{at:.2f} s' for at in found.clicks)}"] if found.clicks else []
        seen += [f"silence from {since:.1f} to {until:.1f} s" for since, until in found.silences]
        seen += [f"two voices at once for {self.overlap_s:.1f} s"] if self.overlap_s else []
        level = f"{found.level_dbm0:.0f} dBm0" if found.level_dbm0 > SILENT_DBM0 else "nothing of ours"
        return f"{self.who}: {self.file}, {found.seconds:.0f} s, {level}, {'; '.join(seen) or 'nothing to complain of'}"

    def told(self) -> dict[str, Any]:
        """The measurements as plain values, times in seconds from the beginning of the file."""
        return {"who": self.who, "file": self.file, "overlap_s": round(self.overlap_s, 2), **asdict(self.audit)}


@dataclass(frozen=True, slots=True)
class Performance:
    """One call, played: how the office booked it, and what everybody heard."""

    call: TypicalCall
    outcome: Outcome | None
    ears: tuple[Ear, ...]

    @property
    def well(self) -> bool:
        """Did it end as it should, and did nobody hear what they should not?"""
        return self.outcome is self.call.outcome and all(ear.well for ear in self.ears)

    def sentences(self) -> Iterator[str]:
        """The performance in words: the call, and below it who heard what."""
        outcome = "no record" if self.outcome is None else self.outcome.value
        yield f"{self.call.name}: {outcome}. {self.call.what}"
        yield from (f"  {ear.sentence()}" for ear in self.ears)

    def told(self) -> dict[str, Any]:
        """The performance as plain values."""
        outcome = None if self.outcome is None else self.outcome.value
        return {"call": self.call.name, "outcome": outcome, "ears": [ear.told() for ear in self.ears]}


def perform(
    call: TypicalCall,
    device: PlannedModem | PlannedHat,
    pbx: tuple[PbxSettings, PbxProfile],
    open_box: BoxOpener,
    home: Path,
    folder: Path,
) -> Performance:
    """Play `call` with a box that knows its PBX as `pbx[0]`, on one that behaves as `pbx[1]`; write what was heard.

    Raises:
        OSError: `folder` cannot be written.
    """
    settings = replace(OFFICE, pbx=pbx[0])
    seen = rehearse(
        settings,
        lambda clock: World(
            clock, country=settings.country, modems=[device], staff=call.staff, callers=[call.caller], pbx=pbx[1]
        ),
        open_box,
        home,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (story,) = seen.stories
    ears = [_caller(call, story, folder)]
    ears += [_colleague(call, desk, seen, folder) for desk in seen.world.desks if desk.heard.seconds]
    return Performance(call, seen.records[-1].outcome, tuple(ears))


def _caller(call: TypicalCall, story: CallerStory, folder: Path) -> Ear:
    """We answer for what the caller hears while the box has them, but not while they speak or press keys themselves."""
    began = story.began
    ours = [(since - began, until - began) for since, until in story.spans(Where.OFFICE)]
    ours = _without_flashes(ours, story)
    heard = np.where(_busy(story.said, len(story.heard)), 8000, story.heard).astype(np.int16)
    switched = _switched(story)
    found = audit(heard, ours, switched, SILENCE_S)
    clicks = audit(story.heard, ours, switched, SILENCE_S).clicks
    file = f"{call.name}-caller.wav"
    write_wav(folder / file, story.heard)
    with_colleague = [
        (since - story.line_began, until - story.line_began) for since, until in story.spans(Where.COLLEAGUE)
    ]
    return Ear("caller", file, replace(found, clicks=clicks), spoken_s(story.ours, with_colleague))


def _colleague(call: TypicalCall, desk: Desk, seen: Rehearsed, folder: Path) -> Ear:
    """We answer for what a colleague hears from lifting the handset until the caller is there, or the PBX is again."""
    (story,) = seen.stories
    zero = (desk.heard.began or 0.0) - seen.world.began
    sound = desk.heard.sound()
    whispers = [
        (lifted - seen.world.began - zero, _whisper_ends(story, lifted - seen.world.began) - zero)
        for lifted in desk.answered
    ]
    file = f"{call.name}-{re.sub(r'[^a-z]+', '-', desk.staff.name.lower())}.wav"
    write_wav(folder / file, sound)
    joined = [
        (segment.began - story.line_began, segment.ended - story.line_began)
        for segment in story.segments
        if segment.where is Where.COLLEAGUE and segment.extension == desk.staff.extension
    ]
    switched = [moment + story.began - zero for moment in _switched(story)]
    return Ear(desk.staff.name, file, audit(sound, whispers, switched, SILENCE_S), spoken_s(story.ours, joined))


def _whisper_ends(story: CallerStory, lifted: float) -> float:
    """The box's next change of hook, or the end."""
    return min((hook.at for hook in story.hooks if hook.at > lifted), default=math.inf)


def _switched(story: CallerStory) -> list[float]:
    """When the PBX connected the caller with somebody else, from the beginning of the call."""
    return [at - story.began for segment in story.segments for at in (segment.began, segment.ended)]


def _without_flashes(spans: Sequence[Span], story: CallerStory) -> list[Span]:
    """Hook flashes cut out of the time that is ours: there the PBX looks away."""
    cut = [hook.at - story.began for hook in story.hooks if not hook.off_hook]
    return [(since, min((at for at in cut if since < at < until), default=until)) for since, until in spans]


def _busy(said: np.ndarray[Any, np.dtype[np.int16]], length: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where the caller speaks or presses keys themselves, so that nobody hears dead air."""
    whole = np.zeros(length, np.int16)
    whole[: len(said)] = said[:length]
    loud = np.convolve(np.abs(whole.astype(np.float64)) > 100.0, np.ones(4000), mode="same") > 0
    return loud
