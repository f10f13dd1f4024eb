"""The file of a board: what is shipped can be read, and what is wrong is told by its key."""

from __future__ import annotations

import pytest

from appliance.faults import BadSettings
from appliance.settings import LineSettings, Settings
from appliance.store.problems import Problems
from hardware.fxo.board import Pull, RingForm, Wire, load_board, read_board, shipped_boards
from hardware.linecheck import check_boards

LEAST = """
[pins.offhook]
gpio = 17
[pins.ring]
gpio = 27
[sound]
card = "plughw:CARD=Device"
"""


@pytest.mark.parametrize("name", shipped_boards())
def test_every_shipped_board_can_be_read_and_has_what_hanging_up_needs(name: str) -> None:
    board = load_board(f"fxo:{name}")
    assert board.title
    assert {Wire.OFF_HOOK, Wire.RING, Wire.LOOP} <= board.pins.keys()
    assert board.hook.active_high, "a pin that is low at boot must not take the line"


def test_both_sound_cards_of_the_ch1817_are_there() -> None:
    assert shipped_boards() == ["ch1817-usb", "ch1817-wm8960"]


def test_the_least_board_has_the_usual_values() -> None:
    """Sections 2 and 3: ring active low; without a loop pin there is none."""
    board = read_board("mine", LEAST)
    assert not board.pins[Wire.RING].active_high
    assert Wire.LOOP not in board.pins
    assert (board.ringing.form, board.ringing.pulses, board.ringing.within_ms) == (RingForm.PULSES, 3, 120)


def test_every_pin_has_its_level_pull_and_debounce() -> None:
    board = read_board("mine", LEAST + '[pins.loop]\ngpio = 22\nactive = "low"\npull = "up"\ndebounce_ms = 70\n')
    loop = board.pins[Wire.LOOP]
    assert (loop.gpio, loop.active_high, loop.pull, loop.debounce_ms) == (22, False, Pull.UP, 70)
    assert read_board("mine", LEAST + "[pins.loop]\ngpio = 22\n").pins[Wire.LOOP].debounce_ms == 80


def test_a_file_of_ones_own_is_found_by_its_path(tmp_path) -> None:
    (tmp_path / "mine.toml").write_text(LEAST)
    assert load_board(f"fxo:{tmp_path}/mine.toml").name == "mine"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (LEAST.replace("gpio = 17", "gpio = 99"), "pins.offhook.gpio"),
        (LEAST.replace("gpio = 17", 'gpio = "17"'), "pins.offhook.gpio"),
        (LEAST.replace("gpio = 17", ""), "pins.offhook.gpio"),
        (LEAST.replace("[pins.ring]", "[pins.bell]"), "pins.bell"),
        (LEAST.replace("[pins.ring]\ngpio = 27", ""), "pins.ring"),
        (LEAST.replace('card = "plughw:CARD=Device"', ""), "sound.card"),
        (LEAST + "volume = 3\n", "sound.volume"),
        (LEAST + "speak_db = 99\n", "sound.speak_db"),
        (LEAST + 'on_hook = "yes"\n', "sound.on_hook"),
        (LEAST + "gpios = 18\n", "sound.gpios"),
        (LEAST + 'hear_channel = "both"\n', "sound.hear_channel"),
        (LEAST + '[ringing]\nform = "bells"\n', "ringing.form"),
        (LEAST + "[ringing]\npulses = 1\n", "ringing.pulses"),
        (LEAST + "[ringing]\nwithin_ms = true\n", "ringing.within_ms"),
        (LEAST + '[pins.loop]\ngpio = 5\npull = "left"\n', "pins.loop.pull"),
        (LEAST.replace("gpio = 17", "gpio = 17\npull = 'up'"), "pins.offhook.pull"),
        ("pins = 3\n", "pins"),
        ("pins =", "the file"),
    ],
)
def test_a_mistake_is_told_by_its_key(text: str, key: str) -> None:
    with pytest.raises(BadSettings) as told:
        read_board("mine", text)
    assert f"board mine: {key} " in told.value.problem
    assert "docs/fxo.md" in told.value.advice


@pytest.mark.parametrize(
    ("more", "who"),
    [
        ("[pins.loop]\ngpio = 17\n", "pins.offhook"),
        ("[pins.reset]\ngpio = 27\n", "pins.ring"),
        ("gpios = [17]\n", "sound.gpios"),
        ("[pins.loop]\ngpio = 0\n", "the HAT's own memory"),
    ],
)
def test_no_pin_has_two_masters(more: str, who: str) -> None:
    with pytest.raises(BadSettings, match=f"already taken by {who}"):
        read_board("mine", LEAST + more)


@pytest.mark.parametrize("port", ["fxo:none", "fxo:/nowhere/none.toml", "fxo:", "fxo:../boards/ch1817-usb"])
def test_a_board_that_is_not_there_is_told_with_those_that_are(port: str) -> None:
    with pytest.raises(BadSettings) as told:
        load_board(port)
    assert "fxo:ch1817-usb" in told.value.advice


def test_bytes_that_are_no_text_are_told(tmp_path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSettings, match="is no text"):
        load_board(f"fxo:{tmp_path}/mine.toml")


def test_two_lines_do_not_share_a_pin() -> None:
    usb, codec, modem = "fxo:ch1817-usb", "fxo:ch1817-wm8960", "/dev/ttyAMA4"
    assert told_of(LineSettings("One", usb), LineSettings("Two", modem, reset_gpio=25)) == ()
    for other in (LineSettings("Two", usb), LineSettings("Two", codec), LineSettings("Two", modem, reset_gpio=17)):
        (sentence,) = told_of(LineSettings("One", usb), other)
        assert sentence.startswith("In [[lines]] number 2 (Two), the line wants GPIO17, which is already taken by One")


def told_of(*lines: LineSettings) -> tuple[str, ...]:
    problems = Problems()
    check_boards(Settings("A", lines=lines), problems)
    return problems.told
