"""The watchdog ends a program that hangs, and no other (R37)."""

from __future__ import annotations

import threading

from appliance.clock import SystemClock
from hardware.watchdog import Watchdog

PATIENCE_S = 20.0


def test_a_thread_that_does_not_come_back_to_its_clock_is_named() -> None:
    ended: list[str] = []
    told, over = threading.Event(), threading.Event()

    def end(name: str) -> None:
        ended.append(name)
        told.set()

    with Watchdog(SystemClock(), end, longest_awake_s=0.2) as clock:
        sleeper, hanger = clock.waiter("Line 1"), clock.waiter("Line 2")
        threads = [
            threading.Thread(target=lambda: sleeper.wait(clock.now() + PATIENCE_S)),
            threading.Thread(target=over.wait),
        ]
        for thread in threads:
            thread.start()
        assert told.wait(PATIENCE_S)
        over.set()
        sleeper.ring()
        for thread in threads:
            thread.join()
        sleeper.close()
        hanger.close()
    assert ended == ["Line 2"]


def test_who_sleeps_for_long_or_has_left_does_not_hang() -> None:
    ended: list[str] = []
    with Watchdog(SystemClock(), ended.append, longest_awake_s=0.3) as clock:
        clock.waiter("left").close()
        seat = clock.waiter("sleeps")
        seat.wait(clock.now() + 1.0)
        seat.close()
    assert ended == []
