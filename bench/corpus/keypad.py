"""How keys are pressed in the corpus: lengths, level, twist, tuning, edges; and under which conditions.

Levels are those of the stronger tone of a key; its weaker one lies `twist_db` below. Everything given as a pair is a
range of which each recording draws its own value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from appliance.signals.generate import KEYS
from appliance.signals.levels import RATE_HZ, Samples, amplitude

Range: TypeAlias = tuple[float, float]
Tuning: TypeAlias = Callable[[float, float, np.random.Generator], tuple[float, float]]
"""Nominal row and column (Hz) to those that are sent."""
Layer: TypeAlias = Callable[[Samples, np.random.Generator], Samples]
"""What a line does to the whole recording (`spoil`)."""


def near(hz: float, rng: np.random.Generator) -> float:
    """As a common telephone is tuned: within 0.8 %."""
    return hz * (1.0 + rng.uniform(-0.008, 0.008))


def common(row_hz: float, column_hz: float, rng: np.random.Generator) -> tuple[float, float]:
    """Both tones as of a common telephone."""
    return near(row_hz, rng), near(column_hz, rng)


def off(percent: float, hz: float, which: str) -> Tuning:
    """Exactly so far off, each up or down by chance: the `row`, the `column`, or `both`."""

    def tuned(row_hz: float, column_hz: float, rng: np.random.Generator) -> tuple[float, float]:
        up = rng.choice((-1.0, 1.0), 2)
        far_row, far_column = (f + s * (f * percent / 100.0 + hz) for f, s in zip((row_hz, column_hz), up, strict=True))
        row = far_row if which != "column" else near(row_hz, rng)
        return float(row), float(far_column if which != "row" else near(column_hz, rng))

    return tuned


@dataclass(frozen=True, slots=True)
class Pressing:
    """How one key after the other is pressed."""

    on_ms: Range = (45.0, 120.0)
    off_ms: Range = (45.0, 120.0)
    dbm0: Range = (-25.0, -6.0)
    twist_db: Range = (-6.0, 3.0)
    tuning: Tuning = common
    edge_ms: Range = (0.0, 2.0)
    hole_ms: float = 0.0
    keys: str = "".join(KEYS)
    """Of which each recording draws its own."""

    def pressed(self, key: str, dbm0: float, twist_db: float, rng: np.random.Generator) -> Samples:
        """One key, without the pause behind it."""
        count = round(rng.uniform(*self.on_ms) * RATE_HZ / 1000.0)
        # A begin between two samples, as on a real line.
        at = (np.arange(count) + rng.uniform()) / RATE_HZ
        row_hz, column_hz = self.tuning(*KEYS[key], rng)
        levels = (dbm0 + min(0.0, -twist_db), dbm0 + min(0.0, twist_db))
        sound = np.zeros(count)
        for hz, level in zip((row_hz, column_hz), levels, strict=True):
            sound += amplitude(level) * np.sin(2.0 * np.pi * (hz * at + rng.uniform()))
        return self._cut(sound, rng)

    def _cut(self, sound: Samples, rng: np.random.Generator) -> Samples:
        """Soft edges, and the hole if there is one: silence somewhere in the middle third."""
        edge = round(rng.uniform(*self.edge_ms) * RATE_HZ / 1000.0)
        rise = np.sin(np.pi / 2 * (np.arange(edge) + 0.5) / max(edge, 1)) ** 2
        sound[:edge] *= rise
        sound[len(sound) - edge :] *= rise[::-1]
        if self.hole_ms:
            hole = round(self.hole_ms * RATE_HZ / 1000.0)
            start = int(rng.integers(len(sound) // 3, 2 * len(sound) // 3 - hole + 1))
            sound[start : start + hole] = 0.0
        return sound

    def sound(self, count: int, rng: np.random.Generator) -> tuple[str, tuple[int, ...], Samples]:
        """`count` keys: which, where each begins (samples), and the sound with pauses around it, at times without."""
        keys = "".join(rng.choice(list(self.keys), count))
        dbm0, twist_db = rng.uniform(*self.dbm0), rng.uniform(*self.twist_db)
        before = 0.0 if rng.uniform() < 0.1 else rng.uniform(0.02, 0.3)
        pieces, starts = [np.zeros(round(before * RATE_HZ))], []
        for key in keys:
            starts.append(sum(map(len, pieces)))
            pieces.append(self.pressed(key, dbm0, twist_db, rng))
            pieces.append(np.zeros(round(rng.uniform(*self.off_ms) * RATE_HZ / 1000.0)))
        if rng.uniform() < 0.9:
            pieces.append(np.zeros(round(rng.uniform(0.03, 0.2) * RATE_HZ)))
        return keys, tuple(starts), np.concatenate(pieces)


QUICK: Final = Pressing(on_ms=(40.0, 45.0), off_ms=(30.0, 35.0))
"""As short as Q.24 has it."""
FIFTY: Final = Pressing(on_ms=(50.0, 50.0), off_ms=(50.0, 50.0))


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: how keys are pressed, what the line does to them, and whether they must be taken."""

    name: str
    pressing: Pressing = Pressing()
    layers: tuple[Layer, ...] = ()
    taken: bool = True
