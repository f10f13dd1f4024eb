"""The receiver itself: puts together what tones, voices, music and silence say, and answers with events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from appliance.acts import Heard
from appliance.signals.countries import COUNTRIES, Country
from appliance.signals.levels import FLOOR_DBM0, RATE_HZ, Block, level, power
from appliance.signals.progress.cadences import Learned, patterns_of
from appliance.signals.progress.frames import TOGETHER, Batch, Frames
from appliance.signals.progress.sounds import Sounds
from appliance.signals.progress.tones import Tones

_SOUND_POWER: Final = power(-45.0)
_WAIT_FOR_TONE: Final = RATE_HZ // 2
_WAIT_FOR_PAUSE: Final = RATE_HZ * 28 // 100
"""How long a voice must have been there before it is named, if a tone may be about to begin or to go on."""
_GO_ON: Final = frozenset(Heard) - {Heard.RINGBACK, Heard.VOICE, Heard.MUSIC, Heard.SILENCE}
"""While these are due to go on, whatever is heard in their pauses is under them. A ringback may be answered."""


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """What the far end sounds like from now on.

    `decided`: how much sound had to be given to be certain, in samples since the start; `at` is the same moment.
    """

    heard: Heard
    at: int
    decided: int


class ProgressReceiver:
    """Feed it what the line says. An event comes when something is first named and whenever that changes.

    `country` says whose tones there are; `None`: any that we know, with `countries` saying whose fit. Tones `learned`
    from this PBX come before those of the country. `reset()` when the question changes, as after dialling: what was
    heard before says nothing about the answer.
    """

    def __init__(self, country: Country | None, learned: Sequence[Learned] = ()) -> None:
        countries = tuple(COUNTRIES.values()) if country is None else (country,)
        tables = [pattern for each in countries for pattern in patterns_of(each)]
        self._tones = Tones(
            [*(tone.pattern for tone in learned), *tables], {pair for each in countries for pair in _alternating(each)}
        )
        self._frames = Frames()
        self._now = 0
        self.reset()

    def reset(self) -> None:
        """Forget everything that was heard; positions go on."""
        self._tones.start_over()
        self._sounds = Sounds()
        self._named: Heard | None = None
        self._voice_at: int | None = None
        self._since = self._now
        self._last_sound = self._now
        self._level_dbm0 = FLOOR_DBM0
        self._fitting: dict[str, float] = {}

    # ---------------------------------------------------------------- what the line asks

    @property
    def tone_s(self) -> float:
        """For how long the tone that is on at present has been on; 0 between bursts. Names nothing yet, but hints."""
        return self._tones.tone_s

    @property
    def tone_frequencies(self) -> tuple[float, ...]:
        """The frequencies in the tables of the tone that is on at present, in Hz."""
        return self._tones.frequencies

    @property
    def quiet_s(self) -> float:
        """Seconds since any tone was heard, or since `reset`."""
        if self._tones.tone_s:
            return 0.0
        return max(0.0, min(self._now - self._since, self._now - self._tones.last_tone_s * RATE_HZ) / RATE_HZ)

    @property
    def silent_s(self) -> float:
        """Seconds since anything louder than line noise (-45 dBm0) was heard."""
        return (self._now - self._last_sound) / RATE_HZ

    @property
    def level_dbm0(self) -> float:
        """How loud it was in the newest 40 ms, from 280 to 3400 Hz."""
        return self._level_dbm0

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries whose tables fit best the tones that were named, the best first."""
        best = max(self._fitting.values(), default=0.0)
        fitting = sorted(self._fitting.items(), key=lambda fit: -fit[1])
        return tuple(code for code, score in fitting if score > 0.5 * best)

    # ---------------------------------------------------------------- piece by piece

    def feed(self, block: Block) -> list[ProgressEvent]:
        """What `block`, of any length, made certain. What is no number in it counts as silence.

        Raises `ValueError` unless the block has one dimension.
        """
        events = []
        for batch, given in self._frames.feed(block):
            self._now = given
            heard = self._hear(batch)
            if heard is not None and heard is not self._named:
                self._named = heard
                events.append(ProgressEvent(heard, given, given))
        return events

    def _hear(self, batch: Batch) -> Heard | None:
        """Take four frames; what has become certain in them."""
        loudness = sum(batch.band) / TOGETHER
        self._level_dbm0 = level(loudness)
        if loudness > _SOUND_POWER:
            self._last_sound = self._now
        tones, sounds = self._tones, self._sounds
        tone = tones.feed(batch, self._frames)
        sounds.mask(tones.newly_s)
        sounds.feed(batch, tones.in_tone, tones.under, tones.told, self._frames)
        if tone is None:
            return self._sound()
        if tone is not self._named:
            for fit in tones.fits:
                for code in fit.pattern.where:
                    self._fitting[code] = self._fitting.get(code, 0.0) + fit.vote / len(fit.pattern.where)
        return None if tone is Heard.DIAL_TONE and self._named is Heard.STUTTER else tone

    def _sound(self) -> Heard | None:
        """No tone was named just now: is there a voice, music, or nothing?"""
        sounds, tones = self._sounds, self._tones
        if not sounds.fresh or (self._named in _GO_ON and tones.lives(self._named)):
            return None
        if self._is_answered():
            self._voice_at = None
            tones.answered()
            return Heard.VOICE
        if self._named is not Heard.MUSIC and not tones.in_tone and sounds.is_music(self._frames):
            return Heard.MUSIC
        last_s = max(tones.last_tone_s, tones.last_single_s)
        since_s = self._now / RATE_HZ - last_s if last_s else float("inf")
        return Heard.SILENCE if sounds.is_silence(since_s) else None

    def _is_answered(self) -> bool:
        """Is there a voice? Before anything is named it may be under a tone that is about to begin, or in its pause."""
        tones, sounds = self._tones, self._sounds
        if tones.in_tone or tones.suspects:
            self._voice_at = None
            return False
        if sounds.is_voice(after_music=self._named is Heard.MUSIC):
            if self._named not in (None, Heard.SILENCE) or tones.rings:
                return True
            self._voice_at = self._voice_at or self._now
        if self._voice_at is None:
            return False
        if tones.last_tone_s * RATE_HZ > self._voice_at or sounds.is_doubtful:
            self._voice_at = None
            return False
        return self._now - self._voice_at >= (_WAIT_FOR_PAUSE if tones.told else _WAIT_FOR_TONE)


def _alternating(country: Country) -> set[tuple[float, float]]:
    """Pairs of frequencies of which a stutter dial tone loses the first now and then."""
    return {(also.tone.frequencies[0], also.tone.frequencies[1]) for also in country.also if also.tone.one_less}
