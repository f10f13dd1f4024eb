"""The owner's settings: read strictly, corrected by a sentence for every fault, and kept.

The settings have one plain form: tables, lists, texts and numbers. A person writes it as TOML (`settings.example.toml`
shows all of it, `settingsfile` reads it), the box keeps it as JSON, and `settings_from` is the one reader of both:
`plainform` reads value by value, and `rules` looks whether they fit together. How to add a table stands in `rules`.

A settings file is read once, into an empty home. From then on the stored settings rule, since a later change on the
page must not be undone by an old file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tinydb import TinyDB
from tinydb.table import Document

from appliance.faults import BadSettings, Fault
from appliance.settings import Settings
from appliance.store.migrations import MIGRATIONS, migrate
from appliance.store.pbxrules import with_profile
from appliance.store.plainform import Plain, plain_from, settings_in
from appliance.store.problems import Problems
from appliance.store.rules import CHECKS, SETTLED
from appliance.store.settingsfile import plain_of
from appliance.store.storage import AtomicStorage


@dataclass(frozen=True, slots=True)
class Examined:
    """Settings that can be used, and what their owner should think about again, a sentence for each."""

    settings: Settings
    advice: tuple[str, ...] = ()


def examined(plain: object) -> Examined:
    """Read settings from their plain form. Raises `BadSettings` with a sentence for every fault."""
    if not isinstance(plain, Mapping):
        raise BadSettings("There are no settings in it.")
    problems = Problems(map(str, plain))
    settings = settings_in(with_profile(plain, problems), problems)
    for check in CHECKS:
        check(settings, problems)
    problems.refuse()
    for settle in SETTLED:
        settings = settle(settings)
    return Examined(settings, tuple(problems.advice))


def settings_from(plain: object) -> Settings:
    """The same without the advice."""
    return examined(plain).settings


def examine_toml(path: Path) -> Examined:
    """Read the settings file of the owner.

    Raises `BadSettings` when it is missing, is no TOML, or says something that cannot be done.
    """
    try:
        return examined(plain_of(path))
    except BadSettings as wrong:
        raise wrong.of(path.name) from None


def read_toml(path: Path) -> Settings:
    """The same without the advice."""
    return examine_toml(path).settings


class SettingsStore:
    """The settings as the box keeps them: one document in the home folder.

    `faults` tells what had to be set right while reading.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / "settings.json"
        self.faults: list[Fault] = []

    def load(self) -> Settings | None:
        """Return the stored settings, or `None` in an empty home.

        Raises `DamagedStore` when no version of them can be read, `BadSettings` when they say what cannot be done.
        """
        storage = AtomicStorage(self.path)
        tables = storage.read()
        self.faults += storage.faults
        stored = (tables or {}).get("office", {}).get("1")
        if stored is None:
            return None
        try:
            return settings_from(migrate(stored.get("settings"), _version_of(stored)))
        except BadSettings as wrong:
            raise wrong.of(f"The stored settings ({self.path})") from None

    def save(self, settings: Settings) -> None:
        """Keep `settings`; returns when they are on disk.

        Raises `BadSettings` for settings that could not be loaded again, `OSError` when the disk is full or refuses.
        """
        plain = plain_from(settings_from(plain_from(settings)))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with TinyDB(self.path, storage=AtomicStorage) as database:
            content = {"version": len(MIGRATIONS) + 1, "settings": plain}
            database.table("office").upsert(Document(content, doc_id=1))

    def import_once(self, path: Path) -> tuple[Settings, bool]:
        """Read the owner's file into an empty home. `False`: there were stored settings, and they rule."""
        stored = self.load()
        if stored is not None:
            return stored, False
        settings = read_toml(path)
        self.save(settings)
        return settings, True


def _version_of(stored: Plain) -> int:
    version = stored.get("version")
    return version if isinstance(version, int) else 0
