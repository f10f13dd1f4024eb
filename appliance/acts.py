"""What a script can ask for. Each act is awaited and gives a typed reply.

Acts of the first half are done by a line, in its own thread; those of the second half are answered by the office. The
performer knows which is which by their base class.

    reply = await Play((sentence("welcome"),))
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

from appliance.call import Briefing, CallerId, FlashPlan, FlashResult, Outcome, TransferResult

if TYPE_CHECKING:
    from appliance.acd.queue import Place
    from appliance.acd.routing import Plan
    from appliance.acd.staff import Person, Standing
    from appliance.cards import Card

R = TypeVar("R", covariant=True)


class Act(Generic[R]):
    """One thing asked for by a script; `await` gives the reply."""

    __slots__ = ()

    def __await__(self) -> Generator[Act[R], R, R]:
        return (yield self)


class LineAct(Act[R]):
    """Done by the line."""

    __slots__ = ()


class OfficeAct(Act[R]):
    """Answered by the office."""

    __slots__ = ()


class HandoverAct(OfficeAct[R]):
    """Answered by `appliance.acd.handovers`: callers being put through."""

    __slots__ = ()


# ---------------------------------------------------------------- sentences


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence by its key in `voice-prompts/<language>/prompts.toml`, with the values it speaks."""

    key: str
    values: tuple[tuple[str, str | int], ...] = ()


def sentence(key: str, /, **values: str | int) -> Sentence:
    """Name a sentence and the values it speaks, for example `sentence("position", place=2)`."""
    return Sentence(key, tuple(sorted(values.items())))


# ---------------------------------------------------------------- done by the line


@dataclass(frozen=True, slots=True)
class Answer(LineAct[None]):
    """Go off-hook and wait until ringing has been tripped. A line that is off-hook already stays so."""


class Seized(Enum):
    """What became of taking an idle line for a call of our own."""

    SEIZED = "dial tone"
    NO_DIAL_TONE = "another tone"
    NOT_FREE = "another telephone is lifted"


@dataclass(frozen=True, slots=True)
class Seize(LineAct[Seized]):
    """Go off-hook on a line that is idle, and wait for dial tone. It is off-hook afterwards only when `SEIZED`.

    Whoever rings at that moment goes first (glare): the line tells of the ring, and if it was taken unawares, which no
    dial tone shows, that it is off-hook; this act then ends without a reply, and the call is theirs.
    """


@dataclass(frozen=True, slots=True)
class Play(LineAct[bool]):
    """Speak. `True`: heard to its end. `False`: cut short by a key, which stays for the next `Collect`.

    With `barge_in=False` keys are dropped while it speaks. With `offers=True` it is also cut short when the office
    has a colleague for this caller, whom the next `Hold` returns. `language` is written in by the performer: the one
    of this call, unless the script has said another; empty: that of the office.
    """

    sentences: tuple[Sentence, ...]
    barge_in: bool = True
    offers: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Collect(LineAct[str]):
    """Wait for keys and return them, perhaps fewer than `most`, perhaps none.

    Ends at `most` keys, at `end` (not returned), or when no key came for `seconds` (`between_s` after the first).
    Silence counts as a sign that the caller has gone unless `silence_counts` is false.
    """

    most: int = 1
    seconds: float = 6.0
    between_s: float = 4.0
    end: str = "#"
    offers: bool = False
    silence_counts: bool = True


class Held(Enum):
    """Why a `Hold` ended, other than by the offer of a colleague."""

    TIME = "time"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Offer:
    """The office has a colleague for this caller. Until the script says how it went nobody else is offered them."""

    person: Person


@dataclass(frozen=True, slots=True)
class Hold(LineAct["Held | Offer"]):
    """Play hold music for `seconds`; a key (kept for the next `Collect`) or an offer ends it (R10)."""

    seconds: float


@dataclass(frozen=True, slots=True)
class StillThere(LineAct[None]):
    """Make sure that the caller has not gone, on lines that could not hear them while we spoke; then `CallEnded`."""


