"""Teaching a PBX at the level of sound: the program is not told which one it is, and then transfers on it (R33)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from appliance.call import Outcome, TransferResult
from appliance.clock import ScaledClock
from appliance.main import instrument_of
from appliance.settings import GroupSettings, LineSettings, PbxSettings, PersonSettings, Settings, WaitingSettings
from appliance.signals.countries import country
from appliance.store.plainform import plain_from
from appliance.store.settings import settings_from
from appliance.teach.card import Card, Mark
from appliance.teach.lesson import Wishes
from appliance.teach.phones import Phones
from hardware.fxo.board import is_board
from hardware.outgoing import Outgoing
from hardware.simulated.makes import DIFFICULT, MAKES
from hardware.simulated.modemrecord import ModemRecord
from hardware.simulated.pbxprofile import PbxProfile
from hardware.simulated.people import Caller, Staff
from hardware.simulated.plugs import hats_of, site_of
from hardware.simulated.profiles import PROFILES
from hardware.simulated.voices import spoken
from hardware.simulated.world import PlannedHat, PlannedModem, World
from hardware.teaching import teach_on

Rehearse = Callable[..., Any]

PHONES = Phones("21", "22", "29", "23")
WORDS = "I go on talking, so that the box can hear me whenever it has me back. One, two, three, four, five, six."
TALK = np.tile(spoken(WORDS, "en+f3"), 60)
ANNA = Staff("Anna", "21", answers_after_s=11.0, talks_s=1200.0, says=TALK)
BUSY = Staff("Bartek", "22", on_the_phone=((0.0, math.inf),))
AWAY = Staff("Celina", "23", answers_after_s=None)
COUNTRY = {"generic-us": "us", "centrex": "us"}
EVERY_PBX = {**MAKES, **{habit: difficult.profile for habit, difficult in DIFFICULT.items()}}


@dataclass
class Taught:
    """What came of a lesson: the card, what the helper was told, and what the modem did."""

    card: Card
    record: ModemRecord
    told: list[str] = field(default_factory=list)

    def check(self, name: str) -> Mark:
        """How the check of that name ended."""
        return next(check.mark for check in self.card.checks if check.name == name)


class Helper:
    """Somebody beside the telephones, who hangs up when they are asked to."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.told: list[str] = []

    def tell(self, sentence: str) -> None:
        """Do what is said."""
        self.told.append(sentence)
        if sentence == "Please hang up now.":
            self._world.desks[0].finish()


def teach(
    pbx: PbxProfile,
    *,
    kind: str = "cx93001",
    code: str = "pl",
    staff: tuple[Staff, ...] = (ANNA, BUSY, AWAY),
    callers: tuple[Caller, ...] = (),
    phones: Phones = PHONES,
    wishes: Wishes = Wishes(),  # noqa: B008 - frozen
    before: PbxSettings = PbxSettings(),  # noqa: B008 - frozen
) -> Taught:
    """One lesson on the only line of a world with this PBX."""
    clock = ScaledClock(math.inf)
    waiter = clock.waiter("teach")
    planned = PlannedHat(kind) if is_board(kind) else PlannedModem(PROFILES[kind])
    world = World(clock, country=code, modems=[planned], staff=staff, callers=callers, pbx=pbx, keep_audio=False)
    world.start()
    try:
        helper, outgoing = Helper(world), Outgoing(np.zeros(160, np.int16))
        line = LineSettings("Line 1", world.lines[0])
        settings = Settings(company="Northwind", country=code, lines=(line,), pbx=before)
        make = instrument_of(line, country(code), clock, site_of(world), hats_of(world))
        card = teach_on(make(waiter, outgoing), outgoing, clock, settings, line, phones, helper.tell, wishes)
    finally:
        waiter.close()
        world.stop()
    return Taught(card, world.modems[0].record, helper.told)


def dialled(record: ModemRecord) -> set[str]:
    """Every string of keys that the modem was told to send."""
    keys = ("".join(re.findall(r"\{([0-9A-D*#]),", command)) for _, command in record.commands)
    return {each for each in keys if each}


def kept(card: Card) -> PbxSettings:
    """What the settings say afterwards, as they are read again from where they are kept."""
    office = Settings(company="Northwind", lines=(LineSettings("Line 1", "/dev/ttyACM0"),), pbx=card.before)
    return settings_from(plain_from(card.settings(office))).pbx


def call_in(rehearse: Rehearse, card: Card, pbx: PbxProfile, **options: Any) -> Any:
    """One caller, and the box with what it was taught: the first colleague is busy, the number of the second exists
    no more, the third answers.
    """
    answers = Staff("Bartek", "22", answers_after_s=6.0, talks_s=20.0, says="Hello, this is Bartek.")
    return rehearse(
        Caller("225550101", "Jan", at_s=2.0, presses=((6.0, "1"),), chat_s=5.0, hangs_up_after_s=150.0),
        staff=[Staff("Anna", "21", on_the_phone=((0.0, math.inf),)), answers],
        people=tuple(PersonSettings(f"Colleague {number}", number) for number in ("21", "29", "22")),
        groups=(GroupSettings("sales", ("21", "29", "22")), GroupSettings("service", ("22",))),
        waiting=WaitingSettings(talk_s=90.0, retry_s=90.0),
        pbx=kept(card),
        their_pbx=pbx,
        **options,
    )


def check_the_call(seen: Any) -> None:
    """Nobody was lost: back from busy, back from the wrong number, and put through."""
    busy, wrong, taken = [tried.result for tried in seen.record.transfers]
    assert busy is TransferResult.BUSY
    assert wrong in (TransferResult.UNOBTAINABLE, TransferResult.BUSY)  # where they sound the same
    assert taken is TransferResult.TAKEN
    assert seen.story.talked_to == ("Bartek",)
    assert seen.record.outcome is Outcome.TRANSFERRED


