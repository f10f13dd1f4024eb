"""Names the tones of exchanges and faxes by their bursts.

When a burst ends, and from time to time while it or the pause after it lasts, its lines are measured and its row is
laid against the tables. Nothing else is done between edges, so that all tables cost as much as one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from appliance.acts import Heard
from appliance.signals.progress.bursts import Burst, Cutter
from appliance.signals.progress.cadences import Fit, Judge, Length, Pattern, Pitches, explains_more, followed, off_hz
from appliance.signals.progress.frames import BATCH_S, HOP_S, Batch, Frames
from appliance.signals.progress.lines import SHORTEST_S, Lines, lines
from appliance.signals.progress.rows import Row, Rows

_LOOKS_S: Final = (0.1, 0.2, 0.3, 0.45, 0.62, 0.8, 1.0, 1.2, 1.4, 1.6, 1.82, 2.1, 2.4, 2.7, 2.95, 3.5, 4.0, 5.0)
"""Ages of a burst at which its lines are measured."""
_LOOK_BACK_S: Final = 0.35
_WAITS_S: Final = (0.2, 0.36, 0.62, 0.95, 1.4, 2.0, 3.0)
"""Ages of a pause at which it may have told what the burst was."""
_MEMORY: Final = 1024
"""Frames whose power is remembered: 10 s."""
_EDGE_S: Final = 0.03
_AROUND_S: Final = 0.15
_ISOLATED: Final = 0.3
_LOUD_PAUSE: Final = 0.6
"""Of a burst's power: sound before and after a lone burst is softer; a pause that is louder is none."""
_LONE_PURE: Final = 0.75
_LONE_HZ: Final = 5.0
_LONE_LOUDER: Final = 1.6
"""A lone burst that is a tone is this pure, and its halves differ by no more than that."""
_NEAR_HZ: Final = 30.0
_SUSPECT_S: Final = 0.35
_BELIEVED: Final = 0.7
"""The part of a first burst's power in the frequencies of the tables, so that it is no vowel."""
_ECHO_S: Final = 0.14
_ECHO: Final = 0.3

_SIT_HZ: Final = ((950.0, 70.0), (1400.0, 75.0), (1800.0, 80.0))
_SIT_S: Final = (0.21, 0.46)
_SIT_GAP_S: Final = 0.09
_PURE: Final = 0.55
_CALLING_HZ: Final = (1100.0, 40.0)
_CALLING_S: Final = (0.42, 0.58)
_CALLING_PAUSE_S: Final = (2.5, 3.5)
_ANSWERING_HZ: Final = (2100.0, 25.0)
_ANSWERING_S: Final = 0.9
_STUTTERS: Final = (((0.07, 0.135), (0.07, 0.135)), ((0.28, 0.56), (0.01, 0.065)))
"""Bursts and pauses that lead to a steady tone: 100/100 ms; 320/20, 400/40, 500/50."""
_CONTINUOUS_LOOKS: Final = 3
_CONTINUOUS_SHARE: Final = 0.7
"""So often in a row a continuous tone was found to be nearly all there is."""
_STEADY_S: Final = 0.6
_SINGLES_LAST_S: Final = {Heard.SIT: 2.7, Heard.FAX: 3.9}
"""Pauses of these are not longer."""
_LONG_ENOUGH_S: Final = 0.085
"""Shorter bursts are no tone."""
_STUB_S: Final = 0.3
_STUB_HZ: Final = 25.0
_STUB_LIKE: Final = 0.5
"""A tone that is switched off in a burst leaves one that is shorter, near in frequency (which is not measured well in
so short a time), and within 3 dB as loud."""
_TRUSTED_S: Final = 0.45
"""What is heard under so long a burst, under a row of them, or under one after quiet, is under a tone; under a shorter
one that came out of other sound it may be a part of the same vowel."""
_RING_S: Final = 0.33
"""No ringback has shorter bursts; vowels do."""
_STRANGE_S: Final = 0.3
"""Once a tone was named, a burst of other frequencies is a vowel until it is so old: the far end may have answered."""


