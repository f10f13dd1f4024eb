"""Notices that somebody has put other settings in beside the running box.

Only the date and the size of the file are looked at, until they have changed; then it is read, as soon as nobody has
written to it between two looks.
"""

from __future__ import annotations

import logging

from appliance.faults import BadSettings, Fault
from appliance.settings import Settings
from appliance.store.settings import SettingsStore, not_in_force

log = logging.getLogger(__name__)


class SettingsWatch:
    """What has become of the stored settings since `store` has loaded them. It belongs to one thread."""

    def __init__(self, store: SettingsStore) -> None:
        self._store = store
        self._read = self._seen = store.loaded
        self._kept: Settings | None = None

    def look(self) -> Settings | Fault | None:
        """Other settings, or why they cannot be used; `None` when nothing has changed since the last look."""
        stamp = self._store.stamp()
        settled, self._seen = stamp == self._seen, stamp
        if not settled or stamp == self._read:
            return None
        self._read = stamp
        try:
            return self._store.peek()
        except BadSettings as wrong:
            log.warning("settings: %s", wrong.problem)
            return not_in_force(wrong)

    def works_with(self, settings: Settings) -> None:
        """The box works with `settings`, which are kept as the last good ones, once."""
        if settings is self._kept:
            return
        self._kept = settings
        try:
            self._store.keep_good(settings)
        except OSError as refused:  # the keeper tells of a full disk
            log.warning("settings: the last good ones could not be kept: %s", refused.strerror)
