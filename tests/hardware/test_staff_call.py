"""Colleagues call the box on a real line (R31): they hear, key in a PIN, speak, and it lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from appliance.acd.staff import Presence
from appliance.arranged import KeptPresence
from appliance.call import Outcome
from appliance.pin import kept_form
from appliance.recorded import greeting_from
from appliance.settings import PbxSettings, PersonSettings
from appliance.store.ledger import LEDGER_NAME, Ledger, open_for_reading
from appliance.store.recordings import read_recording
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.people import Caller, DeskCall, Staff

Rehearse = Callable[..., Any]

PEOPLE = (PersonSettings("Anna", "11", "sales", pin=kept_form("4711")), PersonSettings("Bartek", "12"))


def keyed(at_s: float, keys: str) -> tuple[tuple[float, str], ...]:
    """One key after the other, as a person presses them."""
    return tuple((at_s + 0.4 * place, key) for place, key in enumerate(keys))


PIN = keyed(3.0, "4711#")
ANNA = Caller("11", at_s=2.0, presses=PIN, hangs_up_after_s=20.0)


def test_a_colleague_dials_the_box_and_says_when_she_is_back(rehearse: Rehearse) -> None:
    """Meeting until 13:30, keyed in before any prompt is over."""
    presses = (*PIN, *keyed(7.0, "2"), *keyed(9.0, "2"), *keyed(11.0, "1330"))
    seen = rehearse(replace(ANNA, presses=presses, hangs_up_after_s=22.0), people=PEOPLE)
    assert seen.record.outcome is Outcome.STAFF and seen.cards == []
    (anna, _) = seen.boards[-1][1].staff
    assert (anna.presence, f"{anna.until:%a %H:%M}") == ("in a meeting", "Tue 13:30")
    book = open_for_reading(seen.home)
    (kept,) = book.arranged().presences
    book.close()
    assert (kept.extension, kept.until) == ("11", anna.until)
    assert not any("4711" in entry.getMessage() for entry in seen.log)


def test_a_greeting_spoken_into_a_telephone_greets_the_next_caller(rehearse: Rehearse) -> None:
    words = "Good morning, Northwind, this is Anna speaking, what can I do for you?"
    presses = (*PIN, *keyed(7.0, "5"), *keyed(9.0, "1"), *keyed(22.0, "0"), *keyed(33.0, "1"))
    anna = replace(ANNA, presses=presses, says=((15.5, words),), hangs_up_after_s=38.0)
    jan = Caller("225550101", "Jan", at_s=45.0, hangs_up_after_s=8.0)
    seen = rehearse(anna, jan, people=PEOPLE)
    assert [record.outcome for record in seen.records] == [Outcome.STAFF, Outcome.ABANDONED]
    book = open_for_reading(seen.home)
    (kept,) = book.arranged().greetings
    book.close()
    greeting = greeting_from(read_recording(seen.home / kept.recording)).astype(np.float64)
    heard = seen.stories[1].heard.astype(np.float64)
    length = 1 << (heard.size + greeting.size).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(heard, length) * np.conj(np.fft.rfft(greeting, length)))
    place = int(np.argmax(likeness))
    part = heard[place : place + greeting.size]
    assert likeness[place] / np.sqrt((part @ part) * (greeting @ greeting)) > 0.9


BOX = "89"
"""What colleagues dial to reach the box."""


def anna_at_her_desk(*presses: tuple[float, str], at_s: float) -> Staff:
    calls = (DeskCall(at_s, BOX, presses=presses, talks_s=12.0),)
    return Staff("Anna", "11", answers_after_s=3.0, talks_s=20.0, says="Hello, this is Anna.", calls=calls)


def test_the_next_caller_comes_to_a_colleague_who_has_asked_for_it(rehearse: Rehearse, tmp_path: Path) -> None:
    """She logged out yesterday, so Jan waits until she calls the box from her desk and asks for him."""
    book = Ledger(tmp_path / LEDGER_NAME)
    book.keep_presence(KeptPresence("11", Presence.OUT))
    book.close()
    anna = anna_at_her_desk(*PIN, *keyed(7.0, "4"), at_s=25.0)
    jan = Caller("225550101", "Jan", at_s=2.0, presses=((6.0, "1"),), chat_s=5.0)
    seen = rehearse(jan, staff=[anna], lines=2, people=PEOPLE, their_pbx=PbxProfile(hunt_number=BOX))
    by_number = {record.caller_id.number: record for record in seen.records}
    assert by_number["11"].outcome is Outcome.STAFF
    assert by_number["225550101"].outcome is Outcome.TRANSFERRED
    assert seen.story.talked_to == ("Anna",) and seen.cards == []


def test_keys_of_the_pbx_tell_which_extension_calls_and_callers_are_greeted_all_the_same(rehearse: Rehearse) -> None:
    """A PBX that sends no caller ID inside, but the extension as keys after the answer."""
    anna = anna_at_her_desk(*keyed(5.0, "4711#"), *keyed(9.0, "1"), at_s=1.0)
    jan = Caller("225550101", "Jan", at_s=20.0, presses=((9.0, "2"),), hangs_up_after_s=25.0)
    their_pbx = PbxProfile(hunt_number=BOX, caller_id=False, follow_on_s=0.6)
    pbx = PbxSettings(flash_proven=True, follow_on_s=2.5)
    seen = rehearse(jan, staff=[anna], people=PEOPLE, pbx=pbx, their_pbx=their_pbx)
    assert [record.outcome for record in seen.records] == [Outcome.STAFF, Outcome.ABANDONED]
    assert seen.boards[-1][1].staff[0].presence == "logged out"
    assert [attempt.extension for attempt in seen.records[1].transfers] == ["12"]


def test_a_line_module_hears_by_the_ring_that_a_colleague_calls(rehearse: Rehearse) -> None:
    """A PBX that says nothing of who calls, but rings twice in quick succession for calls from inside."""
    anna = anna_at_her_desk(*keyed(3.0, "11#"), *keyed(6.0, "4711#"), *keyed(10.0, "1"), at_s=1.0)
    jan = Caller("225550101", "Jan", at_s=28.0, presses=((6.0, "2"),), hangs_up_after_s=12.0)
    their_pbx = PbxProfile(hunt_number=BOX, caller_id=False, internal_ring=((400, 200), (400, 3000)))
    pbx = PbxSettings(flash_proven=True, internal_ring="400 200 400")
    seen = rehearse(jan, profile="fxo:ch1817-usb", staff=[anna], people=PEOPLE, pbx=pbx, their_pbx=their_pbx)
    assert [record.outcome for record in seen.records] == [Outcome.STAFF, Outcome.ABANDONED]
    assert seen.boards[-1][1].staff[0].presence == "logged out"
