"""Screening and a call of three through the real box: modem, PBX, voices, and keys pressed on telephones (R18, R19)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.call import Outcome, TransferResult
from appliance.cards import CardKind
from appliance.settings import GroupSettings, HandoverSettings, PersonSettings
from appliance.signals.levels import RATE_HZ
from appliance.speech import for_the_line
from appliance.store.recordings import read_recording
from appliance.store.settings import settings_from
from hardware.simulated.legs import Where
from hardware.simulated.makes import MAKES
from hardware.simulated.people import Caller, Staff

Rehearse = Callable[..., Any]

SCREENED = {
    "people": (
        PersonSettings("Dora", "11", "director", protected=True, assistant="12"),
        PersonSettings("Ewa", "12"),
    ),
    "groups": (GroupSettings("sales", ("11",)),),
    "handover": HandoverSettings(refusals=("meeting", "email")),
}
NAME = "Jan Nowak, Bright Lamps."
MATTER = "I would like to speak about the delivery that came on Monday, and about the next one."
JAN = Caller("225550101", "Jan", at_s=2.0, presses=((6.0, "1"),), hangs_up_after_s=145.0)
DORA = Staff("Dora", "11", answers_after_s=None)


def likeness(said: NDArray[np.int16], heard: NDArray[np.int16]) -> float:
    """How like what was said is the stretch of what was heard that is most like it: 1.0 is the same, only louder."""
    spoken = for_the_line(said.astype(float), RATE_HZ)
    part = spoken[: 2 * RATE_HZ].astype(float)
    size = 1 << (len(heard) + len(part)).bit_length()
    products = np.fft.irfft(np.fft.rfft(heard, size) * np.fft.rfft(part, size).conj(), size)[: len(heard) - len(part)]
    powers = np.concatenate([[0.0], np.cumsum(np.square(heard, dtype=float))])
    powers = powers[len(part) : len(part) + len(products)] - powers[: len(products)]
    return float(np.max(products / np.sqrt(np.maximum(powers, 1.0) * np.sum(part**2))))


def test_a_refused_caller_hears_the_phrase_and_leaves_a_number_and_their_own_words(rehearse: Rehearse) -> None:
    ewa = Staff("Ewa", "12", answers_after_s=3.0, talks_s=60.0, says="Ewa.", presses=((26.0, "2"),))
    words = ((18.0, NAME), (29.0, MATTER))
    caller = replace(JAN, says=words, presses=((6.0, "1"), (106.0, "1"), (118.0, "1")))
    seen = rehearse(caller, staff=[DORA, ewa], **SCREENED)
    assert [(tried.person, tried.result) for tried in seen.record.transfers] == [("Ewa", TransferResult.REFUSED)]
    assert seen.record.outcome is Outcome.CALLBACK
    (card,) = seen.cards
    assert (card.kind, card.number) == (CardKind.CALLBACK, "225550101")
    said = read_recording(seen.home / card.recording)
    assert len(said) > 4 * RATE_HZ
    assert likeness(said, seen.world.desks[1].heard.sound()) > 0.8


def three(rehearse: Rehearse, make: str, anna: Staff, bartek: Staff, code: str = "3") -> Any:
    """Jan calls, and Anna wants Bartek in the call, at a PBX that the box knows by the name of its make."""
    known = {"profile": make, "flash_proven": True, "conference_code": code}
    return rehearse(
        replace(JAN, chat_s=50.0),
        staff=[anna, bartek],
        their_pbx=replace(MAKES[make], conference_code="3"),
        pbx=settings_from({"company": "Northwind", "pbx": known}).pbx,
        handover=HandoverSettings(conference_parties=("12",)),
    )


ANNA = Staff("Anna", "11", answers_after_s=3.0, talks_s=120.0, says="Anna.", presses=((10.0, "4"), (60.0, "1")))
BARTEK = Staff("Bartek", "12", answers_after_s=3.0, talks_s=60.0, says="Bartek.", presses=((12.0, "1"),))


@pytest.mark.parametrize(
    "make",
    ["panasonic-tes", *(pytest.param(make, marks=pytest.mark.soak) for make in ("panasonic-tda", "slican"))],
)
def test_a_colleague_adds_a_third_and_the_three_talk_without_the_box(make: str, rehearse: Rehearse) -> None:
    seen = three(rehearse, make, ANNA, BARTEK)
    assert [(tried.person, tried.result) for tried in seen.record.transfers] == [
        ("Bartek", TransferResult.JOINED),
        ("Anna", TransferResult.JOINED),
    ]
    assert seen.record.outcome is Outcome.TRANSFERRED
    assert seen.story.talked_to == ("Anna", "Bartek")
    together = [part for part in seen.story.segments if part.where is Where.CONFERENCE and part.extension == "11+12"]
    assert together[-1].ended - together[-1].began > 8.0  # without the box


@pytest.mark.soak
@pytest.mark.parametrize(
    ("bartek", "result", "key_after_s"),
    [
        (replace(BARTEK, on_the_phone=((0.0, math.inf),)), TransferResult.BUSY, 44.0),
        (replace(BARTEK, answers_after_s=None), TransferResult.NO_ANSWER, 62.0),
        (replace(BARTEK, presses=((12.0, "2"),)), TransferResult.REFUSED, 58.0),
    ],
)
def test_a_third_who_cannot_come_leaves_caller_and_colleague_together(
    bartek: Staff, result: TransferResult, key_after_s: float, rehearse: Rehearse
) -> None:
    seen = three(rehearse, "panasonic-tes", replace(ANNA, presses=((10.0, "4"), (key_after_s, "1"))), bartek)
    assert [tried.result for tried in seen.record.transfers] == [result, TransferResult.TAKEN]
    assert seen.story.talked_to == ("Anna",)


@pytest.mark.soak
def test_a_code_that_is_not_the_pbxs_own_loses_nobody(rehearse: Rehearse) -> None:
    """Anna is let go by the flash, and Jan is alone with the box: nobody confirms anything, so he stays."""
    seen = three(rehearse, "panasonic-tes", replace(ANNA, presses=((10.0, "4"),)), BARTEK, code="#3")
    assert seen.record.transfers[0].result in (TransferResult.UNCONFIRMED, TransferResult.NOT_JOINED)
    assert any(problem.startswith("the PBX") for problem in seen.faults_seen)
    assert seen.cards or seen.story.talked_to
