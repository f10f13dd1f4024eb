"""Whole office days in virtual time: a description in TOML and a seed give every ring, key and conversation of a day.

`simulate` runs the real engine and the real scripts; only the lines are event-level (`eventline`). The same day and
seed always give the same records, so a day is also a regression test, and its invariants (see `Report.complaints`)
hold for every seed.
"""

from hardware.simulated.days.day import Day
from hardware.simulated.days.known import known_days, load_day
from hardware.simulated.days.report import Report
from hardware.simulated.days.run import simulate

__all__ = ["Day", "Report", "known_days", "load_day", "simulate"]
