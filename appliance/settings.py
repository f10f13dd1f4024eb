"""The office as its owner set it up: frozen values that the engine and the lines are given.

`appliance.store.settings` reads them from TOML and keeps them; here is only what they are, and their defaults. Times
of the line are milliseconds (`_ms`) or seconds (`_s`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import time

from appliance.cardsettings import CardSettings, PrivacySettings
from appliance.routingsettings import (
    CallersSettings,
    FormSettings,
    HolidaySettings,
    OnCallSettings,
    PrioritySettings,
    RuleSettings,
)


@dataclass(frozen=True, slots=True)
class LineSettings:
    """One line: its port, and what is said on it. An empty `company` means the office's own (R2).

    Callers of this line may have a `menu`, a `schedule` (opening hours), a `language` and, instead of the menu, a
    `group` of their own (or one person); empty: those of the office.

    The lengths of hook flash and keys are those of the PBX, unless this line has its own (0: as the PBX). What is said
    and heard can be made louder or softer. `modem_setup` are commands of the owner's, sent to the modem after every
    reset; `reset_gpio` is the pin that resets a modem on a HAT (BCM number; 0: none).
    """

    name: str
    port: str
    dialect: str = "auto"
    company: str = ""
    department: str = ""
    flash_ms: int = 0
    dtmf_on_ms: int = 0
    dtmf_off_ms: int = 0
    speak_db: float = 0.0
    listen_db: float = 0.0
    modem_setup: tuple[str, ...] = ()
    reset_gpio: int = 0
    menu: str = ""
    schedule: str = ""
    language: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class PersonSettings:
    """One of the staff and the extension on their desk.

    `deputies` are the extensions of those who help when they are not there, in order. Callers for somebody `protected`
    are asked who they are, and the `assistant` (an extension) hears it first (R18). `handover` is their own way of
    being given a call, empty for that of the office. Outside of their `schedule` they take no calls, and `form` is the
    phone form that they have filled in (R27). `pin` opens the box to them by telephone (R31); it is kept as its
    hash, and without one they cannot change anything there. `skills` say how well they know what a group is for, from 1
    to 9, as "sales 7"; `languages` are those they speak beside that of the office.
    """

    name: str
    extension: str
    position: str = ""
    deputies: tuple[str, ...] = ()
    protected: bool = False
    assistant: str = ""
    handover: str = ""
    pin: str = ""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    schedule: str = ""
    form: FormSettings = field(default_factory=FormSettings)
    notify: tuple[str, ...] = field(default=(), repr=False)
    """Where they are told of things, as addresses of apprise ("mailto://..."); they hold passwords."""
    ring_up: bool = False
    """Ring them up when a card of theirs falls due (R25)."""


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """People who share calls, by extension.

    `strategy` is one of `STRATEGIES`; `skill` is the one that counts for "best skill", empty for that of the group's
    name. `overflow` is the group that helps when nobody of this one is there, and when a caller has waited for
    `overflow_after_s`.

    Outside of its `schedule` the group takes no calls; empty: as long as the office is open.
    """

    name: str
    people: tuple[str, ...]
    overflow: str = ""
    overflow_after_s: float = 120.0
    strategy: str = "longest idle"
    skill: str = ""
    schedule: str = ""


STRATEGIES = ("longest idle", "fixed order", "round robin", "fewest calls", "best skill")
"""Which of several free people gets the next call (R8)."""


@dataclass(frozen=True, slots=True)
class MenuSettings:
    """A one-key menu: key to where it leads. Who presses nothing goes to `default` (R6).

    A key leads to a group, a person, or one of the words of `appliance.acd.decision.LEADS`, as "seller". The menu
    without a `name` is the office's; lines may have others.
    """

    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class LanguagesSettings:
    """The menu of languages: key and language (R4). None: everybody is spoken to in the language of the office."""

    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours: for Monday to Sunday, spans of local time. No spans at all: always open (R3)."""

    week: tuple[tuple[tuple[time, time], ...], ...] = ((),) * 7

    @property
    def always(self) -> bool:
        """True where the owner gave no hours."""
        return not any(self.week)


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """Opening hours with a name, for lines, groups, people and rules. Closed on public holidays unless `holidays`."""

    name: str
    hours: Hours
    holidays: bool = False


@dataclass(frozen=True, slots=True)
class SeasonSettings:
    """A part of the year, `days` as "06-15 to 08-31", in which the office, or `schedule`, has other `hours`."""

    name: str
    days: str
    hours: Hours
    schedule: str = ""


@dataclass(frozen=True, slots=True)
class SpecialDaySettings:
    """Days that are not like others: "2026-12-24", "12-24" (every year), "2026-12-27 to 2026-12-31".

    Without `hours` (as "08:00-12:00") it is closed. It counts for all `schedules`, or for those that are named;
    "office" is the office's own.
    """

    days: str
    name: str = ""
    hours: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusDigits:
    """What this PBX sends as keys to a voice-mail port instead of tones; an empty one is not sent.

    Of Panasonic's codes in `facts` (KX-TD1232E, program 113) the usual ones are 1, 2, 3, 4, 5 and #9.
    """

    ringing: str = ""
    busy: str = ""
    reorder: str = ""
    do_not_disturb: str = ""
    answered: str = ""
    released: str = ""


