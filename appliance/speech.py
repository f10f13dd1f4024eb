"""The voice of the office: text in, sound that is fit for a telephone line out.

`EspeakVoice` has espeak-ng speak a text; `for_the_line` makes any sound ready for the line: 8 kHz, 300 to 3400 Hz
(the band of ITU-T G.712), a mean speech level of −16 dBm0 with peaks below 0 dBm0, no silence at its ends, and no
pause inside that a caller could take for a dead line.

What is spoken may hold words that strangers sent, such as a caller's name. Text is therefore data and never a
command: it goes to the engine on standard input, short, without control characters and without the engine's own marks.
"""

from __future__ import annotations

import io
import math
import shutil
import subprocess
import unicodedata
import wave
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.faults import NoSpeech
from appliance.signals.levels import FLOOR_DBM0, RATE_HZ, Block, amplitude, level, power

Samples = NDArray[np.int16]
"""Sound of the line: 8 kHz, mono."""

SPEECH_DBM0 = -16.0
PEAK_DBM0 = -0.5
QUIET_DBM0 = -45.0
"""Below this a stretch of 20 ms is not speech."""

LONGEST_TEXT = 500
LONGEST_SOUND_S = 60
ENGINE_TIMEOUT_S = 10.0

_ESPEAK_NAMES = {"en": "en-gb"}
"""The engine's name for a language, where it is not the language's own."""

_PASS_HZ = (300.0, 3400.0)
_STOP_HZ = (200.0, 3700.0)
_WINDOW = RATE_HZ // 50
_LONGEST_PAUSE_S = 1.2
_FADE = RATE_HZ // 200


class Voice(Protocol):
    """Whatever can speak a text."""

    @property
    def name(self) -> str:
        """Engine and settings in one word: two voices of one name sound alike."""

    def say(self, text: str) -> Samples:
        """Speak `text`. Empty where it holds nothing that can be spoken.

        Raises:
            NoSpeech: there is no engine, or it failed.
        """


class EspeakVoice:
    """espeak-ng, which speaks some hundred languages and needs neither a network nor much of a processor."""

    def __init__(self, language: str, words_per_minute: int = 155, program: str = "espeak-ng") -> None:
        self._voice = _ESPEAK_NAMES.get(language, language)
        self._words_per_minute = words_per_minute
        self._program = program

    @property
    def name(self) -> str:
        return f"espeak-ng/{self._voice}/{self._words_per_minute}"

    def available(self) -> bool:
        """Is the engine installed?"""
        return shutil.which(self._program) is not None

    def say(self, text: str) -> Samples:
        text = speakable(text)
        return for_the_line(*_read_wav(self._run(text))) if text else np.zeros(0, np.int16)

    def _run(self, text: str) -> bytes:
        options = ["-v", self._voice, "-s", str(self._words_per_minute), "-b", "1", "--stdin", "--stdout"]
        command = [self._program, *options]
        spoken = text.encode()
        try:
            done = subprocess.run(command, input=spoken, capture_output=True, timeout=ENGINE_TIMEOUT_S, check=True)
        except FileNotFoundError as missing:
            raise NoSpeech(f"The speech engine {self._program} is not installed.") from missing
        except (OSError, subprocess.SubprocessError) as failed:
            raise NoSpeech(
                f"The speech engine {self._program} could not speak with the voice '{self._voice}'.",
                "Try it by hand: espeak-ng -v " + self._voice + " hello",
            ) from failed
        return done.stdout


def speakable(text: str) -> str:
    """`text` as one short line: control characters and the engine's marks (`[[` begins phonemes) become blanks."""
    harmless = (" " if mark in "[]<>" or unicodedata.category(mark)[0] == "C" else mark for mark in text[:LONGEST_TEXT])
    return " ".join("".join(harmless).split())


