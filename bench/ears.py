"""The table of ears: our receivers beside spandsp, multimon-ng and minimodem, on the project's own corpora.

`python -m bench.ears [--each N] [--hours H]` measures and prints it. Corpora come from fixed seeds, so that only the
cost differs from run to run; it is measured last, when nothing else runs.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from appliance.signals import generate
from appliance.signals.callerid import CallerIdMessage, encode, modulate
from appliance.signals.countries import COUNTRIES, Country
from appliance.signals.ears import Ears
from appliance.signals.levels import RATE_HZ
from bench import hearing
from bench.corpus import callerid, dtmf_conditions, spoil, talkoff
from bench.hearing import Count, Counts
from bench.peers import Recorded, ours, spandsp

PROGRAMS: Final = ("spandsp", "multimon-ng", "minimodem", "ours")
_SHARE_S: Final = 900.0
"""So much speech is one share of the work."""
_SOUND_SHARES: Final = {"tones": 1, "specials": 1, "people": 3, "answers": 5}
"""Shares of the corpus of tones and voices; the small parts of it several times."""
COST_LIMIT_S: Final = 0.6
"""A minute of sound: 1 % of a core."""
Share = Callable[[], Counts]


@dataclass(frozen=True, slots=True)
class Size:
    """How large the corpora are."""

    each: int = 20
    """Recordings a condition: with a message or a tone each, or ten keys."""
    hours: float = 4.0
    """Of speech."""
    vowel_minutes: float = 12.0


# ---------------------------------------------------------------- rows


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what is counted, what must be reached, how a count is written, and whether it suffices, if it must."""

    key: str
    what: str
    limit: str
    told: Callable[[Count], str]
    reached: Callable[[Count], bool] | None


def _percent(count: Count) -> float:
    return 100.0 * count.right / max(count.of, 1)


def _right_and_wrong(count: Count) -> str:
    return f"{_percent(count):.1f} % of {count.of}; {count.wrong} wrong"


def _right_and_extra(count: Count) -> str:
    return f"{_percent(count):.2f} % of {count.of}; {count.wrong} extra"


def _taken(count: Count) -> str:
    return f"{100.0 * _heard(count) / max(count.of, 1):.2f} % of {count.of}"


def _heard(count: Count) -> int:
    """Of what must be left, a key that is heard right is as bad as a wrong one."""
    return count.right + count.wrong


def _in_recordings(count: Count) -> str:
    return f"{count.wrong} in {count.recordings} recordings"


def _in_minutes(count: Count) -> str:
    return f"{count.wrong} in {count.seconds / 60:.0f} min"


def _soon(count: Count) -> str:
    return f"{_percent(count):.1f} % of {count.of}; half within {_median_ms(count):.0f} ms"


def _late(count: Count) -> str:
    return f"{_median_ms(count):.0f} ms" if count.late_ms else "–"


def _median_ms(count: Count) -> float:
    return statistics.median(count.late_ms or [math.inf])


def _at_least(percent: float, most_wrong: float = 0.0) -> Callable[[Count], bool]:
    """So much right, and at most this part of all wrong."""
    return lambda count: _percent(count) >= percent and count.wrong <= most_wrong * count.of


_FIVE_OF_560: Final = 5 / 560

