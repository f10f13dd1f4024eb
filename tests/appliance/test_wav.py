"""Recordings of every usual kind sound the same; damaged ones are refused in a sentence or heard as far as they go."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.signals import codec, generate
from appliance.signals.levels import Samples, dbm0
from appliance.signals.resample import Resampler
from appliance.wav import BadRecording, WavSound

TONE = generate.tone((941.0, 1336.0), 0.5, -10.0)
PCM, FLOAT, ALAW, MULAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def form(code: int, bits: int, channels: int = 1, rate_hz: int = 8000) -> bytes:
    frame = channels * -(-bits // 8)
    return struct.pack("<HHIIHH", code, channels, rate_hz, rate_hz * frame, frame, bits)


def wav(told: bytes, sound: bytes, *between: bytes) -> bytes:
    body = b"WAVE" + chunk(b"fmt ", told) + b"".join(between) + chunk(b"data", sound)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def read(content: bytes) -> Samples:
    """All of it; a fault at its end counts as one."""
    pieces = list(WavSound(io.BytesIO(content)).pieces())
    return np.concatenate([np.asarray(piece, dtype=np.float64) for piece in pieces]) if pieces else np.zeros(0)


def as_24_bits(sound: Samples) -> bytes:
    return np.rint(sound * 256).astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


KINDS = {
    "16 bits": (form(PCM, 16), np.rint(TONE).astype("<i2").tobytes()),
    "24 bits": (form(PCM, 24), as_24_bits(TONE)),
    "32 bits": (form(PCM, 32), np.rint(TONE * 65536).astype("<i4").tobytes()),
    "float": (form(FLOAT, 32), (TONE / 32768).astype("<f4").tobytes()),
    "double": (form(FLOAT, 64), (TONE / 32768).astype("<f8").tobytes()),
    "8 bits": (form(PCM, 8), codec.to_unsigned8(TONE)),
    "A-law": (form(ALAW, 8) + bytes(2), codec.to_alaw(TONE)),
    "mu-law": (form(MULAW, 8) + bytes(2), codec.to_mulaw(TONE)),
    "extensible": (
        form(EXTENSIBLE, 16) + struct.pack("<HHIH", 22, 16, 4, PCM) + bytes(14),
        np.rint(TONE).astype("<i2").tobytes(),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_usual_kind_sounds_the_same(kind: str) -> None:
    sound = read(wav(*KINDS[kind]))
    coarse = kind in ("8 bits", "A-law", "mu-law")
    assert len(sound) == len(TONE)
    assert dbm0(sound - TONE) < (-38.0 if coarse else -75.0)


def test_what_a_file_tells_besides_its_sound_is_left_out() -> None:
    told, sound = KINDS["16 bits"]
    assert np.array_equal(read(wav(told, sound, chunk(b"LIST", b"recorded by night"))), np.rint(TONE))


def test_a_recorder_that_parted_the_two_directions_is_undone() -> None:
    both = np.column_stack((TONE, generate.tone((425.0,), 0.5, -12.0)))
    sound = read(wav(form(PCM, 16, channels=2), np.rint(both).astype("<i2").tobytes()))
    assert dbm0(sound - both.sum(axis=1)) < -75.0


def test_one_channel_recorded_twice_is_as_loud_as_once() -> None:
    twice = np.rint(np.column_stack((TONE, TONE))).astype("<i2").tobytes()
    assert np.array_equal(read(wav(form(PCM, 16, channels=2), twice)), np.rint(TONE))


@pytest.mark.parametrize("rate_hz", [6000, 11025, 16000, 22050, 44100, 48000, 96000])
def test_other_rates_give_the_same_tones_at_the_same_time(rate_hz: int) -> None:
    place = np.arange(rate_hz) / rate_hz
    sound = 8000.0 * (np.sin(2 * np.pi * 941.0 * place) + np.sin(2 * np.pi * 1633.0 * place))
    heard = read(wav(form(PCM, 16, rate_hz=rate_hz), np.rint(sound).astype("<i2").tobytes()))
    place = np.arange(8000) / 8000
    wanted = 8000.0 * (np.sin(2 * np.pi * 941.0 * place) + np.sin(2 * np.pi * 1633.0 * place))
    assert len(heard) == 8000
    assert dbm0((heard - wanted)[400:-400]) < dbm0(wanted) - 55.0


@pytest.mark.parametrize("hz", [4200.0, 5000.0, 9000.0])
def test_what_a_telephone_cannot_carry_does_not_fold_back(hz: float) -> None:
    sound = 16000.0 * np.sin(2 * np.pi * hz * np.arange(44100) / 44100)
    heard = read(wav(form(PCM, 16, rate_hz=44100), np.rint(sound).astype("<i2").tobytes()))
    assert dbm0(heard[400:-400]) < dbm0(sound) - 60.0


@given(cuts=st.lists(st.integers(0, 3000), max_size=8), rate_hz=st.sampled_from([7350, 11025, 48000]))
def test_a_resampler_gives_the_same_however_the_sound_comes(cuts: list[int], rate_hz: int) -> None:
    sound = generate.noise(3000, -20.0, np.random.default_rng(1))
    whole, parts = Resampler(rate_hz, 8000), Resampler(rate_hz, 8000)
    at_once = np.concatenate((whole.feed(sound), whole.finish()))
    bit_by_bit = [parts.feed(piece) for piece in np.split(sound, sorted(cuts))]
    assert np.allclose(at_once, np.concatenate((*bit_by_bit, parts.finish())), atol=1e-6)


@pytest.mark.parametrize("promised", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_recording_that_a_program_wrote_into_a_pipe_is_heard_to_its_end(promised: int) -> None:
    content = wav(*KINDS["16 bits"])
    place = content.index(b"data") + 4
    assert len(read(content[:place] + struct.pack("<I", promised) + content[place + 4 :])) == len(TONE)


def test_what_is_there_of_a_recording_cut_off_is_heard_before_the_fault_is_told() -> None:
    pieces = WavSound(io.BytesIO(wav(*KINDS["16 bits"])[:-4001])).pieces()
    assert len(next(pieces)) == len(TONE) - 2001
    with pytest.raises(BadRecording, match="cut off"):
        next(pieces)


def test_numbers_that_are_none_are_silence_and_what_is_too_loud_is_clipped() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 7.0, 0.5], dtype="<f4")
    assert read(wav(form(FLOAT, 32), values.tobytes())).tolist() == [0.0, 32768.0, -32768.0, 32768.0, 16384.0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"ID3\x04 not a wave", "not a WAV file"),
        (b"RIFF\x00\x00\x00\x00WAVE", "no sound"),
        (b"RIFF\x00\x00\x00\x00WAVE" + chunk(b"data", bytes(8)), "how its sound is written"),
        (b"RIFF\x00\x00\x00\x00WAVE" + chunk(b"fmt ", bytes(4)), "how its sound is written"),
        (wav(form(0x55, 16), bytes(8)), "format 85"),
        (wav(form(PCM, 40), bytes(10)), "40 bits"),
        (wav(form(PCM, 16, channels=0), bytes(8)), "0 channels"),
        (wav(form(PCM, 16, rate_hz=1), bytes(8)), "1 samples a second"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(BadRecording, match=sentence):
        read(content)


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_file_gives_sound_or_a_sentence_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(wav(*KINDS[data.draw(st.sampled_from(sorted(KINDS)))]))
    for place in data.draw(st.lists(st.integers(0, 63), max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    try:
        sound = read(bytes(content))
    except BadRecording as problem:
        assert problem.problem and problem.advice
    else:
        assert np.abs(sound).max(initial=0.0) <= 32768.0 * 16 and np.isfinite(sound).all()


def test_the_files_that_python_writes_are_read(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "one.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(np.rint(TONE).astype("<i2").tobytes())
    assert np.array_equal(read((tmp_path / "one.wav").read_bytes()), np.rint(TONE))


@pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not installed, whose files this test reads")
@pytest.mark.parametrize(
    "options",
    [
        ["-e", "a-law"],
        ["-e", "mu-law"],
        ["-b", "24"],
        ["-e", "floating-point", "-b", "32"],
        ["-c", "2"],
        ["-r", "44100"],
    ],
)
def test_the_files_that_sox_writes_are_read(options: list[str], tmp_path: Path) -> None:
    made = tmp_path / "made.wav"
    command = ["sox", "-D", "-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-c", "1", "-", *options, str(made)]
    subprocess.run(command, input=np.rint(TONE).astype("<i2").tobytes(), check=True)
    sound = read(made.read_bytes())
    assert len(sound) == pytest.approx(len(TONE), abs=1)
    assert dbm0(sound[400:3600] - TONE[400:3600]) < dbm0(TONE) - 25.0
