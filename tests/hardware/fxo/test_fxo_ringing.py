"""Ringing and levels, told from clicks, dialling and bounce (fxo-and-pbx 3, 4.1 and 4.2)."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable

import pytest

from hardware.fxo.board import Pin, RingForm, Ringing, Wire, load_board, read_board
from hardware.fxo.linestate import LevelLasted, LineState, RingBegan, RingEnded, Sign
from hardware.fxo.pins import Change

USB = load_board("fxo:ch1817-usb")
LEAST = "[pins.offhook]\ngpio = 5\n[pins.ring]\ngpio = 6\n[sound]\ncard = 'x'\n"
ENVELOPE = read_board("envelope", LEAST + "[ringing]\nform = 'envelope'\n")
Moves = list[tuple[float, bool]]


def signs_of(
    moves: Iterable[tuple[float, bool]], wire: Wire = Wire.RING, board=USB, until: float = 60.0
) -> list[tuple[float, Sign]]:
    """What a board makes of one pin's changes, each with the moment at which it was known."""
    levels = dict.fromkeys(Wire, False) | {Wire.LINE_PRESENT: True}
    state, told = LineState(board, levels, 0.0), []
    now = 0.0

    def let_pass(moment: float) -> None:
        nonlocal now
        while state.due < moment:
            assert state.due > now, "time must move on"
            now = state.due
            told.extend((now, sign) for sign in state.turn(now))
        now = moment

    for at, active in sorted(moves):
        let_pass(at)
        told.extend((at, sign) for sign in state.take(Change(wire, active, at)))
        told.extend((at, sign) for sign in state.turn(at))
    let_pass(until)
    return told


def burst(at: float, seconds: float, hz: float, duty: float = 0.5) -> Moves:
    """The pin while it rings so long: active for `duty` of each wave."""
    waves = int(seconds * hz + 1e-9)
    return [(at + (wave + part) / hz, part == 0) for wave in range(waves) for part in (0, duty)]


def rings(told: list[tuple[float, Sign]]) -> list[float]:
    """When rings were told."""
    return [at for at, sign in told if isinstance(sign, RingBegan)]


@pytest.mark.parametrize("hz", [16.7, 20.0, 25.0, 50.0, 68.0])
@pytest.mark.parametrize("duty", [0.2, 0.5, 0.8])
def test_ringing_of_every_frequency_is_told_within_a_quarter_of_a_second(hz: float, duty: float) -> None:
    """4.2: a ring event after 150 to 250 ms; a burst each 5 s is a ring each 5 s."""
    told = signs_of([*burst(1.0, 1.0, hz, duty), *burst(6.0, 1.0, hz, duty)])
    first, second = rings(told)
    assert 1.15 <= first <= 1.25
    assert 6.15 <= second <= 6.25


def test_behind_a_full_wave_rectifier_it_rings_as_well() -> None:
    assert len(rings(signs_of(burst(1.0, 2.0, 136.0)))) == 1


@pytest.mark.parametrize(
    "moves",
    [
        burst(1.0, 0.1, 25.0),
        [(1.0, True), (1.002, False)],
        burst(1.0, 1.0, 10.0, 0.6),
        [move for n in range(40) for move in burst(1.0 + 0.3 * n, 0.04, 50.0)],
        [(1.0 + n * 0.0004, n % 2 == 0) for n in range(60)],
    ],
    ids=["a tenth of a second", "a click", "dialled pulses", "clicks again and again", "a bouncing contact"],
)
def test_what_is_no_ringing_is_not_told(moves: Moves) -> None:
    assert rings(signs_of(moves)) == []


@pytest.mark.parametrize(
    ("lengths_s", "kind"),
    [
        ([1.0, 4.0], "single"),
        ([2.0, 4.0], "single"),
        ([0.4, 0.2, 0.4, 2.0], "double"),
        ([0.4, 0.4, 0.2, 0.4, 0.4, 2.2], "triple"),
    ],
    ids=["Poland", "North America", "Britain", "a PBX's recall"],
)
def test_the_rhythm_of_a_ring_is_told_when_the_ring_is_over(lengths_s: list[float], kind: str) -> None:
    """4.1, and 8: a double ring is one ring, and its rhythm is known before the next."""
    moves, at = [], 1.0
    for place, length in enumerate(lengths_s * 3):
        if place % 2 == 0:
            moves += burst(at, length, 25.0)
        at += length
    told = signs_of(moves)
    assert len(rings(told)) == 3
    for _, sign in told:
        if isinstance(sign, RingEnded):
            assert sign.cadence.kind == kind
            assert sign.cadence.lengths_ms == pytest.approx([1000 * s for s in lengths_s[:-1]], abs=60)
    began = [sign for _, sign in told if isinstance(sign, RingBegan)]
    assert [sign.cadence.kind for sign in began] == ["", kind, kind]


