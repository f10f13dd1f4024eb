"""Levels and the bytes of a modem: what goes out loud comes back as loud."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.signals import adpcm, codec, levels
from appliance.signals.steps import Steps

with warnings.catch_warnings():  # Python 3.13 has it no longer; a package of the same name takes its place there
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop


def test_a_full_scale_sine_is_3_14_dbm0() -> None:
    turns = 2.0 * np.pi * 1000.0 / levels.RATE_HZ * np.arange(8000)
    assert levels.dbm0(levels.amplitude(levels.FULL_SCALE_DBM0) * np.sin(turns)) == pytest.approx(3.14, abs=0.001)
    assert levels.amplitude(3.14) == pytest.approx(32768.0)


def test_silence_and_nothing_at_all_are_at_the_floor() -> None:
    assert levels.dbm0(np.zeros(160)) == levels.dbm0(np.zeros(0)) == -99.0


def test_loud_int16_samples_do_not_overflow() -> None:
    assert levels.dbm0(np.full(160, -32768, dtype=np.int16)) == pytest.approx(6.15, abs=0.01)


def test_silence_is_0x80_and_what_is_too_loud_is_clipped() -> None:
    assert codec.to_unsigned8(np.array([0.0, 127.0, 129.0, 40000.0, -40000.0])) == bytes([0x80, 0x80, 0x81, 0xFF, 0x00])
    assert codec.to_signed8(np.array([0.0, 40000.0, -40000.0])) == bytes([0x00, 0x7F, 0x80])


@pytest.mark.parametrize(
    ("decode", "encode"),
    [
        (codec.from_unsigned8, codec.to_unsigned8),
        (codec.from_signed8, codec.to_signed8),
    ],
)
def test_every_linear_byte_survives_the_way_there_and_back(decode, encode) -> None:  # type: ignore[no-untyped-def]
    every = bytes(range(256))
    assert encode(decode(every)) == every


def test_mulaw_is_that_of_g711() -> None:
    assert codec.from_mulaw(bytes([0xFF, 0x7F, 0x00, 0x80, 0xF0, 0xEF])).tolist() == [0, 0, -32124, 32124, 120, 132]
    every = codec.from_mulaw(bytes(range(256)))
    assert codec.from_mulaw(codec.to_mulaw(every)).tolist() == every.tolist()


@given(st.integers(-32124, 32124))
def test_mulaw_is_never_off_by_more_than_half_a_step(sample: int) -> None:
    back = int(codec.from_mulaw(codec.to_mulaw(np.array([sample], dtype=np.int16)))[0])
    assert abs(back - sample) <= max(4, (abs(sample) + 132) / 32)


def test_alaw_is_that_of_g711_as_another_program_has_it() -> None:
    every = bytes(range(256))
    assert codec.from_alaw(every).tobytes() == audioop.alaw2lin(every, 2)
    assert codec.to_alaw(codec.from_alaw(every)) == every
    assert codec.from_alaw(codec.to_alaw(np.array([0, 40000, -40000]))).tolist() == [8, 32256, -32256]


@given(st.integers(-32256, 32256))
def test_alaw_is_never_off_by_more_than_half_a_step(sample: int) -> None:
    back = int(codec.from_alaw(codec.to_alaw(np.array([sample], dtype=np.int16)))[0])
    assert abs(back - sample) <= max(8, abs(sample) / 32)


def halves_exchanged(data: bytes) -> bytes:
    """Other programs put the earlier sample into the upper half of a byte."""
    return bytes((byte >> 4) | (byte & 15) << 4 for byte in data)


@given(st.lists(st.integers(-32768, 32767), max_size=60).map(lambda some: some + some))
def test_adpcm_is_that_of_another_program(samples: list[int]) -> None:
    sound = np.array(samples, dtype=np.int16)
    theirs, _ = audioop.lin2adpcm(sound.tobytes(), 2, None)
    assert adpcm.AdpcmEncoder().feed(sound) == halves_exchanged(theirs)
    decoded, _ = audioop.adpcm2lin(theirs, 2, None)
    assert adpcm.AdpcmDecoder().feed(halves_exchanged(theirs)).tobytes() == decoded


@given(st.lists(st.integers(0, 30), max_size=8))
def test_adpcm_goes_on_from_block_to_block(sizes: list[int]) -> None:
    sound = np.random.default_rng(1).normal(0.0, 5000.0, sum(sizes))
    one, many = adpcm.AdpcmEncoder(), adpcm.AdpcmEncoder()
    pieces = np.split(sound, np.cumsum(sizes)[:-1]) if sizes else []
    data = [many.feed(piece) for piece in pieces]
    assert b"".join(data) == one.feed(sound)
    decoder = adpcm.AdpcmDecoder()
    parts = [sample for part in data for sample in decoder.feed(part).tolist()]
    assert parts == adpcm.AdpcmDecoder().feed(b"".join(data)).tolist()


def test_a_voice_keeps_its_shape_in_adpcm() -> None:
    sound = levels.amplitude(-10.0) * np.sin(2.0 * np.pi * 440.0 / levels.RATE_HZ * np.arange(8000))
    back = adpcm.AdpcmDecoder().feed(adpcm.AdpcmEncoder().feed(sound))
    assert levels.dbm0(back - sound) < -35.0


def test_a_place_that_the_table_of_steps_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="89"):
        adpcm.AdpcmDecoder(0, 89)


@given(st.lists(st.integers(0, 50), max_size=20), st.integers(1, 30), st.integers(0, 30))
def test_steps_do_not_depend_on_the_blocks(sizes: list[int], hop: int, more: int) -> None:
    whole = np.arange(sum(sizes), dtype=np.float64)
    one, many = Steps(hop + more, hop), Steps(hop + more, hop)
    expected = [step.tolist() for step in one.feed(whole)]
    blocks = np.split(whole, np.cumsum(sizes)[:-1]) if sizes else []
    assert [step.tolist() for block in blocks for step in many.feed(block)] == expected
    assert many.position == one.position == hop * len(expected)


def test_a_block_with_two_dimensions_is_refused() -> None:
    with pytest.raises(ValueError, match="one dimension"):
        Steps(2, 1).feed(np.zeros((2, 2)))
