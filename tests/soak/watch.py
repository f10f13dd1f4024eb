"""What is looked at while a soak runs: that no line is stuck, that each heals in time, and what the program uses.

A `LineWatch` looks at one line every second; a `Growth` at the process.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import math
import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from appliance.box import Box
from hardware.simulated.fakemodem import FakeModem
from hardware.simulated.modemfaults import Faults
from hardware.simulated.modemrecord import ModemRecord
from hardware.simulated.world import World
from tests.soak.misfortunes import Kind, Misfortune

HEALS_S = 5.0
"""A line that is plugged in and not in trouble is armed again within this time,"""
HEALS_IN_S = {Kind.STUCK: 8.0, Kind.HUNG_FOR_GOOD: 12.0}
"""but every means is tried on a stream that does not end, and a modem that hangs for good is opened in vain, twice,
until its power is cut, which USB needs a second for."""
LOST_ANSWER_S = 7.0
"""What each answer that never comes may add: five seconds of waiting for it, and another opening."""
FREE_AFTER_S = 15.0
"""A line without a call is off-hook no longer than this: what a modem needs that must be closed, or reset."""
KB_OF_ENTRY, KB_OF_STORY = 0.15, 3.0
"""A moment and a few words in a tuple of a deque; a story without its sound."""
EXPLAINS_S = 20.0
"""An under-run so soon after a misfortune is put down to it, and so is a ring that nobody heard."""


class LineWatch:
    """One line and its modem."""

    def __init__(self, name: str, modem: FakeModem, in_peace: bool, habit: Faults, longest_s: float) -> None:
        self.name = name
        self.profile = modem.profile.name
        self.in_peace = in_peace
        self.complaints: list[str] = []
        self.healed_in_s: dict[str, float] = {}
        """The longest time to heal, by misfortune."""
        self.longest_off_hook_s = 0.0
        self.underruns: list[tuple[float, str]] = []
        """When the modem's sound ran dry, and which misfortune explains it; `""` if none."""
        self.troubles: list[tuple[float, float]] = []
        """From when to when it could not answer, or was not supposed to."""
        self.last: Misfortune | None = None
        self._modem = modem
        self._most_off_hook_s = longest_s + FREE_AFTER_S
        self._more_s = habit.lost_oks * LOST_ANSWER_S if habit.lost_ok else 0.0
        self._trouble_over_at = self._explains_until = -math.inf
        self._down_since: float | None = None
        self._off_hook_since: float | None = None
        self._without_call_since: float | None = None
        self._told: set[str] = set()
        self._underruns_seen = 0

    def befallen(self, misfortune: Misfortune) -> None:
        """A misfortune was let loose on the modem."""
        self.last = misfortune
        over_s = 0.0 if misfortune.kind is Kind.STUCK else misfortune.lasts_s
        if misfortune.kind in (Kind.UNPLUGGED, Kind.POWER_CYCLED):
            over_s += self._modem.profile.boots_s
        self._trouble_over_at = misfortune.at + over_s
        self._explains_until = misfortune.at + misfortune.lasts_s + EXPLAINS_S
        self.troubles.append((misfortune.at, self._explains_until))

    def look(self, now: float, state: str) -> None:
        """`state` is that of the line on the board."""
        self._look_at_health(now, state == "out of order")
        self._look_at_hook(now, state == "in a call")
        self._look_at_sound(now)

    def _look_at_health(self, now: float, down: bool) -> None:
        if down and self._down_since is None:
            self._down_since = now
        if self._down_since is None:
            return
        took_s = now - max(self._down_since, self._trouble_over_at)
        kind = None if self.last is None else self.last.kind
        if not down:
            why = "start" if kind is None else kind.value
            self.healed_in_s[why] = max(self.healed_in_s.get(why, 0.0), took_s)
            self.troubles.append((self._down_since, now))
            self._down_since = None
            self._told.discard("down")
        elif took_s > self._more_s + (HEALS_S if kind is None else HEALS_IN_S.get(kind, HEALS_S)):
            self._complain("down", now, f"out of order for {took_s:.1f} s")
        if self.in_peace and kind is None and now > HEALS_S and down:
            self._complain("down", now, "out of order though left in peace")

    def _look_at_hook(self, now: float, in_call: bool) -> None:
        hooks = self._modem.record.hooks
        off_hook = bool(hooks) and hooks[-1][1]
        if not off_hook:
            self._off_hook_since = self._without_call_since = None
            self._told -= {"off-hook", "without a call"}
            return
        self._off_hook_since = now if self._off_hook_since is None else self._off_hook_since
        self.longest_off_hook_s = max(self.longest_off_hook_s, now - self._off_hook_since)
        if now - self._off_hook_since > self._most_off_hook_s:
            self._complain("off-hook", now, "off-hook for longer than the longest call")
        if in_call:
            self._without_call_since = None
            return
        self._without_call_since = now if self._without_call_since is None else self._without_call_since
        if now - self._without_call_since > FREE_AFTER_S:
            self._complain("without a call", now, "off-hook without a call")

    def _look_at_sound(self, now: float) -> None:
        ran_dry = self._modem.record.underruns
        while self._underruns_seen < len(ran_dry):
            at = ran_dry[self._underruns_seen]
            self._underruns_seen += 1
            explained = self.last is not None and at <= self._explains_until
            self.underruns.append((at, self.last.kind.value if explained and self.last is not None else ""))

    def _complain(self, what: str, now: float, words: str) -> None:
        if what not in self._told:
            self._told.add(what)
            last = "" if self.last is None else f", last at {self.last.at:.1f} s: {self.last.kind.value}"
            self.complaints.append(f"{self.name} ({self.profile}) at {now:.1f} s: {words}{last}")