ROWS: Final = (
    Row("callers Bell 202", "whole caller IDs, Bell 202", "≥ 97 %, none wrong", _right_and_wrong, _at_least(97.0)),
    Row("callers V.23", "whole caller IDs, V.23", "≥ 95 %, none wrong", _right_and_wrong, _at_least(95.0)),
    Row("callers Japan", "whole caller IDs, Japan", "100 %", _right_and_wrong, _at_least(100.0)),
    Row("callers DTMF", "whole caller IDs, by DTMF", "100 %", _right_and_wrong, _at_least(100.0)),
    Row("no callers", "callers heard in damaged messages and other sounds", "0", _in_recordings, lambda c: not c.wrong),
    Row("keys to take", "DTMF that must be accepted", "≥ 99.5 %, none doubled", _right_and_extra, _at_least(99.5)),
    Row(
        "keys to leave",
        "DTMF that must be rejected (23 ms, 3.5 % off, −55 dBm0) but is taken",
        "≤ 0.2 %",
        _taken,
        lambda count: _heard(count) <= 0.002 * count.of,
    ),
    Row(
        "keys to take",
        "median time from key press to digit",
        "≤ 60 ms",
        _late,
        lambda count: _median_ms(count) <= 60.0,
    ),
    Row("speech", "false digits, speech in four languages", "0", _in_minutes, lambda count: not count.wrong),
    Row("vowels", "false digits, hard vowels", "≤ 60 in 12 min", _in_minutes, lambda c: c.wrong <= c.seconds / 12.0),
    Row("tones", "call progress named right", "≥ 97 %, ≤ 5 of 560", _right_and_wrong, _at_least(97.0, _FIVE_OF_560)),
    Row("people", "voices, music, silence named right", "≥ 97 %", _right_and_wrong, _at_least(97.0, _FIVE_OF_560)),
    Row("any country", "all of these, country not told", "", _right_and_wrong, None),
    Row("answers", "answer by voice within 800 ms", "≥ 95 %", _soon, lambda count: _percent(count) >= 95.0),
)


# ---------------------------------------------------------------- work


