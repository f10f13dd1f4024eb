"""What should become of a caller: decided from the line, the hour and the settings (R2, R3, R6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from appliance.acd.staff import Person
from appliance.call import CallerId
from appliance.contacts import Contact, LastServed
from appliance.settings import (
    GroupSettings,
    HandoverSettings,
    Hours,
    LineSettings,
    PbxSettings,
    Settings,
    WaitingSettings,
)
from appliance.signals.countries import country

BLOCKED = ("not-wanted", "not-in-service", "write-to-us")
"""Phrases for callers who are not wanted, known by name in every language (R7)."""
ANSWERED_AFTER_S = 1.0
"""Ringback missing for its longest pause and this much more has been answered (hand-over step T5)."""


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
    choices: tuple[tuple[str, str], ...]
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
    """Who is on call for emergencies while the office is closed (R3)."""
    information: str = ""
    """The standing information in the owner's words: hours, address, reception days (R3). Empty: there is none."""
    seller_words: str = ""
    """What sellers hear, in the owner's words (R6). Empty: a phrase of ours."""
    greeting: str = ""
    """The recording that is played in place of the spoken greeting, below the home folder; empty: there is none."""

    def overflow_of(self, group: str) -> str:
        """The group that helps out, or an empty string."""
        return dict(self.overflow).get(group, "")


def decide(
    settings: Settings,
    line: LineSettings,
    call: int,
    caller_id: CallerId,
    moment: datetime,
    contact: Contact | None = None,
    last_served: LastServed | None = None,
) -> Plan:
    """The plan for call number `call` from `caller_id` on `line` at this local `moment`.

    `contact` is who calls, `last_served` who dealt with them last, where the office knows it.
    """
    is_open = settings.hours.open_at(moment)
    ringback_pauses_ms = [off_ms for _, off_ms in country(settings.country).ringback.cadence]
    return Plan(
        call=call,
        open=is_open,
        opens=None if is_open else next_opening(settings.hours, moment),
        moment=moment,
        company=line.company or settings.company,
        department=line.department,
        caller_id=caller_id,
        choices=settings.menu.choices,
        default=settings.menu.default or _first_group(settings.groups),
        operator=settings.operator,
        overflow=tuple((group.name, group.overflow) for group in settings.groups if group.overflow),
        pbx=settings.pbx,
        waiting=settings.waiting,
        handover=settings.handover,
        ringback_over_s=max(ringback_pauses_ms) / 1000 + ANSWERED_AFTER_S,
        staff_code=settings.staff_code,
        contact=contact,
    )


def _first_group(groups: tuple[GroupSettings, ...]) -> str:
    return groups[0].name if groups else ""


def next_opening(hours: Hours, moment: datetime) -> datetime | None:
    """The next local moment at which the office opens, within a week; `None` where it never does."""
    for days in range(8):
        day = moment + timedelta(days=days)
        for start, _ in sorted(hours.week[day.weekday()]):
            opening = day.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0)
            if opening > moment:
                return opening
    return None
