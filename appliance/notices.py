"""Notices: what somebody should learn away from the board, by e-mail and the usual services (R25, R29).

A notice is for one recipient, a person or the office, and is sent to each of their addresses. It is written down before
it is sent and crossed out after it has arrived, so that nothing is lost when the power goes in between; what was on its
way at that moment is sent once more. Its key says what it is about: the same is never told twice to the same recipient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from appliance.settings import Settings

OFFICE = ""
"""The recipient of what concerns nobody in particular."""


class NoticeKind(Enum):
    """What a notice is about, as the settings call it."""

    REMINDER = "reminders"
    FAULT = "faults"
    MESSAGE = "messages"
    SHEET = "daily sheet"
    LETTER = "weekly letter"
    TEST = "test"
    """Asked for by hand; everybody who has an address gets it."""


COMPOSED_LATE = frozenset({NoticeKind.SHEET, NoticeKind.LETTER})
"""Long ones, written from the ledger when they are sent, outside the engine."""


class NoticeState(Enum):
    """What has become of a notice."""

    WAITING = "to be sent"
    SENT = "sent"
    GIVEN_UP = "given up"
    WITHDRAWN = "not needed any more"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. `to` is an extension, or `OFFICE`; `made` is local time.

    Of those that are `COMPOSED_LATE` there is no text yet; `made` is the moment that they are written for.
    """

    key: str
    kind: NoticeKind
    to: str
    made: datetime
    title: str = ""
    text: str = ""
    state: NoticeState = NoticeState.WAITING


@dataclass(frozen=True, slots=True)
class Parcel:
    """A notice on its way, with the addresses that have not had it yet: their places among those of the recipient.

    Addresses hold passwords: they are never shown, logged or written down.
    """

    notice: Notice
    addresses: tuple[tuple[int, str], ...] = field(repr=False)


class Trouble(Enum):
    """Why a notice has not arrived at an address: what to tell of it, and what to do."""

    CREDENTIALS = (
        "does not accept the user name or the password",
        "Write the right ones into the address in the settings, then try it with: frontdesk notify --test",
    )
    UNREACHABLE = (
        "cannot be reached",
        "Check the box's network, and the name of the server in the address; then try: frontdesk notify --test",
    )
    SECURITY = (
        "cannot be spoken to securely",
        "Write mailtos:// or mailto:// and the port that the mail provider names; then try: frontdesk notify --test",
    )
    ADDRESS = (
        "is not known: the address cannot be understood",
        "Correct the address in the settings; docs/reminders.md has examples. Then try: frontdesk notify --test",
    )
    DECLINED = (
        "did not take the notice",
        "Check the recipient in the address, and whether that service works; then try: frontdesk notify --test",
    )
    UNSENT = (
        "was not reached in time",
        "It is tried again by itself. If this stays, restart the box.",
    )

    @property
    def problem(self) -> str:
        """What the service did, as the end of a sentence."""
        return self.value[0]

    @property
    def advice(self) -> str:
        """What to do about it."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Missed:
    """An address that has not had a notice: its place, the service behind it ("mailto"), and why."""

    place: int
    service: str
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class PostReport:
    """What became of a parcel: where it did not arrive; nowhere else is it to be sent again."""

    key: str
    to: str
    missed: tuple[Missed, ...] = ()


class Post(Protocol):
    """Who carries parcels; each comes back as a `PostReport` in the engine's inbox."""

    def send(self, parcels: Sequence[Parcel], settings: Settings) -> None:
        """Carry these for an office with these settings; returns at once."""


class Shelf(Protocol):
    """Where notices are written down; the keeper in the real program."""

    def keep_notice(self, notice: Notice) -> None:
        """Write this notice down, or what has become of it."""


def service_of(address: str) -> str:
    """The kind of service an address names, as "mailto": all of it that may be told."""
    service = address.partition("://")[0].lower()
    return service if service.isascii() and service.isalnum() and len(service) <= 20 else "address"
