"""Conferences on the simulated PBX: who is in hears the others, and who hangs up leaves them talking (R19)."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.signals.generate import tone
from hardware.simulated.exchange import Release
from hardware.simulated.legs import Where
from tests.hardware.simulated.byhand import VOICE_HZ, Handset, Office, Whistler

PITCHES = {"caller": VOICE_HZ, "box": 500.0, "Anna": 600.0, "Bert": 700.0, "Cilla": 800.0}
LONG_S = 120.0


class Talk:
    """Everybody speaks at a pitch of their own all the time; the box has consulted Anna, who has answered."""

    def __init__(self, **habits: object) -> None:
        self.office = Office(**habits)
        self.phones = {
            "box": self.office.box,
            "Anna": self.office.anna,
            "Bert": self.office.bert,
            "Cilla": self.office.cilla,
        }
        self.caller, self.call = self.office.consult("11")
        self.answer("Anna")

    def answer(self, name: str) -> None:
        phone = self.phones[name]
        phone.loop.close(self.office.now)
        phone.mouth.add(tone((PITCHES[name],), LONG_S, -20), self.office.now)
        self.office.wait(0.5)

    def put_down(self, name: str) -> None:
        phone = self.phones[name]
        phone.mouth.clear()
        phone.loop.open(self.office.now)
        self.office.wait(1.5)

    def flash_and_dial(self, code: str) -> None:
        self.office.flash()
        self.office.dial(code)

    def box_speaks(self) -> None:
        self.office.box.mouth.add(tone((PITCHES["box"],), LONG_S, -20), self.office.now)

    def heard_by(self, who: Handset | Whistler | str) -> set[str]:
        """Whom they hear in the next second."""
        listener = self.phones[who] if isinstance(who, str) else who
        began = len(listener.heard)
        self.office.wait(1.0)
        sound = np.concatenate(listener.heard[began:])
        spectrum = np.abs(np.fft.rfft(sound)) / len(sound)
        at = {name: round(hz * len(sound) / 8000) for name, hz in PITCHES.items()}
        return {name for name, place in at.items() if spectrum[place - 2 : place + 3].max() > 150.0}


@pytest.fixture
def talk() -> Talk:
    """On a PBX that joins three by a flash and 3."""
    return Talk(conference_code="3")


def test_flash_and_code_join_the_three(talk: Talk) -> None:
    talk.flash_and_dial("3")
    talk.box_speaks()
    assert talk.heard_by(talk.caller) == {"box", "Anna"}
    assert talk.heard_by("Anna") == {"box", "caller"}
    assert talk.heard_by("box") == {"Anna", "caller"}
    last = talk.office.pbx.segments(talk.call)[-1]
    assert (last.where, last.extension) == (Where.CONFERENCE, "11+31")


def test_when_the_box_leaves_the_other_two_go_on(talk: Talk) -> None:
    talk.flash_and_dial("3")
    talk.put_down("box")
    assert talk.heard_by(talk.caller) == {"Anna"}
    assert talk.heard_by("Anna") == {"caller"}
    assert talk.office.pbx.segments(talk.call)[-1].extension == "11"


def test_whoever_is_left_alone_hears_that_the_others_have_gone(talk: Talk) -> None:
    talk.flash_and_dial("3")
    talk.put_down("box")
    talk.put_down("Anna")
    assert talk.caller.alone


def test_a_caller_who_leaves_a_conference_leaves_the_colleagues_talking(talk: Talk) -> None:
    talk.flash_and_dial("3")
    talk.box_speaks()
    talk.call.hang_up(Release.BUSY, talk.office.now)
    assert talk.heard_by("Anna") == {"box"}
    assert talk.office.hears(talk.office.anna) != "busy"


def test_a_fourth_is_consulted_while_the_others_go_on_and_then_joins(talk: Talk) -> None:
    talk.flash_and_dial("3")
    talk.flash_and_dial("12")
    assert talk.heard_by(talk.caller) == {"Anna"}, "they talk with one another, without the box"
    talk.answer("Bert")
    assert talk.heard_by("Bert") == set()
    talk.flash_and_dial("3")
    talk.box_speaks()
    assert talk.heard_by("Bert") == {"box", "caller", "Anna"}
    assert talk.heard_by(talk.caller) == {"box", "Anna", "Bert"}
    talk.put_down("box")
    assert talk.heard_by("Anna") == {"caller", "Bert"}
    assert talk.office.pbx.segments(talk.call)[-1].extension == "11+12"


def test_hanging_up_hands_the_fourth_over_to_the_conference(talk: Talk) -> None:
    talk.flash_and_dial("3")
    talk.flash_and_dial("12")
    talk.answer("Bert")
    talk.put_down("box")
    assert talk.heard_by("Bert") == {"caller", "Anna"}


def test_hanging_up_on_a_busy_fourth_leaves_the_two_together(talk: Talk) -> None:
    talk.flash_and_dial("3")
    talk.phones["Bert"].loop.close(talk.office.now)
    talk.flash_and_dial("12")
    rang_before = len(talk.office.box.bursts)
    talk.put_down("box")
    talk.office.wait(3.0)
    assert len(talk.office.box.bursts) == rang_before
    assert talk.heard_by(talk.caller) == {"Anna"}


def test_a_flash_brings_the_box_back_into_the_conference(talk: Talk) -> None:
    talk.flash_and_dial("3")
    talk.flash_and_dial("99")
    talk.office.flash()
    assert talk.heard_by("box") == {"caller", "Anna"}


def test_a_conference_of_which_one_is_left_is_an_ordinary_held_call(talk: Talk) -> None:
    talk.flash_and_dial("3")
    talk.flash_and_dial("12")
    talk.put_down("Anna")
    assert talk.office.where(talk.call) is Where.HOLD
    talk.office.flash()
    assert talk.heard_by("box") == {"caller"}


def test_a_conference_that_everybody_left_is_found_gone(talk: Talk) -> None:
    talk.flash_and_dial("3")
    talk.flash_and_dial("12")
    talk.put_down("Anna")
    talk.call.hang_up(Release.BUSY, talk.office.now)
    talk.office.flash()
    assert talk.office.hears(talk.office.box) == "congestion"


def test_a_colleague_whom_a_flash_put_aside_is_let_go_when_no_code_follows(talk: Talk) -> None:
    talk.office.flash()
    assert talk.heard_by("box") == {"caller"}
    talk.office.wait(4.0)
    talk.office.anna.mouth.clear()
    assert talk.office.hears(talk.office.anna) == "busy"
    talk.office.dial("3")
    assert talk.heard_by("box") == {"caller"}, "now the 3 is only a key"


def test_hanging_up_instead_of_the_code_joins_the_two(talk: Talk) -> None:
    talk.office.flash()
    talk.office.wait(0.5)
    talk.put_down("box")
    assert talk.heard_by("Anna") == {"caller"}


def test_the_code_is_no_code_while_the_other_telephone_only_rings() -> None:
    office = Office(conference_code="3")
    _, call = office.consult("11")
    office.flash()
    office.dial("3")
    assert office.hears(office.box) == "caller"
    assert office.where(call) is Where.OFFICE


@pytest.mark.parametrize(
    "habits", [{"flashes_to_retrieve": 2, "conference_code": "#3"}, {"retrieve_code": "1", "conference_code": "3"}]
)
def test_the_code_works_where_a_single_flash_brings_nobody_back(habits: dict[str, object]) -> None:
    talk = Talk(**habits)
    talk.flash_and_dial(str(habits["conference_code"]))
    assert talk.heard_by("box") == {"Anna", "caller"}


def test_on_centrex_a_flash_joins_the_three_and_another_one_drops_the_last() -> None:
    talk = Talk(flash_joins=True)
    talk.office.flash()
    assert talk.heard_by("box") == {"Anna", "caller"}
    talk.office.flash()
    assert talk.heard_by("box") == {"caller"}
    talk.office.anna.mouth.clear()
    assert talk.office.hears(talk.office.anna) == "busy"
    assert talk.office.where(talk.call) is Where.OFFICE


def test_two_who_are_left_have_a_call_like_any_other(talk: Talk) -> None:
    talk.flash_and_dial("3")
    talk.put_down("Anna")
    assert talk.heard_by("box") == {"caller"}
    assert talk.office.where(talk.call) is Where.OFFICE
    talk.flash_and_dial("12")
    assert talk.office.where(talk.call) is Where.HOLD
