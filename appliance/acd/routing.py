"""What can become of a caller: the values of a decision. `appliance.acd.decision` makes it (R2 to R9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from appliance.acd.caller import Caller
from appliance.acd.staff import Person
from appliance.call import CallerId
from appliance.contacts import Contact
from appliance.settings import HandoverSettings, PbxSettings, WaitingSettings

BLOCKED = ("not-wanted", "not-in-service", "write-to-us")
"""Phrases for callers who are not wanted, known by name in every language (R7)."""


@dataclass(frozen=True, slots=True)
class Returning:
    """A caller who was left ringing at `person` and was not answered, and the group they had waited for."""

    person: Person
    group: str


class Leads(Enum):
    """What a key of a menu, or a rule, leads to."""

    GROUP = "group"
    PERSON = "person"
    SELLER = "seller"
    WRONG_NUMBER = "wrong number"
    INFORMATION = "information"
    BY_NAME = "by name"
    EXTENSION = "extension"
    CUSTOMER_NUMBER = "customer number"
    CALLBACK = "callback"
    MESSAGE = "message"
    ON_CALL = "on call"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a caller goes: `to` is the name of a group, or the extension of a person, where it leads to one."""

    leads: Leads
    to: str = ""


class Closed(Enum):
    """Why nobody is in the office."""

    AFTER_HOURS = "after hours"
    LUNCH = "lunch"
    HOLIDAY = "holiday"
    SPECIAL_DAY = "special day"


@dataclass(frozen=True, slots=True)
class Familiar:
    """Somebody whom this caller may be offered, because they dealt with them last or look after them (R5)."""

    person: Person
    helped: datetime | None = None
    """When they dealt with this caller; `None`: they look after them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The decision for one call, with all that its script needs to say and do."""

    call: int
    open: bool
    opens: datetime | None
    moment: datetime
    company: str
    department: str
    caller_id: CallerId
    default: str
    operator: str
    overflow: tuple[tuple[str, str], ...]
    pbx: PbxSettings
    waiting: WaitingSettings
    handover: HandoverSettings
    ringback_over_s: float
    """Ringback that has been missing for so long has been answered."""
    returning: Returning | None = None
    """This is no new call: the PBX brings back a caller whom we left ringing somewhere."""
    colleague: Person | None = None
    """The number that calls is the extension of this person, who may use the box by telephone (R31)."""
    internal: bool = False
    """It rang as this PBX rings for calls from inside, whoever it is."""
    staff_code: str = ""
    contact: Contact | None = None
    """Who calls, where the office knows them (R5)."""
    why: str = ""
    """The decision in a sentence, with the rule or setting that made it."""
    closed: Closed | None = None
    blocked: str = ""
    """What a caller who is not wanted hears, and nothing else: one of `BLOCKED` or words of the owner's (R7). Empty:
    they are wanted."""
    goes_to: Destination | None = None
    """Where this caller goes without a menu, by a rule, a form, or because the line is that of one group."""
    menu: tuple[tuple[str, Destination], ...] = ()
    """The one-key menu of this line: key and where it leads (R6)."""
    languages: tuple[tuple[str, str], ...] = ()
    """The menu of languages, key and language, for a caller whose language is not known (R4)."""
    language: str = ""
    """The language of this call."""
    familiar: Familiar | None = None
    mobile: bool = False
    """They call from a mobile telephone, so they are offered a callback first (R12)."""
    head_start_s: float = 0.0
    """In the queue they count as if they had waited so much longer (R9)."""
    on_call: Person | None = None
    """Who is on call for emergencies at this hour (R3)."""
    information: str = ""
    """The standing information in the owner's words: hours, address, reception days (R3). Empty: there is none."""
    seller_words: str = ""
    """What sellers hear, in the owner's words (R6). Empty: a phrase of ours."""
    greeting: str = ""
    """The recording that is played in place of the spoken greeting, below the home folder; empty: there is none."""
    caller: Caller = field(default_factory=Caller)
    """The caller as rules and forms see them."""
    matter_asked: tuple[tuple[str, bool], ...] = ()
    """For which extensions callers are asked about their matter, or not, by the form of that person (R27)."""

    def overflow_of(self, group: str) -> str:
        """The group that helps out, or an empty string."""
        return dict(self.overflow).get(group, "")

    def asks_matter(self, group: str) -> bool:
        """Are callers for this group, or for this one extension, asked what their call is about (R17, R27)?"""
        return dict(self.matter_asked).get(group, self.handover.ask_matter)
