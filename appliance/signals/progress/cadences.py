"""Which tone has which frequencies and which cadence, and how well what was measured fits each.

A `Pattern` is one tone as a country, or this PBX, has it. Frequencies and lengths are compared separately: `off_hz`
says how far the lines of a burst are from a pattern's, `Pattern.fitting` how many of the last lengths fit its cadence.
A name is given when the patterns that explain most of what was heard agree on it. Where the tables of several countries
contradict each other (250/250 ms is Sweden's busy and nearly everybody's congestion), the countries vote, each weighted
by how well it fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import Final, Protocol

from appliance.acts import Heard
from appliance.signals.countries import Country, Tone
from appliance.signals.progress.lines import Lines

_SINGLE_OFF_HZ: Final = 27.0
_PAIR_OFF_HZ: Final = 15.0
_APART_OFF_HZ: Final = 9.0
"""How far each frequency, and the distance of a pair, may be off. Single (and modulated) tones must pass 25 Hz off."""
_BIN_HZ: Final = 30.0
_LEARNED_OFF_HZ: Final = 8.0
_PART: Final = 0.42
"""Of all the power of a burst, in the pattern's own frequencies: a tone in noise nearly as loud passes."""
_WEAKER: Final = 0.06
"""Of two frequencies of one tone the weaker has at least this part of the stronger's power (12 dB)."""
_LONE: Final = 0.1
_NEAR_HZ: Final = 150.0
"""A single frequency has no other line beside it so near that has this part of its power."""
TOLERANCE: Final = 0.13
_LEARNED_TOLERANCE: Final = 0.09
SLACK_S: Final = 0.016
"""Lengths pass that are off by this part and this much more (E.180 allows 10 %)."""
CONTINUOUS_S: Final = 1.8
"""No ringback of the frequencies of a continuous tone is on for longer (France, Spain: 1.5 s)."""
_ALONE_S: Final = (0.7, 1.85)
"""Burst and pause of a ringback which one burst already tells."""
_SHORT_PERIOD_S: Final = 0.57
_CLOSE: Final = 0.05
_CLOSE_HZ: Final = 12.0
"""A vote counts e times less for each of these."""
_MAJORITY: Final = 0.55
_LASTING: Final = 4
_ENGAGED: Final = {Heard.BUSY, Heard.CONGESTION}
"""If only these contradict each other, so many more lengths end the doubt: either way nobody will be reached."""
_CLEARLY: Final = 2
"""A tone is named anew if the new name explains so many more lengths."""
_SOFTER: Final = 0.25
"""Australia's softer bursts have less than this part of the power of the louder ones, all others more (6 dB)."""


Pitch = tuple[tuple[float, ...], bool]
"""The frequencies of a pattern, and whether it was learned."""
Pitches = dict[Pitch, float]
"""Those that some lines can be, and by how many Hz they are off."""


@dataclass(frozen=True, slots=True)
class Length:
    """A burst or a pause that was measured; not `exact` if only part of it was heard (so far)."""

    seconds: float
    is_burst: bool
    exact: bool = True
    power: float = 0.0