def test_ringing_with_lost_and_added_pulses_is_one_ring() -> None:
    rng = random.Random(3)
    moves = [move for move in burst(1.0, 2.0, 20.0) if rng.random() > 0.15]
    moves += [(1.0 + rng.random() * 2, rng.random() < 0.5) for _ in range(10)]
    assert len(rings(signs_of(moves))) == 1


@pytest.mark.parametrize("dropouts_ms", [0, 20, 60])
def test_an_envelope_rings_when_its_counter_is_full_and_small_holes_do_not_matter(dropouts_ms: int) -> None:
    """3: +16 and -4 each 16 ms."""
    hole = dropouts_ms / 1000
    moves = [(1.0, True), (1.3, False), (1.3 + hole, True), (2.0, False)]
    told = signs_of(moves, board=ENVELOPE)
    assert rings(told) == [pytest.approx(1.16, abs=0.01)]
    assert [sign.cadence.lengths_ms for _, sign in told if isinstance(sign, RingEnded)] == [(1000,)]


def test_spikes_on_an_envelope_do_not_ring() -> None:
    moves = [(1.0 + n * 0.1 + part, part == 0) for n in range(50) for part in (0, 0.015)]
    assert rings(signs_of(moves, board=ENVELOPE)) == []


def levels(told: list[tuple[float, Sign]]) -> list[tuple[float, bool]]:
    return [(round(at, 3), sign.active) for at, sign in told if isinstance(sign, LevelLasted)]


def test_a_dialled_pulse_is_no_loop_break_and_a_cpc_is() -> None:
    """4.2: pulses of 60 ms; a disconnect break of 250 ms and more."""
    pulses = [(2.0 + n * 0.1 + part, part > 0) for n in range(9) for part in (0.0, 0.06)]
    told = signs_of([(1.0, True), *pulses, (5.0, False), (5.25, True)], Wire.LOOP)
    assert levels(told) == [(1.08, True), (5.08, False), (5.33, True)]


@pytest.mark.parametrize(("wire", "lasts_ms"), [(Wire.POLARITY, 64), (Wire.LINE_IN_USE, 200)])
def test_polarity_and_another_telephone_count_when_they_last(wire: Wire, lasts_ms: int) -> None:
    board = read_board("all", LEAST + f"[pins.{wire.value}]\ngpio = 7\n")
    short, long = (lasts_ms - 1) / 1000, (lasts_ms + 1) / 1000
    told = signs_of([(1.0, True), (1.0 + short, False), (3.0, True), (3.0 + long, False)], wire, board)
    assert levels(told) == [(round(3.0 + lasts_ms / 1000, 3), True), (round(3.0 + long + lasts_ms / 1000, 3), False)]


def test_a_line_counts_as_gone_after_a_second_and_as_back_after_a_tenth() -> None:
    told = signs_of([(1.0, False), (1.9, True), (3.0, False), (5.0, True)], Wire.LINE_PRESENT)
    assert levels(told) == [(4.0, False), (5.1, True)]


@pytest.mark.parametrize("board", [USB, ENVELOPE], ids=["pulses", "envelope"])
def test_whatever_the_pin_does_time_moves_on_and_rings_alternate_with_their_ends(board) -> None:
    for seed in range(40):
        rng = random.Random(seed)
        at, moves = 0.0, []
        for _ in range(300):
            at += rng.choice((0.001, 0.004, 0.01, 0.025, 0.06, 0.3)) * rng.random()
            moves.append((at, rng.random() < 0.5))
        moves.append((at + 0.1, False))
        told = [
            sign for _, sign in signs_of(moves, board=board, until=at + 5) if isinstance(sign, RingBegan | RingEnded)
        ]
        kinds = [isinstance(sign, RingBegan) for sign in told]
        assert all(first is not second for first, second in itertools.pairwise(kinds)), seed
        assert not kinds or not kinds[-1]


def test_the_numbers_of_a_board_are_the_ones_that_count() -> None:
    slow = Ringing(RingForm.PULSES, pulses=5, within_ms=200, told_after_ms=500)
    board = type(USB)("slow", "", {**USB.pins, Wire.RING: Pin(27)}, USB.sound, slow)
    assert rings(signs_of(burst(1.0, 0.4, 25.0), board=board)) == []
    assert rings(signs_of(burst(1.0, 1.0, 25.0), board=board)) == [pytest.approx(1.52, abs=0.03)]
