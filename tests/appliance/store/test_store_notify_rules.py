"""What can be said of notices in the settings: corrected by a sentence, and no sentence repeats a password (R25)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appliance.faults import BadSettings
from appliance.settings import Settings
from appliance.store.settings import SettingsStore, examined

SECRET = "mailto://anna:correct-horse@example.com"


def office(notice: dict[str, Any], **anna: Any) -> dict[str, Any]:
    """An office with Anna."""
    return {"company": "Example", "people": [{"name": "Anna", "extension": "101", **anna}], "notify": notice}


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        (office({"urls": [SECRET.removeprefix("mailto://")]}), "urls = … does not fit: write an address as"),
        (office({"urls": SECRET}), 'urls = … must be a list: write urls = ["…", "…"].'),
        (office({"urls": [SECRET, SECRET]}), "urls has an address twice"),
        (
            office({}, notify=[f"{SECRET}?to={number}" for number in range(6)]),
            "notify has 6 addresses: write 5 at most",
        ),
        (office({}, notify=["correct-horse:" + SECRET]), "notify = … does not fit"),
        (office({"urls": [SECRET + "x" * 600]}), "urls is too long"),
        (office({"office": ["gossip"]}), '"weekly letter"'),
        (office({"people": ["faults"]}), '"daily sheet"'),
        (office({"quiet": "20-7"}), 'hours as "20:00-07:00"'),
        (office({"quiet": "20:00-20:00"}), "quiet begins and ends at the same time"),
        (office({"quiet": "25:00-07:00"}), 'hours as "20:00-07:00"'),
        (office({"sheet_at": "7:45"}), 'a time of day, as "07:45"'),
        (office({"letter_on": "poniedziałek"}), 'a day of the week in English, as "monday"'),
        (office({"deputy_after_s": 5}), "deputy_after_s = 5 is out of range"),
    ],
)
def test_what_cannot_be_is_told_with_what_to_write(plain: dict[str, Any], words: str) -> None:
    with pytest.raises(BadSettings) as refused:
        examined(plain)
    told = refused.value.problem + refused.value.advice
    assert words in told
    assert "horse" not in told


def test_what_is_unwise_is_advice() -> None:
    advice = examined(office({"quiet": "20:00-08:00"}, notify=[SECRET])).advice
    assert [words.split(", ", 1)[1] for words in advice] == [
        "urls is empty: nobody will be told when something is broken.",
        "sheet_at lies in the quiet hours: the daily sheet is sent at their end.",
    ]


def test_addresses_are_stored_where_nobody_else_can_read_them(tmp_path: Path) -> None:
    settings: Settings = examined(office({"urls": [SECRET]})).settings
    store = SettingsStore(tmp_path)
    store.save(settings)
    store.save(settings)
    assert store.load() == settings
    assert "horse" not in repr(settings)
    kept = [path for path in tmp_path.iterdir() if b"horse" in path.read_bytes()]
    assert len(kept) == 2, "these settings, and those before them"
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)
