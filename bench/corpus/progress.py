"""Recordings of call-progress tones, voices, music and what is none of them; every country, many kinds of harm.

A recording holds one thing and counts as right when its name is heard and no name that is neither right nor allowed.
`python -m bench.corpus.progress` prints a line a condition: right, nothing, WRONG; `--any` does not tell the receiver
the country, `--worst` lists what went wrong. The last lines say how soon a voice that answers is named.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from appliance.acts import Heard
from appliance.signals import generate
from appliance.signals.countries import COUNTRIES, Country, Tone
from appliance.signals.generate import ToneSource
from appliance.signals.levels import RATE_HZ, Samples
from appliance.signals.progress import ProgressReceiver
from bench.corpus import spoil, voices
from bench.corpus.recording import Recording

BLOCK: Final = 160
_LENGTH_S: Final = 11.0
_ANSWERED_WITHIN_S: Final = 0.8


@dataclass(frozen=True, slots=True)
class Truth:
    """What is on a recording. `wanted`: one of them must be named, if there is any; `allowed` may be.

    `voice_s`: when a voice begins that must be named soon.
    """

    wanted: frozenset[Heard]
    allowed: frozenset[Heard] = frozenset()
    country: str = "pl"
    voice_s: float | None = None
    told: str = ""


Spoiler = Callable[[Samples, np.random.Generator], Samples]


def _level(low: float, high: float) -> Spoiler:
    return lambda sound, rng: spoil.at_level(sound, rng.uniform(low, high))


def _noise(ratio_db: float) -> Spoiler:
    return lambda sound, rng: spoil.white(sound, ratio_db, rng)


def _speech_under(low: float, high: float) -> Spoiler:
    return lambda sound, rng: spoil.under(sound, voices.talk(rng), rng.uniform(low, high))


def _music_under(sound: Samples, rng: np.random.Generator) -> Samples:
    return spoil.under(sound, voices.hold_music(len(sound) / RATE_HZ, rng), rng.uniform(14.0, 25.0))


def _joined(sound: Samples, rng: np.random.Generator) -> Samples:
    """The recording begins anywhere in the tone."""
    return sound[int(rng.uniform(0.3, 2.0) * RATE_HZ) :]


HARMS: Final[dict[str, Spoiler]] = {
    "clean": _level(-25.0, -8.0),
    "weak": _level(-40.0, -32.0),
    "-43 dBm0": _level(-43.0, -43.0),
    "noise 20 dB": _noise(20.0),
    "noise 10 dB": _noise(10.0),
    "line noise 10 dB": lambda sound, rng: spoil.coloured(sound, 10.0, rng),
    "weak and noise": lambda sound, rng: spoil.white(spoil.at_level(sound, -36.0), 12.0, rng),
    "hum": lambda sound, rng: spoil.hum(sound, spoil.loudness(sound) - rng.uniform(0.0, 12.0), rng),
    "clicks": lambda sound, rng: spoil.clicks(sound, 0.4, 20.0, rng),
    "A-law": lambda sound, rng: spoil.alaw(spoil.at_level(sound, rng.uniform(-38.0, -10.0))),
    "8 bits": lambda sound, rng: spoil.eight_bits(spoil.at_level(sound, rng.uniform(-28.0, -10.0))),
    "skew": lambda sound, rng: spoil.skewed(sound, rng.choice((-1.0, 1.0)) * rng.uniform(0.3, 1.0)),
    "skew 2 %": lambda sound, rng: spoil.skewed(sound, rng.choice((-2.0, 2.0))),
    "band": spoil.telephone_band,
    "echo": lambda sound, rng: spoil.echo(sound, rng.uniform(2.0, 60.0), rng.uniform(8.0, 15.0)),
    "speech 10 to 20 dB below": _speech_under(10.0, 20.0),
    "speech 6 to 10 dB below": _speech_under(6.0, 10.0),
    "music below": _music_under,
    "joined": _joined,
    "joined, noise": lambda sound, rng: spoil.white(_joined(sound, rng), 15.0, rng),
    "offset": lambda sound, rng: sound + rng.choice((-1.0, 1.0)) * rng.uniform(500.0, 3000.0),
    "clipped": lambda sound, rng: np.clip(sound, *(np.array((-0.6, 0.6)) * np.abs(sound).max())),
}


def _tones(country: Country) -> list[tuple[Heard, Tone]]:
    stutters = [] if country.recall_dial == country.dial else [(Heard.STUTTER, country.recall_dial)]
    congestion = [] if country.congestion == country.busy else [(Heard.CONGESTION, country.congestion)]
    return [
        (Heard.DIAL_TONE, country.dial),
        (Heard.RINGBACK, country.ringback),
        (Heard.BUSY, country.busy),
        *congestion,
        (Heard.SIT, country.sit),
        *stutters,
        *((also.heard, also.tone) for also in country.also),
    ]


def _off(tone: Tone, rng: np.random.Generator, *, cadence: float, hz: float) -> Tone:
    """The tone of an exchange whose cadence and, if it is a single tone, frequency are off."""
    ratio = 1.0 + rng.uniform(-cadence, cadence)
    lengths = tuple((round(on * ratio), round(off * ratio)) for on, off in tone.cadence)
    single = len(tone.frequencies) == 1
    shift = rng.uniform(-hz, hz) if single else 0.0
    return replace(tone, cadence=lengths, frequencies=tuple(each + shift for each in tone.frequencies))


def _sounded(tone: Tone, silence_s: float, rng: np.random.Generator) -> Samples:
    """The tone after some silence."""
    sound = ToneSource(tone, rng.uniform(-22.0, -12.0)).pull(round(_LENGTH_S * RATE_HZ))
    return np.concatenate((generate.silence(silence_s), sound))


def tones(each: int, seed: int, only: str = "") -> Iterator[Recording[Truth]]:
    """Every tone of every country, each kind of harm `each` times a country with tones drawn from it."""
    rng = np.random.default_rng((seed, 1))
    for country in COUNTRIES.values():
        for condition, harm in HARMS.items():
            for _ in range(each):
                choice = _tones(country)
                heard, tone = choice[rng.integers(len(choice))]
                tone = _off(tone, rng, cadence=float(rng.choice((0.0, 0.08))), hz=float(rng.choice((0.0, 15.0))))
                # Speech alone, before the tone, would be a voice.
                silence_s = 0.0 if "speech" in condition else float(rng.choice((0.0, 0.2, 1.0)))
                sound = harm(_sounded(tone, silence_s, rng), rng)
                if only in condition:
                    yield _recording(condition, sound, _truth(condition, heard, tone, country), rng)


def _truth(condition: str, heard: Heard, tone: Tone, country: Country) -> Truth:
    wanted, allowed = {heard}, {Heard.SILENCE}
    if heard is Heard.STUTTER:
        steady = tone.cadence[-1][1] == 0 and "joined" in condition
        (wanted if steady else allowed).add(Heard.DIAL_TONE)
    return Truth(frozenset(wanted), frozenset(allowed), country.code, told=f"{tone.frequencies} {tone.cadence}")


def _recording(condition: str, sound: Samples, truth: Truth, rng: np.random.Generator) -> Recording[Truth]:
    """With a breath of noise where there would be nothing, more often than not."""
    if rng.uniform() < 0.7:
        sound = sound + generate.noise(len(sound), rng.uniform(-70.0, -55.0), rng)
    return Recording(condition, spoil.to_int16(sound), truth)


def specials(each: int, seed: int) -> Iterator[Recording[Truth]]:
    """What a PBX does besides: dial tone that stops, one ring, four seconds of silence first, keys, faxes."""
    rng = np.random.default_rng((seed, 2))
    codes = list(COUNTRIES)
    for _ in range(each * 10):
        country = COUNTRIES[str(rng.choice(codes))]
        quiet = frozenset({Heard.SILENCE})
        level = rng.uniform(-30.0, -12.0)

        def made(
            condition: str, wanted: Heard | None, *parts: Samples, also: frozenset[Heard] = quiet
        ) -> Recording[Truth]:
            sound = np.concatenate((generate.silence(rng.uniform(0.0, 1.0)), *parts))
            sound = spoil.white(sound, rng.uniform(15.0, 40.0), rng)
            truth = Truth(frozenset({wanted} if wanted else ()), also, country.code)  # noqa: B023
            return _recording(condition, sound, truth, rng)

        dial = ToneSource(Tone(country.dial.frequencies), level).pull(int(rng.uniform(2.0, 4.0) * RATE_HZ))
        yield made("dial tone that stops", Heard.DIAL_TONE, generate.soften(dial), generate.silence(3.0))
        ring = ToneSource(country.ringback, level)
        period = sum(on + off for on, off in country.ringback.cadence) / 1000.0
        once = ring.pull(round((period - country.ringback.cadence[-1][1] / 1000.0 + 0.5) * RATE_HZ))
        hello = spoil.at_level(voices.greeting(rng), level)
        answered = quiet | {Heard.VOICE}
        yield made("one ring, answered", Heard.RINGBACK, once, hello, generate.silence(2.0), also=answered)
        ring = ToneSource(country.ringback, level).pull(8 * RATE_HZ)
        yield made("silence, then ringback", Heard.RINGBACK, generate.silence(4.0), ring)
        yield made("fax calls", Heard.FAX, generate.calling_fax(9.0, level))
        modern = bool(rng.integers(2))
        yield made(
            "fax answers",
            Heard.FAX,
            generate.answering_fax(rng.uniform(2.6, 4.0), level, modern=modern),
            generate.silence(1.0),
        )
        keys = "".join(rng.choice(list("0123456789*#"), 12))
        yield made("keys", None, generate.dtmf(keys, rng.uniform(50, 300), rng.uniform(50, 300), level))
        yield made("fast keys", None, generate.dtmf(keys, rng.uniform(40, 50), rng.uniform(30, 50), level))
        heard, tone = _tones(country)[rng.integers(1, 3)]
        stopped = ToneSource(tone, level).pull(int(rng.uniform(9.0, 13.0) * RATE_HZ))
        yield made(f"{heard.value} that stops", heard, stopped, generate.silence(1.0))
        yield made("data", None, _data(rng.uniform(1.0, 4.0), level, rng), generate.silence(0.5))
        yield made("silence", Heard.SILENCE, generate.noise(8 * RATE_HZ, rng.uniform(-75.0, -52.0), rng))
        beep = generate.tone([float(rng.uniform(800.0, 1500.0))], rng.uniform(0.2, 0.9), level)
        yield made("beep", None, generate.silence(0.5), beep, generate.silence(2.5))
        noise = generate.noise(6 * RATE_HZ, rng.uniform(-40.0, -20.0), rng)
        yield made("noise", None, noise)
        hum = spoil.hum(np.zeros(6 * RATE_HZ) + generate.noise(6 * RATE_HZ, -60.0, rng), rng.uniform(-35.0, -15.0), rng)
        yield made("hum", None, hum)
        click = spoil.clicks(generate.noise(8 * RATE_HZ, -50.0, rng), 0.5, 40.0, rng)
        yield made("clicks only", None, click)


def _data(seconds: float, level: float, rng: np.random.Generator) -> Samples:
    """A modem of 1200 bits a second."""
    mark, space = ((1200.0, 2200.0), (1300.0, 2100.0))[rng.integers(2)]
    bits = np.concatenate((np.resize((0, 1), 300), np.ones(180), rng.integers(0, 2, 6000)))
    bit = bits[(np.arange(round(seconds * RATE_HZ)) * 1200 // RATE_HZ) % len(bits)]
    phase = np.cumsum(np.where(bit > 0, mark, space)) * 2.0 * np.pi / RATE_HZ
    return spoil.at_level(np.sin(phase), level)


def people(each: int, seed: int) -> Iterator[Recording[Truth]]:
    """Voices, and music of several kinds, with nothing else on the line."""
    rng = np.random.default_rng((seed, 3))
    quiet = frozenset({Heard.SILENCE})
    codes = list(COUNTRIES)
    for _ in range(each * 10):
        code = str(rng.choice(codes))

        def made(condition: str, wanted: Heard, sound: Samples) -> Recording[Truth]:
            sound = spoil.at_level(sound, rng.uniform(-32.0, -10.0))
            sound = np.concatenate((generate.silence(rng.uniform(0.0, 1.0)), sound))
            sound = spoil.white(sound, rng.uniform(15.0, 45.0), rng)
            return _recording(condition, sound, Truth(frozenset({wanted}), quiet, code), rng)  # noqa: B023

        yield made("speech", Heard.VOICE, voices.talk(rng)[: 12 * RATE_HZ])
        pause = np.zeros(int(rng.uniform(0.5, 2.0) * RATE_HZ))
        yield made("greeting", Heard.VOICE, np.concatenate((voices.greeting(rng), pause)))
        yield made("whisper", Heard.VOICE, np.concatenate((voices.greeting(rng, whispered=True), pause)))
        yield made("hold music", Heard.MUSIC, voices.hold_music(12.0, rng))
        yield made("tune", Heard.MUSIC, voices.tune(12.0, rng))


def answers(each: int, seed: int) -> Iterator[Recording[Truth]]:
    """Somebody answers: the ringback stops, in a burst or in a pause, and a voice begins."""
    rng = np.random.default_rng((seed, 4))
    codes = list(COUNTRIES)
    for number in range(each * 20):
        country = COUNTRIES[str(rng.choice(codes))]
        level = rng.uniform(-28.0, -12.0)
        period = sum(on + off for on, off in country.ringback.cadence) / 1000.0
        rings = period * int(rng.integers(1, 3))
        kind = ("in a pause", "in a burst", "long hello", "whispered", "in noise", "weak")[number % 6]
        inside = rng.uniform(0.2, 0.9) * country.ringback.cadence[0][0] / 1000.0
        late = inside if kind == "in a burst" else rng.uniform(0.1, 0.9) * country.ringback.cadence[-1][1] / 1000.0
        if kind != "in a burst":
            late += (period - country.ringback.cadence[-1][1] / 1000.0) % period
        ring = ToneSource(country.ringback, level).pull(round((rings + late) * RATE_HZ))
        gap = generate.silence(float(rng.choice((0.0, 0.05, 0.3))))
        voice = {"long hello": voices.long_hello, "whispered": lambda rng: voices.greeting(rng, whispered=True)}.get(
            kind, voices.greeting
        )(rng)
        voice = spoil.at_level(voice, rng.uniform(-35.0, -28.0) if kind == "weak" else rng.uniform(-28.0, -10.0))
        if kind != "long hello" and rng.uniform() < 0.7:
            voice = np.concatenate((voice, generate.silence(rng.uniform(0.2, 0.8)), voice))
        sound = np.concatenate((ring, gap, voice, generate.silence(1.0)))
        sound = sound + generate.noise(len(sound), -45.0 if kind == "in noise" else -60.0, rng)
        truth = Truth(
            frozenset({Heard.VOICE}),
            frozenset({Heard.RINGBACK, Heard.SILENCE}),
            country.code,
            (len(ring) + len(gap)) / RATE_HZ,
        )
        yield Recording(f"answer {kind}", spoil.to_int16(sound), truth)


def corpus(each: int, seed: int) -> Iterator[Recording[Truth]]:
    """All of it."""
    yield from tones(each, seed)
    yield from specials(each, seed)
    yield from people(each, seed)
    yield from answers(each, seed)


Named = list[tuple[float, Heard]]
"""What a receiver has said, each with the seconds of sound that it was given before."""


def named(recording: Recording[Truth], *, any_country: bool = False) -> Named:
    """What ours says of it."""
    receiver = ProgressReceiver(None if any_country else COUNTRIES[recording.truth.country])
    sound = recording.samples
    return [
        (event.decided / RATE_HZ, event.heard)
        for start in range(0, len(sound), BLOCK)
        for event in receiver.feed(sound[start : start + BLOCK])
    ]


def verdict(recording: Recording[Truth], said: Named) -> str:
    """`right`, `nothing` or `WRONG`."""
    truth = recording.truth
    heard = {name for _, name in said}
    if heard - truth.wanted - truth.allowed:
        return "WRONG"
    return "right" if heard & truth.wanted or not truth.wanted else "nothing"


def main() -> int:
    """Measure, and print a line a condition."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--each", type=int, default=1, help="recordings a country and condition (1)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--any", action="store_true", help="do not tell the country")
    options.add_argument("--worst", action="store_true", help="list what went wrong")
    options.add_argument("--only", default="", help="conditions that contain this")
    chosen = options.parse_args()
    counts: dict[str, dict[str, int]] = {}
    waits: list[float] = []
    audio_s = spent_s = 0.0
    for recording in corpus(chosen.each, chosen.seed):
        if chosen.only not in recording.condition:
            continue
        began = time.process_time()
        said = named(recording, any_country=chosen.any)
        spent_s += time.process_time() - began
        audio_s += len(recording.samples) / RATE_HZ
        found = verdict(recording, said)
        row = counts.setdefault(recording.condition, {"right": 0, "nothing": 0, "WRONG": 0})
        row[found] += 1
        if recording.truth.voice_s is not None:
            after = [moment for moment, name in said if name is Heard.VOICE and moment > recording.truth.voice_s]
            waits.append(after[0] - recording.truth.voice_s if after else np.inf)
        late = bool(waits) and recording.truth.voice_s is not None and waits[-1] > _ANSWERED_WITHIN_S
        if chosen.worst and (found != "right" or late):
            told = ", ".join(f"{moment:.2f} {name.name}" for moment, name in said)
            wanted = "/".join(name.name for name in recording.truth.wanted) or "nothing"
            sys.stdout.write(
                f"{recording.condition} {recording.truth.country} {wanted} {recording.truth.told}"
                f" {recording.truth.voice_s or ''}: {told}\n"
            )
    for condition, row in counts.items():
        sys.stdout.write(f"{condition:<28}" + "".join(f"{row[key]:6d} {key}" for key in row) + "\n")
    total = {key: sum(row[key] for row in counts.values()) for key in ("right", "nothing", "WRONG")}
    sys.stdout.write(f"{'all':<28}" + "".join(f"{total[key]:6d} {key}" for key in total) + "\n")
    if waits:
        middle, most = np.percentile(waits, 50), np.percentile(waits, 95)
        soon = np.mean(np.array(waits) <= _ANSWERED_WITHIN_S)
        sys.stdout.write(f"answers within {_ANSWERED_WITHIN_S} s: {soon:.1%}; half {middle:.2f} s, 95 % {most:.2f} s\n")
    sys.stdout.write(f"{1e6 * spent_s / (audio_s * 50.0):.0f} us for 20 ms\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