# ---------------------------------------------------------------- what is found out, and used


def test_a_pbx_with_keys_and_tones_of_its_own_is_learned_and_the_box_transfers_on_it(rehearse: Rehearse) -> None:
    """R33, R16: status digits, a congestion tone that no country has."""
    pbx = MAKES["panasonic-tda"]
    taught = teach(pbx)
    assert taught.card.passed
    found = kept(taught.card)
    assert found.flash_proven
    assert pbx.flash_min_ms <= found.flash_min_ms < found.flash_ms < found.flash_max_ms <= pbx.flash_max_ms
    assert (found.status.ringing, found.status.busy, found.status.reorder) == ("1", "2", "3")
    assert (found.status.answered, found.status.released) == ("5", "#9")
    assert [tone.split()[0] for tone in found.tones] == ["congestion"]
    assert dialled(taught.record) == set(PHONES.numbers)  # R35: the way back was found before a code was needed
    check_the_call(call_in(rehearse, taught.card, pbx))


def test_a_double_flash_is_found_by_a_modem_that_cannot_hear_while_it_speaks(rehearse: Rehearse) -> None:
    """R33, facts 6.3; afterwards the same modem brings the caller back."""
    taught = teach(MAKES["slican"], kind="usr5637")
    assert taught.card.passed
    found = kept(taught.card)
    assert found.back_from_busy == found.back_from_reorder == found.back_from_no_answer == "flash flash"
    check_the_call(call_in(rehearse, taught.card, MAKES["slican"], profile="usr5637"))


def test_a_line_module_finds_the_hold_code() -> None:
    """R33, facts 6.1."""
    taught = teach(DIFFICULT["hold code"].profile, kind="fxo:ch1817-usb")
    assert taught.card.passed
    assert kept(taught.card).hold_code == "20"
    assert taught.check("back when nobody answers") is Mark.PASSED


def test_when_nobody_can_answer_the_lesson_ends_and_the_line_is_on_hook() -> None:
    """R33, R37: nothing that would follow could be believed."""
    taught = teach(PbxProfile(), staff=(replace(BUSY, extension="21"), BUSY))
    assert not taught.card.passed
    assert taught.check("ringback and answer") is Mark.FAILED
    assert taught.check("hook flash") is Mark.NOT_TRIED
    assert not taught.card.pbx.flash_proven
    assert not taught.record.hooks[-1][1]


# ---------------------------------------------------------------- every PBX that can be simulated


@pytest.mark.soak
@pytest.mark.parametrize("name", EVERY_PBX)
def test_every_simulated_pbx_is_learned_without_being_told_which_it_is(name: str, rehearse: Rehearse) -> None:
    code = COUNTRY.get(name, "pl")
    taught = teach(EVERY_PBX[name], code=code)
    assert taught.card.passed, taught.card.told()
    check_the_call(call_in(rehearse, taught.card, EVERY_PBX[name], country=code))


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["usr5637", "fxo:ch1817-usb"])
@pytest.mark.parametrize("name", EVERY_PBX)
def test_a_modem_that_cannot_hear_while_it_speaks_and_a_line_module_learn_them_too(name: str, kind: str) -> None:
    taught = teach(EVERY_PBX[name], kind=kind, code=COUNTRY.get(name, "pl"))
    assert taught.card.passed, taught.card.told()


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["cx93001", "usr5637", "fxo:ch1817-usb"])
@pytest.mark.parametrize("span", [(60, 130), (90, 180), (250, 600), (340, 460), (400, 990), (600, 1100)])
def test_the_flash_is_found_wherever_the_window_lies(kind: str, span: tuple[int, int]) -> None:
    pbx = PbxProfile(flash_min_ms=span[0], flash_max_ms=span[1], hang_up_ms=span[1] + 200)
    taught = teach(pbx, kind=kind)
    assert taught.card.passed, taught.card.told()
    assert span[0] - 30 <= taught.card.pbx.flash_ms <= span[1]


@pytest.mark.soak
def test_the_whole_window_and_the_recall_time_are_measured_on_request() -> None:
    pbx = PbxProfile(flash_min_ms=300, flash_max_ms=800, hang_up_ms=1100, recall_s=25.0)
    taught = teach(pbx, wishes=Wishes(window=True, slow=True))
    assert taught.card.passed, taught.card.told()
    found = kept(taught.card)
    assert 290 <= found.flash_min_ms <= 340
    assert 760 <= found.flash_max_ms <= 810
    assert 24 <= found.recall_s <= 28


@pytest.mark.soak
def test_somebody_who_calls_from_outside_can_be_the_one_on_hold() -> None:
    callers = tuple(
        Caller("225550101", "Jan", at_s=at_s, says=((0.3, TALK),), hangs_up_after_s=300.0, ring_patience_s=60.0)
        for at_s in (57.0,)
    )
    taught = teach(MAKES["slican"], callers=callers, wishes=Wishes(from_outside=True))
    assert taught.card.passed, taught.card.told()
    assert kept(taught.card).back_from_busy == "flash flash"


@pytest.mark.soak
def test_with_two_telephones_only_the_busy_one_is_put_down_for_a_moment() -> None:
    """The hold code can be found by a telephone that rings only: busy and wrong sound the same here."""
    twice = replace(BUSY, on_the_phone=((0.0, 76.0), (128.0, math.inf)))
    taught = teach(DIFFICULT["hold code"].profile, staff=(ANNA, twice), phones=replace(PHONES, rings=""))
    assert taught.card.passed, taught.card.told()
    assert kept(taught.card).hold_code == "20"
    assert taught.check("back when nobody answers") is Mark.PASSED
