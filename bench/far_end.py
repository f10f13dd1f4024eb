"""The far end of the bench: emulated modems in a process of their own, on the wall clock, told what to do by its
parent.

Reads commands as JSON lines from standard input, answers with JSON lines: `ports` at the start, then what was
measured. Moments are seconds of the monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from appliance.clock import SystemClock
from appliance.signals.levels import RATE_HZ, power
from hardware.simulated.exchange import Release
from hardware.simulated.modemrecord import ModemRecord
from hardware.simulated.people import Caller, Staff
from hardware.simulated.profiles import PROFILES
from hardware.simulated.story import CallerStory
from hardware.simulated.world import PlannedModem, World

STEP = 40
"""Samples of a window: 5 ms."""


def main() -> int:
    """Serve until standard input ends."""
    lines = int(sys.argv[1])
    profile = PROFILES[sys.argv[2]]
    country = sys.argv[3]
    keep_audio = sys.argv[4] == "keep"
    clock = SystemClock()
    world = World(
        clock,
        country=country,
        modems=[PlannedModem(profile)] * lines,
        staff=(Staff("Anna", "11", answers_after_s=None),),
        keep_audio=keep_audio,
    )
    tell({"ports": world.lines})
    world.start()
    try:
        for line in sys.stdin:
            obey(world, clock, json.loads(line))
    finally:
        world.stop()
    return 0


def obey(world: World, clock: SystemClock, command: dict[str, Any]) -> None:
    """One command: place callers, or tell what was seen so far."""
    began = world.began
    match command.pop("do"):
        case "call":
            release = Release(command.pop("release", "busy"))
            presses = tuple((after_s, key) for after_s, key in command.pop("presses", []))
            at_s = clock.now() - began + command.pop("in_s", 0.0)
            world.place(Caller(at_s=at_s, presses=presses, release=release, **command))
            tell({"placed": True})
        case "seen":
            tell({"began": began, "modems": [seen(modem.record) for modem in world.modems]})
        case "stories":
            tell(
                {
                    "began": began,
                    "stories": [
                        story.told() | {"loud": spans(story, -32.0), "dead": spans(story, -56.0, below=True)}
                        for story in world.stories
                    ],
                }
            )


def seen(record: ModemRecord) -> dict[str, Any]:
    """What one modem recorded, as plain values."""
    return {
        "hooks": list(record.hooks),
        "rings": list(record.rings),
        "lines": list(record.lines),
        "events": list(record.events),
        "commands": list(record.commands),
        "underruns": list(record.underruns),
        "dropped_bytes": record.dropped_bytes,
    }


def spans(story: CallerStory, dbm0: float, below: bool = False) -> list[tuple[float, float]]:
    """When the caller heard something louder (or `below`: softer) than that, in seconds of the world; 5 ms windows."""
    blocks = len(story.heard) // STEP
    means = np.mean(np.square(story.heard[: blocks * STEP].astype(float)).reshape(blocks, STEP), axis=1)
    found = (means < power(dbm0)) if below else (means > power(dbm0))
    edges = np.flatnonzero(np.diff(np.concatenate(([False], found, [False])).astype(np.int8)))
    return [(story.began + a * STEP / RATE_HZ, story.began + b * STEP / RATE_HZ) for a, b in edges.reshape(-1, 2)]


def tell(answer: dict[str, Any]) -> None:
    """One answer, on one line."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