class Tones:
    """Feed it batches. `alternating`: pairs of frequencies of which a stutter dial tone loses one now and then."""

    def __init__(self, patterns: Sequence[Pattern], alternating: Collection[tuple[float, float]] = ()) -> None:
        self._judge = Judge(patterns)
        self._alternating = alternating
        self._dial = {pattern.frequencies for pattern in patterns if pattern.heard is Heard.DIAL_TONE}
        self.start_over()

    def start_over(self) -> None:
        """Forget everything."""
        self._cutter = Cutter()
        self._rows = Rows()
        self._loud = [0.0] * _MEMORY
        self._frame = 0
        self._look = self._wait = 0
        self._began_s = -1.0
        self._pure_looks = 0
        self._trusted = False
        self._pairs: list[int] = []
        self._out_of_sound = self._out_of_music = False
        self._singles: list[tuple[Burst, float, float]] = []
        self._tone_began_s: float | None = None
        self.last_tone_s = 0.0
        self.last_single_s = 0.0
        self.fits: list[Fit] = []
        self.frequencies: tuple[float, ...] = ()
        self.in_tone = False
        self.newly_s = 0.0
        self.under = 0.0
        self.told: tuple[float, ...] = ()

    def feed(self, batch: Batch, frames: Frames) -> Heard | None:
        """Take four frames; the name that has become certain in them."""
        for power in batch.band:
            self._loud[self._frame % _MEMORY] = power
            self._frame += 1
        self._now_s = batch.began_s + BATCH_S - HOP_S
        self.newly_s = 0.0
        named: Heard | None = None
        for ended in self._cutter.feed(batch):
            named = self._ended(ended, frames) or named
        burst = self._cutter.ongoing
        if burst is not None:
            named = self._during(burst, frames) or named
        elif self._cutter.waiting:
            self._tone_began_s, self.in_tone = None, False
            self.frequencies = ()
            named = self._pause() or named
        if self._tone_began_s is not None:
            self.last_tone_s = self._now_s
        self.under = self._cutter.under(batch) if self.in_tone and self._trusted else 0.0
        return named

    def lives(self, named: Heard) -> bool:
        """Is the tone that was named still due to go on?"""
        if named in _SINGLES_LAST_S:
            return self._now_s - self.last_single_s < _SINGLES_LAST_S[named]
        row = self._rows.newest
        if row is None or not self.fits:
            return self.in_tone
        longest = max((length for fit in self.fits for length in fit.pattern.lengths[1::2]), default=0.0)
        return self.in_tone or self._now_s - row.last.ended_s < 1.3 * longest + 0.2

    @property
    def suspects(self) -> bool:
        """Is there something that may turn out to be the next burst of the newest row?"""
        row = self._rows.newest
        hz = self._cutter.hz
        return row is not None and hz is not None and abs(hz - row.hz) < _NEAR_HZ and self._cutter.age_s < _SUSPECT_S

    @property
    def rings(self) -> bool:
        """Can a tone that was heard, though not named yet, be nothing but a ringback?"""
        return any(self._is_ringback(row) for row in self._rows.all)

    def _is_ringback(self, row: Row) -> bool:
        if max(length.seconds for length in row.lengths if length.is_burst) < _RING_S:
            return False
        fits = self._judge.fits(row.pitches, followed(row.lengths) or row.lengths)
        return bool(fits) and all(fit.pattern.heard is Heard.RINGBACK for fit in fits)

    def answered(self) -> None:
        """A voice was named: the ringing is over, and what comes is another tone."""
        self._rows = Rows()

    @property
    def tone_s(self) -> float:
        """For how long a tone of the tables is on; 0 in its pauses."""
        return 0.0 if self._tone_began_s is None else self._now_s - self._tone_began_s

    # ---------------------------------------------------------------- bursts

    def _ended(self, burst: Burst, frames: Frames) -> Heard | None:
        """A burst is over: it has its exact length now."""
        self._look, self._tone_began_s, self.in_tone = 0, None, False
        if burst.length_s < SHORTEST_S or (burst.length_s < _LONG_ENOUGH_S and not self._as_loud(burst)):
            return None
        found = lines(frames.cut(burst.began_s, burst.ended_s))
        if burst.length_s < _STUB_S and self._is_stub(burst, found):
            self.newly_s = self._now_s - burst.began_s + _EDGE_S
        if burst.length_s < _LONG_ENOUGH_S or self._is_echo(burst):
            return None
        single = _single(found)
        if single:
            self.last_single_s = burst.ended_s
            self._singles = [*self._singles[-5:], (burst, found.lines[0].hz, found.purity)]
            fax = self._fax(burst, found.lines[0].hz)
            if fax:
                return fax
        pitches = self._judge.pitches(found)
        if not pitches:
            return None
        self.last_tone_s = burst.ended_s
        hz = _middle_hz(found)
        row = self._rows.newest
        loud = row is not None and self._mean(row.last.ended_s, burst.began_s) > _LOUD_PAUSE * burst.power
        isolated = (
            _stands_still(burst, found, frames)
            and self._mean(burst.began_s - _AROUND_S, burst.began_s) < _ISOLATED * burst.power
        )
        row = self._rows.add(pitches, hz, burst, isolated, alone=loud)
        self._wait = 0
        if len(row.lengths) < 3:
            return None
        return self._judged(row.pitches, row.lengths, False, row)

    def _is_stub(self, burst: Burst, found: Lines) -> bool:
        """Is it as loud and of the same frequencies as a tone before: its last burst, cut short?"""
        hz = _middle_hz(found)
        return found.purity > _BELIEVED and any(abs(hz - row.hz) < _STUB_HZ for row in self._as_loud(burst))

    def _as_loud(self, burst: Burst) -> list[Row]:
        """The rows whose last burst was as loud as this."""
        return [row for row in self._rows.all if _STUB_LIKE < burst.power / row.last.power < 1.0 / _STUB_LIKE]

    def _is_echo(self, burst: Burst) -> bool:
        """Is it what a long line gives back of the burst before?"""
        row = self._rows.newest
        if row is None or burst.length_s > _ECHO_S:
            return False
        return burst.began_s - row.last.ended_s < _EDGE_S and burst.power < _ECHO * row.last.power

    def _during(self, burst: Burst, frames: Frames) -> Heard | None:
        """A burst goes on."""
        if burst.began_s != self._began_s:
            self._began_s, self._look = burst.began_s, 0
            self.in_tone, self._pure_looks, self._pairs = False, 0, []
            before = self._mean(burst.began_s - _AROUND_S, burst.began_s)
            self._out_of_sound = before > _LOUD_PAUSE * burst.power
            self._out_of_music = burst.whole and self._out_of_sound
        age = burst.length_s
        if self._look >= len(_LOOKS_S) or age < _LOOKS_S[self._look]:
            return None
        newly = self._look == 0
        while self._look < len(_LOOKS_S) and age >= _LOOKS_S[self._look]:
            self._look += 1
        found = lines(frames.cut(max(burst.began_s, burst.ended_s - _LOOK_BACK_S), burst.ended_s))
        pitches = self._judge.pitches(found)
        if self._alternates(found):
            return Heard.STUTTER
        if not pitches:
            self._tone_began_s, self.frequencies = None, ()
            return self._information(burst, found) or self._answering(burst, found)
        self._tone_began_s = burst.began_s
        self.frequencies = min(pitches, key=lambda pitch: pitches[pitch])[0]
        hz = _middle_hz(found)
        joined = self._rows.find(pitches, hz, burst)
        self._believe(burst, found, self.frequencies, joined is not None)
        in_row = joined is not None and len(joined[0].lengths) > 1
        self._trusted = in_row or age > _TRUSTED_S or not self._out_of_sound
        if not newly and age < _STEADY_S:
            return None  # nothing has changed for the cadence since the burst began
        if joined is None:
            return self._judged(pitches, [Length(age, True, False, burst.power)], True)
        row, left = joined
        measured = row.now(burst, self._now_s)
        if age >= _STEADY_S and self._pure_looks >= _CONTINUOUS_LOOKS and self._stutters(left, measured):
            return Heard.STUTTER
        return self._judged(left, measured, True, row)

    def _believe(self, burst: Burst, found: Lines, frequencies: tuple[float, ...], joined: bool) -> None:
        """Is it a tone and not a vowel that sounds like one? Then it is no voice."""
        own = [line for line in found.lines if any(abs(line.hz - hz) < 30.0 for hz in frequencies)]
        share = sum(line.power for line in own) / max(1.0, found.total)
        self._pure_looks = self._pure_looks + 1 if share > _CONTINUOUS_SHARE else 0
        named = any(row.named for row in self._rows.all)
        strange = named and not joined and burst.length_s < _STRANGE_S and not self._is_stub(burst, found)
        if not strange and share > (0.5 if joined else _BELIEVED):
            if not self.in_tone:
                self.newly_s = burst.length_s + 0.03
            self.in_tone = True
            self.told = tuple(line.hz for line in own)

    def _pause(self) -> Heard | None:
        """No burst at present: has the pause lasted long enough to tell what the burst was?"""
        row = self._rows.newest
        if row is None or self._wait >= len(_WAITS_S) or self._now_s - row.last.ended_s < _WAITS_S[self._wait]:
            return None
        if self._wait == 0:
            ended_s = row.last.ended_s
            row.isolated = row.isolated and self._mean(ended_s, ended_s + _AROUND_S) < _ISOLATED * row.last.power
        self._wait += 1
        return self._judged(row.pitches, row.now(None, self._now_s), row.isolated, row)

    def _judged(
        self, pitches: Pitches, measured: Sequence[Length], isolated: bool, row: Row | None = None
    ) -> Heard | None:
        verdict = self._judge.verdict(pitches, measured, isolated)
        if verdict is None:
            return None
        heard, fits = verdict
        patterns = tuple(fit.pattern for fit in fits)
        continuous = heard is Heard.DIAL_TONE and not patterns[0].lengths
        if continuous and (self._pure_looks < _CONTINUOUS_LOOKS or self._out_of_music):
            return None
        if row is not None:
            renamed = not continuous and row.named and row.named[0].heard is not heard
            if renamed and not explains_more(patterns, row.named, measured):
                return None
            row.named = patterns
        self.fits = fits
        return heard

    def _mean(self, began_s: float, ended_s: float) -> float:
        """The mean power of the frames between two moments, their edges left out."""
        last = self._frame - round((self._now_s - ended_s + _EDGE_S) / HOP_S)
        first = max(0, self._frame - _MEMORY, self._frame - round((self._now_s - began_s - _EDGE_S) / HOP_S))
        if last <= first:
            return 0.0
        return sum(self._loud[number % _MEMORY] for number in range(first, last)) / (last - first)

    # ---------------------------------------------------------------- tones that are more than a cadence

    def _stutters(self, pitches: Pitches, measured: Sequence[Length]) -> bool:
        """Do two or more equal short bursts lead to this one, of the frequencies of dial tone?"""
        if len(measured) < 5 or not any(frequencies in self._dial for frequencies, _ in pitches):
            return False
        bursts = [length.seconds for length in measured[-5:-1:2]]
        pauses = [length.seconds for length in measured[-4::2]]
        return any(
            burst[0] < min(bursts) and max(bursts) < burst[1] and pause[0] < min(pauses) and max(pauses) < pause[1]
            for burst, pause in _STUTTERS
        )

    def _alternates(self, found: Lines) -> bool:
        """Does a tone of two frequencies lose one of them now and then, as the special dial tone of the UK does?"""
        for low_hz, high_hz in self._alternating:
            if off_hz((low_hz, high_hz), found) is not None:
                self._pairs.append(2)
            elif off_hz((high_hz,), found) is not None:
                self._pairs.append(1)
            if self._pairs.count(1) > 1 and self._pairs.count(2) > 1:
                return True
        return False

    def _information(self, burst: Burst, found: Lines) -> Heard | None:
        """The special information tone is certain when its third part is on (E.180)."""
        if len(self._singles) < 2 or not _single(found) or burst.length_s < 0.19:
            return None
        (first, first_hz, _), (second, second_hz, _) = self._singles[-2:]
        right = all(
            abs(hz - nominal) < off
            for hz, (nominal, off) in zip((first_hz, second_hz, found.lines[0].hz), _SIT_HZ, strict=True)
        )
        gaps = (second.began_s - first.ended_s, burst.began_s - second.ended_s)
        lengths = _SIT_S[0] < second.length_s < _SIT_S[1] and first.length_s < _SIT_S[1]
        return Heard.SIT if right and max(gaps) < _SIT_GAP_S and lengths else None

    def _fax(self, burst: Burst, hz: float) -> Heard | None:
        """The calling tone of a fax, twice (T.30)."""
        nominal, off = _CALLING_HZ
        if abs(hz - nominal) > off or not _CALLING_S[0] < burst.length_s < _CALLING_S[1]:
            return None
        for earlier, earlier_hz, _ in self._singles[:-1]:
            pause = burst.began_s - earlier.ended_s
            if abs(earlier_hz - hz) < 10.0 and _CALLING_PAUSE_S[0] < pause < _CALLING_PAUSE_S[1]:
                return Heard.FAX
        return None

    def _answering(self, burst: Burst, found: Lines) -> Heard | None:
        """The answering tone of a fax, which turns its phase now and then (V.25, V.8)."""
        nominal, off = _ANSWERING_HZ
        if not _single(found) or abs(found.lines[0].hz - nominal) > off:
            return None
        lasted = burst.length_s + sum(
            earlier.length_s
            for earlier, hz, _ in self._singles
            if abs(hz - nominal) < off and burst.began_s - earlier.ended_s < 2.0
        )
        return Heard.FAX if lasted > _ANSWERING_S else None


def _stands_still(burst: Burst, found: Lines, frames: Frames) -> bool:
    """Is a lone burst a tone and not a vowel or a note: whole, pure, and the same from its begin to its end?"""
    if not burst.whole or found.purity < _LONE_PURE:
        return False
    middle = (burst.began_s + burst.ended_s) / 2.0
    halves = [lines(frames.cut(burst.began_s, middle)), lines(frames.cut(middle, burst.ended_s))]
    if not all(half.lines for half in halves):
        return False
    first, second = (_middle_hz(half) for half in halves)
    powers = sorted(half.total for half in halves)
    return abs(first - second) < _LONE_HZ and powers[1] < _LONE_LOUDER * powers[0]


def _middle_hz(found: Lines) -> float:
    """Where its two strongest lines are on average; 0 if it has none."""
    strongest = found.lines[:2]
    return sum(line.hz * line.power for line in strongest) / max(1e-9, sum(line.power for line in strongest))


def _single(found: Lines) -> bool:
    """Is it one frequency, and little else?"""
    return bool(found.lines) and found.lines[0].power > _PURE * found.total
