"""The voice on the line: as loud, as broad and as gapless as a telephone wants it, whatever it is given to read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.faults import NoSpeech
from appliance.signals.levels import amplitude, dbm0
from appliance.speech import EspeakVoice, for_the_line, speakable, speech_level

needs_espeak = pytest.mark.skipif(not EspeakVoice("en").available(), reason="espeak-ng is not installed here")

RATE_HZ = 22050


def tone(hz: float, seconds: float = 1.0, peak: float = 8000.0) -> NDArray[np.float64]:
    wave: NDArray[np.float64] = peak * np.sin(2 * np.pi * hz / RATE_HZ * np.arange(int(seconds * RATE_HZ)))
    return wave


def longest_quiet_s(samples: NDArray[np.int16]) -> float:
    """The longest stretch below −45 dBm0, in steps of 20 ms."""
    longest = run = 0
    for window in samples[: samples.size // 160 * 160].reshape(-1, 160):
        run = run + 1 if dbm0(window) < -45 else 0
        longest = max(longest, run)
    return longest * 0.02


def engine(folder: Path, script: str) -> EspeakVoice:
    """A program in the place of espeak-ng."""
    program = folder / "engine"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return EspeakVoice("en", program=str(program))


# ---------------------------------------------------------------- sound for the line


@needs_espeak
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Good morning, Acme Windows, sales department. Thank you for calling."),
        ("en", "Yes."),
        ("pl", "Zajmują Państwo trzecie miejsce w kolejce. Potrwa to od dwóch do czterech minut."),
        ("pl", "Chętnie do Państwa oddzwonimy."),
    ],
)
def test_speech_has_the_level_and_the_band_of_a_telephone(language: str, text: str) -> None:
    sound = EspeakVoice(language).say(text)
    assert sound.dtype == np.int16
    assert speech_level(sound) == pytest.approx(-16, abs=0.5)
    assert np.abs(sound.astype(int)).max() < amplitude(0.0)
    power = np.abs(np.fft.rfft(sound)) ** 2
    hz = np.fft.rfftfreq(sound.size, 1 / 8000)
    outside = power[(hz < 200) | (hz > 3700)].sum() / power.sum()
    assert outside < 1e-3
    assert longest_quiet_s(sound) <= 1.2
    assert dbm0(sound[160:480]) > -45 > dbm0(sound[:80])


@pytest.mark.parametrize("hz", [320, 1000, 3300])
def test_what_a_telephone_carries_passes_unchanged_in_frequency(hz: int) -> None:
    sound = for_the_line(tone(hz), RATE_HZ).astype(np.float64)
    assert sound.size == pytest.approx(8000, abs=600)  # 20 ms stay at each end, and the edges of a tone ring
    assert np.argmax(np.abs(np.fft.rfft(sound))) * 8000 / sound.size == pytest.approx(hz, abs=3)


@pytest.mark.parametrize("hz", [100, 3900, 5000, 7000, 9000])
def test_what_a_telephone_cannot_carry_does_not_fold_back(hz: int) -> None:
    mixed = for_the_line(tone(1000, peak=4000) + tone(hz, peak=4000), RATE_HZ).astype(np.float64)
    middle = mixed[2000:6000] * np.hanning(4000)
    power = np.abs(np.fft.rfft(middle)) ** 2
    at_1000 = power[480:521].sum()
    assert 10 * np.log10((power.sum() - at_1000) / at_1000) < -50


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 22050, 44100, 48000])
def test_any_rate_of_a_speech_engine_becomes_8_khz(rate_hz: int) -> None:
    sound = for_the_line(5000 * np.sin(2 * np.pi * 700 / rate_hz * np.arange(rate_hz)), rate_hz)
    assert sound.size == pytest.approx(8000, abs=600)  # 20 ms stay at each end, and the edges of a tone ring
    assert speech_level(sound) == pytest.approx(-16, abs=0.5)


def test_silence_goes_at_the_ends_and_long_pauses_become_short() -> None:
    silence = np.zeros(3 * RATE_HZ)
    sound = for_the_line(np.concatenate([silence, tone(800), silence, tone(800), silence]), RATE_HZ)
    assert sound.size / 8000 == pytest.approx(1 + 1.2 + 1, abs=0.1)
    assert longest_quiet_s(sound) <= 1.2


def test_a_whisper_and_a_shout_become_equally_loud() -> None:
    for peak in (3.0, 300.0, 30000.0):
        assert speech_level(for_the_line(tone(800, peak=peak), RATE_HZ)) == pytest.approx(-16, abs=0.5)


def test_a_bang_is_bent_and_not_clipped() -> None:
    sound = tone(500, seconds=2.0, peak=1000.0)
    sound[RATE_HZ : RATE_HZ + 200] *= 30
    assert np.abs(for_the_line(sound, RATE_HZ).astype(int)).max() < amplitude(0.0)


def test_sound_begins_and_ends_without_a_click() -> None:
    sound = for_the_line(tone(800), RATE_HZ)
    assert sound[0] == sound[-1] == 0


def test_nothing_to_hear_is_an_empty_sound() -> None:
    assert for_the_line(np.zeros(RATE_HZ), RATE_HZ).size == 0
    assert for_the_line(np.zeros(0), RATE_HZ).size == 0
    assert EspeakVoice("en").say(" \x00\n ").size == 0


# ---------------------------------------------------------------- text from strangers


def test_text_becomes_one_short_harmless_line() -> None:
    assert speakable("Anna\x00\r\n\x1b[31m  Kowalska\u202e ") == "Anna 31m Kowalska"
    assert speakable("[[h@loU]] <break time='9s'/>") == "h@loU break time='9s'/"
    assert len(speakable("x" * 100_000)) == 500


@needs_espeak
@pytest.mark.parametrize("text", ["--voices", "-w /dev/null", "$(reboot); `reboot`", "@file", "\udcff Zoë 王"])
def test_a_name_that_looks_like_a_command_is_only_read_out(text: str) -> None:
    assert EspeakVoice("en").say(text).size > 800


@needs_espeak
def test_an_endless_name_is_cut() -> None:
    assert EspeakVoice("en").say("9 " * 5000).size <= 61 * 8000


# ---------------------------------------------------------------- a voice that fails


def test_a_missing_engine_is_said_with_advice() -> None:
    voice = EspeakVoice("en", program="no-such-engine")
    assert not voice.available()
    with pytest.raises(NoSpeech, match="not installed") as raised:
        voice.say("Hello")
    assert "apt-get install espeak-ng" in raised.value.advice


@pytest.mark.parametrize("script", ["exit 1", "echo no sound", "true", "head -c 60 /dev/zero"])
def test_an_engine_that_fails_is_said_in_a_sentence(tmp_path: Path, script: str) -> None:
    with pytest.raises(NoSpeech, match=r"\.$"):
        engine(tmp_path, script).say("Hello")


@needs_espeak
def test_a_voice_that_is_not_there_is_said_in_a_sentence() -> None:
    with pytest.raises(NoSpeech, match="could not speak with the voice 'xx-none'"):
        EspeakVoice("xx-none").say("Hello")
