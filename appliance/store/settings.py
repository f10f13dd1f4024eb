"""The owner's settings: read strictly, corrected by a sentence for every fault, and kept.

The settings have one plain form: tables, lists, texts and numbers. A person writes it as TOML (`settings.example.toml`
shows all of it, `settingsfile` reads it), the box keeps it as JSON, and `settings_from` is the one reader of both:
`plainform` reads value by value, and `rules` looks whether they fit together. How to add a table stands in `rules`.

A settings file is read once, into an empty home. From then on the stored settings rule, since a later change on the
page must not be undone by an old file. Whoever wants another file to rule says so: `frontdesk settings FILE --use`.

The box goes on with the last good settings when the stored ones cannot be used, because somebody has changed them by
hand or the memory card is dying; a fault tells what is to be corrected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tinydb import TinyDB
from tinydb.table import Document

from appliance.faults import BadSettings, DamagedStore, Fault, FrontdeskError
from appliance.settings import Settings
from appliance.store.migrations import MIGRATIONS, migrate
from appliance.store.pbxrules import with_profile
from appliance.store.plainform import Plain, plain_from, settings_in
from appliance.store.problems import Problems
from appliance.store.rules import CHECKS, SETTLED, Check
from appliance.store.settingsfile import plain_of
from appliance.store.storage import AtomicStorage, Tables, document_at, put_document, set_aside

ABOUT = "settings"
"""What a fault is about that tells of settings that cannot be used."""


Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Examined:
    """Settings that can be used, and what their owner should think about again, a sentence for each."""

    settings: Settings
    advice: tuple[str, ...] = ()


def examined(plain: object, more_checks: Sequence[Check] = ()) -> Examined:
    """Read settings from their plain form. Raises `BadSettings` with a sentence for every fault."""
    if not isinstance(plain, Mapping):
        raise BadSettings("There are no settings in it.")
    problems = Problems(map(str, plain))
    settings = settings_in(with_profile(plain, problems), problems)
    for check in (*CHECKS, *more_checks):
        if not problems.full:
            check(settings, problems)
    problems.refuse()
    for settle in SETTLED:
        settings = settle(settings)
    return Examined(settings, tuple(problems.advice))


def settings_from(plain: object) -> Settings:
    """The same without the advice."""
    return examined(plain).settings


def examine_toml(path: Path, more_checks: Sequence[Check] = ()) -> Examined:
    """Read the settings file of the owner.

    Raises `BadSettings` when it is missing, is no TOML, or says something that cannot be done.
    """
    try:
        return examined(plain_of(path), more_checks)
    except BadSettings as wrong:
        raise wrong.of(path.name) from None


def read_toml(path: Path) -> Settings:
    """The same without the advice."""
    return examine_toml(path).settings


class SettingsStore:
    """The settings as the box keeps them: one document in the home folder, and beside it those it last worked with.

    `faults` tells what had to be set right while reading. `more_checks` are those that only a running box can make.
    """

    def __init__(self, home: Path, more_checks: Sequence[Check] = ()) -> None:
        self.path = home / "settings.json"
        self.faults: list[Fault] = []
        self.loaded: Stamp | None = None
        """The stamp of the file when it was last loaded."""
        self._good = home / "settings.json.good"
        self._more_checks = more_checks

    # ------------------------------------------------------------ reading

    def load(self) -> Settings | None:
        """Return the stored settings, or `None` in an empty home.

        Raises `DamagedStore` when no version of them can be read, `BadSettings` when they say what cannot be done.
        """
        storage = AtomicStorage(self.path)
        self.loaded = self.stamp()
        tables = storage.read()
        self.faults += storage.faults
        return self._settings_in(tables or {})

    def load_good(self) -> Settings | None:
        """The same; where the stored settings cannot be used, those with which the box last worked.

        Raises what `load` raises when there are none that can be used, `OSError` when the disk refuses.
        """
        faults = len(self.faults)
        try:
            settings = self.load()
        except (BadSettings, DamagedStore) as wrong:
            good = self._last_good()
            if good is None:
                raise
            self.faults.append(not_in_force(wrong))
            return good
        if len(self.faults) > faults:  # damaged, and set aside: of what is left the last good ones are the newest
            settings = self._last_good() or settings
            if settings is not None:
                self.save(settings)
        return settings

    def peek(self) -> Settings | None:
        """The stored settings beside a running box: a file that is being written at this moment stays as it is.

        Raises `BadSettings` when they cannot be read or used.
        """
        try:
            return self._settings_in(document_at(self.path))
        except FileNotFoundError:
            return None
        except OSError as refused:
            raise BadSettings(f"{self.path} cannot be opened ({refused.strerror}).") from None
        except ValueError as wrong:
            if isinstance(wrong, BadSettings):
                raise
            raise BadSettings(f"{self.path} is damaged.", "Put them in again: frontdesk settings FILE --use.") from None

    def stamp(self) -> Stamp | None:
        """Which file the stored settings are at this moment; another one after every change."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _last_good(self) -> Settings | None:
        for path in (self._good, self.path.with_name(self.path.name + ".previous")):
            try:
                return self._settings_in(document_at(path))
            except (OSError, ValueError):  # `BadSettings` is one
                continue
        return None

    def _settings_in(self, tables: Tables) -> Settings | None:
        stored = tables.get("office", {}).get("1")
        if stored is None:
            return None
        try:
            return examined(migrate(stored.get("settings"), _version_of(stored)), self._more_checks).settings
        except BadSettings as wrong:
            raise wrong.of(f"The stored settings ({self.path})") from None

    # ------------------------------------------------------------ writing

    def save(self, settings: Settings) -> None:
        """Keep `settings`; returns when they are on disk.

        Raises `BadSettings` for settings that could not be loaded again, `OSError` when the disk is full or refuses.
        """
        content = _content(settings_from(plain_from(settings)))
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._put(content)
        except (DamagedStore, ValueError):  # what stands there is no document of ours, and nothing before it either
            set_aside(self.path)
            put_document(self.path, {"office": {"1": content}})

    def _put(self, content: Plain) -> None:
        with TinyDB(self.path, storage=AtomicStorage) as database:
            database.table("office").upsert(Document(content, doc_id=1))

    def keep_good(self, settings: Settings) -> None:
        """The box works with `settings`: should others be put in its way that cannot be used, it comes back to them.

        Raises `OSError` when the disk is full or refuses.
        """
        tables = {"office": {"1": _content(settings)}}
        try:
            if document_at(self._good) == tables:
                return
        except (OSError, ValueError):
            pass  # there are none yet, or they are damaged
        put_document(self._good, tables)

    def import_once(self, path: Path) -> tuple[Settings, bool]:
        """Read the owner's file into an empty home. `False`: there were stored settings, and they rule."""
        stored = self.load_good()
        if stored is not None:
            return stored, False
        settings = examine_toml(path, self._more_checks).settings
        self.save(settings)
        return settings, True


def not_in_force(wrong: FrontdeskError) -> Fault:
    """Settings that cannot be used, as a state of the box, which works with others."""
    advice = "The box works with the last good ones. Correct these, and put them in: frontdesk settings FILE --use."
    return Fault(ABOUT, wrong.problem, advice)


def _content(settings: Settings) -> Plain:
    return {"version": len(MIGRATIONS) + 1, "settings": plain_from(settings)}


def _version_of(stored: Plain) -> int:
    version = stored.get("version")
    return version if isinstance(version, int) else 0