def shares(size: Size) -> Iterator[Share]:
    """The work, the long pieces first."""
    if talkoff.can_speak():
        for share in range(max(1, round(size.hours * 3600 / _SHARE_S))):
            yield partial(hearing.talk, "speech", share, min(_SHARE_S, size.hours * 3600))
    for part, times in _SOUND_SHARES.items():
        for share in range(times * max(1, size.each // Size().each)):
            yield partial(hearing.sounds, part, share)
    yield partial(hearing.talk, "vowels", 0, size.vowel_minutes * 60)
    for number in range(len(dtmf_conditions.CONDITIONS)):
        yield partial(hearing.keys, number, 10 * size.each)
    for number in range(len(callerid.CONDITIONS)):
        yield partial(hearing.callers, number, size.each)


def measure(size: Size, progress: Callable[[str], object] = lambda _: None) -> Counts:
    """All counts, from all cores."""
    counts: Counts = {}
    work = list(shares(size))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for done, found in enumerate(pool.map(_do, work), 1):
            for place, count in found.items():
                counts.setdefault(place, Count()).add(count)
            progress(f"{done} of {len(work)}")
    return counts


def _do(share: Share) -> Counts:
    return share()


# ---------------------------------------------------------------- cost


_COST_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time for a minute of sound."""

    ours_s: float
    ours_one_country_s: float
    spandsp_s: float | None


def cost() -> Cost:
    """All receivers together on the sound of a line; the best of five rounds each."""
    sound = line_sound()
    minutes = len(sound) / RATE_HZ / 60.0
    country = COUNTRIES["pl"]
    return Cost(
        ours_s=_best(lambda: _feed(Ears(None).feed, sound, ours.BLOCK)) / minutes,
        ours_one_country_s=_best(lambda: _feed(Ears(country).feed, sound, ours.BLOCK)) / minutes,
        spandsp_s=_best(lambda: _spandsp(sound, country)) / minutes if spandsp.installed() else None,
    )


def _best(run: Callable[[], None]) -> float:
    times = []
    for _ in range(_COST_ROUNDS):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    return min(times)


def _feed(feed: Callable[[Recorded], object], sound: Recorded, block: int) -> None:
    for start in range(0, len(sound), block):
        feed(sound[start : start + block])


def _spandsp(sound: Recorded, country: Country) -> None:
    """In pieces of a second, so that calling it from here costs next to nothing."""
    with spandsp.everything(country) as feed:
        _feed(feed, sound, RATE_HZ)


def line_sound() -> Recorded:
    """Two minutes and a half as a line has them: idle, caller ID, ringing tone, talk, keys, music, busy."""
    rng = np.random.default_rng(hearing.SEED)
    country = COUNTRIES["pl"]
    talk = next(talkoff.speech(60.0, hearing.SEED) if talkoff.can_speak() else talkoff.vowels(60.0, hearing.SEED))
    call = encode(CallerIdMessage("225550100", "Jan Kowalski", "", "11251405"))
    parts = (
        generate.silence(20.0),
        modulate(call, country.caller_id),
        generate.ToneSource(country.ringback, -18.0).pull(20 * RATE_HZ),
        np.resize(talk.samples.astype(np.float64), 60 * RATE_HZ),
        generate.dtmf("0123456789*#", 80, 120, -12.0),
        np.resize(talkoff.music().samples.astype(np.float64), 30 * RATE_HZ),
        generate.ToneSource(country.busy, -15.0).pull(15 * RATE_HZ),
    )
    sound = np.concatenate(parts)
    return spoil.to_int16(sound + generate.noise(len(sound), -52.0, rng))


# ---------------------------------------------------------------- the table


def table(counts: Counts, costs: Cost) -> list[str]:
    """Lines of Markdown."""
    lines = [
        f"| what | must reach | {' | '.join(PROGRAMS)} | |",
        f"|---|---|{'---|' * len(PROGRAMS)}---|",
    ]
    for row in ROWS:
        if (row.key, "ours") not in counts:
            continue
        found = [counts.get((row.key, name)) for name in PROGRAMS]
        told = " | ".join("–" if count is None else row.told(count) for count in found)
        mark = _mark(row.reached(counts[row.key, "ours"])) if row.reached else ""
        lines.append(f"| {row.what} | {row.limit} | {told} | {mark} |")
    return [*lines, _cost_line(costs)]


def tape_table() -> list[str]:
    """The classic test of DTMF receivers, as lines of Markdown: a row a figure, with a mark where it is not passed."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        figures = {name: found for name, found in zip(PROGRAMS, pool.map(hearing.tape, PROGRAMS), strict=True) if found}
    lines = [f"| test | {' | '.join(figures)} |", f"|---|{'---|' * len(figures)}"]
    for of_programs in zip(*figures.values(), strict=True):
        told = " | ".join(one.value if one.passed else f"{one.value} (not enough)" for one in of_programs)
        lines.append(f"| {of_programs[0].name} | {told} |")
    return lines


def _cost_line(costs: Cost) -> str:
    theirs = "–" if costs.spandsp_s is None else _share_of_a_core(costs.spandsp_s)
    here = f"{_share_of_a_core(costs.ours_s)}; one country {_share_of_a_core(costs.ours_one_country_s)}"
    what = "all receivers together, all countries, a line"
    return f"| {what} | ≤ 1 % of a core | {theirs} | – | – | {here} | {_mark(costs.ours_s <= COST_LIMIT_S)} |"


def _share_of_a_core(seconds_a_minute: float) -> str:
    return f"{100.0 * seconds_a_minute / 60.0:.2f} %"


def _mark(reached: bool) -> str:
    return "reached" if reached else "MISSED"


def main() -> int:
    """Measure, and print the table."""
    usual = Size()
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--each", type=int, default=usual.each, help=f"recordings a condition ({usual.each})")
    options.add_argument("--hours", type=float, default=usual.hours, help=f"of speech ({usual.hours:g})")
    options.add_argument(
        "--minutes", type=float, default=usual.vowel_minutes, help=f"of hard vowels ({usual.vowel_minutes:g})"
    )
    chosen = options.parse_args()
    counts = measure(Size(chosen.each, chosen.hours, chosen.minutes), lambda told: sys.stderr.write(f"\r{told} "))
    sys.stdout.write("\n".join([*table(counts, cost()), "", *tape_table()]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
