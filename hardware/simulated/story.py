"""What happened to one caller, and whether anybody at our end let them hear dead air.

Moments are seconds after the world began. Sound is int16, 8000 samples a second; `heard` and `said` begin with the
call.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.signals.levels import power
from hardware.simulated.circuit import Hook
from hardware.simulated.legs import Segment, Where
from hardware.simulated.loop import BLOCK, BLOCK_S
from hardware.simulated.saved import write_wav

Span = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class CallerStory:
    """One call, as its caller lived it and as it was seen at our line.

    `order` counts the callers from 1. `hooks`, `flashes_ms`, `digits` and `rings` are those of the box's line; `line`
    is what the box was given to hear, and `ours` what it said, both beginning at `line_began`.
    """

    order: int
    number: str
    name: str
    began: float
    answered_at: float | None
    ended_at: float
    ended_how: str
    talked_to: tuple[str, ...]
    rings: int
    segments: tuple[Segment, ...]
    hooks: tuple[Hook, ...]
    flashes_ms: tuple[float, ...]
    digits: str
    heard: NDArray[np.int16]
    said: NDArray[np.int16]
    line: NDArray[np.int16]
    ours: NDArray[np.int16]
    line_began: float

    @property
    def line_free_at(self) -> float | None:
        """When the box's line went on-hook for the last time in this call; `None` while or if it never did."""
        return self.hooks[-1].at if self.hooks and not self.hooks[-1].off_hook else None

    def spans(self, where: Where) -> list[Span]:
        """From when to when the caller was there."""
        return [(segment.began, segment.ended) for segment in self.segments if segment.where is where]

    def told(self) -> dict[str, Any]:
        """The story without its sound, ready for JSON."""
        return {
            "order": self.order,
            "number": self.number,
            "name": self.name,
            "began_s": round(self.began, 3),
            "rings": self.rings,
            "answered_s": None if self.answered_at is None else round(self.answered_at, 3),
            "ended_s": round(self.ended_at, 3),
            "ended_how": self.ended_how,
            "talked_to": list(self.talked_to),
            "segments": [
                {"where": s.where.value, "extension": s.extension, "from_s": _time(s.began), "to_s": _time(s.ended)}
                for s in self.segments
            ],
            "hook": [{"at_s": round(hook.at, 4), "off_hook": hook.off_hook} for hook in self.hooks],
            "flashes_ms": [round(length, 1) for length in self.flashes_ms],
            "digits": self.digits,
        }


def silences(story: CallerStory, from_dbm0: float = -45.0, longer_than_s: float = 2.0) -> list[Span]:
    """Where the caller, with the box at the other end, heard dead air for longer than that.

    The time on the PBX's hold, with colleagues and while it rings is not ours, nor is a hook flash; and it is no dead
    air while the caller speaks or presses keys.
    """
    blocks = len(story.heard) // BLOCK
    quiet = _power(story.heard, blocks) < power(from_dbm0)
    quiet &= _power(story.said, blocks) < power(from_dbm0)
    ours = np.zeros(blocks, dtype=bool)
    for began, ended in story.spans(Where.OFFICE):
        ours[_place(story, began, blocks) : _place(story, ended, blocks)] = True
    for opened, closed in _flashes(story.hooks):
        ours[_place(story, opened, blocks) : _place(story, closed, blocks) + 1] = False
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet & ours, [False])).astype(np.int8)))
    spans = [(story.began + first * BLOCK_S, story.began + last * BLOCK_S) for first, last in edges.reshape(-1, 2)]
    return [(float(first), float(last)) for first, last in spans if last - first > longer_than_s]


def save_story(story: CallerStory, folder: Path) -> None:
    """Write what the caller heard and what our line heard as WAV files.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", story.name or story.number or "unknown").strip("-").lower() or "unknown"
    stem = f"{story.order:02}-caller-{name[:40]}"
    write_wav(folder / f"{stem}-heard.wav", story.heard)
    write_wav(folder / f"{stem}-line.wav", story.line)


def save_stories(stories: Sequence[CallerStory], folder: Path) -> None:
    """Write the sound of all stories and `stories.json`.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    in_order = sorted(stories, key=lambda story: story.order)
    for story in in_order:
        save_story(story, folder)
    text = json.dumps([story.told() for story in in_order], indent=2, ensure_ascii=False)
    (folder / "stories.json").write_text(text + "\n", encoding="utf-8")


def _time(moment: float) -> float | None:
    return None if math.isinf(moment) else round(moment, 3)


def _place(story: CallerStory, moment: float, blocks: int) -> int:
    return int(min(max(0.0, (moment - story.began) / BLOCK_S), blocks))


def _power(sound: NDArray[np.int16], blocks: int) -> NDArray[np.float64]:
    """Mean square of each block; nothing where the sound has ended."""
    whole = np.zeros(blocks * BLOCK)
    part = sound[: len(whole)]
    whole[: len(part)] = part
    means: NDArray[np.float64] = np.mean(np.square(whole).reshape(blocks, BLOCK), axis=1)
    return means


def _flashes(hooks: Sequence[Hook]) -> list[Span]:
    pairs = itertools.pairwise(hooks)
    return [(opened.at, closed.at) for opened, closed in pairs if not opened.off_hook and closed.off_hook]
