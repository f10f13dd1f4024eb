"""The sound card of an FXO HAT: what it hears as samples at 8000 a second, and room for what it is to say.

* PortAudio runs in a process of its own; `hardware.fxo.soundprocess` says why.
* What is heard is taken as it comes, and what is said is handed over as the card asks for it, so that the card's clock,
  fast or slow, leads both; nothing piles up or runs dry in hours. Where two cards with two clocks hear and speak,
  the hearing is bent to the clock of the speaking (`hardware.fxo.drift`).
* A card that cannot do 8000 samples a second runs at a rate it can, and the sound is converted here.
* Sound that was lost is replaced by as much silence, so that what is heard keeps its time.
"""

from __future__ import annotations

import logging
import sys
import time
from typing import Final

import numpy as np

from appliance.clock import Waiter
from appliance.faults import LineFault
from appliance.signals.levels import RATE_HZ
from appliance.signals.resample import Resampler
from hardware.fxo.card import CardTally
from hardware.fxo.drift import Follower, RateMeter
from hardware.fxo.lead import Lead
from hardware.fxo.soundlink import SoundLink
from hardware.fxo.soundwire import Channel, Report, Wish
from hardware.instrument import Samples

log = logging.getLogger(__name__)

RATES_HZ: Final = (RATE_HZ, 16000, 48000, 44100, 32000, 96000)
"""What is tried, best first: no conversion, then the cheaper ones."""
SWITCH_S: Final = 0.001
"""How long a thread that computes keeps Python's lock from the line. Python's own 5 ms, waited for several times on the
way of a block, made two to ten times as many gaps beside two such threads (`python -m bench.sound --busy`)."""
USUAL_OF: Final = 100


class AlsaCard:
    """The card `device`, or two: one that speaks, and `hears_from`. `hardware.fxo.cardnames` tells which names do."""

    def __init__(
        self,
        device: str,
        hears_from: str | None = None,
        *,
        speak_channel: Channel = Channel.ONLY,
        hear_channel: Channel = Channel.ONLY,
        rates_hz: tuple[int, ...] = RATES_HZ,
    ) -> None:
        self._wish = Wish(device, hears_from or device, speak_channel, hear_channel, rates_hz)
        self._run: _Run | None = None

    def open(self, waiter: Waiter) -> None:
        """Start both directions; from now on silence is said where nothing else is handed over.

        Raises:
            LineFault: there is no such card, it is in use, or it cannot be had; the advice says what to do.
        """
        self.close()
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_S))
        self._run = _Run(self._wish, waiter)

    def close(self) -> None:
        """Stop both. Raises nothing; a second time changes nothing."""
        run, self._run = self._run, None
        if run is not None:
            run.link.close()

    def heard(self) -> Samples:
        """All that was heard since the last call; empty if that is nothing. Never waits.

        Raises:
            LineFault: the card has gone, which is noticed within a second (and rings the waiter).
        """
        return self._running.heard()

    def room(self) -> int:
        """How many samples to hand over now, so that neither silence nor more than the latency limit arises."""
        return self._running.room()

    def speak(self, samples: Samples) -> None:
        """Hand over samples to be said next; a card that runs out of them says silence and counts it, until `flush`."""
        self._running.speak(samples)

    def flush(self) -> None:
        """Throw away what was handed over and is not said yet; silence is as it should be from now on."""
        self._running.flush()

    def unspoken(self) -> int:
        """Samples that were handed over and are not said yet, those in the card itself included."""
        return self._running.unspoken()

    @property
    def tally(self) -> CardTally:
        """How it has fared since it was opened; latencies are the usual ones of the last seconds."""
        return self._run.tally() if self._run is not None else CardTally()

    @property
    def _running(self) -> _Run:
        if self._run is None:
            raise LineFault(f"the sound card '{self._wish.speaks_on}' is closed")
        return self._run


class _Run:
    """A card from its opening to its closing."""

    def __init__(self, wish: Wish, waiter: Waiter) -> None:
        self.link = SoundLink(wish, waiter)
        speak_hz, hear_hz = self.link.opened.speak_hz, self.link.opened.hear_hz
        log.info("%s speaks at %d Hz, %s hears at %d Hz", wish.speaks_on, speak_hz, wish.hears_from, hear_hz)
        two_clocks = wish.hears_from != wish.speaks_on
        self._speak_hz = speak_hz
        self._to_card = Resampler(RATE_HZ, speak_hz) if speak_hz != RATE_HZ else None
        self._from_card = Resampler(hear_hz, RATE_HZ) if hear_hz != RATE_HZ or two_clocks else None
        self._follower = Follower() if two_clocks else None
        self._meter = RateMeter(hear_hz)
        self._lead = Lead(speak_hz)
        self._produced = 0
        self._overruns = self._mishaps = 0
        self._heard_latency, self._spoken_latency = _Usual(), _Usual()

    def heard(self) -> Samples:
        parts = [np.zeros(0, np.int16)]
        for report, sound in self.link.fetch():
            if report.lost:
                parts.append(self._convert(np.zeros(report.lost, np.int16)))
            parts.append(self._convert(np.frombuffer(sound, np.int16)))
            self._measure(report)
        return np.concatenate(parts)

    def _convert(self, block: Samples) -> Samples:
        samples = block if self._from_card is None else self._from_card.feed(block)
        self._produced += len(samples)
        return samples

    def _measure(self, report: Report) -> None:
        self._heard_latency.saw(time.monotonic() - report.heard_at + _delay_s(self._from_card))
        self._start_over_after_mishaps(report)
        self._meter.count(report.heard, report.counted_at)
        if self._follower is not None and self._from_card is not None:
            said_s = report.said / self._speak_hz + report.counted_at - report.said_at
            self._follower.saw(self._produced - said_s * RATE_HZ, report.counted_at)
            self._from_card.bend(self._follower.ppm)

    def _start_over_after_mishaps(self, report: Report) -> None:
        """Where samples were lost, what was counted before says nothing of what comes."""
        mishaps = report.overruns + report.underruns
        if report.overruns != self._overruns:
            self._meter.restart()
        if mishaps != self._mishaps and self._follower is not None:
            self._follower.restart()
        self._overruns, self._mishaps = report.overruns, mishaps

    def room(self) -> int:
        self.link.check()
        return self._lead.room(self.link.report)

    def speak(self, samples: Samples) -> None:
        sound = samples if self._to_card is None else self._to_card.feed(samples)
        if not len(sound):
            return
        self.link.speak(sound.astype(np.int16).tobytes())
        ahead_s = self._lead.hand_over(len(sound), self.link.report, time.monotonic())
        self._spoken_latency.saw(ahead_s + _delay_s(self._to_card))

    def flush(self) -> None:
        self.link.flush()
        self._lead.flush(self.link.report)

    def unspoken(self) -> int:
        return self._lead.unspoken(time.monotonic())

    def tally(self) -> CardTally:
        return CardTally(
            overruns=self.link.overruns,
            underruns=self.link.report.underruns,
            drift_ppm=self._meter.ppm,
            heard_latency_s=self._heard_latency.value,
            spoken_latency_s=self._spoken_latency.value,
        )


def _delay_s(resampler: Resampler | None) -> float:
    return resampler.delay_s if resampler is not None else 0.0


class _Usual:
    """The mean of about the last `USUAL_OF` values: what is rare is told by the counts."""

    def __init__(self) -> None:
        self.value = 0.0
        self._seen = 0

    def saw(self, value: float) -> None:
        self._seen = min(self._seen + 1, USUAL_OF)
        self.value += (value - self.value) / self._seen