@dataclass(frozen=True, slots=True)
class Pattern:
    """One tone: `lengths` are burst, pause, burst, pause ... of a period in seconds; none: it is continuous.

    `where`: the countries that have it. `softer`: every other burst is much softer.
    """

    heard: Heard
    frequencies: tuple[float, ...]
    lengths: tuple[float, ...]
    where: tuple[str, ...] = ()
    softer: bool = False
    learned: bool = False

    @property
    def needed(self) -> int:
        """How many lengths in a row must fit before it is named."""
        if not self.lengths:
            return 1
        if self.heard is Heard.STUTTER:
            return 7 if max(self.lengths) < 0.15 else 5
        if len(self.lengths) == 2 and self.lengths[0] >= _ALONE_S[0] and self.lengths[1] >= _ALONE_S[1]:
            return 1 if self.heard is Heard.RINGBACK else 3
        if len(self.lengths) > 6:
            return 7
        return 5 if len(self.lengths) > 4 or sum(self.lengths) / (len(self.lengths) // 2) < _SHORT_PERIOD_S else 3

    def fitting(self, measured: Sequence[Length]) -> tuple[int, float]:
        """How many of the last lengths fit in a row, wherever in the cadence they are, and how far off they are.

        A length that is not exact must not contradict, but proves nothing. -1: the newest contradict.
        """
        if not self.lengths:
            return self._continuous(measured)
        best = (-1, 1.0)
        for place in range(len(self.lengths)):
            if (place % 2 == 0) == measured[-1].is_burst:
                best = max(best, self._from(measured, place), key=lambda found: (found[0], -found[1]))
        return best

    def _continuous(self, measured: Sequence[Length]) -> tuple[int, float]:
        last = next((length for length in reversed(measured) if length.is_burst), None)
        return (1, 0.0) if last is not None and last.seconds >= CONTINUOUS_S else (-1, 1.0)

    def _from(self, measured: Sequence[Length], place: int) -> tuple[int, float]:
        count, bursts, worst, later = 0, 0, 0.0, None
        for length in reversed(measured):
            off = self._off(length, self.lengths[place])
            alternates = later is not None and _alternate(length, later) if length.is_burst else self.softer
            if off is None or (later is not None and alternates != self.softer):
                break
            later = length if length.is_burst else later
            count += length.exact
            bursts += length.exact and length.is_burst
            worst = max(worst, off)
            place = (place - 1) % len(self.lengths)
        else:
            return (count if bursts else 0), worst
        return (count, worst) if bursts else (-1, 1.0)

    def _off(self, length: Length, nominal: float) -> float | None:
        """By which part of itself a length is off; `None` if by too much."""
        tolerance = _LEARNED_TOLERANCE if self.learned else TOLERANCE
        difference = length.seconds - nominal
        if not length.exact:
            return 0.0 if difference <= tolerance * nominal + SLACK_S else None
        off = max(0.0, abs(difference) - SLACK_S / 2) / nominal
        return off if abs(difference) <= tolerance * nominal + SLACK_S else None

    def off_hz(self, lines: Lines) -> float | None:
        """How far the lines of a burst are from this tone's frequencies at worst; `None` if it is another tone."""
        return off_hz(self.frequencies, lines, self.learned)

    def vote(self, off: float, off_hz: float) -> float:
        """How much this pattern counts against others that fit as long."""
        return max(1, len(self.where)) * exp(-((off / _CLOSE) ** 2) - (off_hz / _CLOSE_HZ) ** 2)


def followed(measured: Sequence[Length]) -> Sequence[Length]:
    """The lengths up to the last pause that another burst has ended.

    The newest burst may have been cut short when the tone was switched off, and the pause after it is none then.
    """
    last = max((place for place, length in enumerate(measured) if length.exact and not length.is_burst), default=-1)
    return measured[: last + 1]


def explains_more(new: Iterable[Pattern], old: Iterable[Pattern], measured: Sequence[Length]) -> bool:
    """Do new patterns explain what was heard better than those that gave the name?

    Only what another burst has followed is evidence (`followed`).
    """
    whole = followed(measured)
    if not whole:
        return False
    explained = max(each.fitting(whole)[0] for each in new)
    return explained >= max(each.fitting(whole)[0] for each in old) + _CLEARLY


class Learned(Protocol):
    """A tone that was learned from this PBX (`appliance.signals.learn`)."""

    @property
    def pattern(self) -> Pattern:
        """What it is laid against."""


def _alternate(earlier: Length, later: Length) -> bool:
    """Is one of two bursts much softer than the other?"""
    low, high = sorted((earlier.power, later.power))
    return low < _SOFTER * high


def off_hz(frequencies: tuple[float, ...], lines: Lines, learned: bool = False) -> float | None:
    """How far lines are from these frequencies at worst, in Hz; `None` if they are another tone."""
    nearest = [min(lines.lines, key=lambda line: abs(line.hz - hz), default=None) for hz in frequencies]
    own = [line for line in nearest if line is not None]
    if len(set(own)) < len(frequencies):
        return None
    offs = [line.hz - hz for line, hz in zip(own, frequencies, strict=True)]
    single = len(frequencies) != 2
    limit = _LEARNED_OFF_HZ if learned else _SINGLE_OFF_HZ if single else _PAIR_OFF_HZ
    powers = [line.power for line in own]
    if max(abs(off) for off in offs) > limit or max(offs) - min(offs) > _APART_OFF_HZ:
        return None
    if sum(powers) < _PART * lines.total or min(powers) < _WEAKER * max(powers):
        return None
    if len(frequencies) == 1 and powers[0] < lines.lines[0].power:
        return None
    if len(frequencies) > 1:
        return max(abs(off) for off in offs)
    beside = (line for line in lines.lines if line not in own and abs(line.hz - frequencies[0]) < _NEAR_HZ)
    if any(line.power > _LONE * max(powers) for line in beside):
        return None
    return max(abs(off) for off in offs)


def _lengths(tone: Tone) -> tuple[float, ...]:
    """The period in seconds; what leads to a continuous tone is looked at by its first burst and pause."""
    cadence = tone.cadence[:1] if tone.cadence and tone.cadence[-1][1] == 0 else tone.cadence
    return tuple(ms / 1000.0 for pair in cadence for ms in pair)


def _spectrum(tone: Tone) -> tuple[float, ...]:
    """Its frequencies, with the side bands of a modulated tone."""
    by = tone.modulated_by_hz
    return tuple(sorted({hz + side for hz in tone.frequencies for side in ((-by, 0.0, by) if by else (0.0,))}))


def patterns_of(country: Country) -> list[Pattern]:
    """All tones of a country but the special information tone of three frequencies, which everybody shares."""
    tones = [
        (Heard.BUSY, country.busy),
        (Heard.CONGESTION, country.congestion),
        (Heard.RINGBACK, country.ringback),
        (Heard.DIAL_TONE, country.dial),
        (Heard.STUTTER, country.recall_dial),
        (Heard.STUTTER, Tone(country.dial.frequencies, ((100, 100),))),
        (Heard.SIT, country.sit),
        *((also.heard, also.tone) for also in country.also),
    ]
    # Newer exchanges, and PBXs, have a continuous one where E.180 lists a cadence (Czechia, Slovakia, Italy).
    tones.append((Heard.DIAL_TONE, Tone(country.dial.frequencies)))
    patterns: list[Pattern] = []
    for heard, tone in tones:
        if tone.in_turn or tone.one_less:
            continue
        pattern = Pattern(heard, _spectrum(tone), _lengths(tone), (country.code,), bool(tone.softer_db))
        # Poland, Japan: busy and congestion are one cadence; the first, busy, is what we say. A recall tone that is
        # as dial tone is dial tone.
        if not any(_same(pattern, known) for known in patterns):
            patterns.append(pattern)
    return patterns


def _same(one: Pattern, other: Pattern) -> bool:
    return (one.frequencies, one.lengths, one.softer) == (other.frequencies, other.lengths, other.softer)


def _merged(patterns: Iterable[Pattern]) -> tuple[Pattern, ...]:
    """Each once, with all countries that have it."""
    once: dict[Pattern, tuple[str, ...]] = {}
    for pattern in patterns:
        bare = replace(pattern, where=())
        once[bare] = once.get(bare, ()) + pattern.where
    return tuple(replace(pattern, where=where) for pattern, where in once.items())


@dataclass(frozen=True, slots=True)
class Fit:
    """A pattern that explains the last `count` lengths; `vote`: how closely."""

    pattern: Pattern
    count: int
    vote: float


class Judge:
    """Says what a row of bursts of the same frequencies is."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._patterns = _merged(patterns)
        self._pitches = tuple(dict.fromkeys((pattern.frequencies, pattern.learned) for pattern in self._patterns))
        self._near = sorted({round(hz / _BIN_HZ) for frequencies, _ in self._pitches for hz in frequencies})

    def pitches(self, lines: Lines) -> Pitches:
        """The frequencies of the tables that these lines can be, and how far off each is."""
        if not lines.lines or not any(abs(lines.lines[0].hz / _BIN_HZ - near) < 1.5 for near in self._near):
            return {}
        offs = {(hz, learned): off_hz(hz, lines, learned) for hz, learned in self._pitches}
        return {pitch: off for pitch, off in offs.items() if off is not None}

    def fits(self, pitches: Pitches, measured: Sequence[Length]) -> list[Fit]:
        """All patterns that the newest length does not contradict, those first that explain most."""
        found = []
        for pattern in self._patterns:
            off_hz = pitches.get((pattern.frequencies, pattern.learned))
            if off_hz is None:
                continue
            count, off = pattern.fitting(measured)
            if count >= 0:
                found.append(Fit(pattern, count, pattern.vote(off, off_hz)))
        return sorted(found, key=lambda fit: (-fit.pattern.learned, -fit.count))

    def verdict(self, pitches: Pitches, measured: Sequence[Length], isolated: bool) -> tuple[Heard, list[Fit]] | None:
        """The name on which the patterns that explain most agree, and those patterns; `None`: not yet."""
        fits = self.fits(pitches, measured)
        if not fits:
            return None
        most = [fit for fit in fits if fit.count >= fits[0].count and fit.pattern.learned == fits[0].pattern.learned]
        votes: dict[Heard, float] = {}
        for fit in most:
            votes[fit.pattern.heard] = votes.get(fit.pattern.heard, 0.0) + fit.vote
        heard, best = max(votes.items(), key=lambda vote: vote[1])
        needed = min(fit.pattern.needed for fit in most if fit.pattern.heard is heard)
        agreed = best >= 0.999 * sum(votes.values())
        if needed == 1:
            if any(fit.pattern.heard is not heard for fit in fits):
                return None
            if heard is Heard.RINGBACK and not isolated:
                needed = 3
        lasting = fits[0].count >= needed + _LASTING and votes.keys() <= _ENGAGED
        if fits[0].count < (needed if agreed else needed + 2):
            return None
        if best < _MAJORITY * sum(votes.values()) and not lasting:
            return None
        return heard, [fit for fit in most if fit.pattern.heard is heard]
