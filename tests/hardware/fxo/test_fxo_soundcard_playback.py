"""What the card says: what was handed over, and silence, without a click between them."""

from __future__ import annotations

from array import array

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hardware.fxo.card import LATENCY_LIMIT_S
from hardware.fxo.lead import LEAD_S, LEAST_LEAD_S, Lead
from hardware.fxo.playback import GLIDE_S, MOST_S, Playback
from hardware.fxo.soundwire import NO_REPORT
from hardware.instrument import Samples

GLIDE = round(GLIDE_S * 8000)


def steady(count: int, value: int = 20000) -> bytes:
    return array("h", [value] * count).tobytes()


def said(playback: Playback, *counts: int) -> Samples:
    return np.concatenate([np.array(playback.take(count), np.int16) for count in counts])


@given(
    handed=st.lists(st.integers(0, 300), max_size=20),
    taken=st.lists(st.integers(1, 300), min_size=1, max_size=20),
)
def test_all_is_said_once_and_in_order(handed: list[int], taken: list[int]) -> None:
    sound = np.arange(1, sum(handed) + 1, dtype=np.int16)
    playback = Playback(8000)
    for piece in np.split(sound, np.cumsum(handed)[:-1] if handed else []):
        playback.add(piece.tobytes())
    came = said(playback, *taken)
    whole = min(len(sound), len(came))
    assert np.array_equal(came[:whole], sound[:whole])
    assert not came[whole + GLIDE :].any()
    assert playback.done == whole


def test_a_card_that_runs_dry_says_so_once_and_not_again_until_there_is_sound() -> None:
    playback = Playback(8000)
    said(playback, 80, 80)
    assert playback.underruns == 0
    playback.add(steady(100))
    said(playback, 80, 80, 80)
    assert playback.underruns == 1
    playback.add(steady(80))
    said(playback, 80)
    assert playback.underruns == 1
    said(playback, 80)
    assert playback.underruns == 2


def test_silence_after_a_flush_is_as_it_should_be() -> None:
    playback = Playback(8000)
    playback.add(steady(1000))
    said(playback, 80)
    playback.flush()
    assert not said(playback, 80, 80)[GLIDE:].any()
    assert playback.underruns == 0
    assert playback.done == 1000


def test_where_sound_ends_in_the_middle_it_glides_into_silence() -> None:
    """A step of 20000 would be a click; over 5 ms of 8000 samples a second no step is larger than a fortieth."""
    for end in (Playback.flush, None):
        playback = Playback(8000)
        playback.add(steady(100))
        before = said(playback, 80)
        if end is not None:
            end(playback)
        heard = np.concatenate((before, said(playback, 80, 80))).astype(np.int32)
        assert np.abs(np.diff(heard[1:])).max() <= 20000 / GLIDE + 1
        assert not heard[-40:].any()


def test_a_glide_goes_on_in_the_next_block() -> None:
    playback = Playback(48000)
    playback.add(steady(100))
    heard = said(playback, 120, 120, 120, 120).astype(np.int32)
    assert np.abs(np.diff(heard)).max() <= 20000 / (GLIDE_S * 48000) + 1
    assert not heard[-100:].any()


def test_a_flush_in_favour_of_other_sound_glides_to_that() -> None:
    playback = Playback(8000)
    playback.add(steady(200, 20000))
    said(playback, 80)
    playback.flush()
    playback.add(steady(200, -20000))
    heard = said(playback, 80).astype(np.int32)
    assert abs(heard[0] - 20000) <= 40000 / GLIDE + 1
    assert np.abs(np.diff(heard)).max() <= 40000 / GLIDE + 1
    assert heard[-1] == -20000


def test_a_glide_never_turns_over() -> None:
    playback = Playback(8000)
    playback.add(steady(80, 32767))
    said(playback, 80)
    playback.flush()
    playback.add(array("h", [-32768, 32767] * 40).tobytes())
    heard = said(playback, 80)
    assert heard.max() == 32767
    assert heard[1::2].min() == 32767


def test_nobody_can_hand_over_without_end() -> None:
    playback = Playback(8000)
    for _ in range(100):
        playback.add(steady(8000))
    heard = said(playback, round(MOST_S * 8000) + 8000)
    assert heard[: round(MOST_S * 8000)].all()
    assert not heard[round(MOST_S * 8000) + GLIDE :].any()
    assert playback.done == 100 * 8000


# ---------------------------------------------------------------- how much to hand over


def test_the_room_is_what_is_missing_to_the_lead() -> None:
    lead = Lead(48000)
    report = NO_REPORT._replace(said_at=100.0, said_delay_s=0.01)
    assert lead.room(report) == LEAD_S * 8000
    lead.hand_over(960, report, 100.0)
    assert lead.room(report) == (LEAD_S - 0.02) * 8000
    assert lead.room(report._replace(done=480)) == (LEAD_S - 0.01) * 8000


def test_a_slow_card_is_given_less_so_that_the_limit_holds() -> None:
    for delay_s in (0.0, 0.01, 0.02, 0.03):
        lead = Lead(8000)
        report = NO_REPORT._replace(said_at=100.0, said_delay_s=delay_s)
        assert lead.hand_over(lead.room(report), report, 100.0) < LATENCY_LIMIT_S
    very_slow = NO_REPORT._replace(said_delay_s=0.2)
    assert Lead(8000).room(very_slow) == LEAST_LEAD_S * 8000


def test_after_a_flush_there_is_room_at_once_and_the_old_report_deceives_nobody() -> None:
    lead = Lead(8000)
    report = NO_REPORT._replace(said_at=100.0, said_delay_s=0.01)
    lead.hand_over(320, report, 100.0)
    assert lead.unspoken(100.0) == 320 + 40 + 80
    lead.flush(report)
    assert lead.room(report) == LEAD_S * 8000
    assert lead.unspoken(100.0) == 40 + 80  # the card itself has these
    lead.hand_over(100, report, 100.0)
    assert lead.room(report) == LEAD_S * 8000 - 100
    later = report._replace(done=320, flushes=1)
    assert lead.room(later) == LEAD_S * 8000 - 100
    assert lead.room(later._replace(done=420)) == LEAD_S * 8000


def test_what_was_handed_over_is_said_as_time_goes_by() -> None:
    lead = Lead(8000)
    report = NO_REPORT._replace(said_at=100.0)
    lead.hand_over(160, report, 100.0)
    assert lead.unspoken(100.01) == 200 - 80
    assert lead.unspoken(101.0) == 0
