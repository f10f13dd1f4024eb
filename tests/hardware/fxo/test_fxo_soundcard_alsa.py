"""The very code path of the Pi on real ALSA without a sound card: PortAudio opens files over nothing.

The files are pipes, and the test is the clock of the card (`bench.pipedcard`), so that nothing depends on how busy the
machine is.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from appliance.clock import SystemClock, Waiter
from appliance.faults import LineFault
from appliance.signals.levels import RATE_HZ
from bench.pipedcard import BLOCK, PipedCard, missing
from bench.sound import gaps
from hardware.fxo import soundlink
from hardware.fxo.card import CardTally
from hardware.fxo.soundcard import AlsaCard
from hardware.fxo.soundwire import Channel
from hardware.instrument import Samples


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PipedCard]:
    if missing():
        pytest.skip(f"this machine lacks PortAudio: sudo apt-get install {missing()}")
    world = PipedCard(tmp_path)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(world.configuration))
    monkeypatch.setattr(soundlink, "GONE_S", 30.0)  # this card stands still whenever the test does
    yield world
    world.close()


@pytest.fixture
def waiter() -> Iterator[Waiter]:
    waiter = SystemClock().waiter("line")
    yield waiter
    waiter.close()


class Line:
    """A line that speaks and hears on `card`, a block of the card's time after the other."""

    def __init__(self, world: PipedCard, card: AlsaCard, waiter: Waiter, rate_hz: int = RATE_HZ) -> None:
        self._world, self._card, self._waiter = world, card, waiter
        self._block = BLOCK * rate_hz // RATE_HZ
        self._fed = self._heard = 0
        self._held_back = 0 if rate_hz == RATE_HZ else BLOCK
        card.open(waiter)

    def run(self, speaks: Samples, hears: Samples) -> Samples:
        """Speak (and then silence) and hear (frames at the card's rate) as long as `hears` is; what was heard."""
        speaks = np.concatenate((speaks, np.zeros(len(hears), np.int16)))
        heard: list[Samples] = []
        for block in np.split(hears, range(self._block, len(hears), self._block)):
            room = self._card.room()
            self._card.speak(speaks[:room])
            speaks = speaks[room:]
            self._world.hear(block)
            self._fed += BLOCK
            while self._heard < self._fed - self._held_back:
                self._waiter.wait(SystemClock().now() + 5.0)
                heard.append(self._card.heard())
                self._heard += len(heard[-1])
            self._world.take(self._block)
        return np.concatenate(heard)


def random_sound(count: int) -> Samples:
    """Something that never repeats and is never silent."""
    return np.random.default_rng(1).integers(1000, 20000, count).astype(np.int16)


def without_silence(said: Samples) -> Samples:
    [loud] = np.nonzero(said)
    return said[loud[0] : loud[-1] + 1]


def test_what_is_said_and_heard_goes_through_bit_by_bit_without_a_gap(world: PipedCard, waiter: Waiter) -> None:
    card, speaks, hears = AlsaCard("codec", rates_hz=(RATE_HZ,)), random_sound(12_000), random_sound(16_000)
    heard = Line(world, card, waiter).run(speaks, hears)
    tally = card.tally
    card.close()
    assert np.array_equal(without_silence(world.said()[:, 0]), speaks)
    assert np.array_equal(heard, hears[: len(heard)])
    assert (tally.underruns, tally.overruns) == (0, 0)


def test_what_is_flushed_is_not_said_and_what_follows_is(world: PipedCard, waiter: Waiter) -> None:
    card = AlsaCard("codec", rates_hz=(RATE_HZ,))
    line, first, second = Line(world, card, waiter), random_sound(3000), -random_sound(1000)
    line.run(first, np.zeros(1600, np.int16))
    card.flush()
    line.run(second, np.zeros(6000, np.int16))
    tally = card.tally
    card.close()
    said = world.said()[:, 0]
    assert np.count_nonzero(said > 500) < 2500
    [ours] = np.nonzero(said < -500)
    assert np.array_equal(said[: ours[-1] + 1][-900:], second[-900:])
    assert tally.underruns == 0


