"""Hand-overs at audio level through emulated modems: every verdict is right, and nobody is lost (R16, R17, R23)."""

from __future__ import annotations

import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.main import box_in
from appliance.settings import PbxSettings
from appliance.store.settings import settings_from
from hardware.simulated.makes import MAKES
from hardware.simulated.profiles import PROFILES
from hardware.simulated.transfers.audible import Heard, hear_transfers
from hardware.simulated.transfers.report import Fate
from hardware.simulated.world import PlannedModem

MODEMS = ("cx93001", "usr5637", "zoom3095", "cx93001")


def heard(
    make: str, home: Path, spoken: Path, count: int, *, hasty: float, pbx: PbxSettings | None = None, lines: int = 4
) -> Heard:
    (home / "prompts").symlink_to(spoken)
    known = settings_from({"company": "Northwind", "country": "pl", "pbx": {"profile": make}}).pbx
    devices = [PlannedModem(PROFILES[name]) for name in MODEMS[:lines]]
    return hear_transfers((pbx or known, MAKES[make]), devices, box_in, home, count=count, seed=5, hasty=hasty)


def test_every_telephone_is_taken_for_what_it_is(tmp_path: Path, spoken: Path) -> None:
    came = heard("panasonic-tda", tmp_path, spoken, 9, hasty=0.0)
    assert came.complaints == []
    assert {attempt.extension for attempt in came.attempts} == {f"1{key}" for key in "123456789"}
    assert came.fates[Fate.TRANSFERRED] == 2 and not came.fates[Fate.LOST]
    assert not came.left_off_hook and not came.offered_twice
    assert statistics.median(came.whisper_s) < 0.7
    assert max(came.back_s) < 3.0


def test_a_box_that_is_mistaken_in_its_pbx_is_found_out(tmp_path: Path, spoken: Path) -> None:
    """The check can fail: a box that knows the wrong way back is heard to lose its callers."""
    wrong = replace(settings_from({"company": "N", "pbx": {"profile": "slican"}}).pbx, flash_proven=True)
    wrong = replace(wrong, back_from_busy="flash", back_from_no_answer="flash", back_from_refusal="flash")
    came = heard("slican", tmp_path, spoken, 3, hasty=0.0, pbx=wrong, lines=2)
    assert came.complaints


@pytest.mark.soak
@pytest.mark.parametrize("make", MAKES)
def test_fifty_callers_on_every_make_of_pbx_are_never_lost(make: str, tmp_path: Path, spoken: Path) -> None:
    came = heard(make, tmp_path, spoken, 50, hasty=0.4)
    assert came.went_well, "\n".join(came.sentences(make))
    assert sum(came.fates.values()) == 50
    assert came.fates[Fate.TRANSFERRED] and came.fates[Fate.LEFT_BY_CALLER]
