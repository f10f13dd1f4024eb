"""Whole office days in virtual time: the invariants hold for every seed, and the same seed gives the same day."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.call import Outcome
from appliance.faults import BadSettings
from hardware.simulated.days import known_days, load_day, simulate

OWN = """title = "x"
lines = 2
opens = "09:00"
closes = "10:00"
hourly = [9]
patience_s = 60
talk_s = 60
strategy = "longest idle"
[[people]]
name = "A"
extension = "1"
"""


@pytest.mark.parametrize("day", known_days())
@pytest.mark.parametrize("seed", range(3))
def test_no_invariant_is_broken(day: str, seed: int) -> None:
    """One record per ring, a card for whoever was not served, every line on-hook, nobody waits past the limit or is
    told a longer wait than before.
    """
    report = simulate(load_day(day), seed)
    assert report.complaints == ()
    assert report.records


def test_everybody_who_calls_rings_or_meets_busy_lines() -> None:
    monday = replace(load_day("monday"), lines=3)
    report = simulate(monday, 1)
    assert report.turned_away > 0
    assert len(report.calls) + report.turned_away == monday.calls


def test_on_a_public_holiday_nobody_is_put_through(tmp_path: Path) -> None:
    """R3: the office knows the holiday by itself, and the day before is none."""
    holiday = load_day("holiday")
    assert simulate(holiday, 1).totals["put_through"] == 0
    the_day_before = replace(holiday, date=holiday.date - timedelta(days=1))
    complaints = simulate(the_day_before, 1).complaints
    assert complaints and all("though nobody works" in complaint for complaint in complaints)


def test_who_is_ill_takes_no_call_and_the_others_take_hers() -> None:
    report = simulate(load_day("one_person_ill"), 1)
    assert report.loads["Celina"].calls == 0
    assert min(load.calls for name, load in report.loads.items() if name != "Celina") > 50


def test_nobody_is_put_through_to_somebody_at_lunch() -> None:
    """R15: while she is at lunch, and has told the box, her telephone does not even ring."""
    day = load_day("lunch")
    opens = datetime.combine(day.date, day.opens, UTC)
    noon, back = opens.replace(hour=12), opens.replace(hour=12, minute=45)
    attempts = [
        attempt
        for record in simulate(day, 1).records
        for attempt in record.transfers
        if attempt.extension == "11" and noon + timedelta(seconds=40) < attempt.at < back
    ]
    assert attempts == []


def test_the_totals_are_those_of_the_calls() -> None:
    report = simulate(load_day("monday_morning"), 4)
    told = report.as_json()
    totals = told["totals"]
    through = [one for one in told["records"] if one["outcome"] == "put through"]
    waits = sorted(one["waits"][-1]["seconds"] for one in through)
    assert totals["put_through"] == len(waits) == sum(load["calls"] for load in totals["load"].values())
    assert totals["wait_longest_s"] == pytest.approx(waits[-1], abs=0.05)
    assert totals["service_level"] == pytest.approx(sum(wait <= 20 for wait in waits) / told["calls"], abs=1e-3)
    assert totals["told_wait_held"] > 0.7
    assert 0.2 < totals["load"]["Anna"]["talking"] < 1.0


def test_a_day_of_ones_own_says_who_calls_who_works_and_how_calls_are_shared(tmp_path: Path) -> None:
    path = tmp_path / "day.toml"
    path.write_text(
        """
        title = "mine"
        lines = 4
        opens = "09:00"
        closes = "11:00"
        hourly = [30, 0]
        patience_s = 200
        talk_s = 60
        groups = [
            {name = "sales", people = ["1"], share = 3, strategy = "fixed order", overflow = "service"},
            {name = "service", people = ["2"]},
        ]
        [[people]]
        name = "Anna"
        extension = "1"
        away = ["10:00-11:00 in a meeting"]
        [[people]]
        name = "Boris"
        extension = "2"
        """,
        encoding="utf-8",
    )
    report = simulate(load_day(str(path)), 1)
    assert report.complaints == ()
    groups = Counter(record.waits[0].group for record in report.records if record.waits)
    assert groups["sales"] > groups["service"] > 0
    assert max(record.started.hour for record in report.records if not record.outgoing) == 9


def test_the_same_seed_gives_the_same_day() -> None:
    first, again, other = (json.dumps(simulate(load_day("monday"), seed).as_json()) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_in_a_storm_most_callers_still_get_a_person_a_promise_or_a_card() -> None:
    report = simulate(load_day("storm"), 1)
    assert report.outcomes[Outcome.CALLBACK.value] > 20
    assert report.outcomes[Outcome.MESSAGE.value] > 5
    abandoned = [record.number for record in report.records if record.outcome is Outcome.ABANDONED]
    assert set(abandoned) <= {card.call for card in report.cards}


def test_calls_are_answered_by_the_second_ring() -> None:
    report = simulate(load_day("monday"), 2)
    assert {record.rings for record in report.records if record.answer_s is not None} <= {1, 2}
    with_number = [record for record in report.calls if record.caller_id.number]
    assert {record.rings for record in with_number} == {1}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("calls = ", "TOML"),
        ('title = "x"', "cannot be understood"),
        ('titel = "x"', "titel"),
        ("[[people]]\nname = 1", "cannot be understood"),
        (OWN.replace("lines = 2", "lines = 0"), "lines must be 1 to 100"),
        (OWN.replace("talk_s = 60", "talk_s = 0"), "talk_s must be"),
        (OWN.replace("hourly = [9]", "hourly = [-9]"), "none below zero"),
        (OWN.replace("hourly = [9]", "hourly = [0]"), "somebody must call"),
        (OWN.replace('closes = "10:00"', 'closes = "08:00"'), "open before it closes"),
        (OWN.replace('"longest idle"', '"best hair"'), "a strategy is one of longest idle"),
        (OWN + 'away = ["10:00-09:00 at lunch"]', "is not a time when somebody is away"),
        (OWN + 'away = ["09:00-10:00 on the moon"]', "cannot be understood"),
        (OWN + '[[groups]]\nname = "a"\npeople = ["7"]', "somebody who is not among the people"),
        (OWN + '[[groups]]\nname = "a"\npeople = ["1"]\noverflow = "b"', "overflows into one that is none"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "day.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings, match=sentence):
        load_day(str(path))


def test_an_unknown_day_names_the_known_ones() -> None:
    with pytest.raises(BadSettings, match="monday, monday_morning, one_person_ill, quiet, storm"):
        load_day("sunday")
