"""Screening and a call of three through the real box: modem, PBX, voices, and keys pressed on telephones (R18, R19)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.call import Outcome, TransferResult
from appliance.cards import CardKind
from appliance.settings import GroupSettings, HandoverSettings, PbxSettings, PersonSettings
from appliance.signals.levels import RATE_HZ
from appliance.speech import for_the_line
from appliance.store.recordings import read_recording
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


def test_a_colleague_adds_a_third_and_the_three_talk_without_the_box(rehearse: Rehearse) -> None:
    anna = Staff("Anna", "11", answers_after_s=3.0, talks_s=120.0, says="Anna.", presses=((10.0, "4"), (60.0, "1")))
    bartek = Staff("Bartek", "12", answers_after_s=3.0, talks_s=60.0, says="Bartek.", presses=((12.0, "1"),))
    seen = rehearse(
        replace(JAN, chat_s=50.0),
        staff=[anna, bartek],
        their_pbx=MAKES["panasonic-tes"],
        pbx=PbxSettings(flash_ms=300, flash_min_ms=100, flash_max_ms=700, flash_proven=True, conference_code="3"),
        handover=HandoverSettings(conference_parties=("12",)),
    )
    assert [(tried.person, tried.result) for tried in seen.record.transfers] == [
        ("Bartek", TransferResult.JOINED),
        ("Anna", TransferResult.JOINED),
    ]
    assert seen.record.outcome is Outcome.TRANSFERRED
    assert seen.story.talked_to == ("Anna", "Bartek")
    together = [part for part in seen.story.segments if part.where is Where.CONFERENCE and part.extension == "11+12"]
    assert together[-1].ended - together[-1].began > 8.0  # without the box
