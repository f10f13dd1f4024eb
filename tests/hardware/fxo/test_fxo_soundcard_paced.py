"""A line on a sound card that keeps its own pace: a PulseAudio of the test's own, reached through ALSA and PortAudio.

On a machine that is too busy to keep the pace there are gaps, and the card must know of them: so the tests judge what
was said and heard together with the counts, never the time it took.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from appliance.clock import SystemClock, Waiter
from appliance.faults import LineFault
from bench.sound import gaps, tone
from bench.soundserver import SoundServer, missing
from hardware.fxo import soundlink
from hardware.fxo.card import CardTally
from hardware.fxo.soundcard import AlsaCard
from hardware.instrument import Samples

SAID_HZ, HEARD_HZ = 1013.0, 713.0
SECONDS = 5
LOUD = 4000
TRIES = 3
"""The sound server is a program, too: on a busy machine it loses sound by itself, of which no card can know."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    if lacking := missing():
        pytest.skip(f"this machine lacks {', '.join(lacking)}: sudo apt-get install pulseaudio libasound2-plugins")
    server = SoundServer(tmp_path)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(soundlink, "GONE_S", 10.0)  # a machine may be busy for longer than a card may be silent
    with server:
        yield server


@pytest.fixture
def waiter() -> Iterator[Waiter]:
    waiter = SystemClock().waiter("line")
    yield waiter
    waiter.close()


def talk(card: AlsaCard, waiter: Waiter, samples: int) -> tuple[Samples, CardTally]:
    """Speak a tone of so many samples and then silence, until it has been said; what was heard meanwhile."""
    speaks = np.concatenate((tone(0, samples, SAID_HZ), np.zeros(8000, np.int16)))
    heard: list[Samples] = []
    while len(speaks) > 4000:
        waiter.wait(SystemClock().now() + 5.0)
        heard.append(card.heard())
        count = card.room()
        card.speak(speaks[:count])
        speaks = speaks[count:]
    card.flush()
    return np.concatenate(heard), card.tally


def unexplained_gaps(card: AlsaCard, server: SoundServer, waiter: Waiter) -> int:
    """Speak and hear a tone at once, and count the gaps in the two that the card does not account for."""
    far_end = server.record()
    card.open(waiter)
    before = card.tally
    server.play(tone(0, 8000 * (SECONDS + 5), HEARD_HZ))
    heard, tally = talk(card, waiter, 8000 * SECONDS)
    card.close()
    said = far_end.stop()
    assert np.count_nonzero(np.abs(said) > LOUD) == pytest.approx(8000 * SECONDS * 2 / 3, rel=0.03)
    assert abs(tally.drift_ppm) < 1000.0
    in_said = gaps(said, SAID_HZ) if tally.underruns == before.underruns else 0
    return in_said + (gaps(heard, HEARD_HZ) if tally.overruns == before.overruns else 0)


@pytest.mark.parametrize(
    "card",
    [
        pytest.param(AlsaCard("codec", rates_hz=(8000,)), id="one card at 8000 Hz"),
        pytest.param(AlsaCard("speaker", "microphone", rates_hz=(48000,)), id="two cards at 48000 Hz"),
    ],
)
def test_a_tone_of_five_seconds_each_way_has_no_gap_that_the_card_does_not_know_of(
    card: AlsaCard, server: SoundServer, waiter: Waiter
) -> None:
    tries = (unexplained_gaps(card, server, waiter) for _ in range(TRIES))
    assert any(count == 0 for count in tries), "in every try there was a gap of which the card does not know"


def test_a_card_whose_server_dies_is_gone_and_comes_back_with_it(server: SoundServer, waiter: Waiter) -> None:
    card = AlsaCard("codec")
    card.open(waiter)
    server.stop()
    with pytest.raises(LineFault, match="has stopped"):
        while True:
            waiter.wait(SystemClock().now() + 5.0)
            card.heard()
    with pytest.raises(LineFault, match="is not there"):
        card.open(waiter)
    server.start()
    card.open(waiter)
    heard, _ = talk(card, waiter, 800)
    card.close()
    assert len(heard) > 800