@dataclass(frozen=True, slots=True)
class PbxSettings:
    """How this office's PBX wants to be spoken to (R33).

    `profile` names the make whose habits (`appliance/pbx`) stand for all that is not said. The ways back to the caller
    are recipes: "flash", "flash flash", "flash 1" (a flash and a code), or "hang up" (the PBX rings here again).
    """

    profile: str = "generic-etsi"
    flash_ms: int = 100
    flash_min_ms: int = 50
    flash_max_ms: int = 250
    """Between these a flash may be made longer or shorter when it does not do what it should."""
    flash_proven: bool = False
    """The flash has been tried on this PBX (`frontdesk teach`); otherwise the first one of each line is looked at
    closely."""
    between_flashes_ms: int = 500
    pause_after_flash_ms: int = 200
    recall_tone: bool = True
    """Does dial tone come after a flash? Otherwise we dial after a second."""
    hold_code: str = ""
    """What must be dialled after the flash before the extension, as Panasonic's "20" with SLT Hold Mode."""
    back_from_busy: str = "flash"
    back_from_no_answer: str = "flash"
    back_from_refusal: str = "flash"
    back_from_reorder: str = "flash"
    camp_on: bool = False
    """Hanging up on a busy extension has the caller wait for it, and come back after `recall_s`; otherwise we never
    do that."""
    recall_s: float = 30.0
    """After how long a caller whom we left ringing comes back here."""
    conference_code: str = ""
    """What joins three after the flash; empty where the PBX cannot."""
    status: StatusDigits = field(default_factory=StatusDigits)
    follow_on_s: float = 0.0
    """How long after our answer the PBX may send the number of the extension that calls, as keys; 0: it does not."""
    internal_ring: str = ""
    """How it rings for calls from inside: burst, pause, burst in milliseconds, as "400 200 400", which a line module
    hears and tells in the log. Empty: as for all others."""
    extension_pattern: str = ""
    """What numbers extensions have, as "1XX 2XX"; X is any digit. Empty: unknown."""
    outside_prefix: str = ""
    """What gets an outside line; empty: unknown."""
    dtmf_on_ms: int = 100
    dtmf_off_ms: int = 100
    dial_tone_s: float = 2.5
    verdict_s: float = 6.0
    no_answer_s: float = 20.0
    on_hook_s: float = 2.0
    reversal_hangs_up: bool = True
    """Does a reversal of polarity mean that the far end has gone? Some PBXs reverse it when a call is answered."""
    tones: tuple[str, ...] = ()
    """Tones that this PBX has of its own, as `frontdesk listen --learn` writes them (`appliance.signals.learn`)."""

    def on(self, line: LineSettings) -> PbxSettings:
        """The same with the lengths that `line` has of its own."""
        return replace(
            self,
            flash_ms=line.flash_ms or self.flash_ms,
            dtmf_on_ms=line.dtmf_on_ms or self.dtmf_on_ms,
            dtmf_off_ms=line.dtmf_off_ms or self.dtmf_off_ms,
        )


REFUSALS = ("meeting", "email", "unavailable", "travelling")
"""Phrases for a caller whom a protected person does not take, known by name in every language (R18)."""


@dataclass(frozen=True, slots=True)
class HandoverSettings:
    """How colleagues are given a call (R16, R17).

    `way` is "blind" (dialled and left at once), "ring" (left as soon as it rings), "answered" (left as soon as somebody
    answers) or "briefed" (they hear who it is, and take the call by a key). `no_key` says what becomes of a call for
    which no key is pressed within `key_s`: "take", "back" or "message".
    """

    way: str = "briefed"
    key_s: float = 6.0
    no_key: str = "take"
    ask_matter: bool = False
    """Ask every caller for a sentence about their matter, which the colleague hears."""
    failures: int = 3
    """After so many failed attempts the caller is asked what they prefer (R15)."""
    refusals: tuple[str, ...] = ("meeting", "email", "unavailable")
    """What a caller may be told whom a protected person refuses (R18), for the keys 2, 3, 4 ...: one of `REFUSALS`, or
    words of the owner's own."""
    conference_parties: tuple[str, ...] = ()
    """Whom a colleague may have in a call of three beside the caller (R19): extensions, or `outside_numbers`."""