@dataclass(frozen=True, slots=True)
class Flash(LineAct[None]):
    """Press the hook `times` times, each for `length_ms` (0: as long as the settings say)."""

    times: int = 1
    length_ms: int = 0


@dataclass(frozen=True, slots=True)
class Dial(LineAct[None]):
    """Dial by DTMF, with the extension's PBX on the line. The performer refuses what `appliance.toll` does not allow
    (R35).
    """

    digits: str


class Heard(Enum):
    """What the far end of the line sounds like."""

    DIAL_TONE = "dial tone"
    STUTTER = "stutter dial tone"
    """Dial tone that begins in bursts: recall, or a message waits."""
    RINGBACK = "ringback"
    BUSY = "busy"
    CONGESTION = "congestion"
    DISCONNECT = "disconnect tone"
    """A tone of this PBX, learned, that means: the far end has hung up."""
    SIT = "special information tone"
    FAX = "fax"
    DO_NOT_DISTURB = "do not disturb"
    ANSWERED = "answered"
    """These two are only told by PBXs that send keys for what happens (`StatusDigits`)."""
    VOICE = "voice"
    MUSIC = "music"
    SILENCE = "silence"
    NO_TONE = "no tone"
    """After ringback: it stopped for longer than its pause. After a flash back: neither tone nor silence matters."""
    NOTHING = "nothing of that"


@dataclass(frozen=True, slots=True)
class Hear(LineAct[Heard]):
    """Listen until one of `wanted` is heard, or `NOTHING` after `seconds`.

    `NO_TONE` means: no tone at all for `no_tone_s` seconds.
    """

    wanted: frozenset[Heard]
    seconds: float
    no_tone_s: float = 0.8


@dataclass(frozen=True, slots=True)
class Briefed:
    """How the colleague took what they were told: the key they pressed, or none; or they have put the phone down."""

    key: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Brief(LineAct[Briefed]):
    """Speak to a colleague while the caller is on hold, then wait `seconds` for one of `keys` (R17).

    A key of `keys` ends it at any moment, any other key counts for nothing.
    """

    sentences: tuple[Sentence, ...]
    keys: str
    seconds: float


@dataclass(frozen=True, slots=True)
class AwaitRecall(LineAct[bool]):
    """Hang up, wait up to `seconds` for the PBX to ring here again with the caller whom we left, and answer.

    What rings with another number than one of `numbers` is somebody new (without `numbers` nobody is). `False`: it did
    not ring, or it is somebody new who rings; the line is on-hook.
    """

    seconds: float
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording on disk: its name below the home folder, and its length in seconds of sound kept.

    `spoken_s` is how much of that was louder than silence.
    """

    name: str
    seconds: float
    spoken_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Record(LineAct[Recording]):
    """Record the caller until `silence_s` of silence, a key, or `limit_s`; written to disk as it arrives."""

    name: str
    limit_s: float = 120.0
    silence_s: float = 4.0


@dataclass(frozen=True, slots=True)
class HangUp(LineAct[None]):
    """Put the line on-hook and keep it there as long as the PBX needs. Only the performer does this."""


# ---------------------------------------------------------------- answered by the office


@dataclass(frozen=True, slots=True)
class AwaitCallerId(OfficeAct[CallerId]):
    """Wait until the caller ID is in, at most until ring number `ring` begins (R1)."""

    ring: int = 2


@dataclass(frozen=True, slots=True)
class AskRoute(OfficeAct["Plan"]):
    """What should become of this caller at this moment?"""


@dataclass(frozen=True, slots=True)
class AskOperator(HandoverAct["Person | None"]):
    """Who takes a call when all else fails, if the settings name somebody."""


@dataclass(frozen=True, slots=True)
class SpeakLanguage(OfficeAct[None]):
    """From now on this caller is spoken to in the language `code`, one of `voice-prompts`; empty: the office's (R4)."""

    code: str


@dataclass(frozen=True, slots=True)
class FindByName(OfficeAct["tuple[Person, ...]"]):
    """Whose name begins like this on the letters of a keypad: 2 is A, B or C, and so on."""

    keys: str


