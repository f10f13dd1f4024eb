"""The card: a line for each check, the settings that follow from it, and when nothing may be kept (R33)."""

from __future__ import annotations

import json
from dataclasses import replace

from appliance.settings import LineSettings, PbxSettings, Settings, StatusDigits
from appliance.teach.card import Card, Check, Mark

BEFORE = PbxSettings(dtmf_on_ms=120)
AFTER = replace(
    BEFORE,
    flash_ms=110,
    flash_proven=True,
    back_from_busy="flash flash",
    tones=("busy 425 Hz 510/450",),
    status=StatusDigits(released="#9"),
)
DIAL = Check("dial tone", Mark.PASSED, "425 Hz without a pause")
FLASH = Check("hook flash", Mark.FAILED, "None helped.", "Ask the PBX installer.")
RECALL = Check("transfer recall", Mark.FAILED, "It did not ring.", "Put its handset down.", essential=False)


def card(*checks: Check) -> Card:
    return Card("Line 1", checks, BEFORE, AFTER)


def test_what_is_set_is_told_as_it_stands_in_the_settings_file() -> None:
    assert card(DIAL).changes == (
        "flash_ms = 110",
        "flash_proven = true",
        'back_from_busy = "flash flash"',
        'tones = ["busy 425 Hz 510/450"]',
        'status.released = "#9"',
    )


def test_every_check_has_a_line_with_what_was_measured_and_what_to_do() -> None:
    told = card(DIAL, FLASH).told().splitlines()
    assert any("passed" in line and "dial tone" in line and "425 Hz" in line for line in told)
    assert any("FAILED" in line and "Ask the PBX installer." in line for line in told)
    assert all(len(line) <= 110 for line in told)


def test_only_what_is_essential_decides() -> None:
    assert card(DIAL, RECALL).passed
    assert not card(DIAL, FLASH).passed
    assert not card(DIAL, Check("hook flash", Mark.NOT_TRIED)).passed
    assert card(DIAL, Check("hook flash", Mark.NOTED, "There is little room.")).passed


def test_the_card_is_there_for_programs_too() -> None:
    read = json.loads(json.dumps(card(DIAL, FLASH).as_json()))
    assert read["passed"] is False
    assert [check["mark"] for check in read["checks"]] == ["passed", "failed"]
    assert read["pbx"]["flash_ms"] == 110


def test_a_line_with_a_flash_of_its_own_gets_the_new_one_and_its_own_keys_do_not_become_those_of_the_pbx() -> None:
    lines = (
        LineSettings("Line 1", "/dev/ttyACM0", flash_ms=300, dtmf_on_ms=120),
        LineSettings("Line 2", "/dev/ttyACM1"),
    )
    office = Settings(company="Northwind", lines=lines)
    after = card(DIAL).settings(office)
    assert [line.flash_ms for line in after.lines] == [110, 0]
    assert after.pbx.flash_ms == 110
    assert after.pbx.dtmf_on_ms == PbxSettings().dtmf_on_ms
    assert after.pbx.status.released == "#9"
