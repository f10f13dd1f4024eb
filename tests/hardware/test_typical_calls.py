"""Five typical calls, as caller and colleague hear them: no clicks, no two voices, no dead air (R10, R16, R17)."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import pytest

from appliance.main import MISUSED, WENT_WELL, box_in, main
from appliance.settings import PbxSettings
from appliance.store.settings import settings_from
from hardware.simulated.makes import MAKES
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.profiles import PROFILES
from hardware.simulated.typical import TYPICAL, Performance, TypicalCall, perform
from hardware.simulated.world import PlannedHat, PlannedModem

CALLS = {call.name: call for call in TYPICAL}


def played(
    call: TypicalCall,
    home: Path,
    spoken: Path,
    make: str = "generic-etsi",
    device: PlannedModem | PlannedHat | None = None,
) -> Performance:
    home.mkdir()
    (home / "prompts").symlink_to(spoken)
    pbx: tuple[PbxSettings, PbxProfile] = (
        settings_from({"company": "Northwind", "pbx": {"profile": make}}).pbx,
        MAKES[make],
    )
    return perform(call, device or PlannedModem(PROFILES["cx93001"]), pbx, box_in, home, home / "heard")


@pytest.mark.parametrize("name", ["put-through", "message"])
def test_nobody_hears_what_they_should_not(name: str, tmp_path: Path, spoken: Path) -> None:
    performed = played(CALLS[name], tmp_path / "home", spoken)
    assert performed.well, "\n".join(performed.sentences())
    caller, anna = performed.ears
    assert (caller.who, anna.who) == ("caller", "Anna")
    assert -22.0 < caller.audit.level_dbm0 < -10.0 and -22.0 < anna.audit.level_dbm0 < -10.0
    assert max(caller.audit.peak_dbm0, anna.audit.peak_dbm0) < 3.14
    with wave.open(str(tmp_path / "home" / "heard" / caller.file)) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(caller.audit.seconds)


@pytest.mark.soak
@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("name", CALLS)
def test_on_every_make_of_pbx_nobody_hears_what_they_should_not(
    name: str, make: str, tmp_path: Path, spoken: Path
) -> None:
    performed = played(CALLS[name], tmp_path / "home", spoken, make)
    assert performed.well, "\n".join(performed.sentences())


@pytest.mark.soak
def test_the_command_writes_what_everybody_hears_and_tells_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rehearse", str(tmp_path), "--pbx", "slican", "--json"]) == WENT_WELL
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [call["call"] for call in told] == list(CALLS)
    files = {ear["file"] for call in told for ear in call["ears"]}
    assert files == {path.name for path in tmp_path.iterdir()}


def test_a_pbx_that_nobody_knows_is_refused_with_the_known_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rehearse", str(tmp_path), "--pbx", "acme"]) == MISUSED
    assert "panasonic-tes" in capsys.readouterr().err
