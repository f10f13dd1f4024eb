"""What networks tell besides number and name, Japan's frame, and the sound they are sent with (facts: signals 3)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.signals.callerid import (
    BadMessage,
    CallerIdMessage,
    CallerType,
    CallType,
    Format,
    Forwarding,
    Kind,
    alert,
    encode,
    japan,
    modulate,
    parse,
)
from appliance.signals.callerid.messages import length_of, sealed
from appliance.signals.countries import CallerIdStandard
from appliance.signals.levels import Samples, dbm0

EVERYTHING = CallerIdMessage(
    number="0225550123",
    name="Müller",
    datetime="02292359",
    called="0225550100",
    second_number="60055",
    redirecting="0225550199",
    forwarding=Forwarding.NO_REPLY,
    call_type=CallType.VOICE,
    caller_type=CallerType.MOBILE,
    long_distance=True,
    text="Zażółć",
)


def of_parts(kind: int, *parts: tuple[int, bytes]) -> CallerIdMessage:
    body = b"".join(bytes((part, len(value))) + value for part, value in parts)
    return parse(sealed(bytes((kind, len(body))) + body))


def test_everything_a_network_can_tell_is_read_again() -> None:
    assert parse(encode(EVERYTHING)) == EVERYTHING


def test_the_parameters_are_those_of_the_standards() -> None:
    read = of_parts(
        0x80,
        (0x11, b"\x01"),
        (0x02, b"22630"),
        (0x03, b"100"),
        (0x10, b"200"),
        (0x1A, b"300"),
        (0x15, b"\x01"),
        (0x16, b"\x0f"),
        (0x06, b"L"),
        (0x50, b"Tariff 1"),
        (0x20, b"\x00\x17"),
        (0xE0, b"ours"),
    )
    assert (read.number, read.called, read.second_number, read.redirecting) == ("22630", "100", "200", "300")
    assert (read.call_type, read.caller_type, read.forwarding) == (CallType.VOICE, CallerType.PAYPHONE, Forwarding.BUSY)
    assert (read.long_distance, read.text, read.kind) == (True, "Tariff 1", Kind.CALL)


def test_codes_that_nobody_knows_are_as_good_as_none() -> None:
    read = of_parts(0x80, (0x02, b"1"), (0x11, b"\x77"), (0x16, b""), (0x15, b"\xff"), (0x1A, b"?!"))
    assert read == CallerIdMessage("1")


def test_a_payphone_without_number_is_told_as_that() -> None:
    assert of_parts(0x80, (0x04, b"C")) == CallerIdMessage(reason="O", caller_type=CallerType.PAYPHONE)


@pytest.mark.parametrize("kind", [Kind.MESSAGES_WAITING, Kind.NO_MESSAGES])
@pytest.mark.parametrize("format", [Format.SDMF_WAITING, Format.MDMF_WAITING])
def test_the_lamp_for_messages_is_no_call(kind: Kind, format: Format) -> None:
    message = CallerIdMessage(kind=kind)
    assert parse(encode(message, format)) == message


def test_messages_waiting_are_counted() -> None:
    assert of_parts(0x82, (0x0B, b"\xff"), (0x13, b"\x07")) == CallerIdMessage(kind=Kind.MESSAGES_WAITING, messages=7)
    assert of_parts(0x82, (0x13, b"\x00")).kind is Kind.NO_MESSAGES
    assert of_parts(0x80, (0x11, b"\x81"), (0x0B, b"\x00")).kind is Kind.NO_MESSAGES
    assert of_parts(0x80, (0x11, b"\x81"), (0x02, b"123")).kind is Kind.CALL
    assert parse(b"\x06\x03\x42\x42\x42" + bytes((-(9 + 3 * 0x42) % 256,))).kind is Kind.MESSAGES_WAITING
    with pytest.raises(BadMessage):
        parse(sealed(b"\x06\x03\x42\x42\x41"))


def test_a_message_goes_only_into_a_format_of_its_kind() -> None:
    for message, format in (
        (CallerIdMessage("1"), Format.SDMF_WAITING),
        (CallerIdMessage(kind=Kind.NO_MESSAGES), Format.MDMF),
    ):
        with pytest.raises(ValueError, match="is not about"):
            encode(message, format)


@pytest.mark.parametrize("date", ["13010000", "00010000", "02300000", "01012400", "01010060", "0101000", "0101000x"])
def test_a_moment_that_does_not_exist_is_not_told(date: str) -> None:
    assert of_parts(0x80, (0x01, date.encode()), (0x02, b"1")) == CallerIdMessage("1")


def test_a_message_of_a_kind_nobody_knows_has_a_length_but_says_nothing() -> None:
    data = sealed(b"\x89\x02\x01\x02")
    assert length_of(data[:1]) == 2
    assert length_of(data[:2]) == len(data)
    with pytest.raises(BadMessage):
        parse(data)
    with pytest.raises(BadMessage):
        length_of(b"A")


# ---------------------------------------------------------------- Japan


def test_a_japanese_frame_is_what_the_facts_say() -> None:
    data = japan.encode(CallerIdMessage("0312345678"))
    plain = bytes(byte & 0x7F for byte in data[:-2])
    assert plain == b"\x10\x01\x07\x10\x02\x40\x0c\x02\x0a0312345678\x10\x03"
    assert all(byte.bit_count() % 2 == 0 for byte in data[:-2])
    assert japan.parse(data) == CallerIdMessage("0312345678")


@pytest.mark.parametrize(
    "message",
    [
        CallerIdMessage("1234567890123456"),  # a length of 16 is DLE, and doubled
        CallerIdMessage("0" * 10, called="1" * 16),
        CallerIdMessage(reason="P"),
        CallerIdMessage(reason="O", caller_type=CallerType.PAYPHONE),
    ],
)
def test_a_japanese_message_is_read_again_and_its_end_is_known(message: CallerIdMessage) -> None:
    data = japan.encode(message)
    assert japan.parse(data) == message
    assert [place for place in range(7, len(data) + 1) if japan.length_of(data[:place]) <= place] == [len(data)]


@given(st.integers(0, 200), st.integers(1, 255))
def test_an_altered_japanese_byte_is_noticed(place: int, change: int) -> None:
    data = bytearray(japan.encode(CallerIdMessage("0312345678", called="0366667777")))
    data[place % len(data)] ^= change
    with pytest.raises(BadMessage):
        japan.parse(bytes(data))


@given(st.binary(max_size=60))
def test_no_bytes_do_japan_any_harm(rest: bytes) -> None:
    for data in (rest, japan.encode(CallerIdMessage("1"))[:7] + rest):
        with pytest.raises(BadMessage):
            japan.parse(data)


def test_japan_has_no_room_for_a_name() -> None:
    with pytest.raises(ValueError, match="no room"):
        japan.encode(CallerIdMessage("1", "Jan"))
    with pytest.raises(ValueError, match="too long"):
        japan.encode(CallerIdMessage("1" * 100, called="1" * 100))


# ---------------------------------------------------------------- sending


def middle_dbm0(sound: Samples, hz: float) -> float:
    """The level of one tone in the middle of a sound."""
    part = sound[len(sound) // 2 - 400 : len(sound) // 2 + 400]
    wave = np.exp(-2j * np.pi * hz / 8000 * np.arange(800))
    return dbm0(np.full(1, np.sqrt(2.0) * abs(part @ wave) / 800))


def test_mark_and_space_have_the_levels_of_the_twist() -> None:
    data = b"\x00" * 4
    mark = modulate(b"", CallerIdStandard.BELL202, -15.0, seizure_bits=0, mark_bits=300, twist_db=6.0)
    assert middle_dbm0(mark, 1200.0) == pytest.approx(-18.0, abs=0.1)
    space = modulate(data, CallerIdStandard.BELL202, -15.0, seizure_bits=0, mark_bits=0, tail_bits=0, twist_db=6.0)
    assert np.abs(space).max() > 1.9 * np.abs(mark).max()


def test_gaps_lengthen_a_message_by_so_many_bits() -> None:
    data = bytes(range(12))
    bits = 12 * 10 + 12 * 5 + 10
    sound = modulate(data, CallerIdStandard.V23, seizure_bits=0, mark_bits=0, gap_bits=5)
    assert len(sound) == bits * 8000 // 1200
    assert len(modulate(data, CallerIdStandard.V23, seizure_bits=0, mark_bits=0, gap_bits=[5] * 12)) == len(sound)
    with pytest.raises(ValueError):
        modulate(data, CallerIdStandard.V23, gap_bits=[5] * 11)


def test_an_alert_is_two_tones_of_a_tenth_of_a_second() -> None:
    sound = alert(-16.0)
    assert len(sound) == 800
    assert middle_dbm0(sound, 2130.0) == pytest.approx(-16.0, abs=0.2)
    assert middle_dbm0(sound, 2750.0) == pytest.approx(-16.0, abs=0.2)
