"""The conditions of the corpus of keys: what must be taken, and what must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np

from appliance.signals.levels import RATE_HZ, Samples
from bench.corpus import spoil, talkoff
from bench.corpus.keypad import FIFTY, QUICK, Condition, Layer, Pressing, Range, off

# ---------------------------------------------------------------- what a line does


def _white(ratio_db: float) -> Layer:
    return lambda sound, rng: spoil.white(sound, ratio_db, rng)


def _coloured(ratio_db: float) -> Layer:
    return lambda sound, rng: spoil.coloured(sound, ratio_db, rng)


def _hum(below_db: float) -> Layer:
    return lambda sound, rng: spoil.hum(sound, spoil.loudness(sound) - below_db, rng)


def _clicks(each_s: float, over_db: float) -> Layer:
    return lambda sound, rng: spoil.clicks(sound, each_s, over_db, rng)


def _echo(late_ms: Range, below_db: float) -> Layer:
    return lambda sound, rng: spoil.echo(sound, rng.uniform(*late_ms), below_db)


def _dial(frequencies_hz: tuple[float, ...], over_db: float) -> Layer:
    """A dial tone, each of its tones so far above the keys as a whole, a little out of tune."""

    def layer(sound: Samples, rng: np.random.Generator) -> Samples:
        at = np.arange(len(sound)) / RATE_HZ
        off_tune = 1.0 + rng.uniform(-0.01, 0.01)
        tones = [np.sin(2 * np.pi * (hz * off_tune * at + rng.uniform())) for hz in frequencies_hz]
        level = spoil.loudness(sound) + over_db + 10.0 * np.log10(len(tones))
        return sound + spoil.at_level(np.sum(tones, axis=0), level)

    return layer


def _speech(ratio_db: float) -> Layer:
    """Speech underneath; where no synthesiser is installed, babble."""
    return lambda sound, rng: spoil.under(sound, _stretch(_voices(), len(sound), rng), ratio_db)


def _music(ratio_db: float) -> Layer:
    return lambda sound, rng: spoil.under(sound, _stretch(_tunes(), len(sound), rng), ratio_db)


def _third_tone(below_db: float) -> Layer:
    """A single tone anywhere in the band, so far below."""
    return lambda sound, rng: _dial((float(rng.uniform(300.0, 3300.0)),), -below_db)(sound, rng)


def _distorted(sound: Samples, rng: np.random.Generator) -> Samples:
    """Bent by 3 to 10 %, as by an old telephone."""
    size = np.abs(sound).max()
    bent = sound / size + rng.uniform(0.03, 0.1) * ((sound / size) ** 2 - (sound / size) ** 3)
    return np.asarray(bent * size)


def _between(sound: Samples, rng: np.random.Generator) -> Samples:
    """Somebody talks as loudly, and stops only while a key is down, as a telephone mutes its microphone."""
    talk = spoil.at_level(_stretch(_voices(), len(sound), rng), spoil.loudness(sound) - 3.0)
    envelope = np.convolve(np.abs(sound), np.ones(24), "same")
    return sound + np.where(envelope > 1.0, 0.0, talk)


def _dial_until_a_key(frequencies_hz: tuple[float, ...], over_db: float) -> Layer:
    """A dial tone that stops 50 ms after the first key has begun."""

    def layer(sound: Samples, rng: np.random.Generator) -> Samples:
        dial = _dial(frequencies_hz, over_db)(sound, rng) - sound
        dial[int(np.flatnonzero(np.abs(sound) > 1.0)[0]) + RATE_HZ // 20 :] = 0.0
        return sound + dial

    return layer


def _wandering(sound: Samples, rng: np.random.Generator) -> Samples:
    """Louder and weaker by 4 dB in waves of a third of a second."""
    wave = np.sin(2 * np.pi * (3.0 * np.arange(len(sound)) / RATE_HZ + rng.uniform()))
    return np.asarray(sound * 10.0 ** (4.0 * wave / 20.0))


@lru_cache(1)
def _voices() -> Samples:
    rng = np.random.default_rng(7)
    if not talkoff.can_speak():
        return talkoff.babble(120.0, rng)
    return np.concatenate([talkoff.spoken(language, rng) for language in ("en", "de", "fr-fr", "pl") * 2])


@lru_cache(1)
def _tunes() -> Samples:
    return talkoff.music().samples.astype(np.float64)


def _stretch(sound: Samples, count: int, rng: np.random.Generator) -> Samples:
    """`count` samples of it from anywhere."""
    return np.resize(np.roll(sound, -int(rng.integers(len(sound)))), count)


def _steady(change: Callable[[Samples], Samples]) -> Layer:
    return lambda sound, rng: change(sound)


def _cut_off(sound: Samples, rng: np.random.Generator) -> Samples:
    """Everything beyond 30 to 60 % of the peak is cut off, and what is left comes at a level of its own."""
    most = np.abs(sound).max() * rng.uniform(0.3, 0.6)
    return np.clip(sound, -most, most) * rng.uniform(0.2, 1.0)


_ALAW: Final = _steady(spoil.alaw)
_MULAW: Final = _steady(spoil.mulaw)
_EIGHT_BITS: Final = _steady(spoil.eight_bits)


def _skew(percent: float) -> Layer:
    return lambda sound, rng: spoil.skewed(sound, float(rng.choice((-percent, percent))))


def _offset(most: float) -> Layer:
    return lambda sound, rng: sound + rng.uniform(0.3, 1.0) * most * rng.choice((-1.0, 1.0))


# ---------------------------------------------------------------- conditions


_US, _PL, _UK, _RING = (350.0, 440.0), (425.0,), (400.0, 450.0), (440.0, 480.0)
_SHORT = replace(QUICK, dbm0=(-29.0, -4.0), twist_db=(-8.0, 4.0), tuning=off(1.5, 2.0, "both"))
"""Everything at its limit together."""
_AT_THE_EDGE = replace(QUICK, tuning=off(1.5, 2.0, "both"))
_BURST = Pressing((23.0, 23.0), (40.0, 100.0), (-29.0, 0.0), (-6.0, 3.0))

TAKEN: Final = (
    Condition("plain"),
    Condition("40 on 30 off", replace(QUICK, on_ms=(40.0, 40.0), off_ms=(30.0, 30.0))),
    Condition("50 on 50 off", FIFTY),
    Condition("period 93 ms", Pressing((45.0, 48.0), (45.0, 48.0))),
    Condition("long 1 to 3 s", Pressing((1000.0, 3000.0))),
    Condition("loud 0 dBm0", replace(QUICK, dbm0=(0.0, 0.0), twist_db=(-2.0, 2.0))),
    Condition("loud 0 dBm0, A-law", replace(QUICK, dbm0=(-1.0, 0.0)), (_ALAW,)),
    Condition("weak -29 dBm0", replace(QUICK, dbm0=(-29.0, -29.0), twist_db=(-1.0, 1.0))),
    Condition("weak -29 dBm0, A-law", replace(QUICK, dbm0=(-29.0, -29.0)), (_ALAW,)),
    Condition("weak -32 dBm0, noise 20", replace(QUICK, dbm0=(-32.0, -30.0), twist_db=(-3.0, 3.0)), (_white(20),)),
    Condition("weak -38 dBm0", replace(QUICK, dbm0=(-38.0, -36.0), twist_db=(-4.0, 2.0))),
    Condition("weak -38 dBm0, A-law, noise 15", replace(QUICK, dbm0=(-38.0, -36.0)), (_white(15), _ALAW)),
    Condition("twist -8", replace(QUICK, twist_db=(-8.0, -8.0), dbm0=(-21.0, 0.0))),
    Condition("twist +4", replace(QUICK, twist_db=(4.0, 4.0), dbm0=(-25.0, 0.0))),
    Condition("twist -8, noise 15", replace(QUICK, twist_db=(-8.0, -8.0)), (_white(15),)),
    Condition("twist +4, noise 15", replace(QUICK, twist_db=(4.0, 4.0)), (_white(15),)),
    Condition("twist -10", replace(QUICK, twist_db=(-10.0, -10.0))),
    Condition("twist +8", replace(QUICK, twist_db=(8.0, 8.0)), (_white(20),)),
    Condition("twist +6", replace(QUICK, twist_db=(6.0, 6.0))),
    Condition("row at the edge", replace(QUICK, tuning=off(1.5, 2.0, "row"))),
    Condition("column at the edge", replace(QUICK, tuning=off(1.5, 2.0, "column"))),
    Condition("both at the edge", _AT_THE_EDGE),
    Condition("both 1.8 %", replace(QUICK, tuning=off(1.8, 0.0, "both"))),
    Condition("both at the edge, noise 15", _AT_THE_EDGE, (_white(15),)),
    Condition("both at the edge, A-law", _AT_THE_EDGE, (_ALAW,)),
    Condition("both at the edge, echo", _AT_THE_EDGE, (_echo((20.0, 20.0), 10.0),)),
    Condition("all limits", _SHORT),
    Condition("all limits, noise 15", _SHORT, (_white(15),)),
    Condition("all limits, A-law, noise 20", _SHORT, (_white(20), _ALAW)),
    Condition("noise 15", QUICK, (_white(15),)),
    Condition("noise 12", QUICK, (_white(12),)),
    Condition("noise 10", Pressing(), (_white(10),)),
    Condition("noise 8", Pressing((60.0, 120.0)), (_white(8),)),
    Condition("line noise 15", QUICK, (_coloured(15),)),
    Condition("line noise 12", Pressing(), (_coloured(12),)),
    Condition("hole of 10 ms", Pressing((60.0, 150.0), hole_ms=10.0)),
    Condition("hole of 10 ms, noise 15", Pressing((60.0, 150.0), hole_ms=10.0), (_white(15),)),
    Condition("hole of 10 ms in 50", Pressing((50.0, 60.0), (40.0, 60.0), hole_ms=10.0)),
    Condition("hole of 12 ms", Pressing((80.0, 300.0), hole_ms=12.0)),
    Condition("long, noise 15, clicks", Pressing((500.0, 1500.0)), (_white(15), _clicks(0.3, 20.0))),
    Condition("echo 20 ms, -10 dB", QUICK, (_echo((20.0, 20.0), 10.0),)),
    Condition("echo 20 ms, -10 dB, noise 15", QUICK, (_echo((20.0, 20.0), 10.0), _white(15))),
    Condition("echo 3 to 30 ms, -12 dB", QUICK, (_echo((3.0, 30.0), 12.0),)),
    Condition("echo 20 ms, twist -6", replace(QUICK, twist_db=(-6.0, -6.0)), (_echo((20.0, 20.0), 10.0),)),
    Condition("dial tone US, equal", QUICK, (_dial(_US, 0.0),)),
    Condition("dial tone US, +6", Pressing(dbm0=(-25.0, -12.0)), (_dial(_US, 6.0),)),
    Condition("dial tone US, +12", Pressing(dbm0=(-28.0, -18.0)), (_dial(_US, 12.0),)),
    Condition("dial tone US, +19", Pressing(dbm0=(-29.0, -25.0)), (_dial(_US, 19.0),)),
    Condition("dial tone PL, equal", QUICK, (_dial(_PL, 0.0),)),
    Condition("dial tone PL, +12", Pressing(dbm0=(-28.0, -18.0)), (_dial(_PL, 12.0),)),
    Condition("dial tone UK, +6", Pressing(dbm0=(-25.0, -12.0)), (_dial(_UK, 6.0),)),
    Condition("ringback US, +6", Pressing(dbm0=(-25.0, -12.0)), (_dial(_RING, 6.0),)),
    Condition("dial tone PL, +6, noise 15", Pressing(dbm0=(-25.0, -12.0)), (_dial(_PL, 6.0), _white(21))),
    Condition("hum, 10 below", QUICK, (_hum(10.0),)),
    Condition("hum, equal", Pressing(dbm0=(-25.0, -8.0)), (_hum(0.0),)),
    Condition("hum, +6", Pressing(dbm0=(-25.0, -12.0)), (_hum(-6.0),)),
    Condition("clicks", Pressing(), (_clicks(0.15, 15.0),)),
    Condition("loud clicks, 40 on 30 off", QUICK, (_clicks(0.5, 25.0),)),
    Condition("A-law", QUICK, (_ALAW,)),
    Condition("mu-law", QUICK, (_MULAW,)),
    Condition("8 bits", replace(QUICK, dbm0=(-20.0, -5.0)), (_EIGHT_BITS,)),
    Condition("telephone band", QUICK, (spoil.telephone_band,)),
    Condition("telephone band, noise, A-law", QUICK, (spoil.telephone_band, _white(18), _ALAW)),
    Condition("skew 1 %", QUICK, (_skew(1.0),)),
    Condition("skew 0.5 %, 1.3 % off", replace(QUICK, tuning=off(1.3, 0.0, "both")), (_skew(0.5),)),
    Condition("speech 20 below", Pressing(), (_speech(20.0),)),
    Condition("speech 15 below", Pressing(), (_speech(15.0),)),
    Condition("speech 15 below, 40 on 30 off", QUICK, (_speech(15.0),)),
    Condition("speech 12 below", Pressing((60.0, 150.0)), (_speech(12.0),)),
    Condition("music 15 below", Pressing(), (_music(15.0),)),
    Condition("music 20 below, 40 on 30 off", QUICK, (_music(20.0),)),
    Condition("offset 3000", replace(QUICK, dbm0=(-29.0, -5.0)), (_offset(3000.0),)),
    Condition("third tone 16 below", QUICK, (_third_tone(16.0),)),
    Condition("distorted", QUICK, (_distorted,)),
    Condition("speech before each key", Pressing((60.0, 120.0), (80.0, 200.0)), (_between,)),
    Condition("dial tone stops at the first key", Pressing(dbm0=(-25.0, -12.0)), (_dial_until_a_key(_US, 6.0),)),
    Condition("noise of 12 below the weaker tone", replace(QUICK, twist_db=(-6.0, -5.0)), (_white(18.5),)),
    Condition("wanders in level", QUICK, (_wandering,)),
    Condition("everything a little", QUICK, (_echo((5.0, 25.0), 16.0), _hum(15.0), _speech(24.0), _white(22), _ALAW)),
    Condition("clipped 6 dB", replace(FIFTY, dbm0=(3.0, 5.0), twist_db=(-1.0, 1.0))),
    Condition("cut off at 30 to 60 %", replace(QUICK, twist_db=(-4.0, 4.0)), (_white(35), _cut_off)),
    Condition("cut off, A-law", replace(FIFTY, twist_db=(-2.0, 2.0)), (_cut_off, _ALAW)),
    Condition("soft edges", Pressing((46.0, 90.0), edge_ms=(4.0, 6.0))),
)

_OFF: Final = Pressing(dbm0=(-29.0, -3.0))
_EARLY: Final = Pressing((300.0, 1000.0), (45.0, 300.0))

NOT_TAKEN: Final = (
    Condition("burst 23 ms", _BURST, taken=False),
    Condition("burst 23 ms, noise 15", _BURST, (_white(15),), taken=False),
    Condition("burst 23 ms, loud, A-law", replace(_BURST, dbm0=(-2.0, 0.0)), (_white(25), _ALAW), taken=False),
    Condition("burst 23 ms, echo", _BURST, (_echo((20.0, 20.0), 10.0),), taken=False),
    Condition("burst 23 ms, dial tone", _BURST, (_dial(_PL, 3.0),), taken=False),
    Condition("burst 23 ms, close together", replace(_BURST, off_ms=(30.0, 35.0)), (_white(25),), taken=False),
    Condition("burst 5 to 23 ms", replace(_BURST, on_ms=(5.0, 23.0)), taken=False),
    Condition("row 3.5 % off", replace(_OFF, tuning=off(3.5, 0.0, "row")), taken=False),
    Condition("column 3.5 % off", replace(_OFF, tuning=off(3.5, 0.0, "column")), taken=False),
    Condition("both 3.5 % off", replace(_OFF, tuning=off(3.5, 0.0, "both")), taken=False),
    Condition("row 3.5 % off, noise 15", replace(_OFF, tuning=off(3.5, 0.0, "row")), (_white(15),), taken=False),
    Condition("column 3.5 % off, noise 15", replace(_OFF, tuning=off(3.5, 0.0, "column")), (_white(15),), taken=False),
    Condition("both 4.5 % off, A-law", replace(_OFF, tuning=off(4.5, 0.0, "both")), (_ALAW,), taken=False),
    Condition("row 3.5 % off, long", replace(_EARLY, tuning=off(3.5, 0.0, "row")), (_white(20),), taken=False),
    Condition("column 6 % off", replace(_OFF, tuning=off(6.0, 0.0, "column")), taken=False),
    Condition("-55 dBm0", Pressing(dbm0=(-56.0, -55.0)), taken=False),
    Condition("-55 dBm0, noise", Pressing(dbm0=(-55.0, -55.0)), (_white(10),), taken=False),
    Condition("row alone", Pressing(twist_db=(-60.0, -60.0)), (_white(30),), taken=False),
    Condition("column alone", Pressing(twist_db=(60.0, 60.0)), (_white(30),), taken=False),
)

CONDITIONS: Final = TAKEN + NOT_TAKEN
