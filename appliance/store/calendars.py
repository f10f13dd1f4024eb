"""The secret addresses of calendars: who may read whose cards (R25, R36).

An address has a secret of 256 random bits in it. Here is only its hash, so that whoever reads this file or a backup of
it can open no calendar. The file is read again at every look: an address that is taken back is dead at once.
"""

from __future__ import annotations

import hashlib
import hmac
import platform
import secrets
from collections.abc import Iterator
from pathlib import Path

from appliance.faults import BadSettings, DamagedStore
from appliance.settings import Settings
from appliance.store.storage import AtomicStorage

NAME = "calendars.json"
SECRET_BYTES = 32
LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("", "0.0.0.0", "::")
LONGEST_SECRET = 64
_TABLE, _ROW = "calendars", "1"


class Calendars:
    """The calendars of the office at `home`."""

    def __init__(self, home: Path) -> None:
        self._path = home / NAME

    def give(self, extension: str) -> str:
        """Make a new secret for this person and return it, once; the one before no longer counts.

        Raises:
            OSError: the disk is full or refuses.
        """
        secret = secrets.token_urlsafe(SECRET_BYTES)
        self._write({**self._hashes(), extension: _hash(secret)})
        return secret

    def revoke(self, extension: str) -> bool:
        """Take the secret of this person back. `False`: there was none.

        Raises:
            OSError: the disk is full or refuses.
        """
        hashes = self._hashes()
        found = hashes.pop(extension, None) is not None
        if found:
            self._write(hashes)
        return found

    def whose(self, secret: str) -> str | None:
        """The extension of the person whose secret this is.

        It takes as long for a wrong secret as for a right one: all hashes are compared, each in constant time.
        """
        offered = _hash(secret[:LONGEST_SECRET])
        found = None
        for extension, known in self._hashes().items():
            if hmac.compare_digest(known.encode(), offered.encode()):
                found = extension
        return found

    def everybody(self) -> tuple[str, ...]:
        """The extensions of those who have a calendar."""
        return tuple(sorted(self._hashes()))

    def _hashes(self) -> dict[str, str]:
        try:
            tables = AtomicStorage(self._path).read() or {}
        except (OSError, DamagedStore):
            return {}  # nobody can tell: then nobody is let in
        return {extension: str(known) for extension, known in tables.get(_TABLE, {}).get(_ROW, {}).items()}

    def _write(self, hashes: dict[str, str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        AtomicStorage(self._path).write({_TABLE: {_ROW: hashes}})


def _host(served_on: str) -> str:
    """The name by which the office's computers find this box; mDNS, where the page is served to all of them."""
    if served_on in EVERYWHERE:
        return f"{platform.node().partition('.')[0]}.local"
    return f"[{served_on}]" if ":" in served_on else served_on


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def told_of(calendars: Calendars, settings: Settings, extension: str | None, new: bool, revoke: bool) -> Iterator[str]:
    """Do what `frontdesk calendar` was asked for, and tell of it.

    Raises:
        BadSettings: there is nobody of that extension, or two things are wanted at once.
        OSError: the disk is full or refuses.
    """
    names = {person.extension: person.name for person in settings.people}
    having = calendars.everybody()
    if extension is None:
        yield from (f"{one}  {names.get(one, 'nobody any more')}" for one in having)
        yield "Make an address with: frontdesk calendar EXTENSION --new"
        return
    if extension not in names and not (revoke and extension in having):
        raise BadSettings(f"nobody here has the extension {extension}", f"Write one of: {', '.join(names)}.")
    if new and revoke:
        raise BadSettings("an address can be made or taken back", "Leave out --new or --revoke.")
    name = names.get(extension, extension)
    if revoke:
        found = calendars.revoke(extension)
        yield f"The address of {name} was taken back." if found else f"{name} has no address."
    elif new:
        yield f"{name} can subscribe to this address, which is shown only now. Whoever has it reads {name}'s cards:"
        yield f"http://{_host(settings.web.host)}:{settings.web.port}/calendar/{calendars.give(extension)}.ics"
        if settings.web.host in LOOPBACK:
            yield "It works on this machine only: the settings serve the page to nobody else (host in [web])."
    else:
        yield f"{name} has {'an' if extension in having else 'no'} address. Make a new one with --new."
