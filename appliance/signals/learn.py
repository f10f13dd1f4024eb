"""Learn a tone of this PBX from recordings of it: its frequencies, its cadence, and how sure that is.

A PBX often makes tones of its own (facts: a Panasonic with busy 510/450 ms and error 260/190 ms). Record some seconds
of the tone, say what it means, and the receiver knows it from then on:

    tone = learn([recording], Heard.DISCONNECT)
    ProgressReceiver(country("pl"), [tone])

Frequencies come out right to about 2 Hz, lengths to about 5 ms. What else the country's tables would have called it is
told, so that whoever teaches it can see a contradiction before it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Final

import numpy as np

from appliance.acts import Heard
from appliance.faults import BadSettings
from appliance.signals.countries import Cadence, Country, Tone
from appliance.signals.generate import ToneSource
from appliance.signals.levels import RATE_HZ, Block, Samples
from appliance.signals.progress.bursts import Burst, Cutter
from appliance.signals.progress.cadences import Pattern
from appliance.signals.progress.frames import Frames
from appliance.signals.progress.lines import Lines, lines
from appliance.signals.progress.receiver import ProgressReceiver

TEACHABLE: Final = {
    "dial": Heard.DIAL_TONE,
    "stutter": Heard.STUTTER,
    "ringback": Heard.RINGBACK,
    "busy": Heard.BUSY,
    "congestion": Heard.CONGESTION,
    "disconnect": Heard.DISCONNECT,
}
"""What a PBX has tones of its own for, and the words for them in the settings."""
_WORDS: Final = {heard: word for word, heard in TEACHABLE.items()}
_FREQUENCY: Final = r"\d{3,4}(?:\.\d)?"
_WRITTEN: Final = re.compile(
    rf"({'|'.join(TEACHABLE)}) ({_FREQUENCY}(?:\+{_FREQUENCY}){{0,2}}) Hz((?: [1-9]\d{{1,4}}/\d{{1,5}}){{0,4}})"
)
_HZ: Final = (200.0, 3500.0)
_PURE: Final = 0.6
_SHORTEST_S: Final = 0.06
_SAME_HZ: Final = 6.0
_PART_OF_TONE: Final = 0.08
_CONTINUOUS_S: Final = 3.0
_ALIKE: Final = 0.05
_ALIKE_S: Final = 0.015
_LONGEST_PERIOD: Final = 4
"""Bursts of one period."""
_CHECK_S: Final = 12.0


@dataclass(frozen=True, slots=True)
class LearnedTone:
    """A tone of this PBX that means `heard`: `frequencies` in Hz, `cadence` in ms (`()` is continuous).

    `confidence`, 0 to 1, says how alike its periods were; `conflicts` what the country's tables would call it.
    """

    heard: Heard
    frequencies: tuple[float, ...]
    cadence: Cadence
    confidence: float = 1.0
    conflicts: tuple[Heard, ...] = ()

    @property
    def pattern(self) -> Pattern:
        """As the receiver lays it against what it hears."""
        lengths = tuple(ms / 1000.0 for pair in self.cadence for ms in pair)
        return Pattern(self.heard, self.frequencies, lengths, learned=True)

    def __str__(self) -> str:
        """As it stands in the settings, with the on and off times in ms: `busy 480+620 Hz 510/450`."""
        frequencies = "+".join(f"{hz:g}" for hz in self.frequencies)
        return " ".join((_WORDS[self.heard], frequencies, "Hz", *(f"{on}/{off}" for on, off in self.cadence)))

    @classmethod
    def read(cls, written: str) -> LearnedTone:
        """The tone that was written so. Raises `BadSettings` where that is none."""
        found = _WRITTEN.fullmatch(" ".join(written.split()))
        frequencies = tuple(map(float, found[2].split("+"))) if found else ()
        if found is None or not all(_HZ[0] < hz < _HZ[1] for hz in frequencies):
            advice = 'Write it as in "busy 480+620 Hz 510/450", or have `frontdesk listen --learn` write it.'
            raise BadSettings(f"{written!r} is no tone", advice)
        pairs = (pair.split("/") for pair in found[3].split())
        return cls(TEACHABLE[found[1]], frequencies, tuple((int(on), int(off)) for on, off in pairs))


def learn(recordings: Iterable[Block], heard: Heard, country: Country | None = None) -> LearnedTone:
    """What tone is on these recordings (8000 samples a second), each of the same tone.

    Raises `BadSettings` with what to do instead when there is no steady tone, or when the recordings differ.
    """
    learned = [_learn_one(np.asarray(recording, dtype=np.float64), heard) for recording in recordings]
    if not learned:
        raise BadSettings("There is nothing to learn from", "Record the tone for ten seconds.")
    first = learned[0]
    if any(not _alike(first, other) for other in learned[1:]):
        raise BadSettings("The recordings are not of the same tone", "Record one tone at a time, ten seconds each.")
    tone = replace(
        first,
        frequencies=tuple(round(median(each), 1) for each in zip(*(one.frequencies for one in learned), strict=True)),
        cadence=_merged([one.cadence for one in learned]),
        confidence=round(min(1.0, median(one.confidence for one in learned) + 0.05 * (len(learned) - 1)), 2),
    )
    return replace(tone, conflicts=_conflicts(tone, country))


def _alike(one: LearnedTone, other: LearnedTone) -> bool:
    if len(one.frequencies) != len(other.frequencies) or len(one.cadence) != len(other.cadence):
        return False
    near = all(abs(a - b) < _SAME_HZ for a, b in zip(one.frequencies, other.frequencies, strict=True))
    lengths = zip(_flat(one.cadence), _flat(other.cadence), strict=True)
    return near and all(abs(a - b) < 2.0 * (_ALIKE * a + 1000.0 * _ALIKE_S) for a, b in lengths)


def _flat(cadence: Cadence) -> list[int]:
    return [ms for pair in cadence for ms in pair]


def _merged(cadences: Sequence[Cadence]) -> Cadence:
    lengths = [round(median(each)) for each in zip(*map(_flat, cadences), strict=True)]
    return tuple(zip(lengths[::2], lengths[1::2], strict=True))


def _conflicts(tone: LearnedTone, country: Country | None) -> tuple[Heard, ...]:
    """What a receiver that has not learned it calls it."""
    sound = ToneSource(Tone(tone.frequencies, tone.cadence), -15.0).pull(round(_CHECK_S * RATE_HZ))
    before = np.zeros(RATE_HZ // 2)
    named = ProgressReceiver(country).feed(np.concatenate((before, sound)))
    return tuple(dict.fromkeys(event.heard for event in named if event.heard not in (tone.heard, Heard.SILENCE)))


# ---------------------------------------------------------------- one recording


def _learn_one(sound: Samples, heard: Heard) -> LearnedTone:
    bursts = _bursts(sound)
    if not bursts:
        raise BadSettings(
            "No steady tone is on the recording",
            "Record again while the telephone exchange sends the tone, without speaking.",
        )
    frequencies = _frequencies([found for _, found in bursts])
    own = [burst for burst, found in bursts if _has(found, frequencies)]
    longest = max(own, key=lambda burst: burst.length_s)
    if longest.length_s > _CONTINUOUS_S:
        return LearnedTone(heard, frequencies, (), 0.9)
    cadence, confidence = _cadence(own)
    return LearnedTone(heard, frequencies, cadence, confidence)


def _bursts(sound: Samples) -> list[tuple[Burst, Lines]]:
    """All bursts that are tones, with their lines. What goes on at the end counts when it is long."""
    frames, cutter, bursts = Frames(), Cutter(), []
    for batch, _ in frames.feed(np.concatenate((sound, np.zeros(RATE_HZ // 4)))):
        for burst in cutter.feed(batch):
            found = lines(frames.cut(burst.began_s, burst.ended_s))
            if burst.length_s > _SHORTEST_S and found.purity > _PURE:
                cut = burst.ended_s > len(sound) / RATE_HZ - 0.02
                bursts.append((replace(burst, whole=burst.whole and not cut), found))
    return bursts


def _frequencies(found: Sequence[Lines]) -> tuple[float, ...]:
    """Those of the strongest bursts, lowest first, each the middle of what was measured."""
    strongest = max(found, key=lambda each: each.total)
    loudest = strongest.lines[0].power
    chosen = sorted(line.hz for line in strongest.lines[:3] if line.power > _PART_OF_TONE * loudest)
    measured = []
    for hz in chosen:
        near = [line.hz for each in found for line in each.lines if abs(line.hz - hz) < _SAME_HZ]
        measured.append(round(median(near), 1))
    return tuple(measured)


def _has(found: Lines, frequencies: tuple[float, ...]) -> bool:
    return all(any(abs(line.hz - hz) < _SAME_HZ for line in found.lines) for hz in frequencies)


def _cadence(bursts: Sequence[Burst]) -> tuple[Cadence, float]:
    """The shortest period that repeats, and how alike its repetitions are."""
    whole = [burst for burst in bursts if burst.whole]
    ons = [burst.length_s for burst in whole]
    offs = [later.began_s - earlier.ended_s for earlier, later in pairwise(bursts) if earlier in whole]
    for period in range(1, _LONGEST_PERIOD + 1):
        if len(offs) < 2 * period and not (period == 1 and len(offs) >= 1 and len(ons) >= 2):
            break
        spread = max(_spread(ons, period), _spread(offs, period))
        if spread < 1.0:
            pairs = [
                (round(1000.0 * median(ons[place::period])), round(1000.0 * median(offs[place::period])))
                for place in range(period)
            ]
            repeated = min(1.0, len(offs) / (3.0 * period))
            return tuple(pairs), round((1.0 - 0.5 * spread) * (0.5 + 0.5 * repeated), 2)
    raise BadSettings(
        "The tone does not repeat itself often enough",
        "Record it for ten seconds or more, from its begin, without speaking.",
    )


def _spread(lengths: Sequence[float], period: int) -> float:
    """How far lengths that should be equal are apart, against what is allowed; below 1 they are alike."""
    worst = 0.0
    for place in range(period):
        same = lengths[place::period]
        if same:
            middle = median(same)
            worst = max(worst, max(abs(each - middle) for each in same) / (_ALIKE * middle + _ALIKE_S))
    return worst
