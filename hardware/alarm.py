"""The alarm clock: wakes the engine at the moment at which the next card falls due (R25).

It holds no truth. What is due is worked out from the cards and the clock by whoever is woken; a job's body does
nothing but wake. APScheduler keeps the one job in memory, by the wall clock: with `coalesce`, and without a grace time,
a moment that is past when the job is set, or that a correction of the clock jumps over, wakes once and at once.

Its wait is worked out from the wall clock when the job is set. A clock that is set while it waits is therefore seen by
the engine's own look round, every 30 s of a clock that nobody can set (`appliance.box`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

JOB = "due"


class Alarm:
    """Calls `wake` at the moment that was set last, in a thread of its own."""

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake = wake
        self._moment: datetime | None = None
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 2},
        )

    def start(self) -> None:
        """Begin to watch the clock."""
        self._scheduler.start()

    def set(self, moment: datetime | None) -> None:
        """Wake at this moment instead of any set before; `None`: not at all."""
        if moment == self._moment:
            return
        self._moment = moment
        if moment is not None:
            self._scheduler.add_job(self._wake, "date", run_date=moment, id=JOB, replace_existing=True)
        elif self._scheduler.get_job(JOB) is not None:
            self._scheduler.remove_job(JOB)

    def stop(self) -> None:
        """Wake nobody any more; returns when the thread has ended."""
        if self._scheduler.running:
            # Stopped in the middle of a job it would look in vain for the one it has just run: it has to rest first.
            self._scheduler.pause()
            self._scheduler.remove_all_jobs()
            self._scheduler.shutdown(wait=True)
