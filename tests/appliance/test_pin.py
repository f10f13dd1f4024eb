"""A PIN is kept as its hash, opens to nobody else, and is not to be guessed (R31)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.faults import BadSettings
from appliance.pin import LONGEST_LOCK_S, Guard, fits, kept_form
from appliance.settings import PersonSettings, Settings
from appliance.store.plainform import plain_from
from appliance.store.settings import SettingsStore, read_toml, settings_from

WITH_PIN = """company = "A"
[[people]]
name = "Anna"
extension = "101"
pin = {pin}
"""


def read(tmp_path: Path, pin: str) -> Settings:
    path = tmp_path / "office.toml"
    path.write_text(WITH_PIN.format(pin=pin), encoding="utf-8")
    return read_toml(path)


def test_only_the_pin_itself_fits_and_one_pin_is_kept_in_many_forms() -> None:
    one, other = kept_form("4711"), kept_form("4711")
    assert one != other and fits("4711", one) and fits("4711", other)
    assert not any(fits(pin, one) for pin in ("4712", "471", "47110", ""))


@pytest.mark.parametrize("kept", ["", "4711", "scrypt:12:00:00", "scrypt:31:" + "0" * 32 + ":" + "0" * 64])
def test_nothing_fits_what_is_no_kept_pin(kept: str) -> None:
    assert not fits("4711", kept) and not fits("", kept)


def test_the_pin_of_the_file_is_a_hash_from_then_on_and_survives_the_store(tmp_path: Path) -> None:
    settings = read(tmp_path, '"4711"')
    (anna,) = settings.people
    assert "4711" not in anna.pin and fits("4711", anna.pin)
    store = SettingsStore(tmp_path)
    store.save(settings)
    assert store.load() == settings
    assert settings_from(plain_from(settings)) == settings


def test_no_document_of_the_store_has_a_pin_in_it(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    store.save(Settings("A", people=(PersonSettings("Anna", "101", pin="90817263"),)))
    written = store.path.read_text()
    assert "90817263" not in written
    kept = json.loads(written)["office"]["1"]["settings"]["people"][0]["pin"]
    assert fits("90817263", kept)


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "12 34", "471١"])
def test_a_pin_that_no_telephone_can_key_is_refused_and_not_repeated(tmp_path: Path, pin: str) -> None:
    with pytest.raises(BadSettings, match="pin = … does not fit: write four to eight digits") as problem:
        read(tmp_path, f'"{pin}"')
    assert pin not in problem.value.problem


def test_a_pin_without_quotation_marks_is_not_repeated_either(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="must be in quotation marks") as problem:
        read(tmp_path, "4711")
    assert "4711" not in problem.value.problem


@pytest.mark.parametrize("code", ["1", "15", "2"])
def test_a_staff_code_that_callers_would_press_is_refused(tmp_path: Path, code: str) -> None:
    path = tmp_path / "office.toml"
    path.write_text(f'company = "A"\nstaff_code = "{code}"', encoding="utf-8")
    with pytest.raises(BadSettings, match="which callers press in a menu"):
        read_toml(path)


def test_the_lock_grows_up_to_a_day_and_is_forgotten_with_the_right_pin() -> None:
    guard = Guard()
    for lock_s in (0.0, 0.0, 60.0, 120.0, 240.0):
        guard.wrong("101", 1000.0)
        assert guard.locked("101", 1000.0 + lock_s - 1.0) == (lock_s > 0.0)
        assert not guard.locked("101", 1000.0 + lock_s)
    for _ in range(100):
        guard.wrong("101", 1000.0)
    assert guard.locked("101", 1000.0 + LONGEST_LOCK_S - 1.0) and not guard.locked("101", 1000.0 + LONGEST_LOCK_S)
    assert not guard.locked("102", 1000.0)
    guard.right("101")
    assert not guard.locked("101", 1000.0) and guard.failures("101") == 0