@dataclass(frozen=True, slots=True)
class IdentifyCustomer(OfficeAct["Plan | None"]):
    """The plan for the contact with this customer number, which a caller has keyed in (R6); `None`: nobody has it."""

    digits: str


@dataclass(frozen=True, slots=True)
class TakeTicket(OfficeAct[bool]):
    """Take a place in the queue of `group`; a caller who has one keeps its time and moves with it.

    `group` is the name of a group, or the extension of one person. For a while (`waiting.personal_s`) the caller is
    kept for the person at extension `prefers`. `False`: too many wait, and there is no place for one more (R13).
    """

    group: str
    prefers: str = ""


@dataclass(frozen=True, slots=True)
class WhereAmI(OfficeAct["Place"]):
    """Position and honest range of waiting time (R11)."""


@dataclass(frozen=True, slots=True)
class LeaveQueue(OfficeAct[None]):
    """Give the place in the queue back."""


@dataclass(frozen=True, slots=True)
class ReportTransfer(HandoverAct[None]):
    """How an attempt to put the caller through ended; the person is free for other offers again."""

    person: Person
    result: TransferResult
    seconds: float


@dataclass(frozen=True, slots=True)
class WhoIsThere(HandoverAct["tuple[Standing, ...]"]):
    """How it stands with the people of `group` (R15), or with those at `extensions`, in their order."""

    group: str = ""
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskFor(HandoverAct["Offer | None"]):
    """The first of these people who can be offered this caller now, as deputies are asked in order (R13)."""

    extensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeepMatter(OfficeAct[None]):
    """The caller was asked what their call is about: the name of the recording, empty if they said nothing."""

    recording: str


@dataclass(frozen=True, slots=True)
class KeepWho(OfficeAct[None]):
    """The caller was asked who they are: the name of the recording, empty if they said nothing."""

    recording: str


@dataclass(frozen=True, slots=True)
class AskParties(HandoverAct["tuple[Person, ...]"]):
    """Who can be had for a call of three at this moment, other than the colleague at `extension` (R19)."""

    extension: str


@dataclass(frozen=True, slots=True)
class AskThird(HandoverAct["Person | None"]):
    """Whom the office wants to have in this call beside the colleague at `extension`; it is asked for once."""

    extension: str


@dataclass(frozen=True, slots=True)
class Invite(HandoverAct[bool]):
    """May this person be rung now? From then on nobody else is offered them, until `ReportTransfer`.

    They are a third party, or, `wherever` they said that they are, on call (R3).
    """

    person: Person
    wherever: bool = False


@dataclass(frozen=True, slots=True)
class AskBriefing(OfficeAct[Briefing]):
    """What there is to tell a colleague of this caller (R17)."""


@dataclass(frozen=True, slots=True)
class AskFlash(HandoverAct[FlashPlan]):
    """How long should a hook flash on this line be?"""


@dataclass(frozen=True, slots=True)
class ReportFlash(HandoverAct[None]):
    """What a flash of `length_ms` did; the office remembers it for this line and tells of what is wrong."""

    length_ms: int
    result: FlashResult


@dataclass(frozen=True, slots=True)
class Moment(OfficeAct[datetime]):
    """The time on the wall."""


@dataclass(frozen=True, slots=True)
class MakeCard(OfficeAct["Card"]):
    """Store a promise to this caller: a callback or a message (R21, R22).

    `when` is their wish in words, `due` the moment that it comes to (`None`: at once, or when the office opens), and
    `until` what they were promised.
    """

    number: str
    when: str = "as soon as possible"
    recording: str = ""
    due: datetime | None = None
    until: datetime | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Doing(OfficeAct[None]):
    """Tell the board in a few words what is going on in this call."""

    what: str


@dataclass(frozen=True, slots=True)
class Ending(OfficeAct[None]):
    """Say how this call will count when it ends from here on, whoever hangs up."""

    outcome: Outcome
