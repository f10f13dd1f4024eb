"""What the staff have arranged, kept over a restart: where they are, and the greetings they recorded (R15, R31).

`Notes` also writes down whom the office knows (R5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from appliance.acd.staff import Presence
from appliance.contacts import Contact


@dataclass(frozen=True, slots=True)
class KeptPresence:
    """Where the person at `extension` is, and until when; local time with its zone."""

    extension: str
    presence: Presence
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptGreeting:
    """The greeting on the lines of `company` and `department`: a recording below the home folder, and who spoke it.

    Without a recording the greeting is spoken by the box.
    """

    company: str
    department: str
    recording: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Arranged:
    """All of it, as it was when the program was last stopped."""

    presences: tuple[KeptPresence, ...] = ()
    greetings: tuple[KeptGreeting, ...] = ()


class Notes(Protocol):
    """Who writes it down; the keeper in the real program."""

    def keep_presence(self, presence: KeptPresence) -> None:
        """Somebody comes or goes."""

    def keep_greeting(self, greeting: KeptGreeting) -> None:
        """Another greeting from now on."""

    def keep_contacts(self, contacts: Sequence[Contact]) -> None:
        """These are known from now on, or known otherwise."""

    def forget_contact(self, id: int) -> None:
        """Somebody is known no longer."""

    def forget_recording(self, name: str) -> None:
        """Nobody will want to hear this recording any more."""


class Unwritten:
    """Nothing is written down: for days that nobody remembers."""

    def keep_presence(self, presence: KeptPresence) -> None:
        """Forget it."""

    def keep_greeting(self, greeting: KeptGreeting) -> None:
        """Forget it."""

    def keep_contacts(self, contacts: Sequence[Contact]) -> None:
        """Forget it."""

    def forget_contact(self, id: int) -> None:
        """They were not written down."""

    def forget_recording(self, name: str) -> None:
        """There is none."""
