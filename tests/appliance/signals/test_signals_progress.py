"""Each country's tones are named in time, voices are voices, and the line is told how long it has been quiet."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.acts import Heard
from appliance.signals import generate
from appliance.signals.countries import COUNTRIES, Country, Tone, country
from appliance.signals.generate import ToneSource, silence
from appliance.signals.levels import Samples
from appliance.signals.progress import ProgressEvent, ProgressReceiver

PL = country("pl")
US = country("us")


def source(tone: Tone, seconds: float, dbm0: float = -20.0) -> Samples:
    return ToneSource(tone, dbm0).pull(round(seconds * 8000))


def noisy(sound: Samples, dbm0: float = -55.0) -> Samples:
    return sound + generate.noise(len(sound), dbm0, np.random.default_rng(10))


def heard(where: Country | None, *parts: Samples) -> list[Heard]:
    return [event.heard for event in ProgressReceiver(where).feed(noisy(np.concatenate(parts)))]


def first(where: Country, sound: Samples) -> tuple[Heard, float]:
    """What is named first, and after how many seconds."""
    event = ProgressReceiver(where).feed(noisy(sound))[0]
    return event.heard, event.decided / 8000


def speech(seconds: float, dbm0: float = -20.0) -> Samples:
    """Syllables: harmonics of a gliding pitch, five times a second."""
    at = np.arange(round(seconds * 8000))
    turns = 2.0 * np.pi * np.cumsum(130.0 + 30.0 * np.sin(at / 3000.0)) / 8000
    voice = np.zeros(len(at))
    for harmonic in range(1, 20):
        voice += np.sin(harmonic * turns + harmonic**2) / (1 + harmonic / 4)
    voice *= 0.55 + 0.45 * np.sin(2.0 * np.pi * 5.0 * at / 8000)
    return np.asarray(voice * 10.0 ** (dbm0 / 20.0) * 20_000.0 / np.sqrt(np.square(voice).mean()))


# ---------------------------------------------------------------- every country


def tones_of(where: Country) -> list[tuple[Heard, Tone]]:
    congestion = Heard.BUSY if where.busy == where.congestion else Heard.CONGESTION
    recall = Heard.DIAL_TONE if where.dial == where.recall_dial else Heard.STUTTER
    return [
        (Heard.DIAL_TONE, where.dial),
        (recall, where.recall_dial),
        (Heard.RINGBACK, where.ringback),
        (Heard.BUSY, where.busy),
        (congestion, where.congestion),
        (Heard.SIT, where.sit),
        *((also.heard, also.tone) for also in where.also),
    ]


@pytest.mark.parametrize("where", COUNTRIES.values(), ids=lambda where: where.code)
def test_the_tones_of_every_country_are_named_loud_and_soft(where: Country) -> None:
    for number, (expected, tone) in enumerate(tones_of(where)):
        dbm0 = (-12.0, -38.0)[number % 2]
        assert heard(where, silence(0.3), source(tone, 7.0, dbm0)) == [expected], tone


CONTRADICTED = {("es", Heard.BUSY), ("se", Heard.BUSY)}
"""What most other countries call congestion."""


@pytest.mark.parametrize("where", COUNTRIES.values(), ids=lambda where: where.code)
def test_tones_are_named_without_knowing_the_country(where: Country) -> None:
    for expected, tone in tones_of(where):
        if (where.code, expected) not in CONTRADICTED:
            assert heard(None, silence(0.3), source(tone, 7.0)) == [expected], tone


def test_where_the_tables_contradict_each_other_the_majority_is_believed() -> None:
    sound = source(country("se").busy, 6.0)
    assert heard(country("se"), silence(0.3), sound) == [Heard.BUSY]
    assert heard(None, silence(0.3), sound) == [Heard.CONGESTION]


def test_the_countries_whose_tables_fit_are_told() -> None:
    receiver = ProgressReceiver(None)
    receiver.feed(noisy(np.concatenate((silence(0.3), source(US.busy, 3.0), silence(1.0), source(US.ringback, 6.0)))))
    assert set(receiver.countries) == {"us", "ca"}
    assert ProgressReceiver(None).countries == ()


@pytest.mark.parametrize("code", ["pl", "us", "uk", "de"])
@pytest.mark.parametrize("offset", [0, 77])
def test_a_tone_is_named_wherever_it_begins_and_wherever_we_join_it(code: str, offset: int) -> None:
    where = country(code)
    for tone, expected in ((where.busy, Heard.BUSY), (where.ringback, Heard.RINGBACK), (where.dial, Heard.DIAL_TONE)):
        assert heard(where, silence(0.2), np.zeros(offset), source(tone, 8.0)) == [expected]
        joined = ToneSource(tone, -20.0)
        joined.pull(1600 + offset)
        assert heard(where, joined.pull(8 * 12_000)) == [expected]


@pytest.mark.parametrize("hz", [401.0, 410.0, 440.0, 449.0])
def test_an_exchange_may_be_out_of_tune(hz: float) -> None:
    assert heard(PL, silence(0.2), source(Tone((hz,), ((500, 500),)), 4.0)) == [Heard.BUSY]


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_cadence_may_be_a_little_fast_or_slow(factor: float) -> None:
    for where in (PL, US, country("it")):
        for tone, expected in ((where.busy, Heard.BUSY), (where.ringback, Heard.RINGBACK)):
            cadence = tuple((round(on * factor), round(off * factor)) for on, off in tone.cadence)
            assert heard(where, silence(0.2), source(Tone(tone.frequencies, cadence), 9.0)) == [expected]


def test_close_pairs_of_frequencies_are_told_apart() -> None:
    ringing = ((2000, 4000),)
    assert heard(US, silence(0.2), source(Tone((440.0, 480.0), ringing), 4.0)) == [Heard.RINGBACK]
    for other in ((350.0, 440.0), (400.0, 450.0), (413.0, 438.0), (425.0,)):
        assert heard(US, silence(0.2), source(Tone(other, ringing), 4.0)) != [Heard.RINGBACK]


# ---------------------------------------------------------------- in time


def test_busy_is_named_within_two_cycles_and_a_moment() -> None:
    name, seconds = first(PL, source(PL.busy, 5.0))
    assert name is Heard.BUSY
    assert seconds <= 2.2
    name, seconds = first(US, np.concatenate((silence(0.1), source(US.congestion, 5.0))))
    assert name is Heard.CONGESTION
    assert seconds <= 1.6


def test_ringback_is_named_when_its_first_burst_has_ended() -> None:
    name, seconds = first(PL, np.concatenate((silence(0.5), source(PL.ringback, 5.0))))
    assert name is Heard.RINGBACK
    assert 1.5 <= seconds <= 1.8


def test_dial_tone_is_named_after_1_8_seconds_and_hinted_at_before() -> None:
    receiver = ProgressReceiver(PL)
    sound = noisy(np.concatenate((silence(0.5), source(PL.dial, 3.0))))
    assert receiver.feed(sound[: 8000 * 2]) == []
    assert receiver.tone_s == pytest.approx(1.45, abs=0.06)
    assert receiver.tone_frequencies == (425.0,)
    assert receiver.quiet_s == 0.0
    (event,) = receiver.feed(sound[8000 * 2 :])
    assert event.heard is Heard.DIAL_TONE
    assert event.decided / 8000 == pytest.approx(2.36, abs=0.05)


@pytest.mark.parametrize("offset", [0, 25, 50])
def test_holes_of_20_ms_make_a_stutter_dial_tone_wherever_they_lie(offset: int) -> None:
    for where in (country("se"), None):
        assert heard(where, silence(0.2), np.zeros(offset), source(country("se").recall_dial, 4.0)) == [Heard.STUTTER]


def test_a_slow_congestion_is_no_riddle_without_its_country() -> None:
    slow = Tone((425.0,), ((270, 270),))
    assert set(heard(None, silence(0.2), source(slow, 6.0))) <= {Heard.BUSY, Heard.CONGESTION}
    assert len(heard(None, silence(0.2), source(slow, 6.0))) == 1


# ---------------------------------------------------------------- tones that stop


@pytest.mark.parametrize(
    ("code", "told", "name", "seconds"),
    [
        ("uk", True, "busy", 3.225),  # as its congestion's second burst
        ("es", True, "busy", 2.2),  # as the first half of its congestion
        ("cn", False, "congestion", 6.0),
        ("cz", True, "dial", 6.27),  # as its busy
        ("in", False, "busy", 6.4),
    ],
)
def test_a_tone_that_stops_inside_a_burst_keeps_its_name(code: str, told: bool, name: str, seconds: float) -> None:
    where = country(code)
    expected = {"dial": Heard.DIAL_TONE, "busy": Heard.BUSY, "congestion": Heard.CONGESTION}[name]
    for more_s in (0.0, 0.06, 0.12, 0.18):
        tone = source(getattr(where, name), seconds + more_s)
        named = heard(where if told else None, silence(0.3), tone, silence(0.8))
        assert named == [expected], more_s


@pytest.mark.parametrize("code", ["jp", "fr", "au", "pl"])
def test_the_stub_of_a_ringback_is_no_voice(code: str) -> None:
    period_s = sum(on + off for on, off in country(code).ringback.cadence) / 1000.0
    for stub_s in (0.06, 0.09, 0.13):
        sound = source(country(code).ringback, 2.0 * period_s + stub_s)
        assert heard(None, silence(0.3), sound, silence(1.5)) == [Heard.RINGBACK], stub_s


# ---------------------------------------------------------------- a whole call


@pytest.mark.parametrize("code", ["pl", "us", "jp"])
def test_an_answer_in_the_second_ring_is_heard_though_we_joined_in_the_first(code: str) -> None:
    where = country(code)
    on_s, off_s = (ms / 1000.0 for ms in where.ringback.cadence[0])
    joined = ToneSource(where.ringback, -20.0)
    joined.pull(800)
    ringing = np.concatenate((joined.pull(round((on_s + off_s + 0.3) * 8000) - 800), silence(0.2)))
    events = ProgressReceiver(None).feed(noisy(np.concatenate((ringing, speech(2.0)))))
    voice = next(event for event in events if event.heard is Heard.VOICE)
    assert 0.0 < (voice.decided - len(ringing)) / 8000 <= 0.6


def test_an_answer_after_ringback_is_a_voice() -> None:
    named = heard(PL, silence(0.5), source(PL.ringback, 5.5), speech(2.0))
    assert named == [Heard.RINGBACK, Heard.VOICE]


def test_one_ring_and_an_answer_are_both_named() -> None:
    named = heard(US, silence(0.5), source(US.ringback, 2.6), speech(1.5), silence(1.0))
    assert named == [Heard.RINGBACK, Heard.VOICE]


def test_four_seconds_of_silence_before_ringback_do_not_hide_it() -> None:
    assert heard(PL, silence(4.0), source(PL.ringback, 6.0))[-1] is Heard.RINGBACK


def test_dial_tone_that_stops_is_no_ringback() -> None:
    assert heard(PL, silence(0.3), generate.tone([425.0], 2.2, -20.0), silence(3.0)) == [Heard.DIAL_TONE]
    assert heard(None, silence(0.3), generate.tone([425.0], 2.2, -20.0), silence(3.0)) == [Heard.DIAL_TONE]


def test_busy_after_ringback_is_named() -> None:
    named = heard(PL, silence(0.5), source(PL.ringback, 6.0), silence(0.5), source(PL.busy, 3.0))
    assert named == [Heard.RINGBACK, Heard.BUSY]


def test_a_caller_who_hangs_up_after_speaking_leaves_busy() -> None:
    assert heard(PL, speech(3.0), silence(0.4), source(PL.busy, 3.0)) == [Heard.VOICE, Heard.BUSY]


@pytest.mark.parametrize("noise_dbm0", [-40.0, -30.0])
def test_noise_between_the_bursts_changes_nothing(noise_dbm0: float) -> None:
    for tone, expected in ((PL.ringback, Heard.RINGBACK), (PL.busy, Heard.BUSY)):
        sound = np.concatenate((silence(0.5), source(tone, 11.0, -20.0)))
        assert [event.heard for event in ProgressReceiver(PL).feed(noisy(sound, noise_dbm0))] == [expected]


def test_a_voice_under_a_tone_is_not_named() -> None:
    for tone, expected in ((PL.busy, Heard.BUSY), (PL.ringback, Heard.RINGBACK)):
        assert heard(PL, source(tone, 9.0, -15.0) + speech(9.0, -30.0)) == [expected]


def test_a_voice_is_named_soon_and_a_faint_one_not() -> None:
    name, seconds = first(PL, speech(2.0))
    assert name is Heard.VOICE
    assert seconds <= 1.0
    assert heard(PL, speech(2.0, -50.0)) == []
    assert heard(PL, silence(0.3), speech(0.05), silence(1.0)) == []


def test_a_word_in_the_pause_of_ringback_ends_its_cadence() -> None:
    ringing = source(PL.ringback, 6.5)
    named = heard(PL, silence(0.2), ringing, speech(2.5), silence(1.0), source(PL.busy, 3.0))
    assert named == [Heard.RINGBACK, Heard.VOICE, Heard.BUSY]


def test_silence_is_named_but_never_in_the_pause_of_a_cadence() -> None:
    assert heard(PL, silence(4.0)) == [Heard.SILENCE]
    assert heard(country("se"), silence(0.5), source(country("se").ringback, 13.0)) == [Heard.RINGBACK]
    assert heard(PL, silence(0.5), source(PL.ringback, 1.5), silence(8.0)) == [Heard.RINGBACK, Heard.SILENCE]


# ---------------------------------------------------------------- faxes, and what is nothing of all that


def test_a_fax_that_calls_and_one_that_answers_are_named() -> None:
    assert heard(PL, silence(0.3), generate.calling_fax(5.0)) == [Heard.FAX]
    assert heard(PL, silence(0.3), generate.answering_fax(3.0)) == [Heard.FAX]
    assert heard(PL, silence(0.3), generate.answering_fax(3.0, modern=True)) == [Heard.FAX]


@pytest.mark.parametrize("tone", [US.busy, Tone((600.0,)), Tone((1000.0,), ((300, 30_000),))])
def test_tones_of_elsewhere_and_beeps_are_nothing(tone: Tone) -> None:
    assert heard(PL, silence(0.3), source(tone, 5.0)) in ([], [Heard.SILENCE])


@pytest.mark.parametrize("dbm0", [-40.0, -25.0])
def test_steady_noise_is_nothing(dbm0: float) -> None:
    assert ProgressReceiver(None).feed(noisy(silence(10.0), dbm0)) == []


def test_keys_are_nothing() -> None:
    assert heard(None, generate.dtmf("0123456789", 100, 60, -8.0)) == []


@pytest.mark.parametrize(("on_ms", "off_ms"), [(40, 40), (40, 30), (50, 30)])
def test_fast_dialling_is_nothing(on_ms: int, off_ms: int) -> None:
    for keys in ("0123456789*#", "5551234884422"):
        assert heard(None, silence(0.2), generate.dtmf(keys * 2, on_ms, off_ms, -10.0)) == []


def test_keys_in_noise_are_no_music() -> None:
    keys = np.concatenate((silence(0.3), generate.dtmf("159D*0", 500, 100, -12.0)))
    assert [event.heard for event in ProgressReceiver(None).feed(noisy(keys, -21.0))] == []


@pytest.mark.parametrize("seed", range(4))
def test_ten_clicks_a_second_are_no_voice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sound = generate.noise(48_000, -60.0, rng)
    for at in rng.integers(0, 47_900, 60):
        sound[at : at + 8] += rng.choice((-1.0, 1.0)) * 8000.0
    assert ProgressReceiver(None).feed(sound) == []


def test_clicks_are_nothing() -> None:
    sound = generate.noise(64_000, -50.0, np.random.default_rng(3))
    sound[::3777] += 12_000.0
    assert Heard.VOICE not in {event.heard for event in ProgressReceiver(None).feed(sound)}


# ---------------------------------------------------------------- what the line asks


def test_quiet_and_silence_are_counted_from_what_was_last_heard() -> None:
    receiver = ProgressReceiver(PL)
    receiver.feed(noisy(np.concatenate((source(PL.dial, 1.0), silence(0.6)))))
    assert receiver.tone_s == 0.0
    assert receiver.tone_frequencies == ()
    assert receiver.quiet_s == pytest.approx(0.6, abs=0.06)
    assert receiver.silent_s == pytest.approx(0.55, abs=0.06)
    assert receiver.level_dbm0 == pytest.approx(-56.0, abs=2.0)
    receiver.feed(noisy(speech(0.4)))
    assert receiver.silent_s == 0.0
    assert receiver.quiet_s == pytest.approx(1.0, abs=0.06)


def test_a_reset_forgets_and_names_again() -> None:
    receiver = ProgressReceiver(PL)
    busy = ToneSource(PL.busy, -20.0)
    (before,) = receiver.feed(busy.pull(8000 * 4))
    receiver.reset()
    assert (receiver.tone_s, receiver.quiet_s, receiver.silent_s, receiver.level_dbm0) == (0.0, 0.0, 0.0, -99.0)
    (after,) = receiver.feed(busy.pull(8000 * 4))
    assert before.heard is after.heard is Heard.BUSY
    assert after.decided > 8000 * 4


CALL = noisy(np.concatenate((np.zeros(77), source(US.dial, 2.1), silence(0.3), source(US.busy, 2.2), speech(1.2))))
STORY = ProgressReceiver(US).feed(CALL)


@given(st.lists(st.integers(0, len(CALL)), max_size=30))
@settings(max_examples=8, deadline=None)
def test_the_same_is_heard_in_any_blocks(cuts: list[int]) -> None:
    receiver = ProgressReceiver(US)
    events: list[ProgressEvent] = []
    for a, b in pairwise([0, *sorted(cuts), len(CALL)]):
        events += receiver.feed(CALL[a:b])
    assert events == STORY
    assert [event.heard for event in events] == [Heard.DIAL_TONE, Heard.BUSY, Heard.VOICE]


def test_what_a_broken_card_delivers_does_no_harm() -> None:
    receiver = ProgressReceiver(PL)
    receiver.feed(np.array([np.nan, np.inf, -np.inf, 1e300] * 2000))
    receiver.feed(np.full(8000, 32767, np.int16))
    receiver.feed(np.zeros(0))
    assert [event.heard for event in receiver.feed(noisy(source(PL.busy, 4.0) + 2000.0))] == [Heard.BUSY]
    with pytest.raises(ValueError, match="one dimension"):
        receiver.feed(np.zeros((2, 2)))
