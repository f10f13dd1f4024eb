"""Reminders by telephone (R25): the real engine on event-level lines in virtual time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from appliance.acd.ringups import AGAIN_S, LATER_S, MOST_TRIES
from appliance.acd.staff import Presence
from appliance.call import CallerId, CallRecord, Outcome, Presentation
from appliance.cardcommands import CardDone, NewCard
from appliance.cards import Action, Card, State
from appliance.clock import VirtualClock
from appliance.commands import RingUp, SetPresence
from appliance.settings import (
    CallbackSettings,
    GroupSettings,
    LineSettings,
    MenuSettings,
    PbxSettings,
    PersonSettings,
    Settings,
    WaitingSettings,
)
from hardware.simulated.eventoffice import EventOffice
from hardware.simulated.eventpeople import Extension, Reaction, Visitor

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
JAN, EWA = "225550101", "225550303"
SETTINGS = Settings(
    company="Northwind",
    lines=tuple(LineSettings(f"Line {n}", f"simulated:{n}") for n in (1, 2)),
    people=(PersonSettings("Anna", "11", ring_up=True), PersonSettings("Boris", "12")),
    groups=(GroupSettings("sales", ("11",)),),
    menu=MenuSettings((("1", "sales"),), "sales"),
    pbx=PbxSettings(flash_proven=True, outside_prefix="0"),
    waiting=WaitingSettings(talk_s=60.0, retry_s=5.0, log_out_after=0),
    callbacks=CallbackSettings(may_dial=("XXXXXXXXX",)),
)


class Scene:
    """An office of two lines, and Anna, who has cards and presses this key when she is called."""

    def __init__(self, key: str = "", settings: Settings = SETTINGS) -> None:
        rng = Random(1)
        self.clock = VirtualClock(TUESDAY)
        self.desks = {who.extension: Extension(who.extension, 0.0, rng) for who in settings.people}
        self.anna = self.desks["11"]
        self.anna.called_reactions = ((1.0, Reaction(key, 6.0) if key else None),)
        self.office = EventOffice(settings, self.clock, self.desks, rng)
        self.office.pbx.outside = {f"0{number}": Extension(f"0{number}", 0.0, rng) for number in (JAN, EWA)}
        self.run(10.0)

    def has_card(self, number: str = JAN, matter: str = "") -> int:
        """Anna has a card that is due now; its number."""
        self.office.post(NewCard("11", number, "Jan", matter=matter))
        return max(self.office.box)

    def remind(self, *cards: int, to: str = "11") -> None:
        self.office.post(RingUp(to, cards))

    def run(self, seconds: float) -> None:
        self.clock.run(self.clock.now() + seconds)

    def card(self, number: int) -> Card:
        return self.office.box[number]

    def calls(self) -> list[CallRecord]:
        return [record for record in self.office.finished if record.outgoing]

    def all_is_well(self) -> None:
        assert all(line.free for line in self.office.lines.values())
        assert self.office.pbx.offered_twice == []
        assert self.office.pbx.astray == []

    def waits(self, number: str = EWA, line: int = 1) -> None:
        """Somebody calls and waits for Anna."""
        visitor = Visitor(CallerId(number, "", Presentation.SHOWN), 3000.0, 50.0, {"menu-choice": "1"})
        self.office.lines[f"Line {line}"].ring(visitor)


def test_one_means_done_and_the_card_is_closed() -> None:
    scene = Scene("1")
    card = scene.has_card()
    scene.remind(card)
    scene.run(90.0)
    [call] = scene.calls()
    assert (call.outcome, call.caller_id.number) == (Outcome.REMINDED, JAN)
    assert scene.card(card).state is State.DONE
    assert [entry.by for entry in scene.office.history if entry.action is Action.DONE] == ["11"]
    scene.all_is_well()


def test_two_means_later_and_the_card_falls_due_again_in_half_an_hour() -> None:
    scene = Scene("2")
    card = scene.has_card()
    scene.remind(card)
    scene.run(90.0)
    assert scene.calls()[0].outcome is Outcome.REMINDED
    later_s = (scene.card(card).due_at - TUESDAY).total_seconds()
    assert LATER_S < later_s < LATER_S + 90.0
    assert not scene.card(card).done
    scene.all_is_well()


def test_three_connects_them_by_the_pbx_and_the_box_leaves() -> None:
    scene = Scene("3")
    card = scene.has_card()
    scene.remind(card)
    scene.run(150.0)
    out = scene.office.pbx.out
    assert [(one.colleague.number, one.other.number) for one in out.connected] == [("11", f"0{JAN}")]
    assert scene.calls()[0].outcome is Outcome.REMINDED
    assert scene.card(card).state is State.DONE
    results = [entry.result for entry in scene.office.history if entry.action is Action.CALLED]
    assert [result.value for result in results if result] == ["reached"]
    scene.all_is_well()


def test_who_is_not_reached_by_three_is_called_on_the_next_working_day() -> None:
    scene = Scene("3")
    scene.office.pbx.outside[f"0{JAN}"].busy_until = 1e9
    card = scene.has_card()
    scene.remind(card)
    scene.run(200.0)
    assert scene.office.pbx.out.connected == []
    assert scene.card(card).due_at.date() == TUESDAY.date() + timedelta(days=1)
    assert scene.office.pbx.out.left_alone == []
    scene.all_is_well()


def test_a_number_that_nobody_allowed_is_never_dialled_the_colleague_calls_it() -> None:
    scene = Scene("3", replace(SETTINGS, callbacks=CallbackSettings()))
    card = scene.has_card()
    scene.remind(card)
    scene.run(150.0)
    assert scene.office.pbx.out.connected == []
    assert scene.calls()[0].outcome is Outcome.REMINDED
    assert (scene.card(card).person, scene.card(card).done) == ("11", False)
    scene.all_is_well()


def test_nobody_is_rung_up_while_a_caller_waits_or_when_they_are_away_or_busy() -> None:
    scene = Scene("1")
    scene.anna.busy_until = 100.0
    scene.waits()
    scene.run(20.0)
    scene.remind(scene.has_card())
    scene.run(40.0)
    assert scene.calls() == []
    scene.run(400.0)
    assert len(scene.calls()) == 1, "the caller is served, and she has hung up"
    away = Scene("1")
    away.office.post(SetPresence("11", Presence.AWAY))
    away.remind(away.has_card())
    away.run(600.0)
    assert away.calls() == []


def test_who_does_not_want_it_is_not_rung_up() -> None:
    scene = Scene("1")
    scene.remind(scene.has_card(), to="12")
    scene.run(600.0)
    assert scene.calls() == []


def test_who_presses_nothing_is_rung_again_a_few_times_and_the_card_stays() -> None:
    scene = Scene("")
    card = scene.has_card()
    scene.remind(card)
    scene.run((MOST_TRIES + 2) * AGAIN_S)
    assert [call.outcome for call in scene.calls()] == [Outcome.NOT_REMINDED] * MOST_TRIES
    assert not scene.card(card).done
    scene.all_is_well()


def test_a_caller_who_rings_at_that_moment_goes_first_and_the_reminder_comes_later() -> None:
    scene = Scene("1", replace(SETTINGS, lines=SETTINGS.lines[:1]))
    card = scene.has_card()
    scene.remind(card)
    scene.waits()
    scene.run(10.0)
    served = [record for record in scene.office.begun.values() if not record.outgoing]
    assert [record.caller_id.number for record in served] == [EWA]
    scene.run(900.0)
    assert scene.card(card).done
    scene.all_is_well()


def test_several_cards_are_read_in_one_call() -> None:
    scene = Scene("1")
    cards = [scene.has_card(JAN), scene.has_card(EWA)]
    scene.remind(*cards)
    scene.run(150.0)
    assert len(scene.calls()) == 1
    assert [scene.card(card).done for card in cards] == [True, False], "she hung on, and pressed one key"


def test_a_card_that_is_done_in_the_meantime_is_no_reason_to_ring() -> None:
    scene = Scene("1")
    card = scene.has_card()
    scene.office.post(SetPresence("11", Presence.MEETING))
    scene.remind(card)
    scene.office.post(CardDone(card, "11"))
    scene.office.post(SetPresence("11", Presence.IN))
    scene.run(600.0)
    assert scene.calls() == []
