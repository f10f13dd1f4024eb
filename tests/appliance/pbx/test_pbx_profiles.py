"""What is known of the makes of PBX, and how it stands under what the owner writes (R33)."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from appliance.faults import BadSettings
from appliance.main import MISUSED, WENT_WELL, main
from appliance.pbx.profiles import known_profiles, load_profile
from appliance.settings import PbxSettings, StatusDigits
from appliance.store.plainform import plain_from
from appliance.store.settings import settings_from
from hardware.simulated.makes import DIFFICULT, MAKES

KEYS = {field.name for field in fields(PbxSettings)} - {"profile"}


def pbx_of(**pbx: Any) -> PbxSettings:
    """What the office knows of a PBX of which the owner wrote this."""
    return settings_from({"company": "Northwind", "pbx": pbx}).pbx


def test_six_makes_are_known() -> None:
    assert known_profiles() == (
        "centrex", "generic-etsi", "generic-us", "panasonic-tda", "panasonic-tes", "slican"
    )  # fmt: skip


@pytest.mark.parametrize("name", known_profiles())
def test_every_make_keeps_the_rules_of_the_owners_settings(name: str) -> None:
    assert pbx_of(profile=name).profile == name


@pytest.mark.parametrize("name", known_profiles())
def test_of_every_value_it_is_told_where_it_comes_from_or_that_nobody_knows(name: str) -> None:
    make = load_profile(name)
    told = set(make.sources) | set(make.unverified)
    assert make.title
    assert set(make.pbx) - {"profile"} <= told <= KEYS
    assert not set(make.sources) & set(make.unverified), "it is one or the other"
    assert all(reason.strip() for reason in (*make.sources.values(), *make.unverified.values()))


def test_the_general_values_are_those_of_a_small_pbx_in_europe() -> None:
    assert pbx_of(profile="generic-etsi") == PbxSettings()
    assert set(load_profile("generic-etsi").pbx) == KEYS, "it says all there is to say"


def test_a_pbx_of_which_nothing_is_said_is_a_small_one_in_europe() -> None:
    assert settings_from({"company": "Northwind"}).pbx == PbxSettings()


def test_what_the_owner_writes_counts_more_than_the_make() -> None:
    pbx = pbx_of(profile="slican", back_from_busy="flash", recall_s=45)
    assert (pbx.back_from_busy, pbx.back_from_no_answer, pbx.recall_s) == ("flash", "flash flash", 45.0)


def test_single_status_digits_can_be_changed() -> None:
    assert pbx_of(profile="panasonic-tda").status == StatusDigits("1", "2", "3", "4", "5", "#9")
    pbx = pbx_of(profile="panasonic-tda", status={"answered": "*5", "ringing": ""})
    assert pbx.status == StatusDigits("", "2", "3", "4", "*5", "#9")


def test_settings_that_were_stored_are_read_back_whatever_their_make_says() -> None:
    settings = settings_from({"company": "Northwind", "pbx": {"profile": "panasonic-tda", "status": {"busy": ""}}})
    assert settings_from(plain_from(settings)) == settings


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("slicna", 'profile = "slicna" is not known: did you mean "slican"? There are centrex, generic-etsi'),
        ("zzz", 'profile = "zzz" is not known: There are centrex'),
        ("../slican", "is not known"),
        ("Slican", 'did you mean "slican"?'),
    ],
)
def test_a_make_that_nobody_knows_is_told_with_those_that_are(name: str, sentence: str) -> None:
    with pytest.raises(BadSettings) as told:
        pbx_of(profile=name)
    assert sentence in told.value.problem and told.value.problem.endswith(".")


def test_the_simulator_has_a_pbx_of_every_make() -> None:
    assert sorted(MAKES) == list(known_profiles())


@pytest.mark.parametrize("name", known_profiles())
def test_what_is_believed_of_a_make_is_so_on_the_simulated_one(name: str) -> None:
    believed, real = pbx_of(profile=name), MAKES[name]
    assert real.flash_min_ms <= believed.flash_min_ms <= believed.flash_max_ms <= real.flash_max_ms
    assert believed.on_hook_s * 1000 > real.hang_up_ms, "resting on-hook is no flash (R20)"
    assert believed.back_from_busy.split().count("flash") == real.flashes_to_retrieve
    assert real.second_flash_min_ms <= believed.between_flashes_ms <= real.second_flash_max_ms
    assert believed.conference_code == real.conference_code
    assert believed.status == real.status


@pytest.mark.parametrize("habit", DIFFICULT)
def test_what_a_difficult_pbx_needs_can_be_set(habit: str) -> None:
    assert pbx_of(**DIFFICULT[habit].owner_sets)


def test_the_command_lists_the_makes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pbx"]) == WENT_WELL
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(known_profiles())


def test_the_command_tells_each_value_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pbx", "slican"]) == WENT_WELL
    told = capsys.readouterr().out
    assert 'back_from_busy = "flash flash": pubwiki.slican.pl' in told
    assert "flash_ms = 100: NOT VERIFIED, set for each port" in told
    assert "recall_s: nobody knows" in told


def test_the_command_names_the_makes_when_asked_for_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pbx", "platan"]) == MISUSED
    assert "Choose one of centrex, generic-etsi" in capsys.readouterr().err


def test_the_guide_names_every_make(root: Path) -> None:
    guide = (root / "docs" / "pbx.md").read_text("utf-8")
    assert [name for name in known_profiles() if f"`{name}`" not in guide] == []
    assert [key for key in KEYS if f"`{key}`" not in guide] == []
