"""Every modem gets the right dialect: by what it can do, and only then by its name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hardware.modem.dialects import (
    AGERE_V253,
    CX93001,
    CX_RD02,
    IS101,
    MT9234MU,
    NO_VOICE,
    SI24XX,
    USR5637,
    USR5637_OLD,
    V253,
    ZOOM3095,
    Dialect,
)
from hardware.modem.identify import recognise

CX_FORMATS = (
    '0,"SIGNED PCM",8,0,8000,0,0\n1,"UNSIGNED PCM",8,0,8000,0,0\n129,"IMA ADPCM",4,0,8000,0,0\n'
    '130,"UNSIGNED PCM",8,0,8000,0,0\n131,"Mu-Law",8,0,8000,0,0'
)
CX_ANSWERS = {
    "ATI3": "CX93001-EIS_V0.2013-V92",
    "AT+GMI9": "CONEXANT ACF",
    "ATI0": "56000",
    "AT+FMI?": "CONEXANT",
    "AT+FCLASS=?": "0,1,1.0,2,8",
    "AT+FCLASS=8": "OK",
    "AT+VSM=?": CX_FORMATS,
}
USR_ANSWERS = {
    "ATI3": "U.S. Robotics 56K FAX USB V1.2.23",
    "AT+GMI9": "ERROR",
    "ATI0": "5601",
    "AT+FMI?": "U.S. Robotics",
    "AT+FCLASS=?": "0,1,1.0,2.0,8",
    "AT+FCLASS=8": "OK",
    "AT+VSM=?": '128,"8-BIT LINEAR",(7200,8000,11025)',
}
VOICE = {"AT+FCLASS=8": "OK"}


def test_the_known_modems_are_recognised() -> None:
    assert recognise(CX_ANSWERS) == CX93001
    assert recognise(USR_ANSWERS) == USR5637


@pytest.mark.parametrize(
    ("usb_id", "dialect"),
    [("0572:1340", CX93001), ("0803:3095", ZOOM3095), ("0572:1324", CX_RD02), ("", CX93001), ("1234:5678", CX93001)],
)
def test_products_with_one_chip_are_told_apart_by_their_usb_plug(usb_id: str, dialect: Dialect) -> None:
    assert recognise(CX_ANSWERS, usb_id) == dialect


@pytest.mark.parametrize(
    ("told", "dialect"),
    [
        ({"ATI3": "MultiTech Systems MT9234MU-CDC"}, MT9234MU),
        ({"ATI0": "2494"}, SI24XX),
        ({"ATI3": "Si2494 Rev B"}, SI24XX),
        ({"AT+GMI": "AGERE SYSTEMS"}, AGERE_V253),
        ({"AT+GMM": "MT5634ZBA-USB"}, AGERE_V253),
        ({"AT+GMM": "IS-101 VOICE MODEM"}, IS101),
    ],
)
def test_makers_are_known_by_name(told: dict[str, str], dialect: Dialect) -> None:
    assert recognise(VOICE | told) == dialect


def test_a_conexant_is_recognised_by_its_maker_alone() -> None:
    assert recognise({"AT+GMI9": "CONEXANT ACF", "AT+FCLASS=?": "(0,1,8)"}) == CX93001


def test_a_modem_that_only_says_56000_is_spoken_to_by_the_standard() -> None:
    assert recognise({"ATI0": "56000", "AT+FCLASS=8": "OK"}) == V253


def test_what_the_modem_can_do_overrules_its_name() -> None:
    stranger = VOICE | {"ATI3": "QUITE NEW", "AT+VSM=?": '+VSM: 128,"8-BIT LINEAR",(7200,8000,11025)'}
    assert recognise(stranger) == replace(V253, sample_format="+VSM=128,8000")
    odd = CX_ANSWERS | {"AT+VSM=?": '129,"IMA ADPCM",4,0,8000,0,0\n130,"UNSIGNED PCM",8,0,8000,0,0'}
    assert recognise(odd).sample_format == "+VSM=130,8000,0,0"


def test_the_label_of_the_line_is_taken_from_the_modems_own_list() -> None:
    elder = VOICE | {"AT+VLS=?": '0,"",0,0,0\n2,"T",0,0,0\n4,"S",0,0,0'}
    assert recognise(elder).seize == ("+VLS=2",)
    usual = VOICE | {"AT+VLS=?": '0,"",B0,B0,B0\n1,"T",B0,B0,B0\n2,"L",B0,B0,B0'}
    assert recognise(usual).seize == ("+VLS=1",)


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"AT+FCLASS=?": "0,1,1.0,2"},
        {"AT+FCLASS=?": "0,1,1.8,2"},
        {"AT+FCLASS=?": "0,1,8", "AT+FCLASS=8": "ERROR"},
        CX_ANSWERS | {"AT+VSM=?": '129,"IMA ADPCM",4,0,8000,0,0'},
    ],
)
def test_a_modem_that_cannot_do_voice_is_no_voice_modem_whatever_its_name(answers: dict[str, str]) -> None:
    """Quirk Q1b, and a modem that has only compressed sound."""
    found = recognise({"ATI3": "CX93001-EIS_V0.2013-V92"} | answers, "0572:1340")
    assert (found.name, found.voice) == (NO_VOICE.name, False)


@pytest.mark.parametrize("place", ["ATI3", "ATI7"])
def test_a_us_robotics_with_old_firmware_is_told_from_a_new_one(place: str) -> None:
    """Quirk Q1: before 1.2.23 it does not go off-hook."""
    old = USR_ANSWERS | {"ATI3": "U.S. Robotics 56K FAX USB"} | {place: "U.S. Robotics 56K FAX USB V1.2.19"}
    assert recognise(old) == USR5637_OLD
    assert recognise(USR_ANSWERS | {"ATI3": "U.S. Robotics 56K FAX USB V1.10.1"}) == USR5637
