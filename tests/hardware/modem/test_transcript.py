"""Dialogues are written down so that they can be read, sent to strangers, and spoken once more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from appliance.call import CallerId, Presentation
from appliance.clock import VirtualClock
from hardware.modem import at
from hardware.modem.conversation import Conversation
from hardware.modem.transcript import (
    Entry,
    Recorder,
    Replay,
    Side,
    TranscriptBroken,
    masked,
    read_transcript,
    spoken,
    text_of,
    written,
)

START = datetime(2026, 11, 25, 9, 0)
SAID = b"\r\nNMBR = 48221234567\r\n\r\nNAME = KOWALSKI J\r\n"


class Script:
    """A port that says these pieces, one for each wait, 10 ms after another."""

    path = "script"

    def __init__(self, clock: VirtualClock, pieces: Sequence[bytes]) -> None:
        self.heard: list[bytes] = []
        self._clock = clock
        self._pieces = list(pieces)

    def write(self, data: bytes) -> None:
        self.heard.append(data)

    def wait(self, until: float, *, for_bytes: bool = True) -> bytes:
        self._clock.run(min(until, self._clock.now() + 0.01) if self._pieces else until)
        return self._pieces.pop(0) if self._pieces else b""


def recorded(pieces: Sequence[bytes], *commands: str) -> list[Entry]:
    """A dialogue in which each of `commands` is answered by some of `pieces`."""
    clock = VirtualClock(START)
    recorder = Recorder(Script(clock, pieces), clock)
    talk = Conversation(recorder, clock, lambda event: None)
    for command in commands:
        talk.command(command)
    return recorder.entries()


@pytest.mark.parametrize("data", [bytes(range(256)), b"ends in a blank ", b"a \\ backslash", b""])
def test_every_byte_is_read_as_it_was_written(data: bytes) -> None:
    assert spoken(written(data)) == data
    assert written(data).isascii()
    assert not written(data).endswith(" ")


def test_a_recorded_dialogue_is_read_from_its_file_as_it_was(tmp_path: Path) -> None:
    entries = recorded([b"\r\nOK\r\n", b"\r\n1.4", b"\r\n\r\nOK\r\n"], "AT", "AT-TRV")
    path = tmp_path / "modem.txt"
    path.write_text(text_of(entries, "a modem"), encoding="utf-8")
    title, *read = read_transcript(path)
    assert title == Entry(Side.REMARK, b"a modem")
    assert [(each.side, each.data) for each in read] == [(each.side, each.data) for each in entries]
    assert [each.at_s for each in read] == pytest.approx([0.0, 0.01, 0.01, 0.02, 0.03], abs=0.001)


def test_a_line_that_belongs_to_no_dialogue_is_named(tmp_path: Path) -> None:
    path = tmp_path / "modem.txt"
    path.write_text("> AT\\r\nhello\n", encoding="utf-8")
    with pytest.raises(TranscriptBroken, match="line 2: 'hello'"):
        read_transcript(path)


@pytest.mark.parametrize("cut", range(1, len(SAID)))
def test_numbers_and_names_are_masked_wherever_the_bytes_were_cut(cut: int) -> None:
    """R36: what is recorded may be sent to strangers."""
    before = [Entry(Side.MODEM, SAID[:cut]), Entry(Side.HOST, b"AT\r"), Entry(Side.MODEM, SAID[cut:])]
    after = masked(before)
    assert [len(entry.data) for entry in after] == [len(entry.data) for entry in before]
    assert after[0].data + after[2].data == b"\r\nNMBR = 00000000000\r\n\r\nNAME = xxxxxxxx x\r\n"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (b"\r\nNMBR = P\r\n", b"\r\nNMBR = P\r\n"),
        (b"\r\nNMBR=O\r\n", b"\r\nNMBR=O\r\n"),
        (b"\r\n1,8000,0,0\r\n", b"\r\n1,8000,0,0\r\n"),
        (b"\r\nDATE = 1015\r\n", b"\r\nDATE = 1015\r\n"),
        (b"\r\n0412303131373039333035353531323334353637\r\n", b"\r\n0412" + b"30" * 18 + b"\r\n"),
    ],
)
def test_only_what_tells_of_a_person_is_masked(said: bytes, kept: bytes) -> None:
    assert masked([Entry(Side.MODEM, said)])[0].data == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (b"ATDT0221234567;\r", b"ATDT0000000000;\r"),
        (b"ATD!;\r", b"ATD!;\r"),
        (b"AT+VTS={5,10},[,,10],{7,10}\r", b"AT+VTS={0,10},[,,10],{0,10}\r"),
        (b"AT+VTS={!,10}\r", b"AT+VTS={!,10}\r"),
        (b"AT+VTS=[697,1209,10]\r", b"AT+VTS=[941,1336,10]\r"),
    ],
)
def test_what_was_dialled_is_masked(typed: bytes, kept: bytes) -> None:
    assert masked([Entry(Side.HOST, typed)])[0].data == kept


def test_a_masked_call_is_still_understood_as_a_call() -> None:
    parser = at.Parser()
    [number, _] = parser.feed(masked([Entry(Side.MODEM, SAID)])[0].data)
    assert number == at.CallerIdPart(CallerId("00000000000", presentation=Presentation.SHOWN))


def test_of_sound_only_the_amount_is_kept() -> None:
    clock = VirtualClock(START)
    recorder = Recorder(Script(clock, [b"\x80" * 160, b"\x81" * 160, b"\r\nOK\r\n"]), clock)
    recorder.sound = True
    for _ in range(2):
        recorder.wait(clock.now() + 1)
    recorder.sound = False
    recorder.wait(clock.now() + 1)
    sound, ok = recorder.entries()
    assert sound.data == b"320 bytes of sound from the modem"
    assert ok.data == b"\r\nOK\r\n"


def test_a_replayed_modem_answers_as_it_did_and_as_late() -> None:
    entries = recorded([b"", b"", b"\r\n48.0\r\n", b"\r\nOK\r\n"], "AT-TRV")
    clock = VirtualClock(START)
    modem = Replay(entries, clock)
    assert Conversation(modem, clock, lambda event: None).command("AT-TRV") == ["48.0"]
    assert clock.now() == pytest.approx(0.04, abs=0.001)
    assert modem.left == 0


def test_another_command_than_the_written_one_fails_in_a_sentence() -> None:
    clock = VirtualClock(START)
    modem = Replay(recorded([b"\r\nOK\r\n"], "AT+GMI"), clock)
    with pytest.raises(TranscriptBroken, match=r"ATI3\\r was sent where the transcript has AT\+GMI\\r"):
        modem.write(b"ATI3\r")
