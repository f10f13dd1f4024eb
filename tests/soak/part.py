"""One part of the soak: the real program on one modem of every make, for hours of line time, with misfortunes.

    python -m tests.soak.part SEED LINE_HOURS REPORT.json

It is a process of its own, so that memory and descriptors can be looked at. What it saw, and every complaint, goes into
the report; `test_modems_soak` reads it.
"""

from __future__ import annotations

import faulthandler
import heapq
import json
import logging
import math
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from appliance.box import Box
from appliance.clock import ScaledClock
from appliance.main import box_of
from appliance.settings import (
    GroupSettings,
    HandoverSettings,
    LineSettings,
    MenuSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)
from appliance.store.ledger import open_for_reading
from hardware.simulated.fakemodem import FakeModem
from hardware.simulated.modemfaults import Faults
from hardware.simulated.plugs import site_of
from hardware.simulated.profiles import PROFILES
from hardware.simulated.saved import NoTape
from hardware.simulated.world import PlannedModem, World
from tests.soak import crowd
from tests.soak.misfortunes import Misfortune, befall, habit_of, may_run_dry, misfortunes, recover
from tests.soak.verdicts import Books, judge_book, judge_callers, judge_rings
from tests.soak.watch import Growth, LineWatch, LogWatch, descriptors

ZERO = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LONGEST_CALL_S = 300.0
END_S = LONGEST_CALL_S + 90.0
"""Longer than anybody can still be on a line when the last caller has called."""
LOOK_EVERY_S, LOOK_AT_MEMORY_EVERY_S, PLACED_AHEAD_S = 1.0, 10.0, 30.0
STANDS_STILL_S = 120.0
"""Real seconds without a second of line time, after which the process tells where it stands and ends."""
SETUPS = {"cx-rd02": ("AT!4886=00",)}
"""What the owner of such a modem has to write into the settings (quirk Q5)."""
NEVER_RINGS_FIRST = "no-voice"
"""It cannot answer, so the hunt group should come to it last."""

OFFICE = Settings(
    company="Northwind",
    country="pl",
    operator="11",
    people=tuple(PersonSettings(who.name, who.extension) for who in crowd.staff(0, 0.0)),
    groups=(GroupSettings("sales", ("11", "12", "13"), "service"), GroupSettings("service", ("21", "22"), "sales")),
    menu=MenuSettings((("1", "sales"), ("2", "service")), "sales"),
    handover=HandoverSettings(way="answered"),
    waiting=WaitingSettings(
        come_back_s=25.0, longest_s=150.0, longest_call_s=LONGEST_CALL_S, talk_s=25.0, retry_s=8.0, wrap_up_s=3.0
    ),
)


class SoakWorld(World):
    """A world that keeps no sound at all, not even what was on our lines: it would be the growth that is looked for."""

    def _let_people_call(self, at: float) -> None:
        super()._let_people_call(at)
        for ongoing in self._ongoing:
            trace = ongoing.call.trace
            if not isinstance(trace.heard, NoTape):
                trace.heard, trace.said = NoTape(), NoTape()


