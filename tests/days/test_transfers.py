"""Hand-overs by the thousand: nobody is lost whatever happens, and it would be told if somebody were (R16, R23)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from appliance.acd.staff import Belief, Colleague
from appliance.acts import HangUp, LineAct
from appliance.main import MISUSED, WENT_WELL, WENT_WRONG, main
from hardware.simulated.eventline import EventLine
from hardware.simulated.eventoffice import EventOffice
from hardware.simulated.eventpeople import Where
from hardware.simulated.transfers import Report, simulate_transfers
from hardware.simulated.transfers.drawing import FAULTY_ACTS, LEAVES
from hardware.simulated.transfers.makes import met
from hardware.simulated.transfers.report import NEVER, Fate


@pytest.fixture(scope="module")
def thousands() -> Report:
    return simulate_transfers(4000, 1)


@pytest.mark.parametrize("seed", range(11, 16))
def test_nobody_is_lost_and_nobody_is_offered_twice(seed: int) -> None:
    """Every caller was put through, served otherwise, or left; every line is on-hook after its call (R8, R16, R37)."""
    report = simulate_transfers(300, seed)
    assert report.complaints == []
    assert {what: report.totals[what] for what in NEVER} == dict.fromkeys(NEVER, 0)
    assert report.calls == 300
    assert min(report.fates[fate] for fate in Fate if fate is not Fate.LOST) > 0


@pytest.mark.parametrize(
    "misfortune",
    [
        "busy",
        "do not disturb",
        "unknown extension",
        "late ringback",
        "flash too short",
        "flash too long",
        "camped on",
        "rang again",
        "answered by a fax",
        "answered by an answering machine",
        "colleague hung up in the whisper",
        *(f"key {key} in the whisper" for key in "1239"),
        "Done lost",
        *(f"failed in {act.__name__}" for act in FAULTY_ACTS),
        *(f"hung up {where.value}" for where in Where),
        *(f"meant to hang up: {where}" for where in sorted(set(LEAVES))),
    ],
)
def test_every_misfortune_is_met(thousands: Report, misfortune: str) -> None:
    assert thousands.happened[misfortune] > 0


def test_every_pbx_is_met_and_hands_callers_over(thousands: Report) -> None:
    assert set(thousands.by_make) == set(met())
    assert all(fates[Fate.TRANSFERRED] for fates in thousands.by_make.values())
    assert thousands.went_well, thousands.complaints


def test_the_same_seed_gives_the_same_hour_to_the_byte() -> None:
    first, again, other = (json.dumps(simulate_transfers(300, seed).as_json()) for seed in (7, 7, 8))
    assert first == again
    assert first != other


# ---------------------------------------------------------------- an office that does wrong is found out


def test_a_box_that_does_not_fetch_callers_back_speaks_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async def not_at_all(*_: Any) -> bool:
        return True

    monkeypatch.setattr("appliance.scripts.transfer.fetch_back", not_at_all)
    report = simulate_transfers(300, 11)
    assert report.said_astray > 10
    assert not report.went_well


def test_a_box_that_keeps_no_cards_loses_those_whom_it_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EventOffice, "keep_card", lambda office, card, *entries: None)
    report = simulate_transfers(300, 11)
    assert report.fates[Fate.LOST] > 0
    assert report.forgotten > 0


def test_a_box_that_offers_whoever_is_there_offers_some_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Colleague, "free_at", lambda who, now: who.belief is not Belief.NOT_ANSWERING)
    assert simulate_transfers(300, 11).offered_twice > 0


def test_a_line_that_does_not_go_on_hook_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    perform = EventLine.perform

    def hangs(line: EventLine, number: int, act: LineAct[Any]) -> None:
        if not isinstance(act, HangUp):
            perform(line, number, act)

    monkeypatch.setattr(EventLine, "perform", hangs)
    assert simulate_transfers(100, 11).left_off_hook > 0


# ---------------------------------------------------------------- the command


def test_the_command_tells_the_totals_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "transfers", "--count", "200", "--seed", "3", "--json"]) == WENT_WELL
    told = json.loads(capsys.readouterr().out)
    assert told["calls"] == 200
    assert told["transferred"] + told["served_otherwise"] + told["left_by_caller"] == 200
    assert [told[what] for what in NEVER] == [0] * len(NEVER)


def test_a_lost_caller_shows_in_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(EventOffice, "keep_card", lambda office, card, *entries: None)
    assert main(["simulate", "transfers", "--count", "200", "--seed", "3"]) == WENT_WRONG
    assert "BROKEN RULE" in capsys.readouterr().out


def test_only_transfers_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "quiet", "--count", "5"]) == MISUSED
    assert "--count" in capsys.readouterr().err
