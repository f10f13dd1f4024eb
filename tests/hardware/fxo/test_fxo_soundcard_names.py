"""How somebody names a sound card, which one that is, and what is said of one that cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.fxo import soundlink
from hardware.fxo.cardnames import find, kernel_knows
from hardware.fxo.soundprocess import trouble_of
from hardware.fxo.soundwire import Refusal, Trouble

NAMES = [
    "vc4-hdmi-0: MAI PCM i2s-hifi-0 (hw:0,0)",
    "USB Audio Device: - (hw:1,0)",
    "wm8960-soundcard: bcm2835-i2s-wm8960-hifi wm8960-hifi-0 (hw:2,0)",
    "USB Audio Device: - (hw:3,0)",
    "USB Audio Device: - (hw:3,1)",
    "sysdefault",
    "pulse",
    "default",
]


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    """Three cards; the identifiers are links, as in /proc/asound."""
    for number, name in enumerate(("vc4hdmi0", "Device", "wm8960soundcard", "Device_1")):
        (tmp_path / f"card{number}").mkdir()
        (tmp_path / name).symlink_to(f"card{number}")
    (tmp_path / "cards").write_text(" 1 [Device         ]: USB-Audio - USB Audio Device\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("pulse", 6),
        ("default", 7),
        ("hw:1,0", 1),
        ("hw:2", 2),
        ("plughw:3,1", 4),
        ("hw:CARD=Device", 1),
        ("plughw:CARD=Device_1,DEV=0", 3),
        ("hw:Device_1,1", 4),
        ("wm8960", 2),
        ("WM8960-soundcard", 2),
        ("HDMI", 0),
    ],
)
def test_a_card_is_found_by_every_name_that_people_use(wanted: str, place: int, kernel: Path) -> None:
    assert find(wanted, NAMES, kernel) == [place]


def test_two_cards_of_one_kind_need_a_better_name(kernel: Path) -> None:
    assert find("USB Audio Device", NAMES, kernel) == [1, 3, 4]


@pytest.mark.parametrize("wanted", ["hw:7", "hw:CARD=Gone", "Scarlett", "hw:1,5"])
def test_a_card_that_is_not_there_is_not_found(wanted: str, kernel: Path) -> None:
    assert find(wanted, NAMES, kernel) == []


def test_a_card_that_only_the_kernel_knows_is_in_use_elsewhere(kernel: Path, tmp_path: Path) -> None:
    assert kernel_knows("hw:CARD=Device_1", kernel)
    assert kernel_knows("usb audio", kernel)
    assert not kernel_knows("hw:7", kernel)
    assert not kernel_knows("Scarlett", kernel)
    assert not kernel_knows("usb audio", tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (("Error opening RawInputStream: Device unavailable [PaErrorCode -9985]", -9985), Trouble.BUSY),
        (("Unanticipated host error: 'Device or resource busy' [ALSA error -16]", -9999), Trouble.BUSY),
        (("Unanticipated host error: 'Permission denied' [ALSA error -13]", -9999), Trouble.FORBIDDEN),
        (("Error opening RawInputStream: Invalid sample rate [PaErrorCode -9997]", -9997), Trouble.RATE),
        (("Unanticipated host error: 'Input/output error' [ALSA error -5]", -9999), Trouble.REFUSED),
    ],
)
def test_what_portaudio_tells_is_understood(told: tuple[str, int], meant: Trouble) -> None:
    assert trouble_of(Exception(*told)) is meant


@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_is_told_in_words_for_the_office(trouble: Trouble) -> None:
    fault = soundlink._fault(Refusal(trouble, "codec", "Error -9999: invalid", ("USB Audio", "pulse")))
    words = f"{fault.problem} {fault.advice}"
    assert not any(word in words.casefold() for word in ("error", "invalid", "null"))
    assert fault.advice.split()[0] in {"Install", "Plug", "Add", "Stop", "Use", "Unplug", "Write"}
    assert ("codec" in words) or trouble is Trouble.LIBRARY


def test_where_no_card_is_there_nobody_is_told_to_choose_among_them() -> None:
    fault = soundlink._fault(Refusal(Trouble.MISSING, "codec", "", ()))
    assert fault.advice == "Plug it in: no sound card is there now."