class Part:
    """A soak of `line_hours` over all lines together."""

    def __init__(self, seed: int, line_hours: float, home: Path) -> None:
        self.seed = seed
        self.descriptors_before = descriptors()
        names = sorted(PROFILES, key=lambda name: (name == NEVER_RINGS_FIRST, hash_of(name, seed)))
        self.length_s = line_hours * 3600 / len(names)
        self.clock = ScaledClock(math.inf, ZERO)
        self.complaints: list[str] = []
        self.done: Counter[str] = Counter()
        self.underruns_without_cause = 0
        in_peace = {place for place in range(len(names)) if place % 3 == seed % 3}
        self.habits = [Faults() if n in in_peace else habit_of(n, seed) for n in range(len(names))]
        links = [home / f"modem-{n}" for n in range(1, len(names) + 1)]
        modems = [
            PlannedModem(PROFILES[name], link, habit)
            for name, link, habit in zip(names, links, self.habits, strict=True)
        ]
        people = crowd.staff(seed, self.length_s)
        self.world = SoakWorld(
            self.clock, country=OFFICE.country, modems=modems, staff=people, keep_audio=False, seed=seed
        )
        self.watches = [
            LineWatch(f"Line {n + 1}", modem, n in in_peace, self.habits[n], LONGEST_CALL_S)
            for n, modem in enumerate(self.world.modems)
        ]
        lines = tuple(
            LineSettings(watch.name, str(link), modem_setup=SETUPS.get(watch.profile, ()))
            for watch, link in zip(self.watches, links, strict=True)
        )
        self.home = home
        self.settings = replace(OFFICE, lines=lines)
        self.growth, self.log = Growth(), LogWatch()
        self._moved_at = time.monotonic()
        self.over = threading.Event()
        self.callers = crowd.callers(seed, self.length_s)
        self.releases = [caller.release for caller in self.callers]
        befallen = [n for n in range(len(names)) if n not in in_peace]
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        for misfortune in misfortunes(seed, befallen, 15.0, self.length_s):
            self._plan(misfortune)

    def _plan(self, misfortune: Misfortune) -> None:
        modem, habit = self.world.modems[misfortune.place], self.habits[misfortune.place]

        def begin() -> None:
            self.done[misfortune.kind.value] += 1
            self.watches[misfortune.place].befallen(misfortune)
            befall(modem, habit, misfortune)

        order = len(self._agenda)
        heapq.heappush(self._agenda, (misfortune.at, order, begin))
        end = misfortune.at + misfortune.lasts_s
        heapq.heappush(self._agenda, (end, order + 1, lambda: recover(modem, habit, misfortune)))

    # ------------------------------------------------------------ running

    def run(self) -> dict[str, Any]:
        """Everything from the first opening of the ports to the last thread's end; what was seen of it."""
        began = time.monotonic()
        threads = set(threading.enumerate())
        logging.getLogger().addHandler(self.log)
        threading.excepthook = self.log.thread_broke
        seat = self.clock.waiter("soak")
        self.world.start()
        box = box_of(self.settings, self.home, self.clock, site_of(self.world))
        box.start()
        try:
            self._live(box, seat)
            self._all_is_quiet(box)
        finally:
            seat.close()
            box.stop()
            self.world.stop()
        if left := {thread.name for thread in threading.enumerate()} - {thread.name for thread in threads}:
            self.complaints.append(f"threads that did not end: {sorted(left)}")
        if (left_open := descriptors() - self.descriptors_before) > 0:
            self.complaints.append(f"{left_open} descriptors were left open")
        self.complaints += self.growth.complaints(self.length_s / 6)
        return self._report(time.monotonic() - began)

    def _live(self, box: Box, seat: Any) -> None:
        """Let callers and misfortunes come, and look around every second, until all callers have been served."""
        next_look = next_memory = 0.0
        while self.clock.now() < self.length_s + END_S:
            now = self.clock.now()
            while self._agenda and self._agenda[0][0] <= now:
                heapq.heappop(self._agenda)[2]()
            while self.callers and self.callers[0].at_s <= now + PLACED_AHEAD_S:
                self.world.place(self.callers.pop(0))
            if now >= next_look:
                next_look = now + LOOK_EVERY_S
                self._moved_at = time.monotonic()
                for watch, line in zip(self.watches, box.board.lines, strict=True):
                    watch.look(now, line.state)
            if now >= next_memory:
                next_memory = now + LOOK_AT_MEMORY_EVERY_S
                self.growth.look(now, self.world, box)
            over = not self.callers and not self._agenda and self.world.done and not box.busy
            if over or box.crashed or self.world.failure is not None:
                break
            seat.wait(min(next_look, self._agenda[0][0] if self._agenda else math.inf))
        until = self.clock.now() + 25.0  # an idle modem is asked every ten seconds whether it still knows everything
        while self.clock.now() < until:
            seat.wait(until)
        self.growth.look(self.clock.now(), self.world, box)

    def _all_is_quiet(self, box: Box) -> None:
        """At the end every line is on-hook, free, and fit for the next call."""
        if box.crashed:
            self.complaints.append("the engine broke")
        if not self.world.done:
            self.complaints.append("some callers were still on the line at the end")
        for watch, line, modem in zip(self.watches, box.board.lines, self.world.modems, strict=True):
            watch.look(self.clock.now(), line.state)
            fit = "cannot answer" if watch.profile == "no-voice" else "free"
            hooks = modem.record.hooks
            if line.state != fit or (hooks and hooks[-1][1]):
                self.complaints.append(f"{watch.name} ({watch.profile}) at the end: {line.state}")

    def stand_guard(self) -> None:
        """In a thread of its own: end a process in which time stands still, and tell why."""
        while not self.over.wait(1.0):
            if time.monotonic() > self._moved_at + STANDS_STILL_S:
                sys.stderr.write(f"time stands still: {self.clock.describe()}\n")
                faulthandler.dump_traceback()
                os._exit(1)

    # ------------------------------------------------------------ judging

    def _report(self, took_s: float) -> dict[str, Any]:
        ledger = open_for_reading(self.home)
        books = Books(ledger.calls(10**9), ledger.cards(open_only=False), ZERO)
        ledger.close()
        troubles = [span for watch in self.watches for span in watch.troubles]
        deaf = {watch.name for watch, modem in zip(self.watches, self.world.modems, strict=True) if is_deaf(modem)}
        served, lost = judge_callers(self.world.stories, books, self.world.began, troubles, self.releases, deaf)
        rings = [
            judge_rings(modem, watch.name, books)
            for watch, modem in zip(self.watches, self.world.modems, strict=True)
            if watch.in_peace
        ]
        self.complaints += [f"the log's: {words}" for words in self.log.complaints] + lost + judge_book(books)
        self.complaints += [words for words in rings if words]
        for watch, habit in zip(self.watches, self.habits, strict=True):
            self.complaints += watch.complaints
            without = [at for at, why in watch.underruns if not why]
            if without and not may_run_dry(habit):
                self.underruns_without_cause += len(without)
                moments = ", ".join(f"{at:.1f}" for at in without[:8])
                self.complaints.append(
                    f"{watch.name} ({watch.profile}): {len(without)} under-runs without a cause, at {moments}; {habit}"
                )
        return self._figures(took_s, served, books)

    def _figures(self, took_s: float, served: Counter[str], books: Books) -> dict[str, Any]:
        healed: dict[str, float] = {}
        for watch in self.watches:
            for why, seconds in watch.healed_in_s.items():
                healed[why] = round(max(healed.get(why, 0.0), seconds), 1)
        since = self.length_s / 6
        slope = self.growth.slope_kb_per_s(since)
        return {
            "seed": self.seed,
            "lines": len(self.watches),
            "line_s": round(self.clock.now() * len(self.watches)),
            "took_s": round(took_s, 1),
            "calls": len(books.records),
            "cards": len(books.cards),
            "callers": dict(served),
            "outcomes": dict(Counter("none" if r.outcome is None else r.outcome.value for r in books.records)),
            "misfortunes": dict(self.done),
            "healed_in_s": healed,
            "longest_off_hook_s": max(watch.longest_off_hook_s for watch in self.watches),
            "underruns": sum(len(watch.underruns) for watch in self.watches),
            "underruns_without_cause": self.underruns_without_cause,
            "slope_kb_per_line_hour": round(slope * 3600 / len(self.watches), 1),
            "grown_kb": round(slope * (self.clock.now() - since)),
            "growth": self.growth.samples,
            "logged": dict(self.log.counts.most_common(40)),
            "complaints": self.complaints,
        }


def is_deaf(modem: FakeModem) -> bool:
    """Does it hear nothing while it speaks?"""
    return "+VTR" not in modem.profile.actions


def hash_of(name: str, seed: int) -> int:
    """An order of the makes that differs from part to part; Python's own hash differs from run to run."""
    return sum(ord(letter) * (seed * 31 + place * 17 + 7) for place, letter in enumerate(name)) % 997


def main() -> int:
    """Run the part and write its report."""
    seed, line_hours, report = int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
    with tempfile.TemporaryDirectory(prefix="frontdesk-soak-") as home:
        part = Part(seed, line_hours, Path(home))
        threading.Thread(target=part.stand_guard, name="guard", daemon=True).start()
        seen = part.run()
        part.over.set()
    report.write_text(json.dumps(seen, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
