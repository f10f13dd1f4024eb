"""Whole office days in virtual time: the invariants hold for every seed, and the same seed gives the same day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.call import Outcome
from appliance.faults import BadSettings
from hardware.simulated.days import known_days, load_day, simulate


@pytest.mark.parametrize("day", known_days())
@pytest.mark.parametrize("seed", range(8))
def test_no_invariant_is_broken(day: str, seed: int) -> None:
    """One record per ring, a card for whoever was not served, every line on-hook, nobody waits past the limit."""
    report = simulate(load_day(day), seed)
    assert report.complaints == ()
    assert len(report.records) + report.turned_away == load_day(day).calls


def test_the_same_seed_gives_the_same_day() -> None:
    first, again, other = (json.dumps(simulate(load_day("monday"), seed).as_json()) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_in_a_storm_most_callers_still_get_a_person_a_promise_or_a_card() -> None:
    report = simulate(load_day("storm"), 1)
    assert report.outcomes[Outcome.CALLBACK.value] > 20
    assert report.outcomes[Outcome.MESSAGE.value] > 10
    abandoned = [record.number for record in report.records if record.outcome is Outcome.ABANDONED]
    assert set(abandoned) <= {card.call for card in report.cards}


def test_calls_are_answered_by_the_second_ring() -> None:
    report = simulate(load_day("monday"), 2)
    assert {record.rings for record in report.records if record.answer_s is not None} <= {1, 2}
    with_number = [record for record in report.records if record.caller_id.number]
    assert {record.rings for record in with_number} == {1}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("calls = ", "TOML"),
        ('title = "x"', "cannot be understood"),
        ('titel = "x"', "titel"),
        ("[[people]]\nname = 1", "cannot be understood"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "day.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings, match=sentence):
        load_day(str(path))


def test_an_unknown_day_names_the_known_ones() -> None:
    with pytest.raises(BadSettings, match="monday, quiet, storm"):
        load_day("sunday")
