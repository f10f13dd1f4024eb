"""Resetting a modem from outside: the right device, and no harm where it cannot be done."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from appliance.faults import LineFault
from hardware.reset import PIN_LOW_S, PinReset, UsbReset, reset_for


@pytest.fixture
def linux(tmp_path: Path) -> tuple[Path, Path]:
    """What Linux shows of a modem at ttyACM0, on the second port of a hub, and of a serial port that is not on USB."""
    classes, devices = tmp_path / "sys" / "class" / "tty", tmp_path / "dev" / "bus" / "usb"
    usb = tmp_path / "sys" / "devices" / "usb1" / "1-1" / "1-1.2"
    interface = usb / "1-1.2:1.0"
    interface.mkdir(parents=True)
    for place, number in ((usb.parent.parent, 1), (usb.parent, 4), (usb, 23)):
        (place / "busnum").write_text("1\n")
        (place / "devnum").write_text(f"{number}\n")
    for name, device in (("ttyACM0", interface), ("ttyAMA4", tmp_path / "sys" / "devices" / "soc")):
        (classes / name).mkdir(parents=True)
        device.mkdir(parents=True, exist_ok=True)
        (classes / name / "device").symlink_to(device)
    (devices / "001").mkdir(parents=True)
    return classes, devices


def test_the_device_behind_a_port_is_the_modem_and_not_the_hub(linux: tuple[Path, Path]) -> None:
    classes, devices = linux
    assert UsbReset(classes, devices).device_of("/dev/ttyACM0") == devices / "001" / "023"


def test_a_port_that_is_not_on_usb_is_left_alone(linux: tuple[Path, Path]) -> None:
    assert not UsbReset(*linux).begin("/dev/ttyAMA4")
    assert not UsbReset(*linux).begin("/dev/ttyUSB7")


def test_what_may_not_or_cannot_be_reset_is_told_by_false(linux: tuple[Path, Path]) -> None:
    classes, devices = linux
    assert not UsbReset(classes, devices).begin("/dev/ttyACM0")  # no such file, as without the right to it
    (devices / "001" / "023").write_text("no device at all")
    assert not UsbReset(classes, devices).begin("/dev/ttyACM0")


def test_a_reset_pin_is_high_from_the_beginning_and_low_during_the_reset() -> None:
    before, Device.pin_factory = Device.pin_factory, MockFactory()
    try:
        pin = Device.pin_factory.pin(25)
        reset = reset_for(25)
        levels = [pin.state]
        assert reset.begin("/dev/ttyAMA4")
        levels.append(pin.state)
        reset.end()
        assert [*levels, pin.state] == [1, 0, 1]
        assert reset.hold_s == PIN_LOW_S
        Device.pin_factory.close()
    finally:
        Device.pin_factory = before


def test_a_machine_without_pins_is_told_which_setting_is_wrong() -> None:
    with warnings.catch_warnings(), pytest.raises(LineFault, match="GPIO25") as caught:
        warnings.simplefilter("ignore")  # gpiozero tells of each kind of pins that it has not found
        PinReset(25)
    assert "reset_gpio" in caught.value.advice