class Growth:
    """Memory, descriptors and threads of this process, looked at now and then.

    What grows by design is taken off: the sentences that the program remembers, up to a limit, and what the world
    writes down of everything as evidence (`KB_OF_ENTRY`, `KB_OF_STORY`).
    """

    def __init__(self) -> None:
        self.samples: list[tuple[float, int, float, int, int]] = []
        """Seconds of the clock, resident kB, kB among them that grow by design, descriptors, threads."""
        self._trim = ctypes.CDLL(None).malloc_trim

    def look(self, now: float, world: World, box: Box) -> None:
        """Garbage and what the allocator only keeps in reserve are given back first: they are no growth."""
        gc.collect()
        self._trim(0)
        entries = sum(_entries(modem.record) for modem in world.modems)
        kept_kb = entries * KB_OF_ENTRY + len(world.stories) * KB_OF_STORY
        kept_kb += sum(sound.nbytes for sound in list(box._prompts._memory.values())) / 1024
        self.samples.append((now, resident_kb(), round(kept_kb, 1), descriptors(), threading.active_count()))

    def slope_kb_per_s(self, since: float) -> float:
        """How fast the resident memory without those kB has grown since `since`, by least squares."""
        seen = np.array([(at, kb - kept_kb) for at, kb, kept_kb, _, _ in self.samples if at >= since])
        return float(np.polyfit(seen[:, 0], seen[:, 1], 1)[0]) if len(seen) > 2 else 0.0

    def complaints(self, since: float) -> list[str]:
        """At the end, when nobody calls, no more is open or running than at some moment before `since`."""
        early = [sample for sample in self.samples if sample[0] <= since]
        found = []
        for what, place in (("descriptors", 3), ("threads", 4)):
            most, last = max(sample[place] for sample in early), self.samples[-1][place]
            if last > most:
                found.append(f"{last} {what} at the end, {most} at the most in the beginning")
        return found


def _entries(record: ModemRecord) -> int:
    timed = len(record.hooks) + len(record.rings) + len(record.flashes_ms) + len(record.digits) + len(record.tones)
    said = len(record.events) + len(record.lines) + len(record.commands)
    return timed + said + len(record.underruns) + len(record.overruns)


class LogWatch(logging.Handler):
    """Counts what is logged, and keeps what should never be: exceptions nobody handled, and errors."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.counts: Counter[str] = Counter()
        self.complaints: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.counts[f"{record.levelname} {record.msg}"] += 1
        if (record.exc_info or record.levelno >= logging.ERROR) and len(self.complaints) < 50:
            self.complaints.append(f"logged: {logging.Formatter().format(record)}")

    def thread_broke(self, what: Any) -> None:
        """For `threading.excepthook`."""
        self.complaints.append(f"the thread {what.thread} broke: {what.exc_value!r}")


def resident_kb() -> int:
    """Resident memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmRSS:"))


def descriptors() -> int:
    """How many files, ports and pipes this process has open."""
    return len(os.listdir("/proc/self/fd")) - 1
