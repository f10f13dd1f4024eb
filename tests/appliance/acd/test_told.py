"""Whether the waits that callers were told came true (R11, R29)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.acd.told import served, share_held, truth, verdicts
from appliance.call import Announced, CallerId, CallRecord, Outcome, TransferAttempt, TransferResult, Wait
from appliance.main import WENT_WELL, main
from appliance.store.ledger import LEDGER_NAME, Ledger

BEGAN = datetime(2026, 11, 23, 10, tzinfo=UTC)


def record(outcome: Outcome, waited_s: float, *told: tuple[float, int, int]) -> CallRecord:
    taken = TransferAttempt(BEGAN + timedelta(seconds=waited_s), "11", "Anna", TransferResult.TAKEN, 10.0)
    announced = tuple(Announced(*one) for one in told)
    return CallRecord(
        1,
        "Line 1",
        BEGAN,
        CallerId(),
        1,
        0.5,
        outcome=outcome,
        waits=(Wait("sales", waited_s, announced),),
        transfers=(taken,) if outcome is Outcome.TRANSFERRED else (),
    )


def test_a_wait_that_ends_between_the_minutes_told_holds() -> None:
    [first, then] = verdicts(record(Outcome.TRANSFERRED, 200.0, (40.0, 2, 4), (100.0, 0, 1)))
    assert (first.followed_s, first.holds, first.error_s) == (160.0, True, 20.0)
    assert (then.followed_s, then.holds, then.error_s) == (100.0, False, -70.0)
    assert first.at == BEGAN + timedelta(seconds=40)


def test_a_caller_counts_by_the_share_of_what_they_were_told() -> None:
    assert share_held(record(Outcome.TRANSFERRED, 200.0, (40.0, 2, 4), (100.0, 0, 1))) == 0.5


def test_who_hung_up_too_late_was_told_something_wrong_and_of_who_hung_up_before_nothing_is_known() -> None:
    assert share_held(record(Outcome.ABANDONED, 200.0, (40.0, 0, 2))) == 0.0
    assert share_held(record(Outcome.ABANDONED, 100.0, (40.0, 0, 2))) is None
    assert share_held(record(Outcome.CALLBACK, 60.0)) is None


def test_a_caller_whom_nobody_took_was_not_served() -> None:
    assert served(record(Outcome.ABANDONED, 100.0)) is None
    assert served(record(Outcome.TRANSFERRED, 100.0)) == (Wait("sales", 100.0), BEGAN + timedelta(seconds=100))


def test_programs_can_read_what_a_caller_was_told_and_what_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R29: the error of an announcement is kept with the call, and can be had of `frontdesk calls`."""
    ledger = Ledger(tmp_path / LEDGER_NAME)
    ledger.finish(record(Outcome.TRANSFERRED, 200.0, (40.0, 2, 4)))
    ledger.close()
    assert main(["calls", "--home", str(tmp_path), "--json"]) == WENT_WELL
    [told] = json.loads(capsys.readouterr().out)["told_waits"]
    assert told["announced"] == {"after_s": 40.0, "low_min": 2, "high_min": 4}
    assert (told["followed_s"], told["holds"], told["error_s"]) == (160.0, True, 20.0)


def test_the_truth_of_a_day_is_told_in_three_numbers() -> None:
    calls = [
        record(Outcome.TRANSFERRED, 200.0, (40.0, 2, 4)),
        record(Outcome.ABANDONED, 300.0, (40.0, 0, 1)),
        record(Outcome.CALLBACK, 60.0, (40.0, 0, 1)),
    ]
    day = truth(calls)
    assert day is not None
    assert (day.callers, day.held, day.error_s) == (2, 0.5, 20.0)
    assert truth([record(Outcome.CALLBACK, 60.0)]) is None
