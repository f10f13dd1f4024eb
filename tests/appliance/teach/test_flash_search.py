"""Which length of the hook flash is tried next: up to what works, not further than it must, and never into a circle."""

from __future__ import annotations

import pytest

from appliance.settings import PbxSettings
from appliance.teach.flashsearch import FlashSearch, Tried, lengths_for


def search(low: int, high: int, *, window: bool = False) -> FlashSearch:
    """A search on a PBX that takes flashes from `low` to `high` ms."""
    found = FlashSearch(lengths_for(PbxSettings()), window=window)
    while (length_ms := found.next_ms()) is not None:
        assert all(length_ms != earlier for earlier, _ in found.tried), "the same length again"
        found.tell(
            length_ms, Tried.TOO_SHORT if length_ms < low else Tried.TOO_LONG if length_ms > high else Tried.WORKED
        )
    return found


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (50, 250),
        (80, 120),
        (50, 160),
        (80, 800),
        (300, 1100),
        (400, 990),
        (250, 600),
        (340, 460),
        (600, 700),
        (900, 1300),
    ],
)
def test_the_length_that_is_kept_lies_inside_the_window(low: int, high: int) -> None:
    kept_ms = search(low, high).kept_ms
    assert kept_ms is not None
    assert low <= kept_ms <= high


@pytest.mark.parametrize(("low", "high"), [(50, 250), (80, 800), (300, 1100), (400, 990), (250, 600)])
def test_where_there_is_room_the_kept_length_has_a_margin_and_nobody_is_cut_off(low: int, high: int) -> None:
    found = search(low, high)
    assert found.kept_ms is not None
    assert found.kept_ms - low >= 20
    assert high - found.kept_ms >= 20
    assert all(result is not Tried.TOO_LONG for _, result in found.tried)


def test_a_window_between_two_usual_lengths_is_found_after_the_longer_one_was_too_long() -> None:
    found = search(420, 480)
    assert (500, Tried.TOO_LONG) in found.tried
    assert found.kept_ms == 450


def test_the_whole_window_is_measured_to_thirty_milliseconds_when_asked_for() -> None:
    found = search(310, 820, window=True)
    assert 310 <= found.worked[0] <= 340
    assert 790 <= found.worked[-1] <= 820


def test_a_wide_window_does_not_make_the_flash_longer_than_twice_what_is_needed() -> None:
    assert search(80, 1200, window=True).kept_ms == 160


def test_a_pbx_that_takes_none_is_given_up_before_the_helper_is() -> None:
    found = search(2000, 3000)
    assert found.kept_ms is None
    assert max(length for length, _ in found.tried) == 1200
    cut_off = FlashSearch(lengths_for(PbxSettings()))
    while (length_ms := cut_off.next_ms()) is not None:
        cut_off.tell(length_ms, Tried.TOO_SHORT if length_ms < 400 else Tried.TOO_LONG)
    assert cut_off.kept_ms is None
    assert sum(result is Tried.TOO_LONG for _, result in cut_off.tried) <= 5


def test_a_length_that_the_settings_or_the_profile_suggest_is_tried_too() -> None:
    assert {270, 110} <= set(lengths_for(PbxSettings(flash_ms=270, flash_min_ms=80, flash_max_ms=140)))
    assert max(lengths_for(PbxSettings(flash_ms=1200, flash_max_ms=1500))) == 1200
