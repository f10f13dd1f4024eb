"""Whatever happens to the disk, there is one whole document: the old one or the new one."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tinydb import TinyDB

from appliance.faults import DamagedStore
from appliance.store.storage import AtomicStorage, Tables, set_aside

OLD: Tables = {"office": {"1": {"company": "Old & Co"}}}
NEW: Tables = {"office": {"1": {"company": "Nowa Spółka", "lines": [1, 2, 3]}}}
ROOT = Path(__file__).parents[3]


@pytest.fixture
def storage(tmp_path: Path) -> AtomicStorage:
    """A storage that holds NEW, and OLD as the version before it."""
    storage = AtomicStorage(tmp_path / "settings.json")
    storage.write(OLD)
    storage.write(NEW)
    return storage


def test_nothing_written_is_nothing_read(tmp_path: Path) -> None:
    assert AtomicStorage(tmp_path / "settings.json").read() is None


def test_the_last_document_is_read_and_a_person_can_read_it_too(storage: AtomicStorage) -> None:
    assert storage.read() == NEW
    assert "Nowa Spółka" in storage.path.read_text(encoding="utf-8")


def test_tinydb_works_on_it(tmp_path: Path) -> None:
    with TinyDB(tmp_path / "office.json", storage=AtomicStorage) as database:
        database.insert({"name": "Anna"})
    with TinyDB(tmp_path / "office.json", storage=AtomicStorage) as database:
        assert database.all() == [{"name": "Anna"}]


@pytest.mark.parametrize("old", [OLD, None])
def test_a_writer_killed_at_any_point_leaves_the_old_or_the_new_document(tmp_path: Path, old: Tables | None) -> None:
    helper = [sys.executable, str(Path(__file__).with_name("cut_writes.py"))]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    arguments = [str(tmp_path / "cuts"), json.dumps(old), json.dumps(NEW)]
    done = subprocess.run([*helper, *arguments], env=environment, capture_output=True, text=True, check=True)
    found = [AtomicStorage(folder / "settings.json").read() for folder in (tmp_path / "cuts").iterdir()]
    size = len(json.dumps(NEW, indent=2, ensure_ascii=False).encode())
    assert int(done.stdout) > size
    assert len(found) == int(done.stdout) + 2
    assert all(document in (old, NEW) for document in found)
    assert old in found and NEW in found


def test_a_document_cut_at_any_byte_gives_the_version_before_and_is_kept(tmp_path: Path) -> None:
    whole = (json.dumps(NEW, indent=2) + "\n").encode()
    for size in range(len(whole)):
        storage = AtomicStorage(tmp_path / str(size) / "settings.json")
        storage.path.parent.mkdir()
        storage.write(OLD)
        storage.write(NEW)
        storage.path.write_bytes(whole[:size])
        found = storage.read()
        if found == NEW:
            assert size == len(whole) - 1  # only the line's end is missing
            continue
        assert found == OLD
        assert storage.path.with_name("settings.json.damaged-1").read_bytes() == whole[:size]
        assert "version before" in storage.faults[0].problem


@pytest.mark.parametrize("rubbish", [b"\xff\xfe\x00", b"[1, 2]", b'{"office": {"1": "text"}}', b"[" * 200_000])
def test_what_is_no_document_gives_the_version_before(storage: AtomicStorage, rubbish: bytes) -> None:
    storage.path.write_bytes(rubbish)
    assert storage.read() == OLD


def test_after_a_damage_the_next_write_keeps_the_good_version_until_it_is_done(storage: AtomicStorage) -> None:
    storage.path.write_bytes(b"{")
    storage.read()
    storage.write(NEW)
    assert storage.read() == NEW
    storage.path.write_bytes(b"{")
    assert storage.read() == OLD
    assert len(storage.faults) == 2


def test_two_damaged_versions_are_told_in_a_clear_sentence_and_stay_where_they_are(storage: AtomicStorage) -> None:
    previous = storage.path.with_name("settings.json.previous")
    storage.path.write_bytes(b"{")
    previous.write_bytes(b"")
    for _ in range(2):
        with pytest.raises(DamagedStore, match="damaged, and there is no readable version before it") as told:
            storage.read()
        assert "backup" in told.value.advice
    assert storage.path.exists() and previous.exists()


def test_a_full_disk_leaves_the_old_document(storage: AtomicStorage) -> None:
    assert signal.getsignal(signal.SIGXFSZ) == signal.SIG_IGN
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, before[1]))
    try:
        with pytest.raises(OSError) as refused:
            storage.write(OLD)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert refused.value.errno == errno.EFBIG
    assert storage.read() == NEW
    assert not storage.path.with_name("settings.json.new").exists()


def test_every_file_set_aside_gets_a_name_of_its_own(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        (tmp_path / "a.json").write_text("x")
        names.append(set_aside(tmp_path / "a.json").name)
    assert names == ["a.json.damaged-1", "a.json.damaged-2", "a.json.damaged-3"]