def _read_wav(sound: bytes) -> tuple[NDArray[np.float64], int]:
    """Samples and rate of a 16-bit WAV that was streamed, so that its header cannot know the length; at most 60 s."""
    try:
        with wave.open(io.BytesIO(sound)) as file:
            rate_hz, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            frames = file.readframes(LONGEST_SOUND_S * rate_hz)
    except (EOFError, wave.Error) as unreadable:
        raise NoSpeech("The speech engine gave back something that is not sound.") from unreadable
    if (channels, width) != (1, 2):
        raise NoSpeech("The speech engine gave back sound of a kind that it never should.")
    return np.frombuffer(frames[: len(frames) // 2 * 2], "<i2").astype(np.float64), rate_hz


# ---------------------------------------------------------------- sound for the line


def for_the_line(sound: NDArray[np.float64], rate_hz: int) -> Samples:
    """Make mono `sound` (any scale, `rate_hz`) ready to be played to a caller; empty where there is nothing to hear."""
    levelled = _levelled(_band_limited(sound, rate_hz))
    tidy = _tidied(levelled)
    if tidy.size:
        ramp = np.linspace(0.0, 1.0, _FADE)
        tidy[:_FADE] *= ramp
        tidy[-_FADE:] *= ramp[::-1]
    return np.rint(tidy).astype(np.int16)


def speech_level(samples: Block) -> float:
    """Mean level in dBm0 of the parts that are speech; `FLOOR_DBM0` where there are none."""
    windows = _window_powers(samples.astype(np.float64))
    active = windows[windows > power(QUIET_DBM0)]
    return level(float(active.mean())) if active.size else FLOOR_DBM0


def _band_limited(sound: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    """Resample to 8 kHz and keep 300 to 3400 Hz, both by one Fourier transform of the whole.

    The cosine flanks, 200 to 300 and 3400 to 3700 Hz, keep the filter's ringing short. Silence before and behind takes
    that ringing, and makes the length a whole number of samples at both rates.
    """
    unit = rate_hz // math.gcd(rate_hz, RATE_HZ)
    sound = np.pad(sound, rate_hz // 20)
    units = _quickly_transformed(-(-sound.size // unit))
    spectrum = np.fft.rfft(sound, units * unit)
    length = units * unit * RATE_HZ // rate_hz
    hz = np.fft.rfftfreq(length, 1 / RATE_HZ)
    rise = np.clip((hz - _STOP_HZ[0]) / (_PASS_HZ[0] - _STOP_HZ[0]), 0, 1)
    fall = np.clip((_STOP_HZ[1] - hz) / (_STOP_HZ[1] - _PASS_HZ[1]), 0, 1)
    band = np.sin(np.pi / 2 * np.minimum(rise, fall)) ** 2
    kept = np.zeros(hz.size, np.complex128)
    shared = min(hz.size, spectrum.size)
    kept[:shared] = spectrum[:shared] * band[:shared]
    return np.fft.irfft(kept, length) * (RATE_HZ / rate_hz)


def _quickly_transformed(length: int) -> int:
    """`length` or up to an eighth more: a power of two times 8 to 16. Other lengths may take six times as long."""
    step = 1 << max(0, length.bit_length() - 4)
    return -(-length // step) * step


def _levelled(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring speech to −16 dBm0, bending only peaks that would come near 0 dBm0.

    What counts as speech depends on the level reached, and bent peaks cost a little of it, hence the few rounds.
    """
    loudest = float(_window_powers(sound).max(initial=0.0))
    if loudest <= 0.0:
        return np.zeros(0)
    gain = math.sqrt(power(SPEECH_DBM0) / loudest)
    for _ in range(4):
        gain *= 10 ** ((SPEECH_DBM0 - speech_level(_limited(sound * gain))) / 20)
    return _limited(sound * gain)


def _limited(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bend whatever exceeds half of the highest peak allowed, so that it comes near it and never passes it."""
    ceiling = amplitude(PEAK_DBM0)
    knee = ceiling / 2
    above = np.maximum(np.abs(sound) - knee, 0.0)
    bent = knee + (ceiling - knee) * np.tanh(above / (ceiling - knee))
    return np.where(above > 0, np.copysign(bent, sound), sound)


def _tidied(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without silence at the ends (20 ms stay) and with no pause over 1.2 s inside: of a longer one the middle goes."""
    padded = np.pad(sound, (_WINDOW, -sound.size % _WINDOW + _WINDOW))
    speech = np.flatnonzero(_window_powers(padded) > power(QUIET_DBM0))
    if not speech.size:
        return np.zeros(0)
    keep = np.zeros(padded.size // _WINDOW, np.bool_)
    keep[speech[0] - 1 : speech[-1] + 2] = True
    half = int(_LONGEST_PAUSE_S * RATE_HZ / 2) // _WINDOW
    for before, after in pairwise(speech):
        if after - before > 2 * half:
            keep[before + 1 + half : after - half] = False
    return padded.reshape(-1, _WINDOW)[keep].reshape(-1)


def _window_powers(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean power of each stretch of 20 ms; the last one is filled up with silence."""
    windows = np.pad(sound, (0, -sound.size % _WINDOW)).reshape(-1, _WINDOW)
    return np.asarray((windows**2).mean(axis=1))