def test_a_line_that_comes_late_leaves_silence_and_every_gap_is_counted(world: PipedCard, waiter: Waiter) -> None:
    card = AlsaCard("codec", rates_hz=(RATE_HZ,))
    line, sound = Line(world, card, waiter), random_sound(9000)
    for part in np.split(sound, 3):
        line.run(part[:2600], np.zeros(2400, np.int16))
        world.take(1000)  # meanwhile the line does not come by
    line.run(random_sound(0), np.zeros(800, np.int16))
    tally = card.tally
    card.close()
    assert tally.underruns >= 3, "a busy machine makes two of one gap now and then"


def test_sound_that_nobody_fetches_is_lost_in_the_end_and_what_comes_later_keeps_its_time(
    world: PipedCard, waiter: Waiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundlink, "KEPT_S", 0.1)
    card, hears = AlsaCard("codec", rates_hz=(RATE_HZ,)), random_sound(8000)
    card.open(waiter)
    heard: list[Samples] = []
    for number, block in enumerate(np.split(hears, 50)):
        world.hear(block)
        waiter.wait(SystemClock().now() + 5.0)
        world.take(len(block))
        if number > 25:  # until then the line hangs
            heard.append(card.heard())
    tally = card.tally
    card.close()
    came = np.concatenate(heard)
    assert tally.overruns == 1
    assert np.array_equal(came[:800], hears[:800])
    assert np.count_nonzero(came == 0) > 2000
    assert np.array_equal(came[-2000:], hears[: len(came)][-2000:])


@pytest.mark.parametrize(("channel", "place"), [(Channel.LEFT, 0), (Channel.RIGHT, 1)])
def test_a_line_on_one_channel_of_a_stereo_card_leaves_the_other_alone(
    world: PipedCard, waiter: Waiter, channel: Channel, place: int
) -> None:
    card = AlsaCard("codec", speak_channel=channel, hear_channel=channel, rates_hz=(RATE_HZ,))
    speaks, hears = random_sound(1000), random_sound(6000)
    both = np.zeros((6000, 2), np.int16)
    both[:, place], both[:, 1 - place] = hears, 31000
    line = Line(world, card, waiter)
    heard = line.run(speaks, both)
    card.close()
    written = world.said(channels=2)
    assert not written[:, 1 - place].any()
    assert np.array_equal(without_silence(written[:, place]), speaks)
    assert np.array_equal(heard, hears[: len(heard)])


@pytest.mark.parametrize("card_hz", [16000, 44100, 48000])
def test_a_card_of_another_rate_speaks_and_hears_the_same_tones(world: PipedCard, waiter: Waiter, card_hz: int) -> None:
    def tone(hz: float, rate_hz: int) -> Samples:
        return np.asarray(np.rint(12000 * np.sin(2 * np.pi * hz / rate_hz * np.arange(rate_hz))), np.int16)

    card = AlsaCard("codec", rates_hz=(1, card_hz))
    heard = Line(world, card, waiter, card_hz).run(tone(1013.0, RATE_HZ), tone(700.0, card_hz))
    tally = card.tally
    card.close()
    said = without_silence(world.said()[:, 0])
    assert gaps(said, 1013.0, card_hz) == 0
    assert gaps(heard, 700.0, RATE_HZ) == 0
    assert (tally.underruns, tally.overruns) == (0, 0)


# ---------------------------------------------------------------- what can go wrong


def complaint(card: AlsaCard, waiter: Waiter) -> LineFault:
    with pytest.raises(LineFault) as caught:
        card.open(waiter)
    return caught.value


def test_a_card_that_is_not_there_is_named_with_those_that_are(world: PipedCard, waiter: Waiter) -> None:
    fault = complaint(AlsaCard("Scarlett"), waiter)
    assert fault.problem == "the sound card 'Scarlett' is not there"
    assert "codec" in fault.advice


def test_the_card_that_hears_is_named_when_it_is_the_one_that_is_missing(world: PipedCard, waiter: Waiter) -> None:
    assert "'nowhere'" in complaint(AlsaCard("codec", "nowhere"), waiter).problem


