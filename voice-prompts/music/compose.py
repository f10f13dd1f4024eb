"""Composes "Unhurried", the music callers wait with, and writes it as `unhurried.wav`.

    python voice-prompts/music/compose.py [FILE]

A calm piece of 32 bars for soft strings, harp and vibraphone, made for a telephone line and for no other purpose:

* All sound lies in 300 to 3400 Hz. The bass is heard by its overtones, as every bass is on the telephone.
* The tape is a ring: a note that still sounds at the end goes on at the beginning, so there is no seam to hear.
* Partials where telephone exchanges and receivers listen are left out (`KEEP_OUT_HZ`): the piece can be taken neither
  for a dial, busy or ringback tone, nor for a key, nor for a fax machine.
* The strings never stop, so nobody thinks that the line is dead.

Nothing is random: the script gives the same piece wherever it runs.
"""

from __future__ import annotations

import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]

RATE_HZ = 8000
BEAT = 6600
"""Samples in a beat: 72.7 beats a minute, and a whole number so that the ring closes exactly."""
BAR = 4 * BEAT
MEAN_DBM0 = -18.0

KEEP_OUT_HZ = (
    (384, 462),  # call-progress tones of 400 to 450 Hz, which need no second frequency
    (1184, 1234),  # the column tones of DTMF: without them no key can be heard
    (1308, 1364),
    (1446, 1508),
    (1600, 1666),
    (1085, 1115),  # fax, calling
    (2070, 2150),  # fax, answering, and the alert for a second call
    (2720, 2780),
)

CHORDS = (
    # The theme, three times with small changes: home, away, and home again.
    "C3 G4 E4 B4|A2 G4 E4 C5|F2 A4 F4 C5|G2 D4 G4 B4|E2 G4 E4 B4|A2 E4 C5 G4|D3 F4 A4 C5|G2 F4 G4 B4",
    "C3 G4 E4 B4|A2 G4 E4 C5|F2 A4 F4 C5|G2 D4 G4 B4|E2 G4 E4 B4|A2 E4 C5 G4|D3 F4 G4 B4|C3 E4 G4 C5",
    # The middle: brighter.
    "F2 A4 F4 C5|F2 A4 F4 E5|E2 G4 E4 B4|A2 G4 E4 C5|D3 F4 A4 C5|D3 F4 A4 D5|G2 D4 G4 B4|G2 F4 G4 B4",
    "C3 G4 E4 B4|A2 G4 E4 C5|F2 A4 F4 C5|G2 D4 G4 B4|E2 G4 E4 B4|F2 A4 F4 C5|D3 F4 G4 B4|C3 E4 G4 C5",
)

MELODY = (
    # A note and how many beats it lasts; "-" rests. A bar has four beats.
    "E5 2 G5 1 D5 1|C5 3 - 1|A5 2 G5 1 F5 1|D5 3 - 1|G5 2 B5 1 G5 1|E5 2 C5 2|F5 1 A5 1 C6 1 A5 1|G5 3 - 1",
    "E5 2 G5 1 D5 1|C5 2 E5 2|A5 2 C6 1 A5 1|G5 2 D5 2|B5 2 G5 1 E5 1|C6 2 G5 2|F5 1 E5 1 D5 1 B4 1|C5 3 - 1",
    "C6 2 A5 2|C6 1 A5 1 F5 2|B5 2 G5 2|E5 3 - 1|D5 1 F5 1 A5 2|D5 1 F5 1 C6 2|B5 3 A5 1|G5 2 - 2",
    "G5 1 E5 1 G5 1 D5 1|C5 3 - 1|C6 1 A5 1 G5 1 F5 1|D5 3 - 1|G5 2 B5 1 G5 1|A5 2 F5 1 E5 1|D5 2 G5 2|C5 4",
)

SEMITONES = {"C": -9, "D": -7, "E": -5, "F": -4, "G": -2, "A": 0, "B": 2}


def frequency(note: str) -> float:
    """Of a note such as "G4", in Hz; A4 is 440 Hz, in equal temperament."""
    return float(440 * 2 ** (int(note[1]) - 4 + SEMITONES[note[0]] / 12))


class Ring:
    """A tape whose end is its beginning."""

    def __init__(self, length: int) -> None:
        self.sound: Sound = np.zeros(length)

    def add(self, start: int, sound: Sound) -> None:
        """Mix `sound` in from sample `start` on."""
        where = (start + np.arange(sound.size)) % self.sound.size
        np.add.at(self.sound, where, sound)


def partials(hz: float, strengths: tuple[float, ...]) -> Iterator[tuple[int, float, float]]:
    """Number, frequency and strength of the overtones of `hz` that a telephone carries and no receiver waits for."""
    for number, strength in enumerate(strengths, start=1):
        overtone = number * hz
        if 300 <= overtone <= 3400 and not any(low <= overtone <= high for low, high in KEEP_OUT_HZ):
            yield number, overtone, strength


