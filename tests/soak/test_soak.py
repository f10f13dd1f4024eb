"""What takes longer: many days, many calls. `make soak` runs it, with the many kills of the power-cut test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.main import WENT_WELL, main
from hardware.simulated.days import known_days, load_day, simulate
from hardware.simulated.transfers import simulate_transfers

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("day", known_days())
def test_a_hundred_days_break_no_invariant(day: str) -> None:
    for seed in range(1000, 1100):
        assert simulate(load_day(day), seed).complaints == (), f"seed {seed}"


def test_a_day_of_five_thousand_calls_breaks_no_invariant() -> None:
    monday = replace(load_day("monday"), calls=5000, lines=40)
    assert simulate(monday, 1).complaints == ()


@pytest.mark.parametrize("seed", range(2000, 2010))
def test_of_ten_thousand_hand_overs_nobody_is_lost(seed: int) -> None:
    report = simulate_transfers(10_000, seed)
    assert report.went_well, report.complaints


@pytest.mark.parametrize("modem", ["cx93001", "usr5637", "v253"])
def test_sixty_callers_on_three_lines_are_all_served(
    modem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is lost. A modem that cannot speak while it records is silent while a caller thinks what to say next."""
    lines = ["--modem", modem] * 3
    typed = ["demo", "--calls", "60", "--speed", "500", "--seed", "7", "--port", "0", "--home", str(tmp_path), *lines]
    code, said = main(typed), capsys.readouterr().out
    assert "LOST" not in said
    assert said.count(" well ") >= 58
    assert code == WENT_WELL or modem == "usr5637"
