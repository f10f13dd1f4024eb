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


@pytest.mark.parametrize("date", ["13010000", "00010000", "02300000", "01012400", "01010060", "0101000x"])
def test_a_message_of_a_moment_that_does_not_exist_is_damaged(date: str) -> None:
    with pytest.raises(BadMessage, match="no such moment"):
        of_parts(0x80, (0x01, date.encode()), (0x02, b"1"))
    with pytest.raises(BadMessage, match="no such moment"):
        parse(sealed(b"\x04\x0d" + date.encode() + b"22630"))


def test_two_altered_bits_that_leave_the_sum_right_but_no_such_day_tell_nothing() -> None:
    data = bytearray(encode(CallerIdMessage("35408", datetime="10051647")))
    number, date = data.index(b"35408"), data.index(b"10051647")
    data[number] ^= 0x02
    data[date] ^= 0x02
    assert (data[number : number + 5], data[date : date + 8]) == (b"15408", b"30051647")
    assert sum(data) % 256 == 0
    with pytest.raises(BadMessage, match="no such moment"):
        parse(bytes(data))


@pytest.mark.parametrize("date", [b"", b"00000000", b"        ", b"0101000", b"0101000000"])
def test_a_sender_that_knows_no_date_or_writes_it_otherwise_does_not_lose_the_caller(date: bytes) -> None:
    assert of_parts(0x80, (0x01, date), (0x02, b"1")) == CallerIdMessage("1")


def test_a_single_data_message_without_a_clock_still_tells_the_caller() -> None:
    assert parse(sealed(b"\x04\x0d0000000022630")) == CallerIdMessage("22630")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (b"+48225550123", "+48225550123"),
        (b" 022 555-01.23 ", "0225550123"),
        (b"(022)5550123", "0225550123"),
        (b"1234567890123456", "1234567890123456"),
        (b"1" * 40, "1" * 40),
        (b"", ""),
    ],
)
def test_a_number_is_read_however_it_is_written(written: bytes, number: str) -> None:
    assert of_parts(0x80, (0x02, written)).number == number


@pytest.mark.parametrize("written", [b"48+225550123", b"(225550123", b"22555012)", b"22%550123", b"2255\x00501"])
def test_what_no_telephone_number_looks_like_is_damage(written: bytes) -> None:
    with pytest.raises(BadMessage, match="no telephone number"):
        of_parts(0x80, (0x02, written))


@pytest.mark.parametrize("length", [0, 1, 16, 239])
def test_parts_of_any_length_that_nobody_knows_are_skipped(length: int) -> None:
    strange = (0x77, b"\x10" * length)
    assert of_parts(0x80, strange, (0x02, b"22630")) == CallerIdMessage("22630")
    assert of_parts(0x80, (0x02, b"22630"), strange, (0x07, b"Jan")) == CallerIdMessage("22630", "Jan")


def test_a_message_of_255_bytes_is_read() -> None:
    name = "N" * 248
    assert of_parts(0x80, (0x02, b"123"), (0x07, name.encode())) == CallerIdMessage("123", name)


def test_an_empty_message_is_a_call_of_which_nothing_is_known() -> None:
    assert of_parts(0x80) == CallerIdMessage()


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
        CallerIdMessage("12345678901234"),  # the same of the whole body
        CallerIdMessage("0" * 10, called="1" * 16),
        CallerIdMessage(reason="P"),
        CallerIdMessage(reason="O", caller_type=CallerType.PAYPHONE),
    ],
)
def test_a_japanese_message_is_read_again_and_its_end_is_known(message: CallerIdMessage) -> None:
    data = japan.encode(message)
    assert japan.parse(data) == message
    assert [place for place in range(7, len(data) + 1) if japan.length_of(data[:place]) <= place] == [len(data)]


def by_japan(body: bytes, length: bytes | None = None) -> bytes:
    """A frame around any body, whose length is sent as its one byte unless told otherwise."""
    plain = b"\x10\x01\x07\x10\x02\x40" + (length or bytes((len(body),))) + body + b"\x10\x03"
    sent = bytes(byte | (byte.bit_count() % 2) << 7 for byte in plain)
    remainder = 0
    for byte in sent[2:]:
        remainder ^= byte
        for _ in range(8):
            remainder = remainder >> 1 ^ 0x8408 * (remainder & 1)
    return sent + bytes((remainder & 0xFF, remainder >> 8))


@pytest.mark.parametrize("length", [b"\x10", b"\x10\x10"])
def test_the_length_of_a_japanese_body_of_16_bytes_may_be_doubled_or_not(length: bytes) -> None:
    data = by_japan(b"\x02\x0e82122893284294", length)
    assert japan.parse(data) == CallerIdMessage("82122893284294")
    assert [place for place in range(7, len(data) + 1) if japan.length_of(data[:place]) <= place] == [len(data)]


def test_a_japanese_body_of_16_bytes_is_sent_with_its_length_doubled() -> None:
    assert japan.encode(CallerIdMessage("12345678901234")) == by_japan(b"\x02\x0e12345678901234", b"\x10\x10")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"\x04\x01P", CallerIdMessage(reason="P")),
        (b"\x04\x01O", CallerIdMessage(reason="O")),
        (b"\x04\x01S", CallerIdMessage(reason="O")),
        (b"\x04\x01C", CallerIdMessage(reason="O", caller_type=CallerType.PAYPHONE)),
        (b"\x02\x10" + b"1" * 16, CallerIdMessage("1" * 16)),
        (b"\x02\x10\x10" + b"1" * 16, CallerIdMessage("1" * 16)),
        (b"\x21\x02\x10\x10\x10\x10\x02\x03119", CallerIdMessage("119")),
        (b"\x09\x0412AB\x22\x01!\x02\x03119", CallerIdMessage("119", called="12AB")),
        (b"\x02\x03119\x07\x03Jan", CallerIdMessage("119")),
    ],
)
def test_every_part_of_a_japanese_message_is_read_or_skipped(body: bytes, message: CallerIdMessage) -> None:
    assert japan.parse(by_japan(body)) == message


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