def struck(hz: float, strengths: tuple[float, ...], decay_s: float, attack_s: float = 0.006) -> Sound:
    """A note that is struck or plucked and dies away, its high overtones first."""
    t = np.arange(int(4 * decay_s * RATE_HZ)) / RATE_HZ
    sound = np.zeros(t.size)
    for number, overtone, strength in partials(hz, strengths):
        sound += strength * np.exp(-t / decay_s * (1 + 0.35 * (number - 1))) * np.sin(2 * np.pi * overtone * t)
    close = np.minimum(1.0, (t[-1] - t) / 0.05)
    sound *= np.minimum(1.0, t / attack_s) * close
    return sound


def bowed(hz: float, strengths: tuple[float, ...], length: int) -> Sound:
    """A note of two strings a little apart, swelling in and out over its neighbours; their beating keeps it alive."""
    swell = RATE_HZ * 6 // 10
    t = np.arange(length + swell) / RATE_HZ
    sound = np.zeros(t.size)
    for number, overtone, strength in partials(hz, strengths):
        bend = 0.8 * np.sin(2 * np.pi * 4.7 * t + number)
        for apart in (0.9985, 1.0015):
            sound += strength * np.sin(2 * np.pi * overtone * apart * t + bend * overtone / 2000)
    rise = np.minimum(1.0, np.arange(t.size) / swell)
    return sound * np.sin(np.pi / 2 * rise) * np.sin(np.pi / 2 * rise[::-1])


STRINGS = (1.0, 0.6, 0.42, 0.3, 0.2, 0.14, 0.1)
BASS = (1.0, 0.9, 0.8, 0.6, 0.45, 0.3, 0.2, 0.12)
HARP = (1.0, 0.5, 0.3, 0.2, 0.1)
VIBRAPHONE = (1.0, 0.18, 0.1, 0.22)


def play_chords(ring: Ring) -> None:
    """Strings and bass hold each chord for its bar; the harp breaks it into quavers, up and down."""
    for bar, chord in enumerate("|".join(CHORDS).split("|")):
        bass, *voices = (frequency(note) for note in chord.split())
        for hz in voices:
            ring.add(bar * BAR, 0.10 * bowed(hz, STRINGS, BAR))
        ring.add(bar * BAR, 0.20 * struck(bass, BASS, 1.6, attack_s=0.02))
        ring.add(bar * BAR + 2 * BEAT, 0.13 * struck(bass * 1.5, BASS, 1.2, attack_s=0.02))
        low, middle, high = sorted(voices)
        for quaver, hz in enumerate((low, middle, high, 2 * low, 2 * middle, 2 * low, high, middle)):
            loud = 0.20 if quaver % 4 == 0 else 0.14
            ring.add(bar * BAR + quaver * BEAT // 2, loud * struck(hz, HARP, 0.55))


def play_melody(ring: Ring) -> None:
    """The vibraphone sings over it; each bar begins a little stronger."""
    for bar, notes in enumerate("|".join(MELODY).split("|")):
        words = notes.split()
        beat = 0
        for note, beats in zip(words[::2], words[1::2], strict=True):
            if note != "-":
                loud = 0.55 if beat == 0 else 0.45
                ring.add(bar * BAR + beat * BEAT, loud * struck(frequency(note), VIBRAPHONE, 0.5 + 0.25 * int(beats)))
            beat += int(beats)
        if beat != 4:
            raise ValueError(f"Bar {bar + 1} of the melody has {beat} beats.")


def in_a_room(sound: Sound) -> Sound:
    """Add the echoes of a small hall: thirty of them, ever closer and weaker, at times that share no rhythm."""
    response = np.zeros(sound.size)
    response[0] = 1.0
    delay = 190.0
    for echo in range(30):
        response[int(delay)] += (-1) ** (echo // 2) * 0.28 * 0.90**echo
        delay += 331 * 0.96**echo + (echo * 97) % 61
    return np.fft.irfft(np.fft.rfft(sound) * np.fft.rfft(response), sound.size)


def for_the_line(sound: Sound) -> NDArray[np.int16]:
    """Keep 300 to 3400 Hz and set the mean level. A sine of L dBm0 has peak amplitude 32768 · 10^((L − 3.14)/20)."""
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(sound.size, 1 / RATE_HZ)
    spectrum[(hz < 300) | (hz > 3400)] = 0
    sound = np.fft.irfft(spectrum, sound.size)
    mean = 32768 * 10 ** ((MEAN_DBM0 - 3.14) / 20) / np.sqrt(2)
    samples: NDArray[np.int16] = np.rint(sound * mean / np.sqrt(np.mean(sound**2))).astype(np.int16)
    return samples


def compose() -> NDArray[np.int16]:
    """The whole piece: 8 kHz, mono, a ring of 105.6 s."""
    ring = Ring(len("|".join(CHORDS).split("|")) * BAR)
    play_chords(ring)
    play_melody(ring)
    return for_the_line(in_a_room(ring.sound))


def main() -> None:
    """Write the piece to the file named, or beside this script."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("unhurried.wav")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(compose().astype("<i2").tobytes())


if __name__ == "__main__":
    main()
