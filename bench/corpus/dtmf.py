"""Pressed keys under every condition that Q.24 and the facts of lines ask for, and bursts that are no keys.

`recordings(each, seed)` makes about `each` keys under each condition, ten a recording. Within a condition everything
that it does not fix is drawn anew for each recording: level, twist, lengths, phases, rows and columns a little out of
tune. `python -m bench.corpus.dtmf [--each N] [--seed S] [--worst]` shows what our receiver makes of them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.levels import RATE_HZ
from bench.corpus import spoil
from bench.corpus.dtmf_conditions import CONDITIONS
from bench.corpus.keypad import Condition
from bench.corpus.recording import Recording

_PER_RECORDING: Final = 10
_BLOCK: Final = 160


@dataclass(frozen=True, slots=True)
class Pressed:
    """What was pressed: which keys, where each begins (samples), and whether they must be taken or left."""

    keys: str
    starts: tuple[int, ...]
    taken: bool


@dataclass(slots=True)
class Score:
    """What a receiver made of one condition."""

    taken: bool
    pressed: int = 0
    right: int = 0
    extra: int = 0
    """Keys that nobody pressed: wrong ones, and those told twice."""
    late_ms: list[float] = field(default_factory=list)

    def add(self, pressed: str, heard: str) -> None:
        """Count one recording: keys heard in the order in which they were pressed are right."""
        right = _in_common(pressed, heard)
        self.pressed += len(pressed)
        self.right += right
        self.extra += len(heard) - right

    @property
    def percent(self) -> float:
        """Of the keys that were pressed, those that were taken."""
        return 100.0 * self.right / max(self.pressed, 1)


def recordings(
    each: int = 150, seed: int = 1, conditions: Iterable[Condition] = CONDITIONS
) -> Iterator[Recording[Pressed]]:
    """About `each` keys a condition. The same for the same seed, whatever other conditions there are."""
    for condition in conditions:
        rng = np.random.default_rng((seed, crc32(condition.name.encode())))
        for _ in range(max(1, each // _PER_RECORDING)):
            yield recording(condition, rng)


def recording(condition: Condition, rng: np.random.Generator) -> Recording[Pressed]:
    """One recording of ten keys."""
    keys, starts, sound = condition.pressing.sound(_PER_RECORDING, rng)
    for layer in condition.layers:
        sound = layer(sound, rng)
    return Recording(condition.name, spoil.to_int16(sound), Pressed(keys, starts, condition.taken))


def heard(samples: NDArray[np.int16]) -> list[tuple[str, int]]:
    """The keys that our receiver hears, with how many samples had been given when it told each, in blocks of 20 ms.

    Half a second of silence follows, for a key that lasts to the end.
    """
    receiver = DtmfReceiver()
    sound = np.concatenate((samples, np.zeros(RATE_HZ // 2, dtype=np.int16)))
    return [
        (event.key, start + _BLOCK)
        for start in range(0, len(sound), _BLOCK)
        for event in receiver.feed(sound[start : start + _BLOCK])
        if event.down
    ]


def _in_common(one: str, other: str) -> int:
    """How many keys both have in the same order (the longest common subsequence)."""
    row = [0] * (len(other) + 1)
    for key in one:
        before = 0
        for place, twin in enumerate(other, 1):
            before, row[place] = row[place], before + 1 if key == twin else max(row[place], row[place - 1])
    return row[-1]


def score(each: int, seed: int, conditions: Iterable[Condition] = CONDITIONS) -> dict[str, Score]:
    """Our receiver, condition by condition."""
    scores: dict[str, Score] = {}
    for one in recordings(each, seed, conditions):
        of_condition = scores.setdefault(one.condition, Score(one.truth.taken))
        found = heard(one.samples)
        keys = "".join(key for key, _ in found)
        of_condition.add(one.truth.keys, keys)
        if keys == one.truth.keys:
            given = (samples for _, samples in found)
            of_condition.late_ms += [(a - b) * 1000 / RATE_HZ for a, b in zip(given, one.truth.starts, strict=True)]
    return scores


def main() -> int:
    """Measure, and print a line a condition."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--each", type=int, default=150, help="keys a condition (150)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--worst", action="store_true", help="only conditions that are not perfect")
    options.add_argument("--only", default="", help="conditions whose name contains this")
    chosen = options.parse_args()
    began = time.process_time()
    scores = score(chosen.each, chosen.seed, [c for c in CONDITIONS if chosen.only in c.name])
    for name, one in scores.items():
        perfect = one.extra == 0 and one.right == (one.pressed if one.taken else 0)
        if not (chosen.worst and perfect):
            late = f"{statistics.median(one.late_ms):5.0f} ms" if one.late_ms else ""
            wish = "take " if one.taken else "leave"
            sys.stdout.write(f"{name:<32} {wish} {one.percent:6.2f} % of {one.pressed}, {one.extra} extra {late}\n")
    for wish, taken in (("must be taken", True), ("must be left", False)):
        chosen_scores = [one for one in scores.values() if one.taken is taken]
        pressed, right = sum(one.pressed for one in chosen_scores), sum(one.right for one in chosen_scores)
        extra, late_ms = sum(one.extra for one in chosen_scores), [ms for one in chosen_scores for ms in one.late_ms]
        median = f", told after {statistics.median(late_ms):.1f} ms" if taken and late_ms else ""
        sys.stdout.write(f"{wish}: {100 * right / max(pressed, 1):.2f} % of {pressed} taken, {extra} extra{median}\n")
    sys.stdout.write(f"{time.process_time() - began:.0f} s of processor\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
