"""The box goes on with the last good settings: at the start, and when others are stored beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.faults import BadSettings, DamagedStore, Fault
from appliance.settings import Settings
from appliance.store.problems import Place, Problems
from appliance.store.settings import SettingsStore
from appliance.store.watch import SettingsWatch

FIRST, SECOND = Settings("First"), Settings("Second")


def spoil(store: SettingsStore, old: str = '"country": "pl"', new: str = '"country": "Poland"') -> None:
    text = store.path.read_text(encoding="utf-8")
    assert old in text
    store.path.write_text(text.replace(old, new), encoding="utf-8")


def test_stored_settings_spoilt_by_hand_give_those_that_the_box_last_worked_with(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    for settings in (FIRST, SECOND):
        store.save(settings)
        store.keep_good(settings)
    spoil(store)
    spoil(store, '"operator": ""', '"operator": "nobody"')
    assert store.load_good() == SECOND
    (fault,) = store.faults
    assert 'country = "Poland" does not fit' in fault.problem and 'operator = "nobody" does not fit' in fault.problem
    assert "frontdesk settings FILE --use" in fault.advice
    assert "Poland" in store.path.read_text(encoding="utf-8"), "what somebody wrote by hand is left to them"


def test_without_those_the_version_before_is_used(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    store.save(FIRST)
    store.save(SECOND)
    spoil(store)
    assert store.load_good() == FIRST


@pytest.mark.parametrize("content", [b"", b'{"office":', b"[]", b'{"office": {"first": {}}}', b"\xff\xfe"])
def test_whatever_stands_there_others_can_be_put_in_its_place(tmp_path: Path, content: bytes) -> None:
    """The advice is to put them in again, so it must help."""
    store = SettingsStore(tmp_path)
    for name in ("settings.json", "settings.json.previous"):
        (tmp_path / name).write_bytes(content)
    store.save(SECOND)
    assert SettingsStore(tmp_path).load() == SECOND
    assert any(path.read_bytes() == content for path in tmp_path.iterdir()), "nothing is thrown away"


def test_without_any_that_can_be_used_every_fault_is_told(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    store.save(FIRST)
    spoil(store)
    with pytest.raises(BadSettings, match='country = "Poland"'):
        store.load_good()
    assert store.faults == []


def test_damaged_settings_give_the_last_good_ones_which_are_stored_again(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    store.save(Settings("Before"))
    store.save(FIRST)
    store.keep_good(FIRST)
    store.path.write_bytes(b'{"office":')
    assert store.load_good() == FIRST
    assert "damaged" in store.faults[0].problem
    assert SettingsStore(tmp_path).load() == FIRST


def test_where_nothing_can_be_read_but_the_last_good_ones_they_are_used(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    store.save(FIRST)
    store.keep_good(FIRST)
    for name in ("settings.json", "settings.json.previous"):
        (tmp_path / name).write_bytes(b"")
    assert store.load_good() == FIRST
    (tmp_path / "settings.json.good").write_bytes(b"[]")
    with pytest.raises(DamagedStore):
        SettingsStore(tmp_path).load_good()


@pytest.mark.parametrize("settings", [[], None, 5, {"pbx": [], "lines": 5}, {"pbx": {"flash_ms": "x"}}])
@pytest.mark.parametrize("version", [0, 1, 2, "2", None, 99])
def test_whatever_stands_there_is_told_in_a_sentence(tmp_path: Path, settings: object, version: object) -> None:
    store = SettingsStore(tmp_path)
    store.path.write_text(json.dumps({"office": {"1": {"version": version, "settings": settings}}}))
    with pytest.raises(BadSettings) as told:
        store.load_good()
    assert all(sentence.endswith((".", "?")) for sentence in told.value.problems)


def test_a_box_can_have_checks_of_its_own(tmp_path: Path) -> None:
    def no_cats(settings: Settings, problems: Problems) -> None:
        if "Cat" in settings.company:
            problems.tell(Place("", "company"), "company is one of cats, who cannot telephone.")

    store = SettingsStore(tmp_path, [no_cats])
    store.save(FIRST)
    store.keep_good(FIRST)
    SettingsStore(tmp_path).save(Settings("Cat & Cat"))
    assert store.load_good() == FIRST
    assert "who cannot telephone" in store.faults[0].problem


# ---------------------------------------------------------------- beside the running box


def watched(tmp_path: Path) -> tuple[SettingsStore, SettingsWatch]:
    """Somebody's store, and the watch of a box that has loaded the same settings."""
    somebody, box = SettingsStore(tmp_path), SettingsStore(tmp_path)
    somebody.save(FIRST)
    assert box.load_good() == FIRST
    return somebody, SettingsWatch(box)


def test_nothing_new_is_nothing_to_tell(tmp_path: Path) -> None:
    _, watch = watched(tmp_path)
    assert [watch.look() for _ in range(3)] == [None] * 3


def test_other_settings_are_told_once_when_nobody_writes_to_them_any_more(tmp_path: Path) -> None:
    somebody, watch = watched(tmp_path)
    somebody.save(SECOND)
    assert [watch.look() for _ in range(3)] == [None, SECOND, None]


def test_settings_stored_before_the_first_look_are_not_missed(tmp_path: Path) -> None:
    somebody, box = SettingsStore(tmp_path), SettingsStore(tmp_path)
    somebody.save(FIRST)
    box.load_good()
    somebody.save(SECOND)
    watch = SettingsWatch(box)
    assert SECOND in [watch.look(), watch.look()]


def test_a_file_that_is_being_written_is_neither_read_nor_set_aside(tmp_path: Path) -> None:
    somebody, watch = watched(tmp_path)
    text = somebody.path.read_text()
    somebody.path.write_text(text[:50])
    assert watch.look() is None
    somebody.path.write_text(text.replace("First", "Second"))
    assert [watch.look(), watch.look()] == [None, SECOND]
    assert [path.name for path in tmp_path.iterdir() if "damaged" in path.name] == []


@pytest.mark.parametrize(
    ("text", "words"), [('{"office":', "is damaged"), ('{"office": {"1": {}}}', "written by another version")]
)
def test_what_cannot_be_used_is_told_once_and_left_as_it_is(tmp_path: Path, text: str, words: str) -> None:
    somebody, watch = watched(tmp_path)
    somebody.path.write_text(text)
    told = [watch.look() for _ in range(3)]
    assert isinstance(told[1], Fault) and words in told[1].problem
    assert told[0] is told[2] is None
    assert somebody.path.read_text() == text


def test_settings_that_have_gone_are_not_missed(tmp_path: Path) -> None:
    somebody, watch = watched(tmp_path)
    somebody.path.unlink()
    assert [watch.look() for _ in range(3)] == [None] * 3
    somebody.save(SECOND)
    assert [watch.look() for _ in range(2)] == [None, SECOND]


def test_what_the_box_works_with_is_kept_once(tmp_path: Path) -> None:
    _, watch = watched(tmp_path)
    watch.works_with(FIRST)
    good = tmp_path / "settings.json.good"
    assert "First" in good.read_text()
    good.unlink()
    watch.works_with(FIRST)
    assert not good.exists()
    watch.works_with(SECOND)
    assert "Second" in good.read_text()


def test_a_disk_that_keeps_nothing_does_not_stop_the_box(tmp_path: Path) -> None:
    _, watch = watched(tmp_path)
    (tmp_path / "settings.json.good").mkdir()
    watch.works_with(FIRST)
    assert watch.look() is None
