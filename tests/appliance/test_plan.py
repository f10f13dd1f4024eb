"""`frontdesk plan`: what an office's own calls say about its lines and people (R30)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from appliance.acd.hourly import all_busy, busiest, hours, last_days
from appliance.acd.planning import busy
from appliance.call import CallerId, CallRecord, Outcome, TransferAttempt, TransferResult, Wait
from appliance.main import MISUSED, WENT_WELL, main
from appliance.settings import LineSettings, PersonSettings, Settings
from appliance.store.ledger import LEDGER_NAME, Ledger
from appliance.store.settings import SettingsStore

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def call(number: int, started: datetime, seconds: float, outcome: Outcome = Outcome.TRANSFERRED) -> CallRecord:
    record = CallRecord(number, "Line 1", started, CallerId(), 1, 5.0, seconds - 5.0, outcome)
    record = replace(record, waits=(Wait("", seconds / 2),))
    if outcome is not Outcome.TRANSFERRED:
        return record
    end = started + timedelta(seconds=seconds)
    return replace(record, transfers=(TransferAttempt(end, "11", "Anna", TransferResult.TAKEN, 10.0),))


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def test_calls_are_counted_by_the_hour_in_which_they_came() -> None:
    calls = [call(1, at(9, 59), 120.0), call(2, at(10), 60.0), call(3, at(10, 30, day=1), 60.0, Outcome.ABANDONED)]
    nine, ten = hours(calls, lines=2)
    assert (nine.hour, nine.days, nine.calls, nine.on_line_s, nine.put_through) == (9, 2, 0.5, 120.0, 0.5)
    assert (ten.hour, ten.calls, ten.on_line_s, ten.put_through, ten.gave_up, ten.waited_s) == (
        10,
        1,
        60.0,
        0.5,
        0.5,
        30.0,
    )


def test_lines_are_all_busy_from_the_last_one_taken_to_the_first_one_free() -> None:
    calls = [call(1, at(10), 300.0), call(2, at(10, 2), 300.0), call(3, at(10, 20), 60.0)]
    assert list(all_busy(calls, lines=2)) == [(at(10, 2), at(10, 5))]


def test_time_without_a_free_line_belongs_to_the_hour_in_which_it_was() -> None:
    calls = [call(1, at(9, 50), 1800.0), call(2, at(10, 40), 60.0)]
    nine, ten = hours(calls, lines=1)
    assert (nine.all_busy, ten.all_busy) == pytest.approx((10 / 60, 21 / 60))


@pytest.mark.parametrize("lines", [1, 2, 4])
def test_callers_who_heard_busy_are_found_though_they_never_rang(lines: int) -> None:
    """R30: forty a day dial in an hour, and keep a line for three minutes; the ledger sees those who found one free."""
    rng, calls, lost, days = Random(lines), [], 0, 60
    for day in range(days):
        ends: list[datetime] = []
        moment = at(10, day=day)
        while (moment := moment + timedelta(seconds=rng.expovariate(40 / 3600))) < at(11, day=day):
            ends = [end for end in ends if end > moment]
            if len(ends) == lines:
                lost += 1
                continue
            seconds = 5.0 + rng.expovariate(1 / 175)
            ends.append(moment + timedelta(seconds=seconds))
            calls.append(call(len(calls) + 1, moment, seconds))
    ten = next(hour for hour in hours(calls, lines) if hour.hour == 10)
    assert ten.offered == pytest.approx(len(calls) / days + lost / days, rel=0.06)
    assert (ten.offered - ten.calls) / ten.offered == pytest.approx(busy(lines, 40 * 180 / 3600), rel=0.15)


def test_colleagues_who_use_the_box_are_no_callers() -> None:
    assert hours([call(1, at(10), 60.0, Outcome.STAFF)], lines=1) == []


def test_the_busiest_hours_follow_one_another() -> None:
    calls = [call(n, at(hour, n % 50), 30.0) for n, hour in enumerate([8, 8, 8, 10, 10, 11, 11, 14, 14, 14])]
    assert [hour.hour for hour in busiest(hours(calls, lines=9))] == [10, 11]
    assert busiest([]) == []


def test_only_the_last_days_count() -> None:
    calls = [call(day, at(10, day=day), 60.0) for day in (0, 3, 7, 8)]
    assert [one.number for one in last_days(calls, 2)] == [7, 8]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An office with one line and one person, and five busy mornings."""
    people = (PersonSettings("Anna", "11"),)
    SettingsStore(tmp_path).save(Settings("Example", lines=(LineSettings("Line 1", "/dev/ttyACM0"),), people=people))
    ledger, number = Ledger(tmp_path / LEDGER_NAME), 0
    for day in range(5):
        for hour, count in ((9, 4), (10, 16), (11, 16), (14, 2)):
            for minute in range(0, 60, 60 // count):
                number += 1
                ledger.finish(call(number, at(hour, minute, day), 120.0))
    ledger.close()
    return tmp_path


def test_an_office_is_told_what_its_lines_mean_for_callers_in_its_busiest_hours(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "--home", str(home)]) == WENT_WELL
    told = capsys.readouterr().out
    assert "Lines of the box between 10 and 12: one line:" in told
    assert "hears busy; two lines: 1 caller in" in told
    assert "Enough are" in told
    assert "10–11   20.0 calls" in told


def test_the_same_for_programs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--home", str(home), "--json"]) == WENT_WELL
    told = json.loads(capsys.readouterr().out)
    assert [hour["hour"] for hour in told["hours"]] == [9, 10, 11, 14]
    load = told["traffic"]["calls"] * told["traffic"]["on_line_s"] / 3600
    assert [one["hear_busy"] for one in told["lines"]] == [busy(one["lines"], load) for one in told["lines"]]
    assert told["lines"][0]["lines"] == 1 and told["enough_lines"] > 1


def test_an_office_without_a_history_is_planned_from_a_guess(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--calls-per-hour", "30", "--talk", "120"]) == WENT_WELL
    told = capsys.readouterr().out
    assert "two lines: 1 caller in 13 hears busy" in told
    assert "one person: more work than they can do, so the queue grows" in told


def test_impatient_callers_give_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--calls-per-hour", "60", "--patience", "120", "--people", "3"]) == WENT_WELL
    assert "three people: 1 caller in 3 waits longer than a minute, 1 caller in 3 gives up" in capsys.readouterr().out


def test_a_queue_that_grows_for_ever_is_no_number_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--calls-per-hour", "60", "--people", "1", "--json"]) == WENT_WELL
    assert json.loads(capsys.readouterr().out)["people"][0]["mean_wait_s"] is None


def test_an_office_without_calls_is_told_how_to_plan_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "--home", str(tmp_path)]) == MISUSED
    assert "nobody has been put through yet" in (told := capsys.readouterr().err)
    assert "--calls-per-hour 30" in told


def test_more_than_anybody_has_cannot_be_planned(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--calls-per-hour", "10000", "--talk", "36000"]) == MISUSED
    assert "this cannot be planned: more than 2000 lines would be needed" in capsys.readouterr().err
