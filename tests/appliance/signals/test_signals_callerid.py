"""Caller ID goes over the line and comes back right, or not at all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.signals import generate
from appliance.signals.callerid import (
    MDMF,
    SDMF,
    BadMessage,
    CallerIdMessage,
    Format,
    FskReceiver,
    encode,
    modulate,
    parse,
    parse_unchecked,
)
from appliance.signals.countries import CallerIdStandard
from appliance.signals.levels import Samples, dbm0

JAN = CallerIdMessage("0225550123", "Jan Kowalski", "", "11240930")
MESSAGES = st.builds(
    CallerIdMessage,
    number=st.from_regex(r"\+?[0-9*#]{1,19}", fullmatch=True),
    name=st.text("abcdefgh łśé-ÄÖ", max_size=15).map(str.strip),
    reason=st.just(""),
    datetime=st.sampled_from(["", "01010000", "12312359"]),
)


def on_the_line(data: bytes, standard: CallerIdStandard, level_dbm0: float = -13.5) -> Samples:
    """A message between two stretches of quiet."""
    return np.concatenate((generate.silence(0.1), modulate(data, standard, level_dbm0), generate.silence(0.1)))


# ---------------------------------------------------------------- messages


def test_a_single_data_message_is_what_gr30_says() -> None:
    data = encode(CallerIdMessage("6035551212", datetime="04151503"), SDMF)
    assert data[:-1] == b"\x04\x12" + b"04151503" + b"6035551212"
    assert sum(data) % 256 == 0


@given(MESSAGES)
def test_what_is_encoded_is_read_again(message: CallerIdMessage) -> None:
    assert parse(encode(message)) == message


@pytest.mark.parametrize("format", [SDMF, MDMF])
@pytest.mark.parametrize("reason", ["P", "O"])
def test_a_withheld_number_is_told_as_that(format: Format, reason: str) -> None:
    message = CallerIdMessage(reason=reason, datetime="11240930")
    assert parse(encode(message, format)) == message


def test_a_name_is_utf8_or_latin1() -> None:
    def named(name: bytes) -> str:
        body = b"\x07" + bytes((len(name),)) + name
        return parse_unchecked(b"\x80" + bytes((len(body),)) + body).name

    assert named("Łódź".encode()) == "Łódź"
    assert named("Müller".encode("latin-1")) == "Müller"
    assert named(b"P") == ""
    assert named(b"A\x00B ") == "AB"


def test_a_garbled_date_is_damage_even_where_nobody_looked_at_the_checksum() -> None:
    with pytest.raises(BadMessage, match="no such moment"):
        parse_unchecked(b"\x80\x0e\x01\x08??ab1234\x02\x02\x31\x32")


def test_unknown_parts_are_skipped() -> None:
    assert parse_unchecked(b"\x80\x09\x99\x02zz\x02\x03" + b"123").number == "123"


def test_a_message_may_lack_its_checksum_only_where_the_modem_has_checked_it() -> None:
    whole = encode(JAN)
    assert parse_unchecked(whole) == parse_unchecked(whole[:-1]) == JAN
    with pytest.raises(BadMessage):
        parse(whole[:-1])


@given(st.integers(0, 255), st.integers(1, 255))
def test_one_altered_byte_is_noticed(place: int, change: int) -> None:
    data = bytearray(encode(JAN))
    data[place % len(data)] ^= change
    with pytest.raises(BadMessage):
        parse(bytes(data))


@given(st.one_of(st.binary(max_size=60), st.binary(max_size=40).map(lambda body: b"\x80" + bytes((len(body),)) + body)))
def test_no_bytes_do_any_harm(data: bytes) -> None:
    for read in (parse, parse_unchecked):
        try:
            assert isinstance(read(data), CallerIdMessage)
        except BadMessage as refused:
            assert str(refused)


@pytest.mark.parametrize(
    ("message", "format"),
    [
        (CallerIdMessage("123"), SDMF),
        (CallerIdMessage("123", "Jan", "", "11240930"), SDMF),
        (CallerIdMessage("1" * 300), MDMF),
        (CallerIdMessage("1" * 200, "n" * 100), MDMF),
        (CallerIdMessage("żółw"), MDMF),
    ],
)
def test_what_a_format_cannot_carry_is_refused(message: CallerIdMessage, format: Format) -> None:
    with pytest.raises(ValueError):
        encode(message, format)


# ---------------------------------------------------------------- on the line


def test_the_signal_is_1200_bits_a_second_without_drift() -> None:
    data = encode(JAN)
    bits = 300 + 180 + 10 * len(data) + 10
    sound = modulate(data, CallerIdStandard.V23)
    assert len(sound) == bits * 8000 // 1200
    assert dbm0(sound) == pytest.approx(-13.5, abs=0.1)
    # Continuous phase: no step is larger than the highest frequency makes.
    assert np.abs(np.diff(sound)).max() <= 2 * np.sin(np.pi * 2100 / 8000) * np.abs(sound).max() * 1.001


@pytest.mark.parametrize("standard", CallerIdStandard)
@pytest.mark.parametrize("level_dbm0", [-10.0, -20.0, -30.0, -37.0])
def test_the_caller_is_read_at_any_level_in_noise(standard: CallerIdStandard, level_dbm0: float) -> None:
    rng = np.random.default_rng(7)
    for number in range(4):
        message = CallerIdMessage(f"60055512{number}", "Anna Wiśniewska", "", "11240930")
        sound = on_the_line(encode(message), standard, level_dbm0)
        sound = np.concatenate((np.zeros(37 * number), sound))
        sound += generate.noise(len(sound), level_dbm0 - 25.0, rng)
        assert FskReceiver(standard).feed(sound) == [message]


@pytest.mark.parametrize("standard", CallerIdStandard)
def test_every_byte_value_comes_through(standard: CallerIdStandard) -> None:
    name = "".join(chr(code) for code in range(0xA1, 0x100))
    for part in (name[:50], name[50:]):
        message = CallerIdMessage("1", part.replace("\xad", ""))
        assert FskReceiver(standard).feed(on_the_line(encode(message), standard)) == [message]


def test_two_messages_come_one_after_the_other() -> None:
    sound = on_the_line(encode(JAN), CallerIdStandard.BELL202)
    other = CallerIdMessage(reason="P", datetime="11240931")
    both = np.concatenate((sound, on_the_line(encode(other, SDMF), CallerIdStandard.BELL202)))
    assert FskReceiver(CallerIdStandard.BELL202).feed(both) == [JAN, other]


def test_a_receiver_that_wakes_late_and_one_without_seizure_still_read() -> None:
    late = modulate(encode(JAN), CallerIdStandard.V23)[1500:]
    bare = modulate(encode(JAN), CallerIdStandard.V23, seizure_bits=0, mark_bits=80)
    for sound in (late, bare):
        assert FskReceiver(CallerIdStandard.V23).feed(np.concatenate((sound, np.zeros(400)))) == [JAN]


def test_a_damaged_message_is_not_reported() -> None:
    sound = on_the_line(encode(JAN), CallerIdStandard.V23)
    sound[5200:5240] *= -1.0
    sound[5300:5330] = 0.0
    assert FskReceiver(CallerIdStandard.V23).feed(sound) == []


def test_tones_speechless_noise_and_keys_are_no_caller() -> None:
    rng = np.random.default_rng(8)
    for sound in (generate.noise(80_000, -15.0, rng), generate.dtmf("0123456789"), generate.tone([1300.0], 2.0, -10.0)):
        for standard in CallerIdStandard:
            assert FskReceiver(standard).feed(sound) == []


HEARD = on_the_line(encode(JAN), CallerIdStandard.V23)
HEARD += generate.noise(len(HEARD), -38.0, np.random.default_rng(9))


@given(st.lists(st.integers(0, len(HEARD)), max_size=30))
@settings(max_examples=30, deadline=None)
def test_the_same_caller_is_read_in_any_blocks(cuts: list[int]) -> None:
    receiver = FskReceiver(CallerIdStandard.V23)
    borders = [0, *sorted(cuts), len(HEARD)]
    assert [message for a, b in pairwise(borders) for message in receiver.feed(HEARD[a:b])] == [JAN]