def test_a_card_that_takes_no_rate_of_ours_is_told_apart_from_one_that_is_missing(
    world: PipedCard, waiter: Waiter
) -> None:
    fault = complaint(AlsaCard("codec", rates_hz=(1,)), waiter)
    assert fault.problem == "the sound card 'codec' works at none of the rates that we use"
    assert "Use another sound card" in fault.advice


def test_a_name_that_fits_several_cards_needs_more_letters(world: PipedCard, waiter: Waiter) -> None:
    fault = complaint(AlsaCard("cod"), waiter)
    assert fault.problem == "several sound cards fit 'cod'"
    assert "one of these: codec; codec2" in fault.advice


def test_nothing_of_a_card_outlives_its_closing(world: PipedCard, waiter: Waiter) -> None:
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))

    files, threads = open_files(), threading.active_count()
    card = AlsaCard("codec")
    for _ in range(2):
        card.open(waiter)
        card.close()
    card.close()
    complaint(AlsaCard("Scarlett"), waiter)
    assert (open_files(), threading.active_count()) == (files, threads)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_card_that_falls_silent_is_noticed_its_process_ended_and_it_can_be_opened_again(
    world: PipedCard, waiter: Waiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PortAudio says nothing of a card that was unplugged, and may never come back: so its process stops dead here."""
    monkeypatch.undo()
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(world.configuration))
    card = AlsaCard("codec")
    card.open(waiter)
    process = only_child()
    os.kill(process, signal.SIGSTOP)
    fault = until_gone(card, waiter)
    assert "'codec' has stopped" in fault.problem
    assert "plug" in fault.advice
    card.close()
    assert not Path(f"/proc/{process}").exists()
    card.open(waiter)
    card.heard()
    card.close()


def test_a_process_that_dies_is_a_card_that_has_gone(world: PipedCard, waiter: Waiter) -> None:
    card = AlsaCard("codec")
    card.open(waiter)
    os.kill(only_child(), signal.SIGKILL)
    until_gone(card, waiter)
    for use in (card.heard, card.room, card.flush, lambda: card.speak(np.zeros(80, np.int16))):
        with pytest.raises(LineFault):
            use()
    card.close()
    assert card.tally == CardTally()


@pytest.mark.parametrize("wish_to_end", [signal.SIGINT, signal.SIGTERM])
def test_sound_goes_on_while_a_program_that_was_told_to_end_ends_its_calls(
    world: PipedCard, waiter: Waiter, wish_to_end: signal.Signals
) -> None:
    """A console and systemd tell all processes of a program at once."""
    card, hears = AlsaCard("codec"), random_sound(1600)
    line = Line(world, card, waiter)
    os.kill(only_child(), wish_to_end)
    heard = line.run(random_sound(800), hears)
    card.close()
    assert np.array_equal(heard, hears)


def test_a_card_that_is_closed_says_so(world: PipedCard) -> None:
    with pytest.raises(LineFault, match="'codec' is closed"):
        AlsaCard("codec").heard()


def test_the_console_stays_clean(world: PipedCard, waiter: Waiter, capfd: pytest.CaptureFixture[str]) -> None:
    card = AlsaCard("codec")
    card.open(waiter)
    card.close()
    complaint(AlsaCard("Scarlett"), waiter)
    assert capfd.readouterr() == ("", "")


def test_the_process_does_not_outlive_a_program_that_is_killed(world: PipedCard, tmp_path: Path) -> None:
    program = (
        "import os, sys; from appliance.clock import SystemClock; from hardware.fxo.soundcard import AlsaCard\n"
        "card = AlsaCard('codec'); card.open(SystemClock().waiter('line'))\n"
        "[child] = open(f'/proc/self/task/{os.getpid()}/children').read().split()\n"
        "print(child, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdin is not None
    assert parent.stdout is not None
    with parent.stdin, parent.stdout:
        watched = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        parent.wait()
        assert select.select([watched], [], [], 10.0)[0] == [watched]
        os.close(watched)


def only_child() -> int:
    [child] = Path(f"/proc/self/task/{os.getpid()}/children").read_text("utf-8").split()
    return int(child)


def until_gone(card: AlsaCard, waiter: Waiter) -> LineFault:
    with pytest.raises(LineFault) as caught:
        while True:
            waiter.wait(SystemClock().now() + 5.0)
            card.heard()
    return caught.value
