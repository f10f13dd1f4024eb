"""Voices and music for corpora: what espeak-ng says, and tunes made here.

What was said is kept under build/speech, so that it is said only once.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import wave
from pathlib import Path
from typing import Final

import numpy as np

from appliance.signals.levels import RATE_HZ, Samples
from bench.corpus import spoil

SPEECH: Final = Path(__file__).parents[2] / "build" / "speech"
_HOLD_MUSIC: Final = Path(__file__).parents[2] / "voice-prompts" / "music" / "unhurried.wav"

GREETINGS: Final = (
    ("en", "hello"),
    ("en", "Northwind, good morning"),
    ("en", "yes?"),
    ("en", "Accounts, Anna speaking, how can I help you?"),
    ("en-us", "hi"),
    ("en-us", "This is Bob"),
    ("de", "Ja?"),
    ("de", "Hallo"),
    ("de", "Müller, guten Tag"),
    ("pl", "Słucham"),
    ("pl", "Halo, tu Anna"),
    ("pl", "Tak?"),
    ("fr-fr", "Allô"),
    ("fr-fr", "Oui, bonjour"),
    ("es", "Diga"),
    ("it", "Pronto"),
    ("nl", "Met Jan"),
    ("cs", "Prosím"),
    ("sv", "Hej, det är Karin"),
)
_TALK: Final = {
    "en": "Thank you for waiting. I have looked at your order, and it left our house on Monday; it should be there. "
    "If it is not, please call the driver, or call me again tomorrow after nine, and I shall see what we can do.",
    "de": "Ich habe mir Ihre Bestellung angesehen, sie ist am Montag aus dem Haus gegangen. Wenn sie morgen nicht da "
    "ist, rufen Sie mich bitte noch einmal an, dann frage ich den Fahrer.",
    "pl": "Sprawdziłam pańskie zamówienie, wyszło od nas w poniedziałek. Jeżeli jutro jeszcze go nie będzie, proszę "
    "zadzwonić do mnie po dziewiątej, zapytam kierowcę, gdzie ono jest.",
    "fr-fr": "J'ai regardé votre commande, elle est partie lundi. Si elle n'est pas chez vous demain, rappelez-moi "
    "après neuf heures, et je demanderai au chauffeur où elle est restée.",
    "es": "He mirado su pedido, salió de aquí el lunes. Si mañana no ha llegado, llámeme después de las nueve y "
    "preguntaré al conductor dónde está.",
}
_WHO: Final = ("", "+m1", "+m2", "+m3", "+m4", "+m6", "+m7", "+f1", "+f2", "+f3", "+f4", "+f5", "+croak", "+klatt3")


def said(voice: str, pitch: int, speed: int, text: str) -> Samples:
    """What espeak-ng says, without the silence before and after it."""
    how = ("-v", voice, "-p", str(pitch), "-s", str(speed))
    kept = SPEECH / (hashlib.sha256("\n".join((*how, text)).encode()).hexdigest()[:24] + ".npy")
    if not kept.exists():
        told = subprocess.run(["espeak-ng", *how, "--stdout", text], stdout=subprocess.PIPE, check=True).stdout
        with wave.open(io.BytesIO(told)) as file:
            # The header was written before the length was known; what there is, is read.
            rate, sound = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        samples = spoil.resample(sound.astype(np.float64), round(len(sound) * RATE_HZ / rate))
        SPEECH.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}.npy")
        np.save(part, spoil.to_int16(spoil.at_level(samples, -15.0)))
        part.replace(kept)
    samples = np.load(kept).astype(np.float64)
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return np.asarray(samples[loud[0] : loud[-1] + 1])


def greeting(rng: np.random.Generator, *, whispered: bool = False) -> Samples:
    """Somebody answers: one of many words, a man, a woman or a child."""
    language, text = GREETINGS[rng.integers(len(GREETINGS))]
    who = "+whisper" if whispered else str(rng.choice(_WHO))
    return said(language + who, int(rng.choice((15, 35, 50, 70, 95))), int(rng.choice((110, 140, 175, 210))), text)


def long_hello(rng: np.random.Generator) -> Samples:
    """Haaallo?"""
    text = str(rng.choice(("haaaaaallo?", "heeeelloooo?", "jaaaaaa?")))
    return said("de" + str(rng.choice(_WHO)), int(rng.choice((30, 60, 90))), 110, text)


def talk(rng: np.random.Generator) -> Samples:
    """Some sentences of one person."""
    language = str(rng.choice(list(_TALK)))
    return said(
        language + str(rng.choice(_WHO)), int(rng.choice((20, 50, 80))), int(rng.choice((140, 175))), _TALK[language]
    )


# ---------------------------------------------------------------- music


def hold_music(seconds: float, rng: np.random.Generator) -> Samples:
    """Some of the music that callers of this program hear, in another key."""
    with wave.open(str(_HOLD_MUSIC)) as file:
        tune = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64)
    faster = rng.uniform(0.8, 1.25)
    start = int(rng.integers(len(tune)))
    cut = np.resize(np.roll(tune, -start), round(seconds * RATE_HZ * faster))
    return spoil.resample(cut, round(seconds * RATE_HZ))


def tune(seconds: float, rng: np.random.Generator) -> Samples:
    """Music of a scale, a rhythm and instruments chosen at random: a melody, chords or broken chords, perhaps drums."""
    count = round(seconds * RATE_HZ)
    sound = np.zeros(count + 3 * RATE_HZ)
    beat_s = float(rng.uniform(0.25, 0.75))
    root = float(rng.uniform(-8.0, 8.0))
    scale = np.array(((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9, 12, 14))[rng.integers(3)])
    melody, backing = _Instrument(rng), _Instrument(rng)
    style = rng.integers(4)
    degree = 4
    for beat in range(int(seconds / beat_s) + 1):
        at = round(beat * beat_s * RATE_HZ)
        if style != 3:
            degree = int(np.clip(degree + rng.integers(-2, 3), 0, 13))
            note = root + scale[degree % 7] + 12 * (degree // 7)
            _add(sound, at, melody(note, beat_s * float(rng.choice((0.5, 1.0, 1.0, 2.0)))), 1.0)
        if beat % 4 == 0 or style == 2:
            chord = scale[(np.array((0, 2, 4)) + int(rng.integers(6))) % 7] + root - 12.0
            for place, note in enumerate(chord):
                late = round(place * beat_s * RATE_HZ) if style == 1 else 0
                _add(sound, at + late, backing(float(note), beat_s * 4.2), 0.5)
        if style == 2 and beat % 2:
            hit = rng.normal(0.0, 1.0, 1200) * np.exp(-np.arange(1200) / 250.0)
            _add(sound, at, hit, 0.5)
    return sound[:count]


def _add(sound: Samples, at: int, note: Samples, gain: float) -> None:
    note = note[: max(0, len(sound) - at)]
    sound[at : at + len(note)] += gain * note


class _Instrument:
    """Overtones, a way to begin and to fade, vibrato."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._strengths = np.array([rng.uniform(0.3, 1.0) / n ** rng.uniform(0.7, 2.0) for n in range(1, 9)])
        self._fade_s = float(rng.choice((0.25, 0.6, 1.5, 30.0)))
        self._rise_s = float(rng.choice((0.004, 0.03, 0.1)))
        self._vibrato = float(rng.choice((0.0, 0.0, 0.004, 0.01)))

    def __call__(self, semitones: float, seconds: float) -> Samples:
        """A note so many semitones above middle C."""
        at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
        hz = 261.6 * 2.0 ** (semitones / 12.0)
        phase = 2.0 * np.pi * (hz * at + hz * self._vibrato / 33.0 * np.sin(33.0 * at))
        waves = sum(s * np.sin(n * phase + n) for n, s in enumerate(self._strengths, 1) if n * hz < 3600.0)
        shape = np.minimum(1.0, at / self._rise_s) * np.exp(-at / self._fade_s) * np.minimum(1.0, at[::-1] / 0.02)
        return np.asarray(waves * shape)
