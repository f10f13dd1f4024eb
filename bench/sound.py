"""How the sound of an FXO HAT fares on a paced sound server: `python -m bench.sound [--seconds S] [--busy]`.

A card that hears itself tells the way there and back together, from handing a sample over until it is fetched again;
pieces of tone tell every gap. With `--busy`, two threads of the same program compute all the while, as the engine and
the web page do at their worst.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.clock import SystemClock
from appliance.faults import LineFault
from bench.soundserver import RATE_HZ, Samples, SoundServer, missing
from hardware.fxo.card import CardTally
from hardware.fxo.soundcard import AlsaCard

TONE_HZ = 1013.0
LOUD = 8000.0
BLOCK_S = 0.005
"""A gap of half of that is seen, and any jump of phase."""
GAP_BLOCKS = 2
"""The begin and the end of one gap are not further apart from what is bad between them."""


def tone(start: int, count: int, hz: float = TONE_HZ) -> Samples:
    """A piece of an endless tone."""
    exact = LOUD * np.sin(2 * np.pi * hz / RATE_HZ * np.arange(start, start + count))
    return np.asarray(np.rint(exact), np.int16)


def gaps(sound: Samples, hz: float = TONE_HZ, rate_hz: int = RATE_HZ) -> int | None:
    """How often a tone is interrupted or jumps, ends not counted; `None` where there is none.

    Blocks of 5 ms are turned back by the tone, and stand still while it goes on.
    """
    block = round(BLOCK_S * rate_hz)
    loud = np.nonzero(np.abs(sound.astype(np.int32)) > LOUD / 2)[0]
    if not len(loud):
        return None
    inner = sound[loud[0] + block : loud[-1] - block].astype(np.float64)
    inner = inner[: len(inner) // block * block]
    turned = inner * np.exp(-2j * np.pi * hz / rate_hz * np.arange(len(inner)))
    blocks = turned.reshape(-1, block).mean(axis=1) * 2 / LOUD
    bad = (np.abs(blocks[1:]) < 0.75) | (np.abs(np.angle(blocks[1:] * blocks[:-1].conj())) > 0.15)
    places = np.nonzero(bad)[0]
    return int(np.count_nonzero(np.diff(places) > GAP_BLOCKS)) + bool(len(places))


class Loop:
    """A line that says a tone with a mark in it now and then, and hears itself."""

    def __init__(self, card: AlsaCard) -> None:
        self._card = card
        self._said = 0
        self._marks: list[tuple[int, float]] = []
        self.trips_s: list[float] = []
        self.heard: list[Samples] = []
        self.tally = CardTally()

    def run(self, seconds: float) -> None:
        """Speak and hear; every half second 10 ms of the tone are louder."""
        waiter = SystemClock().waiter("bench")
        self._card.open(waiter)
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            waiter.wait(now + 0.1)
            self._listen(self._card.heard())
            if room := self._card.room():
                self._speak(room)
        self.tally = self._card.tally
        self._card.close()
        waiter.close()

    def _speak(self, count: int) -> None:
        sound = tone(self._said, count)
        if self._said // 4000 != (self._said + count) // 4000:
            sound = np.clip(sound * 3, -32768, 32767).astype(np.int16)
            self._marks.append((self._said, time.monotonic()))
        self._said += count
        self._card.speak(sound)

    def _listen(self, sound: Samples) -> None:
        now = time.monotonic()
        if len(sound):
            self.heard.append(np.clip(sound, -LOUD, LOUD).astype(np.int16))
        places = np.nonzero(np.abs(sound.astype(np.int32)) > LOUD * 1.5)[0]
        if len(places) and self._marks:
            self.trips_s.append(now - self._marks[0][1])
            self._marks.clear()


def compute(until: threading.Event) -> None:
    """Hold Python's lock as much as one thread can."""
    while not until.is_set():
        sum(range(10_000))


def measure(seconds: float, busy: bool, rates_hz: tuple[int, ...]) -> str:
    """One row of the table."""
    stop = threading.Event()
    workers = [threading.Thread(target=compute, args=(stop,)) for _ in range(2 if busy else 0)]
    for worker in workers:
        worker.start()
    card = AlsaCard("parrot", rates_hz=rates_hz)
    loop = Loop(card)
    began_s = time.process_time()
    try:
        loop.run(seconds)
    except LineFault as gone:  # the machine was so busy that the server stood still
        card.close()
        return f"{rates_hz[0]:6d} Hz  {gone.problem}\n"
    finally:
        used_s = time.process_time() - began_s
        stop.set()
        for worker in workers:
            worker.join()
    tally = loop.tally
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    trips: NDArray[np.float64] = np.array(loop.trips_s or [np.nan]) * 1000
    return (
        f"{rates_hz[0]:6d} Hz{' busy' if busy else '     '}  there and back {np.median(trips):4.0f} ms,"
        f" p99 {np.percentile(trips, 99):4.0f}; gaps {gaps(np.concatenate(loop.heard))},"
        f" underruns {tally.underruns}, overruns {tally.overruns}; drift {tally.drift_ppm:+.0f} ppm;"
        f" the line {used_s / seconds * 100:.1f} % of a core,"
        f" all processes so far {child.ru_utime + child.ru_stime:.1f} s, {child.ru_maxrss // 1024} MB\n"
    )


def main() -> int:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=30.0, help="for each row (30)")
    options.add_argument("--busy", action="store_true", help="with two threads that compute")
    chosen = options.parse_args()
    if lacking := missing():
        sys.stdout.write(f"not here: {', '.join(lacking)}\n")
        return 1
    with tempfile.TemporaryDirectory() as folder, SoundServer(Path(folder)) as server:
        os.environ.update(server.environment)
        for rate_hz in (8000, 48000, 44100):
            sys.stdout.write(measure(chosen.seconds, chosen.busy, (rate_hz,)))
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
