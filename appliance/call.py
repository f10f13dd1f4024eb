"""A call, from its first ring to the record that stays of it.

`Call` is what is known while it lasts; `CallRecord` is what the ledger keeps, one for every ring (R1, R23).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from appliance.contacts import Contact, LastServed

if TYPE_CHECKING:
    from appliance.acd.caller import Caller


class Presentation(Enum):
    """What the network said about showing the caller's number."""

    SHOWN = "shown"
    WITHHELD = "withheld"
    UNAVAILABLE = "unavailable"
    NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True)
class CallerId:
    """Who calls, as far as the line told. Empty strings mean: not told."""

    number: str = ""
    name: str = ""
    presentation: Presentation = Presentation.NOT_SENT

    def merged(self, later: CallerId) -> CallerId:
        """Complete this one by what came later: a name after the number, a number after the name."""
        return CallerId(
            number=self.number or later.number,
            name=self.name or later.name,
            presentation=self.presentation if self.told else later.presentation,
        )

    @property
    def told(self) -> bool:
        """Has the network said what it has to say about the number, be it only that it is withheld?"""
        return self.presentation is not Presentation.NOT_SENT

    @property
    def spoken_of(self) -> str:
        """How a person would call them: name, else number, else that nothing is known."""
        return self.name or self.number or "unknown caller"


class Outcome(Enum):
    """How a call ended, for the people who read the list of calls."""

    TRANSFERRED = "put through"
    CALLBACK = "callback promised"
    MESSAGE = "message left"
    INFORMED = "told and thanked"
    TURNED_AWAY = "not wanted"
    """On the list of those who are not put through (R7)."""
    TAKEN_OVER = "taken at another telephone"
    STAFF = "a colleague called"
    """One of the staff used the box by telephone (R31)."""
    CALLED_BACK = "called back"
    """The box began this call itself, and the next four too (R14)."""
    COLLEAGUE_CALLS = "a colleague calls back"
    SETTLED = "no callback needed any more"
    NOT_CALLED_BACK = "not called back yet"
    GAVE_WAY = "gave way to a caller"
    REMINDED = "a colleague was reminded"
    NOT_REMINDED = "a colleague was not reached"
    """These two are reminders by telephone (R25)."""
    ABANDONED = "caller hung up"
    UNANSWERED = "rang, not answered"
    BROKEN = "line failed"
    INTERRUPTED = "the box stopped during the call"


class TransferResult(Enum):
    """How one attempt to put a caller through ended (R16)."""

    TAKEN = "taken"
    JOINED = "three-way call"
    BUSY = "busy"
    NO_ANSWER = "no answer"
    UNOBTAINABLE = "number not obtainable"
    DO_NOT_DISTURB = "do not disturb"
    LEFT = "left ringing"
    """Left before anybody answered; the caller comes back if nobody does."""
    REFUSED = "sent back"
    MESSAGE = "a message is wanted"
    PASSED_ON = "passed on to the person asked for"
    MACHINE = "a machine answered"
    NO_DIAL_TONE = "no dial tone after the flash"
    FLASH_TOO_LONG = "the flash cut the caller off"
    CALLER_GONE = "caller gone"
    NOT_JOINED = "the PBX did not join three"
    UNCONFIRMED = "nobody said that they were there"
    SETTLED = "needs no call any more"
    """These two end a callback, of which the colleague was told."""
    NOT_REACHED = "the caller could not be reached"


class HangUpSign(Enum):
    """By which sign the line learned that the far end has gone."""

    LOOP_BREAK = "loop break"
    BUSY = "busy tone"
    CONGESTION = "congestion tone"
    DIAL_TONE = "dial tone"
    SILENCE = "silence"
    LIMIT = "longest call"
    HANDSET = "another telephone was lifted"
    CODE = "the PBX said so"
    LINE_FAILED = "line failed"
    WITHDRAWN = "not wanted any more"


@dataclass(frozen=True, slots=True)
class TransferAttempt:
    """One attempt to hand a caller over."""

    at: datetime
    extension: str
    person: str
    result: TransferResult
    seconds: float


@dataclass(frozen=True, slots=True)
class Announced:
    """What a caller who had waited `after_s` was told: between how many whole minutes they would still wait (R11)."""

    after_s: float
    low_min: int
    high_min: int


