"""People at event level: who calls, and who sits at the desks. What they do is decided beforehand or by dice.

Seconds count in virtual time. A caller's diary is the truth of where they were; the office never sees it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import TYPE_CHECKING

from appliance.call import CallerId, HangUpSign

if TYPE_CHECKING:
    from hardware.simulated.eventport import Port

MACHINE_LISTENS_S = 25.0
"""How long somebody speaks to an answering machine before they hang up; to a fax nobody does."""
FAX_S = 4.0


class Where(Enum):
    """Where an outside caller is."""

    RINGING = "ringing"
    OFFICE = "with the box"
    HOLD = "on hold"
    WHISPER = "on hold while a colleague is told of them"
    RINGING_COLLEAGUE = "left ringing"
    CAMPED = "left waiting for a busy colleague"
    RETURNING = "coming back"
    COLLEAGUE = "talking"


class End(Enum):
    """How a call of the outside ended."""

    LEFT = "hung up"
    TALKED = "talked, then hung up"
    DROPPED = "was dropped"


@dataclass(frozen=True, slots=True)
class Visitor:
    """One caller, decided beforehand. `patience_s` counts from the moment of the answer."""

    caller_id: CallerId
    patience_s: float
    talk_s: float
    keys: dict[str, str]
    """What they press after a prompt, by the key of its sentence."""
    sign: HangUpSign = HangUpSign.LOOP_BREAK
    """How the PBX passes on that they have hung up."""
    rings_for_s: float = 1e9
    """How long they let it ring before anybody answers."""
    leaves: str = ""
    """Where they hang up, `leaves_after_s` after they came there: a `Where`, or the key of a sentence they hear."""
    leaves_after_s: float = 0.0


@dataclass(slots=True, eq=False)
class Caller:
    """A call from outside, as the PBX knows it."""

    visitor: Visitor
    came_at: float
    where: Where = Where.RINGING
    port: Port | None = None
    """The port that rings for them, talks with them, holds them, or to which they come back."""
    desk: Extension | None = None
    """The extension that rings for them, that they wait for, or with which they talk."""
    moves: int = 0
    """How often they have been moved: what was planned before the last move is void."""
    moved_at: float = 0.0
    way: list[Where] = field(default_factory=lambda: [Where.RINGING])
    reached: list[Extension] = field(default_factory=list)
    ended: End | None = None
    ended_at: float = 0.0
    waited_s: float = 0.0
    """How long they had been where they were when their call ended."""
    cut_by_flash: bool = False
    """They were dropped because the PBX took a hook flash for a hang-up."""
    without_pause: bool = False
    """It rang for them when it had just rung for somebody who gave up, so that nobody heard where one began."""
    unnoticed: bool = False
    """They hung up so shortly before a hook flash that the sign of it could not come through."""


class Kind(Enum):
    """What picks up at an extension."""

    PERSON = "a person"
    MACHINE = "an answering machine"
    FAX = "a fax"


@dataclass(frozen=True, slots=True)
class Reaction:
    """What somebody does `after_s` seconds after they have answered the box: a key, or (`""`) they hang up."""

    key: str
    after_s: float


class Extension:
    """A telephone on a desk: busy until some moment, or left ringing."""

    def __init__(self, number: str, no_answer: float, rng: Random, kind: Kind = Kind.PERSON) -> None:
        self.number = number
        self.kind = kind
        self.busy_until = 0.0
        self.do_not_disturb = False
        self.attended = True
        """Is there anybody to pick up?"""
        self.rung_by: Port | Caller | Extension | None = None
        self.rings = 0
        """How often it has begun to ring."""
        self.talks_with: Port | Caller | None = None
        self.reactions: tuple[tuple[float, Reaction | None], ...] = ((1.0, Reaction("1", 2.0)),)
        """Weights, and what they do when told of a caller; `None`: nothing."""
        self.called_reactions: tuple[tuple[float, Reaction | None], ...] = ()
        """The same when the box calls them without a caller; empty: no other ones."""
        self.speaks_after_s: float | None = 0.4
        """When they say their name after they have answered; `None`: they wait for the other to speak."""
        self._no_answer = no_answer
        self._rng = rng

    def is_free(self, now: float) -> bool:
        """Could this telephone ring?"""
        return self.busy_until <= now and self.rung_by is None and self.talks_with is None

    def answers_after_s(self) -> float | None:
        """How long it rings this time; `None` when nobody picks up."""
        if self.kind is not Kind.PERSON:
            return 4.0
        return None if not self.attended or self._rng.random() < self._no_answer else self._rng.uniform(2.0, 9.0)

    def reaction(self, *, called: bool = False) -> Reaction | None:
        """What they do this time when told of a caller, or `called` by the box itself."""
        if self.kind is not Kind.PERSON:
            return None
        reactions = (self.called_reactions if called else ()) or self.reactions
        weights = [weight for weight, _ in reactions]
        return self._rng.choices(reactions, weights)[0][1]

    def talk_s(self, visitor: Visitor) -> float:
        """How long a conversation here lasts."""
        return {Kind.PERSON: visitor.talk_s, Kind.MACHINE: MACHINE_LISTENS_S, Kind.FAX: FAX_S}[self.kind]
