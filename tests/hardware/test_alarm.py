"""The alarm clock wakes at the next due moment, in real time; it forgets one that was set before (R25)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from hardware.alarm import Alarm

SOON = timedelta(milliseconds=150)
NEVER_S = 20.0
"""Longer than any machine is late."""


class Sleeper:
    """Somebody who wants to be woken."""

    def __init__(self) -> None:
        self.woken_at: list[datetime] = []
        self.awake = threading.Event()

    def wake(self) -> None:
        """It rings."""
        self.woken_at.append(datetime.now().astimezone())
        self.awake.set()


@contextmanager
def alarm_of(sleeper: Sleeper) -> Iterator[Alarm]:
    """An alarm clock that runs."""
    alarm = Alarm(sleeper.wake)
    alarm.start()
    try:
        yield alarm
    finally:
        alarm.stop()


def test_the_alarm_wakes_at_the_moment_set_last_never_early_and_once() -> None:
    sleeper = Sleeper()
    with alarm_of(sleeper) as alarm:
        moment = datetime.now().astimezone() + SOON
        alarm.set(moment + timedelta(days=1))  # the card that was due then was moved
        alarm.set(moment)
        assert sleeper.awake.wait(NEVER_S)
    assert len(sleeper.woken_at) == 1
    assert sleeper.woken_at[0] >= moment


def test_a_moment_that_a_correction_of_the_clock_jumped_over_wakes_at_once() -> None:
    sleeper = Sleeper()
    with alarm_of(sleeper) as alarm:
        alarm.set(datetime.now().astimezone() - timedelta(hours=3))
        assert sleeper.awake.wait(NEVER_S)
    assert len(sleeper.woken_at) == 1


def test_an_alarm_that_was_taken_back_does_not_ring() -> None:
    sleeper = Sleeper()
    with alarm_of(sleeper) as alarm:
        alarm.set(datetime.now().astimezone() + SOON)
        alarm.set(None)
        later = Sleeper()
        with alarm_of(later) as other:
            other.set(datetime.now().astimezone() + 2 * SOON)
            assert later.awake.wait(NEVER_S)
    assert sleeper.woken_at == []
