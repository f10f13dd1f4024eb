"""Sounds that hold no key: speech in four languages, hard vowels, sung notes, music. What is heard in them is false.

Speech comes from espeak-ng in many voices, once; it is kept under build/speech. Hard vowels are made here: a voice rich
in harmonics whose formants sit on a row and a column of the keypad, held or gliding slowly, as real vowels talk
receivers off. `python -m bench.corpus.talkoff` counts the keys that ours hears: `--hours H` of speech, `--minutes M` of
vowels.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import shutil
import subprocess
import sys
import wave
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np

from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.generate import COLUMNS_HZ, ROWS_HZ
from appliance.signals.levels import RATE_HZ, Samples
from bench.corpus import spoil
from bench.corpus.recording import Recording

SPEECH: Final = Path(__file__).parents[2] / "build" / "speech"
_MUSIC: Final = Path(__file__).parents[2] / "voice-prompts" / "music" / "unhurried.wav"

_SENTENCES: Final = {
    "en": (
        "Good morning, I am calling about the invoice you sent us last week.",
        "Could you put me through to somebody in the workshop, please?",
        "My number is oh one six three two, nine six oh, double four seven.",
        "We ordered nine blue ones and you delivered five, all of them too large.",
        "I would rather hold on, if it does not take more than a few minutes.",
        "Who do I have to speak to about moving our appointment to Tuesday?",
        "Hello? Yes, hello, can you hear me? The line is awful today.",
    ),
    "de": (
        "Guten Tag, ich rufe wegen der Rechnung aus der vergangenen Woche an.",
        "Können Sie mich bitte mit der Werkstatt verbinden?",
        "Meine Nummer ist null drei null, zwei drei eins, zwei fünf, null null.",
        "Wir haben neun blaue bestellt, und geliefert wurden fünf, alle zu groß.",
        "Ich bleibe lieber in der Leitung, wenn es nicht zu lange dauert.",
        "An wen muss ich mich wenden, um unseren Termin zu verschieben?",
        "Hallo? Ja, hallo, hören Sie mich? Die Verbindung ist heute furchtbar.",
    ),
    "fr-fr": (
        "Bonjour, je vous appelle au sujet de la facture de la semaine dernière.",
        "Pourriez-vous me passer quelqu'un de l'atelier, s'il vous plaît ?",
        "Mon numéro est le zéro un, quarante-deux, soixante-huit, cinquante-trois, zéro zéro.",
        "Nous avons commandé neuf bleus, et vous en avez livré cinq, tous trop grands.",
        "Je préfère patienter, si cela ne dure que quelques minutes.",
        "À qui dois-je parler pour déplacer notre rendez-vous à mardi ?",
        "Allô ? Oui, allô, vous m'entendez ? La ligne est très mauvaise.",
    ),
    "pl": (
        "Dzień dobry, dzwonię w sprawie faktury z zeszłego tygodnia.",
        "Czy może mnie pan połączyć z kimś z warsztatu?",
        "Mój numer to dwadzieścia dwa, sześćset trzydzieści, siedemdziesiąt, zero zero.",
        "Zamówiliśmy dziewięć niebieskich, a przyszło pięć i wszystkie za duże.",
        "Wolę poczekać, jeżeli nie potrwa to dłużej niż kilka minut.",
        "Z kim mam rozmawiać, żeby przełożyć spotkanie na wtorek?",
        "Halo? Tak, halo, słyszy mnie pan? Coś dzisiaj okropnie przerywa.",
    ),
}
_VOICES: Final = (
    "",
    "+m1",
    "+m3",
    "+m5",
    "+m7",
    "+f1",
    "+f2",
    "+f3",
    "+f4",
    "+f5",
    "+croak",
    "+klatt4",
    "+Andrea",
    "+steph",
)
_SPEECH_DBM0: Final = -15.0
"""The level at which Q.24 has talk-off measured in Japan; its others lie within 3 dB."""


def can_speak() -> bool:
    """Is the synthesiser installed?"""
    return shutil.which("espeak-ng") is not None


def spoken(language: str, rng: np.random.Generator) -> Samples:
    """Half a minute or so of one voice, at a pitch and a speed of its own, with words in an order of its own."""
    sentences = [str(text) for text in rng.permutation(_SENTENCES[language])]
    muddled = [str(word) for word in rng.permutation(" ".join(sentences).split())]
    voice = language + str(rng.choice(_VOICES))
    pitch, speed = str(rng.integers(5, 95)), str(rng.integers(120, 230))
    return _said(("-v", voice, "-p", pitch, "-s", speed), " ".join(sentences + muddled))


def _said(how: tuple[str, ...], text: str) -> Samples:
    """What espeak-ng says, at 8000 samples a second; kept, so that it is said only once."""
    kept = SPEECH / (hashlib.sha256("\n".join((*how, text)).encode()).hexdigest()[:24] + ".npy")
    if kept.exists():
        return np.asarray(np.load(kept), dtype=np.float64)
    told = subprocess.run(["espeak-ng", *how, "--stdout", text], stdout=subprocess.PIPE, check=True).stdout
    with wave.open(io.BytesIO(told)) as file:
        # The header was written before the length was known; what there is, is read.
        rate, sound = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    samples = spoil.resample(sound.astype(np.float64), round(len(sound) * RATE_HZ / rate))
    whole = spoil.to_int16(spoil.at_level(samples, _SPEECH_DBM0))
    SPEECH.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(f".{os.getpid()}.npy")
    np.save(part, whole)
    part.replace(kept)
    return whole.astype(np.float64)


def speech(seconds: float, seed: int) -> Iterator[Recording[str]]:
    """At least this much speech, in turn in each language."""
    rng = np.random.default_rng((seed, 1))
    languages, count = list(_SENTENCES), 0
    while count < seconds * RATE_HZ:
        for language in languages:
            sound = spoil.to_int16(spoken(language, rng) * 10.0 ** (rng.uniform(-6.0, 6.0) / 20.0))
            count += len(sound)
            yield Recording(f"speech {language}", sound, "")


def vowels(seconds: float, seed: int) -> Iterator[Recording[str]]:
    """At least this much of hard vowels and sung notes, some twenty seconds a recording."""
    rng = np.random.default_rng((seed, 2))
    count = 0
    while count < seconds * RATE_HZ:
        for condition, sung, glide in (("held", False, 0.0), ("gliding", False, 0.06), ("sung", True, 0.0)):
            pieces = [_vowel(rng, sung, glide) for _ in range(24)]
            sound = spoil.at_level(np.concatenate(pieces), rng.uniform(-20.0, -8.0))
            sound = spoil.white(sound, rng.uniform(25.0, 50.0), rng)
            count += len(sound)
            yield Recording(f"vowels {condition}", spoil.to_int16(sound), "")


def _vowel(rng: np.random.Generator, sung: bool, glide: float) -> Samples:
    """One vowel of 0.3 to 1.5 s with its two strongest formants on a row and a column, and a breath."""
    count = round(rng.uniform(0.3, 1.5) * RATE_HZ)
    at = np.arange(count) / RATE_HZ
    row, column = float(rng.choice(ROWS_HZ)), float(rng.choice(COLUMNS_HZ))
    pitch_hz = _pitch_near(row, column, rng) if rng.uniform() < 0.7 else rng.uniform(80.0, 400.0)
    course = 1.0 + rng.uniform(-glide, glide) * (at / at[-1] - 0.5)
    course += (0.012 if sung else 0.002) * np.sin(2 * np.pi * (rng.uniform(4.5, 6.5) * at + rng.uniform()))
    turns = np.cumsum(pitch_hz * course) / RATE_HZ
    formants = (
        (row, rng.uniform(40, 110), 1.0),
        (column, rng.uniform(40, 130), rng.uniform(0.4, 1.6)),
        (rng.uniform(2200, 3000), 150.0, rng.uniform(0.0, 0.3)),
    )
    low = rng.uniform(0.0, 0.25)
    voice = np.zeros(count)
    for harmonic in range(1, int(3500.0 / pitch_hz) + 1):
        hz = harmonic * pitch_hz
        strength = low * 120.0 / hz + sum(gain / (1.0 + ((hz - f) / (width / 2.0)) ** 2) for f, width, gain in formants)
        voice += strength * np.sin(2 * np.pi * (harmonic * turns + rng.uniform()))
    swell = np.minimum(1.0, np.minimum(at, at[::-1]) / rng.uniform(0.02, 0.08))
    return np.concatenate((voice * swell, np.zeros(round(rng.uniform(0.03, 0.2) * RATE_HZ))))


def _pitch_near(row_hz: float, column_hz: float, rng: np.random.Generator) -> float:
    """A pitch of which one harmonic lies near the row and another near the column."""
    found = [
        (row_hz / m + column_hz / n) / 2.0
        for m in range(2, 10)
        for n in range(m + 1, 20)
        if abs(row_hz / m * n / column_hz - 1.0) < 0.03 and 80.0 < row_hz / m < 400.0
    ]
    return float(rng.choice(found)) * (1.0 + rng.normal(0.0, 0.006)) if found else rng.uniform(80.0, 400.0)


def babble(seconds: float, rng: np.random.Generator) -> Samples:
    """Something like speech where nobody can speak: a gliding voice, three wandering formants, syllables."""
    count = round(seconds * RATE_HZ)
    slow = np.arange(0, count + 800, 800)
    at = np.arange(count)
    pitch = np.interp(at, slow, rng.uniform(90, 250, len(slow)))
    first = np.interp(at, slow, rng.uniform(300, 900, len(slow)))
    second = np.interp(at, slow, rng.uniform(900, 2300, len(slow)))
    third = np.interp(at, slow, rng.uniform(2300, 3200, len(slow)))
    loud = np.interp(at, slow, rng.uniform(0.05, 1.0, len(slow)))
    turns = 2.0 * np.pi * np.cumsum(pitch) / RATE_HZ
    voice = np.zeros(count)
    for harmonic in range(1, 26):
        hz = harmonic * pitch
        near = [np.exp(-(((hz - formant) / 150) ** 2)) for formant in (first, second, third)]
        voice += (near[0] + 0.5 * near[1] + 0.25 * near[2] + 0.08) * np.sin(harmonic * turns)
    return 8000.0 * loud * voice


def signals(seconds: float, seed: int) -> Iterator[Recording[str]]:
    """At least this much of what else is on a line: progress tones, SIT, fax, modems, caller ID, clicks in hum."""
    rng = np.random.default_rng((seed, 3))
    count = 0
    while count < seconds * RATE_HZ:
        for condition, make in _SIGNALS.items():
            sound = np.concatenate([make(rng) for _ in range(6)])
            sound = spoil.white(spoil.at_level(sound, rng.uniform(-25.0, -3.0)), rng.uniform(20.0, 45.0), rng)
            count += len(sound)
            yield Recording(condition, spoil.to_int16(sound), "")


def _together(frequencies_hz: tuple[float, ...], seconds: float, rng: np.random.Generator) -> Samples:
    """Tones that begin and end at once, some 1 % out of tune, and a pause."""
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ * (1.0 + rng.uniform(-0.01, 0.01))
    waves = [np.sin(2 * np.pi * (hz * at + rng.uniform())) for hz in frequencies_hz]
    return np.concatenate((np.sum(waves, axis=0), np.zeros(round(rng.uniform(0.03, 0.3) * RATE_HZ))))


def _progress(rng: np.random.Generator) -> Samples:
    pairs = (
        (350, 440),
        (440, 480),
        (480, 620),
        (425,),
        (400, 450),
        (400,),
        (450,),
        (413, 438),
        (350, 425),
        (440,),
        (620,),
    )
    return _together(pairs[int(rng.integers(len(pairs)))], float(rng.choice((0.05, 0.1, 0.2, 0.25, 0.5, 1.0))), rng)


def _information(rng: np.random.Generator) -> Samples:
    return np.concatenate([_together((hz,), 0.33, rng) for hz in (950.0, 1400.0, 1800.0)])


def _fax(rng: np.random.Generator) -> Samples:
    return _together((float(rng.choice((1100.0, 2100.0, 2225.0, 1300.0))),), 0.5, rng)


def _shifted(rng: np.random.Generator) -> Samples:
    """Half a second of a modem: caller ID (Bell 202, V.23) or a fax's first words (V.21)."""
    low, high, bits_hz = ((1200, 2200, 1200), (1300, 2100, 1200), (1650, 1850, 300))[int(rng.integers(3))]
    bits = rng.integers(0, 2, bits_hz // 2) if rng.uniform() < 0.7 else np.arange(bits_hz // 2) % 2
    of_sample = bits[np.arange(RATE_HZ // 2) * bits_hz // RATE_HZ]
    return np.sin(2 * np.pi * np.cumsum(np.where(of_sample, low, high)) / RATE_HZ)


def _clicking(rng: np.random.Generator) -> Samples:
    quiet = spoil.hum(np.zeros(RATE_HZ), -30.0, rng)
    return spoil.clicks(quiet, 0.1, 40.0, rng)


_SIGNALS: Final = {
    "progress tones": _progress,
    "information tones": _information,
    "fax": _fax,
    "modems": _shifted,
    "clicks and hum": _clicking,
}


def music() -> Recording[str]:
    """The music that callers hear while they wait."""
    with wave.open(str(_MUSIC)) as file:
        return Recording("music", np.frombuffer(file.readframes(file.getnframes()), dtype="<i2"), "")


def false_keys(recording: Recording[str]) -> str:
    """The keys that our receiver hears in it."""
    receiver = DtmfReceiver()
    sound = recording.samples
    blocks = (sound[start : start + 160] for start in range(0, len(sound), 160))
    return "".join(event.key for block in blocks for event in receiver.feed(block) if event.down)


def main() -> int:
    """Count, and print a line a condition."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--hours", type=float, default=1.0, help="of speech (1)")
    options.add_argument("--minutes", type=float, default=12.0, help="of hard vowels (12)")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    seconds: dict[str, float] = {}
    keys: dict[str, str] = {}
    for recording in chain(
        vowels(chosen.minutes * 60.0, chosen.seed),
        signals(chosen.minutes * 60.0, chosen.seed),
        speech(chosen.hours * 3600.0, chosen.seed),
        [music()],
    ):
        name = recording.condition
        seconds[name] = seconds.get(name, 0.0) + len(recording.samples) / RATE_HZ
        keys[name] = keys.get(name, "") + false_keys(recording)
    for name, found in keys.items():
        sys.stdout.write(f"{name:<20} {seconds[name] / 60.0:7.1f} min  {len(found):4d} false keys  {found[:60]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
