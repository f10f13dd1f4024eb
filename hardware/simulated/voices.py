"""Voices for the people of the simulated world: spoken by espeak-ng, babbled without it, or read from a sound file.

Everybody gets a voice of their own, the same one every time. Speech is brought to the 8 kHz and the level of a
telephone line, and is kept for the life of the process. Nothing here runs while the line does: whoever builds the
world has all sentences spoken before its clock starts.
"""

from __future__ import annotations

import io
import os
import shutil
import struct
import subprocess
import warnings
import wave
import zlib
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.faults import BadSettings
from hardware.simulated.loop import RATE_HZ, Samples
from hardware.simulated.sounds import rms

SPEECH_DBM0 = -18.0
"""Level of active speech; ITU-T P.56 measurements on real lines lie round this value."""

VOICES = ("en+f3", "en+m3", "en+f5", "en+m7", "en+f2", "en+m1", "en+f4", "en+m5")

_SPEAK_LIMIT_S = 20
_LONGEST_FILE_S = 600


def voice_of(name: str) -> str:
    """The voice of the person called `name`, always the same."""
    return VOICES[zlib.crc32(name.encode()) % len(VOICES)]


@cache
def spoken(text: str, voice: str = VOICES[0]) -> Samples:
    """`text` as speech, at `SPEECH_DBM0`; the returned array is shared and cannot be written to."""
    engine = shutil.which("espeak-ng")
    speech = (_from_espeak(engine, text, voice) if engine else None) if text.strip() else np.zeros(0)
    return _shared(_levelled(babble(text, voice) if speech is None else speech))


def sound_of(says: str, voice: str) -> Samples:
    """What `says` sounds like: the path of a sound file that exists is played, anything else is spoken.

    Raises:
        BadSettings: the file is no sound that can be read.
    """
    if is_file(says):
        return read_sound(Path(says))
    return spoken(says, voice)


def is_file(says: str) -> bool:
    """Whether these words are the path of a file."""
    return bool(Path(says).suffix) and os.path.isfile(says)  # which takes whole sentences without complaint


@cache
def read_sound(path: Path) -> Samples:
    """Read a sound file of any rate; formats other than WAV need ffmpeg. Channels are mixed, the level stays.

    Raises:
        BadSettings: the file cannot be read as sound, or is longer than ten minutes.
    """
    with warnings.catch_warnings():
        # pydub 0.25 has unescaped patterns, and complains where ffmpeg or (Python 3.13) audioop is not at hand.
        warnings.filterwarnings("ignore", module=r"pydub(\..*)?")
        warnings.filterwarnings("ignore", message=".*audioop.*", category=DeprecationWarning)
        warnings.filterwarnings("ignore", message=".*invalid escape sequence.*")
        warnings.filterwarnings("ignore", message="Couldn't find ff.*", category=RuntimeWarning)
        from pydub import AudioSegment
        from pydub.exceptions import PydubException

        try:
            with path.open("rb") as file:  # pydub leaves a file open that it opened by its name
                segment = AudioSegment.from_file(file, format=path.suffix[1:].lower())  # WAV needs no ffmpeg then
        except (OSError, PydubException, wave.Error, struct.error, EOFError, IndexError, ValueError) as problem:
            raise BadSettings(f"{path} cannot be read as sound", "Use a WAV file.") from problem
    if segment.duration_seconds > _LONGEST_FILE_S:
        raise BadSettings(f"{path} is longer than ten minutes", "Use a shorter recording.")
    full_scale = float(1 << (8 * segment.sample_width - 1))
    frames = np.array(segment.get_array_of_samples(), dtype=np.float64).reshape(-1, segment.channels)
    return _shared(resampled(frames.mean(axis=1) * (32768 / full_scale), segment.frame_rate))


def resampled(sound: Samples, rate_hz: int) -> Samples:
    """Bring a whole sound from `rate_hz` to 8000 samples a second, by leaving out of its spectrum what has no room."""
    length = round(len(sound) * RATE_HZ / rate_hz)
    if rate_hz == RATE_HZ or length == 0:
        return sound
    spectrum = np.fft.rfft(sound)[: length // 2 + 1]
    resampled: Samples = np.fft.irfft(spectrum, length) * (RATE_HZ / rate_hz)
    return resampled


def babble(text: str, voice: str) -> Samples:
    """Nobody's language: as many syllables as `text` has, of harmonics under two moving formants.

    Deterministic, so that a test needs no speech engine.
    """
    random = np.random.default_rng(zlib.crc32(f"{voice} {text}".encode()))
    pitch_hz = random.uniform(95, 220)
    syllables = [_syllable(random, pitch_hz * random.uniform(0.9, 1.1)) for _ in range(max(1, len(text) // 3))]
    return np.concatenate(syllables)


def _syllable(random: np.random.Generator, pitch_hz: float) -> Samples:
    count = int(random.uniform(0.12, 0.24) * RATE_HZ)
    seconds = np.arange(count) / RATE_HZ
    harmonics_hz = pitch_hz * np.arange(1, int(3400 / pitch_hz))
    first_hz, second_hz = random.uniform(300, 800), random.uniform(900, 2300)
    strength = np.exp(-(((harmonics_hz - first_hz) / 150) ** 2)) + 0.4 * np.exp(
        -(((harmonics_hz - second_hz) / 200) ** 2)
    )
    phases = random.uniform(0, 2 * np.pi, len(harmonics_hz))
    voiced = strength @ np.sin(2 * np.pi * np.outer(harmonics_hz, seconds) + phases[:, None])
    breath = random.normal(0, 0.05, count)
    syllable: Samples = (voiced + breath) * np.sin(np.pi * (np.arange(count) + 0.5) / count) ** 0.5
    return syllable


def _from_espeak(engine: str, text: str, voice: str) -> Samples | None:
    """Speech by the engine, or `None` when it fails."""
    command = [engine, "-v", voice, "-s", "165", "--stdin", "--stdout"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_SPEAK_LIMIT_S, check=True)
        with wave.open(io.BytesIO(done.stdout)) as file:
            rate_hz = file.getframerate()
            frames: NDArray[np.int16] = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    except (OSError, subprocess.SubprocessError, wave.Error, EOFError):
        return None
    return resampled(frames.astype(np.float64), rate_hz) if len(frames) else None


def _levelled(speech: Samples) -> Samples:
    """Bring the loud parts, where the speaker is not pausing, to `SPEECH_DBM0`."""
    if not len(speech) or not np.any(speech):
        return speech
    active = speech[np.abs(speech) > 0.05 * np.max(np.abs(speech))]
    levelled: Samples = np.clip(speech * (rms(SPEECH_DBM0) / np.sqrt(np.mean(active**2))), -32768, 32767)
    return levelled


def _shared(sound: Samples) -> Samples:
    sound = sound.copy()
    sound.flags.writeable = False
    return sound
