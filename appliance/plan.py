"""`frontdesk plan`: how many lines and people the office needs, from its own figures or from guessed ones (R30)."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from appliance.acd.advice import Advice, Traffic, advise, traffic_of
from appliance.acd.estimate import Estimate
from appliance.acd.hourly import Hour, busiest, hours, last_days
from appliance.call import CallRecord
from appliance.faults import BadSettings
from appliance.plain import plain
from appliance.settings import Settings, WaitingSettings
from appliance.store.ledger import open_for_reading
from appliance.store.settings import SettingsStore

MOST_CALLS = 100_000
"""So many of the last calls are looked at."""
FEW_DAYS = 5
"""Of fewer days little can be said."""


def plan(options: argparse.Namespace, tell: Callable[[str], None]) -> None:
    """Tell what the lines and people of this office mean for its callers, and how many would be enough.

    Raises:
        BadSettings: there are no calls to plan with, or more of both would be needed than anybody has.
    """
    advice, found = _of_office(options) if options.calls_per_hour is None else (_guessed(options), [])
    if options.json:
        tell(json.dumps(plain(advice) | {"hours": plain(found)}, indent=2))
        return
    for line in [*told(found), *advice.sentences()]:
        tell(line)


def _guessed(options: argparse.Namespace) -> Advice:
    """For an office without a history: every call is put through."""
    call_s = Estimate(WaitingSettings(talk_s=options.talk)).call_s
    calls = options.calls_per_hour
    traffic = Traffic("", calls, options.on_line, calls, call_s, options.patience)
    return _advise(traffic, options.lines or 0, options.people or 0)


def _of_office(options: argparse.Namespace) -> tuple[Advice, list[Hour]]:
    """From the calls in the ledger of this home."""
    settings, calls = _kept(options.home)
    calls = last_days(calls, options.days)
    lines = options.lines or len(settings.lines)
    found = hours(calls, max(1, lines))
    if not found or not any(hour.put_through for hour in found):
        advice = "Plan with guessed figures: frontdesk plan --calls-per-hour 30 --talk 120"
        raise BadSettings(f"nobody has been put through yet in {options.home}", advice)
    traffic = traffic_of(busiest(found), talk_s(calls, settings.waiting))
    return _advise(traffic, lines, options.people or len(settings.people)), found


def _advise(traffic: Traffic, lines: int, people: int) -> Advice:
    try:
        return advise(traffic, lines, people)
    except ValueError as refused:
        raise BadSettings(f"this cannot be planned: {refused}", "Look whether the numbers are right.") from refused


def _kept(home: Path) -> tuple[Settings, list[CallRecord]]:
    ledger = open_for_reading(home)
    try:
        return SettingsStore(home).load() or Settings(""), ledger.calls(MOST_CALLS)
    finally:
        ledger.close()


def talk_s(calls: Sequence[CallRecord], waiting: WaitingSettings) -> float:
    """How long one call keeps a colleague at work, by what the ledger knows of conversations."""
    estimate = Estimate(waiting)
    newest = max((call.started for call in calls), default=datetime.min.replace(tzinfo=UTC))
    estimate.learn(calls, 0.0, newest)
    return estimate.call_s


def told(found: Sequence[Hour]) -> list[str]:
    """Hour by hour, what the office was like."""
    if not found:
        return []
    days = found[0].days
    few = "" if days >= FEW_DAYS else " Wait for some more: so few say little."
    lines = [f"An average of {days} day(s) on which somebody called.{few}"]
    for hour in found:
        missed = f", {hour.offered - hour.calls:.1f} more heard busy" if hour.offered - hour.calls >= 0.05 else ""
        lines.append(
            f"{hour.hour:02}–{hour.hour + 1:02}  {hour.calls:5.1f} calls{missed};"
            f" {hour.put_through:.1f} put through, {hour.gave_up:.1f} gave up"
        )
    return lines