@dataclass(frozen=True, slots=True)
class WaitingSettings:
    """The queue: how often we come back to the caller (R11), how long anybody waits (R13), how long calls last."""

    come_back_s: float = 40.0
    longest_s: float = 900.0
    longest_call_s: float = 3600.0
    talk_s: float = 180.0
    """How long a conversation of the staff is believed to last; a busy extension is tried again after `retry_s`."""
    retry_s: float = 20.0
    wrap_up_s: float = 5.0
    personal_s: float = 60.0
    """How long a caller is kept for the person who knows them, or for one who speaks their language; then anybody of
    the group will do."""
    longest_queue: int = 20
    """So many callers may wait; one more is offered a callback or a message at once (R13)."""
    log_out_after: int = 4
    """Who has not answered so many calls in a row is logged out (R8); 0: nobody is."""


@dataclass(frozen=True, slots=True)
class CallbackSettings:
    """Callbacks whose callers keep their place in the queue (R14): when it is their turn, the box rings a colleague.

    It dials the caller's number itself where `may_dial` allows it, by patterns in which X is any digit
    (`appliance.dialling`); otherwise it tells the colleague the number. `keep_free` lines stay free for callers, but
    never all of them. After `attempts` that came to nothing, each `retry_s` after the last and then twice as long, the
    callback is only a card.
    """

    in_queue: bool = True
    keep_free: int = 1
    may_dial: tuple[str, ...] = ()
    attempts: int = 3
    retry_s: float = 300.0


@dataclass(frozen=True, slots=True)
class ListeningSettings:
    """What the lines take for what."""

    ring_trip_ms: int = 300
    silence_s: float = 30.0
    """Silence, while we wait for the caller to speak or key, after which they count as gone."""
    silence_dbm0: float = -42.0
    """Sound softer than this is silence; 8-bit modems cannot tell it from their own steps."""
    echo_loss_db: float = 10.0
    """What comes back of our own voice is at least this much weaker; a tone must be louder than that to be believed."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the page is served."""

    host: str = "127.0.0.1"
    port: int = 8080


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """What is told by e-mail and the usual services, to whom, and when (R25, R29).

    `urls` are the addresses of the office, as those of each person in the form of apprise. `office` and `people` name
    what they are told: some of `TOLD_OFFICE`, and of `TOLD_PEOPLE`. In `quiet` hours ("20:00-07:00") nothing is sent.
    The daily sheet and, on `letter_on`, the weekly letter are sent at `sheet_at`. Of a card that is still open the
    deputy is told after `deputy_after_s`.
    """

    urls: tuple[str, ...] = field(default=(), repr=False)
    office: tuple[str, ...] = ("reminders", "faults", "messages", "daily sheet", "weekly letter")
    people: tuple[str, ...] = ("reminders", "messages", "daily sheet")
    quiet: str = ""
    sheet_at: str = "07:45"
    letter_on: str = "monday"
    deputy_after_s: float = 3600.0

    @property
    def sheet_time(self) -> time:
        """The time of day of `sheet_at`."""
        return time.fromisoformat(self.sheet_at)


TOLD_PEOPLE = ("reminders", "messages", "daily sheet")
TOLD_OFFICE = ("reminders", "faults", "messages", "daily sheet", "weekly letter")
"""What can be told by notice."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the owner decides. `operator` is the extension of whoever takes a call when all else fails."""

    company: str
    country: str = "pl"
    language: str = "en"
    operator: str = ""
    lines: tuple[LineSettings, ...] = ()
    people: tuple[PersonSettings, ...] = ()
    groups: tuple[GroupSettings, ...] = ()
    menu: MenuSettings = field(default_factory=MenuSettings)
    menus: tuple[MenuSettings, ...] = ()
    """Menus with names, for lines."""
    languages: LanguagesSettings = field(default_factory=LanguagesSettings)
    hours: Hours = field(default_factory=Hours)
    schedules: tuple[ScheduleSettings, ...] = ()
    seasons: tuple[SeasonSettings, ...] = ()
    special_days: tuple[SpecialDaySettings, ...] = ()
    holidays: HolidaySettings = field(default_factory=HolidaySettings)
    information: tuple[str, ...] = ()
    """The standing information in the owner's words: hours, address, reception days; sentence by sentence (R3)."""
    on_call: tuple[OnCallSettings, ...] = ()
    """Who is called in an emergency while the office is closed; the first one whose time it is (R3)."""
    rules: tuple[RuleSettings, ...] = ()
    priority: PrioritySettings = field(default_factory=PrioritySettings)
    callers: CallersSettings = field(default_factory=CallersSettings)
    pbx: PbxSettings = field(default_factory=PbxSettings)
    handover: HandoverSettings = field(default_factory=HandoverSettings)
    outside_numbers: tuple[str, ...] = ()
    """Outside numbers that may be dialled, as digits without the prefix of the PBX (R35)."""
    staff_code: str = ""
    """What a colleague keys in during the greeting to be known as one, where their caller ID does not tell (R31)."""
    waiting: WaitingSettings = field(default_factory=WaitingSettings)
    callbacks: CallbackSettings = field(default_factory=CallbackSettings)
    cards: CardSettings = field(default_factory=CardSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    listening: ListeningSettings = field(default_factory=ListeningSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    web: WebSettings = field(default_factory=WebSettings)
