"""Caller IDs of every kind under every condition that the facts of lines ask for, and sounds that are none.

`recordings(each, seed)` makes `each` recordings under each condition. Within a condition everything that it does not
fix is drawn anew for each recording: what is announced, its format, level, and timing. `python -m
bench.corpus.callerid [--each N] [--seed S] [--worst] [--only WORD]` shows what our receiver makes of them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from appliance.signals.callerid import CallerIdMessage, CallerIdReceiver, Scheme
from appliance.signals.levels import RATE_HZ
from bench.corpus import spoil
from bench.corpus.callerid_conditions import TAKEN, Condition
from bench.corpus.callerid_left import LEFT
from bench.corpus.recording import Recording

CONDITIONS: Final = (*TAKEN, *LEFT)
_BLOCK: Final = 160


@dataclass(frozen=True, slots=True)
class Announced:
    """What is on a recording, in this order; `scheme` how it was sent, `None` where there is nothing to be told."""

    messages: tuple[CallerIdMessage, ...]
    scheme: Scheme | None


@dataclass(slots=True)
class Score:
    """What a receiver made of a condition: messages told right, not told, and told that nobody sent."""

    right: int = 0
    missed: int = 0
    wrong: int = 0

    def add(self, sent: Iterable[CallerIdMessage], told: Iterable[CallerIdMessage]) -> None:
        """Count one recording."""
        expected = [essence(message) for message in sent]
        for message in told:
            if essence(message) in expected:
                expected.remove(essence(message))
                self.right += 1
            else:
                self.wrong += 1
        self.missed += len(expected)

    def __iadd__(self, other: Score) -> Score:
        self.right += other.right
        self.missed += other.missed
        self.wrong += other.wrong
        return self


def essence(message: CallerIdMessage) -> tuple[object, ...]:
    """What must be right in a message, and what any other receiver can tell too."""
    return message.number, message.name, message.reason, message.datetime, message.kind, message.redirecting


def recordings(
    each: int = 50, seed: int = 1, conditions: Iterable[Condition] = CONDITIONS
) -> Iterator[Recording[Announced]]:
    """`each` recordings a condition. The same for the same seed, whatever other conditions there are."""
    for condition in conditions:
        rng = np.random.default_rng((seed, crc32(condition.name.encode())))
        for _ in range(each):
            yield recording(condition, rng)


def recording(condition: Condition, rng: np.random.Generator) -> Recording[Announced]:
    """One recording."""
    messages, sound = condition.sent(rng)
    for layer in condition.layers:
        sound = layer(sound, rng)
    return Recording(condition.name, spoil.to_int16(sound), Announced(messages, condition.scheme))


def heard(samples: NDArray[np.int16]) -> list[CallerIdMessage]:
    """The messages that our receiver hears, which is not told how they are sent, in blocks of 20 ms."""
    receiver = CallerIdReceiver()
    blocks = (samples[start : start + _BLOCK] for start in range(0, len(samples), _BLOCK))
    told = [event for block in blocks for event in receiver.feed(block)] + receiver.finish()
    return [event.message for event in told]


def main() -> int:
    """Measure, and print a line a condition."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--each", type=int, default=50, help="recordings a condition (50)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--worst", action="store_true", help="only conditions that are not perfect")
    options.add_argument("--only", default="", help="conditions whose name contains this")
    chosen = options.parse_args()
    sums: dict[str, Score] = {}
    seconds = spent_s = 0.0
    for condition in CONDITIONS:
        if chosen.only not in condition.name:
            continue
        score = Score()
        for one in recordings(chosen.each, chosen.seed, [condition]):
            began = time.process_time()
            told = heard(one.samples)
            spent_s += time.process_time() - began
            seconds += len(one.samples) / RATE_HZ
            score.add(one.truth.messages, told)
        sums.setdefault(condition.name.split(":", maxsplit=1)[0].split(maxsplit=1)[0], Score()).__iadd__(score)
        if not chosen.worst or score.missed or score.wrong:
            sys.stdout.write(_line(condition.name, score))
    for name, score in sums.items():
        sys.stdout.write(_line(f"all {name}", score))
    sys.stdout.write(f"{1e6 * spent_s / max(seconds, 1e-9) / 50:.0f} us of processor for 20 ms\n")
    return 0


def _line(name: str, score: Score) -> str:
    return f"{name:<42} right {score.right:5} nothing {score.missed:4} WRONG {score.wrong}\n"


if __name__ == "__main__":
    sys.exit(main())
