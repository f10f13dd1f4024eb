"""Who is calling is heard whichever way the network says it, and nothing is made up (facts: signals 3 and 4)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.signals import generate
from appliance.signals.callerid import (
    SDMF,
    CallerIdEvent,
    CallerIdMessage,
    CallerIdReceiver,
    FskReceiver,
    Kind,
    Scheme,
    alert,
    encode,
    japan,
    modulate,
)
from appliance.signals.callerid.fsk import ambiguous
from appliance.signals.countries import CallerIdStandard
from appliance.signals.dtmf import DtmfReceiver
from appliance.signals.levels import RATE_HZ, Samples, amplitude

BELL202, V23 = CallerIdStandard.BELL202, CallerIdStandard.V23
JAN = CallerIdMessage("0225550123", "Jan Kowalski", "", "11240930")
QUIET = np.zeros(1200)


def told(sound: Samples, receiver: CallerIdReceiver | None = None) -> list[CallerIdEvent]:
    """What is told of a whole recording in blocks of 20 ms."""
    receiver = receiver or CallerIdReceiver()
    heard = np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
    events = [event for start in range(0, len(heard), 160) for event in receiver.feed(heard[start : start + 160])]
    return events + receiver.finish()


def messages(sound: Samples) -> list[CallerIdMessage]:
    return [event.message for event in told(sound)]


def noisy(sound: Samples, dbm0: float, seed: int = 1) -> Samples:
    return sound + generate.noise(len(sound), dbm0, np.random.default_rng(seed))


def by_japan(message: CallerIdMessage, gap_bits: int = 3) -> Samples:
    return modulate(japan.encode(message), V23, seizure_bits=0, mark_bits=75, gap_bits=gap_bits)


# ---------------------------------------------------------------- every way at once


@pytest.mark.parametrize(
    ("sound", "message", "scheme"),
    [
        (modulate(encode(JAN), BELL202), JAN, Scheme.BELL202),
        (modulate(encode(JAN), V23), JAN, Scheme.V23),
        (by_japan(CallerIdMessage("0312345678")), CallerIdMessage("0312345678"), Scheme.JAPAN),
        (generate.dtmf("A0225550123C", 60, 60), CallerIdMessage("0225550123"), Scheme.DTMF),
    ],
)
def test_one_receiver_hears_all_schemes(sound: Samples, message: CallerIdMessage, scheme: Scheme) -> None:
    [event] = told(noisy(np.concatenate((QUIET, sound, QUIET)), -45.0))
    assert (event.message, event.scheme) == (message, scheme)


def test_a_receiver_hears_only_what_it_is_asked_for() -> None:
    sounds = (modulate(encode(JAN), BELL202), modulate(encode(JAN), V23), generate.dtmf("A0225550123C", 60, 60))
    sound = np.concatenate([part for one in sounds for part in (one, QUIET)])
    for scheme in Scheme:
        heard = [event.scheme for event in told(sound, CallerIdReceiver([scheme]))]
        assert heard == ([] if scheme is Scheme.JAPAN else [scheme])


def test_keys_that_somebody_else_has_heard_do_as_well() -> None:
    keys, receiver = DtmfReceiver(), CallerIdReceiver()
    sound = np.concatenate((generate.dtmf("A22630C", 60, 60), QUIET))
    events = []
    for start in range(0, len(sound), 160):
        block = sound[start : start + 160]
        events += receiver.feed(block, keys.feed(block))
    assert [event.message.number for event in events] == ["22630"]


def test_a_message_is_told_within_50_ms_of_its_end() -> None:
    for standard in (BELL202, V23):
        lead = np.zeros(4321)
        sound = modulate(encode(JAN), standard, tail_bits=0)
        [event] = told(np.concatenate((lead, sound, np.zeros(4000))))
        end = len(lead) + len(sound)
        assert end < event.decided <= end + 400
        # 480 bits of seizure and mark come first.
        assert event.at == pytest.approx(len(lead) + 480 * RATE_HZ / 1200, abs=80)


def test_a_recording_may_end_with_the_last_stop_bit() -> None:
    for standard in (BELL202, V23):
        sound = modulate(encode(JAN), standard, tail_bits=0)
        assert [event.decided for event in told(sound)] == [len(sound)]
    assert messages(generate.dtmf("A22630C", 60, 60)[:-480]) == [CallerIdMessage("22630")]


ALL = noisy(
    np.concatenate(
        (modulate(encode(JAN), BELL202, seizure_bits=40, mark_bits=40), QUIET, generate.dtmf("A226C", 60, 60), QUIET)
    ),
    -40.0,
)


@given(st.lists(st.integers(0, len(ALL)), max_size=20))
@settings(max_examples=8, deadline=None)
def test_the_same_is_told_at_the_same_moment_in_any_blocks(cuts: list[int]) -> None:
    whole, pieces = CallerIdReceiver(), CallerIdReceiver()
    borders = [0, *sorted(cuts), len(ALL)]
    expected = whole.feed(ALL)
    assert [event.message.number for event in expected] == [JAN.number, "226"]
    assert [event for a, b in pairwise(borders) for event in pieces.feed(ALL[a:b])] == expected


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_no_sound_does_any_harm(seed: int) -> None:
    rng = np.random.default_rng(seed)
    receiver = CallerIdReceiver()
    whole = modulate(encode(JAN), V23, float(rng.uniform(-60, 5)))
    begin, end = sorted(rng.integers(0, len(whole), 2).tolist())
    strange = [whole[begin:end] * rng.choice((0.0, 1.0, 1e3), end - begin), np.full(700, np.nan), np.full(3, np.inf)]
    for place in rng.permutation(3):
        assert receiver.feed(strange[place]) == []
    sound = np.concatenate((QUIET, modulate(encode(JAN), V23), QUIET))
    assert [event.message for event in receiver.feed(sound)] == [JAN]


def test_only_sound_of_one_channel_is_taken() -> None:
    with pytest.raises(ValueError, match="dimension"):
        CallerIdReceiver().feed(np.zeros((2, 80)))


# ---------------------------------------------------------------- what lines do (facts 3.1 to 3.3)


def conditions() -> Iterator[tuple[str, Samples]]:
    """A message by Bell 202 as different lines carry it."""
    data = encode(JAN)
    plain = modulate(data, BELL202, -20.0)
    at = np.arange(len(plain)) / RATE_HZ
    yield "8 dB above noise", noisy(plain, -28.0)
    yield "-36 dBm0", noisy(modulate(data, BELL202, -36.0), -60.0)
    for twist_db in (-6.0, 10.0):
        yield f"twist {twist_db} dB", modulate(data, BELL202, -20.0, twist_db=twist_db)
    for off in (0.99, 1.01):
        yield f"clock {off}", modulate(data, BELL202, -20.0, bit_rate=off, pitch=off)
        yield f"bits {off}", modulate(data, BELL202, -20.0, bit_rate=off, pitch=2.0 - off)
    yield "20 bits between bytes", modulate(data, BELL202, -20.0, gap_bits=20)
    yield "uneven gaps", modulate(data, BELL202, -20.0, gap_bits=[place % 11 for place in range(len(data))])
    yield "mark of 30 bits", modulate(data, BELL202, -20.0, seizure_bits=10, mark_bits=30)
    yield "60 Hz 18 dB stronger", plain + generate.sines([60.0], at * RATE_HZ, -2.0)
    yield "200 Hz 6 dB stronger", plain + generate.sines([200.0], at * RATE_HZ, -14.0)
    yield "direct current", plain + 3000.0
    yield "a tone 12 dB weaker", plain + generate.sines([2800.0], at * RATE_HZ, -32.0)
    yield "clipped", np.clip(plain * 8.0, -9000.0, 9000.0)
    spikes = plain.copy()
    spikes[4000::997] += 20_000.0
    yield "spikes", spikes
    ring = 30_000.0 * np.sin(2 * np.pi * 25.0 * np.arange(6000) / RATE_HZ)
    yield "0.3 s after a ring", np.concatenate((ring, np.zeros(2400), plain))
    yield "after an alert", np.concatenate((alert(), np.zeros(400), plain))


@pytest.mark.parametrize(("line", "sound"), list(conditions()), ids=[name for name, _ in conditions()])
def test_the_caller_is_read_on_any_line(line: str, sound: Samples) -> None:
    assert messages(np.concatenate((QUIET, sound, QUIET))) == [JAN]


def test_three_messages_in_a_row_are_all_told() -> None:
    lamp = CallerIdMessage(kind=Kind.MESSAGES_WAITING, messages=3)
    other = CallerIdMessage("60055512", datetime="11240931")
    sounds = (modulate(encode(JAN), V23), modulate(encode(lamp), V23), modulate(encode(other, SDMF), V23))
    assert messages(np.concatenate(sounds)) == [JAN, lamp, other]


def test_a_modem_that_knows_one_standard_tells_only_calls_of_that() -> None:
    lamp = CallerIdMessage(kind=Kind.NO_MESSAGES)
    sound = np.concatenate((modulate(encode(lamp), V23), QUIET, modulate(encode(JAN), V23), QUIET))
    assert FskReceiver(V23).feed(sound) == [JAN]
    assert FskReceiver(BELL202).feed(sound) == []


@pytest.mark.parametrize("gap_bits", [0, 3, 8])
def test_japan_is_read_with_any_number_of_stop_bits(gap_bits: int) -> None:
    message = CallerIdMessage(reason="P", called="0312345678")
    assert messages(noisy(by_japan(message, gap_bits), -25.0)) == [message]


# ---------------------------------------------------------------- what is not told


@pytest.mark.parametrize("standard", CallerIdStandard)
def test_a_flipped_bit_or_a_wrong_checksum_tells_nothing(standard: CallerIdStandard) -> None:
    for place in range(0, 26, 5):
        data = bytearray(encode(JAN))
        data[place] ^= 1 << place % 8
        assert messages(np.concatenate((modulate(bytes(data), standard), QUIET))) == []


def by_bits(bits: list[int], mark_hz: float, space_hz: float) -> Samples:
    """Any bits at all, 1200 a second, with continuous phase."""
    sent = np.array(bits)[np.arange(len(bits) * 20 // 3) * 3 // 20]
    return amplitude(-15.0) * np.sin(2 * np.pi / RATE_HZ * np.cumsum(np.where(sent == 1, mark_hz, space_hz)))


@pytest.mark.parametrize("standard", CallerIdStandard)
def test_a_byte_without_stop_bit_tells_nothing(standard: CallerIdStandard) -> None:
    frames = [[0, *(byte >> place & 1 for place in range(8)), 1] for byte in encode(JAN)]
    right = [1] * 100 + [bit for frame in frames for bit in frame] + [1] * 10
    assert messages(by_bits(right, standard.mark_hz, standard.space_hz)) == [JAN]
    for number in (0, 1, 8, 20):
        wrong = right.copy()
        wrong[100 + 10 * number + 9] = 0
        assert messages(by_bits(wrong, standard.mark_hz, standard.space_hz)) == []


@pytest.mark.parametrize("standard", CallerIdStandard)
def test_what_is_too_weak_tells_nothing(standard: CallerIdStandard) -> None:
    assert messages(np.concatenate((modulate(encode(JAN), standard, -48.5), QUIET))) == []


def test_two_doubtful_bits_that_could_make_up_for_each_other_are_not_believed() -> None:
    data = encode(JAN)
    up = next(byte for byte in range(5, 15) if not data[byte] & 1)
    down = next(byte for byte in range(5, 15) if data[byte] & 1)
    assert ambiguous(data, [(up, 0), (down, 0)])
    assert not ambiguous(data, [(up, 0)])
    assert not ambiguous(data, [(up, 0), (down, 1)])
    # 2 and 1 up, or 1, 1 up and 2 down: three bits can do it too.
    assert ambiguous(bytes((0, 0, 2)), [(0, 0), (1, 0), (2, 1)])


def test_noise_speech_like_sound_fax_and_whistles_are_no_callers() -> None:
    rng = np.random.default_rng(8)
    whistle = np.concatenate(
        [generate.tone([rng.uniform(1150, 1350)], rng.uniform(0.03, 0.3), -12.0) for _ in range(60)]
    )
    bare = by_bits([1] * 200 + rng.integers(0, 2, 3000).tolist(), 1300.0, 2100.0)
    hiss = generate.noise(10 * RATE_HZ, -15.0, rng)
    for sound in (whistle, bare, hiss, generate.tone([2100.0], 2.0, -10.0), generate.tone([1300.0], 2.0, -10.0)):
        assert messages(sound) == []


def test_messages_drowned_in_noise_are_missed_but_never_wrong() -> None:
    rng = np.random.default_rng(4)
    for number in range(20):
        message = CallerIdMessage(f"60055512{number:02}", "Anna Nowak", "", "11240930")
        standard = (BELL202, V23)[number % 2]
        sound = np.concatenate((QUIET, modulate(encode(message), standard, -20.0), QUIET))
        assert messages(sound + generate.noise(len(sound), -22.0, rng)) in ([], [message])
