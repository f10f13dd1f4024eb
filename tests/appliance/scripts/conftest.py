"""An office on one event-level line behind a PBX of its own, which knows at every moment who can talk with whom.

What people do is written down before: which key they press after which sentence, and at which sentence they hang up.
The line answers every act as `hardware.line` would. Where the caller is, is the PBX's truth, never the office's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from appliance.acd.staff import Belief
from appliance.acts import (
    Answer,
    Brief,
    Briefed,
    Collect,
    Dial,
    Flash,
    HangUp,
    Hear,
    Heard,
    Held,
    Hold,
    LineAct,
    Play,
    Record,
    Recording,
    Sentence,
)
from appliance.call import CallerId, CallRecord, HangUpSign, Presentation, TransferResult
from appliance.cards import Card, Entry, Reminder
from appliance.clock import VirtualClock
from appliance.commands import Command
from appliance.events import CallerIdHeard, Done, HungUp, LineEvent, OffHook, OnHook, Ring
from appliance.office import Office
from appliance.settings import Settings
from hardware.simulated.eventoffice import filed_for_calls

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SENTENCE_S = 2.0
JAN = CallerId("225550101", "Jan", Presentation.SHOWN)
CALLER = "caller"


@dataclass
class Party:
    """Somebody at a telephone: an extension, or (with `CALLER` for a name) the caller."""

    number: str
    presses: dict[str, str] = field(default_factory=dict)
    """The key they press when they have heard a sentence, by its key; keys pressed one after the other in one text. A
    question mark: 1 if they hear the caller, else 2. Numbers stand between blanks; "hold" is pressed into the music."""
    hangs_up_at: str = ""
    answers: bool = True
    busy: bool = False
    fax: bool = False
    silent: bool = False
    """Says nothing when asked to speak."""
    there: bool = False
    rung: int = 0

    def key_for(self, sentences: tuple[Sentence, ...], most: int = 1) -> str:
        """What they press after this."""
        return next((keys for spoken in reversed(sentences) if (keys := self._next(spoken.key, most))), "")

    def _next(self, prompt: str, most: int) -> str:
        keys = self.presses.get(prompt, "")
        first, _, rest = keys.partition(" ") if most > 1 else (keys[:1], "", keys[1:])
        self.presses[prompt] = rest or (keys if most == 1 else "")
        return first

    def into_the_music(self) -> str:
        """A key they press while they wait, once."""
        keys = self.presses.get("hold", "")
        self.presses["hold"] = keys[1:]
        return keys[:1]


class OneLinePbx:
    """The line of the box, and behind it a PBX with a conference code."""

    def __init__(self, stage: Stage, code: str) -> None:
        self._stage = stage
        self.code = code
        self._number = 0
        self.off_hook = False
        self.with_box: set[str] = set()
        self.on_hold: set[str] = set()
        self._asks: set[str] = set()
        """Who was talking with the box when it flashed a second time: they stay for a code, or else are let go."""
        self._on_the_way_back = False
        self._tone: Heard | None = None
        self._ringing: Party | None = None
        self._asked: tuple[Sentence, ...] = ()
        self._pressed = ""
        self.confirmed = False
        """Has a colleague said, truthfully, that the caller is there?"""
        self.left_talking: set[str] = set()
        """Who was together when the box left."""

    def perform(self, number: int, act: LineAct[Any]) -> None:
        self._number = number
        seconds, reply = self._do(act)
        self._stage.clock.at(self._stage.clock.now() + seconds, lambda: self._reply(number, act, reply))

    def _reply(self, number: int, act: LineAct[Any], reply: Any) -> None:
        if number == self._number:
            self._stage.post(Done("Line 1", number, reply()))
            if isinstance(act, HangUp):
                self._stage.post(OnHook("Line 1"))

    def _do(self, act: LineAct[Any]) -> tuple[float, Callable[[], Any]]:
        """How long it takes, and what comes of it then."""
        match act:
            case Answer():
                return 0.1, self._answered
            case Play(sentences):
                self._asked = sentences
                self._stage.said += sentences
                for spoken in sentences:
                    self._stage.first_said.setdefault(spoken.key, self._stage.clock.now())
                self._stage.languages += [(act.language, spoken.key) for spoken in sentences]
                return SENTENCE_S * len(sentences), lambda: self._heard_out(sentences)
            case Collect():
                there = CALLER in self.with_box
                keys = self._pressed or (self._stage.caller.key_for(self._asked, act.most) if there else "")
                self._asked, self._pressed = (), ""
                return (1.0 if keys else act.seconds), lambda: keys
            case Hold(seconds):
                self._pressed = self._stage.caller.into_the_music()
                return (5.0, lambda: Held.KEY) if self._pressed else (seconds, lambda: Held.TIME)
            case Record(name):
                spoken_s = 0.0 if self._stage.caller.silent else 4.0
                self._stage.recorded.append(name)
                return spoken_s + 2.0, lambda: Recording(name, spoken_s + 2.0, spoken_s)
            case Flash():
                return 0.3, self._flashed
            case Dial(digits):
                return 0.2 * len(digits), lambda: self._dialled(digits)
            case Hear():
                return self._hear(act)
            case Brief(sentences, keys, seconds):
                self._stage.whispered += sentences
                return SENTENCE_S * len(sentences), lambda: self._briefed(sentences, keys)
            case HangUp():
                return 0.1, self._hung_up
        return 0.1, lambda: None

    def _answered(self) -> None:
        self.off_hook = True
        self.with_box = {CALLER} if self._stage.caller.there else set()
        self._stage.post(OffHook("Line 1"))

    def _flashed(self) -> None:
        if self.on_hold:
            self._asks, self.with_box, self._tone, self._on_the_way_back = self.with_box, set(), None, True
        else:
            self.on_hold, self.with_box, self._tone = self.with_box, set(), Heard.DIAL_TONE
            if not self.on_hold:
                self.on_hold = {"nobody"}  # they had gone; the PBX still thinks that it holds somebody
        self._ringing = None

    def _dialled(self, digits: str) -> None:
        if self._on_the_way_back:
            if digits == self.code:
                self.on_hold |= self._asks
                self._asks = set()
            self._retrieve()
            if digits != self.code:
                self._tone = Heard.CONGESTION
        else:
            self._tone, party = None, self._stage.party(digits)
            if party is None:
                self._tone = Heard.CONGESTION
            elif party.busy or party.there:
                self._tone = Heard.BUSY
            else:
                self._ringing = party
                party.rung += 1

    def _retrieve(self) -> None:
        """A flash without a code: whoever was on hold is back, the other is let go."""
        for number in self._asks:
            self._stage.leaves(number)
        self.with_box, self.on_hold, self._asks = self.on_hold - {"nobody"}, set(), set()
        self._on_the_way_back = False
        self._tone = None if self.with_box else Heard.CONGESTION

    def _hear(self, act: Hear) -> tuple[float, Callable[[], Heard]]:
        if self._on_the_way_back:
            self._retrieve()
        if self._ringing is not None and Heard.RINGBACK in act.wanted:
            return 1.0, lambda: Heard.RINGBACK
        if self._ringing is not None:
            return (4.0, self._picked_up) if self._ringing.answers else (act.seconds, lambda: Heard.NOTHING)
        if self._tone is not None:
            tone = self._tone
            return 1.0, lambda: tone if tone in act.wanted else Heard.NOTHING
        return 0.8, lambda: Heard.VOICE

    def _picked_up(self) -> Heard:
        party, self._ringing = self._ringing, None
        assert party is not None
        if party.fax:
            return Heard.FAX
        party.there = True
        self.with_box = {party.number}
        return Heard.VOICE

    def _briefed(self, sentences: tuple[Sentence, ...], keys: str) -> Briefed:
        if not self.with_box:
            return Briefed(gone=True)
        self._heard_by(sentences)
        if not self.with_box:
            return Briefed(gone=True)
        pressed = [self._stage.party(number).key_for(sentences) for number in sorted(self.with_box)]
        hears_caller = CALLER in self.with_box
        self.confirmed = self.confirmed or (hears_caller and "?" in pressed)
        pressed = [("1" if hears_caller else "2") if key == "?" else key for key in pressed]
        return Briefed(next((key for key in pressed if key and key in keys), ""))

    def _heard_out(self, sentences: tuple[Sentence, ...]) -> bool:
        """Was it? Who has a key for the sign to speak cuts it short."""
        self._heard_by(sentences)
        return not (sentences[-1].key == "beep" and "beep" in self._stage.caller.presses)

    def _heard_by(self, sentences: tuple[Sentence, ...]) -> None:
        """Whoever has had enough hangs up."""
        for number in sorted(self.with_box):
            if self._stage.party(number).hangs_up_at in {spoken.key for spoken in sentences}:
                self.gone(number)

    def gone(self, number: str) -> None:
        """Somebody puts their telephone down."""
        self._stage.leaves(number)
        was_with_box = number in self.with_box
        self.with_box.discard(number)
        if number in self.on_hold:
            self.on_hold = self.on_hold - {number} or {"nobody"}
        if was_with_box and number == CALLER and not self.with_box and self.off_hook:
            number_now = self._number
            self._stage.clock.at(self._stage.clock.now() + 2.0, lambda: self._tell_gone(number_now))

    def _tell_gone(self, number: int) -> None:
        if self.off_hook and not self.with_box and not self.on_hold:
            self._stage.post(HungUp("Line 1", HangUpSign.BUSY))

    def _hung_up(self) -> None:
        together = (self.with_box | self.on_hold) - {"nobody"}
        self.left_talking = together if len(together) > 1 else set()
        self.off_hook, self.with_box, self.on_hold, self._ringing, self._tone = False, set(), set(), None, None


class Stage:
    """One caller, the parties they may reach, and the books of the office."""

    def __init__(self, settings: Settings, *parties: Party, caller: Party | None = None, **office: Any) -> None:
        self.clock = VirtualClock(TUESDAY)
        self.caller = caller or Party(CALLER)
        self._parties = {party.number: party for party in (self.caller, *parties)}
        self.said: list[Sentence] = []
        self.languages: list[tuple[str, str]] = []
        """The language in which each sentence was said to the caller, and its key."""
        self.first_said: dict[str, float] = {}
        """When the act began in which a sentence was said to the caller for the first time, by its key."""
        self.whispered: list[Sentence] = []
        self.recorded: list[str] = []
        self.records: list[CallRecord] = []
        self.cards: list[Card] = []
        self.closed: list[str] = []
        self.office = Office(settings, self.clock, self, **office)
        self.line = OneLinePbx(self, settings.pbx.conference_code)
        self.office.connect({"Line 1": self.line})

    def party(self, number: str) -> Any:
        """Whoever is at this number, or `None`."""
        return self._parties.get(number)

    def leaves(self, number: str) -> None:
        """They have put the telephone down."""
        if number in self._parties:
            self._parties[number].there = False

    def begin(self, record: CallRecord) -> None:
        """Calls that have only begun are of no interest here."""

    def finish(self, record: CallRecord) -> None:
        self.records.append(record)

    def keep_card(self, card: Card, *entries: Entry) -> None:
        self.cards += filed_for_calls(card, entries)

    def keep_reminder(self, reminder: Reminder) -> None:
        """Nobody is told of anything here."""

    def post(self, event: LineEvent | Command) -> None:
        self.office.receive(event)
        self._appoint()

    def _appoint(self) -> None:
        due = self.office.next_due()
        if due < self.clock.next_appointment():
            self.clock.at(due, self._tick)

    def _tick(self) -> None:
        self.office.tick()
        self._appoint()

    def call(self, *, seconds: float = 3000.0, leaves_after_s: float | None = None) -> Stage:
        """The caller rings, and everything takes its course."""
        self.caller.there = True
        self.post(Ring("Line 1"))
        self.post(CallerIdHeard("Line 1", JAN))
        if leaves_after_s is not None:
            self.clock.at(self.clock.now() + leaves_after_s, lambda: self.line.gone(CALLER))
        self.clock.run(self.clock.now() + seconds)
        return self

    @property
    def record(self) -> CallRecord:
        """The record of the only call."""
        (record,) = self.records
        return record

    @property
    def tried(self) -> list[tuple[str, TransferResult]]:
        """Who was tried, and what came of it."""
        return [(attempt.extension, attempt.result) for attempt in self.record.transfers]

    def engaged(self, *extensions: str, seconds: float = 3600.0) -> Stage:
        """These people are in conversations, and the office knows it."""
        for extension in extensions:
            self.office._staff[extension].believe(Belief.TALKING, "another call", TUESDAY, self.clock.now() + seconds)
        return self

    @property
    def keys_said(self) -> list[str]:
        """What was said to the caller, by its keys."""
        return [spoken.key for spoken in self.said]

    def values(self, key: str) -> list[dict[str, str | int]]:
        """The values spoken in each sentence of this key."""
        return [dict(spoken.values) for spoken in self.said if spoken.key == key]

    def heard(self, key: str) -> bool:
        """Was this said to the caller, or, in a conference, to all?"""
        return key in {spoken.key for spoken in self.said}

    def told(self, key: str) -> bool:
        """Was this whispered to somebody?"""
        return key in {spoken.key for spoken in self.whispered}

    def free_again(self) -> bool:
        """Is everybody whom nobody calls any more free to be offered other callers?"""
        return all("offered" not in person.belief for person in self.office.board().staff)


@pytest.fixture
def stage() -> type[Stage]:
    """Set up an office and the people around it: `stage(settings, *parties, caller=...)`."""
    return Stage


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have the decision for every call say this, too: `planned(blocked="not-wanted")`."""

    def plan(**decided: Any) -> None:
        route = Office._route
        monkeypatch.setattr(Office, "_route", lambda office, call: replace(route(office, call), **decided))

    return plan


@pytest.fixture
def party() -> type[Party]:
    """Somebody at a telephone."""
    return Party


@pytest.fixture
def changed() -> Callable[..., Settings]:
    """The same settings with other words in one of their tables: `changed(settings, "handover", key_s=5.0)`."""

    def change(settings: Settings, table: str, **values: Any) -> Settings:
        return replace(settings, **{table: replace(getattr(settings, table), **values)})

    return change