@dataclass(frozen=True, slots=True)
class Wait:
    """One stay in the queue of a group, and what was announced to the caller in it."""

    group: str
    seconds: float
    announced: tuple[Announced, ...] = ()


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a colleague is told of a caller before they take the call (R17).

    `who` and `matter` name the recordings in which the caller said their name, and what they want; empty where they
    said nothing, `None` where they were not asked. `calls_today` counts this call too.
    """

    caller_id: CallerId
    waited_s: float
    calls_today: int
    matter: str | None = None
    who: str | None = None


@dataclass(frozen=True, slots=True)
class FlashPlan:
    """How long the next hook flash on this line should be, and whether such a flash is known to work there."""

    length_ms: int
    proven: bool


class FlashResult(Enum):
    """What a hook flash did."""

    WORKED = "worked"
    TOO_SHORT = "too short"
    TOO_LONG = "too long"


@dataclass(slots=True)
class Call:
    """A call while it lasts. Only the engine's thread changes it."""

    number: int
    line: str
    started: datetime
    began: float
    caller_id: CallerId = field(default_factory=CallerId)
    rings: int = 0
    rings_before_answer: int = 0
    answered_at: float | None = None
    transfers: list[TransferAttempt] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    hung_up: HangUpSign | None = None
    doing: str = "ringing"
    since: float | None = None
    """When they began to wait, if it was in an earlier call from which the PBX has brought them back."""
    matter: str | None = None
    """The recording of what the caller said their call is about; `None`: not asked, empty: nothing said."""
    who: str | None = None
    """The same of their name and company."""
    outgoing: bool = False
    """The box began it; `caller_id` is whoever is called."""
    offered: list[str] = field(default_factory=list)
    """The extensions of those who are being asked to take this call, or to join it; nobody else is offered them."""
    third: str = ""
    """Whom the office wants to have in a call of three as soon as a colleague takes this one (R19)."""
    head_start_s: float = 0.0
    """In the queue they count as if they had waited so much longer (R9)."""
    language: str = ""
    """The language of the caller; empty: that of the office."""
    late: bool = False
    """The line was armed shortly before, so it may have missed the first rings, and the caller ID."""
    internal: bool = False
    """It rang as this PBX rings for calls from inside."""
    contact: Contact | None = None
    """Who calls, where the office knows their number (R5)."""
    caller: Caller | None = None
    """Who calls, as rules and forms see them; `None` until it is decided what becomes of the call."""

    def log_name(self) -> str:
        """The call's name in the log: its number only, so that no telephone number is written there (R36)."""
        return f"call {self.number}"


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What the ledger keeps of a call. Durations are seconds; times are local with their zone.

    `outcome` is `None` while the call lasts; such a row found at start-up was cut off by a crash or a power failure.
    """

    number: int
    line: str
    started: datetime
    caller_id: CallerId
    rings: int
    answer_s: float | None = None
    talk_s: float = 0.0
    outcome: Outcome | None = None
    hung_up: HangUpSign | None = None
    waits: tuple[Wait, ...] = ()
    transfers: tuple[TransferAttempt, ...] = ()
    outgoing: bool = False
    """The box began this call; `caller_id` is whoever was to be called."""

    @classmethod
    def of(cls, call: Call, outcome: Outcome | None, now: float) -> CallRecord:
        """What stays of `call`, when it ends (or, without an outcome, begins) at clock time `now`."""
        return cls(
            number=call.number,
            line=call.line,
            started=call.started,
            caller_id=call.caller_id,
            rings=call.rings_before_answer,
            answer_s=None if call.answered_at is None else call.answered_at - call.began,
            talk_s=0.0 if call.answered_at is None else now - call.answered_at,
            outcome=outcome,
            hung_up=call.hung_up,
            waits=tuple(call.waits),
            transfers=tuple(call.transfers),
            outgoing=call.outgoing,
        )

    @property
    def last_served(self) -> LastServed | None:
        """Who dealt with the caller, if somebody certainly did: whoever was left ringing may not have answered (R5)."""
        took = (TransferResult.TAKEN, TransferResult.JOINED)
        for attempt in reversed(self.transfers):
            if attempt.result in took:
                return LastServed(attempt.extension, attempt.at)
        return None

    def interrupted(self) -> CallRecord:
        """The same record after the box came back and found it unfinished."""
        return replace(self, outcome=Outcome.INTERRUPTED)
