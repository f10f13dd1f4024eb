"""The table of ears: shares are added up, limits are judged, and one section of the results leaves the others alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from appliance.acts import Heard
from appliance.signals.callerid import Scheme
from appliance.signals.countries import COUNTRIES
from bench import ears, hearing
from bench.__main__ import write_section
from bench.corpus.dtmf_conditions import CONDITIONS
from bench.hearing import Count
from bench.peers import ours

COSTS = ears.Cost(ours_s=0.3, ours_one_country_s=0.25, spandsp_s=0.02)


def test_ours_takes_the_keys_of_a_clean_line_and_leaves_what_is_none() -> None:
    taken = hearing.keys(0, 20)["keys to take", "ours"]
    assert (taken.right, taken.wrong, taken.of) == (20, 0, 20)
    assert 30.0 < np.median(taken.late_ms) < 80.0
    [off] = [number for number, condition in enumerate(CONDITIONS) if condition.name == "both 4.5 % off, A-law"]
    assert hearing.keys(off, 20)["keys to leave", "ours"] == Count(of=20)


def test_shares_are_added_up() -> None:
    whole = Count(right=1, of=2, late_ms=[40.0])
    whole.add(Count(right=2, wrong=1, of=3, seconds=1.5, late_ms=[60.0]))
    assert whole == Count(right=3, wrong=1, of=5, seconds=1.5, late_ms=[40.0, 60.0])


def test_a_row_says_what_each_program_reached_and_whether_ours_suffices() -> None:
    counts = {
        ("keys to take", "ours"): Count(right=999, of=1000, late_ms=[48.0, 52.0, 70.0]),
        ("keys to take", "spandsp"): Count(right=880, wrong=4, of=1000),
        ("speech", "ours"): Count(wrong=1, seconds=7200.0),
    }
    taken, late, speech, cost = ears.table(counts, COSTS)[2:]
    assert taken.endswith("| 88.00 % of 1000; 4 extra | – | – | 99.90 % of 1000; 0 extra | reached |")
    assert late.endswith("| 52 ms | reached |")
    assert speech.endswith("| – | – | – | 1 in 120 min | MISSED |")
    assert "| 0.03 % | – | – | 0.50 %; one country 0.42 % | reached |" in cost


def test_the_sound_that_the_cost_is_measured_on_has_all_there_is_to_hear() -> None:
    sound = ears.line_sound()
    assert "0123456789*#" in ours.keys(sound)
    assert [message.number for message in ours.callers(sound, Scheme.V23)] == ["225550100"]
    assert {Heard.RINGBACK, Heard.VOICE, Heard.BUSY} <= set(ours.tones(sound, COUNTRIES["pl"]))


def test_one_section_of_the_results_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    results = tmp_path / "RESULTS.md"
    write_section(results, "ears", "old ears")
    write_section(results, "calls", "calls of today")
    write_section(results, "ears", "new ears")
    assert results.read_text() == "# Figures\n\n## Calls\n\ncalls of today\n\n## Ears\n\nnew ears\n"
