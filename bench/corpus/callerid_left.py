"""What is no caller ID, or a damaged one: nothing may be reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from appliance.signals.callerid import modulate
from appliance.signals.countries import CallerIdStandard
from appliance.signals.generate import KEYS, dtmf, noise, tone
from appliance.signals.levels import RATE_HZ, Samples, amplitude
from bench.corpus import announcements, spoil
from bench.corpus.callerid_conditions import BELL202, V23, Condition, Fsk, quiet, white

Sound = Callable[[np.random.Generator], Samples]
_DAMAGED_S: Final = 0.05


def _leave(name: str, sound: Sound) -> Condition:
    return Condition(f"none: {name}", None, lambda rng: ((), sound(rng)))


def _hiss(rng: np.random.Generator) -> Samples:
    return noise(10 * RATE_HZ, rng.uniform(-45.0, -5.0), rng)


def _digits(rng: np.random.Generator) -> Samples:
    keys = "".join(rng.choice(list(KEYS), 40))
    sound = [dtmf(key, rng.uniform(70, 300), rng.uniform(60, 700), rng.uniform(-20, -6)) for key in keys]
    return np.concatenate(sound)


def _person(rng: np.random.Generator) -> Samples:
    """Somebody presses an extension and #."""
    keys = announcements.number(rng, 1, 8) + "#"
    return np.concatenate([dtmf(key, rng.uniform(80, 250), rng.uniform(80, 500)) for key in keys])


def _short_dial(rng: np.random.Generator) -> Samples:
    """A telephone's memory dials a few digits quickly."""
    return dtmf(announcements.number(rng, 1, 4) + "#", 80, 80)


def _melody(rng: np.random.Generator) -> Samples:
    """Whistled notes around the marks' pitches."""
    notes = [tone([rng.uniform(1100, 1400)], rng.uniform(0.05, 0.6), rng.uniform(-25, -8)) for _ in range(25)]
    return spoil.white(np.concatenate(notes), rng.uniform(10, 40), rng)


def _chirping(rng: np.random.Generator) -> Samples:
    """Bits without bytes: mark, then bits at random."""
    standard = (BELL202, V23)[int(rng.integers(2))]
    bits = np.concatenate((np.ones(180, dtype=np.intp), rng.integers(0, 2, 2000)))
    hz = np.where(bits[np.arange(int(len(bits) * 20 / 3)) * 3 // 20] == 1, standard.mark_hz, standard.space_hz)
    return amplitude(rng.uniform(-30, -8)) * np.sin(2 * np.pi / RATE_HZ * np.cumsum(hz))


def _fax(rng: np.random.Generator) -> Samples:
    """CNG, CED, and the 300 bit/s of V.21 with flags and random bits."""
    bits = rng.integers(0, 2, 600)
    hz = np.where(bits[np.arange(16000) * 3 // 80] == 1, 1650.0, 1850.0)
    v21 = amplitude(-15.0) * np.sin(2 * np.pi / RATE_HZ * np.cumsum(hz))
    return np.concatenate((tone([1100.0], 0.5, -12.0), quiet(1.0), tone([2100.0], 2.6, -12.0), quiet(0.1), v21))


def _altered(standard: CallerIdStandard, alter: Callable[[bytearray, np.random.Generator], None]) -> Sound:
    """A message whose bytes were altered after the checksum was made."""

    def sound(rng: np.random.Generator) -> Samples:
        data = bytearray(announcements.any_call(rng)[1])
        alter(data, rng)
        sent = modulate(bytes(data), standard, rng.uniform(-28.0, -9.0))
        return spoil.white(np.concatenate((quiet(0.2), sent, quiet(0.2))), rng.uniform(12.0, 40.0), rng)

    return sound


def _one_bit(data: bytearray, rng: np.random.Generator) -> None:
    data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))


def _three_bits(data: bytearray, rng: np.random.Generator) -> None:
    for place in rng.choice(len(data), 3, replace=False):
        data[place] ^= 1 << int(rng.integers(8))
    data[-1] ^= 0 if sum(data) % 256 else 1


def _no_checksum(data: bytearray, rng: np.random.Generator) -> None:
    del data[-1]
    data.append((-sum(data) + int(rng.integers(1, 256))) % 256)


def _japan_altered(rng: np.random.Generator) -> Samples:
    data = bytearray(announcements.japan(rng)[1])
    for place in rng.choice(len(data), int(rng.integers(1, 4)), replace=False):
        data[place] ^= 1 << int(rng.integers(8))
    sent = modulate(bytes(data), V23, -15.0, seizure_bits=0, mark_bits=75, gap_bits=3)
    return spoil.white(np.concatenate((quiet(0.2), sent, quiet(0.2))), 20.0, rng)


def _hole(standard: CallerIdStandard) -> Sound:
    """50 ms of the message are lost in noise."""

    def damaged(rng: np.random.Generator) -> Samples:
        _, sound = Fsk(standard, lead_s=(0.3, 0.3), trail_s=(0.3, 0.3))(rng)
        begin = int(rng.uniform(0.74, max(len(sound) / RATE_HZ - 0.38, 0.75)) * RATE_HZ)  # behind the mark
        count = round(_DAMAGED_S * RATE_HZ)
        sound[begin : begin + count] = noise(count, spoil.loudness(sound), rng)
        return sound

    return damaged


def _voices(rng: np.random.Generator) -> Samples:
    """Voices as hard as they come: harmonics that glide through everything."""
    at = np.arange(12 * RATE_HZ) / RATE_HZ
    pitch = 130.0 * 2.0 ** (np.cumsum(rng.normal(0.0, 0.0015, len(at))) + rng.uniform(-0.5, 1.0))
    turns = np.cumsum(pitch) / RATE_HZ
    voice = sum((np.sin(2 * np.pi * n * turns) / n**0.7 for n in range(1, 16)), start=np.zeros(len(at)))
    syllables = np.clip(np.sin(2 * np.pi * np.cumsum(rng.uniform(2.0, 5.0, len(at))) / RATE_HZ) * 2.0, 0.0, 1.0)
    return spoil.at_level(voice * syllables, rng.uniform(-25.0, -10.0))


def _weak(standard: CallerIdStandard) -> Sound:
    """Below what a receiver must ignore."""
    fsk = replace(Fsk(standard), dbm0=(-52.0, -49.5), twist_db=(0.0, 0.0))
    return lambda rng: fsk(rng)[1]


def _drowned(standard: CallerIdStandard) -> Sound:
    """In noise that is stronger than the message."""
    return lambda rng: white(-2.0)(Fsk(standard)(rng)[1], rng)


def _of(standard: CallerIdStandard) -> list[Condition]:
    return [
        _leave(f"one bit altered, {standard.name}", _altered(standard, _one_bit)),
        _leave(f"three bits altered, {standard.name}", _altered(standard, _three_bits)),
        _leave(f"wrong checksum, {standard.name}", _altered(standard, _no_checksum)),
        _leave(f"a hole, {standard.name}", _hole(standard)),
        _leave(f"-50 dBm0, {standard.name}", _weak(standard)),
        _leave(f"lost in noise, {standard.name}", _drowned(standard)),
    ]


LEFT: Final = (
    _leave("noise", _hiss),
    _leave("voices", _voices),
    _leave("keys at random", _digits),
    _leave("somebody keys a number and #", _person),
    _leave("a telephone keys a few digits and #", _short_dial),
    _leave("whistling", _melody),
    _leave("bits without bytes", _chirping),
    _leave("fax", _fax),
    *_of(BELL202),
    *_of(V23),
    _leave("altered, Japan", _japan_altered),
)
