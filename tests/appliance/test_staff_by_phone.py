"""Colleagues call the box (R31): the real engine and scripts, on lines where people press keys prompt by prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from appliance.acd.staff import Presence
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
)
from appliance.arranged import Arranged, KeptGreeting, KeptPresence
from appliance.board import PersonView
from appliance.call import CallerId, CallRecord, HangUpSign, Outcome, Presentation, TransferResult
from appliance.cards import Card, Entry, Reminder
from appliance.clock import VirtualClock
from appliance.commands import SetPresence
from appliance.contacts import Contact
from appliance.events import Armed, CallerIdHeard, Done, Failed, HungUp, OffHook, OnHook, Ring
from appliance.faults import Fault
from appliance.office import Office
from appliance.pin import LOCK_S, kept_form
from appliance.scripts.presence import moment_of
from appliance.settings import (
    GroupSettings,
    Hours,
    LineSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)
from hardware.simulated.eventoffice import filed_for_calls

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SETTINGS = Settings(
    company="Northwind",
    staff_code="*7",
    lines=(LineSettings("Line 1", "a"), LineSettings("Line 2", "b"), LineSettings("Line 3", "c", company="Southwind")),
    people=(
        PersonSettings("Anna", "11", "sales", pin=kept_form("4711")),
        PersonSettings("Bartek", "12", pin=kept_form("90210")),
        PersonSettings("Celina", "13"),
    ),
    groups=(GroupSettings("sales", ("11",)), GroupSettings("service", ("12",))),
    menu=MenuSettings((("1", "sales"), ("2", "service")), "sales"),
    pbx=PbxSettings(flash_proven=True),
    waiting=WaitingSettings(longest_s=3000.0),
)

ANNA = CallerId("11", "", Presentation.SHOWN)
JAN = CallerId("225550101", "Jan", Presentation.SHOWN)
OLA = CallerId("501600700", "Ola", Presentation.SHOWN)
DEAD = Fault("Line 1", "the modem has vanished", "Plug it in.")


class Phone:
    """A line and whoever calls on it: they press `keys`, one answer for each time that the box waits for one.

    After their last answer they hang up, unless they `stay` in silence. `impatient` prompts are cut short by a key.
    """

    def __init__(self, name: str, scene: Scene) -> None:
        self.name = name
        self.said: list[str] = []
        self.values: list[dict[str, Any]] = []
        self.dialled: list[str] = []
        self.free = True
        self._scene = scene

    def ring(
        self,
        caller_id: CallerId,
        keys: Sequence[str],
        *,
        stay: bool,
        impatient: str = "",
        cadence_ms: tuple[int, ...] = (),
    ) -> None:
        self.said.clear()
        self.values.clear()
        self.dialled.clear()
        self.keys, self.stay, self.impatient, self.free = list(keys), stay, impatient, False
        self._consulting = False
        self._scene.office.receive(Ring(self.name))
        self._scene.office.receive(CallerIdHeard(self.name, caller_id))
        self._scene.office.receive(Ring(self.name, cadence_ms))

    def perform(self, number: int, act: LineAct[Any]) -> None:
        self._number = number
        match act:
            case Answer():
                self._after(0.0, OffHook(self.name))
                self._reply(0.3, None)
            case Play(sentences):
                self.said += [told.key for told in sentences]
                self.values += [dict(told.values) for told in sentences]
                self._reply(1.0 * len(sentences), sentences[0].key != self.impatient)
            case Collect():
                self._collect(act)
            case Hold(seconds):
                self._reply(seconds, Held.TIME)
            case Flash():
                self._consulting = not self._consulting
                self._reply(0.3, None)
            case Dial(digits):
                self.dialled.append(digits)
                self._reply(0.5, None)
            case Hear():
                self._reply(1.0, self._heard(act))
            case Brief():
                self._reply(3.0, Briefed("1"))
            case Record(name):
                self._reply(6.0, Recording(name, 0.2 if name in self._scene.silent_takes else 5.0))
            case HangUp():
                self.free = True
                self._after(0.1, OnHook(self.name))
            case _:
                self._reply(0.0, None)

    def _collect(self, act: Collect) -> None:
        if not self.keys and not self.stay:
            self._after(0.5, HungUp(self.name, HangUpSign.LOOP_BREAK))
            return
        keys = self.keys.pop(0) if self.keys else ""
        self._reply(1.0 if keys else act.seconds, keys[: act.most])
        if keys[act.most :]:
            self.keys.insert(0, keys[act.most :])

    def _heard(self, act: Hear) -> Heard:
        if not self._consulting:
            return Heard.NO_TONE
        if Heard.DIAL_TONE in act.wanted:
            return Heard.DIAL_TONE
        if self.dialled[-1] in self._scene.engaged:
            return Heard.BUSY
        return Heard.RINGBACK if Heard.RINGBACK in act.wanted else Heard.VOICE

    def _reply(self, seconds: float, reply: Any) -> None:
        number = self._number
        self._scene.clock.at(
            self._scene.clock.now() + seconds,
            lambda: self._scene.post(Done(self.name, number, reply)) if number == self._number else None,
        )

    def _after(self, seconds: float, event: Any) -> None:
        self._scene.clock.at(self._scene.clock.now() + seconds, lambda: self._scene.post(event))


class Scene:
    """The office, its books, and what its staff have arranged."""

    def __init__(
        self,
        settings: Settings = SETTINGS,
        at: datetime = TUESDAY,
        arranged: Arranged = Arranged(),  # noqa: B008
    ) -> None:
        self.clock = VirtualClock(at)
        self.records: list[CallRecord] = []
        self.cards: list[Card] = []
        self.closed: list[str] = []
        self.presences: list[KeptPresence] = []
        self.greetings: list[KeptGreeting] = []
        self.forgotten: list[str] = []
        self.silent_takes: tuple[str, ...] = ()
        self.engaged: set[str] = set()
        self.office = Office(settings, self.clock, self, notes=self, arranged=arranged)
        self.lines = {line.name: Phone(line.name, self) for line in settings.lines}
        self.office.connect(self.lines)
        for name in self.lines:
            self.office.receive(Armed(name))

    def begin(self, record: CallRecord) -> None:
        """Not looked at."""

    def finish(self, record: CallRecord) -> None:
        self.records.append(record)

    def keep_card(self, card: Card, *entries: Entry) -> None:
        self.cards += filed_for_calls(card, entries)

    def keep_reminder(self, reminder: Reminder) -> None:
        """Nobody is told of anything here."""

    def keep_presence(self, presence: KeptPresence) -> None:
        self.presences.append(presence)

    def keep_greeting(self, greeting: KeptGreeting) -> None:
        self.greetings.append(greeting)

    def forget_recording(self, name: str) -> None:
        self.forgotten.append(name)

    def keep_contacts(self, contacts: Sequence[Contact]) -> None:
        """No contacts here."""

    def forget_contact(self, id: int) -> None:
        """No contacts here."""

    def post(self, event: Any) -> None:
        self.office.receive(event)
        self._appoint()

    def _appoint(self) -> None:
        due = self.office.next_due()
        if due < self.clock.next_appointment():
            self.clock.at(due, self._tick)

    def _tick(self) -> None:
        self.office.tick()
        self._appoint()

    def run(self, seconds: float) -> None:
        self._appoint()
        self.clock.run(self.clock.now() + seconds)

    def call(
        self,
        *keys: str,
        who: CallerId = ANNA,
        line: str = "Line 1",
        stay: bool = False,
        impatient: str = "",
        cadence_ms: tuple[int, ...] = (),
        seconds: float = 240.0,
    ) -> list[str]:
        """Somebody calls and presses these keys; the sentences they heard."""
        self.lines[line].ring(who, keys, stay=stay, impatient=impatient, cadence_ms=cadence_ms)
        self.run(seconds)
        return self.lines[line].said

    def anna(self) -> PersonView:
        return self.office.board().staff[0]

    @property
    def record(self) -> CallRecord:
        (record,) = self.records
        return record


# ---------------------------------------------------------------- who is it


def test_a_colleague_is_known_by_the_extension_and_served_after_the_pin() -> None:
    scene = Scene()
    assert scene.call("4711") == ["staff-pin", "staff-is-in", "staff-menu"]
    assert scene.record.outcome is Outcome.STAFF
    assert scene.cards == []


def test_no_colleague_hears_the_greeting_or_waits_in_the_queue() -> None:
    scene = Scene()
    scene.call("4711", "3", stay=True)
    assert "greeting" not in scene.lines["Line 1"].said
    assert scene.record.waits == ()


def test_silence_at_the_pin_ends_in_goodbye_after_two_rounds() -> None:
    scene = Scene()
    assert scene.call(stay=True) == ["staff-pin", "staff-pin", "staff-goodbye"]
    assert scene.record.outcome is Outcome.STAFF
    assert scene.cards == [] and scene.lines["Line 1"].free


def test_a_colleague_who_wants_to_speak_to_somebody_is_an_ordinary_caller() -> None:
    scene = Scene()
    said = scene.call("9", "2")
    assert said[:2] == ["staff-pin", "greeting"]
    assert scene.record.transfers[0].person == "Bartek"
    assert scene.record.outcome is Outcome.TRANSFERRED


def test_who_has_no_pin_is_an_ordinary_caller() -> None:
    scene = Scene()
    assert scene.call("2", who=CallerId("13", "", Presentation.SHOWN))[0] == "greeting"


def test_the_staff_code_leads_from_the_menu_to_extension_and_pin() -> None:
    """A colleague on their way calls from outside."""
    scene = Scene()
    said = scene.call("*", "7", "11", "4711", who=JAN)
    assert said[0] == "greeting"
    assert said[-4:] == ["staff-extension", "staff-pin-only", "staff-is-in", "staff-menu"]
    assert scene.record.outcome is Outcome.STAFF and scene.cards == []


def test_the_staff_code_works_where_there_is_no_menu_and_when_the_office_is_closed() -> None:
    bare = Scene(replace(SETTINGS, menu=MenuSettings()))
    assert bare.call("*7", "11", "4711", who=JAN, impatient="greeting")[-1] == "staff-menu"
    closed = Scene(replace(SETTINGS, hours=Hours((((time(12), time(16)),),) * 7)))
    assert closed.call("*", "7", "11", "4711", who=JAN)[-1] == "staff-menu"


def test_a_caller_who_keys_in_half_a_code_hears_the_menu_again_and_is_served() -> None:
    scene = Scene()
    said = scene.call("*", "1", "2", who=JAN)
    assert said.count("not-understood") == 1 and "staff-extension" not in said
    assert scene.record.transfers[0].person == "Bartek"


def test_a_caller_who_keyed_the_code_by_mistake_and_says_no_extension_is_served() -> None:
    scene = Scene()
    said = scene.call("*", "7", who=JAN, stay=True)
    assert said.count("staff-extension") == 2
    assert scene.record.outcome is Outcome.TRANSFERRED


def test_an_extension_without_a_pin_cannot_be_told_from_a_wrong_pin() -> None:
    heard = {extension: Scene().call("*", "7", extension, "1234", who=JAN) for extension in ("11", "13", "99")}
    assert heard["11"] == heard["13"] == heard["99"]
    assert "staff-pin-not-known" in heard["11"]


FOLLOWING = replace(SETTINGS, pbx=replace(SETTINGS.pbx, follow_on_s=2.0))


def test_the_extension_may_come_as_keys_of_the_pbx_right_after_the_answer() -> None:
    scene = Scene(FOLLOWING)
    assert scene.call("11", "4711", who=CallerId()) == ["staff-pin", "staff-is-in", "staff-menu"]


def test_what_the_pbx_sends_for_strangers_is_no_choice_of_theirs() -> None:
    scene = Scene(FOLLOWING)
    said = scene.call("204", "1", who=CallerId())
    assert said[0] == "greeting"
    assert scene.record.transfers[0].person == "Anna"


def test_a_key_that_a_caller_presses_before_the_greeting_is_their_choice() -> None:
    scene = Scene(FOLLOWING)
    said = scene.call("2", who=CallerId())
    assert "menu-choice" not in said
    assert scene.record.transfers[0].person == "Bartek"


def test_nobody_whose_number_is_known_waits_for_keys_of_the_pbx() -> None:
    scene = Scene(FOLLOWING)
    scene.call("1", who=JAN)
    assert scene.record.transfers[0].person == "Anna", "the first key is the first choice"


DOUBLE = replace(SETTINGS, pbx=replace(SETTINGS.pbx, internal_ring="400 200 400"))


def test_the_ring_of_a_call_from_inside_asks_for_the_extension_at_once() -> None:
    said = Scene(DOUBLE).call("11", "4711", who=CallerId(), cadence_ms=(360, 240, 410))
    assert said == ["staff-extension", "staff-pin-only", "staff-is-in", "staff-menu"]


@pytest.mark.parametrize("cadence_ms", [(), (1000,), (400, 200, 600), (400, 200, 400, 200, 400)])
def test_any_other_ring_is_that_of_a_caller(cadence_ms: tuple[int, ...]) -> None:
    assert Scene(DOUBLE).call("1", who=CallerId(), cadence_ms=cadence_ms)[0] == "greeting"


def test_who_rang_from_inside_and_says_no_extension_is_served_like_anybody() -> None:
    """The operator may have transferred somebody from outside without a word."""
    scene = Scene(DOUBLE)
    said = scene.call(who=CallerId(), cadence_ms=(400, 200, 400), stay=True)
    assert said[:3] == ["staff-extension", "staff-extension", "greeting"]
    assert scene.record.outcome is Outcome.TRANSFERRED


# ---------------------------------------------------------------- the PIN


def test_three_wrong_pins_end_the_call_and_lock_the_person_out_for_longer_each_time() -> None:
    scene = Scene()
    assert scene.call("1111", "2222", "3333", stay=True).count("staff-pin-not-known") == 3
    (fault,) = scene.office.board().faults
    assert "3 times" in fault.problem and "Anna" in fault.advice
    scene.clock.run(scene.clock.now() + LOCK_S)
    assert "staff-pin-not-known" in scene.call("1111", seconds=30.0)
    scene.run(LOCK_S)
    assert scene.call("4711", seconds=30.0) == ["staff-pin", "staff-locked", "staff-goodbye"], "even the right one"
    scene.run(LOCK_S)
    assert scene.call("4711", seconds=30.0)[-1] == "staff-menu"
    assert scene.office.board().faults == ()


def test_one_who_is_shut_out_keeps_nobody_else_out() -> None:
    scene = Scene()
    scene.call("1111", "2222", "3333")
    assert scene.call("90210", who=CallerId("12", "", Presentation.SHOWN))[-1] == "staff-menu"


def test_no_pin_is_written_anywhere(caplog: pytest.LogCaptureFixture) -> None:
    """R36: neither in the log nor on the board nor in the books."""
    caplog.set_level("DEBUG")
    scene = Scene()
    scene.lines["Line 1"].ring(ANNA, ["98765", "4711", "3"], stay=True)
    seen = ""
    for _ in range(30):
        scene.run(2.0)
        seen += repr(scene.office.board())
    seen += caplog.text + repr(scene.records)
    assert scene.records and "4711" not in seen and "98765" not in seen


# ---------------------------------------------------------------- in and out, and where


def test_who_logs_out_is_given_no_callers_until_they_log_in() -> None:
    scene = Scene()
    assert scene.call("4711", "1")[-2:] == ["staff-is-out", "staff-menu"]
    assert scene.anna().presence == "logged out"
    scene.run(3 * 86_400.0)
    assert scene.anna().presence == "logged out", "nothing but they themselves ends it"
    scene.call("1", who=JAN, line="Line 2", stay=True)
    assert "person-away" in scene.lines["Line 2"].said and scene.lines["Line 2"].dialled == []
    assert scene.call("4711", "1")[1:] == ["staff-is-out", "staff-menu", "staff-is-in", "staff-menu"]
    assert scene.anna().presence == "in"


def test_a_meeting_has_an_end_which_is_read_back_and_told_to_callers() -> None:
    scene = Scene()
    said = scene.call("4711", "2", "2", "1330")
    assert said[-2:] == ["staff-is-in-meeting", "staff-menu"]
    assert scene.lines["Line 1"].values[-2]["opens"] == "2026-11-24T13:30+00:00"
    assert (scene.anna().presence, scene.anna().until) == ("in a meeting", TUESDAY.replace(hour=13, minute=30))
    assert "person-in-meeting" in scene.call("1", who=JAN, line="Line 2", stay=True)
    scene.call("4711")
    assert scene.lines["Line 1"].values[1]["opens"] == "2026-11-24T13:30+00:00", "what was said before is told again"
    scene.run((TUESDAY.replace(hour=13, minute=29) - scene.clock.today()).total_seconds())
    assert scene.anna().presence == "in a meeting"
    scene.run(60.0)
    assert (scene.anna().presence, scene.anna().until) == ("in", None)


def test_away_until_a_day_of_the_week() -> None:
    scene = Scene()
    assert scene.call("4711", "2", "4", "0900", "1")[-2:] == ["staff-is-away", "staff-menu"]
    assert scene.anna().until == datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_who_does_not_know_when_they_are_back_stays_away() -> None:
    scene = Scene()
    scene.call("4711", "2", "4", "*")
    scene.run(7 * 86_400.0)
    assert (scene.anna().presence, scene.anna().until) == ("away", None)


def test_a_time_that_cannot_be_is_told_and_asked_for_again() -> None:
    scene = Scene()
    said = scene.call("4711", "2", "3", "2570", "0930", "1300")
    assert said[-6:] == [
        "staff-no-such-time",
        "staff-time",
        "staff-time-past",
        "staff-time",
        "staff-is-at-lunch",
        "staff-menu",
    ]
    assert scene.anna().presence == "at lunch"


def test_silence_in_the_middle_changes_nothing() -> None:
    scene = Scene()
    assert "staff-unchanged" in scene.call("4711", "2", "2", "", "", "", stay=True)
    assert scene.anna().presence == "in"


@pytest.mark.parametrize(
    ("day", "back"),
    [
        ("8", datetime(2026, 11, 24, 13, 30)),
        ("9", datetime(2026, 11, 25, 13, 30)),
        ("1", datetime(2026, 11, 30, 13, 30)),
        ("2", datetime(2026, 12, 1, 13, 30)),
        ("3", datetime(2026, 11, 25, 13, 30)),
        ("7", datetime(2026, 11, 29, 13, 30)),
    ],
)
def test_a_day_of_the_week_is_the_next_of_its_name(day: str, back: datetime) -> None:
    assert moment_of("1330", day, TUESDAY) == back.replace(tzinfo=UTC)


@pytest.mark.parametrize("keyed", ["", "1", "133", "2400", "1260", "13*0", "1000"])
def test_no_moment_comes_of_other_keys(keyed: str) -> None:
    assert moment_of(keyed, "8", TUESDAY) is None


def test_presence_lasts_over_a_restart_and_what_has_passed_meanwhile_is_over() -> None:
    scene = Scene()
    scene.post(SetPresence("12", Presence.OUT))
    scene.call("4711", "2", "2", "1330")
    kept = Arranged(presences=tuple(scene.presences))
    noon = Scene(at=TUESDAY.replace(hour=12), arranged=kept)
    assert [person.presence for person in noon.office.board().staff] == ["in a meeting", "logged out", "in"]
    noon.run(2 * 3600.0)
    assert noon.anna().presence == "in"
    evening = Scene(at=TUESDAY.replace(hour=18), arranged=kept)
    assert [person.presence for person in evening.office.board().staff] == ["in", "logged out", "in"]


def test_a_person_who_is_not_in_the_settings_any_more_is_not_missed() -> None:
    Scene(arranged=Arranged(presences=(KeptPresence("99", Presence.AWAY),))).run(1.0)


def test_the_time_on_the_wall_counts_when_summer_time_ends_in_between() -> None:
    """Away until Monday at nine, said on a Friday with another offset: at nine, not at eight."""
    summer, winter = datetime.fromisoformat("2026-10-26T09:00+02:00"), datetime.fromisoformat("2026-10-26T08:30+01:00")
    scene = Scene(at=winter, arranged=Arranged(presences=(KeptPresence("11", Presence.AWAY, summer),)))
    assert scene.anna().presence == "away"
    scene.run(1799.0)
    assert scene.anna().presence == "away"
    scene.run(2.0)
    assert scene.anna().presence == "in"


# ---------------------------------------------------------------- who waits, and the next one


def waiting(scene: Scene, who: CallerId = JAN, line: str = "Line 2", group: str = "1") -> None:
    """Somebody waits because everybody is out."""
    for extension in ("11", "12"):
        scene.post(SetPresence(extension, Presence.OUT))
    scene.call(group, who=who, line=line, stay=True, seconds=30.0)


def test_who_waits_is_told_with_the_longest_and_the_first() -> None:
    scene = Scene()
    waiting(scene, JAN, "Line 2", "2")
    waiting(scene, OLA, "Line 3", "1")
    scene.run(100.0)
    assert scene.call("4711", "3")[-4:] == ["staff-waiting", "staff-longest", "staff-first", "staff-menu"]
    count, longest, first, _ = scene.lines["Line 1"].values[-4:]
    assert count == {"count": 2} and longest["high"] == 3
    assert first == {"name": "Ola", "number": "501600700"}, "her own group comes first"


def test_nobody_waiting_is_told_so() -> None:
    scene = Scene()
    assert scene.call("4711", "3", "4").count("staff-nobody-waits") == 2


def test_the_next_caller_comes_to_who_asked_as_soon_as_they_have_hung_up() -> None:
    scene = Scene()
    waiting(scene)
    said = scene.call("4711", "4", seconds=60.0)
    assert said[-2:] == ["staff-next", "staff-goodbye"]
    taken = next(record for record in scene.records if record.caller_id == JAN)
    assert [(attempt.person, attempt.result) for attempt in taken.transfers] == [("Anna", TransferResult.TAKEN)]
    ended = scene.records[0].started + timedelta(seconds=scene.records[0].talk_s)
    assert (taken.transfers[0].at - ended).total_seconds() < 15.0


@pytest.mark.parametrize("keys", [("4711", "3", "3"), ()])
def test_nobody_is_put_through_to_a_colleague_who_talks_to_the_box(keys: tuple[str, ...]) -> None:
    scene = Scene()
    scene.call(*keys, seconds=4.0, stay=True)
    assert "on the telephone to us" in scene.anna().belief
    scene.call("1", who=JAN, line="Line 2", stay=True, seconds=15.0)
    assert scene.lines["Line 2"].dialled == []
    scene.run(60.0)
    assert "11" in scene.lines["Line 2"].dialled, "their own call is over"


def test_a_caller_whom_a_colleague_has_transferred_to_the_box_can_be_put_back_to_them() -> None:
    """The PBX may show the extension of who transferred them; she has hung up long ago."""
    scene = Scene()
    scene.call("9", "1", who=ANNA, stay=True)
    assert scene.record.transfers[0].person == "Anna"
    assert scene.record.outcome is Outcome.TRANSFERRED


def test_an_extension_that_is_still_busy_is_tried_again_soon_and_not_for_ever() -> None:
    scene = Scene()
    waiting(scene)
    scene.engaged.add("11")
    scene.call("4711", "4", seconds=200.0)
    tries = scene.lines["Line 2"].dialled
    assert 3 <= len(tries) <= 8
    scene.engaged.clear()
    scene.run(120.0)
    assert scene.lines["Line 2"].dialled == tries, "she is logged out, and her wish has lapsed"


def test_who_has_taken_one_caller_is_given_no_second_one() -> None:
    scene = Scene()
    waiting(scene, JAN, "Line 2")
    waiting(scene, OLA, "Line 3")
    scene.call("4711", "4", seconds=100.0)
    assert [record.caller_id for record in scene.records if record.transfers] == [JAN]
    assert not scene.lines["Line 3"].dialled


# ---------------------------------------------------------------- the greeting


def test_a_recorded_greeting_is_heard_kept_and_played_to_the_next_caller() -> None:
    scene = Scene()
    said = scene.call("4711", "5", "1", "1")
    assert said[2:] == [
        *("staff-menu", "staff-greeting", "staff-greeting-speak", "beep", "staff-greeting-hear", "greeting"),
        *("staff-greeting-keep", "staff-greeting-kept", "staff-menu"),
    ]
    recording = "greetings/call-000001-1.wav"
    assert scene.greetings == [KeptGreeting("Northwind", "", recording, "Anna")]
    scene.call("1", who=JAN, line="Line 2")
    assert scene.lines["Line 2"].values[0]["recording"] == recording
    scene.call("1", who=JAN, line="Line 3")
    assert scene.lines["Line 3"].values[0]["recording"] == "", "another company has its own"
    assert [line.greeting for line in scene.office.board().lines] == ["Anna", "Anna", ""]


def test_zero_brings_the_spoken_greeting_back() -> None:
    kept = KeptGreeting("Northwind", "", "greetings/call-000001-1.wav", "Anna")
    scene = Scene(arranged=Arranged(greetings=(kept,)))
    scene.call("4711", "5", "2", "5", "0", "5", "2")
    heard = [values["recording"] for values in scene.lines["Line 1"].values if "recording" in values]
    assert heard == [kept.recording, ""]
    assert scene.greetings == [KeptGreeting("Northwind", "")]
    assert scene.forgotten == [kept.recording]
    assert scene.office.board().lines[0].greeting == ""


def test_a_take_may_be_repeated_or_dropped_and_an_empty_one_is_not_offered() -> None:
    scene = Scene()
    scene.silent_takes = ("greetings/call-000001-1.wav",)
    said = scene.call("4711", "5", "1", "2", "3")
    assert said.count("staff-greeting-speak") == 3 and said.count("staff-greeting-short") == 1
    assert said[-2:] == ["staff-unchanged", "staff-menu"]
    assert scene.greetings == []
    assert scene.forgotten == [f"greetings/call-000001-{take}.wav" for take in (1, 2, 3)]


def test_who_hangs_up_before_saying_keep_changes_nothing_and_leaves_nothing() -> None:
    scene = Scene()
    scene.call("4711", "5", "1")
    assert scene.greetings == [] and scene.forgotten == ["greetings/call-000001-1.wav"]
    assert scene.record.outcome is Outcome.STAFF


# ---------------------------------------------------------------- the menu, and the end


def test_a_key_that_does_nothing_is_told_kindly_and_silence_ends_in_goodbye() -> None:
    scene = Scene()
    said = scene.call("4711", "8", stay=True)
    assert said[2:] == ["staff-menu", "not-understood", "staff-menu", "staff-goodbye"]
    assert scene.record.outcome is Outcome.STAFF


def test_a_line_that_dies_under_a_colleague_leaves_no_card() -> None:
    scene = Scene()
    scene.call("4711", "3", "3", "3", seconds=5.0, stay=True)
    scene.post(Failed("Line 1", DEAD))
    assert scene.record.outcome is Outcome.STAFF
    assert scene.cards == []


def test_a_colleague_cannot_keep_a_line_for_ever() -> None:
    scene = Scene()
    scene.call("4711", *["3"] * 100, seconds=600.0)
    assert scene.record.outcome is Outcome.STAFF and scene.lines["Line 1"].free
