"""The classic test of a DTMF receiver: the sequences of Mitel's tape CM7291, side 1, as later test suites realise them.

All bursts are 50 ms on and 50 ms off. `measure(hear)` plays the tests to any receiver (`hear` takes int16 samples and
gives the keys as a string) and gives its figures with the limits that are usual for each.
`python -m bench.corpus.mitel` does it for ours.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from appliance.signals.generate import KEYS, noise
from appliance.signals.levels import RATE_HZ, Samples, amplitude
from bench.corpus import spoil
from bench.corpus.dtmf import heard

Hear: TypeAlias = Callable[[NDArray[np.int16]], str]

_ON_MS: Final = 50.0
_OFF_MS: Final = 50.0
_DIAGONAL: Final = "159D"
"""One key of each row and of each column."""
_DBM0: Final = -17.0
_LARGEST_OFF: Final = 60
"""Per mille, the farthest that a tone is taken off its frequency."""
_LARGEST_TWIST: Final = 200
"""Tenths of a decibel."""
_NOISE_BURSTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the test, and whether a receiver with it would pass."""

    name: str
    value: str
    passed: bool


def measure(hear: Hear, noise_bursts: int = _NOISE_BURSTS) -> Iterator[Figure]:
    """All tests, in the order of the tape."""
    yield _decode(hear)
    for key in _DIAGONAL:
        yield _bandwidth(hear, key, 0)
        yield _bandwidth(hear, key, 1)
    for key in _DIAGONAL:
        yield _twist(hear, key, 1, "normal", 8.0)
        yield _twist(hear, key, 0, "reverse", 4.0)
    yield _range(hear)
    yield _guard(hear)
    yield _signal_to_noise(hear, noise_bursts)
    yield _dial_tone(hear)


def _burst(
    key: str, dbm0: tuple[float, float], per_mille: tuple[float, float] = (0, 0), on_ms: float = _ON_MS
) -> Samples:
    """A key whose tones have these levels and are so far off, and 50 ms of silence behind it."""
    at = np.arange(round(on_ms * RATE_HZ / 1000.0)) / RATE_HZ
    tones = (
        amplitude(level) * np.sin(2.0 * np.pi * hz * (1.0 + off / 1000.0) * at)
        for hz, level, off in zip(KEYS[key], dbm0, per_mille, strict=True)
    )
    return np.concatenate((sum(tones, np.zeros(len(at))), np.zeros(round(_OFF_MS * RATE_HZ / 1000.0))))


def _hits(hear: Hear, key: str, bursts: list[Samples]) -> int:
    """How many of these bursts were heard as this key."""
    return hear(spoil.to_int16(np.concatenate(bursts))).count(key)


def _decode(hear: Hear) -> Figure:
    """Each key ten times."""
    sent = "".join(key * 10 for key in KEYS)
    found = hear(spoil.to_int16(np.concatenate([_burst(key, (-4.0, -4.0)) for key in sent])))
    return Figure("decode check, 16 keys x 10", f"{sum(map(str.__eq__, sent, found))} of 160", found == sent)


def _bandwidth(hear: Hear, key: str, which: int) -> Figure:
    """How far one tone may be off, in steps of 0.1 %: the width, and where its middle is."""
    counts = []
    for sign in (1, -1):
        offs = [sign * step for step in range(1, _LARGEST_OFF + 1)]
        tuned = [(off, 0) if which == 0 else (0, off) for off in offs]
        counts.append(_hits(hear, key, [_burst(key, (_DBM0, _DBM0), pair) for pair in tuned]))
    width, middle = sum(counts) / 10.0, (counts[0] - counts[1]) / 20.0
    name = f"bandwidth of {KEYS[key][which]:.0f} Hz ({key})"
    return Figure(name, f"{width:.1f} % about {middle:+.2f} %", 3.0 + abs(middle) <= width < 15.0 + abs(middle))


def _twist(hear: Hear, key: str, weaker: int, name: str, least_db: float) -> Figure:
    """How much weaker one tone may be."""
    bursts = []
    for tenths in range(1, _LARGEST_TWIST + 1):
        levels = [_DBM0 + 13.0, _DBM0 + 13.0]
        levels[weaker] -= tenths / 10.0
        bursts.append(_burst(key, (levels[0], levels[1])))
    twist_db = _hits(hear, key, bursts) / 10.0
    return Figure(f"{name} twist ({key})", f"{twist_db:.1f} dB", twist_db >= least_db)


def _range(hear: Hear) -> Figure:
    """From the loudest down, 1 dB a burst."""
    hits = _hits(hear, "1", [_burst("1", (-3.0 - step, -3.0 - step)) for step in range(50)])
    return Figure("dynamic range (1)", f"{hits} dB", hits >= 35)


def _guard(hear: Hear) -> Figure:
    """From 49 ms down to 10 ms, 0.1 ms a burst."""
    lengths = [49.0 - step / 10.0 for step in range(391)]
    hits = _hits(hear, "1", [_burst("1", (_DBM0, _DBM0), on_ms=ms) for ms in lengths])
    guard_ms = (500 - hits) / 10.0
    return Figure("guard time (1)", f"{guard_ms:.1f} ms", 23.0 < guard_ms < 40.0)


def _signal_to_noise(hear: Hear, bursts: int) -> Figure:
    """The lowest ratio at which every burst was found; the noise fills 4 kHz, a tone is at -17 dBm0."""
    clean = np.concatenate([_burst("1", (_DBM0, _DBM0))] * bursts)
    rng = np.random.default_rng(7291)
    for ratio_db in range(26, 2, -1):
        found = hear(spoil.to_int16(clean + noise(len(clean), _DBM0 - ratio_db, rng)))
        if found != "1" * bursts:
            return Figure("signal to noise (1)", f"{ratio_db + 1} dB a tone", ratio_db < 26)
    return Figure("signal to noise (1)", "better than 3 dB a tone", True)


def _dial_tone(hear: Hear) -> Figure:
    """How far each tone of 350 + 440 Hz may be above each tone of the keys, up to 24 dB."""
    sent = "".join(KEYS)
    digits = np.concatenate([_burst(key, (-25.0, -25.0)) for key in sent])
    at = np.arange(len(digits)) / RATE_HZ
    dial = np.sin(2.0 * np.pi * 350.0 * at) + np.sin(2.0 * np.pi * 440.0 * at)
    most = -1
    for over_db in range(0, 25, 2):
        if hear(spoil.to_int16(digits + amplitude(-25.0 + over_db) * dial)) != sent:
            break
        most = over_db
    return Figure("dial tone above the keys", f"{most} dB", most >= 12)


def ours(samples: NDArray[np.int16]) -> str:
    """What our receiver hears."""
    return "".join(key for key, _ in heard(samples))


def main() -> int:
    """Print the figures of our receiver."""
    for figure in measure(ours):
        sys.stdout.write(f"{figure.name:<32} {figure.value:<24} {'passed' if figure.passed else 'MISSED'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
